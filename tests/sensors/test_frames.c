/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binary frames: found whole, refused when a bit is wrong, found again after noise. */
#include "tests/kits/check.h"

#include <string.h>

#include "base/bytes.h"
#include "tests/kits/capture.h"
#include "tests/kits/frames_vectors.h"

static struct frames_example example(size_t i)
{
	return frames_vector(frames_vectors[i].id);
}

static int find(const struct frames_example *x)
{
	return frames_find(&x->rule, x->in, x->n, NULL);
}

static void every_vector_is_a_frame(void **state)
{
	for (size_t i = 0; i < n_frames_vectors; i++) {
		struct frames_example x = example(i);
		if (find(&x) != (int)x.n)
			fail_msg("%s is no frame", frames_vectors[i].id);
	}
}

static void every_cut_waits_for_more(void **state)
{
	for (size_t i = 0; i < n_frames_vectors; i++) {
		struct frames_example x = example(i);
		size_t whole = x.n;
		assert_int_equal(find(&x), whole);
		for (x.n = 0; x.n < whole; x.n++)
			if (find(&x) != FRAME_SHORT)
				fail_msg("%s, cut at %zu", frames_vectors[i].id, x.n);
	}
}

static void every_flipped_bit_is_refused(void **state)
{
	for (size_t i = 0; i < n_frames_vectors; i++) {
		struct frames_example x = example(i);
		assert_int_equal(find(&x), x.n);
		for (size_t bit = 0; bit < 8 * x.n; bit++) {
			x.in[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (find(&x) > 0)
				fail_msg("%s, bit %zu", frames_vectors[i].id, bit);
			x.in[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_int_equal(find(&x), x.n);
	}
}

/* What is put is what was found; nothing but the data is taken from the old frame. */
static void every_vector_can_be_made_again(void **state)
{
	for (size_t i = 0; i < n_frames_vectors; i++) {
		struct frames_example x = example(i);
		struct frame_plain plain;
		uint8_t out[FRAMES_WIRE];
		assert_int_equal(frames_find(&x.rule, x.in, x.n, &plain), x.n);
		size_t check =
		        plain.n - x.rule.tail.n - frames_check_size(x.rule.check);
		memset(plain.byte, 0xEE, x.rule.header.n);
		memset(plain.byte + check, 0xEE, plain.n - check);
		for (size_t k = 0; x.rule.length == 0 && k < x.rule.length_size; k++)
			plain.byte[x.rule.length_at + k] = 0xEE;
		for (size_t room = 0; room < x.n; room++)
			assert_int_equal(frames_put(&x.rule, &plain, out, room), FULL);
		assert_int_equal(frames_put(&x.rule, &plain, out, x.n), x.n);
		assert_memory_equal(out, x.in, x.n);
	}
}

static void a_length_the_rule_does_not_know_is_not_put(void **state)
{
	struct frames_example x = frames_vector("L01a");
	struct frame_plain plain;
	uint8_t out[FRAMES_WIRE];
	assert_int_equal(frames_find(&x.rule, x.in, x.n, &plain), 32);
	plain.n = 31;
	assert_int_equal(frames_put(&x.rule, &plain, out, sizeof out), REFUSED);
	plain.n = 33;
	assert_int_equal(frames_put(&x.rule, &plain, out, sizeof out), REFUSED);
	x = frames_vector("L06a");
	plain.n = 47;
	assert_true(frames_put(&x.rule, &plain, out, sizeof out) >= 47);
	plain.n = 48;
	assert_int_equal(frames_put(&x.rule, &plain, out, sizeof out), REFUSED);
	plain.n = 6;
	assert_int_equal(frames_put(&x.rule, &plain, out, sizeof out), REFUSED);
}

/* ---- after noise ---- */

/* Frames among what came, by dropping a byte wherever there is none. */
static size_t count_frames(const struct frame_rule *rule, const uint8_t *in, size_t n)
{
	size_t found = 0;
	while (n > 0) {
		int length = frames_find(rule, in, n, NULL);
		if (length == FRAME_SHORT)
			break;
		found += length > 0;
		size_t step = length > 0 ? (size_t)length : 1;
		in += step;
		n -= step;
	}
	return found;
}

/* Wherever listening begins within a frame, the second one after it is found. */
static void listening_in_the_middle_costs_one_frame_at_most(void **state)
{
	for (size_t i = 0; i < n_frames_vectors; i++) {
		struct frames_example x = example(i);
		uint8_t stream[4 * FRAMES_WIRE];
		for (size_t k = 0; k < 4; k++)
			memcpy(stream + k * x.n, x.in, x.n);
		for (size_t from = 1; from < x.n; from++) {
			size_t n = count_frames(&x.rule, stream + from, 4 * x.n - from);
			if (n < 2)
				fail_msg("%s from %zu: %zu", frames_vectors[i].id, from,
				        n);
		}
	}
}

/* The frame of a PMS3003 whose data look like another frame's beginning. */
static void the_header_may_occur_inside_the_data(void **state)
{
	struct frame_rule rule = { .length = 24, .check = CHECK_SUM16 };
	struct frame_plain plain = { .n = 24 };
	uint8_t out[5 * 24];
	assert_int_equal(frames_bytes("42 4D 00 14", &rule.header), OK);
	for (size_t i = 4; i < 20; i += 4)
		memcpy(plain.byte + i, "\x42\x4D\x00\x14", 4);
	for (size_t k = 0; k < 5; k++)
		assert_int_equal(frames_put(&rule, &plain, out + 24 * k, 24), 24);
	assert_int_equal(count_frames(&rule, out, sizeof out), 5);
	for (size_t from = 1; from < 24; from++)
		assert_int_equal(count_frames(&rule, out + from, sizeof out - from), 4);
}

/* An opening flag taken for a closing one, and an end that was lost. */
static void a_stuffed_frame_is_found_after_one_that_was_cut(void **state)
{
	struct frames_example x = frames_vector("L06a");
	uint8_t stream[2 * FRAMES_WIRE];
	for (size_t cut = 0; cut < x.n; cut++) {
		memcpy(stream, x.in, cut);
		memcpy(stream + cut, x.in, x.n);
		assert_int_equal(count_frames(&x.rule, stream, cut + x.n), 1);
	}
}

/* An adapter that gives our request back: it looks much like the answer. */
static void the_echo_of_a_request_is_no_answer(void **state)
{
	static const struct {
		const char *id, *request;
	} asked[] = {
		{ "L02a", "42 4D E1 00 00 01 70" },
		{ "L03a", "AA B4 04 00 00 00 00 00 00 00 00 00 00 00 00 FF FF 02 AB" },
		{ "L04a", "FF 01 86 00 00 00 00 00 79" },
		{ "L06a", "7E 00 03 00 FC 7E" },
		{ "L07a", "7E 00 00 02 01 03 F9 7E" },
		{ "L08a", "68 01 04 93" },
	};
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		struct frames_example x = frames_vector(asked[i].id);
		uint8_t stream[2 * FRAMES_WIRE];
		size_t n = hex_bytes(asked[i].request, stream, sizeof stream);
		assert_int_equal(count_frames(&x.rule, stream, n), 0);
		memcpy(stream + n, x.in, x.n);
		assert_int_equal(count_frames(&x.rule, stream, n + x.n), 1);
	}
}

/* HART begins with five or more FF, so that a modem can find the line's level. */
static void a_preamble_is_dropped(void **state)
{
	struct frames_example x = frames_vector("X07a");
	uint8_t stream[FRAMES_WIRE];
	for (size_t n = 0; n <= 20; n++) {
		memset(stream, 0xFF, n);
		memcpy(stream + n, x.in, x.n);
		assert_int_equal(count_frames(&x.rule, stream, n + x.n), 1);
	}
}

/* ---- stuffing ---- */

static void all_four_bytes_are_stuffed_and_come_back(void **state)
{
	struct frames_example x = frames_vector("L06a");
	struct frame_plain plain = { .n = 47 }, back;
	uint8_t out[FRAMES_WIRE];
	for (size_t i = 5; i < 45; i++)
		plain.byte[i] = (const uint8_t[]){ 0x7E, 0x7D, 0x11, 0x13 }[i % 4];
	int n = frames_put(&x.rule, &plain, out, sizeof out);
	assert_in_range(n, 87, 88); /* 40 data bytes, and the check may be one too */
	for (int i = 1; i + 1 < n; i++)
		assert_true(out[i] != 0x7E && out[i] != 0x11 && out[i] != 0x13);
	assert_int_equal(frames_find(&x.rule, out, (size_t)n, &back), n);
	assert_int_equal(back.n, 47);
	assert_memory_equal(back.byte, plain.byte, 47);
}

static void what_cannot_be_stuffed_is_refused_at_once(void **state)
{
	struct frames_example x = frames_vector("L06a");
	static const char *const bad[] = {
		"7E 7E",                   /* nothing between */
		"7E 00 03 00 7D 7E",       /* escape before the end */
		"7E 00 04",                /* another command */
		"7E 00 03 00 29",          /* longer than there is */
		"7E 00 03 00 00 FC 00",    /* does not end where it should */
		"7E 00 03 00 00 FC 7D 5E", /* the end is stuffed */
		"7E 00 03 00 01 FC 7E",    /* ends before its length */
		"00 7E 00 03 00 00 FC 7E", /* does not begin */
	};
	uint8_t in[FRAMES_WIRE];
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		size_t n = hex_bytes(bad[i], in, sizeof in);
		if (frames_find(&x.rule, in, n, NULL) != FRAME_NONE)
			fail_msg("%s", bad[i]);
	}
	size_t n = hex_bytes("7E 00 03 00 00 FC 7E", in, sizeof in); /* no new data */
	assert_int_equal(frames_find(&x.rule, in, n, NULL), 7);
}

/* ---- checks, lengths, bytes ---- */

static void checks_of_the_nine_digits(void **state)
{
	static const uint8_t in[] = "123456789";
	assert_int_equal(frames_check_sum(CHECK_NONE, in, 9), 0);
	assert_int_equal(frames_check_sum(CHECK_SUM16, in, 9), 0x1DD);
	assert_int_equal(frames_check_sum(CHECK_SUM8, in, 9), 0xDD);
	assert_int_equal(frames_check_sum(CHECK_NEG_SUM8, in, 9), 0x23);
	assert_int_equal(frames_check_sum(CHECK_FF_SUM8, in, 9), 0x22);
	assert_int_equal(frames_check_sum(CHECK_XOR8, in, 9), 0x31);
	assert_int_equal(frames_check_sum(CHECK_CRC16_MODBUS, in, 9), 0x4B37);
	assert_int_equal(frames_check_sum(CHECK_CRC_CCITT, in, 9), 0x31C3);
	assert_int_equal(frames_check_sum(CHECK_NEG_SUM8, in, 0), 0);
	assert_int_equal(frames_check_sum(CHECK_FF_SUM8, in, 0), 0xFF);
}

/* A check over a part, not at the end, in either order. */
static void a_check_may_stand_anywhere(void **state)
{
	struct frame_rule rule = { .length = 8,
		.check = CHECK_CRC16_MODBUS,
		.from = 4,
		.to = 8,
		.check_at = 2 };
	struct frame_plain plain = { .n = 8, .byte = { 0, 0, 0, 0, 1, 2, 3, 4 } };
	uint8_t out[8];
	assert_int_equal(frames_bytes("A5", &rule.header), OK);
	uint16_t crc = frames_check_sum(CHECK_CRC16_MODBUS, plain.byte + 4, 4);
	for (int low_first = 0; low_first < 2; low_first++) {
		rule.check_low_first = low_first;
		assert_int_equal(frames_put(&rule, &plain, out, 8), 8);
		assert_int_equal(
		        low_first ? get_le16(out + 2) : get_be16(out + 2), crc);
		assert_int_equal(frames_find(&rule, out, 8, NULL), 8);
		out[7] ^= 1;
		assert_int_equal(frames_find(&rule, out, 8, NULL), FRAME_NONE);
		out[7] ^= 1;
		rule.check_low_first = !low_first;
		assert_int_equal(frames_find(&rule, out, 8, NULL), FRAME_NONE);
	}
}

/* Too short for its own check, longest, one more; two bytes in either order. */
static void a_length_field_has_two_limits(void **state)
{
	struct frame_rule rule = { .length_at = 1,
		.length_size = 2,
		.length_add = 3,
		.longest = 20,
		.check = CHECK_SUM8 };
	uint8_t in[3];
	assert_int_equal(frames_bytes("A5", &rule.header), OK);
	assert_int_equal(frames_shortest(&rule), 4);
	for (int low_first = 0; low_first < 2; low_first++) {
		rule.length_low_first = low_first;
		for (unsigned field = 0; field < 40; field++) {
			in[0] = 0xA5;
			in[1 + !low_first] = (uint8_t)field;
			in[1 + low_first] = 0;
			assert_int_equal(frames_find(&rule, in, 3, NULL),
			        field >= 1 && field <= 17 ? FRAME_SHORT : FRAME_NONE);
		}
		in[1 + low_first] = 1;
		assert_int_equal(frames_find(&rule, in, 3, NULL), FRAME_NONE);
	}
}

static void bytes_are_read_as_profiles_write_them(void **state)
{
	struct frame_bytes b;
	char long_text[3 * FRAMES_BYTES + 4] = "";
	assert_int_equal(frames_bytes("42 4d .. 1C", &b), OK);
	assert_int_equal(b.n, 4);
	assert_memory_equal(b.byte, "\x42\x4D\x00\x1C", 4);
	assert_memory_equal(b.mask, "\xFF\xFF\x00\xFF", 4);
	assert_int_equal(frames_begin(&b, (const uint8_t *)"\x42\x4D\x77\x1C", 4), 4);
	assert_int_equal(
	        frames_begin(&b, (const uint8_t *)"\x42\x4D\x77", 3), FRAME_SHORT);
	assert_int_equal(frames_begin(&b, (const uint8_t *)"\x42\x4E", 2), FRAME_NONE);
	assert_int_equal(frames_bytes("", &b), OK);
	assert_int_equal(b.n, 0);
	static const char *const bad[] = { "4", "42 4", "424D", "4G", "42,4D", ". .",
		"42 .", "0x42" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (frames_bytes(bad[i], &b) != MALFORMED)
			fail_msg("%s", bad[i]);
	for (size_t i = 0; i < FRAMES_BYTES; i++)
		strcat(long_text, "AA ");
	assert_int_equal(frames_bytes(long_text, &b), OK);
	assert_int_equal(b.n, FRAMES_BYTES);
	strcat(long_text, "AA");
	assert_int_equal(frames_bytes(long_text, &b), FULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_is_a_frame),
		cmocka_unit_test(every_cut_waits_for_more),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(every_vector_can_be_made_again),
		cmocka_unit_test(a_length_the_rule_does_not_know_is_not_put),
		cmocka_unit_test(listening_in_the_middle_costs_one_frame_at_most),
		cmocka_unit_test(the_header_may_occur_inside_the_data),
		cmocka_unit_test(a_stuffed_frame_is_found_after_one_that_was_cut),
		cmocka_unit_test(the_echo_of_a_request_is_no_answer),
		cmocka_unit_test(a_preamble_is_dropped),
		cmocka_unit_test(all_four_bytes_are_stuffed_and_come_back),
		cmocka_unit_test(what_cannot_be_stuffed_is_refused_at_once),
		cmocka_unit_test(checks_of_the_nine_digits),
		cmocka_unit_test(a_check_may_stand_anywhere),
		cmocka_unit_test(a_length_field_has_two_limits),
		cmocka_unit_test(bytes_are_read_as_profiles_write_them),
	};
	return cmocka_run_group_tests_name("frames", tests, NULL, NULL);
}
