/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of an archive, what cannot be read, and how places are counted. */
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/folder.h"
#include "tests/journal_kit.h"
#include "tests/verify_kit.h"

static void a_part_of_an_archive_is_verified_by_itself(void **state)
{
	uint8_t one = 1;
	const char *path = verify_one_journal(*state);
	assert_verify(path, 0, "journal/bt-outlet/0000000000000007: OK, ");
	assert_verify(in_folder(*state, "journal"), 0, "1 journals, 0 damaged");
	assert_verify(
	        in_folder(*state, "journal/bt-outlet"), 0, "1 journals, 0 damaged");
	kit_poke(path, 75, &one, 1);
	assert_verify(path, 1, "1 damaged places; 0 not sealed; 1 journals, 1 damaged");
	assert_int_equal(file_replace(in_folder(*state, "seals"), "x\n", 2, 0644), OK);
	assert_verify(in_folder(*state, "seals"), 1, "seals line 1: DAMAGED: is not a");
	const char *other = in_folder(*state, "archive.yaml");
	assert_verify(other, REFUSED, "is neither a sealed file nor a journal, the");
}

/* One damaged journal with many damaged places is one damaged journal. */
static void journals_are_counted_and_places_too(void **state)
{
	uint8_t one = 1;
	const char *path = verify_one_journal(*state);
	for (long at = 5000; at < 25000; at += 5000)
		kit_poke(path, at, &one, 1);
	int bad;
	const char *text = verify_text(*state, 0, &bad);
	assert_true(bad >= 4);
	char last[64];
	snprintf(last, sizeof last, "%d damaged places; 0 not sealed; 1 journals, 1 ",
	        bad);
	assert_contains(text, last);
}

/* A header comes before the name: nothing but zeros is what no power cut leaves. */
static void a_newest_segment_of_zeros_is_damage_and_an_empty_one_is_none(void **state)
{
	char zeros[4096] = "";
	verify_one_journal(*state);
	const char *newest = in_folder(
	        *state, "journal/bt-outlet/0000000000000007/00000000000000009999.log");
	assert_int_equal(file_replace(newest, zeros, 0, 0644), OK);
	assert_verify(*state, 0, "1 journals, 0 damaged");
	assert_int_equal(file_replace(newest, zeros, sizeof zeros, 0644), OK);
	assert_verify(*state, 1, "DAMAGED: 00000000000000009999.log: its header");
}

/* What could not be looked at is not in order. */
static void what_cannot_be_read_is_not_ok(void **state)
{
	int code;
	verify_one_journal(*state);
	char *said = run_command(&code,
	        "cd %s && mkdir -p kcn-mau && chmod 755 . && chmod 0 journal/bt-outlet "
	        "kcn-mau && setpriv --reuid 65534 --clear-groups %s verify . 2>&1",
	        (char *)*state, project_file("build/san/quantrac"));
	if (geteuid() == 0) {
		assert_contains(
		        said, "journal/bt-outlet: DAMAGED: cannot be read: Perm");
		assert_contains(said, "kcn-mau: DAMAGED: cannot be searched for files");
		assert_contains(said, "; 3 damaged places; ");
		assert_int_equal(code, EXIT_DAMAGED);
	}
	free(said);
	free(run_command(&code, "chmod -R 755 %s", (char *)*state));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(a_part_of_an_archive_is_verified_by_itself),
		WITH_FOLDER(journals_are_counted_and_places_too),
		WITH_FOLDER(
		        a_newest_segment_of_zeros_is_damage_and_an_empty_one_is_none),
		WITH_FOLDER(what_cannot_be_read_is_not_ok),
	};
	return cmocka_run_group_tests_name("verify, parts", tests, NULL, NULL);
}
