/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cabinets whose clock was wrong, or said to be: whoever reads their means and gaps sees
 * the same before their records are sealed, afterwards, and when the journal has gone.
 */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "tests/kits/agent_kit.h"
#include "tests/kits/sight_kit.h"

#define MIN     AGENT_MIN
#define AT(h)   (AGENT_DAY + (h)*AGENT_HOUR) /* true time */
#define NOW     AT(20)
#define BEHIND  (15 * MIN)
#define PERIOD  (20 * MIN) /* of a reading a minute */
#define STATION "bt-outlet"

static struct agent_book book;
static struct agent agent;
static struct ingest *ingest;
static int64_t described_us; /* true time of its DESCRIBE */

/* ---- the cabinet ---- */

/* A reading a minute in true time [from, to), stamped `wrong` later, each stored a second
 * after it was made, or all at `stored` (0: not so). */
static void run(int64_t from_us, int64_t to_us, int64_t wrong_us, int64_t stored_us)
{
	for (int64_t t = from_us; t < to_us; t += MIN) {
		agent_reading(&agent, t + wrong_us, (double)((t - AGENT_DAY) / MIN));
		agent_give(&agent, ingest, stored_us != 0 ? stored_us : t + US_PER_S);
	}
}

/* It starts at a true time, with its clock so wrong and never synchronised. */
static void start_unset(int64_t at_us, int64_t wrong_us)
{
	agent.boot++;
	agent.clock = CLOCK_UNSYNCED;
	agent.mono_base_us = at_us + wrong_us - MIN;
	agent_state(&agent, at_us + wrong_us, "started");
	agent_give(&agent, ingest, at_us + US_PER_S);
}

static void describe(int64_t at_us, int64_t wrong_us)
{
	described_us = at_us;
	agent_describe(&agent, at_us + wrong_us);
	agent_give(&agent, ingest, at_us);
}

static void begin_synced(void)
{
	describe(AT(6), 0);
	run(AT(6), AT(8), 0, 0);
}

static void synced(void)
{
	begin_synced();
	run(AT(8), NOW, 0, 0);
}

static void behind(void)
{
	begin_synced();
	start_unset(AT(8), -BEHIND);
	run(AT(8), AT(10), -BEHIND, 0);
}

static void ahead(void)
{
	begin_synced();
	start_unset(AT(8), BEHIND);
	run(AT(8), AT(10), BEHIND, 0);
}

static void in_1970(void)
{
	begin_synced();
	start_unset(AT(8), -AT(8));
	run(AT(8), AT(10), -AT(8), 0);
}

/* By less than a collector can see. */
static void a_little_behind(void)
{
	begin_synced();
	start_unset(AT(8), -5 * MIN);
	run(AT(8) + 5 * MIN, NOW, -5 * MIN, 0);
}

static void then_synchronised(int64_t wrong_us)
{
	begin_synced();
	start_unset(AT(8), wrong_us);
	run(AT(8), AT(10), wrong_us, 0);
	agent_clock(&agent, AT(10) + wrong_us, AT(10));
	run(AT(10), NOW, 0, 0);
}

static void behind_then_synchronised(void)
{
	then_synchronised(-BEHIND);
}

static void in_1970_then_synchronised(void)
{
	then_synchronised(-AT(8));
}

/* Nothing tells of it but that the collector's clock agrees from then on. */
static void behind_then_set_by_hand(void)
{
	begin_synced();
	start_unset(AT(8), -BEHIND);
	run(AT(8), AT(10), -BEHIND, 0);
	agent.mono_base_us += BEHIND;
	run(AT(10), NOW, 0, 0);
}

/* The link was cut for an hour: what came late has witnesses before and after. */
static void right_but_unset_and_late(void)
{
	begin_synced();
	start_unset(AT(8), 0);
	run(AT(8), AT(9), 0, 0);
	run(AT(9), AT(10), 0, AT(10));
	run(AT(10), NOW, 0, 0);
}

/* No record of it has a time. */
static void from_the_first_day(int64_t wrong_us)
{
	agent.clock = CLOCK_UNSYNCED;
	agent.mono_base_us = AT(6) + wrong_us - MIN;
	describe(AT(6), wrong_us);
	run(AT(6), AT(10), wrong_us, 0);
}

static void behind_from_the_first_day(void)
{
	from_the_first_day(-BEHIND);
}

static void in_1970_from_the_first_day(void)
{
	from_the_first_day(-AT(6));
}

/* Over a midnight, and sealed in parts before it is over. */
static void behind_over_midnight(void)
{
	describe(AT(-8), 0);
	run(AT(-8), AT(-2), 0, 0);
	start_unset(AT(-2), -BEHIND);
	run(AT(-2), AT(2), -BEHIND, 0);
	agent_clock(&agent, AT(2) - BEHIND, AT(2));
	run(AT(2), NOW, 0, 0);
}

static void imported(void)
{
	agent_instrument(&agent, ORIGIN_IMPORT, "A1");
	behind();
}

/* ---- the trials ---- */

static struct sight look(const char *dir)
{
	const struct sight_query asked = { .station = STATION,
		.from_us = AT(-24),
		.to_us = AT(24),
		.period_us = PERIOD,
		.now_us = NOW,
		.later_us = AT(7) };
	struct sight sight = sight_of(dir, &asked);
	/* an instrument is known from when its description came, not from before */
	assert_in_range(sight.used_us, described_us, NOW);
	return sight;
}

static void same(const struct sight *before, const char *dir, const char *when)
{
	struct sight now = look(dir);
	if (strcmp(now.text, before->text) != 0)
		fail_msg("not sealed:\n%s\n%s:\n%s", before->text, when, now.text);
	free(now.text);
}

/* The journal alone, then with sealed files beside it, then these alone. */
static struct sight through_sealing(const char *dir, void (*cabinet)(void))
{
	int code;
	struct problem why = { .text = "" };
	ingest = archive_ingest(dir);
	cabinet();
	if (agent.count > 0)
		agent_give(&agent, ingest, NOW);
	assert_int_equal(ingest_commit(ingest), OK);
	struct sight before = look(dir);
	assert_true(ingest_seal(ingest, NOW, true, &why) > 0);
	ingest_close(ingest);
	assert_int_equal(sealed_records(dir, &book), book.n);
	same(&before, dir, "sealed");
	free(run_command(&code, "rm -r %s/journal/" STATION, dir));
	assert_int_equal(code, 0);
	same(&before, dir, "the journal gone");
	return before;
}

struct want {
	unsigned valid;
	uint64_t unplaced;
	size_t gaps;
};

static void expect(const char *dir, void (*cabinet)(void), const struct want *want)
{
	struct sight seen = through_sealing(dir, cabinet);
	bool well = seen.valid == want->valid && seen.unplaced == want->unplaced &&
	            seen.gaps == want->gaps && seen.most <= 20;
	if (!well)
		fail_msg("%u readings, %u in the fullest, %d unplaced, %d gaps:\n%s",
		        seen.valid, seen.most, (int)seen.unplaced, (int)seen.gaps,
		        seen.text);
	free(seen.text);
}

enum { ALL = 14 * 60 }; /* from the first hour until now */

static void of_a_synchronised_cabinet_nothing_changes(void **state)
{
	expect(*state, synced, &(struct want){ ALL, 0, 0 });
}

static void fifteen_minutes_behind_and_never_set(void **state)
{
	expect(*state, behind, &(struct want){ 120, 121, 2 });
}

static void fifteen_minutes_ahead_and_never_set(void **state)
{
	expect(*state, ahead, &(struct want){ 120, 121, 2 });
}

static void started_in_1970_and_never_set(void **state)
{
	expect(*state, in_1970, &(struct want){ 120, 121, 2 });
}

static void a_few_minutes_behind_are_believed(void **state)
{
	/* it seems to have ended so much before */
	expect(*state, a_little_behind, &(struct want){ ALL - 5, 0, 1 });
}

static void behind_and_put_right_later(void **state)
{
	expect(*state, behind_then_synchronised, &(struct want){ ALL, 0, 0 });
}

static void started_in_1970_and_put_right_later(void **state)
{
	expect(*state, in_1970_then_synchronised, &(struct want){ ALL, 0, 0 });
}

static void behind_and_set_by_hand_later(void **state)
{
	expect(*state, behind_then_set_by_hand, &(struct want){ ALL - 120, 121, 2 });
}

static void what_came_late_of_a_clock_that_was_right_all_along(void **state)
{
	expect(*state, right_but_unset_and_late, &(struct want){ ALL, 0, 0 });
}

static void no_record_has_a_time(void **state)
{
	expect(*state, behind_from_the_first_day, &(struct want){ 0, 241, 1 });
}

static void no_record_is_of_this_century(void **state)
{
	expect(*state, in_1970_from_the_first_day, &(struct want){ 0, 241, 1 });
}

static void put_right_after_midnight(void **state)
{
	expect(*state, behind_over_midnight, &(struct want){ 28 * 60, 0, 0 });
}

/* Their stamps are what they say, whatever time it is. */
static void of_an_import_no_stamp_is_doubted(void **state)
{
	struct sight seen = through_sealing(*state, imported);
	assert_int_equal(seen.valid, 240);
	assert_int_equal(seen.unplaced, 0);
	free(seen.text);
}

static void quiet(enum log_level level, const char *text)
{
}

static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	log_catch(quiet);
	archive_make(*state);
	agent_start(&agent, &book, STATION, 0x77);
	return 0;
}

static int teardown(void **state)
{
	agent_end(&agent);
	agent_book_free(&book);
	return scratch_remove(state);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(of_a_synchronised_cabinet_nothing_changes),
		WITH(fifteen_minutes_behind_and_never_set),
		WITH(fifteen_minutes_ahead_and_never_set),
		WITH(started_in_1970_and_never_set),
		WITH(a_few_minutes_behind_are_believed),
		WITH(behind_and_put_right_later),
		WITH(started_in_1970_and_put_right_later),
		WITH(behind_and_set_by_hand_later),
		WITH(what_came_late_of_a_clock_that_was_right_all_along),
		WITH(no_record_has_a_time),
		WITH(no_record_is_of_this_century),
		WITH(put_right_after_midnight),
		WITH(of_an_import_no_stamp_is_doubted),
	};
	return cmocka_run_group_tests_name("clock unset", tests, NULL, NULL);
}
