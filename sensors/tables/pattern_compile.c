/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/pattern_parts.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/config.h"
#include "sensors/tables/checksum.h"

struct reader {
	const char *text, *at;
	struct pattern *out;
	size_t n_bytes;
	struct problem *why;
};

/* An error at the character `at` of the template. */
__attribute__((format(printf, 3, 4))) static int wrong(
        struct reader *reader, const char *at, const char *format, ...)
{
	char text[200];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return problem_set(reader->why, MALFORMED, EXIT_CONFIG, "character %d: %s",
	        (int)(at - reader->text) + 1, text);
}

static struct pattern_part *part_new(struct reader *reader, int kind)
{
	struct pattern *pattern = reader->out;
	if (pattern->n == PATTERN_PARTS)
		return NULL;
	struct pattern_part *part = &pattern->part[pattern->n++];
	*part = (struct pattern_part){ .kind = (uint8_t)kind,
		.at = (uint16_t)reader->n_bytes };
	return part;
}

static int too_long(struct reader *reader)
{
	return wrong(reader, reader->at,
	        "the template is too long: at most %d parts and %d characters",
	        PATTERN_PARTS, PATTERN_BYTES);
}

static int part_byte(struct reader *reader, struct pattern_part *part, int byte)
{
	if (reader->n_bytes == PATTERN_BYTES)
		return too_long(reader);
	reader->out->bytes[reader->n_bytes++] = (uint8_t)byte;
	part->n++;
	return OK;
}

/* The byte an escape stands for. */
static int escape(struct reader *reader)
{
	static const char letters[] = "rnte\\{", bytes[] = "\r\n\t\033\\{";
	const char *at = reader->at + 1;
	const char *found = *at != '\0' ? strchr(letters, *at) : NULL;
	if (found != NULL) {
		reader->at += 2;
		return (unsigned char)bytes[found - letters];
	}
	int high = *at == 'x' ? hex_digit((uint8_t)at[1]) : -1;
	int low = high >= 0 ? hex_digit((uint8_t)at[2]) : -1;
	if (low < 0)
		return wrong(reader, reader->at,
		        "write \\r, \\n, \\t, \\e, \\\\, \\{ or \\xNN with two "
		        "hexadecimal digits");
	reader->at += 4;
	return high << 4 | low;
}

static int next_byte(struct reader *reader)
{
	return *reader->at == '\\' ? escape(reader) : (unsigned char)*reader->at++;
}

static int read_text(struct reader *reader)
{
	bool blanks = *reader->at == ' ';
	struct pattern_part *part = part_new(reader, blanks ? PART_BLANKS : PART_TEXT);
	if (part == NULL)
		return too_long(reader);
	while (*reader->at != '\0' && *reader->at != '{' &&
	        (*reader->at == ' ') == blanks) {
		int byte = next_byte(reader);
		int status = byte < 0 ? byte : part_byte(reader, part, byte);
		if (status != OK)
			return status;
	}
	return OK;
}

/* ---- in braces ---- */

/* The word at the reader: letters, digits, '_', '.', '-'. */
static size_t word(const char *at)
{
	size_t n = 0;
	while (isalnum((unsigned char)at[n]) ||
	        (at[n] != '\0' && strchr("_.-", at[n]) != NULL))
		n++;
	return n;
}

/* A number up to `most`, or MALFORMED. */
static int number(struct reader *reader, int most)
{
	const char *begin = reader->at;
	int value = 0;
	while (isdigit((unsigned char)*reader->at) && value <= most)
		value = 10 * value + (*reader->at++ - '0');
	if (reader->at == begin || value > most)
		return wrong(reader, begin, "a number of 0 to %d belongs here", most);
	return value;
}

static int close_brace(struct reader *reader, const char *open)
{
	if (*reader->at != '}')
		return wrong(reader, reader->at,
		        *reader->at == '\0'
		                ? "the brace opened at character %d is never closed"
		                : "'}' belongs here, to the brace opened at character "
		                  "%d",
		        (int)(open - reader->text) + 1);
	reader->at++;
	return OK;
}

static int read_width(struct reader *reader, struct pattern_part *part)
{
	if (*reader->at != ':')
		return OK;
	const char *at = ++reader->at;
	int width = number(reader, 99);
	if (width == 0)
		return wrong(reader, at, "no field is 0 characters wide");
	part->width = (uint16_t)(width > 0 ? width : 0);
	return width < 0 ? width : OK;
}

static int read_address(struct reader *reader)
{
	struct pattern_part *part =
	        part_new(reader, *reader->at == '+' ? PART_BYTE : PART_ADDRESS);
	if (part == NULL)
		return too_long(reader);
	if (part->kind == PART_ADDRESS)
		return read_width(reader, part);
	reader->at++;
	int add = number(reader, 255);
	part->add = (uint8_t)(add > 0 ? add : 0);
	return add < 0 ? add : OK;
}

static int read_pairs(struct reader *reader)
{
	struct pattern_part *part = part_new(reader, PART_PAIRS);
	uint8_t *to[2];
	if (part == NULL)
		return too_long(reader);
	to[0] = &part->value;
	to[1] = &part->between;
	for (size_t i = 0; i < 2; i++) {
		if (reader->at[0] != ' ' || reader->at[1] == ' ' ||
		        reader->at[1] == '}' || reader->at[1] == '\0')
			return wrong(reader, reader->at,
			        "pairs need two characters with a blank before each: "
			        "the "
			        "one before a value and the one between pairs, {pairs "
			        "= ,}");
		reader->at++;
		int byte = next_byte(reader);
		if (byte < 0)
			return byte;
		*to[i] = (uint8_t)byte;
	}
	part->unit = strncmp(reader->at, " unit", 5) == 0;
	reader->at += part->unit ? 5 : 0;
	return OK;
}

static int read_check(struct reader *reader, const char *open)
{
	struct pattern_part *part = part_new(reader, PART_CHECK);
	if (part == NULL)
		return too_long(reader);
	if (reader->out->n == 1)
		return wrong(reader, open, "there is nothing before it to check");
	for (size_t i = 0; i + 1 < reader->out->n; i++)
		if (reader->out->part[i].kind == PART_CHECK)
			return wrong(reader, open, "a second {check}");
	part->width = (uint16_t)checksum_width(reader->out->checksum);
	if (part->width == 0)
		return wrong(reader, open,
		        "{check} needs the profile's `checksum`: xor, nmea, mewtocol, "
		        "sum8, c-link or sdi-12");
	return OK;
}

static int read_field(struct reader *reader, const char *name, size_t n)
{
	struct pattern_part *part = part_new(reader, PART_FIELD);
	if (part == NULL)
		return too_long(reader);
	if (n >= sizeof((struct text_field *)0)->name)
		return wrong(reader, name, "a name has at most %d characters",
		        (int)sizeof((struct text_field *)0)->name - 1);
	for (size_t i = 0; i < n && !(n == 1 && name[0] == '_'); i++) {
		int status = part_byte(reader, part, name[i]);
		if (status != OK)
			return status;
	}
	return read_width(reader, part);
}

static bool is(const char *name, size_t n, const char *what)
{
	return strlen(what) == n && strncmp(name, what, n) == 0;
}

static int read_braces(struct reader *reader)
{
	const char *open = reader->at++, *name = reader->at;
	size_t n = word(name);
	int status;
	reader->at += n;
	if (n == 0)
		return wrong(reader, name,
		        "a name of letters, digits, '_', '.' and '-' belongs in the "
		        "braces");
	if (is(name, n, "address"))
		status = read_address(reader);
	else if (is(name, n, "pairs"))
		status = read_pairs(reader);
	else if (is(name, n, "check"))
		status = read_check(reader, open);
	else
		status = read_field(reader, name, n);
	return status != OK ? status : close_brace(reader, open);
}

/* ---- the whole ---- */

static bool is_text(const struct pattern_part *part)
{
	return part->kind == PART_TEXT || part->kind == PART_BLANKS;
}

/* What is as long as it is must be ended by something. */
static int check_ends(struct reader *reader)
{
	const struct pattern *pattern = reader->out;
	for (size_t i = 0; i < pattern->n; i++) {
		const struct pattern_part *part = &pattern->part[i];
		size_t k = i + 1;
		if (!pattern_open(part))
			continue;
		while (k < pattern->n && !is_text(&pattern->part[k]) &&
		        !pattern_open(&pattern->part[k]))
			k++;
		if (k < pattern->n && is_text(&pattern->part[k]))
			continue;
		bool named = part->n > 0;
		return wrong(reader, reader->text,
		        "nothing tells where {%.*s} ends: text must follow it before "
		        "the next field, or give it a width, {name:8}",
		        named ? part->n : 5,
		        named ? (const char *)pattern->bytes + part->at
		        : part->kind == PART_PAIRS ? "pairs"
		                                   : "_");
	}
	return OK;
}

static int check_names(struct reader *reader)
{
	const struct pattern *pattern = reader->out;
	for (size_t i = 0; i < pattern->n; i++)
		for (size_t k = i + 1; k < pattern->n; k++) {
			const struct pattern_part *a = &pattern->part[i];
			const struct pattern_part *b = &pattern->part[k];
			if (a->kind == PART_FIELD && b->kind == PART_FIELD &&
			        a->n > 0 && a->n == b->n &&
			        memcmp(pattern->bytes + a->at, pattern->bytes + b->at,
			                a->n) == 0)
				return wrong(reader, reader->text, "a second '%.*s'",
				        a->n, (const char *)pattern->bytes + a->at);
		}
	return OK;
}

int pattern_compile(
        struct pattern *out, const char *text, int checksum, struct problem *why)
{
	struct reader reader = { .text = text, .at = text, .out = out, .why = why };
	int status = OK;
	out->n = 0;
	out->checksum = checksum;
	if (*text == '\0')
		return wrong(&reader, text, "an empty template fits nothing");
	while (*reader.at != '\0' && status == OK)
		status = *reader.at == '{' ? read_braces(&reader) : read_text(&reader);
	if (status == OK)
		status = check_ends(&reader);
	return status == OK ? check_names(&reader) : status;
}
