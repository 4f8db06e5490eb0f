/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A journal whose calls to the system fail: nothing is lost, doubled or trusted. */
#include "tests/kits/check.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/kits/journal_kit.h"

#define SMALL 9

/* A workload under failing calls: what was answered OK must be there, once, in
 * order. */
static void workload(const char *folder, long nth, bool on)
{
	uint8_t record[2048];
	struct journal_options options = kit_options(folder);
	struct journal *journal;
	struct problem why;
	options.system = &kit_failing;
	kit_fail(nth, nth % 2 ? EIO : ENOSPC);
	kit_fail_on(on);
	if (journal_open(&journal, &options, NULL, &why) != OK)
		return;
	uint64_t durable = 1;
	for (int i = 0; i < 80; i++) {
		uint64_t seq = journal_next_seq(journal);
		size_t n = kit_record(seq, 1500, record, sizeof record);
		assert_int_equal(journal_append(journal, record, n, 0), OK);
		if (i % 3 == 2)
			journal_commit(journal);
		assert_true(journal_committed_seq(journal) >= durable);
		durable = journal_committed_seq(journal);
	}
	kit_fail(0, 0);
	assert_int_equal(journal_commit(journal), OK);
	assert_int_equal(journal_committed_seq(journal), 81);
	journal_close(journal);
	struct kit_found found = kit_read(folder, KIT_EPOCH, 1);
	assert_int_equal(found.records, 80);
	assert_int_equal(found.holes, 0);
	struct journal_recovery recovery;
	journal = kit_open(folder, &recovery);
	assert_int_equal(journal_next_seq(journal), 81);
	assert_int_equal(recovery.records, 80);
	assert_int_equal(recovery.missing + recovery.damaged_segments, 0);
	journal_close(journal);
}

static void a_call_that_fails_once_loses_and_doubles_nothing(void **state)
{
	char name[32];
	workload(in_folder(*state, "count"), LONG_MAX, false);
	for (long nth = 1; nth <= 70; nth++) {
		snprintf(name, sizeof name, "once-%ld", nth);
		workload(in_folder(*state, name), nth, false);
		snprintf(name, sizeof name, "on-%ld", nth);
		workload(in_folder(*state, name), nth, true);
	}
}

/* The process dies while writes fail: what is left must open, with all that was
 * durable. */
static void dying_amid_failures_keeps_what_was_committed(void **state)
{
	char *folder = strdup(in_folder(*state, "live"));
	char *left = strdup(in_folder(*state, "left"));
	uint8_t record[2048];
	for (long nth = 5; nth < 80; nth++) {
		struct journal_options options = kit_options(folder);
		kit_remove(folder);
		options.system = &kit_failing;
		kit_fail(0, 0);
		struct journal *journal = kit_open_with(&options, NULL);
		kit_fail(nth, EIO);
		kit_fail_on(nth % 2 == 0);
		for (int i = 0; i < 90; i++) {
			size_t n = kit_record(
			        journal_next_seq(journal), 1500, record, sizeof record);
			if (journal_append(journal, record, n, 0) != OK)
				break;
			if (i % 3 == 2)
				journal_commit(journal);
		}
		uint64_t durable = journal_committed_seq(journal);
		kit_copy(folder, left);
		kit_fail(0, 0);
		journal_close(journal);
		struct kit_found found;
		struct journal_recovery recovery = kit_goes_on(left, &found);
		assert_true(recovery.records >= durable - 1);
		assert_int_equal(recovery.missing, 0);
	}
	free(folder);
	free(left);
}

static bool sync_fails;

static int sync_or_fail(int fd)
{
	int status = fdatasync(fd);
	errno = EIO;
	return sync_fails ? -1 : status;
}

static void a_reader_does_not_see_a_repeated_group_twice(void **state)
{
	uint8_t record[256];
	struct journal_system system = journal_real;
	struct journal_options options = kit_options(*state);
	struct journal_reader *reader;
	struct journal_entry entry = { 0 };
	struct problem why;
	system.sync = sync_or_fail;
	options.system = &system;
	sync_fails = false;
	struct journal *journal = kit_open_with(&options, NULL);
	assert_int_equal(
	        journal_read_open(&reader, *state, KIT_SOURCE, KIT_EPOCH, 1), OK);
	for (uint64_t seq = 1; seq <= 12; seq++) {
		size_t n = kit_record(seq, SMALL, record, sizeof record);
		assert_int_equal(journal_append(journal, record, n, 0), OK);
		uint64_t number = journal->segment.number;
		/* The bytes are there, but nobody may trust them. */
		sync_fails = seq % 4 != 0;
		assert_int_equal(journal_commit(journal), sync_fails ? FAILED : OK);
		assert_int_equal(journal_committed_seq(journal), seq / 4 * 4 + 1);
		/* A file whose sync failed is never written to or synced again. */
		assert_int_equal(
		        journal->segment.number, seq % 4 == 1 ? number : number + 1);
		assert_int_equal(journal_read_next(reader, &entry, &why), 1);
		assert_int_equal(entry.seq, seq);
		assert_true(kit_is(entry.record, entry.size, seq));
		assert_int_equal(journal_read_next(reader, &entry, &why), 0);
	}
	journal_read_close(reader);
	journal_close(journal);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 12);
	int exit_code;
	char *got = run_command(&exit_code,
	        "/usr/bin/python3 %s journal %s/%s/%016" PRIx64 " | wc -l",
	        project_file("tests/verify_parts.py"), (char *)*state, KIT_SOURCE,
	        KIT_EPOCH);
	assert_int_equal(atoi(got), 12);
	free(got);
}

static void a_folder_that_cannot_be_made_is_told(void **state)
{
	struct journal *journal;
	struct problem why;
	const char *file = in_folder(*state, "file");
	fclose(fopen(file, "w"));
	struct journal_options options = kit_options(file);
	assert_int_equal(journal_open(&journal, &options, NULL, &why), FAILED);
	assert_contains(why.text, "file");
	assert_int_equal(why.exit, EXIT_CONFIG);
	options = kit_options(*state);
	options.source = "No Id";
	assert_int_equal(journal_open(&journal, &options, NULL, &why), REFUSED);
}

/* ---- the start ---- */

static struct {
	off_t from, to;
} written;

static ssize_t write_noted(int fd, const void *in, size_t n, off_t at)
{
	if (at < written.from)
		written.from = at;
	if (at + (off_t)n > written.to)
		written.to = at + (off_t)n;
	return pwrite(fd, in, n, at);
}

/* What is written when a journal of so many records is opened again. */
static size_t open_again(const char *folder, size_t records)
{
	struct journal_system system = journal_real;
	struct journal_options options = kit_options(folder);
	options.segment_size = 4 * JOURNAL_GROUP;
	struct journal *journal = kit_open_with(&options, NULL);
	kit_append(journal, records, 1024, 10);
	journal_close(journal);
	system.write = write_noted;
	options.system = &system;
	written.from = INT64_MAX;
	written.to = 0;
	journal_close(kit_open_with(&options, NULL));
	return kit_used(kit_segment(folder, 1));
}

/* It may stand in memory only: the process before died between write and sync. */
static void the_last_group_is_written_again_at_the_start(void **state)
{
	off_t used = (off_t)open_again(in_folder(*state, "long"), 1500);
	assert_true(used > JOURNAL_GROUP + 4096);
	assert_in_range(written.to, used, used + 7);
	assert_true(written.from <= used - JOURNAL_GROUP);
	assert_true(written.from > used - JOURNAL_GROUP - 4096);
	used = (off_t)open_again(in_folder(*state, "short"), 10);
	assert_in_range(written.to, used, used + 7);
	assert_int_equal(written.from, JOURNAL_HEADER);
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
	const struct CMUnitTest journal_failing[] = {
		with_folder(a_call_that_fails_once_loses_and_doubles_nothing),
		with_folder(dying_amid_failures_keeps_what_was_committed),
		with_folder(a_reader_does_not_see_a_repeated_group_twice),
		with_folder(a_folder_that_cannot_be_made_is_told),
		with_folder(the_last_group_is_written_again_at_the_start),
	};
	return cmocka_run_group_tests_name(
	        "journal_failing", journal_failing, NULL, NULL);
}
