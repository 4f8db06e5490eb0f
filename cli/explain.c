/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac explain ST CH TIME: every step from raw bytes to result; or why nothing is
 * there. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/event.h"
#include "base/legal_time.h"
#include "calibration/document.h"
#include "calibration/ledger.h"
#include "cli/commands.h"
#include "cli/decimal.h"
#include "cli/explain.h"
#include "cli/judging_words.h"

#define NEAR_US (10 * US_PER_MIN) /* how far from TIME a reading may lie */
#define AROUND_US                                                                      \
	US_PER_DAY /* where to look for events that tell why there is nothing */

void explain_say(const struct question *q, const char *format, ...)
{
	char text[2048];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (q->vietnamese)
		decimal_commas(text);
	fputs(text, q->out);
}

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
		.as_of_us = q->as_of_us,
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

/* Step 4: the calibration in force. */
static int explain_calibration(
        const struct question *q, const struct nearest *nearest, struct problem *why)
{
	struct ledger ledger;
	int status = ledger_load(&ledger, q->view.reader, q->as_of_us, why);
	if (status < 0)
		return status;
	const struct calibration *c =
	        ledger_find(&ledger, q->station, q->channel, nearest->time_us);
	if (c == NULL && reader_shut_of(q->view.reader, OFFICE) != NULL) {
		fputs(q->vietnamese ? "4 hiệu chuẩn    không rõ: người dùng này không "
		                      "được phép đọc các hiệu chuẩn của kho lưu trữ\n"
		                    : "4 calibration   not known: the calibrations of "
		                      "the archive may not be read by this user\n",
		        q->out);
	} else if (c == NULL) {
		fputs(q->vietnamese ? "4 hiệu chuẩn    chưa có: dùng nguyên giá trị "
		                      "chỉ thị\n"
		                    : "4 calibration   none recorded: the indication "
		                      "counts as it is\n",
		        q->out);
	} else {
		double y, u;
		relation_apply(&c->relation, nearest->value, &y, &u);
		explain_say(q,
		        q->vietnamese
		                ? "4 hiệu chuẩn    %s, người thực hiện %s: %.6g + %.6g "
		                  "x "
		                  "= %.10g (u %.3g)\n"
		                : "4 calibration   %s by %s: %.6g + %.6g x = %.10g (u "
		                  "%.3g)\n",
		        c->id, c->who, c->relation.a, c->relation.b, y, u);
	}
	ledger_free(&ledger);
	return OK;
}

struct around {
	const struct question *q;
	size_t n;
};

static int print_event(void *with, const uint8_t *bytes, size_t size, int64_t stored_us)
{
	struct around *around = with;
	const struct question *q = around->q;
	struct record record;
	char when[TIME_TEXT];
	(void)stored_us;
	if (record_decode(&record, bytes, size) < 0)
		return 0;
	if (record.type == RECORD_STATE &&
	        state_is_counts(record.payload, record.payload_size))
		return 0; /* nothing happened */
	fprintf(q->out, "   %s %s",
	        time_print(record.time_us, q->view.offset_min, when),
	        record_type_text(record.type));
	struct gap_event gap;
	if (record.type == RECORD_GAP &&
	        gap_decode(&gap, record.payload, record.payload_size) == OK)
		fprintf(q->out,
		        q->vietnamese ? ": %" PRIu64 " số đo: %.*s\n"
		                      : ": %" PRIu64 " readings: %.*s\n",
		        gap.count, (int)gap.why_size, gap.why);
	else if (record.type == RECORD_CLOCK)
		fprintf(q->out, "\n");
	else
		fprintf(q->out, ": %.*s\n", (int)record.payload_size,
		        (const char *)record.payload);
	around->n++;
	return 0;
}

static int leave(void *with, const uint8_t *record, size_t size, int64_t stored_us)
{
	return 0;
}

/* It may be among those that nobody can say of when they are. */
static int explain_unplaced(const struct question *q, struct problem *why)
{
	const struct query query = { .station = q->station,
		.from_us = INT64_MIN,
		.to_us = INT64_MAX,
		.as_of_us = q->as_of_us,
		.unplaced = UNPLACED_ONLY };
	int n = reader_records(
	        q->view.reader, &query, 1u << RECORD_READING, leave, NULL, why);
	if (n > 0)
		fprintf(q->out,
		        q->vietnamese
		                ? "%d số đo của trạm không ai biết của lúc nào: đồng "
		                  "hồ chưa từng được đặt; xem quantrac status --gaps\n"
		                : "%d readings of the station have no time that "
		                  "anybody can tell: their clock was never set; see "
		                  "quantrac status --gaps\n",
		        n);
	return n;
}

/* Nothing was measured: what the station said about itself around that time. */
static int explain_nothing(const struct question *q, struct problem *why)
{
	char when[TIME_TEXT];
	struct around around = { .q = q };
	struct query query = {
		.station = q->station,
		.from_us = q->time_us - AROUND_US,
		.to_us = q->time_us + AROUND_US,
		.as_of_us = q->as_of_us,
	};
	fprintf(q->out,
	        q->vietnamese ? "không có số đo nào của %s %s trong vòng 10 phút quanh "
	                        "%s\ntrạm đã ghi trong vòng một ngày quanh thời điểm "
	                        "đó:\n"
	                      : "no reading of %s %s within 10 minutes of %s\n"
	                        "what the station said within a day of it:\n",
	        q->station, q->channel,
	        time_print(q->time_us, q->view.offset_min, when));
	int status = reader_records(q->view.reader, &query,
	        1u << RECORD_STATE | 1u << RECORD_GAP | 1u << RECORD_CLOCK, print_event,
	        &around, why);
	if (status >= 0 && around.n == 0)
		fputs(q->vietnamese
		                ? "   không có gì: không ghi nhận khoảng thiếu hay "
		                  "thay "
		                  "đổi trạng thái nào\n"
		                : "   nothing: neither a gap nor a change of state is "
		                  "recorded\n",
		        q->out);
	if (status >= 0)
		status = explain_unplaced(q, why);
	return status < 0 ? status : explain_results(q, false, why);
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
		status = explain_results(q, describe_simulated(nearest.describe), why);
	return status;
}

/* ---- telling it ---- */

static const struct table_column columns[] = {
	{ .name = "step", .right = true },
	{ .name = "about" },
	{ .name = "text" },
	{ 0 },
};

/* "2 raw bytes     instrument ..." begins a step; a line that begins with blanks goes on with
 * it. */
static void put_line(struct table *table, char *line, char step[2], char about[16])
{
	if (line[0] >= '1' && line[0] <= '6' && line[1] == ' ') {
		step[0] = line[0];
		snprintf(about, 16, "%.14s", line + 2);
		for (size_t n = strlen(about); n > 0 && about[n - 1] == ' '; n--)
			about[n - 1] = '\0';
		line += strlen(line) < 16 ? strlen(line) : 16;
	}
	line += strspn(line, " ");
	if (line[0] == '\0')
		return;
	table_text(table, step);
	table_text(table, about);
	table_text(table, line);
	table_row(table);
}

static int tell(const struct question *q, int format, char *text)
{
	char step[2] = "", about[16] = "", *rest;
	if (format == TABLE_TEXT)
		return fputs(text, stdout) < 0 ? FAILED : OK;
	struct table *table = table_new(stdout, format, columns, q->view.offset_min);
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	        line = strtok_r(NULL, "\n", &rest))
		put_line(table, line, step, about);
	return table_end(table);
}

static int explain_view(
        struct question *q, const struct common *common, struct problem *why)
{
	char *text = NULL;
	size_t size;
	if (!view_has_station(&q->view, q->station))
		return view_no_station(&q->view, q->station, why);
	int status = view_channel(&q->view, q->station, q->channel, why);
	if (status != OK)
		return status;
	q->out = open_memstream(&text, &size);
	if (q->out == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	status = explain(q, why);
	if (fclose(q->out) == 0)
		tell(q, common->format, text);
	free(text);
	return status;
}

enum { OPTION_AS_OF = 0x200 };

static const struct argp_option options[] = {
	{ "as-of", OPTION_AS_OF, "TIME", 0, "only what had been stored by then", 1 },
	{ 0 },
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	const char **as_of = state->input;
	if (key != OPTION_AS_OF)
		return ARGP_ERR_UNKNOWN;
	*as_of = word;
	return 0;
}

int command_explain(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "STATION CHANNEL TIME",
		.doc = "Every step from the raw bytes to the result; or why nothing is "
		       "there.",
	};
	struct common common;
	struct problem why = { 0 };
	const char *as_of = NULL;
	int64_t ignored;
	int first = common_parse(&common, &argp, &as_of, argc, argv);
	if (first + 3 != argc) {
		common_tell("quantrac explain: give station, channel and time, for "
		            "example quantrac explain nt-01 cod 2026-11-09T08:48");
		return EXIT_USAGE;
	}
	struct question q = { .station = argv[first],
		.channel = argv[first + 1],
		.vietnamese = judging_vietnamese(&common) };
	int status = view_open(&q.view, common.archive, true, &why);
	if (status != OK)
		return common_fail("explain", &why);
	common_interval(
	        "TIME", argv[first + 2], q.view.offset_min, &q.time_us, &ignored);
	if (as_of != NULL)
		common_interval(
		        "--as-of", as_of, q.view.offset_min, &q.as_of_us, &ignored);
	status = explain_view(&q, &common, &why);
	view_close(&q.view);
	return status == OK ? view_exit(&q.view) : common_fail("explain", &why);
}
