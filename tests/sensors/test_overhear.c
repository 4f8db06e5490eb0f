/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of Modbus RTU, recognised in a stream: the vectors of the field notes, every cut, every flipped bit,
 * noise around them, and that no byte is lost. */
#include "tests/kits/check.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "tests/kits/ear_kit.h"

/* M02a: Yimning/Daily-Code rtuacq_protocol_Pb_SZLangShi_PhotoTek6000.c */
static const uint8_t asks[] = { 0x01, 0x03, 0x10, 0x08, 0x00, 0x02, 0x41, 0x09 };
static const uint8_t answers[] = { 0x01, 0x03, 0x04, 0xEC, 0xAA, 0x41, 0x6F, 0x9E,
	0xFF };
/* M13a: the exception of the Modbus tutorials */
static const uint8_t refuses[] = { 0x0A, 0x81, 0x02, 0xB0, 0x53 };
/* M15a: rtuacq_protocol_cems_LaJi_pack_HeBeiGRST.c, a DCS that writes unasked */
static const uint8_t writes[] = { 0x01, 0x10, 0x00, 0x18, 0x00, 0x10, 0x20, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x42, 0xF0, 0x2B, 0x3C, 0x40, 0x7A, 0x00, 0x50, 0x3D,
	0xC3, 0xD8, 0xDD, 0x41, 0x00, 0x67, 0xB4, 0x44, 0xE1, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x76, 0xD6 };
/* M12a: two discrete inputs of slave 17 */
static const uint8_t asks_bits[] = { 0x11, 0x02, 0x00, 0x20, 0x00, 0x04, 0x7A, 0x93 };
static const uint8_t answers_bits[] = { 0x11, 0x02, 0x01, 0x02, 0x24, 0x89 };
/* M16a: a sound check sum over a byte count that is not there */
static const uint8_t miscounted[] = { 0x01, 0x03, 0x08, 0x16, 0x23, 0x16, 0x24, 0x16,
	0x25, 0x82, 0x7C };

static void a_request_and_its_answer_are_told_apart(void **state)
{
	ear_begin();
	ear_add(asks, sizeof asks);
	ear_says(HEARD_ASKS, "a master asks slave 1: function 3, 2 registers from 4104",
	        sizeof asks);
	assert_int_equal(heard.slave, 1);
	assert_string_equal(heard.tongue, "Modbus RTU");
	assert_int_equal(ear_next(), 0);
	ear_add(answers, sizeof answers);
	ear_says(HEARD_ANSWERS, "slave 1 answers function 3: 4104=ECAA 4105=416F",
	        sizeof answers);
	ear_add(asks_bits, sizeof asks_bits);
	ear_says(HEARD_ASKS, "a master asks slave 17: function 2, 4 bits from 32",
	        sizeof asks_bits);
	ear_add(answers_bits, sizeof answers_bits);
	ear_says(HEARD_ANSWERS, "slave 17 answers function 2: 02", sizeof answers_bits);
}

/* Without the request nobody knows which registers they are. */
static void an_answer_alone_names_no_registers(void **state)
{
	ear_begin();
	ear_add(answers, sizeof answers);
	ear_says(
	        HEARD_ANSWERS, "slave 1 answers function 3: ECAA 416F", sizeof answers);
}

static void refusals_and_writes_are_told_as_such(void **state)
{
	ear_begin();
	ear_add(refuses, sizeof refuses);
	ear_says(HEARD_ANSWERS,
	        "slave 10 refuses function 1: exception 2, illegal data address",
	        sizeof refuses);
	ear_add(writes, sizeof writes);
	ear_says(HEARD_ASKS,
	        "a master WRITES to slave 1: function 16, 16 registers from 24",
	        sizeof writes);
	overhear_init(&ear, true);
	ear_add(writes, sizeof writes);
	ear_says(HEARD_ASKS,
	        "máy chủ GHI vào thiết bị 1: hàm 16, 16 thanh ghi từ địa chỉ 24",
	        sizeof writes);
}

static void frames_without_a_gap_are_each_heard(void **state)
{
	uint8_t stream[sizeof asks + sizeof answers + sizeof refuses];
	memcpy(stream, asks, sizeof asks);
	memcpy(stream + sizeof asks, answers, sizeof answers);
	memcpy(stream + sizeof asks + sizeof answers, refuses, sizeof refuses);
	ear_begin();
	ear_add(stream, sizeof stream);
	assert_int_equal(ear_next(), 1);
	assert_int_equal(heard.kind, HEARD_ASKS);
	assert_int_equal(ear_next(), 1);
	assert_int_equal(heard.kind, HEARD_ANSWERS);
	assert_int_equal(ear_next(), 1);
	assert_int_equal(heard.slave, 10);
	assert_int_equal(ear_next(), 0);
}

/* Whatever the clumps of an adapter. */
static void every_cut_gives_the_same_frames(void **state)
{
	uint8_t stream[sizeof asks + sizeof answers];
	memcpy(stream, asks, sizeof asks);
	memcpy(stream + sizeof asks, answers, sizeof answers);
	for (size_t cut = 0; cut <= sizeof stream; cut++) {
		size_t n = 0;
		ear_begin();
		ear_add(stream, cut);
		n += ear_next() == 1;
		n += n == 1 && ear_next() == 1;
		ear_us += 20000; /* the latency of an adapter is no silence */
		ear_add(stream + cut, sizeof stream - cut);
		while (n < 2) {
			assert_int_equal(ear_next(), 1);
			assert_int_equal(
			        heard.kind, n == 0 ? HEARD_ASKS : HEARD_ANSWERS);
			n++;
		}
		assert_int_equal(ear_next(), 0);
	}
}

/* Registers written by a master that are, byte for byte, a sound request. */
static void what_lies_inside_a_frame_is_no_frame(void **state)
{
	uint8_t frame[7 + sizeof asks + 2] = { 0x02, 0x10, 0x00, 0x00, 0x00, 0x04,
		0x08 };
	memcpy(frame + 7, asks, sizeof asks);
	put_le16(frame + sizeof frame - 2, crc16_modbus(frame, sizeof frame - 2));
	ear_begin();
	ear_add(frame, sizeof frame - 1);
	assert_int_equal(ear_next(), 0);
	ear_add(frame + sizeof frame - 1, 1);
	ear_says(HEARD_ASKS,
	        "a master WRITES to slave 2: function 16, 4 registers from 0",
	        sizeof frame);
	assert_int_equal(ear_next(), 0);
}

static void only_noise(const uint8_t *in, size_t n)
{
	size_t seen = 0;
	ear_begin();
	ear_add(in, n);
	ear_silence();
	while (ear_next() == 1) {
		assert_int_equal(heard.kind, HEARD_NOISE);
		assert_null(heard.tongue);
		seen += heard.n;
	}
	assert_int_equal(seen, n);
}

static void every_flipped_bit_is_noise(void **state)
{
	uint8_t bytes[sizeof answers];
	ear_begin();
	ear_add(answers, sizeof answers);
	assert_int_equal(ear_next(), 1);
	assert_int_equal(heard.kind, HEARD_ANSWERS);
	for (size_t bit = 0; bit < 8 * sizeof answers; bit++) {
		memcpy(bytes, answers, sizeof bytes);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		only_noise(bytes, sizeof bytes);
	}
}

static void noise_around_a_frame_is_given_out_as_it_came(void **state)
{
	static const uint8_t noise[] = { 0xff, 0x00, 0xf0 };
	ear_begin();
	ear_add(noise, sizeof noise);
	assert_int_equal(ear_next(), 0);
	ear_add(asks, sizeof asks);
	assert_int_equal(ear_next(), 1);
	assert_int_equal(heard.kind, HEARD_NOISE);
	assert_int_equal(heard.n, sizeof noise);
	assert_memory_equal(heard.bytes, noise, sizeof noise);
	assert_int_equal(ear_next(), 1);
	assert_int_equal(heard.kind, HEARD_ASKS);
	ear_add(noise, sizeof noise);
	ear_silence();
	assert_int_equal(ear_next(), 1);
	assert_int_equal(heard.n, sizeof noise);
	assert_int_equal(ear_next(), 0);
}

/* A sound check sum, but no length of its function: it is shown, and not explained. */
static void a_miscounted_frame_is_no_answer(void **state)
{
	ear_begin();
	ear_add(miscounted, sizeof miscounted);
	assert_int_equal(ear_next(), 0);
	ear_silence();
	ear_says(HEARD_SAYS, "slave 1, function 3", sizeof miscounted);
}

static void lines_of_text_are_shown_as_text(void **state)
{
	static const char line[] = "$WIMWV,214.8,R,0.1,K,A*28\r\n";
	ear_begin();
	ear_add(line, 10);
	assert_int_equal(ear_next(), 0);
	ear_us += 20000;
	ear_add(line + 10, sizeof line - 1 - 10);
	ear_add(asks, sizeof asks);
	ear_says(HEARD_SAYS, "$WIMWV,214.8,R,0.1,K,A*28", sizeof line - 1);
	assert_string_equal(heard.tongue, "text");
	ear_says(HEARD_ASKS, "a master asks slave 1: function 3, 2 registers from 4104",
	        sizeof asks);
	ear_add("\x02"
	        "DA097\x03"
	        "3A",
	        9);
	ear_silence();
	ear_says(HEARD_ASKS, "a master asks address 097", 9);
	ear_add("abc", 3);
	ear_silence();
	assert_int_equal(ear_next(), 1);
	assert_int_equal(heard.kind, HEARD_NOISE);
	ear_add("abcd", 4);
	ear_silence();
	ear_says(HEARD_SAYS, "abcd", 4);
}

static void times_are_of_the_first_byte(void **state)
{
	ear_begin();
	ear_add(asks, 3);
	ear_us += 30000;
	ear_add(asks + 3, sizeof asks - 3);
	assert_int_equal(ear_next(), 1);
	assert_int_equal(heard.mono_us, SECOND);
}

/* Whatever comes, every byte is given out once, or counted as lost. */
static void no_byte_is_given_out_twice_or_forgotten(void **state)
{
	uint64_t seed = 20261101, sent = 0, seen = 0;
	ear_begin();
	for (int i = 0; i < 20000; i++) {
		uint8_t bytes[64];
		size_t n = chance(&seed) % sizeof bytes;
		for (size_t k = 0; k < n; k++)
			bytes[k] = (uint8_t)(chance(&seed) % (i % 2 ? 256 : 8));
		ear_add(bytes, n);
		sent += n;
		ear_us += (int64_t)(chance(&seed) % 60000);
		while (ear_next() == 1)
			seen += heard.n;
	}
	ear_silence();
	while (ear_next() == 1)
		seen += heard.n;
	assert_int_equal(seen + ear.lost, sent);
	assert_int_equal(ear.lost, 0);
}

/* Of a text that never ends a line, too. */
static void no_byte_is_lost_while_a_frame_is_waited_for(void **state)
{
	static const char text[64] =
	        "a text without any end of a line, which might be a long frame, ";
	size_t given = 0;
	ear_begin();
	for (size_t i = 0; i < 1000; i++) {
		overhear_add(&ear, (const uint8_t *)text, sizeof text, (int64_t)i);
		while (overhear_next(&ear, (int64_t)i, &heard) == 1)
			given += heard.n;
	}
	while (overhear_next(&ear, 1000 + OVERHEAR_QUIET, &heard) == 1)
		given += heard.n;
	assert_int_equal(given, 1000 * sizeof text);
	assert_int_equal(ear.lost, 0);
}

static void what_nobody_fetches_makes_room(void **state)
{
	uint8_t bytes[OVERHEAR_ROOM + 1];
	memset(bytes, 0x55, sizeof bytes);
	ear_begin();
	ear_add(bytes, sizeof bytes);
	assert_int_equal(ear.lost, OVERHEAR_ROOM / 2);
	assert_int_equal(ear.n, OVERHEAR_ROOM / 2 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_and_its_answer_are_told_apart),
		cmocka_unit_test(an_answer_alone_names_no_registers),
		cmocka_unit_test(refusals_and_writes_are_told_as_such),
		cmocka_unit_test(frames_without_a_gap_are_each_heard),
		cmocka_unit_test(every_cut_gives_the_same_frames),
		cmocka_unit_test(what_lies_inside_a_frame_is_no_frame),
		cmocka_unit_test(every_flipped_bit_is_noise),
		cmocka_unit_test(noise_around_a_frame_is_given_out_as_it_came),
		cmocka_unit_test(a_miscounted_frame_is_no_answer),
		cmocka_unit_test(lines_of_text_are_shown_as_text),
		cmocka_unit_test(times_are_of_the_first_byte),
		cmocka_unit_test(no_byte_is_given_out_twice_or_forgotten),
		cmocka_unit_test(no_byte_is_lost_while_a_frame_is_waited_for),
		cmocka_unit_test(what_nobody_fetches_makes_room),
	};
	return cmocka_run_group_tests_name("overhear", tests, NULL, NULL);
}
