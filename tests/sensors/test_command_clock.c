/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that set an instrument's clock: the time in each form, and what comes back. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/kits/command_kit.h"

static void a_clock_is_the_stations(void **state)
{
	struct profile *profile = command_profile(command_probe(probe_commands));
	struct instrument probe = command_instrument(profile);
	uint8_t bytes[COMMAND_MOST];
	char text[128];
	for (size_t i = 0; i < profile->n_commands; i++)
		assert_int_equal(command_sets_clock(&profile->command[i]),
		        (int)i == command_find(profile, "set_date"));
	command_sent(&probe, "set_date", "", bytes);
	assert_true(command_text(bytes, 21, text, sizeof text));
	assert_string_equal(text, "7date 11-09-26 12:00\\r");
	probe.utc_offset_min = 0;
	command_sent(&probe, "set_date", "", bytes);
	command_text(bytes, 21, text, sizeof text);
	assert_string_equal(text, "7date 11-09-26 05:00\\r");
	profile_free(profile);
}

/* COMMAND_NOON is 6AF15350h; 2026-11-09 12:00:00 at the station. */
static void a_clock_in_registers_has_the_form_of_its_profile(void **state)
{
	static const struct {
		const char *form, *bytes;
	} known[] = {
		{ "tai64n, leap: 0",
		        "11 10 00 10 00 06 0C 40 00 00 00 6A F1 53 50 00 00 00 00" },
		{ "words", "11 10 00 10 00 06 0C 07 EA 00 0B 00 09 00 0C 00 00 00 00" },
		{ "seconds, order: ABCD", "11 10 00 10 00 02 04 6A F1 53 50" },
		{ "seconds, order: CDAB", "11 10 00 10 00 02 04 53 50 6A F1" },
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		char line[240];
		uint8_t bytes[COMMAND_MOST];
		snprintf(line, sizeof line,
		        "  - {name: set_clock, label_en: C, label_vi: C, changes: "
		        "clock, function: 16, address: 16, clock: %s, source: s}\n",
		        known[i].form);
		struct profile *profile = command_profile(command_gas(line));
		struct instrument gas = command_instrument(profile);
		assert_contains(
		        command_sent(&gas, "set_clock", "", bytes), known[i].bytes);
		profile_free(profile);
	}
}

static void another_time_than_was_sent_leaves_it_open(void **state)
{
	struct profile *profile = command_profile(command_probe(
	        "  - {name: set_date, label_en: D, label_vi: D, changes: clock, "
	        "clock: 'MM-DD-YY', send: '{address}date {value}\\r', "
	        "done: ['date {value} ok\\r'], source: page 6}\n"));
	struct instrument probe = command_instrument(profile);
	struct command_outcome outcome;
	struct command_asked asked = command_ask(&probe, "set_date", ""); /* of 1970 */
	assert_int_equal(
	        command_answer(&asked, "date 01-01-70 ok\r", 17, &outcome), 17);
	assert_int_equal(outcome.kind, COMMAND_DONE);
	assert_int_equal(
	        command_answer(&asked, "date 01-02-70 ok\r", 17, &outcome), 17);
	assert_int_equal(outcome.kind, COMMAND_UNKNOWN);
	assert_contains(outcome.why, "another number or time");
	profile_free(profile);
}

/* As the public program that is its source writes it, frame check and all. */
static void the_clock_of_a_spectrolyser_is_as_its_source_has_it(void **state)
{
	struct profile *profile;
	struct problem why;
	struct command_outcome outcome;
	static const uint8_t done[] = { 1, 16, 0, 16, 0, 6, 0x41, 0xCE };
	uint8_t bytes[COMMAND_MOST];
	assert_int_equal(profile_find(&profile, "scan-spectrolyser",
	                         project_file("sensors/profiles"), stderr, &why),
	        OK);
	struct instrument probe = command_instrument(profile);
	probe.slave = 1;
	assert_string_equal(command_sent(&probe, "set_clock", "", bytes),
	        "01 10 00 10 00 06 0C 40 00 00 00 6A F1 53 50 00 00 00 00 AC D3");
	assert_true(command_sets_clock(&profile->command[0]));
	struct command_asked asked = command_ask(&probe, "set_clock", "");
	assert_int_equal(command_answer(&asked, done, sizeof done, &outcome), 8);
	assert_int_equal(outcome.kind, COMMAND_DONE);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_is_the_stations),
		cmocka_unit_test(a_clock_in_registers_has_the_form_of_its_profile),
		cmocka_unit_test(another_time_than_was_sent_leaves_it_open),
		cmocka_unit_test(the_clock_of_a_spectrolyser_is_as_its_source_has_it),
	};
	return cmocka_run_group_tests_name("command_clock", tests, NULL, NULL);
}
