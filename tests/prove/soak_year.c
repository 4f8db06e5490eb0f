/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A year of a cabinet and its collector, by a clock moved by hand: the real keeper, journal,
 * uplink, desk, ingest and seal, real files, a reading every five minutes.  The link is away for
 * hours and once for two weeks, the cabinet restarts every month, its clock is put right
 * every week.  What must not grow does not: descriptors, memory but for what is known of each
 * sealed file, the cabinet's disk beyond what it keeps.  Every record is there once.
 */
#include <dirent.h>
#include <fts.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/proof.h"
#include "base/journal.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "collector/desk.h"
#include "tests/kits/agent_kit.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/check.h"
#include "tests/kits/keeper_fixture.h"

#define EVERY_US     (5 * US_PER_MIN)
#define STEPS_A_DAY  (US_PER_DAY / EVERY_US)
#define DAYS         365
#define SEGMENT      JOURNAL_SEGMENT_LEAST
#define KEEP_DAYS    90
#define SETTLED_DAYS 120 /* from then on nothing may grow */
/* segments allocated ahead and the reader of what is sent are open or not, by the hour */
#define COME_AND_GO     4
#define BYTES_PER_SEAL  2048
#define HEAP_SLACK_KB   128
#define MEMORY_SLACK_KB 4096

/* ---- the link: the collector's desk, called in place of a socket ---- */

static struct {
	struct desk desk;
	struct ingest *ingest;
	struct peer peer;
	bool away;
	size_t n;
	uint8_t answer[16][WIRE_MOST];
	size_t size[16];
} office;

static void answer_take(int n, const uint8_t *bytes)
{
	if (n <= 0)
		return;
	assert_true(office.n < 16);
	memcpy(office.answer[office.n], bytes, (size_t)n);
	office.size[office.n++] = (size_t)n;
}

static int send_to_desk(void *with, const void *in, size_t n)
{
	static uint8_t out[WIRE_MOST];
	if (office.away)
		return FULL;
	answer_take(desk_hear(&office.desk, &office.peer, in, n, &c.now, out), out);
	assert_int_equal(ingest_commit(office.ingest), OK);
	office.desk.gathered = 0;
	for (size_t i = 0; i < office.desk.n; i++)
		answer_take(desk_ack(&office.desk, i, out), out);
	return OK;
}

static int hear_desk(void *with, void *out, size_t room)
{
	if (office.n == 0)
		return 0;
	size_t n = office.size[0];
	assert_true(n <= room);
	memcpy(out, office.answer[0], n);
	office.n--;
	memmove(office.answer[0], office.answer[1], office.n * sizeof office.answer[0]);
	memmove(office.size, office.size + 1, office.n * sizeof office.size[0]);
	return (int)n;
}

static void office_open(const char *dir)
{
	struct ingest_options options = {
		.dir = dir, .allow_simulated = true, .segment_size = SEGMENT
	};
	struct problem why = { .text = "" };
	archive_make(dir);
	if (ingest_open(&office.ingest, &options, &why) != OK)
		fail_msg("%s", why.text);
	assert_int_equal(desk_open(&office.desk, office.ingest, 4), OK);
	snprintf(office.peer.user, sizeof office.peer.user, "nt-01");
	c.script.link.send = send_to_desk;
	c.script.link.receive = hear_desk;
}

static void office_close(void)
{
	desk_close(&office.desk);
	ingest_close(office.ingest);
}

/* ---- what it costs ---- */

struct cost {
	size_t descriptors, seals;
	long heap_kb, memory_kb;
	off_t cabinet_bytes, journal_bytes;
};

static size_t count_descriptors(void)
{
	size_t n = 0;
	DIR *dir = opendir("/proc/self/fd");
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

/* What the heap holds; resident memory moves by a MiB with how libhdf5's pieces fit. */
static long heap_kb(void)
{
	struct mallinfo2 heap = mallinfo2();
	return (long)((heap.uordblks + heap.hblkhd) / 1024);
}

static long memory_kb(void)
{
	long pages = 0, whole = 0;
	FILE *in = fopen("/proc/self/statm", "r");
	assert_int_equal(fscanf(in, "%ld %ld", &whole, &pages), 2);
	fclose(in);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static off_t bytes_below(const char *folder)
{
	char path[4096];
	off_t bytes = 0;
	snprintf(path, sizeof path, "%s", folder);
	char *const folders[] = { path, NULL };
	FTS *walk = fts_open(folders, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	for (const FTSENT *at; (at = fts_read(walk)) != NULL;)
		if (at->fts_info == FTS_F)
			bytes += at->fts_statp->st_blocks * 512;
	fts_close(walk);
	return bytes;
}

static struct cost cost_now(const char *archive)
{
	struct seal_list list;
	struct problem why;
	char journal[4200];
	struct cost cost = { .descriptors = count_descriptors(),
		.heap_kb = heap_kb(),
		.memory_kb = memory_kb(),
		.cabinet_bytes = bytes_below(c.folder) };
	assert_int_equal(seal_list_read(&list, archive, &why), OK);
	cost.seals = list.n;
	seal_list_free(&list);
	snprintf(journal, sizeof journal, "%s/journal", archive);
	cost.journal_bytes = bytes_below(journal);
	return cost;
}

static void cost_print(int day, const struct cost *cost)
{
	printf("soak: day %3d  descriptors %zu  heap %ld KiB  resident %ld KiB  "
	       "cabinet's journal %ld KiB  collector's journal %ld KiB  sealed files "
	       "%zu\n",
	        day, cost->descriptors, cost->heap_kb, cost->memory_kb,
	        (long)cost->cabinet_bytes / 1024, (long)cost->journal_bytes / 1024,
	        cost->seals);
	fflush(stdout);
}

/* ---- the year ---- */

static void take_turns(void)
{
	for (int i = 0; i < 8; i++)
		keeper_step(c.keeper, &c.now);
}

static void restart_cabinet(void)
{
	keeper_end(c.keeper, &c.now);
	keeper_free(c.keeper);
	c.now.boot++;
	start_keeper(true, SEGMENT);
}

/* Away a few hours on every fourth day, and two weeks in autumn. */
static bool is_away(int day, int step)
{
	return (day % 4 == 1 && step > 100 && step < 180) || (day >= 200 && day < 214);
}

static void live_a_day(int day)
{
	struct problem why = { .text = "" };
	for (int step = 0; step < STEPS_A_DAY; step++) {
		office.away = is_away(day, step);
		assert_int_equal(put_reading(40 + 10 * sin(step / 45.0)), OK);
		take_turns();
		move_clock(EVERY_US / 2);
		take_turns();
		move_clock(EVERY_US - EVERY_US / 2);
		if (step % 12 == 0 &&
		        ingest_seal(office.ingest, c.now.time_us, false, &why) < 0)
			fail_msg("%s", why.text);
	}
	if (day % 7 == 6)
		c.now.time_us += day % 2 == 0 ? 2 * S : -2 * S;
	if (day % 30 == 29)
		restart_cabinet();
}

static void catch_up(void)
{
	office.away = false;
	for (int i = 0; i < 600; i++) {
		take_turns();
		move_clock(S);
	}
}

static void all_are_there_once(const char *archive)
{
	struct seal_list list;
	struct problem why = { .text = "" };
	struct keeper_counts counts = keeper_counts(c.keeper);
	uint64_t sealed = 0;
	assert_int_equal(counts.lost, 0);
	assert_int_equal(counts.acked_seq, counts.committed_seq);
	if (ingest_seal(office.ingest, c.now.time_us, true, &why) < 0)
		fail_msg("%s", why.text);
	assert_int_equal(seal_list_read(&list, archive, &why), OK);
	for (size_t i = 0; i < list.n; i++)
		sealed += list.seal[i].records;
	seal_list_free(&list);
	assert_int_equal(sealed, counts.committed_seq - 1);
	assert_true(sealed > (uint64_t)DAYS * STEPS_A_DAY);
	printf("soak: %llu records acknowledged, each sealed once\n",
	        (unsigned long long)sealed);
}

static void a_year_costs_nothing_but_what_it_keeps(void **state)
{
	char archive[4096];
	struct cost settled = { 0 }, now;
	snprintf(archive, sizeof archive, "%s", in_folder(*state, "archive"));
	office_open(archive);
	/* a reading takes 160 bytes: what KEEP_DAYS need, and a tenth */
	c.room = UINT64_C(160) * STEPS_A_DAY * KEEP_DAYS * 11 / 10;
	start_keeper(true, SEGMENT);
	for (int day = 0; day < DAYS; day++) {
		live_a_day(day);
		if (day != SETTLED_DAYS && day % 60 != 0)
			continue;
		now = cost_now(archive);
		cost_print(day, &now);
		if (day == SETTLED_DAYS)
			settled = now;
	}
	catch_up();
	now = cost_now(archive);
	cost_print(DAYS, &now);
	assert_true(now.descriptors <= settled.descriptors + COME_AND_GO);
	long seals_kb = (long)(now.seals - settled.seals) * BYTES_PER_SEAL / 1024;
	assert_true(now.heap_kb - settled.heap_kb < seals_kb + HEAP_SLACK_KB);
	assert_true(now.memory_kb - settled.memory_kb < seals_kb + MEMORY_SLACK_KB);
	assert_true(now.cabinet_bytes <= settled.cabinet_bytes + 4 * SEGMENT);
	assert_true(now.journal_bytes <= settled.journal_bytes + 4 * SEGMENT);
	all_are_there_once(archive);
	office_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_year_costs_nothing_but_what_it_keeps,
		        keeper_setup, keeper_teardown),
	};
	return cmocka_run_group_tests_name("soak", tests, NULL, NULL);
}
