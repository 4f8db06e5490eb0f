/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the answers of one poll are: pure, so that a stored reading is read again the same way. */
#include <string.h>

#include "sensors/drivers/polltext.h"
#include "sensors/tables/fields.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/profile_parts.h"
#include "sensors/tables/values.h"

void polltext_look(const struct instrument *instrument, const struct exchange *exchange,
        struct came *out)
{
	const struct polltext *own = instrument->profile->own;
	struct pattern_bytes in = { exchange->bytes, exchange->size };
	int which =
	        polltext_which(&own->other[POLLTEXT_REFUSAL], instrument->address, in);
	/* "no bad cmd" has the form of an answer too */
	if (which >= 0) {
		out->state = STATE_REFUSED;
		out->exception = which + 1;
		out->why = instrument->profile->polltext.refusal[which].meaning;
	} else if (polltext_which(&own->answer[exchange->block], instrument->address,
	                   in) >= 0) {
		out->state = STATE_OK;
		out->data = exchange->bytes;
		out->size = exchange->size;
	} else {
		out->state = STATE_GARBLED;
	}
}

/* The lines an instrument said by itself, as they came one behind the other. */
static void sort_lines(const struct instrument *instrument, struct pattern_bytes in,
        struct came_all *out)
{
	const struct profile *profile = instrument->profile;
	while (in.n > 0) {
		int n = polltext_frame(instrument, NO_BLOCK, in);
		if (n == FRAME_SHORT)
			return;
		if (n < 0)
			n = 1;
		struct exchange line = { .size = (uint16_t)n, .bytes = in.at };
		for (size_t b = 0; b < profile->n_blocks; b++) {
			struct came now = { .block = (uint16_t)b,
				.frame = in.at,
				.frame_size = (size_t)n };
			line.block = (uint16_t)b;
			polltext_look(instrument, &line, &now);
			if (now.state == STATE_OK)
				out->block[b] = now;
		}
		in.at += n;
		in.n -= (size_t)n;
	}
}

/* Something came, and nothing in it was of use. */
static void nothing_but_noise(const struct instrument *instrument,
        const struct exchange *last, struct came_all *out)
{
	size_t n_blocks = instrument->profile->n_blocks;
	for (size_t b = 0; b < n_blocks; b++)
		if (out->block[b].state != STATE_SILENT)
			return;
	for (size_t b = 0; b < n_blocks; b++) {
		out->block[b].state = STATE_GARBLED;
		out->block[b].frame = last->bytes;
		out->block[b].frame_size = last->size;
	}
}

void polltext_sort(const struct instrument *instrument,
        const struct exchanges *exchanges, struct came_all *out)
{
	struct exchange e, last = { .size = 0 };
	size_t at = 0;
	if (polltext_driver.asked(instrument)) {
		values_look(instrument, exchanges, out);
		return;
	}
	while (exchanges_next(exchanges, &at, &e) == 1) {
		sort_lines(instrument, (struct pattern_bytes){ e.bytes, e.size }, out);
		if (e.size > 0)
			last = e;
	}
	if (last.size > 0)
		nothing_but_noise(instrument, &last, out);
}

bool polltext_fields(const struct instrument *instrument, const struct came *came,
        struct text_fields *out)
{
	const struct polltext *own = instrument->profile->own;
	const struct polltext_patterns *answer = &own->answer[came->block];
	struct pattern_bytes in = { came->data, came->size };
	if (came->state != STATE_OK)
		return false;
	for (size_t i = 0; i < answer->n; i++)
		if (pattern_match(&answer->pattern[i], instrument->address, in, out) ==
		        (int)in.n)
			return true;
	return false;
}

/* What a part of a template takes on the line, where that differs from answer to answer. */
#define OPEN_FIELD 12
#define PAIRS      250

static size_t length_of(const struct pattern *pattern)
{
	size_t n = 0;
	for (size_t i = 0; i < pattern->n; i++) {
		const struct pattern_part *part = &pattern->part[i];
		if (part->kind == PART_PAIRS)
			n += PAIRS;
		else if (part->kind == PART_TEXT || part->kind == PART_BLANKS)
			n += part->n;
		else
			n += part->width > 0 ? part->width : OPEN_FIELD;
	}
	return n < POLLTEXT_FRAME ? n : POLLTEXT_FRAME;
}

struct traffic polltext_traffic(const struct instrument *instrument, size_t i)
{
	const struct polltext *own = instrument->profile->own;
	struct traffic traffic = { 0, 0 };
	if (own->send[i].n > 0)
		traffic.request = length_of(own->send[i].pattern);
	for (size_t k = 0; k < own->answer[i].n; k++) {
		size_t n = length_of(&own->answer[i].pattern[k]);
		if (n > traffic.answer)
			traffic.answer = n;
	}
	return traffic;
}
