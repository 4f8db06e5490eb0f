/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A coil: its frames, and how it is written between the polls of a line. */
#include "tests/kits/check.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/status.h"
#include "sensors/drivers/coil.h"
#include "sensors/drivers/modbus.h"
#include "tests/kits/poller_rig.h"

/* ---- frames ---- */

/* Modbus application protocol 1.1b3, 6.5: output 173, counted from 1, is set: 05 00 AC FF 00. */
static const uint8_t known[] = { 0x11, 0x05, 0x00, 0xAC, 0xFF, 0x00, 0x4E, 0x8B };
static const struct coil output_173 = { .slave = 17, .address = 172, .on = true };

static size_t request_of(
        int framing, const struct coil *coil, uint16_t number, uint8_t out[COIL_FRAME])
{
	struct modbus_write write = coil_write(coil);
	write.number = number;
	return (size_t)modbus_write_put(framing, &write, out, COIL_FRAME);
}

static void a_request_is_the_known_one(void **state)
{
	uint8_t out[COIL_FRAME];
	struct coil off = output_173;
	assert_int_equal(request_of(FRAMING_RTU, &output_173, 0, out), 8);
	assert_memory_equal(out, known, sizeof known);
	off.on = false;
	request_of(FRAMING_RTU_OVER_TCP, &off, 0, out);
	assert_memory_equal(out, known, 4);
	assert_int_equal(get_be16(out + 4), 0);
	static const uint8_t tcp[] = { 0x12, 0x34, 0, 0, 0, 6, 0x11, 5, 0, 0xAC, 0xFF,
		0 };
	assert_int_equal(request_of(FRAMING_TCP, &output_173, 0x1234, out), 12);
	assert_memory_equal(out, tcp, sizeof tcp);
	/* sum of 11 05 00 AC FF 00 is 1C1: its complement 3F */
	assert_int_equal(request_of(FRAMING_ASCII, &output_173, 0, out), 17);
	assert_memory_equal(out, ":110500ACFF003F\r\n", 17);
}

/* Every cut of an answer, and every flipped bit. */
static void check_answer(
        int framing, const uint8_t *request, const uint8_t *in, size_t n)
{
	uint8_t exception, wrong[COIL_FRAME];
	assert_int_equal(modbus_write_answer(framing, request, in, n, &exception), n);
	uint8_t good = exception;
	for (size_t cut = 0; cut < n; cut++)
		assert_int_equal(
		        modbus_write_answer(framing, request, in, cut, &exception),
		        FRAME_SHORT);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		memcpy(wrong, in, n);
		wrong[bit / 8] ^= (uint8_t)(1u << bit % 8);
		int status =
		        modbus_write_answer(framing, request, wrong, n, &exception);
		if (status > 0) /* TCP has no check: another code of a refusal */
			assert_true(framing == FRAMING_TCP && good != 0 &&
			            exception != 0 && bit / 8 == n - 1);
	}
}

static void answers_and_refusals_are_found(void **state)
{
	uint8_t refusal[] = { 0x11, 0x85, 0x02, 0, 0 }, exception;
	put_le16(refusal + 3, crc16_modbus(refusal, 3));
	check_answer(FRAMING_RTU, known, known, sizeof known);
	check_answer(FRAMING_RTU, known, refusal, sizeof refusal);
	modbus_write_answer(FRAMING_RTU, known, refusal, sizeof refusal, &exception);
	assert_int_equal(exception, 2);
	uint8_t tcp[COIL_FRAME], ascii[COIL_FRAME];
	static const uint8_t ascii_refusal[] = ":11850268\r\n";
	request_of(FRAMING_ASCII, &output_173, 0, ascii);
	check_answer(FRAMING_ASCII, ascii, ascii, sizeof ascii);
	check_answer(FRAMING_ASCII, ascii, ascii_refusal, sizeof ascii_refusal - 1);
	static const uint8_t tcp_refusal[] = { 0x12, 0x34, 0, 0, 0, 3, 0x11, 0x85, 2 };
	size_t n = request_of(FRAMING_TCP, &output_173, 0x1234, tcp);
	check_answer(FRAMING_TCP, tcp, tcp, n);
	check_answer(FRAMING_TCP, tcp, tcp_refusal, sizeof tcp_refusal);
}

/* ---- on a line ---- */

static void write_coil(struct rig *rig, uint8_t slave, bool on)
{
	struct coil coil = { .slave = slave, .address = 7, .on = on };
	assert_int_equal(poller_coil(rig->poller, 0, &coil, &rig->now), OK);
}

static void a_coil_is_written_between_polls_and_costs_none(void **state)
{
	struct rig *rig = *state;
	run(rig, 20 * SECOND);
	assert_int_equal(poller_port_descriptor(rig->poller, 0), -1); /* of a fake */
	size_t before = rig->n_seen;
	for (int i = 0; i < 4; i++) {
		write_coil(rig, 4, i % 2 == 0);
		run(rig, 5 * SECOND);
		assert_int_equal(rig->n_written, i + 1);
		assert_int_equal(rig->written[i], OK);
		assert_int_equal(rig->bus.slave[4].coils, i + 1);
		assert_int_equal(rig->bus.slave[4].coil, i % 2 == 0);
	}
	assert_int_equal(rig->n_seen, before + 3 * 4);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(count(rig, i, STATE_OK, 20 * SECOND), 4);
}

static void one_at_a_time_and_only_where_somebody_is_asked(void **state)
{
	struct rig *rig = *state;
	struct coil coil = { .slave = 4 };
	run(rig, SECOND);
	write_coil(rig, 4, true);
	assert_int_equal(poller_coil(rig->poller, 0, &coil, &rig->now), REFUSED);
	run(rig, SECOND);
	assert_int_equal(rig->written[0], OK);
	write_coil(rig, 4, false);
}

static void a_refusal_is_surely_no_pulse(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[4].manner = EXCEPTION;
	rig->bus.slave[4].exception = 2;
	run(rig, SECOND);
	write_coil(rig, 4, true);
	run(rig, SECOND);
	assert_int_equal(rig->written[0], REFUSED);
	assert_string_equal(rig->why[0], "illegal data address");
}

static void silence_says_nothing_of_it(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[4].manner = DEAD;
	run(rig, 20 * SECOND);
	write_coil(rig, 4, true);
	run(rig, 5 * SECOND);
	assert_int_equal(rig->n_written, 1);
	assert_int_equal(rig->written[0], TIMED_OUT);
	assert_int_equal(rig->bus.slave[4].coils, 1);
	for (size_t i = 0; i < 3;
	        i++) /* a second of silence took no poll from anybody */
		assert_int_equal(count(rig, i, STATE_OK, 5 * SECOND), 1);
}

/* An adapter that hears itself: the first of two equal frames is our own. */
static void an_echo_is_no_answer(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[2].manner = ECHOES;
	rig->bus.slave[4].manner = ECHOES;
	run(rig, 11 * SECOND);
	assert_true(poller_counts(rig->poller, 1)->echoes > 0);
	write_coil(rig, 4, true);
	run(rig, 5 * SECOND);
	assert_int_equal(rig->written[0], OK);
	rig->bus.slave[4].manner =
	        ANSWERS; /* one frame alone: the echo, and no answer */
	write_coil(rig, 4, false);
	run(rig, 5 * SECOND);
	assert_int_equal(rig->written[1], TIMED_OUT);
}

/* Another adapter, that does not hear itself: its one frame is the answer. */
static void an_echo_that_is_no_longer_there_is_not_waited_for(void **state)
{
	struct rig *rig = *state;
	for (int i = 1; i <= 3; i++)
		rig->bus.slave[i].manner = ECHOES;
	run(rig, 11 * SECOND);
	for (int i = 1; i <= 3; i++)
		rig->bus.slave[i].manner = ANSWERS;
	run(rig, 10 * SECOND);
	write_coil(rig, 4, true);
	run(rig, 5 * SECOND);
	assert_int_equal(rig->written[0], OK);
}

static void a_line_that_is_not_there_is_told_in_time(void **state)
{
	struct rig *rig = *state;
	rig->bus.refuses = true;
	run(rig, 5 * SECOND);
	write_coil(rig, 4, true);
	run(rig, 11 * SECOND);
	assert_int_equal(rig->n_written, 1);
	assert_int_equal(rig->written[0], REFUSED);
	rig->bus.refuses = false;
	run(rig, 60 * SECOND);
	assert_int_equal(rig->bus.slave[4].coils, 0); /* never later */
}

/* Looked for once a minute by now: nobody waits that long. */
static void a_line_that_is_long_away_is_told_in_time_too(void **state)
{
	struct rig *rig = *state;
	rig->bus.refuses = true;
	run(rig, 300 * SECOND);
	size_t looked = rig->bus.looked;
	while (rig->bus.looked == looked)
		run(rig, 100 * MS);
	write_coil(rig, 4, true);
	run(rig, 10 * SECOND - MS);
	assert_int_equal(rig->n_written, 0);
	run(rig, 10 * MS);
	assert_int_equal(rig->written[0], REFUSED);
	assert_string_equal(rig->why[0], "the line cannot be used");
}

static void a_line_that_goes_after_the_request_leaves_a_doubt(void **state)
{
	struct rig *rig = *state;
	run(rig, 6 * SECOND);
	rig->bus.slave[4].manner = DEAD;
	write_coil(rig, 4, true);
	run(rig, 500 * MS);
	assert_int_equal(rig->bus.slave[4].coils, 1);
	rig->bus.gone = true;
	run(rig, 100 * MS);
	assert_int_equal(rig->n_written, 1);
	assert_int_equal(rig->written[0], TIMED_OUT);
	assert_contains(rig->why[0], "closed before an answer");
	rig->bus.slave[4].manner = ANSWERS;
	run(rig, 60 * SECOND);
	assert_true(count(rig, 0, STATE_OK, 20 * SECOND) > 2);
}

#define ON_A_LINE(test) cmocka_unit_test_setup_teardown(test, rig_make, rig_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_the_known_one),
		cmocka_unit_test(answers_and_refusals_are_found),
		ON_A_LINE(a_coil_is_written_between_polls_and_costs_none),
		ON_A_LINE(one_at_a_time_and_only_where_somebody_is_asked),
		ON_A_LINE(a_refusal_is_surely_no_pulse),
		ON_A_LINE(silence_says_nothing_of_it),
		ON_A_LINE(an_echo_is_no_answer),
		ON_A_LINE(an_echo_that_is_no_longer_there_is_not_waited_for),
		ON_A_LINE(a_line_that_is_not_there_is_told_in_time),
		ON_A_LINE(a_line_that_is_long_away_is_told_in_time_too),
		ON_A_LINE(a_line_that_goes_after_the_request_leaves_a_doubt),
	};
	return cmocka_run_group_tests_name("coil", tests, NULL, NULL);
}
