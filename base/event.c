/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/event.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/status.h"
#include "base/utf8.h"

#define CLOCK_SIZE 17
#define GAP_HEADER 40

/* Text being built in the caller's room; nothing is allocated, since a line that went
 * down may be told when memory is short. */
struct line {
	uint8_t *out;
	size_t n, room;
	bool full;
};

static void line_put(struct line *line, const void *in, size_t n)
{
	if (line->full || n > line->room - line->n) {
		line->full = true;
		return;
	}
	memcpy(line->out + line->n, in, n);
	line->n += n;
}

/* A JSON string (RFC 8259, 7); bytes that are no UTF-8 become U+FFFD. */
static void line_quote(struct line *line, const char *text)
{
	const char *in = text;
	size_t n = strlen(text);
	line_put(line, "\"", 1);
	while (n > 0) {
		char escaped[8];
		uint32_t code;
		size_t size = utf8_next(in, n, &code);
		if (size == 0) {
			line_put(line, "\xef\xbf\xbd", 3);
			size = 1;
		} else if (in[0] == '"' || in[0] == '\\') {
			line_put(line, (char[]){ '\\', in[0] }, 2);
		} else if (code < 0x20 || code == 0x7f) {
			snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)code);
			line_put(line, escaped, 6);
		} else {
			line_put(line, in, size);
		}
		in += size;
		n -= size;
	}
	line_put(line, "\"", 1);
}

static void line_member(struct line *line, const char *before, const char *text)
{
	line_put(line, before, strlen(before));
	line_quote(line, text != NULL ? text : "");
}

int state_encode(const struct state_event *event, uint8_t *out, size_t room)
{
	struct line line = { .out = out, .room = room };
	line_member(&line, "{\"subject\":", event->subject);
	line_member(&line, ",\"state\":", event->state);
	line_member(&line, ",\"text\":", event->text);
	line_put(&line, "}", 1);
	return line.full ? FULL : (int)line.n;
}

/* ---- reading it again ---- */

static bool take(const uint8_t *in, size_t n, size_t *at, const char *word)
{
	size_t size = strlen(word);
	if (n - *at < size || memcmp(in + *at, word, size) != 0)
		return false;
	*at += size;
	return true;
}

/* "\u001b" and the like, of controls alone; -1: something else. */
static int escaped(const uint8_t *in, size_t n, size_t *at)
{
	int code = 0;
	if (n - *at < 2)
		return -1;
	uint8_t kind = in[*at + 1];
	*at += 2;
	if (kind == '"' || kind == '\\')
		return kind;
	if (kind != 'u' || n - *at < 4)
		return -1;
	for (int i = 0; i < 4; i++, (*at)++) {
		uint8_t digit = in[*at];
		if (digit >= '0' && digit <= '9')
			code = code * 16 + digit - '0';
		else if (digit >= 'a' && digit <= 'f')
			code = code * 16 + digit - 'a' + 10;
		else
			return -1;
	}
	return code < 0x80 ? code : -1;
}

/* A text as line_quote writes it. */
static bool unquote(const uint8_t *in, size_t n, size_t *at, char *out, size_t room)
{
	size_t size = 0;
	bool fits = true;
	if (!take(in, n, at, "\""))
		return false;
	while (*at < n && in[*at] != '"') {
		uint32_t code;
		char one[4];
		size_t length = utf8_next((const char *)in + *at, n - *at, &code);
		if (length == 0 || code < 0x20)
			return false;
		if (in[*at] == '\\') {
			int control = escaped(in, n, at);
			if (control < 0)
				return false;
			one[0] = (char)control;
		} else {
			memcpy(one, in + *at, length);
			*at += length;
		}
		fits = fits && size + length < room;
		if (fits) {
			memcpy(out + size, one, length);
			size += length;
		}
	}
	out[size] = '\0';
	return take(in, n, at, "\"");
}

int state_decode(struct state_texts *out, const uint8_t *payload, size_t n)
{
	size_t at = 0;
	if (take(payload, n, &at, "{\"subject\":") &&
	        unquote(payload, n, &at, out->subject, sizeof out->subject) &&
	        take(payload, n, &at, ",\"state\":") &&
	        unquote(payload, n, &at, out->state, sizeof out->state) &&
	        take(payload, n, &at, ",\"text\":") &&
	        unquote(payload, n, &at, out->text, sizeof out->text) &&
	        take(payload, n, &at, "}") && at == n)
		return OK;
	return MALFORMED;
}

bool state_is_counts(const uint8_t *payload, size_t n)
{
	struct state_texts texts;
	return state_decode(&texts, payload, n) == OK &&
	       strcmp(texts.state, STATE_COUNTS) == 0;
}

size_t maintenance_why_size(const char *text)
{
	const char *last = NULL;
	for (const char *at = strstr(text, STATE_ENDS); at != NULL;
	        at = strstr(at + 1, STATE_ENDS))
		last = at;
	for (const char *at = last; last != NULL && at > text + 1; at--)
		if (at[-2] == ':' && at[-1] == ' ')
			return (size_t)(at - 2 - text);
	return last != NULL ? (size_t)(last - text) : strlen(text);
}

int clock_encode(const struct clock_event *event, uint8_t *out, size_t room)
{
	if (room < CLOCK_SIZE)
		return FULL;
	put_le64(out, (uint64_t)event->before_us);
	put_le64(out + 8, (uint64_t)event->after_us);
	out[16] = event->state;
	return CLOCK_SIZE;
}

int clock_decode(struct clock_event *event, const uint8_t *payload, size_t n)
{
	if (n != CLOCK_SIZE || payload[16] > CLOCK_STEPPED)
		return MALFORMED;
	*event = (struct clock_event){
		.before_us = (int64_t)get_le64(payload),
		.after_us = (int64_t)get_le64(payload + 8),
		.state = payload[16],
	};
	return OK;
}

/* first > last only as 1, 0: lost before they got a seq. */
static bool gap_valid(uint64_t first, uint64_t last)
{
	return first <= last || (first == 1 && last == 0);
}

static bool text_valid(const char *in, size_t n)
{
	return n == 0 || (memchr(in, 0, n) == NULL && utf8_sound(in, n) == n);
}

int gap_encode(const struct gap_event *event, uint8_t *out, size_t room)
{
	if (!gap_valid(event->first_seq, event->last_seq) ||
	        !text_valid(event->why, event->why_size))
		return REFUSED;
	if (room < GAP_HEADER || event->why_size > room - GAP_HEADER)
		return FULL;
	put_le64(out, event->first_seq);
	put_le64(out + 8, event->last_seq);
	put_le64(out + 16, (uint64_t)event->from_us);
	put_le64(out + 24, (uint64_t)event->to_us);
	put_le64(out + 32, event->count);
	if (event->why_size > 0)
		memcpy(out + GAP_HEADER, event->why, event->why_size);
	return (int)(GAP_HEADER + event->why_size);
}

int gap_decode(struct gap_event *event, const uint8_t *payload, size_t n)
{
	if (n < GAP_HEADER || !gap_valid(get_le64(payload), get_le64(payload + 8)) ||
	        !text_valid((const char *)payload + GAP_HEADER, n - GAP_HEADER))
		return MALFORMED;
	*event = (struct gap_event){
		.first_seq = get_le64(payload),
		.last_seq = get_le64(payload + 8),
		.from_us = (int64_t)get_le64(payload + 16),
		.to_us = (int64_t)get_le64(payload + 24),
		.count = get_le64(payload + 32),
		.why = (const char *)payload + GAP_HEADER,
		.why_size = n - GAP_HEADER,
	};
	return OK;
}
