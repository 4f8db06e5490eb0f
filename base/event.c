/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/event.h"

#include <stdbool.h>
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
