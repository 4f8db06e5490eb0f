/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The payload of a READING: its layout, cuts and flipped bits, what it holds at most. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/reading.h"
#include "base/record.h"
#include "base/status.h"
#include "tests/kits/documented.h"

static const uint8_t example_answer[3] = { 0xaa, 0xbb, 0xcc };
static const uint8_t example_state[2] = { STATE_OK, STATE_SILENT };
static const double example_value[2] = { 7.25, NAN };
static const uint16_t example_channel[1] = { 0 };
static const int64_t example_time[1] = { INT64_C(1794712499000000) };

/* The example of docs/quantrac-record.md. */
static const uint8_t example[] = {                                  //
	0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,             //
	0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,             //
	0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,             //
	0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,             //
	0x02, 0x00, 0x01, 0x00, 0x02, 0x00, 0x01, 0x00,             //
	0x00, 0x02,                                                 //
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x1d, 0x40,             //
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x9e, 0x47,             //
	0x00, 0x00, 0xc0, 0x12, 0xfa, 0x10, 0x48, 0x60, 0x06, 0x00, //
	0x80, 0x01,                                                 //
	0x05, 0x00, 0x2c, 0x01, 0x00, 0x00, 0x03, 0x00, 0xaa, 0xbb, 0xcc
};

static struct reading_parts example_parts(uint8_t *exchanges, size_t room)
{
	const struct exchange one = {
		.block = 5,
		.after_ms = 300,
		.size = sizeof example_answer,
		.bytes = example_answer,
	};
	struct reading_parts parts = {
		.n_channels = 2,
		.state = example_state,
		.value = example_value,
		.n_sampled = 1,
		.sampled_channel = example_channel,
		.sampled_us = example_time,
		.vendor = (const uint8_t *)"\x80\x01",
		.vendor_size = 2,
		.n_exchanges = 1,
		.exchanges = exchanges,
		.exchanges_size = (size_t)exchange_put(&one, exchanges, room),
	};
	memset(parts.describe, 0x11, sizeof parts.describe);
	return parts;
}

static void the_layout_is_the_documented_one(void **state)
{
	uint8_t exchanges[32], out[128];
	struct reading_parts parts = example_parts(exchanges, sizeof exchanges);
	assert_int_equal(reading_encode(&parts, out, sizeof out), sizeof example);
	assert_memory_equal(out, example, sizeof example);
	check_documented("quantrac-record.md", "## READING", example, sizeof example);
}

static void what_is_written_is_read(void **state)
{
	struct reading got;
	assert_int_equal(reading_decode(&got, example, sizeof example), OK);
	assert_int_equal(got.describe[31], 0x11);
	assert_int_equal(got.n_channels, 2);
	assert_int_equal(got.state[1], STATE_SILENT);
	assert_true(reading_value(&got, 0) == 7.25);
	assert_true(isnan(reading_value(&got, 1)));
	assert_true(isnan(reading_value(&got, 2)));
	uint16_t channel = 9;
	assert_int_equal(got.n_sampled, 1);
	assert_int_equal(reading_sampled(&got, 0, &channel), example_time[0]);
	assert_int_equal(channel, 0);
	assert_int_equal(got.vendor_size, 2);
	assert_memory_equal(got.vendor, "\x80\x01", 2);
	size_t at = 0;
	struct exchange exchange;
	assert_int_equal(exchange_next(&got, &at, &exchange), 1);
	assert_int_equal(exchange.block, 5);
	assert_int_equal(exchange.after_ms, 300);
	assert_int_equal(exchange.size, 3);
	assert_memory_equal(exchange.bytes, example_answer, 3);
	assert_int_equal(exchange_next(&got, &at, &exchange), 0);
}

static void every_cut_is_refused(void **state)
{
	struct reading got;
	assert_int_equal(reading_decode(&got, example, sizeof example), OK);
	for (size_t n = 0; n < sizeof example; n++)
		assert_int_equal(reading_decode(&got, example, n), MALFORMED);
	uint8_t longer[sizeof example + 1] = { 0 };
	memcpy(longer, example, sizeof example);
	assert_int_equal(reading_decode(&got, longer, sizeof longer), MALFORMED);
}

/* Reads everything a decoded reading offers, so that the sanitizers see each byte
 * touched. */
static uint64_t walk(const struct reading *reading)
{
	uint64_t sum = 0;
	uint16_t channel;
	for (size_t i = 0; i < reading->n_channels; i++)
		sum += reading->state[i] + bits_of_double(reading_value(reading, i));
	for (size_t k = 0; k < reading->n_sampled; k++) {
		sum += (uint64_t)reading_sampled(reading, k, &channel);
		assert_true(channel < reading->n_channels);
	}
	for (size_t i = 0; i < reading->vendor_size; i++)
		sum += reading->vendor[i];
	struct exchange exchange;
	size_t at = 0, n = 0;
	while (exchange_next(reading, &at, &exchange)) {
		for (size_t i = 0; i < exchange.size; i++)
			sum += exchange.bytes[i];
		n++;
	}
	assert_int_equal(n, reading->n_exchanges);
	return sum;
}

/* Where they lie, of every length they can have; never past the end. */
static void parts_are_found_without_a_look_at_the_values(void **state)
{
	struct reading whole, parts;
	uint8_t other[sizeof example];
	memcpy(other, example, sizeof example);
	assert_int_equal(reading_decode(&whole, other, sizeof other), OK);
	assert_int_equal(reading_parts_find(&parts, other, sizeof other), OK);
	assert_memory_equal(&parts, &whole, sizeof whole);
	other[READING_HEADER] = CHANNEL_STATES; /* no state */
	assert_int_equal(reading_decode(&whole, other, sizeof other), MALFORMED);
	assert_int_equal(reading_parts_find(&parts, other, sizeof other), OK);
	size_t least = (size_t)(parts.exchanges - other);
	for (size_t n = 0; n < sizeof other; n++)
		assert_int_equal(reading_parts_find(&parts, other, n),
		        n < least ? MALFORMED : OK);
}

static void every_flipped_bit_is_refused_or_harmless(void **state)
{
	struct reading got;
	assert_int_equal(reading_decode(&got, example, sizeof example), OK);
	for (size_t bit = 0; bit < 8 * sizeof example; bit++) {
		uint8_t *in =
		        malloc(sizeof example); /* exact size: ASan guards the end */
		memcpy(in, example, sizeof example);
		in[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (reading_decode(&got, in, sizeof example) == OK)
			walk(&got);
		free(in);
	}
}

static void counts_are_kept_to_their_limits(void **state)
{
	static uint8_t states[READING_CHANNELS + 1], out[RECORD_MOST + 1];
	static double values[READING_CHANNELS + 1];
	struct reading got;
	struct reading_parts parts = {
		.n_channels = READING_CHANNELS,
		.state = states,
		.value = values,
	};
	int n = reading_encode(&parts, out, sizeof out);
	assert_int_equal(n, READING_HEADER + 9 * READING_CHANNELS);
	assert_int_equal(reading_decode(&got, out, (size_t)n), OK);
	assert_int_equal(reading_encode(&parts, out, (size_t)n - 1), FULL);
	parts.n_channels++;
	assert_int_equal(reading_encode(&parts, out, sizeof out), REFUSED);
	n += 9;
	put_le16(out + 32, READING_CHANNELS + 1);
	assert_int_equal(reading_decode(&got, out, (size_t)n), MALFORMED);
	parts.n_channels = 1;
	parts.n_sampled = 1;
	parts.sampled_channel = (const uint16_t[]){ 1 };
	parts.sampled_us = (const int64_t[]){ 0 };
	assert_int_equal(reading_encode(&parts, out, sizeof out), REFUSED);
	parts.n_sampled = 0;
	states[0] = CHANNEL_STATES;
	assert_int_equal(reading_encode(&parts, out, sizeof out), REFUSED);
	states[0] = 0;
}

static void a_reading_fills_a_record_and_no_more(void **state)
{
	static uint8_t bytes[RECORD_MOST], out[2 * RECORD_MOST];
	size_t most = RECORD_MOST - RECORD_HEADER - READING_HEADER;
	struct reading_parts parts = { .vendor = bytes, .vendor_size = most };
	struct reading got;
	assert_int_equal(
	        reading_encode(&parts, out, sizeof out), RECORD_MOST - RECORD_HEADER);
	assert_int_equal(reading_decode(&got, out, RECORD_MOST - RECORD_HEADER), OK);
	parts.vendor_size++;
	assert_int_equal(reading_encode(&parts, out, sizeof out), FULL);
}

static void exchanges_that_do_not_add_up_are_refused(void **state)
{
	uint8_t exchanges[32], out[128];
	struct reading_parts parts = example_parts(exchanges, sizeof exchanges);
	assert_true(reading_encode(&parts, out, sizeof out) > 0);
	parts.n_exchanges = 2;
	assert_int_equal(reading_encode(&parts, out, sizeof out), REFUSED);
	parts.n_exchanges = 1;
	parts.exchanges_size--;
	assert_int_equal(reading_encode(&parts, out, sizeof out), REFUSED);
	struct exchange one = { .size = 3, .bytes = example_answer };
	assert_int_equal(exchange_put(&one, exchanges, 11), 11);
	assert_int_equal(exchange_put(&one, exchanges, 10), FULL);
}

/* One reading of everything, by chance. */
struct lot {
	uint8_t state[READING_CHANNELS], vendor[300], exchanges[4096];
	double value[READING_CHANNELS];
	uint16_t channel[32];
	int64_t time[32];
};

static struct reading_parts random_parts(uint64_t *seed, struct lot *lot)
{
	struct reading_parts parts = {
		.n_channels = 1 + chance(seed) % READING_CHANNELS,
		.state = lot->state,
		.value = lot->value,
		.n_sampled = chance(seed) % 32,
		.sampled_channel = lot->channel,
		.sampled_us = lot->time,
		.vendor = lot->vendor,
		.vendor_size = chance(seed) % sizeof lot->vendor,
		.n_exchanges = chance(seed) % 10,
		.exchanges = lot->exchanges,
	};
	for (size_t i = 0; i < parts.n_channels; i++) {
		lot->state[i] = (uint8_t)(chance(seed) % CHANNEL_STATES);
		do
			lot->value[i] = double_of_bits(chance(seed));
		while (!isfinite(lot->value[i]));
	}
	for (size_t k = 0; k < parts.n_sampled; k++) {
		lot->channel[k] = (uint16_t)(chance(seed) % parts.n_channels);
		lot->time[k] = (int64_t)chance(seed);
	}
	for (size_t i = 0; i < parts.n_exchanges; i++) {
		struct exchange exchange = {
			.block = (uint16_t)chance(seed),
			.after_ms = (uint32_t)chance(seed),
			.size = (uint16_t)(chance(seed) % sizeof lot->vendor),
			.bytes = lot->vendor,
		};
		parts.exchanges_size += (size_t)exchange_put(&exchange,
		        lot->exchanges + parts.exchanges_size,
		        sizeof lot->exchanges - parts.exchanges_size);
	}
	return parts;
}

static void random_readings_come_back(void **state)
{
	static uint8_t out[16384];
	static struct lot lot;
	uint64_t seed = 20261123;
	for (int round = 0; round < 2000; round++) {
		struct reading_parts parts = random_parts(&seed, &lot);
		struct reading got;
		int n = reading_encode(&parts, out, sizeof out);
		assert_true(n > 0);
		assert_int_equal(reading_decode(&got, out, (size_t)n), OK);
		assert_int_equal(got.n_channels, parts.n_channels);
		for (size_t i = 0; i < got.n_channels; i++) {
			double value = reading_value(&got, i);
			assert_int_equal(got.state[i], lot.state[i]);
			if (!isnan(value))
				assert_memory_equal(
				        &value, &lot.value[i], sizeof value);
		}
		for (size_t k = 0; k < got.n_sampled; k++) {
			uint16_t channel;
			assert_int_equal(
			        reading_sampled(&got, k, &channel), lot.time[k]);
			assert_int_equal(channel, lot.channel[k]);
		}
		assert_memory_equal(got.exchanges, lot.exchanges, parts.exchanges_size);
		out[chance(&seed) % (size_t)n] ^= (uint8_t)(1u << chance(&seed) % 8);
		if (reading_decode(&got, out, (size_t)n) == OK)
			walk(&got);
	}
}

int main(void)
{
	const struct CMUnitTest reading[] = {
		cmocka_unit_test(the_layout_is_the_documented_one),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(parts_are_found_without_a_look_at_the_values),
		cmocka_unit_test(every_flipped_bit_is_refused_or_harmless),
		cmocka_unit_test(counts_are_kept_to_their_limits),
		cmocka_unit_test(a_reading_fills_a_record_and_no_more),
		cmocka_unit_test(exchanges_that_do_not_add_up_are_refused),
		cmocka_unit_test(random_readings_come_back),
	};
	return cmocka_run_group_tests_name("reading", reading, NULL, NULL);
}
