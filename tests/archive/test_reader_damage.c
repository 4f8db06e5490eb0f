/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a reader says of an archive that is damaged, or none. */
#include "tests/kits/reader_kit.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void flip(const char *path, off_t at)
{
	uint8_t byte;
	chmod(path, 0600);
	int fd = open(path, O_RDWR);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static void a_damaged_file_is_left_out_and_named(void **state)
{
	three_days(*state, 3, false);
	flip(in_folder(*state, "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15.h5"), 5000);
	struct reader *reader = open_well(*state);
	struct query query = all_of("bt-outlet");
	assert_int_equal(count_rows(reader, &query), 576);
	assert_int_equal(count_rows(reader, &query), 576);
	assert_int_equal(reader_problems(reader), 1); /* told once */
	assert_contains(reader_problem(reader, 0),
	        "bt-outlet_2026-11-15.h5: is not the file that was sealed");
	reader_close(reader);
	/* The journal still has it: nothing is missing. */
	char dir[512];
	snprintf(dir, sizeof dir, "%s/again", (char *)*state);
	three_days(dir, 2, true);
	flip(in_folder(dir, "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15.h5"), 5000);
	reader = open_well(dir);
	assert_int_equal(count_rows(reader, &query), 864);
	reader_close(reader);
}

static void a_missing_file_is_named(void **state)
{
	three_days(*state, 3, false);
	unlink(in_folder(*state, "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15.h5"));
	struct reader *reader = open_well(*state);
	struct query query = all_of("bt-outlet");
	assert_int_equal(count_rows(reader, &query), 576);
	assert_int_equal(reader_problems(reader), 1);
	assert_contains(reader_problem(reader, 0), "cannot be read: No such file");
	reader_close(reader);
}

static void a_damaged_journal_gives_the_rest(void **state)
{
	three_days(*state, 0, true);
	/* The oldest segment: damage in the newest could be a write that is under
	 * way. */
	flip(in_folder(*state,
	             "journal/bt-outlet/0000000000000007/00000000000000000001.log"),
	        20000);
	struct reader *reader = open_well(*state);
	struct query query = all_of("bt-outlet");
	assert_int_equal(count_rows(reader, &query), 863);
	assert_true(reader_problems(reader) >= 1);
	assert_contains(
	        reader_problem(reader, 0), "00000000000000000001.log at offset");
	reader_close(reader);
}

static void a_folder_that_is_no_archive_says_so(void **state)
{
	struct reader *reader;
	struct problem why;
	assert_int_equal(reader_open(&reader, *state, &why), NOT_FOUND);
	assert_int_equal(why.exit, EXIT_NO_FILE);
	assert_contains(why.text, "is not a quantrac archive");
	assert_null(reader);
	sample_archive_make(*state);
	reader = open_well(*state);
	assert_int_equal(reader_stations(reader), 0);
	assert_string_equal(reader_state(reader), "0 seals");
	struct query query = all_of("office");
	assert_int_equal(
	        reader_records(reader, &query, 1u << RECORD_DOCUMENT, NULL, NULL, &why),
	        0);
	reader_close(reader);
}

#define WITH_FOLDER(test)                                                              \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(a_damaged_file_is_left_out_and_named),
		WITH_FOLDER(a_missing_file_is_named),
		WITH_FOLDER(a_damaged_journal_gives_the_rest),
		WITH_FOLDER(a_folder_that_is_no_archive_says_so),
	};
	return cmocka_run_group_tests_name("reader: damage", tests, NULL, NULL);
}
