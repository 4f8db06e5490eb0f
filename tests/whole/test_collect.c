/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheet of a day from an archive: what came when decides the version. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reading.h"
#include "cli/document.h"
#include "reports/sheet.h"
#include "tests/kits/collect_world.h"

static void collect(struct world *world, struct sheet *sheet, int64_t as_of_us)
{
	struct problem why = { 0 };
	const struct sheet_query query = { .station = "bt-outlet",
		.day_us = AGENT_DAY + AGENT_HOUR,
		.as_of_us = as_of_us,
		.now_us = MORNING + AGENT_1DAY };
	if (sheet_collect(sheet, world->reader, &world->rules, &query, &why) != OK)
		fail_msg("%s", why.text);
}

static char *told(const struct sheet *sheet)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	assert_int_equal(sheet_text(sheet, VIETNAMESE, out), OK);
	fclose(out);
	return text;
}

static void a_whole_day_is_version_1(void **state)
{
	struct world world;
	struct sheet sheet;
	struct problem why = { 0 };
	world_begin(&world, *state);
	world_permit(&world, *state, AGENT_DAY - AGENT_1DAY);
	world_readings(&world, 0, 24, 80, 0);
	world_read(&world);
	collect(&world, &sheet, 0);
	assert_string_equal(sheet.id, "bt-outlet-20261115");
	assert_int_equal(sheet.version, 1);
	assert_int_equal(sheet.made_us, MIDNIGHT + 15 * AGENT_MIN);
	assert_int_equal(sheet.n, 1);
	assert_int_equal(sheet.assessment[0].result, RESULT_OVER);
	assert_close(sheet.assessment[0].value, 80, 1e-12);
	assert_int_equal(sheet.assessment[0].valid, 288);
	assert_int_equal(sheet.curve.n, 288);
	assert_non_null(sheet.permit);
	assert_string_equal(sheet.permit->number, "00/GPMT-MẪU");
	char *text = told(&sheet);
	assert_contains(text, "Cơ sở Mẫu A");
	assert_contains(text, "cột A");
	assert_contains(text, "bằng 1,07 lần");
	free(text);
	const char *path = in_folder(*state, "sheet.pdf");
	assert_int_equal(sheet_write(&sheet, ENGLISH, path, &why), OK);
	sheet_free(&sheet);
	world_end(&world);
}

static void late_data_make_version_2_and_version_1_can_be_had(void **state)
{
	struct world world;
	struct sheet sheet;
	world_begin(&world, *state);
	world_permit(&world, *state, AGENT_DAY - AGENT_1DAY);
	world_readings(&world, 0, 15, 60, 0);
	world_readings(&world, 15, 24, 60, MORNING); /* the line was down 9 h */
	world_read(&world);
	collect(&world, &sheet, 0);
	assert_int_equal(sheet.version, 2);
	assert_int_equal(sheet.assessment[0].result, RESULT_WITHIN);
	assert_true(sheet.before[0].known);
	assert_int_equal(sheet.before[0].result, RESULT_NOT_DECIDABLE);
	assert_int_equal(sheet.before[0].valid, 180);
	assert_int_equal(sheet.late_us, MORNING);
	assert_int_equal(sheet.made_us, MORNING);
	char *text = told(&sheet);
	assert_contains(text, "Phiên bản 2 (thay thế phiên bản 1 lập ngày 16/11/2026)");
	assert_contains(text, "do số liệu truyền bù nhận ngày 16/11/2026; thay đổi: "
	                      "COD: Chưa đủ số liệu "
	                      "(180/288) → Không vượt (288/288)");
	free(text);
	sheet_free(&sheet);
	collect(&world, &sheet, MIDNIGHT + 15 * AGENT_MIN);
	assert_int_equal(sheet.version, 1);
	assert_int_equal(sheet.assessment[0].result, RESULT_NOT_DECIDABLE);
	assert_int_equal(sheet.assessment[0].valid, 180);
	sheet_free(&sheet);
	world_end(&world);
}

static void a_calibration_recorded_later_makes_version_2_at_its_time(void **state)
{
	struct world world;
	struct sheet sheet;
	struct problem why = { 0 };
	world_begin(&world, *state);
	world_permit(&world, *state, AGENT_DAY - AGENT_1DAY);
	world_readings(&world, 0, 24, 80, 0);
	if (document_ingest(world.ingest,
	            "{\"kind\":\"calibration\",\"id\":\"c1\",\"station\":\"bt-outlet\","
	            "\"channel\":\"cod\",\"from\":\"2026-11-15T00:00:00+07:00\",\"a\":"
	            "0,"
	            "\"b\":0.9}",
	            MORNING, &why) != OK)
		fail_msg("%s", why.text);
	assert_int_equal(ingest_commit(world.ingest), OK);
	world_read(&world);
	collect(&world, &sheet, 0);
	assert_int_equal(sheet.version, 2);
	assert_int_equal(sheet.assessment[0].result, RESULT_WITHIN);
	assert_int_equal(sheet.made_us, MORNING);
	char *text = told(&sheet);
	assert_contains(text, "do hồ sơ (giấy phép, hiệu chuẩn) được bổ sung sau");
	free(text);
	sheet_free(&sheet);
	collect(&world, &sheet, MIDNIGHT + 15 * AGENT_MIN);
	assert_int_equal(sheet.version, 1);
	assert_int_equal(sheet.assessment[0].result, RESULT_OVER);
	sheet_free(&sheet);
	world_end(&world);
}

static void a_day_that_came_as_a_whole_later_is_version_1(void **state)
{
	struct world world;
	struct sheet sheet;
	world_begin(&world, *state);
	world_permit(&world, *state, AGENT_DAY - AGENT_1DAY);
	world_readings(&world, 0, 24, 60, MORNING);
	world_read(&world);
	collect(&world, &sheet, 0);
	assert_int_equal(sheet.version, 1);
	assert_int_equal(sheet.made_us, MORNING);
	sheet_free(&sheet);
	world_end(&world);
}

static void what_cannot_be_collected_is_said(void **state)
{
	struct world world;
	struct sheet sheet;
	struct problem why = { 0 };
	struct sheet_query query = {
		.station = "bt-outlat", .day_us = AGENT_DAY, .now_us = MORNING
	};
	world_begin(&world, *state);
	world_readings(&world, 0, 24, 60, 0);
	world_read(&world);
	assert_int_equal(
	        sheet_collect(&sheet, world.reader, &world.rules, &query, &why),
	        NOT_FOUND);
	assert_contains(why.text, "did you mean 'bt-outlet'?");
	sheet_free(&sheet);
	query.station = "bt-outlet";
	assert_int_equal(
	        sheet_collect(&sheet, world.reader, &world.rules, &query, &why),
	        NOT_FOUND);
	assert_contains(why.text, "permit");
	sheet_free(&sheet);
	query.now_us = AGENT_DAY + AGENT_HOUR;
	assert_int_equal(
	        sheet_collect(&sheet, world.reader, &world.rules, &query, &why),
	        NOT_FOUND);
	assert_contains(why.text, "has not ended");
	sheet_free(&sheet);
	world_end(&world);
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(a_whole_day_is_version_1),
		WITH_FOLDER(late_data_make_version_2_and_version_1_can_be_had),
		WITH_FOLDER(a_calibration_recorded_later_makes_version_2_at_its_time),
		WITH_FOLDER(a_day_that_came_as_a_whole_later_is_version_1),
		WITH_FOLDER(what_cannot_be_collected_is_said),
	};
	return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}
