/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An instrument that reports back what it was sent, or something else: through the poller, which has only the
 * bytes of the command.  The clock is moved by hand. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "tests/kits/asked_line.h"

#define SECOND INT64_C(1000000)

static const char configuration[] =
        "zone: {id: z, name: Z}\nstation: {id: s, name: S, simulation: yes}\n"
        "facility: {id: f, name: F}\noutlets: [{id: o, name: O, kind: ambient}]\n"
        "journal: {folder: j}\nports: [{id: bus, path: /dev/serial/by-id/x}]\n"
        "instruments:\n  - {id: gas, profile: thermo-42i-clink, port: bus, "
        "poll_every: 10s, timeout: 1s}\n";

static struct {
	struct asked_line line;
	const char *reported; /* date */
	size_t n_written;
	struct poller_written written;
	char why[128];
} gas;

static void asked(void *context, const uint8_t *in, size_t n)
{
	char out[64];
	if (n < 9 || memcmp(in + 1, "set date", 8) != 0) {
		asked_line_answer(&gas.line, in, n, 12.5);
		return;
	}
	int size = snprintf(out, sizeof out, "set date %s ok\r", gas.reported);
	asked_line_say(
	        &gas.line, gas.line.now.mono_us + SECOND / 10, out, (size_t)size);
}

static void on_reading(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
}

static void on_written(
        void *context, const struct poller_written *what, const struct moment *now)
{
	gas.n_written++;
	gas.written = *what;
	snprintf(gas.why, sizeof gas.why, "%s", what->why);
}

/* The date of `line`, 2026-11-09 at the station, is sent; what becomes of it. */
static void send_date(const char *reported)
{
	uint8_t request[COMMAND_MOST] = { 0 };
	struct problem why;
	memset(&gas, 0, sizeof gas);
	gas.line.asked = asked;
	gas.line.reading = on_reading;
	gas.line.written = on_written;
	gas.reported = reported;
	assert_int_equal(asked_line_open(&gas.line, configuration), 0);
	asked_line_run(&gas.line, 5 * SECOND);
	const struct station_instrument *to = &gas.line.station->instrument[0];
	const struct command_order order = { .instrument = &to->instrument,
		.command = (size_t)command_find(to->profile, "set_date"),
		.value = "",
		.time_us = gas.line.now.time_us };
	int n = command_request(&order, request, &why);
	assert_true(n > 0);
	assert_memory_equal(request + 1, "set date 11-09-26\r", 18);
	const struct poller_command command = {
		.command = order.command, .n = (size_t)n, .request = request
	};
	assert_int_equal(poller_command(gas.line.poller, &command, &gas.line.now), OK);
	asked_line_run(&gas.line, 3 * SECOND);
	assert_int_equal(gas.n_written, 1);
	assert_true(gas.written.sent);
	asked_line_close(&gas.line);
}

static void the_date_that_was_sent_is_done(void **state)
{
	send_date("11-09-26");
	assert_int_equal(gas.written.status, OK);
	assert_string_equal(gas.why, "");
}

/* In the records that is "command unknown" (sensors/cabinet/cabinet_commands.c). */
static void another_date_leaves_it_open(void **state)
{
	send_date("11-10-26");
	assert_int_equal(gas.written.status, TIMED_OUT);
	assert_string_equal(gas.why, "the instrument reports another number or time");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_date_that_was_sent_is_done),
		cmocka_unit_test(another_date_leaves_it_open),
	};
	return cmocka_run_group_tests_name("command_reported", tests, NULL, NULL);
}
