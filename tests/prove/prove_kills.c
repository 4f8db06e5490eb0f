/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kill -9 of the real quantrac-sensord and quantrac-collectd under load, at random
 * moments, one of them or both:
 *
 *     simulator --> sensord --CURVE--> collectd --> sealed days
 *                   a second cabinet, in here ^
 *
 * The second cabinet knows exactly what was acknowledged to it; the real one says so with
 * -v at the moment it knows.  After every kill the journals are read: what was
 * acknowledged is there, no seq has ever named two records.  At the end every record of
 * both cabinets lies in the sealed days exactly once, to the byte.
 *
 *   prove_kills [-n KILLS] [-s SEED]
 */
#include "tests/kits/check.h"

#include <err.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "archive/day.h"
#include "archive/proof.h"
#include "base/crc.h"
#include "base/folder.h"
#include "base/journal.h"
#include "base/log.h"
#include "tests/kits/collectd_kit.h"
#include "tests/kits/e2e_cabinet.h"
#include "tests/prove/kills_cabinet.h"
#include "tests/prove/kills_known.h"

#define STATION  KILLS_STATION
#define ALL_TIME (BEGIN + 4000 * AGENT_1DAY)
/* ms for the last records: a cabinet whose collector went again and again may wait a
 * minute before it calls, and then has all of them to send */
#define SETTLE 300000

static struct kills {
	uint64_t seed;
	int wanted, sensord, collectd;
	pid_t simulate, daemon;
	struct known station, agent;
	uint64_t committed, acked, promises; /* as the real cabinet said */
} k;

static void quiet(enum log_level level, const char *text)
{
}

/* ---- what lies in a journal ---- */

static void expect(const char *who, const char *what, uint64_t promised, uint64_t last)
{
	if (last >= promised)
		return;
	printf("%s: %s %" PRIu64 ", its journal ends at %" PRIu64 "\n", who, what,
	        promised, last);
	found.lost += promised - last;
}

/* What the real cabinet promised since it was started: the last line of its kind; how
 * often it promised. */
static uint64_t read_promises(void)
{
	char *text;
	size_t n;
	uint64_t epoch, committed, acked, promises = 0;
	if (file_read(in_folder(t.dir, "sensord.log"), 1 << 26, &text, &n) != OK)
		return 0;
	for (char *at = text; (at = strstr(at, ": epoch ")) != NULL; at++) {
		if (sscanf(at,
		            ": epoch %" SCNx64 ": committed before %" SCNu64
		            ", at the collector before %" SCNu64,
		            &epoch, &committed, &acked) != 3 ||
		        epoch != k.station.epoch)
			continue;
		promises++;
		if (committed > 0 && committed - 1 > k.committed)
			k.committed = committed - 1;
		if (acked > 0 && acked - 1 > k.acked)
			k.acked = acked - 1;
	}
	free(text);
	return promises;
}

static void look_at_cabinet(void)
{
	const char *folder = in_folder(t.dir, "journal");
	uint64_t epoch[4];
	int n = journal_epochs(folder, STATION, epoch, 4);
	if (k.station.epoch == 0 && n > 0)
		k.station.epoch = epoch[0];
	if (n > 1 || (n == 1 && epoch[0] != k.station.epoch))
		fail_msg("the cabinet began another epoch");
	k.promises += read_promises();
	if (n == 1)
		expect("sensord", "had committed", k.committed,
		        known_look(folder, STATION, &k.station, true));
}

static void look_at_collector(void)
{
	const char *folder = in_folder(t.dir, "archive/journal");
	expect("collectd", "had acknowledged to sensord", k.acked,
	        known_look(folder, STATION, &k.station, false));
	for (uint64_t i = k.agent.n; i < t.book.n; i++)
		known_add(&k.agent,
		        crc32c(0, t.book.record[i].bytes, t.book.record[i].size));
	expect("collectd", "had acknowledged", t.acked - 1,
	        known_look(folder, "bt-outlet", &k.agent, false));
}

/* ---- killing ---- */

static void kill_sensord(void)
{
	kill(k.daemon, SIGKILL);
	waitpid(k.daemon, NULL, 0);
	k.sensord++;
}

static void kill_collectd(void)
{
	end_collectd(SIGKILL);
	k.collectd++;
}

static void run_for(int64_t ms)
{
	for (int64_t end = now_ms() + ms; now_ms() < end;)
		step();
}

static void wait_for_progress(void)
{
	if (t.acked == t.agent.seq || run_until_acked(t.acked + 1))
		return;
	char said[8192] = "";
	FILE *in = fopen(in_folder(t.dir, "collectd.log"), "r");
	for (size_t n; in != NULL && (n = fread(said, 1, sizeof said - 1, in)) > 0;)
		said[n] = '\0';
	fail_msg("collectd acknowledges nothing: %" PRIu64 " of %" PRIu64
	         ", next %" PRIu64 ", %s; it said last: %s",
	        t.acked, t.agent.seq, t.next, t.open ? "open" : "closed", said);
}

static void one_round(void)
{
	uint64_t who = chance(&k.seed) % 5; /* 0, 1: sensord; 2, 3: collectd; 4: both */
	bool sensord = who < 2 || who == 4, collectd = who >= 2;
	make_readings(30 + (int)(chance(&k.seed) % 60), 5 * AGENT_MIN);
	run_for((int64_t)(chance(&k.seed) % 500));
	/* now and then it is seen to that there is something new to lose */
	if (chance(&k.seed) % 6 == 0)
		wait_for_progress();
	if (sensord)
		kill_sensord();
	if (collectd)
		kill_collectd();
	/* what the collector has came from there */
	look_at_cabinet();
	if (collectd) {
		look_at_collector();
		start_collectd();
	}
	if (sensord)
		k.daemon = kills_sensord();
}

/* ---- the end ---- */

static uint64_t cabinet_acked(void)
{
	read_promises();
	return k.acked;
}

/* Has it got as far as to catch SIGTERM?  (It may have been started a moment ago.) */
static bool catches_sigterm(pid_t pid)
{
	char path[64], line[128];
	unsigned long long caught = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *in = fopen(path, "r");
	while (in != NULL && fgets(line, sizeof line, in) != NULL)
		if (sscanf(line, "SigCgt: %llx", &caught) == 1)
			break;
	if (in != NULL)
		fclose(in);
	return caught >> (SIGTERM - 1) & 1;
}

/* Wait until all is acknowledged, end both. */
static void settle(void)
{
	int64_t end = now_ms() + SETTLE;
	assert_true(run_until_acked(t.agent.seq));
	uint64_t acked;
	cabinet_acked();
	look_at_cabinet();
	/* something new, so that it is connected to the collectd that runs now */
	uint64_t wanted = k.station.n + 1;
	while (((acked = cabinet_acked()) < wanted || !catches_sigterm(k.daemon) ||
	               !catches_sigterm(t.collectd)) &&
	        now_ms() < end)
		step();
	if (acked < wanted)
		fail_msg("sensord: %" PRIu64 " of %" PRIu64
		         " records were acknowledged five minutes later",
		        acked, wanted);
	kill(k.daemon, SIGTERM);
	int ended = wait_for(k.daemon);
	k.daemon = 0;
	if (ended != 0)
		fail_msg("sensord ended with %d: %s", ended,
		        text_of(t.dir, "sensord.log"));
	assert_int_equal(end_collectd(SIGTERM), 0);
	look_at_cabinet();
	look_at_collector();
	if (k.acked < k.station.n)
		fail_msg("sensord ended with %" PRIu64 " of %" PRIu64
		         " records acknowledged, connected: %s",
		        k.acked, k.station.n, text_of(t.dir, "sensord.log"));
}

struct count {
	uint64_t found, doubled;
	uint8_t *station, *agent; /* times each was found */
};

static int count_one(void *with, const uint8_t *bytes, size_t n, int64_t stored_us,
        uint8_t transport)
{
	struct count *count = with;
	struct record record;
	assert_int_equal(record_decode(&record, bytes, n), (int)n);
	bool agent = strcmp(record.source, "bt-outlet") == 0;
	const struct known *known = agent ? &k.agent : &k.station;
	uint8_t *times = agent ? count->agent : count->station;
	if (record.epoch != known->epoch || record.seq > known->n ||
	        known->sum[record.seq - 1] != crc32c(0, bytes, n)) {
		found.other++;
		return 0;
	}
	count->found++;
	count->doubled += times[record.seq - 1]++ > 0;
	return 0;
}

/* Seal all that is left; every record must lie there once. */
static struct count count_sealed(void)
{
	struct ingest *ingest;
	struct seal_list list = { .n = 0 };
	struct problem why = { .text = "" };
	struct count count = { .station = calloc(k.station.n + 1, 1),
		.agent = calloc(k.agent.n + 1, 1) };
	struct ingest_options options = { .dir = archive_dir(),
		.allow_simulated = true };
	if (ingest_open(&ingest, &options, &why) != OK ||
	        ingest_seal(ingest, ALL_TIME, true, &why) < 0)
		fail_msg("%s", why.text);
	ingest_close(ingest);
	assert_int_equal(seal_list_read(&list, archive_dir(), &why), OK);
	for (size_t i = 0; i < list.n; i++) {
		struct day *day;
		if (day_open(&day, in_folder(archive_dir(), list.seal[i].path), &why) !=
		        OK)
			fail_msg("%s", why.text);
		assert_true(day_records(day, count_one, &count, &why) >= 0);
		day_close(day);
	}
	printf("%zu sealed files\n", list.n);
	seal_list_free(&list);
	free(count.station);
	free(count.agent);
	return count;
}

static void nothing_acknowledged_is_lost_or_doubled_by_kill(void **state)
{
	kills_files(*state);
	k.agent.epoch = EPOCH;
	start_collectd();
	connect_agent();
	k.simulate = kills_simulator();
	k.daemon = kills_sensord();
	while (k.sensord + k.collectd < k.wanted)
		one_round();
	settle();
	uint64_t records = k.station.n + k.agent.n;
	struct count count = count_sealed();
	printf("killed: sensord %d times, collectd %d times; journals read %" PRIu64
	       " times, %" PRIu64 " promises of sensord\n"
	       "records: %" PRIu64 " of sensord, %" PRIu64
	       " of the second cabinet; sealed %" PRIu64 "\n"
	       "lost %" PRIu64 ", doubled %" PRIu64 ", changed or invented %" PRIu64
	       "\n",
	        k.sensord, k.collectd, found.looks, k.promises, k.station.n, k.agent.n,
	        count.found, found.lost + records - (count.found - count.doubled),
	        count.doubled, found.other);
	assert_int_equal(found.lost + found.other + count.doubled, 0);
	assert_int_equal(count.found, records);
	assert_true(k.station.n > 10 && k.agent.n > 10);
}

static int teardown(void **state)
{
	if (t.collectd > 0)
		end_collectd(SIGKILL);
	if (k.daemon > 0)
		kill(k.daemon, SIGKILL);
	if (k.simulate > 0)
		kill(k.simulate, SIGKILL);
	uplink_socket_close(t.socket);
	agent_end(&t.agent);
	agent_book_free(&t.book);
	free(k.station.sum);
	free(k.agent.sum);
	return scratch_remove(state);
}

int main(int argc, char **argv)
{
	int c;
	k.wanted = 200;
	k.seed = (uint64_t)time(NULL);
	while ((c = getopt(argc, argv, "n:s:")) != -1) {
		if (c == 'n')
			k.wanted = atoi(optarg);
		else if (c == 's')
			k.seed = strtoull(optarg, NULL, 10);
		else
			errx(64, "prove_kills [-n KILLS] [-s SEED]");
	}
	printf("seed %" PRIu64 ", %d kills\n", k.seed, k.wanted);
	fflush(stdout);
	k.seed = k.seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
	log_catch(quiet);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		        nothing_acknowledged_is_lost_or_doubled_by_kill, scratch_make,
		        teardown),
	};
	return cmocka_run_group_tests_name("kills", tests, NULL, NULL);
}
