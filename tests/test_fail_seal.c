/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking in and sealing, each call of each piece of work failing once. */
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/seals.h"
#include "base/folder.h"
#include "base/log.h"
#include "collector/sealed.h"
#include "collector/sealing.h"
#include "collector/shelf.h"
#include "tests/agent_kit.h"
#include "tests/fail_each.h"
#include "tests/journal_kit.h"

#define EPOCH UINT64_C(0x5000000000000001)
#define D(n)  (AGENT_DAY + (n)*AGENT_1DAY)
#define DAY1  "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15.h5"
#define DAY2  "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-16.h5"

static char top[512], dir[600], model[600];
static struct agent_book book;
static struct agent cabinet;

static void nobody_listens(enum log_level level, const char *text)
{
	if (getenv("TELL"))
		fprintf(stderr, "log: %s\n", text);
}

static struct ingest_options options(void)
{
	return (struct ingest_options){ .dir = dir,
		.segment_size = JOURNAL_SEGMENT_LEAST,
		.sign_key = "/nowhere/none",
		.hold_us = -1 };
}

static struct ingest *open_it(void)
{
	struct ingest_options how = options();
	struct ingest *ingest;
	struct problem why = { .text = "" };
	if (ingest_open(&ingest, &how, &why) != OK)
		fail_msg("%s", why.text);
	return ingest;
}

static void readings(struct ingest *ingest, int64_t from_us, int hours)
{
	for (int i = 0; i < hours; i++) {
		agent_reading(&cabinet, from_us + i * AGENT_HOUR, i);
		agent_give(&cabinet, ingest, from_us + i * AGENT_HOUR);
	}
}

/* A day that is sealed, of which the journal holds nothing more; then one that is due,
 * whose readings name what only the sealed file describes. */
static void make_model(void)
{
	struct problem why = { .text = "" };
	archive_make(dir);
	struct ingest *ingest = open_it();
	agent_describe(&cabinet, D(0));
	agent_give(&cabinet, ingest, D(0));
	readings(ingest, D(0), 3);
	assert_int_equal(ingest_seal(ingest, D(0) + 4 * AGENT_HOUR, true, &why), 1);
	readings(ingest, D(1), 3);
	assert_int_equal(ingest_commit(ingest), OK);
	ingest_close(ingest);
	assert_int_equal(rename(dir, model), 0);
}

static int setup(void **state)
{
	log_catch(nobody_listens);
	if (scratch_make(state) != 0)
		return -1;
	snprintf(top, sizeof top, "%s", (const char *)*state);
	snprintf(dir, sizeof dir, "%s/archive", top);
	snprintf(model, sizeof model, "%s/model", top);
	agent_start(&cabinet, &book, "bt-outlet", EPOCH);
	make_model();
	return 0;
}

static int teardown(void **state)
{
	fail_each_tell();
	log_catch(NULL);
	agent_end(&cabinet);
	agent_book_free(&book);
	return scratch_remove(state);
}

static void lay_model(void)
{
	kit_copy(model, dir);
}

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
	kit_remove(dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(seal_list_read(&list, dir, NULL), OK);
	assert_int_equal(seal_list_append(&list, dir, &seal), OK);
	assert_int_equal(truncate(in_folder(dir, "seals"), (off_t)list.bytes + 7), 0);
	seal_list_free(&list);
	listed = 1;
}

static void lay_no_list(void)
{
	lay_list();
	assert_int_equal(unlink(in_folder(dir, "seals")), 0);
	listed = 0;
}

static int append_to_list(void)
{
	struct seal_list list;
	struct problem why;
	int status = seal_list_read(&list, dir, &why);
	for (unsigned i = 0; i < 3 && status == OK; i++) {
		struct seal seal = seal_of(10 + i);
		status = seal_list_append(&list, dir, &seal);
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
	if (seal_list_read(&list, dir, &why) != OK)
		fail_msg("%s", why.text);
	assert_int_equal(list.n, listed);
	assert_int_equal(seal_list_append(&list, dir, &seal), OK);
	seal_list_free(&list);
	assert_int_equal(seal_list_read(&list, dir, &why), OK);
	assert_int_equal(list.n, listed + 1);
	assert_int_equal(list.torn, 0);
	seal_list_free(&list);
}

static void a_seal_is_listed_or_it_is_not(void **state)
{
	const struct fail_scene torn = { .name = "behind a torn line",
		.before = lay_list,
		.work = append_to_list,
		.after = the_list_is_whole };
	const struct fail_scene first = { .name = "the first line",
		.before = lay_no_list,
		.work = append_to_list,
		.after = the_list_is_whole };
	assert_in_range(fail_each(&torn, top), 25, 300);
	assert_in_range(fail_each(&first, top), 25, 300);
}

/* ---- the notes of what is sealed ---- */

static void lay_no_notes(void)
{
	lay_model();
	unlink(in_folder(dir, "sealed/bt-outlet"));
}

static size_t known_ranges, noted;

static int load_notes(void)
{
	struct sealed sealed;
	struct seal_list list;
	struct sealed_range *range = NULL;
	struct problem why;
	known_ranges = noted = 0;
	int status = seal_list_read(&list, dir, &why);
	if (status == OK) {
		status = sealed_load(&sealed, dir, "bt-outlet", &list);
		if (status == OK)
			known_ranges = sealed.n;
		sealed_free(&sealed);
		if (list.n > 0 && sealed_ranges_of(dir, "bt-outlet", list.seal[0].file,
		                          &range, &noted) != OK)
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
		.after = notes_tell_all_or_nothing };
	assert_in_range(fail_each(&scene, top), 30, 1000);
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
	int status = seal_list_read(&list, dir, &why);
	if (status != OK)
		return status;
	struct shelf shelf = { .dir = dir, .station = "bt-outlet", .list = &list };
	found_station = shelf_find_station(&shelf);
	found_status = shelf_find(&shelf, cabinet.describe->hash, &describe);
	if (found_status == OK &&
	        memcmp(describe->hash, cabinet.describe->hash, DIGEST_SIZE) != 0)
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
		.before = lay_model,
		.work = look_into_files,
		.after = it_is_found_or_said_that_it_was_not,
		.every = 2 };
	assert_in_range(fail_each(&scene, top), 20, 1000);
}

/* ---- sealing upon all that may lie about ---- */

static void lay_about(void)
{
	lay_no_notes();
	assert_int_equal(
	        file_replace(in_folder(dir, DAY2), "a stranger", 10, 0640), OK);
	if (mkdir(in_folder(dir, ".tmp"), 0750) != 0)
		assert_int_equal(access(in_folder(dir, ".tmp"), F_OK), 0);
	assert_int_equal(
	        file_replace(in_folder(dir, ".tmp/left%over.h5"), "x", 1, 0640), OK);
}

static int seal_all(void)
{
	struct ingest_options how = options();
	struct ingest *ingest;
	struct problem why = { .text = "" };
	int status = ingest_open(&ingest, &how, &why);
	if (status != OK)
		return status;
	status = ingest_seal(ingest, D(2), true, &why);
	ingest_close(ingest);
	return status > 0 ? OK : FAILED;
}

static void all_is_sealed_once(int status, bool failed)
{
	struct problem why = { .text = "" };
	assert_true(failed || status == OK);
	struct ingest *ingest = open_it();
	if (ingest_seal(ingest, D(9), true, &why) < 0)
		fail_msg("%s", why.text);
	ingest_close(ingest);
	assert_int_equal(sealed_records(dir, &book), book.n);
}

/* Every thirty-seventh: each is a start, a child or two, and a look into every file. */
static void a_day_is_sealed_whatever_call_failed(void **state)
{
	const struct fail_scene scene = { .name = "sealing",
		.before = lay_about,
		.work = seal_all,
		.after = all_is_sealed_once,
		.every = 37 };
	assert_in_range(fail_each(&scene, top), 200, 3000);
}

/* ---- what comes again ---- */

static int again_status, other_status, skip_status;

static int come_again(void)
{
	struct ingest_options how = options();
	struct ingest *ingest;
	struct problem why = { .text = "" };
	int status = ingest_open(&ingest, &how, &why);
	again_status = other_status = skip_status = FAILED;
	if (status != OK)
		return status;
	struct wire wire = agent_again(&cabinet, 5, 7);
	again_status = ingest_data(ingest, "bt-outlet", &wire, D(2), &why);
	cabinet.message[WIRE_HEADER + wire.payload_size - 1] ^= 1;
	other_status = ingest_data(ingest, "bt-outlet", &wire, D(2), &why);
	skip_status = ingest_skip(ingest, "bt-outlet", EPOCH, 20, D(2), &why);
	ingest_close(ingest);
	return again_status;
}

/* The same bytes once, other bytes never: whatever failed, what lies there is what was
 * there. */
static void nothing_came_in_twice(int status, bool failed)
{
	size_t holes;
	if (!failed) {
		assert_int_equal(status, OK);
		assert_int_equal(other_status, REFUSED);
		assert_int_equal(skip_status, OK);
	}
	assert_true(other_status != OK || again_status != OK);
	assert_int_equal(journal_records_and_holes(dir, &book, &holes), book.n);
	assert_true(holes <= 1);
	struct ingest *ingest = open_it();
	uint64_t next = ingest_next(ingest, "bt-outlet", EPOCH);
	assert_true(next == 8 || next == 20);
	assert_true(skip_status != OK || next == 20);
	ingest_close(ingest);
}

static void what_comes_again_is_compared(void **state)
{
	const struct fail_scene scene = { .name = "again",
		.before = lay_model,
		.work = come_again,
		.after = nothing_came_in_twice,
		.every = 7 };
	assert_in_range(fail_each(&scene, top), 60, 2000);
}

/* ---- opening ---- */

static int open_and_close(void)
{
	struct ingest_options how = options();
	struct ingest *ingest;
	struct problem why = { .text = "" };
	int status = ingest_open(&ingest, &how, &why);
	if (status == OK)
		ingest_close(ingest);
	else if (why.text[0] == '\0')
		status = OK; /* it must say why */
	return status;
}

static void nothing_has_changed(int status, bool failed)
{
	assert_true(status == OK || failed);
	assert_int_equal(journal_records(dir, &book), book.n);
	struct ingest *ingest = open_it();
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 8);
	ingest_close(ingest);
}

static void an_archive_opens_or_says_why_not(void **state)
{
	const struct fail_scene scene = { .name = "opening",
		.before = lay_model,
		.work = open_and_close,
		.after = nothing_has_changed,
		.every = 2 };
	assert_in_range(fail_each(&scene, top), 60, 1000);
}

/* ---- in a thread ---- */

static int seal_beside(void)
{
	struct ingest_options how = options();
	struct ingest *ingest;
	struct sealing sealing;
	struct problem why = { .text = "" };
	int status = ingest_open(&ingest, &how, &why);
	if (status != OK)
		return status;
	status = sealing_open(&sealing, ingest);
	if (status == OK) {
		sealing_scrub(&sealing, &(struct scrub_options){ .every_s = 0 });
		status = sealing_begin(&sealing, D(9));
		if (status == OK)
			status = sealing_begin(&sealing, D(9)); /* it is under way */
		sealing_end(&sealing);
		sealing_end(&sealing); /* nothing is */
		if (status == OK && sealing.result <= 0)
			status = FAILED;
		sealing_close(&sealing);
	}
	ingest_close(ingest);
	return status;
}

static void a_thread_that_does_not_begin_is_tried_again(void **state)
{
	const struct fail_scene scene = { .name = "thread",
		.before = lay_model,
		.work = seal_beside,
		.after = all_is_sealed_once,
		.every = 31 };
	assert_in_range(fail_each(&scene, top), 100, 3000);
}

#define with_archive(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest fail_seal[] = {
		with_archive(a_seal_is_listed_or_it_is_not),
		with_archive(notes_are_made_again_from_the_files),
		with_archive(a_description_is_found_in_a_sealed_file),
		with_archive(a_day_is_sealed_whatever_call_failed),
		with_archive(what_comes_again_is_compared),
		with_archive(an_archive_opens_or_says_why_not),
		with_archive(a_thread_that_does_not_begin_is_tried_again),
	};
	return cmocka_run_group_tests_name("fail_seal", fail_seal, NULL, NULL);
}
