/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders as texts. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "sensors/cabinet/control.h"

#define HEAD "quantrac 1"

const char order_reason_wanted[] =
        "a reason is wanted (--reason TEXT): one line of at most 240 bytes";
_Static_assert(ORDER_REASON == 240, "as the text says");

static const char *const kinds[] = { "maintenance", "emptied", "probed", "command" };

/* ---- the first line of an answer ---- */

static const char *const heads[] = { [CONTROL_NOT] = "no",
	[CONTROL_OK] = "ok",
	[CONTROL_UNKEPT] = "ok unkept",
	[CONTROL_LATER] = "no",
	[CONTROL_REASON] = "no reason",
	[CONTROL_BUSY] = "no busy",
	[CONTROL_MAINTENANCE] = "no maintenance",
	[CONTROL_STALE] = "no stale",
	[CONTROL_DONE] = "ok done",
	[CONTROL_DECLINED] = "un refused",
	[CONTROL_UNKNOWN] = "un unknown",
	[CONTROL_UNSENT] = "un unsent" };

const char *control_head(enum control_outcome outcome)
{
	return heads[outcome];
}

enum control_outcome control_outcome_of(const char *head, size_t n)
{
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
		if (strlen(heads[i]) == n && memcmp(heads[i], head, n) == 0)
			return (enum control_outcome)i;
	return n >= 2 && memcmp(head, "ok", 2) == 0 ? CONTROL_OK : CONTROL_NOT;
}

/* ---- a reason ---- */

/* A terminal obeys U+0080 to U+009F; U+202A to U+202E and U+2066 to U+2069 turn the order of what is
 * read. */
static bool steers(const char *text, size_t n)
{
	const uint8_t *at = (const uint8_t *)text;
	if (n > 1 && at[0] == 0xc2)
		return at[1] < 0xa0;
	return n > 2 && at[0] == 0xe2 &&
	       ((at[1] == 0x80 && at[2] >= 0xaa && at[2] <= 0xae) ||
	               (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9));
}

/* A reason is read by people, in a record that is never rewritten: a line of text. */
static bool reason_sound(const char *text, size_t n)
{
	bool letters = false;
	if (n > ORDER_REASON || utf8_sound(text, n) != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)text[i];
		if (byte < 0x20 || byte == 0x7f || steers(text + i, n - i))
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

/* ---- a command: "calibrate_mid 7.00 43616C" ---- */

static bool take_shown(struct order *out, const char *hex)
{
	size_t n = strlen(hex);
	if (n == 0 || n % 2 != 0 || n / 2 > sizeof out->shown)
		return false;
	for (size_t i = 0; i < n; i += 2) {
		int high = hex_capital((uint8_t)hex[i]),
		    low = hex_capital((uint8_t)hex[i + 1]);
		if (high < 0 || low < 0)
			return false;
		out->shown[i / 2] = (uint8_t)(high << 4 | low);
	}
	out->n_shown = n / 2;
	return true;
}

static bool take_command(struct order *out, char *line)
{
	char *first = strchr(line, ' '), *last = strrchr(line, ' ');
	if (first == NULL)
		return false;
	*first = *last = '\0';
	const char *value = first == last ? "" : first + 1;
	if (!id_valid(line, ID_SIZE - 1) || strlen(value) >= sizeof out->value ||
	        value[strspn(value, "0123456789.-")] != '\0')
		return false;
	snprintf(out->command, sizeof out->command, "%s", line);
	snprintf(out->value, sizeof out->value, "%s", value);
	return take_shown(out, last + 1);
}

static bool take_on(struct order *out, const char *line)
{
	out->on = strcmp(line, "on") == 0;
	return out->on || strcmp(line, "off") == 0;
}

#define LINE (ID_SIZE + COMMAND_VALUE + 2 * (COMMAND_MOST + COMMAND_PLACE) + 4)

int order_parse(struct order *out, const char *in, size_t n)
{
	char word[LINE];
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
	if (out->kind == ORDER_COMMAND ? !take_command(out, word) : !take_on(out, word))
		return MALFORMED;
	if (at > n || !reason_sound(in + at, n - at))
		return REFUSED;
	memcpy(out->reason, in + at, n - at);
	return OK;
}

static void put_command(const struct order *order, char out[LINE])
{
	int n = snprintf(out, LINE, "%s %s%s", order->command, order->value,
	        order->value[0] != '\0' ? " " : "");
	for (size_t i = 0; i < order->n_shown; i++)
		n += snprintf(out + n, LINE - (size_t)n, "%02X", order->shown[i]);
}

int order_print(const struct order *order, char *out, size_t room)
{
	char line[LINE] = "";
	if (!reason_sound(order->reason, strlen(order->reason)))
		return REFUSED;
	if (order->kind == ORDER_COMMAND)
		put_command(order, line);
	else
		snprintf(line, sizeof line, "%s", order->on ? "on" : "off");
	int n = snprintf(out, room, HEAD "\n%s\n%s\n%s\n%s", kinds[order->kind],
	        order->id, line, order->reason);
	return n > 0 && (size_t)n < room ? n : REFUSED;
}
