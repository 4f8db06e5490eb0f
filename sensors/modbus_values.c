/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the answers of one poll to states and values.  Per channel, the first that
 * applies:
 *
 *   off in the configuration                              off, no value
 *   its block did not come                                silent, garbled or refused,
 * no value a rule of the profile holds, in the profile's order   the rule's state,
 * value kept (a rule whose block did not come                      that block's state,
 * no value: a value whose state nobody knows is none) NaN, infinity, sentinel not a
 * value the registers that change with a result did not       unchanged, value not
 * repeated outside the range as set                              below or above range,
 * value kept else                                                  ok
 *
 * A gateway that says the device behind it does not answer (exceptions 10 and 11) is a
 * silent instrument behind a living line.
 */
#include <math.h>
#include <string.h>

#include "sensors/modbus.h"
#include "sensors/profile.h"

#define GATEWAY_NO_PATH   10
#define GATEWAY_NO_ANSWER 11

static int rank(uint8_t state)
{
	switch (state) {
	case STATE_OK:
		return 3;
	case STATE_REFUSED:
		return 2;
	case STATE_GARBLED:
		return 1;
	default:
		return 0;
	}
}

static struct modbus_came look(
        const struct instrument *instrument, const struct exchange *e)
{
	struct modbus_request request = modbus_block_request(instrument, e->block);
	struct modbus_came came = {
		.state = STATE_SILENT,
		.frame = e->bytes,
		.frame_size = e->size,
	};
	struct modbus_answer answer;
	if (e->size == 0)
		return came;
	int status = modbus_answer_get(
	        instrument->framing, &request, e->bytes, e->size, false, &answer);
	came.exception = answer.exception;
	came.data = answer.data;
	came.size = answer.size;
	if (status == OK)
		came.state = STATE_OK;
	else if (status == MALFORMED)
		came.state = STATE_GARBLED;
	else if (answer.exception != GATEWAY_NO_PATH &&
	         answer.exception != GATEWAY_NO_ANSWER)
		came.state = STATE_REFUSED;
	return came;
}

void modbus_sort(const struct instrument *instrument, const struct exchanges *exchanges,
        struct modbus_came *came)
{
	struct reading reading = {
		.n_exchanges = exchanges->n,
		.exchanges = exchanges->bytes,
		.exchanges_size = exchanges->size,
	};
	struct exchange e;
	size_t at = 0, n_blocks = instrument->profile->n_blocks;
	for (size_t i = 0; i < n_blocks; i++)
		came[i] = (struct modbus_came){ .state = STATE_SILENT };
	while (exchange_next(&reading, &at, &e) == 1) {
		if (e.block >= n_blocks)
			continue;
		struct modbus_came now = look(instrument, &e);
		if (rank(now.state) >= rank(came[e.block].state))
			came[e.block] = now;
	}
}

static bool covers(const uint8_t *set, size_t i)
{
	return set[i / 8] >> (i % 8) & 1;
}

static bool is_bits(const struct profile *profile, size_t block)
{
	return profile->block[block].function <= 2;
}

const struct modbus_rule *modbus_rule_deciding(const struct profile *profile,
        const struct modbus_came *came, size_t i, uint8_t *state)
{
	for (size_t r = 0; r < profile->n_rules; r++) {
		const struct modbus_rule *rule = &profile->rule[r];
		const struct modbus_came *block = &came[rule->block_index];
		if (!covers(rule->covers, i))
			continue;
		*state = block->state;
		if (block->state != STATE_OK)
			return rule;
		*state = rule->state_number;
		if (modbus_rule_holds(rule,
		            modbus_rule_word(rule, is_bits(profile, rule->block_index),
		                    block->data)))
			return rule;
	}
	return NULL;
}

static uint8_t range_state(const struct channel_setting *setting, double value)
{
	if (value < setting->low)
		return STATE_BELOW_RANGE;
	return value >= setting->high ? STATE_ABOVE_RANGE : STATE_OK;
}

static uint8_t nearer_end(const struct channel_setting *setting, double value)
{
	if (!isfinite(value))
		return STATE_NO_VALUE;
	return value < (setting->low + setting->high) / 2 ? STATE_BELOW_RANGE
	                                                  : STATE_ABOVE_RANGE;
}

/* State a rule gives to a channel with this value (NAN: none). */
static uint8_t rule_state(
        uint8_t state, const struct channel_setting *setting, double *value)
{
	switch (state) {
	case RULE_OUT_OF_RANGE:
		return nearer_end(setting, *value);
	case STATE_SILENT:
	case STATE_GARBLED:
	case STATE_REFUSED:
	case STATE_NO_VALUE:
		*value = NAN;
		return state;
	default:
		return state;
	}
}

static void channel_values(const struct instrument *instrument,
        const struct modbus_came *came, size_t i, struct decoded *out)
{
	const struct profile *profile = instrument->profile;
	const struct channel_setting *setting = &instrument->setting[i];
	const struct modbus_tag *tag = &profile->channel[i].tag;
	const struct modbus_came *block = &came[tag->block_index];
	uint8_t state;
	out->value[i] = NAN;
	out->state[i] = setting->off ? STATE_OFF : block->state;
	if (out->state[i] != STATE_OK)
		return;
	int has = modbus_tag_get(
	        tag, is_bits(profile, tag->block_index), block->data, &out->value[i]);
	if (modbus_rule_deciding(profile, came, i, &state) != NULL)
		out->state[i] = rule_state(state, setting, &out->value[i]);
	else if (has != TAG_OK)
		out->state[i] = STATE_NO_VALUE;
	else
		out->state[i] = range_state(setting, out->value[i]);
}

static bool is_fresh_state(uint8_t state)
{
	return state == STATE_OK || state == STATE_BELOW_RANGE ||
	       state == STATE_ABOVE_RANGE;
}

/* Channels whose result is the one seen before. */
static void mark_unchanged(const struct profile *profile,
        const struct modbus_fresh *fresh, struct decoded *out)
{
	for (size_t i = 0; i < profile->n_channels; i++) {
		if (!covers(fresh->covers, i) || !is_fresh_state(out->state[i]))
			continue;
		out->state[i] = STATE_UNCHANGED;
		out->value[i] = NAN;
	}
}

static void freshness(const struct profile *profile, const struct modbus_came *came,
        const struct fresh *before, struct fresh *after, struct decoded *out)
{
	struct fresh seen = before != NULL ? *before : (struct fresh){ 0 };
	for (size_t k = 0; k < profile->n_fresh; k++) {
		const struct modbus_fresh *fresh = &profile->fresh[k];
		const uint8_t *data = came[fresh->block_index].data;
		uint8_t size = (uint8_t)(2 * fresh->count);
		if (data == NULL)
			continue;
		data += 2 * fresh->at;
		if (seen.size[k] == size && memcmp(seen.mark[k], data, size) == 0)
			mark_unchanged(profile, fresh, out);
		seen.size[k] = size;
		memcpy(seen.mark[k], data, size);
	}
	if (after != NULL)
		*after = seen;
}

static void sample_times(const struct profile *profile, const struct modbus_came *came,
        struct decoded *out)
{
	for (size_t k = 0; k < profile->n_times; k++) {
		const struct modbus_time *time = &profile->time[k];
		const uint8_t *data = came[time->block_index].data;
		int64_t time_us =
		        data != NULL ? modbus_time_get(time, data) : INT64_MIN;
		if (time_us == INT64_MIN)
			continue;
		for (size_t i = 0; i < profile->n_channels; i++) {
			if (!covers(time->covers, i) ||
			        out->n_sampled >= READING_CHANNELS)
				continue;
			out->sampled_channel[out->n_sampled] = (uint16_t)i;
			out->sampled_us[out->n_sampled++] = time_us;
		}
	}
}

/* All of them or none, so that a reader finds each at its place. */
static void vendor_words(const struct profile *profile, const struct modbus_came *came,
        struct decoded *out)
{
	size_t n = 0;
	for (size_t k = 0; k < profile->n_words; k++) {
		const struct modbus_words *words = &profile->words[k];
		const uint8_t *data = came[words->block_index].data;
		bool bits = is_bits(profile, words->block_index);
		size_t from = bits ? (size_t)words->at / 8 : 2 * (size_t)words->at;
		size_t size = bits ? ((size_t)words->count + 7) / 8
		                   : 2 * (size_t)words->count;
		if (data == NULL || n + size > VENDOR_MOST)
			return;
		memcpy(out->vendor + n, data + from, size);
		n += size;
	}
	out->vendor_size = n;
}

void modbus_values(const struct instrument *instrument,
        const struct exchanges *exchanges, const struct fresh *before,
        struct fresh *after, struct decoded *out)
{
	struct modbus_came came[MODBUS_BLOCKS];
	modbus_sort(instrument, exchanges, came);
	out->n_sampled = 0;
	out->vendor_size = 0;
	for (size_t i = 0; i < instrument->profile->n_channels; i++)
		channel_values(instrument, came, i, out);
	freshness(instrument->profile, came, before, after, out);
	sample_times(instrument->profile, came, out);
	vendor_words(instrument->profile, came, out);
}
