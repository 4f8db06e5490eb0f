/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>
#include <string.h>

#include "analysis/operating.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "base/status.h"
#include "tests/kits/made.h"

#define DAY    288
#define MARGIN 2 /* base intervals before and after the day: the dwell time */

static struct rule_operating conditions[2];
static struct rule rule;

/* Runs above 0.5 m3/h; a stop takes 10 min. */
static void flow_rule(void)
{
	conditions[0] = (struct rule_operating){ .channel = "flow_out",
		.above = 0.5,
		.below = NAN,
		.unit = "m3/h",
		.dwell_s = 600 };
	rule = (struct rule){ .n_operating = 1, .operating = conditions };
}

static struct series flow_of(double value)
{
	struct series series =
	        made_series(DAY + 2 * MARGIN, 300, MADE_DAY - MARGIN * 300 * US_PER_S);
	series.about.unit = "m3/h";
	made_values(&series, 0, series.n, value);
	return series;
}

static void running_of(
        uint8_t running[DAY], const struct series *a, const struct series *b)
{
	struct base_sums sums[2];
	struct operating_channel channel[2] = { 0 };
	const struct series *series[2] = { a, b };
	for (int i = 0; i < 2; i++) {
		if (series[i] == NULL)
			continue;
		assert_int_equal(base_sums_make(&sums[i], series[i], 300 * US_PER_S,
		                         MADE_DAY - 600 * US_PER_S,
		                         MADE_DAY + US_PER_DAY + 600 * US_PER_S),
		        OK);
		channel[i] =
		        (struct operating_channel){ &sums[i], series[i]->about.unit };
	}
	assert_int_equal(operating_make(running, DAY, MADE_DAY, &rule, channel), OK);
	for (int i = 0; i < 2; i++)
		if (series[i] != NULL)
			base_sums_free(&sums[i]);
}

static void both_sides_of_the_threshold(void **state)
{
	uint8_t running[DAY];
	flow_rule();
	struct series flow = flow_of(0.5);
	running_of(running, &flow, NULL);
	for (int k = 0; k < DAY; k++)
		assert_int_equal(running[k], RUNNING_STOPPED);
	made_values(&flow, 0, flow.n, 0.51);
	running_of(running, &flow, NULL);
	assert_int_equal(running[0], RUNNING_YES);
	/* 0.2 L/s are 0.72 m3/h */
	flow.about.unit = "L/s";
	made_values(&flow, 0, flow.n, 0.2);
	running_of(running, &flow, NULL);
	assert_int_equal(running[0], RUNNING_YES);
	series_free(&flow);
}

static void a_stop_shorter_than_the_dwell_time_is_none(void **state)
{
	uint8_t running[DAY];
	flow_rule();
	struct series flow = flow_of(10);
	made_values(&flow, MARGIN + 50, MARGIN + 51, 0);
	made_values(&flow, MARGIN + 100, MARGIN + 102, 0);
	running_of(running, &flow, NULL);
	assert_int_equal(running[50], RUNNING_YES);
	assert_int_equal(running[99], RUNNING_YES);
	assert_int_equal(running[100], RUNNING_STOPPED);
	assert_int_equal(running[101], RUNNING_STOPPED);
	assert_int_equal(running[102], RUNNING_YES);
	series_free(&flow);
}

/* A stop that begins five minutes before midnight is a stop on both sides of it. */
static void a_stop_is_seen_across_midnight(void **state)
{
	uint8_t running[DAY];
	flow_rule();
	struct series flow = flow_of(10);
	made_values(&flow, MARGIN - 1, MARGIN + 1, 0);
	made_values(&flow, MARGIN + DAY - 1, MARGIN + DAY + 1, 0);
	running_of(running, &flow, NULL);
	assert_int_equal(running[0], RUNNING_STOPPED);
	assert_int_equal(running[1], RUNNING_YES);
	assert_int_equal(running[DAY - 1], RUNNING_STOPPED);
	series_free(&flow);
}

/* Only what is measured stops a source: no data, a fault, a declaration are unknown. */
static void without_data_nothing_is_stopped(void **state)
{
	static const uint8_t states[] = { STATE_SILENT, STATE_FAULT, STATE_CALIBRATING,
		STATE_MAINTENANCE, STATE_STOPPED, STATE_OFF, STATE_NO_VALUE };
	uint8_t running[DAY];
	flow_rule();
	for (size_t i = 0; i < sizeof states; i++) {
		struct series flow = flow_of(0);
		made_states(&flow, 0, flow.n, states[i]);
		running_of(running, &flow, NULL);
		for (int k = 0; k < DAY; k++)
			assert_int_equal(running[k], RUNNING_UNKNOWN);
		series_free(&flow);
	}
	running_of(running, NULL, NULL);
	assert_int_equal(running[0], RUNNING_UNKNOWN);
	/* One unknown interval breaks a stop in two; a piece too short is none. */
	struct series flow = flow_of(10);
	made_values(&flow, MARGIN + 10, MARGIN + 14, 0);
	made_states(&flow, MARGIN + 11, MARGIN + 12, STATE_SILENT);
	running_of(running, &flow, NULL);
	assert_int_equal(running[10], RUNNING_YES);
	assert_int_equal(running[11], RUNNING_UNKNOWN);
	assert_int_equal(running[12], RUNNING_STOPPED);
	series_free(&flow);
}

/* A stack runs while O2 is under 19 % and it is hot; a missing second condition leaves
 * the first. */
static void all_conditions_must_hold(void **state)
{
	uint8_t running[DAY];
	flow_rule();
	conditions[0] = (struct rule_operating){
		.channel = "o2", .above = NAN, .below = 19, .unit = "%", .dwell_s = 600
	};
	conditions[1] = (struct rule_operating){ .channel = "temperature",
		.above = 60,
		.below = NAN,
		.unit = "Cel",
		.dwell_s = 600 };
	rule.n_operating = 2;
	struct series o2 = flow_of(9), hot = flow_of(150);
	o2.about.unit = "%";
	hot.about.unit = "Cel";
	made_values(&o2, MARGIN + 20, MARGIN + 30, 20.4);
	made_values(&hot, MARGIN + 40, MARGIN + 50, 35);
	running_of(running, &o2, &hot);
	assert_int_equal(running[19], RUNNING_YES);
	assert_int_equal(running[20], RUNNING_STOPPED);
	assert_int_equal(running[45], RUNNING_STOPPED);
	running_of(running, &o2, NULL);
	assert_int_equal(running[19], RUNNING_UNKNOWN);
	assert_int_equal(running[20], RUNNING_STOPPED);
	series_free(&o2);
	series_free(&hot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_of_the_threshold),
		cmocka_unit_test(a_stop_shorter_than_the_dwell_time_is_none),
		cmocka_unit_test(a_stop_is_seen_across_midnight),
		cmocka_unit_test(without_data_nothing_is_stopped),
		cmocka_unit_test(all_conditions_must_hold),
	};
	return cmocka_run_group_tests_name("operating", tests, NULL, NULL);
}
