/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of an archive, what cannot be read, and how places are counted. */
#include "tests/kits/check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/proof.h"
#include "base/folder.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/sample_archive.h"
#include "tests/kits/verify_kit.h"

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

/* Something else in their place is no archive that is not there. */
static void lists_that_cannot_be_read_are_damage(void **state)
{
	static const char *const list[] = { "seals", "checkpoints/acts" };
	struct problem why = { 0 };
	verify_one_journal(*state);
	assert_int_equal(folder_make(in_folder(*state, "checkpoints")), OK);
	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		remove(in_folder(*state, list[i]));
		assert_int_equal(folder_make(in_folder(*state, list[i])), OK);
		assert_true(verify_path(*state, stdout, 0, &why) < 0);
		assert_contains(why.text, list[i]);
		assert_int_equal(why.exit, EXIT_DAMAGED);
		assert_int_equal(rmdir(in_folder(*state, list[i])), 0);
	}
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
	assert_contains(
	        verify_text(*state, 1, &bad), "0000000000000007: DAMAGED: 0000");
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

/* What could not be looked at is not in order.  Root reads everything, but for what it has laid aside:
 * another user might not reach the program, below /root, say. */
static void what_cannot_be_read_is_not_ok(void **state)
{
	int code;
	verify_one_journal(*state);
	char *said = run_command(&code,
	        "cd %s && mkdir -p kcn-mau && chmod 0 journal/bt-outlet kcn-mau && "
	        "%s %s verify . 2>&1",
	        (char *)*state,
	        geteuid() == 0 ? "setpriv --bounding-set=-dac_override,-dac_read_search"
	                       : "",
	        project_file("build/san/quantrac"));
	assert_contains(said, "journal/bt-outlet: DAMAGED: cannot be read: Perm");
	assert_contains(said, "kcn-mau: DAMAGED: cannot be searched for files");
	assert_contains(said, "; 3 damaged places; ");
	assert_int_equal(code, EXIT_DAMAGED);
	free(said);
	free(run_command(&code, "chmod -R 755 %s", (char *)*state));
}

/* ---- journals, segment by segment ---- */

static const char *journal_folder(const char *dir)
{
	static char folder[4096];
	snprintf(folder, sizeof folder, "%s/journal", dir);
	return folder;
}

/* One commit, and its first record is not as written. */
static void a_torn_tail_with_nothing_before_it_is_told(void **state)
{
	uint8_t one = 1;
	sample_archive_make(*state);
	const char *folder = journal_folder(*state);
	struct journal *journal = kit_open(folder, NULL);
	kit_append(journal, 3, 50, 3);
	journal_close(journal);
	kit_poke(kit_segment(folder, 1), JOURNAL_HEADER + 120, &one, 1);
	assert_verify(*state, 0,
	        "torn tail of 402 bytes (00000000000000000001.log offset 64): nothing "
	        "before it");
	assert_verify(*state, 0, "journal/tram-01/1122334455667788: OK, empty");
}

static bool sync_fails;

static int sync_or_fail(int fd)
{
	return sync_fails ? -1 : fdatasync(fd);
}

/* A commit that failed is made again in the next segment; what the older one still has of
 * it is no tail, and neither is what was never written. */
static void what_is_repeated_in_the_next_segment_is_no_torn_tail(void **state)
{
	int bad;
	sample_archive_make(*state);
	struct journal_system system = journal_real;
	struct journal_options options = kit_options(journal_folder(*state));
	system.sync = sync_or_fail;
	options.system = &system;
	sync_fails = false;
	struct journal *journal = kit_open_with(&options, NULL);
	kit_append(journal, 4, 50, 2);
	uint8_t record[256];
	size_t n = kit_record(5, 50, record, sizeof record);
	assert_int_equal(journal_append(journal, record, n, 0), OK);
	sync_fails = true;
	assert_int_equal(journal_commit(journal), FAILED);
	sync_fails = false;
	kit_append(journal, 2, 50, 2);
	assert_int_equal(journal_begin(journal, 8), OK);
	kit_append(journal, 1, 50, 1);
	journal_close(journal);
	const char *text = verify_text(*state, 0, &bad);
	assert_contains(text, "OK, 8 records, seq 1 to 8");
	assert_null(strstr(text, "torn tail"));
	assert_int_equal(bad, 0);
	/* and behind the repetition a change is told */
	const char *older = kit_segment(journal_folder(*state), 1);
	size_t used = kit_used(older);
	kit_poke(older, (long)(used + 7) / 8 * 8 + 800, "x", 1);
	assert_verify(*state, 0,
	        "torn tail of 801 bytes behind seq 4 (00000000000000000001.log");
}

/* Of a station with two journals, and another with one. */
static void one_journal_and_those_of_a_station_are_verified_alone(void **state)
{
	struct journal_options options = kit_options(journal_folder(*state));
	verify_one_journal(*state);
	for (int i = 0; i < 2; i++) {
		struct journal *journal = kit_open_with(&options, NULL);
		kit_append(journal, 3, 50, 3);
		journal_close(journal);
		options.epoch = 0x1a;
		options.now_us += 1;
	}
	const char *one = in_folder(*state, "journal/tram-01/1122334455667788");
	assert_verify(one, 0, "journal/tram-01/1122334455667788: OK, 3 records");
	assert_verify(one, 0, " 1 journals, 0 damaged");
	assert_verify(
	        in_folder(*state, "journal/tram-01"), 0, " 2 journals, 0 damaged");
	assert_verify(in_folder(*state, "journal"), 0, " 3 journals, 0 damaged");
}

/* ---- a sealed file ---- */

/* The last records of a day are fewer than a node covers. */
static void a_change_among_the_last_records_is_placed(void **state)
{
	int code;
	const char *path = verify_one_day(*state);
	free(run_command(&code, "/usr/bin/python3 %s %s value /cod-1/cod 280 12.5 2>&1",
	        project_file("tests/edit_h5.py"), path));
	assert_int_equal(code, 0);
	assert_verify(*state, 1, "between seq 257 of epoch 0000000000000007 (");
	assert_verify(*state, 1, ") and seq 290 of epoch 0000000000000007 (");
}

/* A place in a list that ends before it, and a time just beyond those that can be. */
static void values_that_cannot_be_are_told_with_their_row(void **state)
{
	static const char *const cases[][2] = {
		{ "/cod-1/epoch 7 1", "/cod-1/epoch row 7: there is no epoch 1" },
		{ "/cod-1/time 7 4102444800", "/cod-1/time row 7: is no time" },
		{ "/cod-1/time 7 -1", "/cod-1/time row 7: is no time" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int code;
		char dir[512];
		snprintf(dir, sizeof dir, "%s/%zu", (char *)*state, i);
		const char *path = verify_one_day(dir);
		free(run_command(&code, "/usr/bin/python3 %s %s value %s 2>&1",
		        project_file("tests/edit_h5.py"), path, cases[i][0]));
		assert_int_equal(code, 0);
		assert_verify(dir, 1, cases[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(a_part_of_an_archive_is_verified_by_itself),
		WITH_FOLDER(lists_that_cannot_be_read_are_damage),
		WITH_FOLDER(journals_are_counted_and_places_too),
		WITH_FOLDER(
		        a_newest_segment_of_zeros_is_damage_and_an_empty_one_is_none),
		WITH_FOLDER(what_cannot_be_read_is_not_ok),
		WITH_FOLDER(a_torn_tail_with_nothing_before_it_is_told),
		WITH_FOLDER(what_is_repeated_in_the_next_segment_is_no_torn_tail),
		WITH_FOLDER(one_journal_and_those_of_a_station_are_verified_alone),
		WITH_FOLDER(values_that_cannot_be_are_told_with_their_row),
		WITH_FOLDER(a_change_among_the_last_records_is_placed),
	};
	return cmocka_run_group_tests_name("verify, parts", tests, NULL, NULL);
}
