/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Room kept for the journal: set aside at the start, used by rename, asked for in
 * words. */
#include "tests/kits/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/journal_pool.h"
#include "base/log.h"
#include "tests/kits/journal_kit.h"

#define SIZE JOURNAL_SEGMENT_LEAST

static char said[2048];

static void keep_line(enum log_level level, const char *text)
{
	snprintf(said, sizeof said, "%s", text);
}

static struct journal_pool_options pool_options(const char *folder, uint64_t segments)
{
	return (struct journal_pool_options){ .folder = folder,
		.room = segments * SIZE,
		.segment_size = SIZE,
		.keep_s = 90 * 86400.0 };
}

static struct journal_pool *open_pool(const char *folder, uint64_t segments)
{
	struct journal_pool_options options = pool_options(folder, segments);
	struct journal_pool *pool;
	struct problem why;
	if (journal_pool_open(&pool, &options, &why) != OK)
		fail_msg("%s", why.text);
	return pool;
}

static struct journal *open_journal(const char *folder, struct journal_pool *pool)
{
	struct journal_options options = kit_options(folder);
	options.system = NULL;
	options.pool = pool;
	return kit_open_with(&options, NULL);
}

/* Files in the reserve; each must be of full size, on the disk, and zeros. */
static size_t set_aside(const char *folder)
{
	static uint8_t bytes[SIZE];
	size_t n = 0;
	DIR *dir = opendir(in_folder(folder, "reserve"));
	assert_non_null(dir);
	for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
		struct stat st;
		if (d->d_name[0] == '.')
			continue;
		int fd = openat(dirfd(dir), d->d_name, O_RDONLY);
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(st.st_size, SIZE);
		assert_true(st.st_blocks * 512 >= SIZE);
		assert_int_equal(read(fd, bytes, SIZE), SIZE);
		for (size_t i = 0; i < SIZE; i++)
			assert_int_equal(bytes[i], 0);
		close(fd);
		n++;
	}
	closedir(dir);
	return n;
}

static void the_room_is_there_before_it_is_needed(void **state)
{
	struct journal_pool *pool = open_pool(*state, 10);
	assert_int_equal(set_aside(*state), 10);
	struct journal *journal = open_journal(*state, pool);
	/* the first segment; the one behind it is taken when this is half full */
	assert_int_equal(set_aside(*state), 9);
	assert_int_equal(journal_pool_left(pool), 9);
	kit_append(journal, 40, 1500, 4);
	assert_int_equal(set_aside(*state), 8);
	kit_append(journal, 60, 1500, 4);
	assert_true(set_aside(*state) < 8);
	journal_close(journal);
	journal_pool_close(pool);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 100);
}

static void one_that_was_never_written_to_goes_back(void **state)
{
	struct journal_pool *pool = open_pool(*state, 10);
	struct journal *journal = open_journal(*state, pool);
	kit_append(journal, 30, 1500, 4); /* over the half: one ahead */
	assert_int_equal(set_aside(*state), 8);
	journal_close(journal);
	assert_int_equal(set_aside(*state), 9);
	journal_pool_close(pool);
	/* the next start counts what the segments take */
	pool = open_pool(*state, 10);
	assert_int_equal(set_aside(*state), 9);
	assert_int_equal(journal_pool_left(pool), 9);
	journal_pool_close(pool);
	pool = open_pool(*state, 4);
	assert_int_equal(set_aside(*state), 3);
	journal_pool_close(pool);
}

static void what_a_crash_left_half_made_is_made_anew(void **state)
{
	journal_pool_close(open_pool(*state, 6));
	assert_int_equal(truncate(in_folder(*state, "reserve/00000002.free"), 100), 0);
	assert_int_equal(truncate(in_folder(*state, "reserve/00000003.free"), 0), 0);
	/* a size without blocks is no room */
	assert_int_equal(truncate(in_folder(*state, "reserve/00000004.free"), 0), 0);
	assert_int_equal(truncate(in_folder(*state, "reserve/00000004.free"), SIZE), 0);
	assert_int_equal(unlink(in_folder(*state, "reserve/00000005.free")), 0);
	struct journal_pool *pool = open_pool(*state, 6);
	assert_int_equal(set_aside(*state), 6);
	journal_pool_close(pool);
}

/* As a file system without a journal may leave it after a power cut. */
static void a_file_that_holds_data_is_never_used(void **state)
{
	journal_pool_close(open_pool(*state, 3));
	kit_poke(in_folder(*state, "reserve/00000002.free"), 0, "QTJ1", 4);
	struct journal_pool *pool = open_pool(*state, 3);
	assert_contains(said, "00000002.free holds data");
	struct journal *journal = open_journal(*state, pool);
	kit_append(journal, 200, 1500, 4);
	journal_close(journal);
	journal_pool_close(pool);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 200);
	assert_int_equal(access(in_folder(*state, "reserve/00000002.free"), F_OK), 0);
}

static void beyond_its_room_the_journal_goes_on_where_the_disk_has_more(void **state)
{
	struct journal_pool *pool = open_pool(*state, 3);
	struct journal *journal = open_journal(*state, pool);
	kit_append(journal, 300, 1500, 4);
	assert_int_equal(kit_read(*state, KIT_EPOCH, 1).records, 300);
	assert_true(journal_pool_left(pool) < 0);
	assert_int_equal(set_aside(*state), 0);
	assert_true(journal_forget(journal, 250) > 3);
	assert_true(journal_pool_fill(pool, 0) >= 0);
	journal_close(journal);
	journal_pool_close(pool);
}

/* Copies in the quarantine come from what else the disk has. */
static void the_quarantine_takes_nothing_of_it(void **state)
{
	struct journal_pool *pool = open_pool(*state, 5);
	struct journal *journal = open_journal(*state, pool);
	kit_append(journal, 10, 1500, 4);
	journal_close(journal);
	journal_pool_close(pool);
	const char *path = kit_segment(*state, 1);
	kit_poke(path, (long)kit_used(path), "torn tail", 9);
	pool = open_pool(*state, 5);
	struct journal_recovery recovery;
	struct journal_options options = kit_options(*state);
	options.pool = pool;
	journal = kit_open_with(&options, &recovery);
	assert_true(recovery.torn_bytes >= 9);
	assert_int_equal(set_aside(*state), 4);
	assert_int_equal(journal_pool_left(pool), 4);
	journal_close(journal);
	journal_pool_close(pool);
}

/* ---- disks that are too small ---- */

static void a_disk_that_cannot_hold_it_is_refused_in_the_same_words(void **state)
{
	struct journal_pool_options options = pool_options(*state, UINT64_C(1) << 40);
	struct journal_pool *pool;
	struct problem checked, opened;
	assert_int_equal(journal_pool_check(&options, &checked), FULL);
	assert_int_equal(journal_pool_open(&pool, &options, &opened), FULL);
	assert_int_equal(opened.exit, EXIT_CONFIG);
	assert_int_equal(checked.exit, EXIT_CONFIG);
	assert_null(pool);
	/* but for the bytes that are free, which move */
	char *a = strstr(checked.text, "and the disk has ");
	char *b = strstr(opened.text, "and the disk has ");
	assert_non_null(a);
	assert_non_null(b);
	assert_contains(a, "iB free; ");
	assert_string_equal(strstr(a, "free; "), strstr(b, "free; "));
	*a = *b = '\0';
	assert_string_equal(checked.text, opened.text);
	assert_contains(opened.text, "needs 67108864.0 GiB, in whole segments");
	assert_contains(opened.text, "for 90 days");
	options.keep_s = 3600;
	options.room = (UINT64_C(1) << 56) - 1; /* rounded up to whole segments */
	assert_int_equal(journal_pool_check(&options, &checked), FULL);
	assert_contains(checked.text, "needs 67108864.0 GiB");
	assert_contains(checked.text, "for 1 hour; 67108864.0 GiB of it are not set");
	options.folder = in_folder(*state, "not/yet/there");
	options.room = SIZE;
	assert_int_equal(journal_pool_check(&options, &checked), OK);
	assert_int_equal(access(options.folder, F_OK), -1);
}

static long reserve_left;

static int reserve_some(int fd, off_t n)
{
	return reserve_left-- > 0 ? journal_real.reserve(fd, n) : ENOSPC;
}

/* statvfs promised more than fallocate gave. */
static void room_that_is_not_given_is_refused_too(void **state)
{
	struct journal_system system = journal_real;
	struct journal_pool_options options = pool_options(*state, 20);
	struct journal_pool *pool;
	struct problem why;
	system.reserve = reserve_some;
	options.system = &system;
	reserve_left = 19;
	assert_int_equal(journal_pool_open(&pool, &options, &why), FULL);
	assert_contains(why.text, "of it are not set aside yet");
	reserve_left = 20;
	assert_int_equal(journal_pool_open(&pool, &options, &why), OK);
	journal_pool_close(pool);
}

/* Somebody took what a removed segment left behind: two are borne with, a quarter is
 * not. */
static void a_cabinet_that_ran_runs_again_though_a_little_is_missing(void **state)
{
	struct journal_system system = journal_real;
	struct journal_pool_options options = pool_options(*state, 12);
	struct problem why;
	struct journal_pool *pool = open_pool(*state, 12);
	struct journal *journal = open_journal(*state, pool);
	kit_append(journal, 40, 1500, 4);
	journal_close(journal);
	journal_pool_close(pool);
	system.reserve = reserve_some;
	options.system = &system;
	reserve_left = 0;
	unlink(in_folder(*state, "reserve/00000001.free"));
	unlink(in_folder(*state, "reserve/00000002.free"));
	assert_int_equal(journal_pool_open(&pool, &options, &why), OK);
	assert_contains(said, "asked for again every minute");
	reserve_left = 1;
	assert_int_equal(journal_pool_fill(pool, 0), FULL);
	reserve_left = 2;
	assert_true(journal_pool_fill(pool, 0) > 0);
	journal_pool_close(pool);
	for (int i = 3; i < 8; i++) {
		char name[40];
		snprintf(name, sizeof name, "reserve/%08d.free", i);
		unlink(in_folder(*state, name));
	}
	reserve_left = 0;
	assert_int_equal(journal_pool_open(&pool, &options, &why), FULL);
}

static int reserve_never(int fd, off_t n)
{
	return EOPNOTSUPP;
}

static void where_nothing_can_be_set_aside_free_space_is_enough(void **state)
{
	struct journal_system system = journal_real;
	struct journal_pool_options options = pool_options(*state, 20);
	struct journal_pool *pool;
	struct problem why;
	system.reserve = reserve_never;
	options.system = &system;
	assert_int_equal(journal_pool_open(&pool, &options, &why), OK);
	assert_int_equal(set_aside(*state), 0);
	struct journal *journal = open_journal(*state, pool);
	kit_append(journal, 40, 1500, 4);
	journal_close(journal);
	assert_true(journal_pool_left(pool) <= 19);
	journal_pool_close(pool);
}

/* ---- every call fails once, or from then on ---- */

static void append_stubbornly(struct journal *journal, int n)
{
	uint8_t record[2048];
	for (int i = 0; i < n; i++) {
		size_t size = kit_record(
		        journal_next_seq(journal), 1500, record, sizeof record);
		assert_int_equal(journal_append(journal, record, size, 0), OK);
		if (i % 4 == 3)
			journal_commit(journal);
	}
	journal_commit(journal);
}

static void a_run(const char *folder, long nth, bool on)
{
	struct journal_pool_options options = pool_options(folder, 8);
	struct journal_pool *pool;
	struct problem why;
	options.system = &kit_failing;
	kit_fail(nth, nth % 2 == 0 ? EIO : ENOSPC);
	kit_fail_on(on);
	if (journal_pool_open(&pool, &options, &why) != OK) {
		kit_fail(0, 0);
		return;
	}
	struct journal_options journal_options = kit_options(folder);
	journal_options.system = &kit_failing;
	journal_options.pool = pool;
	struct journal *journal;
	uint64_t durable = 1;
	if (journal_open(&journal, &journal_options, NULL, &why) == OK) {
		kit_fail_on(false);
		append_stubbornly(journal, 150);
		durable = journal_committed_seq(journal);
		journal_close(journal);
		kit_fail(0, 0);
		assert_true(kit_read(folder, KIT_EPOCH, 1).records >= durable - 1);
		assert_true(durable > 140);
	}
	kit_fail(0, 0);
	journal_pool_close(pool);
	pool = open_pool(folder, 8);
	set_aside(folder);
	journal_pool_close(pool);
}

static void a_call_that_fails_costs_no_record_and_no_room_for_long(void **state)
{
	char name[32];
	for (long nth = 1; nth <= 60; nth++) {
		snprintf(name, sizeof name, "once-%ld", nth);
		a_run(in_folder(*state, name), nth, false);
		snprintf(name, sizeof name, "on-%ld", nth);
		a_run(in_folder(*state, name), nth, true);
	}
}

#define with_folder(test)                                                              \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	kit_scratch_in_memory();
	log_catch(keep_line);
	const struct CMUnitTest journal_pool[] = {
		with_folder(the_room_is_there_before_it_is_needed),
		with_folder(one_that_was_never_written_to_goes_back),
		with_folder(what_a_crash_left_half_made_is_made_anew),
		with_folder(a_file_that_holds_data_is_never_used),
		with_folder(
		        beyond_its_room_the_journal_goes_on_where_the_disk_has_more),
		with_folder(the_quarantine_takes_nothing_of_it),
		with_folder(a_disk_that_cannot_hold_it_is_refused_in_the_same_words),
		with_folder(room_that_is_not_given_is_refused_too),
		with_folder(a_cabinet_that_ran_runs_again_though_a_little_is_missing),
		with_folder(where_nothing_can_be_set_aside_free_space_is_enough),
		with_folder(a_call_that_fails_costs_no_record_and_no_room_for_long),
	};
	return cmocka_run_group_tests_name("journal_pool", journal_pool, NULL, NULL);
}
