/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both sides of the journal's limits, and what its errors are called. */
#include "tests/kits/check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/folder.h"
#include "base/journal_pool.h"
#include "base/log.h"
#include "tests/kits/journal_kit.h"

#define SMALL 9
#define LEAST JOURNAL_SEGMENT_LEAST

static struct journal_system odd; /* the real calls, but for what a test puts in */

static struct journal *open_odd(const char *folder)
{
	struct journal_options options = kit_options(folder);
	odd = *options.system;
	options.system = &odd;
	return kit_open_with(&options, NULL);
}

static int append_one(struct journal *journal)
{
	uint8_t record[256];
	size_t n = kit_record(journal_next_seq(journal), SMALL, record, sizeof record);
	return journal_append(journal, record, n, 0);
}

/* ---- what is taken in ---- */

static void only_records_of_this_journal_are_taken(void **state)
{
	uint8_t record[256], other[256];
	struct journal *journal = kit_open(*state, NULL);
	size_t n = kit_record(1, SMALL, record, sizeof record);
	assert_int_equal(journal_append(journal, record, n - 1, 0), REFUSED);
	assert_int_equal(journal_store(journal, record, n - 1, 0), REFUSED);
	memcpy(other, record, n);
	other[8] = 'x'; /* "xram-01" */
	assert_int_equal(journal_append(journal, other, n, 0), REFUSED);
	assert_int_equal(journal_store(journal, other, n, 0), REFUSED);
	memcpy(other, record, n);
	put_le64(other + 24, KIT_EPOCH + 1);
	assert_int_equal(journal_store(journal, other, n, 0), REFUSED);
	assert_int_equal(journal_store(journal, record, n, 0), OK);
	journal_close(journal);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 1);
}

static void a_segment_is_never_smaller_than_the_least(void **state)
{
	struct stat st;
	struct journal_options options = kit_options(*state);
	options.segment_size = LEAST - 1;
	journal_close(kit_open_with(&options, NULL));
	assert_int_equal(stat(kit_segment(*state, 1), &st), 0);
	assert_int_equal(st.st_size, LEAST);
}

/* ---- what is skipped ---- */

static void more_may_be_skipped_than_a_header_can_tell(void **state)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	const uint64_t far = UINT64_C(1) << 33;
	struct journal *journal = kit_open(*state, NULL);
	kit_append(journal, 2, SMALL, 1);
	assert_int_equal(journal_skip(journal, 3, 0), OK);
	assert_int_equal(journal_skip(journal, 2, 0), REFUSED);
	assert_int_equal(journal_skip(journal, far, 0), OK);
	uint8_t record[256];
	size_t n = kit_record(9, SMALL, record, sizeof record);
	assert_int_equal(journal_append(journal, record, n, 0), OK);
	journal_close(journal);
	assert_int_equal(
	        journal_read_open(&reader, *state, KIT_SOURCE, KIT_EPOCH, 2), OK);
	assert_int_equal(journal_read_next(reader, &entry, &why), 1);
	assert_int_equal(journal_read_next(reader, &entry, &why), MALFORMED);
	assert_int_equal(journal_read_never_came(reader), far);
	assert_contains(why.text, "never came");
	assert_int_equal(journal_read_next(reader, &entry, &why), 1);
	assert_int_equal(entry.seq, far);
	journal_read_close(reader);
}

static int write_nothing(int fd, const void *in, size_t n, off_t at, int error)
{
	errno = error;
	return -1;
}

static int write_error;

static ssize_t refuse_write(int fd, const void *in, size_t n, off_t at)
{
	return write_nothing(fd, in, n, at, write_error);
}

static void nothing_is_skipped_while_the_disk_is_ill(void **state)
{
	struct journal *journal = open_odd(*state);
	kit_append(journal, 2, SMALL, 1);
	assert_int_equal(append_one(journal), OK);
	odd.write = refuse_write;
	write_error = EIO;
	assert_int_equal(journal_skip(journal, 50, 0), FAILED);
	assert_int_equal(journal_next_seq(journal), 4);
	/* and none begins a segment there either */
	assert_int_equal(journal_skip(journal, 50, 0), FAILED);
	odd.write = journal_real.write;
	assert_int_equal(journal_skip(journal, 50, 0), OK);
	odd.write = refuse_write;
	assert_int_equal(journal_skip(journal, 60, 0), FAILED);
	odd.write = journal_real.write;
	journal_close(journal);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 3);
}

/* ---- errors and what they are called ---- */

static int times_zero, times_interrupted;

static ssize_t stutter(int fd, const void *in, size_t n, off_t at)
{
	if (times_interrupted-- > 0)
		return write_nothing(fd, in, n, at, EINTR);
	if (times_zero-- > 0)
		return 0;
	return journal_real.write(fd, in, n > 7 ? 7 : n, at);
}

static void writes_that_come_in_pieces_are_put_together(void **state)
{
	struct journal *journal = open_odd(*state);
	odd.write = stutter;
	times_interrupted = 3;
	times_zero = 0;
	kit_append(journal, 5, SMALL, 5);
	/* a write that takes nothing would be asked for ever */
	times_zero = 1;
	assert_int_equal(append_one(journal), OK);
	assert_int_equal(journal_commit(journal), FAILED);
	assert_int_equal(errno, EIO);
	assert_int_equal(journal_commit(journal), OK);
	journal_close(journal);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 6);
}

static void a_full_disk_has_three_names(void **state)
{
	static const struct {
		int error, status;
	} cases[] = { { ENOSPC, FULL }, { EDQUOT, FULL }, { EFBIG, FULL },
		{ EIO, FAILED }, { EROFS, FAILED } };
	struct journal *journal = open_odd(*state);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(append_one(journal), OK);
		odd.write = refuse_write;
		write_error = cases[i].error;
		assert_int_equal(journal_commit(journal), cases[i].status);
		odd.write = journal_real.write;
		assert_int_equal(journal_commit(journal), OK);
	}
	journal_close(journal);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 5);
}

/* ---- a segment that is nearly full ---- */

static int no_room(int fd, off_t at, off_t n)
{
	return ENOSPC;
}

static void the_next_segment_is_asked_for_while_the_present_one_has_room(void **state)
{
	struct journal *journal = open_odd(*state);
	odd.allocate = no_room;
	kit_append(journal, 40, 1000, 4); /* over the half, and no spare */
	assert_int_equal(journal->spare, -1);
	assert_int_equal(journal_mend(journal), FULL);
	odd.allocate = kit_options("").system->allocate;
	assert_int_equal(journal_mend(journal), OK);
	assert_true(journal->spare >= 0);
	assert_int_equal(journal_mend(journal), OK);
	journal_close(journal);
	/* a segment with room for a whole group needs none */
	struct journal_options options = kit_options(*state);
	options.epoch = 3;
	options.segment_size = 4 * JOURNAL_GROUP;
	journal = kit_open_with(&options, NULL);
	assert_int_equal(journal_mend(journal), OK);
	assert_int_equal(journal->spare, -1);
	journal_close(journal);
}

/* The counter does not go round: behind the last seq there is none. */
static void no_record_comes_behind_the_last_seq(void **state)
{
	static uint8_t record[RECORD_MOST];
	struct journal *journal = kit_open(*state, NULL);
	size_t n = kit_record(1, 100, record, sizeof record);
	assert_int_equal(journal_skip(journal, RECORD_SEQ_MOST, 1), OK);
	assert_int_equal(journal_append(journal, record, n, 1), OK);
	assert_int_equal(journal_append(journal, record, n, 1), REFUSED);
	assert_int_equal(journal_commit(journal), OK);
	journal_close(journal);
	journal = kit_open(*state, NULL);
	assert_int_equal(journal_next_seq(journal), RECORD_SEQ_MOST + 1);
	assert_int_equal(journal_append(journal, record, n, 1), REFUSED);
	journal_close(journal);
}

static int refuse_remove(int folder, const char *name)
{
	errno = EIO;
	return -1;
}

static void what_cannot_be_removed_is_kept(void **state)
{
	struct journal *journal = open_odd(*state);
	kit_append(journal, 200, 1000, 4);
	uint64_t end = journal_segment_end(*state, KIT_SOURCE, KIT_EPOCH, 1);
	odd.remove = refuse_remove;
	assert_int_equal(journal_forget(journal, UINT64_MAX), 0);
	assert_int_equal(journal_first_seq(journal), 1);
	odd.remove = journal_real.remove;
	assert_int_equal(journal_forget(journal, end - 1), 0);
	assert_int_equal(journal_forget(journal, end), 1);
	assert_true(journal_forget(journal, UINT64_MAX) > 1);
	/* never the one being written */
	assert_true(journal_first_seq(journal) <= 200);
	assert_int_equal(journal_forget(journal, UINT64_MAX), 0);
	journal_close(journal);
}

/* ---- a disk that went and came back ---- */

static void a_folder_of_another_disk_is_another_journal(void **state)
{
	char path[600], away[600];
	struct journal *journal = kit_open(*state, NULL);
	snprintf(path, sizeof path, "%s/" KIT_SOURCE, (const char *)*state);
	snprintf(away, sizeof away, "%s/away", (const char *)*state);
	assert_int_equal(journal_moved(journal), 0);
	assert_int_equal(rename(path, away), 0);
	assert_int_equal(journal_moved(journal), FAILED); /* gone for now */
	assert_int_equal(folder_make(journal->path), OK);
	assert_int_equal(journal_moved(journal), 1);
	journal_close(journal);
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
	const struct CMUnitTest journal_limits[] = {
		with_folder(only_records_of_this_journal_are_taken),
		with_folder(a_segment_is_never_smaller_than_the_least),
		with_folder(more_may_be_skipped_than_a_header_can_tell),
		with_folder(nothing_is_skipped_while_the_disk_is_ill),
		with_folder(writes_that_come_in_pieces_are_put_together),
		with_folder(a_full_disk_has_three_names),
		with_folder(
		        the_next_segment_is_asked_for_while_the_present_one_has_room),
		with_folder(no_record_comes_behind_the_last_seq),
		with_folder(what_cannot_be_removed_is_kept),
		with_folder(a_folder_of_another_disk_is_another_journal),
	};
	return cmocka_run_group_tests_name(
	        "journal_limits", journal_limits, NULL, NULL);
}
