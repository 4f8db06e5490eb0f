/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a day of the invented zone is put together of: its rules and parameters, its permit, its station, a curve,
 * hours that are lost. */
#ifndef TESTS_SHEET_PARTS_H
#define TESTS_SHEET_PARTS_H

#include "reports/sheet.h"

enum { SHEET_BASES = 288, SHEET_MOST = 8 };

/* The parameters there are. */
enum { COD, PH, TSS, NH4, DUST, SO2, PM2_5, PM10 };

extern struct sheet_parts {
	struct sheet sheet;
	struct permit permit;
	struct describe station;
	struct assessment assessment[SHEET_MOST];
	uint8_t running[SHEET_BASES];
} made;

/* A day of November 2026 anew, without results. */
void sheet_start(int day, const char *name);
void sheet_curve(double mean, double swing);
/* A result within the limit, of a whole day. */
struct assessment *sheet_add(int parameter, double value);
/* Intervals from..to (hours of the day) count as something else. */
void sheet_lost(struct assessment *a, double from, double to, uint8_t as);
/* The upper limit of a parameter. */
double sheet_high(int parameter);

#endif
