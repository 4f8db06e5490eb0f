/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/values.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "sensors/tables/analog.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/sentence.h"

/* ---- what came for every block ---- */

int values_rank(uint8_t state)
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

void values_look(const struct instrument *instrument, const struct exchanges *exchanges,
        struct came_all *out)
{
	const struct profile *profile = instrument->profile;
	struct exchange e;
	size_t at = 0;
	while (exchanges_next(exchanges, &at, &e) == 1) {
		if (e.block >= profile->n_blocks)
			continue;
		struct came now = {
			.block = e.block,
			.state = STATE_SILENT,
			.frame = e.bytes,
			.frame_size = e.size,
		};
		if (e.size > 0)
			profile->driver->look(instrument, &e, &now);
		if (values_rank(now.state) >= values_rank(out->block[e.block].state))
			out->block[e.block] = now;
	}
}

void values_sort(const struct instrument *instrument, const struct exchanges *exchanges,
        struct came_all *out)
{
	const struct profile *profile = instrument->profile;
	for (size_t i = 0; i < profile->n_blocks; i++)
		out->block[i] =
		        (struct came){ .block = (uint16_t)i, .state = STATE_SILENT };
	if (profile->driver->sort != NULL)
		profile->driver->sort(instrument, exchanges, out);
	else
		values_look(instrument, exchanges, out);
}

bool values_would_take(const struct instrument *instrument, uint16_t block,
        const uint8_t *bytes, size_t n)
{
	uint8_t kept[EXCHANGE_HEAD + FRAME_MOST];
	struct came_all came;
	struct exchange exchange = {
		.block = block, .size = (uint16_t)n, .bytes = bytes
	};
	if (n > FRAME_MOST || block >= instrument->profile->n_blocks)
		return false;
	struct exchanges exchanges = { .n = 1, .bytes = kept };
	exchanges.size = (size_t)exchange_put(&exchange, kept, sizeof kept);
	values_sort(instrument, &exchanges, &came);
	for (size_t i = 0; i < instrument->profile->n_blocks; i++)
		if (values_rank(came.block[i].state) > values_rank(STATE_GARBLED))
			return true;
	return false;
}

/* ---- one channel ---- */

const struct profile_rule *values_rule(const struct instrument *instrument,
        const struct came_all *came, size_t i, uint8_t *state)
{
	const struct profile *profile = instrument->profile;
	for (size_t r = 0; r < profile->n_rules; r++) {
		const struct profile_rule *rule = &profile->rule[r];
		const struct came *block = &came->block[rule->block_index];
		if (!map_covers(rule->covers, i))
			continue;
		*state = block->state;
		if (block->state != STATE_OK)
			return rule;
		*state = rule->state_number;
		if (profile->driver->holds(instrument, block, rule))
			return rule;
	}
	return NULL;
}

/* Of a current loop NE 43 has judged already: up to 20.5 mA it measures, though `high` is at 20. */
static uint8_t range_state(const struct channel_setting *setting, double value)
{
	if (setting->signal == SIGNAL_4_20_MA)
		return STATE_OK;
	if (value < setting->low)
		return STATE_BELOW_RANGE;
	return value >= setting->high ? STATE_ABOVE_RANGE : STATE_OK;
}

static uint8_t nearer_end(const struct channel_setting *setting, double value)
{
	double middle = (setting->low + setting->high) / 2;
	if (!isfinite(value) || !isfinite(middle))
		return STATE_NO_VALUE;
	return value < middle ? STATE_BELOW_RANGE : STATE_ABOVE_RANGE;
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

static uint8_t flag_of(
        const struct instrument *instrument, const struct came *block, size_t i)
{
	const struct driver *driver = instrument->profile->driver;
	return driver->flag != NULL ? driver->flag(instrument, block, i) : STATE_OK;
}

/* Of a current loop: its current becomes the value it stands for. */
static uint8_t loop_state(const struct channel_setting *setting, double *value)
{
	if (setting->signal != SIGNAL_4_20_MA)
		return STATE_OK;
	return (uint8_t)analog_value(*value, setting->low, setting->high, value);
}

/* The number of a channel; one of absurd size is none. */
static bool number_of(const struct instrument *instrument, const struct came *block,
        size_t i, double *value)
{
	if (!instrument->profile->driver->number(instrument, block, i, value))
		return false;
	if (!map_is_absurd(*value))
		return true;
	*value = NAN;
	return false;
}

void values_currents(const struct instrument *instrument,
        const struct exchanges *exchanges, double *mA)
{
	const struct profile *profile = instrument->profile;
	struct came_all came;
	values_sort(instrument, exchanges, &came);
	for (size_t i = 0; i < profile->n_channels; i++) {
		const struct channel_setting *setting = &instrument->setting[i];
		const struct came *block =
		        &came.block[profile->channel[i].tag.block_index];
		mA[i] = NAN;
		if (setting->signal == SIGNAL_4_20_MA && !setting->off &&
		        block->state == STATE_OK)
			number_of(instrument, block, i, &mA[i]);
	}
}

static void channel_values(const struct instrument *instrument,
        const struct came_all *came, size_t i, struct decoded *out)
{
	const struct profile *profile = instrument->profile;
	const struct channel_setting *setting = &instrument->setting[i];
	const struct came *block = &came->block[profile->channel[i].tag.block_index];
	uint8_t state;
	out->value[i] = NAN;
	out->state[i] = setting->off ? STATE_OFF : block->state;
	if (out->state[i] != STATE_OK)
		return;
	bool has = number_of(instrument, block, i, &out->value[i]);
	uint8_t loop = has ? loop_state(setting, &out->value[i]) : STATE_OK;
	uint8_t flag = flag_of(instrument, block, i);
	if (values_rule(instrument, came, i, &state) != NULL)
		out->state[i] = rule_state(state, setting, &out->value[i]);
	else if (flag != STATE_OK)
		out->state[i] = rule_state(flag, setting, &out->value[i]);
	else if (loop != STATE_OK)
		out->state[i] = loop;
	else if (!has)
		out->state[i] = STATE_NO_VALUE;
	else
		out->state[i] = range_state(setting, out->value[i]);
}

/* ---- times, and words kept verbatim ---- */

static void sample_times(const struct instrument *instrument,
        const struct came_all *came, struct decoded *out)
{
	const struct profile *profile = instrument->profile;
	out->n_sampled = 0;
	for (size_t k = 0; k < profile->n_times; k++) {
		const struct profile_time *time = &profile->time[k];
		const struct came *block = &came->block[time->block_index];
		int64_t time_us =
		        block->state == STATE_OK
		                ? profile->driver->sampled(instrument, block, time)
		                : INT64_MIN;
		for (size_t i = 0; time_us != INT64_MIN && i < profile->n_channels;
		        i++) {
			if (!map_covers(time->covers, i) ||
			        out->n_sampled >= READING_CHANNELS)
				continue;
			out->sampled_channel[out->n_sampled] = (uint16_t)i;
			out->sampled_us[out->n_sampled++] = time_us;
		}
	}
}

/* All of them or none, so that a reader finds each at its place. */
static void vendor_words(const struct instrument *instrument,
        const struct came_all *came, struct decoded *out)
{
	const struct profile *profile = instrument->profile;
	size_t n = 0;
	out->vendor_size = 0;
	for (size_t k = 0; k < profile->n_words; k++) {
		const struct profile_words *words = &profile->words[k];
		const struct came *block = &came->block[words->block_index];
		size_t size = 0;
		if (block->state == STATE_OK)
			size = profile->driver->vendor(instrument, block, words,
			        out->vendor + n, VENDOR_MOST - n);
		if (size == 0)
			return;
		n += size;
	}
	out->vendor_size = n;
}

void values_decode(const struct instrument *instrument,
        const struct exchanges *exchanges, const struct fresh *before,
        struct fresh *after, struct decoded *out)
{
	struct fresh seen = before != NULL ? *before : (struct fresh){ .size = { 0 } };
	struct came_all came;
	values_sort(instrument, exchanges, &came);
	for (size_t i = 0; i < instrument->profile->n_channels; i++)
		channel_values(instrument, &came, i, out);
	values_fresh(instrument, &came, &seen, out);
	sample_times(instrument, &came, out);
	vendor_words(instrument, &came, out);
	if (after != NULL)
		*after = seen;
}

/* ---- for people ---- */

static void say_missing(struct sentence *out, const struct came *came)
{
	if (came->exception != 0)
		say(out, "; the answer is exception %d, %s:", came->exception,
		        came->why != NULL ? came->why : "refused");
	else if (came->frame_size > 0)
		say(out, "; what came is no sound answer:");
	else
		say(out, "; nothing came");
	say_bytes(out, came->frame, came->frame_size);
}

static void say_rule(const struct instrument *instrument, const struct came_all *came,
        size_t i, struct sentence *out)
{
	uint8_t state;
	const struct profile *profile = instrument->profile;
	const struct profile_rule *rule = values_rule(instrument, came, i, &state);
	if (rule == NULL)
		return;
	const struct came *block = &came->block[rule->block_index];
	say(out, "; state from block %s", profile->block[rule->block_index].name);
	if (block->state != STATE_OK) {
		say_missing(out, block);
		return;
	}
	profile->driver->explain_rule(instrument, block, rule, out);
	say(out, ": %s%s%s", rule->state, rule->meaning[0] != '\0' ? ", " : "",
	        rule->meaning);
}

/* The channel's number, as it came, is of absurd size. */
static bool is_absurd(
        const struct instrument *instrument, const struct came *block, size_t i)
{
	double value;
	return block->state == STATE_OK &&
	       instrument->profile->driver->number(instrument, block, i, &value) &&
	       map_is_absurd(value);
}

bool values_absurd(
        const struct instrument *instrument, const struct exchanges *exchanges)
{
	const struct profile *profile = instrument->profile;
	struct came_all came;
	values_sort(instrument, exchanges, &came);
	for (size_t i = 0; i < profile->n_channels; i++)
		if (is_absurd(instrument,
		            &came.block[profile->channel[i].tag.block_index], i))
			return true;
	return false;
}

/* "; 4-20 mA: 12.5 mA of -10..50 = 21.875" */
static void say_loop(const struct instrument *instrument, const struct came *came,
        size_t i, struct sentence *out)
{
	const struct channel_setting *setting = &instrument->setting[i];
	char current[32], low[32], high[32], text[32];
	double mA, value;
	if (setting->signal != SIGNAL_4_20_MA ||
	        !instrument->profile->driver->number(instrument, came, i, &mA))
		return;
	analog_value(mA, setting->low, setting->high, &value);
	say(out, "; 4-20 mA (NAMUR NE 43): %s mA of %s..%s = %s",
	        number_print(mA, current), number_print(setting->low, low),
	        number_print(setting->high, high),
	        isfinite(value) ? number_print(value, text)
	                        : "no value, the loop is faulty");
}

void values_explain(const struct instrument *instrument,
        const struct exchanges *exchanges, size_t i, char *out, size_t room)
{
	const struct profile *profile = instrument->profile;
	struct sentence sentence = { .out = out, .room = room };
	struct came_all came;
	size_t b = profile->channel[i].tag.block_index;
	out[0] = '\0';
	values_sort(instrument, exchanges, &came);
	say(&sentence, "block %s: ", profile->block[b].name);
	profile->driver->explain(instrument, &came.block[b], i, &sentence);
	if (is_absurd(instrument, &came.block[b], i))
		say(&sentence, "; no instrument shows a number of that size: another "
		               "order of words, or no number");
	if (came.block[b].state != STATE_OK)
		say_missing(&sentence, &came.block[b]);
	else
		say_rule(instrument, &came, i, &sentence);
	if (came.block[b].state == STATE_OK)
		say_loop(instrument, &came.block[b], i, &sentence);
}
