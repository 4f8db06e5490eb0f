/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A profile's commands are refused with line and cure where they could not be sent, or nobody could know
 * what they do. */
#include "tests/kits/check.h"

#include "sensors/tables/command.h"
#include "tests/kits/command_kit.h"

#define HEAD "  - {name: a, label_en: A, label_vi: A, changes: zero, "
#define TAIL "source: page 1}\n"

static void what_is_right_is_taken(void **state)
{
	profile_free(command_profile(command_gas(gas_commands)));
	profile_free(command_profile(command_probe(probe_commands)));
}

static void a_command_without_a_source_is_refused(void **state)
{
	command_complaint(
	        command_gas(HEAD "function: 5, address: 1, values: [1]}\n"), "source");
	command_complaint(
	        command_gas(
	                HEAD "function: 5, address: 1, values: [1], source: ' '}\n"),
	        "command 'a' has no source");
	command_complaint(
	        command_probe(HEAD "send: 'x\\r', done: ['y\\r']}\n"), "source");
}

static void each_is_named_once_and_says_what_it_changes(void **state)
{
	command_complaint(
	        command_gas(HEAD "function: 5, address: 1, values: [1], " TAIL HEAD
	                         "function: 5, address: 2, values: [1], " TAIL),
	        "a second command 'a'");
	command_complaint(
	        command_gas("  - {name: a, label_en: A, label_vi: A, changes: zeroes, "
	                    "function: 5, address: 1, values: [1], " TAIL),
	        "zeroes");
}

static void a_number_has_both_bounds(void **state)
{
#define RANGE HEAD "function: 16, address: 1, type: f32, order: ABCD, "
	command_complaint(command_gas(RANGE "low: 1, " TAIL), "low or high is missing");
	command_complaint(
	        command_gas(RANGE "high: 1, " TAIL), "low or high is missing");
	command_complaint(command_gas(RANGE TAIL), "a number without bounds");
	command_complaint(
	        command_gas(RANGE "low: 2, high: 2, " TAIL), "the range 2..2 is empty");
}

static void a_write_that_modbus_does_not_know_is_refused(void **state)
{
	command_complaint(
	        command_gas(HEAD "function: 7, address: 1, values: [1], " TAIL),
	        "function 7 writes nothing");
	command_complaint(
	        command_gas(HEAD "function: 5, address: 1, values: [2], " TAIL),
	        "'2' cannot be written");
	command_complaint(
	        command_gas(HEAD "function: 6, address: 1, values: [65536], " TAIL),
	        "'65536' cannot be written");
	profile_free(command_profile(
	        command_gas(HEAD "function: 6, address: 1, values: [65535], " TAIL)));
	command_complaint(
	        command_gas(HEAD "function: 6, address: 1, values: [1, 2], " TAIL),
	        "function 6 writes one");
	command_complaint(
	        command_gas(HEAD "function: 6, address: 1, clock: words, " TAIL),
	        "a time is written into registers");
	command_complaint(
	        command_gas(HEAD "function: 16, address: 1, clock: seconds, " TAIL),
	        "seconds need `order`");
	command_complaint(command_gas(HEAD "function: 16, address: 1, values: [1], "
	                                   "clock: words, " TAIL),
	        "it is not said what command");
	command_complaint(command_gas(HEAD "function: 6, address: 1, " TAIL),
	        "it is not said what command 'a' writes");
	command_complaint(
	        command_gas(HEAD "function: 16, address: 1, values: [1], type: u16, "
	                         "low: 0, high: 1, " TAIL),
	        "it is not said what command 'a' writes");
	command_complaint(
	        command_gas(HEAD "function: 6, address: 1, values: [1], low: 0, "
	                         "high: 1, " TAIL),
	        "what is written is fixed");
}

static void a_number_must_fit_its_type_and_its_function(void **state)
{
#define NUMBER(function, type, low, high)                                              \
	command_gas(HEAD "function: " function ", address: 1, type: " type             \
	                 ", low: " low ", high: " high ", " TAIL)
	profile_free(command_profile(NUMBER("6", "u16", "0", "65535")));
	command_complaint(
	        NUMBER("6", "u16", "0", "65536"), "type u16 cannot hold 0..65536");
	command_complaint(NUMBER("6", "u16", "-1", "1"), "type u16 cannot hold -1..1");
	command_complaint(NUMBER("6", "f32, order: ABCD", "0", "1"),
	        "function 6 writes one register");
	command_complaint(NUMBER("16", "f32", "0", "1"), "type f32 needs `order`");
	command_complaint(
	        NUMBER("5", "u16", "0", "1"), "a number is written into registers");
	command_complaint(
	        NUMBER("6", "bit", "0", "1"), "a number is written into registers");
}

static void a_text_is_sent_whole_and_its_answer_is_not_its_echo(void **state)
{
	command_complaint(command_probe(HEAD "send: '{x}\\r', done: ['y\\r'], " TAIL),
	        "a command cannot have other fields");
	command_complaint(
	        command_probe(HEAD "send: 'a {value}\\r', done: ['y\\r'], " TAIL),
	        "nothing says what {value} is");
	command_complaint(
	        command_probe(
	                HEAD "send: 'a\\r', done: ['y\\r'], low: 0, high: 1, " TAIL),
	        "the number is not sent");
	command_complaint(command_probe(HEAD "send: 'a\\r', done: ['a\\r'], " TAIL),
	        "gives command 'a' back would pass for its answer");
	command_complaint(command_probe(HEAD "send: 'a {\\r', done: ['y\\r'], " TAIL),
	        "the template cannot be read");
	command_complaint(
	        command_probe(HEAD "send: 'a {value}\\r', done: ['y\\r'], clock: "
	                           "'MMM', " TAIL),
	        "'MMM' is no form of a time");
	command_complaint(
	        command_probe(HEAD "send: 'a {value}\\r', done: ['y\\r'], clock: "
	                           "'hh:mm', low: 0, high: 1, " TAIL),
	        "the clock is the station's, and takes no number");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_right_is_taken),
		cmocka_unit_test(a_command_without_a_source_is_refused),
		cmocka_unit_test(each_is_named_once_and_says_what_it_changes),
		cmocka_unit_test(a_number_has_both_bounds),
		cmocka_unit_test(a_write_that_modbus_does_not_know_is_refused),
		cmocka_unit_test(a_number_must_fit_its_type_and_its_function),
		cmocka_unit_test(a_text_is_sent_whole_and_its_answer_is_not_its_echo),
	};
	return cmocka_run_group_tests_name("command_check", tests, NULL, NULL);
}
