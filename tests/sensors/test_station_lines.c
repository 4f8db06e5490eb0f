/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a line can carry, and what one that is silent on it costs its neighbours. */
#include "tests/kits/check.h"
#include "tests/kits/station_head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/station/station.h"

/* Two flow meters of 10 registers; lines 7 and 8 are the instruments. */
static const char frame[] =
        STATION_HEAD "ports: [{id: bus, %s}]\ninstruments:\n"
                     "  - {id: one, profile: sim-flow, port: bus, slave: 1, %s}\n"
                     "  - {id: two, profile: sim-flow, port: bus, slave: 2, %s}\n";

/* What is said of it; to be freed. */
static char *said_of(int status, const char *port, const char *one, const char *two)
{
	char text[2048], *said;
	size_t n_said;
	struct station *station;
	FILE *report = open_memstream(&said, &n_said);
	int n = snprintf(text, sizeof text, frame, port, one, two);
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	assert_int_equal(
	        station_parse(&station, text, (size_t)n, "station.yaml", report, NULL),
	        status);
	fclose(report);
	station_free(station);
	return said;
}

#define SAYS_NOTHING(...)                                                              \
	do {                                                                           \
		char *said_ = said_of(OK, __VA_ARGS__);                                \
		assert_string_equal(said_, "");                                        \
		free(said_);                                                           \
	} while (0)

/* 33 characters at 9600 baud are 34 ms, and 30 are reckoned for thought and silence: 64 ms a poll. */
static void a_line_that_is_busy_all_the_time_is_refused_and_a_full_one_warned_of(
        void **state)
{
	static const char port[] = "path: /dev/modbus0, line: 9600 8N1";
	SAYS_NOTHING(port, "poll_every: 200ms, timeout: 100ms",
	        "poll_every: 200ms, timeout: 100ms");
	char *text = said_of(OK, port, "poll_every: 150ms, timeout: 100ms",
	        "poll_every: 150ms, timeout: 100ms");
	assert_contains(text, "station.yaml:6:14: warning: port 'bus' is busy 86 % of "
	                      "the time when all answer");
	assert_contains(text, "hint: poll less often, raise the speed");
	free(text);
	text = said_of(MALFORMED, port, "poll_every: 100ms, timeout: 100ms",
	        "poll_every: 100ms, timeout: 100ms");
	assert_contains(text, "its line cannot carry that");
	assert_null(strstr(text, "warning"));
	free(text);
	/* a network has no baud */
	SAYS_NOTHING("tcp: \"192.0.2.1:502\"", "poll_every: 100ms, timeout: 100ms",
	        "poll_every: 100ms, timeout: 100ms");
}

static void who_is_waited_for_longer_than_two_periods_of_a_neighbour_is_warned_of(
        void **state)
{
	static const char port[] = "path: /dev/modbus0, line: 9600 8N1";
	/* two tries of 1 s, and two periods of 1 s */
	SAYS_NOTHING(
	        port, "poll_every: 10s, timeout: 1s", "poll_every: 1s, timeout: 300ms");
	char *text = said_of(OK, port, "poll_every: 10s, timeout: 1001ms",
	        "poll_every: 1s, timeout: 300ms");
	assert_contains(text, "station.yaml:8:");
	assert_contains(text,
	        "warning: when 'one' does not answer it takes up to 2.002 s "
	        "of its line (timeout, 2 tries): 'two' is to be polled "
	        "every 1 s there");
	assert_contains(text, "hint: write a shorter timeout: or fewer retries:");
	free(text);
	SAYS_NOTHING(port, "poll_every: 10s, timeout: 2s, retries: 0",
	        "poll_every: 1s, timeout: 300ms");
	/* a gateway asks one after another too */
	text = said_of(OK, "tcp: \"192.0.2.1:502\"", "poll_every: 10s, timeout: 3s",
	        "poll_every: 2s, timeout: 1s");
	assert_contains(text, "when 'one' does not answer");
	assert_null(strstr(text, "when 'two'"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        a_line_that_is_busy_all_the_time_is_refused_and_a_full_one_warned_of),
		cmocka_unit_test(
		        who_is_waited_for_longer_than_two_periods_of_a_neighbour_is_warned_of),
	};
	return cmocka_run_group_tests_name("station, lines", tests, NULL, NULL);
}
