/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of Bayern-Hessen: find the end, check, then the records. */
#include "sensors/drivers/bayern_hessen_frame.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/status.h"
#include "sensors/tables/checksum.h"
#include "sensors/tables/driver.h"

#define STX 0x02
#define ETX 0x03
#define CR  0x0D

#define TOKENS (6 * BAYERN_RECORDS)

const char *const bayern_forms[] = { "etx", "cr", NULL };

/* ---- frames ---- */

int bayern_close(int form, size_t n, uint8_t *out, size_t room)
{
	if (room < n + 4)
		return FULL;
	out[0] = STX;
	out[n + 1] = form == BAYERN_ETX ? ETX : CR;
	if (form != BAYERN_ETX)
		return (int)n + 2;
	uint8_t check = xor8(out, n + 2);
	out[n + 2] = (uint8_t)hex_capital_of(check >> 4);
	out[n + 3] = (uint8_t)hex_capital_of(check);
	return (int)n + 4;
}

static bool is_address(const char *text)
{
	for (size_t i = 0; i < 3; i++)
		if (!isdigit((unsigned char)text[i]))
			return false;
	return text[3] == '\0';
}

int bayern_request_put(int form, const char *address, uint8_t *out, size_t room)
{
	size_t n = strlen(address);
	if (n > 0 && !is_address(address))
		return REFUSED;
	if (room < n + 6)
		return FULL;
	memcpy(out + 1, "DA", 2);
	memcpy(out + 3, address, n);
	return bayern_close(form, n + 2, out, room);
}

static bool is_text(uint8_t byte)
{
	return byte >= ' ' && byte <= '~';
}

/* Length of the frame at in[0], whose text begins with `word`: as bayern_answer_frame, but for the
 * records. */
static int frame_length(int form, const char *word, const uint8_t *in, size_t n)
{
	uint8_t end = form == BAYERN_ETX ? ETX : CR;
	size_t around = form == BAYERN_ETX ? 3 : 1, at = 1;
	if (n == 0)
		return FRAME_SHORT;
	if (in[0] != STX)
		return FRAME_NONE;
	for (; at < n && is_text(in[at]); at++)
		if (at <= 2 && in[at] != (uint8_t)word[at - 1])
			return FRAME_NONE;
	if (at + around > BAYERN_FRAME)
		return FRAME_NONE;
	if (at == n)
		return FRAME_SHORT;
	if (in[at] != end || at < 3)
		return FRAME_NONE;
	for (size_t i = at + 1; i < at + around && i < n; i++)
		if (hex_capital(in[i]) < 0)
			return FRAME_NONE;
	return n < at + around ? FRAME_SHORT : (int)(at + around);
}

static bool is_checked(const uint8_t *in, size_t n)
{
	uint8_t check = xor8(in, n - 2);
	return in[n - 2] == (uint8_t)hex_capital_of(check >> 4) &&
	       in[n - 1] == (uint8_t)hex_capital_of(check);
}

/* ---- records ---- */

static bool is_digits(struct bayern_token token, size_t least, size_t most)
{
	for (size_t i = 0; i < token.n; i++)
		if (!isdigit((unsigned char)token.at[i]))
			return false;
	return token.n >= least && token.n <= most;
}

/* Two digits of sixteen, in capitals. */
static bool is_byte(struct bayern_token token)
{
	return token.n == 2 && hex_capital((uint8_t)token.at[0]) >= 0 &&
	       hex_capital((uint8_t)token.at[1]) >= 0;
}

static bool is_sign(char c)
{
	return c == '+' || c == '-';
}

static bool is_value(struct bayern_token token)
{
	return token.n == 8 && is_sign(token.at[0]) && is_sign(token.at[5]) &&
	       is_digits((struct bayern_token){ token.at + 1, 4 }, 4, 4) &&
	       is_digits((struct bayern_token){ token.at + 6, 2 }, 2, 2);
}

/* The tokens of a text; their number, or TOKENS + 1 if there are more. */
static size_t split(const char *at, const char *end, struct bayern_token *token)
{
	size_t n = 0;
	while (at < end) {
		const char *from = at;
		while (at < end && *at != ' ')
			at++;
		if (at > from && n == TOKENS)
			return TOKENS + 1;
		if (at > from)
			token[n++] = (struct bayern_token){ from, (size_t)(at - from) };
		while (at < end && *at == ' ')
			at++;
	}
	return n;
}

/* "00000" is the failure byte and three zeros of a serial number. */
static bool take_failure(struct bayern_token token, struct bayern_record *out)
{
	out->failure = (struct bayern_token){ token.at, 2 };
	if (token.n == 2)
		return is_byte(token);
	return token.n == 5 && is_byte(out->failure) &&
	       is_digits((struct bayern_token){ token.at + 2, 3 }, 3, 3);
}

/* A record of n tokens; false if it is none. */
static bool take_record(
        const struct bayern_token *token, size_t n, struct bayern_record *out)
{
	*out = (struct bayern_record){ 0 };
	if (is_digits(token[0], 3, 3)) {
		out->number = *token++;
		n--;
	}
	if (n < 4 || n > 5 || !is_value(token[0]) || !is_byte(token[1]) ||
	        !take_failure(token[2], out))
		return false;
	out->value = token[0];
	out->status = token[1];
	if (n == 4) {
		out->serial = token[3];
		return is_digits(out->serial, 6, 10);
	}
	out->gas = token[3];
	out->serial = token[4];
	return token[2].n == 2 && is_digits(out->gas, 3, 3) &&
	       is_digits(out->serial, 6, 10);
}

/* The text of an answer, from "MD" on. */
static int take_text(
        const char *text, size_t n, struct bayern_answer *out, const char **why)
{
	struct bayern_token token[TOKENS] = { 0 }, count = { text + 2, 2 };
	*why = "does not begin with MD and the number of its records";
	if (n < 4 || memcmp(text, "MD", 2) != 0 || !is_digits(count, 2, 2) ||
	        (n > 4 && text[4] != ' '))
		return MALFORMED;
	out->n = (size_t)(text[2] - '0') * 10 + (size_t)(text[3] - '0');
	*why = "more records than any instrument has";
	if (out->n > BAYERN_RECORDS)
		return MALFORMED;
	size_t n_tokens = split(text + 4, text + n, token);
	*why = "has not the number of records it says";
	if (out->n == 0)
		return n_tokens == 0 ? OK : MALFORMED;
	size_t each = n_tokens / out->n;
	if (n_tokens > TOKENS || n_tokens % out->n != 0 || each < 4 || each > 6)
		return MALFORMED;
	*why = "a record is none";
	for (size_t i = 0; i < out->n; i++)
		if (!take_record(token + i * each, each, &out->record[i]) ||
		        (out->record[i].number.n == 0) !=
		                (out->record[0].number.n == 0))
			return MALFORMED;
	*why = "";
	return OK;
}

int bayern_answer_frame(int form, const uint8_t *in, size_t n)
{
	struct bayern_answer answer;
	const char *why;
	int length = frame_length(form, "MD", in, n);
	if (length <= 0)
		return length;
	if (bayern_answer_get(form, in, (size_t)length, &answer, &why) != OK)
		return FRAME_NONE;
	return length;
}

int bayern_answer_get(int form, const uint8_t *in, size_t n, struct bayern_answer *out,
        const char **why)
{
	size_t around = form == BAYERN_ETX ? 3 : 1;
	out->n = 0;
	*why = "no frame, or more than one";
	int length = frame_length(form, "MD", in, n);
	if (length == FRAME_SHORT)
		*why = "cut short";
	if (length <= 0 || (size_t)length != n)
		return MALFORMED;
	*why = "wrong block check";
	if (form == BAYERN_ETX && !is_checked(in, n))
		return MALFORMED;
	return take_text((const char *)in + 1, n - 1 - around, out, why);
}

bool bayern_check_failed(int form, const uint8_t *in, size_t n)
{
	for (size_t i = 0; form == BAYERN_ETX && i < n; i++) {
		int length = frame_length(form, "MD", in + i, n - i);
		if (length > 0 && !is_checked(in + i, (size_t)length))
			return true;
	}
	return false;
}

/* ---- values ---- */

double bayern_value_get(const char *at, size_t n)
{
	char text[11];
	if (!is_value((struct bayern_token){ at, n }))
		return NAN;
	snprintf(text, sizeof text, "%.2s.%.3se%.3s", at, at + 2, at + 5);
	return strtod(text, NULL);
}

void bayern_value_put(double value, char out[9])
{
	char text[32];
	strcpy(out, "+0000+00");
	if (!isfinite(value))
		return;
	snprintf(text, sizeof text, "%+.3e", value); /* +2.578e+01 */
	if (strlen(text) != 10)
		return;
	snprintf(out, 9, "%.2s%.3s%.3s", text, text + 3, text + 7);
}

int bayern_request_get(const uint8_t *in, size_t n, struct bayern_request *out)
{
	*out = (struct bayern_request){ .form = BAYERN_ETX };
	int length = frame_length(BAYERN_ETX, "DA", in, n);
	if (length == FRAME_NONE) {
		out->form = BAYERN_CR;
		length = frame_length(BAYERN_CR, "DA", in, n);
	}
	if (length <= 0)
		return length;
	size_t size = (size_t)length - (out->form == BAYERN_ETX ? 6 : 4);
	if (size > 0 && size != 3)
		return FRAME_NONE;
	memcpy(out->address, in + 3, size);
	if ((size > 0 && !is_address(out->address)) ||
	        (out->form == BAYERN_ETX && !is_checked(in, (size_t)length)))
		return FRAME_NONE;
	return length;
}
