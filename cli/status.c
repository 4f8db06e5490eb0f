/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac status: what every channel of this cabinet shows. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/cabinet.h"
#include "cli/commands.h"
#include "cli/gaps.h"

static const struct table_column columns[] = {
	{ .name = "station" },
	{ .name = "instrument" },
	{ .name = "channel" },
	{ .name = "value", .right = true },
	{ .name = "unit" },
	{ .name = "age", .right = true },
	{ .name = "state" },
	{ .name = "ok_last_hour", .title = "OK LAST HOUR", .right = true },
	{ 0 },
};

/* People read "4 s" and "99.2%", programs seconds and a number. */
static void row(struct table *table, const struct live_view *view,
        const struct live_channel *channel, const struct common *common)
{
	char age[16], ok[16];
	bool people = common->format == TABLE_TEXT;
	int64_t now_us = common_now();
	table_text(table, view->station);
	table_text(table, channel->instrument);
	table_text(table, channel->channel);
	if (isnan(channel->value))
		table_empty(table);
	else
		table_number(table, channel->value, (int)channel->decimals);
	table_text(table, channel->unit);
	if (people)
		table_text(table, age_print(channel->value_us, now_us, age));
	else if (channel->value_us != 0)
		table_integer(table, (now_us - channel->value_us) / US_PER_S);
	else
		table_empty(table);
	table_text(table, channel->state);
	snprintf(ok, sizeof ok, "%.1f%%", channel->ok_percent);
	if (isnan(channel->ok_percent))
		table_empty(table);
	else if (people)
		table_text(table, ok);
	else
		table_number(table, channel->ok_percent, 1);
	table_row(table);
}

static const char *link_text(const char *state)
{
	if (strcmp(state, "open") == 0)
		return "connected";
	return strcmp(state, "none") == 0
	               ? "none in the configuration"
	               : "not connected, everything is kept here (see the log)";
}

static void foot(const struct live_view *view)
{
	if (view->simulated)
		printf("%s\n", SIMULATED_TEXT);
	printf("collector: %s; %lld records kept, %lld acknowledged, %lld lost\n",
	        link_text(view->link), (long long)view->committed,
	        (long long)view->acked, (long long)view->lost);
	if (view->waiting > 0)
		printf("%lld records wait for the collector\n",
		        (long long)view->waiting);
	if (view->unreadable > 0)
		printf("A PART OF THE JOURNAL CANNOT BE READ (%lld of its epochs): "
		       "what the collector has not got of it is not sent (see the "
		       "log)\n",
		        (long long)view->unreadable);
	if (strcmp(view->journal, "memory") == 0)
		printf("THE DISK CANNOT BE WRITTEN: records are kept in memory only, "
		       "and "
		       "lost with the power (see the log)\n");
}

int command_status(int argc, char **argv)
{
	static const struct argp argp = {
		.options = gaps_argp_options,
		.parser = gaps_argp_parse,
		.doc = "Newest value, age and state of every channel of this cabinet; "
		       "with --gaps: what it should have read and kept, and has not.",
	};
	struct common common;
	struct gaps_arguments arguments = { 0 };
	struct live_view view;
	common_parse(&common, &argp, &arguments, argc, argv);
	if (arguments.gaps)
		return cabinet_gaps(&common, &arguments);
	int code = cabinet_open(&view, "status", &common);
	if (code != 0)
		return code;
	struct table *table = table_new(stdout, (enum table_format)common.format,
	        columns, (int)view.offset_min);
	for (size_t i = 0; i < view.n_channels; i++)
		row(table, &view, &view.channel[i], &common);
	table_end(table);
	if (common.format == TABLE_TEXT && !common.quiet)
		foot(&view);
	live_view_free(&view);
	return 0;
}
