/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What power cuts and disks do to a journal, and what is left after each. */
#include "tests/kits/check.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/kits/journal_kit.h"

/* Entries of the small journals below: 16 + 64 + payload, payload a multiple of 8 and
 * not. */
#define SMALL      9
#define SMALL_SIZE 96

static void small_journal(const char *folder, size_t n, size_t group)
{
	struct journal *journal = kit_open(folder, NULL);
	kit_append(journal, n, SMALL, group);
	journal_close(journal);
	assert_int_equal(kit_used(kit_segment(folder, 1)),
	        JOURNAL_HEADER + n * SMALL_SIZE - (SMALL_SIZE - 16 - 64 - SMALL));
}

static void cut_at(const char *folder, const char *good, long at, bool zeros)
{
	static const uint8_t zero[JOURNAL_SEGMENT_LEAST];
	struct kit_found found;
	kit_copy(good, folder);
	const char *segment = kit_segment(folder, 1);
	if (zeros)
		kit_poke(segment, at, zero, (size_t)(JOURNAL_SEGMENT_LEAST - at));
	else
		assert_int_equal(truncate(segment, at), 0);
	struct journal_recovery recovery = kit_goes_on(folder, &found);
	uint64_t whole =
	        at < JOURNAL_HEADER ? 0 : (uint64_t)(at - JOURNAL_HEADER) / SMALL_SIZE;
	/* The padding of the last entry may be missing: zeros are zeros. */
	bool all = at >= JOURNAL_HEADER + (long)(whole * SMALL_SIZE) + 16 + 64 + SMALL;
	if (zeros && all)
		whole++;
	assert_int_equal(recovery.records, whole);
	assert_int_equal(recovery.missing, 0);
	assert_int_equal(found.records, whole + 3);
}

static void after_every_cut_all_records_before_it_are_there(void **state)
{
	char *good = strdup(in_folder(*state, "good"));
	char *folder = strdup(in_folder(*state, "cut"));
	small_journal(good, 4, 2);
	long used = (long)kit_used(kit_segment(good, 1));
	for (long at = 0; at < used; at++)
		cut_at(folder, good, at, true);
	for (long at = 0; at <= used; at += at < JOURNAL_HEADER + 2 ? 1 : 7)
		cut_at(folder, good, at, false);
	free(good);
	free(folder);
}

/* One commit: a flipped bit is a torn write, cut off and laid aside. */
static void every_flipped_bit_of_the_last_commit_is_cut_off(void **state)
{
	char *good = strdup(in_folder(*state, "good"));
	char *folder = strdup(in_folder(*state, "flip"));
	small_journal(good, 3, 3);
	size_t used = kit_used(kit_segment(good, 1));
	struct kit_found found;
	assert_int_equal(kit_read(good, KIT_EPOCH, 1).records, 3);
	kit_copy(good, folder);
	for (size_t bit = 8 * JOURNAL_HEADER; bit < 8 * used; bit++) {
		if (bit % 8 != bit / 8 % 8) /* each byte, another bit in each */
			continue;
		kit_copy(good, folder);
		kit_flip(kit_segment(folder, 1), bit);
		struct journal_recovery recovery = kit_goes_on(folder, &found);
		assert_int_equal(
		        recovery.records, (bit / 8 - JOURNAL_HEADER) / SMALL_SIZE);
		assert_true(recovery.torn_bytes > 0);
		assert_int_equal(recovery.missing, 0);
		assert_int_equal(recovery.damaged_segments, 0);
	}
	free(good);
	free(folder);
}

/* A commit behind the damage proves that it was durable: the journal goes on behind it
 * and tells the hole; what is sound stays. */
static void a_flipped_bit_of_an_earlier_commit_is_a_hole(void **state)
{
	char *good = strdup(in_folder(*state, "good"));
	char *folder = strdup(in_folder(*state, "flip"));
	small_journal(good, 5, 1);
	struct kit_found found;
	for (size_t byte = JOURNAL_HEADER; byte < JOURNAL_HEADER + 4 * SMALL_SIZE;
	        byte += 5) {
		uint64_t hit = 1 + (byte - JOURNAL_HEADER) / SMALL_SIZE;
		kit_copy(good, folder);
		kit_flip(kit_segment(folder, 1), 8 * byte + byte % 8);
		struct journal_recovery recovery = kit_goes_on(folder, &found);
		assert_int_equal(recovery.records, 4);
		assert_int_equal(recovery.missing, 1);
		assert_int_equal(recovery.first_missing, hit);
		assert_int_equal(recovery.last_missing, hit);
		assert_int_equal(recovery.damaged_segments, 1);
		assert_int_equal(found.last, 8);
		assert_int_equal(found.missing, 1);
	}
	free(good);
	free(folder);
}

static void every_flipped_bit_of_a_header_loses_nothing(void **state)
{
	char *good = strdup(in_folder(*state, "good"));
	char *folder = strdup(in_folder(*state, "flip"));
	small_journal(good, 4, 1);
	struct kit_found found;
	for (size_t byte = 0; byte < JOURNAL_HEADER; byte++) {
		kit_copy(good, folder);
		kit_flip(kit_segment(folder, 1), 8 * byte + byte % 8);
		struct journal_recovery recovery = kit_goes_on(folder, &found);
		assert_int_equal(recovery.records, 4);
		assert_int_equal(recovery.missing, 0);
		assert_int_equal(recovery.damaged_segments, 1);
		assert_int_equal(found.records, 7);
	}
	free(good);
	free(folder);
}

static int count_files(const char *folder)
{
	int exit_code;
	char *text = run_command(&exit_code, "find %s -type f | wc -l", folder);
	int n = atoi(text);
	free(text);
	return n;
}

/* What is left of a torn write must not validate behind what is written over its
 * beginning. */
static void a_torn_tail_is_kept_aside_and_never_comes_back(void **state)
{
	struct journal_recovery recovery;
	small_journal(*state, 6, 6);
	kit_flip(kit_segment(*state, 1), 8 * (JOURNAL_HEADER + 2 * SMALL_SIZE + 30));
	struct journal *journal = kit_open(*state, &recovery);
	assert_int_equal(recovery.records, 2);
	assert_int_equal(recovery.torn_bytes, 4 * SMALL_SIZE - 7);
	assert_int_equal(journal_next_seq(journal), 3);
	/* Same size, same seq: the entry behind would be the old record 4, were it
	 * still there. */
	uint8_t record[256];
	size_t n = kit_record(99, SMALL, record, sizeof record);
	assert_int_equal(journal_append(journal, record, n, 0), OK);
	assert_int_equal(journal_commit(journal), OK);
	journal_close(journal);
	journal = kit_open(*state, &recovery);
	assert_int_equal(journal_next_seq(journal), 4);
	assert_int_equal(recovery.torn_bytes, 0);
	journal_close(journal);
	assert_int_equal(count_files(in_folder(*state, "quarantine")), 1);
}

static void a_newest_segment_without_anything_in_it_never_existed(void **state)
{
	struct journal_recovery recovery;
	struct kit_found found;
	const char *ghost = kit_segment(*state, 5);
	small_journal(*state, 4, 1);
	fclose(fopen(ghost, "w"));
	recovery = kit_goes_on(*state, &found);
	assert_int_equal(recovery.records, 4);
	assert_int_equal(recovery.missing + recovery.torn_bytes, 0);
	assert_int_equal(access(ghost, F_OK), -1);
	FILE *out = fopen(kit_segment(*state, 8), "w");
	for (int i = 0; i < 5000; i++)
		fputs("garbage ", out);
	fclose(out);
	recovery = kit_goes_on(*state, &found);
	assert_int_equal(recovery.records, 7);
	/* a name is given to what has a header: this is damage, not a torn write */
	assert_int_equal(recovery.torn_bytes, 0);
	assert_int_equal(recovery.damaged_segments, 1);
	assert_int_equal(count_files(in_folder(*state, "quarantine")), 1);
	/* also when nothing is left of it to keep */
	out = fopen(kit_segment(*state, 99), "w");
	for (int i = 0; i < 5000; i++)
		fputc('\0', out);
	fclose(out);
	recovery = kit_goes_on(*state, &found);
	assert_int_equal(recovery.damaged_segments, 1);
	assert_int_equal(access(kit_segment(*state, 99), F_OK), -1);
	assert_int_equal(count_files(in_folder(*state, "quarantine")), 1);
}

static void an_epoch_of_which_nothing_is_left_is_not_numbered_again(void **state)
{
	struct journal_recovery recovery;
	struct journal_options options = kit_options(*state);
	small_journal(*state, 4, 1);
	FILE *out = fopen(kit_segment(*state, 1), "w");
	fputs("garbage", out);
	fclose(out);
	options.epoch = 0;
	struct journal *journal = kit_open_with(&options, &recovery);
	assert_true(recovery.created);
	assert_true(journal_epoch(journal) != KIT_EPOCH);
	journal_close(journal);
}

/* Three segments, the middle one damaged. */
static void three_segments(const char *folder, uint64_t *list)
{
	struct journal *journal = kit_open(folder, NULL);
	kit_append(journal, 150, 1000, 4);
	uint64_t *found;
	assert_int_equal(segment_list(journal->folder, &found), 3);
	memcpy(list, found, 3 * sizeof *list);
	free(found);
	journal_close(journal);
}

/* Beside the living writer: what is damaged in the segment being written is told and
 * passed as soon as a commit has begun behind it, and not sooner. */
static void a_reader_goes_on_behind_damage_in_the_segment_being_written(void **state)
{
	static const uint8_t zeros[2 * SMALL_SIZE];
	const char *folder = in_folder(*state, "newest");
	const long third = JOURNAL_HEADER + 2 * SMALL_SIZE;
	for (int how = 0; how < 3; how++) {
		kit_remove(folder);
		struct journal *journal = kit_open(folder, NULL);
		const char *segment = kit_segment(folder, 1);
		kit_append(journal, 4, SMALL, 2);
		if (how == 0)
			kit_flip(segment, 8 * (size_t)third + 200);
		else /* a page of zeros: one entry of the commit, or all of it */
			kit_poke(segment, third, zeros, (size_t)how * SMALL_SIZE);
		struct kit_found found = kit_read(folder, KIT_EPOCH, 1);
		assert_int_equal(found.records, 2);
		assert_int_equal(found.holes, 0);
		kit_append(journal, 3, SMALL, 3);
		found = kit_read(folder, KIT_EPOCH, 1);
		assert_int_equal(found.holes, 1);
		assert_int_equal(found.missing, how == 2 ? 2 : 1);
		assert_int_equal(found.records, 7 - found.missing);
		assert_int_equal(found.last, 7);
		found = kit_read(folder, KIT_EPOCH, 6);
		assert_int_equal(found.records, 2);
		assert_int_equal(found.holes, 0);
		journal_close(journal);
	}
}

/* A commit half written is no damage, whatever of it can be seen already. */
static void a_commit_under_way_is_no_damage(void **state)
{
	const char *folder = in_folder(*state, "way");
	struct journal *journal = kit_open(folder, NULL);
	kit_append(journal, 5, SMALL, 5);
	journal_close(journal);
	const char *segment = kit_segment(folder, 1);
	for (long entry = 0; entry < 4; entry++) {
		kit_flip(
		        segment, 8 * (size_t)(JOURNAL_HEADER + entry * SMALL_SIZE) + 3);
		struct kit_found found = kit_read(folder, KIT_EPOCH, 1);
		kit_flip(
		        segment, 8 * (size_t)(JOURNAL_HEADER + entry * SMALL_SIZE) + 3);
		assert_int_equal(found.records, entry);
		assert_int_equal(found.holes, 0);
	}
}

static void damage_in_an_older_segment_is_told_exactly(void **state)
{
	char *good = strdup(in_folder(*state, "good"));
	char *folder = strdup(in_folder(*state, "bad"));
	uint64_t list[3], seed = 7;
	struct kit_found found;
	three_segments(good, list);
	size_t size = entry_size(RECORD_HEADER + 1000);
	size_t used = kit_used(kit_segment(good, list[1]));
	for (int round = 0; round < 150; round++) {
		size_t bit = chance(&seed) % (8 * used);
		kit_copy(good, folder);
		kit_flip(kit_segment(folder, list[1]), bit);
		struct journal_recovery recovery = kit_goes_on(folder, &found);
		assert_int_equal(recovery.records + recovery.missing, 150);
		if (bit < 8 * JOURNAL_HEADER) {
			assert_int_equal(recovery.missing, 0);
			continue;
		}
		uint64_t hit = list[1] + (bit / 8 - JOURNAL_HEADER) / size;
		assert_int_equal(recovery.missing, 1);
		assert_int_equal(recovery.first_missing, hit);
		assert_int_equal(found.missing, 1);
		assert_int_equal(found.last, 153);
		assert_int_equal(recovery.damaged_segments, 1);
		assert_int_equal(count_files(in_folder(folder, "quarantine")), 1);
	}
	free(good);
	free(folder);
}

static void a_lost_or_emptied_older_segment_is_one_hole(void **state)
{
	char *good = strdup(in_folder(*state, "good"));
	char *folder = strdup(in_folder(*state, "bad"));
	uint64_t list[3];
	struct kit_found found;
	three_segments(good, list);
	for (int how = 0; how < 4; how++) {
		kit_copy(good, folder);
		const char *segment = kit_segment(folder, list[1]);
		if (how == 0)
			unlink(segment);
		if (how == 1)
			assert_int_equal(truncate(segment, 0), 0);
		if (how == 2)
			assert_int_equal(
			        truncate(segment, 0) +
			                truncate(segment, JOURNAL_SEGMENT_LEAST),
			        0);
		if (how == 3)
			assert_int_equal(truncate(segment, JOURNAL_HEADER), 0);
		struct journal_recovery recovery = kit_goes_on(folder, &found);
		assert_int_equal(recovery.first_missing, list[1]);
		assert_int_equal(recovery.last_missing, list[2] - 1);
		assert_int_equal(recovery.missing, list[2] - list[1]);
		assert_int_equal(found.holes, 1);
		assert_int_equal(found.missing, recovery.missing);
	}
	free(good);
	free(folder);
}

/* Whatever is done to the files, nothing crashes, nothing false comes out, and the
 * count adds up. */
static void random_damage_never_invents_a_record(void **state)
{
	char *good = strdup(in_folder(*state, "good"));
	char *folder = strdup(in_folder(*state, "bad"));
	uint64_t list[3], seed = 20261123;
	struct kit_found found;
	three_segments(good, list);
	for (int round = 0; round < 150; round++) {
		kit_copy(good, folder);
		for (uint64_t k = 1 + chance(&seed) % 4; k > 0; k--) {
			uint8_t bytes[600];
			for (size_t i = 0; i < sizeof bytes; i++)
				bytes[i] = round % 3 == 0 ? 0 : (uint8_t)chance(&seed);
			kit_poke(kit_segment(folder, list[chance(&seed) % 3]),
			        (long)(chance(&seed) %
			                (JOURNAL_SEGMENT_LEAST - sizeof bytes)),
			        bytes, 1 + chance(&seed) % sizeof bytes);
		}
		struct journal_recovery recovery = kit_goes_on(folder, &found);
		assert_true(recovery.records + recovery.missing <= 150);
		assert_int_equal(found.missing, recovery.missing);
	}
	free(good);
	free(folder);
}

#define with_folder(test)                                                              \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest journal_damage[] = {
		with_folder(after_every_cut_all_records_before_it_are_there),
		with_folder(every_flipped_bit_of_the_last_commit_is_cut_off),
		with_folder(a_flipped_bit_of_an_earlier_commit_is_a_hole),
		with_folder(every_flipped_bit_of_a_header_loses_nothing),
		with_folder(a_torn_tail_is_kept_aside_and_never_comes_back),
		with_folder(a_newest_segment_without_anything_in_it_never_existed),
		with_folder(an_epoch_of_which_nothing_is_left_is_not_numbered_again),
		with_folder(
		        a_reader_goes_on_behind_damage_in_the_segment_being_written),
		with_folder(a_commit_under_way_is_no_damage),
		with_folder(damage_in_an_older_segment_is_told_exactly),
		with_folder(a_lost_or_emptied_older_segment_is_one_hole),
		with_folder(random_damage_never_invents_a_record),
	};
	return cmocka_run_group_tests_name(
	        "journal_damage", journal_damage, NULL, NULL);
}
