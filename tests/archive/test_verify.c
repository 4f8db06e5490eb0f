/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/proof.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/sample_archive.h"
#include "tests/kits/sample_chance.h"
#include "tests/kits/verify_kit.h"

static void edit(const char *path, const char *change)
{
	int code;
	char *out = run_command(&code, "/usr/bin/python3 %s %s %s 2>&1",
	        project_file("tests/edit_h5.py"), path, change);
	if (code != 0)
		print_error("%s\n", out);
	free(out);
	assert_int_equal(code, 0);
}

static void what_was_sealed_is_ok(void **state)
{
	struct sample sample;
	uint64_t seed = 3;
	const char *dir = *state;
	verify_one_day(dir);
	sample_chance(&sample, &seed, 150);
	sample_archive_seal(dir, &sample, SAMPLE_DAY_US + US_PER_DAY, 0);
	sample_free(&sample);
	sample_chance(&sample, &seed, 60);
	sample_archive_seal(dir, &sample, SAMPLE_DAY_US, 1);
	sample_free(&sample);
	sample_plain(&sample, "khoi-1", 0, 3600);
	sample_archive_seal(dir, &sample, INT64_MIN, 1);
	sample_free(&sample);
	int bad;
	const char *text = verify_text(dir, 0, &bad);
	assert_contains(text, "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15.h5: OK\n");
	assert_contains(text, "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-16.h5: OK\n");
	assert_contains(
	        text, "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15_late1.h5: OK\n");
	assert_contains(text, "unplaced/khoi-1_1.h5: OK\n");
	assert_contains(text, "seals: OK, 4 lines");
	assert_contains(text, "4 sealed files: 4 OK");
	assert_int_equal(bad, 0);
	assert_string_equal(verify_text(dir, 1, &bad),
	        "4 sealed files: 4 OK, 0 OK content, 0 missing, 0 pruned; 0 damaged "
	        "places; 0 not sealed; 0 journals, 0 damaged; 0 checkpoints, 0 "
	        "co-signed, 0 revoked, 0 time stamps: OK\n");
}

static void a_rewritten_file_is_ok_by_its_content(void **state)
{
	static const char *const ways[] = { "-f GZIP=9", "-f NONE", "-l CHUNK=100",
		"-L", "-f SHUF" };
	const char *path = verify_one_day(*state),
	           *again = in_folder(*state, "again.h5");
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		int code;
		free(run_command(
		        &code, "h5repack %s %s %s 2>&1", ways[i], path, again));
		assert_int_equal(code, 0);
		assert_int_equal(rename(again, path), 0);
		assert_verify(*state, 0,
		        "bt-outlet_2026-11-15.h5: OK content (file rewritten)");
	}
}

static void a_changed_value_is_found_and_placed(void **state)
{
	const char *path = verify_one_day(*state);
	edit(path, "value /cod-1/cod 100 12.5");
	assert_verify(*state, 1,
	        "DAMAGED: a record was changed, between seq 65 of epoch "
	        "0000000000000007 "
	        "(2026-11-15T05:10:00+07:00) and seq 128 of epoch 0000000000000007 "
	        "(2026-11-15T10:25:00+07:00)");
	assert_verify(path, 1, "a record was changed");
	edit(path, "tree /cod-1/cod 100 12.5");
	assert_verify(*state, 1, "/tree was changed too");
}

static void every_kind_of_column_is_proved(void **state)
{
	static const char *const columns[] = { "time", "cod_state", "time_mono", "boot",
		"clock", "seq", "exchange", "exchange_length", "time_stored",
		"transport" };
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		char change[64], dir[512];
		snprintf(dir, sizeof dir, "%s/%zu", (char *)*state, i);
		const char *path = verify_one_day(dir);
		snprintf(change, sizeof change, "value /cod-1/%s 7 %d", columns[i],
		        i < 1 ? 5 : 2);
		edit(path, change);
		int bad;
		const char *text = verify_text(dir, 0, &bad);
		/* When the archive took a record in, and how it came, is its own word:
		 * the file's hash proves it, the root cannot. */
		if (i < 8 && bad != 1)
			print_error("%s: %s\n", columns[i], text);
		assert_int_equal(bad, i < 8 ? 1 : 0);
		if (i >= 8)
			assert_contains(text, "OK content (file rewritten)");
	}
}

static void edited_names_and_units_are_found(void **state)
{
	static const struct {
		const char *change, *found;
	} cases[] = {
		{ "attribute /cod-1/cod units 'ug L-1'",
		        "/cod-1/cod attribute units: says 'ug L-1'; by the records it "
		        "is 'mg L-1'" },
		{ "attribute /cod-1/tss long_name nitrate",
		        "/cod-1/tss attribute long_name" },
		{ "attribute /cod-1 serial 0002", "/cod-1 attribute serial" },
		{ "remove /cod-1/cod kind", "/cod-1/cod attribute kind: is not there" },
		{ "attribute / zone_name Khac", "attribute zone or zone_name" },
		{ "attribute / title Khac", "/ attribute title" },
		{ "attribute / source nobody", "/ attribute source" },
		{ "attribute /cod-1/time units 'seconds since 1971-01-01 00:00:00'",
		        "/cod-1/time attribute units" },
		{ "attribute /cod-1/cod_state flag_meanings 'bad good'",
		        "/cod-1/cod_state attribute flag_meanings" },
		{ "new extra", "/extra: was not written by quantrac" },
		{ "new cod-1/extra", "/cod-1/extra: was not written by quantrac" },
		{ "value /events/type 0 4",
		        "/events/type row 0: is not what the records give" },
		{ "scale /cod-1/cod /events/time",
		        "/cod-1/cod: lies along '/events/time', not '/cod-1/time'" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char dir[512];
		snprintf(dir, sizeof dir, "%s/%zu", (char *)*state, i);
		const char *path = verify_one_day(dir);
		assert_verify(dir, 0, ": OK\n");
		edit(path, cases[i].change);
		assert_verify(dir, 1, cases[i].found);
	}
}

static void flip(const char *path, off_t at, uint8_t bits)
{
	uint8_t byte;
	chmod(path, 0600);
	int fd = open(path, O_RDWR);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= bits;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static void a_flipped_bit_anywhere_is_never_ok(void **state)
{
	uint64_t seed = 77;
	const char *path = verify_one_day(*state);
	struct stat st;
	unsigned damaged = 0, content = 0;
	assert_int_equal(stat(path, &st), 0);
	for (int i = 0; i < 60; i++) {
		int bad;
		off_t at = (off_t)(chance(&seed) % (uint64_t)st.st_size);
		uint8_t bits = (uint8_t)(1u << chance(&seed) % 8);
		char place[160];
		flip(path, at, bits);
		const char *text = verify_text(path, 1, &bad);
		assert_null(strstr(text, ".h5: OK\n"));
		damaged += bad == 1;
		content += bad == 0; /* in bytes that nothing uses: told which */
		snprintf(place, sizeof place,
		        "OK content (file rewritten): byte %lld is not as it was "
		        "sealed, and holds nothing",
		        (long long)at);
		assert_true(bad == 1 || strstr(verify_text(path, 0, &bad), place));
		flip(path, at, bits);
	}
	print_message("60 flipped bits: %u damaged, %u in bytes that say nothing\n",
	        damaged, content);
	assert_int_equal(damaged + content, 60);
	assert_true(damaged > 20);
	assert_verify(path, 0, ": OK\n");
}

static void missing_and_strange_files_are_named(void **state)
{
	const char *path = verify_one_day(*state);
	const char *strange = in_folder(*state, "kcn-mau/bt-outlet/2026/strange.h5");
	assert_int_equal(rename(path, strange), 0);
	int bad;
	const char *text = verify_text(*state, 0, &bad);
	assert_int_equal(bad, 2);
	assert_contains(
	        text, "bt-outlet_2026-11-15.h5: MISSING (290 records were sealed");
	assert_contains(text, "strange.h5: NOT SEALED");
	assert_verify(strange, 1, "NOT SEALED");
}

static void another_days_file_in_its_place_is_found(void **state)
{
	struct sample sample;
	const char *path = verify_one_day(*state);
	sample_plain(&sample, "bt-outlet", SAMPLE_DAY_US + US_PER_DAY, 300);
	const char *other =
	        sample_archive_seal(*state, &sample, SAMPLE_DAY_US + US_PER_DAY, 0);
	sample_free(&sample);
	assert_int_equal(rename(other, path), 0);
	int bad;
	const char *text = verify_text(*state, 0, &bad);
	assert_int_equal(bad, 2);
	assert_contains(text, "bt-outlet_2026-11-15.h5: DAMAGED: says it is "
	                      "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-16.h5");
	assert_contains(text, "MISSING");
}

static void an_edited_seal_list_is_found(void **state)
{
	char *text;
	size_t n;
	const char *seals = in_folder(*state, "seals");
	verify_one_day(*state);
	assert_int_equal(file_read(seals, 4096, &text, &n), OK);
	char *digit = strstr(text, "root ") + 5;
	*digit = *digit == '0' ? '1' : '0';
	assert_int_equal(file_replace(seals, text, n, 0600), OK);
	assert_verify(*state, 1, "records are not those that were sealed");
	memcpy(text, "v2", 2);
	assert_int_equal(file_replace(seals, text, n, 0600), OK);
	int bad;
	const char *said = verify_text(*state, 0, &bad);
	assert_int_equal(bad, 1); /* the line; that its file now has none follows */
	assert_contains(said, "seals line 1: DAMAGED: is not a seal");
	assert_contains(said, "0 acts and 1 files rest on the lines that were changed");
	memcpy(text, "v1", 2);
	*digit = *digit == '0' ? '1' : '0';
	assert_int_equal(file_replace(seals, text, n - 1, 0600), OK);
	assert_verify(*state, 1, "last line torn");
	free(text);
}

/* ---- journals ---- */

/* Ten records, `skip` left out on purpose, three more; the last segment's file. */
static const char *journal_with_hole(const char *dir, uint64_t skip)
{
	char folder[4096];
	static char segment[4200];
	snprintf(folder, sizeof folder, "%s/journal", dir);
	struct journal *journal = kit_open(folder, NULL);
	kit_append(journal, 10, 50, 5);
	assert_int_equal(journal_skip(journal, 11 + skip, 0), OK);
	kit_append(journal, 3, 50, 3);
	journal_close(journal);
	snprintf(segment, sizeof segment, "%s", kit_segment(folder, 11 + skip));
	return segment;
}

static void records_that_never_came_are_told_and_are_no_damage(void **state)
{
	sample_archive_make(*state);
	journal_with_hole(*state, 30);
	assert_verify(*state, 0,
	        "journal/tram-01/1122334455667788: records 11 to 40 never came "
	        "(00000000000000000041.log)");
	assert_verify(*state, 0, "OK, 13 records, seq 1 to 43");
}

/* The same hole where a segment is lost, its header changed, or records before the
 * hole. */
static void a_hole_that_no_header_tells_stays_damage(void **state)
{
	static const uint8_t zeros[5 * 136];
	sample_archive_make(*state);
	const char *last = journal_with_hole(*state, 30);
	kit_poke(last, 56, zeros, 4);
	assert_verify(*state, 2, "DAMAGED: 00000000000000000041.log: its header");
	assert_verify(*state, 2, "DAMAGED: records 11 to 40 are missing before");
	char path[4096];
	snprintf(path, sizeof path, "%s/journal", (const char *)*state);
	kit_remove(path);
	journal_with_hole(*state, 30);
	/* the second commit, to the end of the segment: nothing but zeros left */
	kit_poke(kit_segment(path, 1), JOURNAL_HEADER + 5 * 136, zeros, sizeof zeros);
	assert_verify(*state, 1, "DAMAGED: records 6 to 10 are missing before");
	assert_verify(*state, 1, "records 11 to 40 never came");
}

/* Zeros behind the last record of an older segment, a header whose number is damaged: no
 * byte of a journal changes unseen, and none takes a record away that is there. */
static void behind_the_last_record_of_an_older_segment_a_change_is_told(void **state)
{
	char path[4096];
	uint8_t one = 1;
	sample_archive_make(*state);
	journal_with_hole(*state, 30);
	snprintf(path, sizeof path, "%s/journal", (const char *)*state);
	const char *older = kit_segment(path, 1);
	kit_poke(older, JOURNAL_HEADER + 10 * 136 + 800, &one, 1);
	assert_verify(*state, 0,
	        "torn tail of 801 bytes behind seq 10 (00000000000000000001.log offset "
	        "1424): a write that failed and was made again in the next segment, or "
	        "a change where nothing is kept");
	one = 0;
	kit_poke(older, JOURNAL_HEADER + 10 * 136 + 800, &one, 1);
	one = 9;
	kit_poke(older, 33, &one, 1); /* segment number */
	assert_verify(
	        *state, 1, "00000000000000000001.log: its header (bytes 0 to 63)");
}

static void a_sound_journal_is_ok(void **state)
{
	verify_one_journal(*state);
	assert_verify(*state, 0,
	        "journal/bt-outlet/0000000000000007: OK, 290 records, seq 1 to 290");
}

static void a_flipped_bit_in_a_journal_is_found(void **state)
{
	const char *path = verify_one_journal(*state);
	int bad;
	for (off_t at = 64; at < 30000; at += 1601) {
		flip(path, at, 0x10);
		const char *text = verify_text(*state, 0, &bad);
		if (bad < 1)
			print_error("at %lld: %s\n", (long long)at, text);
		assert_true(bad >= 1);
		assert_contains(text, "journal/bt-outlet/0000000000000007: DAMAGED");
		flip(path, at, 0x10);
	}
	assert_verify(*state, 0, "OK, 290 records");
}

static void a_torn_tail_is_told_and_no_damage(void **state)
{
	const char *path = verify_one_journal(*state);
	char *bytes;
	size_t n;
	assert_int_equal(file_read(path, 1 << 22, &bytes, &n), OK);
	size_t end = n;
	while (end > 0 && bytes[end - 1] == 0)
		end--;
	free(bytes);
	flip(path, (off_t)end + 24, 0xff);
	int bad;
	const char *text = verify_text(*state, 0, &bad);
	assert_int_equal(bad, 0);
	assert_contains(text, "torn tail of");
	assert_contains(text, "OK, 290 records");
}

static void a_path_that_is_no_archive_says_so(void **state)
{
	int bad;
	struct problem why = { 0 };
	assert_contains(verify_text(in_folder(*state, "none"), 0, &bad),
	        "none: No such file or directory; name an archive's folder or a file "
	        "in one");
	assert_int_equal(bad, NOT_FOUND);
	assert_int_equal(verify_path(*state, stdout, 0, &why), NOT_FOUND);
	assert_contains(why.text, "is not a quantrac archive");
	assert_int_equal(why.exit, EXIT_NO_FILE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(what_was_sealed_is_ok),
		WITH_FOLDER(a_rewritten_file_is_ok_by_its_content),
		WITH_FOLDER(a_changed_value_is_found_and_placed),
		WITH_FOLDER(every_kind_of_column_is_proved),
		WITH_FOLDER(edited_names_and_units_are_found),
		WITH_FOLDER(a_flipped_bit_anywhere_is_never_ok),
		WITH_FOLDER(missing_and_strange_files_are_named),
		WITH_FOLDER(another_days_file_in_its_place_is_found),
		WITH_FOLDER(an_edited_seal_list_is_found),
		WITH_FOLDER(records_that_never_came_are_told_and_are_no_damage),
		WITH_FOLDER(a_hole_that_no_header_tells_stays_damage),
		WITH_FOLDER(
		        behind_the_last_record_of_an_older_segment_a_change_is_told),
		WITH_FOLDER(a_sound_journal_is_ok),
		WITH_FOLDER(a_flipped_bit_in_a_journal_is_found),
		WITH_FOLDER(a_torn_tail_is_told_and_no_damage),
		WITH_FOLDER(a_path_that_is_no_archive_says_so),
	};
	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
