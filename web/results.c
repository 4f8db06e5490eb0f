/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daily results of the last thirty days, as the page publishes them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "web/view.h"

static const char *label(struct texts *texts, const char *of_rule, const char *channel)
{
	return texts_clean(
	        texts, of_rule != NULL && of_rule[0] != '\0' ? of_rule : channel);
}

static double decided(const struct assessment *a)
{
	return a->by == BY_LOWER_BOUND   ? a->lower_bound
	       : a->by == BY_UPPER_BOUND ? a->upper_bound
	                                 : a->value;
}

static int take(void *with, const struct assessment *a)
{
	struct view_results *out = with;
	if (a->end_us - a->start_us != US_PER_DAY || a->rule->kind == KIND_EPISODE)
		return 0;
	if (out->n == out->room) {
		size_t room = out->room > 0 ? 2 * out->room : 512;
		struct view_result *more = realloc(out->result, room * sizeof *more);
		if (more == NULL) {
			out->texts.failed = true;
			return 1;
		}
		out->result = more;
		out->room = room;
	}
	out->unconfirmed |= !rule_confirmed(a->rule, a->parameter);
	bool told = a->result == RESULT_OVER || a->result == RESULT_WITHIN;
	out->result[out->n++] = (struct view_result){
		.station = texts_clean(&out->texts, a->station),
		.channel = texts_clean(&out->texts, a->channel),
		.label = { label(&out->texts, a->parameter->name_vi, a->channel),
		        label(&out->texts, a->parameter->name_en, a->channel) },
		.unit = texts_clean(&out->texts, a->parameter->unit),
		.start_us = a->start_us,
		.value = told ? decided(a) : NAN,
		.low = a->limit.low,
		.high = a->limit.high,
		.ratio = told ? decided(a) / a->limit.high : NAN,
		.decimals = a->limit.decimals,
		.result = a->result,
		.by = a->by,
		.valid = a->valid,
		.expected = a->expected,
	};
	return 0;
}

int view_results_make(struct view_results *out, struct reader *reader,
        const struct rules *rules, int64_t now_us)
{
	int64_t today_us = day_start(now_us, reader_identity(reader)->utc_offset_min);
	*out = (struct view_results){ .from_us = today_us - VIEW_DAYS * US_PER_DAY,
		.to_us = today_us };
	const struct judge_options options = { .from_us = out->from_us,
		.to_us = out->to_us,
		.shards = 1,
		.now_us = now_us };
	int n = judge(reader, rules, &options, take, out, NULL);
	out->problems = reader_problems(reader);
	return n < 0 || out->texts.failed ? FAILED : OK;
}

void view_results_free(struct view_results *results)
{
	free(results->result);
	texts_free(&results->texts);
	*results = (struct view_results){ 0 };
}
