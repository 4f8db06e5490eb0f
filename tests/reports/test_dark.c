/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A day of which nothing came, and a station that never sent anything: there is a sheet,
 * it says so, and the ledger of gaps has the whole of it.
 */
#include "tests/kits/holes_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reading.h"
#include "tests/kits/made.h"

static const char permit[] =
        "{\"kind\":\"permit\",\"id\":\"mau\",\"number\":\"00/GPMT-MAU\",\"issuer\":"
        "\"Co quan mau\",\"issued\":\"2025-01-15\",\"from\":\"2026-02-01\",\"zone\":"
        "\"kcn-mau\",\"facility\":\"co-so-mau\",\"facility_name\":\"Co so Mau\","
        "\"outlet\":\"cua-xa\",\"outlet_name\":\"Cua xa\",\"station\":\"%s\",\"rule\":"
        "\"qcvn-40-2011\",\"column\":\"A\",\"coefficients\":[{\"name\":\"kq\",\"value\""
        ":1,\"document\":\"2.1\"},{\"name\":\"kf\",\"value\":1,\"document\":\"2.2\"}],"
        "\"parameters\":[%s]}";

static void give_permit(const char *station, const char *parameters)
{
	char json[1000];
	snprintf(json, sizeof json, permit, station, parameters);
	made_document(&made, json, MADE_DAY);
	made_archive_commit(&made);
}

/* quantrac by the clock of 2026-12-20. */
static char *quantrac(int *code, const char *folder, const char *words)
{
	setenv("QUANTRAC_LIMITS", project_file("analysis/limits"), 1);
	return run_command(code,
	        "QUANTRAC_NOW=2026-12-20T00:00:00+07:00 %s --archive %s/archive %s "
	        "2>&1",
	        project_file("build/san/quantrac-office"), folder, words);
}

static char *sheet_text(const char *folder, const char *station, const char *day)
{
	int code;
	char words[200];
	snprintf(words, sizeof words, "report %s --day %s --lang vi -o %s", station,
	        day, folder);
	char *text = quantrac(&code, folder, words);
	if (code != 0)
		fail_msg("exit %d: %s", code, text);
	free(text);
	text = run_command(&code, "pdftotext -raw %s/%s_%s_vi.pdf - | tr '\\n' ' '",
	        folder, station, day);
	assert_int_equal(code, 0);
	return text;
}

static void says_dark(const char *folder, const char *station, const char *day)
{
	char *text = sheet_text(folder, station, day);
	assert_contains(text, "Không nhận được số liệu nào trong ngày: 1/1 thông số");
	assert_contains(text, "COD: không nhận được số liệu nào trong ngày");
	assert_contains(text, "0/288 ? Chưa đủ số liệu");
	assert_contains(text,
	        "Toàn trạm từ 00:00 đến 24:00 (24 giờ 00 phút): không nhận "
	        "được số liệu nào từ trạm");
	assert_null(strstr(text, "từ trạm(")); /* nothing glued to it */
	assert_null(strstr(text, "trung bình 0 phút"));
	assert_null(strstr(text, "mọi kết quả phải có trong ngày đều đã nhận được"));
	free(text);
}

/* ---- a station that has sent, on another day ---- */

static void a_day_before_the_first_record_has_its_sheet(void **state)
{
	give_permit("nt-01", "\"cod\"");
	made_archive_close(&made);
	says_dark(*state, "nt-01", "2026-10-20");
}

static void so_has_a_day_behind_the_last(void **state)
{
	give_permit("nt-01", "\"cod\"");
	made_archive_close(&made);
	says_dark(*state, "nt-01", "2026-12-01");
}

static void before_the_first_record_is_a_gap_for_whoever_asks_for_it(void **state)
{
	static const struct want day[] = {
		{ "", MADE_DAY - 3 * DAY, MADE_DAY - 2 * DAY, GAP_STATION, 0, 0, 0 },
	};
	made_archive_close(&made);
	holes_expect(*state,
	        &(struct holes_query){
	                .from_us = MADE_DAY - 3 * DAY, .to_us = MADE_DAY - 2 * DAY },
	        day, 1);
	/* and ends where the records begin */
	const struct gap *gap;
	struct gaps *ledger = holes_list(*state,
	        &(struct holes_query){
	                .from_us = MADE_DAY - DAY, .to_us = MADE_DAY + DAY },
	        &gap, 3);
	holes_compare(&gap[0],
	        &(struct want){ "", MADE_DAY - DAY, MADE_DAY, GAP_STATION, 0, 0, 0 });
	assert_false(gap[0].open);
	gaps_free(ledger);
}

/* Silent for 40 days, and heard again since: a day in the middle of it. */
static void a_day_in_a_long_silence_that_has_ended_is_a_gap(void **state)
{
	static const struct want day[] = {
		{ "", MADE_DAY + 20 * DAY, MADE_DAY + 21 * DAY, GAP_STATION, 3 * 1440,
		        0, 0 },
	};
	const struct holes_query query = { .from_us = MADE_DAY + 20 * DAY,
		.to_us = MADE_DAY + 21 * DAY,
		.now_us = MADE_DAY + 50 * DAY };
	holes_put_later(MADE_DAY + 43 * DAY, 60);
	made_archive_commit(&made);
	made_archive_close(&made);
	holes_expect(*state, &query, day, 1);
}

static void also_when_the_days_are_sealed_and_the_journal_is_gone(void **state)
{
	static const struct want day[] = {
		{ "", MADE_DAY + 20 * DAY, MADE_DAY + 21 * DAY, GAP_STATION, 3 * 1440,
		        0, 0 },
	};
	const struct holes_query query = { .from_us = MADE_DAY + 20 * DAY,
		.to_us = MADE_DAY + 21 * DAY,
		.now_us = MADE_DAY + 50 * DAY };
	struct problem why = { .text = "" };
	holes_put_later(MADE_DAY + 43 * DAY, 60);
	assert_int_equal(ingest_seal(made.ingest, MADE_DAY + 50 * DAY, true, &why), 4);
	made_archive_close(&made);
	holes_remove_journals(*state);
	holes_expect(*state, &query, day, 1);
}

/* ---- a station that never sent anything ---- */

static void a_station_only_a_permit_names_has_its_sheet(void **state)
{
	give_permit("nt-09", "\"cod\"");
	made_archive_close(&made);
	says_dark(*state, "nt-09", "2026-11-10");
}

static void one_whose_permit_names_no_parameter_lacks_all_its_rule_has(void **state)
{
	give_permit("nt-09", "");
	made_archive_close(&made);
	char *text = sheet_text(*state, "nt-09", "2026-11-10");
	assert_contains(text, "Không nhận được số liệu nào trong ngày: 33/33 thông số");
	assert_contains(
	        text, "7. Các khoảng không có số liệu hợp lệ Toàn trạm từ 00:00");
	free(text);
}

static void its_gaps_are_all_its_permit_holds_for(void **state)
{
	int code;
	give_permit("nt-09", "\"cod\"");
	made_archive_close(&made);
	char *text = quantrac(&code, *state, "status --gaps --format csv --exit-code");
	assert_int_equal(code, 1);
	assert_contains(text,
	        "nt-09,,,2026-02-01T00:00:00+07:00,2026-12-20T00:00:00+07:00,"
	        "yes,27820800,station,yes,0,0,,");
	assert_contains(
	        text, "it never sent anything; its permit is 00/GPMT-MAU (mau)");
	free(text);
	text = quantrac(&code, *state,
	        "status --gaps --format csv --station nt-09 --since 2026-11-10 --until "
	        "2026-11-10");
	assert_int_equal(code, 0);
	assert_contains(text,
	        "nt-09,,,2026-11-10T00:00:00+07:00,2026-11-11T00:00:00+07:00,"
	        "no,86400,station,yes,0,0,,");
	free(text);
	/* before the permit nobody awaits it */
	text = quantrac(&code, *state,
	        "status --gaps --station nt-09 --since 2026-01-10 --until 2026-01-10");
	assert_contains(text, "lost in all      0 gaps");
	free(text);
}

static void a_station_nobody_knows_stays_unknown(void **state)
{
	int code;
	give_permit("nt-09", "\"cod\"");
	made_archive_close(&made);
	char *text = quantrac(&code, *state, "report nt-08 --day 2026-11-10");
	assert_int_equal(code, 66);
	assert_contains(text, "no station 'nt-08'");
	free(text);
	text = quantrac(&code, *state, "report nt-09 --day 2026-01-10");
	assert_int_equal(code, 66);
	assert_contains(text, "nothing to judge on 2026-01-10: no permit is in force");
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, holes_setup, holes_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_day_before_the_first_record_has_its_sheet),
		TEST(so_has_a_day_behind_the_last),
		TEST(before_the_first_record_is_a_gap_for_whoever_asks_for_it),
		TEST(a_day_in_a_long_silence_that_has_ended_is_a_gap),
		TEST(also_when_the_days_are_sealed_and_the_journal_is_gone),
		TEST(a_station_only_a_permit_names_has_its_sheet),
		TEST(one_whose_permit_names_no_parameter_lacks_all_its_rule_has),
		TEST(its_gaps_are_all_its_permit_holds_for),
		TEST(a_station_nobody_knows_stays_unknown),
	};
	return cmocka_run_group_tests_name("dark", tests, NULL, NULL);
}
