/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scrub on real archives, its clock moved by hand. */
#include "tests/kits/collector_fixture.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/proof.h"
#include "collector/scrub.h"

#define DAYS 5

static struct scrub scrub;
static const struct scrub_options quick = { .every_s = 7 * 86400, .bytes_s = 1e12 };

/* Five sealed days and a bit of the sixth, the journals still there. */
static int setup(void **state)
{
	struct problem why = { .text = "" };
	if (collector_setup(state) != 0)
		return -1;
	struct ingest *ingest = archive_ingest(*state);
	agent_describe(&cabinet, D(0));
	agent_give(&cabinet, ingest, D(0));
	for (int64_t t = D(0); t < D(DAYS) + AGENT_HOUR; t += AGENT_MIN) {
		agent_reading(&cabinet, t, (double)(t % 997));
		agent_give(&cabinet, ingest, t + 1000000);
	}
	assert_int_equal(ingest_seal(ingest, D(DAYS) + AGENT_HOUR, false, &why), DAYS);
	ingest_close(ingest);
	scrub_open(&scrub, &quick, *state);
	return 0;
}

static int teardown(void **state)
{
	scrub_close(&scrub);
	return collector_teardown(state);
}

/* One job of the sealing thread at a time of the clock; a restart each. */
static void job_at(const char *dir, int64_t now_us)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = archive_ingest(dir);
	struct seal_job *job = ingest_seal_begin(ingest, now_us, false);
	assert_non_null(job);
	if (seal_job_run(job, &why) < 0)
		fail_msg("%s", why.text);
	scrub_run(&scrub, job);
	ingest_seal_end(ingest, job);
	ingest_close(ingest);
}

static const char *day_path(const char *dir, int day)
{
	char path[256];
	snprintf(path, sizeof path, "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-%d.h5",
	        15 + day);
	return in_folder(dir, path);
}

static void flip(const char *path, off_t at)
{
	uint8_t byte;
	assert_int_equal(chmod(path, 0640), 0);
	int fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 0x10;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static void same_as_sealed(const char *dir, int day)
{
	struct seal_list list = { 0 };
	struct problem why;
	uint8_t hash[DIGEST_SIZE];
	assert_int_equal(seal_list_read(&list, dir, &why), OK);
	assert_int_equal(digest_of_file(day_path(dir, day), hash), OK);
	assert_memory_equal(hash, list.seal[day].file, DIGEST_SIZE);
	seal_list_free(&list);
}

static size_t quarantined(const char *dir)
{
	glob_t found;
	char pattern[4200];
	snprintf(pattern, sizeof pattern, "%s/quarantine/*.h5.*", dir);
	size_t n = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
	globfree(&found);
	return n;
}

static void journals_remove(const char *dir)
{
	int code;
	free(run_command(&code, "rm -r %s/journal/bt-outlet", dir));
	assert_int_equal(code, 0);
}

static size_t times_told(const char *part)
{
	size_t n = 0;
	for (const char *at = strstr(lines, part); at != NULL;
	        at = strstr(at + 1, part))
		n++;
	return n;
}

/* ---- rounds ---- */

static void a_sound_archive_is_gone_over_once_a_week(void **state)
{
	int64_t start = D(DAYS) + AGENT_HOUR;
	job_at(*state, start);
	job_at(*state, start + AGENT_MIN);
	assert_int_equal(scrub.last.files, DAYS);
	assert_int_equal(scrub.last.damaged, 0);
	assert_int_equal(scrub.last.journals_damaged, 0);
	assert_true(scrub.last.bytes > 0);
	int64_t ended = scrub.last.ended_us;
	job_at(*state, start + AGENT_1DAY);
	assert_int_equal(scrub.last.ended_us, ended);
	job_at(*state, start + 7 * AGENT_1DAY - AGENT_MIN);
	assert_int_equal(scrub.last.ended_us, ended);
	job_at(*state, start + 7 * AGENT_1DAY + AGENT_MIN);
	assert_true(scrub.last.ended_us > ended);
}

static void it_reads_no_faster_than_it_may(void **state)
{
	struct stat st;
	assert_int_equal(stat(day_path(*state, 0), &st), 0);
	/* a file every ten minutes */
	scrub.options.bytes_s = (double)st.st_size / 600;
	int64_t now = D(DAYS) + AGENT_HOUR;
	job_at(*state, now); /* the newest, verified whole, are a debt */
	uint64_t before = scrub.round.files;
	for (int i = 1; i <= 40; i++)
		job_at(*state, now + i * AGENT_MIN);
	/* forty minutes are four files, of which three were the debt */
	assert_in_range(scrub.round.files - before, 1, 2);
	for (int i = 41; i <= 120; i++)
		job_at(*state, now + i * AGENT_MIN);
	assert_int_equal(scrub.round.files, DAYS);
}

static void a_restart_goes_on_where_the_round_stood(void **state)
{
	struct stat st;
	assert_int_equal(stat(day_path(*state, 0), &st), 0);
	struct scrub_options slow = { .every_s = 7 * 86400,
		.bytes_s = (double)st.st_size / 600 };
	int64_t now = D(DAYS) + AGENT_HOUR;
	scrub.options = slow;
	for (int i = 0; i <= 60; i++)
		job_at(*state, now + i * AGENT_MIN);
	uint64_t stood = scrub.next_file;
	assert_in_range(stood, 1, DAYS - 1);
	scrub_close(&scrub);
	scrub_open(&scrub, &slow, *state);
	assert_int_equal(scrub.next_file, stood);
	assert_int_equal(scrub.round.began_us, now);
	for (int i = 61; i <= 130; i++)
		job_at(*state, now + i * AGENT_MIN);
	assert_int_equal(scrub.round.files, DAYS);
}

static void a_scrub_that_is_switched_off_reads_nothing(void **state)
{
	scrub.options.every_s = 0;
	job_at(*state, D(DAYS) + AGENT_HOUR);
	job_at(*state, D(DAYS) + 2 * AGENT_HOUR);
	assert_int_equal(scrub.round.files, 0);
	assert_int_not_equal(access(in_folder(*state, "scrub"), F_OK), 0);
}

/* ---- damage ---- */

static void a_flipped_bit_is_found_and_healed_from_the_journal(void **state)
{
	flip(day_path(*state, 1), 5000);
	job_at(*state, D(DAYS) + AGENT_HOUR);
	job_at(*state, D(DAYS) + AGENT_HOUR + AGENT_MIN);
	same_as_sealed(*state, 1);
	struct stat st;
	assert_int_equal(stat(day_path(*state, 1), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0440);
	assert_int_equal(quarantined(*state), 1);
	assert_int_equal(scrub.last.damaged, 1);
	assert_int_equal(scrub.last.restored, 1);
	assert_contains(lines, "bt-outlet_2026-11-16.h5: is not the file that was "
	                       "sealed; it was made again");
	assert_int_equal(sealed_records(*state, &book), DAYS * 1440 + 1);
}

static void a_file_that_was_deleted_is_made_again(void **state)
{
	assert_int_equal(unlink(day_path(*state, 4)), 0); /* among the newest */
	job_at(*state, D(DAYS) + AGENT_HOUR);
	same_as_sealed(*state, 4);
	assert_contains(lines, "2026-11-19.h5: is missing; it was made again");
	assert_int_equal(quarantined(*state), 0);
}

static void without_the_journal_nothing_is_touched_and_it_is_told_once(void **state)
{
	uint8_t before[DIGEST_SIZE], after[DIGEST_SIZE];
	flip(day_path(*state, 1), 5000);
	assert_int_equal(digest_of_file(day_path(*state, 1), before), OK);
	journals_remove(*state);
	for (int i = 0; i < 4; i++)
		job_at(*state, D(DAYS) + AGENT_HOUR + i * 8 * AGENT_1DAY);
	job_at(*state, D(DAYS) + 26 * AGENT_1DAY);
	assert_int_equal(digest_of_file(day_path(*state, 1), after), OK);
	assert_memory_equal(before, after, DIGEST_SIZE);
	assert_int_equal(times_told("2026-11-16.h5: is not the file"), 1);
	assert_contains(lines, "does not hold its records any more");
	assert_int_equal(scrub.last.damaged, 1);
	assert_int_equal(scrub.last.restored, 0);
	assert_contains(scrub.worst, "2026-11-16.h5");
	assert_int_equal(quarantined(*state), 0);
}

static void what_a_tool_rewrote_is_made_again_from_what_it_says(void **state)
{
	int code;
	const char *path = day_path(*state, 1);
	free(run_command(&code, "h5repack -f GZIP=9 %s %s.new && mv -f %s.new %s", path,
	        path, path, path));
	assert_int_equal(code, 0);
	journals_remove(*state);
	job_at(*state, D(DAYS) + AGENT_HOUR);
	job_at(*state, D(DAYS) + AGENT_HOUR + AGENT_MIN);
	same_as_sealed(*state, 1);
	assert_int_equal(scrub.last.damaged, 1);
	assert_int_equal(scrub.last.restored, 1);
	assert_int_equal(quarantined(*state), 1);
	assert_contains(lines, "2026-11-16.h5: is not the file that was sealed; it was "
	                       "made again from its records");
}

static void a_journal_that_would_make_another_file_is_not_believed(void **state)
{
	char segment[600];
	glob_t found;
	snprintf(segment, sizeof segment, "%s/seals", (char *)*state);
	flip(day_path(*state, 0), 5000);
	/* the notes say fewer records than the seal: no file is made */
	snprintf(segment, sizeof segment, "%s/sealed/bt-outlet", (char *)*state);
	assert_int_equal(glob(segment, 0, NULL, &found), 0);
	globfree(&found);
	assert_int_equal(unlink(segment), 0);
	job_at(*state, D(DAYS) + AGENT_HOUR);
	job_at(*state, D(DAYS) + AGENT_HOUR + AGENT_MIN);
	assert_contains(lines, "which records it held is not known");
	assert_int_equal(scrub.last.restored, 0);
}

static void damage_in_a_journal_is_found(void **state)
{
	glob_t found;
	char pattern[600];
	snprintf(pattern, sizeof pattern, "%s/journal/bt-outlet/*/*.log",
	        (char *)*state);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	struct ingest *ingest = archive_ingest(*state);
	struct seal_job *job = ingest_seal_begin(ingest, D(DAYS) + AGENT_HOUR, false);
	struct problem why = { .text = "" };
	assert_int_equal(seal_job_run(job, &why), 0);
	/* under the eyes of the writer, as a disk would */
	flip(found.gl_pathv[0], 40000);
	scrub_run(&scrub, job);
	job->now_us += AGENT_MIN;
	scrub_run(&scrub, job);
	ingest_seal_end(ingest, job);
	ingest_close(ingest);
	globfree(&found);
	assert_int_equal(scrub.last.journals_damaged, 1);
	assert_contains(lines, "scrub: bt-outlet: journal 5000000000000001");
}

/* The cabinet kept them no more when it was heard again: nobody's disk is ill. */
static void records_that_never_came_are_no_damage(void **state)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = archive_ingest(*state);
	uint64_t next = ingest_next(ingest, "bt-outlet", EPOCH);
	assert_int_equal(ingest_skip(ingest, "bt-outlet", EPOCH, next + 7,
	                         D(DAYS) + AGENT_HOUR, &why),
	        OK);
	ingest_close(ingest);
	job_at(*state, D(DAYS) + AGENT_HOUR);
	job_at(*state, D(DAYS) + AGENT_HOUR + AGENT_MIN);
	assert_true(scrub.last.ended_us > 0);
	assert_int_equal(scrub.last.journals_damaged, 0);
	assert_null(strstr(lines, "scrub: bt-outlet: journal"));
}

static void a_hurried_job_stops_between_two_files(void **state)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = archive_ingest(*state);
	struct seal_job *job = ingest_seal_begin(ingest, D(DAYS) + AGENT_HOUR, false);
	assert_int_equal(seal_job_run(job, &why), 0);
	seal_job_hurry(job);
	scrub_run(&scrub, job);
	assert_int_equal(scrub.round.files, 0);
	ingest_seal_end(ingest, job);
	ingest_close(ingest);
}

static void one_whole_round_at_once(void **state)
{
	struct problem why = { .text = "" };
	flip(day_path(*state, 2), 6000);
	struct ingest *ingest = archive_ingest(*state);
	struct seal_job *job = ingest_seal_begin(ingest, D(DAYS) + AGENT_HOUR, false);
	assert_int_equal(seal_job_run(job, &why), 0);
	scrub_all(&scrub, job);
	ingest_seal_end(ingest, job);
	ingest_close(ingest);
	assert_int_equal(scrub.last.files, DAYS);
	assert_int_equal(scrub.last.restored, 1);
	same_as_sealed(*state, 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_sound_archive_is_gone_over_once_a_week),
		TEST(it_reads_no_faster_than_it_may),
		TEST(a_restart_goes_on_where_the_round_stood),
		TEST(a_scrub_that_is_switched_off_reads_nothing),
		TEST(a_flipped_bit_is_found_and_healed_from_the_journal),
		TEST(a_file_that_was_deleted_is_made_again),
		TEST(without_the_journal_nothing_is_touched_and_it_is_told_once),
		TEST(what_a_tool_rewrote_is_made_again_from_what_it_says),
		TEST(a_journal_that_would_make_another_file_is_not_believed),
		TEST(damage_in_a_journal_is_found),
		TEST(records_that_never_came_are_no_damage),
		TEST(a_hurried_job_stops_between_two_files),
		TEST(one_whole_round_at_once),
	};
	return cmocka_run_group_tests_name("scrub", tests, NULL, NULL);
}
