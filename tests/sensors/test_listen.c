/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line that another master asks: readings from what is heard, and not a byte from us. */
#include "tests/kits/check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "sensors/drivers/modbus.h"
#include "tests/kits/capture.h"
#include "tests/kits/heard_kit.h"

/* ---- tests ---- */

/* Its master asks every second; one reading in ten seconds is taken, the first whole one. */
static void of_each_period_one_whole_reading_is_taken(void **state)
{
	struct world *world = *state;
	for (int s = 0; s < 60; s++) {
		other_round(world);
		heard_wait(world, 900);
	}
	/* its result is the same until the next is due, an hour later */
	assert_int_equal(heard_count(world, 0, STATE_OK), 1);
	assert_int_equal(heard_count(world, 0, STATE_UNCHANGED), 5);
	for (size_t i = 0; i < world->n; i++) {
		if (world->got[i].instrument != 0)
			continue;
		if (world->got[i].state == STATE_OK)
			assert_close(world->got[i].value, 14.99528, 1e-6);
		assert_int_equal(world->got[i].n_exchanges, 2);
	}
	assert_true(heard_told(world, "instrument pb up"));
	assert_int_equal(world->line.writes, 0);
	const struct poller_counts *counts = poller_counts(world->poller, 0);
	assert_int_equal(counts->requests, 120);
	assert_int_equal(counts->answers, 120);
	assert_int_equal(counts->overruns, 0);
}

/* The time of a reading is that of its first answer's first byte. */
static void a_reading_has_the_time_of_its_first_answer(void **state)
{
	struct world *world = *state;
	heard_wait(world, 3000);
	int64_t asked_us = world->now.mono_us;
	other_round(world);
	assert_int_equal(world->n, 1);
	assert_int_equal(world->got[0].when.mono_us, asked_us + 30000);
	assert_int_equal(
	        world->got[0].when.time_us, START_TIME + asked_us - START_US + 30000);
}

/* Nobody asks an instrument any more: one silent reading a period, and down once. */
static void an_instrument_nobody_asks_is_silent_every_period(void **state)
{
	struct world *world = *state;
	other_round(world);
	heard_wait(world, 60000);
	assert_int_equal(heard_count(world, 0, STATE_OK), 1);
	assert_in_range(heard_count(world, 0, STATE_SILENT), 4, 5);
	assert_in_range(heard_count(world, 1, STATE_SILENT), 11, 12);
	assert_true(heard_told(world, "instrument pb down"));
	assert_int_equal(world->line.writes, 0);
	other_round(world);
	heard_wait(world, 10000);
	other_round(world);
	assert_true(heard_count(world, 0, STATE_UNCHANGED) >= 1);
	assert_true(heard_told(world, "instrument pb up"));
}

/* A slave that is asked and does not answer, or answers with noise, is told apart. */
static void silent_and_garbled_are_told_apart(void **state)
{
	struct world *world = *state;
	other_asks(world, LEAD, 2);
	heard_wait(world, 11000);
	assert_int_equal(heard_count(world, 0, STATE_SILENT), 1);
	world->n = 0;
	other_asks(world, LEAD, 2);
	line_say(world, (const uint8_t *)"\x01\x03\x04\xEC\xAA\x41\x6F\x9E\xFE", 9);
	heard_wait(world, 11000);
	assert_int_equal(heard_count(world, 0, STATE_GARBLED), 1);
	assert_true(poller_counts(world->poller, 0)->timeouts >= 1);
	assert_int_equal(poller_counts(world->poller, 0)->malformed, 1);
}

static void a_refusal_is_told_and_the_rest_is_taken(void **state)
{
	struct world *world = *state;
	static const uint16_t lead[] = { 0xECAA, 0x416F };
	uint8_t out[MODBUS_FRAME];
	const struct modbus_request refused = {
		.slave = 1, .function = 3, .start = STATE, .count = 9
	};
	other_asks(world, LEAD, 2);
	slave_answers(world, LEAD, lead, 2);
	other_asks(world, STATE, 9);
	int n = modbus_exception_put(FRAMING_RTU, &refused, 2, out, sizeof out);
	line_say(world, out, (size_t)n);
	heard_wait(world, 12000);
	assert_int_equal(heard_count(world, 0, STATE_REFUSED), 1);
	assert_true(heard_told(world, "instrument pb refused"));
}

/* What the station's file switches off is not waited for. */
static void a_channel_that_is_off_is_not_waited_for(void **state)
{
	struct world *world = *state;
	static const uint16_t lead[] = { 0xECAA, 0x416F };
	static const uint16_t normal[] = { 0, 0, 0, 1 };
	for (int off = 0; off <= 1; off++) {
		world->n = 0;
		world->station->instrument[0].channel_setting[1].off = off;
		heard_describe(world);
		other_asks(world, LEAD, 2);
		slave_answers(world, LEAD, lead, 2);
		other_asks(world, STATE, 4);
		slave_answers(world, STATE, normal, 4);
		assert_int_equal(world->n, off);
		heard_wait(world, 12000);
	}
}

/* Somebody makes the analyser measure more seldom. */
static void a_changed_setting_is_told(void **state)
{
	struct world *world = *state;
	static const uint16_t lead[] = { 0xECAA, 0x416F };
	static const uint16_t minutes[] = { 48, 48, 240 };
	for (size_t i = 0; i < 3; i++) {
		const uint16_t rest[] = { 0, 0, 0, 1, 0, 0, minutes[i], 0, 0 };
		other_asks(world, LEAD, 2);
		slave_answers(world, LEAD, lead, 2);
		other_asks(world, STATE, 9);
		slave_answers(world, STATE, rest, 9);
		assert_int_equal(
		        heard_told(world, "setting pb/measuring_interval settings "
		                          "changed 48 -> 240 min"),
		        i == 2);
		heard_wait(world, 10000);
	}
}

/* Single registers make a block, but no status that is kept in one piece. */
static void a_master_that_asks_register_by_register_is_followed(void **state)
{
	struct world *world = *state;
	static const uint16_t zero[] = { 0 };
	static const uint16_t lead[] = { 0xECAA, 0x416F };
	static const uint16_t one[] = { STATE, STATE + 2, SETTINGS };
	other_asks(world, LEAD, 2);
	slave_answers(world, LEAD, lead, 2);
	for (size_t i = 0; i < 3; i++) {
		other_asks(world, one[i], 1);
		slave_answers(world, one[i], zero, 1);
	}
	assert_int_equal(world->n, 0); /* status words are kept in one piece */
	other_asks(world, STATE, 3);
	slave_answers(world, STATE, (const uint16_t[]){ 0, 0, 0 }, 3);
	assert_int_equal(world->n, 1);
	assert_int_equal(world->got[0].state, STATE_OK);
	assert_int_equal(world->got[0].n_exchanges, 4);
}

/* ---- a real pseudo-terminal ---- */

struct line_end {
	int fd;
	char path[64];
};

static struct line_end pty_open(void)
{
	struct line_end end;
	struct termios raw;
	end.fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(end.fd >= 0);
	assert_int_equal(grantpt(end.fd), 0);
	assert_int_equal(unlockpt(end.fd), 0);
	assert_int_equal(ptsname_r(end.fd, end.path, sizeof end.path), 0);
	assert_int_equal(tcgetattr(end.fd, &raw), 0);
	cfmakeraw(&raw);
	tcsetattr(end.fd, TCSANOW, &raw);
	return end;
}

static void run_real(struct poller *poller, struct moment *now, int ms)
{
	for (int i = 0; i < ms; i++) {
		struct pollfd fds[2];
		size_t n = poller_descriptors(poller, fds, 2);
		poll(fds, n, 0);
		poller_step(poller, fds, n, now);
		now->time_us += 1000;
		now->mono_us += 1000;
	}
}

/* A whole hour of time handed in: the other end of the line gets not a single byte, and the
 * line is open for reading alone. */
static void the_other_end_of_the_line_reads_not_a_single_byte(void **state)
{
	static struct world world;
	struct line_end end = pty_open();
	char where[80];
	uint8_t in[64];
	snprintf(where, sizeof where, "path: %s", end.path);
	heard_begin(&world, where);
	run_real(world.poller, &world.now, 10);
	struct pollfd fd;
	assert_int_equal(poller_descriptors(world.poller, &fd, 1), 1);
	assert_int_equal(fcntl(fd.fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	assert_int_equal(write(fd.fd, "x", 1), -1);
	assert_int_equal(errno, EBADF);
	static const char *const said[] = { "01 03 10 08 00 02 41 09",
		"01 03 04 EC AA 41 6F 9E FF", "01 03 10 83 00 04 B1 21",
		"01 03 08 00 00 00 00 00 00 00 01 54 17", "01 03 10 89 00 03 D0 E1",
		"01 03 06 00 30 00 00 00 00 61 71", "11 02 00 20 00 04 7A 93",
		"11 02 01 02 24 89" };
	for (int second = 0; second < 60; second++)
		for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
			size_t size = hex_bytes(said[i], in, sizeof in);
			assert_int_equal(write(end.fd, in, size), (ssize_t)size);
			run_real(world.poller, &world.now, 125);
		}
	assert_int_equal(heard_count(&world, 0, STATE_OK), 1);
	assert_int_equal(heard_count(&world, 0, STATE_UNCHANGED), 5);
	assert_int_equal(heard_count(&world, 1, STATE_OK), 12);
	for (size_t i = 0; i < world.n; i++)
		if (world.got[i].instrument == 0)
			assert_int_equal(world.got[i].n_exchanges, 3);
	run_real(world.poller, &world.now, 100000);
	assert_int_equal(read(end.fd, in, sizeof in), -1);
	assert_int_equal(errno, EAGAIN);
	heard_end(&world);
	close(end.fd);
}

/* ---- what a configuration may not say ---- */

static void refused_with(const char *ports, const char *instrument, const char *part)
{
	char text[2048];
	struct problem why;
	struct station *station;
	int n = snprintf(text, sizeof text,
	        "zone: {id: z, name: Z}\n"
	        "station: {id: s, name: S, role: B, simulation: yes}\n"
	        "facility: {id: f, name: F}\n"
	        "outlets: [{id: o, name: O, kind: water}]\n"
	        "journal: {folder: j}\n"
	        "ports: [%s]\n"
	        "instruments: [%s]\n",
	        ports, instrument);
	assert_int_not_equal(
	        station_parse(&station, text, (size_t)n, "listen", NULL, &why), OK);
	assert_contains(why.text, part);
}

static void what_cannot_be_heard_is_refused(void **state)
{
	refused_with("{id: a, tcp: \"127.0.0.1:502\", mode: tcp, master: other}",
	        "{id: x, profile: modbus-di-4, port: a}",
	        "what another master says by Modbus TCP nobody else can hear");
	refused_with("{id: a, path: /dev/ttyS0}",
	        "{id: x, profile: modbus-di-4, port: a}, "
	        "{id: y, profile: dcs-push-incinerator, port: a}",
	        "cannot share a line");
	refused_with("{id: a, path: /dev/ttyS0, mode: rtu-over-tcp}",
	        "{id: x, profile: modbus-di-4, port: a}",
	        "a serial line cannot carry mode rtu-over-tcp");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HEARD(of_each_period_one_whole_reading_is_taken),
		HEARD(a_reading_has_the_time_of_its_first_answer),
		HEARD(an_instrument_nobody_asks_is_silent_every_period),
		HEARD(silent_and_garbled_are_told_apart),
		HEARD(a_refusal_is_told_and_the_rest_is_taken),
		HEARD(a_channel_that_is_off_is_not_waited_for),
		HEARD(a_changed_setting_is_told),
		HEARD(a_master_that_asks_register_by_register_is_followed),
		cmocka_unit_test(the_other_end_of_the_line_reads_not_a_single_byte),
		cmocka_unit_test(what_cannot_be_heard_is_refused),
	};
	return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
