/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/event.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/status.h"

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

/* Bytes of the UTF-8 character at in[0] (RFC 3629, table 3-7 of Unicode), 0 if it is
 * none. */
static size_t character_size(const uint8_t *in, size_t n)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t size = in[0] < 0x80 ? 1 : in[0] < 0xe0 ? 2 : in[0] < 0xf0 ? 3 : 4;
	if (size == 1)
		return 1;
	if (in[0] < 0xc2 || in[0] > 0xf4 || size > n)
		return 0;
	if (in[0] == 0xe0)
		low = 0xa0;
	if (in[0] == 0xed)
		high = 0x9f;
	if (in[0] == 0xf0)
		low = 0x90;
	if (in[0] == 0xf4)
		high = 0x8f;
	if (in[1] < low || in[1] > high)
		return 0;
	for (size_t i = 2; i < size; i++) {
		if ((in[i] & 0xc0) != 0x80)
			return 0;
	}
	return size;
}

/* A JSON string (RFC 8259, 7); bytes that are no UTF-8 become U+FFFD. */
static void line_quote(struct line *line, const char *text)
{
	const uint8_t *in = (const uint8_t *)text;
	size_t n = strlen(text);
	line_put(line, "\"", 1);
	while (n > 0) {
		char escaped[8];
		size_t size = character_size(in, n);
		if (size == 0) {
			line_put(line, "\xef\xbf\xbd", 3);
			size = 1;
		} else if (in[0] == '"' || in[0] == '\\') {
			line_put(line, (char[]){ '\\', (char)in[0] }, 2);
		} else if (in[0] < 0x20 || in[0] == 0x7f) {
			snprintf(escaped, sizeof escaped, "\\u%04x", in[0]);
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

static bool text_valid(const uint8_t *in, size_t n)
{
	while (n > 0) {
		size_t size = character_size(in, n);
		if (size == 0 || in[0] == 0)
			return false;
		in += size;
		n -= size;
	}
	return true;
}

int gap_encode(const struct gap_event *event, uint8_t *out, size_t room)
{
	if (!gap_valid(event->first_seq, event->last_seq) ||
	        !text_valid((const uint8_t *)event->why, event->why_size))
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
	        !text_valid(payload + GAP_HEADER, n - GAP_HEADER))
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
