/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal and its room, each call of each piece of work failing once. */
#include "tests/kits/check.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/journal_pool.h"
#include "tests/kits/journal_kit.h"
#include "tests/prove/fail_each.h"

#define SMALL 9
#define EPOCH KIT_EPOCH

/* The real calls, which the shim stands before. */
static struct journal_options real_options(void)
{
	struct journal_options options = kit_options(fail_folder);
	options.system = NULL;
	return options;
}

/* ---- a journal in a room set aside: begun, written, told to go on, forgotten ---- */

static uint64_t promised, skipped_to;

static int append(struct journal *journal, int n)
{
	uint8_t record[256];
	for (int i = 0; i < n; i++) {
		size_t size = kit_record(
		        journal_next_seq(journal), SMALL, record, sizeof record);
		int status = journal_append(journal, record, size, 1000);
		if (status != OK)
			return status;
	}
	int status = journal_commit(journal);
	promised = journal_committed_seq(journal) - 1;
	return status;
}

static int write_journal(struct journal *journal)
{
	int status = append(journal, 3);
	if (status != OK) /* once more, as the keeper does */
		status = journal_mend(journal) == OK ? journal_commit(journal) : FAILED;
	promised = journal_committed_seq(journal) - 1;
	if (status == OK)
		status = journal_skip(journal, 10, 0);
	skipped_to = journal_committed_seq(journal);
	if (status == OK)
		status = append(journal, 2);
	if (status == OK)
		status = journal_forget(journal, 10) >= 0 ? OK : FAILED;
	return status;
}

static int life_of_a_journal(void)
{
	struct journal_pool_options room = { .folder = fail_folder,
		.room = 4 * JOURNAL_SEGMENT_LEAST,
		.segment_size = JOURNAL_SEGMENT_LEAST,
		.keep_s = 1 };
	struct journal_options options = real_options();
	struct journal *journal;
	struct problem why;
	promised = skipped_to = 0;
	int status = journal_pool_open(&options.pool, &room, &why);
	if (status != OK)
		return status;
	status = journal_open(&journal, &options, NULL, &why);
	if (status == OK) {
		status = write_journal(journal);
		journal_close(journal);
		journal_pool_fill(options.pool, 0);
	}
	journal_pool_close(options.pool);
	return status;
}

static void it_goes_on(int status, bool failed)
{
	struct journal_options options = real_options();
	struct journal_recovery recovery;
	struct journal *journal = kit_open_with(&options, &recovery);
	assert_true(failed || status == OK);
	assert_true(journal_next_seq(journal) > promised);
	assert_int_equal(recovery.damaged_segments, 0);
	uint64_t next = journal_next_seq(journal);
	assert_int_equal(append(journal, 2), OK);
	journal_close(journal);
	struct kit_found found = kit_read(fail_folder, EPOCH, 1);
	assert_int_equal(found.last, next + 1);
	assert_true(found.records + found.missing == found.last - found.first + 1);
	/* what never came lies between 3 and 10 at most */
	assert_true(found.missing <= 9);
}

static void a_journal_goes_on_whatever_call_failed(void **state)
{
	const struct fail_scene scene = { .name = "life of a journal",
		.before = fail_each_clear,
		.work = life_of_a_journal,
		.after = it_goes_on,
		.calls = { 150, 1500 } };
	fail_each(&scene);
}

/* ---- three segments: 1 to 4, 5 to 10, 11 to 14 ---- */

static void lay_epoch(void)
{
	fail_each_clear();
	struct journal *journal = kit_open(fail_folder, NULL);
	kit_append(journal, 4, SMALL, 2);
	assert_int_equal(journal_begin(journal, 5), OK);
	kit_append(journal, 6, SMALL, 2);
	assert_int_equal(journal_begin(journal, 11), OK);
	kit_append(journal, 4, SMALL, 2);
	journal_close(journal);
}

/* ---- recovery: a damaged segment, and a torn write behind the last sound entry ---- */

static void lay_damage(void)
{
	lay_epoch();
	kit_flip(kit_segment(fail_folder, 5), 8 * (JOURNAL_HEADER + 100));
	kit_flip(kit_segment(fail_folder, 11), 8 * (JOURNAL_HEADER + 3 * 96 + 50));
	kit_poke(kit_segment(fail_folder, 11), 6000, "a torn write", 12);
}

static struct journal_recovery recovered;

static int recover(void)
{
	struct journal_options options = real_options();
	struct journal *journal;
	struct problem why = { .text = "" };
	options.epoch = 0;
	int status = journal_open(&journal, &options, &recovered, &why);
	if (status != OK)
		return why.text[0] != '\0' ? FAILED : OK;
	journal_close(journal);
	return OK;
}

static void what_was_sound_is_found(int status, bool failed)
{
	struct journal_options options = real_options();
	struct journal_recovery again;
	struct journal *journal = kit_open_with(&options, &again);
	uint64_t next = journal_next_seq(journal);
	assert_true(failed || status == OK);
	assert_int_equal(append(journal, 2), OK);
	journal_close(journal);
	struct kit_found found = kit_read(fail_folder, EPOCH, 1);
	assert_int_equal(found.last, next + 1);
	/* pages that could not be read for once are no sound entries, and a journal
	 * goes on behind the last sound one */
	assert_in_range(next, 11, 14);
	assert_true(found.missing <= 4);
	if (!failed) {
		assert_int_equal(next, 14);
		assert_int_equal(found.missing, 1);
		assert_int_equal(recovered.records, 12);
		assert_true(recovered.torn_bytes > 0);
	}
}

static void recovery_finds_what_is_sound_or_says_why_not(void **state)
{
	const struct fail_scene scene = { .name = "recovery",
		.before = lay_damage,
		.work = recover,
		.after = what_was_sound_is_found,
		.calls = { 60, 1500 } };
	fail_each(&scene);
}

/* ---- epochs nobody writes to ---- */

enum { CUT_FROM = 8 };

static int cut_status, extent_status;
static uint64_t extent_end, cut_segment_end;

static int cut(void)
{
	uint64_t first;
	cut_segment_end = journal_segment_end(fail_folder, KIT_SOURCE, EPOCH, 7);
	extent_status =
	        journal_extent(fail_folder, KIT_SOURCE, EPOCH, &first, &extent_end);
	cut_status = journal_cut(fail_folder, KIT_SOURCE, EPOCH, CUT_FROM);
	return cut_status;
}

/* "It is cut" and "so far it reaches" are said of what is so. */
static void it_is_cut_where_it_says_so(int status, bool failed)
{
	struct kit_found found = kit_read(fail_folder, EPOCH, 1);
	assert_true(failed || status == OK);
	if (cut_status == OK)
		assert_int_equal(found.last, CUT_FROM - 1);
	assert_true(found.last >= CUT_FROM - 1);
	assert_true(cut_segment_end == 11 || failed);
	assert_true(cut_segment_end == 11 || cut_segment_end == 0);
	assert_int_equal(journal_cut(fail_folder, KIT_SOURCE, EPOCH, CUT_FROM), OK);
	assert_int_equal(kit_read(fail_folder, EPOCH, 1).last, CUT_FROM - 1);
}

static void an_end_is_taken_out_or_it_is_said_that_it_was_not(void **state)
{
	const struct fail_scene scene = { .name = "cut",
		.before = lay_epoch,
		.work = cut,
		.after = it_is_cut_where_it_says_so,
		.calls = { 25, 500 } };
	fail_each(&scene);
}

static int let_go(void)
{
	int n = journal_forget_epoch(fail_folder, KIT_SOURCE, EPOCH, 5, 0);
	return n == 1 && journal_forget_epoch(
	                         fail_folder, KIT_SOURCE, EPOCH, UINT64_MAX, 1) == 2
	               ? OK
	               : FAILED;
}

static void the_rest_goes_later(int status, bool failed)
{
	assert_true(failed || status == OK);
	journal_forget_epoch(fail_folder, KIT_SOURCE, EPOCH, UINT64_MAX, 1);
	assert_int_equal(access(kit_segment(fail_folder, 11), F_OK), -1);
}

static void an_epoch_is_let_go_in_the_end(void **state)
{
	const struct fail_scene scene = { .name = "let go",
		.before = lay_epoch,
		.work = let_go,
		.after = the_rest_goes_later,
		.calls = { 8, 200 } };
	fail_each(&scene);
}

/* ---- reading ---- */

static struct kit_found read_now;

static int read_all(void)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	int status = journal_read_open(&reader, fail_folder, KIT_SOURCE, EPOCH, 1),
	    more;
	read_now = (struct kit_found){ 0 };
	if (status != OK)
		return status;
	while ((more = journal_read_next(reader, &entry, &why)) != 0) {
		if (more == 1 && entry.seq > read_now.last)
			read_now.last = entry.seq;
		if (more == 1)
			read_now.records += kit_is(entry.record, entry.size, entry.seq);
	}
	journal_read_close(reader);
	return OK;
}

static void nothing_false_was_read(int status, bool failed)
{
	assert_true(read_now.records <= 14);
	assert_true(read_now.last <= 14);
	if (!failed) {
		assert_int_equal(status, OK);
		assert_int_equal(read_now.records, 14);
	}
	assert_int_equal(kit_read(fail_folder, EPOCH, 1).records, 14);
}

static void a_reader_finds_all_or_less_and_nothing_false(void **state)
{
	const struct fail_scene scene = { .name = "reading",
		.before = lay_epoch,
		.work = read_all,
		.after = nothing_false_was_read,
		.calls = { 20, 500 } };
	fail_each(&scene);
}

#define with_folder(test)                                                              \
	cmocka_unit_test_setup_teardown(test, fail_each_setup, fail_each_teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest fail_journal[] = {
		with_folder(a_journal_goes_on_whatever_call_failed),
		with_folder(recovery_finds_what_is_sound_or_says_why_not),
		with_folder(an_end_is_taken_out_or_it_is_said_that_it_was_not),
		with_folder(an_epoch_is_let_go_in_the_end),
		with_folder(a_reader_finds_all_or_less_and_nothing_false),
	};
	return cmocka_run_group_tests_name("fail_journal", fail_journal, NULL, NULL);
}
