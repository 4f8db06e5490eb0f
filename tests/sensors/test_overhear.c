/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of others, recognised in a stream: the vectors of the field notes, every cut,
 * every flipped bit, noise around them. */
#include "tests/kits/check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "sensors/tools/overhear.h"

#define SECOND INT64_C(1000000)

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

static struct overhear ear;
static struct overheard heard;
static int64_t now_us;

static void begin(void)
{
	overhear_init(&ear, false);
	now_us = SECOND;
}

static void add(const void *in, size_t n)
{
	overhear_add(&ear, in, n, now_us);
}

static int next(void)
{
	return overhear_next(&ear, now_us, &heard);
}

static void after_silence(void)
{
	now_us += OVERHEAR_QUIET;
}

static void says(enum overheard_kind kind, const char *text, size_t n)
{
	assert_int_equal(next(), 1);
	assert_string_equal(heard.text, text);
	assert_int_equal(heard.kind, kind);
	assert_int_equal(heard.n, n);
}

static void a_request_and_its_answer_are_told_apart(void **state)
{
	begin();
	add(asks, sizeof asks);
	says(HEARD_ASKS, "a master asks slave 1: function 3, 2 registers from 4104",
	        sizeof asks);
	assert_int_equal(heard.slave, 1);
	assert_string_equal(heard.tongue, "Modbus RTU");
	assert_int_equal(next(), 0);
	add(answers, sizeof answers);
	says(HEARD_ANSWERS, "slave 1 answers function 3: 4104=ECAA 4105=416F",
	        sizeof answers);
	add(asks_bits, sizeof asks_bits);
	says(HEARD_ASKS, "a master asks slave 17: function 2, 4 bits from 32",
	        sizeof asks_bits);
	add(answers_bits, sizeof answers_bits);
	says(HEARD_ANSWERS, "slave 17 answers function 2: 02", sizeof answers_bits);
}

/* Without the request nobody knows which registers they are. */
static void an_answer_alone_names_no_registers(void **state)
{
	begin();
	add(answers, sizeof answers);
	says(HEARD_ANSWERS, "slave 1 answers function 3: ECAA 416F", sizeof answers);
}

static void refusals_and_writes_are_told_as_such(void **state)
{
	begin();
	add(refuses, sizeof refuses);
	says(HEARD_ANSWERS,
	        "slave 10 refuses function 1: exception 2, illegal data address",
	        sizeof refuses);
	add(writes, sizeof writes);
	says(HEARD_ASKS,
	        "a master WRITES to slave 1: function 16, 16 registers from 24",
	        sizeof writes);
	overhear_init(&ear, true);
	add(writes, sizeof writes);
	says(HEARD_ASKS,
	        "máy chủ GHI vào thiết bị 1: hàm 16, 16 thanh ghi từ địa chỉ 24",
	        sizeof writes);
}

static void frames_without_a_gap_are_each_heard(void **state)
{
	uint8_t stream[sizeof asks + sizeof answers + sizeof refuses];
	memcpy(stream, asks, sizeof asks);
	memcpy(stream + sizeof asks, answers, sizeof answers);
	memcpy(stream + sizeof asks + sizeof answers, refuses, sizeof refuses);
	begin();
	add(stream, sizeof stream);
	assert_int_equal(next(), 1);
	assert_int_equal(heard.kind, HEARD_ASKS);
	assert_int_equal(next(), 1);
	assert_int_equal(heard.kind, HEARD_ANSWERS);
	assert_int_equal(next(), 1);
	assert_int_equal(heard.slave, 10);
	assert_int_equal(next(), 0);
}

/* Whatever the clumps of an adapter. */
static void every_cut_gives_the_same_frames(void **state)
{
	uint8_t stream[sizeof asks + sizeof answers];
	memcpy(stream, asks, sizeof asks);
	memcpy(stream + sizeof asks, answers, sizeof answers);
	for (size_t cut = 0; cut <= sizeof stream; cut++) {
		size_t n = 0;
		begin();
		add(stream, cut);
		n += next() == 1;
		n += n == 1 && next() == 1;
		now_us += 20000; /* the latency of an adapter is no silence */
		add(stream + cut, sizeof stream - cut);
		while (n < 2) {
			assert_int_equal(next(), 1);
			assert_int_equal(
			        heard.kind, n == 0 ? HEARD_ASKS : HEARD_ANSWERS);
			n++;
		}
		assert_int_equal(next(), 0);
	}
}

/* Registers written by a master that are, byte for byte, a sound request. */
static void what_lies_inside_a_frame_is_no_frame(void **state)
{
	uint8_t frame[7 + sizeof asks + 2] = { 0x02, 0x10, 0x00, 0x00, 0x00, 0x04,
		0x08 };
	memcpy(frame + 7, asks, sizeof asks);
	put_le16(frame + sizeof frame - 2, crc16_modbus(frame, sizeof frame - 2));
	begin();
	add(frame, sizeof frame - 1);
	assert_int_equal(next(), 0);
	add(frame + sizeof frame - 1, 1);
	says(HEARD_ASKS, "a master WRITES to slave 2: function 16, 4 registers from 0",
	        sizeof frame);
	assert_int_equal(next(), 0);
}

static void only_noise(const uint8_t *in, size_t n)
{
	size_t seen = 0;
	begin();
	add(in, n);
	after_silence();
	while (next() == 1) {
		assert_int_equal(heard.kind, HEARD_NOISE);
		assert_null(heard.tongue);
		seen += heard.n;
	}
	assert_int_equal(seen, n);
}

static void every_flipped_bit_is_noise(void **state)
{
	uint8_t bytes[sizeof answers];
	begin();
	add(answers, sizeof answers);
	assert_int_equal(next(), 1);
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
	begin();
	add(noise, sizeof noise);
	assert_int_equal(next(), 0);
	add(asks, sizeof asks);
	assert_int_equal(next(), 1);
	assert_int_equal(heard.kind, HEARD_NOISE);
	assert_int_equal(heard.n, sizeof noise);
	assert_memory_equal(heard.bytes, noise, sizeof noise);
	assert_int_equal(next(), 1);
	assert_int_equal(heard.kind, HEARD_ASKS);
	add(noise, sizeof noise);
	after_silence();
	assert_int_equal(next(), 1);
	assert_int_equal(heard.n, sizeof noise);
	assert_int_equal(next(), 0);
}

/* A sound check sum, but no length of its function: it is shown, and not explained. */
static void a_miscounted_frame_is_no_answer(void **state)
{
	begin();
	add(miscounted, sizeof miscounted);
	assert_int_equal(next(), 0);
	after_silence();
	says(HEARD_SAYS, "slave 1, function 3", sizeof miscounted);
}

static void lines_of_text_are_shown_as_text(void **state)
{
	static const char line[] = "$WIMWV,214.8,R,0.1,K,A*28\r\n";
	begin();
	add(line, 10);
	assert_int_equal(next(), 0);
	now_us += 20000;
	add(line + 10, sizeof line - 1 - 10);
	add(asks, sizeof asks);
	says(HEARD_SAYS, "$WIMWV,214.8,R,0.1,K,A*28", sizeof line - 1);
	assert_string_equal(heard.tongue, "text");
	says(HEARD_ASKS, "a master asks slave 1: function 3, 2 registers from 4104",
	        sizeof asks);
	add("\x02"
	    "DA097\x03"
	    "3A",
	        9);
	after_silence();
	says(HEARD_ASKS, "a master asks address 097", 9);
	add("abc", 3);
	after_silence();
	assert_int_equal(next(), 1);
	assert_int_equal(heard.kind, HEARD_NOISE);
	add("abcd", 4);
	after_silence();
	says(HEARD_SAYS, "abcd", 4);
}

/* ---- other protocols, and the instruments that are known ---- */

static struct overhear_models models;

static void hears(
        const char *bytes, size_t n, enum overheard_kind kind, const char *text)
{
	add(bytes, n);
	after_silence();
	assert_int_equal(next(), 1);
	if (heard.kind != kind || strstr(heard.text, text) == NULL)
		fail_msg("kind %d, not %d: %s", heard.kind, kind, heard.text);
	assert_int_equal(heard.n, n);
	assert_int_equal(next(), 0);
}
#define HEARS(bytes, kind, text) hears((bytes), sizeof(bytes) - 1, (kind), (text))

/* Vectors H06a, H01a, H08a: a request, the example of HJ 212-2017, and its like with
 * the check of Modbus. */
static void messages_of_hj_212_are_heard_and_their_dialect_is_named(void **state)
{
	begin();
	HEARS("##0081QN=20181111151745000;ST=21;CN=2011;PW=123456;MN="
	      "YSRDWQGQ1000001001;"
	      "Flag=5;CP=&&&&7580\r\n",
	        HEARD_ASKS, "CN=2011");
	assert_string_equal(heard.tongue, "HJ 212");
	HEARS("##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN="
	      "010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n",
	        HEARD_SAYS, "RtdInterval=30");
	HEARS("##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN="
	      "010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&0759\r\n",
	        HEARD_SAYS, "Modbus");
	HEARS("##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN="
	      "010000A8900016F000169DC0;Flag=4;CP=&&&&3240\r\n",
	        HEARD_ANSWERS, "CN=9014");
}

/* Vectors B01a and B02a. */
static void bayern_hessen_is_heard_with_its_values(void **state)
{
	begin();
	HEARS("\x02"
	      "DA097\x03"
	      "3A",
	        HEARD_ASKS, "a master asks address 097");
	HEARS("\x02"
	      "MD03 001 +2578+01 03 04 0000000000 002 +5681+00 03 04 0000000000 003 "
	      "+1175+01 03 04 0000000000 \r",
	        HEARD_ANSWERS,
	        "answers 3 values: 001=25.78 (03 04) 002=5.681 (03 04) 003=11.75 (03 "
	        "04)");
	assert_string_equal(heard.tongue, "Bayern-Hessen");
}

/* Vector MA1a. */
static void modbus_ascii_is_heard_as_its_binary_form_is(void **state)
{
	begin();
	HEARS(":010300000002FA\r\n", HEARD_ASKS,
	        "a master asks slave 1: function 3, 2 registers from 0");
	assert_string_equal(heard.tongue, "Modbus ASCII");
	HEARS(":010304424800006E\r\n", HEARD_ANSWERS,
	        "slave 1 answers function 3: 0=4248 1=0000");
}

/* Vectors L01a and L03a: real modules, heard by the profiles that are shipped. */
static void an_instrument_that_speaks_by_itself_is_named_with_its_values(void **state)
{
	begin();
	ear.models = &models;
	HEARS("\x42\x4D\x00\x1C\x00\x00\x00\x08\x00\x08\x00\x00\x00\x08\x00\x08\x00\xD2"
	      "\x00"
	      "\x46\x00\x2D\x00\x1E\x00\x00\x00\x00\x97\x00\x02\xC5",
	        HEARD_SAYS, "pm2_5=8 ug/m3");
	assert_string_equal(heard.tongue, "instrument");
	assert_contains(heard.text, "plantower-pms5003: ");
	assert_contains(heard.text, " | "); /* others have the same frame */
	HEARS("\xAA\xC0\x06\x00\x06\x00\x58\xD9\x3D\xAB", HEARD_SAYS,
	        "pm2_5=0.6 ug/m3");
	/* one bit more: nobody says that */
	add("\xAA\xC0\x06\x00\x07\x00\x58\xD9\x3D\xAB", 10);
	after_silence();
	assert_int_equal(next(), 1);
	assert_int_equal(heard.kind, HEARD_NOISE);
}

/* Vector L04a: what a request is for, its answer says. */
static void an_instrument_that_is_asked_is_named_by_its_request(void **state)
{
	begin();
	ear.models = &models;
	HEARS("\xFF\x01\x86\x00\x00\x00\x00\x00\x79", HEARD_ASKS,
	        "a master asks winsen-");
	HEARS("\xFF\x86\x02\x20\x00\x00\x00\x00\x58", HEARD_ANSWERS, "winsen-");
}

static void times_are_of_the_first_byte(void **state)
{
	begin();
	add(asks, 3);
	now_us += 30000;
	add(asks + 3, sizeof asks - 3);
	assert_int_equal(next(), 1);
	assert_int_equal(heard.mono_us, SECOND);
}

/* Whatever comes, every byte is given out once, or counted as lost. */
static void no_byte_is_given_out_twice_or_forgotten(void **state)
{
	uint64_t seed = 20261101, sent = 0, seen = 0;
	begin();
	for (int i = 0; i < 20000; i++) {
		uint8_t bytes[64];
		size_t n = chance(&seed) % sizeof bytes;
		for (size_t k = 0; k < n; k++)
			bytes[k] = (uint8_t)(chance(&seed) % (i % 2 ? 256 : 8));
		add(bytes, n);
		sent += n;
		now_us += (int64_t)(chance(&seed) % 60000);
		while (next() == 1)
			seen += heard.n;
	}
	after_silence();
	while (next() == 1)
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
	begin();
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
	begin();
	add(bytes, sizeof bytes);
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
		cmocka_unit_test(
		        messages_of_hj_212_are_heard_and_their_dialect_is_named),
		cmocka_unit_test(bayern_hessen_is_heard_with_its_values),
		cmocka_unit_test(modbus_ascii_is_heard_as_its_binary_form_is),
		cmocka_unit_test(
		        an_instrument_that_speaks_by_itself_is_named_with_its_values),
		cmocka_unit_test(an_instrument_that_is_asked_is_named_by_its_request),
		cmocka_unit_test(times_are_of_the_first_byte),
		cmocka_unit_test(no_byte_is_given_out_twice_or_forgotten),
		cmocka_unit_test(no_byte_is_lost_while_a_frame_is_waited_for),
		cmocka_unit_test(what_nobody_fetches_makes_room),
	};
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	overhear_models_load(&models, "");
	int status = cmocka_run_group_tests_name("overhear", tests, NULL, NULL);
	overhear_models_free(&models);
	return status;
}
