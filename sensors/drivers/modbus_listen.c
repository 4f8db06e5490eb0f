/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/drivers/modbus_listen.h"

#include <string.h>

#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"

/* One thing the profile uses of a block: `width` registers (items) from `at`. */
struct part {
	size_t block, at, width;
	bool off; /* not waited for */
};

static size_t part_count(const struct profile *profile)
{
	size_t n = profile->n_channels + profile->n_rules + profile->n_times +
	           profile->n_fresh + profile->n_words;
	return n < LISTEN_PARTS ? n : LISTEN_PARTS;
}

static struct part part_of_channel(const struct instrument *instrument, size_t i)
{
	const struct profile_tag *tag = &instrument->profile->channel[i].tag;
	bool bits = modbus_is_bits(&instrument->profile->block[tag->block_index]);
	return (struct part){
		.block = tag->block_index,
		.at = (size_t)tag->at,
		.width = bits ? 1 : modbus_tag_width(tag),
		.off = instrument->setting[i].off,
	};
}

static struct part part_of_table(const struct profile *profile, size_t i)
{
	if (i < profile->n_rules) {
		const struct profile_rule *rule = &profile->rule[i];
		return (struct part){ rule->block_index, (size_t)rule->at, 1, false };
	}
	i -= profile->n_rules;
	if (i < profile->n_times) {
		const struct profile_time *time = &profile->time[i];
		size_t width = time->form == TIME_SECONDS ? 2 : 6;
		return (struct part){ time->block_index, (size_t)time->at, width,
			false };
	}
	i -= profile->n_times;
	if (i < profile->n_fresh) {
		const struct profile_fresh *fresh = &profile->fresh[i];
		return (struct part){ fresh->block_index, (size_t)fresh->at,
			(size_t)fresh->count, false };
	}
	const struct profile_words *words = &profile->words[i - profile->n_fresh];
	return (struct part){ words->block_index, (size_t)words->at,
		(size_t)words->count, false };
}

/* An indivisible block is one part, however many there are in it. */
static struct part part_of(const struct instrument *instrument, size_t i)
{
	const struct profile *profile = instrument->profile;
	struct part part = i < profile->n_channels
	                           ? part_of_channel(instrument, i)
	                           : part_of_table(profile, i - profile->n_channels);
	const struct profile_block *block = &profile->block[part.block];
	if (block->modbus.indivisible) {
		part.at = 0;
		part.width = (size_t)block->modbus.count;
	}
	return part;
}

static bool has_part(const struct modbus_listen *listen, size_t i)
{
	return listen->part[i / 8] >> (i % 8) & 1;
}

void modbus_listen_begin(
        struct modbus_listen *listen, const struct instrument *instrument)
{
	*listen = (struct modbus_listen){ .instrument = instrument };
}

bool modbus_listen_has(const struct modbus_listen *listen, size_t block)
{
	const struct instrument *instrument = listen->instrument;
	for (size_t i = 0; i < part_count(instrument->profile); i++) {
		struct part part = part_of(instrument, i);
		if (part.block == block && !part.off && !has_part(listen, i))
			return false;
	}
	return true;
}

bool modbus_listen_done(const struct modbus_listen *listen)
{
	for (size_t b = 0; b < listen->instrument->profile->n_blocks; b++)
		if (!modbus_listen_has(listen, b))
			return false;
	return true;
}

/* ---- taking what was heard ---- */

static bool touches(
        const struct modbus_request *request, const struct profile_block *block)
{
	int64_t start = request->start, end = start + request->count;
	return block->modbus.function == request->function &&
	       start < block->modbus.start + block->modbus.count &&
	       end > block->modbus.start;
}

/* Whether all of a part lies in what was asked for. */
static bool holds(const struct modbus_request *request,
        const struct profile_block *block, const struct part *part)
{
	int64_t from = block->modbus.start + (int64_t)part->at;
	return touches(request, block) && from >= request->start &&
	       from + (int64_t)part->width <= request->start + request->count;
}

static void copy_items(const struct modbus_heard *heard,
        const struct profile_block *block, const struct part *part, uint8_t *slot)
{
	size_t from = (size_t)block->modbus.start + part->at - heard->request.start;
	const uint8_t *data = heard->answer.data;
	if (!modbus_is_bits(block)) {
		memcpy(slot + 2 * part->at, data + 2 * from, 2 * part->width);
		return;
	}
	for (size_t i = 0; i < part->width; i++) {
		size_t to = part->at + i;
		uint8_t one = (uint8_t)(1 << to % 8);
		bool on = data[(from + i) / 8] >> ((from + i) % 8) & 1;
		slot[to / 8] = (uint8_t)(on ? slot[to / 8] | one : slot[to / 8] & ~one);
	}
}

/* The parts that are whole in an answer and had not come before. */
static bool take_parts(
        struct modbus_listen *listen, const struct modbus_heard *heard, uint8_t *store)
{
	const struct instrument *instrument = listen->instrument;
	bool news = false;
	for (size_t i = 0; i < part_count(instrument->profile); i++) {
		struct part part = part_of(instrument, i);
		const struct profile_block *block =
		        &instrument->profile->block[part.block];
		if (has_part(listen, i) || !holds(&heard->request, block, &part))
			continue;
		listen->part[i / 8] |= (uint8_t)(1 << i % 8);
		news |= !part.off;
		if (store != NULL)
			copy_items(heard, block, &part, store + CAME_SLOT * part.block);
	}
	return news;
}

/* An answer that refuses, a garbled one, or none: kept for the blocks that have nothing
 * better yet. */
static bool take_failure(struct modbus_listen *listen, const struct modbus_heard *heard)
{
	const struct profile *profile = listen->instrument->profile;
	uint8_t known = (uint8_t)(1 + values_rank(heard->state));
	bool news = false;
	for (size_t b = 0; b < profile->n_blocks; b++) {
		if (!touches(&heard->request, &profile->block[b]) ||
		        listen->known[b] >= known || modbus_listen_has(listen, b))
			continue;
		listen->known[b] = known;
		news = true;
	}
	return news;
}

/* The first block that a request touches, or NOT_FOUND. */
static int first_block(
        const struct instrument *instrument, const struct modbus_request *request)
{
	const struct profile *profile = instrument->profile;
	for (size_t b = 0; b < profile->n_blocks; b++)
		if (request->slave == instrument->slave &&
		        touches(request, &profile->block[b]))
			return (int)b;
	return NOT_FOUND;
}

bool modbus_listen_touches(
        const struct instrument *instrument, const struct modbus_request *request)
{
	return first_block(instrument, request) >= 0;
}

bool modbus_listen_take(struct modbus_listen *listen, const struct modbus_heard *heard,
        uint8_t *store, uint16_t *block)
{
	int first = first_block(listen->instrument, &heard->request);
	if (first < 0)
		return false;
	*block = (uint16_t)first;
	if (heard->state == STATE_OK)
		return take_parts(listen, heard, store);
	return take_failure(listen, heard);
}

/* ---- what the exchanges of one reading say ---- */

/* Bytes that begin with no request of ours: what came instead of any pair. */
static void note_unpaired(const struct instrument *instrument,
        const struct exchange *exchange, struct came_all *out)
{
	for (size_t b = 0; b < instrument->profile->n_blocks; b++) {
		struct came *came = &out->block[b];
		if (exchange->size == 0 ||
		        values_rank(came->state) > values_rank(STATE_GARBLED))
			continue;
		came->state = STATE_GARBLED;
		came->frame = exchange->bytes;
		came->frame_size = exchange->size;
	}
}

static void note_failure(const struct instrument *instrument,
        const struct exchange *exchange, const struct modbus_heard *heard,
        struct came_all *out)
{
	for (size_t b = 0; b < instrument->profile->n_blocks; b++) {
		struct came *came = &out->block[b];
		if (!touches(&heard->request, &instrument->profile->block[b]) ||
		        values_rank(heard->state) < values_rank(came->state))
			continue;
		came->state = heard->state;
		came->exception = heard->answer.exception;
		if (came->exception != 0)
			came->why = modbus_exception_text(heard->answer.exception);
		came->frame = exchange->bytes;
		came->frame_size = exchange->size;
	}
}

void modbus_listen_sort(const struct instrument *instrument,
        const struct exchanges *exchanges, struct came_all *out)
{
	struct modbus_listen listen;
	struct modbus_heard heard;
	struct exchange e;
	size_t at = 0;
	uint16_t block;
	memset(out->store, 0, sizeof out->store);
	modbus_listen_begin(&listen, instrument);
	while (exchanges_next(exchanges, &at, &e) == 1) {
		if (modbus_heard_get(instrument->framing, e.bytes, e.size, &heard) !=
		                OK ||
		        !modbus_listen_touches(instrument, &heard.request))
			note_unpaired(instrument, &e, out);
		else if (modbus_listen_take(&listen, &heard, out->store, &block) &&
		         heard.state != STATE_OK)
			note_failure(instrument, &e, &heard, out);
	}
	for (size_t b = 0; b < instrument->profile->n_blocks; b++) {
		if (!modbus_listen_has(&listen, b))
			continue;
		out->block[b] = (struct came){
			.state = STATE_OK,
			.data = out->store + CAME_SLOT * b,
			.size = CAME_SLOT,
		};
	}
}
