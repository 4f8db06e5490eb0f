/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac get STATION CHANNEL, as a script reads it, beside a running sensord. */
#include "tests/kits/check.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/status.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/e2e_cabinet.h"
#include "tests/kits/line_kit.h"
#include "tests/kits/station_head.h"

static pid_t begin(const char *folder)
{
	fixture_profiles(folder);
	fixture_write(folder, "scenario.yaml",
	        "scenario: {name: test, seed: 7, profiles: profiles}\n"
	        "ports: [{id: bus, mode: rtu}]\n"
	        "instruments: [{id: cod, profile: fixture-water, port: bus, slave: 3, "
	        "channels: [{name: cod, mean: 42.5}]}]\n");
	fixture_write(folder, "station.yaml",
	        STATION_HEAD
	        "profiles: profiles\n"
	        "ports: [{id: bus, path: run/bus}]\n"
	        "instruments: [{id: cod, profile: fixture-water, port: bus, slave: 3, "
	        "poll_every: 500ms, timeout: 200ms}]\n");
	return line_simulate(folder, "run/bus", 0);
}

/* Waits until it ends with the code. */
static char *bare_when(const char *folder, int code)
{
	char words[160];
	snprintf(words, sizeof words,
	        "get nt-01 cod 2>said; if test $? = %d; then exit 0; fi; exit 99",
	        code);
	for (int i = 0; i < 400; i++) {
		int got;
		char *text =
		        run_command(&got, "cd %s; QUANTRAC_CONFIG=station.yaml %s %s",
		                folder, project_file("build/san/quantrac"), words);
		if (got == 0)
			return text;
		free(text);
		poll(NULL, 0, 25);
	}
	fail_msg("get never ended with %d", code);
	return NULL;
}

static void an_old_value_of_a_silent_channel_is_not_printed_as_one_of_now(void **state)
{
	pid_t line = begin(*state);
	pid_t sensord = run_again(*state, "60s");
	wait_for_file(in_folder(*state, "journal/state.json"));
	char *text = bare_when(*state, 0);
	assert_string_equal(text, "42.5\n");
	free(text);
	line_end(line);
	text = bare_when(*state, EXIT_FOUND);
	assert_string_equal(text, "\n");
	free(text);
	line_says(*state, "get nt-01 cod", EXIT_FOUND,
	        "quantrac get: cod of instrument cod: silent\n");
	/* who has its time beside it may read it */
	line_says(
	        *state, "get nt-01 cod --format csv", 0, ",cod,cod,42.5,mg/L,silent,");
	kill(sensord, SIGTERM);
	int status;
	assert_int_equal(waitpid(sensord, &status, 0), sensord);
}

/* The newest reading that sensord wrote says ok; it has not written for longer than it may. */
static void a_value_that_nobody_renews_is_not_printed(void **state)
{
	pid_t line = begin(*state);
	pid_t sensord = run_again(*state, "60s");
	wait_for_file(in_folder(*state, "journal/state.json"));
	free(bare_when(*state, 0));
	kill(sensord, SIGSTOP);
	char *text = bare_when(*state, EXIT_FOUND);
	assert_string_equal(text, "\n");
	free(text);
	line_says(*state, "get nt-01 cod", EXIT_FOUND, ": no value of now\n");
	kill(sensord, SIGCONT);
	kill(sensord, SIGTERM);
	int status;
	assert_int_equal(waitpid(sensord, &status, 0), sensord);
	line_end(line);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(an_old_value_of_a_silent_channel_is_not_printed_as_one_of_now),
		WITH(a_value_that_nobody_renews_is_not_printed),
	};
	unsetenv("LANG");
	unsetenv("LC_ALL");
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	return cmocka_run_group_tests_name("get", tests, NULL, NULL);
}
