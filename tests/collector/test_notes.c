/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that tell what is sealed: the seal list's and those of the notes, to the
 * letter, and every way to write them wrong. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/seals.h"
#include "base/crc.h"
#include "base/folder.h"
#include "base/log.h"
#include "collector/sealed.h"

#define HEX "0e1d6d77e75f6494c08253613c1afe5fdd45eeec6c06160b1bc6670b81f67b3b"

/* ---- the seal list ---- */

static struct seal sample(void)
{
	return (struct seal){ .date = "2026-11-15",
		.station = "bt-outlet",
		.kind = "day",
		.records = 10,
		.readings = 8,
		.gaps = 1,
		.path = "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15.h5",
		.sealed_us = INT64_C(1794675600000000) };
}

static int again(const struct seal *seal)
{
	char line[SEAL_LINE];
	struct seal read;
	if (seal_print(seal, line, sizeof line) < 0)
		return FULL;
	return seal_parse(&read, line);
}

static void kinds_and_dates_belong_together(void **state)
{
	static const struct {
		const char *kind, *date;
		int status;
	} cases[] = { { "day", "2026-11-15", OK }, { "late1", "2026-11-15", OK },
		{ "late12", "2026-11-15", OK }, { "late0", "2026-11-15", MALFORMED },
		{ "late", "2026-11-15", MALFORMED },
		{ "late01", "2026-11-15", MALFORMED },
		{ "late1x", "2026-11-15", MALFORMED },
		{ "night", "2026-11-15", MALFORMED }, { "unplaced", "-", OK },
		{ "unplaced", "2026-11-15", MALFORMED }, { "day", "-", MALFORMED },
		{ "late1", "-", MALFORMED }, { "day", "2026-02-29", MALFORMED },
		{ "day", "2028-02-29", OK }, { "day", "2026-1-15", MALFORMED },
		{ "day", "2026-11", MALFORMED }, { "day", "2026-13-01", MALFORMED },
		{ "day", "20261115xx", MALFORMED } };
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct seal seal = sample();
		snprintf(seal.kind, sizeof seal.kind, "%s", cases[i].kind);
		snprintf(seal.date, sizeof seal.date, "%s", cases[i].date);
		if (again(&seal) != cases[i].status)
			fail_msg("%s %s", cases[i].kind, cases[i].date);
	}
}

static void a_path_never_leads_out_of_the_archive(void **state)
{
	static const char *const bad[] = { "/a.h5", "../a.h5", "a/../../b.h5", "A.h5",
		"a b.h5", "a\tb.h5", "a%b.h5", "" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct seal seal = sample();
		snprintf(seal.path, sizeof seal.path, "%s", bad[i]);
		assert_int_equal(again(&seal), MALFORMED);
	}
	/* as long as there is room for, and the line must fit too */
	struct seal seal = sample();
	memset(seal.path, 'a', sizeof seal.path - 1);
	assert_int_equal(again(&seal), OK);
	char line[SEAL_LINE];
	int n = seal_print(&seal, line, sizeof line);
	assert_int_equal(seal_print(&seal, line, (size_t)n), FULL);
	assert_int_equal(seal_print(&seal, line, (size_t)n + 1), n);
}

static void words_of_a_line_are_neither_more_nor_fewer(void **state)
{
	char line[SEAL_LINE], longer[2 * SEAL_LINE];
	struct seal seal = sample(), read;
	seal_print(&seal, line, sizeof line);
	assert_int_equal(seal_parse(&read, line), OK);
	snprintf(longer, sizeof longer, "%s more", line);
	assert_int_equal(seal_parse(&read, longer), MALFORMED);
	snprintf(longer, sizeof longer, "%s ", line);
	assert_int_equal(seal_parse(&read, longer), MALFORMED);
	*strrchr(line, ' ') = '\0';
	assert_int_equal(seal_parse(&read, line), MALFORMED);
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_int_equal(seal_parse(&read, longer), MALFORMED);
	assert_int_equal(seal_parse(&read, ""), MALFORMED);
	/* a word in the place of another */
	seal_print(&seal, line, sizeof line);
	memcpy(strstr(line, "gaps"), "caps", 4);
	assert_int_equal(seal_parse(&read, line), MALFORMED);
	/* numbers that no counter holds */
	seal.records = UINT64_MAX;
	assert_int_equal(again(&seal), OK);
	seal_print(&seal, line, sizeof line);
	char *number = strstr(line, "records ") + 8;
	assert_int_equal(number[19], '5');
	number[19] = '6';
	assert_int_equal(seal_parse(&read, line), MALFORMED);
}

static void what_cannot_be_a_line_is_not_appended(void **state)
{
	static char deep[ARCHIVE_PATH + 10];
	struct seal_list list;
	struct problem why;
	struct seal seal = sample();
	memset(deep, 'd', sizeof deep - 1);
	assert_int_equal(seal_list_read(&list, deep, &why), FAILED);
	assert_int_equal(seal_list_read(&list, *state, &why), OK);
	assert_int_equal(seal_list_append(&list, deep, &seal), FAILED);
	assert_int_equal(
	        seal_list_append(&list, in_folder(*state, "no/folder"), &seal), FAILED);
	assert_int_equal(seal_list_append(&list, *state, &seal), OK);
	assert_int_equal(seal_list_append(&list, *state, &seal), OK);
	seal_list_free(&list);
}

/* ---- the notes ---- */

static const char *folder;

/* Write notes of one line with a right check sum; what is read of it. */
static int notes_of(const char *body, struct sealed_range *range, size_t *n)
{
	char text[1024];
	uint8_t digest[DIGEST_SIZE];
	struct sealed_range *read;
	int size = snprintf(text, sizeof text, "%s", body);
	size += snprintf(text + size, sizeof text - (size_t)size, " %08x\n",
	        crc32c(0, body, strlen(body)));
	assert_int_equal(file_replace(in_folder(folder, "sealed/nt-01"), text,
	                         (size_t)size, 0640),
	        OK);
	assert_int_equal(digest_parse(HEX, digest), OK);
	int status = sealed_ranges_of(folder, "nt-01", digest, &read, n);
	for (size_t i = 0; i < *n && i < 8; i++)
		range[i] = read[i];
	free(read);
	return status;
}

static void a_line_of_notes_is_read_as_it_is_drawn(void **state)
{
	struct sealed_range range[8];
	size_t n;
	folder = *state;
	folder_make(in_folder(folder, "sealed"));
	assert_int_equal(notes_of(HEX " 00000000000000a1:1-10", range, &n), OK);
	assert_int_equal(n, 1);
	assert_true(
	        range[0].epoch == 0xa1 && range[0].first == 1 && range[0].last == 10);
	assert_int_equal(
	        notes_of(HEX " 00000000000000a1:1-10,12-12 00000000000000a2:5-6", range,
	                &n),
	        OK);
	assert_int_equal(n, 3);
	assert_true(range[2].epoch == 0xa2 && range[2].last == 6);
	/* a file that holds nothing */
	assert_int_equal(notes_of(HEX, range, &n), OK);
	assert_int_equal(n, 0);
}

static void a_line_of_notes_that_is_wrong_tells_nothing(void **state)
{
	static const char *const bad[] = {
		HEX " 00000000000000a1:10-1",    /* backwards */
		HEX " 00000000000000a1:1",       /* no end */
		HEX " 00000000000000a1:1-2,",    /* no more behind the comma */
		HEX " 00000000000000a1:1-2;3-4", /* another sign */
		HEX " 0a1:1-10",                 /* a short epoch */
		HEX " 00000000000000a1",         /* no range */
		HEX " 00000000000000a1:1-2 ",    /* a blank behind it */
		HEX "0 00000000000000a1:1-2",    /* too long a digest */
		"x" HEX " 00000000000000a1:1-2", /* and one that is none */
		"g" HEX "",
		"short",
	};
	struct sealed_range range[8];
	size_t n;
	folder = *state;
	folder_make(in_folder(folder, "sealed"));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (notes_of(bad[i], range, &n) != NOT_FOUND)
			fail_msg("%s", bad[i]);
		assert_int_equal(n, 0);
	}
	/* the check sum of another line; and no notes at all */
	const char *other = HEX " 00000000000000a1:1-2 00000000\n";
	uint8_t digest[DIGEST_SIZE];
	struct sealed_range *read;
	digest_parse(HEX, digest);
	assert_int_equal(file_replace(in_folder(folder, "sealed/nt-01"), other,
	                         strlen(other), 0640),
	        OK);
	assert_int_equal(
	        sealed_ranges_of(folder, "nt-01", digest, &read, &n), NOT_FOUND);
	assert_int_equal(
	        sealed_ranges_of(folder, "nt-02", digest, &read, &n), NOT_FOUND);
	/* a right line of another file */
	digest[0] ^= 1;
	assert_int_equal(notes_of(HEX " 00000000000000a1:1-2", range, &n), OK);
	assert_int_equal(
	        sealed_ranges_of(folder, "nt-01", digest, &read, &n), NOT_FOUND);
}

/* Notes of a list that names other files are made again, and what stands behind the
 * last line is not kept. */
static void notes_follow_the_seal_list(void **state)
{
	struct sealed sealed;
	struct seal_list list = { .n = 0 };
	const struct sealed_range ranges[] = { { 1, 1, 5, 0, 0 }, { 1, 7, 9, 0, 0 },
		{ 2, 1, 1, 0, 0 } };
	struct seal seal = sample();
	char *text;
	size_t n;
	assert_int_equal(sealed_load(&sealed, *state, "bt-outlet", &list), OK);
	assert_int_equal(sealed_note(&sealed, *state, &seal, ranges, 3), OK);
	assert_int_equal(sealed.n, 3);
	assert_int_equal(sealed_note(&sealed, *state, &seal, NULL, 0), OK);
	sealed_free(&sealed);
	/* the list has none of it: another station's line is passed */
	struct seal other = sample();
	snprintf(other.station, sizeof other.station, "nt-01");
	assert_int_equal(seal_list_append(&list, *state, &other), OK);
	assert_int_equal(sealed_load(&sealed, *state, "bt-outlet", &list), OK);
	assert_int_equal(sealed.n, 0);
	sealed_free(&sealed);
	assert_int_equal(
	        file_read(in_folder(*state, "sealed/bt-outlet"), 4096, &text, &n), OK);
	assert_int_equal(n, 0);
	free(text);
	seal_list_free(&list);
}

static void notes_that_cannot_be_written_are_told(void **state)
{
	struct sealed sealed = { .station = "bt-outlet" };
	const struct sealed_range range = { 1, 1, 5, 0, 0 };
	struct seal seal = sample();
	/* a file in the place of the folder, a folder in the place of the file */
	assert_int_equal(file_replace(in_folder(*state, "sealed"), "x", 1, 0640), OK);
	assert_int_equal(sealed_note(&sealed, *state, &seal, &range, 1), FAILED);
	assert_int_equal(remove(in_folder(*state, "sealed")), 0);
	assert_int_equal(folder_make(in_folder(*state, "sealed/bt-outlet")), OK);
	assert_int_equal(sealed_note(&sealed, *state, &seal, &range, 1), FAILED);
	assert_int_equal(sealed.n, 2); /* known here all the same */
	sealed_free(&sealed);
}

static void nobody_listens(enum log_level level, const char *text)
{
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	log_catch(nobody_listens);
	const struct CMUnitTest notes[] = {
		cmocka_unit_test(kinds_and_dates_belong_together),
		cmocka_unit_test(a_path_never_leads_out_of_the_archive),
		cmocka_unit_test(words_of_a_line_are_neither_more_nor_fewer),
		WITH(what_cannot_be_a_line_is_not_appended),
		WITH(a_line_of_notes_is_read_as_it_is_drawn),
		WITH(a_line_of_notes_that_is_wrong_tells_nothing),
		WITH(notes_follow_the_seal_list),
		WITH(notes_that_cannot_be_written_are_told),
	};
	return cmocka_run_group_tests_name("notes", notes, NULL, NULL);
}
