/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of HJ 212: found in what comes, and refused for the right reason. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/hj212_frame.h"
#include "sensors/tables/framer.h"
#include "tests/kits/hj212_vectors.h"

static const struct hj212_dialect standard = { .check = HJ212_CHECK_OWN };

static int get(const char *text, size_t n, struct hj212_frame *out)
{
	return hj212_frame_get(&standard, (const uint8_t *)text, n, out);
}

static int fault_of(const char *text)
{
	struct hj212_frame frame;
	hj212_frame_blame(&standard, (const uint8_t *)text, strlen(text), &frame);
	return frame.fault;
}

static const char *blame(const struct hj212_dialect *dialect, const char *text)
{
	static char words[256];
	struct hj212_frame frame;
	hj212_frame_blame(dialect, (const uint8_t *)text, strlen(text), &frame);
	hj212_fault_text(&frame, words, sizeof words);
	return words;
}

/* A frame of this data, with its own length and check. */
static const char *framed(const char *data, const char *end)
{
	static char text[4096];
	size_t n = strlen(data);
	snprintf(text, sizeof text, "##%04zu%s%04X%s", n, data,
	        hj212_check_of(HJ212_CHECK_OWN, (const uint8_t *)data, n), end);
	return text;
}

/* ---- vectors ---- */

static void frames_of_the_vectors_are_taken(void **state)
{
	assert_int_equal(n_hj212_vectors, 9);
	for (size_t i = 0; i + 1 < n_hj212_vectors; i++) {
		const char *text = hj212_vectors[i].frame;
		struct hj212_frame frame;
		if (get(text, strlen(text), &frame) != (int)strlen(text))
			fail_msg("%s is not taken", hj212_vectors[i].id);
		assert_int_equal(frame.fault, HJ212_SOUND);
		assert_int_equal(frame.n, strlen(text) - HJ212_OVERHEAD);
	}
}

static void the_plain_check_of_modbus_is_refused_by_its_name(void **state)
{
	const char *good = hj212_vector("H01a"), *bad = hj212_vector("H08a");
	struct hj212_dialect believing = { .check = HJ212_CHECK_MODBUS };
	struct hj212_frame frame;
	assert_int_equal(get(good, strlen(good), NULL), strlen(good));
	assert_int_equal(get(bad, strlen(bad), &frame), FRAME_NONE);
	assert_int_equal(frame.fault, HJ212_OTHER_CHECK);
	assert_int_equal(frame.check, HJ212_CHECK_MODBUS);
	assert_int_equal(frame.sent, 0x0759);
	assert_int_equal(frame.reckoned, 0x1C80);
	assert_contains(blame(&standard, bad), "plain CRC of Modbus");
	assert_contains(blame(&standard, bad), "`crc: modbus` takes it");
	assert_int_equal(
	        hj212_frame_get(&believing, (const uint8_t *)bad, strlen(bad), NULL),
	        strlen(bad));
	assert_int_equal(hj212_frame_get(&believing, (const uint8_t *)good,
	                         strlen(good), &frame),
	        FRAME_NONE);
	assert_int_equal(frame.check, HJ212_CHECK_OWN);
	assert_contains(blame(&believing, good), "as the standard has it");
}

/* Every dialect takes its own check, and tells the other three by name. */
static void every_dialect_is_told_by_its_name(void **state)
{
	char text[4096];
	struct hj212_frame frame;
	for (int sent = 0; sent < HJ212_CHECKS; sent++) {
		snprintf(text, sizeof text, "%s", hj212_vector("H02a"));
		size_t n = strlen(text) - HJ212_OVERHEAD;
		char check[8];
		snprintf(check, sizeof check, "%04X",
		        hj212_check_of(sent, (const uint8_t *)text + 6, n));
		memcpy(text + 6 + n, check, 4);
		for (int told = 0; told < HJ212_CHECKS; told++) {
			struct hj212_dialect dialect = { .check = told };
			int status = hj212_frame_get(
			        &dialect, (const uint8_t *)text, strlen(text), &frame);
			assert_int_equal(
			        status, sent == told ? (int)strlen(text) : FRAME_NONE);
			if (sent == told)
				continue;
			assert_int_equal(frame.fault, HJ212_OTHER_CHECK);
			assert_int_equal(frame.check, sent);
			assert_contains(blame(&dialect, text), hj212_checks[sent]);
		}
	}
	assert_null(hj212_checks[HJ212_CHECKS]);
}

/* ---- cuts and flips ---- */

static void every_cut_waits_for_the_rest(void **state)
{
	for (size_t i = 0; i + 1 < n_hj212_vectors; i++) {
		const char *text = hj212_vectors[i].frame;
		size_t n = strlen(text);
		for (size_t cut = 1; cut < n; cut++) {
			struct hj212_frame frame;
			assert_int_equal(get(text, cut, &frame), FRAME_SHORT);
			bool whole = cut >= n - 2;
			assert_int_equal(frame.fault, whole ? HJ212_END : HJ212_CUT);
		}
		assert_int_equal(get(text, n, NULL), n);
	}
}

/* One flipped bit is always seen but where it only changes the case of a digit of the check: in what the
 * check is reckoned over it is seen by the check, else by start, length, digits or end. */
static void every_flipped_bit_is_refused(void **state)
{
	for (size_t i = 0; i + 1 < n_hj212_vectors; i++) {
		char text[4096];
		size_t n = strlen(hj212_vectors[i].frame), passed = 0, letters = 0;
		memcpy(text, hj212_vectors[i].frame, n);
		assert_int_equal(get(text, n, NULL), n);
		for (size_t k = n - 6; k < n - 2; k++)
			letters += text[k] > '9';
		for (size_t bit = 0; bit < 8 * n; bit++) {
			text[bit / 8] ^= (char)(1 << bit % 8);
			int status = get(text, n, NULL);
			if (status == (int)n) {
				size_t at = bit / 8;
				assert_true(at >= n - 6 && at < n - 2 && bit % 8 == 5);
				passed++;
			} else {
				assert_true(status <= 0);
			}
			text[bit / 8] ^= (char)(1 << bit % 8);
		}
		assert_int_equal(passed, letters);
	}
}

/* What the weak check alone would often let through, a byte lost or a byte too many, its length sees. */
static void a_byte_lost_or_too_many_is_a_wrong_length(void **state)
{
	const char *good = hj212_vector("H02a");
	size_t n = strlen(good);
	char text[4096];
	assert_int_equal(get(good, n, NULL), n);
	for (size_t at = 6; at < n - 6; at++) {
		snprintf(text, sizeof text, "%.*s%s", (int)at, good, good + at + 1);
		assert_int_equal(get(text, n - 1, NULL), FRAME_NONE);
		assert_int_equal(fault_of(text), HJ212_LENGTH);
		assert_contains(blame(&standard, text),
		        "its length says 457 bytes, and there are 456");
		snprintf(text, sizeof text, "%.*s7%s", (int)at, good, good + at);
		assert_int_equal(get(text, n + 1, NULL), FRAME_NONE);
		assert_int_equal(fault_of(text), HJ212_LENGTH);
		assert_contains(blame(&standard, text), "and there are 458");
	}
}

/* ---- faults by name ---- */

static void a_wrong_length_is_no_wrong_check(void **state)
{
	char text[4096];
	snprintf(text, sizeof text, "%s", hj212_vector("H02a"));
	memcpy(text + 2, "0454", 4);
	assert_int_equal(fault_of(text), HJ212_LENGTH);
	assert_contains(blame(&standard, text), "says 454 bytes, and there are 457");
	memcpy(text + 2, "0460", 4);
	assert_int_equal(fault_of(text), HJ212_LENGTH);
	assert_contains(blame(&standard, text), "says 460 bytes, and there are 457");
	memcpy(text + 2, "9999", 4);
	assert_int_equal(fault_of(text), HJ212_LENGTH);
	memcpy(text + 2, "0457", 4);
	text[100] ^= 1;
	assert_int_equal(fault_of(text), HJ212_WRONG_CHECK);
	assert_contains(blame(&standard, text), "its check is wrong");
}

static void both_sides_of_the_longest_frame(void **state)
{
	static char data[4096];
	for (size_t n = HJ212_DATA; n <= HJ212_DATA + 1; n++) {
		snprintf(data, sizeof data, "ST=32;CN=2011;CP=&&A=");
		memset(data + strlen(data), '7', n - 2 - strlen(data));
		snprintf(data + n - 2, 3, "&&");
		const char *text = framed(data, "\r\n");
		assert_int_equal(get(text, strlen(text), NULL),
		        n == HJ212_DATA ? (int)strlen(text) : FRAME_NONE);
	}
}

static void what_is_no_message_is_refused_however_sound(void **state)
{
	static const char *const wrong[] = { "ST=32;CN=2011;&&", "ST=32;CN=2011;CP=&&",
		"ST=32;CP=&&A=1&&", "ST=32;CN=20x1;CP=&&A=1&&",
		"ST=32;CN=2011;CP=&&A=1&&B=2&&", "ST=32;CN=2011;CP=&&A=##0101B=1&&",
		"ST=32;CN=2011;CP=&&A=\x01&&", "&&&&" };
	const char *good = framed("ST=32;CN=2011;CP=&&A=1&&", "\r\n");
	assert_int_equal(fault_of(good), HJ212_SOUND);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		const char *text = framed(wrong[i], "\r\n");
		assert_true(get(text, strlen(text), NULL) < 0);
		assert_int_equal(fault_of(text), HJ212_SYNTAX);
	}
	assert_contains(blame(&standard, framed(wrong[0], "\r\n")), "it is no message");
}

static void what_does_not_begin_like_a_frame_says_so(void **state)
{
	assert_int_equal(fault_of(""), HJ212_NO_START);
	assert_int_equal(fault_of("\x01\x03\x04#####"), HJ212_NO_START);
	assert_int_equal(fault_of("##01x1QN="), HJ212_NO_START);
	assert_contains(blame(&standard, "abc"), "nothing in it begins like a frame");
	assert_int_equal(fault_of("xx##0101QN=2016"), HJ212_CUT);
	assert_contains(blame(&standard, "##0101QN=2016"), "breaks off");
}

/* ---- ends ---- */

static void an_end_is_cr_lf_or_lf_or_the_next_frame(void **state)
{
	struct hj212_dialect endless = { .no_end = true };
	char text[512];
	const char *data = "ST=32;CN=2011;CP=&&A=1&&";
	size_t n = strlen(framed(data, ""));
	snprintf(text, sizeof text, "%s", framed(data, ""));
	assert_int_equal(get(text, n, NULL), FRAME_SHORT);
	assert_int_equal(fault_of(text), HJ212_END);
	assert_contains(blame(&standard, text), "`end: none` takes it");
	assert_int_equal(hj212_frame_get(&endless, (const uint8_t *)text, n, NULL), n);
	snprintf(text, sizeof text, "%s", framed(data, "\n"));
	assert_int_equal(get(text, n + 1, NULL), n + 1);
	snprintf(text, sizeof text, "%s", framed(data, "\r\n"));
	assert_int_equal(get(text, n + 1, NULL), FRAME_SHORT);
	assert_int_equal(get(text, n + 2, NULL), n + 2);
	assert_int_equal(
	        hj212_frame_get(&endless, (const uint8_t *)text, n + 2, NULL), n + 2);
	snprintf(text, sizeof text, "%s", framed(data, "##0101QN"));
	assert_int_equal(get(text, n + 1, NULL), FRAME_SHORT);
	assert_int_equal(get(text, n + 2, NULL), n);
	static const char *const wrong[] = { "\r\r", "#\n", "0", " \r\n", "\r#" };
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		snprintf(text, sizeof text, "%s", framed(data, wrong[i]));
		assert_int_equal(get(text, strlen(text), NULL), FRAME_NONE);
	}
}

/* ---- in a stream ---- */

static int toy_frame(const void *state, const uint8_t *in, size_t n)
{
	return hj212_frame_get(&standard, in, n, NULL);
}

static const struct driver toy = { .name = "toy", .frame = toy_frame };

/* Frames found in a stream that comes in two clumps; noise in *noise. */
static size_t frames_in(const char *stream, size_t cut, uint64_t *noise)
{
	struct framer framer;
	struct moment first, now = { .time_us = 1 };
	const uint8_t *found;
	size_t frames = 0, n = strlen(stream);
	framer_init(&framer);
	for (int part = 0; part < 2; part++) {
		size_t from = part == 0 ? 0 : cut, to = part == 0 ? cut : n;
		framer_add(&framer, (const uint8_t *)stream + from, to - from, &now);
		while (framer_next(&framer, &toy, NULL, &found, &first) > 0)
			frames++;
	}
	*noise = framer.noise;
	return frames;
}

static void frames_glued_split_and_after_garbage_are_found(void **state)
{
	char stream[1024];
	uint64_t noise;
	snprintf(stream, sizeof stream, "\xFF#\n%s%s##0101QN=2016%s",
	        hj212_vector("H06a"), hj212_vector("H07b"), hj212_vector("H05a"));
	for (size_t cut = 0; cut <= strlen(stream); cut++) {
		assert_int_equal(frames_in(stream, cut, &noise), 3);
		assert_int_equal(noise, 3 + strlen("##0101QN=2016"));
	}
}

/* A frame that claims more than it has takes nothing of the next one with it. */
static void a_wrong_length_costs_one_frame(void **state)
{
	char stream[1024];
	uint64_t noise;
	size_t n = strlen(hj212_vector("H06a"));
	for (int length = 0; length <= 2048; length += 7) {
		snprintf(stream, sizeof stream, "%s%s", hj212_vector("H06a"),
		        hj212_vector("H07b"));
		char digits[8];
		snprintf(digits, sizeof digits, "%04d", length);
		memcpy(stream + 2, digits, 4);
		for (size_t cut = 0; cut <= strlen(stream); cut += 13) {
			assert_int_equal(frames_in(stream, cut, &noise), 1);
			assert_int_equal(noise, n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_of_the_vectors_are_taken),
		cmocka_unit_test(the_plain_check_of_modbus_is_refused_by_its_name),
		cmocka_unit_test(every_dialect_is_told_by_its_name),
		cmocka_unit_test(every_cut_waits_for_the_rest),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(a_byte_lost_or_too_many_is_a_wrong_length),
		cmocka_unit_test(a_wrong_length_is_no_wrong_check),
		cmocka_unit_test(both_sides_of_the_longest_frame),
		cmocka_unit_test(what_is_no_message_is_refused_however_sound),
		cmocka_unit_test(what_does_not_begin_like_a_frame_says_so),
		cmocka_unit_test(an_end_is_cr_lf_or_lf_or_the_next_frame),
		cmocka_unit_test(frames_glued_split_and_after_garbage_are_found),
		cmocka_unit_test(a_wrong_length_costs_one_frame),
	};
	return cmocka_run_group_tests_name("hj212_frame", tests, NULL, NULL);
}
