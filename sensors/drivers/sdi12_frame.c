/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/drivers/sdi12_frame.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "sensors/tables/checksum.h"
#include "sensors/tables/driver.h"

#define CHECK       3 /* characters */
#define END         2 /* CR LF */
#define VALUES_MOST 75
#define VALUE_MOST  9
#define DIGITS_MOST 7

bool sdi12_is_address(char c)
{
	return isalnum((unsigned char)c) && (unsigned char)c < 0x80;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_sign(uint8_t c)
{
	return c == '+' || c == '-';
}

static bool is_of_check(uint8_t c)
{
	return c >= 0x40 && c <= 0x7F;
}

/* ---- lines ---- */

/* True while byte `at` of an answer may be what it is, whatever comes behind it. */
static bool fits(int kind, uint8_t byte, size_t at)
{
	switch (kind) {
	case SDI12_ALIVE:
		return false;
	case SDI12_MEASURE:
		return at <= 4 && is_digit(byte);
	case SDI12_CONCURRENT:
		return at <= 5 && is_digit(byte);
	case SDI12_IDENTITY:
		return at <= 32 && byte >= ' ' && byte <= '~' &&
		       (at > 2 || is_digit(byte));
	default:
		return at <= VALUES_MOST + CHECK &&
		       (is_digit(byte) || is_sign(byte) || byte == '.' ||
		               is_of_check(byte));
	}
}

/* Length of an answer of any check and content, FRAME_SHORT or FRAME_NONE. */
static int line_length(
        const struct sdi12_expected *expected, const uint8_t *in, size_t n)
{
	size_t at = 1;
	if (n == 0)
		return FRAME_SHORT;
	if (in[0] != (uint8_t)expected->address)
		return FRAME_NONE;
	while (at < n && fits(expected->kind, in[at], at))
		at++;
	if (at == n)
		return FRAME_SHORT;
	if (in[at] != '\r' || (n > at + 1 && in[at + 1] != '\n'))
		return FRAME_NONE;
	return n < at + END ? FRAME_SHORT : (int)(at + END);
}

static bool is_right(const struct sdi12_expected *expected, const uint8_t *in, size_t n)
{
	struct sdi12_value value[VALUES_MOST];
	bool checked = n >= 1 + CHECK + END && is_of_check(in[n - END - 1]);
	switch (expected->kind) {
	case SDI12_MEASURE:
		return n == 5 + END;
	case SDI12_CONCURRENT:
		return n == 6 + END;
	case SDI12_IDENTITY:
		return n >= 20 + END;
	case SDI12_DATA:
		return checked == expected->check &&
		       sdi12_values_get(in, n, value, VALUES_MOST) >= 0;
	default:
		return true;
	}
}

int sdi12_answer_frame(
        const struct sdi12_expected *expected, const uint8_t *in, size_t n)
{
	int length = line_length(expected, in, n);
	if (length > 0 && !is_right(expected, in, (size_t)length))
		return FRAME_NONE;
	return length;
}

bool sdi12_check_failed(
        const struct sdi12_expected *expected, const uint8_t *in, size_t n)
{
	for (size_t i = 0; expected->kind == SDI12_DATA && expected->check && i < n;
	        i++) {
		int length = line_length(expected, in + i, n - i);
		size_t end = length > 0 ? (size_t)length - END : 0;
		if (end <= CHECK || !is_of_check(in[i + end - 1]))
			continue;
		if (!checksum_holds(CHECKSUM_SDI12, in + i, end - CHECK))
			return true;
	}
	return false;
}

/* ---- what they say ---- */

int sdi12_measure_get(const uint8_t *in, size_t n, struct sdi12_measure *out)
{
	*out = (struct sdi12_measure){ 0 };
	if (n != 5 + END && n != 6 + END)
		return MALFORMED;
	for (size_t i = 1; i < n - END; i++) {
		if (!is_digit(in[i]))
			return MALFORMED;
		unsigned *into = i < 4 ? &out->seconds : &out->values;
		*into = *into * 10 + (unsigned)(in[i] - '0');
	}
	return OK;
}

/* Length of the value that starts at at[0], 0 if none does. */
static size_t value_length(const uint8_t *at, size_t n)
{
	size_t digits = 0, points = 0, i = 1;
	if (!is_sign(at[0]))
		return 0;
	for (; i < n && (is_digit(at[i]) || at[i] == '.'); i++) {
		digits += is_digit(at[i]);
		points += at[i] == '.';
	}
	return digits >= 1 && digits <= DIGITS_MOST && points <= 1 ? i : 0;
}

int sdi12_values_get(const uint8_t *in, size_t n, struct sdi12_value *out, size_t room)
{
	size_t end, count = 0, size;
	if (n < 1 + END || !sdi12_is_address((char)in[0]))
		return MALFORMED;
	end = n - END;
	if (end > CHECK && is_of_check(in[end - 1])) {
		end -= CHECK;
		if (!checksum_holds(CHECKSUM_SDI12, in, end))
			return MALFORMED;
	}
	if (end - 1 > VALUES_MOST)
		return MALFORMED;
	for (size_t at = 1; at < end; at += size) {
		size = value_length(in + at, end - at);
		if (size == 0)
			return MALFORMED;
		if (count == room)
			return FULL;
		out[count++] = (struct sdi12_value){ (const char *)in + at, size };
	}
	return (int)count;
}

int sdi12_version_get(const uint8_t *in, size_t n)
{
	if (n < 20 + END || !is_digit(in[1]) || !is_digit(in[2]))
		return MALFORMED;
	return (in[1] - '0') * 10 + in[2] - '0';
}

/* ---- the answering side ---- */

int sdi12_command_frame(const uint8_t *in, size_t n)
{
	if (n == 0)
		return FRAME_SHORT;
	if (!sdi12_is_address((char)in[0]) && in[0] != '?')
		return FRAME_NONE;
	for (size_t at = 1; at < n && at < 8; at++) {
		if (in[at] == '!')
			return (int)at + 1;
		if (!isalnum(in[at]))
			return FRAME_NONE;
	}
	return n < 8 ? FRAME_SHORT : FRAME_NONE;
}

size_t sdi12_value_put(double value, char out[10])
{
	char text[32];
	if (isfinite(value) && fabs(value) < 9999999) {
		int whole = snprintf(text, sizeof text, "%.0f", floor(fabs(value)));
		snprintf(text, sizeof text, "%+.*f",
		        whole < DIGITS_MOST ? DIGITS_MOST - whole : 0, value);
		size_t n = strlen(text);
		while (strchr(text, '.') != NULL &&
		        (text[n - 1] == '0' || text[n - 1] == '.')) {
			bool point = text[n - 1] == '.';
			text[--n] = '\0';
			if (point)
				break;
		}
		if (value_length((const uint8_t *)text, n) == n) {
			memcpy(out, text, n + 1);
			return n;
		}
	}
	strcpy(out, "+9999999");
	return strlen(out);
}

size_t sdi12_close(bool check, char *out, size_t n)
{
	if (check) {
		checksum_print(
		        CHECKSUM_SDI12, (const uint8_t *)out, n, (uint8_t *)out + n);
		n += CHECK;
	}
	out[n++] = '\r';
	out[n++] = '\n';
	return n;
}
