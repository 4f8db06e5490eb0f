/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journals whose time is over, beside sealed files that are not what was sealed. */
#include "tests/kits/collector_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/journal.h"
#include "collector/scrub.h"

#define DAYS 5
#define OVER (D(DAYS) + 9 * AGENT_1DAY) /* the holding time of all of them */

/* Five sealed days in many small segments. */
static int setup(void **state)
{
	struct problem why = { .text = "" };
	if (collector_setup(state) != 0)
		return -1;
	struct ingest_options options = { .dir = *state,
		.segment_size = JOURNAL_SEGMENT_LEAST };
	struct ingest *ingest;
	assert_int_equal(ingest_open(&ingest, &options, &why), OK);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(DAYS) + AGENT_HOUR, 2 * AGENT_MIN);
	assert_int_equal(seal(ingest, D(DAYS) + AGENT_HOUR, false), DAYS);
	ingest_close(ingest);
	return 0;
}

/* One job of the sealing thread, after a restart; `silent`: with no scrub behind it. */
static void job_at(const char *dir, int64_t now_us, bool silent)
{
	struct problem why = { .text = "" };
	struct scrub scrub;
	const struct scrub_options never = { .every_s = 0 };
	struct ingest *ingest = archive_ingest(dir);
	struct seal_job *job = ingest_seal_begin(ingest, now_us, false);
	assert_non_null(job);
	if (seal_job_run(job, &why) < 0)
		fail_msg("%s", why.text);
	scrub_open(&scrub, &never, dir);
	if (!silent)
		scrub_run(&scrub, job);
	scrub_close(&scrub);
	ingest_seal_end(ingest, job);
	ingest_close(ingest);
}

static void damage(const char *path)
{
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(truncate(path, 9000), 0);
}

static void it_stays_while_a_file_is_damaged(void **state)
{
	size_t all = journal_records(*state, &book);
	char kept[4200];
	int code;
	snprintf(kept, sizeof kept, "%s/copy", (char *)*state);
	free(run_command(&code, "cp %s %s", path_of(*state, DAY2), kept));
	assert_int_equal(code, 0);
	damage(path_of(*state, DAY2));
	job_at(*state, OVER, true);
	job_at(*state, OVER + AGENT_1DAY, true);
	/* only what is of the day before may go, in whole segments */
	assert_in_range(journal_records(*state, &book), all - 721, all - 300);
	assert_contains(lines, "bt-outlet: a sealed file is not what was sealed; the "
	                       "journal that has its records is kept");
	free(run_command(&code, "mv -f %s %s", kept, path_of(*state, DAY2)));
	assert_int_equal(code, 0);
	job_at(*state, OVER + 2 * AGENT_1DAY, true);
	assert_true(journal_records(*state, &book) < 300);
}

/* Also where no rounds are made. */
static void the_file_is_made_again_before_it_goes(void **state)
{
	size_t all = journal_records(*state, &book);
	assert_int_equal(unlink(path_of(*state, DAY1)), 0);
	damage(path_of(*state, DAY2));
	job_at(*state, OVER, false);
	job_at(*state, OVER + AGENT_HOUR, false);
	assert_contains(lines, DAY1 ": is missing; it was made again");
	assert_contains(lines, DAY2 ": is not the file that was sealed; it was made "
	                            "again");
	assert_in_range(journal_records(*state, &book), all - 721, all - 300);
	job_at(*state, OVER + 2 * AGENT_HOUR, false);
	assert_true(journal_records(*state, &book) < 300);
	assert_int_equal(sealed_records(*state, &book), all);
}

/* ---- beside a list that was changed while the collector ran ---- */

static char *list_path(const char *dir)
{
	static char path[4200];
	snprintf(path, sizeof path, "%s/seals", dir);
	return path;
}

/* One byte of the third line, the last line, all of it: nothing rests on it. */
static void change_list(const char *dir, int how)
{
	char *text, *path = list_path(dir);
	size_t n;
	assert_int_equal(file_read(path, 1 << 20, &text, &n), OK);
	if (how == 0)
		text[2 * n / 5 + 60] ^= 1;
	if (how == 1)
		n = n / 5 * 4;
	if (how < 2)
		assert_int_equal(file_replace(path, text, n, 0640), OK);
	else
		assert_int_equal(unlink(path), 0);
	free(text);
}

static void nothing_rests_on_a_list_that_was_changed_meanwhile(void **state)
{
	size_t all = journal_records(*state, &book);
	struct problem why;
	for (int how = 0; how < 3; how++) {
		char kept[4200];
		int code;
		struct ingest *ingest = archive_ingest(*state);
		assert_int_equal(seal(ingest, D(DAYS) + AGENT_HOUR, false), 0);
		snprintf(kept, sizeof kept, "%s/seals.kept", (char *)*state);
		free(run_command(&code, "cp %s %s", list_path(*state), kept));
		change_list(*state, how);
		for (int i = 0; i < 2; i++) { /* the last day is due, too */
			why.text[0] = '\0';
			assert_true(ingest_seal(ingest, OVER + i * AGENT_HOUR, false,
			                    &why) < 0);
			assert_contains(why.text, "the seal list was changed or taken "
			                          "away while the collector ran: put "
			                          "back a copy of seals (5 lines)");
		}
		ingest_close(ingest);
		assert_int_equal(journal_records(*state, &book), all);
		assert_int_equal(rename(kept, list_path(*state)), 0);
	}
	struct ingest *ingest = archive_ingest(*state);
	assert_int_equal(seal(ingest, OVER, false), 1);
	ingest_close(ingest);
	assert_true(journal_records(*state, &book) < 300);
	assert_int_equal(sealed_records(*state, &book), all);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, collector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_stays_while_a_file_is_damaged),
		TEST(the_file_is_made_again_before_it_goes),
		TEST(nothing_rests_on_a_list_that_was_changed_meanwhile),
	};
	return cmocka_run_group_tests_name("seal_forget", tests, NULL, NULL);
}
