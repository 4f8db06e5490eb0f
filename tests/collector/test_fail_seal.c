/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking in and sealing, each call of each piece of work failing once. */
#include "tests/kits/check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "collector/sealing.h"
#include "tests/kits/journal_kit.h"
#include "tests/prove/fail_model.h"

#define DAY2 "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-16.h5"

/* ---- sealing upon all that may lie about ---- */

static void lay_about(void)
{
	fail_model_lay();
	unlink(in_folder(m.dir, "sealed/bt-outlet"));
	assert_int_equal(
	        file_replace(in_folder(m.dir, DAY2), "a stranger", 10, 0640), OK);
	if (mkdir(in_folder(m.dir, ".tmp"), 0750) != 0)
		assert_int_equal(access(in_folder(m.dir, ".tmp"), F_OK), 0);
	assert_int_equal(
	        file_replace(in_folder(m.dir, ".tmp/left%over.h5"), "x", 1, 0640), OK);
}

static int seal_all(void)
{
	struct ingest_options how = fail_model_options();
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
	struct ingest *ingest = fail_model_open();
	if (ingest_seal(ingest, D(9), true, &why) < 0)
		fail_msg("%s", why.text);
	ingest_close(ingest);
	assert_int_equal(sealed_records(m.dir, &m.book), m.book.n);
}

/* Every thirty-seventh: each is a start, a child or two, and a look into every file. */
static void a_day_is_sealed_whatever_call_failed(void **state)
{
	const struct fail_scene scene = { .name = "sealing",
		.before = lay_about,
		.work = seal_all,
		.after = all_is_sealed_once,
		.every = 37,
		.calls = { 200, 3000 } };
	fail_each(&scene);
}

/* ---- what comes again ---- */

static int again_status, other_status, skip_status;

static int come_again(void)
{
	struct ingest_options how = fail_model_options();
	struct ingest *ingest;
	struct problem why = { .text = "" };
	int status = ingest_open(&ingest, &how, &why);
	again_status = other_status = skip_status = FAILED;
	if (status != OK)
		return status;
	struct wire wire = agent_again(&m.cabinet, 5, 7);
	again_status = ingest_data(ingest, "bt-outlet", &wire, D(2), NULL, &why);
	m.cabinet.message[WIRE_HEADER + wire.payload_size - 1] ^= 1;
	other_status = ingest_data(ingest, "bt-outlet", &wire, D(2), NULL, &why);
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
	assert_int_equal(journal_records_and_holes(m.dir, &m.book, &holes), m.book.n);
	assert_true(holes <= 1);
	struct ingest *ingest = fail_model_open();
	uint64_t next = ingest_next(ingest, "bt-outlet", EPOCH);
	assert_true(next == 8 || next == 20);
	assert_true(skip_status != OK || next == 20);
	ingest_close(ingest);
}

static void what_comes_again_is_compared(void **state)
{
	const struct fail_scene scene = { .name = "again",
		.before = fail_model_lay,
		.work = come_again,
		.after = nothing_came_in_twice,
		.every = 7,
		.calls = { 60, 2000 } };
	fail_each(&scene);
}

/* ---- opening ---- */

static int open_and_close(void)
{
	struct ingest_options how = fail_model_options();
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
	assert_int_equal(journal_records(m.dir, &m.book), m.book.n);
	struct ingest *ingest = fail_model_open();
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 8);
	ingest_close(ingest);
}

static void an_archive_opens_or_says_why_not(void **state)
{
	const struct fail_scene scene = { .name = "opening",
		.before = fail_model_lay,
		.work = open_and_close,
		.after = nothing_has_changed,
		.every = 2,
		.calls = { 60, 1000 } };
	fail_each(&scene);
}

/* ---- in a thread ---- */

static int seal_beside(void)
{
	struct ingest_options how = fail_model_options();
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
		.before = fail_model_lay,
		.work = seal_beside,
		.after = all_is_sealed_once,
		.every = 31,
		.calls = { 100, 3000 } };
	fail_each(&scene);
}

#define with_archive(test)                                                             \
	cmocka_unit_test_setup_teardown(test, fail_model_setup, fail_model_teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest fail_seal[] = {
		with_archive(a_day_is_sealed_whatever_call_failed),
		with_archive(what_comes_again_is_compared),
		with_archive(an_archive_opens_or_says_why_not),
		with_archive(a_thread_that_does_not_begin_is_tried_again),
	};
	return cmocka_run_group_tests_name("fail_seal", fail_seal, NULL, NULL);
}
