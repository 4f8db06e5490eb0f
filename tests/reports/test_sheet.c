/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data sheet as a person meets it: real PDFs, read back with pdftotext. */
#include "tests/kits/sheet_print.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"

static void expect(
        void **state, enum scene scene, const char *vietnamese, const char *english)
{
	char *text = printed(*state, scene, VIETNAMESE);
	assert_contains(text, vietnamese);
	free(text);
	text = printed(*state, scene, ENGLISH);
	assert_contains(text, english);
	free(text);
}

static void over_the_limit_is_said_with_value_limit_and_ratio(void **state)
{
	expect(state, SCENE_OVER,
	        "COD: giá trị trung bình ngày (24 giờ) ngày 09/11/2026 là 80,0 mg/L, "
	        "vượt giá trị "
	        "tối đa cho phép 75 mg/L theo QCVN 40:2011/BTNMT, cột A, Kq = 1,0, Kf "
	        "= 1,0; bằng "
	        "1,07 lần giá trị tối đa cho phép.",
	        "COD: the daily (24 h) mean of 9 Nov 2026 is 80.0 mg/L, over the limit "
	        "value of 75 "
	        "mg/L under QCVN 40:2011/BTNMT, column A, Kq = 1.0, Kf = 1.0; 1.07 "
	        "times the limit "
	        "value.");
	expect(state, SCENE_OVER, "Thông số vượt giá trị tối đa cho phép",
	        "Parameters over the limit value");
	expect(state, SCENE_OVER, "COD 80,0 mg/L 75 1,07 240/288 ▲ Vượt",
	        "COD 80.0 mg/L 75 1.07 240/288 ▲ Over");
	expect(state, SCENE_OVER,
	        "Mức chênh lệch so với giới hạn (5,0 mg/L) lớn hơn phần có thể do độ "
	        "không đảm bảo "
	        "đo (3,8 mg/L; mức tin cậy 95 %, một phía).",
	        "is larger than measurement uncertainty can explain (3.8 mg/L; "
	        "one-sided, 95 %).");
	expect(state, SCENE_OVER,
	        "Trong kỳ có 4 giờ 00 phút thiết bị báo lỗi (02), từ 10:00 đến 14:00;",
	        "4 h 00 min of instrument error (02), from 10:00 to 14:00;");
}

static void within_the_limit_has_its_own_title_and_sentence(void **state)
{
	expect(state, SCENE_WITHIN,
	        "COD: giá trị trung bình ngày (24 giờ) là 74,2 mg/L, không vượt giá "
	        "trị tối đa cho "
	        "phép 75 mg/L.",
	        "COD: the daily (24 h) mean is 74.2 mg/L and does not exceed the limit "
	        "value of 75 "
	        "mg/L.");
	expect(state, SCENE_WITHIN, "nằm trong phạm vi độ không đảm bảo đo (3,5 mg/L)",
	        "lies within measurement uncertainty (3.5 mg/L)");
	expect(state, SCENE_WITHIN, "Kết quả quan trắc trong ngày",
	        "Results of the day");
	char *text = printed(*state, SCENE_WITHIN, VIETNAMESE);
	assert_null(strstr(text, "Thông số vượt"));
	free(text);
}

static void bounds_decide_below_the_minimum_share(void **state)
{
	expect(state, SCENE_LOWER,
	        "dù tính các giá trị thiếu bằng 0 thì giá trị trung bình ngày "
	        "11/11/2026 vẫn là 83,3 "
	        "mg/L, vượt giá trị tối đa cho phép 75 mg/L",
	        "even with missing values counted as 0 the daily (24 h) mean of 11 Nov "
	        "2026 is 83.3 "
	        "mg/L, over the limit value");
	expect(state, SCENE_LOWER, "COD ≥ 83,3 mg/L 75 ≥ 1,11 150/288",
	        "COD ≥ 83.3 mg/L 75 ≥ 1.11 150/288");
	expect(state, SCENE_UPPER, "bằng giới hạn trên của phạm vi đo thì",
	        "even with missing values counted at range top");
}

static void not_decidable_is_neither_over_nor_within(void **state)
{
	expect(state, SCENE_UNDECIDED,
	        "COD: chưa đủ số liệu hợp lệ để đánh giá: 200/288 giá trị hợp lệ (69,4 "
	        "%), thấp hơn "
	        "tỷ lệ tối thiểu 75 %",
	        "COD: too little valid data to assess: 200 of 288 values are valid "
	        "(69.4 %), below "
	        "the minimum share of 75 %");
	expect(state, SCENE_UNDECIDED, "COD – mg/L 75 – 200/288 ? Chưa đủ số liệu",
	        "COD – mg/L 75 – 200/288 ? Not decidable");
}

static void ph_is_judged_by_its_interval(void **state)
{
	expect(state, SCENE_PH,
	        "pH trung bình ngày (24 giờ) ngày 14/11/2026 là 5,20, nằm ngoài khoảng "
	        "cho phép 5,5–9",
	        "outside the permitted interval 5.5–9");
	expect(state, SCENE_PH,
	        "thấp hơn giới hạn dưới 0,30 đơn vị; thời gian nằm ngoài khoảng: 7 giờ "
	        "25 phút; nhỏ "
	        "nhất 4,10, lớn nhất 8,00.",
	        "0.30 units below its lower end; time outside: 7 h 25 min; lowest "
	        "4.10, highest 8.00.");
	expect(state, SCENE_PH_WITHIN, "có 2 đợt nằm ngoài khoảng, tổng 1 giờ 40 phút",
	        "excursions outside it: 2, 1 h 40 min in total");
}

static void no_discharge_is_not_zero(void **state)
{
	expect(state, SCENE_STOPPED,
	        "không xả thải trong kỳ đánh giá (lưu lượng ra dưới 0,5 m³/h); không "
	        "thuộc trường hợp "
	        "đánh giá.",
	        "no discharge in the period (outflow below 0.5 m³/h); not applicable.");
	char *text = printed(*state, SCENE_STOPPED, VIETNAMESE);
	assert_null(strstr(text, "0 mg/L,"));
	free(text);
}

static void the_air_belongs_to_no_facility(void **state)
{
	expect(state, SCENE_AMBIENT,
	        "Kết quả phản ánh chất lượng không khí xung quanh tại điểm quan trắc; "
	        "không xác định "
	        "nguồn gây ô nhiễm.",
	        "they identify no source.");
	for (int language = 0; language < LANGUAGES; language++) {
		char *text = printed(*state, SCENE_AMBIENT, language);
		assert_null(strstr(text, "Cơ sở"));
		assert_null(strstr(text, "Facility"));
		assert_null(strstr(text, "GPMT"));
		free(text);
	}
}

static char *text_of(const struct sheet *sheet, enum language language)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	assert_int_equal(sheet_text(sheet, language, out), OK);
	fclose(out);
	return text;
}

static const struct stage hour_stage = { .name = "1h", .period_s = 3600 };

/* Hours of a channel that has no daily limit, `over` of them over. */
static void add_hours(struct sheet *sheet, const char *channel, int over)
{
	struct assessment hour = sheet->assessment[0];
	snprintf(hour.channel, sizeof hour.channel, "%s", channel);
	hour.stage = &hour_stage;
	hour.by = BY_VALUES;
	for (int k = 0; k < 24; k++) {
		hour.start_us = sheet->start_us + k * US_PER_HOUR;
		hour.end_us = hour.start_us + US_PER_HOUR;
		hour.value = k < over ? hour.limit.high + 10 + k : 20;
		hour.ratio = hour.value / hour.limit.high;
		hour.result = k < over ? RESULT_OVER : RESULT_WITHIN;
		sheet_take_shorter(sheet, &hour);
	}
}

/* A day whose 24 h means are all within may have hours that are not. */
static void an_hour_over_is_never_a_green_sheet(void **state)
{
	struct sheet *sheet = sheet_scene(SCENE_AMBIENT);
	for (size_t i = 0; i < sheet->n; i++)
		sheet->assessment[i].result = RESULT_WITHIN;
	add_hours(sheet, "o3", 2);
	struct form form;
	assert_int_equal(form_make(&form, sheet, ENGLISH), OK);
	assert_int_equal(form.result, RESULT_OVER);
	assert_contains(form.headline, "▲  1 of ");
	form_free(&form);
	char *text = flatten(text_of(sheet, ENGLISH));
	assert_contains(text,
	        "the 1 h mean was over the limit value of 45 µg/m³ in 2 of 24 "
	        "periods; highest 56.0 µg/m³, from 01:00 to 02:00");
	free(text);
	sheet->n_shorter = 0;
	add_hours(sheet, "o3", 0);
	text = flatten(text_of(sheet, VIETNAMESE));
	assert_contains(text, "trung bình 1 giờ: không kỳ nào vượt giá trị giới hạn.");
	free(text);
}

static void what_was_not_compared_is_not_green_and_says_why_in_its_language(
        void **state)
{
	struct sheet *sheet = sheet_scene(SCENE_WITHIN);
	struct assessment *last = &sheet->assessment[sheet->n - 1];
	last->result = RESULT_NOT_APPLICABLE;
	last->by = BY_REFUSAL;
	last->refusal = REFUSAL_LIMIT;
	snprintf(last->note, sizeof last->note, "not compared: a reason in English");
	struct form form;
	assert_int_equal(form_make(&form, sheet, VIETNAMESE), OK);
	assert_int_equal(form.result, RESULT_NOT_APPLICABLE);
	assert_contains(form.headline, "không so sánh được");
	form_free(&form);
	char *text = text_of(sheet, VIETNAMESE);
	assert_contains(text, "không xác định được giới hạn");
	assert_null(strstr(text, "not compared"));
	free(text);
}

static void the_archive_state_is_in_the_language_of_the_sheet(void **state)
{
	struct sheet *sheet = sheet_scene(SCENE_WITHIN);
	snprintf(sheet->archive_state, sizeof sheet->archive_state,
	        "12 seals; nt-01 5f0e/88 journal; office 77/2 journal");
	char *text = text_of(sheet, VIETNAMESE);
	assert_contains(text,
	        "12 lần chốt; nt-01 5f0e/88 trong nhật ký; office 77/2 trong nhật ký");
	free(text);
	text = text_of(sheet, ENGLISH);
	assert_contains(text,
	        "12 seals; nt-01 5f0e/88 in the journal; office 77/2 in the journal");
	free(text);
}

static void values_at_range_top_make_the_mean_a_least(void **state)
{
	expect(state, SCENE_RANGE_TOP,
	        "Có 2 giá trị bằng hoặc lớn hơn giới hạn trên của phạm vi đo (225 "
	        "mg/L)",
	        "2 values are at or above range top (225 mg/L)");
	expect(state, SCENE_RANGE_TOP,
	        "3 giá trị được đánh dấu nghi ngờ vẫn được tính.",
	        "3 suspect values are counted.");
}

static void a_second_version_says_what_it_replaces_and_why(void **state)
{
	expect(state, SCENE_SECOND,
	        "Phiên bản 2 (thay thế phiên bản 1 lập ngày 28/11/2026)",
	        "Version 2 (replaces version 1 of 28 Nov 2026)");
	expect(state, SCENE_SECOND,
	        "Phiên bản này thay thế phiên bản 1 do số liệu truyền bù nhận ngày "
	        "28/11/2026; thay "
	        "đổi: COD: Chưa đủ số liệu (180/288) → Không vượt (288/288).",
	        "late data received on 28 Nov 2026; changes: COD: Not decidable "
	        "(180/288) → Within "
	        "(288/288).");
}

static void the_stack_is_a_stack(void **state)
{
	expect(state, SCENE_STACK, "Ống khói, ống thải", "Stack");
	expect(state, SCENE_STACK, "bằng 1,30 lần", "1.30 times");
	char *text = printed(*state, SCENE_STACK, VIETNAMESE);
	assert_null(
	        strstr(text, "CHƯA ĐƯỢC XÁC NHẬN")); /* this rule was countersigned */
	assert_null(strstr(text, "Nguồn tiếp nhận"));
	free(text);
}

static void those_over_come_first_the_highest_ratio_before_all(void **state)
{
	static const struct {
		uint8_t result;
		double ratio;
	} given[] = { { RESULT_WITHIN, 0.9 }, { RESULT_OVER, 1.1 },
		{ RESULT_NOT_APPLICABLE, 0 }, { RESULT_OVER, 1.9 },
		{ RESULT_NOT_DECIDABLE, 0 }, { RESULT_WITHIN, 0.2 } };
	static const size_t wanted[] = { 3, 1, 4, 0, 5, 2 };
	struct assessment a[6] = { 0 };
	for (size_t i = 0; i < 6; i++) {
		a[i].result = given[i].result;
		a[i].ratio = given[i].ratio;
		a[i].n_spans = i;
	}
	sheet_order(a, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(a[i].n_spans, wanted[i]);
}

static void a_value_hardly_over_is_printed_apart_from_its_limit(void **state)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct sheet *sheet = sheet_scene(SCENE_OVER);
	sheet->assessment[0].value = 75.004;
	assert_int_equal(sheet_text(sheet, VIETNAMESE, out), OK);
	fclose(out);
	flatten(text);
	assert_contains(text, "là 75,004 mg/L, vượt giá trị tối đa cho phép 75 mg/L");
	assert_contains(text, "bằng 1,0001 lần");
	free(text);
}

static void a_limit_with_decimals_is_printed_in_full(void **state)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct sheet *sheet = sheet_scene(SCENE_OVER);
	sheet->assessment[0].limit.high = 74.25; /* 75 x 0.9 x 1.1 */
	sheet->assessment[0].limit.factor = 0.99;
	assert_int_equal(sheet_text(sheet, ENGLISH, out), OK);
	fclose(out);
	flatten(text);
	assert_contains(text, "over the limit value of 74.25 mg/L");
	assert_contains(text, "75 × 0.99 = 74.25 mg/L");
	free(text);
}

static void text_and_json_tell_the_same(void **state)
{
	char *text = NULL, *json = NULL;
	size_t n;
	int code;
	struct sheet *sheet = sheet_scene(SCENE_OVER);
	FILE *out = open_memstream(&text, &n);
	assert_int_equal(sheet_text(sheet, VIETNAMESE, out), OK);
	fclose(out);
	assert_contains(text, "bằng 1,07 lần giá trị tối đa cho phép");
	assert_contains(text, sheet->digest);
	free(text);
	const char *path = in_folder(*state, "sheet.json");
	out = fopen(path, "w");
	assert_int_equal(sheet_json(sheet, VIETNAMESE, out), OK);
	fclose(out);
	json = run_command(&code,
	        "/usr/bin/python3 -c 'import json; d=json.load(open(\"%s\")); "
	        "print(d[\"assessments\"][0]"
	        "[\"ratio\"]>1, d[\"simulated\"], len(d[\"assessments\"]))'",
	        path);
	assert_string_equal(json, "True True 4\n");
	free(json);
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(over_the_limit_is_said_with_value_limit_and_ratio),
		WITH_FOLDER(within_the_limit_has_its_own_title_and_sentence),
		WITH_FOLDER(bounds_decide_below_the_minimum_share),
		WITH_FOLDER(not_decidable_is_neither_over_nor_within),
		WITH_FOLDER(ph_is_judged_by_its_interval),
		WITH_FOLDER(no_discharge_is_not_zero),
		WITH_FOLDER(the_air_belongs_to_no_facility),
		cmocka_unit_test(an_hour_over_is_never_a_green_sheet),
		cmocka_unit_test(
		        what_was_not_compared_is_not_green_and_says_why_in_its_language),
		cmocka_unit_test(the_archive_state_is_in_the_language_of_the_sheet),
		WITH_FOLDER(values_at_range_top_make_the_mean_a_least),
		WITH_FOLDER(a_second_version_says_what_it_replaces_and_why),
		WITH_FOLDER(the_stack_is_a_stack),
		cmocka_unit_test(those_over_come_first_the_highest_ratio_before_all),
		cmocka_unit_test(a_value_hardly_over_is_printed_apart_from_its_limit),
		cmocka_unit_test(a_limit_with_decimals_is_printed_in_full),
		WITH_FOLDER(text_and_json_tell_the_same),
	};
	return cmocka_run_group_tests_name("sheet", tests, NULL, NULL);
}
