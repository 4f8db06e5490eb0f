/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac simulate: instruments that are not there, on pseudo-terminals and TCP
 * ports. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/tool.h"
#include "cli/translate.h"
#include "sensors/simulator/simulate.h"

enum { OPTION_DIR = 0x200, OPTION_SPEED, OPTION_START, OPTION_FOR, OPTION_SENT };

struct arguments {
	const char *dir, *start, *sent, *scenario;
	double speed, for_s;
};

static const struct argp_option options[] = {
	{ "dir", OPTION_DIR, "DIR", 0, "folder of the links to the pseudo-terminals",
	        1 },
	{ "speed", OPTION_SPEED, "F", 0,
	        "scenario seconds a second; other than 1 begins at the start of day 1",
	        1 },
	{ "start", OPTION_START, "TIME", 0, "day 1 is the legal day of this time", 1 },
	{ "for", OPTION_FOR, "60s", 0, "end after this time", 1 },
	{ "sent", OPTION_SENT, "FILE", 0, "write every answer sent, as CSV", 1 },
	{ 0 },
};

static double speed_of(const char *word, struct argp_state *state)
{
	char *end;
	double speed = strtod(word, &end);
	if (end == word || *end != '\0' || !(speed > 0 && speed <= 1e6))
		argp_error(state, "--speed: '%s' is no number above 0", word);
	return speed;
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct arguments *given = state->input;
	switch (key) {
	case OPTION_DIR:
		given->dir = word;
		return 0;
	case OPTION_SPEED:
		given->speed = speed_of(word, state);
		return 0;
	case OPTION_START:
		given->start = word;
		return 0;
	case OPTION_FOR:
		if (duration_parse(word, &given->for_s) != OK)
			argp_error(state, "--for: '%s' is not like 60s", word);
		return 0;
	case OPTION_SENT:
		given->sent = word;
		return 0;
	case ARGP_KEY_ARG:
		if (given->scenario != NULL)
			argp_error(state, "one scenario at a time");
		given->scenario = word;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* At speed 1 the scenario is where the clock is; faster, it is played from its
 * start. */
static int64_t begin(struct scenario *scenario, const struct arguments *given)
{
	int64_t now_us = common_now(), start_us = 0, end_us;
	if (given->start != NULL)
		common_interval("--start", given->start, scenario->head.offset_min,
		        &start_us, &end_us);
	else if (!scenario->head.start_set)
		start_us = now_us;
	scenario_begin(scenario, start_us, INT64_MAX);
	int64_t from_us = given->speed == 1 ? now_us : scenario->start_us;
	scenario->live_us = from_us;
	return from_us;
}

static int serve(struct scenario *scenario, const struct arguments *given,
        const struct common *common)
{
	struct problem why = { .exit = EXIT_INTERNAL };
	struct simulate_options how = { .dir = given->dir,
		.speed = given->speed,
		.from_us = begin(scenario, given),
		.for_s = given->for_s,
		.stop = &tool_stop,
		.say = common->quiet ? NULL : stdout };
	if (given->sent != NULL) {
		how.sent = fopen(given->sent, "we");
		if (how.sent == NULL) {
			problem_set(&why, FAILED, EXIT_NO_FILE, "%s: %s", given->sent,
			        strerror(errno));
			return common_fail("simulate", &why);
		}
		fprintf(how.sent, "time,port,instrument,answer\n");
	}
	tool_catch_signals();
	int status = simulate_serve(scenario, &how, &why);
	if (how.sent != NULL && fclose(how.sent) != 0 && status == OK)
		status = problem_set(&why, FAILED, EXIT_INTERNAL, "%s: %s", given->sent,
		        strerror(errno));
	return status == OK ? 0 : common_fail("simulate", &why);
}

int command_simulate(int argc, char **argv)
{
	static const struct argp argp = { .options = options,
		.parser = parse,
		.args_doc = "SCENARIO.yaml",
		.doc = "Answer like the instruments of a scenario, on pseudo-terminals "
		       "and TCP ports, until a signal comes." };
	struct common common;
	struct problem why = { .exit = EXIT_CONFIG };
	struct arguments given = { .dir = ".", .speed = 1, .for_s = INFINITY };
	struct scenario *scenario;
	common_parse(&common, &argp, &given, argc, argv);
	if (given.scenario == NULL) {
		problem_set(&why, REFUSED, EXIT_USAGE, "name a scenario file");
		return common_fail("simulate", &why);
	}
	log_start("simulate", common.verbose ? LOG_DETAIL : LOG_INFO);
	struct translated told;
	int status = scenario_read(&scenario, given.scenario,
	        translated_open(&told, common_vietnamese(&common)), &why);
	translated_close(&told, &scenario_section);
	if (status != OK)
		return why.exit; /* every error has been told */
	int code = serve(scenario, &given, &common);
	scenario_free(scenario);
	return code;
}
