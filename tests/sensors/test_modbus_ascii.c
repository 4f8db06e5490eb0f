/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modbus written as text. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "sensors/drivers/modbus.h"
#include "tests/kits/capture.h"
#include "tests/kits/modbus_vectors.h"

static const char request_ma1a[] = ":010300000002FA\r\n";
static const char answer_ma1a[] = ":010304424800006E\r\n";
static const struct modbus_request asked = { .slave = 1, .function = 3, .count = 2 };

static int frame_of(const char *text, size_t n)
{
	return modbus_ascii_frame((const uint8_t *)text, n);
}

static int answer_of(const char *text, size_t n)
{
	return modbus_answer_frame(FRAMING_ASCII, &asked, (const uint8_t *)text, n);
}

static void the_vector_is_written_and_read(void **state)
{
	uint8_t out[MODBUS_ASCII];
	struct modbus_request back;
	struct modbus_answer answer;
	int n = modbus_request_put(FRAMING_ASCII, &asked, out, sizeof out);
	assert_int_equal(n, strlen(request_ma1a));
	assert_memory_equal(out, request_ma1a, (size_t)n);
	assert_int_equal(modbus_request_get(FRAMING_ASCII, out, (size_t)n, &back), n);
	assert_memory_equal(&back, &asked, sizeof back);
	size_t size = strlen(answer_ma1a);
	assert_int_equal(answer_of(answer_ma1a, size), size);
	assert_int_equal(modbus_answer_get(FRAMING_ASCII, &asked,
	                         (const uint8_t *)answer_ma1a, size, true, &answer),
	        OK);
	assert_int_equal(answer.size, 4);
	assert_true(float_of_bits(get_be32(answer.data)) == 50.0f);
}

static void every_cut_of_a_text_is_short(void **state)
{
	for (size_t n = 0; n < strlen(answer_ma1a); n++)
		assert_int_equal(answer_of(answer_ma1a, n), FRAME_SHORT);
	for (size_t n = 0; n < strlen(request_ma1a); n++)
		assert_int_equal(frame_of(request_ma1a, n), FRAME_SHORT);
}

static void every_flipped_bit_of_a_text_is_refused(void **state)
{
	char text[sizeof answer_ma1a];
	size_t n = strlen(answer_ma1a);
	memcpy(text, answer_ma1a, sizeof text);
	assert_int_equal(answer_of(text, n), n);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
		assert_true(answer_of(text, n) <= 0);
		text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
	}
}

static void what_is_no_text_is_told_at_once(void **state)
{
	assert_int_equal(frame_of("x", 1), FRAME_NONE);
	assert_int_equal(frame_of(":01:", 4), FRAME_NONE);
	assert_int_equal(frame_of(":01a", 4), FRAME_NONE);
	assert_int_equal(frame_of(":010\r", 5), FRAME_NONE);
	assert_int_equal(frame_of(":0102FD\rX", 9), FRAME_NONE);
	assert_int_equal(frame_of(":0102FD\r\n", 9), 9);
	assert_int_equal(frame_of(":0102FE\r\n", 9), FRAME_NONE);
	/* a check sum of one byte is no frame: slave and function must be there */
	assert_int_equal(frame_of(":01FF\r\n", 7), FRAME_NONE);
	assert_int_equal(frame_of(":\r\n", 3), FRAME_NONE);
}

static void a_text_longer_than_a_frame_is_given_up(void **state)
{
	uint8_t plain[MODBUS_PLAIN + 1] = { 1, 3 }, out[MODBUS_ASCII + 4];
	uint8_t back[MODBUS_PLAIN];
	int n = modbus_ascii_put(plain, MODBUS_PLAIN, out, sizeof out);
	assert_int_equal(n, MODBUS_ASCII);
	assert_int_equal(modbus_ascii_frame(out, (size_t)n), n);
	assert_int_equal(
	        modbus_ascii_get(out, (size_t)n, back, sizeof back), MODBUS_PLAIN);
	assert_int_equal(
	        modbus_ascii_get(out, (size_t)n, back, sizeof back - 1), MALFORMED);
	assert_int_equal(
	        modbus_ascii_put(plain, MODBUS_PLAIN + 1, out, sizeof out), FULL);
	assert_int_equal(
	        modbus_ascii_put(plain, MODBUS_PLAIN, out, MODBUS_ASCII - 1), FULL);
	memset(out, '0', sizeof out);
	out[0] = ':';
	assert_int_equal(modbus_ascii_frame(out, 511), FRAME_SHORT);
	assert_int_equal(modbus_ascii_frame(out, 512), FRAME_NONE);
}

/* The answers of the other vectors, written as text: the same data, and no other request
 * takes them. */
static void the_vectors_read_the_same_as_text(void **state)
{
	for (size_t i = 0; i < n_vectors; i++) {
		uint8_t rtu[MODBUS_FRAME], out[MODBUS_ASCII];
		struct modbus_answer one, other;
		const struct modbus_request *request = &vectors[i].means;
		size_t n = hex_bytes(vectors[i].answer, rtu, sizeof rtu);
		int size = modbus_ascii_put(rtu, n - 2, out, sizeof out);
		int want = modbus_answer_get(FRAMING_RTU, request, rtu, n, true, &one);
		assert_int_equal(modbus_answer_get(FRAMING_ASCII, request, out,
		                         (size_t)size, true, &other),
		        want);
		assert_int_equal(one.exception, other.exception);
		assert_int_equal(one.size, other.size);
		if (one.size > 0)
			assert_memory_equal(one.data, other.data, one.size);
		struct modbus_request stranger = *request;
		stranger.slave++;
		assert_int_equal(modbus_answer_frame(
		                         FRAMING_ASCII, &stranger, out, (size_t)size),
		        FRAME_NONE);
	}
}

/* A text that is sound, and answers a longer request than the one that was asked. */
static void a_sound_text_of_the_wrong_length_is_refused(void **state)
{
	uint8_t plain[11] = { 1, 3, 8 }, out[MODBUS_ASCII];
	int n = modbus_ascii_put(plain, sizeof plain, out, sizeof out);
	assert_int_equal(modbus_ascii_frame(out, (size_t)n), n);
	assert_int_equal(
	        modbus_answer_frame(FRAMING_ASCII, &asked, out, (size_t)n), FRAME_NONE);
	plain[2] = 4; /* M16a as text: the byte count is not that of the bytes */
	n = modbus_ascii_put(plain, sizeof plain, out, sizeof out);
	assert_int_equal(
	        modbus_answer_frame(FRAMING_ASCII, &asked, out, (size_t)n), FRAME_NONE);
	n = modbus_ascii_put(plain, 7, out, sizeof out);
	assert_int_equal(modbus_answer_frame(FRAMING_ASCII, &asked, out, (size_t)n), n);
}

static void exceptions_come_back_as_text(void **state)
{
	uint8_t out[MODBUS_ASCII];
	struct modbus_answer answer;
	int n = modbus_exception_put(FRAMING_ASCII, &asked, 2, out, sizeof out);
	assert_int_equal(n, 11);
	assert_memory_equal(out, ":0183027A\r\n", 11);
	assert_int_equal(
	        modbus_answer_get(FRAMING_ASCII, &asked, out, (size_t)n, true, &answer),
	        REFUSED);
	assert_int_equal(answer.exception, 2);
}

/* What the simulator says on such a line, every block of a profile. */
static void the_simulator_speaks_it(void **state)
{
	struct capture capture;
	capture_read(&capture, "ascii-liquiline-cm44x");
	double value[READING_CHANNELS] = { 7.25, 28.5 }, back;
	uint8_t states[READING_CHANNELS] = { 0 }, in[MODBUS_ASCII], out[MODBUS_ASCII];
	const struct instrument *instrument = &capture.instrument;
	const struct speech speech = {
		.instrument = instrument, .value = value, .state = states
	};
	struct modbus_request request = modbus_block_request(instrument, 0);
	struct modbus_answer answer;
	int n = modbus_request_put(FRAMING_ASCII, &request, in, sizeof in);
	assert_int_equal(modbus_asked_of(instrument, in, (size_t)n), n);
	assert_int_equal(modbus_asked_of(instrument, in, (size_t)n - 1), FRAME_SHORT);
	size_t size = modbus_say(&speech, in, (size_t)n, out, sizeof out);
	assert_int_equal(
	        modbus_answer_get(FRAMING_ASCII, &request, out, size, true, &answer),
	        OK);
	for (size_t i = 0; i < 2; i++) {
		const struct profile_tag *tag = &capture.profile->channel[i].tag;
		assert_true(modbus_tag_get(tag, false, answer.data, &back));
		assert_close(back, value[i], 0);
	}
	in[1] = '2'; /* another slave: the check sum is wrong */
	assert_int_equal(modbus_asked_of(instrument, in, (size_t)n), FRAME_NONE);
	capture_free(&capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vector_is_written_and_read),
		cmocka_unit_test(every_cut_of_a_text_is_short),
		cmocka_unit_test(every_flipped_bit_of_a_text_is_refused),
		cmocka_unit_test(what_is_no_text_is_told_at_once),
		cmocka_unit_test(a_text_longer_than_a_frame_is_given_up),
		cmocka_unit_test(the_vectors_read_the_same_as_text),
		cmocka_unit_test(a_sound_text_of_the_wrong_length_is_refused),
		cmocka_unit_test(exceptions_come_back_as_text),
		cmocka_unit_test(the_simulator_speaks_it),
	};
	return cmocka_run_group_tests_name("modbus_ascii", tests, NULL, NULL);
}
