/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/status.h"

/* Encoded once more it is the same; no cut of it is read. */
static void check_read_again(const uint8_t *in, size_t n)
{
	struct state_texts texts;
	uint8_t again[256];
	assert_int_equal(state_decode(&texts, in, n), OK);
	const struct state_event event = {
		.subject = texts.subject, .state = texts.state, .text = texts.text
	};
	assert_int_equal(state_encode(&event, again, sizeof again), n);
	assert_memory_equal(again, in, n);
	for (size_t cut = 0; cut < n; cut++)
		assert_int_equal(state_decode(&texts, in, cut), MALFORMED);
}

static void check_state_text(const struct state_event *event, const char *want)
{
	uint8_t out[256];
	int n = state_encode(event, out, sizeof out);
	assert_int_equal(n, strlen(want));
	assert_memory_equal(out, want, strlen(want));
	for (size_t room = 0; room < strlen(want); room++)
		assert_int_equal(state_encode(event, out, room), FULL);
	assert_int_equal(state_encode(event, out, strlen(want)), n);
	check_read_again(out, (size_t)n);
}

static void a_state_is_one_json_object(void **state)
{
	check_state_text(
	        &(struct state_event){
	                .subject = "line plc", .state = "down", .text = "hung up" },
	        "{\"subject\":\"line plc\",\"state\":\"down\",\"text\":\"hung up\"}");
	check_state_text(
	        &(struct state_event){ .subject = "a", .state = "up", .text = "" },
	        "{\"subject\":\"a\",\"state\":\"up\",\"text\":\"\"}");
	check_state_text(&(struct state_event){ .subject = "a", .state = "up" },
	        "{\"subject\":\"a\",\"state\":\"up\",\"text\":\"\"}");
}

static void vietnamese_and_odd_characters_survive(void **state)
{
	check_state_text(&(struct state_event){ .subject = "trạm",
	                         .state = "bảo trì",
	                         .text = "say \"đo\" \\ \n\t\x7f" },
	        "{\"subject\":\"trạm\",\"state\":\"bảo trì\","
	        "\"text\":\"say \\\"đo\\\" \\\\ \\u000a\\u0009\\u007f\"}");
	check_state_text(&(struct state_event){ .subject = "😀",
	                         .state = "\xc0\xaf",
	                         .text = "\xed\xa0\x80 \xe1\xba" },
	        "{\"subject\":\"😀\",\"state\":\"\uFFFD\uFFFD\","
	        "\"text\":\"\uFFFD\uFFFD\uFFFD \uFFFD\uFFFD\"}");
}

static void another_form_of_a_state_is_refused(void **state)
{
	static const char *const other[] = {
		"{\"subject\":\"a\",\"state\":\"b\",\"text\":\"c\"} ",
		"{ \"subject\":\"a\",\"state\":\"b\",\"text\":\"c\"}",
		"{\"state\":\"b\",\"subject\":\"a\",\"text\":\"c\"}",
		"{\"subject\":\"\\x\",\"state\":\"b\",\"text\":\"c\"}",
		"{\"subject\":\"\\u0g00\",\"state\":\"b\",\"text\":\"c\"}",
		"{\"subject\":\"\\u1ea1\",\"state\":\"b\",\"text\":\"c\"}",
		"{\"subject\":\"\n\",\"state\":\"b\",\"text\":\"c\"}",
		"{\"subject\":\"\xff\",\"state\":\"b\",\"text\":\"c\"}",
	};
	struct state_texts texts;
	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
		assert_int_equal(state_decode(&texts, (const uint8_t *)other[i],
		                         strlen(other[i])),
		        MALFORMED);
}

static void a_long_text_is_cut_between_two_characters(void **state)
{
	char text[1000];
	uint8_t out[2048];
	struct state_texts texts;
	for (size_t i = 0; i + 3 < sizeof text; i += 3)
		memcpy(text + i, "\xe1\xba\xa3", 4);
	struct state_event event = { .subject = "a", .state = "b", .text = text };
	int n = state_encode(&event, out, sizeof out);
	assert_int_equal(state_decode(&texts, out, (size_t)n), OK);
	assert_int_equal(strlen(texts.text), (sizeof texts.text - 1) / 3 * 3);
	assert_memory_equal(texts.text, text, strlen(texts.text));
}

static void a_clock_correction_comes_back(void **state)
{
	const struct clock_event want = {
		.before_us = -5,
		.after_us = INT64_C(1794712500123456),
		.state = CLOCK_STEPPED,
	};
	uint8_t out[32];
	struct clock_event got;
	assert_int_equal(clock_encode(&want, out, sizeof out), 17);
	assert_int_equal(clock_encode(&want, out, 16), FULL);
	assert_int_equal(clock_decode(&got, out, 17), OK);
	assert_int_equal(got.before_us, want.before_us);
	assert_int_equal(got.after_us, want.after_us);
	assert_int_equal(got.state, want.state);
	for (size_t n = 0; n < 17; n++)
		assert_int_equal(clock_decode(&got, out, n), MALFORMED);
	assert_int_equal(clock_decode(&got, out, 18), MALFORMED);
	out[16] = CLOCK_STEPPED + 1;
	assert_int_equal(clock_decode(&got, out, 17), MALFORMED);
}

static struct gap_event good_gap(void)
{
	return (struct gap_event){
		.first_seq = 10,
		.last_seq = 12,
		.count = 3,
		.from_us = 1000,
		.to_us = 2000,
		.why = "đầy",
		.why_size = strlen("đầy"),
	};
}

static void a_gap_comes_back(void **state)
{
	const struct gap_event want = good_gap();
	uint8_t out[64];
	struct gap_event got;
	int n = gap_encode(&want, out, sizeof out);
	assert_int_equal(n, 40 + want.why_size);
	assert_int_equal(gap_encode(&want, out, (size_t)n - 1), FULL);
	assert_int_equal(gap_encode(&want, out, 39), FULL);
	assert_int_equal(gap_decode(&got, out, (size_t)n), OK);
	assert_int_equal(got.first_seq, 10);
	assert_int_equal(got.last_seq, 12);
	assert_int_equal(got.count, 3);
	assert_int_equal(got.from_us, 1000);
	assert_int_equal(got.to_us, 2000);
	assert_int_equal(got.why_size, want.why_size);
	assert_memory_equal(got.why, want.why, want.why_size);
	for (size_t cut = 0; cut < 40; cut++)
		assert_int_equal(gap_decode(&got, out, cut), MALFORMED);
	assert_int_equal(gap_decode(&got, out, 42),
	        OK); /* whole characters are a shorter text */
	assert_int_equal(
	        gap_decode(&got, out, 41), MALFORMED); /* half a character is none */
}

static void a_gap_before_any_seq_is_one_to_zero(void **state)
{
	struct gap_event event = good_gap(), got;
	uint8_t out[64];
	event.first_seq = 1;
	event.last_seq = 0;
	int n = gap_encode(&event, out, sizeof out);
	assert_true(n > 0);
	assert_int_equal(gap_decode(&got, out, (size_t)n), OK);
	assert_int_equal(got.last_seq, 0);
	out[0] = 2;
	assert_int_equal(gap_decode(&got, out, (size_t)n), MALFORMED);
	event.first_seq = 2;
	assert_int_equal(gap_encode(&event, out, sizeof out), REFUSED);
	event = good_gap();
	event.why = "\xff";
	event.why_size = 1;
	assert_int_equal(gap_encode(&event, out, sizeof out), REFUSED);
}

int main(void)
{
	const struct CMUnitTest event[] = {
		cmocka_unit_test(a_state_is_one_json_object),
		cmocka_unit_test(vietnamese_and_odd_characters_survive),
		cmocka_unit_test(another_form_of_a_state_is_refused),
		cmocka_unit_test(a_long_text_is_cut_between_two_characters),
		cmocka_unit_test(a_clock_correction_comes_back),
		cmocka_unit_test(a_gap_comes_back),
		cmocka_unit_test(a_gap_before_any_seq_is_one_to_zero),
	};
	return cmocka_run_group_tests_name("event", event, NULL, NULL);
}
