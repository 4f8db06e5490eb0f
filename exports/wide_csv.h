/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The wide CSV: one file for each instrument, one row for each reading (or period), a
 * column for each channel and one for its status, as `quantrac import` reads it back:
 *
 *   time,cod,cod_status,tss,tss_status
 *   2026-11-01T12:30:00.130000+07:00,39.79999923706055,02,17.4,00
 *
 * Raw values are the indications as they were stored; means are of the calibrated
 * readings.  Status is 00 measuring, 01 calibrating or maintenance, 02 fault, from the
 * state of the instrument alone; where no number was received both cells are empty,
 * never 0.  An instrument whose channels or units change begins a file of its own.
 * Units stand in a file beside them, one line for each column.  Simulated data say so
 * in every row.
 */
#ifndef EXPORTS_WIDE_CSV_H
#define EXPORTS_WIDE_CSV_H

#include <stdint.h>

#include "archive/reader.h"
#include "base/status.h"

struct wide_export {
	const char *station, *folder;
	const char *stem; /* of the file names: "2026-11" */
	int64_t from_us, to_us;
	const char *period;       /* "raw", or what the means are over: "1h" */
	int64_t period_us;        /* 0: raw */
	double min_valid_percent; /* means below this share are empty */
	/* Told of each file when it is whole, the one of the units last. */
	void (*wrote)(void *with, const char *path, size_t rows);
	void *with;
};

/* Files with readings that were written (0: there was nothing in that time), or a
 * problem. */
int wide_csv_export(
        struct reader *reader, const struct wide_export *export, struct problem *why);

#endif
