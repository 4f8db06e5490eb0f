/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/quantity.h"

#include <string.h>
#include <strings.h>

#include "base/config.h"
#include "base/status.h"
#include "base/units.h"

/* Circular 10/2021/TT-BTNMT, annex 15, table 34, and the spellings met in files beside
 * it. */
// clang-format off
static const struct quantity quantities[] = {
	{ "Flow",      "flow_out",    "Lưu lượng ra",       "Flow out",          "m3/h" },
	{ "Flow_Out",  "flow_out",    "Lưu lượng ra",       "Flow out",          "m3/h" },
	{ "Flowout",   "flow_out",    "Lưu lượng ra",       "Flow out",          "m3/h" },
	{ "Flow_In",   "flow_in",     "Lưu lượng vào",      "Flow in",           "m3/h" },
	{ "Flowin",    "flow_in",     "Lưu lượng vào",      "Flow in",           "m3/h" },
	{ "Temp",      "temperature", "Nhiệt độ",           "Temperature",       "Cel" },
	{ "Nhiệt độ",  "temperature", "Nhiệt độ",           "Temperature",       "Cel" },
	{ "Color",     "colour",      "Độ màu",             "Colour",            "Pt-Co" },
	{ "pH",        "ph",          "pH",                 "pH",                "pH" },
	{ "TSS",       "tss",         "TSS",                "TSS",               "mg/L" },
	{ "COD",       "cod",         "COD",                "COD",               "mg/L" },
	{ "NH4",       "nh4",         "Amoni",              "Ammonium",          "mg/L" },
	{ "Amoni",     "nh4",         "Amoni",              "Ammonium",          "mg/L" },
	{ "TP",        "tp",          "Tổng P",             "Total phosphorus",  "mg/L" },
	{ "TN",        "tn",          "Tổng N",             "Total nitrogen",    "mg/L" },
	{ "TOC",       "toc",         "TOC",                "TOC",               "mg/L" },
	{ "Cl",        "chlorine",    "Clo dư",             "Residual chlorine", "mg/L" },
	{ "RH",        "humidity",    "Độ ẩm",              "Relative humidity", "%" },
	{ "P",         "pressure",    "Áp suất",            "Pressure",          "kPa" },
	{ "Áp suất",   "pressure",    "Áp suất",            "Pressure",          "kPa" },
	{ "NO",        "no",          "NO",                 "NO",                "mg/Nm3" },
	{ "NO2",       "no2",         "NO₂",                "NO₂",               "mg/Nm3" },
	{ "NOx",       "nox",         "NOx",                "NOx",               "mg/Nm3" },
	{ "CO",        "co",          "CO",                 "CO",                "mg/Nm3" },
	{ "SO2",       "so2",         "SO₂",                "SO₂",               "mg/Nm3" },
	{ "O2",        "o2",          "O₂",                 "O₂",                "%" },
	{ "H2S",       "h2s",         "H₂S",                "H₂S",               "mg/Nm3" },
	{ "NH3",       "nh3",         "NH₃",                "NH₃",               "mg/Nm3" },
	{ "VHg",       "hg",          "Hơi Hg",             "Mercury vapour",    "mg/Nm3" },
	{ "PM",        "dust",        "Bụi (PM)",           "Dust (PM)",         "mg/Nm3" },
	{ "O3",        "o3",          "O₃",                 "O₃",                "ug/m3" },
	{ "PM10",      "pm10",        "PM10",               "PM10",              "ug/m3" },
	{ "PM2,5",     "pm2_5",       "PM2,5",              "PM2.5",             "ug/m3" },
	{ "PM2.5",     "pm2_5",       "PM2,5",              "PM2.5",             "ug/m3" },
};
// clang-format on
#define N_QUANTITIES (sizeof quantities / sizeof quantities[0])

const struct quantity *quantity_of_symbol(const char *symbol)
{
	for (size_t i = 0; i < N_QUANTITIES; i++)
		if (strcasecmp(quantities[i].symbol, symbol) == 0)
			return &quantities[i];
	return NULL;
}

const struct quantity *quantity_find(const char *channel)
{
	for (size_t i = 0; i < N_QUANTITIES; i++)
		if (strcmp(quantities[i].channel, channel) == 0)
			return &quantities[i];
	return NULL;
}

static bool converts(const char *from, const char *to)
{
	double factor, offset;
	return units_convert(from, to, &factor, &offset) == OK;
}

bool quantity_can_be_in(const struct quantity *quantity, const char *unit)
{
	bool in_air = units_same(quantity->unit, "mg/Nm3") ||
	              units_same(quantity->unit, "ug/m3");
	return converts(unit, quantity->unit) ||
	       (in_air && (converts(unit, "mg/Nm3") || converts(unit, "mg/m3") ||
	                          converts(unit, "ppm")));
}

/* What instruments of stations are set to show. */
static const char *const units_in_use[] = { "m3/h", "m3/s", "m3/min", "m3/d", "L/s",
	"L/min", "L/h", "Nm3/h", "mg/L", "ug/L", "g/L", "mg/Nm3", "mg/m3", "ug/m3",
	"g/m3", "ppm", "ppb", "%", "Pa", "hPa", "kPa", "MPa", "mbar", "bar", "Cel", "K",
	"degF", "pH", "Pt-Co", "NTU", "uS/cm", "mS/cm", "m/s", "km/h", "mm", "cm", "m",
	"m3", "L", "mV", "V", "mA", NULL };

const char *quantity_unit_meant(const char *unit)
{
	const char *same_thing[sizeof units_in_use / sizeof *units_in_use];
	size_t n = 0;
	for (size_t i = 0; units_in_use[i] != NULL; i++) {
		if (units_same(unit, units_in_use[i]))
			return NULL;
		if (converts(unit, units_in_use[i]))
			same_thing[n++] = units_in_use[i];
	}
	same_thing[n] = NULL;
	return did_you_mean(unit, same_thing);
}
