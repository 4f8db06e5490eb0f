/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/legal_time.h"
#include "base/status.h"

/* clang-format off */
static const struct {
	const char *text;
	int64_t time_us; /* date -u -d TEXT +%s */
} known[] = {
	{ "1970-01-01T00:00:00Z",             0 },
	{ "1970-01-01T07:00:00+07:00",        0 },
	{ "1970-01-01T07:00",                 0 },
	{ "1969-12-31T23:59:59Z",             -US_PER_S },
	{ "1969-12-31T23:59:59.999999Z",      -1 },
	{ "2000-02-29T12:00:00Z",             951825600 * US_PER_S },
	{ "2004-02-29T00:00:00Z",             1078012800 * US_PER_S },
	{ "2026-11-15T08:48:00+07:00",        1794707280 * US_PER_S },
	{ "2026-11-15T08:48",                 1794707280 * US_PER_S },
	{ "2026-11-15 08:48:00",              1794707280 * US_PER_S },
	{ "2026-11-15t08:48:00",              1794707280 * US_PER_S },
	{ "2026-11-15 08:48:00.5+07:00",      1794707280 * US_PER_S + 500000 },
	{ "2026-11-15 08:48:00,000001",       1794707280 * US_PER_S + 1 },
	{ "2026-11-15T08:48:00.123456789",    1794707280 * US_PER_S + 123456 },
	{ "2026-11-15T01:48:00Z",             1794707280 * US_PER_S },
	{ "2026-11-15T01:48z",                1794707280 * US_PER_S },
	{ "2026-11-14T22:18:00-03:30",        1794707280 * US_PER_S },
	{ "2026-11-15T07:33:00+05:45",        1794707280 * US_PER_S },
	{ "2026-11-15T15:33:00+13:45",        1794707280 * US_PER_S },
	{ "2026-11-15T08:48:00+0700",         1794707280 * US_PER_S },
	{ "2026-11-15T08:48:00+07",           1794707280 * US_PER_S },
	{ "20261115084800",                   1794707280 * US_PER_S },
	{ "2004-03-11 0:00:00",               1078938000 * US_PER_S },
	{ "2099-12-31T23:59:59Z",             4102444799 * US_PER_S },
	{ "2100-01-01T00:00:00Z",             TIME_US_END },
	{ "0001-01-01T00:00:00Z",             -62135596800 * US_PER_S },
	{ "9999-12-31T23:59:59Z",             253402300799 * US_PER_S },
};

static const char *const refused[] = {
	"", " ", "T", "2026", "2026-11", "2026-11-15", "2026-11-15T", "2026-11-15T08",
	"2026-11-15T08:4", "2026-11-15T08:60", "2026-11-15T24:00", "2026-11-15T08:48:60",
	"2026-11-15T08:48:", "2026-11-15T08:48:00.", "2026-11-15T08:48:00.1234567890",
	"2026-02-29T00:00", "2100-02-29T00:00", "1900-02-29T00:00", "2026-04-31T00:00",
	"2026-00-01T00:00", "2026-13-01T00:00", "2026-11-00T00:00", "2026-11-32T00:00",
	"0000-01-01T00:00Z", "26-11-15T08:48", "2026-11-15T08:48+14:01", "2026-11-15T08:48+07:60",
	"2026-11-15T08:48+7", "2026-11-15T08:48+07:0", "2026-11-15T08:48+07:000",
	"2026-11-15T08:48ZZ", "2026-11-15T08:48Z+07:00", "2026-11-15T08:48 ", " 2026-11-15T08:48",
	"2026-11-15x08:48", "2026/11/15T08:48", "2026-11-15T-8:48", "2026-11-15T08:48:00 +07:00",
	"2026111508480", "202611150848000", "20261315084800", "20261115244800", "15/11/2026 08:48",
	"2026-11-15T08:48\xc2\xb0",
};
/* clang-format on */

static void assert_status(const char *text, int got, int want)
{
	if (got != want)
		print_error("\"%s\"\n", text);
	assert_int_equal(got, want);
}

static void every_known_time_is_parsed(void **state)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		int64_t got = 1;
		assert_status(known[i].text,
		        time_parse(known[i].text, OFFSET_VIETNAM, &got), OK);
		assert_int_equal(got, known[i].time_us);
	}
}

static void what_is_no_time_is_refused(void **state)
{
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		int64_t got = 42;
		assert_status(refused[i], time_parse(refused[i], OFFSET_VIETNAM, &got),
		        MALFORMED);
		assert_int_equal(got, 42);
	}
}

static void every_cut_of_a_time_is_refused_or_coarser(void **state)
{
	const char *whole = "2026-11-15T08:48:01.25+07:00";
	int64_t time_us, want;
	char cut[40];

	assert_int_equal(time_parse(whole, 0, &want), OK);
	for (size_t n = 0; n < strlen(whole); n++) {
		snprintf(cut, sizeof cut, "%.*s", (int)n, whole);
		int status = time_parse(cut, OFFSET_VIETNAM, &time_us);
		int sound = n == 16 || n == 19 || n == 21 || n == 22 || n == 25;
		assert_int_equal(status, sound ? OK : MALFORMED);
	}
}

static void times_are_printed_at_their_offset(void **state)
{
	int64_t t = 1794707280 * US_PER_S;
	char out[TIME_TEXT];

	assert_string_equal(time_print(t, 420, out), "2026-11-15T08:48:00+07:00");
	assert_string_equal(time_print(t, 0, out), "2026-11-15T01:48:00+00:00");
	assert_string_equal(time_print(t, -210, out), "2026-11-14T22:18:00-03:30");
	assert_string_equal(time_print(t, 345, out), "2026-11-15T07:33:00+05:45");
	assert_string_equal(time_print(t, 825, out), "2026-11-15T15:33:00+13:45");
	assert_string_equal(
	        time_print(t + 1, 420, out), "2026-11-15T08:48:00.000001+07:00");
	assert_string_equal(time_print(-1, 0, out), "1969-12-31T23:59:59.999999+00:00");
	assert_string_equal(date_print(t, 420, out), "2026-11-15");
	assert_string_equal(date_print(t, -210, out), "2026-11-14");
	assert_string_equal(date_print_vi(t, 420, out), "15/11/2026");
	assert_string_equal(stamp_print(t, 420, out), "20261115084800");
	assert_true(strlen(time_print(INT64_MIN, -840, out)) < TIME_TEXT);
	assert_true(strlen(time_print(INT64_MAX, 840, out)) < TIME_TEXT);
}

static void the_calendar_agrees_with_the_c_library_on_every_day_to_2100(void **state)
{
	for (int64_t day = -1000; day < 47847; day += 1) {
		time_t seconds = (time_t)(day * 86400 + 86399);
		struct tm tm;
		assert_non_null(gmtime_r(&seconds, &tm));
		struct civil c = civil_from_us(seconds * US_PER_S, 0);
		assert_int_equal(c.year, tm.tm_year + 1900);
		assert_int_equal(c.month, tm.tm_mon + 1);
		assert_int_equal(c.day, tm.tm_mday);
		assert_int_equal(c.hour * 10000 + c.minute * 100 + c.second, 235959);
		assert_true(civil_valid(&c));
		assert_int_equal(civil_to_us(&c, 0), seconds * US_PER_S);
	}
}

static void random_times_survive_the_round_trip(void **state)
{
	uint64_t seed = 20261115;
	for (int i = 0; i < 100000; i++) {
		int64_t t = (int64_t)(chance(&seed) % (uint64_t)TIME_US_END);
		int offset = (int)(chance(&seed) % 1681) - 840;
		char out[TIME_TEXT];
		int64_t back;

		struct civil c = civil_from_us(t, offset);
		assert_int_equal(civil_to_us(&c, offset), t);
		assert_int_equal(time_parse(time_print(t, offset, out), 0, &back), OK);
		assert_int_equal(back, t);
	}
}

static void summer_time_is_never_applied(void **state)
{
	static const char *const zones[] = { "Europe/Berlin", "America/St_Johns", "UTC",
		"" };
	char out[TIME_TEXT];
	const char *set = getenv("TZ");
	char *before = set != NULL ? strdup(set) : NULL;

	for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
		int64_t summer, winter;
		setenv("TZ", zones[i], 1);
		tzset();
		assert_int_equal(time_parse("2026-07-01T12:00", 420, &summer), OK);
		assert_int_equal(time_parse("2026-01-01T12:00", 420, &winter), OK);
		assert_int_equal(summer - winter, 181 * US_PER_DAY);
		assert_string_equal(
		        time_print(summer, 60, out), "2026-07-01T06:00:00+01:00");
		assert_int_equal(day_start(summer, 60) % US_PER_DAY, 23 * US_PER_HOUR);
	}
	if (before != NULL)
		setenv("TZ", before, 1);
	else
		unsetenv("TZ");
	tzset();
	free(before);
}

static void dates_that_do_not_exist_are_known(void **state)
{
	struct civil c = { .year = 2024, .month = 2, .day = 29 };
	assert_true(civil_valid(&c));
	c.year = 2023;
	assert_false(civil_valid(&c));
	c.year = 2000;
	assert_true(civil_valid(&c));
	c.year = 1900;
	assert_false(civil_valid(&c));
	c = (struct civil){ .year = 2026, .month = 1, .day = 1, .hour = 23 };
	assert_true(civil_valid(&c));
	c.hour = 24;
	assert_false(civil_valid(&c));
	c = (struct civil){
		.year = 2026, .month = 1, .day = 1, .microsecond = 1000000
	};
	assert_false(civil_valid(&c));
}

/* What a person types, taken as of 2026-11-15T08:48:00+07:00. */
static void stretches_of_time_are_half_open(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text, *from, *to;
	} stretch[] = {
		{ "2026",             "2026-01-01T00:00", "2027-01-01T00:00" },
		{ "2026-11",          "2026-11-01T00:00", "2026-12-01T00:00" },
		{ "2026-12",          "2026-12-01T00:00", "2027-01-01T00:00" },
		{ "2028-02",          "2028-02-01T00:00", "2028-03-01T00:00" },
		{ "2026-11-15",       "2026-11-15T00:00", "2026-11-16T00:00" },
		{ "2026-12-31",       "2026-12-31T00:00", "2027-01-01T00:00" },
		{ "2026-11-15T08",    "2026-11-15T08:00", "2026-11-15T09:00" },
		{ "2026-11-15 23",    "2026-11-15T23:00", "2026-11-16T00:00" },
		{ "today",            "2026-11-15T00:00", "2026-11-16T00:00" },
		{ "yesterday",        "2026-11-14T00:00", "2026-11-15T00:00" },
		{ "now",              "2026-11-15T08:48", "2026-11-15T08:48" },
		{ "now-6h",           "2026-11-15T02:48", "2026-11-15T08:48" },
		{ "now-90s",          "2026-11-15T08:46:30", "2026-11-15T08:48" },
		{ "now-1d",           "2026-11-14T08:48", "2026-11-15T08:48" },
		{ "2026-11-15T08:48", "2026-11-15T08:48", "2026-11-15T08:48" },
		{ "2026-11-15T01:48Z", "2026-11-15T08:48", "2026-11-15T08:48" },
	};
	/* clang-format on */
	int64_t now, from, to, want;
	assert_int_equal(time_parse("2026-11-15T08:48", 420, &now), OK);
	for (size_t i = 0; i < sizeof stretch / sizeof stretch[0]; i++) {
		assert_status(stretch[i].text,
		        interval_parse(stretch[i].text, 420, now, &from, &to), OK);
		assert_int_equal(time_parse(stretch[i].from, 420, &want), OK);
		assert_int_equal(from, want);
		assert_int_equal(time_parse(stretch[i].to, 420, &want), OK);
		assert_int_equal(to, want);
	}
}

static void what_is_no_stretch_is_refused(void **state)
{
	static const char *const bad[] = { "", "202", "20266", "2026-", "2026-1",
		"2026-13", "2026-00", "2026-11-", "2026-11-1", "2026-02-29",
		"2026-11-15T", "2026-11-15T24", "2026-11-15T8", "tomorrow", "Today",
		"now-", "now-6", "now+6h", "now-6h ", "now 6h", "now--6h", "0000",
		"now-99999999999999d", "yesterdays" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int64_t from = 1, to = 2;
		assert_status(
		        bad[i], interval_parse(bad[i], 420, 0, &from, &to), MALFORMED);
		assert_int_equal(from, 1);
		assert_int_equal(to, 2);
	}
}

static void offsets_are_read_and_written(void **state)
{
	static const char *const bad[] = { "", "7", "+7", "+07", "+0700", "07:00",
		"+07:60", "+14:01", "-14:01", "+24:00", "+07:00 ", "Z", "+0a:00",
		"+07.00", "--7:00" };
	char out[8];
	int minutes;

	for (int m = -840; m <= 840; m++) {
		assert_int_equal(offset_parse(offset_print(m, out), &minutes), OK);
		assert_int_equal(minutes, m);
	}
	assert_string_equal(offset_print(-210, out), "-03:30");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_status(bad[i], offset_parse(bad[i], &minutes), MALFORMED);
}

static void durations_need_a_unit(void **state)
{
	static const struct {
		const char *text;
		double seconds;
	} good[] = { { "10ms", 0.01 }, { "90s", 90 }, { "5min", 300 }, { "1h", 3600 },
		{ "24h", 86400 }, { "60d", 5184000 }, { "1.5h", 5400 }, { "0s", 0 },
		{ "5 min", 300 } };
	static const char *const bad[] = { "", "5", "5m", "min", "-5min", "+5min",
		"5.min", ".5min", "5min ", " 5min", "5 5min", "0x5s", "1e3s", "5mins",
		"5,5s", "1h30min", "infs", "nans", "400000d", "5MIN" };
	double seconds = 7;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_int_equal(duration_parse(good[i].text, &seconds), OK);
		assert_close(seconds, good[i].seconds, 0);
	}
	seconds = 7;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_status(bad[i], duration_parse(bad[i], &seconds), MALFORMED);
	}
	assert_close(seconds, 7, 0);
}

static void periods_begin_on_the_legal_day(void **state)
{
	int64_t t, want;
	assert_int_equal(time_parse("2026-11-15T00:04:59.999999", 420, &t), OK);
	assert_int_equal(time_parse("2026-11-15T00:00", 420, &want), OK);
	assert_int_equal(day_start(t, 420), want);
	assert_int_equal(period_start(t, 5 * US_PER_MIN, 420), want);
	assert_int_equal(
	        period_start(t + 1, 5 * US_PER_MIN, 420), want + 5 * US_PER_MIN);
	assert_int_equal(period_start(want - 1, US_PER_HOUR, 420), want - US_PER_HOUR);
	assert_int_equal(day_start(want - 1, 420), want - US_PER_DAY);
	/* at +05:45 an hour does not begin with an hour of UTC */
	assert_int_equal(time_parse("2026-11-15T10:59", 345, &t), OK);
	assert_int_equal(time_parse("2026-11-15T10:00", 345, &want), OK);
	assert_int_equal(period_start(t, US_PER_HOUR, 345), want);
	assert_int_equal(day_start(-1, 0), -US_PER_DAY);
}

static void a_date_in_the_vietnamese_order_can_be_turned_round(void **state)
{
	static const char *const good[][2] = { { "28/11/2026", "2026-11-28" },
		{ "5/1/2026", "2026-01-05" }, { "28-11-2026", "2026-11-28" },
		{ "28.11.2026", "2026-11-28" }, { "29/2/2028", "2028-02-29" },
		{ "28/11/2026 08:48", "2026-11-28T08:48" },
		{ "28/11/2026T8:48:30", "2026-11-28T8:48:30" } };
	static const char *const bad[] = { "", "28", "28/11", "28/11/26", "29/2/2026",
		"0/1/2026", "11/28/2026", "28/11-2026", "2026-11-28",
		"28/11/2026 25:00", "28/11/2026 noon", "28//2026", "128/11/2026",
		"28/11/2026 00000000000000000000000000000000000000000000" };
	char out[TIME_TEXT];
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_int_equal(date_turn(good[i][0], out), OK);
		assert_string_equal(out, good[i][1]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (date_turn(bad[i], out) != MALFORMED)
			fail_msg("'%s' became '%s'", bad[i], out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_known_time_is_parsed),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(every_cut_of_a_time_is_refused_or_coarser),
		cmocka_unit_test(times_are_printed_at_their_offset),
		cmocka_unit_test(
		        the_calendar_agrees_with_the_c_library_on_every_day_to_2100),
		cmocka_unit_test(random_times_survive_the_round_trip),
		cmocka_unit_test(summer_time_is_never_applied),
		cmocka_unit_test(dates_that_do_not_exist_are_known),
		cmocka_unit_test(stretches_of_time_are_half_open),
		cmocka_unit_test(what_is_no_stretch_is_refused),
		cmocka_unit_test(offsets_are_read_and_written),
		cmocka_unit_test(durations_need_a_unit),
		cmocka_unit_test(periods_begin_on_the_legal_day),
		cmocka_unit_test(a_date_in_the_vietnamese_order_can_be_turned_round),
	};
	return cmocka_run_group_tests_name("legal_time", tests, NULL, NULL);
}
