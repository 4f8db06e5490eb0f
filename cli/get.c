/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac get STATION [CHANNEL]: the newest values for people; of one channel the bare
 * value, for scripts. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/json.h"
#include "base/reading.h"
#include "base/units.h"
#include "cli/cabinet.h"
#include "cli/commands.h"
#include "cli/watch.h"

static const struct table_column columns[] = {
	{ .name = "time" },
	{ .name = "station" },
	{ .name = "instrument" },
	{ .name = "channel" },
	{ .name = "value", .right = true },
	{ .name = "unit" },
	{ .name = "state" },
	{ .name = "simulated", .wide = true },
	{ 0 },
};

static void row(struct table *table, const struct live_view *view,
        const struct live_channel *channel, int format)
{
	bool people = format == TABLE_TEXT;
	if (channel->value_us != 0)
		table_time(table, channel->value_us);
	else
		table_empty(table);
	table_text(table, view->station);
	table_text(table, channel->instrument);
	table_text(table, channel->channel);
	common_number(table, format, channel->value, (int)channel->decimals);
	table_text(table, people ? units_shown(channel->unit) : channel->unit);
	table_text(table, channel->state);
	table_text(table, view->simulated ? "yes" : "no");
	table_row(table);
}

static const char *nearest(const struct live_view *view, const char *word)
{
	const char **known = calloc(view->n_channels + 1, sizeof known[0]);
	if (known == NULL)
		return NULL;
	for (size_t i = 0; i < view->n_channels; i++)
		known[i] = view->channel[i].channel;
	const char *found = did_you_mean(word, known);
	free(known);
	return found;
}

static int nobody(const struct live_view *view, const char *channel)
{
	struct problem why;
	const char *near = nearest(view, channel);
	problem_set(&why, NOT_FOUND, EXIT_NO_FILE,
	        "station '%s' has no channel '%s'%s%s%s; quantrac status lists its "
	        "channels",
	        view->station, channel, near != NULL ? "; did you mean '" : "",
	        near != NULL ? near : "", near != NULL ? "'?" : "");
	return common_fail("get", &why);
}

static bool known(const struct live_view *view, const char *channel)
{
	for (size_t i = 0; i < view->n_channels; i++)
		if (strcmp(view->channel[i].channel, channel) == 0)
			return true;
	return false;
}

static bool asked(const struct live_channel *one, const char *channel)
{
	return channel == NULL || strcmp(one->channel, channel) == 0;
}

/* Whether it has a value of now that an instrument which is well measured, by what the cabinet's screen
 * shows; the word for its state. */
static bool has_value(
        const struct watch *watch, const struct live_channel *one, const char **word)
{
	struct shown_channel shown;
	int state = channel_state_of(one->state);
	watch_channel(watch, one, &shown);
	bool now = shown.value[0] != '\0';
	bool well = state == STATE_UNCHANGED ||
	            (state >= 0 && channel_state_measured((uint8_t)state));
	*word = well && !now ? "no value of now" : one->state;
	return well && now;
}

/* A line for each instrument that has the channel, empty where it has no value; what a
 * script need not read goes to stderr. */
static int print_bare(
        const struct live_view *view, const char *channel, const struct common *common)
{
	char number[32];
	const char *word;
	struct clock clock;
	clock_init(&clock);
	const struct watch watch = { .view = view, .now = clock_now(&clock) };
	int code = 0;
	for (size_t i = 0; i < view->n_channels; i++) {
		const struct live_channel *one = &view->channel[i];
		if (!asked(one, channel))
			continue;
		bool has = has_value(&watch, one, &word);
		code = has ? code : EXIT_FOUND;
		printf("%s\n", has ? number_print(one->value, number) : "");
		if (strcmp(word, "ok") != 0 && !common->quiet)
			fprintf(stderr, "quantrac get: %s of instrument %s: %s\n",
			        one->channel, one->instrument, word);
	}
	if (view->simulated)
		fprintf(stderr, "%s\n", SIMULATED_TEXT);
	return code;
}

static int print(
        const struct live_view *view, const char *channel, const struct common *common)
{
	if (channel != NULL && !known(view, channel))
		return nobody(view, channel);
	if (channel != NULL && common->format == TABLE_TEXT)
		return print_bare(view, channel, common);
	struct table *table = table_new(stdout, (enum table_format)common->format,
	        columns, (int)view->offset_min);
	for (size_t i = 0; i < view->n_channels; i++)
		if (asked(&view->channel[i], channel))
			row(table, view, &view->channel[i], common->format);
	table_end(table);
	if (view->simulated && common->format == TABLE_TEXT)
		puts(SIMULATED_TEXT);
	return 0;
}

int command_get(int argc, char **argv)
{
	static const struct argp argp = {
		.args_doc = "STATION [CHANNEL]",
		.doc = "Newest value of a station of this cabinet, or of one channel."
	};
	struct common common;
	struct live_view view;
	struct problem why;
	int first = common_parse(&common, &argp, NULL, argc, argv);
	if (argc - first < 1 || argc - first > 2) {
		problem_set(&why, REFUSED, EXIT_USAGE,
		        "write: quantrac get STATION [CHANNEL]");
		return common_fail("get", &why);
	}
	int code = cabinet_open(&view, "get", &common);
	if (code != 0)
		return code;
	if (strcmp(view.station, argv[first]) != 0) {
		problem_set(&why, NOT_FOUND, EXIT_NO_FILE,
		        "this cabinet is station '%s', not '%s'", view.station,
		        argv[first]);
		code = common_fail("get", &why);
	} else {
		code = print(
		        &view, argc - first == 2 ? argv[first + 1] : NULL, &common);
	}
	live_view_free(&view);
	return code;
}
