/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a recovery found is told plainly: which records are missing, that none is, or that
 * nobody can know. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/keeper_run.h"

#define PER_SEGMENT 50

/* Two full segments and a third, each begun at a number of its own; their first
 * numbers. */
static void three_segments(const char *folder, uint64_t list[3])
{
	uint64_t *found;
	kit_remove(in_folder(folder, KIT_SOURCE));
	struct journal *journal = kit_open(folder, NULL);
	kit_append(journal, 3 * PER_SEGMENT, 1200, 5);
	assert_int_equal(segment_list(journal->folder, &found), 3);
	memcpy(list, found, 3 * sizeof *list);
	free(found);
	journal_close(journal);
}

static void becomes_zeros(const char *path, uint64_t from, uint64_t to)
{
	static const uint8_t zeros[JOURNAL_SEGMENT_LEAST];
	kit_poke(path, (long)from, zeros, to - from);
}

static const char *told(const char *folder)
{
	static char text[256];
	struct journal_recovery recovery;
	struct journal_options options = kit_options(folder);
	options.epoch = 0;
	struct journal *journal = kit_open_with(&options, &recovery);
	journal_loss_text(&recovery, journal_next_seq(journal), text, sizeof text);
	journal_close(journal);
	return text;
}

static void of_a_hole_its_numbers_are_told(void **state)
{
	uint64_t list[3];
	char expected[100];
	three_segments(*state, list);
	becomes_zeros(kit_segment(*state, list[1]), 0, JOURNAL_SEGMENT_LEAST);
	snprintf(expected, sizeof expected, "records %d to %d are missing",
	        (int)list[1], (int)list[2] - 1);
	assert_string_equal(told(*state), expected);
}

static void of_two_holes_their_count_is(void **state)
{
	uint64_t list[3];
	char expected[100];
	three_segments(*state, list);
	kit_flip(kit_segment(*state, list[0]), 8 * (JOURNAL_HEADER + 30));
	kit_flip(kit_segment(*state, list[1]), 8 * (JOURNAL_HEADER + 30));
	snprintf(expected, sizeof expected, "2 records between 1 and %d are missing",
	        (int)list[1]);
	assert_string_equal(told(*state), expected);
}

static void where_all_is_there_none_is_missing(void **state)
{
	uint64_t list[3];
	three_segments(*state, list);
	kit_flip(kit_segment(*state, list[0]), 8 * 20);
	kit_flip(kit_segment(*state, list[2]), 8 * 20);
	assert_string_equal(told(*state), "no record is missing");
}

static void where_the_end_cannot_be_read_nobody_knows(void **state)
{
	uint64_t list[3];
	char expected[200];
	three_segments(*state, list);
	kit_flip(kit_segment(*state, list[2]), 8 * 20);
	becomes_zeros(
	        kit_segment(*state, list[2]), JOURNAL_HEADER, JOURNAL_SEGMENT_LEAST);
	snprintf(expected, sizeof expected,
	        "no record before %d is missing; whether more stood at the end, which "
	        "cannot be read, is not known",
	        (int)list[2]);
	assert_string_equal(told(*state), expected);
}

static void where_nothing_can_be_read_nobody_knows_how_much_it_was(void **state)
{
	uint64_t list[3];
	three_segments(*state, list);
	for (int i = 0; i < 3; i++)
		becomes_zeros(kit_segment(*state, list[i]), 0, JOURNAL_SEGMENT_LEAST);
	assert_contains(told(*state), "how many records they held is not known");
}

/* ---- as the cabinet says it ---- */

static void a_cabinet_says_no_number_that_it_does_not_know(void **state)
{
	char path[700];
	r.collector.away = true;
	keeper_run_begin();
	keeper_run_for(2);
	keeper_run_drain(2);
	snprintf(path, sizeof path, "%s/nt-01/%016llx/00000000000000000001.log",
	        c.folder, (unsigned long long)epoch_now());
	keeper_run_end();
	kit_flip(path, 8 * 20);
	r.only_alerts = true;
	keeper_run_begin();
	assert_contains(r.said, "1 damaged segments, no record is missing; a copy");
}

#define JOURNAL(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)
#define CABINET(f)                                                                     \
	cmocka_unit_test_setup_teardown(f, keeper_run_setup, keeper_run_teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest journal_text[] = {
		JOURNAL(of_a_hole_its_numbers_are_told),
		JOURNAL(of_two_holes_their_count_is),
		JOURNAL(where_all_is_there_none_is_missing),
		JOURNAL(where_the_end_cannot_be_read_nobody_knows),
		JOURNAL(where_nothing_can_be_read_nobody_knows_how_much_it_was),
		CABINET(a_cabinet_says_no_number_that_it_does_not_know),
	};
	return cmocka_run_group_tests_name("journal_text", journal_text, NULL, NULL);
}
