/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tools/tt10.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/legal_time.h"
#include "base/reading.h"
#include "sensors/tables/quantity.h"

/* A name outside the table: its letters and digits in lower case, anything else one
 * '_'. */
static void channel_of(const char *symbol, char out[ID_SIZE])
{
	const struct quantity *known = quantity_of_symbol(symbol);
	if (known != NULL) {
		snprintf(out, ID_SIZE, "%s", known->channel);
		return;
	}
	size_t n = 0;
	for (const char *c = symbol; *c != '\0' && n < ID_SIZE - 1; c++) {
		if (isalnum((unsigned char)*c) && (unsigned char)*c < 0x80)
			out[n++] = (char)tolower((unsigned char)*c);
		else if (n > 0 && out[n - 1] != '_')
			out[n++] = '_';
	}
	while (n > 0 && out[n - 1] == '_')
		n--;
	out[n] = '\0';
	if (n == 0)
		snprintf(out, ID_SIZE, "unnamed");
}

/* yyyyMMddHHmmss, legal time; one that no record can have is malformed. */
static int stamp_parse(const char *text, size_t n, int offset_min, int64_t *time_us)
{
	static const int width[6] = { 4, 2, 2, 2, 2, 2 };
	int part[6];
	if (n != 14 || strspn(text, "0123456789") < 14)
		return MALFORMED;
	for (int i = 0; i < 6; i++) {
		char digits[5] = "";
		memcpy(digits, text, (size_t)width[i]);
		part[i] = atoi(digits);
		text += width[i];
	}
	struct civil civil = {
		.year = part[0],
		.month = part[1],
		.day = part[2],
		.hour = part[3],
		.minute = part[4],
		.second = part[5],
	};
	if (!civil_valid(&civil))
		return MALFORMED;
	*time_us = civil_to_us(&civil, offset_min);
	return *time_us >= 0 && *time_us < TIME_US_END ? OK : MALFORMED;
}

/* Copy text[0..n) in lower case if it fits; MALFORMED if not, or if it is empty. */
static int part_copy(char *out, size_t room, const char *text, size_t n)
{
	if (n == 0 || n >= room)
		return MALFORMED;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)text[i]))
			return MALFORMED;
	memcpy(out, text, n);
	out[n] = '\0';
	return OK;
}

int tt10_name_parse(
        const char *name, int offset_min, struct tt10_name *out, struct problem *why)
{
	const char *part[4];
	size_t n_part[4];
	const char *at = name;
	for (int i = 0; i < 4; i++) {
		part[i] = at;
		n_part[i] = strcspn(at, "_.");
		at += n_part[i];
		if (*at != (i < 3 ? '_' : '.'))
			goto malformed;
		at++;
	}
	if (strcasecmp(at, "txt") != 0 ||
	        part_copy(out->province, sizeof out->province, part[0], n_part[0]) !=
	                OK ||
	        part_copy(out->facility, sizeof out->facility, part[1], n_part[1]) !=
	                OK ||
	        part_copy(out->station, sizeof out->station, part[2], n_part[2]) !=
	                OK ||
	        stamp_parse(part[3], n_part[3], offset_min, &out->time_us) != OK)
		goto malformed;
	char id[64];
	snprintf(id, sizeof id, "%s_%s_%s", out->province, out->facility, out->station);
	for (char *c = id; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	snprintf(out->id, sizeof out->id, "%.*s", SOURCE_SIZE, id);
	return OK;
malformed:
	return problem_set(why, MALFORMED, EXIT_DAMAGED,
	        "%s: not the name of a data file (AA_BBBB_CCCCCC_yyyyMMddHHmmss.txt)",
	        name);
}

static int state_of(const char *status, size_t n)
{
	if (n != 2 || status[0] != '0')
		return MALFORMED;
	switch (status[1]) {
	case '0':
		return STATE_OK;
	case '1':
		return STATE_CALIBRATING;
	case '2':
		return STATE_FAULT;
	default:
		return MALFORMED;
	}
}

/* A decimal number, point or comma; "" and "-" are no number. */
static double value_of(const char *text, size_t n, bool *is_text)
{
	char copy[64];
	char *end;
	*is_text = false;
	if (n == 0 || n >= sizeof copy || (n == 1 && text[0] == '-'))
		return NAN;
	memcpy(copy, text, n);
	copy[n] = '\0';
	char *comma = strchr(copy, ',');
	if (comma != NULL)
		*comma = '.';
	double value = strtod(copy, &end);
	*is_text = *end != '\0' || strpbrk(copy, "xXpP") != NULL;
	return *is_text || !isfinite(value) ? NAN : value;
}

struct line_fields {
	const char *at[5];
	size_t size[5];
};

/* The five between tabs. */
static int fields_of(
        const char *line, size_t n, struct line_fields *out, struct problem *why)
{
	size_t fields = 0, from = 0;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && line[i] != '\t')
			continue;
		if (fields == 5)
			return problem_set(why, MALFORMED, EXIT_DAMAGED,
			        "more than five fields between tabs");
		out->at[fields] = line + from;
		out->size[fields++] = i - from;
		from = i + 1;
	}
	if (fields != 5)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "%zu fields between tabs, five are needed (symbol, value, "
		        "unit, time, "
		        "status)",
		        fields);
	return OK;
}

int tt10_line_parse(const char *line, size_t n, int offset_min, struct tt10_line *out,
        struct problem *why)
{
	struct line_fields fields = { .size = { 0 } };
	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		n--;
	if (n == 0)
		return NOT_FOUND;
	if (fields_of(line, n, &fields, why) != OK)
		return MALFORMED;
	const char *const *field = fields.at;
	const size_t *size = fields.size;
	if (size[0] == 0 || size[0] >= sizeof out->symbol ||
	        size[2] >= sizeof out->unit)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "empty or overlong symbol or unit");
	snprintf(out->symbol, sizeof out->symbol, "%.*s", (int)size[0], field[0]);
	snprintf(out->unit, sizeof out->unit, "%.*s", (int)size[2], field[2]);
	channel_of(out->symbol, out->channel);
	bool is_text;
	out->value = value_of(field[1], size[1], &is_text);
	if (is_text)
		return problem_set(why, MALFORMED, EXIT_DAMAGED, "'%.*s' is no number",
		        (int)size[1], field[1]);
	if (stamp_parse(field[3], size[3], offset_min, &out->time_us) != OK)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "'%.*s' is no time (yyyyMMddHHmmss)", (int)size[3], field[3]);
	int state = state_of(field[4], size[4]);
	if (state < 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "status '%.*s' is none of 00, 01, 02", (int)size[4], field[4]);
	out->state = (uint8_t)(state == STATE_OK && isnan(out->value) ? STATE_NO_VALUE
	                                                              : state);
	return OK;
}
