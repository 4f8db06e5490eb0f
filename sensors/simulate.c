/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/simulate.h"

#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "base/reading.h"

#define ILLEGAL_FUNCTION 1
#define ILLEGAL_ADDRESS  2

/* ---- status registers ---- */

static bool covers(const uint8_t *set, size_t i)
{
	return set[i / 8] >> (i % 8) & 1;
}

/* A word near `word` for which the rule holds, or does not; `word` itself if there is none. */
static uint32_t turned(const struct modbus_rule *rule, uint32_t word, bool hold)
{
	uint32_t field = rule->mask != 0 ? (uint32_t)rule->mask : 0xffff;
	if (rule->bit_set)
		field = 1u << rule->bit;
	if (modbus_rule_holds(rule, word) == hold)
		return word;
	for (size_t i = 0; i < rule->n_when + rule->n_unless; i++) {
		uint32_t value = i < rule->n_when
		                         ? rule->when_range[i].from
		                         : rule->unless_range[i - rule->n_when].from;
		if (rule->bit_set)
			value <<= rule->bit;
		uint32_t tried = (word & ~field) | (value & field);
		if (modbus_rule_holds(rule, tried) == hold)
			return tried;
	}
	const uint32_t plain[] = { word & ~field, word | field,
		(word & ~field) | (field & (~field + 1)) };
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (modbus_rule_holds(rule, plain[i]) == hold)
			return plain[i];
	return word;
}

static void put_word(
        const struct modbus_rule *rule, bool bits, uint32_t word, uint8_t *data)
{
	uint8_t one = (uint8_t)(1 << rule->at % 8), *at = &data[rule->at / 8];
	if (bits)
		*at = (uint8_t)(word & 1 ? *at | one : *at & ~one);
	else
		put_be16(data + 2 * rule->at, (uint16_t)word);
}

static void turn_rule(
        const struct modbus_rule *rule, bool bits, bool hold, uint8_t *data)
{
	uint32_t word = modbus_rule_word(rule, bits, data);
	put_word(rule, bits, turned(rule, word, hold), data);
}

static size_t n_covered(const struct profile *profile, const struct modbus_rule *rule)
{
	size_t n = 0;
	for (size_t c = 0; c < profile->n_channels; c++)
		n += covers(rule->covers, c);
	return n;
}

/* The rule that says a state of a channel, and of as few others as can be; NULL: none does. */
static const struct modbus_rule *rule_saying(
        const struct profile *profile, size_t c, uint8_t state)
{
	const struct modbus_rule *best = NULL;
	for (size_t r = 0; r < profile->n_rules; r++) {
		const struct modbus_rule *rule = &profile->rule[r];
		if (!covers(rule->covers, c) || rule->state_number != state)
			continue;
		if (best == NULL || n_covered(profile, rule) < n_covered(profile, best))
			best = rule;
	}
	return best;
}

/* First everything is well, then what is not is said. */
static void put_status(const struct scenario *scenario,
        const struct scenario_instrument *instrument, size_t block, int64_t time_us,
        uint8_t *data)
{
	const struct profile *profile = instrument->profile;
	bool bits = profile->block[block].function <= 2;
	for (int pass = 0; pass < 2; pass++)
		for (size_t r = 0; r < profile->n_rules; r++)
			if (profile->rule[r].block_index == block)
				turn_rule(&profile->rule[r], bits, false, data);
	for (size_t c = 0; c < profile->n_channels; c++) {
		uint8_t state = scenario_state(scenario, instrument, c, time_us);
		const struct modbus_rule *rule =
		        state != STATE_OK ? rule_saying(profile, c, state) : NULL;
		if (rule != NULL && rule->block_index == block)
			turn_rule(rule, bits, true, data);
	}
}

/* ---- results: how fresh they are ---- */

static int64_t result_us(
        const struct profile *profile, const uint8_t *covered, int64_t time_us)
{
	int64_t every_us = INT64_C(60000000);
	for (size_t c = profile->n_channels; c-- > 0;)
		if (covers(covered, c) && profile->channel[c].about.result_every_s > 0)
			every_us = (int64_t)(profile->channel[c].about.result_every_s *
			                     1e6);
	return time_us / every_us * every_us;
}

static void put_results(
        const struct profile *profile, size_t block, int64_t time_us, uint8_t *data)
{
	for (size_t k = 0; k < profile->n_fresh; k++) {
		const struct modbus_fresh *fresh = &profile->fresh[k];
		if (fresh->block_index != block)
			continue;
		uint64_t mark =
		        (uint64_t)result_us(profile, fresh->covers, time_us) / 1000000;
		for (size_t i = (size_t)fresh->count; i-- > 0; mark >>= 16)
			put_be16(data + 2 * ((size_t)fresh->at + i), (uint16_t)mark);
	}
	for (size_t k = 0; k < profile->n_times; k++) {
		const struct modbus_time *time = &profile->time[k];
		if (time->block_index == block)
			modbus_time_put(
			        time, result_us(profile, time->covers, time_us), data);
	}
}

void simulate_block(const struct scenario *scenario,
        const struct scenario_instrument *instrument, size_t i, int64_t time_us,
        uint8_t *data)
{
	const struct profile *profile = instrument->profile;
	bool bits = profile->block[i].function <= 2;
	put_status(scenario, instrument, i, time_us, data);
	put_results(profile, i, time_us, data);
	for (size_t c = 0; c < profile->n_channels; c++) {
		const struct modbus_tag *tag = &profile->channel[c].tag;
		if (tag->block_index != i)
			continue;
		double value = scenario_value(scenario, instrument, c, time_us);
		/* a type with no way to say "none" shows 0, as such instruments do */
		if (modbus_tag_put(tag, bits, value, data) != OK)
			modbus_tag_put(tag, bits, 0, data);
	}
}

/* ---- requests ---- */

static bool holds(const struct modbus_block *block,
        const struct modbus_request *request, uint32_t item)
{
	return block->function == request->function && item >= block->start &&
	       item < block->start + block->count;
}

static void copy_item(
        bool bits, const uint8_t *from, size_t from_at, uint8_t *to, size_t to_at)
{
	if (!bits) {
		memcpy(to + 2 * to_at, from + 2 * from_at, 2);
		return;
	}
	if (from[from_at / 8] >> (from_at % 8) & 1)
		to[to_at / 8] |= (uint8_t)(1 << to_at % 8);
}

static int block_of(const struct profile *profile, const struct modbus_request *request,
        uint32_t item)
{
	for (size_t b = 0; b < profile->n_blocks; b++)
		if (holds(&profile->block[b], request, item))
			return (int)b;
	return NOT_FOUND;
}

static bool function_known(const struct profile *profile, uint8_t function)
{
	for (size_t b = 0; b < profile->n_blocks; b++)
		if (profile->block[b].function == function)
			return true;
	return false;
}

/* Exception, or 0.  What the profile does not know is no address of this instrument. */
static uint8_t read_items(const struct scenario *scenario,
        const struct scenario_instrument *instrument,
        const struct modbus_request *request, int64_t time_us, uint8_t *out)
{
	const struct profile *profile = instrument->profile;
	uint8_t data[MODBUS_FRAME];
	int made = NOT_FOUND;
	if (!function_known(profile, request->function))
		return ILLEGAL_FUNCTION;
	for (uint32_t i = 0; i < request->count; i++) {
		int b = block_of(profile, request, request->start + i);
		if (b < 0)
			return ILLEGAL_ADDRESS;
		if (b != made) {
			memset(data, 0, sizeof data);
			simulate_block(scenario, instrument, (size_t)b, time_us, data);
			made = b;
		}
		size_t at = request->start + i - (size_t)profile->block[b].start;
		copy_item(request->function <= 2, data, at, out, i);
	}
	return 0;
}

static size_t put_answer(const struct scenario *scenario,
        const struct scenario_instrument *instrument,
        const struct modbus_request *request, int64_t time_us, uint8_t *out)
{
	struct scenario_condition now =
	        scenario_condition(scenario, instrument, time_us);
	int framing = scenario->port[instrument->port].mode, n;
	uint8_t data[MODBUS_FRAME] = { 0 };
	uint8_t exception = now.exception;
	if (exception == 0)
		exception = read_items(scenario, instrument, request, time_us, data);
	if (exception != 0)
		n = modbus_exception_put(
		        framing, request, exception, out, MODBUS_FRAME);
	else
		n = modbus_answer_put(framing, request, data, out, MODBUS_FRAME);
	if (n <= 0)
		return 0;
	if (now.garbage)
		out[n / 2] ^= 0x10;
	return (size_t)n;
}

int simulate_answer(const struct scenario *scenario, size_t port, const uint8_t *in,
        size_t n, int64_t time_us, struct simulated *out)
{
	struct modbus_request request;
	int used = modbus_request_get(scenario->port[port].mode, in, n, &request);
	if (used <= 0)
		return used;
	out->size = 0;
	out->hang_up = false;
	out->delay_us = 0;
	out->instrument = scenario_at(scenario, port, request.slave);
	if (out->instrument == NULL)
		return used;
	struct scenario_condition now =
	        scenario_condition(scenario, out->instrument, time_us);
	out->delay_us = (int64_t)(out->instrument->delay_s * 1e6) + now.late_us;
	out->hang_up = now.hang_up;
	if (!now.silent && !now.cable && !now.hang_up)
		out->size = put_answer(
		        scenario, out->instrument, &request, time_us, out->bytes);
	return used;
}
