/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The data file of Circular 10/2021/TT-BTNMT, as loggers of Vietnamese stations write
 * it:
 *
 *   AA_BBBB_CCCCCC_yyyyMMddHHmmss.txt      province, facility, station (NUO... water,
 * KHI... air) symbol TAB value TAB unit TAB yyyyMMddHHmmss TAB status CR LF        one
 * line per parameter
 *
 * status 00 measuring, 01 calibrating, 02 instrument error.  Seen in real files and
 * accepted: an empty unit (pH), blanks inside a symbol, Vietnamese symbols in UTF-8,
 * names that are not in the circular's table 34 (Amoni, Flowin), LF alone.  Fields are
 * split on TAB only.
 */
#ifndef SENSORS_TT10_H
#define SENSORS_TT10_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record.h"
#include "base/status.h"

struct tt10_name {
	char province[8], facility[16], station[16]; /* as written */
	char id[SOURCE_SIZE + 1]; /* "tb_caph_nuosxl": our station id */
	int64_t time_us;
};

/* Parse a file's name (no folder); OK or MALFORMED. */
int tt10_name_parse(
        const char *name, int offset_min, struct tt10_name *out, struct problem *why);

struct tt10_line {
	char symbol[64], unit[24];
	char channel[ID_SIZE]; /* our channel id for the symbol */
	double value;          /* NAN: no number */
	uint8_t state; /* enum channel_state: ok, calibrating, fault, no value */
	int64_t time_us;
};

/* Parse one line of n characters (line end included or not); OK, 0 fields = NOT_FOUND
 * for an empty line, MALFORMED with what is wrong. */
int tt10_line_parse(const char *line, size_t n, int offset_min, struct tt10_line *out,
        struct problem *why);

#endif
