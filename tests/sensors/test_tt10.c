/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/reading.h"
#include "sensors/tools/tt10.h"

static int parse(const char *text, struct tt10_line *line, struct problem *why)
{
	return tt10_line_parse(text, strlen(text), OFFSET_VIETNAM, line, why);
}

static void a_line_is_read_as_the_circular_writes_it(void **state)
{
	struct tt10_line line;
	assert_int_equal(
	        parse("COD\t16.2482\tmg/l\t20260325000000\t00\r\n", &line, NULL), OK);
	assert_string_equal(line.symbol, "COD");
	assert_string_equal(line.channel, "cod");
	assert_string_equal(line.unit, "mg/l");
	assert_close(line.value, 16.2482, 0);
	assert_int_equal(line.state, STATE_OK);
	char text[TIME_TEXT];
	assert_string_equal(time_print(line.time_us, OFFSET_VIETNAM, text),
	        "2026-03-25T00:00:00+07:00");
}

static void an_empty_unit_does_not_lose_the_status(void **state)
{
	struct tt10_line line;
	assert_int_equal(
	        parse("pH\t7.8485\t\t20260325000000\t02\r\n", &line, NULL), OK);
	assert_string_equal(line.channel, "ph");
	assert_string_equal(line.unit, "");
	assert_close(line.value, 7.8485, 0);
	assert_int_equal(line.state, STATE_FAULT);
}

static void what_stands_in_real_files_is_accepted(void **state)
{
	static const struct {
		const char *text, *channel;
		double value;
		int state;
	} seen[] = {
		{ "Amoni\t2.3308\tmg/l\t20260325000000\t00\n", "nh4", 2.3308,
		        STATE_OK },
		{ "Flowin\t0.5833\tm3/h\t20260325000000\t00", "flow_in", 0.5833,
		        STATE_OK },
		{ "Flow_Out\t10.1973\tm3/h\t20260325000000\t00\r\n", "flow_out",
		        10.1973, STATE_OK },
		{ "PM2,5\t41\tug/m3\t20260325000500\t00\r\n", "pm2_5", 41, STATE_OK },
		{ "PM2.5\t41\tug/m3\t20260325000500\t00\r\n", "pm2_5", 41, STATE_OK },
		{ "O3\t45.14\tug/m3\t20260325000500\t01\r\n", "o3", 45.14,
		        STATE_CALIBRATING },
		{ "Radiation\t-1.60\tw/m2\t20260325000500\t00\r\n", "radiation", -1.6,
		        STATE_OK },
		{ "Vinyl chloride\t0.00\tppb\t20260325000500\t00\r\n", "vinyl_chloride",
		        0, STATE_OK },
		{ "Nhiệt độ\t141.2\toC\t20260325000500\t00\r\n", "temperature", 141.2,
		        STATE_OK },
		{ "TSS\t24,1999\tmg/l\t20260325000000\t00\r\n", "tss", 24.1999,
		        STATE_OK },
		{ "COD\t\tmg/l\t20260325000000\t02\r\n", "cod", NAN, STATE_FAULT },
		{ "COD\t-\tmg/l\t20260325000000\t00\r\n", "cod", NAN, STATE_NO_VALUE },
	};
	for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
		struct tt10_line line;
		assert_int_equal(parse(seen[i].text, &line, NULL), OK);
		assert_string_equal(line.channel, seen[i].channel);
		assert_close(line.value, seen[i].value, 0);
		assert_int_equal(line.state, seen[i].state);
	}
}

static void a_line_that_is_none_says_why(void **state)
{
	static const char *const bad[][2] = {
		{ "COD\t16\tmg/l\t20260325000000", "4 fields between tabs" },
		{ "COD 16 mg/l 20260325000000 00", "1 fields between tabs" },
		{ "COD\t16\tmg/l\t20260325000000\t00\textra", "more than five" },
		{ "COD\tsixteen\tmg/l\t20260325000000\t00", "'sixteen' is no number" },
		{ "COD\t0x10\tmg/l\t20260325000000\t00", "'0x10' is no number" },
		{ "COD\t16\tmg/l\t20260230000000\t00", "is no time" },
		{ "COD\t16\tmg/l\t2026032500000\t00", "is no time" },
		{ "COD\t16\tmg/l\t20260325240000\t00", "is no time" },
		{ "COD\t16\tmg/l\t10260325000000\t00", "is no time" },
		{ "COD\t16\tmg/l\t19700101065959\t00", "is no time" },
		{ "COD\t16\tmg/l\t21000101070000\t00", "is no time" },
		{ "COD\t16\tmg/l\t20260325000000\t03", "status '03'" },
		{ "COD\t16\tmg/l\t20260325000000\t0", "status '0'" },
		{ "\t16\tmg/l\t20260325000000\t00", "empty or overlong" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct tt10_line line;
		struct problem why = { 0 };
		assert_int_equal(parse(bad[i][0], &line, &why), MALFORMED);
		assert_contains(why.text, bad[i][1]);
	}
	struct tt10_line line;
	assert_int_equal(parse("\r\n", &line, NULL), NOT_FOUND);
}

static void every_cut_of_a_line_is_told(void **state)
{
	const char *whole = "COD\t16.2482\tmg/l\t20260325000000\t00";
	struct tt10_line line;
	assert_int_equal(parse(whole, &line, NULL), OK);
	for (size_t n = 1; n < strlen(whole); n++)
		assert_int_equal(tt10_line_parse(whole, n, OFFSET_VIETNAM, &line, NULL),
		        MALFORMED);
}

static void a_file_name_gives_the_station(void **state)
{
	struct tt10_name name;
	char text[TIME_TEXT];
	assert_int_equal(tt10_name_parse("TB_CAPH_NUOSXL_20260325000000.txt",
	                         OFFSET_VIETNAM, &name, NULL),
	        OK);
	assert_string_equal(name.province, "TB");
	assert_string_equal(name.facility, "CAPH");
	assert_string_equal(name.station, "NUOSXL");
	assert_string_equal(name.id, "tb_caph_nuosxl");
	assert_string_equal(time_print(name.time_us, OFFSET_VIETNAM, text),
	        "2026-03-25T00:00:00+07:00");
	static const char *const bad[] = { "notes.txt",
		"TB_CAPH_NUOSXL_20260325000000.csv", "TB_CAPH_20260325000000.txt",
		"TB_CAPH_NUOSXL_20261325000000.txt", "",
		"TB__NUOSXL_20260325000000.txt" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(tt10_name_parse(bad[i], OFFSET_VIETNAM, &name, NULL),
		        MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_read_as_the_circular_writes_it),
		cmocka_unit_test(an_empty_unit_does_not_lose_the_status),
		cmocka_unit_test(what_stands_in_real_files_is_accepted),
		cmocka_unit_test(a_line_that_is_none_says_why),
		cmocka_unit_test(every_cut_of_a_line_is_told),
		cmocka_unit_test(a_file_name_gives_the_station),
	};
	return cmocka_run_group_tests_name("tt10", tests, NULL, NULL);
}
