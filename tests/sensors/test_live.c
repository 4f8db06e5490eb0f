/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The live view of the cabinet, and the clock that is watched. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensors/cabinet/cabinet_note.h"
#include "sensors/cabinet/live.h"
#include "sensors/keeper/clock_watch.h"
#include "tests/kits/keeper_fixture.h"

static void the_live_view_shows_the_newest_of_every_channel(void **state)
{
	struct live_view view;
	struct problem why;
	start_keeper(false, 0);
	put_reading(40.5);
	move_clock(S);
	put_reading(41.5);
	move_clock(S);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(live_read(&view, c.state_path, "nt-01", &c.now, &why), OK);
	assert_string_equal(view.station, "nt-01");
	assert_true(view.simulated);
	assert_int_equal(view.n_channels, 4);
	assert_string_equal(view.channel[0].channel, "cod");
	assert_true(view.channel[0].value == 41.5);
	assert_true(view.channel[0].value_us == c.now.time_us - S);
	assert_string_equal(view.channel[0].state, "ok");
	assert_close(view.channel[0].ok_percent, 100, 0);
	assert_string_equal(view.channel[2].state, "silent");
	assert_true(isnan(view.channel[2].value));
	assert_close(view.channel[2].ok_percent, 0, 0);
	live_view_free(&view);
	/* silent now: what it showed last, and since when */
	put_reading(NAN);
	move_clock(S);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(live_read(&view, c.state_path, "nt-01", &c.now, &why), OK);
	assert_string_equal(view.channel[0].state, "silent");
	assert_true(view.channel[0].value == 41.5);
	assert_true(view.channel[0].value_us == c.now.time_us - 2 * S);
	assert_close(view.channel[0].ok_percent, 200.0 / 3, 1e-12);
	live_view_free(&view);
}

/* An instrument that answered every second and is dead since, asked once a minute. */
static void a_dead_minute_weighs_as_much_as_a_good_one(void **state)
{
	struct live_view view;
	struct problem why;
	start_keeper(false, 0);
	c.now.time_us -= c.now.time_us % (60 * S);
	for (int i = 0; i < 60; i++) {
		put_reading(40);
		move_clock(S);
		keeper_step(c.keeper, &c.now);
	}
	for (int i = 0; i < 3; i++) {
		put_reading(NAN);
		move_clock(60 * S - (i == 2) * 30 * S);
		keeper_step(c.keeper, &c.now);
	}
	assert_int_equal(live_read(&view, c.state_path, "nt-01", &c.now, &why), OK);
	assert_close(view.channel[0].ok_percent, 25, 1e-12);
	live_view_free(&view);
}

static void a_live_view_nobody_writes_is_refused(void **state)
{
	struct live_view view;
	struct problem why;
	assert_int_equal(
	        live_read(&view, c.state_path, "nt-01", &c.now, &why), NOT_FOUND);
	assert_int_equal(why.exit, EXIT_NO_DAEMON);
	start_keeper(false, 0);
	keeper_step(c.keeper, &c.now);
	move_clock(29 * S);
	assert_int_equal(live_read(&view, c.state_path, "nt-01", &c.now, &why), OK);
	assert_string_equal(
	        view.channel[0].state, LIVE_NONE); /* nothing was read yet */
	assert_int_equal(view.channel[0].time_us, 0);
	live_view_free(&view);
	move_clock(S);
	assert_int_equal(
	        live_read(&view, c.state_path, "nt-01", &c.now, &why), REFUSED);
	assert_int_equal(why.exit, EXIT_NO_DAEMON);
	keeper_step(c.keeper, &c.now);
	struct moment other = c.now;
	other.boot++;
	assert_int_equal(
	        live_read(&view, c.state_path, "nt-01", &other, &why), REFUSED);
	keeper_end(c.keeper, &c.now);
	assert_int_equal(
	        live_read(&view, c.state_path, "nt-01", &c.now, &why), REFUSED);
	assert_contains(why.text, "not running");
}

static const struct live_link *linked(struct cabinet_note *note)
{
	static struct live_link link;
	link = (struct live_link){ .state = "none", .cabinet = note };
	return &link;
}

/* Through the file; the clock was put right by a minute since the maintenance began. */
static void maintenance_and_bottles_are_shown(void **state)
{
	static struct cabinet_note note;
	static struct cabinet_shown shown;
	struct live_view view;
	struct problem why;
	start_keeper(false, 0);
	assert_int_equal(cabinet_note_init(&note, 8), OK);
	struct live *live =
	        live_new(c.describes.station, c.describes.instrument, c.describes.n);
	shown = (struct cabinet_shown){ .has_sampler = true,
		.armed = true,
		.bottles = 24,
		.most_a_day = 4,
		.sampler = { .today = 3, .used = 7 },
		.n = 2,
		.maintenance = (struct shown_maintenance[]){
		        { "cod", "cod", c.now.mono_us, c.now.mono_us + 7200 * S },
		        { "by key", "", c.now.mono_us, c.now.mono_us + 60 * S } } };
	struct moment now = c.now;
	now.time_us += 61 * S;
	now.mono_us += S;
	shown.sampler.day = (now.time_us + 420 * 60 * S) / (86400 * S);
	cabinet_note_show(&note, &shown);
	assert_int_equal(live_write(live, c.state_path, &now, linked(&note), true), OK);
	assert_int_equal(live_read(&view, c.state_path, "nt-01", &now, &why), OK);
	assert_int_equal(view.n_maintenance, 2);
	assert_string_equal(view.maintenance[0].id, "cod");
	assert_string_equal(view.maintenance[0].instruments, "cod");
	/* the clock was put right by a minute */
	assert_true(view.maintenance[0].since_us == now.time_us - S);
	assert_true(view.maintenance[0].until_us == now.time_us + 7199 * S);
	assert_string_equal(view.maintenance[1].instruments, "");
	assert_int_equal(view.n_samplers, 1);
	assert_true(view.sampler[0].armed);
	assert_int_equal(view.sampler[0].bottles, 24);
	assert_int_equal(view.sampler[0].used, 7);
	assert_int_equal(view.sampler[0].today, 3);
	live_view_free(&view);
	/* after midnight, and all of it over */
	shown.n = 0;
	cabinet_note_show(&note, &shown);
	now.time_us += 86400 * S;
	assert_int_equal(live_write(live, c.state_path, &now, linked(&note), true), OK);
	assert_int_equal(live_read(&view, c.state_path, "nt-01", &now, &why), OK);
	assert_int_equal(view.n_maintenance, 0);
	assert_int_equal(view.sampler[0].today, 0);
	assert_int_equal(view.sampler[0].used, 7);
	live_view_free(&view);
	live_free(live);
	cabinet_note_end(&note);
}

static void when_the_collector_last_took_something_is_shown(void **state)
{
	struct live_view view;
	struct problem why;
	start_keeper(true, 0);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(live_read(&view, c.state_path, "nt-01", &c.now, &why), OK);
	assert_true(view.acked_us == 0);
	live_view_free(&view);
	collector_welcomes(1);
	keeper_step(c.keeper, &c.now);
	move_clock(S);
	collector_says(WIRE_ACK, 3, NULL, 0);
	keeper_step(c.keeper, &c.now);
	int64_t acked_us = c.now.time_us;
	move_clock(S);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(live_read(&view, c.state_path, "nt-01", &c.now, &why), OK);
	assert_true(view.acked_us == acked_us);
	live_view_free(&view);
}

/* ---- the clock alone ---- */

static struct moment at(int64_t time_us, int64_t mono_us, uint8_t clock_state)
{
	return (struct moment){
		.time_us = time_us, .mono_us = mono_us, .state = clock_state
	};
}

static void a_step_of_a_clock_nobody_believes_is_told_as_such(void **state)
{
	struct clock_watch watch = { 0 };
	struct clock_event event;
	struct moment now = at(100 * S, 0, CLOCK_UNSYNCED);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 0);
	now = at(510 * S, 10 * S, CLOCK_STEPPED);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 0);
	now = at(511 * S, 11 * S, CLOCK_UNSYNCED);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 1);
	assert_int_equal(event.state, CLOCK_UNSYNCED);
	assert_true(event.after_us - event.before_us == 400 * S);
	now = at(522 * S, 20 * S, CLOCK_SYNCED);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 1);
	assert_int_equal(event.state, CLOCK_SYNCED);
	/* the whole way since the start: what stamps of that time need */
	assert_true(event.after_us - event.before_us == 402 * S);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 0);
}

static void a_step_that_another_look_has_seen_is_told_all_the_same(void **state)
{
	struct clock_watch watch = { 0 };
	struct clock_event event;
	struct moment now = at(5000 * S, 0, CLOCK_SYNCED);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 0);
	now = at(
	        1410 * S, 10 * S, CLOCK_SYNCED); /* an hour back, and never "stepped" */
	assert_int_equal(clock_watch_look(&watch, &now, &event), 1);
	assert_int_equal(event.state, CLOCK_SYNCED);
	assert_true(event.after_us - event.before_us == -3600 * S);
	now = at(1411 * S + S, 11 * S, CLOCK_SYNCED); /* a second is no step */
	assert_int_equal(clock_watch_look(&watch, &now, &event), 0);
}

static void a_synced_clock_that_stays_so_says_nothing(void **state)
{
	struct clock_watch watch = { 0 };
	struct clock_event event;
	for (int i = 0; i < 100; i++) {
		struct moment now = at(100 * S + i * S, i * S, CLOCK_SYNCED);
		assert_int_equal(clock_watch_look(&watch, &now, &event), 0);
	}
	struct moment now = at(0, 100 * S, CLOCK_STEPPED);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 0);
	now = at(S, 101 * S, CLOCK_SYNCED);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 1);
	assert_true(event.after_us - event.before_us == -200 * S);
}

/* The journal's folder cannot be written: the view lies elsewhere, and is the one that is
 * read, until the folder can be written again. */
static void where_the_disk_fails_it_is_written_elsewhere(void **state)
{
	struct live_view view;
	struct problem why;
	char elsewhere[1024], gone[700];
	setenv("QUANTRAC_RUN", in_folder(*state, "run"), 1);
	start_keeper(false, 0);
	keeper_step(c.keeper, &c.now);
	char inside[600];
	snprintf(inside, sizeof inside, "%s/state.json", c.folder);
	const struct live_link link = { .state = "open", .journal = "memory" };
	struct live *live =
	        live_new(c.describes.station, c.describes.instrument, c.describes.n);
	assert_int_equal(live_write(live, inside, &c.now, &link, true), OK);
	live_elsewhere(inside, "nt-01", elsewhere, sizeof elsewhere);
	assert_int_equal(access(elsewhere, F_OK), -1);
	snprintf(gone, sizeof gone, "%s.gone", c.folder);
	assert_int_equal(rename(c.folder, gone), 0);
	assert_int_equal(live_write(live, inside, &c.now, &link, true), OK);
	assert_int_equal(access(elsewhere, F_OK), 0);
	assert_int_equal(live_read(&view, inside, "nt-01", &c.now, &why), OK);
	assert_string_equal(view.journal, "memory");
	live_view_free(&view);
	assert_int_equal(rename(gone, c.folder), 0);
	assert_int_equal(live_write(live, inside, &c.now, &link, true), OK);
	assert_int_equal(access(elsewhere, F_OK), -1);
	live_free(live);
	unsetenv("QUANTRAC_RUN");
}

#define scratch_test(f)                                                                \
	cmocka_unit_test_setup_teardown(f, keeper_setup, keeper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(the_live_view_shows_the_newest_of_every_channel),
		scratch_test(a_dead_minute_weighs_as_much_as_a_good_one),
		scratch_test(a_live_view_nobody_writes_is_refused),
		scratch_test(maintenance_and_bottles_are_shown),
		scratch_test(when_the_collector_last_took_something_is_shown),
		cmocka_unit_test(a_step_of_a_clock_nobody_believes_is_told_as_such),
		cmocka_unit_test(
		        a_step_that_another_look_has_seen_is_told_all_the_same),
		cmocka_unit_test(a_synced_clock_that_stays_so_says_nothing),
		cmocka_unit_test_setup_teardown(
		        where_the_disk_fails_it_is_written_elsewhere, keeper_setup,
		        keeper_teardown),
	};
	return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
