/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a bottle is taken: one an episode, both sides of every limit, through midnights, restarts and clocks
 * that step. */
#include "tests/kits/check.h"

#include <math.h>

#include "base/legal_time.h"
#include "base/reading.h"
#include "base/status.h"
#include "sensors/station/sampler.h"

#define S INT64_C(1000000)

static const struct sampler_rule usual = { .level = 75,
	.for_us = 900 * S,
	.readings = 3,
	.bottles = 24,
	.most_a_day = 4,
	.spacing_us = 3600 * S,
	.utc_offset_min = OFFSET_VIETNAM };

static struct sampler_rule rule;
static struct sampler sampler;
static struct moment now;
static bool ready;

static int setup(void **state)
{
	rule = usual;
	sampler = (struct sampler){ 0 };
	sampler_begin(&sampler, &rule);
	now = (struct moment){ .mono_us = 1000 * S, .boot = 7, .state = CLOCK_SYNCED };
	assert_int_equal(
	        time_parse("2026-11-15T08:00", OFFSET_VIETNAM, &now.time_us), OK);
	ready = true;
	return 0;
}

static void pass(int64_t us)
{
	now.mono_us += us;
	now.time_us += us;
}

static enum sampler_answer say_state(uint8_t state, double value)
{
	struct sampler_reading reading = {
		.state = state, .value = value, .when = now
	};
	return sampler_note(&sampler, &reading, ready);
}

static enum sampler_answer say(double value)
{
	return say_state(STATE_OK, value);
}

/* A reading a minute beyond the level; the first answer that is not quiet, or quiet after so many. */
static enum sampler_answer episode(int minutes)
{
	for (int i = 0; i < minutes; i++) {
		enum sampler_answer answer = say(80);
		if (answer != SAMPLER_QUIET)
			return answer;
		pass(60 * S);
	}
	return SAMPLER_QUIET;
}

/* A bottle, and the end of its episode. */
static void bottle(int64_t number)
{
	assert_int_equal(episode(16), SAMPLER_TAKE);
	assert_int_equal(sampler.kept.used, number);
	sampler.kept.doubtful = false;
	assert_int_equal(say(10), SAMPLER_QUIET);
}

static void a_bottle_is_taken_when_the_run_is_as_long_as_wanted(void **state)
{
	assert_int_equal(say(80), SAMPLER_QUIET);
	pass(450 * S);
	assert_int_equal(say(80), SAMPLER_QUIET);
	pass(450 * S - 1);
	assert_int_equal(say(80), SAMPLER_QUIET);
	pass(1);
	assert_int_equal(say(80), SAMPLER_TAKE);
	assert_int_equal(sampler.kept.used, 1);
	assert_int_equal(sampler.kept.today, 1);
	assert_true(sampler.kept.last.time_us == now.time_us);
	assert_true(sampler.kept.doubtful);
}

static void so_many_readings_are_needed_however_long_the_run(void **state)
{
	assert_int_equal(say(80), SAMPLER_QUIET);
	pass(7200 * S);
	assert_int_equal(say(80), SAMPLER_QUIET);
	pass(1);
	assert_int_equal(say(80), SAMPLER_TAKE);
}

static void the_level_itself_is_not_beyond_it(void **state)
{
	for (int i = 0; i < 60; i++) {
		assert_int_equal(say(75), SAMPLER_QUIET);
		pass(60 * S);
	}
	for (int i = 0; i < 15; i++) {
		assert_int_equal(say(nextafter(75, 76)), SAMPLER_QUIET);
		pass(60 * S);
	}
	assert_int_equal(say(nextafter(75, 76)), SAMPLER_TAKE);
}

static void below_a_level_is_beyond_it_when_that_is_wanted(void **state)
{
	rule.below = true;
	rule.level = 5.5;
	for (int i = 0; i < 60; i++) {
		assert_int_equal(say(5.5), SAMPLER_QUIET);
		pass(60 * S);
	}
	for (int i = 0; i < 15; i++) {
		assert_int_equal(say(5.4), SAMPLER_QUIET);
		pass(60 * S);
	}
	assert_int_equal(say(5.4), SAMPLER_TAKE);
}

static void one_reading_within_begins_the_run_anew(void **state)
{
	assert_int_equal(episode(14), SAMPLER_QUIET);
	assert_int_equal(say(75), SAMPLER_QUIET);
	pass(60 * S);
	assert_int_equal(episode(15), SAMPLER_QUIET);
	assert_int_equal(say(80), SAMPLER_TAKE);
}

static void one_episode_has_one_bottle_however_long_it_is(void **state)
{
	assert_int_equal(episode(16), SAMPLER_TAKE);
	for (int i = 0; i < 3 * 1440; i++) {
		pass(60 * S);
		assert_int_equal(say(80), SAMPLER_QUIET);
	}
	assert_int_equal(sampler.kept.used, 1);
	assert_int_equal(say(75), SAMPLER_QUIET);
	assert_int_equal(episode(16), SAMPLER_TAKE);
	assert_int_equal(sampler.kept.used, 2);
}

static void it_never_fires_on_a_state_that_is_no_measurement(void **state)
{
	for (uint8_t i = 0; i < CHANNEL_STATES; i++) {
		bool measured = i == STATE_OK || i == STATE_ABOVE_RANGE;
		setup(NULL);
		for (int k = 0; k < 30 && !measured; k++) {
			assert_int_equal(say_state(i, 80), SAMPLER_QUIET);
			pass(60 * S);
		}
		for (int k = 0; k < 16 && measured; k++) {
			assert_int_equal(say_state(i, 80),
			        k < 15 ? SAMPLER_QUIET : SAMPLER_TAKE);
			pass(60 * S);
		}
	}
	setup(NULL);
	for (int k = 0; k < 30; k++, pass(60 * S))
		assert_int_equal(say_state(STATE_OK, NAN), SAMPLER_QUIET);
}

static void such_a_state_breaks_the_run_and_an_old_result_does_not(void **state)
{
	static const uint8_t breaks[] = { STATE_SILENT, STATE_FAULT, STATE_MAINTENANCE,
		STATE_CALIBRATING, STATE_NO_VALUE, STATE_BELOW_RANGE };
	for (size_t i = 0; i < sizeof breaks; i++) {
		setup(NULL);
		assert_int_equal(episode(15), SAMPLER_QUIET);
		assert_int_equal(say_state(breaks[i], 80), SAMPLER_QUIET);
		assert_int_equal(episode(15), SAMPLER_QUIET);
		assert_int_equal(say(80), SAMPLER_TAKE);
	}
	setup(NULL);
	assert_int_equal(episode(15), SAMPLER_QUIET);
	assert_int_equal(say_state(STATE_UNCHANGED, NAN), SAMPLER_QUIET);
	assert_int_equal(say(80), SAMPLER_TAKE);
}

static void such_a_state_does_not_end_an_episode_that_has_its_bottle(void **state)
{
	assert_int_equal(episode(16), SAMPLER_TAKE);
	pass(7200 * S);
	assert_int_equal(say_state(STATE_SILENT, NAN), SAMPLER_QUIET);
	assert_int_equal(say_state(STATE_MAINTENANCE, 10), SAMPLER_QUIET);
	assert_int_equal(episode(60), SAMPLER_QUIET);
	/* a number at the other end of the range does */
	assert_int_equal(say_state(STATE_BELOW_RANGE, 0), SAMPLER_QUIET);
	assert_int_equal(episode(16), SAMPLER_TAKE);
}

static void the_day_has_so_many_bottles_and_midnight_gives_new_ones(void **state)
{
	rule.spacing_us = 0;
	for (int i = 1; i <= 4; i++)
		bottle(i);
	assert_int_equal(episode(16), SAMPLER_ENOUGH);
	assert_int_equal(say(80), SAMPLER_QUIET); /* told once an episode */
	int64_t midnight;
	assert_int_equal(time_parse("2026-11-16T00:00", OFFSET_VIETNAM, &midnight), OK);
	pass(midnight - 1 - now.time_us);
	assert_int_equal(say(80), SAMPLER_QUIET);
	pass(1);
	assert_int_equal(say(80), SAMPLER_TAKE);
	assert_int_equal(sampler.kept.today, 1);
	assert_int_equal(sampler.kept.used, 5);
}

static void bottles_are_apart_by_the_spacing(void **state)
{
	bottle(1);
	int64_t last = sampler.kept.last.mono_us;
	assert_int_equal(episode(16), SAMPLER_TOO_SOON);
	pass(last + 3600 * S - 1 - now.mono_us);
	assert_int_equal(say(80), SAMPLER_QUIET);
	pass(1);
	assert_int_equal(say(80),
	        SAMPLER_TAKE); /* the episode goes on: it has its bottle late */
}

static void a_full_carousel_takes_none_until_somebody_empties_it(void **state)
{
	rule.bottles = 2;
	rule.spacing_us = 0;
	bottle(1);
	bottle(2);
	assert_int_equal(episode(16), SAMPLER_FULL);
	assert_int_equal(say(80), SAMPLER_QUIET);
	assert_int_equal(say(10), SAMPLER_QUIET);
	assert_int_equal(episode(16), SAMPLER_FULL); /* told at the next episode too */
	sampler_emptied(&sampler);
	assert_int_equal(say(80), SAMPLER_TAKE);
	assert_int_equal(sampler.kept.used, 1);
	assert_int_equal(sampler.kept.today, 3); /* of the day they all are */
}

static void a_sampler_that_is_not_ready_is_waited_for(void **state)
{
	ready = false;
	assert_int_equal(episode(16), SAMPLER_NOT_READY);
	assert_int_equal(episode(30), SAMPLER_QUIET);
	ready = true;
	assert_int_equal(say(80), SAMPLER_TAKE);
	assert_int_equal(sampler.kept.used, 1);
}

static void what_surely_did_not_happen_is_tried_again_three_times(void **state)
{
	rule.spacing_us = 3600 * S;
	bottle(1);
	pass(3600 * S);
	struct sampler_kept before = sampler.kept;
	assert_int_equal(episode(16), SAMPLER_TAKE);
	assert_true(sampler_undo(&sampler, &now));
	assert_int_equal(sampler.kept.used, before.used);
	assert_int_equal(sampler.kept.today, before.today);
	assert_true(sampler.kept.last.time_us == before.last.time_us);
	pass(60 * S - 1);
	assert_int_equal(say(80), SAMPLER_QUIET);
	pass(1);
	assert_int_equal(say(80), SAMPLER_TAKE);
	assert_true(sampler_undo(&sampler, &now));
	pass(60 * S);
	assert_int_equal(say(80), SAMPLER_TAKE);
	assert_false(sampler_undo(&sampler, &now));
	for (int i = 0; i < 100; i++, pass(60 * S))
		assert_int_equal(say(80), SAMPLER_QUIET);
	assert_int_equal(say(10), SAMPLER_QUIET);
	assert_int_equal(episode(16), SAMPLER_TAKE); /* another episode, another try */
	assert_int_equal(sampler.kept.used, 2);
}

static void a_restart_forgets_neither_bottle_nor_day_nor_episode(void **state)
{
	bottle(1);
	pass(3600 * S);
	assert_int_equal(episode(16), SAMPLER_TAKE);
	struct sampler other = { .kept = sampler.kept };
	sampler_begin(&other, &rule);
	sampler = other;
	assert_int_equal(episode(120), SAMPLER_QUIET); /* the same episode */
	assert_int_equal(say(10), SAMPLER_QUIET);
	assert_int_equal(episode(16), SAMPLER_TAKE);
	assert_int_equal(sampler.kept.used, 3);
	assert_int_equal(sampler.kept.today, 3);
}

static void a_boot_counts_the_spacing_by_the_wall_clock(void **state)
{
	bottle(1);
	struct moment last = sampler.kept.last;
	now = (struct moment){ .boot = 8,
		.mono_us = 40 * S,
		.time_us = last.time_us + 1800 * S,
		.state = CLOCK_SYNCED };
	assert_int_equal(episode(16), SAMPLER_TOO_SOON);
	pass(last.time_us + 3600 * S - 1 - now.time_us);
	assert_int_equal(say(80), SAMPLER_QUIET);
	pass(1);
	assert_int_equal(say(80), SAMPLER_TAKE);
}

static void a_boot_whose_clock_went_back_waits_the_whole_spacing(void **state)
{
	bottle(1);
	now = (struct moment){ .boot = 8, .mono_us = 40 * S, .time_us = 50 * S };
	assert_int_equal(episode(16), SAMPLER_TOO_SOON);
	int64_t from = now.mono_us;
	pass(3600 * S - 1);
	assert_int_equal(say(80), SAMPLER_QUIET);
	pass(1);
	assert_int_equal(say(80), SAMPLER_TAKE);
	assert_true(now.mono_us - from == 3600 * S);
}

/* The run is timed by the clock that never steps. */
static void a_step_of_the_clock_neither_makes_nor_breaks_a_run(void **state)
{
	assert_int_equal(episode(10), SAMPLER_QUIET);
	now.time_us += 3600 * S;
	assert_int_equal(say(80), SAMPLER_QUIET);
	now.time_us -= 7200 * S;
	pass(300 * S - 1);
	assert_int_equal(say(80), SAMPLER_QUIET);
	pass(1);
	assert_int_equal(say(80), SAMPLER_TAKE);
}

static void a_clock_that_goes_back_a_day_gives_no_new_bottles(void **state)
{
	rule.spacing_us = 0;
	rule.most_a_day = 2;
	bottle(1);
	bottle(2);
	now.time_us -= US_PER_DAY; /* it was wrong before: what was taken counts here */
	assert_int_equal(episode(16), SAMPLER_ENOUGH);
	assert_int_equal(say(10), SAMPLER_QUIET);
	now.time_us += US_PER_DAY; /* and back: they were taken on this one */
	assert_int_equal(episode(16), SAMPLER_ENOUGH);
	assert_int_equal(say(10), SAMPLER_QUIET);
	pass(US_PER_DAY);
	assert_int_equal(episode(16), SAMPLER_TAKE);
}

/* A cabinet without a clock of its own begins in 1970, and is put right later. */
static void an_unsynced_clock_of_1970_gives_no_new_bottles(void **state)
{
	rule.spacing_us = 0;
	rule.most_a_day = 2;
	bottle(1);
	bottle(2);
	struct moment good = now;
	now.state = CLOCK_UNSYNCED;
	now.time_us = 100 * S;
	assert_int_equal(episode(16), SAMPLER_ENOUGH);
	now.time_us = good.time_us + 3600 * S;
	now.state = CLOCK_SYNCED;
	assert_int_equal(say(10), SAMPLER_QUIET);
	assert_int_equal(episode(16), SAMPLER_ENOUGH);
}

#define EACH(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_bottle_is_taken_when_the_run_is_as_long_as_wanted),
		EACH(so_many_readings_are_needed_however_long_the_run),
		EACH(the_level_itself_is_not_beyond_it),
		EACH(below_a_level_is_beyond_it_when_that_is_wanted),
		EACH(one_reading_within_begins_the_run_anew),
		EACH(one_episode_has_one_bottle_however_long_it_is),
		EACH(it_never_fires_on_a_state_that_is_no_measurement),
		EACH(such_a_state_breaks_the_run_and_an_old_result_does_not),
		EACH(such_a_state_does_not_end_an_episode_that_has_its_bottle),
		EACH(the_day_has_so_many_bottles_and_midnight_gives_new_ones),
		EACH(bottles_are_apart_by_the_spacing),
		EACH(a_full_carousel_takes_none_until_somebody_empties_it),
		EACH(a_sampler_that_is_not_ready_is_waited_for),
		EACH(what_surely_did_not_happen_is_tried_again_three_times),
		EACH(a_restart_forgets_neither_bottle_nor_day_nor_episode),
		EACH(a_boot_counts_the_spacing_by_the_wall_clock),
		EACH(a_boot_whose_clock_went_back_waits_the_whole_spacing),
		EACH(a_step_of_the_clock_neither_makes_nor_breaks_a_run),
		EACH(a_clock_that_goes_back_a_day_gives_no_new_bottles),
		EACH(an_unsynced_clock_of_1970_gives_no_new_bottles),
	};
	return cmocka_run_group_tests_name("sampler", tests, NULL, NULL);
}
