/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/sheet_fixture.h"

#include <math.h>
#include <string.h>

#include "base/legal_time.h"
#include "tests/kits/sheet_parts.h"

#define LONG_NAME                                                                      \
	"Công ty TNHH Một thành viên Chế biến dừa và thủy sản Mẫu Đông" /* 60 letters */

static struct excursion excursions[2];
static struct sheet_before before[SHEET_MOST];

static void rest_of_water(void)
{
	sheet_add(TSS, 31.4);
	sheet_add(NH4, 2.13);
	struct assessment *ph = sheet_add(PH, 7.12);
	ph->low = 6.4;
	ph->high = 7.9;
}

static void over(void)
{
	sheet_start(9, "bt-outlet");
	sheet_curve(80, 22);
	struct assessment *cod = sheet_add(COD, 80.0);
	cod->result = RESULT_OVER;
	cod->lower_bound = 66.7;
	cod->upper_bound = 104.2;
	sheet_lost(cod, 10, 14, COUNTS_FAULT);
	rest_of_water();
}

static void within(void)
{
	sheet_start(4, "bt-outlet");
	sheet_curve(74.2, 9);
	struct assessment *cod = sheet_add(COD, 74.2);
	cod->strength = STRENGTH_WITHIN;
	cod->guard = 3.52;
	rest_of_water();
}

static void lower(void)
{
	sheet_start(11, "bt-outlet");
	sheet_curve(160, 18);
	struct assessment *cod = sheet_add(COD, 160);
	cod->result = RESULT_OVER;
	cod->by = BY_LOWER_BOUND;
	cod->lower_bound = 83.333333;
	sheet_lost(cod, 12.5, 24, COUNTS_MISSING);
	rest_of_water();
}

static void undecided(void)
{
	sheet_start(13, "bt-outlet");
	sheet_curve(20, 4);
	struct assessment *cod = sheet_add(COD, 20);
	cod->result = RESULT_NOT_DECIDABLE;
	cod->strength = STRENGTH_NONE;
	cod->by = BY_NOTHING;
	sheet_lost(cod, 8, 10, COUNTS_CALIBRATING);
	sheet_lost(cod, 16, 16.25, COUNTS_INVALID);
	sheet_lost(cod, 18.9167, 24, COUNTS_MISSING);
	rest_of_water();
}

static struct assessment *acid(double mean)
{
	sheet_start(14, "bt-outlet");
	sheet_curve(mean, 1.1);
	struct assessment *ph = sheet_add(PH, mean);
	ph->low = 4.1;
	ph->high = 8.0;
	ph->guard = 0.1;
	ph->n_excursions = 2;
	ph->excursion = excursions;
	sheet_add(COD, 41.3);
	sheet_add(TSS, 31.4);
	sheet_add(NH4, 2.13);
	return ph;
}

static void acid_over(void)
{
	struct assessment *ph = acid(5.2);
	ph->result = RESULT_OVER;
	ph->difference = -0.3;
	ph->outside_s = 7 * 3600 + 25 * 60;
}

static void acid_within(void)
{
	struct assessment *ph = acid(7.1);
	ph->outside_s = 100 * 60;
}

static void stopped(void)
{
	sheet_start(18, "bt-outlet");
	sheet_curve(0, 0);
	static const int all[] = { COD, TSS, NH4, PH };
	for (int i = 0; i < 4; i++) {
		struct assessment *a = sheet_add(all[i], NAN);
		a->result = RESULT_NOT_APPLICABLE;
		a->strength = STRENGTH_NONE;
		a->by = BY_NO_OPERATION;
		a->operating_s = 0;
		a->stopped_s = 86400;
		a->n_spans = 0;
		sheet_lost(a, 0, 24, COUNTS_STOPPED);
	}
	memset(made.running, 0, sizeof made.running);
}

static void stack(void)
{
	sheet_start(22, "bt-stack");
	sheet_curve(234, 40);
	made.station.outlet_kind = "stack";
	made.station.station_name = "Trạm quan trắc khí thải lò hơi Mẫu";
	struct assessment *dust = sheet_add(DUST, 234.0);
	dust->result = RESULT_OVER;
	dust->guard = 21;
	sheet_lost(dust, 0, 5, COUNTS_STOPPED);
	for (int i = 0; i < 60; i++)
		made.running[i] = 0;
	struct assessment *so2 = sheet_add(SO2, 121.7);
	so2->expected = so2->received = so2->valid = 228;
}

static void ambient(void)
{
	sheet_start(23, "bt-fence");
	sheet_curve(61, 18);
	made.sheet.ambient = true;
	made.sheet.permit = NULL;
	made.station.outlet_kind = "ambient";
	made.station.station_name = "Trạm quan trắc không khí xung quanh Mẫu";
	struct assessment *fine = sheet_add(PM2_5, 61.0);
	fine->result = RESULT_OVER;
	fine->guard = 5;
	sheet_add(PM10, 88.2);
}

static void upper(void)
{
	sheet_start(15, "bt-outlet");
	sheet_curve(12, 3);
	struct assessment *cod = sheet_add(COD, 12);
	cod->by = BY_UPPER_BOUND;
	cod->upper_bound = 71.4;
	sheet_lost(cod, 15, 24, COUNTS_MISSING);
	rest_of_water();
}

static void range_top(void)
{
	over();
	made.assessment[0].censored = 2;
	made.assessment[0].suspect = 3;
}

static void second(void)
{
	sheet_start(27, "bt-outlet");
	sheet_curve(42, 8);
	sheet_add(COD, 42.4);
	rest_of_water();
	made.sheet.version = 2;
	made.sheet.before_made_us = made.sheet.made_us;
	made.sheet.late_us = made.sheet.end_us + 7 * US_PER_HOUR;
	made.sheet.made_us = made.sheet.late_us + 10 * US_PER_MIN;
	made.sheet.before = before;
	for (size_t i = 0; i < made.sheet.n; i++)
		before[i] = (struct sheet_before){ true, made.assessment[i].result,
			made.assessment[i].value, SHEET_BASES, SHEET_BASES };
	before[0] = (struct sheet_before){ true, RESULT_NOT_DECIDABLE, 41, 180,
		SHEET_BASES };
}

static void many(void)
{
	sheet_start(9, "bt-outlet");
	sheet_curve(80, 22);
	made.permit.facility_name = LONG_NAME;
	made.station.station_name = LONG_NAME;
	static const int all[] = { COD, TSS, NH4, DUST, SO2, PM10 };
	for (int i = 0; i < 6; i++) {
		struct assessment *a =
		        sheet_add(all[i], sheet_high(all[i]) * (1.9 - 0.1 * i));
		a->result = RESULT_OVER;
		a->censored = 4;
		a->suspect = 5;
		if (i == 0) {
			sheet_lost(a, 2, 3, COUNTS_CALIBRATING);
			sheet_lost(a, 5, 5.5, COUNTS_INVALID);
			sheet_lost(a, 7, 9, COUNTS_FAULT);
			sheet_lost(a, 13, 14, COUNTS_FAULT);
			sheet_lost(a, 20, 21, COUNTS_MISSING);
		}
	}
	sheet_add(PH, 7.0);
}

struct sheet *sheet_scene(enum scene scene)
{
	static void (*const scenes[SCENES])(void) = { over, within, lower, undecided,
		acid_over, acid_within, stopped, stack, ambient, upper, range_top,
		second, many };
	scenes[scene]();
	made.sheet.assessment = made.assessment;
	sheet_digest(&made.sheet);
	return &made.sheet;
}
