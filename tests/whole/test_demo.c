/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thirty days of the demonstration, by the real program: what must be shown of each
 * scene, and what must not happen.
 */
#include "tests/kits/check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/describe.h"
#include "base/status.h"
#include "tests/kits/demo_kit.h"

static void exactly_three_legal_exceedances_are_found(void **state)
{
	char *text = demo_ok("exceedances --kind legal --format csv");
	const char *const line[] = {
		"id,kind,station,outlet,channel,rule,start,end,statistic,value,"
		"limit_low,limit,unit,ratio,"
		"result,strength,valid,expected,note,rule_status,simulated\n",
		"mau-nuoc/cod/qcvn-40-2011/day/2026-11-01,legal,mau-nuoc,cua-xa,cod,",
		"mau-nuoc/cod/qcvn-40-2011/day/2026-11-03,legal,mau-nuoc,cua-xa,cod,",
		"mau-ong-khoi/dust/qcvn-19-2009/day/2026-11-14,legal,mau-ong-khoi,"
		"ong-khoi-lo-hoi,dust,",
	};
	const char *at = text;
	for (size_t i = 0; i < 4; i++) {
		if (strncmp(at, line[i], strlen(line[i])) != 0)
			print_error("line %zu is: %s\n", i + 1, at);
		assert_int_equal(strncmp(at, line[i], strlen(line[i])), 0);
		at = strchr(at, '\n') + 1;
	}
	assert_string_equal(at, "");
	free(text);
}

/* Simulated data under a rule nobody confirmed: no list may look like a finding. */
static void every_list_of_results_says_what_it_is_not(void **state)
{
	static const char *const list[] = { "exceedances", "exceedances --kind episode",
		"judge --station mau-nuoc --since 2026-11-01 --until 2026-11-02",
		"explain mau-nuoc cod 2026-11-01T08:00" };
	char words[200];
	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		char *text = demo_ok(list[i]);
		assert_contains(text, SIMULATED_TEXT "\nRULE NOT CONFIRMED");
		free(text);
		snprintf(words, sizeof words, "%s --format csv", list[i]);
		text = demo_ok(words);
		if (strncmp(list[i], "explain", 7) != 0)
			assert_contains(text, ",draft,yes\n");
		free(text);
	}
	char *text = demo_ok("exceedances --lang vi");
	assert_contains(text, "QUY ĐỊNH ÁP DỤNG CHƯA ĐƯỢC XÁC NHẬN");
	free(text);
	text = demo_ok("means --station mau-nuoc --channel cod --since 2026-11-01 "
	               "--period 24h");
	assert_contains(text, SIMULATED_TEXT);
	free(text);
}

static void the_air_is_nobodys_exceedance(void **state)
{
	char *text = demo_ok("exceedances --kind ambient --format csv");
	assert_contains(
	        text, "mau-khong-khi/pm2_5/qcvn-05-2023/24h/2026-11-15,ambient");
	assert_null(strstr(text, "legal"));
	free(text);
	text = demo_ok("exceedances --format csv");
	assert_null(strstr(text, "mau-khong-khi"));
	free(text);
}

/* Station, channel and day of the scenario; what the row must hold. */
static void day_is(const char *station, const char *channel, int day, const char *part)
{
	char arguments[256], date[16];
	if (day <= 8)
		snprintf(date, sizeof date, "2026-10-%02d", 23 + day);
	else
		snprintf(date, sizeof date, "2026-11-%02d", day - 8);
	snprintf(arguments, sizeof arguments,
	        "judge --station %s --channel %s --since %s --until %s --format csv",
	        station, channel, date, date);
	demo_says(arguments, part);
}

static void a_day_just_below_is_within_and_says_how_near(void **state)
{
	day_is("mau-nuoc", "cod", 4, "within limit,within uncertainty,288,288");
}

static void four_hours_of_fault_do_not_lower_the_mean(void **state)
{
	day_is("mau-nuoc", "cod", 9, ",80.0000000");
	day_is("mau-nuoc", "cod", 9, "over limit,beyond uncertainty,240,288");
}

/* Half of the values are missing: every list has the words of judge for that. */
static void a_pulled_cable_does_not_hide_a_day_that_is_over_anyway(void **state)
{
	const char *const note = "too few values, yet with what is missing counted as "
	                         "0 it is 83.3 mg/L";
	day_is("mau-nuoc", "cod", 11, "over limit,beyond uncertainty,150,288");
	day_is("mau-nuoc", "cod", 11, note);
	demo_says("exceedances --lang en", note);
	demo_says("exceedances --format csv", note);
	demo_says("exceedances --json", note);
	demo_says("exceedances --lang vi", "tính phần thiếu bằng 0 vẫn là");
	assert_contains(demo_screen, note);
}

static void too_little_valid_data_is_never_green(void **state)
{
	day_is("mau-nuoc", "cod", 13, "not decidable,,200,288");
}

static void acid_for_a_while_is_an_episode_and_no_legal_exceedance(void **state)
{
	day_is("mau-nuoc", "ph", 14, "within limit");
	demo_says("exceedances --kind episode --station mau-nuoc --channel ph --format "
	          "csv",
	        "2026-11-06T02:");
}

static void a_dump_is_counted_and_does_not_make_the_day(void **state)
{
	day_is("mau-nuoc", "cod", 16, "within limit,beyond uncertainty,288,288");
	demo_says("exceedances --kind episode --station mau-nuoc --channel cod "
	          "--format csv",
	        "2026-11-08T03:00:00+07:00");
}

static void without_discharge_there_is_nothing_to_assess(void **state)
{
	day_is("mau-nuoc", "cod", 18, "not applicable,,0,0");
}

static void start_up_puts_no_spikes_into_the_day(void **state)
{
	day_is("mau-ong-khoi", "dust", 20, "within limit");
	day_is("mau-ong-khoi", "co", 20, "within limit");
}

/* The analyser's cable was pulled at 12:30 of day 11; day 9 had four hours of fault. */
static void the_ledger_of_gaps_has_the_pulled_cable_and_the_fault(void **state)
{
	char *text = demo_ok("status --gaps --station mau-nuoc --format csv");
	assert_contains(text, "mau-nuoc,quality,,2026-11-03T12:30:00.");
	assert_contains(text, "+07:00,2026-11-04T00:00:00.");
	assert_contains(text,
	        ",no,41400,silent,yes,1380,0,,\"instrument quality: does not "
	        "answer: check power, address and wiring\"\n");
	assert_contains(text,
	        ",no,14400,fault,yes,240,0,,the instrument says that it is "
	        "faulty\n");
	free(text);
	demo_says("status --gaps --station mau-ong-khoi", "lost in all");
	text = demo_ok("report mau-nuoc --day 2026-11-03 --json --lang en");
	assert_contains(text, "\"cause\":\"silent\"");
	free(text);
}

/* Bottles in the days that are over, and in the one just below; a door at the hour from which TSS does not move. */
static void the_cabinets_door_and_its_bottles_stand_in_the_record(void **state)
{
	assert_contains(demo_screen,
	        "cabinet     door open day 24, 2026-11-16 08:52, for 14 min; sampler: "
	        "9 of 24 bottles taken, on day 4 (4), 9 (4), 11 (1)\n");
}

/* Not over Modbus alone: what text, HJ 212, ELAN and a current said is decoded again as it was. */
static void every_kind_of_instrument_is_explained_from_its_bytes(void **state)
{
	static const char *const said[][2] = {
		{ "mau-nuoc ph 2026-11-01T08:48", "instrument ph (EZO-pH)" },
		{ "mau-nuoc temperature 2026-11-01T08:48", "Aqua TROLL 400" },
		{ "mau-nuoc flow_in 2026-11-01T08:48", "4-20 mA (NAMUR NE 43)" },
		{ "mau-nuoc nh4 2026-11-01T08:48", "field w21003-Rtd" },
		{ "mau-ong-khoi o2 2026-11-01T08:48", "ULTRAMAT 23" },
		{ "mau-ong-khoi temperature 2026-11-01T08:48", "of 0..400 = " },
		{ "mau-khong-khi wind_speed 2026-11-01T08:48", "WindSonic" },
		{ "mau-khong-khi pm2_5_sensor 2026-11-01T08:48", "HPMA115S0" },
	};
	char words[200];
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		snprintf(words, sizeof words, "explain %s", said[i][0]);
		char *text = demo_ok(words);
		assert_contains(text, said[i][1]);
		assert_contains(text, "decoded again now: the same, to the bit");
		assert_contains(text, "state ok");
		free(text);
	}
}

static void data_that_came_late_make_a_second_version(void **state)
{
	demo_says("judge --station mau-nuoc --channel cod --since 2026-11-19 --until "
	          "2026-11-19 "
	          "--as-of 2026-11-20T00:15 --format csv",
	        "not decidable,,184,288");
	day_is("mau-nuoc", "cod", 27, "within limit,beyond uncertainty,288,288");
}

static char *pdf_text(const char *day, const char *language)
{
	int exit_code;
	char *text = run_command(&exit_code,
	        "QUANTRAC_NOW=%s %s --archive %s/demo/archive report mau-nuoc --day %s "
	        "--lang "
	        "%s -o %s/pdf >/dev/null && pdftotext "
	        "%s/pdf/mau-nuoc_%s_%s.pdf - | tr -s '[:space:]' ' '",
	        DEMO_NOW, project_file("build/san/quantrac"), demo_folder, day,
	        language, demo_folder, demo_folder, day, language);
	assert_int_equal(exit_code, 0);
	return text;
}

static void the_sheet_of_day_9_says_what_an_inspector_needs(void **state)
{
	char *text = pdf_text("2026-11-01", "vi");
	assert_contains(text, "vượt giá trị tối đa cho phép");
	assert_contains(text, "80,0");
	assert_contains(text, "1,07");
	assert_contains(text, "DỮ LIỆU MÔ PHỎNG");
	assert_contains(text, "không phải là kết luận về vi phạm hành chính");
	assert_null(strstr(text, "66,7"));
	free(text);
	text = pdf_text("2026-11-01", "en");
	assert_contains(text, "over the maximum permitted value");
	assert_contains(text, "SIMULATED DATA");
	assert_null(strstr(text, "66.7"));
	free(text);
}

static void the_sheet_of_day_27_replaces_its_first_version(void **state)
{
	char *text = pdf_text("2026-11-19", "vi");
	assert_contains(text, "Phiên bản 2");
	free(text);
}

/* Headings, results and notes for a Vietnamese inspector; programs read what they always
 * read. */
static void results_are_told_in_vietnamese(void **state)
{
	char *text = demo_ok("exceedances --kind all --lang vi");
	assert_contains(text, "LOẠI");
	assert_contains(text, "KẾT QUẢ");
	assert_contains(text, "theo quy chuẩn        mau-nuoc");
	assert_contains(text, "1,07  Vượt ");
	assert_contains(text, "đợt vượt ngưỡng");
	assert_null(strstr(text, "limit"));
	assert_null(strstr(text, "vi phạm"));
	free(text);
	text = demo_ok("judge --lang vi");
	assert_contains(text, "GHI CHÚ");
	assert_contains(text, "Không vượt");
	assert_contains(text, "Chưa đủ số liệu");
	assert_contains(text, "nguồn thải dừng hoạt động suốt kỳ");
	assert_contains(text, "tính phần thiếu bằng 0 vẫn là 83,3 mg/L");
	assert_null(strstr(text, "missing"));
	assert_null(strstr(text, "too few"));
	free(text);
	char *english = demo_ok("judge --format csv --lang en");
	text = demo_ok("judge --format csv --lang vi");
	assert_string_equal(text, english);
	free(english);
	free(text);
	demo_says("exceedances --since 2026-11-22 --lang vi",
	        "không có trường hợp nào vượt");
}

static void a_number_is_explained_in_vietnamese(void **state)
{
	char *text = demo_ok("explain mau-nuoc cod 2026-11-03T15:00 --lang vi");
	assert_contains(text, "1 bản ghi       mau-nuoc epoch");
	assert_contains(text, "trạng thái: thiết bị đo không trả lời");
	assert_contains(text, "giải mã lại bây giờ: trùng từng bit");
	assert_contains(text, "5 không nhận được");
	assert_contains(text, "6 kết quả\n   QCVN 40:2011/BTNMT, ngày [");
	assert_contains(
	        text, "; Vượt, ngoài phạm vi độ không đảm bảo đo; quá ít số liệu");
	assert_contains(text, "160,0 mg/L từ 150/288 giá trị");
	free(text);
	text = demo_ok("explain mau-nuoc cod 2026-11-01T08:48 --lang vi");
	/* a comma in the sentences; the seconds of a time, hh:mm:ss.ssssss, have their point */
	for (const char *at = text; (at = strchr(at + 1, '.')) != NULL;)
		if (isdigit((unsigned char)at[1]) && isdigit((unsigned char)at[-1]) &&
		        at[-3] != ':')
			fail_msg("a decimal point: %.60s", at - 10);
	free(text);
	char *english = demo_ok("explain mau-nuoc cod 2026-11-03T15:00 --json");
	text = demo_ok("explain mau-nuoc cod 2026-11-03T15:00 --json --lang vi");
	assert_string_equal(text, english);
	free(english);
	free(text);
}

static void a_command_of_one_language_runs_and_says_so(void **state)
{
	demo_says("verify --lang vi", "91 sealed files");
	demo_says("verify --lang vi", "quantrac verify: lệnh này chỉ có tiếng Anh\n");
	demo_says("verify -q --lang vi,en", "91 sealed files");
}

static void the_last_screen_speaks_vietnamese_too(void **state)
{
	char *text = demo_told("vi");
	assert_contains(text, "vượt quy chuẩn ngày  9, ");
	assert_contains(text, "giới hạn 75, bằng 1,07 lần, từ 240/288 giá trị\n");
	assert_contains(text, "thiết bị lấy mẫu: đã lấy ");
	assert_contains(text, "\nkho lưu trữ    demo/archive\n");
	free(text);
}

/* The list of the folder in docs/quantrac-archive.md is whole. */
static void what_lies_in_an_archive_is_documented(void **state)
{
	int exit_code;
	char document[4096];
	snprintf(document, sizeof document, "%s",
	        project_file("docs/quantrac-archive.md"));
	char *text = run_command(&exit_code,
	        "cd %s/demo/archive && for name in $(ls -A) incoming quarantine scrub; "
	        "do "
	        "[ $name = kcn-mau ] || grep -qE \"^    $name[ /]\" %s || echo $name; "
	        "done",
	        demo_folder, document);
	assert_string_equal(text, "");
	free(text);
}

static void a_number_is_explained_from_its_bytes(void **state)
{
	char *text = demo_ok("explain mau-nuoc cod 2026-11-01T08:48");
	assert_contains(text, "block 0 after");
	assert_contains(text, "decoded again now: the same, to the bit");
	assert_contains(text, "5 received, 5 valid");
	assert_contains(text, "over limit");
	free(text);
	demo_says("explain mau-nuoc cod 2026-11-03T15:00", "state silent");
}

static void a_changed_byte_is_found_and_named(void **state)
{
	int exit_code;
	char *text = demo_ok("verify");
	assert_contains(text, ": OK");
	free(text);
	text = run_command(&exit_code,
	        "cd %s/demo/archive/kcn-mau/mau-nuoc/2026 && chmod u+w "
	        "mau-nuoc_2026-11-01.h5 && "
	        "printf x | dd of=mau-nuoc_2026-11-01.h5 bs=1 seek=60000 conv=notrunc "
	        "2>&1",
	        demo_folder);
	assert_int_equal(exit_code, 0);
	free(text);
	text = demo_quantrac(&exit_code, "verify");
	assert_int_equal(exit_code, EXIT_DAMAGED);
	assert_contains(text, "mau-nuoc_2026-11-01.h5: DAMAGED");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exactly_three_legal_exceedances_are_found),
		cmocka_unit_test(every_list_of_results_says_what_it_is_not),
		cmocka_unit_test(the_air_is_nobodys_exceedance),
		cmocka_unit_test(a_day_just_below_is_within_and_says_how_near),
		cmocka_unit_test(four_hours_of_fault_do_not_lower_the_mean),
		cmocka_unit_test(
		        a_pulled_cable_does_not_hide_a_day_that_is_over_anyway),
		cmocka_unit_test(too_little_valid_data_is_never_green),
		cmocka_unit_test(
		        acid_for_a_while_is_an_episode_and_no_legal_exceedance),
		cmocka_unit_test(a_dump_is_counted_and_does_not_make_the_day),
		cmocka_unit_test(without_discharge_there_is_nothing_to_assess),
		cmocka_unit_test(start_up_puts_no_spikes_into_the_day),
		cmocka_unit_test(the_ledger_of_gaps_has_the_pulled_cable_and_the_fault),
		cmocka_unit_test(the_cabinets_door_and_its_bottles_stand_in_the_record),
		cmocka_unit_test(every_kind_of_instrument_is_explained_from_its_bytes),
		cmocka_unit_test(data_that_came_late_make_a_second_version),
		cmocka_unit_test(the_sheet_of_day_9_says_what_an_inspector_needs),
		cmocka_unit_test(the_sheet_of_day_27_replaces_its_first_version),
		cmocka_unit_test(results_are_told_in_vietnamese),
		cmocka_unit_test(the_last_screen_speaks_vietnamese_too),
		cmocka_unit_test(a_number_is_explained_in_vietnamese),
		cmocka_unit_test(a_command_of_one_language_runs_and_says_so),
		cmocka_unit_test(what_lies_in_an_archive_is_documented),
		cmocka_unit_test(a_number_is_explained_from_its_bytes),
		cmocka_unit_test(a_changed_byte_is_found_and_named),
	};
	return cmocka_run_group_tests_name("demo", tests, demo_play, demo_leave);
}
