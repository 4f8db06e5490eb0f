/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page from an archive: what it shows as the archive and its collector come and go. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "tests/kits/collect_world.h"
#include "web/html.h"
#include "web/watch.h"

/* ---- the page ---- */

static void the_page_shows_now_today_and_yesterday(void **state)
{
	struct world world;
	struct watch *watch = NULL;
	struct problem why = { 0 };
	world_begin(&world, *state);
	world_permit(&world, *state, AGENT_DAY - AGENT_1DAY);
	world_readings(&world, 0, 24, 80, 0);
	world_readings(&world, 24, 31, 60, 0);
	world_read(&world);
	int64_t now_us = MORNING + 30 * US_PER_S;
	if (watch_new(&watch, world.dir, now_us, &why) != OK)
		fail_msg("%s", why.text);
	const struct view *view = watch_look(watch, now_us);
	assert_null(view->trouble);
	assert_int_equal(view->n_stations, 1);
	assert_int_equal(view->station[0].n_channels, 1);
	const struct view_channel *cod = &view->station[0].channel[0];
	assert_string_equal(cod->id, "cod");
	assert_close(cod->value, 60, 1e-12);
	assert_int_equal(cod->value_us, MORNING - AGENT_MIN);
	assert_int_equal(cod->state, STATE_OK);
	assert_int_equal(cod->valid, 84);
	assert_int_equal(cod->expected, 84);
	assert_true(cod->limited);
	assert_close(cod->high, 75, 1e-12);
	assert_close(cod->mean, 60, 1e-12);
	assert_int_equal(view->results->n, 1);
	assert_int_equal(view->results->result[0].result, RESULT_OVER);
	assert_int_equal(view->results->result[0].start_us, AGENT_DAY);
	watch_free(watch);
	world_end(&world);
}

/* 02:00 to 03:00 never came; the ledger is made anew after a minute, not at each look. */
static void the_page_counts_the_gaps_of_today(void **state)
{
	struct world world;
	struct watch *watch = NULL;
	struct problem why = { 0 };
	world_begin(&world, *state);
	world_readings(&world, 0, 26, 80, 0);
	world_readings(&world, 27, 31, 60, 0);
	world_read(&world);
	int64_t now_us = MORNING + 30 * US_PER_S;
	if (watch_new(&watch, world.dir, now_us, &why) != OK)
		fail_msg("%s", why.text);
	const struct view_station *station = watch_look(watch, now_us)->station;
	assert_true(station->gaps_known);
	assert_int_equal(station->n_gaps, 1);
	assert_int_equal(station->gaps_us, AGENT_HOUR);
	station = watch_look(watch, now_us + 30 * US_PER_S)->station;
	assert_int_equal(station->n_gaps, 1);
	/* silent since seven: now that is a gap too */
	station = watch_look(watch, now_us + 10 * AGENT_MIN)->station;
	assert_int_equal(station->n_gaps, 2);
	assert_int_equal(station->gaps_us, AGENT_HOUR + 10 * AGENT_MIN + 30 * US_PER_S);
	watch_free(watch);
	world_end(&world);
}

/* What nobody can read is not without a gap. */
static void the_page_counts_no_gaps_in_what_it_cannot_read(void **state)
{
	struct world world;
	struct watch *watch = NULL;
	struct problem why = { 0 };
	int code;
	world_begin(&world, *state);
	world_readings(&world, 24, 31, 80, 0); /* all of today */
	world_read(&world);
	free(run_command(&code,
	        "cd %s/journal/*/*/ && for i in *.log; do rm $i && mkdir $i || exit; "
	        "done",
	        world.dir));
	assert_int_equal(code, 0);
	int64_t now_us = MORNING + 30 * US_PER_S;
	if (watch_new(&watch, world.dir, now_us, &why) != OK)
		fail_msg("%s", why.text);
	for (int again = 0; again < 2; again++) {
		const struct view *view = watch_look(watch, now_us + again * US_PER_S);
		assert_int_equal(view->n_stations, 1);
		assert_false(view->station[0].gaps_known);
		assert_true(view->station[0].gaps_unread);
	}
	watch_free(watch);
	world_end(&world);
}

static void an_archive_that_goes_away_leaves_the_last_page_with_a_word(void **state)
{
	struct world world;
	struct watch *watch = NULL;
	struct problem why = { 0 };
	world_begin(&world, *state);
	world_readings(&world, 0, 1, 60, 0);
	world_read(&world);
	int64_t now_us = AGENT_DAY + AGENT_HOUR;
	if (watch_new(&watch, world.dir, now_us, &why) != OK)
		fail_msg("%s", why.text);
	const char *away = in_folder(*state, "away");
	assert_int_equal(rename(world.dir, away), 0);
	const struct view *view = watch_look(watch, now_us + 4 * US_PER_S);
	assert_non_null(view->trouble);
	assert_int_equal(view->n_stations, 1);
	assert_int_equal(rename(away, world.dir), 0);
	assert_non_null(
	        watch_look(watch, now_us + 5 * US_PER_S)->trouble); /* not yet asked */
	assert_null(watch_look(watch, now_us + 8 * US_PER_S)->trouble);
	watch_free(watch);
	world_end(&world);
}

static void lay_state(const struct world *world, int64_t time_us, bool ended)
{
	char time[TIME_TEXT];
	FILE *out = fopen(in_folder(world->dir, "collectd.json"), "w");
	fprintf(out,
	        "{\"time\": \"%s\", \"ended\": %s, "
	        "\"stations\": [{\"station\": \"a\"}]}\n",
	        time_print(time_us, 420, time), ended ? "true" : "false");
	assert_int_equal(fclose(out), 0);
}

static enum collector_state seen(struct watch *watch, int s)
{
	return watch_look(watch, AGENT_DAY + s * US_PER_S)->collector;
}

/* One that ended in order says so; one that was killed leaves the lock it held. */
static void the_page_knows_whether_the_collector_runs(void **state)
{
	struct world world;
	struct watch *watch = NULL;
	world_begin(&world, *state);
	world_read(&world);
	assert_int_equal(watch_new(&watch, world.dir, AGENT_DAY, NULL), OK);
	assert_int_equal(seen(watch, 0), COLLECTOR_RUNS); /* none to be missed */
	int lock = lock_take(in_folder(world.dir, "lock"));
	assert_true(lock >= 0);
	lay_state(&world, AGENT_DAY, false);
	assert_int_equal(seen(watch, 29), COLLECTOR_RUNS);
	assert_int_equal(seen(watch, 33), COLLECTOR_MUTE);
	lay_state(&world, AGENT_DAY + 34 * US_PER_S, true);
	const struct view *view = watch_look(watch, AGENT_DAY + 37 * US_PER_S);
	assert_int_equal(view->collector, COLLECTOR_AWAY);
	assert_int_equal(view->collector_us, AGENT_DAY + 34 * US_PER_S);
	lay_state(&world, AGENT_DAY + 38 * US_PER_S, false);
	assert_int_equal(seen(watch, 41), COLLECTOR_RUNS);
	close(lock);
	assert_int_equal(seen(watch, 44), COLLECTOR_AWAY);
	watch_free(watch);
	world_end(&world);
}

static void a_folder_that_is_no_archive_is_refused_at_the_start(void **state)
{
	struct watch *watch = NULL;
	struct problem why = { 0 };
	setenv("QUANTRAC_LIMITS", project_file("analysis/limits"), 1);
	assert_int_equal(watch_new(&watch, *state, AGENT_DAY, &why), NOT_FOUND);
	assert_int_equal(why.exit, EXIT_NO_FILE);
	watch_free(watch);
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(the_page_shows_now_today_and_yesterday),
		WITH_FOLDER(the_page_counts_the_gaps_of_today),
		WITH_FOLDER(the_page_counts_no_gaps_in_what_it_cannot_read),
		WITH_FOLDER(an_archive_that_goes_away_leaves_the_last_page_with_a_word),
		WITH_FOLDER(the_page_knows_whether_the_collector_runs),
		WITH_FOLDER(a_folder_that_is_no_archive_is_refused_at_the_start),
	};
	return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
