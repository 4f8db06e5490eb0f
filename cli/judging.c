/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/judging.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/legal_time.h"
#include "cli/decimal.h"
#include "cli/judging_words.h"

enum {
	OPTION_ZONE = 0x300,
	OPTION_STATION,
	OPTION_CHANNEL,
	OPTION_RULE,
	OPTION_SINCE,
	OPTION_UNTIL,
	OPTION_AS_OF,
	OPTION_KIND,
	OPTION_SHARD,
	OPTION_STAGES,
	OPTION_EXIT
};

static const struct argp_option options[] = {
	{ "zone", OPTION_ZONE, "ID", 0, "only this zone", 1 },
	{ "station", OPTION_STATION, "ID", 0, "only this station", 1 },
	{ "channel", OPTION_CHANNEL, "ID", 0, "only this channel", 1 },
	{ "rule", OPTION_RULE, "ID", 0, "only this rule record", 1 },
	{ "since", OPTION_SINCE, "TIME", 0, "from", 1 },
	{ "until", OPTION_UNTIL, "TIME", 0, "to", 1 },
	{ "as-of", OPTION_AS_OF, "TIME", 0, "only what had been stored by then", 1 },
	{ "kind", OPTION_KIND, "legal|ambient|episode|all", 0,
	        "which kind of result (judge: all, exceedances: legal)", 1 },
	{ "stages", OPTION_STAGES, NULL, 0, "every stage, not only the judged one", 1 },
	{ "shard", OPTION_SHARD, "I/N", 0,
	        "only part I of N (GNU parallel, Slurm arrays)", 1 },
	{ "exit-code", OPTION_EXIT, NULL, 0, "exit 1 when something is over a limit",
	        1 },
	{ 0 },
};

static error_t parse_shard(
        const char *word, struct judging *judging, struct argp_state *state)
{
	char rest;
	if (sscanf(word, "%d/%d%c", &judging->shard, &judging->shards, &rest) != 2 ||
	        judging->shards < 1 || judging->shard < 0 ||
	        judging->shard >= judging->shards)
		argp_error(state, "--shard: '%s' is not like 0/4 (first part of four)",
		        word);
	return 0;
}

static error_t parse_kind(
        const char *word, struct judging *judging, struct argp_state *state)
{
	static const char *const known[] = { "legal", "ambient", "episode", "all" };
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(word, known[i]) == 0) {
			judging->kind = known[i];
			return 0;
		}
	argp_error(state, "--kind: '%s' is none of legal, ambient, episode, all", word);
	return 0;
}

static error_t parse_more(
        int key, char *word, struct judging *judging, struct argp_state *state)
{
	switch (key) {
	case OPTION_AS_OF:
		judging->as_of = word;
		return 0;
	case OPTION_KIND:
		return parse_kind(word, judging, state);
	case OPTION_SHARD:
		return parse_shard(word, judging, state);
	case OPTION_STAGES:
		judging->stages = true;
		return 0;
	case OPTION_EXIT:
		judging->exit_code = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct judging *judging = state->input;
	switch (key) {
	case OPTION_ZONE:
		judging->zone = word;
		return 0;
	case OPTION_STATION:
		judging->station = word;
		return 0;
	case OPTION_CHANNEL:
		judging->channel = word;
		return 0;
	case OPTION_RULE:
		judging->rule = word;
		return 0;
	case OPTION_SINCE:
		judging->since = word;
		return 0;
	case OPTION_UNTIL:
		judging->until = word;
		return 0;
	default:
		return parse_more(key, word, judging, state);
	}
}

const struct argp judging_argp = {
	.options = options,
	.parser = parse,
};

static int check_zone(
        const struct judging *judging, const struct view *view, struct problem *why)
{
	const char *zone = reader_identity(view->reader)->zone;
	if (judging->zone == NULL || strcmp(judging->zone, zone) == 0)
		return OK;
	return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	        "the archive is of zone '%s', not '%s'", zone, judging->zone);
}

static int check_rule(
        const struct judging *judging, const struct view *view, struct problem *why)
{
	const char *known[64];
	size_t n = 0;
	if (judging->rule == NULL || rules_find(&view->rules, judging->rule) != NULL)
		return OK;
	for (; n < view->rules.n && n < 63; n++)
		known[n] = view->rules.rule[n].id;
	known[n] = NULL;
	const char *near = did_you_mean(judging->rule, known);
	return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	        "there is no rule record '%s' in %s%s%s%s", judging->rule,
	        rule_folder(), near != NULL ? "; did you mean '" : "",
	        near != NULL ? near : "", near != NULL ? "'?" : "");
}

static bool rules_limit(const struct rules *rules, const char *channel)
{
	for (size_t i = 0; i < rules->n; i++)
		for (size_t k = 0; k < rules->rule[i].n_limits; k++)
			if (strcmp(rules->rule[i].limit[k].channel, channel) == 0)
				return true;
	return false;
}

/* Measured by a station that is asked for, or limited by a rule. */
static int check_channel(
        const struct judging *judging, const struct view *view, struct problem *why)
{
	const char *channel = judging->channel;
	struct problem last = { 0 };
	if (channel == NULL || rules_limit(&view->rules, channel))
		return OK;
	for (size_t i = 0; i < reader_stations(view->reader); i++) {
		const char *station = reader_station(view->reader, i);
		if (judging->station != NULL && strcmp(judging->station, station) != 0)
			continue;
		if (view_channel(view, station, channel, &last) == OK)
			return OK;
	}
	if (judging->station != NULL) {
		*why = last;
		return NOT_FOUND;
	}
	return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	        "no station measures '%s', and no rule limits it", channel);
}

static int check_asked(
        const struct judging *judging, const struct view *view, struct problem *why)
{
	int status = OK;
	if (judging->station != NULL && !view_has_station(view, judging->station))
		status = view_no_station(view, judging->station, why);
	if (status == OK)
		status = check_zone(judging, view, why);
	if (status == OK)
		status = check_rule(judging, view, why);
	if (status == OK)
		status = check_channel(judging, view, why);
	return status;
}

int judging_options(const struct judging *judging, const struct view *view,
        struct judge_options *out, struct problem *why)
{
	int64_t ignored;
	*out = (struct judge_options){
		.zone = judging->zone,
		.station = judging->station,
		.channel = judging->channel,
		.rule = judging->rule,
		.to_us = TIME_US_END,
		.stages = judging->stages,
		.shard = judging->shard,
		.shards = judging->shards > 0 ? judging->shards : 1,
		.now_us = common_now(),
	};
	int status = common_stretch(judging->since, judging->until, view->offset_min,
	        &out->from_us, &out->to_us, why);
	if (judging->as_of != NULL)
		common_interval("--as-of", judging->as_of, view->offset_min,
		        &out->as_of_us, &ignored);
	return status == OK ? check_asked(judging, view, why) : status;
}

const char *judging_kind(const struct assessment *assessment)
{
	return assessment->rule->kind == KIND_AMBIENT ? "ambient" : "legal";
}

bool judging_wants(const struct judging *judging, const char *kind)
{
	const char *wanted = judging->kind != NULL ? judging->kind : judging->otherwise;
	return strcmp(wanted, "all") == 0 || strcmp(wanted, kind) == 0;
}

/* The rules of the kinds asked for; episodes are runs over a level of either. */
static int wanted_rules(const struct judging *judging)
{
	bool any = judging_wants(judging, "episode");
	return (any || judging_wants(judging, "legal") ? 1 << KIND_LEGAL : 0) |
	       (any || judging_wants(judging, "ambient") ? 1 << KIND_AMBIENT : 0);
}

int judging_nothing(const struct judging *judging, struct view *view, bool vietnamese,
        struct problem *why)
{
	struct judge_options asked;
	char text[JUDGING_NOTE];
	int status = judging_options(judging, view, &asked, why);
	if (status == OK)
		status = judge_kinds(view->reader, &view->rules, &asked, why);
	if (status < 0 || (status & wanted_rules(judging)) != 0)
		return status < 0 ? status : OK;
	view_tell(view);
	if (permits_whole(view->reader, why) != OK)
		return REFUSED;
	return problem_set(why, NOT_FOUND,
	        view_exit(view) != 0 ? view_exit(view) : EXIT_NO_FILE, "%s",
	        judging_no_rule(judging, vietnamese, text));
}

int judging_decimals(const struct assessment *assessment)
{
	return assessment->limit.decimals + 1;
}

static void end_cell(struct table *table, const struct judging_limit *limit, double end)
{
	table_number(table, end, limit->format == TABLE_TEXT ? limit->decimals : -1);
}

void judging_limit_cells(struct table *table, const struct judging_limit *limit)
{
	char both[64];
	int decimals = limit->decimals;
	end_cell(table, limit, limit->low);
	snprintf(both, sizeof both, "%.*f–%.*f", decimals, limit->low, decimals,
	        limit->high);
	if (limit->vietnamese)
		decimal_commas(both);
	if (limit->format != TABLE_TEXT || isnan(limit->low))
		end_cell(table, limit, limit->high);
	else if (isnan(limit->high))
		end_cell(table, limit, limit->low);
	else
		table_text(table, both);
}
