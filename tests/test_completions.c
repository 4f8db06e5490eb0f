/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bash offers behind quantrac, with the real program. */
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cabinet_fixture.h"

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
	offers(*state, "ser", " serial ");
	offers(*state, "\"\"", " instrument ");
	offers(*state, "\"\"", " station ");
	offers(*state, "serial \"\"", " list monitor probe ");
	offers(*state, "serial pr", " probe ");
	offers(*state, "instrument sh", " show ");
	offers(*state, "station \"\"", " add ");
	offers(*state, "station t", " test ");
	offers(*state, "config \"\"", " check explain ");
}

static void options_are_those_of_the_command(void **state)
{
	offers(*state, "serial probe --i", " --i-own-this-bus ");
	offers(*state, "station add --untes", " --untested ");
	offers(*state, "station test --f", " --for --format ");
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
	offers(*state, "instrument show krohne", " krohne-ifc050 ");
	offers(*state, "station add --model hach-uv", " hach-uvas-sc ");
	fixture_write(*state, "zz.yaml", "x");
	offers(*state, "simulate zz", " zz.yaml ");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	char folder[4096];
	const struct CMUnitTest tests[] = {
		WITH(commands_and_their_words_are_offered),
		WITH(options_are_those_of_the_command),
		WITH(names_are_those_that_are_known),
	};
	if (realpath(project_file("sensors/profiles"), folder) != NULL)
		setenv("QUANTRAC_PROFILES", folder, 1);
	return cmocka_run_group_tests_name("completions", tests, NULL, NULL);
}
