/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac status beside a running sensord whose ports are not there, and whose file was changed since it
 * started. */
#include "tests/kits/check.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/e2e_cabinet.h"
#include "tests/kits/line_kit.h"
#include "tests/kits/station_head.h"

/* Nothing listens at the one, nothing is plugged in at the other. */
static const char station[] = STATION_HEAD
        "profiles: profiles\n"
        "ports: [{id: net, tcp: \"127.0.0.1:9\"}, {id: gone, path: run/gone}]\n"
        "instruments:\n"
        "  - {id: far, profile: fixture-water, port: net, slave: 1, poll_every: 1s}\n"
        "  - {id: pulled, profile: fixture-water, port: gone, slave: 2, poll_every: "
        "1s}\n";

static void write_changed(const char *folder, const char *from, const char *to)
{
	char text[2048];
	const char *at = strstr(station, from);
	assert_non_null(at);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(at - station), station, to,
	        at + strlen(from));
	fixture_write(folder, "station.yaml", "%s", text);
}

/* What it says once both have been read; the caller frees. */
static char *status_when_read(const char *folder)
{
	char *text = NULL;
	for (int i = 0; i < 200; i++) {
		free(text);
		text = line_said(folder, "status --format csv 2>/dev/null", 0);
		if (strstr(text, ",none,") == NULL)
			return text;
		poll(NULL, 0, 50);
	}
	fail_msg("%s", text);
	return text;
}

/* For programs the state is what it was; what is down is told by its port. */
static void whose_port_is_down_is_not_said_to_be_silent(const char *folder)
{
	char *csv = status_when_read(folder), *text, *vi;
	assert_contains(csv, ",far,cod,,mg/L,,silent,");
	assert_null(strstr(csv, "down"));
	text = line_said(folder, "status", 0);
	vi = line_said(folder, "status --lang vi", 0);
	assert_null(strstr(text, "silent"));
	const char *since = strstr(text, "port down since ");
	assert_non_null(since);
	since += strlen("port down since ");
	assert_int_equal(strspn(since, "0123456789:"), 5); /* "10:25", today */
	assert_contains(vi, "mất cổng từ ");
	assert_null(strstr(vi, "không trả lời"));
	free(csv);
	free(text);
	free(vi);
	/* looked at on another day, it has its date */
	setenv("QUANTRAC_NOW", "2099-01-01T00:00:00Z", 1);
	text = line_said(folder, "status", 0);
	unsetenv("QUANTRAC_NOW");
	since = strstr(text, "port down since ");
	assert_non_null(since);
	assert_int_equal(strspn(since + strlen("port down since "), "0123456789-"), 10);
	free(text);
}

static void says(
        const char *folder, const char *from, const char *to, const char *words)
{
	write_changed(folder, from, to);
	line_says(folder, "status", 0, words);
}

static void what_is_read_otherwise_is_named(const char *folder)
{
	char *text = line_said(folder, "status", 0);
	assert_null(strstr(text, "when it starts"));
	free(text);
	says(folder, "slave: 1,", "slave: 3,", ") reads far otherwise than ");
	says(folder, "run/gone", "run/other", ") reads pulled otherwise than ");
	says(folder, "127.0.0.1:9", "127.0.0.1:7", ") reads far otherwise than ");
	says(folder, "fixture-water, port: gone", "fixture-gas, port: gone",
	        ") reads pulled otherwise than ");
	says(folder, "profiles: profiles\n", "profiles: ./profiles\n",
	        "collector: none in the configuration");
	says(folder, "name: Nước thải", "name: Nước", "collector: none");
	text = line_said(folder, "status", 0);
	assert_null(strstr(text, "when it starts"));
	free(text);
	says(folder, "id: far", "id: near", ") reads other instruments than ");
	write_changed(folder, "poll_every: 1s", "poll_every: 2s");
	line_says(folder, "status --lang vi", 0, ") đang đọc far khác với ");
}

static void status_of_what_is_down_and_of_what_was_changed(void **state)
{
	int status;
	fixture_profiles(*state);
	fixture_write(*state, "station.yaml", "%s", station);
	pid_t sensord = run_again(*state, "60s");
	wait_for_file(in_folder(*state, "journal/state.json"));
	whose_port_is_down_is_not_said_to_be_silent(*state);
	what_is_read_otherwise_is_named(*state);
	kill(sensord, SIGTERM);
	assert_int_equal(waitpid(sensord, &status, 0), sensord);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		        status_of_what_is_down_and_of_what_was_changed, scratch_make,
		        scratch_remove),
	};
	return cmocka_run_group_tests_name("status: down", tests, NULL, NULL);
}
