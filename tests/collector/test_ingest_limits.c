/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking in when what is gathered is full: by its own commit, or by that of others; and
 * a disk that cannot be written while it is. */
#include "tests/kits/collector_fixture.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/journal.h"
#include "collector/ingest.h"
#include "tests/kits/journal_kit.h"

static struct ingest *open_small(const char *dir)
{
	struct ingest_options options = { .dir = dir,
		.segment_size = JOURNAL_SEGMENT_LEAST };
	struct ingest *ingest;
	struct problem why = { .text = "" };
	if (ingest_open(&ingest, &options, &why) != OK)
		fail_msg("%s", why.text);
	return ingest;
}

/* So many of 30 KB are more than a journal gathers. */
#define MANY (JOURNAL_GROUP / 30000 + 4)

/* A record of 30 KB. */
static void big(struct agent *agent)
{
	static uint8_t payload[30000];
	memset(payload, 'x', sizeof payload);
	agent_raw(agent, RECORD_STATE, NOW, payload, sizeof payload);
}

/* Files may grow no more: the disk is full for this process. */
static struct rlimit before;

static void fill_disk(void)
{
	struct rlimit none;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
}

static void free_disk(void)
{
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
}

/* More than a journal gathers, and nobody commits: it does so itself. */
static void a_journal_that_is_full_commits_what_it_has(void **state)
{
	struct ingest *ingest = open_small(*state);
	for (int i = 0; i < (int)MANY; i++) {
		big(&cabinet);
		agent_give(&cabinet, ingest, NOW);
	}
	assert_true(ingest_durable(ingest, "bt-outlet", EPOCH) > 1);
	assert_true(ingest_pending(ingest) > 0);
	ingest_close(ingest);
	assert_int_equal(journal_records(*state, &book), MANY);
}

static void records_made_here_do_so_too(void **state)
{
	struct problem why;
	struct ingest *ingest = open_small(*state);
	for (int i = 0; i < (int)MANY; i++) {
		big(&cabinet);
		const struct agent_record *one = &book.record[i];
		assert_int_equal(ingest_record(ingest, "bt-outlet", EPOCH, one->bytes,
		                         one->size, NOW, &why),
		        OK);
		cabinet.batch_size = 0;
	}
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), MANY + 1);
	/* what is no record, or another's, is not taken */
	const struct agent_record *one = &book.record[0];
	assert_int_equal(ingest_record(ingest, "bt-outlet", EPOCH, one->bytes,
	                         one->size - 1, NOW, &why),
	        REFUSED);
	assert_int_equal(
	        ingest_record(ingest, "nt-01", EPOCH, one->bytes, one->size, NOW, &why),
	        REFUSED);
	ingest_close(ingest);
	assert_int_equal(journal_records(*state, &book), MANY);
}

/* Room to gather in is for some journals at once: one more has the others commit. */
static void more_stations_than_may_gather_at_once(void **state)
{
	enum { STATIONS = 20 };
	static struct agent agent[STATIONS];
	static struct agent_book books[STATIONS];
	struct ingest *ingest = open_small(*state);
	for (int i = 0; i < STATIONS; i++) {
		char name[SOURCE_SIZE + 1];
		snprintf(name, sizeof name, "tram-%02d", i);
		agent_start(&agent[i], &books[i], name, (uint64_t)i + 1);
		agent_state(&agent[i], NOW, "here");
		agent_give(&agent[i], ingest, NOW);
	}
	assert_int_equal(ingest_journals(ingest), STATIONS);
	size_t durable = 0;
	for (int i = 0; i < STATIONS; i++)
		durable += ingest_durable(ingest, agent[i].source, agent[i].epoch) == 2;
	assert_in_range(durable, 1, STATIONS - 1);
	assert_int_equal(ingest_commit(ingest), OK);
	ingest_close(ingest);
	for (int i = 0; i < STATIONS; i++) {
		agent_end(&agent[i]);
		agent_book_free(&books[i]);
	}
}

/* A full disk: nothing is said to be durable, sealing is refused, and when there is room
 * again all is there. */
static void a_disk_that_is_full_acknowledges_nothing(void **state)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = open_small(*state);
	agent_state(&cabinet, NOW, "one");
	agent_give(&cabinet, ingest, NOW);
	fill_disk();
	assert_int_equal(ingest_commit(ingest), FAILED);
	assert_int_equal(ingest_durable(ingest, "bt-outlet", EPOCH), 1);
	assert_int_equal(ingest_seal(ingest, NOW, true, &why), FAILED);
	assert_contains(why.text, "a journal cannot be written");
	assert_int_equal(
	        ingest_seal_epoch(ingest, "bt-outlet", EPOCH, NOW, &why), FAILED);
	/* what came already is compared with the journal, which must be written first */
	struct wire wire = agent_again(&cabinet, 1, 1);
	assert_int_equal(
	        ingest_data(ingest, "bt-outlet", &wire, NOW, NULL, &why), FAILED);
	assert_int_equal(
	        ingest_skip(ingest, "bt-outlet", EPOCH, 50, NOW, &why), FAILED);
	assert_int_equal(ingest_skip(ingest, "nt-01", EPOCH, 50, NOW, &why), FULL);
	int taken = 0;
	for (int i = 0; i < (int)MANY; i++) {
		big(&cabinet);
		taken += agent_hand(&cabinet, ingest, NOW) == OK;
	}
	assert_in_range(taken, 1, MANY - 1);
	free_disk();
	assert_int_equal(ingest_commit(ingest), OK);
	assert_int_equal(ingest_durable(ingest, "bt-outlet", EPOCH),
	        ingest_next(ingest, "bt-outlet", EPOCH));
	ingest_close(ingest);
	assert_int_equal(journal_records(*state, &book), (size_t)taken + 1);
}

/* What the agent keeps no more can never come: also for a station never heard of. */
static void a_journal_may_begin_far_behind_the_first(void **state)
{
	struct problem why;
	struct ingest *ingest = open_small(*state);
	assert_int_equal(ingest_skip(ingest, "nt-01", 7, 1, NOW, &why), OK);
	assert_int_equal(ingest_journals(ingest), 0);
	assert_int_equal(ingest_skip(ingest, "nt-01", 7, 100, NOW, &why), OK);
	assert_int_equal(ingest_next(ingest, "nt-01", 7), 100);
	assert_int_equal(ingest_skip(ingest, "nt-01", 7, 99, NOW, &why), OK);
	assert_int_equal(ingest_next(ingest, "nt-01", 7), 100);
	ingest_close(ingest);
	ingest = open_small(*state);
	assert_int_equal(ingest_next(ingest, "nt-01", 7), 100);
	ingest_close(ingest);
}

/* One record of an epoch of its own. */
static int begin_epoch(struct ingest *ingest, const char *source, uint64_t epoch,
        int64_t now_us, struct problem *why)
{
	struct agent agent;
	agent_start(&agent, &book, source, epoch);
	agent_state(&agent, NOW, "begun");
	struct wire wire = agent_message(&agent);
	int status = ingest_data(ingest, source, &wire, now_us, NULL, why);
	agent_end(&agent);
	return status;
}

/* Who holds a cabinet's key fills no disk with epochs; nobody else is held up, and an hour
 * later it goes on. */
static void a_cabinet_begins_only_so_many_epochs_within_an_hour(void **state)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = open_small(*state);
	const int64_t hour_us = 3600 * INT64_C(1000000);
	for (uint64_t i = 1; i <= 64; i++)
		assert_int_equal(begin_epoch(ingest, "bt-outlet", i, NOW, &why), OK);
	assert_int_equal(
	        begin_epoch(ingest, "bt-outlet", 65, NOW + hour_us - 1, &why), REFUSED);
	assert_contains(
	        why.text, "bt-outlet: has begun an epoch or left out records 64 times");
	struct problem none;
	assert_int_equal(ingest_skip(ingest, "bt-outlet", 66, 9, NOW, &none), REFUSED);
	assert_int_equal(ingest_journals(ingest), 64);
	assert_int_equal(begin_epoch(ingest, "stack-1", 65, NOW, &why), OK);
	assert_int_equal(begin_epoch(ingest, "bt-outlet", 65, NOW + hour_us, &why), OK);
	ingest_close(ingest);
	/* those that are there at the start are none of these */
	ingest = open_small(*state);
	assert_int_equal(begin_epoch(ingest, "bt-outlet", 66, NOW + hour_us, &why), OK);
	ingest_close(ingest);
}

/* Nor with holes, each of which begins a segment. */
static void a_cabinet_leaves_out_records_only_so_often_within_an_hour(void **state)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = open_small(*state);
	const int64_t hour_us = 3600 * INT64_C(1000000);
	for (uint64_t i = 1; i <= 14; i++)
		assert_int_equal(begin_epoch(ingest, "bt-outlet", i, NOW, &why), OK);
	for (uint64_t i = 0; i < 50; i++)
		assert_int_equal(ingest_skip(ingest, "bt-outlet", 1 + i % 14,
		                         10 + 10 * i, NOW, &why),
		        OK);
	assert_int_equal(
	        ingest_skip(ingest, "bt-outlet", 3, 1000, NOW + hour_us - 1, &why),
	        REFUSED);
	assert_contains(why.text, "left out records 64 times within an hour");
	assert_int_equal(
	        begin_epoch(ingest, "bt-outlet", 15, NOW + hour_us - 1, &why), REFUSED);
	assert_int_equal(ingest_next(ingest, "bt-outlet", 3), 450);
	/* one without news is none */
	assert_int_equal(ingest_skip(ingest, "bt-outlet", 3, 450, NOW, &why), OK);
	assert_int_equal(begin_epoch(ingest, "stack-1", 1, NOW, &why), OK);
	assert_int_equal(ingest_skip(ingest, "stack-1", 1, 9, NOW, &why), OK);
	assert_int_equal(
	        ingest_skip(ingest, "bt-outlet", 3, 1000, NOW + hour_us, &why), OK);
	ingest_close(ingest);
}

/* Of one source the newest journal goes on where none is named. */
static void the_newest_of_several_epochs_goes_on(void **state)
{
	struct problem why;
	struct ingest *ingest = open_small(*state);
	for (uint64_t epoch = 30; epoch > 27; epoch--) {
		cabinet.epoch = epoch;
		cabinet.seq = 1;
		agent_state(&cabinet, NOW, "one");
		const struct agent_record *one = &book.record[book.n - 1];
		cabinet.batch_size = 0;
		assert_int_equal(ingest_record(ingest, "bt-outlet", epoch, one->bytes,
		                         one->size, NOW, &why),
		        OK);
	}
	uint8_t copy[512];
	const struct agent_record *one = &book.record[0];
	memcpy(copy, one->bytes, one->size);
	assert_int_equal(
	        ingest_record(ingest, "bt-outlet", 0, copy, one->size, NOW, &why), OK);
	assert_int_equal(ingest_next(ingest, "bt-outlet", 28), 3);
	assert_int_equal(ingest_next(ingest, "bt-outlet", 30), 2);
	ingest_close(ingest);
}

static void damage_is_told_at_the_start(void **state)
{
	char path[600];
	struct ingest *ingest = open_small(*state);
	for (int i = 0; i < 12; i++) {
		big(&cabinet);
		agent_give(&cabinet, ingest, NOW);
		ingest_commit(ingest);
	}
	ingest_close(ingest);
	snprintf(path, sizeof path,
	        "%s/journal/bt-outlet/5000000000000001/00000000000000000001.log",
	        (const char *)*state);
	kit_flip(path, 8 * 200);
	lines[0] = '\0';
	ingest = open_small(*state);
	assert_contains(lines, "1 damaged segments, records 1 to 1 are missing");
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 13);
	ingest_close(ingest);
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, collector_setup, collector_teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest tests[] = {
		WITH(a_journal_that_is_full_commits_what_it_has),
		WITH(records_made_here_do_so_too),
		WITH(more_stations_than_may_gather_at_once),
		WITH(a_disk_that_is_full_acknowledges_nothing),
		WITH(a_journal_may_begin_far_behind_the_first),
		WITH(a_cabinet_begins_only_so_many_epochs_within_an_hour),
		WITH(a_cabinet_leaves_out_records_only_so_often_within_an_hour),
		WITH(the_newest_of_several_epochs_goes_on),
		WITH(damage_is_told_at_the_start),
	};
	return cmocka_run_group_tests_name("ingest limits", tests, NULL, NULL);
}
