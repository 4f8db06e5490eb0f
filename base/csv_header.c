/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first row of a CSV file: which separator, and the names of the columns. */
#include "base/csv_parts.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The separator the header uses most outside quotes; in doubt the one that is no
 * decimal comma. */
static char find_separator(struct csv *csv)
{
	static const char candidate[] = { '\t', ';', ',' };
	size_t count[sizeof candidate] = { 0 }, best = sizeof candidate - 1;
	bool quoted = false;

	csv_peek(csv);
	for (size_t i = csv->at; i < csv->n_block; i++) {
		char c = csv->block[i];
		if (!quoted && (c == '\n' || c == '\r'))
			break;
		quoted ^= c == '"';
		for (size_t k = 0; k < sizeof candidate; k++)
			count[k] += !quoted && c == candidate[k];
	}
	for (size_t k = sizeof candidate; k-- > 0;)
		if (count[k] > 0 && count[k] >= count[best])
			best = k;
	return candidate[best];
}

static bool starts_with(struct csv *csv, const char *bytes, size_t n)
{
	csv_peek(csv);
	return csv->n_block - csv->at >= n &&
	       memcmp(csv->block + csv->at, bytes, n) == 0;
}

/* What spreadsheets save when nobody chose CSV. */
static const char *other_kind(struct csv *csv)
{
	if (starts_with(csv, "PK\003\004", 4) ||
	        starts_with(csv, "\xd0\xcf\x11\xe0", 4))
		return "a spreadsheet's own file; save it as \"CSV UTF-8\"";
	if (starts_with(csv, "\xff\xfe", 2) || starts_with(csv, "\xfe\xff", 2))
		return "written in UTF-16; save it as \"CSV UTF-8\"";
	return NULL;
}

/* Digits and no letter: a number or a date, no name. */
static bool looks_like_data(const char *text)
{
	bool digit = false;
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		if (isalpha(c) || c >= 0x80)
			return false;
		digit |= isdigit(c) != 0;
	}
	return digit;
}

static void trim(struct csv *csv, size_t column)
{
	char *name = csv->header + csv->name[column];
	size_t n = strlen(name);
	while (n > 0 && name[n - 1] == ' ')
		name[--n] = '\0';
	csv->name[column] += strspn(name, " ");
}

static int take_header(struct csv *csv, struct problem *why)
{
	size_t data = 0, empty = 0;
	if (csv->n_cells > CSV_COLUMNS)
		return csv_bad(csv, why, csv->row_line,
		        "%zu columns; at most %d are read", csv->n_cells, CSV_COLUMNS);
	csv->header = malloc(csv->used);
	if (csv->header == NULL)
		return problem_set(why, FULL, EXIT_TRY_AGAIN, "not enough memory");
	memcpy(csv->header, csv->row, csv->used);
	csv->columns = csv->n_cells;
	for (size_t i = 0; i < csv->columns; i++) {
		csv->name[i] = csv->cell[i];
		trim(csv, i);
		data += looks_like_data(csv_name(csv, i));
		empty += csv_name(csv, i)[0] == '\0';
	}
	if (data + empty == csv->columns)
		return csv_bad(csv, why, csv->row_line,
		        "the first row must name the columns; this one does not");
	return OK;
}

static int read_header(struct csv *csv, struct problem *why)
{
	if (starts_with(csv, "\xef\xbb\xbf", 3))
		csv->at += 3;
	const char *other = other_kind(csv);
	if (other != NULL)
		return problem_set(why, MALFORMED, EXIT_DAMAGED, "%s: this is %s",
		        csv->path, other);
	csv->separator = find_separator(csv);
	int got = csv_read_row(csv, why);
	if (ferror(csv->in))
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s: cannot be read: %s", csv->path, strerror(errno));
	if (got == 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "%s: the file is empty", csv->path);
	if (got > 0)
		got = csv_check_bytes(csv, why);
	return got == OK ? take_header(csv, why) : got;
}

int csv_open(struct csv **out, const char *path, struct problem *why)
{
	struct csv *csv = calloc(1, sizeof *csv);
	*out = NULL;
	if (csv == NULL || (csv->path = strdup(path)) == NULL) {
		free(csv);
		return problem_set(why, FULL, EXIT_TRY_AGAIN, "not enough memory");
	}
	csv->line = 1;
	csv->in = fopen(path, "re");
	int status = csv->in != NULL ? OK
	                             : problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	                                       "%s: cannot be opened: %s", path,
	                                       strerror(errno));
	struct stat st;
	if (status == OK && fstat(fileno(csv->in), &st) == 0)
		csv->size = (double)st.st_size;
	if (status == OK)
		status = read_header(csv, why);
	if (status != OK)
		csv_close(csv);
	else
		*out = csv;
	return status;
}
