/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/reading.h"
#include "sensors/simulator/scenario.h"
#include "tests/kits/cabinet_fixture.h"

enum { COD, TSS, PH, FLOW };

/* A scenario with one water instrument and these scenes. */
static struct scenario *with_scenes(const char *folder, const char *scenes)
{
	char text[4096];
	snprintf(text, sizeof text, "%s%s%s", fixture_head,
	        "ports: [{id: bus, mode: rtu}]\n"
	        "instruments:\n"
	        "  - id: water\n"
	        "    profile: fixture-water\n"
	        "    port: bus\n"
	        "    channels:\n"
	        "      - {name: cod, mean: 42, daily: 6, peak: \"15:00\", noise: 1.5, "
	        "decimals: 1}\n"
	        "      - {name: tss, mean: 20, half_day: 3, noise: 0.5, decimals: 1, "
	        "low: 19}\n"
	        "      - {name: ph, mean: 7.3, noise: 0.02, decimals: 2}\n"
	        "scenes:\n",
	        scenes);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	fixture_write(folder, "scenario.yaml", text, folder);
#pragma GCC diagnostic pop
	return fixture_scenario(folder, "scenario.yaml");
}

static int64_t at(int day, int hour, int minute)
{
	return FIXTURE_DAY1 + (day - 1) * US_PER_DAY + hour * US_PER_HOUR +
	       minute * US_PER_MIN;
}

static const char nothing[] = "  - {from: day 99, to: day 100, silent: yes}\n";

static void the_same_time_gives_the_same_value(void **state)
{
	struct scenario *a = with_scenes(*state, nothing);
	struct scenario *b = fixture_scenario(*state, "scenario.yaml");
	for (int minute = 0; minute < 2000; minute++) {
		double value = scenario_value(a, a->instrument, COD, at(3, 0, minute));
		assert_true(value ==
		            scenario_value(b, b->instrument, COD, at(3, 0, minute)));
		assert_true(value ==
		            scenario_value(a, a->instrument, COD, at(3, 0, minute)));
	}
	scenario_free(a);
	scenario_free(b);
}

static void day_and_noise_are_as_asked(void **state)
{
	struct scenario *s = with_scenes(*state, nothing);
	double sum = 0, sum2 = 0, at15 = 0, at3 = 0;
	int n = 0;
	for (int64_t t = at(1, 0, 0); t < at(29, 0, 0); t += US_PER_MIN, n++) {
		double value = scenario_value(s, s->instrument, COD, t);
		sum += value;
		sum2 += value * value;
		assert_true(fabs(value * 10 - round(value * 10)) < 1e-9);
	}
	for (int day = 1; day < 29; day++) {
		at15 += scenario_value(s, s->instrument, COD, at(day, 15, 0)) / 28;
		at3 += scenario_value(s, s->instrument, COD, at(day, 3, 0)) / 28;
	}
	assert_close(sum / n, 42, 2e-3);
	assert_close(sqrt(sum2 / n - sum / n * (sum / n)), sqrt(18 + 2.25), 0.02);
	assert_true(fabs(at15 - 48) < 1.2);
	assert_true(fabs(at3 - 36) < 1.2);
	scenario_free(s);
}

static void noise_remembers_itself(void **state)
{
	struct scenario *s = with_scenes(*state, nothing);
	double near = 0, far = 0, all = 0;
	for (int64_t t = at(1, 0, 0); t < at(20, 0, 0); t += US_PER_MIN) {
		double a = scenario_value(s, s->instrument, PH, t) - 7.3;
		double b = scenario_value(s, s->instrument, PH, t + US_PER_MIN) - 7.3;
		double c = scenario_value(s, s->instrument, PH, t + US_PER_HOUR) - 7.3;
		near += a * b;
		far += a * c;
		all += a * a;
	}
	assert_true(near / all > 0.6);
	assert_true(fabs(far / all) < 0.1);
	scenario_free(s);
}

static void values_are_clipped_and_missing_channels_read_zero(void **state)
{
	struct scenario *s = with_scenes(*state, nothing);
	double lowest = 1e9;
	for (int64_t t = at(1, 0, 0); t < at(2, 0, 0); t += US_PER_MIN)
		lowest = fmin(lowest, scenario_value(s, s->instrument, TSS, t));
	assert_true(lowest == 19);
	assert_true(scenario_value(s, s->instrument, FLOW, at(1, 0, 0)) == 0);
	scenario_free(s);
}

/* What a scene says holds for a channel that the scenario says nothing of, too. */
static void a_scene_may_be_of_a_channel_that_is_left_out(void **state)
{
	struct scenario *s = with_scenes(*state,
	        "  - {from: day 2, to: day 3, instrument: water, channels: [flow_out], "
	        "set: 120}\n"
	        "  - {from: day 4, to: day 5, instrument: water, channels: [flow_out], "
	        "mean: 50}\n"
	        "  - {from: day 6, to: day 7, add: 1}\n");
	assert_true(scenario_value(s, s->instrument, FLOW, at(1, 12, 0)) == 0);
	assert_true(scenario_value(s, s->instrument, FLOW, at(2, 12, 0)) == 120);
	assert_true(scenario_shown(s, s->instrument, FLOW, at(2, 12, 0)) == 120);
	assert_true(scenario_value(s, s->instrument, FLOW, at(4, 12, 0)) == 50);
	assert_true(scenario_value(s, s->instrument, FLOW, at(6, 12, 0)) == 1);
	assert_true(scenario_value(s, s->instrument, FLOW, at(7, 0, 0)) == 0);
	scenario_free(s);
}

/* Mean over base means, as a judge takes it: float values, five a base interval. */
static double mean_of_base_means(
        const struct scenario *s, int64_t from_us, int64_t to_us)
{
	double sum = 0;
	int n = 0;
	for (int64_t base = from_us; base < to_us; base += 5 * US_PER_MIN, n++) {
		double five = 0;
		for (int i = 0; i < 5; i++)
			five += (double)(float)scenario_value(
			        s, s->instrument, COD, base + i * US_PER_MIN + 40000);
		sum += five / 5;
	}
	return sum / n;
}

static void a_planted_mean_is_exact(void **state)
{
	struct scenario *s = with_scenes(*state,
	        "  - {from: day 4, to: day 5, instrument: water, channels: [cod], "
	        "mean: 74.2}\n"
	        "  - {from: day 9, to: day 9 10:00, channels: [cod], mean: 80.0}\n"
	        "  - {from: day 9 14:00, to: day 10, channels: [cod], mean: 80.0}\n"
	        "  - {from: day 11, to: day 11 12:30, channels: [cod], mean: 160, "
	        "swing: 0.5}\n"
	        "  - {from: day 13, to: day 13 16:40, channels: [cod], mean: 20, "
	        "swing: 0.2}\n"
	        "  - {from: day 14, to: day 14 00:35, channels: [cod], mean: 33.3}\n");
	assert_close(mean_of_base_means(s, at(4, 0, 0), at(5, 0, 0)), 74.2, 1e-6);
	assert_close(mean_of_base_means(s, at(9, 0, 0), at(9, 10, 0)), 80.0, 1e-6);
	assert_close(mean_of_base_means(s, at(9, 14, 0), at(10, 0, 0)), 80.0, 1e-6);
	assert_close(mean_of_base_means(s, at(11, 0, 0), at(11, 12, 30)), 160, 1e-6);
	assert_close(mean_of_base_means(s, at(13, 0, 0), at(13, 16, 40)), 20, 1e-6);
	assert_close(mean_of_base_means(s, at(14, 0, 0), at(14, 0, 35)), 33.3, 1e-6);
	scenario_free(s);
}

static void a_planted_mean_still_moves(void **state)
{
	struct scenario *s =
	        with_scenes(*state, "  - {from: day 4, to: day 5, instrument: water, "
	                            "channels: [cod], mean: 74.2}\n");
	double low = 1e9, high = 0, before = 0;
	int same = 0;
	for (int64_t t = at(4, 0, 0); t < at(5, 0, 0); t += US_PER_MIN) {
		double value = scenario_value(s, s->instrument, COD, t);
		same += value == before;
		before = value;
		low = fmin(low, value);
		high = fmax(high, value);
	}
	assert_true(high - low > 8);
	assert_true(same < 400);
	scenario_free(s);
}

static void scenes_are_played_in_their_order(void **state)
{
	struct scenario *s = with_scenes(*state,
	        "  - {from: day 2, to: day 3, channels: [cod], set: 10}\n"
	        "  - {from: day 2 06:00, to: day 2 12:00, channels: [cod], multiply: "
	        "6}\n"
	        "  - {from: day 2 08:00, to: day 2 09:00, channels: [cod], add: "
	        "-1.5}\n");
	const struct scenario_instrument *water = s->instrument;
	assert_close(scenario_value(s, water, COD, at(2, 0, 0)), 10, 0);
	assert_close(scenario_value(s, water, COD, at(2, 6, 0)), 60, 0);
	assert_close(scenario_value(s, water, COD, at(2, 8, 30)), 58.5, 0);
	assert_close(scenario_value(s, water, COD, at(2, 9, 0)), 60, 0);
	assert_close(scenario_value(s, water, COD, at(2, 12, 0)), 10, 0);
	assert_true(scenario_value(s, water, COD, at(3, 0, 0)) > 20);
	assert_true(scenario_value(s, water, TSS, at(2, 6, 0)) < 30);
	scenario_free(s);
}

static void a_scene_comes_again_and_ends_where_it_says(void **state)
{
	struct scenario *s = with_scenes(*state,
	        "  - {from: day 4, to: day 5, every: 7d, channels: [cod], set: 1}\n"
	        "  - {from: day 1 22:00, to: day 2 05:00, every: 24h, channels: [tss], "
	        "set: 30}\n");
	const struct scenario_instrument *water = s->instrument;
	for (int week = 0; week < 5; week++) {
		int day = 4 + 7 * week;
		assert_true(scenario_value(s, water, COD, at(day, 0, 0) - 1) > 20);
		assert_true(scenario_value(s, water, COD, at(day, 0, 0)) == 1);
		assert_true(scenario_value(s, water, COD, at(day + 1, 0, 0) - 1) == 1);
		assert_true(scenario_value(s, water, COD, at(day + 1, 0, 0)) > 20);
	}
	assert_true(scenario_value(s, water, TSS, at(1, 4, 59)) == 30);
	assert_true(scenario_value(s, water, TSS, at(1, 5, 0)) < 30);
	assert_true(scenario_value(s, water, TSS, at(17, 22, 0)) == 30);
	scenario_free(s);
}

static void states_and_faults_hold_for_their_time_and_channels(void **state)
{
	struct scenario *s = with_scenes(*state,
	        "  - {from: day 2 10:00, to: day 2 14:00, channels: [cod], state: "
	        "fault}\n"
	        "  - {from: day 3, to: day 4, instrument: water, silent: yes}\n"
	        "  - {from: day 5, to: day 6, port: bus, cable: yes}\n"
	        "  - {from: day 7, to: day 8, instrument: water, exception: 2, late: "
	        "2s}\n");
	const struct scenario_instrument *water = s->instrument;
	assert_int_equal(scenario_state(s, water, COD, at(2, 9, 59)), STATE_OK);
	assert_int_equal(scenario_state(s, water, COD, at(2, 10, 0)), STATE_FAULT);
	assert_int_equal(scenario_state(s, water, TSS, at(2, 10, 0)), STATE_OK);
	assert_int_equal(scenario_state(s, water, COD, at(2, 14, 0)), STATE_OK);
	assert_true(scenario_condition(s, water, at(3, 5, 0)).silent);
	assert_false(scenario_condition(s, water, at(4, 0, 0)).silent);
	assert_true(scenario_cable_out(s, 0, at(5, 5, 0)));
	assert_false(scenario_cable_out(s, 0, at(6, 0, 0)));
	assert_int_equal(scenario_condition(s, water, at(7, 0, 0)).exception, 2);
	assert_int_equal(scenario_condition(s, water, at(7, 0, 0)).late_us, 2000000);
	scenario_free(s);
}

static void live_scenes_wait_for_live(void **state)
{
	struct scenario *s = with_scenes(*state,
	        "  - {from: live +20s, to: live +40s, port: bus, cable: yes}\n"
	        "  - {from: live, to: live +5s, instrument: water, silent: yes}\n");
	int64_t live = at(31, 9, 0);
	assert_false(scenario_cable_out(s, 0, live + 30 * US_PER_S));
	scenario_begin(s, 0, live);
	assert_false(scenario_cable_out(s, 0, live + 20 * US_PER_S - 1));
	assert_true(scenario_cable_out(s, 0, live + 20 * US_PER_S));
	assert_false(scenario_cable_out(s, 0, live + 40 * US_PER_S));
	assert_true(scenario_condition(s, s->instrument, live).silent);
	scenario_free(s);
}

static void day_one_can_be_put_elsewhere(void **state)
{
	struct scenario *s = with_scenes(
	        *state, "  - {from: day 2, to: day 3, channels: [cod], set: 10}\n");
	scenario_begin(s, at(100, 15, 0), INT64_MAX);
	assert_true(s->start_us == at(100, 0, 0));
	assert_true(scenario_value(s, s->instrument, COD, at(101, 0, 0)) == 10);
	assert_true(scenario_value(s, s->instrument, COD, at(2, 0, 0)) > 10);
	scenario_free(s);
}

/* ---- columns of data ---- */

static struct scenario *with_replay(const char *folder, const char *replay)
{
	char text[2048];
	snprintf(text, sizeof text,
	        "%sports: [{id: bus}]\n"
	        "instruments:\n"
	        "  - {id: water, profile: fixture-water, port: bus, channels: [{name: "
	        "cod, "
	        "replay: {file: data.csv, column: b, %s}}]}\n",
	        fixture_head, replay);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	fixture_write(folder, "replay.yaml", text, folder);
#pragma GCC diagnostic pop
	return fixture_scenario(folder, "replay.yaml");
}

static void a_column_is_played_row_by_row(void **state)
{
	fixture_write(*state, "data.csv", "a,b\n1,10.5\n2,-200\n3,\n4,13.25\n");
	struct scenario *s = with_replay(*state, "every: 5min, missing: -200");
	const struct scenario_instrument *water = s->instrument;
	assert_true(scenario_value(s, water, COD, at(1, 0, 0)) == 10.5);
	assert_true(scenario_value(s, water, COD, at(1, 0, 5) - 1) == 10.5);
	assert_true(isnan(scenario_value(s, water, COD, at(1, 0, 5))));
	assert_true(isnan(scenario_value(s, water, COD, at(1, 0, 10))));
	assert_true(scenario_value(s, water, COD, at(1, 0, 19)) == 13.25);
	assert_true(isnan(scenario_value(s, water, COD, at(1, 0, 20))));
	assert_true(isnan(scenario_value(s, water, COD, at(1, 0, 0) - 1)));
	scenario_free(s);
}

static void a_column_can_begin_again(void **state)
{
	fixture_write(*state, "data.csv", "b\n1\n2\n3\n");
	struct scenario *s = with_replay(*state, "every: 1min, loop: yes");
	for (int minute = 0; minute < 60; minute++)
		assert_true(scenario_value(s, s->instrument, COD, at(1, 0, minute)) ==
		            1 + minute % 3);
	scenario_free(s);
}

static void a_column_can_have_its_own_times(void **state)
{
	fixture_write(*state, "data.csv",
	        "t,b\n2020-01-01T00:00,1\n2020-01-01T00:10,2\n2020-01-01T01:00,3\n");
	struct scenario *s = with_replay(*state, "every: 10min, time: t");
	const struct scenario_instrument *water = s->instrument;
	assert_true(scenario_value(s, water, COD, at(1, 0, 9)) == 1);
	assert_true(scenario_value(s, water, COD, at(1, 0, 10)) == 2);
	assert_true(scenario_value(s, water, COD, at(1, 0, 59)) == 2);
	assert_true(scenario_value(s, water, COD, at(1, 1, 0)) == 3);
	assert_true(isnan(scenario_value(s, water, COD, at(1, 1, 10))));
	scenario_free(s);
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, fixture_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(the_same_time_gives_the_same_value),
		scratch_test(day_and_noise_are_as_asked),
		scratch_test(noise_remembers_itself),
		scratch_test(values_are_clipped_and_missing_channels_read_zero),
		scratch_test(a_scene_may_be_of_a_channel_that_is_left_out),
		scratch_test(a_planted_mean_is_exact),
		scratch_test(a_planted_mean_still_moves),
		scratch_test(scenes_are_played_in_their_order),
		scratch_test(a_scene_comes_again_and_ends_where_it_says),
		scratch_test(states_and_faults_hold_for_their_time_and_channels),
		scratch_test(live_scenes_wait_for_live),
		scratch_test(day_one_can_be_put_elsewhere),
		scratch_test(a_column_is_played_row_by_row),
		scratch_test(a_column_can_begin_again),
		scratch_test(a_column_can_have_its_own_times),
	};
	return cmocka_run_group_tests_name("scenario", tests, NULL, NULL);
}
