/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quantrac serial probe PORT: says what it will do, listens, refuses a line on which
 * somebody speaks, then finds line settings and slaves and reads one block.  Only requests
 * that read are ever sent.
 */
#include "cli/serial_probe.h"

#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/serial.h"
#include "sensors/cabinet/control.h"
#include "sensors/tables/profile.h"

#define LISTEN_S 15.0 /* a line that is silent so long is taken for free */

enum {
	OPTION_OWN = 0x200,
	OPTION_LINE,
	OPTION_MODE,
	OPTION_SLAVE,
	OPTION_FUNCTION,
	OPTION_START,
	OPTION_COUNT,
	OPTION_TIMEOUT,
	OPTION_LISTEN,
	OPTION_SHOWS,
	OPTION_MATCH
};

static const struct argp_option options[] = {
	{ "i-own-this-bus", OPTION_OWN, NULL, 0,
	        "ask even if somebody speaks on the line: nobody else uses it", 1 },
	{ "line", OPTION_LINE, "9600 8N1", 0, "only this setting", 2 },
	{ "mode", OPTION_MODE, "tcp|rtu-over-tcp|ascii", 0,
	        "of host:port; else both are tried", 2 },
	{ "slave", OPTION_SLAVE, "N", 0, "only this address", 2 },
	{ "timeout", OPTION_TIMEOUT, "300ms", 0,
	        "for an answer; slow analysers take 3s", 2 },
	{ "listen", OPTION_LISTEN, "15s", 0,
	        "listen so long first: longer, where a master may ask seldom", 2 },
	{ "function", OPTION_FUNCTION, "3|4", 0, "of the block that is read", 3 },
	{ "start", OPTION_START, "REGISTER", 0,
	        "its first register, counted from 0: 40001 and 30001 are 0", 3 },
	{ "count", OPTION_COUNT, "N", 0, "its registers; else 16, or what there is",
	        3 },
	{ "shows", OPTION_SHOWS, "7.25", 0,
	        "find the number on the instrument's display in the block", 3 },
	{ "match", OPTION_MATCH, NULL, 0,
	        "tell which of the known models it may be, by reading their registers",
	        3 },
	{ 0 },
};

static int whole(const char *word, int low, int high, struct argp_state *state)
{
	char *end;
	long number = strtol(word, &end, 0);
	if (end == word || *end != '\0' || number < low || number > high)
		argp_error(state, "'%s' is no number from %d to %d", word, low, high);
	return (int)number;
}

static double seconds(
        const char *word, double low, double high, struct argp_state *state)
{
	double found = 0;
	if (duration_parse(word, &found) != OK || found < low || found > high)
		argp_error(state, "'%s' is no time from %g s to %g s", word, low, high);
	return found;
}

static void set_line(
        struct prober_arguments *given, const char *word, struct argp_state *state)
{
	struct line line;
	if (line_parse(word, &line) != OK)
		argp_error(state, "--line: '%s' is not like \"9600 8N1\"", word);
	given->line = word;
}

static void set_mode(
        struct prober_arguments *given, const char *word, struct argp_state *state)
{
	for (int i = 0; modbus_framings[i] != NULL; i++)
		if (strcmp(word, modbus_framings[i]) == 0)
			given->framing = i;
	if (given->framing < 0)
		argp_error(state,
		        "--mode: '%s' is none of rtu, ascii, tcp, rtu-over-tcp", word);
}

static error_t parse_block(
        int key, char *word, struct prober_arguments *given, struct argp_state *state)
{
	switch (key) {
	case OPTION_FUNCTION:
		given->function = whole(word, 3, 4, state);
		return 0;
	case OPTION_START:
		given->start = whole(word, 0, 65535, state);
		return 0;
	case OPTION_COUNT:
		given->count = whole(word, 1, MODBUS_REGISTERS, state);
		return 0;
	case OPTION_SHOWS:
		given->shows = word;
		return 0;
	case OPTION_MATCH:
		given->match = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct prober_arguments *given = state->input;
	switch (key) {
	case OPTION_OWN:
		given->own = true;
		return 0;
	case OPTION_LINE:
		set_line(given, word, state);
		return 0;
	case OPTION_MODE:
		set_mode(given, word, state);
		return 0;
	case OPTION_SLAVE:
		given->slave = whole(word, 1, PROBE_SLAVES, state);
		return 0;
	case OPTION_TIMEOUT:
		given->timeout_s = seconds(word, 0.02, 30, state);
		return 0;
	case OPTION_LISTEN:
		given->listen_s = seconds(word, 0, 3600, state);
		return 0;
	case ARGP_KEY_ARG:
		if (given->port != NULL)
			argp_error(state, "one port at a time");
		given->port = word;
		return 0;
	case ARGP_KEY_END:
		if (given->listen_s < LISTEN_S && !given->own)
			argp_error(state,
			        "--listen: less than %g s needs --i-own-this-bus",
			        LISTEN_S);
		return 0;
	default:
		return parse_block(key, word, given, state);
	}
}

/* ---- what there is to try ---- */

/* Factory addresses of the instruments known here. */
static size_t likely_slaves(uint8_t *out, size_t room)
{
	size_t n, used = 0;
	const char **names = profile_names(profile_folder(), &n);
	for (size_t i = 0; names != NULL && i < n && used < room; i++) {
		struct profile *profile;
		struct problem why;
		if (profile_find(&profile, names[i], NULL, NULL, &why) != OK)
			continue;
		if (profile->slave >= 1 && profile->slave <= PROBE_SLAVES)
			out[used++] = (uint8_t)profile->slave;
		profile_free(profile);
	}
	free(names);
	return used;
}

/* How the port may be spoken to; none: it cannot be in that mode. */
static size_t plan_ways(struct prober *prober)
{
	const struct prober_arguments *given = &prober->given;
	bool tcp =
	        given->framing == FRAMING_TCP || given->framing == FRAMING_RTU_OVER_TCP;
	if (prober->port.path[0] == '\0')
		return probe_tcp_ways(
		        prober->port.service, given->framing, prober->way);
	if (tcp)
		return 0;
	int n = probe_serial_ways(
	        given->framing, given->line, !prober->port.pty, prober->way);
	return n > 0 ? (size_t)n : 0;
}

static int plan(struct prober *prober, struct problem *why)
{
	const struct prober_arguments *given = &prober->given;
	struct probe_options *plan = &prober->options;
	uint8_t likely[PROBE_SLAVES];
	plan->n_ways = plan_ways(prober);
	if (plan->n_ways == 0)
		return problem_set(why, REFUSED, EXIT_USAGE, "%s cannot carry mode %s",
		        prober->port.setting.id, modbus_framings[given->framing]);
	plan->way = prober->way;
	plan->slave = prober->slave;
	plan->start = (uint16_t)given->start;
	plan->timeout_s = given->timeout_s;
	if (given->slave != 0) {
		prober->slave[0] = (uint8_t)given->slave;
		plan->n_slaves = plan->n_common = 1;
	} else {
		probe_slaves(likely, likely_slaves(likely, sizeof likely),
		        prober->slave, &plan->n_common);
		plan->n_slaves = PROBE_SLAVES;
	}
	probe_init(&prober->probe, plan);
	return OK;
}

/* ---- the order of things ---- */

/* The running sensord of this cabinet, if there is one, records that somebody searches a
 * line beside his. */
static void record(const struct prober *prober)
{
	char folder[PATH_MAX];
	struct control_answer answer;
	struct order order = { .kind = ORDER_PROBED, .on = true };
	struct station *station;
	struct problem why;
	if (station_read(&station, prober->common->config, NULL, &why) != OK)
		return;
	snprintf(order.id, sizeof order.id, "%s", station->id);
	snprintf(order.reason, sizeof order.reason, "%.200s (functions 3 and 4)%s",
	        prober->port.setting.id, prober->given.own ? ", --i-own-this-bus" : "");
	station_path(station, station->journal_folder, folder, sizeof folder);
	station_free(station);
	if (control_ask(folder, &order, &answer, &why) == OK && !prober->common->quiet)
		fputs(prober->vietnamese ? "quantrac-sensord đã ghi lại lần dò này\n"
		                         : "quantrac-sensord has recorded this probe\n",
		        stderr);
	else if (prober->common->verbose)
		fprintf(stderr, "%s\n", why.text);
}

static void show_text(const struct prober *prober, const struct prober_block *block)
{
	prober_block_print(prober, block);
	if (prober->given.match)
		prober_matches_print(prober, block->slave);
	prober_next(prober, block->slave);
}

static int show(struct prober *prober, struct problem *why)
{
	static struct prober_block block;
	const struct probe *probe = &prober->probe;
	int format = prober->common->format;
	if (probe->n_found == 0) {
		if (format == TABLE_JSON)
			prober_json(prober, NULL);
		prober_nobody(prober);
		return EXIT_FOUND;
	}
	if (format == TABLE_TEXT)
		prober_found(prober);
	int status = prober_block(prober, probe->found[0].slave, &block, why);
	if (status == OK && prober->given.match)
		status = prober_match(prober, probe->found[0].slave, why);
	if (status != OK)
		return common_fail("serial probe", why);
	if (format == TABLE_TEXT)
		show_text(prober, &block);
	else if (format == TABLE_JSON)
		prober_json(prober, &block);
	else
		prober_readings_csv(prober, &block);
	return 0;
}

/* Nobody has the port, nor reads by it. */
static int look_at_port(struct prober *prober, struct problem *why)
{
	struct station *station;
	struct problem unread;
	int status = tool_port_free(&prober->port, prober->vietnamese, why);
	if (status != OK ||
	        station_read(&station, prober->common->config, NULL, &unread) != OK)
		return status;
	status = sensord_leaves(&prober->port, station, prober->vietnamese, why);
	station_free(station);
	return status;
}

static int go(struct prober *prober, struct problem *why)
{
	int status = look_at_port(prober, why);
	if (status != OK)
		return common_fail("serial probe", why);
	prober_announce(prober);
	fflush(stdout); /* before anything is sent, also where it is read through a pipe */
	status = prober_listen(prober, why);
	if (status == OK)
		record(prober);
	if (status == OK)
		status = prober_search(prober, why);
	int code = status == OK ? show(prober, why) : common_fail("serial probe", why);
	talk_close(&prober->talk);
	return code;
}

int serial_probe(int argc, char **argv)
{
	static const struct argp argp = { .options = options,
		.parser = parse,
		.args_doc = "PORT",
		.doc = "Find out what is on a line (a device, or host:port): listen "
		       "first, then ask for registers, at each line setting, address "
		       "after address. Only requests that read are sent." };
	static struct prober prober;
	struct common common;
	struct problem why = { .exit = EXIT_INTERNAL };
	prober.given = (struct prober_arguments){
		.framing = -1, .timeout_s = 0.3, .listen_s = LISTEN_S
	};
	common_parse(&common, &argp, &prober.given, argc, argv);
	if (prober.given.port == NULL)
		return serial_no_port("serial probe");
	tool_catch_signals();
	prober.common = &common;
	prober.vietnamese = common_vietnamese(&common);
	if (tool_port(&prober.port, prober.given.port, prober.vietnamese, &why) != OK)
		return common_fail("serial probe", &why);
	prober.port.own = prober.given.own;
	overhear_init(&prober.ear, prober.vietnamese);
	overhear_models_load(&prober.models, "");
	prober.ear.models = &prober.models;
	talk_init(&prober.talk, &tool_stop);
	int code = plan(&prober, &why) == OK ? go(&prober, &why)
	                                     : common_fail("serial probe", &why);
	overhear_models_free(&prober.models);
	for (size_t i = 0; i < prober.n_matches; i++)
		profile_free(prober.match[i].profile);
	return code;
}
