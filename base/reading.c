/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/reading.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "base/record.h"
#include "base/status.h"

#define SAMPLED_SIZE 10
#define PAYLOAD_MOST (RECORD_MOST - RECORD_HEADER)

enum {
	AT_CHANNELS = 32,
	AT_SAMPLED = 34,
	AT_VENDOR = 36,
	AT_EXCHANGES = 38,
};

/* What a state says about the number beside it. */
enum number { NEVER, MAYBE, ALWAYS };

static const struct {
	const char *word;
	enum number number;
} states[CHANNEL_STATES] = {
	[STATE_OK] = { "ok", ALWAYS },
	[STATE_UNCHANGED] = { "unchanged", NEVER },
	[STATE_SILENT] = { "silent", NEVER },
	[STATE_GARBLED] = { "garbled", NEVER },
	[STATE_REFUSED] = { "refused", NEVER },
	[STATE_NO_VALUE] = { "no_value", NEVER },
	[STATE_BELOW_RANGE] = { "below_range", ALWAYS },
	[STATE_ABOVE_RANGE] = { "above_range", ALWAYS },
	[STATE_CALIBRATING] = { "calibrating", MAYBE },
	[STATE_MAINTENANCE] = { "maintenance", MAYBE },
	[STATE_FAULT] = { "fault", MAYBE },
	[STATE_STOPPED] = { "stopped", MAYBE },
	[STATE_OFF] = { "off", NEVER },
};

const char *channel_state_text(uint8_t state)
{
	return state < CHANNEL_STATES ? states[state].word : "?";
}

int channel_state_of(const char *text)
{
	for (int i = 0; i < CHANNEL_STATES; i++) {
		if (text != NULL && strcmp(text, states[i].word) == 0)
			return i;
	}
	return NOT_FOUND;
}

int exchange_put(const struct exchange *exchange, uint8_t *out, size_t room)
{
	size_t n = EXCHANGE_HEAD + (size_t)exchange->size;
	if (n > room)
		return FULL;
	put_le16(out, exchange->block);
	put_le32(out + 2, exchange->after_ms);
	put_le16(out + 6, exchange->size);
	if (exchange->size > 0)
		memcpy(out + EXCHANGE_HEAD, exchange->bytes, exchange->size);
	return (int)n;
}

/* Size of the exchange at in[0], or MALFORMED. */
static int exchange_size(const uint8_t *in, size_t n)
{
	if (n < EXCHANGE_HEAD)
		return MALFORMED;
	size_t size = EXCHANGE_HEAD + (size_t)get_le16(in + 6);
	return size <= n ? (int)size : MALFORMED;
}

/* OK when `n` bytes are exactly `count` exchanges. */
static int exchanges_check(const uint8_t *in, size_t n, size_t count)
{
	size_t at = 0;
	for (size_t i = 0; i < count; i++) {
		int size = exchange_size(in + at, n - at);
		if (size < 0)
			return MALFORMED;
		at += (size_t)size;
	}
	return at == n ? OK : MALFORMED;
}

static int parts_check(const struct reading_parts *parts)
{
	if (parts->n_channels > READING_CHANNELS || parts->n_sampled > UINT16_MAX ||
	        parts->vendor_size > UINT16_MAX || parts->n_exchanges > UINT16_MAX)
		return REFUSED;
	for (size_t i = 0; i < parts->n_channels; i++) {
		if (parts->state[i] >= CHANNEL_STATES)
			return REFUSED;
		if (states[parts->state[i]].number == ALWAYS &&
		        !isfinite(parts->value[i]))
			return REFUSED;
	}
	for (size_t k = 0; k < parts->n_sampled; k++) {
		if (parts->sampled_channel[k] >= parts->n_channels)
			return REFUSED;
	}
	int status = exchanges_check(
	        parts->exchanges, parts->exchanges_size, parts->n_exchanges);
	return status == OK ? OK : REFUSED;
}

/* States and values side by side.  A number that is the fill itself cannot be told from
 * none: its state becomes "no value", and what came is in the exchanges. */
static void values_put(
        const struct reading_parts *parts, uint8_t *state, uint8_t *value)
{
	for (size_t i = 0; i < parts->n_channels; i++) {
		enum number number = states[parts->state[i]].number;
		uint64_t bits = bits_of_double(parts->value[i]);
		if (number == NEVER || !isfinite(parts->value[i]))
			bits = READING_FILL;
		state[i] = parts->state[i];
		if (number == ALWAYS && bits == READING_FILL)
			state[i] = STATE_NO_VALUE;
		put_le64(value + 8 * i, bits);
	}
}

int reading_encode(const struct reading_parts *parts, uint8_t *out, size_t room)
{
	if (parts_check(parts) != OK)
		return REFUSED;
	size_t n = READING_HEADER + 9 * parts->n_channels +
	           SAMPLED_SIZE * parts->n_sampled + parts->vendor_size +
	           parts->exchanges_size;
	if (n > room || n > PAYLOAD_MOST)
		return FULL;
	memcpy(out, parts->describe, sizeof parts->describe);
	put_le16(out + AT_CHANNELS, (uint16_t)parts->n_channels);
	put_le16(out + AT_SAMPLED, (uint16_t)parts->n_sampled);
	put_le16(out + AT_VENDOR, (uint16_t)parts->vendor_size);
	put_le16(out + AT_EXCHANGES, (uint16_t)parts->n_exchanges);
	uint8_t *at = out + READING_HEADER;
	values_put(parts, at, at + parts->n_channels);
	at += 9 * parts->n_channels;
	for (size_t k = 0; k < parts->n_sampled; k++, at += SAMPLED_SIZE) {
		put_le16(at, parts->sampled_channel[k]);
		put_le64(at + 2, (uint64_t)parts->sampled_us[k]);
	}
	if (parts->vendor_size > 0)
		memcpy(at, parts->vendor, parts->vendor_size);
	if (parts->exchanges_size > 0)
		memcpy(at + parts->vendor_size, parts->exchanges,
		        parts->exchanges_size);
	return (int)n;
}

/* Every value is what its state allows, and a number or the fill. */
static int values_check(const struct reading *reading)
{
	const uint64_t exponent = 0x7ff; /* of infinity and of what is no number */
	bool wrong = false;
	for (size_t i = 0; i < reading->n_channels; i++) {
		uint8_t state = reading->state[i];
		if (state >= CHANNEL_STATES)
			return MALFORMED;
		uint64_t bits = get_le64(reading->values + 8 * i);
		enum number number = states[state].number;
		bool none = bits == READING_FILL;
		wrong |= (bits >> 52 & exponent) == exponent;
		wrong |= none ? number == ALWAYS : number == NEVER;
	}
	return wrong ? MALFORMED : OK;
}

static int sampled_check(const struct reading *reading)
{
	for (size_t k = 0; k < reading->n_sampled; k++) {
		if (get_le16(reading->sampled + SAMPLED_SIZE * k) >=
		        reading->n_channels)
			return MALFORMED;
	}
	return OK;
}

int reading_parts_find(struct reading *reading, const uint8_t *payload, size_t n)
{
	if (n < READING_HEADER || n > PAYLOAD_MOST)
		return MALFORMED;
	struct reading got = {
		.describe = payload,
		.n_channels = get_le16(payload + AT_CHANNELS),
		.n_sampled = get_le16(payload + AT_SAMPLED),
		.vendor_size = get_le16(payload + AT_VENDOR),
		.n_exchanges = get_le16(payload + AT_EXCHANGES),
	};
	size_t before = READING_HEADER + 9 * got.n_channels +
	                SAMPLED_SIZE * got.n_sampled + got.vendor_size;
	if (got.n_channels > READING_CHANNELS || before > n)
		return MALFORMED;
	got.state = payload + READING_HEADER;
	got.values = got.state + got.n_channels;
	got.sampled = got.values + 8 * got.n_channels;
	got.vendor = got.sampled + SAMPLED_SIZE * got.n_sampled;
	got.exchanges = got.vendor + got.vendor_size;
	got.exchanges_size = n - before;
	*reading = got;
	return OK;
}

int reading_decode(struct reading *reading, const uint8_t *payload, size_t n)
{
	struct reading got;
	if (reading_parts_find(&got, payload, n) != OK || values_check(&got) != OK ||
	        sampled_check(&got) != OK ||
	        exchanges_check(got.exchanges, got.exchanges_size, got.n_exchanges) !=
	                OK)
		return MALFORMED;
	*reading = got;
	return OK;
}

double reading_value(const struct reading *reading, size_t i)
{
	if (i >= reading->n_channels)
		return NAN;
	uint64_t bits = get_le64(reading->values + 8 * i);
	return bits == READING_FILL ? NAN : double_of_bits(bits);
}

int64_t reading_sampled(const struct reading *reading, size_t k, uint16_t *channel)
{
	const uint8_t *at = reading->sampled + SAMPLED_SIZE * k;
	*channel = get_le16(at);
	return (int64_t)get_le64(at + 2);
}

int exchange_next(const struct reading *reading, size_t *at, struct exchange *exchange)
{
	if (*at >= reading->exchanges_size)
		return 0;
	const uint8_t *in = reading->exchanges + *at;
	int size = exchange_size(in, reading->exchanges_size - *at);
	if (size < 0)
		return 0;
	*exchange = (struct exchange){
		.block = get_le16(in),
		.after_ms = get_le32(in + 2),
		.size = get_le16(in + 6),
		.bytes = in + EXCHANGE_HEAD,
	};
	*at += (size_t)size;
	return 1;
}
