/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac station test ID: the instrument is polled as sensord would, and every poll is
 * printed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "base/units.h"
#include "cli/cabinet.h"
#include "cli/station.h"
#include "cli/status.h"
#include "cli/tool.h"
#include "cli/watch.h"

#define EVERY_S 1.0 /* so often at least, whatever the configuration says */

enum { OPTION_FOR = 0x200 };

static const struct argp_option options[] = {
	{ "for", OPTION_FOR, "10s", 0, "poll for this time", 1 },
	{ 0 },
};

struct arguments {
	double for_s;
	const char *id;
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct arguments *given = state->input;
	switch (key) {
	case OPTION_FOR:
		if (duration_parse(word, &given->for_s) != OK || given->for_s > 86400)
			argp_error(state, "--for: '%s' is not like 10s", word);
		return 0;
	case ARGP_KEY_ARG:
		if (given->id != NULL)
			argp_error(state, "one instrument at a time");
		given->id = word;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct table_column columns[] = { { .name = "time" },
	{ .name = "instrument" }, { .name = "channel" }, { .name = "value" },
	{ .name = "unit" }, { .name = "state" }, { .name = "wait_ms" },
	{ .name = "answer" }, { 0 } };

struct test {
	const struct station *station;
	size_t i;
	const struct common *common;
	struct table *table; /* NULL: for people */
	struct station_polls polls;
};

/* ---- what is printed ---- */

/* What came, as one hexadecimal word. */
static char *answer_hex(const struct trial_reading *reading)
{
	char *hex = NULL;
	size_t size;
	FILE *out = open_memstream(&hex, &size);
	for (size_t k = 0; out != NULL && k < reading->n_passes; k++) {
		const struct trial_pass *pass = &reading->pass[k];
		for (size_t b = 0; !pass->sent && b < pass->n; b++)
			fprintf(out, "%02x", pass->bytes[b]);
	}
	if (out != NULL)
		fclose(out);
	return hex;
}

static void rows(struct test *test, const struct trial_reading *reading)
{
	double wait_ms = station_poll_ms(reading);
	char *hex = answer_hex(reading);
	for (size_t c = 0; c < reading->parts->n_channels; c++) {
		const struct channel about =
		        station_channel_about(reading->instrument, c);
		double value = reading->parts->value[c];
		table_time(test->table, reading->when->time_us);
		table_text(test->table, reading->instrument->id);
		table_text(test->table, about.name);
		if (isfinite(value))
			table_number(test->table, value, -1);
		else
			table_empty(test->table);
		table_text(test->table, about.unit);
		table_text(test->table, channel_state_text(reading->parts->state[c]));
		if (isfinite(wait_ms))
			table_number(test->table, wait_ms, 0);
		else
			table_empty(test->table);
		table_text(test->table, hex != NULL && hex[0] != '\0' ? hex : NULL);
		table_row(test->table);
	}
	free(hex);
}

static void tell(struct test *test, const struct trial_reading *reading)
{
	int offset_min = test->station->utc_offset_min;
	bool vi = common_vietnamese(test->common);
	bool news = station_poll_is_news(&test->polls, reading);
	if (!news && !test->common->verbose) {
		station_tell_short(stdout, reading, offset_min, vi);
		return;
	}
	station_tell_reading(stdout, reading, offset_min, vi);
	if (test->polls.n == 1 && !test->common->verbose)
		fputs(vi ? "(từ đây mỗi lần hỏi một dòng, có gì khác mới in đầy đủ; "
		           "-v: luôn in đầy đủ)\n"
		         : "(from here on a line each, in full what goes otherwise "
		           "than before; -v: all in full)\n",
		        stdout);
}

static void on_reading(void *context, const struct trial_reading *reading)
{
	struct test *test = context;
	if (test->table != NULL)
		rows(test, reading);
	else
		tell(test, reading);
}

/* ---- sensord has the port ---- */

static const struct table_column live_columns[] = { { .name = "channel" },
	{ .name = "value", .right = true }, { .name = "unit" },
	{ .name = "age", .right = true }, { .name = "state" }, { 0 } };

static const char *const live_headings_vi[] = { "KÊNH", "GIÁ TRỊ", "ĐƠN VỊ", "CÁCH ĐÂY",
	"TRẠNG THÁI" };

/* What the running sensord reads of this instrument, instead. */
static void show_live(const struct test *test)
{
	const struct station_instrument *one = &test->station->instrument[test->i];
	struct table_column shown[sizeof live_columns / sizeof live_columns[0]];
	bool people = test->common->format == TABLE_TEXT;
	bool vi = people && common_vietnamese(test->common);
	struct live_view view;
	enum tone tone;
	char age[32];
	int64_t now_us = common_now();
	if (cabinet_open(&view, "station test", test->common) != 0)
		return;
	status_headings(live_columns, live_headings_vi, vi, shown);
	struct table *table = table_new(stdout, (enum table_format)test->common->format,
	        shown, (int)view.offset_min);
	for (size_t c = 0; c < view.n_channels; c++) {
		const struct live_channel *channel = &view.channel[c];
		if (strcmp(channel->instrument, one->id) != 0)
			continue;
		table_text(table, channel->channel);
		if (isfinite(channel->value))
			table_number(table, channel->value,
			        people ? (int)channel->decimals : -1);
		else
			table_empty(table);
		table_text(table, people ? units_shown(channel->unit) : channel->unit);
		watch_age(now_us > channel->value_us ? now_us - channel->value_us : 0,
		        vi, age);
		table_text(table, channel->value_us != 0 ? age : "-");
		table_text(table,
		        vi ? watch_state(channel->state, &tone)->vi : channel->state);
		table_row(table);
	}
	table_end(table);
	live_view_free(&view);
}

static int left_to_sensord(const struct test *test)
{
	if (!test->common->quiet)
		fputs(common_vietnamese(test->common)
		                ? "quantrac-sensord đang đọc được:\n"
		                : "what quantrac-sensord reads now:\n",
		        stderr);
	show_live(test);
	return REFUSED;
}

static int look_at_network(
        const struct test *test, const char *port, struct problem *why)
{
	long pid = sensord_reads(test->station, test->station->instrument[test->i].id);
	if (pid == 0)
		return OK;
	sensord_tell(port, pid, common_vietnamese(test->common), why);
	common_fail("station test", why);
	return left_to_sensord(test);
}

/* OK, or somebody has the port and has been named. */
static int look_at_port(const struct test *test, struct problem *why)
{
	const struct station *station = test->station;
	const struct station_port *port =
	        &station->port[station->instrument[test->i].port_index];
	bool vi = common_vietnamese(test->common);
	static struct tool_port real;
	char path[PATH_MAX];
	if (port->path[0] == '\0')
		return look_at_network(test, port->id, why);
	station_path(station, port->path, path, sizeof path);
	if (tool_port(&real, path, vi, why) != OK)
		return NOT_FOUND;
	int status = tool_port_free(&real, vi, why);
	if (status != REFUSED)
		return status;
	common_fail("station test", why);
	return real.sensord ? left_to_sensord(test) : REFUSED;
}

/* ---- the command ---- */

/* "cod, ph, flow": as many as there is room for. */
static void list_ids(const struct station *station, char out[400])
{
	out[0] = '\0';
	for (size_t i = 0, n = 0; i < station->n_instruments && n < 400; i++)
		n += (size_t)snprintf(out + n, 400 - n, "%s%s", i > 0 ? ", " : "",
		        station->instrument[i].id);
}

/* None was named: these there are. */
static int none_named(const struct station *station, struct problem *why)
{
	char ids[400];
	list_ids(station, ids);
	problem_set(why, REFUSED, EXIT_USAGE,
	        "name an instrument of the configuration: %s", ids);
	return -1;
}

static int find(const struct station *station, const char *id, struct problem *why)
{
	const char *known[128];
	char ids[400], meant[64] = "";
	size_t n = 0;
	for (size_t i = 0; i < station->n_instruments; i++) {
		if (strcmp(station->instrument[i].id, id) == 0)
			return (int)i;
		if (n < 127)
			known[n++] = station->instrument[i].id;
	}
	known[n] = NULL;
	list_ids(station, ids);
	const char *near = did_you_mean(id, known);
	if (near != NULL)
		snprintf(meant, sizeof meant, ", did you mean '%s'?", near);
	return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	        "station '%s' has no instrument '%s'%s; it has: %s", station->id, id,
	        meant, ids);
}

static int run(struct test *test, const struct arguments *given, struct problem *why)
{
	const struct station_instrument *one = &test->station->instrument[test->i];
	struct trial_tally tally;
	const struct trial_options how = {
		.for_s = given->for_s,
		.poll_every_s =
		        one->poll_every_s < EVERY_S ? one->poll_every_s : EVERY_S,
		.stop = &tool_stop,
		.reading = on_reading,
		.context = test,
	};
	bool people = test->common->format == TABLE_TEXT;
	if (!people)
		test->table = table_new(stdout, (enum table_format)test->common->format,
		        columns, test->station->utc_offset_min);
	int status = trial_run(test->station, test->i, &how, &tally);
	if (test->table != NULL)
		table_end(test->table);
	if (status != OK) {
		problem_set(why, status, EXIT_INTERNAL, "no memory for the poller");
		return common_fail("station test", why);
	}
	int code = station_tell_verdict(people ? stdout : stderr, test->station,
	        test->i, &tally, common_vietnamese(test->common));
	return tool_stop ? EXIT_STOPPED : code;
}

int station_test(int argc, char **argv)
{
	static const struct argp argp = { .options = options,
		.parser = parse,
		.args_doc = "ID",
		.doc = "Poll an instrument of the configuration once a second, print "
		       "what is sent, what comes and what it says (of the first poll, "
		       "and of each that goes otherwise than the one before; the "
		       "others have a line, with -v all), and what is wrong and the "
		       "cure. Ends with 0 if every "
		       "poll was answered, else "
		       "with 1." };
	struct common common;
	struct station *station;
	struct problem why = { .exit = EXIT_CONFIG };
	struct arguments given = { .for_s = 10 };
	common_parse(&common, &argp, &given, argc, argv);
	log_start("quantrac", LOG_ALERT); /* the verdict says it */
	if (cabinet_read(&station, common.config, common_vietnamese(&common), &why) !=
	        OK)
		return common_fail("station test", &why);
	struct test test = { .station = station, .common = &common };
	int i = given.id == NULL ? none_named(station, &why)
	                         : find(station, given.id, &why),
	    code;
	if (i < 0) {
		code = common_fail("station test", &why);
	} else {
		test.i = (size_t)i;
		tool_catch_signals();
		int status = look_at_port(&test, &why);
		code = status == REFUSED ? EXIT_TRY_AGAIN
		       : status != OK    ? common_fail("station test", &why)
		                         : run(&test, &given, &why);
	}
	station_free(station);
	return code;
}
