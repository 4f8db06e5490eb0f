/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Part 7 of the data sheet: no gap, one, and more than a page has room for. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "tests/kits/sheet_fixture.h"

static struct gap gap[40];

/* n gaps of the day: gap i begins at i half hours and lasts i + 1 minutes. */
static struct sheet *sheet_with(enum scene scene, size_t n)
{
	struct sheet *sheet = sheet_scene(scene);
	for (size_t i = 0; i < n; i++) {
		gap[i] = (struct gap){ .cause = (uint8_t)(i % GAP_CLOCK),
			.from_us = sheet->start_us + (int64_t)i * 30 * US_PER_MIN,
			.expected = 2 * (i + 1),
			.valid = i % 2 };
		gap[i].to_us = gap[i].from_us + (int64_t)(i + 1) * US_PER_MIN;
		snprintf(gap[i].instrument, ID_SIZE, "analyser-%zu", i);
	}
	sheet->gap = gap;
	sheet->n_gaps = n;
	return sheet;
}

static char *printed(const char *folder, const struct sheet *sheet, enum language lang)
{
	struct problem why = { 0 };
	int code;
	const char *keep = getenv("KEEP_SHEETS"); /* to be looked at */
	const char *path = in_folder(
	        keep != NULL ? keep : folder, keep == NULL         ? "sheet.pdf"
	                                      : sheet->n_gaps == 0 ? "none.pdf"
	                                      : lang == VIETNAMESE ? "vi.pdf"
	                                                           : "en.pdf");
	if (sheet_write(sheet, lang, path, &why) != OK)
		fail_msg("%s", why.text);
	char *pages = run_command(&code, "pdfinfo %s | grep Pages:", path);
	assert_contains(pages, " 1\n");
	free(pages);
	return run_command(&code, "pdftotext -raw %s - | tr '\\n' ' '", path);
}

static void a_day_without_a_gap_says_so(void **state)
{
	char *text = printed(*state, sheet_with(SCENE_OVER, 0), VIETNAMESE);
	assert_contains(text, "7. Các khoảng không có số liệu hợp lệ Không có: mọi "
	                      "kết quả phải có trong ngày đều đã nhận được và hợp lệ.");
	free(text);
	text = printed(*state, sheet_with(SCENE_OVER, 0), ENGLISH);
	assert_contains(text, "7. Gaps in the valid data None: every result due");
	free(text);
}

static void one_gap_is_told_with_its_times_reason_and_count(void **state)
{
	char *text = printed(*state, sheet_with(SCENE_OVER, 1), VIETNAMESE);
	assert_contains(text, "analyser-0 từ 00:00 đến 00:01 (1 phút): thiết bị đo "
	                      "không trả lời; thiếu 2/2 giá trị đo");
	free(text);
	text = printed(*state, sheet_with(SCENE_OVER, 1), ENGLISH);
	assert_contains(text, "analyser-0 from 00:00 to 00:01 (1 min): the instrument "
	                      "did not answer; 2 of 2 measured values missing");
	free(text);
}

/* "240 of 240 missing" beside "received 288" would be untrue: the instrument answered. */
static void what_came_but_does_not_count_is_not_called_missing(void **state)
{
	struct sheet *sheet = sheet_with(SCENE_OVER, 1);
	gap[0].cause = GAP_FAULT;
	snprintf(gap[0].channel, ID_SIZE, "cod");
	char *text = printed(*state, sheet, ENGLISH);
	assert_contains(text,
	        "COD (analyser-0) from 00:00 to 00:01 (1 min): the "
	        "instrument reported an error (02); 2 of 2 measured values not "
	        "valid");
	free(text);
	text = printed(*state, sheet, VIETNAMESE);
	assert_contains(text, "thiết bị đo báo lỗi (02); 2/2 giá trị đo không hợp lệ");
	free(text);
	gap[0].channel[0] = '\0';
}

static void of_thirty_the_longest_are_told_and_the_rest_counted(void **state)
{
	char *text = printed(*state, sheet_with(SCENE_MANY, 30), VIETNAMESE);
	assert_contains(text, "analyser-29 từ 14:30 đến 15:00 (30 phút)");
	assert_contains(text, "analyser-26 từ");
	assert_null(strstr(text, "analyser-25"));
	/* 1 + 2 + ... + 26 minutes */
	assert_contains(text, "và 26 khoảng khác, tổng cộng 5 giờ 51 phút");
	free(text);
	text = printed(*state, sheet_with(SCENE_MANY, 30), ENGLISH);
	assert_contains(text, "and 26 more, 5 h 51 min in all");
	free(text);
}

static void what_is_lost_comes_before_what_is_told_as_such(void **state)
{
	struct sheet *sheet = sheet_with(SCENE_OVER, 2);
	gap[1].cause = GAP_CALIBRATING; /* the longer one */
	char *text = printed(*state, sheet, ENGLISH);
	const char *lost = strstr(text, "analyser-0"),
	           *told = strstr(text, "analyser-1");
	assert_true(lost != NULL && told != NULL && lost < told);
	free(text);
}

/* Whoever keeps the paper can hold the archive against it. */
static void the_digits_of_the_newest_checkpoint_stand_in_the_foot(void **state)
{
	struct sheet *sheet = sheet_with(SCENE_OVER, 0);
	char *text = printed(*state, sheet, ENGLISH);
	assert_null(strstr(text, "checkpoint"));
	free(text);
	snprintf(sheet->mark, sizeof sheet->mark, "a1b2c3d4e5f60718");
	sheet->mark_size = 91;
	sheet->mark_us = sheet->end_us + US_PER_HOUR;
	text = printed(*state, sheet, ENGLISH);
	assert_contains(text, "Signed checkpoint of the archive: a1b2c3d4e5f60718 (91 "
	                      "seals, signed at 01:00 on 10 Nov 2026)");
	free(text);
	text = printed(*state, sheet, VIETNAMESE);
	assert_contains(text, "a1b2c3d4e5f60718 (91 lần chốt, ký lúc 01:00");
	free(text);
	sheet->mark[0] = '\0';
}

static void every_cause_has_its_own_words_in_both_languages(void **state)
{
	for (size_t cause = 0; cause < GAP_CAUSES; cause++)
		for (size_t other = 0; other < cause; other++)
			for (int lang = 0; lang < LANGUAGES; lang++)
				assert_string_not_equal(
				        word_text(lang,
				                WORD_GAP_SILENT + (enum word)cause),
				        word_text(lang,
				                WORD_GAP_SILENT + (enum word)other));
	assert_string_equal(word_text(ENGLISH, WORD_GAP_SILENT + GAP_OFF),
	        word_text(ENGLISH, WORD_GAP_OFF));
}

static void a_gap_in_which_nothing_was_due_has_no_count(void **state)
{
	struct sheet *sheet = sheet_with(SCENE_OVER, 1);
	gap[0].cause = GAP_STOPPED;
	gap[0].expected = gap[0].valid = 0;
	char *text = printed(*state, sheet, VIETNAMESE);
	assert_contains(text, "(1 phút): nguồn thải dừng hoạt động");
	assert_null(strstr(text, "dừng hoạt động(")); /* as it was: "(not given)" */
	assert_null(strstr(text, "dừng hoạt động; thiếu"));
	free(text);
}

static void a_cause_without_words_is_told_as_not_given(void **state)
{
	struct sheet *sheet = sheet_with(SCENE_OVER, 1);
	gap[0].cause = GAP_CAUSES; /* of a newer program */
	char *text = printed(*state, sheet, VIETNAMESE);
	assert_contains(text, "(1 phút): (chưa có); thiếu 2/2 giá trị đo");
	free(text);
	text = printed(*state, sheet, ENGLISH);
	assert_contains(text, "(1 min): (not given); 2 of 2 measured values missing");
	free(text);
	assert_string_equal(gap_cause_text(GAP_CAUSES), GAP_NOT_GIVEN);
	assert_string_equal(word_text(ENGLISH, WORD_NOT_GIVEN), GAP_NOT_GIVEN);
}

static void damage_is_told_on_top_and_below(void **state)
{
	struct sheet *sheet = sheet_scene(SCENE_UNDECIDED);
	sheet->damaged = true;
	char *text = printed(*state, sheet, ENGLISH);
	assert_contains(text, "PART OF THE SEALED DATA CANNOT BE READ");
	assert_contains(text, "Part of the sealed data of this day cannot be read");
	assert_contains(text, " · Readable ");
	assert_contains(text, "Not received or not readable");
	assert_null(strstr(text, " · Received "));
	free(text);
}

/* A day whose file is damaged was received, and nobody may say that it was not. */
static void a_day_that_cannot_be_read_is_not_one_without_data(void **state)
{
	struct sheet *sheet = sheet_scene(SCENE_UNDECIDED);
	for (size_t i = 0; i < sheet->n; i++) {
		sheet->assessment[i].result = RESULT_NOT_DECIDABLE;
		sheet->assessment[i].received = 0;
	}
	char *text = printed(*state, sheet, ENGLISH);
	assert_contains(text, "No data received on this day");
	free(text);
	sheet->damaged = true;
	text = printed(*state, sheet, ENGLISH);
	assert_contains(text, "no data of this day that can be read");
	assert_null(strstr(text, "o data received on this day"));
	free(text);
	text = printed(*state, sheet, VIETNAMESE);
	assert_contains(text, "Không có số liệu đọc được của ngày này");
	assert_null(strstr(text, "hông nhận được số liệu nào"));
	free(text);
}

static void the_json_has_them_all(void **state)
{
	int code;
	const char *path = in_folder(*state, "sheet.json");
	FILE *out = fopen(path, "w");
	assert_int_equal(sheet_json(sheet_with(SCENE_MANY, 30), VIETNAMESE, out), OK);
	fclose(out);
	char *text = run_command(&code,
	        "/usr/bin/python3 -c 'import json; "
	        "g=json.load(open(\"%s\"))[\"gaps\"]; "
	        "print(len(g), g[0][\"cause\"], g[29][\"expected\"], g[0][\"to\"])'",
	        path);
	assert_contains(text, "30 silent 60 2");
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_day_without_a_gap_says_so),
		TEST(one_gap_is_told_with_its_times_reason_and_count),
		TEST(what_came_but_does_not_count_is_not_called_missing),
		TEST(of_thirty_the_longest_are_told_and_the_rest_counted),
		TEST(what_is_lost_comes_before_what_is_told_as_such),
		TEST(the_digits_of_the_newest_checkpoint_stand_in_the_foot),
		TEST(every_cause_has_its_own_words_in_both_languages),
		TEST(a_gap_in_which_nothing_was_due_has_no_count),
		TEST(a_cause_without_words_is_told_as_not_given),
		TEST(damage_is_told_on_top_and_below),
		TEST(a_day_that_cannot_be_read_is_not_one_without_data),
		TEST(the_json_has_them_all),
	};
	return cmocka_run_group_tests_name("sheet gaps", tests, NULL, NULL);
}
