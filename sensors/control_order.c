/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders as texts. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "sensors/control.h"

#define HEAD "quantrac 1"

const char order_reason_wanted[] =
        "a reason is wanted (--reason TEXT): one line of at most 240 bytes";
_Static_assert(ORDER_REASON == 240, "as the text says");

static const char *const kinds[] = { "maintenance", "emptied", "probed" };

/* A reason is read by people, in a record that is never rewritten: a line of text. */
static bool reason_sound(const char *text, size_t n)
{
	bool letters = false;
	if (n > ORDER_REASON || utf8_sound(text, n) != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)text[i];
		if (byte < 0x20 || byte == 0x7f)
			return false;
		letters |= byte != ' ';
	}
	return letters;
}

/* The next line; false when there is none, or it does not fit. */
static bool next_line(const char *in, size_t n, size_t *at, char *out, size_t room)
{
	const char *end = *at <= n ? memchr(in + *at, '\n', n - *at) : NULL;
	size_t size = *at > n ? 0 : end != NULL ? (size_t)(end - in) - *at : n - *at;
	if (*at > n || size >= room || memchr(in + *at, '\0', size) != NULL)
		return false;
	memcpy(out, in + *at, size);
	out[size] = '\0';
	*at += size + 1;
	return true;
}

int order_parse(struct order *out, const char *in, size_t n)
{
	char word[16];
	size_t at = 0;
	memset(out, 0, sizeof *out);
	if (!next_line(in, n, &at, word, sizeof word) || strcmp(word, HEAD) != 0 ||
	        !next_line(in, n, &at, word, sizeof word))
		return MALFORMED;
	for (out->kind = 0; strcmp(word, kinds[out->kind]) != 0; out->kind++)
		if (out->kind == ORDERS - 1)
			return MALFORMED;
	if (!next_line(in, n, &at, out->id, sizeof out->id) ||
	        !id_valid(out->id, ID_SIZE - 1) ||
	        !next_line(in, n, &at, word, sizeof word))
		return MALFORMED;
	out->on = strcmp(word, "on") == 0;
	if (!out->on && strcmp(word, "off") != 0)
		return MALFORMED;
	if (at > n || !reason_sound(in + at, n - at))
		return REFUSED;
	memcpy(out->reason, in + at, n - at);
	return OK;
}

int order_print(const struct order *order, char *out, size_t room)
{
	if (!reason_sound(order->reason, strlen(order->reason)))
		return REFUSED;
	int n = snprintf(out, room, HEAD "\n%s\n%s\n%s\n%s", kinds[order->kind],
	        order->id, order->on ? "on" : "off", order->reason);
	return n > 0 && (size_t)n < room ? n : REFUSED;
}
