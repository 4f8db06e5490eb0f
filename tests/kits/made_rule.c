/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/made_rule.h"

#include <math.h>
#include <string.h>

#include "analysis/basis.h"
#include "base/legal_time.h"
#include "tests/kits/check.h"
#include "tests/kits/made.h"

static const struct stage stages[] = {
	{ .name = "base",
	        .period_s = 300,
	        .min_valid_percent = NAN,
	        .min_valid_count = 1,
	        .min_operating_s = NAN,
	        .of = "" },
	{ .name = "day",
	        .period_s = 86400,
	        .label = LABEL_START,
	        .min_valid_percent = 75,
	        .min_operating_s = 6 * 3600,
	        .of = "" },
};

static const struct rule_limit limit = {
	.channel = "cod",
	.name_vi = "COD",
	.name_en = "COD",
	.unit = "mg/L",
	.expressed_as = "",
	.basis = "",
	.gas_state = "",
	.reference_temperature_C = NAN,
	.reference_pressure_kPa = NAN,
	.subtract_percent = NAN,
	.bounded = true,
	.n_columns = 1,
	.source = "",
};

void made_rule(struct made_rule *out)
{
	*out = (struct made_rule){
		.rule = { .id = "made",
		        .regulation = "Made",
		        .refused = "",
		        .status = RULE_DRAFT,
		        .n_stages = 2,
		        .n_limits = 1 },
		.limit = limit,
		.permit = { .id = "p",
		        .number = "1/GP",
		        .column = "A",
		        .outlet = "out" },
	};
	memcpy(out->stage, stages, sizeof stages);
	out->value[0] = (struct rule_value){
		.column = "A", .low = NAN, .high = 75, .stage = "", .source = ""
	};
	out->rule.stage = out->stage;
	out->rule.limit = &out->limit;
	out->limit.value = out->value;
}

struct assessment made_assessment(const struct made_rule *made,
        const struct series *series, const uint8_t *running, struct work *work)
{
	struct base_sums sums;
	struct inputs in, values = { 0 };
	struct problem why;
	struct measure measure = { .cycle_s = series_cycle_s(series),
		.bounded = made->limit.bounded };
	assert_int_equal(basis_check(&series->about, &made->limit, &measure.factor,
	                         &measure.offset, &why),
	        OK);
	measure.range_top = series->about.high * measure.factor + measure.offset;
	assert_int_equal(base_sums_make(&sums, series, 300 * US_PER_S, MADE_DAY,
	                         MADE_DAY + US_PER_DAY),
	        OK);
	assert_int_equal(inputs_of_base(&in, &sums, running, &measure), OK);
	/* the last stage, made of base values or of the stage before it */
	size_t last = made->rule.n_stages - 1;
	const struct inputs *from = &in;
	if (last > 1 && strcmp(made->stage[last].of, made->stage[last - 1].name) == 0) {
		assert_int_equal(
		        inputs_of_stage(&values, &in, &made->stage[last - 1], &measure),
		        OK);
		from = &values;
	}
	struct assessment out = { .rule = &made->rule,
		.parameter = &made->limit,
		.stage = &made->stage[last],
		.permit = &made->permit,
		.about = series->about,
		.start_us = MADE_DAY,
		.end_us = MADE_DAY + US_PER_DAY,
		.utc_offset_min = 420 };
	struct period period = { .in = from, .n = from->n, .measure = &measure };
	assert_int_equal(work_room(work, from->n), OK);
	assess_period(&out, &period, work);
	inputs_free(&in);
	inputs_free(&values);
	base_sums_free(&sums);
	return out;
}
