/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The guard before UDUNITS-2.  A unit is taken apart here and only words from this
 * table, or words that mean in UDUNITS what they mean to people, are handed on.  Traps
 * (UDUNITS 2.2.28): "pH" is picohenry, "ppt" 1e-12, "ph" the phot, "Mg/l" a million
 * times mg/l, "as N" attoseconds times newton, "unit" a micronit, and an angle converts
 * to per cent.
 */
#include "base/units_parts.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

const struct unit_kind unit_kinds[] = {
	{ "acidity_ph" },
	{ "turbidity_ntu" },
	{ "turbidity_fnu" },
	{ "turbidity_fau" },
	{ "turbidity_ftu" },
	{ "colour_ptco" },
	{ "level_dba" },
	{ "colony" },
	{ "probable_number" },
	{ "normal_cubic_metre" },
	{ "standard_cubic_metre" },
	{ "plane_angle" },
	{ "odour" },
	{ "toxic_equivalent" },
	{ "cell" },
	{ "fluorescence" },
	{ "salinity_psu" },
	{ "explosive_limit" },
	{ NULL },
};

/* clang-format off */
/* Spellings rewritten before anything else, longest first where one holds another. */
static const struct {
	const char *seen, *meant;
} rewritten[] = {
	{ "\xc2\xb5", "u" },               /* MICRO SIGN */
	{ "\xce\xbc", "u" },               /* GREEK SMALL LETTER MU */
	{ "℃", "Cel" },         /* DEGREE CELSIUS */
	{ "\xc2\xb0" "C", "Cel" },         /* DEGREE SIGN, and the ordinal sign taken for it */
	{ "\xc2\xba" "C", "Cel" },
	{ "\xc2\xb0" "F", "degF" },
	{ "\xc2\xb0", "deg" },
	{ "²", "2" },               /* superscripts */
	{ "³", "3" },
	{ "⁻¹", "-1" },
	{ "⁻", "-" },
	{ "¹", "1" },
	{ "\xc2\xb7", "." },               /* MIDDLE DOT */
	{ "\xe2\x8b\x85", "." },           /* DOT OPERATOR */
	{ "‰", "permille" },
	{ "ngày đêm", "d" },
	{ "ngày.đêm", "d" },
	{ "ngđ", "d" },
	{ "ngày", "d" },
	{ "giờ", "h" },
	{ "dB(A)", "dBA" },
	{ "mg/L Pt-Co", "PtCo" },
	{ "mg/l Pt-Co", "PtCo" },
	{ "mg Pt/L", "PtCo" },
	{ "mgPt/L", "PtCo" },
	{ "mg/L Pt", "PtCo" },
	{ "Pt-Co", "PtCo" },
	{ "Pt/Co", "PtCo" },
	{ "I-TEQ", "TEQ" },
	{ "-TEQ", " TEQ" },
	{ "pH units", "pH" },
	{ "pH unit", "pH" },
	{ "%RH", "%" },
	{ "% RH", "%" },
	{ "%LEL", "LEL" },
	{ "% LEL", "LEL" },
};

/* Words people write: what UDUNITS is told, what CF readers and what people are told.
 * `exponent` is what the word must carry to mean this (3: "Nm3"), 0 if any will do. */
struct word {
	const char *seen, *parse, *cf, *people;
	int exponent;
};
static const struct word words[] = {
	{ "pH",   "acidity_ph", "", "", 0 },
	{ "PH",   "acidity_ph", "", "", 0 },
	{ "ph",   "acidity_ph", "", "", 0 },
	{ "NTU",  "turbidity_ntu", "", "NTU", 0 },
	{ "ntu",  "turbidity_ntu", "", "NTU", 0 },
	{ "FNU",  "turbidity_fnu", "", "FNU", 0 },
	{ "FAU",  "turbidity_fau", "", "FAU", 0 },
	{ "FTU",  "turbidity_ftu", "", "FTU", 0 },
	{ "PtCo", "colour_ptco", "", "Pt-Co", 0 },
	{ "TCU",  "colour_ptco", "", "Pt-Co", 0 },
	{ "Hazen", "colour_ptco", "", "Pt-Co", 0 },
	{ "dBA",  "level_dba", "", "dB(A)", 0 },
	{ "CFU",  "colony", "", "CFU", 0 },
	{ "cfu",  "colony", "", "CFU", 0 },
	{ "MPN",  "probable_number", "", "MPN", 0 },
	{ "Nm",   "normal_cubic_metre", "m3", "Nm³", 3 },
	{ "mN",   "normal_cubic_metre", "m3", "Nm³", 3 },
	{ "kNm",  "1000 normal_cubic_metre", "1000 m3", "kNm³", 3 },
	{ "NL",   "0.001 normal_cubic_metre", "L", "NL", 0 },
	{ "Nl",   "0.001 normal_cubic_metre", "L", "NL", 0 },
	{ "m3N",  "normal_cubic_metre", "m3", "Nm³", 0 },
	{ "Sm",   "standard_cubic_metre", "m3", "Sm³", 3 },
	{ "deg",  "plane_angle", "degree", "\xc2\xb0", 0 },
	{ "degree",  "plane_angle", "degree", "\xc2\xb0", 0 },
	{ "degrees", "plane_angle", "degree", "\xc2\xb0", 0 },
	{ "rad",  "57.29577951308232 plane_angle", "rad", "rad", 0 },
	{ "OU",   "odour", "", "OU", 0 },
	{ "ou",   "odour", "", "OU", 0 },
	{ "OUE",  "odour", "", "OU", 0 },
	{ "ouE",  "odour", "", "OU", 0 },
	{ "TEQ",  "toxic_equivalent", "", "TEQ", 0 },
	{ "cells", "cell", "", "cells", 0 },
	{ "RFU",  "fluorescence", "", "RFU", 0 },
	{ "PSU",  "salinity_psu", "1e-3", "PSU", 0 },
	{ "psu",  "salinity_psu", "1e-3", "PSU", 0 },
	{ "LEL",  "explosive_limit", "%", "% LEL", 0 },
	{ "permille", "1e-3", "1e-3", "‰", 0 },
	{ "Cel",  "degC", "degC", "\xc2\xb0" "C", 0 },
	{ "degC", "degC", "degC", "\xc2\xb0" "C", 0 },
	{ "oC",   "degC", "degC", "\xc2\xb0" "C", 0 },
	{ "oc",   "degC", "degC", "\xc2\xb0" "C", 0 },
	{ "degF", "degF", "degF", "\xc2\xb0" "F", 0 },
	{ "l",    "L", "L", "L", 0 },
	{ "ml",   "mL", "mL", "mL", 0 },
	{ "dl",   "dL", "dL", "dL", 0 },
	{ "ul",   "uL", "uL", "\xc2\xb5L", 0 },
	{ "Kg",   "kg", "kg", "kg", 0 },
	{ "mcg",  "ug", "ug", "\xc2\xb5g", 0 },
	{ "w",    "W", "W", "W", 0 },
	{ "kw",   "kW", "kW", "kW", 0 },
	{ "KW",   "kW", "kW", "kW", 0 },
	{ "Wh",   "3600 J", "W h", "Wh", 0 },
	{ "kWh",  "3.6e6 J", "kW h", "kWh", 0 },
	{ "MWh",  "3.6e9 J", "MW h", "MWh", 0 },
	{ "kpa",  "kPa", "kPa", "kPa", 0 },
	{ "Kpa",  "kPa", "kPa", "kPa", 0 },
	{ "KPa",  "kPa", "kPa", "kPa", 0 },
	{ "hpa",  "hPa", "hPa", "hPa", 0 },
	{ "mbar", "mbar", "mbar", "mbar", 0 },
	{ "mmH2O", "9.80665 Pa", "9.80665 Pa", "mmH2O", 0 },
	{ "ppm",  "ppm", "1e-6", "ppm", 0 },
	{ "ppmv", "ppm", "1e-6", "ppm", 0 },
	{ "ppb",  "ppb", "1e-9", "ppb", 0 },
	{ "ppbv", "ppb", "1e-9", "ppb", 0 },
	{ "hr",   "h", "h", "h", 0 },
	{ "day",  "d", "d", "d", 0 },
	{ "RPM",  "rpm", "rpm", "rpm", 0 },
};

/* Words UDUNITS would take for something nobody here means. */
static const char *const never[] = {
	"ppt",              /* per thousand or per million million: write permille or "1e-12" */
	"a",                /* are or year */
	"as", "at", "pa", "PA", "u", "unit", "units", "C", "F", NULL,
};

/* Substances written beside a mass: "mg N/L" is mg/L expressed as N, not newton. */
static const char *const substance[] = { "N", "P", "C", "S", "K", "F", "H", NULL };
static const char *const mass[] = { "kg", "g", "mg", "ug", "ng", NULL };
/* clang-format on */

static bool among(const char *text, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(text, *list) == 0)
			return true;
	return false;
}

/* Blanks off the ends, and the spellings above rewritten. */
static int rewrite(const char *text, char out[UNIT_TEXT])
{
	size_t used = 0;
	text += strspn(text, " ");
	while (*text != '\0') {
		const char *put = NULL;
		size_t n = 1;
		for (size_t i = 0;
		        put == NULL && i < sizeof rewritten / sizeof rewritten[0];
		        i++) {
			n = strlen(rewritten[i].seen);
			if (strncmp(text, rewritten[i].seen, n) == 0)
				put = rewritten[i].meant;
		}
		if (put == NULL) {
			put = text;
			n = 1;
		}
		size_t length = put == text ? 1 : strlen(put);
		if (used + length >= UNIT_TEXT)
			return MALFORMED;
		memcpy(out + used, put, length);
		used += length;
		text += n;
	}
	while (used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
	return used > 0 ? OK : MALFORMED;
}

/* A word is letters, with digits and '_' inside; digits at its end are its exponent. */
static size_t word_length(const char *at)
{
	if (*at == '%')
		return 1;
	size_t n = 0, letters = 0;
	for (; isalnum((unsigned char)at[n]) || at[n] == '_'; n++)
		if (!isdigit((unsigned char)at[n]))
			letters = n + 1;
	return isdigit((unsigned char)*at) ? 0 : letters;
}

/* "100" of "100mL" and "1", "1e-3", "0.01"; its length, 0 if there is none. */
static size_t number_length(const char *at)
{
	size_t n = strspn(at, "0123456789");
	if (n > 0 && at[n] == '.' && isdigit((unsigned char)at[n + 1]))
		n += 1 + strspn(at + n + 1, "0123456789");
	if (n > 0 && (at[n] == 'e' || at[n] == 'E')) {
		size_t sign = at[n + 1] == '-' || at[n + 1] == '+';
		size_t digits = strspn(at + n + 1 + sign, "0123456789");
		if (digits > 0)
			n += 1 + sign + digits;
	}
	return n;
}

static bool take_exponent(const char **at, int *exponent)
{
	const char *p = *at;
	if (*p == '^' || (p[0] == '*' && p[1] == '*'))
		p += *p == '^' ? 1 : 2;
	bool written = p != *at;
	int sign = *p == '-' ? -1 : 1;
	if (*p == '-' || *p == '+')
		p++;
	if (!isdigit((unsigned char)*p)) {
		*exponent = 1;
		return !written && p == *at;
	}
	*exponent = sign * (*p - '0');
	*at = p + 1;
	return *exponent != 0 && !isdigit((unsigned char)p[1]);
}

static bool set_texts(struct unit_factor *factor, const struct word *word)
{
	snprintf(factor->parse, sizeof factor->parse, "%s", word->parse);
	snprintf(factor->cf, sizeof factor->cf, "%s", word->cf);
	snprintf(factor->people, sizeof factor->people, "%s", word->people);
	if (word->exponent == 0)
		return true;
	bool fits = factor->exponent % word->exponent == 0;
	factor->exponent /= word->exponent;
	return fits;
}

/* "ug" is micrograms; "umol" is one as well; a bare "u" never comes here. */
static bool is_micro(const char *word)
{
	static const char *const after[] = { "g", "m", "L", "S", "mol", "V", "A", "W",
		"s", "Pa", "bar", "Sv", "Gy", "atm", NULL };
	return word[0] == 'u' && among(word + 1, after);
}

static bool set_word(struct unit_factor *factor, const char *word)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		bool carries = words[i].exponent == 0 ||
		               abs(factor->exponent) == words[i].exponent;
		if (carries && strcmp(word, words[i].seen) == 0)
			return set_texts(factor, &words[i]);
	}
	if (among(word, never))
		return false;
	bool micro = is_micro(word);
	snprintf(factor->parse, sizeof factor->parse, "%s", word);
	snprintf(factor->cf, sizeof factor->cf, "%s", word);
	snprintf(factor->people, sizeof factor->people, "%s%s", micro ? "\xc2\xb5" : "",
	        word + micro);
	return true;
}

/* One factor: a number, a word with its exponent, or both ("100 mL"). */
static bool take_factor(const char **at, bool divided, struct unit_factor *factor)
{
	char word[UNIT_TEXT];
	*factor = (struct unit_factor){ .exponent = 1 };

	size_t n = number_length(*at);
	if (n >= sizeof factor->number)
		return false;
	memcpy(factor->number, *at, n);
	*at += n;
	if (n > 0)
		*at += strspn(*at, " ");

	size_t letters = word_length(*at);
	if (n == 0 && letters == 0)
		return false;
	memcpy(word, *at, letters);
	word[letters] = '\0';
	*at += letters;
	bool sound = letters == 0 ||
	             (take_exponent(at, &factor->exponent) && set_word(factor, word));
	if (divided)
		factor->exponent = -factor->exponent;
	return sound;
}

/* Expressed as a substance, or a capital slipped into the milligram. */
static bool means_something_else(const struct unit_parts *parts)
{
	for (size_t i = 0; i < parts->n; i++) {
		const struct unit_factor *one = &parts->factor[i], *next = one + 1;
		if (strcmp(one->parse, "Mg") == 0)
			return true;
		if (i + 1 < parts->n && among(one->parse, mass) &&
		        next->exponent == 1 && among(next->parse, substance))
			return true;
		if (i > 1 && one->exponent == 1 && among(one->parse, substance) &&
		        among(parts->factor[0].parse, mass))
			return true;
	}
	return false;
}

int unit_take_apart(const char *text, struct unit_parts *parts)
{
	char rewritten_text[UNIT_TEXT];
	*parts = (struct unit_parts){ 0 };
	if (rewrite(text, rewritten_text) != OK)
		return MALFORMED;

	const char *at = rewritten_text;
	bool divided = false;
	for (;;) {
		if (parts->n == UNIT_FACTORS ||
		        !take_factor(&at, divided, &parts->factor[parts->n++]))
			return MALFORMED;
		at += strspn(at, " ");
		if (*at == '\0')
			break;
		divided = *at == '/';
		if (*at == '/' || *at == '.' || *at == '*')
			at += 1 + strspn(at + 1, " ");
	}
	return means_something_else(parts) ? MALFORMED : OK;
}
