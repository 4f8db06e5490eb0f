/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real daemon counts how its requests ended: shown while it runs, in its journal when it has ended; with an
 * instrument that stops answering, one whose answers are garbled, one that refuses. */
#include "tests/kits/check.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/status.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/e2e_cabinet.h"

enum { GOOD, KILLED, GARBLED, REFUSING, INSTRUMENTS };
static const char *const ids[INSTRUMENTS] = { "good", "killed", "garbled", "refusing" };

static struct seen seen[INSTRUMENTS];
static const char *states;

static void write_station(const char *folder)
{
	char part[INSTRUMENTS][200];
	for (int i = 0; i < INSTRUMENTS; i++)
		snprintf(part[i], sizeof part[i],
		        "  - {id: %s, profile: fixture-water, port: bus, slave: %d, "
		        "poll_every: 400ms, timeout: 100ms, retries: 0}\n",
		        ids[i], i + 1);
	fixture_write(folder, "station.yaml",
	        "zone: {id: kcn-mau, name: KCN Mau}\n"
	        "station: {id: nt-01, name: Nuoc thai, simulation: yes}\n"
	        "facility: {id: a, name: A}\n"
	        "outlets: [{id: x, name: X, kind: water}]\n"
	        "journal: {folder: journal}\n"
	        "profiles: profiles\n"
	        "ports: [{id: bus, path: %s/run/bus, line: 115200 8N1}]\n"
	        "instruments:\n%s%s%s%s",
	        folder, part[0], part[1], part[2], part[3]);
}

static void write_scenario(const char *folder)
{
	char head[512], part[INSTRUMENTS][200];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(head, sizeof head, fixture_head, folder);
#pragma GCC diagnostic pop
	for (int i = 0; i < INSTRUMENTS; i++)
		snprintf(part[i], sizeof part[i],
		        "  - {id: %s, profile: fixture-water, port: bus, slave: %d, "
		        "delay: 5ms, channels: [{name: cod, mean: 42, noise: 1}]}\n",
		        ids[i], i + 1);
	fixture_write(folder, "scenario.yaml",
	        "%s"
	        "ports: [{id: bus, mode: rtu}]\n"
	        "instruments:\n%s%s%s%s"
	        "scenes:\n"
	        "  - {from: live +10s, to: live +600s, instrument: killed, silent: "
	        "yes}\n"
	        "  - {from: live +0s, to: live +600s, instrument: garbled, flips: 3}\n"
	        "  - {from: live +0s, to: live +600s, instrument: refusing, "
	        "exception: 2}\n",
	        head, part[0], part[1], part[2], part[3]);
}

static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	fixture_profiles(*state);
	write_scenario(*state);
	write_station(*state);
	for (size_t i = 0; i < INSTRUMENTS; i++)
		seen[i] = (struct seen){ .id = ids[i] };
	return 0;
}

static int teardown(void **state)
{
	seen_free(seen, INSTRUMENTS);
	return scratch_remove(state);
}

static struct run begin(const char *folder, const char *for_time)
{
	return run_begin(folder, in_folder(folder, "run/bus"), NULL, NULL, for_time);
}

/* ---- what status shows ---- */

static char *status_of(const char *folder, const char *words, int *code)
{
	return run_command(code, "%s %s --config %s 2>&1",
	        project_file("build/san/quantrac"), words,
	        in_folder(folder, "station.yaml"));
}

static int64_t number_of(const char *line, int column)
{
	for (; column > 0 && line != NULL; column--)
		line = strchr(line, ',') != NULL ? strchr(line, ',') + 1 : NULL;
	return line != NULL ? strtoll(line, NULL, 10) : -1;
}

enum {
	N_REQUESTS = 2,
	N_ANSWERS,
	N_TIMEOUTS,
	N_CHECKSUM,
	N_MALFORMED,
	N_EXCEPTIONS
}; /* columns */

/* Until an instrument has so many; a minute at most. */
static void wait_for(const char *folder, const char *id, int column, int64_t least)
{
	char line[64];
	int64_t shown = -1;
	snprintf(line, sizeof line, "nt-01,%s,", id);
	for (int i = 0; i < 300 && shown < least; i++) {
		int code;
		char *csv = status_of(folder, "status --lines --format csv", &code);
		shown = number_of(strstr(csv, line), column);
		free(csv);
		poll(NULL, 0, shown < least ? 200 : 0);
	}
	if (shown < least)
		fail_msg("%s: column %d is %d: %s", id, column, (int)shown,
		        text_of(folder, "sensord.log"));
}

static int64_t time_now(void)
{
	struct clock clock;
	clock_init(&clock);
	return clock_now(&clock).time_us;
}

static void end_sensord(const struct run *run)
{
	int status;
	kill(run->sensord, SIGTERM);
	assert_int_equal(waitpid(run->sensord, &status, 0), run->sensord);
	assert_int_equal(status, 0);
}

/* ---- what the journal says ---- */

/* The record of counts of the n-th run (from 0); NULL: it has none. */
static const char *record_of(const char *id, int run)
{
	char part[160];
	snprintf(part, sizeof part,
	        "{\"subject\":\"instrument %s\",\"state\":\"counts\"", id);
	const char *at = strstr(states, part);
	for (; run > 0 && at != NULL; run--)
		at = strstr(at + 1, part);
	return at;
}

static int64_t told(const char *id, int run, const char *name)
{
	char part[64];
	const char *record = record_of(id, run);
	if (record == NULL) {
		fail_msg("no counts of %s in run %d: %s", id, run, states);
		return -1;
	}
	snprintf(part, sizeof part, "\\\"%s\\\":", name);
	const char *at = strstr(record, part);
	assert_non_null(at);
	return strtoll(at + strlen(part), NULL, 10);
}

static void adds_up(const char *id, int run)
{
	int64_t ended = told(id, run, "answers") + told(id, run, "timeouts") +
	                told(id, run, "checksum") + told(id, run, "malformed");
	/* the last one may have been on its way */
	assert_in_range(told(id, run, "requests") - ended, 0, 1);
	assert_true(told(id, run, "requests") > 0);
}

static void each_is_what_it_was(void)
{
	assert_int_equal(told("good", 0, "checksum"), 0);
	assert_int_equal(told("good", 0, "exceptions"), 0);
	assert_true(told("good", 0, "answers") >= 4);
	assert_true(told("killed", 0, "answers") >= 1);
	assert_true(told("killed", 0, "timeouts") >= 1);
	assert_int_equal(told("killed", 0, "checksum"), 0);
	assert_true(told("garbled", 0, "checksum") >= 1);
	assert_int_equal(told("garbled", 0, "answers"), 0);
	/* after a silence answers are let go by, and nobody looks what they say */
	assert_in_range(
	        told("refusing", 0, "exceptions"), 1, told("refusing", 0, "answers"));
}

static void what_went_well_and_wrong_is_in_the_journal(void **state)
{
	struct run run = begin(*state, "600s");
	wait_for(*state, "good", N_ANSWERS, 4);
	wait_for(*state, "garbled", N_CHECKSUM, 1);
	wait_for(*state, "refusing", N_EXCEPTIONS, 1);
	wait_for(*state, "killed", N_TIMEOUTS, 1);
	kill(run.sensord, SIGTERM);
	run_finish(*state, &run);
	seen_read(*state, seen, INSTRUMENTS, &states);
	for (int i = 0; i < INSTRUMENTS; i++) {
		adds_up(ids[i], 0);
		assert_int_equal(told(ids[i], 0, "readings"), seen[i].n_kept);
		assert_null(record_of(ids[i], 1)); /* not more often than said */
	}
	each_is_what_it_was();
	/* the last words of the program */
	const char *last = record_of("refusing", 0);
	assert_int_equal(strcspn(last, "\n"), strlen(last) - 1);
}

static void a_restart_counts_anew(void **state)
{
	struct run run = begin(*state, "600s");
	wait_for(*state, "good", N_ANSWERS, 4);
	end_sensord(&run);
	int64_t between_us = time_now();
	run.sensord = run_again(*state, "600s");
	wait_for(*state, "good", N_ANSWERS, 1);
	kill(run.sensord, SIGTERM);
	run_finish(*state, &run);
	seen_read(*state, seen, INSTRUMENTS, &states);
	for (int i = 0; i < INSTRUMENTS; i++) {
		adds_up(ids[i], 0);
		adds_up(ids[i], 1);
		assert_in_range(told(ids[i], 0, "since_us"), run.live_us, between_us);
		assert_in_range(told(ids[i], 1, "since_us"), between_us, time_now());
		assert_int_equal(
		        told(ids[i], 0, "readings") + told(ids[i], 1, "readings"),
		        seen[i].n_kept);
	}
}

static void status_tells_how_requests_ended(void **state)
{
	struct run run = begin(*state, "600s");
	int code, code_vi, code_json, code_both;
	wait_for(*state, "good", N_ANSWERS, 4);
	wait_for(*state, "killed", N_TIMEOUTS, 4);
	char *text = status_of(*state, "status --lines", &code);
	char *csv = status_of(*state, "status --lines --format csv", &code);
	char *vi = status_of(*state, "status --lines --lang vi", &code_vi);
	char *json = status_of(*state, "status --lines --format json", &code_json);
	char *both = status_of(*state, "status --lines --gaps", &code_both);
	kill(run.sensord, SIGTERM);
	run_finish(*state, &run);
	assert_int_equal(code, 0);
	assert_contains(csv,
	        "station,instrument,requests,answers,timeouts,checksum,malformed,"
	        "exceptions,late,echoes,noise,overruns,reconnects,readings\n");
	const char *killed = strstr(csv, "nt-01,killed,");
	const char *good = strstr(csv, "nt-01,good,");
	assert_non_null(killed);
	assert_non_null(good);
	assert_true(number_of(killed, N_TIMEOUTS) >= 1);
	int64_t ended = 0;
	for (int column = N_ANSWERS; column <= N_MALFORMED; column++)
		ended += number_of(killed, column);
	assert_in_range(number_of(killed, N_REQUESTS) - ended, 0, 1);
	assert_true(number_of(good, N_ANSWERS) >= 4);
	assert_int_equal(number_of(good, N_CHECKSUM), 0);
	assert_int_equal(code_vi, 0);
	assert_contains(vi, "ĐÃ TRẢ LỜI");
	assert_contains(vi, "thiết bị killed: mất từ ");
	assert_contains(vi, "không trả lời");
	assert_contains(text, "instrument killed: down since ");
	assert_contains(text, "does not answer: check power, address and wiring");
	free(text);
	assert_contains(vi, "Tính từ khi quantrac-sensord khởi động");
	assert_int_equal(code_json, 0);
	assert_contains(json, "\"instrument\":\"good\",\"requests\":");
	assert_int_equal(code_both, EXIT_USAGE);
	assert_contains(both, "ask for one");
	free(csv);
	free(vi);
	free(json);
	free(both);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(what_went_well_and_wrong_is_in_the_journal),
		EACH(a_restart_counts_anew),
		EACH(status_tells_how_requests_ended),
	};
	return cmocka_run_group_tests_name("e2e_counts", tests, NULL, NULL);
}
