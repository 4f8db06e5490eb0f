/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sealed files that a tool rewrote: they say what was sealed, and are read as that. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/reader.h"
#include "archive/rewritten.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "tests/kits/sample_archive.h"
#include "tests/kits/sample_chance.h"
#include "tests/kits/verify_kit.h"

#define DAYS 2

static struct seal_list list;
static struct archive_identity identity;

/* Sealed days of every kind of record there can be; nothing in a journal. */
static void archive_make(const char *dir)
{
	struct sample sample;
	struct problem why;
	uint64_t seed = 11;
	sample_archive_make(dir);
	sample_plain(&sample, "bt-outlet", SAMPLE_DAY_US, 5);
	sample_archive_seal(dir, &sample, SAMPLE_DAY_US, 0);
	sample_free(&sample);
	sample_chance(&sample, &seed, 150);
	sample_archive_seal(dir, &sample, SAMPLE_DAY_US + US_PER_DAY, 0);
	sample_free(&sample);
	assert_int_equal(archive_identify(dir, &identity, &why), OK);
	assert_int_equal(seal_list_read(&list, dir, &why), OK);
	assert_int_equal(list.n, DAYS);
}

static void repack(const char *path, const char *how)
{
	int code;
	char *said = run_command(&code, "h5repack %s %s %s.new 2>&1 && mv -f %s.new %s",
	        how, path, path, path, path);
	if (code != 0)
		fail_msg("%s", said);
	free(said);
}

static const char *file_of(const char *dir, size_t i)
{
	return in_folder(dir, list.seal[i].path);
}

static void it_is_made_again_to_the_bit(void **state)
{
	static const char *const ways[] = { "-f GZIP=9", "-f NONE", "-l CHUNK=100",
		"-L" };
	archive_make(*state);
	for (size_t i = 0; i < DAYS; i++) {
		char *sealed;
		size_t n;
		const char *path = file_of(*state, i);
		assert_int_equal(file_read(path, 1 << 26, &sealed, &n), OK);
		for (size_t k = 0; k < sizeof ways / sizeof ways[0]; k++) {
			struct rewritten again;
			struct problem why = { .text = "" };
			repack(path, ways[k]);
			if (rewritten_take(
			            &again, path, &list.seal[i], &identity, &why) != OK)
				fail_msg("%s", why.text);
			assert_int_equal(again.n, n);
			assert_memory_equal(again.bytes, sealed, n);
			rewritten_free(&again);
		}
		free(sealed);
	}
	seal_list_free(&list);
}

/* Rows of a station, read through the reader; `problem`: the first, or "". */
static size_t rows_read(const char *dir, const char *station, char problem[1024])
{
	struct reader *reader;
	struct rows *rows;
	size_t n, count = 0;
	struct problem why = { .text = "" };
	struct query query = { .station = station, .to_us = TIME_US_END };
	assert_int_equal(reader_open(&reader, dir, &why), OK);
	assert_true(reader_rows(reader, &query, &rows, &n, &why) >= 0);
	for (size_t i = 0; i < n; i++)
		count += rows[i].n;
	rows_free(rows, n);
	snprintf(problem, 1024, "%s",
	        reader_problems(reader) > 0 ? reader_problem(reader, 0) : "");
	reader_close(reader);
	return count;
}

static void its_rows_are_read_and_nothing_is_complained_of(void **state)
{
	char problem[1024];
	archive_make(*state);
	const char *station = list.seal[0].station;
	size_t before = rows_read(*state, station, problem);
	assert_true(before > 17000);
	repack(file_of(*state, 0), "-f GZIP=9");
	assert_int_equal(rows_read(*state, station, problem), before);
	assert_string_equal(problem, "");
	assert_verify(*state, 0, "OK content (file rewritten)\n");
	seal_list_free(&list);
}

/* What verify calls damaged the reader leaves out, in the same words. */
static void one_that_says_something_else_is_left_out_with_the_words_of_verify(
        void **state)
{
	char problem[1024];
	int code;
	archive_make(*state);
	const char *path = file_of(*state, 0), *station = list.seal[0].station;
	free(run_command(&code, "/usr/bin/python3 %s %s value /cod-1/cod 100 12.5 2>&1",
	        project_file("tests/edit_h5.py"), path));
	assert_int_equal(code, 0);
	assert_true(rows_read(*state, station, problem) < 200); /* of the other day */
	assert_contains(problem, "is not the file that was sealed and is left out: a "
	                         "record was changed, between seq 65");
	assert_verify(path, 1, "DAMAGED: a record was changed, between seq 65");
	seal_list_free(&list);
}

/* The time at which the archive took a record in is proved by the file's SHA-256 alone:
 * verify says that the content is right, and the reader does not take it over. */
static void one_that_cannot_be_made_again_to_the_bit_tells_the_cure(void **state)
{
	char problem[1024];
	int code;
	archive_make(*state);
	const char *path = file_of(*state, 0), *station = list.seal[0].station;
	free(run_command(&code,
	        "/usr/bin/python3 %s %s value /cod-1/time_stored 7 2 2>&1",
	        project_file("tests/edit_h5.py"), path));
	assert_int_equal(code, 0);
	assert_true(rows_read(*state, station, problem) < 200); /* of the other day */
	assert_contains(problem,
	        "was rewritten and cannot be made again to the bit as it "
	        "was sealed: put back a copy whose SHA-256 is the one");
	assert_verify(*state, 0,
	        "OK content (file rewritten): made again it is not what was sealed, so "
	        "that it is left out");
	seal_list_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(it_is_made_again_to_the_bit),
		WITH_FOLDER(its_rows_are_read_and_nothing_is_complained_of),
		WITH_FOLDER(
		        one_that_says_something_else_is_left_out_with_the_words_of_verify),
		WITH_FOLDER(one_that_cannot_be_made_again_to_the_bit_tells_the_cure),
	};
	return cmocka_run_group_tests_name("rewritten", tests, NULL, NULL);
}
