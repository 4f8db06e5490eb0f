/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that seals, signs and scrubs beside a collector that goes on taking in. */
#include "tests/kits/collector_fixture.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "archive/proof.h"
#include "base/folder.h"
#include "base/sign.h"
#include "collector/sealing.h"

#define PATIENCE  60000 /* ms; the job takes well under one second */
#define FILE_PATH "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15.h5"

static struct ingest *ingest;
static struct sealing sealing;

static void give_hours(int64_t from_us, int hours)
{
	for (int64_t t = from_us; t < from_us + hours * AGENT_HOUR; t += 10 * AGENT_MIN)
		agent_reading(&cabinet, t, 7);
	agent_give(&cabinet, ingest, from_us + hours * AGENT_HOUR);
	assert_int_equal(ingest_commit(ingest), OK);
}

/* One day that is due, a bit of the next, and a key to sign with. */
static int setup(void **state)
{
	static char secret[600]; /* an ingest looks there whenever it signs */
	char public_path[600];
	struct problem why = { .text = "" };
	if (collector_setup(state) != 0)
		return -1;
	folder_make(in_folder(*state, "keys"));
	snprintf(secret, sizeof secret, "%s/keys/a.secret", (const char *)*state);
	snprintf(
	        public_path, sizeof public_path, "%s/keys/a.pub", (const char *)*state);
	assert_int_equal(sign_key_new(secret, public_path, &why), OK);
	struct ingest_options options = { .dir = *state, .sign_key = secret };
	if (ingest_open(&ingest, &options, &why) != OK)
		fail_msg("%s", why.text);
	agent_describe(&cabinet, D(0));
	give_hours(D(0), 24);
	give_hours(D(1), 2);
	assert_int_equal(sealing_open(&sealing, ingest), OK);
	sealing_scrub(&sealing,
	        &(struct scrub_options){ .every_s = 7 * 86400, .bytes_s = 1e12 });
	return 0;
}

static int teardown(void **state)
{
	sealing_close(&sealing);
	ingest_close(ingest);
	return collector_teardown(state);
}

static bool ended(void)
{
	struct pollfd ready = { .fd = sealing.descriptor, .events = POLLIN };
	return poll(&ready, 1, PATIENCE) == 1;
}

static void job_at(int64_t now_us)
{
	assert_int_equal(sealing_begin(&sealing, now_us), OK);
	assert_true(ended());
	sealing_end(&sealing);
}

static void a_due_day_is_sealed_signed_and_scrubbed_while_records_come(void **state)
{
	struct problem why = { .text = "" };
	int64_t now_us = D(1) + 2 * AGENT_HOUR;
	uint64_t next = ingest_next(ingest, "bt-outlet", EPOCH);
	assert_int_equal(sealing_begin(&sealing, now_us), OK);
	struct seal_job *job = sealing.job;
	/* one at a time: a second call changes nothing */
	assert_int_equal(sealing_begin(&sealing, now_us + 1), OK);
	assert_ptr_equal(sealing.job, job);
	give_hours(D(1) + 2 * AGENT_HOUR, 1);
	assert_int_equal(ingest_durable(ingest, "bt-outlet", EPOCH), next + 6);
	assert_true(ended());
	sealing_end(&sealing);
	assert_null(sealing.job);
	assert_int_equal(sealing.result, 1);
	assert_int_equal(sealing.files, 1);
	assert_int_equal(access(in_folder(*state, FILE_PATH), F_OK), 0);
	job_at(now_us + AGENT_MIN);
	assert_true(sealing.seen.last.ended_us > 0);
	assert_int_equal(sealing.seen.last.damaged, 0);
	FILE *out = tmpfile();
	assert_int_equal(verify_path(*state, out, 0, &why), 0);
	char text[4096] = "";
	rewind(out);
	assert_true(fread(text, 1, sizeof text - 1, out) > 0);
	fclose(out);
	assert_contains(text, "1 sealed files: 1 OK");
	assert_contains(text, "checkpoints/000000000001: OK, 1 seals");
}

static void a_seal_that_cannot_be_written_is_told_once_and_goes_on_later(void **state)
{
	char folder[4096];
	snprintf(folder, sizeof folder, "%s", in_folder(*state, "kcn-mau"));
	/* a file where the zone's folder should be */
	assert_int_equal(file_replace(folder, "x", 1, 0644), OK);
	int64_t now_us = D(1) + 2 * AGENT_HOUR;
	job_at(now_us);
	assert_true(sealing.result < 0);
	assert_contains(lines, "sealing: ");
	assert_int_equal(sealing.files, 0);
	lines[0] = '\0';
	/* while it rests, and when it was tried again */
	const int64_t after_us[] = { AGENT_MIN, 9 * AGENT_MIN, AGENT_HOUR };
	for (size_t i = 0; i < 3; i++) {
		job_at(now_us + after_us[i]);
		assert_true(sealing.result < 0);
		assert_contains(sealing.left.text, "kcn-mau");
		assert_null(strstr(lines, "sealing: "));
	}
	assert_int_equal(unlink(folder), 0);
	job_at(now_us + 2 * AGENT_HOUR);
	assert_int_equal(sealing.files, 1);
	assert_contains(lines, "sealing: goes on again");
}

int main(void)
{
	const struct CMUnitTest sealing_tests[] = {
		cmocka_unit_test_setup_teardown(
		        a_due_day_is_sealed_signed_and_scrubbed_while_records_come,
		        setup, teardown),
		cmocka_unit_test_setup_teardown(
		        a_seal_that_cannot_be_written_is_told_once_and_goes_on_later,
		        setup, teardown),
	};
	return cmocka_run_group_tests_name("sealing", sealing_tests, NULL, NULL);
}
