/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A seal step by step: what stands in the archive at each, and a disk that gives back
 * other bytes than were written. */
#include "tests/kits/collector_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "tests/kits/journal_kit.h"

/* libhdf5 1.10 loses 56 bytes when a file turns out to be damaged. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libhdf5\n";
}

/* What stands in the archive at a step, and harm done to the temporary file there. */
static struct {
	const char *root, *spoil; /* NULL: nothing is spoiled */
	char order[200];
	const char *other;  /* a sound file that stands in its place after "written" */
	const char *change; /* of a sound file, by edit_h5.py */
} seen;

static const char *temporary(void)
{
	return in_folder(seen.root, ".tmp/kcn-mau%bt-outlet%2026%" DAY1);
}

static void spoil(void)
{
	struct stat st;
	FILE *file = fopen(temporary(), "r+");
	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	for (long at = 4096; at < st.st_size; at += 1024) { /* also in a column */
		assert_int_equal(fseek(file, at, SEEK_SET), 0);
		fputs("other bytes", file);
	}
	fclose(file);
}

static void copy_file(const char *from, const char *to)
{
	char *bytes;
	size_t n;
	assert_int_equal(file_read(from, 1u << 24, &bytes, &n), OK);
	assert_int_equal(file_replace(to, bytes, n, 0640), OK);
	free(bytes);
}

static void change_value(void)
{
	int code;
	char *path = strdup(temporary());
	free(run_command(&code, "/usr/bin/python3 %s '%s' value %s 2>&1",
	        project_file("tests/edit_h5.py"), path, seen.change));
	free(path);
	assert_int_equal(code, 0);
}

static void on_step(const char *step)
{
	struct stat st;
	const char *own = path_of(seen.root, DAY1);
	bool named = access(own, F_OK) == 0;
	bool listed = sealed_names(seen.root, "bt-outlet")[0] != '\0';
	strncat(seen.order, step, sizeof seen.order - strlen(seen.order) - 2);
	strcat(seen.order, " ");
	if (strcmp(step, "gathered") == 0)
		assert_int_equal(access(temporary(), F_OK), -1);
	else if (strcmp(step, "written") == 0 || strcmp(step, "proved") == 0)
		assert_true(!named && !listed && access(temporary(), F_OK) == 0);
	else if (strcmp(step, "linked") == 0)
		assert_true(named && !listed);
	else
		assert_true(named && listed);
	if (strcmp(step, "proved") == 0) {
		assert_int_equal(stat(temporary(), &st), 0);
		assert_int_equal(st.st_mode & 0777, 0440);
	}
	if (seen.spoil != NULL && strcmp(step, seen.spoil) == 0)
		spoil();
	if (seen.other != NULL && strcmp(step, "written") == 0)
		copy_file(seen.other, temporary());
	if (seen.change != NULL && strcmp(step, "written") == 0)
		change_value();
}

static struct ingest *day_one(const char *root)
{
	struct ingest *ingest;
	struct ingest_options options = { .dir = root, .seal_step = on_step };
	memset(&seen, 0, sizeof seen);
	seen.root = root;
	assert_int_equal(ingest_open(&ingest, &options, NULL), OK);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(1) + AGENT_HOUR, AGENT_MIN);
	return ingest;
}

static void a_seal_goes_step_by_step_and_is_named_only_when_proved(void **state)
{
	struct ingest *ingest = day_one(*state);
	assert_int_equal(seal(ingest, D(1) + AGENT_HOUR, false), 1);
	ingest_close(ingest);
	assert_string_equal(
	        seen.order, "gathered written proved linked listed unlinked noted ");
}

/* A disk that gives back other bytes than were written. */
static void a_file_that_does_not_give_back_the_records_is_no_seal(void **state)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = day_one(*state);
	seen.spoil = "written";
	assert_true(ingest_seal(ingest, D(1) + AGENT_HOUR, false, &why) < 0);
	assert_string_equal(seen.order, "gathered written ");
	assert_string_equal(sealed_names(*state, "bt-outlet"), "");
	assert_int_equal(access(temporary(), F_OK), -1);
	assert_int_equal(journal_records(*state, &book), book.n);
	seen.spoil = NULL; /* ten minutes later the disk is well */
	assert_int_equal(seal(ingest, D(1) + AGENT_HOUR + 11 * AGENT_MIN, false), 1);
	ingest_close(ingest);
	assert_int_equal(sealed_records(*state, &book), 1441);
}

/* What the seal list names must be the root of what the file says of itself. */
static void a_file_with_the_tree_of_other_records_is_no_seal(void **state)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = day_one(*state);
	seen.change = "tree 3 77";
	assert_int_equal(
	        ingest_seal(ingest, D(1) + AGENT_HOUR, false, &why), MALFORMED);
	assert_contains(why.text, "/tree in the file is not that of the journal's");
	assert_string_equal(seen.order, "gathered written ");
	assert_string_equal(sealed_names(*state, "bt-outlet"), "");
	assert_int_equal(access(temporary(), F_OK), -1);
	seen.change = NULL;
	assert_int_equal(seal(ingest, D(1) + AGENT_HOUR + 11 * AGENT_MIN, false), 1);
	ingest_close(ingest);
}

/* One value of one record, of the same length and under the right /tree. */
static void a_file_with_one_other_value_is_no_seal_and_its_record_is_told(void **state)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = day_one(*state);
	seen.change = "cod/cod 7 12.5";
	assert_int_equal(
	        ingest_seal(ingest, D(1) + AGENT_HOUR, false, &why), MALFORMED);
	assert_contains(why.text, "record 9 of 1441 does not come back from the file");
	assert_string_equal(seen.order, "gathered written ");
	assert_string_equal(sealed_names(*state, "bt-outlet"), "");
	seen.change = NULL;
	assert_int_equal(seal(ingest, D(1) + AGENT_HOUR + 11 * AGENT_MIN, false), 1);
	ingest_close(ingest);
}

/* The day as another collector sealed it: records 1 to `last`, `late_us` later. */
static char *sealed_elsewhere(const char *root, uint64_t last, int64_t late_us)
{
	static int number;
	char dir[600], path[700];
	struct problem why = { .text = "" };
	snprintf(dir, sizeof dir, "%s/elsewhere%d", root, number++);
	folder_make(dir);
	archive_make(dir);
	struct ingest *ingest = archive_ingest(dir);
	for (uint64_t seq = 1; seq <= last; seq++) {
		struct wire wire = agent_again(&cabinet, seq, seq);
		assert_int_equal(
		        ingest_data(ingest, "bt-outlet", &wire,
		                D(0) + (int64_t)seq * AGENT_MIN + late_us, NULL, &why),
		        OK);
	}
	assert_int_equal(ingest_seal(ingest, D(2), true, &why), 1);
	ingest_close(ingest);
	snprintf(path, sizeof path, "%s/kcn-mau/bt-outlet/2026/" DAY1, dir);
	return strdup(path);
}

/* A file that is sound in itself, with fewer records, with more, or taken in at
 * another time: none of them is the day. */
static void a_sound_file_of_other_records_is_no_seal(void **state)
{
	char *root = strdup(in_folder(*state, "here"));
	struct problem why = { .text = "" };
	agent_describe(&cabinet, D(0));
	for (int i = 1; i < 20; i++)
		agent_reading(&cabinet, D(0) + i * AGENT_HOUR, i);
	cabinet.batch_size = 0;
	cabinet.count = 0;
	char *other[] = { sealed_elsewhere(*state, 18, 0),
		sealed_elsewhere(*state, 20, 0), sealed_elsewhere(*state, 19, 1) };
	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
		kit_remove(root);
		folder_make(root);
		archive_make(root);
		struct ingest *ingest;
		struct ingest_options options = { .dir = root, .seal_step = on_step };
		memset(&seen, 0, sizeof seen);
		seen.root = root;
		assert_int_equal(ingest_open(&ingest, &options, NULL), OK);
		for (uint64_t seq = 1; seq <= 19; seq++) {
			struct wire wire = agent_again(&cabinet, seq, seq);
			assert_int_equal(
			        ingest_data(ingest, "bt-outlet", &wire,
			                D(0) + (int64_t)seq * AGENT_MIN, NULL, &why),
			        OK);
		}
		seen.other = other[i];
		int sealed_now = ingest_seal(ingest, D(2), true, &why);
		if (sealed_now != MALFORMED)
			fail_msg("case %zu: %d, %s, %s", i, sealed_now, why.text,
			        seen.order);
		assert_contains(why.text, "does not come back from the file");
		assert_string_equal(sealed_names(root, "bt-outlet"), "");
		assert_int_equal(access(temporary(), F_OK), -1);
		seen.other = NULL;
		assert_int_equal(ingest_seal(ingest, D(3), true, &why), 1);
		ingest_close(ingest);
		free(other[i]);
	}
	free(root);
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, collector_setup, collector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_seal_goes_step_by_step_and_is_named_only_when_proved),
		WITH(a_file_that_does_not_give_back_the_records_is_no_seal),
		WITH(a_file_with_the_tree_of_other_records_is_no_seal),
		WITH(a_file_with_one_other_value_is_no_seal_and_its_record_is_told),
		WITH(a_sound_file_of_other_records_is_no_seal),
	};
	return cmocka_run_group_tests_name("seal steps", tests, NULL, NULL);
}
