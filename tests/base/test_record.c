/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/record.h"
#include "base/status.h"
#include "tests/kits/documented.h"

#define TIME_END_US INT64_C(4102444800000000)

static struct record good(void)
{
	return (struct record){
		.type = RECORD_STATE,
		.clock = CLOCK_SYNCED,
		.source = "tram-01",
		.epoch = UINT64_C(0x1122334455667788),
		.seq = 42,
		.time_us = INT64_C(1794712500123456),
		.mono_us = INT64_C(86400000001),
		.boot = UINT64_C(0x0102030405060708),
		.payload = (const uint8_t *)"{}",
		.payload_size = 2,
	};
}

/* The example of docs/quantrac-record.md. */
static const uint8_t example[66] = { 0x42, 0x00, 0x01, 0x03, 0x01, 0x00, 0x00, 0x00, //
	0x74, 0x72, 0x61, 0x6d, 0x2d, 0x30, 0x31, 0x00,                              //
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,                              //
	0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,                              //
	0x2a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,                              //
	0x40, 0x37, 0x0b, 0x11, 0x48, 0x60, 0x06, 0x00,                              //
	0x01, 0x60, 0xd7, 0x1d, 0x14, 0x00, 0x00, 0x00,                              //
	0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,                              //
	0x7b, 0x7d };

static void the_layout_is_the_documented_one(void **state)
{
	uint8_t out[128];
	struct record record = good();
	assert_int_equal(record_encode(&record, out, sizeof out), sizeof example);
	assert_memory_equal(out, example, sizeof example);
	check_documented("quantrac-record.md", "## Layout", example, sizeof example);
}

static void what_is_written_is_read(void **state)
{
	struct record want = good(), got;
	assert_int_equal(record_decode(&got, example, sizeof example), sizeof example);
	assert_int_equal(got.type, want.type);
	assert_int_equal(got.clock, want.clock);
	assert_string_equal(got.source, want.source);
	assert_int_equal(got.epoch, want.epoch);
	assert_int_equal(got.seq, want.seq);
	assert_int_equal(got.time_us, want.time_us);
	assert_int_equal(got.mono_us, want.mono_us);
	assert_int_equal(got.boot, want.boot);
	assert_int_equal(got.payload_size, 2);
	assert_memory_equal(got.payload, "{}", 2);
}

static void bytes_behind_the_record_are_not_its_own(void **state)
{
	uint8_t in[80] = { 0 };
	struct record got;
	memcpy(in, example, sizeof example);
	assert_int_equal(record_decode(&got, in, sizeof in), sizeof example);
}

static void every_cut_is_refused(void **state)
{
	struct record got;
	assert_int_equal(record_decode(&got, example, sizeof example), sizeof example);
	for (size_t n = 0; n < sizeof example; n++)
		assert_int_equal(record_decode(&got, example, n), MALFORMED);
}

/* A record carries no check sum of its own (journal and wire do): a flipped bit is
 * refused, or is another valid record, and then decoding and encoding it again gives
 * the same bytes. */
static void every_flipped_bit_is_refused_or_another_record(void **state)
{
	struct record got;
	assert_int_equal(record_decode(&got, example, sizeof example), sizeof example);
	for (size_t bit = 0; bit < 8 * sizeof example; bit++) {
		uint8_t in[sizeof example], out[128];
		memcpy(in, example, sizeof in);
		in[bit / 8] ^= (uint8_t)(1u << bit % 8);
		int n = record_decode(&got, in, sizeof in);
		if (n == MALFORMED)
			continue;
		assert_int_equal(record_encode(&got, out, sizeof out), n);
		assert_memory_equal(out, in, (size_t)n);
	}
}

static void one_byte_changed_is_refused(size_t at, uint8_t value)
{
	uint8_t in[sizeof example];
	struct record got;
	memcpy(in, example, sizeof in);
	assert_int_equal(record_decode(&got, in, sizeof in), sizeof in);
	in[at] = value;
	assert_int_equal(record_decode(&got, in, sizeof in), MALFORMED);
}

static void version_type_clock_and_reserved_are_strict(void **state)
{
	one_byte_changed_is_refused(2, 0);
	one_byte_changed_is_refused(2, 2);
	one_byte_changed_is_refused(3, 0);
	one_byte_changed_is_refused(3, RECORD_TYPES + 1);
	one_byte_changed_is_refused(4, CLOCK_STEPPED + 1);
	one_byte_changed_is_refused(5, 1);
	one_byte_changed_is_refused(6, 1);
	one_byte_changed_is_refused(7, 1);
}

static void a_source_is_an_id_padded_with_zeros(void **state)
{
	one_byte_changed_is_refused(8, 'T');
	one_byte_changed_is_refused(8, '-');
	one_byte_changed_is_refused(8, 0);
	one_byte_changed_is_refused(16, 'x'); /* behind the first zero */
	one_byte_changed_is_refused(23, 'x');
	uint8_t out[128];
	struct record record = good(), got;
	strcpy(record.source, "abcdefghijklmno0");
	int n = record_encode(&record, out, sizeof out);
	assert_true(n > 0);
	assert_int_equal(record_decode(&got, out, (size_t)n), n);
	assert_string_equal(got.source, "abcdefghijklmno0");
}

static void only_times_from_1970_to_2100_are_records(void **state)
{
	uint8_t out[128];
	struct record got;
	const struct {
		int64_t time_us;
		int allowed;
	} look[] = { { 0, 1 }, { -1, 0 }, { TIME_END_US - 1, 1 }, { TIME_END_US, 0 },
		{ INT64_MIN, 0 }, { INT64_MAX, 0 } };
	for (size_t i = 0; i < sizeof look / sizeof look[0]; i++) {
		struct record record = good();
		int n = record_encode(&record, out, sizeof out);
		assert_true(n > 0);
		put_le64(out + 40, (uint64_t)look[i].time_us);
		assert_int_equal(
		        record_decode(&got, out, 128), look[i].allowed ? n : MALFORMED);
		record.time_us = look[i].time_us;
		assert_int_equal(record_encode(&record, out, sizeof out),
		        look[i].allowed ? n : REFUSED);
	}
}

static void the_longest_record_passes_and_one_byte_more_does_not(void **state)
{
	static uint8_t payload[RECORD_MOST], out[RECORD_MOST + 8];
	struct record record = good(), got;
	record.payload = payload;
	record.payload_size = RECORD_MOST - RECORD_HEADER;
	assert_int_equal(record_encode(&record, out, sizeof out), RECORD_MOST);
	assert_int_equal(record_decode(&got, out, sizeof out), RECORD_MOST);
	put_le16(out, RECORD_MOST + 1);
	assert_int_equal(record_decode(&got, out, sizeof out), MALFORMED);
	record.payload_size++;
	assert_int_equal(record_encode(&record, out, sizeof out), REFUSED);
}

static void an_empty_payload_is_allowed_and_room_is_respected(void **state)
{
	uint8_t out[66];
	struct record record = good(), got;
	assert_int_equal(record_encode(&record, out, 66), 66);
	assert_int_equal(record_encode(&record, out, 65), FULL);
	record.payload = NULL;
	record.payload_size = 0;
	assert_int_equal(record_encode(&record, out, sizeof out), RECORD_HEADER);
	assert_int_equal(record_decode(&got, out, RECORD_HEADER), RECORD_HEADER);
	assert_int_equal(got.payload_size, 0);
	put_le16(out, RECORD_HEADER - 1);
	assert_int_equal(record_decode(&got, out, sizeof out), MALFORMED);
}

static void fields_out_of_range_are_refused_when_written(void **state)
{
	uint8_t out[128];
	struct record record = good();
	record.type = 0;
	assert_int_equal(record_encode(&record, out, sizeof out), REFUSED);
	record.type = RECORD_TYPES + 1;
	assert_int_equal(record_encode(&record, out, sizeof out), REFUSED);
	record = good();
	record.clock = CLOCK_STEPPED + 1;
	assert_int_equal(record_encode(&record, out, sizeof out), REFUSED);
	record = good();
	strcpy(record.source, "");
	assert_int_equal(record_encode(&record, out, sizeof out), REFUSED);
	strcpy(record.source, "Tram");
	assert_int_equal(record_encode(&record, out, sizeof out), REFUSED);
}

static void a_record_gets_its_place_once_made(void **state)
{
	uint8_t bytes[sizeof example];
	struct record got;
	memcpy(bytes, example, sizeof bytes);
	record_place(bytes, 7, RECORD_SEQ_MOST);
	assert_int_equal(record_decode(&got, bytes, sizeof bytes), sizeof bytes);
	assert_int_equal(got.epoch, 7);
	assert_true(got.seq == RECORD_SEQ_MOST);
	assert_int_equal(got.time_us, good().time_us);
	record_place(bytes, 7, RECORD_SEQ_MOST + 1);
	assert_int_equal(record_decode(&got, bytes, sizeof bytes), MALFORMED);
}

static void ids_are_small_letters_digits_and_two_marks(void **state)
{
	assert_true(id_valid("a", 16));
	assert_true(id_valid("0", 16));
	assert_true(id_valid("tram-01_b", 16));
	assert_true(id_valid("abcdefghijklmnop", 16));
	assert_false(id_valid("abcdefghijklmnopq", 16));
	assert_false(id_valid("", 16));
	assert_false(id_valid(NULL, 16));
	assert_false(id_valid("-a", 16));
	assert_false(id_valid("_a", 16));
	assert_false(id_valid("Ab", 16));
	assert_false(id_valid("a b", 16));
	assert_false(id_valid("a/b", 16));
	assert_false(id_valid("..", 16));
	assert_false(id_valid("trạm", 16));
}

static void types_have_words(void **state)
{
	assert_string_equal(record_type_text(RECORD_DESCRIBE), "describe");
	assert_string_equal(record_type_text(RECORD_DOCUMENT), "document");
	assert_string_equal(record_type_text(0), "?");
	assert_string_equal(record_type_text(RECORD_TYPES + 1), "?");
}

int main(void)
{
	const struct CMUnitTest record[] = {
		cmocka_unit_test(the_layout_is_the_documented_one),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(bytes_behind_the_record_are_not_its_own),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(every_flipped_bit_is_refused_or_another_record),
		cmocka_unit_test(version_type_clock_and_reserved_are_strict),
		cmocka_unit_test(a_source_is_an_id_padded_with_zeros),
		cmocka_unit_test(only_times_from_1970_to_2100_are_records),
		cmocka_unit_test(the_longest_record_passes_and_one_byte_more_does_not),
		cmocka_unit_test(an_empty_payload_is_allowed_and_room_is_respected),
		cmocka_unit_test(fields_out_of_range_are_refused_when_written),
		cmocka_unit_test(a_record_gets_its_place_once_made),
		cmocka_unit_test(ids_are_small_letters_digits_and_two_marks),
		cmocka_unit_test(types_have_words),
	};
	return cmocka_run_group_tests_name("record", record, NULL, NULL);
}
