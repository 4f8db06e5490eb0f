/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last screen: what was found, whether it can be trusted, where it lies.  Ten
 * lines. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/assess.h"
#include "archive/proof.h"
#include "base/folder.h"
#include "base/units.h"
#include "cli/decimal.h"
#include "cli/demo.h"
#include "cli/judging_words.h"
#include "cli/view.h"
#include "reports/sheet.h"

#define SHOWN_DAY 9 /* the day of the data sheet */

struct finding {
	const struct demo *demo;
	bool vi;
	FILE *legal, *ambient; /* lines of each kind */
	size_t undecided, within, not_applicable;
};

static int note_assessment(void *with, const struct assessment *a)
{
	static const char *const words[2][2] = { { "over limit ", "vượt quy chuẩn" },
		{ "in the air ", "không khí     " } };
	struct finding *finding = with;
	char date[TIME_TEXT], why[JUDGING_NOTE], text[1024];
	bool ambient = a->rule->kind == KIND_AMBIENT;
	finding->undecided += a->result == RESULT_NOT_DECIDABLE;
	finding->within += a->result == RESULT_WITHIN;
	finding->not_applicable += a->result == RESULT_NOT_APPLICABLE;
	if (a->result != RESULT_OVER)
		return 0;
	bool vi = finding->vi;
	const char *note = judging_note(a, vi, why);
	snprintf(text, sizeof text,
	        vi ? "%s ngày %2d, %s: %s %.1f %s, giới hạn %g, bằng %.2f lần, từ "
	             "%u/%u "
	             "giá trị%s%s\n"
	           : "%s day %2d, %s: %s %.1f %s, limit %g, x%.2f, from %u of %u "
	             "values%s%s\n",
	        words[ambient][vi],
	        (int)((a->start_us - finding->demo->first_us) / US_PER_DAY) + 1,
	        date_print(a->start_us, DEMO_OFFSET, date),
	        vi ? a->about.label_vi : a->about.label_en, a->value,
	        units_named(a->parameter->unit), a->limit.high, a->ratio, a->valid,
	        a->expected, note[0] != '\0' ? "; " : "", note);
	if (vi)
		decimal_commas(text);
	fputs(text, ambient ? finding->ambient : finding->legal);
	return 0;
}

static int tell_findings(
        const struct demo *demo, struct view *view, struct problem *why)
{
	char *legal = NULL, *ambient = NULL;
	size_t n_legal, n_ambient;
	struct finding finding = {
		.demo = demo,
		.vi = common_vietnamese(demo->common),
		.legal = open_memstream(&legal, &n_legal),
		.ambient = open_memstream(&ambient, &n_ambient),
	};
	struct judge_options options = {
		.from_us = demo->first_us,
		.to_us = demo->now_us,
		.shards = 1,
		.now_us = common_now(),
	};
	int status = judge(
	        view->reader, &view->rules, &options, note_assessment, &finding, why);
	fclose(finding.legal);
	fclose(finding.ambient);
	if (status >= 0)
		printf(finding.vi
		                ? "%s%sngoài ra       %zu kết quả không vượt, %zu chưa "
		                  "đủ "
		                  "số liệu, %zu không thuộc trường hợp đánh giá (không "
		                  "xả thải, lò hơi dừng)\n"
		                : "%s%sand also    %zu results within the limit, %zu "
		                  "not "
		                  "decidable, %zu not applicable (no discharge, boiler "
		                  "off)\n",
		        legal, ambient, finding.within, finding.undecided,
		        finding.not_applicable);
	free(legal);
	free(ambient);
	return status < 0 ? status : OK;
}

static int write_sheet(const struct demo *demo, struct view *view, struct problem *why)
{
	static const struct {
		enum language language;
		const char *word;
	} edition[] = { { VIETNAMESE, "vi" }, { ENGLISH, "en" } };
	struct sheet sheet = { 0 };
	struct sheet_query query = {
		.station = DEMO_WATER,
		.day_us = demo->first_us + (SHOWN_DAY - 1) * US_PER_DAY,
		.now_us = common_now(),
	};
	char path[DEMO_PATH + 128], date[TIME_TEXT];
	snprintf(path, sizeof path, "%s/reports", demo->dir);
	if (folder_make(path) != OK)
		return problem_set(
		        why, FAILED, EXIT_CONFIG, "%s: %s", path, strerror(errno));
	int status = sheet_collect(&sheet, view->reader, &view->rules, &query, why);
	bool vi = common_vietnamese(demo->common);
	printf(vi ? "phiếu          " : "report      ");
	for (size_t i = 0; status == OK && i < 2; i++) {
		snprintf(path, sizeof path, "%s/reports/%s_%s_%s.pdf", demo->dir,
		        DEMO_WATER, date_print(query.day_us, DEMO_OFFSET, date),
		        edition[i].word);
		status = sheet_write(&sheet, edition[i].language, path, why);
		if (status == OK)
			printf("%s%s%s",
			        i == 0 ? ""
			        : vi   ? " và "
			               : " and ",
			        demo->shown, path + strlen(demo->dir));
	}
	printf("\n");
	sheet_free(&sheet);
	return status;
}

/* The last line verify prints is its summary. */
static int tell_proof(const struct demo *demo, struct problem *why)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	if (out == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	int damaged = verify_path(demo->archive, out, 0, why);
	fclose(out);
	while (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	const char *last = strrchr(text, '\n');
	if (damaged >= 0)
		printf("%s%s\n",
		        common_vietnamese(demo->common) ? "toàn vẹn       "
		                                        : "verify      ",
		        last != NULL ? last + 1 : text);
	free(text);
	if (damaged > 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "%d files of the demonstration are not what was sealed",
		        damaged);
	return damaged < 0 ? damaged : OK;
}

static void tell_live(const struct demo *demo)
{
	if (demo->live_s <= 0)
		return;
	static const char *const page[3][2] = { { "not asked for", "không yêu cầu" },
		{ "NOT WELL", "KHÔNG TRẢ LỜI" }, { "well", "hoạt động tốt" } };
	bool vi = common_vietnamese(demo->common);
	printf(vi ? "trực tiếp      %.0f s qua sensord và collectd (CURVE): %lld số "
	            "đo; "
	            "đã "
	            "thấy: "
	          : "live        %.0f s by sensord and collectd over CURVE: %lld "
	            "readings; "
	            "seen: ",
	        demo->live_s, (long long)demo->live_readings);
	if (demo->dead_slave[0] != '\0')
		printf(vi ? "%s ngừng trả lời %.0f s, " : "%s dead for %.0f s, ",
		        demo->dead_slave, demo->dead_s);
	if (demo->cable[0] != '\0')
		printf(vi ? "cáp của %s bị rút %.0f s rồi cắm lại, "
		          : "cable of %s out for %.0f s and back, ",
		        demo->cable, demo->cable_s);
	printf(vi ? "trang %s %s\n" : "page %s %s\n", demo->page,
	        page[demo->page_ok ? 2 : demo->web][vi]);
}

int demo_tell(struct demo *demo, struct problem *why)
{
	struct view view;
	bool vi = common_vietnamese(demo->common);
	char took[32];
	snprintf(took, sizeof took, "%.1f", demo->history_s);
	if (vi)
		decimal_commas(took);
	printf(vi ? "%s, khu công nghiệp không có thật: %s\n"
	          : "%s, an invented zone: %s\n",
	        DEMO_NAME, SIMULATED_TEXT);
	printf(vi ? "lịch sử        %d ngày của %d trạm: %lld bản ghi, chốt thành %lld "
	            "ngày "
	            "số liệu trong %s s\n"
	          : "history     %d days of %d stations: %lld records into %lld sealed "
	            "days in %s s\n",
	        DEMO_DAYS, DEMO_STATIONS, (long long)demo->readings,
	        (long long)demo->sealed, took);
	tell_live(demo);
	int status = view_open(&view, demo->archive, true, why);
	if (status != OK)
		return status;
	status = tell_findings(demo, &view, why);
	demo_cabinet(demo, view.reader);
	if (status == OK)
		status = tell_proof(demo, why);
	if (status == OK) {
		printf("%s%s/archive\n", vi ? "kho lưu trữ    " : "archive     ",
		        demo->shown);
		status = write_sheet(demo, &view, why);
	}
	view_close(&view);
	return status;
}
