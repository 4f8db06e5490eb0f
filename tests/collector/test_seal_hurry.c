/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A seal that is told to hurry ends soon, wherever it is: what has no name yet is given up,
 * nothing is sealed in part, and the next job seals all of it. */
#include "tests/kits/collector_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/journal_file.h"
#include "base/log.h"
#include "collector/ingest_parts.h"
#include "collector/seal_parts.h"
#include "tests/kits/journal_kit.h"

static struct {
	struct seal_job *job;
	const char *step; /* at which it is told; NULL: not by a step */
	int holes;        /* or when the hole was met so often; 0: never */
	int met;
	char order[200];
} hurry;

static void on_step(const char *step)
{
	strncat(hurry.order, step, sizeof hurry.order - strlen(hurry.order) - 2);
	strcat(hurry.order, " ");
	if (hurry.step != NULL && strcmp(step, hurry.step) == 0)
		seal_job_hurry(hurry.job);
}

static void on_line(enum log_level level, const char *text)
{
	if (strstr(text, "missing or damaged; reading goes on") != NULL &&
	        ++hurry.met == hurry.holes)
		seal_job_hurry(hurry.job);
}

/* Every line is written: to log_seldom an hour passes from one to the next. */
static int64_t hours(void)
{
	static int64_t now_s;
	return now_s += 3600;
}

static struct ingest *open_small(const char *dir)
{
	struct ingest_options options = {
		.dir = dir, .segment_size = JOURNAL_SEGMENT_LEAST, .seal_step = on_step
	};
	struct ingest *ingest;
	struct problem why = { .text = "" };
	if (ingest_open(&ingest, &options, &why) != OK)
		fail_msg("%s", why.text);
	return ingest;
}

/* One day that is due, and a bit of the next. */
static void one_day(const char *dir)
{
	struct ingest *ingest = open_small(dir);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(1), AGENT_MIN);
	run_day(&cabinet, ingest, D(1), D(1) + AGENT_HOUR, AGENT_MIN);
	assert_int_equal(ingest_commit(ingest), OK);
	ingest_close(ingest);
}

static size_t in_tmp(const char *dir)
{
	size_t n = 0;
	DIR *list = opendir(in_folder(dir, ".tmp"));
	for (struct dirent *d = list != NULL ? readdir(list) : NULL; d != NULL;
	        d = readdir(list))
		n += d->d_name[0] != '.';
	if (list != NULL)
		closedir(list);
	return n;
}

/* Run a job that is told to hurry; files, and no problem. */
static int run(struct ingest *ingest, const char *step, int holes)
{
	struct problem why = { .text = "" };
	hurry.order[0] = '\0';
	hurry.step = step;
	hurry.holes = holes;
	hurry.met = 0;
	hurry.job = ingest_seal_begin(ingest, D(1) + AGENT_HOUR, false);
	int files = seal_job_run(hurry.job, &why);
	assert_string_equal(why.text, "");
	ingest_seal_end(ingest, hurry.job);
	hurry.job = NULL;
	return files;
}

static void is_sealed_whole(const char *dir, struct ingest *ingest, size_t records)
{
	assert_int_equal(run(ingest, NULL, 0), 1);
	ingest_close(ingest);
	assert_int_equal(in_tmp(dir), 0);
	assert_string_equal(sealed_names(dir, "bt-outlet"), DAY1);
	assert_int_equal(sealed_records(dir, &book), records);
}

/* 1,440 readings of the day, and their DESCRIBE. */
#define DAYS_RECORDS 1441

static void before_it_has_its_name_a_file_is_given_up(void **state)
{
	static const struct {
		const char *step, *order;
	} at[] = { { "gathered", "gathered " }, { "written", "gathered written " } };
	one_day(*state);
	for (size_t i = 0; i < 2; i++) {
		struct ingest *ingest = open_small(*state);
		assert_int_equal(run(ingest, at[i].step, 0), 0);
		assert_string_equal(hurry.order, at[i].order);
		assert_int_equal(in_tmp(*state), 0);
		assert_string_equal(sealed_names(*state, "bt-outlet"), "");
		ingest_close(ingest);
	}
	is_sealed_whole(*state, open_small(*state), DAYS_RECORDS);
}

static void with_its_proof_a_file_is_sealed_to_the_end(void **state)
{
	one_day(*state);
	struct ingest *ingest = open_small(*state);
	assert_int_equal(run(ingest, "proved", 0), 1);
	assert_contains(hurry.order, "proved linked listed unlinked noted");
	ingest_close(ingest);
	assert_int_equal(sealed_records(*state, &book), DAYS_RECORDS);
}

/* ---- a hole before a long backlog ---- */

/* The first record of the second segment is not as written. */
static void a_hole(const char *dir)
{
	char name[64], path[600];
	uint64_t second =
	        journal_segment_end(in_folder(dir, "journal"), "bt-outlet", EPOCH, 1);
	segment_name(second, name);
	snprintf(path, sizeof path, "%s/journal/bt-outlet/5000000000000001/%s", dir,
	        name);
	kit_flip(path, 8 * (JOURNAL_HEADER + 100));
}

static uint64_t noted(const struct ingest *ingest)
{
	struct seal_station *station;
	assert_int_equal(seal_station_of(ingest->sealer, "bt-outlet", &station), OK);
	return waiting_epoch(&station->waiting, EPOCH)->noted;
}

static void a_scan_ends_where_it_is(void **state)
{
	one_day(*state);
	a_hole(*state);
	struct ingest *ingest = open_small(*state);
	log_catch(on_line);
	assert_int_equal(run(ingest, NULL, 1), 0);
	assert_int_equal(hurry.met, 1);
	assert_in_range(noted(ingest), 2, 900); /* of 1,500 */
	assert_string_equal(hurry.order, "");
	is_sealed_whole(*state, ingest, DAYS_RECORDS - 1);
}

/* Half of a day must not be taken for all of it, as what is left by damage is: the
 * disk fails between the scan and the seal. */
static void what_is_gathered_in_part_is_not_sealed(void **state)
{
	one_day(*state);
	struct ingest *ingest = open_small(*state);
	assert_int_equal(run(ingest, "gathered", 0), 0);
	assert_true(noted(ingest) > 1450);
	a_hole(*state);
	log_catch(on_line);
	assert_int_equal(run(ingest, NULL, 1), 0);
	assert_int_equal(hurry.met, 1);
	assert_string_equal(hurry.order, "");
	assert_string_equal(sealed_names(*state, "bt-outlet"), "");
	is_sealed_whole(*state, ingest, DAYS_RECORDS - 1);
}

static int setup(void **state)
{
	memset(&hurry, 0, sizeof hurry);
	log_clock(hours);
	return collector_setup(state);
}

static int teardown(void **state)
{
	log_clock(NULL);
	return collector_teardown(state);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest tests[] = {
		WITH(before_it_has_its_name_a_file_is_given_up),
		WITH(with_its_proof_a_file_is_sealed_to_the_end),
		WITH(a_scan_ends_where_it_is),
		WITH(what_is_gathered_in_part_is_not_sealed),
	};
	return cmocka_run_group_tests_name("seal hurry", tests, NULL, NULL);
}
