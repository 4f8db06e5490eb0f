/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of journals and the room they gather in, each call of making them failing once. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "tests/kits/journal_kit.h"
#include "tests/prove/fail_each.h"

/* ---- lists longer than a folder's first page of memory ---- */

enum { SOURCES = 70 };

static void lay_sources(void)
{
	if (access(fail_folder, F_OK) == 0)
		return;
	for (int i = 0; i < SOURCES; i++) {
		char path[700];
		snprintf(
		        path, sizeof path, "%s/tram-%02d/%016x", fail_folder, i, i + 1);
		assert_int_equal(folder_make(path), OK);
	}
}

static int n_sources;

static int list_sources(void)
{
	static char source[SOURCES][SOURCE_SIZE + 1];
	n_sources = journal_sources(fail_folder, source, SOURCES);
	return strcmp(source[0], "tram-00") == 0 ? OK : FAILED;
}

static void no_more_than_there_are(int status, bool failed)
{
	assert_true(n_sources <= SOURCES);
	assert_true(failed || (n_sources == SOURCES && status == OK));
	assert_true(n_sources > 0 || failed);
}

static void sources_are_listed_as_far_as_they_can_be_seen(void **state)
{
	const struct fail_scene scene = { .name = "sources",
		.before = lay_sources,
		.work = list_sources,
		.after = no_more_than_there_are,
		.calls = { 3 * SOURCES, 20 * SOURCES } };
	fail_each(&scene);
}

/* ---- groups ---- */

static void nothing(void)
{
}

static int make_groups(void)
{
	struct journal_groups *groups;
	int status = journal_groups_new(&groups, 3);
	journal_groups_free(groups);
	return status;
}

static void failed_or_not(int status, bool failed)
{
	assert_int_equal(status, failed ? FAILED : OK);
}

static void groups_are_all_there_or_none(void **state)
{
	const struct fail_scene scene = { .name = "groups",
		.before = nothing,
		.work = make_groups,
		.after = failed_or_not,
		.calls = { 4, 4 } };
	fail_each(&scene);
}

#define with_folder(test)                                                              \
	cmocka_unit_test_setup_teardown(test, fail_each_setup, fail_each_teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest fail_lists[] = {
		with_folder(sources_are_listed_as_far_as_they_can_be_seen),
		with_folder(groups_are_all_there_or_none),
	};
	return cmocka_run_group_tests_name("fail_lists", fail_lists, NULL, NULL);
}
