/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading CSV (RFC 4180; comma, semicolon or tab, found from the header; BOM and CRLF
 * allowed). */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stddef.h>
#include <stdio.h>

#include "base/status.h"

#define CSV_COLUMNS 512

struct csv;

/* Opens and reads the header row, whose names lose the blanks round them.  OK,
 * NOT_FOUND, MALFORMED (no header, not UTF-8, NUL bytes, a spreadsheet's own
 * format). */
int csv_open(struct csv **out, const char *path, struct problem *why);
void csv_close(struct csv *csv);

size_t csv_columns(const struct csv *csv);
const char *csv_name(const struct csv *csv, size_t column);
/* Column; NOT_FOUND; REFUSED: two columns have this name. */
int csv_find(const struct csv *csv, const char *name);

/* The next row that is no blank line: 1, 0 at the end, MALFORMED (unequal number of
 * cells, open quote, bad bytes) with file and line; one may go on with the next row. */
int csv_next(struct csv *csv, struct problem *why);
const char *csv_cell(
        const struct csv *csv, size_t column); /* borrowed until the next row */
size_t csv_line(const struct csv *csv);        /* of the row, from 1 */
double csv_progress(const struct csv *csv);    /* share of the file read, 0..1 */

/* Whole text as a number with a decimal point: OK or MALFORMED (blanks, trailing
 * characters, empty, hexadecimal, inf, nan, beyond a double). */
int number_parse(const char *text, double *value);

#endif
