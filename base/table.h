/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one writer of tables: aligned text for people, CSV (RFC 4180, one header row) and
 * JSON (an array of objects) for programs.  Text columns are aligned by their width on
 * the screen.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum table_format { TABLE_TEXT, TABLE_CSV, TABLE_JSON };

/* "text", "csv", "json"; NOT_FOUND. */
int table_format_of(const char *word);

struct table_column {
	const char *name;  /* header of CSV, key of JSON; never changes */
	const char *title; /* heading for people; NULL: the name in capitals */
	bool right;        /* numbers */
	bool wide;         /* left out of the text form (ids, long notes) */
};

struct table;

/* `columns` ended by a NULL name; borrowed.  `offset_min`: how times are printed. */
struct table *table_new(FILE *out, enum table_format format,
        const struct table_column *columns, int offset_min);

/* Numbers have the decimal comma of Vietnamese from here on, in the text form alone. */
void table_comma(struct table *table);

/* One cell after the other, left to right. */
void table_text(struct table *table, const char *text); /* NULL: empty, null in JSON */
void table_number(struct table *table, double value,
        int decimals); /* decimals -1: shortest exact */
void table_integer(struct table *table, int64_t value);
void table_time(struct table *table, int64_t time_us); /* ISO 8601 with offset */
void table_empty(struct table *table);
void table_row(struct table *table); /* ends the row; asserts that it is full */

size_t table_rows(const struct table *table);
/* Writes what is left and frees.  OK or FAILED (errno of the stream). */
int table_end(struct table *table);

/* Columns `text` takes on a terminal: combining marks 0, others by wcwidth under
 * UTF-8. */
size_t text_width(const char *text);

#endif
