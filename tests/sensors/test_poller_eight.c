/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Eight slaves on one line of 9600 8N1, each asked once a second, 300 ms to answer: what one that
 * does not answer costs the other seven.  An answer comes 75 ms after its request: 8 characters
 * there, 40 ms, 25 characters back.
 */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sensors/poller/poller.h"
#include "sensors/simulator/simulate.h"
#include "tests/kits/played.h"
#include "tests/kits/station_head.h"

#define SLAVES   8
#define SICK     3
#define SECOND   INT64_C(1000000)
#define START_US INT64_C(1793466000000000) /* 2026-11-01T00:00:00+07:00 */

struct eight {
	struct scenario *scenario;
	struct station *station;
	struct poller *poller;
	struct port *line;
	struct moment now;
	size_t readings[SLAVES], ok[SLAVES];
	int64_t last_us[SLAVES], longest_us[SLAVES]; /* between two good readings */
	int64_t sick_ok_us; /* newest good reading of the sick one, 0: none */
};

static void quiet(enum log_level level, const char *text)
{
}

static void on_reading(void *context, size_t i, const struct moment *when,
        const struct reading_parts *parts)
{
	struct eight *eight = context;
	eight->readings[i]++;
	if (parts->state[0] != STATE_OK)
		return;
	int64_t since_us = when->mono_us - eight->last_us[i];
	if (eight->ok[i] > 0 && since_us > eight->longest_us[i])
		eight->longest_us[i] = since_us;
	eight->last_us[i] = when->mono_us;
	eight->ok[i]++;
	if (i == SICK)
		eight->sick_ok_us = when->mono_us;
}

static struct port *give_port(
        void *context, size_t port, const struct port_setting *setting)
{
	struct eight *eight = context;
	eight->line = simulate_port_new(eight->scenario, 0);
	return eight->line;
}

static void make_scenario(struct eight *eight, int delay_ms, const char *scenes)
{
	char text[4096];
	struct problem why;
	int n = snprintf(text, sizeof text,
	        "scenario: {name: eight, start: 2026-11-01T00:00}\n"
	        "ports: [{id: bus, mode: rtu}]\ninstruments:\n");
	for (int i = 0; i < SLAVES; i++)
		n += snprintf(text + n, sizeof text - (size_t)n,
		        "  - {id: i%d, profile: sim-flow, port: bus, slave: %d, delay: "
		        "%dms}\n",
		        i, i + 1, delay_ms);
	n += snprintf(text + n, sizeof text - (size_t)n, "scenes:\n%s", scenes);
	if (scenario_parse(&eight->scenario, text, (size_t)n, "eight.yaml", stderr,
	            &why) != OK)
		fail_msg("%s", why.text);
	scenario_begin(eight->scenario, START_US, INT64_MAX);
}

static void make_station(struct eight *eight)
{
	char text[4096];
	struct problem why;
	int n = snprintf(text, sizeof text,
	        "%s"
	        "ports: [{id: bus, path: /dev/serial/by-id/x, line: 9600 8N1}]\n"
	        "instruments:\n",
	        STATION_HEAD);
	for (int i = 0; i < SLAVES; i++)
		n += snprintf(text + n, sizeof text - (size_t)n,
		        "  - {id: i%d, profile: sim-flow, port: bus, slave: %d, "
		        "poll_every: 1s, timeout: 300ms}\n",
		        i, i + 1);
	if (station_parse(&eight->station, text, (size_t)n, "station.yaml", stderr,
	            &why) != OK)
		fail_msg("%s", why.text);
}

static struct eight *begin(int delay_ms, const char *scenes)
{
	struct eight *eight = calloc(1, sizeof *eight);
	struct poller_hooks hooks = {
		.context = eight, .reading = on_reading, .port = give_port
	};
	assert_non_null(eight);
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	log_catch(quiet);
	make_scenario(eight, delay_ms, scenes);
	make_station(eight);
	eight->poller = poller_new(eight->station, &hooks);
	eight->now = (struct moment){ .time_us = START_US, .mono_us = START_US };
	return eight;
}

static void end(struct eight *eight)
{
	poller_free(eight->poller);
	station_free(eight->station);
	scenario_free(eight->scenario);
	log_catch(NULL);
	free(eight);
}

/* Until so many seconds after the start. */
static void run_to(struct eight *eight, int64_t seconds)
{
	while (eight->now.mono_us < START_US + seconds * SECOND) {
		played_step(eight->poller, eight->line, &eight->now);
	}
}

/* Every second has a good reading of each of the seven; none came later than `late_ms` after its
 * turn. */
static void seven_lost_nothing(
        const struct eight *eight, size_t seconds, int64_t late_ms)
{
	for (size_t i = 0; i < SLAVES; i++) {
		if (i == SICK)
			continue;
		assert_in_range(eight->ok[i], seconds - 1, seconds + 1);
		assert_int_equal(eight->ok[i], eight->readings[i]);
		assert_int_equal(poller_counts(eight->poller, i)->overruns, 0);
		assert_int_equal(poller_counts(eight->poller, i)->timeouts, 0);
		assert_in_range(eight->longest_us[i], SECOND, SECOND + late_ms * 1000);
	}
}

static void with_all_alive_each_is_asked_to_the_moment(void **state)
{
	struct eight *eight = begin(75, "  []\n");
	run_to(eight, 600);
	seven_lost_nothing(eight, 600, 2);
	assert_in_range(eight->ok[SICK], 599, 601);
	assert_in_range(eight->longest_us[SICK], SECOND, SECOND + 2000);
	end(eight);
}

static void one_dead_from_the_start(void **state)
{
	struct eight *eight = begin(
	        75, "  - {from: day 1, to: day 2, instrument: i3, silent: yes}\n");
	run_to(eight, 20);
	seven_lost_nothing(eight, 20, 350);
	/* known to be dead, it is only asked where that delays nobody */
	memset(eight->longest_us, 0, sizeof eight->longest_us);
	run_to(eight, 600);
	seven_lost_nothing(eight, 600, 2);
	assert_int_equal(eight->ok[SICK], 0);
	/* asked ever more seldom, and no more often than once a minute in the end */
	assert_in_range(poller_counts(eight->poller, SICK)->requests, 12, 20);
	end(eight);
}

static void one_that_dies_in_the_middle(void **state)
{
	struct eight *eight = begin(75,
	        "  - {from: day 1 00:05, to: day 2, instrument: i3, silent: yes}\n");
	run_to(eight, 900);
	/* the first time it costs them its timeout, once */
	seven_lost_nothing(eight, 900, 350);
	assert_in_range(eight->ok[SICK], 298, 301);
	end(eight);
}

static void one_that_comes_back_is_found_within_a_minute(void **state)
{
	struct eight *eight = begin(75,
	        "  - {from: day 1 00:01, to: day 1 01:00, instrument: i3, silent: "
	        "yes}\n");
	run_to(eight, 3600);
	assert_in_range(eight->ok[SICK], 58, 61);
	while (eight->sick_ok_us < START_US + 3600 * SECOND &&
	        eight->now.mono_us < START_US + 3700 * SECOND)
		run_to(eight, (eight->now.mono_us - START_US) / SECOND + 1);
	int64_t found_us = eight->sick_ok_us - (START_US + 3600 * SECOND);
	assert_in_range(found_us, 0, 61 * SECOND);
	run_to(eight, 3720);
	seven_lost_nothing(eight, 3720, 350);
	/* and from then on it has its poll every second again */
	size_t ok = eight->ok[SICK];
	run_to(eight, 3780);
	assert_in_range(eight->ok[SICK] - ok, 59, 61);
	end(eight);
}

/* Three seconds dead, seven alive, for an hour. */
static void one_that_comes_and_goes(void **state)
{
	struct eight *eight =
	        begin(75, "  - {from: \"2026-11-01T00:01:00\", to: "
	                  "\"2026-11-01T00:01:03\", every: 10s, instrument: "
	                  "i3, silent: yes}\n");
	run_to(eight, 3600);
	seven_lost_nothing(eight, 3600, 350);
	assert_true(eight->ok[SICK] >= 5 * 360 - 30); /* of 7 in 10 s */
	end(eight);
}

/* Half an answer, garbage, a byte a second, an answer that begins in the last moment: no more than
 * its time. */
static void one_that_talks_nonsense_costs_no_more_than_one_that_is_silent(void **state)
{
	static const char *const faults[] = { "garbage: yes", "slow: 1s", "flips: 3",
		"split: 250ms", "late: 200ms, slow: 50ms", "behind: yes",
		"late: 700ms" };
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		char scene[256];
		snprintf(scene, sizeof scene,
		        "  - {from: day 1 00:01, to: day 2, instrument: i3, %s}\n",
		        faults[i]);
		struct eight *eight = begin(75, scene);
		run_to(eight, 900);
		seven_lost_nothing(eight, 900, 390);
		end(eight);
	}
}

/* Where every moment delays somebody it is asked in one that costs nobody his poll. */
static void on_a_busy_line_a_dead_one_is_asked_where_it_costs_no_poll(void **state)
{
	struct eight *eight = begin(
	        125, "  - {from: day 1, to: day 2, instrument: i3, silent: yes}\n");
	run_to(eight, 3600);
	seven_lost_nothing(eight, 3600, 600);
	assert_in_range(poller_counts(eight->poller, SICK)->requests, 55, 75);
	end(eight);
}

/* The seven alone are more than the line can carry: the dead one makes it no worse. */
static void on_a_line_that_is_more_than_full_a_dead_one_is_not_forgotten(void **state)
{
	struct eight *eight = begin(
	        140, "  - {from: day 1, to: day 2, instrument: i3, silent: yes}\n");
	run_to(eight, 3600);
	assert_in_range(poller_counts(eight->poller, SICK)->requests, 6, 10);
	end(eight);
}

/* One answer lost must not make a slave of a busy line one that is not asked any more. */
static void a_single_answer_lost_on_a_busy_line_costs_that_poll_only(void **state)
{
	struct eight *eight =
	        begin(85, "  - {from: \"2026-11-01T00:05:00\", to: "
	                  "\"2026-11-01T00:05:01\", instrument: i3, silent: "
	                  "yes}\n");
	run_to(eight, 600);
	seven_lost_nothing(eight, 600, 350);
	assert_in_range(eight->ok[SICK], 597, 600);
	assert_in_range(eight->longest_us[SICK], SECOND, 3 * SECOND);
	end(eight);
}

/* What made several silent, a cable say, is over for all of them when one answers.  They fell silent one
 * after the other, so that each would be asked at another moment of the minute. */
static void when_one_answers_again_the_other_dead_ones_are_asked_too(void **state)
{
	char scenes[2048];
	size_t n = 0, ok[SLAVES];
	for (int i = 0; i < SLAVES; i++)
		n += (size_t)snprintf(scenes + n, sizeof scenes - n,
		        "  - {from: \"2026-11-01T00:01:%02d\", to: "
		        "\"2026-11-01T01:00:00\", instrument: i%d, silent: yes}\n",
		        7 * i, i);
	struct eight *eight = begin(75, scenes);
	run_to(eight, 3600);
	for (size_t i = 0; i < SLAVES; i++)
		ok[i] = eight->ok[i];
	/* until the first of them is heard again */
	size_t back = 0;
	for (int64_t t = 3601; back == 0 && t <= 3661; t++) {
		run_to(eight, t);
		for (size_t i = 0; i < SLAVES; i++)
			back += eight->ok[i] > ok[i];
	}
	assert_true(back > 0);
	run_to(eight, (eight->now.mono_us - START_US) / SECOND + 4);
	for (size_t i = 0; i < SLAVES; i++)
		assert_true(eight->ok[i] > ok[i]);
	end(eight);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_all_alive_each_is_asked_to_the_moment),
		cmocka_unit_test(one_dead_from_the_start),
		cmocka_unit_test(one_that_dies_in_the_middle),
		cmocka_unit_test(one_that_comes_back_is_found_within_a_minute),
		cmocka_unit_test(one_that_comes_and_goes),
		cmocka_unit_test(
		        one_that_talks_nonsense_costs_no_more_than_one_that_is_silent),
		cmocka_unit_test(
		        on_a_busy_line_a_dead_one_is_asked_where_it_costs_no_poll),
		cmocka_unit_test(
		        on_a_line_that_is_more_than_full_a_dead_one_is_not_forgotten),
		cmocka_unit_test(
		        a_single_answer_lost_on_a_busy_line_costs_that_poll_only),
		cmocka_unit_test(
		        when_one_answers_again_the_other_dead_ones_are_asked_too),
	};
	return cmocka_run_group_tests_name("poller, eight slaves", tests, NULL, NULL);
}
