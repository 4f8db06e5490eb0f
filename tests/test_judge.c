/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judging a whole archive: records in by the collector's door, assessments out. */
#include "tests/check.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/assess.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "base/reading.h"
#include "tests/made.h"
#include "tests/made_archive.h"

#define DAY  288
#define FIVE (300 * US_PER_S)
#define MOST 4000

static struct rules shipped;

static int read_shipped(void **state)
{
	struct problem why;
	gsl_set_error_handler_off();
	log_start("test_judge", LOG_WARN);
	return rules_read(&shipped, project_file("analysis/limits"), &why) == OK ? 0
	                                                                         : -1;
}

static int free_shipped(void **state)
{
	rules_free(&shipped);
	return 0;
}

#define PERMIT(rule, more)                                                                  \
	"{\"kind\":\"permit\",\"id\":\"gp-a\",\"number\":\"12/GPMT-MAU\","                  \
	"\"issuer\":\"Cơ quan Mẫu\",\"from\":\"2026-01-01T00:00:00Z\","                  \
	"\"zone\":\"kcn-mau\",\"facility\":\"co-so-a\",\"facility_name\":\"Cơ sở Mẫu " \
	"A\","                                                                              \
	"\"outlet\":\"outfall\",\"station\":\"bt-outlet\",\"rule\":\"" rule                 \
	"\",\"column\":\"A\"" more "}"
#define KQ_KF                                                                          \
	",\"coefficients\":[{\"name\":\"kq\",\"value\":1},{\"name\":\"kf\",\"value\":" \
	"1}]"

/* ---- collecting what is told ---- */

struct told {
	char id[128], note[256], channel[33], archive_state[256];
	uint8_t result, by, strength;
	double value, high, lower_bound, upper_bound, u;
	uint32_t expected, received, valid, fault, missing, censored;
	int64_t start_us, end_us;
	bool ambient, simulated;
	size_t n_spans;
	struct span span[4];
};

struct telling {
	size_t n;
	struct told told[MOST];
};

static int tell(void *with, const struct assessment *a)
{
	struct telling *telling = with;
	assert_true(telling->n < MOST);
	struct told *told = &telling->told[telling->n++];
	*told = (struct told){ .result = a->result,
		.by = a->by,
		.strength = a->strength,
		.value = a->value,
		.high = a->limit.high,
		.lower_bound = a->lower_bound,
		.upper_bound = a->upper_bound,
		.u = a->u,
		.expected = a->expected,
		.received = a->received,
		.valid = a->valid,
		.fault = a->of[COUNTS_FAULT],
		.missing = a->of[COUNTS_MISSING],
		.censored = a->censored,
		.start_us = a->start_us,
		.end_us = a->end_us,
		.ambient = a->permit == NULL,
		.simulated = a->simulated,
		.n_spans = a->n_spans };
	memcpy(told->id, a->id, sizeof told->id);
	memcpy(told->note, a->note, sizeof told->note);
	memcpy(told->channel, a->channel, sizeof told->channel);
	memcpy(told->archive_state, a->archive_state, sizeof told->archive_state);
	for (size_t i = 0; i < a->n_spans && i < 4; i++)
		told->span[i] = a->span[i];
	return 0;
}

static struct telling *judged(const char *dir, const struct judge_options *options)
{
	struct reader *reader;
	struct problem why = { 0 };
	if (reader_open(&reader, dir, &why) != OK)
		fail_msg("%s", why.text);
	struct telling *telling = calloc(1, sizeof *telling);
	int n = judge(reader, &shipped, options, tell, telling, &why);
	if (n < 0)
		fail_msg("%s", why.text);
	for (size_t i = 0; i < reader_problems(reader); i++)
		fail_msg("%s", reader_problem(reader, i));
	assert_int_equal(n, telling->n);
	reader_close(reader);
	return telling;
}

static const struct told *find(const struct telling *telling, const char *id)
{
	for (size_t i = 0; i < telling->n; i++)
		if (strcmp(telling->told[i].id, id) == 0)
			return &telling->told[i];
	for (size_t i = 0; i < telling->n && i < 40; i++)
		print_error("%s\n", telling->told[i].id);
	fail_msg("nothing is told of %s", id);
	return NULL;
}

/* ---- an outlet ---- */

static struct describe *outlet_instrument(const char *name)
{
	struct describe *describe = made_instrument("bt-outlet", name, 3, 300);
	describe->channel[1].unit = "m3/h";
	describe->channel[1].high = 500;
	describe->channel[2].unit = "pH";
	describe->channel[2].high = 14;
	describe->channel[2].accuracy_reading_percent = NAN;
	describe->channel[2].accuracy_absolute = 0.2;
	return describe;
}

/* One reading: COD with a state, flow and pH. */
static void put_cod(struct made_archive *made, const struct describe *describe,
        int64_t time_us, uint8_t cod_state, double cod, double flow)
{
	const uint8_t state[] = { cod_state, STATE_OK, STATE_OK };
	const double value[] = { cod, flow, 7.1 };
	made_put(made, &(struct made_reading){ .describe = describe,
	                       .time_us = time_us,
	                       .state = state,
	                       .value = value });
}

/*
 * Day 9: COD 80 on 240 values, fault from 10:00 to 14:00.  Day 10: 160 on 150 values,
 * then nothing.  Day 11: no discharge.  Day 12: COD 40, two hours of it at night over
 * 100.
 */
static void put_four_days(struct made_archive *made, const struct describe *describe)
{
	for (int k = 0; k < 4 * DAY; k++) {
		int64_t time_us = MADE_DAY + k * FIVE + 7 * US_PER_S;
		int day = k / DAY, at = k % DAY;
		if (day == 0)
			put_cod(made, describe, time_us,
			        at >= 120 && at < 168 ? STATE_FAULT : STATE_OK, 80, 20);
		else if (day == 1 && at < 150)
			put_cod(made, describe, time_us, STATE_OK, 160, 20);
		else if (day == 2)
			put_cod(made, describe, time_us, STATE_OK, 33, 0.1);
		else if (day == 3)
			put_cod(made, describe, time_us, STATE_OK,
			        at >= 12 && at < 36 ? 100 + at : 40, 20);
	}
}

/* The outlet's archive, not sealed, permit and all. */
static void make_outlet(struct made_archive *made, const char *folder, const char *name)
{
	made_archive_open(made, folder, name);
	made_document(made, PERMIT("qcvn-40-2011", KQ_KF), MADE_DAY - US_PER_DAY);
	made_station(made, "bt-outlet", "water", MADE_DAY - US_PER_HOUR);
	struct describe *describe = outlet_instrument("plc");
	made_describe(made, describe, MADE_DAY - US_PER_HOUR);
	put_four_days(made, describe);
	describe_free(describe);
	made_archive_close(made);
}

static void seal(const char *dir)
{
	const struct ingest_options options = { .dir = dir };
	struct ingest *ingest;
	struct problem why = { 0 };
	assert_int_equal(ingest_open(&ingest, &options, &why), OK);
	int n = ingest_seal(ingest, MADE_DAY + 9 * US_PER_DAY, true, &why);
	if (n <= 0)
		fail_msg("%d files sealed: %s", n, why.text);
	ingest_close(ingest);
}

static void an_outlet_is_judged_by_its_permit(void **state)
{
	struct made_archive made;
	make_outlet(&made, *state, "a");
	struct judge_options options = { .channel = "cod" };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 4);

	const struct told *day =
	        find(told, "bt-outlet/cod/qcvn-40-2011/day/2026-11-09");
	assert_int_equal(day->result, RESULT_OVER);
	assert_int_equal(day->by, BY_VALUES);
	assert_int_equal(day->strength, STRENGTH_BEYOND);
	assert_close(day->value, 80, 0);
	assert_close(day->high, 75, 0);
	assert_int_equal(day->expected, 288);
	assert_int_equal(day->received, 288);
	assert_int_equal(day->valid, 240);
	assert_int_equal(day->fault, 48);
	assert_close(day->lower_bound, 66.7, 1e-3);
	assert_int_equal(day->n_spans, 1);
	assert_true(day->span[0].from_us == MADE_DAY + 10 * US_PER_HOUR);
	assert_true(day->span[0].to_us == MADE_DAY + 14 * US_PER_HOUR);
	assert_true(day->start_us == MADE_DAY && day->end_us == MADE_DAY + US_PER_DAY);
	assert_contains(day->archive_state, "bt-outlet");
	assert_false(day->ambient);
	assert_false(day->simulated);

	day = find(told, "bt-outlet/cod/qcvn-40-2011/day/2026-11-10");
	assert_int_equal(day->result, RESULT_OVER);
	assert_int_equal(day->by, BY_LOWER_BOUND);
	assert_close(day->lower_bound, 83.3, 1e-3);
	assert_int_equal(day->missing, 138);

	day = find(told, "bt-outlet/cod/qcvn-40-2011/day/2026-11-11");
	assert_int_equal(day->result, RESULT_NOT_APPLICABLE);
	assert_int_equal(day->by, BY_NO_OPERATION);
	assert_int_equal(day->expected, 0);

	day = find(told, "bt-outlet/cod/qcvn-40-2011/day/2026-11-12");
	assert_int_equal(day->result, RESULT_WITHIN);
	free(told);
}

/* Assessments agree bit for bit, however the archive was read; its state may differ. */
static void assert_same(const struct telling *a, const struct telling *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		struct told one = a->told[i], two = b->told[i];
		memset(one.archive_state, 0, sizeof one.archive_state);
		memset(two.archive_state, 0, sizeof two.archive_state);
		assert_string_equal(one.id, two.id);
		assert_memory_equal(&one.value, &two.value, sizeof one.value);
		assert_memory_equal(&one.u, &two.u, sizeof one.u);
		assert_int_equal(one.result, two.result);
		assert_int_equal(one.valid, two.valid);
		assert_int_equal(one.expected, two.expected);
		assert_string_equal(one.note, two.note);
	}
}

static void sealed_days_and_the_open_journal_agree(void **state)
{
	struct made_archive made;
	make_outlet(&made, *state, "a");
	struct judge_options options = { .stages = true };
	struct telling *open = judged(made.dir, &options);
	seal(made.dir);
	struct telling *sealed = judged(made.dir, &options);
	assert_same(open, sealed);
	assert_contains(sealed->told[0].archive_state, "seal");
	free(open);
	free(sealed);
}

static void shards_make_the_whole(void **state)
{
	struct made_archive made;
	make_outlet(&made, *state, "a");
	struct judge_options options = { 0 };
	struct telling *whole = judged(made.dir, &options);
	size_t n = 0;
	for (int shard = 0; shard < 3; shard++) {
		options.shard = shard;
		options.shards = 3;
		struct telling *part = judged(made.dir, &options);
		n += part->n;
		for (size_t i = 0; i < part->n; i++) {
			const struct told *same = find(whole, part->told[i].id);
			assert_memory_equal(
			        &same->value, &part->told[i].value, sizeof(double));
			assert_int_equal(same->result, part->told[i].result);
		}
		free(part);
	}
	assert_int_equal(n, whole->n);
	free(whole);
}

static void told_in_order_of_channel_and_time(void **state)
{
	struct made_archive made;
	make_outlet(&made, *state, "a");
	struct judge_options options = { 0 };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 8); /* cod and ph; nothing limits flow */
	for (size_t i = 1; i < told->n; i++) {
		int order = strcmp(told->told[i - 1].channel, told->told[i].channel);
		assert_true(order <= 0);
		if (order == 0)
			assert_true(
			        told->told[i - 1].start_us < told->told[i].start_us);
	}
	free(told);
}

static void only_what_was_asked_for_and_has_ended(void **state)
{
	struct made_archive made;
	make_outlet(&made, *state, "a");
	struct judge_options options = { .channel = "cod",
		.now_us = MADE_DAY + 2 * US_PER_DAY - 1 };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 1);
	free(told);
	options.now_us++;
	told = judged(made.dir, &options);
	assert_int_equal(told->n, 2);
	free(told);

	options = (struct judge_options){ .channel = "cod",
		.from_us = MADE_DAY + 1,
		.to_us = MADE_DAY + 2 * US_PER_DAY + 1 };
	told = judged(made.dir, &options);
	assert_int_equal(told->n, 2);
	assert_true(told->told[0].start_us == MADE_DAY + US_PER_DAY);
	free(told);

	/* With an end asked for, dark days are told too. */
	options = (struct judge_options){ .channel = "cod",
		.to_us = MADE_DAY + 6 * US_PER_DAY };
	told = judged(made.dir, &options);
	assert_int_equal(told->n, 6);
	assert_int_equal(told->told[5].result, RESULT_NOT_DECIDABLE);
	assert_int_equal(told->told[5].missing, 288);
	free(told);

	static const struct judge_options none[] = { { .zone = "kcn-khac" },
		{ .station = "bt-stack" }, { .rule = "qcvn-19-2009" },
		{ .channel = "tss" } };
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		told = judged(made.dir, &none[i]);
		assert_int_equal(told->n, 0);
		free(told);
	}
}

/* Nine hours come the next morning: version one is not decidable, version two is
 * within. */
static void late_data_are_seen_as_of_their_storing(void **state)
{
	struct made_archive made;
	made_archive_open(&made, *state, "late");
	made_document(&made, PERMIT("qcvn-40-2011", KQ_KF), MADE_DAY - US_PER_DAY);
	made_station(&made, "bt-outlet", "water", MADE_DAY - US_PER_HOUR);
	struct describe *describe = outlet_instrument("plc");
	made_describe(&made, describe, MADE_DAY - US_PER_HOUR);
	const uint8_t states[3] = { 0 };
	const double value[3] = { 40, 20, 7 };
	int64_t back_us = MADE_DAY + US_PER_DAY + 8 * US_PER_HOUR;
	for (int k = 0; k < DAY; k++)
		made_put(&made, &(struct made_reading){ .describe = describe,
		                        .time_us = MADE_DAY + k * FIVE,
		                        .stored_us = k >= 180 ? back_us : 0,
		                        .state = states,
		                        .value = value });
	made_archive_close(&made);
	struct judge_options options = { .channel = "cod",
		.to_us = MADE_DAY + US_PER_DAY };
	options.as_of_us = back_us - 1;
	options.now_us = MADE_DAY + 90 * US_PER_DAY;
	options.to_us =
	        MADE_DAY + 2 * US_PER_DAY; /* as of then the second day had not ended */
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 1);
	options.to_us = MADE_DAY + US_PER_DAY;
	assert_int_equal(told->told[0].result, RESULT_NOT_DECIDABLE);
	assert_int_equal(told->told[0].valid, 180);
	free(told);
	options.as_of_us = 0;
	told = judged(made.dir, &options);
	assert_int_equal(told->told[0].result, RESULT_WITHIN);
	assert_int_equal(told->told[0].valid, 288);
	free(told);
	/* Before the permit was stored nothing was judged at all. */
	options.as_of_us = MADE_DAY - US_PER_DAY - 1;
	told = judged(made.dir, &options);
	assert_int_equal(told->n, 0);
	free(told);
	describe_free(describe);
}

/* An analyser asked each 5 min: its result of 23:30 comes at 00:10 and is of the day
 * before. */
static void a_result_belongs_to_the_day_of_its_sample(void **state)
{
	struct made_archive made;
	made_archive_open(&made, *state, "slow");
	made_document(&made, PERMIT("qcvn-40-2011", KQ_KF), MADE_DAY - US_PER_DAY);
	made_station(&made, "bt-outlet", "water", MADE_DAY - US_PER_HOUR);
	struct describe *describe = made_instrument("bt-outlet", "analyser", 1, 300);
	describe->channel[0].result_every_s = 2700;
	made_describe(&made, describe, MADE_DAY - US_PER_HOUR);
	static const uint8_t fresh = STATE_OK, old = STATE_UNCHANGED;
	for (int k = -36; k < 2 * DAY; k++) {
		bool result = (k + 36) % 9 == 0;
		int64_t time_us = MADE_DAY + k * FIVE + 10 * US_PER_MIN;
		double value = result ? (k < 0 ? 500 : 60) : NAN;
		made_put(&made,
		        &(struct made_reading){ .describe = describe,
		                .time_us = time_us,
		                .sampled_us = result ? time_us - 40 * US_PER_MIN : 0,
		                .state = result ? &fresh : &old,
		                .value = &value });
	}
	made_archive_close(&made);
	struct judge_options options = {
		.channel = "cod", .from_us = MADE_DAY, .to_us = MADE_DAY + US_PER_DAY
	};
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 1);
	/* Results polled at 00:10 (sample 23:30), 00:55 (sample 00:15), ...: 32 samples
	 * of this day. */
	assert_int_equal(told->told[0].expected, 32);
	assert_int_equal(told->told[0].valid, 32);
	assert_close(told->told[0].value, 60, 0);
	free(told);
	describe_free(describe);
}

static void a_dated_calibration_is_applied_when_read(void **state)
{
	struct made_archive made;
	make_outlet(&made, *state, "a");
	const struct ingest_options open = { .dir = made.dir };
	struct problem why;
	assert_int_equal(ingest_open(&made.ingest, &open, &why), OK);
	made_document(&made,
	        "{\"kind\":\"calibration\",\"id\":\"c1\",\"station\":\"bt-outlet\","
	        "\"channel\":"
	        "\"cod\",\"from\":\"2026-11-12T00:00:00+07:00\",\"a\":1,\"b\":2}",
	        MADE_DAY + 5 * US_PER_DAY);
	made_archive_close(&made);
	struct judge_options options = { .channel = "cod" };
	struct telling *told = judged(made.dir, &options);
	assert_close(told->told[0].value, 80, 0);
	const struct told *day =
	        find(told, "bt-outlet/cod/qcvn-40-2011/day/2026-11-12");
	assert_close(day->value, (264 * 81.0 + 24 * (1 + 2 * 123.5)) / 288, 1e-1);
	assert_int_equal(day->result, RESULT_OVER);
	free(told);
	/* as of the day before it was entered, the raw reading counts */
	options.as_of_us = MADE_DAY + 5 * US_PER_DAY - 1;
	told = judged(made.dir, &options);
	assert_int_equal(told->told[3].result, RESULT_WITHIN);
	free(told);
}

/* ---- what is not compared ---- */

static void two_days_of(struct made_archive *made, struct describe *first,
        struct describe *second, int change)
{
	const uint8_t states[3] = { 0 };
	const double value[3] = { 40, 20, 7 };
	made_describe(made, first, MADE_DAY - US_PER_HOUR);
	for (int k = 0; k < 2 * DAY; k++) {
		if (k == change)
			made_describe(made, second, MADE_DAY + k * FIVE);
		made_put(made,
		        &(struct made_reading){ .describe = k < change ? first : second,
		                .time_us = MADE_DAY + k * FIVE + US_PER_S,
		                .state = states,
		                .value = value });
	}
}

static void a_change_of_unit_stops_only_its_day(void **state)
{
	struct made_archive made;
	made_archive_open(&made, *state, "unit");
	made_document(&made, PERMIT("qcvn-40-2011", KQ_KF), MADE_DAY - US_PER_DAY);
	made_station(&made, "bt-outlet", "water", MADE_DAY - US_PER_HOUR);
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
	made_archive_open(&made, *state, "replaced");
	made_document(&made, PERMIT("qcvn-40-2011", KQ_KF), MADE_DAY - US_PER_DAY);
	made_station(&made, "bt-outlet", "water", MADE_DAY - US_PER_HOUR);
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
	made_archive_open(&made, *state, "nh4");
	made_document(&made, PERMIT("qcvn-40-2011", KQ_KF), MADE_DAY - US_PER_DAY);
	made_station(&made, "bt-outlet", "water", MADE_DAY - US_PER_HOUR);
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
	made_archive_open(&made, *state, "new");
	made_document(&made, PERMIT("qcvn-40-2025", ""), MADE_DAY - US_PER_DAY);
	made_station(&made, "bt-outlet", "water", MADE_DAY - US_PER_HOUR);
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
	const struct ingest_options open = { .dir = made.dir };
	struct problem why;
	assert_int_equal(ingest_open(&made.ingest, &open, &why), OK);
	made_document(&made,
	        PERMIT("qcvn-40-2011", KQ_KF ",\"parameters\":[\"cod\",\"tss\"]"),
	        MADE_DAY + 5 * US_PER_DAY);
	made_archive_close(&made);
	struct judge_options options = { 0 };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 8);
	const struct told *day =
	        find(told, "bt-outlet/tss/qcvn-40-2011/day/2026-11-09");
	assert_int_equal(day->result, RESULT_NOT_DECIDABLE);
	assert_contains(day->note, "no instrument");
	free(told);
}

/* ---- ambient air ---- */

static void the_air_is_judged_without_a_facility(void **state)
{
	struct made_archive made;
	made_archive_open(&made, *state, "air");
	made_station(&made, "bt-fence", "ambient", MADE_DAY - US_PER_HOUR);
	struct describe *describe = made_instrument("bt-fence", "air", 2, 300);
	static const char *const names[] = { "pm2_5", "o3" };
	for (size_t i = 0; i < 2; i++) {
		describe->channel[i].name = names[i];
		describe->channel[i].unit = i == 0 ? "ug/m3" : "ug/Nm3";
		describe->channel[i].gas_state = "standard";
		describe->channel[i].reference_temperature_C = 25;
		describe->channel[i].reference_pressure_kPa = 101.325;
		describe->channel[i].high = 1000;
	}
	made_describe(&made, describe, MADE_DAY - US_PER_HOUR);
	for (int k = 0; k < DAY; k++) {
		const uint8_t states[] = { STATE_OK,
			k >= 12 && k < 24 ? STATE_SILENT : STATE_OK };
		/* ozone: 130 from 08:00 to 16:00, in the hour from 13:00 210 */
		const double value[] = { 61, states[1] == STATE_SILENT ? NAN
			                     : k >= 156 && k < 168     ? 210
			                     : k >= 96 && k < 192      ? 130
			                                               : 30 };
		made_put(&made, &(struct made_reading){ .describe = describe,
		                        .time_us = MADE_DAY + k * FIVE,
		                        .state = states,
		                        .value = value });
	}
	made_archive_close(&made);
	struct judge_options options = { .to_us = MADE_DAY + US_PER_DAY };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 24 + 3 + 1);
	const struct told *one =
	        find(told, "bt-fence/pm2_5/qcvn-05-2023/24h/2026-11-09");
	assert_int_equal(one->result, RESULT_OVER);
	assert_true(one->ambient);
	assert_close(one->high, 45, 0);
	assert_close(one->value, 61, 0);
	one = find(told, "bt-fence/o3/qcvn-05-2023/1h/2026-11-09T13:00");
	assert_int_equal(one->result, RESULT_OVER);
	assert_close(one->value, 210, 0);
	one = find(told, "bt-fence/o3/qcvn-05-2023/1h/2026-11-09T12:00");
	assert_int_equal(one->result, RESULT_WITHIN);
	one = find(told, "bt-fence/o3/qcvn-05-2023/1h/2026-11-09T01:00");
	assert_int_equal(one->result, RESULT_NOT_DECIDABLE);
	one = find(told, "bt-fence/o3/qcvn-05-2023/8h/2026-11-09T08:00");
	assert_int_equal(one->result, RESULT_OVER);
	assert_close(one->value, (84 * 130 + 12 * 210) / 96.0, 1e-12);
	assert_int_equal(one->expected, 96);
	one = find(told, "bt-fence/o3/qcvn-05-2023/8h/2026-11-09T16:00");
	assert_int_equal(one->result, RESULT_WITHIN);
	free(told);
	describe_free(describe);
}

/* ---- episodes, curve, series ---- */

static int keep_episode(void *with, const struct episode *episode)
{
	struct {
		size_t n;
		struct episode episode[4];
	} *kept = with;
	assert_true(kept->n < 4);
	kept->episode[kept->n++] = *episode;
	return 0;
}

/* The days over are runs over midnight; the night of day 12 is one of two hours; under
 * three base values is a spike. */
static void episodes_are_runs_of_base_values(void **state)
{
	struct made_archive made;
	struct reader *reader;
	struct problem why = { 0 };
	struct {
		size_t n;
		struct episode episode[4];
	} kept = { 0 };
	make_outlet(&made, *state, "a");
	assert_int_equal(reader_open(&reader, made.dir, &why), OK);
	struct judge_options options = { 0 };
	int n = episodes_find(reader, &shipped, &options, keep_episode, &kept, &why);
	assert_int_equal(n, 3);
	/* 00:00 to 10:00, then from 14:00 over midnight to 12:30 */
	assert_true(kept.episode[0].from_us == MADE_DAY);
	assert_int_equal(kept.episode[0].n, 120);
	assert_true(kept.episode[1].from_us == MADE_DAY + 14 * US_PER_HOUR);
	assert_true(kept.episode[1].to_us == MADE_DAY + (DAY + 150) * FIVE);
	assert_int_equal(kept.episode[1].n, 120 + 150);
	assert_close(kept.episode[1].peak, 160, 0);
	assert_close(kept.episode[1].level, 75, 0);
	assert_close(kept.episode[2].peak, 135, 0);
	assert_close(kept.episode[2].mean, 123.5, 1e-9);
	assert_int_equal(kept.episode[2].n, 24);
	assert_string_equal(kept.episode[2].unit, "mg/L");
	assert_string_equal(kept.episode[2].rule->id, "qcvn-40-2011");
	reader_close(reader);
}

static int keep_curve(void *with, const struct assessment *assessment)
{
	struct {
		struct reader *reader;
		struct day_curve curve;
	} *kept = with;
	struct problem why = { 0 };
	if (assessment->start_us != MADE_DAY)
		return 0;
	int status = day_curve_make(
	        &kept->curve, kept->reader, &shipped, assessment, 0, &why);
	if (status != OK)
		fail_msg("%s", why.text);
	return 1;
}

static void the_curve_of_a_day_is_its_base_values(void **state)
{
	struct made_archive made;
	struct problem why = { 0 };
	struct {
		struct reader *reader;
		struct day_curve curve;
	} kept = { 0 };
	make_outlet(&made, *state, "a");
	assert_int_equal(reader_open(&kept.reader, made.dir, &why), OK);
	struct judge_options options = { .channel = "cod" };
	assert_int_equal(
	        judge(kept.reader, &shipped, &options, keep_curve, &kept, &why), 1);
	assert_int_equal(kept.curve.n, DAY);
	assert_true(kept.curve.start_us == MADE_DAY);
	assert_true(kept.curve.period_us == FIVE);
	assert_close(kept.curve.value[0], 80, 0);
	assert_int_equal(kept.curve.what[0], COUNTS_VALID);
	assert_int_equal(kept.curve.what[130], COUNTS_FAULT);
	assert_true(isnan(kept.curve.value[130]));
	assert_int_equal(kept.curve.running[0], 1);
	day_curve_free(&kept.curve);
	reader_close(kept.reader);
}

static void a_series_is_loaded_by_name(void **state)
{
	struct made_archive made;
	struct reader *reader;
	struct series series;
	struct problem why = { 0 };
	make_outlet(&made, *state, "a");
	assert_int_equal(reader_open(&reader, made.dir, &why), OK);
	struct query query = { .station = "bt-outlet",
		.channel = "cod",
		.from_us = MADE_DAY,
		.to_us = MADE_DAY + US_PER_HOUR };
	assert_int_equal(series_load(&series, reader, &query, &why), OK);
	assert_int_equal(series.n, 12);
	assert_string_equal(series.about.unit, "mg/L");
	assert_string_equal(series.instrument, "plc");
	assert_close(series_cycle_s(&series), 300, 0);
	series_free(&series);
	query.channel = "codd";
	assert_int_equal(series_load(&series, reader, &query, &why), NOT_FOUND);
	assert_contains(why.text, "did you mean 'cod'");
	query.station = "bt-nowhere";
	assert_int_equal(series_load(&series, reader, &query, &why), NOT_FOUND);
	reader_close(reader);
}

#define IN_FOLDER(test)                                                                \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(an_outlet_is_judged_by_its_permit),
		IN_FOLDER(sealed_days_and_the_open_journal_agree),
		IN_FOLDER(shards_make_the_whole),
		IN_FOLDER(told_in_order_of_channel_and_time),
		IN_FOLDER(only_what_was_asked_for_and_has_ended),
		IN_FOLDER(late_data_are_seen_as_of_their_storing),
		IN_FOLDER(a_result_belongs_to_the_day_of_its_sample),
		IN_FOLDER(a_dated_calibration_is_applied_when_read),
		IN_FOLDER(a_change_of_unit_stops_only_its_day),
		IN_FOLDER(an_instrument_may_be_replaced_but_not_doubled),
		IN_FOLDER(ammonium_is_not_taken_for_nitrogen),
		IN_FOLDER(an_unconfirmed_regulation_is_refused_aloud),
		IN_FOLDER(a_parameter_nobody_measures_is_not_decidable),
		IN_FOLDER(the_air_is_judged_without_a_facility),
		IN_FOLDER(episodes_are_runs_of_base_values),
		IN_FOLDER(the_curve_of_a_day_is_its_base_values),
		IN_FOLDER(a_series_is_loaded_by_name),
	};
	return cmocka_run_group_tests_name("judge", tests, read_shipped, free_shipped);
}
