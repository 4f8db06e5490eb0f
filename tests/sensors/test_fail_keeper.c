/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper in its rarer hours, each call of them failing once: an older copy of its
 * journal put back, a room that is used up, a disk that comes back. */
#include "tests/kits/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/kits/journal_kit.h"
#include "tests/kits/keeper_run.h"
#include "tests/prove/fail_each.h"

#define DAY INT64_C(86400000000)

static void *state_now;

/* ---- the collector is no part of the cabinet: nothing of its fails ---- */

static int descriptor_apart(void *with)
{
	return -1;
}

static int send_apart(void *with, const void *in, size_t n)
{
	bool was = fail_plan_used->on;
	fail_on(false);
	int status = r.collector.link.send(r.collector.link.with, in, n);
	fail_on(was);
	return status;
}

static int receive_apart(void *with, void *out, size_t room)
{
	bool was = fail_plan_used->on;
	fail_on(false);
	int n = r.collector.link.receive(r.collector.link.with, out, room);
	fail_on(was);
	return n;
}

static int renew_apart(void *with)
{
	bool was = fail_plan_used->on;
	fail_on(false);
	int status = r.collector.link.renew(r.collector.link.with);
	fail_on(was);
	return status;
}

static const struct keeper_link apart = { .name = "tcp://192.0.2.7:5710",
	.descriptor = descriptor_apart,
	.send = send_apart,
	.receive = receive_apart,
	.renew = renew_apart };

/* Each try begins in a folder of its own. */
static void start_fresh(void)
{
	assert_int_equal(ill_setup(&state_now), 0);
	c.link = &apart;
	snprintf(fail_top, sizeof fail_top, "%s", (const char *)state_now);
}

static int no_state(void **state)
{
	state_now = NULL;
	return 0;
}

static int teardown(void **state)
{
	fail_each_tell();
	if (state_now != NULL && c.keeper != NULL)
		keeper_run_teardown(&state_now);
	return 0;
}

/* What fails for once is over a minute later: it runs, what waits goes out, and none
 * comes twice (the collector asserts that). */
static void it_runs_again(int status, bool failed)
{
	assert_true(failed || status == OK);
	if (c.keeper == NULL) {
		r.collector.given = r.collector.n_answers = 0;
		keeper_run_begin();
	}
	keeper_run_drain(130);
	keeper_run_for(2);
	keeper_run_drain(30);
	struct keeper_counts counts = keeper_counts(c.keeper);
	assert_string_equal(counts.journal, "disk");
	assert_int_equal(counts.waiting, 0);
	book_readings(&r.collector, r.n_put);
	keeper_run_teardown(&state_now);
	state_now = NULL;
}

static int start(void)
{
	struct problem why = { .text = "" };
	struct keeper_options options = { .source = "nt-01",
		.folder = c.folder,
		.state_path = c.state_path,
		.keep_s = c.keep_s > 0 ? c.keep_s : 90 * 86400.0,
		.room = c.room,
		.system = c.system,
		.segment_size = JOURNAL_SEGMENT_LEAST,
		.ring = c.ring,
		.station = c.describes.station,
		.instrument = c.describes.instrument,
		.n_instruments = c.describes.n,
		.link = &apart,
		.seed = 5 };
	r.collector.given = r.collector.n_answers = 0;
	return keeper_new(&c.keeper, &options, &c.now, &why);
}

static void work_for(int steps)
{
	for (int i = 0; i < steps; i++) {
		keeper_step(c.keeper, &c.now);
		move_clock(S / 2);
	}
}

/* ---- an older copy put back ---- */

static void lay_older_copy(void)
{
	start_fresh();
	c.room = 0;
	char *left = strdup(in_folder(fail_top, "older"));
	keeper_run_begin();
	keeper_run_for(3);
	keeper_run_drain(3);
	keeper_run_end();
	kit_copy(c.folder, left);
	r.collector.given = r.collector.n_answers = 0;
	keeper_run_begin();
	keeper_run_for(3);
	keeper_run_drain(3);
	keeper_run_end();
	kit_remove(c.folder);
	assert_int_equal(rename(left, c.folder), 0);
	free(left);
}

static int find_it_out(void)
{
	int status = start();
	if (status == OK)
		work_for(30);
	return status;
}

static void an_older_copy_is_found_out_whatever_call_failed(void **state)
{
	const struct fail_scene scene = { .name = "older copy",
		.before = lay_older_copy,
		.work = find_it_out,
		.after = it_runs_again,
		.every = 5,
		.calls = { 80, 3000 } };
	fail_each(&scene);
}

/* ---- a room that is used up ---- */

static void lay_old_records(void)
{
	start_fresh();
	c.keep_s = 60;
	c.room = 4 * JOURNAL_SEGMENT_LEAST;
	keeper_run_begin();
	keeper_run_for(160);
	keeper_run_drain(10);
	keeper_run_end();
	c.now.time_us += DAY;
	c.now.mono_us += DAY;
}

static void a_full_room_is_made_free_whatever_call_failed(void **state)
{
	const struct fail_scene scene = { .name = "room used up",
		.before = lay_old_records,
		.work = find_it_out,
		.after = it_runs_again,
		.every = 11,
		.calls = { 80, 3000 } };
	fail_each(&scene);
}

/* ---- a disk that comes back ---- */

static void lay_ill_disk(void)
{
	start_fresh();
	keeper_run_begin();
	keeper_run_for(2);
	ill.error = EROFS;
	keeper_run_for(3);
	ill.error = 0;
	/* another folder at its place: what was open leads nowhere */
	char away[600];
	snprintf(away, sizeof away, "%s/journal-away", fail_top);
	assert_int_equal(rename(c.folder, away), 0);
	kit_copy(away, c.folder);
}

static int come_back(void)
{
	move_clock(10 * S);
	work_for(30);
	return OK;
}

static void a_disk_comes_back_whatever_call_failed(void **state)
{
	const struct fail_scene scene = { .name = "disk comes back",
		.before = lay_ill_disk,
		.work = come_back,
		.after = it_runs_again,
		.every = 7,
		.calls = { 80, 3000 } };
	fail_each(&scene);
}

#define keeper_test(test) cmocka_unit_test_setup_teardown(test, no_state, teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest fail_keeper[] = {
		keeper_test(an_older_copy_is_found_out_whatever_call_failed),
		keeper_test(a_full_room_is_made_free_whatever_call_failed),
		keeper_test(a_disk_comes_back_whatever_call_failed),
	};
	return cmocka_run_group_tests_name("fail_keeper", fail_keeper, NULL, NULL);
}
