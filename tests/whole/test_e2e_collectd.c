/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The real quantrac-collectd with a small cabinet.  It is killed at random moments,
 * $QUANTRAC_KILLS times (30 if not set).
 */
#include "tests/kits/check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/status.h"
#include "tests/kits/collectd_kit.h"

static void records_travel_and_sigterm_ends_cleanly(void **state)
{
	make_readings(2000, 5 * AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	assert_int_equal(end_collectd(SIGTERM), 0);
	assert_int_equal(journal_records(archive_dir(), &t.book), t.book.n);
}

static void nothing_acknowledged_is_lost_or_doubled_by_kill(void **state)
{
	const char *wanted = getenv("QUANTRAC_KILLS");
	int kills = wanted != NULL ? atoi(wanted) : 30;
	uint64_t seed = (uint64_t)now_ms() | 1;
	printf("seed %llu, %d kills\n", (unsigned long long)seed, kills);
	start_collectd();
	connect_agent();
	for (int i = 0; i < kills; i++) {
		make_readings(200 + (int)(chance(&seed) % 300), 5 * AGENT_MIN);
		uint64_t left = t.agent.seq - t.acked;
		assert_true(run_until_acked(t.acked + 1 + chance(&seed) % left));
		for (uint64_t more = chance(&seed) % 8; more > 0; more--)
			step();
		end_collectd(SIGKILL);
		/* what was acknowledged is there */
		assert_true(journal_records(archive_dir(), &t.book) + 1 >= t.acked);
		start_collectd();
	}
	make_readings(50, 5 * AGENT_MIN);
	assert_true(run_until_acked(t.agent.seq));
	assert_int_equal(end_collectd(SIGTERM), 0);
	assert_int_equal(journal_records(archive_dir(), &t.book), t.book.n);

	struct ingest *ingest = archive_ingest(archive_dir());
	assert_true(ingest_seal(ingest, BEGIN + 4000 * AGENT_1DAY, true, NULL) >= 0);
	ingest_close(ingest);
	assert_int_equal(sealed_records(archive_dir(), &t.book), t.book.n);
}

static void days_are_sealed_while_records_come_in(void **state)
{
	make_readings(3000, 5 * AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	int64_t end = now_ms() + PATIENCE;
	const char *names = "";
	while (strstr(names, "2026-10-15") == NULL && now_ms() < end) {
		step();
		if (access(in_folder(archive_dir(), "seals"), F_OK) == 0)
			names = sealed_names(archive_dir(), "bt-outlet");
	}
	assert_contains(names, "bt-outlet_2026-10-15.h5");
	assert_int_equal(end_collectd(SIGTERM), 0);
	assert_true(sealed_records(archive_dir(), &t.book) > 9 * 288);
	assert_int_equal(journal_records(archive_dir(), &t.book), t.book.n);
}

static void the_status_file_tells_what_is_seen(void **state)
{
	char *text;
	size_t n;
	make_readings(30, AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	assert_int_equal(end_collectd(SIGTERM), 0);
	assert_int_equal(file_read(in_folder(t.dir, "archive/collectd.json"), 1u << 20,
	                         &text, &n),
	        OK);
	assert_contains(text, "\"station\":\"bt-outlet\"");
	assert_contains(text, "\"durable\":32");
	assert_contains(text, "\"epoch\":\"e2e0000000000001\"");
	assert_contains(text, t.server.public_key);
	free(text);
}

static void status_of_the_archive_says_as_of_when_and_that_nobody_collects(void **state)
{
	make_readings(5, AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	status_says("", "collector: runs; as of ");
	status_says("--format csv", "\nbt-outlet,yes,");
	assert_int_equal(end_collectd(SIGTERM), 0);
	char *text = status_of_archive("");
	assert_contains(text, "bt-outlet  no ");
	assert_contains(
	        text, "NOT RUNNING, nobody collects now; its last state is of 20");
	free(text);
	text = status_of_archive("--format csv");
	assert_contains(text, "problem,collecting,as_of\nbt-outlet,no,");
	assert_contains(text, ",no,20");
	free(text);
}

static void so_it_does_of_a_collector_that_was_killed(void **state)
{
	make_readings(5, AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	status_says("--format csv", "\nbt-outlet,yes,");
	end_collectd(SIGKILL);
	char *text = status_of_archive("");
	assert_contains(text, "bt-outlet  no ");
	assert_contains(text, "nobody collects now");
	free(text);
}

static void simulated_data_are_refused_by_name(void **state)
{
	agent_instrument(&t.agent, ORIGIN_SIMULATION, "S1");
	make_readings(5, AGENT_MIN);
	start_collectd();
	connect_agent();
	for (int64_t end = now_ms() + PATIENCE; now_ms() < end && t.refusal[0] == '\0';)
		step();
	assert_contains(t.refusal, "--allow-simulated");
	assert_int_equal(t.acked, 1);
	assert_int_equal(end_collectd(SIGTERM), 0);
}

static void it_ends_under_any_load(void **state)
{
	static uint8_t again[WIRE_MOST];
	int status = -1, ended = 0;
	start_collectd();
	connect_agent();
	make_readings(300, AGENT_MIN);
	assert_true(run_until_acked(t.agent.seq));
	struct wire wire = agent_again(&t.agent, 1, 300);
	int n = wire_encode(&wire, again, sizeof again);
	assert_true(n > WIRE_MOST / 2);
	int64_t rush = now_ms() + 500, end = now_ms() + PATIENCE;
	while (now_ms() < rush)
		uplink_socket_send(t.socket, again, (size_t)n);
	kill(t.collectd, SIGTERM);
	while (!ended && now_ms() < end) {
		uplink_socket_send(t.socket, again, (size_t)n);
		ended = waitpid(t.collectd, &status, WNOHANG) == t.collectd;
	}
	assert_true(ended);
	t.collectd = 0;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_backlog_does_not_wait_for_commit_every(void **state)
{
	t.commit_every = "10s";
	write_config("");
	start_collectd();
	connect_agent();
	while (!t.open)
		step();
	/* what is sent again is compared, and committed for that */
	t.silent_ms = PATIENCE;
	make_readings(300, AGENT_MIN);
	struct wire wire = agent_again(&t.agent, 1, 300);
	assert_true(wire.payload_size > WIRE_MOST / 2);
	size_t n = WIRE_HEADER + wire.payload_size;
	int64_t began = now_ms();
	assert_int_equal(uplink_socket_send(t.socket, t.agent.message, n), OK);
	t.next = t.agent.seq;
	assert_true(run_until_acked(301));
	assert_in_range(now_ms() - began, 0, 8000);
	assert_int_equal(end_collectd(SIGTERM), 0);
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, collectd_setup, collectd_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(records_travel_and_sigterm_ends_cleanly),
		WITH(nothing_acknowledged_is_lost_or_doubled_by_kill),
		WITH(days_are_sealed_while_records_come_in),
		WITH(the_status_file_tells_what_is_seen),
		WITH(status_of_the_archive_says_as_of_when_and_that_nobody_collects),
		WITH(so_it_does_of_a_collector_that_was_killed),
		WITH(simulated_data_are_refused_by_name),
		WITH(it_ends_under_any_load),
		WITH(a_backlog_does_not_wait_for_commit_every),
	};
	return cmocka_run_group_tests_name("collectd", tests, NULL, NULL);
}
