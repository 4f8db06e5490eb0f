/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/guard_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/sign.h"
#include "collector/scrub.h"

char guard_key_path[600], *guard_good;
size_t guard_good_size;

struct ingest *guard_open(const char *dir)
{
	struct ingest_options options = { .dir = dir, .sign_key = guard_key_path };
	struct ingest *ingest;
	struct problem why = { .text = "" };
	if (ingest_open(&ingest, &options, &why) != OK)
		fail_msg("%s", why.text);
	return ingest;
}

void guard_readings(struct ingest *ingest, int64_t from_us, int64_t to_us)
{
	for (int64_t t = from_us; t < to_us; t += AGENT_HOUR) {
		agent_reading(&cabinet, t, (double)(t % 997));
		agent_give(&cabinet, ingest, t + 1000000);
	}
}

/* Five days sealed and signed; `all`: and two hours of the sixth. */
void guard_seal_days(const char *dir, bool all)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = guard_open(dir);
	agent_describe(&cabinet, D(0));
	agent_give(&cabinet, ingest, D(0));
	guard_readings(ingest, D(0), D(GUARD_DAYS) + 2 * AGENT_HOUR);
	if (ingest_seal(ingest, D(GUARD_DAYS) + 2 * AGENT_HOUR, all, &why) < GUARD_DAYS)
		fail_msg("%s", why.text);
	ingest_close(ingest);
	assert_int_equal(file_read(in_folder(dir, "seals"), 1u << 20, &guard_good,
	                         &guard_good_size),
	        OK);
}

int guard_setup(void **state)
{
	char public_path[600];
	if (collector_setup(state) != 0)
		return -1;
	folder_make(in_folder(*state, "keys"));
	snprintf(guard_key_path, sizeof guard_key_path, "%s",
	        in_folder(*state, "keys/archive.sign.secret"));
	snprintf(public_path, sizeof public_path, "%s",
	        in_folder(*state, "keys/archive.sign.pub"));
	return sign_key_new(guard_key_path, public_path, NULL) == OK ? 0 : -1;
}

int guard_teardown(void **state)
{
	free(guard_good);
	guard_good = NULL;
	return collector_teardown(state);
}

void guard_seals_put(const char *dir, const char *text, size_t n)
{
	assert_int_equal(file_replace(in_folder(dir, "seals"), text, n, 0640), OK);
}

/* The list without its last lines. */
void guard_seals_cut(const char *dir, int count)
{
	size_t n = guard_good_size;
	for (int i = 0; i < count; i++)
		n = (size_t)((char *)memrchr(guard_good, '\n', n - 1) + 1 - guard_good);
	guard_seals_put(dir, guard_good, n);
}

/* A start on this list: records come in and stay, nothing is sealed, moved, forgotten
 * or made again. */
void guard_is_held_for(const char *dir, const char *cure)
{
	struct problem why = { .text = "" };
	struct scrub scrub;
	const struct scrub_options quick = { .every_s = 60, .bytes_s = 1e12 };
	char *before = NULL, *after = NULL;
	size_t n = 0, m = 0, records = book.n;
	int readable = file_read(in_folder(dir, "seals"), 1u << 20, &before, &n);
	struct ingest *ingest = guard_open(dir);
	guard_readings(ingest, D(GUARD_DAYS) + 2 * AGENT_HOUR,
	        D(GUARD_DAYS + 1) + 2 * AGENT_HOUR);
	assert_int_equal(ingest_commit(ingest), OK);
	struct seal_job *job = ingest_seal_begin(ingest, D(GUARD_DAYS + 20), true);
	assert_int_equal(seal_job_run(job, &why), REFUSED);
	assert_contains(why.text, cure);
	assert_int_equal(why.exit, EXIT_DAMAGED);
	scrub_open(&scrub, &quick, dir);
	scrub_run(&scrub, job);
	scrub_all(&scrub, job);
	assert_int_equal(scrub.n_told, 0);
	scrub_close(&scrub);
	for (size_t i = 0; i < job->n; i++)
		assert_int_equal(job->limit[i].forget_seq, 0);
	ingest_seal_end(ingest, job);
	ingest_close(ingest);
	assert_true(book.n > records);
	assert_int_equal(
	        file_read(in_folder(dir, "seals"), 1u << 20, &after, &m), readable);
	assert_int_equal(m, n);
	if (readable == OK)
		assert_memory_equal(after, before, n);
	free(before);
	free(after);
	assert_int_equal(access(in_folder(dir, "quarantine"), F_OK), -1);
}

void guard_is_held(const char *dir)
{
	guard_is_held_for(dir, GUARD_CURE);
}

/* The guard_good list again: what came meanwhile is sealed upon it. */
void guard_goes_on(const char *dir)
{
	struct problem why = { .text = "" };
	guard_seals_put(dir, guard_good, guard_good_size);
	struct ingest *ingest = guard_open(dir);
	if (ingest_seal(ingest, D(GUARD_DAYS + 20), true, &why) < 0)
		fail_msg("not sealed: %s", why.text);
	ingest_close(ingest);
	assert_int_equal(sealed_records(dir, &book), book.n);
	assert_int_equal(access(in_folder(dir, "quarantine"), F_OK), -1);
}
