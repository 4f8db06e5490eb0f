/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of Modbus. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "sensors/drivers/modbus.h"
#include "tests/kits/capture.h"
#include "tests/kits/modbus_vectors.h"

struct bytes {
	uint8_t in[FRAME_MOST];
	size_t n;
};

static struct bytes bytes_of(const char *text)
{
	struct bytes b;
	b.n = hex_bytes(text, b.in, sizeof b.in);
	return b;
}

/* ---- frames ---- */

static void requests_are_those_of_the_vectors(void **state)
{
	for (size_t i = 0; i < n_vectors; i++) {
		struct bytes want = bytes_of(vectors[i].request);
		struct modbus_request back;
		uint8_t out[FRAME_MOST];
		int n = modbus_request_put(
		        FRAMING_RTU, &vectors[i].means, out, sizeof out);
		assert_int_equal(n, want.n);
		assert_memory_equal(out, want.in, want.n);
		assert_int_equal(
		        modbus_request_get(FRAMING_RTU, want.in, want.n, &back),
		        want.n);
		assert_memory_equal(&back, &vectors[i].means, sizeof back);
	}
}

static void answers_of_the_vectors_are_taken(void **state)
{
	for (size_t i = 0; i < n_vectors; i++) {
		struct bytes b = bytes_of(vectors[i].answer);
		struct modbus_answer answer;
		const struct modbus_request *request = &vectors[i].means;
		assert_int_equal(
		        modbus_answer_frame(FRAMING_RTU, request, b.in, b.n), b.n);
		int status = modbus_answer_get(
		        FRAMING_RTU, request, b.in, b.n, true, &answer);
		if (strcmp(vectors[i].id, "M13a") == 0) {
			assert_int_equal(status, REFUSED);
			assert_int_equal(answer.exception, 2);
			continue;
		}
		assert_int_equal(status, OK);
		assert_int_equal(answer.size, modbus_answer_size(request));
	}
}

static void every_cut_is_short(void **state)
{
	for (size_t i = 0; i < n_vectors; i++) {
		struct bytes b = bytes_of(vectors[i].answer);
		for (size_t n = 0; n < b.n; n++)
			assert_int_equal(modbus_answer_frame(FRAMING_RTU,
			                         &vectors[i].means, b.in, n),
			        FRAME_SHORT);
	}
}

static void every_flipped_bit_is_refused(void **state)
{
	for (size_t i = 0; i < n_vectors; i++) {
		struct bytes b = bytes_of(vectors[i].answer);
		const struct modbus_request *request = &vectors[i].means;
		assert_int_equal(
		        modbus_answer_frame(FRAMING_RTU, request, b.in, b.n), b.n);
		for (size_t bit = 0; bit < 8 * b.n; bit++) {
			b.in[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_true(modbus_answer_frame(
			                    FRAMING_RTU, request, b.in, b.n) <= 0);
			b.in[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* M16a: the check sum is right, the byte count promises two bytes more than came. */
static void a_sound_check_sum_is_not_enough(void **state)
{
	const struct modbus_request request = {
		.slave = 1, .function = 3, .start = 0x96, .count = 4
	};
	struct bytes b = bytes_of("01 03 08 16 23 16 24 16 25 82 7C");
	struct modbus_answer answer;
	assert_int_equal(crc16_modbus(b.in, b.n - 2), get_le16(b.in + b.n - 2));
	assert_int_equal(
	        modbus_answer_frame(FRAMING_RTU, &request, b.in, b.n), FRAME_SHORT);
	assert_int_equal(
	        modbus_answer_get(FRAMING_RTU, &request, b.in, b.n, true, &answer),
	        MALFORMED);
	struct modbus_request three = request;
	three.count = 3;
	assert_int_equal(
	        modbus_answer_frame(FRAMING_RTU, &three, b.in, b.n), FRAME_NONE);
}

/* M15a: what a plant's own master writes in between is passed over, and the answer behind it found. */
static void an_unsolicited_write_hides_no_answer(void **state)
{
	struct bytes push = bytes_of(vector_push);
	for (size_t i = 0; i < n_vectors; i++) {
		struct bytes answer = bytes_of(vectors[i].answer), b = push;
		memcpy(b.in + b.n, answer.in, answer.n);
		b.n += answer.n;
		size_t at = 0;
		int n = FRAME_NONE;
		for (; at < b.n && n <= 0; at += n <= 0)
			n = modbus_answer_frame(
			        FRAMING_RTU, &vectors[i].means, b.in + at, b.n - at);
		assert_int_equal(n, answer.n);
		assert_int_equal(at, push.n);
	}
}

/* M17a: a two-wire adapter gives the request back before the answer; the driver listens on.
 * The same in ASCII. */
static void the_echo_of_a_request_is_no_answer(void **state)
{
	static const int framings[] = { FRAMING_RTU, FRAMING_ASCII };
	struct capture capture;
	capture_read(&capture, "szlangshi-phototek-6000-pb");
	for (size_t k = 0; k < 2; k++) {
		struct bytes b =
		        bytes_of("01 03 10 08 00 02 41 09 01 03 04 EC AA 41 6F 9E FF");
		uint8_t sent[FRAME_MOST], in[FRAME_MOST];
		void *walk = calloc(1, driver_state_size(&capture.instrument));
		capture.instrument.framing = framings[k];
		modbus_driver.begin(walk, &capture.instrument);
		size_t n = modbus_driver.ask(walk, sent, sizeof sent);
		int size = (int)b.n - 8;
		memcpy(in, sent, n);
		memcpy(in + n, b.in + 8, b.n - 8);
		if (framings[k] == FRAMING_ASCII)
			size = modbus_ascii_put(
			        b.in + 8, b.n - 10, in + n, sizeof in - n);
		else
			assert_memory_equal(in, b.in, b.n);
		for (size_t cut = 1; cut < n; cut++)
			assert_int_equal(
			        modbus_driver.frame(walk, in, cut), FRAME_SHORT);
		assert_int_equal(
		        modbus_driver.frame(walk, in, n + (size_t)size), (int)n);
		assert_int_equal(modbus_driver.decode(walk, in, n), NOT_USABLE);
		assert_int_equal(modbus_driver.frame(walk, in + n, (size_t)size), size);
		assert_int_equal(
		        modbus_driver.decode(walk, in + n, (size_t)size), ASK_AGAIN);
		free(walk);
	}
	capture_free(&capture);
}

/* Functions 1 and 2: 17 to 24 bits from 0x0300 to 0x03FF on have requests with the form of their own
 * answer.  The first such frame is the echo; an answer that happens to say the same comes second. */
static void an_echo_that_could_be_the_answer_is_none(void **state)
{
	static const int framings[] = { FRAMING_RTU, FRAMING_ASCII,
		FRAMING_RTU_OVER_TCP, FRAMING_TCP };
	struct profile_block block = { .name = "inputs" };
	struct profile profile = {
		.driver = &modbus_driver, .block = &block, .n_blocks = 1
	};
	for (size_t i = 0; i < 4 * 2 * 8 * 256; i++) {
		struct instrument instrument = {
			.profile = &profile, .slave = 1, .framing = framings[i % 4]
		};
		uint8_t sent[MODBUS_FRAME];
		void *walk = calloc(1, driver_state_size(&instrument));
		block.modbus.function = 1 + (int)(i / 4 % 2);
		block.modbus.count = 17 + (int)(i / 8 % 8);
		block.modbus.start = 0x300 + (int)(i / 64);
		modbus_driver.begin(walk, &instrument);
		size_t n = modbus_driver.ask(walk, sent, sizeof sent);
		assert_int_equal(modbus_driver.frame(walk, sent, n), (int)n);
		assert_int_equal(modbus_driver.decode(walk, sent, n), NOT_USABLE);
		assert_int_equal(modbus_driver.frame(walk, sent, n), (int)n);
		assert_int_equal(modbus_driver.decode(walk, sent, n), READING_DONE);
		free(walk);
	}
}

/* MT1a */
static void tcp_frames_carry_number_and_length(void **state)
{
	struct modbus_request request = {
		.slave = 17, .function = 3, .start = 107, .count = 3, .number = 1
	};
	struct bytes want = bytes_of("00 01 00 00 00 06 11 03 00 6B 00 03");
	struct bytes b = bytes_of("00 01 00 00 00 09 11 03 06 AE 41 56 52 43 40");
	struct modbus_answer answer;
	uint8_t out[FRAME_MOST];
	assert_int_equal(
	        modbus_request_put(FRAMING_TCP, &request, out, sizeof out), want.n);
	assert_memory_equal(out, want.in, want.n);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(modbus_answer_frame(FRAMING_TCP, &request, b.in, n),
		        FRAME_SHORT);
	assert_int_equal(
	        modbus_answer_get(FRAMING_TCP, &request, b.in, b.n, true, &answer), OK);
	assert_int_equal(answer.size, 6);
	assert_int_equal(get_be16(answer.data), 44609);
	assert_int_equal(get_be16(answer.data + 2), 22098);
	assert_int_equal(get_be16(answer.data + 4), 17216);
	request.number = 2;
	assert_int_equal(
	        modbus_answer_get(FRAMING_TCP, &request, b.in, b.n, true, &answer),
	        MALFORMED);
	assert_int_equal(
	        modbus_answer_get(FRAMING_TCP, &request, b.in, b.n, false, &answer),
	        OK);
}

/* TCP has no check sum of its own: what can be told is told by header, slave, function
 * and count. */
static void every_flipped_bit_of_a_tcp_header_is_refused(void **state)
{
	const struct modbus_request request = {
		.slave = 17, .function = 3, .start = 107, .count = 3, .number = 1
	};
	struct bytes b = bytes_of("00 01 00 00 00 09 11 03 06 AE 41 56 52 43 40");
	struct modbus_answer answer;
	assert_int_equal(
	        modbus_answer_get(FRAMING_TCP, &request, b.in, b.n, true, &answer), OK);
	for (size_t bit = 0; bit < 8 * 9; bit++) {
		b.in[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(modbus_answer_get(FRAMING_TCP, &request, b.in, b.n,
		                             true, &answer),
		        OK);
		b.in[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* Half a message stays, as of a gateway that was started again, and the zeros among its numbers look like
 * the begin of a frame of 72 bytes: "14 00 | 00 00 | 00 42 | DB ...". */
static void half_a_tcp_message_hides_no_answer(void **state)
{
	const struct modbus_request request = {
		.slave = 3, .function = 3, .start = 0, .count = 2, .number = 4
	};
	static const uint8_t both[] = { 0x14, 0, 0, 0, 0, 0x42, 0xDB, 0x62, 0xFE, /**/
		0, 4, 0, 0, 0, 7, 3, 3, 4, 1, 2, 3, 4 };
	const uint8_t *in = both;
	size_t n = sizeof both;
	int whole;
	/* while it is not there, it may be such a frame */
	assert_int_equal(
	        modbus_answer_frame(FRAMING_TCP, &request, in, n - 1), FRAME_SHORT);
	for (; (whole = modbus_answer_frame(FRAMING_TCP, &request, in, n)) < 0; n--)
		in++;
	assert_int_equal(whole, 13);
	assert_int_equal(in - both, 9);
	/* that of another number is no answer, and waited for */
	const struct modbus_request other = {
		.slave = 3, .function = 3, .start = 0, .count = 2, .number = 5
	};
	assert_int_equal(modbus_answer_frame(FRAMING_TCP, &other, both, sizeof both),
	        FRAME_SHORT);
}

static void counts_stop_at_the_limits(void **state)
{
	uint8_t out[FRAME_MOST];
	struct modbus_request r = {
		.slave = 1, .function = 3, .start = 0, .count = 125
	};
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), 8);
	r.count = 126;
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), REFUSED);
	r.count = 0;
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), REFUSED);
	r = (struct modbus_request){
		.slave = 1, .function = 2, .start = 0, .count = 2000
	};
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), 8);
	r.count = 2001;
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), REFUSED);
	r = (struct modbus_request){
		.slave = 1, .function = 3, .start = 65535, .count = 1
	};
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), 8);
	r.count = 2;
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), REFUSED);
	r = (struct modbus_request){
		.slave = 1, .function = 5, .start = 0, .count = 1
	};
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), REFUSED);
	r.function = 1;
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, 7), FULL);
}

static void answers_and_exceptions_come_back(void **state)
{
	static const int framings[] = { FRAMING_RTU, FRAMING_TCP,
		FRAMING_RTU_OVER_TCP };
	uint8_t data[250], out[FRAME_MOST];
	uint64_t seed = 7;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)chance(&seed);
	for (size_t k = 0; k < 3; k++)
		for (uint16_t count = 1; count <= 125; count++) {
			struct modbus_request r = { .slave = 9,
				.function = 4,
				.count = count,
				.number = count };
			struct modbus_answer answer;
			int n = modbus_answer_put(
			        framings[k], &r, data, out, sizeof out);
			assert_int_equal(
			        modbus_answer_frame(framings[k], &r, out, (size_t)n),
			        n);
			assert_int_equal(modbus_answer_get(framings[k], &r, out,
			                         (size_t)n, true, &answer),
			        OK);
			assert_memory_equal(answer.data, data, 2 * (size_t)count);
			n = modbus_exception_put(framings[k], &r, 6, out, sizeof out);
			assert_int_equal(modbus_answer_get(framings[k], &r, out,
			                         (size_t)n, true, &answer),
			        REFUSED);
			assert_int_equal(answer.exception, 6);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_those_of_the_vectors),
		cmocka_unit_test(answers_of_the_vectors_are_taken),
		cmocka_unit_test(every_cut_is_short),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(a_sound_check_sum_is_not_enough),
		cmocka_unit_test(an_unsolicited_write_hides_no_answer),
		cmocka_unit_test(the_echo_of_a_request_is_no_answer),
		cmocka_unit_test(an_echo_that_could_be_the_answer_is_none),
		cmocka_unit_test(tcp_frames_carry_number_and_length),
		cmocka_unit_test(every_flipped_bit_of_a_tcp_header_is_refused),
		cmocka_unit_test(half_a_tcp_message_hides_no_answer),
		cmocka_unit_test(counts_stop_at_the_limits),
		cmocka_unit_test(answers_and_exceptions_come_back),
	};
	return cmocka_run_group_tests_name("modbus", tests, NULL, NULL);
}
