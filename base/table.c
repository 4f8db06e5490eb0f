/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/legal_time.h"
#include "base/status.h"
#include "base/utf8.h"

/* Text rows are held back until their widths are known; a long table is not held back
 * for ever. */
#define ROWS_HELD 1000
#define BETWEEN   "  "

struct table {
	FILE *out;
	enum table_format format;
	const struct table_column *column;
	size_t n_columns;
	int offset_min;
	size_t at; /* next column of the open row */
	size_t rows;
	bool no_memory, comma;
	size_t *width; /* width[n_columns], text form */
	char **held;   /* held[n_held * n_columns] */
	size_t n_held;
	struct json json;
};

int table_format_of(const char *word)
{
	static const char *const words[] = { "text", "csv", "json" };
	for (int i = 0; i < 3; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	return NOT_FOUND;
}

size_t text_width(const char *text)
{
	size_t width = 0, n = strlen(text);
	for (size_t at = 0; at < n;) {
		uint32_t code;
		size_t length = utf8_next(text + at, n - at, &code);
		width += length > 0 ? (size_t)utf8_width(code) : 1;
		at += length > 0 ? length : 1;
	}
	return width;
}

/* One line per row on a terminal: breaks become blanks, control characters question
 * marks. */
static char *for_people(const char *text)
{
	char *copy = strdup(text);
	for (char *c = copy; c != NULL && *c != '\0'; c++) {
		if (*c == '\n' || *c == '\t' || *c == '\r')
			*c = ' ';
		else if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	}
	return copy;
}

/* Keeps one cell of the open row; the widest decides its column. */
static void hold(struct table *table, const char *text)
{
	char *copy = table->no_memory ? NULL : for_people(text);
	if (copy == NULL) {
		table->no_memory = true;
		return;
	}
	size_t width = text_width(copy);
	if (width > table->width[table->at])
		table->width[table->at] = width;
	table->held[table->n_held * table->n_columns + table->at] = copy;
}

static void hold_name_in_capitals(struct table *table, const char *name)
{
	size_t cell = table->n_held * table->n_columns + table->at;
	hold(table, name);
	for (char *c = table->no_memory ? NULL : table->held[cell]; c && *c != '\0';
	        c++)
		*c = (char)toupper((unsigned char)*c);
}

/* The heading is the first row held. */
static void start_text(struct table *table)
{
	table->width = calloc(table->n_columns + 1, sizeof *table->width);
	table->held = calloc(ROWS_HELD * table->n_columns + 1, sizeof *table->held);
	table->no_memory = table->width == NULL || table->held == NULL;
	for (; table->at < table->n_columns; table->at++) {
		const struct table_column *column = &table->column[table->at];
		if (column->title != NULL)
			hold(table, column->title);
		else
			hold_name_in_capitals(table, column->name);
	}
	table->at = 0;
	table->n_held = 1;
}

/* RFC 4180: quotes round a cell that holds a comma, a quote or a line break; quotes
 * doubled.  An empty cell alone in its row is quoted, or readers would skip the row. */
static void csv_put(const struct table *table, const char *text)
{
	FILE *out = table->out;
	size_t n = strlen(text);
	bool quote = n == 0 ? table->n_columns == 1
	                    : strpbrk(text, ",\"\r\n") != NULL || text[0] == ' ' ||
	                              text[n - 1] == ' ';
	if (!quote) {
		fputs(text, out);
		return;
	}
	putc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	putc('"', out);
}

static void start_csv(struct table *table)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		if (i > 0)
			putc(',', table->out);
		csv_put(table, table->column[i].name);
	}
	putc('\n', table->out);
}

struct table *table_new(FILE *out, enum table_format format,
        const struct table_column *columns, int offset_min)
{
	struct table *table = calloc(1, sizeof *table);
	if (table == NULL)
		return NULL;
	table->out = out;
	table->format = format;
	table->column = columns;
	table->offset_min = offset_min;
	while (columns[table->n_columns].name != NULL)
		table->n_columns++;
	if (format == TABLE_TEXT) {
		start_text(table);
	} else if (format == TABLE_CSV) {
		start_csv(table);
	} else {
		json_start(&table->json, out);
		json_array(&table->json);
	}
	return table;
}

/* A cell as text; JSON writes its own kinds before it comes here. */
static void put(struct table *table, const char *text)
{
	assert(table->at < table->n_columns);
	if (table->format == TABLE_TEXT) {
		hold(table, text);
	} else if (table->format == TABLE_CSV) {
		if (table->at > 0)
			putc(',', table->out);
		csv_put(table, text);
	}
	table->at++;
}

/* True in the JSON form, with the object open and the key written. */
static bool json_cell(struct table *table)
{
	if (table->format != TABLE_JSON)
		return false;
	assert(table->at < table->n_columns);
	if (table->at == 0) {
		fputs(table->rows > 0 ? "" : "\n", table->out);
		json_object(&table->json);
	}
	json_key(&table->json, table->column[table->at].name);
	table->at++;
	return true;
}

void table_text(struct table *table, const char *text)
{
	if (json_cell(table))
		json_text(&table->json, text);
	else
		put(table, text != NULL ? text : "");
}

void table_empty(struct table *table)
{
	table_text(table, NULL);
}

/* "-0.00" is a zero nobody measured. */
static void print_decimals(double value, int decimals, char *out, size_t room)
{
	snprintf(out, room, "%.*f", decimals, value);
	if (out[0] == '-' && strspn(out + 1, "0.") == strlen(out + 1))
		memmove(out, out + 1, strlen(out));
}

void table_number(struct table *table, double value, int decimals)
{
	char text[400];
	if (!isfinite(value)) {
		table_empty(table);
		return;
	}
	if (decimals < 0)
		number_print(value, text);
	else
		print_decimals(value, decimals, text, sizeof text);
	if (table->comma && strchr(text, '.') != NULL)
		*strchr(text, '.') = ',';
	if (json_cell(table))
		json_raw(&table->json, text);
	else
		put(table, text);
}

void table_comma(struct table *table)
{
	table->comma = table->format == TABLE_TEXT;
}

void table_integer(struct table *table, int64_t value)
{
	char text[32];
	snprintf(text, sizeof text, "%" PRId64, value);
	if (json_cell(table))
		json_raw(&table->json, text);
	else
		put(table, text);
}

void table_time(struct table *table, int64_t time_us)
{
	char text[TIME_TEXT];
	table_text(table, time_print(time_us, table->offset_min, text));
}

static void pad(FILE *out, size_t n)
{
	fprintf(out, "%*s", (int)n, "");
}

static bool last_shown(const struct table *table, size_t column)
{
	for (size_t i = column + 1; i < table->n_columns; i++)
		if (!table->column[i].wide)
			return false;
	return true;
}

/* No blanks behind the last column. */
static void write_line(struct table *table, const char *const *cell)
{
	bool first = true;
	for (size_t i = 0; i < table->n_columns; i++) {
		if (table->column[i].wide)
			continue;
		const char *text = cell[i] != NULL ? cell[i] : "";
		size_t width = text_width(text);
		size_t blanks = table->width[i] > width ? table->width[i] - width : 0;
		fputs(first ? "" : BETWEEN, table->out);
		if (table->column[i].right)
			pad(table->out, blanks);
		fputs(text, table->out);
		if (!table->column[i].right && !last_shown(table, i))
			pad(table->out, blanks);
		first = false;
	}
	putc('\n', table->out);
}

static void let_go(struct table *table)
{
	for (size_t row = 0; !table->no_memory && row < table->n_held; row++)
		write_line(table,
		        (const char *const *)&table->held[row * table->n_columns]);
	for (size_t i = 0; table->held != NULL && i < ROWS_HELD * table->n_columns;
	        i++) {
		free(table->held[i]);
		table->held[i] = NULL;
	}
	table->n_held = 0;
}

void table_row(struct table *table)
{
	assert(table->at == table->n_columns);
	table->at = 0;
	table->rows++;
	if (table->format == TABLE_JSON)
		json_end(&table->json);
	if (table->format != TABLE_TEXT)
		putc('\n', table->out);
	else if (++table->n_held == ROWS_HELD)
		let_go(table);
}

size_t table_rows(const struct table *table)
{
	return table->rows;
}

int table_end(struct table *table)
{
	assert(table->at == 0);
	if (table->format == TABLE_TEXT) {
		let_go(table);
	} else if (table->format == TABLE_JSON) {
		json_end(&table->json);
		putc('\n', table->out);
	}
	bool whole = !table->no_memory;
	if (table->no_memory)
		errno = ENOMEM;
	if (ferror(table->out) || fflush(table->out) != 0)
		whole = false;
	free(table->held);
	free(table->width);
	free(table);
	return whole ? OK : FAILED;
}
