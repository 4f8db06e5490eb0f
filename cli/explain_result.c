/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps 5 and 6 of explain: the base interval, and the periods it lies in. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "analysis/assess.h"
#include "analysis/base_sums.h"
#include "analysis/series.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "cli/explain.h"
#include "cli/judging_words.h"
#include "cli/marks.h"

#define BASE_US (5 * US_PER_MIN)

static const char *counts_text(uint8_t what, bool vietnamese)
{
	static const char *const word[COUNTS_AS][2] = {
		[COUNTS_VALID] = { "valid", "hợp lệ" },
		[COUNTS_CENSORED] = { "valid, at range top",
		        "hợp lệ, ở giới hạn trên của phạm vi đo" },
		[COUNTS_INVALID] = { "invalid", "không hợp lệ" },
		[COUNTS_CALIBRATING] = { "calibrating (01)", "hiệu chuẩn (01)" },
		[COUNTS_FAULT] = { "fault (02)", "báo lỗi thiết bị (02)" },
		[COUNTS_MISSING] = { "missing", "không nhận được" },
		[COUNTS_STOPPED] = { "stopped", "dừng hoạt động" },
		[COUNTS_REPEATED] = { "repeated result", "kết quả lặp lại" },
	};
	return what < COUNTS_AS ? word[what][vietnamese] : "?";
}

void explain_uncounted(
        FILE *out, const struct base_sum *sum, uint32_t maintenance, bool vietnamese)
{
	for (uint8_t what = 1; what < COUNTS_AS; what++) {
		uint32_t n = sum->of[what];
		if (what == COUNTS_CALIBRATING)
			n -= maintenance;
		if (n > 0)
			fprintf(out, ", %u %s", n, counts_text(what, vietnamese));
		if (what == COUNTS_CALIBRATING && maintenance > 0)
			fprintf(out,
			        vietnamese ? ", %u bảo trì (01)"
			                   : ", %u maintenance (01)",
			        maintenance);
	}
}

/* Both are status 01 and do not count; the one is the instrument's own, the other a person's. */
static uint32_t count_maintenance(const struct series *series)
{
	uint32_t n = 0;
	for (size_t i = 0; i < series->n; i++)
		n += series->state[i] == STATE_MAINTENANCE;
	return n;
}

static void print_base(const struct question *q, const struct base_sum *sum,
        int64_t start_us, const struct series *series)
{
	char from[TIME_TEXT], to[TIME_TEXT];
	fprintf(q->out,
	        q->vietnamese ? "5 giá trị cơ sở [%s, %s): nhận được %u, hợp lệ %u"
	                      : "5 base value    [%s, %s): %u received, %u valid",
	        time_print(start_us, q->view.offset_min, from),
	        time_print(start_us + BASE_US, q->view.offset_min, to), sum->received,
	        sum->valid);
	explain_uncounted(q->out, sum, count_maintenance(series), q->vietnamese);
	if (sum->valid > 0)
		explain_say(q,
		        q->vietnamese ? "; trung bình %.10g %s" : "; mean %.10g %s",
		        sum->sum / sum->valid, series->about.unit);
	fprintf(q->out, "\n");
}

int explain_base(
        const struct question *q, const struct nearest *nearest, struct problem *why)
{
	struct series series;
	struct base_sums sums;
	int64_t start_us = period_start(nearest->time_us, BASE_US, q->view.offset_min);
	struct query query = {
		.station = q->station,
		.channel = q->channel,
		.from_us = start_us,
		.to_us = start_us + BASE_US,
		.as_of_us = q->as_of_us,
	};
	int status = series_load(&series, q->view.reader, &query, why);
	if (status != OK)
		return status;
	status = base_sums_make(&sums, &series, BASE_US, start_us, start_us + BASE_US);
	if (status == OK && sums.n == 1)
		print_base(q, &sums.sum[0], start_us, &series);
	if (status == OK)
		base_sums_free(&sums);
	series_free(&series);
	return status;
}

struct results {
	const struct question *q;
	struct marks marks;
	size_t n;
};

static void print_limit(const struct question *q, const struct assessment *a)
{
	int decimals = a->limit.decimals;
	bool vi = q->vietnamese;
	fputs(vi ? "\n   giới hạn" : "\n   limit", q->out);
	if (isfinite(a->limit.low))
		explain_say(q, vi ? " %.*f đến" : " %.*f to", decimals, a->limit.low);
	if (isfinite(a->limit.high))
		explain_say(q, vi ? " %.*f %s theo" : " %.*f %s by", decimals,
		        a->limit.high, a->parameter->unit);
	const char *basis = vi ? a->limit.basis_vi : a->limit.basis;
	fprintf(q->out, " %s", basis[0] != '\0' ? basis : a->rule->regulation);
}

static void print_result(const struct question *q, const struct assessment *a)
{
	char note[JUDGING_NOTE];
	bool vi = q->vietnamese;
	explain_say(q, "; %s", judging_result(a, vi));
	if (a->strength != STRENGTH_NONE)
		explain_say(q, vi ? ", %s độ không đảm bảo đo" : ", %s",
		        judging_strength(a, vi));
	if (a->note[0] != '\0')
		explain_say(q, "; %s", judging_note(a, vi, note));
	fputc('\n', q->out);
}

/* Only of the periods the moment lies in. */
static int print_assessment(void *with, const struct assessment *a)
{
	struct results *results = with;
	const struct question *q = results->q;
	char from[TIME_TEXT], to[TIME_TEXT];
	if (q->time_us < a->start_us || q->time_us >= a->end_us)
		return 0;
	if (results->n++ == 0)
		fputs(q->vietnamese ? "6 kết quả\n" : "6 result\n", q->out);
	fprintf(q->out, "   %s, %s [%s, %s): ", a->rule->regulation,
	        judging_word(a->stage->name, q->vietnamese),
	        time_print(a->start_us, q->view.offset_min, from),
	        time_print(a->end_us, q->view.offset_min, to));
	if (!isnan(a->value))
		explain_say(q,
		        q->vietnamese ? "%.*f %s từ %u/%u giá trị"
		                      : "%.*f %s from %u of %u values",
		        a->limit.decimals + 1, a->value, a->parameter->unit, a->valid,
		        a->expected);
	else
		explain_say(q,
		        q->vietnamese ? "không có giá trị, %u/%u giá trị phải có"
		                      : "no value, %u of %u expected",
		        a->valid, a->expected);
	print_limit(q, a);
	print_result(q, a);
	results->marks.simulated |= a->simulated;
	results->marks.unconfirmed |= !rule_confirmed(a->rule, a->parameter);
	return 0;
}

static void print_nobody(const struct question *q)
{
	if (permits_whole(q->view.reader, NULL) != OK)
		fputs(q->vietnamese ? "6 kết quả       không rõ: người dùng này không "
		                      "được phép đọc các giấy phép của kho lưu trữ\n"
		                    : "6 result        not known: the permits of the "
		                      "archive may not be read by this user\n",
		        q->out);
	else
		fputs(q->vietnamese
		                ? "6 kết quả       không có quy chuẩn nào áp dụng cho "
		                  "kênh này trong ngày này (không có giấy phép, không "
		                  "có giới hạn, hoặc chưa hết ngày)\n"
		                : "6 result        no rule judges this channel on this "
		                  "day (no permit, no limit, or the day is not over)\n",
		        q->out);
}

int explain_results(const struct question *q, bool simulated, struct problem *why)
{
	struct results results = { .q = q, .marks.simulated = simulated };
	int64_t day_us = day_start(q->time_us, q->view.offset_min);
	struct judge_options options = {
		.station = q->station,
		.channel = q->channel,
		.from_us = day_us,
		.to_us = day_us + US_PER_DAY,
		.as_of_us = q->as_of_us,
		.shards = 1,
		.now_us = common_now(),
	};
	int status = judge(q->view.reader, &q->view.rules, &options, print_assessment,
	        &results, why);
	if (status >= 0 && results.n == 0)
		print_nobody(q);
	marks_print(q->out, &results.marks, q->vietnamese);
	return status < 0 ? status : OK;
}
