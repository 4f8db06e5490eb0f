/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seals that are interrupted, and what becomes of the journals. */
#include "tests/kits/collector_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/journal.h"
#include "collector/sealed.h"

/* ---- journals ---- */

static void journals_go_when_they_are_sealed_and_held_long_enough(void **state)
{
	struct ingest_options options = { .dir = *state,
		.segment_size = JOURNAL_SEGMENT_LEAST };
	struct ingest *ingest;
	assert_int_equal(ingest_open(&ingest, &options, NULL), OK);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(2), 2 * AGENT_MIN);
	size_t all = book.n;
	assert_int_equal(seal(ingest, D(2), false), 1);
	assert_int_equal(seal(ingest, D(9) - 1, false), 0);
	assert_int_equal(journal_records(*state, &book), all);
	seal(ingest, D(9), false);
	assert_true(journal_records(*state, &book) < all - 200);
	/* what is not sealed stays whatever happens */
	assert_true(ingest_next(ingest, "bt-outlet", EPOCH) == all + 1);
	ingest_close(ingest);

	assert_int_equal(ingest_open(&ingest, &options, NULL), OK);
	assert_true(ingest_next(ingest, "bt-outlet", EPOCH) == all + 1);
	seal(ingest, D(10), true);
	ingest_close(ingest);
	assert_int_equal(sealed_records(*state, &book), all);
}

static void a_description_of_long_ago_is_found_in_the_sealed_files(void **state)
{
	struct ingest_options options = {
		.dir = *state, .hold_us = -1, .segment_size = JOURNAL_SEGMENT_LEAST
	};
	struct ingest *ingest;
	assert_int_equal(ingest_open(&ingest, &options, NULL), OK);
	agent_describe(&cabinet, D(0));
	agent_give(&cabinet, ingest, D(0));
	for (int day = 0; day < 3; day++) {
		run_day(&cabinet, ingest, D(day), D(day + 1), 2 * AGENT_MIN);
		seal(ingest, D(day + 1), true);
	}
	ingest_close(ingest);
	/* its record is no longer in any journal */
	assert_true(journal_records(*state, &book) < book.n);

	assert_int_equal(ingest_open(&ingest, &options, NULL), OK);
	run_day(&cabinet, ingest, D(3), D(3) + AGENT_HOUR, AGENT_MIN);
	assert_int_equal(seal(ingest, D(4), true), 1);
	ingest_close(ingest);
	assert_int_equal(sealed_records(*state, &book), book.n);
}

/* ---- interruptions ---- */

static const char *const steps[] = { "gathered", "written", "proved", "linked",
	"listed", "unlinked", "noted" };

static void a_seal_may_end_between_any_two_steps(void **state)
{
	struct problem why;
	char root[4096];
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		agent_end(&cabinet);
		agent_book_free(&book);
		agent_start(&cabinet, &book, "bt-outlet", EPOCH);
		snprintf(root, sizeof root, "%s/%s", (char *)*state, steps[i]);
		assert_int_equal(folder_make(root), OK);
		archive_make(root);
		struct ingest_options options = { .dir = root, .seal_stop = steps[i] };
		struct ingest *ingest;
		assert_int_equal(ingest_open(&ingest, &options, NULL), OK);
		agent_describe(&cabinet, D(0));
		run_day(&cabinet, ingest, D(0), D(2) + 2 * AGENT_HOUR, AGENT_HOUR);
		assert_int_equal(
		        ingest_seal(ingest, D(2) + 2 * AGENT_HOUR, false, &why),
		        FAILED);
		assert_contains(why.text, steps[i]);
		ingest_close(ingest);

		ingest = archive_ingest(root);
		seal(ingest, D(2) + 2 * AGENT_HOUR, false);
		ingest_close(ingest);
		assert_string_equal(sealed_names(root, "bt-outlet"), DAY1 " " DAY2);
		assert_int_equal(sealed_records(root, &book), 49);
		assert_int_equal(rmdir(in_folder(root, ".tmp")), 0);
		assert_int_equal(access(in_folder(root, "quarantine"), F_OK), -1);
	}
}

static void lost_notes_are_made_again_from_the_files(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	char *before, *after;
	size_t n, m;
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(4), AGENT_HOUR);
	assert_int_equal(seal(ingest, D(4), false), 3);
	ingest_close(ingest);
	const char *path = in_folder(*state, "sealed/bt-outlet");
	assert_int_equal(file_read(path, 1u << 20, &before, &n), OK);
	/* cut at every tenth byte, a flipped digit, nothing at all */
	for (size_t cut = 0; cut < n + 10; cut += 10) {
		char *text = strdup(before);
		if (cut >= n)
			text[n / 2] ^= 1;
		assert_int_equal(file_replace(path, text, cut < n ? cut : n, 0640), OK);
		free(text);
		ingest = archive_ingest(*state);
		assert_int_equal(seal(ingest, D(4), false), 0);
		ingest_close(ingest);
		assert_int_equal(file_read(path, 1u << 20, &after, &m), OK);
		assert_string_equal(after, before);
		free(after);
	}
	free(before);
}

static void a_stranger_in_the_place_of_a_file_is_moved_away(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(0) + AGENT_HOUR, AGENT_HOUR);
	assert_int_equal(folder_make(in_folder(*state, "kcn-mau/bt-outlet/2026")), OK);
	assert_int_equal(file_replace(path_of(*state, DAY1), "x", 1, 0644), OK);
	assert_int_equal(seal(ingest, D(1), true), 1);
	ingest_close(ingest);
	assert_contains(lines, "stands there without a seal; moved to");
	assert_int_equal(sealed_records(*state, &book), 2);
}

static void a_full_disk_costs_a_try_and_nothing_else(void **state)
{
	struct problem why;
	struct ingest *ingest = archive_ingest(*state);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(0) + AGENT_HOUR, AGENT_HOUR);
	/* no folder can be made where a file stands */
	assert_int_equal(file_replace(in_folder(*state, "kcn-mau"), "x", 1, 0644), OK);
	assert_true(ingest_seal(ingest, D(1), true, &why) < 0);
	assert_contains(why.text, "kcn-mau");
	assert_int_equal(unlink(in_folder(*state, "kcn-mau")), 0);
	assert_int_equal(seal(ingest, D(1), true), 1);
	ingest_close(ingest);
	assert_int_equal(sealed_records(*state, &book), 2);
}

/* Files may not grow beyond this; 0: they may. */
static void limit_files(rlim_t most)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = most > 0 ? most : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* What libhdf5 cannot write it cannot close either, and would carry along. */
static void a_write_that_fails_in_the_middle_of_a_file_spoils_no_later_one(void **state)
{
	struct problem why;
	struct ingest *ingest = archive_ingest(*state);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(1), AGENT_HOUR);
	assert_int_equal(ingest_commit(ingest), OK);
	signal(SIGXFSZ, SIG_IGN);
	for (rlim_t most = 1000; most <= 9000; most += 2000) {
		limit_files(most);
		int files = ingest_seal(ingest, D(1), true, &why);
		limit_files(0);
		assert_true(files < 0);
		assert_contains(why.text, "File too large");
		assert_null(strstr(why.text, "errno = "));
	}
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(seal(ingest, D(1), true), 1);
	ingest_close(ingest);
	assert_int_equal(sealed_records(*state, &book), book.n);
}

static void by_chance_nothing_is_lost_or_doubled(void **state)
{
	uint64_t seed = 20261115;
	struct agent one[3];
	struct ingest *ingest = archive_ingest(*state);
	int64_t now = D(0);
	for (size_t i = 0; i < 3; i++) {
		agent_start(&one[i], &book, "bt-outlet", 11 + chance(&seed));
		one[i].boot = i;
		agent_describe(&one[i], D(0));
	}
	for (int step = 0; step < 600; step++) {
		struct agent *agent = &one[chance(&seed) % 3];
		now += (int64_t)(chance(&seed) % (4 * AGENT_HOUR));
		int64_t back = (int64_t)(chance(&seed) % 16);
		agent->clock = (uint8_t)(chance(&seed) % 4);
		agent->boot += chance(&seed) % 20 == 0;
		agent_reading(
		        agent, back == 0 ? now - D(0) + 1 : now - back * AGENT_HOUR, 1);
		if (chance(&seed) % 30 == 0)
			agent_clock(agent, now - 1000000000, now);
		agent_give(agent, ingest, now);
		if (chance(&seed) % 10 == 0)
			seal(ingest, now, false);
		if (chance(&seed) % 50 == 0) {
			ingest_close(ingest);
			ingest = archive_ingest(*state);
		}
	}
	assert_true(sealed_records(*state, &book) > book.n / 2);
	seal(ingest, now, true);
	ingest_close(ingest);
	for (size_t i = 0; i < 3; i++)
		agent_end(&one[i]);
	assert_int_equal(sealed_records(*state, &book), book.n);
}

/* ---- ranges ---- */

static void ranges_tell_what_is_sealed_and_since_when(void **state)
{
	struct sealed sealed = { .n = 0 };
	struct sealed_range first[] = { { 1, 1, 10, 100, 0 }, { 1, 20, 30, 100, 0 } };
	struct sealed_range second[] = { { 1, 11, 19, 200, 0 }, { 2, 1, 5, 200, 0 } };
	uint64_t last;
	assert_int_equal(sealed_add(&sealed, first, 2), OK);
	assert_int_equal(sealed_add(&sealed, second, 2), OK);
	assert_true(sealed_has(&sealed, 1, 1, &last));
	assert_int_equal(last, 10);
	assert_true(sealed_has(&sealed, 1, 30, &last));
	assert_false(sealed_has(&sealed, 1, 31, &last));
	assert_false(sealed_has(&sealed, 0, 1, &last));
	assert_false(sealed_has(&sealed, 2, 6, &last));
	assert_int_equal(sealed_until(&sealed, 1, 1, 200), 31);
	assert_int_equal(sealed_until(&sealed, 1, 1, 199), 11);
	assert_int_equal(sealed_until(&sealed, 1, 1, 99), 1);
	assert_int_equal(sealed_until(&sealed, 3, 7, 200), 7);
	sealed_free(&sealed);
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, collector_setup, collector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(journals_go_when_they_are_sealed_and_held_long_enough),
		WITH(a_description_of_long_ago_is_found_in_the_sealed_files),
		WITH(a_seal_may_end_between_any_two_steps),
		WITH(lost_notes_are_made_again_from_the_files),
		WITH(a_stranger_in_the_place_of_a_file_is_moved_away),
		WITH(a_full_disk_costs_a_try_and_nothing_else),
		WITH(a_write_that_fails_in_the_middle_of_a_file_spoils_no_later_one),
		WITH(by_chance_nothing_is_lost_or_doubled),
		cmocka_unit_test(ranges_tell_what_is_sealed_and_since_when),
	};
	return cmocka_run_group_tests_name("seal, interrupted", tests, NULL, NULL);
}
