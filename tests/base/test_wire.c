/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/status.h"
#include "base/wire.h"
#include "tests/kits/documented.h"

#define EPOCH UINT64_C(0x1122334455667788)

/* A record of `payload_size` bytes of payload at out[0]; its length. */
static size_t put_record(uint64_t seq, size_t payload_size, uint8_t *out, size_t room)
{
	static const uint8_t zeros[RECORD_MOST];
	const struct record record = {
		.type = RECORD_STATE,
		.clock = CLOCK_SYNCED,
		.source = "tram-01",
		.epoch = EPOCH,
		.seq = seq,
		.time_us = INT64_C(1794712500123456),
		.payload = zeros,
		.payload_size = payload_size,
	};
	int n = record_encode(&record, out, room);
	assert_true(n > 0);
	return (size_t)n;
}

static struct wire data_of(const uint8_t *payload, size_t n, uint16_t count)
{
	return (struct wire){
		.type = WIRE_DATA,
		.source = "tram-01",
		.epoch = EPOCH,
		.first_seq = 42,
		.count = count,
		.payload = payload,
		.payload_size = n,
	};
}

/* A message of two records, 178 bytes. */
static size_t good_data(uint8_t *out, size_t room)
{
	uint8_t payload[256];
	size_t n = put_record(42, 2, payload, sizeof payload);
	n += put_record(43, 0, payload + n, sizeof payload - n);
	struct wire wire = data_of(payload, n, 2);
	int size = wire_encode(&wire, out, room);
	assert_int_equal(size, WIRE_HEADER + n);
	return (size_t)size;
}

/* The example of docs/quantrac-wire.md. */
static const uint8_t example[] = {                      //
	0x51, 0x54, 0x57, 0x31, 0x03, 0x00, 0x01, 0x00, //
	0x74, 0x72, 0x61, 0x6d, 0x2d, 0x30, 0x31, 0x00, //
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
	0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, //
	0x2a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
	0x42, 0x00, 0x00, 0x00, 0xfd, 0x30, 0xdf, 0x2d, //
	0x42, 0x00, 0x01, 0x03, 0x01, 0x00, 0x00, 0x00, //
	0x74, 0x72, 0x61, 0x6d, 0x2d, 0x30, 0x31, 0x00, //
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
	0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, //
	0x2a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
	0x40, 0x37, 0x0b, 0x11, 0x48, 0x60, 0x06, 0x00, //
	0x01, 0x60, 0xd7, 0x1d, 0x14, 0x00, 0x00, 0x00, //
	0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, //
	0x7b, 0x7d
};

static void the_layout_is_the_documented_one(void **state)
{
	uint8_t out[256];
	struct wire got,
	        wire = data_of(example + WIRE_HEADER, sizeof example - WIRE_HEADER, 1);
	assert_int_equal(wire_encode(&wire, out, sizeof out), sizeof example);
	assert_memory_equal(out, example, sizeof example);
	check_documented("quantrac-wire.md", "## Example", example, sizeof example);
	assert_int_equal(wire_decode(&got, example, sizeof example), OK);
	assert_int_equal(got.first_seq, 42);
}

static void what_is_written_is_read(void **state)
{
	uint8_t out[256];
	struct wire got;
	size_t n = good_data(out, sizeof out);
	assert_int_equal(wire_decode(&got, out, n), OK);
	assert_int_equal(got.type, WIRE_DATA);
	assert_string_equal(got.source, "tram-01");
	assert_int_equal(got.epoch, EPOCH);
	assert_int_equal(got.first_seq, 42);
	assert_int_equal(got.count, 2);
	assert_int_equal(got.payload_size, n - WIRE_HEADER);
	assert_ptr_equal(got.payload, out + WIRE_HEADER);
}

static void every_cut_is_refused(void **state)
{
	uint8_t out[256];
	struct wire got;
	size_t n = good_data(out, sizeof out);
	assert_int_equal(wire_decode(&got, out, n), OK);
	for (size_t cut = 0; cut < n; cut++)
		assert_int_equal(wire_decode(&got, out, cut), MALFORMED);
	assert_int_equal(wire_decode(&got, out, n + 1), MALFORMED);
}

static void every_flipped_bit_is_refused(void **state)
{
	uint8_t out[256];
	struct wire got;
	size_t n = good_data(out, sizeof out);
	assert_int_equal(wire_decode(&got, out, n), OK);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		out[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(wire_decode(&got, out, n), MALFORMED);
		out[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

/* Put the check sum right again, as a sender that means it would. */
static void sign(uint8_t *out, size_t n)
{
	put_le32(out + 44,
	        crc32c(crc32c(0, out, 44), out + WIRE_HEADER, n - WIRE_HEADER));
}

/* The same flips with the check sum put right: what still passes says the same when
 * written. */
static void every_flip_behind_a_right_check_sum_is_refused_or_consistent(void **state)
{
	uint8_t out[256], again[256];
	struct wire got;
	size_t n = good_data(out, sizeof out);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		if (bit / 32 == 11)
			continue;
		out[bit / 8] ^= (uint8_t)(1u << bit % 8);
		sign(out, n);
		if (wire_decode(&got, out, n) == OK) {
			assert_int_equal(wire_encode(&got, again, sizeof again), n);
			assert_memory_equal(again, out, n);
		}
		out[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void change_is_refused(size_t at, uint64_t value, size_t size)
{
	uint8_t out[256], bytes[8];
	struct wire got;
	size_t n = good_data(out, sizeof out);
	sign(out, n);
	assert_int_equal(wire_decode(&got, out, n), OK);
	put_le64(bytes, value);
	memcpy(out + at, bytes, size);
	sign(out, n);
	assert_int_equal(wire_decode(&got, out, n), MALFORMED);
}

static void header_and_records_must_agree(void **state)
{
	const size_t first = WIRE_HEADER, second = WIRE_HEADER + 66;
	change_is_refused(4, 0, 1); /* no type */
	change_is_refused(4, WIRE_PONG + 1, 1);
	change_is_refused(4, WIRE_ACK, 1); /* carries no records */
	change_is_refused(5, 1, 1);        /* flags */
	change_is_refused(6, 1, 2);        /* count too small, too big, none */
	change_is_refused(6, 3, 2);
	change_is_refused(6, 0, 2);
	change_is_refused(8, '2', 1);        /* another source */
	change_is_refused(8, 'A', 1);        /* no id */
	change_is_refused(24, EPOCH + 1, 8); /* another epoch */
	change_is_refused(32, 41, 8); /* first_seq is not that of the first record */
	change_is_refused(32, 43, 8);
	change_is_refused(40, 67, 4);
	change_is_refused(first + 2, 9, 1); /* a record that is none */
	change_is_refused(first + 32, 41, 8);
	change_is_refused(second + 32, 44, 8); /* a hole */
	change_is_refused(second + 32, 42, 8); /* a repetition */
	change_is_refused(second + 24, 1, 8);
	change_is_refused(second + 8, 'x', 1);
}

static void a_message_of_exactly_the_limit_passes_and_one_byte_more_does_not(
        void **state)
{
	static uint8_t payload[WIRE_MOST + 8], out[WIRE_MOST + 8];
	struct wire got;
	size_t n = put_record(42, RECORD_MOST - RECORD_HEADER, payload, sizeof payload);
	struct wire wire = data_of(payload, n, 1);
	assert_int_equal(wire_encode(&wire, out, sizeof out), WIRE_MOST);
	assert_int_equal(wire_decode(&got, out, WIRE_MOST), OK);
	assert_int_equal(wire_encode(&wire, out, WIRE_MOST - 1), FULL);
	wire.type = WIRE_NAK;
	wire.count = 0;
	assert_int_equal(wire_encode(&wire, out, sizeof out), WIRE_MOST);
	assert_int_equal(wire_decode(&got, out, WIRE_MOST), OK);
	wire.payload_size++;
	assert_int_equal(wire_encode(&wire, out, sizeof out), FULL);
	put_le32(out + 40, RECORD_MOST + 1);
	sign(out, WIRE_MOST + 1);
	assert_int_equal(wire_decode(&got, out, WIRE_MOST + 1), MALFORMED);
}

static void a_batch_of_the_most_records_passes_and_one_more_does_not(void **state)
{
	static uint8_t payload[WIRE_MOST], out[WIRE_MOST];
	struct wire got;
	size_t n = 0;
	for (uint64_t i = 0; i <= WIRE_COUNT; i++)
		n += put_record(42 + i, 0, payload + n, sizeof payload - n);
	struct wire wire = data_of(payload, n - RECORD_HEADER, WIRE_COUNT);
	int size = wire_encode(&wire, out, sizeof out);
	assert_true(size > 0);
	assert_int_equal(wire_decode(&got, out, (size_t)size), OK);
	wire.payload_size = n;
	wire.count++;
	assert_int_equal(wire_encode(&wire, out, sizeof out), REFUSED);
	memcpy(out + WIRE_HEADER, payload, n);
	put_le16(out + 6, WIRE_COUNT + 1);
	put_le32(out + 40, (uint32_t)n);
	sign(out, WIRE_HEADER + n);
	assert_int_equal(wire_decode(&got, out, WIRE_HEADER + n), MALFORMED);
}

static void the_batch_may_be_built_in_its_place(void **state)
{
	uint8_t out[256], want[256];
	size_t n = good_data(want, sizeof want);
	memcpy(out + WIRE_HEADER, want + WIRE_HEADER, n - WIRE_HEADER);
	struct wire wire = data_of(out + WIRE_HEADER, n - WIRE_HEADER, 2);
	assert_int_equal(wire_encode(&wire, out, sizeof out), n);
	assert_memory_equal(out, want, n);
}

static void fields_out_of_range_are_refused_when_written(void **state)
{
	uint8_t out[256], payload[66];
	size_t n = put_record(42, 2, payload, sizeof payload);
	struct wire wire = data_of(payload, n, 1);
	assert_true(wire_encode(&wire, out, sizeof out) > 0);
	wire.type = 0;
	assert_int_equal(wire_encode(&wire, out, sizeof out), REFUSED);
	wire.type = WIRE_PONG + 1;
	assert_int_equal(wire_encode(&wire, out, sizeof out), REFUSED);
	wire = data_of(payload, n, 0);
	assert_int_equal(wire_encode(&wire, out, sizeof out), REFUSED);
	wire = data_of(payload, n, 1);
	wire.first_seq = 0;
	assert_int_equal(wire_encode(&wire, out, sizeof out), REFUSED);
	wire.first_seq = UINT64_MAX;
	assert_int_equal(wire_encode(&wire, out, sizeof out), REFUSED);
	wire = data_of(payload, n, 1);
	strcpy(wire.source, "Tram");
	assert_int_equal(wire_encode(&wire, out, sizeof out), REFUSED);
	wire = data_of(payload, n, 0);
	wire.type = WIRE_PING;
	assert_int_equal(wire_encode(&wire, out, sizeof out), REFUSED);
}

int main(void)
{
	const struct CMUnitTest wire[] = {
		cmocka_unit_test(the_layout_is_the_documented_one),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(
		        every_flip_behind_a_right_check_sum_is_refused_or_consistent),
		cmocka_unit_test(header_and_records_must_agree),
		cmocka_unit_test(
		        a_message_of_exactly_the_limit_passes_and_one_byte_more_does_not),
		cmocka_unit_test(
		        a_batch_of_the_most_records_passes_and_one_more_does_not),
		cmocka_unit_test(the_batch_may_be_built_in_its_place),
		cmocka_unit_test(fields_out_of_range_are_refused_when_written),
	};
	return cmocka_run_group_tests_name("wire", wire, NULL, NULL);
}
