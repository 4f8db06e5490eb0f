/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bash offers behind quantrac, with the real program. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kits/cabinet_fixture.h"

/* What is offered for the last of the words, between blanks. */
static char *offered(const char *folder, const char *words)
{
	char file[4096], program[4096];
	int code;
	assert_non_null(realpath(project_file("packaging/completions/quantrac"), file));
	assert_non_null(realpath(project_file("build/san/quantrac"), program));
	char *text = run_command(&code,
	        "cd %s && QUANTRAC_CONFIG=station.yaml bash -c 'source %s; "
	        "COMP_WORDS=(%s "
	        "%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _quantrac; echo \" "
	        "${COMPREPLY[*]} \"'",
	        folder, file, program, words);
	assert_int_equal(code, 0);
	return text;
}

static void offers(const char *folder, const char *words, const char *part)
{
	char *text = offered(folder, words);
	assert_contains(text, part);
	free(text);
}

static void commands_and_their_words_are_offered(void **state)
{
	static const char *const commands[] = { " config ", " get ", " instrument ",
		" serial ", " simulate ", " station ", " status ", " watch " };
	static const char *const of_station[] = { " add ", " emptied ", " maintenance ",
		" test " };
	offers(*state, "ser", " serial ");
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		offers(*state, "\"\"", commands[i]);
	for (size_t i = 0; i < sizeof of_station / sizeof of_station[0]; i++)
		offers(*state, "station \"\"", of_station[i]);
	offers(*state, "instrument \"\"", " list show ");
	offers(*state, "serial \"\"", " list monitor probe ");
	offers(*state, "serial pr", " probe ");
	offers(*state, "instrument sh", " show ");
	offers(*state, "station t", " test ");
	offers(*state, "config \"\"", " check explain ");
}

static void options_are_those_of_the_command(void **state)
{
	offers(*state, "serial probe --i", " --i-own-this-bus ");
	offers(*state, "station add --untes", " --untested ");
	offers(*state, "station test --f", " --for --format ");
	offers(*state, "serial probe x --mode \"\"", " tcp rtu-over-tcp ascii ");
	offers(*state, "serial probe x --lang \"\"", " vi en vi,en ");
	offers(*state, "simulate --sp", " --speed ");
}

static void names_are_those_that_are_known(void **state)
{
	fixture_write(*state, "station.yaml",
	        "zone: {id: kcn-mau}\n"
	        "ports:\n  - {id: bus}\n"
	        "instruments:   # two\n"
	        "  - {id: cod, profile: x}\n"
	        "  - id: flow-1\n"
	        "    profile: y\n"
	        "outlets: [{id: cua-xa}]\n");
	offers(*state, "station test \"\"", " cod flow-1 ");
	offers(*state, "station maintenance \"\"", " cod flow-1 ");
	offers(*state, "station maintenance cod \"\"", " on off ");
	offers(*state, "station command \"\"", " cod flow-1 ");
	offers(*state, "instrument show krohne", " krohne-ifc050 ");
	offers(*state, "station add --model hach-uv", " hach-uvas-sc ");
	fixture_write(*state, "zz.yaml", "x");
	offers(*state, "simulate zz", " zz.yaml ");
}

/* A maker may have a comma in his name; it stands in quotes then. */
static void a_comma_in_a_name_shifts_no_port(void **state)
{
	int code;
	char *text = run_command(&code,
	        "bash -c 'source %s; listing() { printf "
	        "\"port,adapter,usb_id,serial,bus,"
	        "address,by_id,by_path,name\\n"
	        "/dev/ttyUSB0,\\\"Prolific, \\\"\\\"PL\\\"\\\", "
	        "Inc\\\",a,b,c,d,e,f,/dev/serial/"
	        "by-id/usb-x,why\\n\"; }; _quantrac_ports listing'",
	        project_file("packaging/completions/quantrac"));
	assert_int_equal(code, 0);
	assert_string_equal(text, "/dev/serial/by-id/usb-x\n");
	free(text);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	char folder[4096];
	const struct CMUnitTest tests[] = {
		WITH(commands_and_their_words_are_offered),
		WITH(options_are_those_of_the_command),
		WITH(names_are_those_that_are_known),
		WITH(a_comma_in_a_name_shifts_no_port),
	};
	if (realpath(project_file("sensors/profiles"), folder) != NULL)
		setenv("QUANTRAC_PROFILES", folder, 1);
	return cmocka_run_group_tests_name("completions", tests, NULL, NULL);
}
