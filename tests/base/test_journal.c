/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal as its users see it; test_journal_damage.c has what disks and power do to
 * it. */
#include "tests/kits/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "tests/kits/documented.h"
#include "tests/kits/journal_kit.h"

/* The example of docs/quantrac-journal.md: header and one entry. */
static const uint8_t example[] = {
	//
	0x51, 0x54, 0x4a, 0x31, 0x01, 0x00, 0x00, 0x00, //
	0x74, 0x72, 0x61, 0x6d, 0x2d, 0x30, 0x31, 0x00, //
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
	0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, //
	0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
	0x2a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
	0x00, 0x55, 0x09, 0x11, 0x48, 0x60, 0x06, 0x00, //
	0x29, 0x00, 0x00, 0x00, 0x4a, 0x54, 0x51, 0xdb, //
	0xb2, 0xd1, 0x0a, 0x67, 0x42, 0x00, 0x01, 0x00, //
	0x40, 0x62, 0x0c, 0x11, 0x48, 0x60, 0x06, 0x00, //
	0x42, 0x00, 0x01, 0x03, 0x01, 0x00, 0x00, 0x00, //
	0x74, 0x72, 0x61, 0x6d, 0x2d, 0x30, 0x31, 0x00, //
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
	0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, //
	0x2a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
	0x40, 0x37, 0x0b, 0x11, 0x48, 0x60, 0x06, 0x00, //
	0x01, 0x60, 0xd7, 0x1d, 0x14, 0x00, 0x00, 0x00, //
	0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, //
	0x7b, 0x7d, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00  //
};

static const uint8_t example_record[66] = {
	//
	0x42, 0x00, 0x01, 0x03, 0x01, 0x00, 0x00, 0x00, //
	0x74, 0x72, 0x61, 0x6d, 0x2d, 0x30, 0x31, 0x00, //
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
	0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, //
	0x2a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
	0x40, 0x37, 0x0b, 0x11, 0x48, 0x60, 0x06, 0x00, //
	0x01, 0x60, 0xd7, 0x1d, 0x14, 0x00, 0x00, 0x00, //
	0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, //
	0x7b, 0x7d                                      //
};

static void the_layout_is_the_documented_one(void **state)
{
	struct journal_options options = kit_options(*state);
	options.now_us = INT64_C(1794712500000000);
	struct journal *journal = kit_open_with(&options, NULL);
	assert_int_equal(journal_skip(journal, 42, options.now_us), OK);
	assert_int_equal(journal_store(journal, example_record, sizeof example_record,
	                         INT64_C(1794712500200000)),
	        OK);
	journal_close(journal);
	uint8_t got[sizeof example];
	FILE *in = fopen(kit_segment(*state, 42), "rb");
	assert_non_null(in);
	assert_int_equal(fread(got, 1, sizeof got, in), sizeof got);
	fclose(in);
	assert_memory_equal(got, example, sizeof example);
	check_documented("quantrac-journal.md", "## Example", example, sizeof example);
	assert_int_equal(access(kit_segment(*state, 1), F_OK), -1);
}

static void what_is_committed_is_there_after_opening_again(void **state)
{
	struct journal_recovery recovery;
	struct journal_options options = kit_options(*state);
	options.system = NULL; /* the real one */
	struct journal *journal = kit_open_with(&options, &recovery);
	assert_true(recovery.created);
	assert_string_equal(journal_source(journal), KIT_SOURCE);
	assert_true(journal_epoch(journal) == KIT_EPOCH);
	assert_int_equal(journal_first_seq(journal), 1);
	assert_int_equal(journal_next_seq(journal), 1);
	assert_int_equal(journal_committed_seq(journal), 1);
	kit_append(journal, 10, 100, 3);
	assert_int_equal(journal_next_seq(journal), 11);
	assert_int_equal(journal_committed_seq(journal), 11);
	journal_close(journal);
	journal = kit_open(*state, &recovery);
	assert_false(recovery.created);
	assert_int_equal(recovery.records, 10);
	assert_int_equal(recovery.torn_bytes + recovery.missing, 0);
	assert_int_equal(journal_next_seq(journal), 11);
	assert_int_equal(journal_first_seq(journal), 1);
	journal_close(journal);
	struct kit_found found = kit_read(*state, KIT_EPOCH, 1);
	assert_int_equal(found.records, 10);
	assert_int_equal(found.holes, 0);
}

static void what_is_gathered_counts_only_after_commit(void **state)
{
	uint8_t record[128];
	struct journal *journal = kit_open(*state, NULL);
	size_t n = kit_record(0, 20, record, sizeof record);
	assert_int_equal(journal_pending(journal), 0);
	assert_int_equal(journal_append(journal, record, n, 5), OK);
	assert_int_equal(get_le64(record + 32), 1);
	assert_true(get_le64(record + 24) == KIT_EPOCH);
	assert_int_equal(journal_pending(journal), 104);
	assert_int_equal(journal_next_seq(journal), 2);
	assert_int_equal(journal_committed_seq(journal), 1);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 0);
	assert_int_equal(journal_commit(journal), OK);
	assert_int_equal(journal_pending(journal), 0);
	assert_int_equal(journal_committed_seq(journal), 2);
	journal_close(journal);
}

static void a_full_group_asks_for_a_commit(void **state)
{
	static uint8_t record[RECORD_MOST];
	struct journal *journal = kit_open(*state, NULL);
	size_t n = kit_record(0, RECORD_MOST - RECORD_HEADER, record, sizeof record);
	const uint64_t fit = JOURNAL_GROUP / (RECORD_MOST + JOURNAL_ENTRY);
	for (uint64_t i = 0; i < fit; i++)
		assert_int_equal(journal_append(journal, record, n, 0), OK);
	assert_int_equal(journal_append(journal, record, n, 0), FULL);
	assert_int_equal(journal_next_seq(journal), fit + 1);
	assert_int_equal(journal_commit(journal), OK);
	assert_int_equal(journal_append(journal, record, n, 0), OK);
	journal_close(journal);
	journal = kit_open(*state, NULL);
	assert_int_equal(journal_next_seq(journal), fit + 2);
	journal_close(journal);
}

static void only_the_very_next_record_is_stored(void **state)
{
	uint8_t record[256];
	struct journal *journal = kit_open(*state, NULL);
	size_t n = kit_record(1, 10, record, sizeof record);
	assert_int_equal(journal_store(journal, record, n - 1, 0), REFUSED);
	assert_int_equal(journal_store(journal, record, n + 1, 0), REFUSED);
	assert_int_equal(journal_store(journal, record, n, 0), OK);
	assert_int_equal(journal_store(journal, record, n, 0), REFUSED);
	record_place(record, KIT_EPOCH, 3);
	assert_int_equal(journal_store(journal, record, n, 0), REFUSED);
	record_place(record, KIT_EPOCH + 1, 2);
	assert_int_equal(journal_store(journal, record, n, 0), REFUSED);
	record_place(record, KIT_EPOCH, 2);
	record[8] = 'x';
	assert_int_equal(journal_store(journal, record, n, 0), REFUSED);
	assert_int_equal(journal_append(journal, record, n, 0), REFUSED);
	record[8] = 't';
	assert_int_equal(journal_store(journal, record, n, 0), OK);
	journal_close(journal);
}

static void segments_follow_one_another_and_are_forgotten_whole(void **state)
{
	struct journal *journal = kit_open(*state, NULL);
	kit_append(journal, 500, 1000, 7);
	uint64_t *list, mid;
	int n = segment_list(journal->folder, &list);
	assert_in_range(n, 8, 12);
	mid = list[3];
	for (uint64_t from = 1; from <= 501; from += 50)
		assert_int_equal(kit_read(*state, KIT_EPOCH, from).records, 501 - from);
	assert_int_equal(journal_forget(journal, mid - 1), 2);
	assert_int_equal(journal_first_seq(journal), list[2]);
	assert_int_equal(journal_forget(journal, mid), 1);
	assert_int_equal(journal_forget(journal, UINT64_MAX), n - 4);
	assert_int_equal(journal_forget(journal, UINT64_MAX), 0);
	assert_int_equal(journal_first_seq(journal), list[n - 1]);
	kit_append(journal, 1, 10, 1);
	journal_close(journal);
	struct journal_recovery recovery;
	journal = kit_open(*state, &recovery);
	assert_int_equal(journal_first_seq(journal), list[n - 1]);
	assert_int_equal(journal_next_seq(journal), 502);
	assert_int_equal(recovery.missing, 0);
	journal_close(journal);
	struct kit_found found = kit_read(*state, KIT_EPOCH, 1);
	assert_int_equal(found.first, list[n - 1]);
	assert_int_equal(found.last, 501);
	assert_int_equal(found.holes, 0);
	free(list);
}

static void the_next_segment_lies_ready_and_is_no_litter(void **state)
{
	struct journal_options options = kit_options(*state);
	options.system = NULL;
	struct journal *journal = kit_open_with(&options, NULL);
	kit_append(journal, 10, 1000, 1);
	assert_int_equal(journal->spare, -1);
	kit_append(journal, 30, 1000, 1);
	assert_true(journal->spare >= 0);
	struct stat st;
	assert_int_equal(fstat(journal->spare, &st), 0);
	assert_int_equal(st.st_size, JOURNAL_SEGMENT_LEAST);
	assert_true(st.st_blocks * 512 >= JOURNAL_SEGMENT_LEAST);
	journal_close(journal);
	int exit_code;
	char *left = run_command(&exit_code, "find %s -name '*.tmp'", (char *)*state);
	assert_string_equal(left, "");
	free(left);
}

static void a_reader_goes_along_with_its_writer(void **state)
{
	struct journal *journal = kit_open(*state, NULL);
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	assert_int_equal(
	        journal_read_open(&reader, *state, KIT_SOURCE, KIT_EPOCH, 1), OK);
	for (uint64_t seq = 1; seq <= 300; seq++) {
		assert_int_equal(journal_read_next(reader, &entry, &why), 0);
		kit_append(journal, 1, 900, 1);
		assert_int_equal(journal_read_next(reader, &entry, &why), 1);
		assert_int_equal(entry.seq, seq);
		assert_int_equal(entry.stored_us, seq * 1000);
		assert_true(kit_is(entry.record, entry.size, seq));
		uint64_t offset;
		assert_contains(journal_read_place(reader, &offset), ".log");
		assert_true(offset >= JOURNAL_HEADER && offset < JOURNAL_SEGMENT_LEAST);
	}
	kit_append(journal, 200, 900, 50);
	for (uint64_t seq = 301; seq <= 500; seq++) {
		assert_int_equal(journal_read_next(reader, &entry, &why), 1);
		assert_int_equal(entry.seq, seq);
	}
	assert_int_equal(journal_read_next(reader, &entry, &why), 0);
	journal_read_close(reader);
	journal_close(journal);
}

static void a_reader_may_wait_for_a_seq_to_come(void **state)
{
	struct journal *journal = kit_open(*state, NULL);
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	assert_int_equal(
	        journal_read_open(&reader, *state, KIT_SOURCE, KIT_EPOCH + 1, 1),
	        NOT_FOUND);
	assert_int_equal(
	        journal_read_open(&reader, *state, "../x", KIT_EPOCH, 1), NOT_FOUND);
	assert_int_equal(
	        journal_read_open(&reader, *state, KIT_SOURCE, KIT_EPOCH, 100), OK);
	kit_append(journal, 99, 900, 10);
	assert_int_equal(journal_read_next(reader, &entry, &why), 0);
	kit_append(journal, 1, 900, 1);
	assert_int_equal(journal_read_next(reader, &entry, &why), 1);
	assert_int_equal(entry.seq, 100);
	journal_read_close(reader);
	journal_close(journal);
}

static void one_journal_has_one_writer(void **state)
{
	struct journal *journal = kit_open(*state, NULL), *second;
	const struct journal_options options = kit_options(*state);
	struct problem why;
	assert_int_equal(journal_open(&second, &options, NULL, &why), REFUSED);
	assert_int_equal(why.exit, EXIT_TRY_AGAIN);
	assert_null(second);
	journal_close(journal);
	journal_close(kit_open(*state, NULL));
}

static void the_newest_epoch_goes_on_and_a_new_one_begins_by_itself(void **state)
{
	struct journal_recovery recovery;
	struct journal_options options = kit_options(*state);
	options.epoch = 0;
	struct journal *journal = kit_open_with(&options, &recovery);
	uint64_t first = journal_epoch(journal), epochs[4];
	assert_true(recovery.created && first != 0);
	journal_close(journal);
	journal = kit_open_with(&options, &recovery);
	assert_false(recovery.created);
	assert_true(journal_epoch(journal) == first);
	journal_close(journal);
	/* A clock that starts in 1970 does not make a new epoch look old. */
	options.epoch = 7;
	options.now_us = 0;
	journal_close(kit_open_with(&options, &recovery));
	options.epoch = 0;
	journal = kit_open_with(&options, &recovery);
	assert_int_equal(journal_epoch(journal), 7);
	journal_close(journal);
	assert_int_equal(journal_epochs(*state, KIT_SOURCE, epochs, 4), 2);
	assert_true(epochs[0] == first && epochs[1] == 7);
	assert_int_equal(journal_epochs(*state, KIT_SOURCE, epochs, 1), 1);
	assert_int_equal(epochs[0], 7);
	assert_int_equal(journal_epochs(*state, "nobody", epochs, 4), 0);
}

static void sources_are_listed_in_order(void **state)
{
	char source[3][SOURCE_SIZE + 1];
	const char *const name[] = { "b", "a-2", "abcdefghijklmnop" };
	struct journal_options options = kit_options(*state);
	assert_int_equal(journal_sources(*state, source, 3), 0);
	for (int i = 0; i < 3; i++) {
		options.source = name[i];
		journal_close(kit_open_with(&options, NULL));
	}
	mkdir(in_folder(*state, "quarantine"), 0777);
	mkdir(in_folder(*state, "Not-An-Id"), 0777);
	assert_int_equal(journal_sources(*state, source, 3), 3);
	assert_string_equal(source[0], "a-2");
	assert_string_equal(source[1], "abcdefghijklmnop");
	assert_string_equal(source[2], "b");
	assert_int_equal(journal_sources(*state, source, 1), 1);
	assert_int_equal(journal_sources(in_folder(*state, "none"), source, 1), 0);
}

static void a_journal_skips_what_can_never_come(void **state)
{
	struct journal_recovery recovery;
	struct journal *journal = kit_open(*state, NULL);
	assert_int_equal(journal_skip(journal, 1, 0), OK);
	assert_int_equal(journal_skip(journal, 5000, 0), OK);
	assert_int_equal(journal_first_seq(journal), 5000);
	assert_int_equal(journal_next_seq(journal), 5000);
	kit_append(journal, 10, 10, 1);
	assert_int_equal(journal_skip(journal, 5009, 0), REFUSED);
	assert_int_equal(journal_skip(journal, 6000, 0), OK);
	kit_append(journal, 5, 10, 1);
	journal_close(journal);
	journal = kit_open(*state, &recovery);
	assert_int_equal(journal_first_seq(journal), 5000);
	assert_int_equal(journal_next_seq(journal), 6005);
	assert_int_equal(recovery.records, 15);
	assert_int_equal(recovery.missing, 990);
	assert_int_equal(recovery.first_missing, 5010);
	assert_int_equal(recovery.last_missing, 5999);
	assert_int_equal(recovery.damaged_segments, 0);
	journal_close(journal);
	struct kit_found found = kit_read(*state, KIT_EPOCH, 1);
	assert_int_equal(found.records, 15);
	assert_int_equal(found.holes, 1);
	assert_int_equal(found.missing, 990);
}

static void a_reader_written_from_the_documents_agrees(void **state)
{
	struct journal *journal = kit_open(*state, NULL);
	kit_append(journal, 60, 777, 7);
	kit_append(journal, 60, 2001, 3);
	journal_close(journal);
	int exit_code;
	char *got =
	        run_command(&exit_code, "/usr/bin/python3 %s journal %s/%s/%016" PRIx64,
	                project_file("tests/verify_parts.py"), (char *)*state,
	                KIT_SOURCE, KIT_EPOCH);
	assert_int_equal(exit_code, 0);
	char *want = NULL;
	size_t n;
	FILE *out = open_memstream(&want, &n);
	for (int seq = 1; seq <= 120; seq++)
		fprintf(out, "%d %d000000 %d\n", seq, seq,
		        RECORD_HEADER + (seq <= 60 ? 777 : 2001));
	fclose(out);
	assert_string_equal(got, want);
	free(got);
	free(want);
}

#define with_folder(test)                                                              \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest journal[] = {
		with_folder(the_layout_is_the_documented_one),
		with_folder(what_is_committed_is_there_after_opening_again),
		with_folder(what_is_gathered_counts_only_after_commit),
		with_folder(a_full_group_asks_for_a_commit),
		with_folder(only_the_very_next_record_is_stored),
		with_folder(segments_follow_one_another_and_are_forgotten_whole),
		with_folder(the_next_segment_lies_ready_and_is_no_litter),
		with_folder(a_reader_goes_along_with_its_writer),
		with_folder(a_reader_may_wait_for_a_seq_to_come),
		with_folder(one_journal_has_one_writer),
		with_folder(the_newest_epoch_goes_on_and_a_new_one_begins_by_itself),
		with_folder(sources_are_listed_in_order),
		with_folder(a_journal_skips_what_can_never_come),
		with_folder(a_reader_written_from_the_documents_agrees),
	};
	return cmocka_run_group_tests_name("journal", journal, NULL, NULL);
}
