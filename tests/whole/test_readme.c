/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What README.md tells somebody to type, typed; and what messages name, installed. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* tests/readme says what it did; on failure all of it is shown. */
static void the_lines_for_a_pair_end_with_a_signed_sealed_day(void **state)
{
	int code; /* of tail */
	char script[4096];
	snprintf(script, sizeof script, "%s", project_file("tests/readme"));
	char *text = run_command(&code, "%s $(realpath %s) %s 2>&1 | tail -n 60",
	        script, project_file(""), (const char *)*state);
	if (strstr(text, "a pair runs: ") == NULL)
		fputs(text, stdout);
	assert_contains(text, "DỮ LIỆU MÔ PHỎNG");
	assert_contains(text,
	        "1 checkpoints, 0 co-signed, 0 revoked, 0 time stamps: OK\n"
	        "a pair runs: ");
	free(text);
}

static void the_lines_to_a_first_instrument_end_with_its_values(void **state)
{
	int code;
	char script[4096];
	snprintf(script, sizeof script, "%s", project_file("tests/readme-first"));
	char *text = run_command(&code, "%s $(realpath %s) %s 2>&1", script,
	        project_file(""), (const char *)*state);
	if (code != 0)
		fputs(text, stdout);
	assert_int_equal(code, 0);
	assert_contains(text, "ph (slave 1, bus 9600 8N1): answers every poll\n");
	assert_contains(text, "a first instrument: ");
	free(text);
}

/* One unit for each that a message or a page names, and systemd finds nothing to say. */
static void units_that_are_named_are_installed_and_sound(void **state)
{
	int code;
	const char *dir = *state;
	char root[4096];
	snprintf(root, sizeof root, "%s", project_file(""));
	char *text = run_command(&code,
	        "env -u MAKEFLAGS -u MAKELEVEL make -s -C %s install PREFIX=%s/usr "
	        "2>&1",
	        root, dir);
	if (code != 0)
		print_error("%s\n", text);
	assert_int_equal(code, 0);
	free(text);
	text = run_command(&code,
	        "cd %s && for unit in $(grep -rhoE 'systemctl [a-z]+ "
	        "\"?\\s*\"?quantrac-[a-z]+"
	        "|quantrac-[a-z]+\\.service' base sensors collector cli docs README.md "
	        "| "
	        "grep -oE 'quantrac-[a-z]+' | sort -u); do ls "
	        "%s/usr/lib/systemd/system/$unit.service; done 2>&1",
	        root, dir);
	assert_int_equal(code, 0);
	assert_contains(text, "quantrac-sensord.service");
	assert_null(strstr(text, "No such file"));
	free(text);
	text = run_command(&code,
	        "systemd-analyze verify --man=no %s/usr/lib/systemd/system/*.service "
	        "2>&1",
	        dir);
	assert_string_equal(text, "");
	assert_int_equal(code, 0);
	free(text);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_lines_for_a_pair_end_with_a_signed_sealed_day),
		WITH(the_lines_to_a_first_instrument_end_with_its_values),
		WITH(units_that_are_named_are_installed_and_sound),
	};
	return cmocka_run_group_tests_name("readme", tests, NULL, NULL);
}
