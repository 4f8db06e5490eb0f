/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The room of a journal when others are in its folders: what is not a file of its own,
 * what was taken away meanwhile, and disks that say no. */
#include "tests/kits/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
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

static struct journal_system odd; /* the real calls, but for what a test puts in */

static struct journal_pool_options options_of(const char *folder, uint64_t segments)
{
	odd = journal_real;
	return (struct journal_pool_options){ .folder = folder,
		.room = segments * SIZE,
		.segment_size = SIZE,
		.keep_s = 86400,
		.system = &odd };
}

static struct journal_pool *open_pool(const char *folder, uint64_t segments)
{
	struct journal_pool_options options = options_of(folder, segments);
	struct journal_pool *pool;
	struct problem why;
	if (journal_pool_open(&pool, &options, &why) != OK)
		fail_msg("%s", why.text);
	return pool;
}

static const char *reserve(const char *folder, const char *name)
{
	char path[64];
	snprintf(path, sizeof path, "reserve/%s", name);
	return in_folder(folder, path);
}

/* ---- the disk: this stands before that of the C library ---- */

static uint64_t disk_left; /* bytes; 0: as it is */

int statvfs(const char *path, struct statvfs *out)
{
	struct statfs st;
	if (statfs(path, &st) != 0)
		return -1;
	*out = (struct statvfs){ .f_frsize = (unsigned long)st.f_frsize,
		.f_bavail = st.f_bavail };
	if (disk_left > 0)
		*out = (struct statvfs){ .f_frsize = 4096,
			.f_bavail = disk_left / 4096 };
	return 0;
}

/* ---- what is asked before anything is set aside ---- */

static void a_disk_that_has_just_enough_is_enough(void **state)
{
	struct problem why = { .text = "" };
	struct journal_pool_options options = options_of(*state, 3);
	disk_left = 3 * SIZE;
	assert_int_equal(journal_pool_check(&options, &why), OK);
	disk_left = 3 * SIZE - 4096;
	assert_int_equal(journal_pool_check(&options, &why), FULL);
	disk_left = 0;
}

static void a_segment_made_ahead_is_room_taken(void **state)
{
	static const char *const name = KIT_SOURCE "/1122334455667788/next.tmp";
	struct journal *journal = kit_open(*state, NULL);
	kit_append(journal, 1, 9, 1);
	journal_close(journal);
	assert_int_equal(room_used(*state, SIZE), 1);
	assert_int_equal(file_replace(in_folder(*state, name), "x", 1, 0600), OK);
	assert_int_equal(room_used(*state, SIZE), 2);
}

static void what_is_set_aside_already_is_not_asked_for_again(void **state)
{
	struct problem why = { .text = "" };
	struct journal_pool_options options = options_of(*state, 4);
	assert_int_equal(journal_pool_check(&options, &why), OK);
	/* a file that is none of it, and one without its size, do not count */
	journal_pool_close(open_pool(*state, 4));
	assert_int_equal(file_replace(reserve(*state, "notes.txt"), "x", 1, 0600), OK);
	assert_int_equal(truncate(reserve(*state, "00000002.free"), 7), 0);
	assert_int_equal(journal_pool_check(&options, &why), OK);
	/* nor is more wanted where there is more than enough */
	options.room = 2 * SIZE;
	assert_int_equal(journal_pool_check(&options, &why), OK);
	/* a disk that is far too small says so in figures */
	options.room = UINT64_C(1) << 60;
	assert_int_equal(journal_pool_check(&options, &why), FULL);
	assert_contains(why.text, "free that much");
}

static void a_folder_that_is_not_there_yet_is_on_the_disk_above_it(void **state)
{
	uint64_t here, there, relative;
	char *before = getcwd(NULL, 0);
	struct problem why;
	char deep[600];
	snprintf(deep, sizeof deep, "%s/not/yet/there", (const char *)*state);
	assert_int_equal(room_free(*state, &here), OK);
	assert_int_equal(room_free(deep, &there), OK);
	assert_int_equal(chdir(*state), 0);
	assert_int_equal(room_free("nowhere/near", &relative), OK);
	assert_int_equal(room_free("nowhere", &relative), OK);
	assert_int_equal(room_free("/not-there-at-all", &relative), OK);
	/* a file stands in the way; it is not a question of room */
	assert_int_equal(file_replace("file", "x", 1, 0600), OK);
	assert_int_equal(room_free("file/below", &relative), FAILED);
	struct journal_pool_options options = options_of("file/below", 2);
	assert_int_equal(journal_pool_check(&options, &why), FAILED);
	assert_int_equal(chdir(before), 0);
	free(before);
}

static void the_usual_size_of_a_segment_is_taken_where_none_is_told(void **state)
{
	struct journal_pool_options options = options_of(*state, 1);
	options.segment_size = 0;
	assert_int_equal(room_segment_size(&options), JOURNAL_SEGMENT);
	options.segment_size = SIZE - 1;
	assert_int_equal(room_segment_size(&options), SIZE);
	options.segment_size = SIZE;
	assert_int_equal(room_segment_size(&options), SIZE);
	options.segment_size = SIZE + 1;
	assert_int_equal(room_segment_size(&options), SIZE + 1);
}

/* ---- what lies in the folder ---- */

static void what_is_no_plain_file_is_left_alone(void **state)
{
	char target[600];
	journal_pool_close(open_pool(*state, 3));
	assert_int_equal(unlink(reserve(*state, "00000001.free")), 0);
	assert_int_equal(unlink(reserve(*state, "00000002.free")), 0);
	assert_int_equal(mkdir(reserve(*state, "00000001.free"), 0700), 0);
	snprintf(target, sizeof target, "%s/elsewhere", (const char *)*state);
	assert_int_equal(file_replace(target, "x", 1, 0600), OK);
	assert_int_equal(symlink(target, reserve(*state, "00000002.free")), 0);
	struct journal_pool *pool = open_pool(*state, 3);
	assert_int_equal(journal_pool_fill(pool, 0), 3);
	journal_pool_close(pool);
	struct stat st;
	assert_int_equal(lstat(reserve(*state, "00000001.free"), &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(lstat(reserve(*state, "00000002.free"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static void a_file_of_two_names_is_not_used(void **state)
{
	char other[600];
	journal_pool_close(open_pool(*state, 2));
	snprintf(other, sizeof other, "%s/other-name", (const char *)*state);
	assert_int_equal(link(reserve(*state, "00000001.free"), other), 0);
	said[0] = '\0';
	struct journal_pool *pool = open_pool(*state, 2);
	assert_contains(said, "00000001.free holds data and is not used");
	assert_int_equal(journal_pool_fill(pool, 0), 2);
	journal_pool_close(pool);
}

static void more_files_than_a_first_list_holds(void **state)
{
	struct journal_pool *pool = open_pool(*state, 300);
	assert_int_equal(journal_pool_left(pool), 300);
	assert_int_equal(journal_pool_segments(pool), 300);
	journal_pool_close(pool);
	pool = open_pool(*state, 300);
	assert_int_equal(journal_pool_fill(pool, 0), 300);
	journal_pool_close(pool);
	/* a smaller room gives back what is too much */
	pool = open_pool(*state, 3);
	assert_int_equal(journal_pool_fill(pool, 0), 3);
	journal_pool_close(pool);
}

/* ---- taking and giving ---- */

static void what_somebody_took_away_is_passed_over(void **state)
{
	struct journal_pool *pool = open_pool(*state, 3);
	struct journal *journal = kit_open(*state, NULL);
	assert_int_equal(
	        journal_pool_take(pool, journal->folder, "x.tmp", 2 * SIZE), NOT_FOUND);
	assert_int_equal(unlink(reserve(*state, "00000003.free")), 0);
	assert_int_equal(journal_pool_take(pool, journal->folder, "x.tmp", SIZE), OK);
	assert_int_equal(access(reserve(*state, "00000002.free"), F_OK), -1);
	assert_int_equal(journal_pool_take(pool, -1, "in/no/folder", SIZE), FAILED);
	journal_pool_close(pool);
	journal_close(journal);
}

static int move_error, reserve_error;

static int refuse_move(int from_folder, const char *from, int to_folder, const char *to)
{
	errno = move_error;
	return -1;
}

static int refuse_reserve(int fd, off_t n)
{
	return reserve_error;
}

static void a_move_that_fails_costs_nothing(void **state)
{
	struct journal_pool *pool = open_pool(*state, 3);
	struct journal *journal = kit_open(*state, NULL);
	odd.move = refuse_move;
	move_error = EIO;
	assert_int_equal(
	        journal_pool_take(pool, journal->folder, "x.tmp", SIZE), FAILED);
	odd.move = journal_real.move;
	assert_int_equal(journal_pool_take(pool, journal->folder, "x.tmp", SIZE), OK);
	odd.move = refuse_move;
	assert_int_equal(journal_pool_give(pool, journal->folder, "x.tmp"), FAILED);
	odd.move = journal_real.move;
	assert_int_equal(journal_pool_give(pool, journal->folder, "x.tmp"), OK);
	journal_pool_removed(pool, 100); /* more than are in use */
	assert_true(journal_pool_left(pool) >= 0);
	journal_pool_close(pool);
	journal_close(journal);
}

static void room_is_asked_for_bit_by_bit(void **state)
{
	struct journal_pool *pool = open_pool(*state, 6);
	for (int i = 1; i <= 6; i++) {
		char name[32];
		snprintf(name, sizeof name, "0000000%d.free", i);
		unlink(reserve(*state, name));
	}
	journal_pool_close(pool);
	/* another six, of which the disk gives none at first */
	struct journal_pool_options options = options_of(*state, 6);
	struct problem why;
	odd.reserve = refuse_reserve;
	reserve_error = ENOSPC;
	assert_int_equal(journal_pool_open(&pool, &options, &why), FULL);
	reserve_error = EIO;
	assert_int_equal(journal_pool_open(&pool, &options, &why), FAILED);
	assert_contains(why.text, "cannot be set aside");
	reserve_error = ENOSYS;
	assert_int_equal(journal_pool_open(&pool, &options, &why), OK);
	assert_int_equal(journal_pool_fill(pool, 2), 0); /* only looked at */
	journal_pool_close(pool);
	odd.reserve = journal_real.reserve;
	pool = open_pool(*state, 6);
	for (int i = 1; i <= 40; i++) {
		char name[32];
		snprintf(name, sizeof name, "%08d.free", i);
		unlink(reserve(*state, name));
	}
	/* taken away in its back: counted again now and then */
	journal_pool_close(pool);
	pool = open_pool(*state, 6);
	assert_int_equal(journal_pool_fill(pool, 1), 6);
	journal_pool_close(pool);
}

#define with_folder(test)                                                              \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	kit_scratch_in_memory();
	log_catch(keep_line);
	const struct CMUnitTest journal_room[] = {
		with_folder(a_disk_that_has_just_enough_is_enough),
		with_folder(a_segment_made_ahead_is_room_taken),
		with_folder(what_is_set_aside_already_is_not_asked_for_again),
		with_folder(a_folder_that_is_not_there_yet_is_on_the_disk_above_it),
		with_folder(the_usual_size_of_a_segment_is_taken_where_none_is_told),
		with_folder(what_is_no_plain_file_is_left_alone),
		with_folder(a_file_of_two_names_is_not_used),
		with_folder(more_files_than_a_first_list_holds),
		with_folder(what_somebody_took_away_is_passed_over),
		with_folder(a_move_that_fails_costs_nothing),
		with_folder(room_is_asked_for_bit_by_bit),
	};
	return cmocka_run_group_tests_name("journal_room", journal_room, NULL, NULL);
}
