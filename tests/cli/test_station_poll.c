/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How quantrac station test tells its polls: the first in full, then a line each, and in full again what goes
 * otherwise; the verdict on
 * another model. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "cli/station.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/line_kit.h"
#include "tests/kits/station_head.h"

static pid_t begin(const char *folder)
{
	fixture_profiles(folder);
	fixture_write(folder, "scenario.yaml",
	        "scenario: {name: test, seed: 7, profiles: profiles}\n"
	        "ports: [{id: bus, mode: rtu}]\n"
	        "instruments:\n"
	        "  - {id: cod, profile: fixture-water, port: bus, slave: 3, channels: "
	        "[{name: cod, mean: 42.5}, {name: ph, mean: 7.25}], delay: 2ms}\n"
	        "  - {id: refusing, profile: fixture-water, port: bus, slave: 4}\n"
	        "scenes: [{from: live +0s, to: live +600s, instrument: refusing, "
	        "exception: 2}]\n");
	fixture_write(folder, "station.yaml", "%s",
	        STATION_HEAD
	        "profiles: profiles\n"
	        "ports: [{id: bus, path: run/bus}]\n"
	        "instruments:\n"
	        "  - {id: cod, profile: fixture-water, port: bus, slave: 3}\n"
	        "  - {id: refusing, profile: fixture-water, port: bus, slave: 4}\n");
	return line_simulate(folder, "run/bus", 0);
}

static void the_first_poll_is_told_in_full_and_the_others_in_a_line(void **state)
{
	pid_t line = begin(*state);
	char *text = line_said(*state, "station test cod --for 2500ms --lang en", 0);
	assert_int_equal(times_in(text, "  -> 03 04 00 64 "), 1);
	assert_int_equal(times_in(text, "+07:00  COD 42.5 mg/L  TSS 0.0 mg/L  pH 7.25  "
	                                "Flow 0.0 m³/h  after "),
	        2);
	assert_int_equal(times_in(text, " ms\n"), 4);
	assert_contains(text, "-v: all in full");
	free(text);
	text = line_said(*state, "station test cod --for 2500ms -v --lang en", 0);
	assert_int_equal(times_in(text, "  -> 03 04 00 64 "), 3);
	assert_null(strstr(text, "-v: all in full"));
	free(text);
	line_end(line);
}

static void what_fails_as_the_poll_before_did_has_a_line_with_the_reason(void **state)
{
	pid_t line = begin(*state);
	char *text = line_said(
	        *state, "station test refusing --for 2500ms --lang vi", EXIT_FOUND);
	assert_int_equal(times_in(text, "+07:00\n"), 1);
	assert_true(times_in(text, "+07:00  từ chối trả lời  sau ") >= 1);
	assert_contains(text, "có gì khác mới in đầy đủ");
	free(text);
	text = line_said(*state, "station test refusing --for 2500ms -v", EXIT_FOUND);
	assert_true(times_in(text, "+07:00\n") >= 2);
	assert_null(strstr(text, "+07:00  "));
	free(text);
	line_end(line);
}

static void another_model_than_the_profile_is_told_with_the_search_for_it(void **state)
{
	static const char command[] = "  quantrac serial probe run/bus --line \"9600 "
	                              "8N1\" --slave 4 --match\n";
	pid_t line = begin(*state);
	line_says(*state, "station test refusing --for 1s", EXIT_FOUND, command);
	char *text = line_said(
	        *state, "station test refusing --for 3s --lang vi", EXIT_FOUND);
	assert_contains(text, "từ chối yêu cầu: mã lỗi 2, thiết bị không có địa chỉ dữ "
	                      "liệu này; hồ sơ "
	                      "không hợp với thiết bị này\n");
	assert_contains(text, "Tiếp theo, xem kiểu máy nào đã biết có các thanh ghi");
	assert_contains(text, command);
	assert_null(strstr(text, "exception"));
	free(text);
	line_end(line);
}

/* The very polls, without a line: what makes one worth telling in full. */
static void another_state_or_one_request_more_is_news(void **state)
{
	uint8_t states[2] = { STATE_OK, STATE_NO_VALUE };
	double values[2] = { 42.5, NAN };
	const struct reading_parts parts = {
		.n_channels = 2, .state = states, .value = values
	};
	const struct trial_pass pass[] = { { .sent = true }, { .mono_us = 1 },
		{ .sent = true }, { .mono_us = 2 } };
	struct trial_reading reading = { .parts = &parts, .pass = pass, .n_passes = 2 };
	struct station_polls polls = { 0 };
	assert_true(station_poll_is_news(&polls, &reading));
	assert_false(station_poll_is_news(&polls, &reading));
	reading.n_passes = 4;
	assert_true(station_poll_is_news(&polls, &reading));
	reading.n_passes = 2;
	assert_false(station_poll_is_news(&polls, &reading));
	states[1] = STATE_OK;
	assert_true(station_poll_is_news(&polls, &reading));
	states[1] = STATE_UNCHANGED;
	assert_false(station_poll_is_news(&polls, &reading));
	states[1] = STATE_OK;
	assert_false(station_poll_is_news(&polls, &reading));
	values[0] = 2.7e-14; /* tiny: mostly another word order */
	assert_true(station_poll_is_news(&polls, &reading));
	values[0] = 42.5;
	states[0] = STATE_SILENT;
	assert_true(station_poll_is_news(&polls, &reading));
	assert_false(station_poll_is_news(&polls, &reading));
	reading.n_passes = 4; /* a failing one is asked again as often as it may */
	assert_false(station_poll_is_news(&polls, &reading));
	states[0] = STATE_REFUSED;
	assert_true(station_poll_is_news(&polls, &reading));
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_first_poll_is_told_in_full_and_the_others_in_a_line),
		WITH(what_fails_as_the_poll_before_did_has_a_line_with_the_reason),
		WITH(another_model_than_the_profile_is_told_with_the_search_for_it),
		cmocka_unit_test(another_state_or_one_request_more_is_news),
	};
	unsetenv("LANG");
	unsetenv("LC_ALL");
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	return cmocka_run_group_tests_name("station_poll", tests, NULL, NULL);
}
