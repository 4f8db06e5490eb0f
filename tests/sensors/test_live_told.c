/* SPDX-License-Identifier: GPL-3.0-or-later */
/* States in the live view: the last of each subject, and how soon it is there. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "sensors/cabinet/live.h"
#include "tests/kits/keeper_fixture.h"

static void put_state(const char *subject, const char *word, const char *text)
{
	struct state_event event = { .subject = subject, .state = word, .text = text };
	assert_int_equal(recorder_state(&c.recorder, &c.now, &event), OK);
	assert_int_equal(
	        ring_put(c.ring, c.recorder.record, c.recorder.n, c.now.time_us), OK);
}

/* The one entry of a subject. */
static const struct live_state *told_of(
        const struct live_view *view, const char *subject)
{
	const struct live_state *found = NULL;
	for (size_t i = 0; i < view->n_states; i++) {
		if (strcmp(view->told[i].subject, subject) != 0)
			continue;
		assert_null(found);
		found = &view->told[i];
	}
	assert_non_null(found);
	return found;
}

static void the_last_that_was_told_of_each_subject_is_shown(void **state)
{
	struct live_view view;
	struct problem why;
	start_keeper(false, 0);
	put_state("input door", "closed", "door");
	put_state("maintenance cod", "on", "by minh: \"lọc\"");
	move_clock(S);
	put_state("input door", "open", "door");
	keeper_step(c.keeper, &c.now);
	assert_int_equal(live_read(&view, c.state_path, "nt-01", &c.now, &why), OK);
	for (size_t i = 0; i < view.n_states; i++)
		assert_string_not_equal(view.told[i].subject, "");
	const struct live_state *door = told_of(&view, "input door");
	const struct live_state *cod = told_of(&view, "maintenance cod");
	assert_string_equal(door->state, "open");
	assert_true(door->time_us == c.now.time_us);
	assert_string_equal(cod->text, "by minh: \"lọc\"");
	assert_true(cod->time_us == c.now.time_us - S);
	live_view_free(&view);
	/* a clock that starts in 1970 is put right: so is when the door was opened */
	c.now.time_us += 86400 * S;
	move_clock(60 * S);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(live_read(&view, c.state_path, "nt-01", &c.now, &why), OK);
	assert_true(told_of(&view, "input door")->time_us == c.now.time_us - 60 * S);
	live_view_free(&view);
}

/* A contact's state in the view; NULL: nothing was told. */
static const char *door_is(void)
{
	static char word[32];
	struct live_view view;
	struct problem why;
	assert_int_equal(live_read(&view, c.state_path, "nt-01", &c.now, &why), OK);
	snprintf(word, sizeof word, "%s", told_of(&view, "input door")->state);
	live_view_free(&view);
	return word;
}

/* Whoever looks sees what a contact is now, not what it was up to two seconds ago. */
static void a_change_of_state_is_shown_within_a_tenth_of_a_second(void **state)
{
	start_keeper(false, 0);
	put_state("input door", "closed", "door");
	move_clock(S);
	keeper_step(c.keeper, &c.now);
	assert_string_equal(door_is(), "closed");
	move_clock(S / 50);
	put_state("input door", "open", "door");
	keeper_step(c.keeper, &c.now);
	assert_string_equal(door_is(), "closed");
	assert_in_range(keeper_wait_ms(c.keeper, &c.now), 1, 80);
	move_clock(S * 2 / 25);
	keeper_step(c.keeper, &c.now);
	assert_string_equal(door_is(), "open");
	/* with nothing new it is written once a second, and is never two seconds old */
	move_clock(S * 3 / 5);
	keeper_step(c.keeper, &c.now);
	assert_in_range(keeper_wait_ms(c.keeper, &c.now), 300, 400);
}

/* What the poller's thread laid out last; counts are no state. */
static void the_counts_of_every_instrument_are_shown(void **state)
{
	struct live_view view;
	struct problem why;
	start_keeper(false, 0);
	put_state("instrument cod", "up", "answers");
	put_state("instrument cod", "counts", "{\"since_us\":1}");
	keeper_step(c.keeper, &c.now);
	assert_int_equal(live_read(&view, c.state_path, "nt-01", &c.now, &why), OK);
	assert_string_equal(told_of(&view, "instrument cod")->state, "up");
	assert_int_equal(view.n_instruments, 0); /* nobody counts */
	assert_int_equal(view.n_maintenance, 0);
	assert_int_equal(view.n_samplers, 0);
	live_view_free(&view);
}

/* A change of state is on the disk at once; counts cost no write of their own. */
static void counts_wait_for_the_next_commit(void **state)
{
	start_keeper(false, 0);
	move_clock(60 * S);
	keeper_step(c.keeper, &c.now);
	uint64_t before = keeper_counts(c.keeper).committed_seq;
	put_state("instrument cod", "counts", "{\"since_us\":1}");
	keeper_step(c.keeper, &c.now);
	assert_int_equal(keeper_counts(c.keeper).committed_seq, before);
	move_clock(60 * S);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(keeper_counts(c.keeper).committed_seq, before + 1);
	put_state("instrument cod", "down", "");
	keeper_step(c.keeper, &c.now);
	assert_int_equal(keeper_counts(c.keeper).committed_seq, before + 2);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, keeper_setup, keeper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(the_last_that_was_told_of_each_subject_is_shown),
		EACH(a_change_of_state_is_shown_within_a_tenth_of_a_second),
		EACH(the_counts_of_every_instrument_are_shown),
		EACH(counts_wait_for_the_next_commit),
	};
	return cmocka_run_group_tests_name("live: what was told", tests, NULL, NULL);
}
