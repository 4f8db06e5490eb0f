/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A seal step by step: what stands in the archive at each, and a disk that gives back
 * other bytes than were written. */
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/agent_kit.h"

#define EPOCH UINT64_C(0x5000000000000001)
#define D(n)  (AGENT_DAY + (n)*AGENT_1DAY)
#define DAY1  "bt-outlet_2026-11-15.h5"
#define DAY2  "bt-outlet_2026-11-16.h5"

static struct agent_book book;
static struct agent cabinet;
static char lines[65536];

static void keep_line(enum log_level level, const char *text)
{
	size_t n = strlen(lines);
	snprintf(lines + n, sizeof lines - n, "%s\n", text);
}

static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	lines[0] = '\0';
	log_catch(keep_line);
	archive_make(*state);
	agent_start(&cabinet, &book, "bt-outlet", EPOCH);
	return 0;
}

static int teardown(void **state)
{
	agent_end(&cabinet);
	agent_book_free(&book);
	return scratch_remove(state);
}

/* Readings from `from_us` on, every `step_us`, before `to_us`; each arrives as it is
 * made. */
static void run_day(struct agent *agent, struct ingest *ingest, int64_t from_us,
        int64_t to_us, int64_t step_us)
{
	for (int64_t t = from_us; t < to_us; t += step_us) {
		agent_reading(agent, t, (double)(t % 1000));
		agent_give(agent, ingest, t + 1000000);
	}
}

static int seal(struct ingest *ingest, int64_t now_us, bool all)
{
	struct problem why = { .text = "" };
	int files = ingest_seal(ingest, now_us, all, &why);
	if (files < 0)
		fail_msg("not sealed: %s", why.text);
	return files;
}

static const char *path_of(const char *dir, const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "kcn-mau/bt-outlet/2026/%s", name);
	return in_folder(dir, path);
}

/* libhdf5 1.10 loses 56 bytes when a file turns out to be damaged. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libhdf5\n";
}

/* What stands in the archive at a step, and harm done to the temporary file there. */
static struct {
	const char *root, *spoil; /* NULL: nothing is spoiled */
	int at_written, at_linked;
	char order[200];
} seen;

static const char *temporary(void)
{
	return in_folder(seen.root, ".tmp/kcn-mau%bt-outlet%2026%" DAY1);
}

static void spoil(void)
{
	struct stat st;
	FILE *file = fopen(temporary(), "r+");
	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	for (long at = 4096; at < st.st_size; at += 1024) { /* also in a column */
		assert_int_equal(fseek(file, at, SEEK_SET), 0);
		fputs("other bytes", file);
	}
	fclose(file);
}

static void on_step(const char *step)
{
	struct stat st;
	const char *own = path_of(seen.root, DAY1);
	bool named = access(own, F_OK) == 0;
	bool listed = sealed_names(seen.root, "bt-outlet")[0] != '\0';
	strncat(seen.order, step, sizeof seen.order - strlen(seen.order) - 2);
	strcat(seen.order, " ");
	if (strcmp(step, "gathered") == 0)
		assert_int_equal(access(temporary(), F_OK), -1);
	else if (strcmp(step, "written") == 0 || strcmp(step, "proved") == 0)
		assert_true(!named && !listed && access(temporary(), F_OK) == 0);
	else if (strcmp(step, "linked") == 0)
		assert_true(named && !listed);
	else
		assert_true(named && listed);
	if (strcmp(step, "proved") == 0) {
		assert_int_equal(stat(temporary(), &st), 0);
		assert_int_equal(st.st_mode & 0777, 0440);
	}
	if (seen.spoil != NULL && strcmp(step, seen.spoil) == 0)
		spoil();
}

static struct ingest *day_one(const char *root)
{
	struct ingest *ingest;
	struct ingest_options options = { .dir = root, .seal_step = on_step };
	memset(&seen, 0, sizeof seen);
	seen.root = root;
	assert_int_equal(ingest_open(&ingest, &options, NULL), OK);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(1) + AGENT_HOUR, AGENT_MIN);
	return ingest;
}

static void a_seal_goes_step_by_step_and_is_named_only_when_proved(void **state)
{
	struct ingest *ingest = day_one(*state);
	assert_int_equal(seal(ingest, D(1) + AGENT_HOUR, false), 1);
	ingest_close(ingest);
	assert_string_equal(
	        seen.order, "gathered written proved linked listed unlinked noted ");
}

/* A disk that gives back other bytes than were written. */
static void a_file_that_does_not_give_back_the_records_is_no_seal(void **state)
{
	struct problem why = { .text = "" };
	struct ingest *ingest = day_one(*state);
	seen.spoil = "written";
	assert_true(ingest_seal(ingest, D(1) + AGENT_HOUR, false, &why) < 0);
	assert_string_equal(seen.order, "gathered written ");
	assert_string_equal(sealed_names(*state, "bt-outlet"), "");
	assert_int_equal(access(temporary(), F_OK), -1);
	assert_int_equal(journal_records(*state, &book), book.n);
	seen.spoil = NULL; /* ten minutes later the disk is well */
	assert_int_equal(seal(ingest, D(1) + AGENT_HOUR + 11 * AGENT_MIN, false), 1);
	ingest_close(ingest);
	assert_int_equal(sealed_records(*state, &book), 1441);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_seal_goes_step_by_step_and_is_named_only_when_proved),
		WITH(a_file_that_does_not_give_back_the_records_is_no_seal),
	};
	return cmocka_run_group_tests_name("seal steps", tests, NULL, NULL);
}
