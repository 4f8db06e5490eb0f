/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv_parts.h"
#include "base/utf8.h"

int csv_bad(const struct csv *csv, struct problem *why, size_t line, const char *format,
        ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return problem_set(
	        why, MALFORMED, EXIT_DAMAGED, "%s:%zu: %s", csv->path, line, text);
}

int csv_peek(struct csv *csv)
{
	if (csv->at == csv->n_block) {
		csv->block_at += csv->n_block;
		csv->at = 0;
		csv->n_block = fread(csv->block, 1, sizeof csv->block, csv->in);
	}
	return csv->n_block > 0 ? (unsigned char)csv->block[csv->at] : EOF;
}

static int take(struct csv *csv)
{
	int c = csv_peek(csv);
	csv->at += c != EOF;
	csv->line += c == '\n';
	return c;
}

/* Does `c`, just taken, end the line?  CR LF is one end, and so is a lone CR (old
 * spreadsheets). */
static bool ends_line(struct csv *csv, int c)
{
	if (c != '\r')
		return c == '\n' || c == EOF;
	if (csv_peek(csv) == '\n')
		take(csv);
	else
		csv->line++;
	return true;
}

static void skip_line(struct csv *csv)
{
	int c;
	do
		c = take(csv);
	while (!ends_line(csv, c));
}

static bool keep(struct csv *csv, int c)
{
	if (csv->used == CSV_ROW_MOST)
		return false;
	csv->nul |= c == '\0';
	csv->row[csv->used++] = (char)c;
	return true;
}

static void begin_cell(struct csv *csv)
{
	if (csv->n_cells < CSV_COLUMNS)
		csv->cell[csv->n_cells] = csv->used;
	csv->n_cells++;
}

static void end_cell(struct csv *csv)
{
	csv->row[csv->used] = '\0'; /* room for it is kept beyond CSV_ROW_MOST */
	csv->used += csv->used < CSV_ROW_MOST;
}

/* A cell up to its separator or the end of its line; a quote inside is a quote. */
static int plain_cell(struct csv *csv, int c, struct problem *why, bool *last)
{
	for (; c != csv->separator; c = take(csv)) {
		if (ends_line(csv, c)) {
			*last = true;
			return OK;
		}
		if (!keep(csv, c)) {
			skip_line(csv);
			return csv_bad(csv, why, csv->row_line,
			        "the row is longer than 1 MiB");
		}
	}
	return OK;
}

/* A cell whose opening quote has been taken. */
static int quoted_cell(struct csv *csv, struct problem *why, bool *last)
{
	for (;;) {
		int c = take(csv);
		if (c == '"' && csv_peek(csv) == '"')
			take(csv);
		else if (c == '"')
			break;
		if (c == EOF || !keep(csv, c))
			return FULL;
	}
	int after = take(csv);
	if (after == csv->separator)
		return OK;
	*last = ends_line(csv, after);
	if (*last)
		return OK;
	skip_line(csv);
	return csv_bad(csv, why, csv->row_line,
	        "text behind a closing quote; write two quotes for one inside a cell");
}

/* A quote nobody closed has eaten the rows behind it: go back and on with the next
 * line. */
static int open_quote(struct csv *csv, uint64_t row_at, struct problem *why)
{
	if (fseeko(csv->in, (off_t)row_at, SEEK_SET) == 0) {
		csv->block_at = row_at;
		csv->at = csv->n_block = 0;
		csv->line = csv->row_line;
		skip_line(csv);
	}
	return csv_bad(csv, why, csv->row_line,
	        "a quote is opened in this row and never closed");
}

int csv_read_row(struct csv *csv, struct problem *why)
{
	while (csv_peek(csv) == '\n' || csv_peek(csv) == '\r')
		ends_line(csv, take(csv));
	csv->row_line = csv->line;
	csv->used = csv->n_cells = 0;
	csv->nul = false;
	if (csv_peek(csv) == EOF)
		return 0;

	uint64_t row_at = csv->block_at + csv->at;
	bool last = false;
	while (!last) {
		begin_cell(csv);
		int c = take(csv);
		int status = c == '"' ? quoted_cell(csv, why, &last)
		                      : plain_cell(csv, c, why, &last);
		end_cell(csv);
		if (status == FULL)
			return open_quote(csv, row_at, why);
		if (status != OK)
			return status;
	}
	return 1;
}

int csv_check_bytes(const struct csv *csv, struct problem *why)
{
	if (csv->nul)
		return csv_bad(
		        csv, why, csv->row_line, "a NUL byte: this is no text file");
	if (utf8_sound(csv->row, csv->used) < csv->used)
		return csv_bad(csv, why, csv->row_line,
		        "bytes that are not UTF-8; save the file as UTF-8 (\"CSV "
		        "UTF-8\")");
	return OK;
}

int csv_next(struct csv *csv, struct problem *why)
{
	int got = csv_read_row(csv, why);
	if (ferror(csv->in) && !csv->failed) {
		csv->failed = true;
		return csv_bad(
		        csv, why, csv->line, "cannot be read: %s", strerror(errno));
	}
	if (got <= 0)
		return got;
	int status = csv_check_bytes(csv, why);
	if (status != OK)
		return status;
	if (csv->n_cells != csv->columns)
		return csv_bad(csv, why, csv->row_line,
		        "%zu cells where the header names %zu columns", csv->n_cells,
		        csv->columns);
	return 1;
}

void csv_close(struct csv *csv)
{
	if (csv == NULL)
		return;
	if (csv->in != NULL)
		fclose(csv->in);
	free(csv->header);
	free(csv->path);
	free(csv);
}

size_t csv_columns(const struct csv *csv)
{
	return csv->columns;
}

const char *csv_name(const struct csv *csv, size_t column)
{
	assert(column < csv->columns);
	return csv->header + csv->name[column];
}

int csv_find(const struct csv *csv, const char *name)
{
	int found = NOT_FOUND;
	for (size_t i = 0; i < csv->columns; i++) {
		if (strcmp(csv_name(csv, i), name) != 0)
			continue;
		if (found >= 0)
			return REFUSED;
		found = (int)i;
	}
	return found;
}

const char *csv_cell(const struct csv *csv, size_t column)
{
	assert(column < csv->columns);
	return column < csv->n_cells ? csv->row + csv->cell[column] : "";
}

size_t csv_line(const struct csv *csv)
{
	return csv->row_line;
}

double csv_progress(const struct csv *csv)
{
	double read = (double)(csv->block_at + csv->at);
	return csv->size > 0 && read < csv->size ? read / csv->size : csv->size > 0;
}
