/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Epochs nobody writes to: how far they reach, letting them go, taking out their end;
 * and what a journal gives back when its disk fails. */
#include "tests/kits/check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/journal_pool.h"
#include "base/log.h"
#include "tests/kits/journal_kit.h"

enum { RECORDS = 150, SIZE = 1500 };

/* A closed epoch of four segments. */
static void make_epoch(const char *folder)
{
	struct journal *journal = kit_open(folder, NULL);
	kit_append(journal, RECORDS, SIZE, 4);
	journal_close(journal);
}

static void what_is_kept_of_an_epoch_is_known(void **state)
{
	uint64_t first, end;
	assert_int_equal(
	        journal_extent(*state, KIT_SOURCE, KIT_EPOCH, &first, &end), NOT_FOUND);
	make_epoch(*state);
	assert_int_equal(
	        journal_extent(*state, KIT_SOURCE, KIT_EPOCH, &first, &end), OK);
	assert_int_equal(first, 1);
	assert_int_equal(end, RECORDS + 1);
	uint64_t second = journal_segment_end(*state, KIT_SOURCE, KIT_EPOCH, 1);
	assert_in_range(second, 30, 50);
	assert_int_equal(
	        journal_segment_end(*state, KIT_SOURCE, KIT_EPOCH, second - 1), second);
	assert_true(
	        journal_segment_end(*state, KIT_SOURCE, KIT_EPOCH, second) > second);
	assert_int_equal(
	        journal_segment_end(*state, KIT_SOURCE, KIT_EPOCH, RECORDS), 0);
	assert_int_equal(journal_segment_end(*state, KIT_SOURCE, 7, 1), 0);
}

static void whole_segments_are_let_go_and_the_folder_with_the_last(void **state)
{
	uint64_t first, end;
	make_epoch(*state);
	uint64_t second = journal_segment_end(*state, KIT_SOURCE, KIT_EPOCH, 1);
	assert_int_equal(
	        journal_forget_epoch(*state, KIT_SOURCE, KIT_EPOCH, second - 1, 0), 0);
	assert_int_equal(
	        journal_forget_epoch(*state, KIT_SOURCE, KIT_EPOCH, second, 0), 1);
	assert_int_equal(
	        journal_extent(*state, KIT_SOURCE, KIT_EPOCH, &first, &end), OK);
	assert_int_equal(first, second);
	/* never the last one, unless all is to go */
	assert_int_equal(
	        journal_forget_epoch(*state, KIT_SOURCE, KIT_EPOCH, UINT64_MAX, 0), 2);
	struct kit_found found = kit_read(*state, KIT_EPOCH, 1);
	assert_int_equal(found.last, RECORDS);
	assert_int_equal(
	        journal_forget_epoch(*state, KIT_SOURCE, KIT_EPOCH, UINT64_MAX, 1), 1);
	assert_int_equal(access(kit_segment(*state, 1), F_OK), -1);
	char folder[4096];
	snprintf(folder, sizeof folder, "%s", kit_segment(*state, 1));
	*strrchr(folder, '/') = '\0';
	assert_int_equal(access(folder, F_OK), -1);
	assert_int_equal(
	        journal_forget_epoch(*state, KIT_SOURCE, KIT_EPOCH, UINT64_MAX, 1), 0);
}

/* From every seq on; what stands before stays, to the byte, and the journal opens. */
static void an_end_can_be_taken_out_anywhere(void **state)
{
	char *whole = strdup(in_folder(*state, "whole"));
	char *cut = strdup(in_folder(*state, "cut"));
	make_epoch(whole);
	for (uint64_t seq = 1; seq <= RECORDS + 1; seq += seq < 60 ? 1 : 7) {
		kit_copy(whole, cut);
		assert_int_equal(journal_cut(cut, KIT_SOURCE, KIT_EPOCH, seq), OK);
		struct kit_found found = kit_read(cut, KIT_EPOCH, 1);
		assert_int_equal(found.records, seq - 1);
		assert_int_equal(found.holes, 0);
		if (seq > 1) {
			struct journal_recovery recovery = kit_goes_on(cut, &found);
			assert_int_equal(recovery.records, seq - 1);
			assert_int_equal(recovery.torn_bytes, 0);
			assert_int_equal(recovery.damaged_segments, 0);
		}
		kit_remove(cut);
	}
	assert_int_equal(journal_cut(cut, KIT_SOURCE, KIT_EPOCH, 1), FAILED);
	free(whole);
	free(cut);
}

/* ---- what stands in the way ---- */

static uint64_t last_segment(const char *folder)
{
	uint64_t last = 0, next;
	while ((next = journal_segment_end(folder, KIT_SOURCE, KIT_EPOCH, last)) != 0)
		last = next;
	return last;
}

/* A folder of the name of a segment, in its place. */
static void put_folder_in_place_of(const char *segment)
{
	unlink(segment);
	assert_int_equal(mkdir(segment, 0700), 0);
}

/* "Nothing is there" is said of nothing, never of what could not be looked at. */
static void what_cannot_be_looked_at_is_not_taken_for_nothing(void **state)
{
	uint64_t first, end;
	char *file = strdup(in_folder(*state, "file"));
	char *ring = strdup(kit_segment(*state, 1));
	*strrchr(ring, '/') = '\0';
	assert_int_equal(file_replace(file, "x", 1, 0600), OK);
	assert_int_equal(
	        journal_extent(file, KIT_SOURCE, KIT_EPOCH, &first, &end), FAILED);
	assert_int_equal(journal_cut(file, KIT_SOURCE, KIT_EPOCH, 1), FAILED);
	assert_int_equal(journal_forget_epoch(file, KIT_SOURCE, KIT_EPOCH, 9, 1), 0);
	/* no path has room for it */
	static char deep[600];
	memset(deep, 'd', sizeof deep - 1);
	assert_int_equal(journal_cut(deep, KIT_SOURCE, KIT_EPOCH, 1), FAILED);
	/* an epoch's folder without a segment is an epoch without a record */
	make_epoch(*state);
	assert_int_equal(journal_forget_epoch(*state, KIT_SOURCE, KIT_EPOCH, 9, 1), 0);
	assert_int_equal(
	        journal_forget_epoch(*state, KIT_SOURCE, KIT_EPOCH, UINT64_MAX, 1), 4);
	assert_int_equal(folder_make(ring), OK);
	assert_int_equal(
	        journal_extent(*state, KIT_SOURCE, KIT_EPOCH, &first, &end), NOT_FOUND);
	assert_int_equal(journal_cut(*state, KIT_SOURCE, KIT_EPOCH, 1), NOT_FOUND);
	free(file);
	free(ring);
}

static void a_segment_that_cannot_be_removed_ends_the_removing(void **state)
{
	char *cut = strdup(in_folder(*state, "cut"));
	make_epoch(*state);
	make_epoch(cut);
	uint64_t second = journal_segment_end(*state, KIT_SOURCE, KIT_EPOCH, 1);
	uint64_t last = last_segment(*state);
	put_folder_in_place_of(kit_segment(*state, last));
	assert_int_equal(
	        journal_forget_epoch(*state, KIT_SOURCE, KIT_EPOCH, UINT64_MAX, 1), 3);
	assert_int_equal(rmdir(kit_segment(*state, last)), 0);
	put_folder_in_place_of(kit_segment(cut, last));
	assert_int_equal(journal_cut(cut, KIT_SOURCE, KIT_EPOCH, 5), FAILED);
	assert_int_equal(rmdir(kit_segment(cut, last)), 0);
	assert_int_equal(kit_read(cut, KIT_EPOCH, 1).records, second - 1);
	free(cut);
}

/* What is damaged before the cut stays as it is, with what stands behind it. */
static void damage_before_a_cut_does_not_hinder_it(void **state)
{
	make_epoch(*state);
	/* the first record of the last segment is another one now */
	kit_flip(kit_segment(*state, last_segment(*state)), 8 * (JOURNAL_HEADER + 200));
	assert_int_equal(journal_cut(*state, KIT_SOURCE, KIT_EPOCH, RECORDS - 1), OK);
	struct kit_found found;
	struct journal_recovery recovery = kit_goes_on(*state, &found);
	assert_int_equal(recovery.torn_bytes, 0);
	assert_int_equal(recovery.damaged_segments, 1);
	assert_int_equal(recovery.records, RECORDS - 3);
	assert_int_equal(found.missing, 1);
}

static void an_end_that_cannot_be_overwritten_is_no_cut(void **state)
{
	struct rlimit before, small;
	make_epoch(*state);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = JOURNAL_HEADER;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int status = journal_cut(*state, KIT_SOURCE, KIT_EPOCH, RECORDS);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_true(status != OK);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, RECORDS);
}

/* ---- what is gathered when the disk fails ---- */

static size_t given;

static void count_record(void *with, uint8_t *record, size_t n)
{
	uint64_t *next = with;
	assert_true(kit_is(record, n, (*next)++));
	given++;
}

static int write_error, sync_error;

static ssize_t write_or_fail(int fd, const void *in, size_t n, off_t at)
{
	if (write_error == 0)
		return journal_real.write(fd, in, n, at);
	errno = write_error;
	return -1;
}

static int sync_or_fail(int fd)
{
	errno = sync_error;
	return sync_error != 0 ? -1 : 0;
}

static struct journal *open_failing(const char *folder)
{
	static struct journal_system system;
	struct journal_options options = kit_options(folder);
	system = journal_real;
	system.write = write_or_fail;
	system.sync = system.sync_all = sync_or_fail;
	options.system = &system;
	write_error = sync_error = 0;
	given = 0;
	return kit_open_with(&options, NULL);
}

static void gather(struct journal *journal, int n)
{
	uint8_t record[256];
	for (int i = 0; i < n; i++) {
		size_t size =
		        kit_record(journal_next_seq(journal), 9, record, sizeof record);
		assert_int_equal(journal_append(journal, record, size, 0), OK);
	}
}

/* A disk that is read-only has taken nothing: the records are given back, and their
 * numbers again. */
static void what_certainly_lies_nowhere_is_given_back(void **state)
{
	struct journal *journal = open_failing(*state);
	kit_append(journal, 10, 9, 5);
	write_error = sync_error = EROFS;
	gather(journal, 3);
	assert_int_equal(journal_commit(journal), FAILED);
	assert_int_equal(journal_mend(journal), FAILED);
	uint64_t next = 11;
	assert_int_equal(journal_take_back(journal, count_record, &next), 3);
	assert_int_equal(given, 3);
	assert_int_equal(journal_pending(journal), 0);
	assert_int_equal(journal_next_seq(journal), 11);
	write_error = sync_error = 0;
	assert_int_equal(journal_mend(journal), OK);
	kit_append(journal, 5, 9, 5);
	journal_close(journal);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 15);
}

/* Tried again and again, an ill disk uses up none of the room set aside. */
static void trying_costs_no_segment(void **state)
{
	struct journal *journal = open_failing(*state);
	struct journal_pool_options room = { .folder = *state,
		.room = 5 * JOURNAL_SEGMENT_LEAST,
		.segment_size = JOURNAL_SEGMENT_LEAST,
		.keep_s = 1 };
	struct problem why;
	assert_int_equal(journal_pool_open(&journal->pool, &room, &why), OK);
	int64_t left = journal_pool_left(journal->pool);
	sync_error = EIO;
	gather(journal, 3);
	assert_int_equal(journal_commit(journal), FAILED);
	for (int i = 0; i < 50; i++)
		assert_int_equal(journal_mend(journal), FAILED);
	assert_true(journal_pool_left(journal->pool) == left);
	sync_error = 0;
	assert_int_equal(journal_mend(journal), OK);
	assert_int_equal(journal_commit(journal), OK);
	journal_pool_close(journal->pool);
	journal->pool = NULL;
	journal_close(journal);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 3);
}

static void what_may_lie_there_stays_under_its_numbers(void **state)
{
	static const struct {
		int write, sync;
	} errors[] = { { EIO, 0 }, { 0, EIO }, { 0, EROFS }, { ENOSPC, 0 } };
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		char name[16];
		snprintf(name, sizeof name, "%zu", i);
		char *folder = strdup(in_folder(*state, name));
		struct journal *journal = open_failing(folder);
		kit_append(journal, 10, 9, 5);
		write_error = errors[i].write;
		sync_error = errors[i].sync;
		gather(journal, 3);
		assert_true(journal_commit(journal) < 0);
		uint64_t next = 11;
		assert_int_equal(journal_in_doubt(journal), true);
		assert_int_equal(given, 0);
		assert_true(journal_pending(journal) > 0);
		write_error = sync_error = 0;
		assert_int_equal(journal_commit(journal), OK);
		/* and from then on nothing is in doubt */
		gather(journal, 2);
		next = 14;
		assert_int_equal(journal_take_back(journal, count_record, &next), 2);
		journal_close(journal);
		assert_int_equal(kit_read(folder, KIT_EPOCH, 1).records, 13);
		free(folder);
	}
}

#define with_folder(test)                                                              \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

static void nobody_listens(enum log_level level, const char *text)
{
}

int main(void)
{
	kit_scratch_in_memory();
	log_catch(nobody_listens);
	const struct CMUnitTest journal_epochs_tests[] = {
		with_folder(what_is_kept_of_an_epoch_is_known),
		with_folder(whole_segments_are_let_go_and_the_folder_with_the_last),
		with_folder(an_end_can_be_taken_out_anywhere),
		with_folder(what_cannot_be_looked_at_is_not_taken_for_nothing),
		with_folder(a_segment_that_cannot_be_removed_ends_the_removing),
		with_folder(damage_before_a_cut_does_not_hinder_it),
		with_folder(an_end_that_cannot_be_overwritten_is_no_cut),
		with_folder(what_certainly_lies_nowhere_is_given_back),
		with_folder(trying_costs_no_segment),
		with_folder(what_may_lie_there_stays_under_its_numbers),
	};
	return cmocka_run_group_tests_name(
	        "journal_epochs", journal_epochs_tests, NULL, NULL);
}
