/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac explain ST CH TIME: every step from raw bytes to result; or why nothing is there. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/assess.h"
#include "analysis/base_sums.h"
#include "analysis/series.h"
#include "base/event.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "calibration/ledger.h"
#include "cli/commands.h"
#include "cli/view.h"
#include "sensors/redecode.h"

#define NEAR_US (10 * US_PER_MIN) /* how far from TIME a reading may lie */
#define BASE_US (5 * US_PER_MIN)
#define AROUND_US                                                                      \
	US_PER_DAY /* where to look for events that tell why there is nothing */

struct question {
	struct view view;
	const char *station, *channel;
	int64_t time_us;
};

/* The reading nearest to the time asked for. */
struct nearest {
	const struct describe *describe;
	size_t channel;
	int64_t time_us, stored_us;
	uint64_t epoch, seq;
	double value;
	uint8_t state, clock;
	bool found;
};

static int find_nearest(
        const struct question *q, struct nearest *out, struct problem *why)
{
	struct rows *rows;
	size_t n;
	struct query query = {
		.station = q->station,
		.channel = q->channel,
		.from_us = q->time_us - NEAR_US,
		.to_us = q->time_us + NEAR_US + 1,
	};
	*out = (struct nearest){ 0 };
	int status = reader_rows(q->view.reader, &query, &rows, &n, why);
	if (status < 0)
		return status;
	for (size_t k = 0; k < n; k++) {
		for (size_t i = 0; rows[k].n_channels == 1 && i < rows[k].n; i++) {
			int64_t away = llabs(rows[k].time_us[i] - q->time_us);
			if (out->found && away >= llabs(out->time_us - q->time_us))
				continue;
			*out = (struct nearest){
				.describe = rows[k].describe,
				.channel = rows[k].channel[0],
				.time_us = rows[k].time_us[i],
				.stored_us = rows[k].stored_us[i],
				.epoch = rows[k].epoch[i],
				.seq = rows[k].seq[i],
				.value = rows[k].value[0][i],
				.state = rows[k].state[0][i],
				.clock = rows[k].clock[i],
				.found = true,
			};
		}
	}
	rows_free(rows, n);
	return OK;
}

static void print_exchanges(const struct reading *reading)
{
	struct exchange exchange;
	size_t at = 0;
	while (exchange_next(reading, &at, &exchange) == 1) {
		printf("   block %u after %u ms:", exchange.block, exchange.after_ms);
		for (size_t i = 0; i < exchange.size && i < 64; i++)
			printf(" %02X", exchange.bytes[i]);
		printf("%s\n", exchange.size > 64 ? " ..." : "");
	}
}

static void print_decoding(const struct nearest *nearest, const struct reading *reading)
{
	struct redecode *redecode;
	struct redecoded again;
	struct problem why;
	if (redecode_open(&redecode, nearest->describe, &why) != OK) {
		printf("3 decoding      %s\n", why.text);
		return;
	}
	if (redecode_channel(redecode, reading, nearest->channel, &again) == OK)
		printf("3 decoding      %s\n   %s\n", again.how,
		        again.same ? "decoded again now: the same, to the bit"
		                   : "DECODED AGAIN NOW: NOT WHAT IS STORED");
	redecode_close(redecode);
}

struct one_record {
	uint64_t epoch, seq;
	uint8_t bytes[RECORD_MOST];
	size_t size;
};

static int keep_record(void *with, const uint8_t *bytes, size_t size, int64_t stored_us)
{
	struct one_record *one = with;
	struct record record;
	(void)stored_us;
	if (record_decode(&record, bytes, size) < 0 || record.epoch != one->epoch ||
	        record.seq != one->seq)
		return 0;
	memcpy(one->bytes, bytes, size);
	one->size = size;
	return 1;
}

/* Steps 1 to 3: the record, its bytes, how they were read. */
static int explain_record(
        const struct question *q, const struct nearest *nearest, struct problem *why)
{
	static struct one_record one;
	char when[TIME_TEXT], stored[TIME_TEXT], place[4096];
	struct record record;
	struct reading reading;
	const struct channel *about = &nearest->describe->channel[nearest->channel];
	struct query query = {
		.station = q->station,
		.from_us = nearest->time_us,
		.to_us = nearest->time_us + 1,
	};
	one = (struct one_record){ .epoch = nearest->epoch, .seq = nearest->seq };
	int status = reader_records(
	        q->view.reader, &query, 1u << RECORD_READING, keep_record, &one, why);
	if (status < 0)
		return status;
	if (reader_place(q->view.reader, q->station, nearest->epoch, nearest->seq,
	            place, sizeof place) != OK)
		snprintf(place, sizeof place, "?");
	printf("1 record        %s epoch %016" PRIx64 " seq %" PRIu64 "\n"
	       "   measured %s (clock %s), stored %s\n   in %s\n",
	        q->station, nearest->epoch, nearest->seq,
	        time_print(nearest->time_us, q->view.offset_min, when),
	        clock_state_text(nearest->clock),
	        time_print(nearest->stored_us, q->view.offset_min, stored), place);
	printf("2 raw bytes     instrument %s (%s)\n", nearest->describe->instrument,
	        nearest->describe->model[0] != '\0' ? nearest->describe->model
	                                            : nearest->describe->summary);
	if (one.size == 0 || record_decode(&record, one.bytes, one.size) < 0 ||
	        reading_decode(&reading, record.payload, record.payload_size) != OK)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "the record cannot be read back; see quantrac verify");
	print_exchanges(&reading);
	print_decoding(nearest, &reading);
	if (isnan(nearest->value))
		printf("   indication: none, state %s\n",
		        channel_state_text(nearest->state));
	else
		printf("   indication: %.10g %s, state %s\n", nearest->value,
		        about->unit, channel_state_text(nearest->state));
	return OK;
}

/* Step 4: the calibration in force. */
static int explain_calibration(
        const struct question *q, const struct nearest *nearest, struct problem *why)
{
	struct ledger ledger;
	int status = ledger_load(&ledger, q->view.reader, 0, why);
	if (status < 0)
		return status;
	const struct calibration *c =
	        ledger_find(&ledger, q->station, q->channel, nearest->time_us);
	if (c == NULL) {
		printf("4 calibration   none recorded: the indication counts as it "
		       "is\n");
	} else {
		double y, u;
		relation_apply(&c->relation, nearest->value, &y, &u);
		printf("4 calibration   %s by %s: %.6g + %.6g x = %.10g (u %.3g)\n",
		        c->id, c->who, c->relation.a, c->relation.b, y, u);
	}
	ledger_free(&ledger);
	return OK;
}

static const char *counts_text(uint8_t what)
{
	static const char *const word[COUNTS_AS] = {
		[COUNTS_VALID] = "valid",
		[COUNTS_CENSORED] = "valid, at range top",
		[COUNTS_INVALID] = "invalid",
		[COUNTS_CALIBRATING] = "calibrating (01)",
		[COUNTS_FAULT] = "fault (02)",
		[COUNTS_MISSING] = "missing",
		[COUNTS_STOPPED] = "stopped",
		[COUNTS_REPEATED] = "repeated result",
	};
	return what < COUNTS_AS ? word[what] : "?";
}

/* Step 5: the base interval it falls into. */
static int explain_base(
        const struct question *q, const struct nearest *nearest, struct problem *why)
{
	struct series series;
	struct base_sums sums;
	char from[TIME_TEXT], to[TIME_TEXT];
	int64_t start_us = period_start(nearest->time_us, BASE_US, q->view.offset_min);
	struct query query = {
		.station = q->station,
		.channel = q->channel,
		.from_us = start_us,
		.to_us = start_us + BASE_US,
	};
	int status = series_load(&series, q->view.reader, &query, why);
	if (status != OK)
		return status;
	status = base_sums_make(&sums, &series, BASE_US, start_us, start_us + BASE_US);
	if (status == OK && sums.n == 1) {
		const struct base_sum *sum = &sums.sum[0];
		printf("5 base value    [%s, %s): %u received, %u valid",
		        time_print(start_us, q->view.offset_min, from),
		        time_print(start_us + BASE_US, q->view.offset_min, to),
		        sum->received, sum->valid);
		for (uint8_t what = 1; what < COUNTS_AS; what++)
			if (sum->of[what] > 0)
				printf(", %u %s", sum->of[what], counts_text(what));
		if (sum->valid > 0)
			printf("; mean %.10g %s", sum->sum / sum->valid,
			        series.about.unit);
		printf("\n");
	}
	if (status == OK)
		base_sums_free(&sums);
	series_free(&series);
	return status;
}

static int print_assessment(void *with, const struct assessment *a)
{
	size_t *n = with;
	if ((*n)++ == 0)
		printf("6 result\n");
	printf("   %s, %s of the %s: ", a->rule->regulation, a->stage->name,
	        a->rule->kind == KIND_AMBIENT ? "air" : "outlet");
	if (!isnan(a->value))
		printf("%.*f %s from %u of %u values", a->limit.decimals + 1, a->value,
		        a->parameter->unit, a->valid, a->expected);
	printf("\n   limit %s; %s%s%s%s%s\n", a->limit.basis, result_text(a->result),
	        a->strength != STRENGTH_NONE ? ", " : "", strength_text(a->strength),
	        a->note[0] != '\0' ? "; " : "", a->note);
	return 0;
}

/* Step 6: what the day says. */
static int explain_results(const struct question *q, struct problem *why)
{
	size_t n = 0;
	int64_t day_us = day_start(q->time_us, q->view.offset_min);
	struct judge_options options = {
		.station = q->station,
		.channel = q->channel,
		.from_us = day_us,
		.to_us = day_us + US_PER_DAY,
		.shards = 1,
		.now_us = common_now(),
	};
	int status = judge(
	        q->view.reader, &q->view.rules, &options, print_assessment, &n, why);
	if (status >= 0 && n == 0)
		printf("6 result        no rule judges this channel on this day (no "
		       "permit, no "
		       "limit, or the day is not over)\n");
	return status < 0 ? status : OK;
}

struct around {
	int offset_min;
	size_t n;
};

static int print_event(void *with, const uint8_t *bytes, size_t size, int64_t stored_us)
{
	struct around *around = with;
	struct record record;
	char when[TIME_TEXT];
	(void)stored_us;
	if (record_decode(&record, bytes, size) < 0)
		return 0;
	printf("   %s %s", time_print(record.time_us, around->offset_min, when),
	        record_type_text(record.type));
	struct gap_event gap;
	if (record.type == RECORD_GAP &&
	        gap_decode(&gap, record.payload, record.payload_size) == OK)
		printf(": %" PRIu64 " readings: %.*s\n", gap.count, (int)gap.why_size,
		        gap.why);
	else if (record.type == RECORD_CLOCK)
		printf("\n");
	else
		printf(": %.*s\n", (int)record.payload_size,
		        (const char *)record.payload);
	around->n++;
	return 0;
}

/* Nothing was measured: what the station said about itself around that time. */
static int explain_nothing(const struct question *q, struct problem *why)
{
	char when[TIME_TEXT];
	struct around around = { .offset_min = q->view.offset_min };
	struct query query = {
		.station = q->station,
		.from_us = q->time_us - AROUND_US,
		.to_us = q->time_us + AROUND_US,
	};
	printf("no reading of %s %s within 10 minutes of %s\n", q->station, q->channel,
	        time_print(q->time_us, q->view.offset_min, when));
	printf("what the station said within a day of it:\n");
	int status = reader_records(q->view.reader, &query,
	        1u << RECORD_STATE | 1u << RECORD_GAP | 1u << RECORD_CLOCK, print_event,
	        &around, why);
	if (status >= 0 && around.n == 0)
		printf("   nothing: neither a gap nor a change of state is recorded\n");
	return status < 0 ? status : explain_results(q, why);
}

static int explain(struct question *q, struct problem *why)
{
	struct nearest nearest;
	int status = find_nearest(q, &nearest, why);
	if (status != OK)
		return status;
	if (!nearest.found)
		return explain_nothing(q, why);
	status = explain_record(q, &nearest, why);
	if (status == OK)
		status = explain_calibration(q, &nearest, why);
	if (status == OK)
		status = explain_base(q, &nearest, why);
	if (status == OK)
		status = explain_results(q, why);
	return status;
}

int command_explain(int argc, char **argv)
{
	static const struct argp argp = {
		.args_doc = "STATION CHANNEL TIME",
		.doc = "Every step from the raw bytes to the result; or why nothing is "
		       "there.",
	};
	struct common common;
	struct problem why = { 0 };
	int64_t ignored;
	int first = common_parse(&common, &argp, NULL, argc, argv);
	if (first + 3 != argc) {
		fputs("quantrac explain: give station, channel and time, for example\n"
		      "  quantrac explain nt-01 cod 2026-11-09T08:48\n",
		        stderr);
		return EXIT_USAGE;
	}
	struct question q = { .station = argv[first], .channel = argv[first + 1] };
	int status = view_open(&q.view, common.archive, true, &why);
	if (status != OK)
		return common_fail("explain", &why);
	common_interval(
	        "TIME", argv[first + 2], q.view.offset_min, &q.time_us, &ignored);
	status = view_has_station(&q.view, q.station)
	                 ? view_channel(&q.view, q.station, q.channel, &why)
	                 : view_no_station(&q.view, q.station, &why);
	if (status == OK)
		status = explain(&q, &why);
	view_close(&q.view);
	return status == OK ? 0 : common_fail("explain", &why);
}
