/* SPDX-License-Identifier: GPL-3.0-or-later */
/* judge, exceedances, explain and report as they are asked: kinds, what is misspelt,
 * what is damaged. */
#include "tests/kits/check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kits/asked_archive.h"

static size_t lines_of(const char *scratch, const char *command)
{
	size_t n = 0;
	char *text = asked(scratch, 0, command);
	for (const char *c = text; *c != '\0'; c++)
		n += *c == '\n';
	free(text);
	return n;
}

static void kinds_are_kept_apart(void **state)
{
	assert_int_equal(lines_of(*state, "judge --format csv"), 1 + 6);
	assert_int_equal(lines_of(*state, "judge --kind legal --format csv"), 1 + 6);
	assert_int_equal(lines_of(*state, "exceedances --format csv"), 1 + 1);
	asked_says(*state, 64, "judge --kind episode", "exceedances --kind episode");
	asked_says(*state, 1, "exceedances --exit-code", "80.0");
	asked_says(*state, 0, "exceedances --exit-code --since 2026-11-02",
	        "nothing over a limit");
}

/* Of an archive without a permit: that is no clean record. */
static void that_nothing_was_judged_is_said_with_the_cure(void **state)
{
	static const char *const words[] = { "judge", "exceedances", "judge --json",
		"exceedances --json", "exceedances --kind all", "judge -q",
		"exceedances --kind episode --format csv" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		asked_says(*state, 66, words[i],
		        "nothing was judged: no permit is in force (quantrac permit "
		        "list)");
	asked_says(*state, 66, "exceedances --kind ambient",
	        "no station of the ambient air has a rule that is in force");
	asked_says(*state, 66, "exceedances --lang vi",
	        "không có kết quả đánh giá nào: không có giấy phép nào");
	asked_says(*state, 66, "report s1 --day 2026-11-01", "no permit is in force");
	asked_says(*state, 66, "exceedances --json 2>/dev/null", "[]\n");
}

/* With a permit: what no rule limits, and what has no data, are told apart. */
static void so_is_a_part_of_which_nothing_was_judged(void **state)
{
	asked_says(
	        *state, 66, "judge --kind ambient --format csv", "nothing was judged");
	asked_says(*state, 66, "exceedances --channel flow_out",
	        "or no rule in force limits 'flow_out'");
	static const char *const words[] = { "judge", "exceedances", "judge --json",
		"exceedances --kind all --format csv" };
	char command[200];
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		snprintf(command, sizeof command, "%s --until 2026-10-01", words[i]);
		asked_says(*state, 0, command,
		        "nothing was judged: no period of what was asked for has data "
		        "and has ended");
	}
	asked_says(*state, 0, "judge --json --until 2026-10-01 2>/dev/null", "[]\n");
	assert_int_equal(lines_of(*state, "exceedances --until 2026-10-01 -q"), 1);
}

static void an_acid_run_is_an_episode_without_a_ratio(void **state)
{
	asked_says(*state, 0, "exceedances --kind episode --channel ph --format csv",
	        "episode,s1,cua-xa,ph,qcvn-40-2011,2026-11-02T02:00:00+07:00,"
	        "2026-11-02T03:40:00+07:00,peak,4.2,6,,pH,,under level,,20,20");
}

static void both_ends_of_an_interval_are_told(void **state)
{
	asked_says(*state, 0, "judge --channel ph --lang en", "pH    6.0–9.0");
	asked_says(*state, 0, "judge --channel cod --lang en", " mg/L     75 ");
	asked_says(*state, 0, "judge --channel ph --format csv",
	        "value,unit,limit_low,limit,ratio,");
	asked_says(
	        *state, 0, "judge --channel ph --format csv", ",pH,6,9,,within limit");
	asked_says(*state, 0, "judge --channel cod --format csv", ",mg/L,,75,");
	asked_says(
	        *state, 0, "judge --channel ph --json", "\"limit_low\":6,\"limit\":9,");
	asked_says(*state, 0, "judge --channel cod --json",
	        "\"limit_low\":null,\"limit\":75,");
	asked_says(*state, 0, "exceedances --format csv", ",80,,75,mg/L,");
	asked_says(*state, 0, "exceedances --json", "\"limit_low\":null,\"limit\":75,");
	asked_says(*state, 0, "exceedances --kind episode --channel ph --lang en",
	        "  6.00  pH ");
}

static void too_few_values_say_between_what_it_lies(void **state)
{
	asked_says(*state, 0, "judge --channel cod --since 2026-11-03 --format csv",
	        "not decidable,,120,288,too few values: with what is missing it lies "
	        "between 12.5 and 143.8 mg/L");
}

static void what_is_misspelt_is_not_a_clean_record(void **state)
{
	static const struct {
		const char *asked, *says;
		int code;
	} wrong[] = {
		{ "judge --rule qcvn-40-2012", "did you mean 'qcvn-40-2011'?", 66 },
		{ "judge --zone y", "the archive is of zone 'z'", 66 },
		{ "judge --channel codd", "no station measures 'codd'", 66 },
		{ "exceedances --station s1 --channel codd", "did you mean 'cod'?",
		        66 },
		{ "exceedances --station s2", "did you mean 's1'?", 66 },
		{ "report s1 --day 2026-11", "is more than a day", 64 },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		asked_says(*state, wrong[i].code, wrong[i].asked, wrong[i].says);
}

static void a_stretch_that_ends_before_it_begins_is_refused(void **state)
{
	static const char *const words[] = { "judge", "exceedances",
		"exceedances --kind episode --json", "status --gaps",
		"means --station s1 --channel cod" };
	char command[200];
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		snprintf(command, sizeof command,
		        "%s --since 2026-11-03 --until 2026-11-01", words[i]);
		asked_says(*state, 64, command,
		        "--since 2026-11-03 is not before --until 2026-11-01");
		snprintf(command, sizeof command,
		        "%s --since 2026-11-02 --until 2026-11-02", words[i]);
		free(asked(*state, 0, command));
	}
	asked_says(*state, 0,
	        "means --station s1 --channel cod --since 2026-11-03 --period 24h",
	        "2026-11-03T00:00:00+07:00");
	asked_says(*state, 64, "status --gaps --since now-1h --until yesterday",
	        "is not before");
}

static void a_number_is_explained_by_the_line_it_came_from(void **state)
{
	char *text = asked(*state, 0, "explain s1 cod 2026-11-01T08:45");
	assert_contains(text, "in the file: 2026-11-01T08:45,80,7.3,120");
	assert_contains(text, "imported from in.csv, SHA-256 ");
	assert_contains(text, "day [2026-11-01T00:00:00+07:00, "
	                      "2026-11-02T00:00:00+07:00): 80.0 mg/L from 288 of 288");
	assert_contains(text, "limit 75 mg/L by QCVN 40:2011/BTNMT, column A");
	assert_null(strstr(text, "2026-11-03"));
	free(text);
	asked_says(*state, 0, "explain s1 cod 2026-11-01T08:45 --lang vi",
	        "giới hạn 75 mg/L theo QCVN 40:2011/BTNMT, cột A, Kq = 1,0, Kf = 1,0");
	asked_says(
	        *state, 0, "explain s1 ph 2026-11-01T08:45", "limit 6.0 to 9.0 pH by");
	asked_says(*state, 0, "explain s1 cod 2026-11-01T08:45 --format csv",
	        "3,decoding,\"indication: 80 mg/L, state ok\"");
	asked_says(*state, 0, "explain s1 cod 2026-11-01T08:45 --as-of now-1h",
	        "no reading of s1 cod within 10 minutes");
	asked_says(*state, 0, "explain s1 cod 2026-12-01T08:45", "no rule judges");
}

/* Two instruments measure the same. */
static void an_unknown_channel_is_told_which_there_are_each_once(void **state)
{
	char command[4096];
	FILE *out = fopen(in_folder(*state, "more.csv"), "w");
	assert_non_null(out);
	fputs("time,cod,ph\n2026-11-05T08:45,30,7.1\n", out);
	fclose(out);
	snprintf(command, sizeof command,
	        "import %s/more.csv --instrument hand --station s1 --zone z --kind "
	        "water --map "
	        "cod=cod:mg/L --map ph=ph:pH",
	        (char *)*state);
	free(asked(*state, 0, command));
	asked_says(*state, 66, "explain s1 salinity 2026-11-01T08:45",
	        "station 's1' has no channel 'salinity'; it has: cod, ph, flow_out\n");
	asked_says(*state, 66, "explain s1 salinity 2026-11-01T08:45 --lang vi",
	        "trạm 's1' không có kênh 'salinity'; các kênh hiện có: cod, ph, "
	        "flow_out\n");
	asked_says(*state, 66, "report s2 --day 2026-11-01 --lang vi",
	        "kho lưu trữ không có trạm 's2', ý bạn là 's1'?");
	asked_says(*state, 64, "judge --since abc --lang vi", "không phải thời điểm");
}

static void a_calibration_of_nothing_is_not_stored(void **state)
{
	FILE *out = fopen(in_folder(*state, "points.csv"), "w");
	assert_non_null(out);
	fputs("x,y\n0,0\n50,45\n100,90\n", out);
	fclose(out);
	static const struct {
		const char *asked, *says;
		int code;
	} wrong[] = {
		{ "--channel codd --from 2026-11-01", "did you mean 'cod'?", 66 },
		{ "--channel cod --from 2026-11-02 --until 2026-11-01",
		        "is not after --from", 64 },
	};
	char command[4096];
	for (size_t i = 0; i < 2; i++) {
		snprintf(command, sizeof command,
		        "calibrate record --csv %s/points.csv --station s1 %s",
		        (char *)*state, wrong[i].asked);
		asked_says(*state, wrong[i].code, command, wrong[i].says);
	}
	assert_int_equal(lines_of(*state, "calibrate list --format csv"), 1);
	snprintf(command, sizeof command,
	        "calibrate record --csv %s/points.csv --station s1 --channel cod "
	        "--from "
	        "2026-11-01 --until 2026-11-02",
	        (char *)*state);
	asked_says(*state, 0, command, "stored in");
	asked_says(*state, 0, "judge --channel cod --until 2026-11-01 --format csv",
	        ",72,mg/L,,75,0.96,within limit");
	asked_says(*state, 66, "judge --channel cod --until 2026-11-01 --as-of now-1h",
	        "no permit is in force"); /* nothing of all this was stored by then */
}

static void verify_speaks_to_programs_too(void **state)
{
	int code;
	asked_says(*state, 0, "verify --format csv", "place,result,detail\n");
	asked_says(
	        *state, 0, "verify --format csv", "z/s1/2026/s1_2026-11-01.h5,OK,\n");
	free(run_command(&code, "truncate -s 100 %s/archive/z/s1/2026/s1_2026-11-01.h5",
	        (char *)*state));
	asked_says(*state, 65, "verify --format csv",
	        "z/s1/2026/s1_2026-11-01.h5,DAMAGED,has 100 bytes; by its superblock");
	asked_says(*state, 65, "verify --json", "\"result\":\"DAMAGED\"");
}

static void a_damaged_day_is_told_and_the_others_stay(void **state)
{
	int code;
	free(run_command(&code, "truncate -s 100 %s/archive/z/s1/2026/s1_2026-11-01.h5",
	        (char *)*state));
	assert_int_equal(code, 0);
	asked_says(*state, 65, "exceedances", "s1_2026-11-01.h5");
	asked_says(*state, 1, "exceedances --exit-code",
	        "80.0"); /* the journal has it yet */
	asked_says(*state, 65, "judge --channel cod", "s1_2026-11-01.h5");
	asked_says(
	        *state, 65, "means --station s1 --channel cod --period 24h", "30.00");
	asked_says(*state, 65,
	        "judge --channel cod --since 2026-11-03 --until 2026-11-03", "30.0");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, asked_archive_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kinds_are_kept_apart),
		cmocka_unit_test_setup_teardown(
		        that_nothing_was_judged_is_said_with_the_cure,
		        asked_unpermitted_make, scratch_remove),
		TEST(so_is_a_part_of_which_nothing_was_judged),
		TEST(an_acid_run_is_an_episode_without_a_ratio),
		TEST(both_ends_of_an_interval_are_told),
		TEST(too_few_values_say_between_what_it_lies),
		TEST(what_is_misspelt_is_not_a_clean_record),
		TEST(a_stretch_that_ends_before_it_begins_is_refused),
		TEST(a_number_is_explained_by_the_line_it_came_from),
		TEST(an_unknown_channel_is_told_which_there_are_each_once),
		TEST(a_calibration_of_nothing_is_not_stored),
		TEST(verify_speaks_to_programs_too),
		TEST(a_damaged_day_is_told_and_the_others_stay),
	};
	return cmocka_run_group_tests_name("asked", tests, NULL, NULL);
}
