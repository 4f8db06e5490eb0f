/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal list, the notes of what is sealed and descriptions in sealed files, each call
 * failing once. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/sealed.h"
#include "collector/shelf.h"
#include "tests/kits/journal_kit.h"
#include "tests/prove/fail_model.h"

/* ---- the seal list ---- */

static struct seal seal_of(unsigned n)
{
	struct seal seal = { .date = "2026-11-15",
		.station = "bt-outlet",
		.kind = "day",
		.records = n,
		.sealed_us = D(1) + n };
	snprintf(seal.path, sizeof seal.path, "a/b/%u.h5", n);
	return seal;
}

static size_t listed;

/* A list of one line and a torn one behind it; three more. */
static void lay_list(void)
{
	struct seal_list list;
	struct seal seal = seal_of(1);
	kit_remove(m.dir);
	assert_int_equal(mkdir(m.dir, 0700), 0);
	assert_int_equal(seal_list_read(&list, m.dir, NULL), OK);
	assert_int_equal(seal_list_append(&list, m.dir, &seal), OK);
	assert_int_equal(truncate(in_folder(m.dir, "seals"), (off_t)list.bytes + 7), 0);
	seal_list_free(&list);
	listed = 1;
}

static void lay_no_list(void)
{
	lay_list();
	assert_int_equal(unlink(in_folder(m.dir, "seals")), 0);
	listed = 0;
}

static int append_to_list(void)
{
	struct seal_list list;
	struct problem why;
	int status = seal_list_read(&list, m.dir, &why);
	for (unsigned i = 0; i < 3 && status == OK; i++) {
		struct seal seal = seal_of(10 + i);
		status = seal_list_append(&list, m.dir, &seal);
		listed += status == OK;
	}
	seal_list_free(&list);
	return status;
}

/* What was said to stand there stands there, and nothing else does. */
static void the_list_is_whole(int status, bool failed)
{
	struct seal_list list;
	struct problem why = { .text = "" };
	struct seal seal = seal_of(99);
	assert_true(failed || status == OK);
	if (seal_list_read(&list, m.dir, &why) != OK)
		fail_msg("%s", why.text);
	assert_int_equal(list.n, listed);
	assert_int_equal(seal_list_append(&list, m.dir, &seal), OK);
	seal_list_free(&list);
	assert_int_equal(seal_list_read(&list, m.dir, &why), OK);
	assert_int_equal(list.n, listed + 1);
	assert_int_equal(list.torn, 0);
	seal_list_free(&list);
}

static void a_seal_is_listed_or_it_is_not(void **state)
{
	const struct fail_scene torn = { .name = "behind a torn line",
		.before = lay_list,
		.work = append_to_list,
		.after = the_list_is_whole,
		.calls = { 25, 300 } };
	const struct fail_scene first = { .name = "the first line",
		.before = lay_no_list,
		.work = append_to_list,
		.after = the_list_is_whole,
		.calls = { 25, 300 } };
	fail_each(&torn);
	fail_each(&first);
}

/* ---- the notes of what is sealed ---- */

static void lay_no_notes(void)
{
	fail_model_lay();
	unlink(in_folder(m.dir, "sealed/bt-outlet"));
}

static size_t known_ranges, noted;

static int load_notes(void)
{
	struct sealed sealed;
	struct seal_list list;
	struct sealed_range *range = NULL;
	struct problem why;
	known_ranges = noted = 0;
	int status = seal_list_read(&list, m.dir, &why);
	if (status == OK) {
		status = sealed_load(&sealed, m.dir, "bt-outlet", &list);
		if (status == OK)
			known_ranges = sealed.n;
		sealed_free(&sealed);
		if (list.n > 0 && sealed_ranges_of(m.dir, "bt-outlet",
		                          list.seal[0].file, &range, &noted) != OK)
			noted = 0;
		free(range);
	}
	seal_list_free(&list);
	return status;
}

/* A file that cannot be read is passed over, and never half of it. */
static void notes_tell_all_or_nothing(int status, bool failed)
{
	assert_true(failed || (status == OK && known_ranges == 1 && noted == 1));
	assert_true(known_ranges <= 1 && noted <= 1);
	assert_int_equal(load_notes(), OK);
	assert_int_equal(known_ranges, 1);
	assert_int_equal(noted, 1);
}

static void notes_are_made_again_from_the_files(void **state)
{
	const struct fail_scene scene = { .name = "notes",
		.before = lay_no_notes,
		.work = load_notes,
		.after = notes_tell_all_or_nothing,
		.calls = { 30, 1000 } };
	fail_each(&scene);
}

/* ---- descriptions found again in sealed files ---- */

static int found_status, found_station;

static int look_into_files(void)
{
	struct seal_list list;
	struct problem why;
	const struct describe *describe = NULL;
	static const uint8_t nobodys[DIGEST_SIZE];
	found_status = found_station = FAILED;
	int status = seal_list_read(&list, m.dir, &why);
	if (status != OK)
		return status;
	struct shelf shelf = { .dir = m.dir, .station = "bt-outlet", .list = &list };
	found_station = shelf_find_station(&shelf);
	found_status = shelf_find(&shelf, m.cabinet.describe->hash, &describe);
	if (found_status == OK &&
	        memcmp(describe->hash, m.cabinet.describe->hash, DIGEST_SIZE) != 0)
		found_status = MALFORMED;
	if (found_status == OK && shelf_find(&shelf, nobodys, &describe) == OK)
		found_status = MALFORMED;
	shelf_free(&shelf);
	seal_list_free(&list);
	return found_status;
}

/* What cannot be read is passed over; for want of memory it is asked again. */
static void it_is_found_or_said_that_it_was_not(int status, bool failed)
{
	assert_true(failed || (status == OK && found_station == OK));
	assert_true(found_status == OK || found_status == NOT_FOUND ||
	            found_status == FAILED);
	if (fail_plan_used->class == FAIL_MEMORY)
		assert_int_not_equal(found_status, NOT_FOUND);
	assert_int_equal(look_into_files(), OK);
}

static void a_description_is_found_in_a_sealed_file(void **state)
{
	const struct fail_scene scene = { .name = "shelf",
		.before = fail_model_lay,
		.work = look_into_files,
		.after = it_is_found_or_said_that_it_was_not,
		.every = 2,
		.calls = { 20, 1000 } };
	fail_each(&scene);
}

#define with_archive(test)                                                             \
	cmocka_unit_test_setup_teardown(test, fail_model_setup, fail_model_teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest fail_seals[] = {
		with_archive(a_seal_is_listed_or_it_is_not),
		with_archive(notes_are_made_again_from_the_files),
		with_archive(a_description_is_found_in_a_sealed_file),
	};
	return cmocka_run_group_tests_name("fail_seals", fail_seals, NULL, NULL);
}
