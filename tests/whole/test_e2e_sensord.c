/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The real simulator and the real daemon: several lines at once, a dead slave, a cable
 * that is pulled and put back.  The journal is compared with what the simulator says it
 * sent, to the byte, and with what the scenario says, to the bit.
 */
#include "tests/kits/check.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/legal_time.h"
#include "base/reading.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/e2e_cabinet.h"

enum { WATER, SECOND, DEAD, GAS, FENCE, INSTRUMENTS };

static struct seen seen[INSTRUMENTS];
static const char *states;

/* ---- files ---- */

static void write_scenario(const char *folder, int tcp, int over_tcp)
{
	char head[512];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(head, sizeof head, fixture_head, folder);
#pragma GCC diagnostic pop
	fixture_write(folder, "scenario.yaml",
	        "%s"
	        "ports:\n"
	        "  - {id: bus, mode: rtu}\n"
	        "  - {id: stack, mode: tcp, listen: \"127.0.0.1:%d\"}\n"
	        "  - {id: fence, mode: rtu-over-tcp, listen: \"127.0.0.1:%d\"}\n"
	        "instruments:\n"
	        "  - {id: water, profile: fixture-water, port: bus, slave: 1, delay: "
	        "5ms, channels: "
	        "[{name: cod, mean: 42, noise: 9, correlation: 0s}, {name: tss, mean: "
	        "20, noise: 4, "
	        "correlation: 0s, decimals: 1}, {name: ph, mean: 7, noise: 0.3, "
	        "decimals: 2}, "
	        "{name: flow_out, mean: 99, noise: 9, decimals: 3}]}\n"
	        "  - {id: second, profile: fixture-water, port: bus, slave: 2, delay: "
	        "5ms, channels: "
	        "[{name: cod, mean: 30, noise: 5}]}\n"
	        "  - {id: gas, profile: fixture-gas, port: stack, slave: 2, delay: "
	        "5ms, channels: "
	        "[{name: dust, mean: 120, noise: 30}, {name: o2, mean: 10, noise: "
	        "1}]}\n"
	        "  - {id: fence, profile: fixture-gas, port: fence, slave: 2, delay: "
	        "5ms, channels: "
	        "[{name: dust, mean: 20, noise: 5}, {name: o2, mean: 20.9, noise: "
	        "0.1}]}\n"
	        "scenes:\n"
	        "  - {from: live +1s, to: live +3s, instrument: gas, channels: [dust], "
	        "state: "
	        "calibrating}\n"
	        "  - {from: live +3s, to: live +5s, port: bus, cable: yes}\n",
	        head, tcp, over_tcp);
}

/* Whoever answers has time enough on a busy machine, so that no answer is late. */
static void write_station(const char *folder, int tcp, int over_tcp)
{
	fixture_write(folder, "station.yaml",
	        "zone: {id: kcn-mau, name: KCN Mau}\n"
	        "station: {id: nt-01, name: Nuoc thai, simulation: yes}\n"
	        "facility: {id: a, name: A}\n"
	        "outlets: [{id: x, name: X, kind: water}]\n"
	        "journal: {folder: journal}\n"
	        "profiles: profiles\n"
	        "ports:\n"
	        "  - {id: bus, path: %s/run/bus, line: 115200 8N1}\n"
	        "  - {id: stack, tcp: \"127.0.0.1:%d\"}\n"
	        "  - {id: fence, tcp: \"127.0.0.1:%d\", mode: rtu-over-tcp}\n"
	        "instruments:\n"
	        "  - {id: water, profile: fixture-water, port: bus, slave: 1, "
	        "poll_every: 200ms, timeout: 2s}\n"
	        "  - {id: second, profile: fixture-water, port: bus, slave: 2, "
	        "poll_every: 200ms, timeout: 2s}\n"
	        "  - {id: dead, profile: fixture-water, port: bus, slave: 9, "
	        "poll_every: 200ms, "
	        "timeout: 100ms, retries: 0}\n"
	        "  - {id: gas, profile: fixture-gas, port: stack, slave: 2, "
	        "poll_every: 100ms, timeout: 2s}\n"
	        "  - {id: fence, profile: fixture-gas, port: fence, slave: 2, "
	        "poll_every: 100ms, timeout: 2s}\n",
	        folder, tcp, over_tcp);
}

static int setup(void **state)
{
	static const char *const ids[INSTRUMENTS] = { "water", "second", "dead", "gas",
		"fence" };
	if (scratch_make(state) != 0)
		return -1;
	fixture_profiles(*state);
	int tcp = free_port(), over_tcp = free_port();
	write_scenario(*state, tcp, over_tcp);
	write_station(*state, tcp, over_tcp);
	for (size_t i = 0; i < INSTRUMENTS; i++)
		seen[i] = (struct seen){ .id = ids[i] };
	return 0;
}

static int teardown(void **state)
{
	seen_free(seen, INSTRUMENTS);
	return scratch_remove(state);
}

static struct run begin(const char *folder, const char *preload, const char *for_time)
{
	return run_begin(folder, in_folder(folder, "run/bus"), NULL, preload, for_time);
}

static void everything_agrees(const char *folder, size_t least_values, size_t most_lost)
{
	struct scenario *scenario = fixture_scenario(folder, "scenario.yaml");
	seen_read(folder, seen, INSTRUMENTS, &states);
	for (size_t i = 0; i < INSTRUMENTS; i++) {
		frames_agree(&seen[i], most_lost);
		size_t compared = values_agree(&seen[i], scenario);
		if (i != DEAD && compared < least_values)
			fail_msg("%s: only %zu values: %s", seen[i].id, compared,
			        text_of(folder, "sensord.log"));
	}
	scenario_free(scenario);
}

static char *status_of(const char *folder, const char *words, int *code)
{
	return run_command(code, "%s %s --config %s 2>&1",
	        project_file("build/san/quantrac"), words,
	        in_folder(folder, "station.yaml"));
}

static void every_value_sent_is_kept_once_though_a_slave_is_dead_and_a_cable_pulled(
        void **state)
{
	struct run run = begin(*state, NULL, "9s");
	int code, code_channel, code_bare;
	char *end;
	poll(NULL, 0, 2500);
	char *all = status_of(*state, "status", &code);
	char *one = status_of(*state, "get nt-01 flow_out --format csv", &code_channel);
	char *bare = run_command(&code_bare,
	        "%s get nt-01 flow_out --config %s 2>/dev/null",
	        project_file("build/san/quantrac"), in_folder(*state, "station.yaml"));
	run_finish(*state, &run);
	assert_int_equal(code_bare, EXIT_FOUND); /* the dead one has a line too */
	assert_true(strtod(bare, &end) > 0);
	assert_int_equal(*end, '\n');
	assert_int_equal(strspn(bare, "0123456789.\n"), strlen(bare));
	free(bare);
	assert_int_equal(code, 0);
	assert_contains(all, "flow_out");
	assert_contains(all, "silent");
	assert_int_equal(code_channel, 0);
	assert_contains(one, "time,station,instrument,channel,value,unit,state");
	free(all);
	free(one);
	everything_agrees(*state, 20, 3);
	assert_int_equal(seen[DEAD].n_silent, seen[DEAD].n_kept);
	assert_true(seen[DEAD].n_kept >= 5);
	assert_contains(states, "{\"subject\":\"instrument dead\",\"state\":\"down\"");
	assert_contains(states, "{\"subject\":\"port bus\",\"state\":\"down\"");
	/* it came back, and values with it */
	const struct poll_kept *last = &seen[WATER].kept[seen[WATER].n_kept - 1];
	assert_true(last->time_us > run.live_us + 5 * US_PER_S);
	assert_int_equal(last->state[0], STATE_OK);
	assert_true(seen[WATER].n_silent > 0 && seen[GAS].n_silent == 0);
}

static void status_says_that_nobody_runs(void **state)
{
	int code;
	char *text = status_of(*state, "status", &code);
	assert_int_equal(code, EXIT_NO_DAEMON);
	assert_contains(text, "systemctl start quantrac-sensord");
	free(text);
	struct run run = begin(*state, NULL, "1s");
	run_finish(*state, &run);
	text = status_of(*state, "get nt-01 cod", &code);
	assert_int_equal(code, EXIT_NO_DAEMON);
	assert_contains(text, "not running");
	free(text);
}

static void the_real_serial_library_opens_the_same_line(void **state)
{
	char shim[512];
	snprintf(shim, sizeof shim, "%s", project_file("build/shim_pty.so"));
	if (access(shim, R_OK) != 0)
		skip();
	struct run run = begin(*state, shim, "2s");
	run_finish(*state, &run);
	everything_agrees(*state, 5, 2);
	assert_null(strstr(text_of(*state, "sensord.log"), "pseudo-terminal"));
}

static void a_second_daemon_leaves_the_journal_alone(void **state)
{
	struct run run = begin(*state, NULL, "2s");
	int code;
	wait_for_file(in_folder(*state, "journal/lock"));
	char *text = run_command(&code, "%s --config %s --for 1s 2>&1",
	        project_file("build/san/quantrac-sensord"),
	        in_folder(*state, "station.yaml"));
	run_finish(*state, &run);
	assert_int_equal(code, EXIT_TRY_AGAIN);
	assert_contains(text, "another quantrac-sensord");
	free(text);
}

/* What had been committed is there, once; the second run goes on behind it. */
static void a_killed_daemon_goes_on_behind_what_it_had_committed(void **state)
{
	struct run run = begin(*state, NULL, "60s");
	int status;
	wait_for_file(in_folder(*state, "journal/state.json"));
	poll(NULL, 0, 2200);
	kill(run.sensord, SIGKILL);
	assert_int_equal(waitpid(run.sensord, &status, 0), run.sensord);
	run.sensord = run_again(*state, "2s");
	run_finish(*state, &run);
	/* a second and a half of polls and what was on the wire, of 4 s: two frames a
	 * poll */
	everything_agrees(*state, 10, 40);
	assert_contains(text_of(*state, "sensord.log"), "continued");
}

static void a_signal_ends_it_with_everything_committed(void **state)
{
	struct run run = begin(*state, NULL, "60s");
	wait_for_file(in_folder(*state, "journal/state.json"));
	poll(NULL, 0, 700);
	kill(run.sensord, SIGTERM);
	run_finish(*state, &run);
	everything_agrees(*state, 1, 2);
	assert_contains(text_of(*state, "sensord.log"), "ended");
}

static void a_configuration_that_is_wrong_is_told_with_78(void **state)
{
	int code;
	fixture_write(*state, "bad.yaml", "zone: {id: kcn-mau, name: X}\nprots: []\n");
	char *text = run_command(&code, "%s --check --config %s 2>&1",
	        project_file("build/san/quantrac-sensord"),
	        in_folder(*state, "bad.yaml"));
	assert_int_equal(code, EXIT_CONFIG);
	assert_contains(text, "bad.yaml:2:1: error: ");
	free(text);
	text = run_command(&code, "%s --check --config %s 2>&1",
	        project_file("build/san/quantrac-sensord"),
	        in_folder(*state, "station.yaml"));
	assert_int_equal(code, 0);
	assert_contains(text, "5 instruments on 3 ports: OK");
	free(text);
}

/* From "needs" on; the bytes that are free move between two looks. */
static char *told_room(const char *folder, const char *words, int *code)
{
	char *text = run_command(
	        code, "%s %s 2>&1", project_file(words), in_folder(folder, "big.yaml"));
	char *needs = strstr(text, ": needs "),
	     *has = strstr(text, "and the disk has ");
	assert_non_null(needs);
	assert_non_null(has);
	char *free_on = strstr(has, "free; ");
	assert_non_null(free_on);
	memmove(has, free_on, strlen(free_on) + 1);
	memmove(text, needs, strlen(needs) + 1);
	text[strcspn(text, "\n")] = '\0'; /* what else is not as it should be */
	return text;
}

static void a_disk_that_cannot_hold_the_journal_is_refused_alike(void **state)
{
	static const char *const words[] = { "build/san/quantrac-sensord --config",
		"build/san/quantrac-sensord --check --config",
		"build/san/quantrac config check" };
	char *first = NULL;
	char station[4096];
	snprintf(station, sizeof station, "%s", text_of(*state, "station.yaml"));
	char *journal = strstr(station, "{folder: journal}");
	assert_non_null(journal);
	fixture_write(*state, "big.yaml", "%.*s{folder: journal, room: 900 TiB}%s",
	        (int)(journal - station), station,
	        journal + strlen("{folder: journal}"));
	for (size_t i = 0; i < 3; i++) {
		int code;
		char *told = told_room(*state, words[i], &code);
		assert_int_equal(code, EXIT_CONFIG);
		assert_contains(told, "needs 921600.0 GiB, in whole segments");
		if (first != NULL)
			assert_string_equal(told, first);
		if (first == NULL)
			first = told;
		else
			free(told);
	}
	free(first);
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(
		        every_value_sent_is_kept_once_though_a_slave_is_dead_and_a_cable_pulled),
		scratch_test(status_says_that_nobody_runs),
		scratch_test(the_real_serial_library_opens_the_same_line),
		scratch_test(a_second_daemon_leaves_the_journal_alone),
		scratch_test(a_killed_daemon_goes_on_behind_what_it_had_committed),
		scratch_test(a_signal_ends_it_with_everything_committed),
		scratch_test(a_configuration_that_is_wrong_is_told_with_78),
		scratch_test(a_disk_that_cannot_hold_the_journal_is_refused_alike),
	};
	return cmocka_run_group_tests_name("e2e_sensord", tests, NULL, NULL);
}
