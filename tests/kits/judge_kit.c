/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/judge_kit.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "base/reading.h"
#include "tests/kits/made.h"

struct rules shipped;

int read_shipped(void **state)
{
	struct problem why;
	gsl_set_error_handler_off();
	log_start("test_judge", LOG_WARN);
	return rules_read(&shipped, project_file("analysis/limits"), &why) == OK ? 0
	                                                                         : -1;
}

int free_shipped(void **state)
{
	rules_free(&shipped);
	return 0;
}

static int tell(void *with, const struct assessment *a)
{
	struct telling *telling = with;
	assert_true(telling->n < TOLD_MOST);
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

struct telling *judged(const char *dir, const struct judge_options *options)
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

const struct told *find(const struct telling *telling, const char *id)
{
	for (size_t i = 0; i < telling->n; i++)
		if (strcmp(telling->told[i].id, id) == 0)
			return &telling->told[i];
	for (size_t i = 0; i < telling->n && i < 40; i++)
		print_error("%s\n", telling->told[i].id);
	fail_msg("nothing is told of %s", id);
	return NULL;
}

struct describe *outlet_instrument(const char *name)
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

void begin_outlet(struct made_archive *made, const char *folder, const char *name,
        const char *permit)
{
	made_archive_open(made, folder, name);
	made_document(made, permit, MADE_DAY - US_PER_DAY);
	made_station(made, "bt-outlet", "water", MADE_DAY - US_PER_HOUR);
}

void add_document(struct made_archive *made, const char *text, int64_t time_us)
{
	const struct ingest_options options = { .dir = made->dir };
	struct problem why;
	assert_int_equal(ingest_open(&made->ingest, &options, &why), OK);
	made_document(made, text, time_us);
	made_archive_close(made);
}

void make_outlet(struct made_archive *made, const char *folder, const char *name)
{
	begin_outlet(made, folder, name, PERMIT("qcvn-40-2011", KQ_KF));
	struct describe *describe = outlet_instrument("plc");
	made_describe(made, describe, MADE_DAY - US_PER_HOUR);
	put_four_days(made, describe);
	describe_free(describe);
	made_archive_close(made);
}

void two_days_of(struct made_archive *made, struct describe *first,
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
