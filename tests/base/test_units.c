/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <udunits2.h>

#include "base/status.h"
#include "base/units.h"

/* clang-format off */
static const struct {
	const char *unit, *cf, *people;
} known[] = {
	{ "pH",          "1",            "" },
	{ "NTU",         "1",            "NTU" },
	{ "FNU",         "1",            "FNU" },
	{ "Pt-Co",       "1",            "Pt-Co" },
	{ "TCU",         "1",            "Pt-Co" },
	{ "dB(A)",       "1",            "dB(A)" },
	{ "CFU/100mL",   "0.01 mL-1",    "CFU/100 mL" },
	{ "CFU/100 ml",  "0.01 mL-1",    "CFU/100 mL" },
	{ "MPN/100ml",   "0.01 mL-1",    "MPN/100 mL" },
	{ "Nm3",         "m3",           "Nm³" },
	{ "Nm3/h",       "m3 h-1",       "Nm³/h" },
	{ "kNm3/h",      "1000 m3 h-1",  "kNm³/h" },
	{ "mg/Nm3",      "mg m-3",       "mg/Nm³" },
	{ "mg Nm-3",     "mg m-3",       "mg/Nm³" },
	{ "mg/m3N",      "mg m-3",       "mg/Nm³" },
	{ "ug/Nm3",      "ug m-3",       "µg/Nm³" },
	{ "ng TEQ/Nm3",  "ng m-3",       "ng TEQ/Nm³" },
	{ "ng I-TEQ/Nm3", "ng m-3",      "ng TEQ/Nm³" },
	{ "Sm3/h",       "m3 h-1",       "Sm³/h" },
	{ "mg/L",        "mg L-1",       "mg/L" },
	{ "mg/l",        "mg L-1",       "mg/L" },
	{ "g m-3",       "g m-3",        "g/m³" },
	{ "mg.L-1",      "mg L-1",       "mg/L" },
	{ "ug/m3",       "ug m-3",       "µg/m³" },
	{ "\xc2\xb5g/m3", "ug m-3",      "µg/m³" }, /* MICRO SIGN */
	{ "\xce\xbcg/m³", "ug m-3",      "µg/m³" }, /* GREEK SMALL LETTER MU */
	{ "mcg/m3",      "ug m-3",       "µg/m³" },
	{ "Cel",         "degC",         "°C" },
	{ "oC",          "degC",         "°C" },
	{ "°C",          "degC",         "°C" },
	{ "degC",        "degC",         "°C" },
	{ "℃",           "degC",         "°C" },
	{ "degF",        "degF",         "°F" },
	{ "K",           "K",            "K" },
	{ "%",           "%",            "%" },
	{ "%RH",         "%",            "%" },
	{ "‰",           "1e-3",         "‰" },
	{ "1",           "1",            "" },
	{ "deg",         "degree",       "°" },
	{ "°",           "degree",       "°" },
	{ "m3/h",        "m3 h-1",       "m³/h" },
	{ "m³/h",        "m3 h-1",       "m³/h" },
	{ "m^3/h",       "m3 h-1",       "m³/h" },
	{ "m3/ngày đêm", "m3 d-1",       "m³/d" },
	{ "m3/ngày.đêm", "m3 d-1",       "m³/d" },
	{ "m3/giờ",      "m3 h-1",       "m³/h" },
	{ "l/s",         "L s-1",        "L/s" },
	{ "uS/cm",       "uS cm-1",      "µS/cm" },
	{ "mS/cm",       "mS cm-1",      "mS/cm" },
	{ "mV",          "mV",           "mV" },
	{ "m/s",         "m s-1",        "m/s" },
	{ "w/m2",        "W m-2",        "W/m²" },
	{ "W/m2",        "W m-2",        "W/m²" },
	{ "hPa",         "hPa",          "hPa" },
	{ "KPa",         "kPa",          "kPa" },
	{ "mmHg",        "mmHg",         "mmHg" },
	{ "mmH2O",       "9.80665 Pa",   "mmH2O" },
	{ "mm",          "mm",           "mm" },
	{ "ppm",         "1e-6",         "ppm" },
	{ "ppb",         "1e-9",         "ppb" },
	{ "umol/mol",    "umol mol-1",   "µmol/mol" },
	{ "kg/h",        "kg h-1",       "kg/h" },
	{ "kWh",         "kW h",         "kWh" },
	{ "kWh/m3",      "kW h m-3",     "kWh/m³" },
	{ "OU/m3",       "m-3",          "OU/m³" },
	{ "PSU",         "1e-3",         "PSU" },
	{ "s-1",         "s-1",          "s⁻¹" },
	{ "1/s",         "s-1",          "1/s" },
	{ " mg/L ",      "mg L-1",       "mg/L" },
};

static const struct {
	const char *from, *to;
	double factor, offset;
} conversion[] = {
	{ "mg/L",   "ug/L",   1000, 0 },
	{ "ug/L",   "mg/L",   0.001, 0 },
	{ "mg/l",   "g m-3",  1, 0 },
	{ "mg/L",   "mg/m3",  1000, 0 },
	{ "ug/m3",  "mg/m3",  0.001, 0 },
	{ "ug/Nm3", "mg/Nm3", 0.001, 0 },
	{ "g/Nm3",  "mg/Nm3", 1000, 0 },
	{ "m3/h",   "L/s",    1 / 3.6, 0 },
	{ "m3/d",   "m3/h",   1 / 24.0, 0 },
	{ "kNm3/h", "Nm3/h",  1000, 0 },
	{ "NL/min", "Nm3/h",  0.06, 0 },
	{ "Cel",    "K",      1, 273.15 },
	{ "K",      "oC",     1, -273.15 },
	{ "degF",   "Cel",    5 / 9.0, -160 / 9.0 },
	{ "mmHg",   "hPa",    1.33322387415, 0 },
	{ "kPa",    "mbar",   10, 0 },
	{ "atm",    "hPa",    1013.25, 0 },
	{ "mmH2O",  "Pa",     9.80665, 0 },
	{ "ppb",    "ppm",    0.001, 0 },
	{ "%",      "ppm",    10000, 0 },
	{ "umol/mol", "ppb",  1000, 0 },
	{ "mS/cm",  "uS/cm",  1000, 0 },
	{ "S/m",    "mS/cm",  10, 0 },
	{ "km/h",   "m/s",    1 / 3.6, 0 },
	{ "kWh",    "MJ",     3.6, 0 },
	{ "rad",    "deg",    57.29577951308232, 0 },
	{ "CFU/mL", "CFU/100mL", 100, 0 },
	{ "t/d",    "kg/h",   1000 / 24.0, 0 },
	{ "pH",     "pH",     1, 0 },
	{ "pBZ",    "pBZ",    1, 0 },
	{ "‰",      "%",      0.1, 0 },
};

/* Units of different things, however alike they look. */
static const struct {
	const char *a, *b;
} different[] = {
	{ "mg/L", "mg/Nm3" }, { "mg/m3", "mg/Nm3" }, { "Nm3", "m3" }, { "Nm3/h", "m3/h" },
	{ "Nm3", "Sm3" }, { "ug/m3", "ppb" }, { "mg/L", "ppm" }, { "pH", "1" }, { "pH", "H" },
	{ "pH", "ppm" }, { "NTU", "FNU" }, { "NTU", "1" }, { "NTU", "mg/L" }, { "Pt-Co", "mg/L" },
	{ "CFU/100mL", "MPN/100mL" }, { "CFU/100mL", "mL-1" }, { "dB(A)", "1" }, { "deg", "%" },
	{ "deg", "1" }, { "deg", "Cel" }, { "m/s", "s/m" }, { "s", "1/s" }, { "mg/L", "g/kg" },
	{ "ng TEQ/Nm3", "ng/Nm3" }, { "uS/cm", "mg/L" }, { "PSU", "%" }, { "mm", "kg" },
	{ "dBm", "mW" }, { "BZ", "pBZ" },
};

static const char *const unknown[] = {
	"", " ", "-", "/", "mg/", "/L", "mg//L", "mg L /", "xyz", "mg/q", "mg/L as N", "mg N/L", "mg/L N",
	"mgN/L", "Mg/l", "Mg/L", "MG/L", "ppt", "C", "as", "pa", "unit", "u", "days since 1970-01-01",
	"K @ 273.15", "lg(re 1 mW)", "m3/(h)", "(m)", "m0", "m10", "m^", "m^-", "Nm2", "Nm6", "N3m",
	"1e400", "0 m", "9600x8N1xx", "mg/L;", "mg\n/L", "mg/L\xff",
	"m m m m m m m m m", "a_very_long_unit_that_nobody_has_ever_heard_of_in_any_land_at_all_m",
	"99999999999999999999 m",
};
/* clang-format on */

static void every_known_unit_has_its_three_spellings(void **state)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (units_check(known[i].unit) != OK)
			print_error("\"%s\"\n", known[i].unit);
		assert_int_equal(units_check(known[i].unit), OK);
		assert_string_equal(units_cf(known[i].unit), known[i].cf);
		assert_string_equal(units_people(known[i].unit), known[i].people);
	}
}

static void readers_of_cf_can_read_every_unit(void **state)
{
	ut_system *system = ut_read_xml(NULL);
	assert_non_null(system);
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		ut_unit *unit = ut_parse(system, known[i].cf, UT_ASCII);
		if (unit == NULL)
			print_error("\"%s\"\n", known[i].cf);
		assert_non_null(unit);
		ut_free(unit);
	}
	ut_free_system(system);
}

static void what_people_read_is_understood_again(void **state)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		const char *people = units_people(known[i].unit);
		if (*people == '\0')
			continue;
		if (!units_same(people, known[i].unit))
			print_error("\"%s\" \"%s\"\n", known[i].unit, people);
		assert_true(units_same(people, known[i].unit));
		assert_string_equal(units_shown(known[i].unit), people);
	}
	assert_string_equal(units_shown("1"), "");
	assert_string_equal(units_named("pH"), "pH");
	assert_string_equal(units_named("ug/Nm3"), units_shown("ug/Nm3"));
	assert_string_equal(units_shown(""), "");
}

/* ASan sees to it that nothing of it stays behind, and that nothing of it is used. */
static void what_is_forgotten_is_learnt_again(void **state)
{
	for (int i = 0; i < 3; i++) {
		double factor = 0, offset = 0;
		assert_int_equal(units_check("mg/L"), OK);
		assert_int_equal(units_check("no unit"), MALFORMED);
		assert_int_equal(units_convert("degF", "Cel", &factor, &offset), OK);
		assert_close(factor, 5.0 / 9, 1e-14);
		assert_string_equal(units_cf("m3/h"), "m3 h-1");
		units_forget();
	}
	units_forget();
	assert_int_equal(units_check("NTU"), OK);
}

static void conversions_are_exact(void **state)
{
	for (size_t i = 0; i < sizeof conversion / sizeof conversion[0]; i++) {
		double factor = 0, offset = 0;
		int status = units_convert(
		        conversion[i].from, conversion[i].to, &factor, &offset);
		if (status != OK)
			print_error("%s to %s\n", conversion[i].from, conversion[i].to);
		assert_int_equal(status, OK);
		assert_close(factor, conversion[i].factor, 1e-15);
		assert_close(offset, conversion[i].offset, 1e-14);
	}
	double factor, offset;
	assert_int_equal(units_convert("mg/L", "ug/L", &factor, &offset), OK);
	assert_true(fabs(factor - 1000) <= 0 && fabs(offset) <= 0);
}

static void units_of_different_things_are_refused(void **state)
{
	for (size_t i = 0; i < sizeof different / sizeof different[0]; i++) {
		double factor = 7, offset = 7;
		const char *a = different[i].a, *b = different[i].b;
		assert_int_equal(units_check(a), OK);
		assert_int_equal(units_check(b), OK);
		if (units_convert(a, b, &factor, &offset) != REFUSED)
			print_error("%s to %s\n", a, b);
		assert_int_equal(units_convert(a, b, &factor, &offset), REFUSED);
		assert_int_equal(units_convert(b, a, &factor, &offset), REFUSED);
		assert_false(units_same(a, b));
		assert_close(factor, 7, 0);
	}
}

static void what_nobody_knows_is_refused(void **state)
{
	double factor, offset;
	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
		if (units_check(unknown[i]) != MALFORMED)
			print_error("\"%s\"\n", unknown[i]);
		assert_int_equal(units_check(unknown[i]), MALFORMED);
		assert_null(units_cf(unknown[i]));
		assert_null(units_people(unknown[i]));
		assert_string_equal(units_shown(unknown[i]), unknown[i]);
		assert_int_equal(
		        units_convert(unknown[i], "m", &factor, &offset), MALFORMED);
		assert_int_equal(
		        units_convert("m", unknown[i], &factor, &offset), MALFORMED);
	}
}

static void spellings_of_one_unit_are_the_same(void **state)
{
	static const char *const alike[][2] = { { "mg/l", "mg/L" }, { "mg/L", "g m-3" },
		{ "oC", "Cel" }, { "w/m2", "W m-2" },
		{ "\xc2\xb5g/m3", "\xce\xbcg/m3" }, { "m3/h", "m³ h⁻¹" },
		{ "Pt-Co", "mg/L Pt-Co" }, { "mg/Nm3", "mg/Nm³" },
		{ "mg/Nm3", "mg/mN3" }, { "pH", "pH units" }, { "ppm", "umol/mol" } };
	for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++) {
		if (!units_same(alike[i][0], alike[i][1]))
			print_error("%s and %s\n", alike[i][0], alike[i][1]);
		assert_true(units_same(alike[i][0], alike[i][1]));
	}
	assert_false(units_same("mg/L", "ug/L"));
	assert_false(units_same("Cel", "K"));
	assert_false(units_same("xyz", "xyz"));
}

static void random_text_never_harms(void **state)
{
	static const char letters[] =
	        "mgLluNSC3/-.^ 0129%oHpPt()\xc2\xb5\xc2\xb0\xe2\x81\xbb";
	uint64_t seed = 9;
	for (int i = 0; i < 50000; i++) {
		char text[24];
		size_t n = chance(&seed) % sizeof text;
		for (size_t k = 0; k < n; k++)
			text[k] = letters[chance(&seed) % (sizeof letters - 1)];
		text[n < sizeof text ? n : sizeof text - 1] = '\0';
		int status = units_check(text);
		assert_true(status == OK || status == MALFORMED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_known_unit_has_its_three_spellings),
		cmocka_unit_test(readers_of_cf_can_read_every_unit),
		cmocka_unit_test(what_people_read_is_understood_again),
		cmocka_unit_test(conversions_are_exact),
		cmocka_unit_test(units_of_different_things_are_refused),
		cmocka_unit_test(what_nobody_knows_is_refused),
		cmocka_unit_test(spellings_of_one_unit_are_the_same),
		cmocka_unit_test(what_is_forgotten_is_learnt_again),
		cmocka_unit_test(random_text_never_harms),
	};
	return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
