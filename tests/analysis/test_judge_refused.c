/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is not compared with a limit, and why not. */
#include "tests/kits/judge_kit.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>

static void a_change_of_unit_stops_only_its_day(void **state)
{
	struct made_archive made;
	begin_outlet(&made, *state, "unit", PERMIT("qcvn-40-2011", KQ_KF));
	struct describe *first = outlet_instrument("plc"),
	                *second = outlet_instrument("plc");
	second->channel[0].unit = "ug/L";
	second->channel[0].high = 225000;
	two_days_of(&made, first, second, 100);
	made_archive_close(&made);
	struct judge_options options = { .channel = "cod" };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 2);
	assert_int_equal(told->told[0].result, RESULT_NOT_APPLICABLE);
	assert_int_equal(told->told[0].by, BY_REFUSAL);
	assert_contains(told->told[0].note, "mg/L");
	assert_contains(told->told[0].note, "ug/L");
	assert_int_equal(told->told[1].result, RESULT_WITHIN);
	assert_close(told->told[1].value, 0.04, 1e-12);
	free(told);
	describe_free(first);
	describe_free(second);
}

static void an_instrument_may_be_replaced_but_not_doubled(void **state)
{
	struct made_archive made;
	begin_outlet(&made, *state, "replaced", PERMIT("qcvn-40-2011", KQ_KF));
	struct describe *first = outlet_instrument("old"),
	                *second = outlet_instrument("new");
	two_days_of(&made, first, second, 100);
	/* on the second day the old one comes back beside the new one */
	const uint8_t states[3] = { 0 };
	const double value[3] = { 40, 20, 7 };
	made_put(&made, &(struct made_reading){ .describe = first,
	                        .time_us = MADE_DAY + US_PER_DAY + US_PER_HOUR,
	                        .state = states,
	                        .value = value });
	made_archive_close(&made);
	struct judge_options options = { .channel = "cod" };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 2);
	assert_int_equal(told->told[0].result, RESULT_WITHIN);
	assert_int_equal(told->told[0].valid, 288);
	assert_int_equal(told->told[1].result, RESULT_NOT_APPLICABLE);
	assert_contains(told->told[1].note, "'old'");
	assert_contains(told->told[1].note, "'new'");
	free(told);
	describe_free(first);
	describe_free(second);
}

/* 6.0 mg/L of NH4 against 5 mg/L as N. */
static void ammonium_is_not_taken_for_nitrogen(void **state)
{
	struct made_archive made;
	begin_outlet(&made, *state, "nh4", PERMIT("qcvn-40-2011", KQ_KF));
	struct describe *describe = outlet_instrument("plc");
	describe->channel[0].name = "nh4";
	describe->channel[0].expressed_as = "NH4";
	two_days_of(&made, describe, describe, -1);
	made_archive_close(&made);
	struct judge_options options = { .channel = "nh4" };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 2);
	assert_int_equal(told->told[0].result, RESULT_NOT_APPLICABLE);
	assert_contains(told->told[0].note, "as N");
	assert_contains(told->told[0].note, "NH4");
	free(told);
	describe_free(describe);
}

static void an_unconfirmed_regulation_is_refused_aloud(void **state)
{
	struct made_archive made;
	begin_outlet(&made, *state, "new", PERMIT("qcvn-40-2025", ""));
	struct describe *describe = outlet_instrument("plc");
	two_days_of(&made, describe, describe, -1);
	made_archive_close(&made);
	struct judge_options options = { 0 };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 6); /* three channels, two days */
	for (size_t i = 0; i < told->n; i++) {
		assert_int_equal(told->told[i].result, RESULT_NOT_APPLICABLE);
		assert_contains(told->told[i].note, "gazette");
	}
	free(told);
	describe_free(describe);
}

static void a_parameter_nobody_measures_is_not_decidable(void **state)
{
	struct made_archive made;
	make_outlet(&made, *state, "a");
	add_document(&made,
	        PERMIT("qcvn-40-2011", KQ_KF ",\"parameters\":[\"cod\",\"tss\"]"),
	        MADE_DAY + 5 * US_PER_DAY);
	struct judge_options options = { 0 };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 8);
	const struct told *day =
	        find(told, "bt-outlet/tss/qcvn-40-2011/day/2026-11-09");
	assert_int_equal(day->result, RESULT_NOT_DECIDABLE);
	assert_contains(day->note, "no instrument");
	free(told);
}

#define IN_FOLDER(test)                                                                \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_change_of_unit_stops_only_its_day),
		IN_FOLDER(an_instrument_may_be_replaced_but_not_doubled),
		IN_FOLDER(ammonium_is_not_taken_for_nitrogen),
		IN_FOLDER(an_unconfirmed_regulation_is_refused_aloud),
		IN_FOLDER(a_parameter_nobody_measures_is_not_decidable),
	};
	return cmocka_run_group_tests_name(
	        "judge: what is not compared", tests, read_shipped, free_shipped);
}
