/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac station maintenance ID on|off --reason TEXT
 * quantrac station emptied --reason TEXT */
#include "cli/station_orders.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli/cabinet.h"
#include "cli/common.h"
#include "cli/station_words.h"
#include "sensors/cabinet/control.h"
#include "sensors/station/station.h"

enum { OPTION_REASON = 0x200, OPTION_FOR };

#define REASON                                                                         \
	{                                                                              \
		"reason", OPTION_REASON, "TEXT", 0,                                    \
		        "why; it is recorded, with who you are", 0                     \
	}
static const struct argp_option options[] = { REASON, { 0 } };

/* --for would be taken for --format otherwise, and the time for one of its words. */
static const struct argp_option maintenance_options[] = {
	REASON,
	{ "for", OPTION_FOR, "TIME", OPTION_HIDDEN, NULL, 0 },
	{ 0 },
};

struct given {
	const char *reason; /* NULL: none */
	bool timed;
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct given *given = state->input;
	if (key == OPTION_REASON)
		given->reason = word;
	else if (key == OPTION_FOR)
		given->timed = true;
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static int misuse(const struct common *common, const char *command, const char *usage,
        bool reason)
{
	struct problem why;
	bool vi = common_vietnamese(common);
	const char *missing = vi ? "thiếu --reason; " : "--reason is missing; ";
	problem_set(&why, REFUSED, EXIT_USAGE,
	        vi ? "%shãy viết: quantrac %s" : "%swrite: quantrac %s",
	        reason ? "" : missing, usage);
	return common_fail(command, &why);
}

static bool is_of(const struct station *station, const char *id)
{
	for (size_t i = 0; i < station->n_instruments; i++)
		if (strcmp(station->instrument[i].id, id) == 0)
			return true;
	return strcmp(station->id, id) == 0;
}

static void tell_done(const struct common *common, const struct control_answer *answer)
{
	if (!common->quiet)
		common_put(answer->text);
	if (answer->outcome == CONTROL_UNKEPT)
		common_tell("warning: it holds, but the disk cannot be written: a "
		            "restart of the program forgets it");
}

/* To the sensord that writes this station's journal; `id` "" : the station. */
static int give(const char *command, const struct common *common, struct order *order,
        const char *reason)
{
	char folder[PATH_MAX];
	struct control_answer answer;
	struct problem why = { .exit = EXIT_CONFIG };
	struct station *station;
	if (snprintf(order->reason, sizeof order->reason, "%s", reason) >
	        ORDER_REASON) {
		problem_set(&why, REFUSED, EXIT_USAGE, "%s", order_reason_wanted);
		return common_fail(command, &why);
	}
	if (cabinet_read(&station, common->config, common_vietnamese(common), &why) !=
	        OK)
		return common_fail(command, &why);
	station_path(station, station->journal_folder, folder, sizeof folder);
	if (order->id[0] == '\0')
		snprintf(order->id, sizeof order->id, "%s", station->id);
	bool known = is_of(station, order->id);
	int status = control_ask(folder, order, &answer, &why);
	order_words(station, order, &answer, &why);
	station_free(station);
	if (status == REFUSED && !known)
		why.exit = EXIT_NO_FILE;
	if (status != OK)
		return common_fail(command, &why);
	tell_done(common, &answer);
	return 0;
}

int station_maintenance(int argc, char **argv)
{
	static const char usage[] = "station maintenance ID on|off --reason TEXT";
	static const struct argp argp = { .options = maintenance_options,
		.parser = parse,
		.args_doc = "ID on|off",
		.doc = "Mark the readings of an instrument (of all: the id of the "
		       "station) as "
		       "made during maintenance. It ends by itself after two hours; "
		       "given "
		       "again it lasts two hours from then. Only root and the group of "
		       "quantrac-sensord may." };
	struct common common;
	struct given given = { 0 };
	int first = common_parse(&common, &argp, &given, argc, argv);
	struct order order = { .kind = ORDER_MAINTENANCE };
	if (given.timed)
		return common_fail("station maintenance",
		        &(struct problem){ .exit = EXIT_USAGE,
		                .text = "there is no --for: maintenance ends by itself "
		                        "after two hours, or with off" });
	if (argc - first != 2 || given.reason == NULL)
		return misuse(
		        &common, "station maintenance", usage, given.reason != NULL);
	order.on = strcmp(argv[first + 1], "on") == 0;
	if ((!order.on && strcmp(argv[first + 1], "off") != 0) ||
	        !id_valid(argv[first], ID_SIZE - 1))
		return misuse(&common, "station maintenance", usage, true);
	snprintf(order.id, sizeof order.id, "%s", argv[first]);
	return give("station maintenance", &common, &order, given.reason);
}

int station_emptied(int argc, char **argv)
{
	static const struct argp argp = { .options = options,
		.parser = parse,
		.doc = "Tell the cabinet that its automatic sampler has empty bottles: "
		       "the "
		       "next one is number 1." };
	struct common common;
	struct given given = { 0 };
	int first = common_parse(&common, &argp, &given, argc, argv);
	struct order order = { .kind = ORDER_EMPTIED };
	if (argc != first || given.reason == NULL)
		return misuse(&common, "station emptied",
		        "station emptied --reason TEXT", given.reason != NULL);
	return give("station emptied", &common, &order, given.reason);
}
