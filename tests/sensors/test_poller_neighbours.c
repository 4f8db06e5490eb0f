/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two that speak by themselves on one line: what one of them says is nothing that the other said badly. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/reading.h"
#include "sensors/poller/poller.h"
#include "sensors/simulator/simulate.h"
#include "tests/kits/played.h"
#include "tests/kits/station_head.h"

#define SECOND   INT64_C(1000000)
#define START_US INT64_C(1793466000000000) /* 2026-11-01T00:00:00+07:00 */

struct two {
	struct scenario *scenario;
	struct station *station;
	struct poller *poller;
	struct port *line;
	struct moment now;
	size_t readings[2], state[2][16];
};

static void quiet(enum log_level level, const char *text)
{
}

static void on_reading(void *context, size_t i, const struct moment *when,
        const struct reading_parts *parts)
{
	struct two *two = context;
	two->readings[i]++;
	two->state[i][parts->state[0]]++;
}

static struct port *give_port(
        void *context, size_t port, const struct port_setting *setting)
{
	struct two *two = context;
	two->line = simulate_port_new(two->scenario, 0);
	return two->line;
}

#define ONE                                                                            \
	"profile: hj212-2017-waste-water, port: bus, address: "                        \
	"\"010000A8900016F000169DC"

static struct two *begin(const char *fault)
{
	struct two *two = calloc(1, sizeof *two);
	struct poller_hooks hooks = {
		.context = two, .reading = on_reading, .port = give_port
	};
	char text[2048];
	struct problem why;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	log_catch(quiet);
	int n = snprintf(text, sizeof text,
	        "scenario: {name: two, start: 2026-11-01T00:00}\n"
	        "ports: [{id: bus, mode: rtu}]\ninstruments:\n"
	        "  - {id: a, " ONE "0\"}\n  - {id: b, " ONE "1\"}\n"
	        "scenes:\n  - {from: day 1, to: day 2, instrument: b, %s}\n",
	        fault);
	if (scenario_parse(&two->scenario, text, (size_t)n, "two.yaml", stderr, &why) !=
	        OK)
		fail_msg("%s", why.text);
	scenario_begin(two->scenario, START_US, INT64_MAX);
	n = snprintf(text, sizeof text,
	        "%s"
	        "ports: [{id: bus, path: /dev/serial/by-id/x, line: 9600 8N1}]\n"
	        "instruments:\n"
	        "  - {id: a, " ONE "0\", poll_every: 1s, timeout: 3s}\n"
	        "  - {id: b, " ONE "1\", poll_every: 1s, timeout: 3s}\n",
	        STATION_HEAD);
	if (station_parse(&two->station, text, (size_t)n, "station.yaml", NULL, &why) !=
	        OK)
		fail_msg("%s", why.text);
	two->now = (struct moment){ .time_us = START_US, .mono_us = START_US };
	two->poller = poller_new(two->station, &hooks);
	return two;
}

static void run(struct two *two, int64_t seconds)
{
	while (two->now.mono_us < START_US + seconds * SECOND) {
		played_step(two->poller, two->line, &two->now);
	}
}

static void end(struct two *two)
{
	poller_free(two->poller);
	station_free(two->station);
	scenario_free(two->scenario);
	log_catch(NULL);
	free(two);
}

static void garbled_and_silent_are_told_apart_beside_one_who_is_well(void **state)
{
	static const struct {
		const char *fault;
		int state;
	} faults[] = { { "garbage: yes", STATE_GARBLED }, { "flips: 3", STATE_GARBLED },
		{ "silent: yes", STATE_SILENT } };
	for (size_t i = 0; i < 3; i++) {
		struct two *two = begin(faults[i].fault);
		run(two, 120);
		assert_true(two->readings[0] > 20);
		assert_int_equal(two->state[0][STATE_OK], two->readings[0]);
		assert_true(two->readings[1] > 20);
		/* what comes in the first moments may be half of what is said */
		assert_in_range(two->state[1][faults[i].state], two->readings[1] - 1,
		        two->readings[1]);
		end(two);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        garbled_and_silent_are_told_apart_beside_one_who_is_well),
	};
	return cmocka_run_group_tests_name("poller, neighbours", tests, NULL, NULL);
}
