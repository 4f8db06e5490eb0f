/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cabinet may let go of its journal, and what never. */
#include "tests/kits/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/journal_file.h"
#include "base/log.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/keeper_run.h"

#define DAY INT64_C(86400000000)

/* The collector that hears it has heard nobody yet. */
static void begin(void)
{
	r.collector.given = r.collector.n_answers = 0;
	keeper_run_begin();
}

/* ---- what may go ---- */

static size_t segments(uint64_t epoch)
{
	char path[700];
	uint64_t *list = NULL;
	snprintf(path, sizeof path, "%s/nt-01/%016llx", c.folder,
	        (unsigned long long)epoch);
	int fd = open(path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return 0;
	int n = segment_list(fd, &list);
	free(list);
	close(fd);
	return n > 0 ? (size_t)n : 0;
}

static uint64_t first_kept(uint64_t epoch)
{
	uint64_t first = 0, end_seq;
	assert_int_equal(
	        journal_extent(c.folder, "nt-01", epoch, &first, &end_seq), OK);
	return first;
}

static void nothing_young_goes_though_the_room_is_used_up(void **state)
{
	c.room = 4 * JOURNAL_SEGMENT_LEAST;
	begin();
	keeper_run_for(400);
	keeper_run_drain(30);
	/* 4,000 readings of 160 bytes: ten segments, in a room for four */
	assert_true(segments(epoch_now()) >= 9);
	assert_int_equal(first_kept(epoch_now()), 1);
	assert_contains(r.said, "has outgrown the room set aside");
	/* 90 days after the last, less a minute */
	move_clock(90 * DAY - 90 * S);
	r.collector.given = r.collector.n_answers = 0;
	keeper_run_drain(40);
	assert_int_equal(first_kept(epoch_now()) > 1, 1);
	move_clock(400 * S);
	keeper_run_for(30);
	keeper_run_drain(60);
	assert_true(segments(epoch_now()) <= 4);
	assert_int_equal(keeper_counts(c.keeper).lost, 0);
	book_readings(&r.collector, r.n_put);
}

static void both_sides_of_keep_days(void **state)
{
	c.room = 4 * JOURNAL_SEGMENT_LEAST;
	begin();
	keeper_run_for(200);
	keeper_run_drain(20);
	uint64_t epoch = epoch_now();
	assert_int_equal(first_kept(epoch), 1);
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	uint64_t second = journal_segment_end(c.folder, "nt-01", epoch, 1);
	int64_t youngest = 0;
	assert_int_equal(journal_read_open(&reader, c.folder, "nt-01", epoch, 1), OK);
	while (journal_read_next(reader, &entry, &why) == 1 && entry.seq < second)
		youngest = entry.stored_us;
	journal_read_close(reader);
	move_clock(youngest + 90 * DAY - c.now.time_us);
	move_clock(-S);
	for (int i = 0; i < 8; i++) {
		keeper_step(c.keeper, &c.now);
		move_clock(S / 8);
	}
	assert_int_equal(first_kept(epoch), 1);
	move_clock(11 * S);
	keeper_step(c.keeper, &c.now);
	assert_true(first_kept(epoch) >= second);
}

static void a_clock_nobody_has_set_lets_nothing_go(void **state)
{
	c.room = 3 * JOURNAL_SEGMENT_LEAST;
	begin();
	keeper_run_for(300);
	uint64_t epoch = epoch_now();
	move_clock(200 * DAY);
	c.now.state = CLOCK_UNSYNCED;
	keeper_run_drain(60);
	assert_int_equal(first_kept(epoch), 1);
	c.now.state = CLOCK_SYNCED;
	keeper_run_drain(60);
	assert_true(first_kept(epoch) > 1);
}

/* Taken in at 1970, by a clock not yet set: the age is that of the next one that tells. */
static void stamps_of_1970_are_not_old(void **state)
{
	int64_t real = c.now.time_us;
	c.room = 3 * JOURNAL_SEGMENT_LEAST;
	c.now.time_us = 0;
	c.now.state = CLOCK_UNSYNCED;
	begin();
	keeper_run_for(100);
	uint64_t epoch = epoch_now();
	c.now.time_us = real;
	c.now.state = CLOCK_SYNCED;
	keeper_run_for(200);
	keeper_run_drain(20);
	assert_true(segments(epoch) > 3);
	assert_int_equal(first_kept(epoch), 1);
	move_clock(91 * DAY);
	keeper_run_drain(30);
	assert_true(first_kept(epoch) > 1);
}

static void the_acknowledged_go_first_and_the_others_with_a_gap(void **state)
{
	struct gap_event gap;
	c.room = 12 * JOURNAL_SEGMENT_LEAST;
	r.collector.away = true;
	begin();
	uint64_t lonely = epoch_now(); /* never sent */
	keeper_run_for(100);
	keeper_run_end();
	keeper_put_aside(*state, 0);
	r.collector.away = false;
	begin();
	keeper_run_for(100);
	keeper_run_drain(20);
	uint64_t acked = epoch_now();
	r.collector.away = true;
	keeper_run_end();
	keeper_put_back(*state, 1);
	begin();
	assert_true(epoch_now() == acked);
	size_t before = segments(acked);
	assert_true(segments(lonely) >= 2 && before >= 2);
	move_clock(91 * DAY);
	keeper_run_for(230);
	assert_int_equal(first_kept(lonely), 1);
	assert_true(first_kept(acked) > 1);
	assert_int_equal(keeper_counts(c.keeper).lost, 0);
	keeper_run_for(400);
	assert_int_equal(segments(lonely), 0);
	size_t lost = keeper_counts(c.keeper).lost;
	assert_in_range(lost, 1000, 1010);
	r.collector.away = false;
	r.collector.given = r.collector.n_answers = 0;
	keeper_run_drain(100);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	assert_int_equal(book_count(&r.collector, lonely), 0);
	size_t told = 0;
	for (size_t i = 0; i < r.collector.n; i++) {
		const struct book_record *kept = &r.collector.record[i];
		if (kept->type != RECORD_GAP)
			continue;
		assert_int_equal(gap_decode(&gap, kept->bytes + RECORD_HEADER,
		                         kept->size - RECORD_HEADER),
		        OK);
		assert_contains(gap.why, "older than 90 days");
		told += gap.count;
	}
	assert_int_equal(told, lost);
	book_readings(&r.collector, r.n_put - 1000);
}

#define epochs_test(f)                                                                 \
	cmocka_unit_test_setup_teardown(f, keeper_run_setup, keeper_run_teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest keeper_epochs[] = {
		epochs_test(nothing_young_goes_though_the_room_is_used_up),
		epochs_test(both_sides_of_keep_days),
		epochs_test(a_clock_nobody_has_set_lets_nothing_go),
		epochs_test(stamps_of_1970_are_not_old),
		epochs_test(the_acknowledged_go_first_and_the_others_with_a_gap),
	};
	return cmocka_run_group_tests_name("keeper_epochs", keeper_epochs, NULL, NULL);
}
