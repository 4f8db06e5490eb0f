/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/judging.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"

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
	{ "kind", OPTION_KIND, "legal|ambient|episode|all", 0, "which kind of result",
	        1 },
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

void judging_options(const struct judging *judging, const struct view *view,
        struct judge_options *out)
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
	if (judging->since != NULL)
		common_interval("--since", judging->since, view->offset_min,
		        &out->from_us, &ignored);
	if (judging->until != NULL)
		common_interval("--until", judging->until, view->offset_min, &ignored,
		        &out->to_us);
	if (judging->as_of != NULL)
		common_interval("--as-of", judging->as_of, view->offset_min,
		        &out->as_of_us, &ignored);
}

int judging_decimals(const struct assessment *assessment)
{
	return assessment->limit.decimals + 1;
}

double judging_limit(const struct assessment *assessment)
{
	double low = assessment->limit.low, high = assessment->limit.high;
	if (isnan(low) || (!isnan(high) && !(assessment->value < low)))
		return high;
	return low;
}
