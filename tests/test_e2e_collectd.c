/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The real quantrac-collectd with a small cabinet.  It is killed at random moments,
 * $QUANTRAC_KILLS times (30 if not set).
 */
#include "tests/check.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/log.h"
#include "base/status.h"
#include "collector/keys.h"
#include "tests/collectd_kit.h"

static void quiet(enum log_level level, const char *text)
{
}

/* ---- fixtures ---- */

static int setup(void **state)
{
	void *dir;
	if (scratch_make(&dir) != 0)
		return -1;
	memset(&t, 0, sizeof t);
	snprintf(t.dir, sizeof t.dir, "%s", (char *)dir);
	free(dir);
	log_catch(quiet);
	t.port = free_port();
	t.acked = t.next = t.window = 1;
	char key[KEY_TEXT], secret[4200];
	snprintf(secret, sizeof secret, "%s/collector.secret", t.dir);
	keys_own(secret, &t.server, NULL);
	key_pair_new(&t.own);
	memcpy(key, t.own.public_key, KEY_TEXT);
	keys_admit(in_folder(t.dir, "agents"), "bt-outlet", key, NULL);
	agent_start(&t.agent, &t.book, "bt-outlet", EPOCH);
	write_config("");
	return 0;
}

static int teardown(void **state)
{
	if (t.collectd > 0)
		end_collectd(SIGKILL);
	uplink_socket_close(t.socket);
	agent_end(&t.agent);
	agent_book_free(&t.book);
	void *dir = strdup(t.dir);
	/* cppcheck-suppress memleak */
	return scratch_remove(&dir);
}

/* What collectd has said so far. */
static void log_says(const char *part)
{
	char *text;
	size_t n;
	assert_int_equal(
	        file_read(in_folder(t.dir, "collectd.log"), 1u << 20, &text, &n), OK);
	assert_contains(text, part);
	free(text);
}

/* ---- tests ---- */

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

static void a_revoked_cabinet_falls_silent_at_sighup(void **state)
{
	make_readings(10, AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	assert_int_equal(
	        keys_revoke(in_folder(t.dir, "agents"), "bt-outlet", BEGIN, NULL), OK);
	kill(t.collectd, SIGHUP);
	/* until the signal is served a batch may still be taken: send one after the
	 * other */
	int64_t end = now_ms() + PATIENCE;
	do {
		make_readings(1, AGENT_MIN);
		for (int64_t soon = now_ms() + 500;
		        now_ms() < soon && t.acked < t.agent.seq;)
			step();
	} while (t.acked == t.agent.seq && now_ms() < end);
	assert_true(t.acked < t.agent.seq);
	uint64_t acked = t.acked;
	assert_int_equal(end_collectd(SIGTERM), 0);
	log_says("bt-outlet still sends, with a key that was revoked");
	assert_int_equal(journal_records(archive_dir(), &t.book), acked - 1);
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

static char *status_of_archive(const char *more)
{
	int code;
	char *text = run_command(&code, "%s --archive %s status %s 2>&1",
	        project_file("build/san/quantrac-office"), archive_dir(), more);
	if (code != 0)
		fail_msg("exit %d: %s", code, text);
	return text;
}

/* Until the words are there; how long it took. */
static int64_t status_says(const char *more, const char *words)
{
	int64_t began = now_ms();
	for (;;) {
		char *text = status_of_archive(more);
		bool said = strstr(text, words) != NULL;
		if (!said && now_ms() - began > PATIENCE)
			fail_msg("\"%s\" is not in: %s", words, text);
		free(text);
		if (said)
			return now_ms() - began;
		poll(NULL, 0, 50);
	}
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

/* It leaves no last words, but the lock is free. */
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

static void a_revoked_station_is_not_connected_a_few_seconds_later(void **state)
{
	make_readings(5, AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	status_says("--format csv", "\nbt-outlet,yes,");
	assert_int_equal(
	        keys_revoke(in_folder(t.dir, "agents"), "bt-outlet", BEGIN, NULL), OK);
	int64_t took_ms = status_says("--format csv", "\nbt-outlet,no,");
	print_message("not connected %.1f s after its key was revoked\n",
	        (double)took_ms / 1000);
	assert_true(took_ms < 10000);
	char *text = status_of_archive("");
	assert_contains(text, "revoked: its key is no longer on the list");
	assert_contains(text, "collector: runs");
	free(text);
	assert_int_equal(end_collectd(SIGTERM), 0);
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

static void what_cannot_start_says_why_with_its_code(void **state)
{
	char said[8192], path[4200], agents[4200];
	snprintf(path, sizeof path, "%s/collectd.yaml", t.dir);
	snprintf(agents, sizeof agents, "%s/nowhere", t.dir);
	const char *misuse[] = { "--for", "soon", NULL };
	assert_int_equal(run_refused(misuse, said), EXIT_USAGE);
	const char *folder[] = { "--config", path, "--agents", agents, NULL };
	assert_int_equal(run_refused(folder, said), EXIT_CONFIG);
	assert_contains(said, "nowhere");
	const char *address[] = { "--config", path, "--listen", "ipc:///tmp/x", NULL };
	assert_int_equal(run_refused(address, said), EXIT_CONFIG);
	assert_contains(said, "tcp://ADDRESS:PORT");
	const char *archive[] = { "--archive", agents, NULL };
	assert_int_equal(run_refused(archive, said), EXIT_NO_FILE);

	start_collectd();
	connect_agent();
	make_readings(1, AGENT_MIN);
	assert_true(run_until_acked(t.agent.seq));
	const char *again[] = { "--config", path, NULL };
	assert_int_equal(run_refused(again, said), EXIT_TRY_AGAIN);
	assert_contains(said, "another program writes to this archive");
	assert_int_equal(end_collectd(SIGINT), 0);

	write_config("seal_evry: 1s\nhold: 7\n");
	assert_int_equal(run_refused(again, said), EXIT_CONFIG);
	assert_contains(said, "seal_evry");
	assert_contains(said, "hold: '7' has no unit");
	assert_contains(said, "2 errors; nothing was started");
	const char *none[] = { "--config", agents, NULL };
	assert_int_equal(run_refused(none, said), EXIT_NO_FILE);
}

/* A cabinet that never stops sending, here the same records again and again, keeps it
 * from nothing, nor from its end. */
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

/* It has nothing else to do, and many records wait behind it. */
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

static void too_few_descriptors_are_refused_or_told(void **state)
{
	int exit_code;
	char path[4200];
	snprintf(path, sizeof path, "%s/collectd.yaml", t.dir);
	/* 40 of its own, 3 for each journal of 4 agents, two connections of each, and a few */
	char *said = run_command(&exit_code,
	        "prlimit --nofile=62:62 %s --config %s --for 100ms 2>&1",
	        project_file("build/san/quantrac-collectd"), path);
	assert_int_equal(exit_code, EXIT_CONFIG);
	assert_contains(said, "need 63; raise LimitNOFILE, or lower most_agents");
	free(said);
	said = run_command(&exit_code,
	        "prlimit --nofile=63:63 %s --config %s --for 100ms 2>&1",
	        project_file("build/san/quantrac-collectd"), path);
	assert_int_equal(exit_code, 0);
	assert_contains(said, "nobody new is let in when 8 are connected");
	free(said);
	said = run_command(&exit_code,
	        "prlimit --nofile=63:4096 %s --config %s --for 100ms 2>&1",
	        project_file("build/san/quantrac-collectd"), path);
	assert_int_equal(exit_code, 0);
	assert_null(strstr(said, "LimitNOFILE"));
	free(said);
}

static void paths_are_beside_the_configuration(void **state)
{
	char said[8192], path[4200], archive[4300];
	snprintf(path, sizeof path, "%s/beside.yaml", t.dir);
	snprintf(archive, sizeof archive, "archive %s/here, listens on", t.dir);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs("archive: here\nzone: {id: kcn-mau}\n", out);
	fclose(out);
	const char *check[] = { "--config", path, "--check", NULL };
	assert_int_equal(run_refused(check, said), 0);
	assert_contains(said, archive);
	out = fopen(path, "a");
	assert_non_null(out);
	fputs("listen: 192.0.2.7\n", out);
	fclose(out);
	assert_int_equal(run_refused(check, said), EXIT_CONFIG);
	assert_contains(said, "beside.yaml:3:9: error: '192.0.2.7' is no address");
}

static size_t times(const char *text, const char *part)
{
	size_t n = 0;
	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		n++;
	return n;
}

/* With a key nothing is said, without one once, and the cure with it. */
static void seals_that_are_not_signed_are_said_at_the_start(void **state)
{
	char said[8192], path[4200], more[4300], cure[4300];
	static const char unsigned_words[] = "seals are not signed: ";
	snprintf(path, sizeof path, "%s/collectd.yaml", t.dir);
	const char *start[] = { "--config", path, "--for", "100ms", NULL };
	const char *check[] = { "--config", path, "--check", NULL };
	assert_int_equal(run_refused(start, said), 0);
	assert_int_equal(times(said, unsigned_words), 1);
	assert_contains(said, "no sign_key in the configuration");
	assert_contains(
	        said, "quantrac keys new archive --sign --into /etc/quantrac/keys");
	assert_int_equal(run_refused(check, said), 0);
	assert_int_equal(times(said, unsigned_words), 1);

	snprintf(more, sizeof more, "sign_key: %s/keys/a.sign.secret\n", t.dir);
	write_config(more);
	assert_int_equal(run_refused(start, said), 0);
	snprintf(cure, sizeof cure,
	        "quantrac keys new a --sign --into %s/keys makes it", t.dir);
	assert_contains(said, cure);

	int code;
	free(run_command(&code, "%s keys new a --sign --into %s/keys 2>&1",
	        project_file("build/san/quantrac"), t.dir));
	assert_int_equal(code, 0);
	assert_int_equal(run_refused(start, said), 0);
	assert_int_equal(times(said, unsigned_words), 0);
	assert_int_equal(run_refused(check, said), 0);
	assert_int_equal(times(said, unsigned_words), 0);
}

static void it_ends_by_itself_when_told_for_how_long(void **state)
{
	char path[4200];
	snprintf(path, sizeof path, "%s/collectd.yaml", t.dir);
	const char *argument[] = { "--config", path, "--for", "300ms", NULL };
	t.collectd = spawn(argument);
	assert_int_equal(wait_for(t.collectd), 0);
	t.collectd = 0;
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(records_travel_and_sigterm_ends_cleanly),
		WITH(nothing_acknowledged_is_lost_or_doubled_by_kill),
		WITH(days_are_sealed_while_records_come_in),
		WITH(a_revoked_cabinet_falls_silent_at_sighup),
		WITH(the_status_file_tells_what_is_seen),
		WITH(status_of_the_archive_says_as_of_when_and_that_nobody_collects),
		WITH(so_it_does_of_a_collector_that_was_killed),
		WITH(a_revoked_station_is_not_connected_a_few_seconds_later),
		WITH(simulated_data_are_refused_by_name),
		WITH(what_cannot_start_says_why_with_its_code),
		WITH(it_ends_under_any_load),
		WITH(a_backlog_does_not_wait_for_commit_every),
		WITH(too_few_descriptors_are_refused_or_told),
		WITH(paths_are_beside_the_configuration),
		WITH(seals_that_are_not_signed_are_said_at_the_start),
		WITH(it_ends_by_itself_when_told_for_how_long),
	};
	return cmocka_run_group_tests_name("collectd", tests, NULL, NULL);
}
