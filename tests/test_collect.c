/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sheet and page from an archive: what came when decides the version. */
#include "tests/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/reading.h"
#include "cli/document.h"
#include "reports/sheet.h"
#include "tests/agent_kit.h"
#include "web/html.h"
#include "web/watch.h"

#define MIDNIGHT (AGENT_DAY + AGENT_1DAY)
#define MORNING  (MIDNIGHT + 7 * AGENT_HOUR)

static const char permit_text[] =
        "id: mau\nnumber: 00/GPMT-MẪU\nissuer: Cơ quan mẫu\nissued: 2025-01-15\n"
        "from: 2025-02-01\nzone: kcn-mau\nfacility: co-so-mau-a\nfacility_name: Cơ sở "
        "Mẫu A\n"
        "outlet: cua-xa\noutlet_name: Cửa xả Mẫu\nstation: bt-outlet\nrule: "
        "qcvn-40-2011\n"
        "column: A\ncoefficients:\n  - { name: kq, value: 1.0, document: mục 2 }\n"
        "  - { name: kf, value: 1.0, document: mục 3 }\nparameters: [cod]\n";

struct world {
	char dir[4096];
	struct agent_book book;
	struct agent agent;
	struct ingest *ingest;
	struct reader *reader;
	struct rules rules;
};

static void world_begin(struct world *world, const char *folder)
{
	struct problem why = { 0 };
	*world = (struct world){ .dir = "" };
	snprintf(world->dir, sizeof world->dir, "%s", in_folder(folder, "archive"));
	archive_make(world->dir);
	world->ingest = archive_ingest(world->dir);
	agent_start(&world->agent, &world->book, "bt-outlet", 7);
	agent_describe(&world->agent, AGENT_DAY);
	agent_give(&world->agent, world->ingest, AGENT_DAY);
	setenv("QUANTRAC_LIMITS", project_file("analysis/limits"), 1);
	if (rules_read(&world->rules, rule_folder(), &why) != OK)
		fail_msg("%s", why.text);
}

static void world_permit(struct world *world, const char *folder, int64_t time_us)
{
	char *json = NULL;
	struct problem why = { 0 };
	const char *path = in_folder(folder, "permit.yaml");
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(permit_text, out);
	fclose(out);
	if (permit_from_file(path, &json, &why) != OK ||
	        document_ingest(world->ingest, json, time_us, &why) != OK)
		fail_msg("%s", why.text);
	free(json);
	assert_int_equal(ingest_commit(world->ingest), OK);
}

/* Readings each minute of hours [from, to) of the day; live ones are stored as they are
 * made. */
static void world_readings(
        struct world *world, double from, double to, double value, int64_t stored_us)
{
	int64_t end_us = AGENT_DAY + (int64_t)(to * (double)AGENT_HOUR);
	int64_t at_us = AGENT_DAY + (int64_t)(from * (double)AGENT_HOUR);
	for (int n = 1; at_us < end_us; at_us += AGENT_MIN, n++) {
		agent_reading(&world->agent, at_us, value);
		if (n % 60 == 0 || at_us + AGENT_MIN >= end_us)
			agent_give(&world->agent, world->ingest,
			        stored_us != 0 ? stored_us : at_us);
	}
}

static void world_read(struct world *world)
{
	struct problem why = { 0 };
	ingest_close(world->ingest);
	world->ingest = NULL;
	if (reader_open(&world->reader, world->dir, &why) != OK)
		fail_msg("%s", why.text);
}

static void world_end(struct world *world)
{
	reader_close(world->reader);
	rules_free(&world->rules);
	agent_end(&world->agent);
	agent_book_free(&world->book);
}

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

/* ---- the page ---- */

static void the_page_shows_now_today_and_yesterday(void **state)
{
	struct world world;
	struct watch *watch = NULL;
	struct problem why = { 0 };
	world_begin(&world, *state);
	world_permit(&world, *state, AGENT_DAY - AGENT_1DAY);
	world_readings(&world, 0, 24, 80, 0);
	world_readings(&world, 24, 31, 60, 0);
	world_read(&world);
	int64_t now_us = MORNING + 30 * US_PER_S;
	if (watch_new(&watch, world.dir, now_us, &why) != OK)
		fail_msg("%s", why.text);
	const struct view *view = watch_look(watch, now_us);
	assert_null(view->trouble);
	assert_int_equal(view->n_stations, 1);
	assert_int_equal(view->station[0].n_channels, 1);
	const struct view_channel *cod = &view->station[0].channel[0];
	assert_string_equal(cod->id, "cod");
	assert_close(cod->value, 60, 1e-12);
	assert_int_equal(cod->value_us, MORNING - AGENT_MIN);
	assert_int_equal(cod->state, STATE_OK);
	assert_int_equal(cod->valid, 84);
	assert_int_equal(cod->expected, 84);
	assert_true(cod->limited);
	assert_close(cod->high, 75, 1e-12);
	assert_close(cod->mean, 60, 1e-12);
	assert_int_equal(view->results->n, 1);
	assert_int_equal(view->results->result[0].result, RESULT_OVER);
	assert_int_equal(view->results->result[0].start_us, AGENT_DAY);
	watch_free(watch);
	world_end(&world);
}

/* 02:00 to 03:00 never came; the ledger is made anew after a minute, not at each look. */
static void the_page_counts_the_gaps_of_today(void **state)
{
	struct world world;
	struct watch *watch = NULL;
	struct problem why = { 0 };
	world_begin(&world, *state);
	world_readings(&world, 0, 26, 80, 0);
	world_readings(&world, 27, 31, 60, 0);
	world_read(&world);
	int64_t now_us = MORNING + 30 * US_PER_S;
	if (watch_new(&watch, world.dir, now_us, &why) != OK)
		fail_msg("%s", why.text);
	const struct view_station *station = watch_look(watch, now_us)->station;
	assert_true(station->gaps_known);
	assert_int_equal(station->n_gaps, 1);
	assert_int_equal(station->gaps_us, AGENT_HOUR);
	station = watch_look(watch, now_us + 30 * US_PER_S)->station;
	assert_int_equal(station->n_gaps, 1);
	/* silent since seven: now that is a gap too */
	station = watch_look(watch, now_us + 10 * AGENT_MIN)->station;
	assert_int_equal(station->n_gaps, 2);
	assert_int_equal(station->gaps_us, AGENT_HOUR + 10 * AGENT_MIN + 30 * US_PER_S);
	watch_free(watch);
	world_end(&world);
}

static void an_archive_that_goes_away_leaves_the_last_page_with_a_word(void **state)
{
	struct world world;
	struct watch *watch = NULL;
	struct problem why = { 0 };
	world_begin(&world, *state);
	world_readings(&world, 0, 1, 60, 0);
	world_read(&world);
	int64_t now_us = AGENT_DAY + AGENT_HOUR;
	if (watch_new(&watch, world.dir, now_us, &why) != OK)
		fail_msg("%s", why.text);
	const char *away = in_folder(*state, "away");
	assert_int_equal(rename(world.dir, away), 0);
	const struct view *view = watch_look(watch, now_us + 4 * US_PER_S);
	assert_non_null(view->trouble);
	assert_int_equal(view->n_stations, 1);
	assert_int_equal(rename(away, world.dir), 0);
	assert_non_null(
	        watch_look(watch, now_us + 5 * US_PER_S)->trouble); /* not yet asked */
	assert_null(watch_look(watch, now_us + 8 * US_PER_S)->trouble);
	watch_free(watch);
	world_end(&world);
}

static void the_page_knows_what_the_collector_wrote_when_it_ended(void **state)
{
	struct world world;
	struct watch *watch = NULL;
	world_begin(&world, *state);
	world_read(&world);
	assert_int_equal(watch_new(&watch, world.dir, AGENT_DAY, NULL), OK);
	assert_int_equal(watch_look(watch, AGENT_DAY)->ended_us, 0);
	FILE *out = fopen(in_folder(world.dir, "collectd.json"), "w");
	fputs("{\"time\": \"2026-11-15T08:00:00+07:00\", \"ended\": true, "
	      "\"stations\": [{\"station\": \"a\"}]}\n",
	        out);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(watch_look(watch, AGENT_DAY + 4 * US_PER_S)->ended_us,
	        INT64_C(1794704400000000));
	watch_free(watch);
	world_end(&world);
}

static void a_folder_that_is_no_archive_is_refused_at_the_start(void **state)
{
	struct watch *watch = NULL;
	struct problem why = { 0 };
	setenv("QUANTRAC_LIMITS", project_file("analysis/limits"), 1);
	assert_int_equal(watch_new(&watch, *state, AGENT_DAY, &why), NOT_FOUND);
	assert_int_equal(why.exit, EXIT_NO_FILE);
	watch_free(watch);
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
		WITH_FOLDER(the_page_shows_now_today_and_yesterday),
		WITH_FOLDER(the_page_counts_the_gaps_of_today),
		WITH_FOLDER(an_archive_that_goes_away_leaves_the_last_page_with_a_word),
		WITH_FOLDER(the_page_knows_what_the_collector_wrote_when_it_ended),
		WITH_FOLDER(a_folder_that_is_no_archive_is_refused_at_the_start),
	};
	return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}
