/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies in a journal's folders and is not its own, or not where it belongs. */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/folder.h"
#include "base/journal_pool.h"
#include "base/log.h"
#include "tests/kits/journal_kit.h"

#define SMALL      9
#define SMALL_SIZE 96
#define LEAST      JOURNAL_SEGMENT_LEAST

static int append_one(struct journal *journal)
{
	uint8_t record[256];
	size_t n = kit_record(journal_next_seq(journal), SMALL, record, sizeof record);
	return journal_append(journal, record, n, 0);
}

/* ---- names ---- */

static void touch(const char *folder, const char *name)
{
	assert_int_equal(file_replace(in_folder(folder, name), "x", 1, 0600), OK);
}

static void what_is_not_named_like_a_segment_is_none(void **state)
{
	static const char *const names[] = { "1.log", "0000000000000000000a.log",
		"00000000000000000001.lo", "00000000000000000001.log.old",
		"99999999999999999999.log", "000000000000000000001.log" };
	char *ring = strdup(kit_segment(*state, 1));
	*strrchr(ring, '/') = '\0';
	struct journal *journal = kit_open(*state, NULL);
	kit_append(journal, 3, SMALL, 1);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		touch(ring, names[i]);
	uint64_t *list;
	assert_int_equal(segment_list(journal->folder, &list), 1);
	assert_int_equal(list[0], 1);
	free(list);
	journal_close(journal);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 3);
	free(ring);
}

static void what_is_not_named_like_an_epoch_or_a_source_is_none(void **state)
{
	static const char *const names[] = { "123456789012345", "12345678901234567",
		"1234567890abcdeF", "0000000000000000" };
	char source[4][SOURCE_SIZE + 1];
	uint64_t epoch[4];
	char path[600];
	journal_close(kit_open(*state, NULL));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(path, sizeof path, KIT_SOURCE "/%s", names[i]);
		assert_int_equal(folder_make(in_folder(*state, path)), OK);
	}
	folder_make(in_folder(*state, "No Source/1122334455667788"));
	folder_make(in_folder(*state, "empty-source"));
	touch(*state, "file");
	assert_int_equal(journal_epochs(*state, KIT_SOURCE, epoch, 4), 1);
	assert_int_equal(journal_sources(*state, source, 4), 1);
	assert_string_equal(source[0], KIT_SOURCE);
	assert_int_equal(journal_sources(in_folder(*state, "none"), source, 4), 0);
	assert_int_equal(room_used(*state, LEAST), 1);
	assert_int_equal(room_used(in_folder(*state, "none"), LEAST), 0);
}

/* Of two epochs of one time the number decides; of one whose first header is damaged
 * the next that is sound tells the time. */
static void epochs_stand_in_the_order_of_their_creation(void **state)
{
	static const uint64_t made[] = { 9, 4, 7 };
	static const uint8_t zeros[JOURNAL_HEADER];
	uint64_t epoch[4];
	char path[600];
	for (size_t i = 0; i < 3; i++) {
		struct journal_options options = kit_options(*state);
		options.epoch = made[i];
		options.now_us += (int64_t)i * 1000000;
		struct journal *journal = kit_open_with(&options, NULL);
		assert_int_equal(append_one(journal), OK);
		assert_int_equal(journal_commit(journal), OK);
		assert_int_equal(journal_begin(journal, 2), OK);
		journal_close(journal);
	}
	assert_int_equal(journal_epochs(*state, KIT_SOURCE, epoch, 4), 3);
	assert_int_equal(epoch[0] * 100 + epoch[1] * 10 + epoch[2], 947);
	assert_int_equal(journal_epochs(*state, KIT_SOURCE, epoch, 2), 2);
	assert_int_equal(epoch[0] * 10 + epoch[1], 47);
	snprintf(path, sizeof path,
	        KIT_SOURCE "/0000000000000009/00000000000000000001.log");
	kit_poke(in_folder(*state, path), 0, zeros, sizeof zeros);
	assert_int_equal(truncate(in_folder(*state, path), 20), 0);
	assert_int_equal(journal_epochs(*state, KIT_SOURCE, epoch, 4), 3);
	assert_int_equal(epoch[0] * 100 + epoch[1] * 10 + epoch[2], 947);
	/* two that tell nothing stand first, by number */
	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof path,
		        KIT_SOURCE "/000000000000000%d/0000000000000000000%d.log",
		        i < 2 ? 9 : 7, i % 2 + 1);
		assert_int_equal(truncate(in_folder(*state, path), 20), 0);
	}
	assert_int_equal(journal_epochs(*state, KIT_SOURCE, epoch, 4), 3);
	assert_int_equal(epoch[0] * 100 + epoch[1] * 10 + epoch[2], 794);
}

static void paths_that_are_too_long_are_named(void **state)
{
	static char deep[600];
	struct journal_options options = kit_options(*state);
	struct journal *journal;
	struct problem why;
	uint64_t epoch[2];
	memset(deep, 'd', sizeof deep - 1);
	options.quarantine = deep;
	assert_int_equal(journal_open(&journal, &options, NULL, &why), FAILED);
	assert_contains(why.text, "quarantine's path is too long");
	options = kit_options(deep);
	options.quarantine = *state;
	assert_int_equal(journal_open(&journal, &options, NULL, &why), FAILED);
	assert_contains(why.text, "its path is too long");
	assert_int_equal(journal_epochs(deep, KIT_SOURCE, epoch, 2), 0);
}

/* Nothing of it is left that tells its number, and it is none of the first. */
static void the_neighbour_before_or_behind_tells_the_number_of_a_segment(void **state)
{
	static const uint8_t zeros[JOURNAL_HEADER];
	uint8_t header[JOURNAL_HEADER];
	struct journal *journal = kit_open(*state, NULL);
	for (int i = 0; i < 30; i++) {
		if (i > 0)
			assert_int_equal(
			        journal_begin(journal, journal_committed_seq(journal)),
			        OK);
		kit_append(journal, 1, SMALL, 1);
	}
	journal_close(journal);
	for (uint64_t seq = 1; seq <= 28; seq++)
		assert_int_equal(unlink(kit_segment(*state, seq)), 0);
	for (uint64_t seq = 29; seq <= 30; seq++) {
		const char *path = kit_segment(*state, seq);
		FILE *in = fopen(path, "r");
		assert_int_equal(fread(header, 1, sizeof header, in), sizeof header);
		fclose(in);
		kit_poke(path, 0, zeros, sizeof zeros);
		struct kit_found found = kit_read(*state, KIT_EPOCH, 29);
		assert_int_equal(found.records, 2);
		assert_int_equal(found.missing, 0);
		kit_poke(path, 0, header, sizeof header);
	}
}

/* ---- segments that lie in the wrong place ---- */

/* A sound segment under another name, of another epoch, of another source: not what
 * its place says, and nothing of it is read. */
static void a_segment_in_the_wrong_place_is_damage(void **state)
{
	static uint8_t bytes[LEAST];
	struct kit_found found;
	for (int how = 0; how < 3; how++) {
		char name[16];
		snprintf(name, sizeof name, "%d", how);
		char *folder = strdup(in_folder(*state, name));
		struct journal *journal = kit_open(folder, NULL);
		kit_append(journal, 4, SMALL, 2);
		assert_int_equal(journal_begin(journal, 5), OK);
		kit_append(journal, 4, SMALL, 2);
		assert_int_equal(journal_begin(journal, 9), OK);
		kit_append(journal, 2, SMALL, 2);
		journal_close(journal);
		int fd = open(kit_segment(folder, how == 0 ? 1 : 5), O_RDONLY);
		assert_int_equal(pread(fd, bytes, LEAST, 0), LEAST);
		close(fd);
		struct segment segment;
		assert_int_equal(segment_get(&segment, bytes), OK);
		if (how == 1)
			segment.epoch++;
		if (how == 2)
			segment.source[0] = 'x';
		segment_put(&segment, bytes);
		/* entries of that other journal, each sealed for it */
		for (int i = 0; how > 0 && i < 4; i++) {
			uint8_t *entry = bytes + JOURNAL_HEADER + i * SMALL_SIZE;
			if (how == 1)
				put_le64(entry + JOURNAL_ENTRY + 24, segment.epoch);
			else
				entry[JOURNAL_ENTRY + 8] = 'x';
			entry_seal(entry, segment_seed(segment.epoch, segment.number),
			        i % 2 == 0);
		}
		kit_poke(kit_segment(folder, 5), 0, bytes, LEAST);
		struct journal_recovery recovery = kit_goes_on(folder, &found);
		assert_int_equal(recovery.missing, 4);
		assert_int_equal(recovery.first_missing, 5);
		assert_int_equal(found.missing, 4);
		free(folder);
	}
}

/* What is laid aside is never written over: beyond ninety-nine copies the segment is
 * left as it is. */
static void the_quarantine_has_an_end(void **state)
{
	char path[256];
	struct journal_recovery recovery;
	struct journal *journal = kit_open(*state, NULL);
	kit_append(journal, 4, SMALL, 4);
	journal_close(journal);
	folder_make(in_folder(*state, "quarantine"));
	for (int copy = 1; copy <= 99; copy++) {
		char again[8] = "";
		if (copy > 1)
			snprintf(again, sizeof again, ".%d", copy);
		snprintf(path, sizeof path,
		        "quarantine/" KIT_SOURCE "_%016" PRIx64 "_%020d.torn%s",
		        KIT_EPOCH, 1, again);
		touch(*state, path);
	}
	kit_flip(kit_segment(*state, 1), 8 * (JOURNAL_HEADER + 2 * SMALL_SIZE + 30));
	journal = kit_open(*state, &recovery);
	assert_int_equal(recovery.records, 2);
	assert_true(recovery.torn_bytes > 0);
	kit_append(journal, 3, SMALL, 1);
	assert_int_equal(journal->segment.first_seq, 3);
	journal_close(journal);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).last, 5);
}

static void a_journal_may_be_verified_from_its_end_only(void **state)
{
	struct journal_recovery recovery;
	struct journal_options options = kit_options(*state);
	struct journal *journal = kit_open(*state, NULL);
	for (int i = 0; i < 5; i++) {
		kit_append(journal, 2, SMALL, 1);
		assert_int_equal(
		        journal_begin(journal, journal_committed_seq(journal)), OK);
	}
	journal_close(journal);
	for (uint32_t scan = 0; scan < 8; scan++) {
		options.scan_segments = scan;
		journal = kit_open_with(&options, &recovery);
		assert_int_equal(recovery.records, 10);
		assert_int_equal(journal_first_seq(journal), 1);
		journal_close(journal);
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
	const struct CMUnitTest journal_places[] = {
		with_folder(what_is_not_named_like_a_segment_is_none),
		with_folder(what_is_not_named_like_an_epoch_or_a_source_is_none),
		with_folder(epochs_stand_in_the_order_of_their_creation),
		with_folder(paths_that_are_too_long_are_named),
		with_folder(
		        the_neighbour_before_or_behind_tells_the_number_of_a_segment),
		with_folder(a_segment_in_the_wrong_place_is_damage),
		with_folder(the_quarantine_has_an_end),
		with_folder(a_journal_may_be_verified_from_its_end_only),
	};
	return cmocka_run_group_tests_name(
	        "journal_places", journal_places, NULL, NULL);
}
