/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What make bench says of bounds, and how it ends, without a bench being run. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/e2e_cabinet.h"

/* How the bounds of one row are told; `code` 0: all held. */
static char *told(const char *row, int code)
{
	int got;
	char *text = run_command(&got,
	        "cd %s && /usr/bin/python3 -B -c \"import sys, bounds\n"
	        "row = {'form': 'a journal', 'load': 0.25, 'cpu': 0.3, 'peak': 8.0, "
	        "'late': (1, 2.5, 9), 'missed': 0, 'polls': 1920} | %s\n"
	        "sys.exit(not bounds.all_held([('TCP', row)]))\" 2>&1",
	        project_file("tests/rivals"), row);
	if (got != code)
		fail_msg("ended with %d: %s", got, text);
	return text;
}

static void a_bound_that_is_not_held_fails_and_stands_beside_the_load(void **state)
{
	char *text = told("{}", 0);
	assert_contains(text, "TCP, a journal: CPU 0.30 of at most 1.5 % of a core: "
	                      "held (load average 0.2)\n");
	assert_null(strstr(text, "NOT HELD"));
	free(text);
	text = told("{'peak': 10.09, 'load': 7}", 1);
	assert_contains(text, "resident 10.09 of at most 10 MiB: NOT HELD (load "
	                      "average 7.0)\n");
	assert_contains(text, "polls missed 0 of 1920: held");
	free(text);
	free(told("{'cpu': 1.51}", 1));
	free(told("{'late': (1, 20.1, 30)}", 1));
	free(told("{'missed': 1}", 1));
	free(told("{'cpu': 1.5, 'peak': 10, 'late': (1, 20, 30)}", 0));
}

/* The others run, and their figures stand there. */
static void a_bench_that_fails_fails_the_run_once_all_have_run(void **state)
{
	int code;
	fixture_write(*state, "good", "#!/bin/sh\necho speed 3 s\n");
	fixture_write(*state, "bad", "#!/bin/sh\nexit 1\n");
	char *text =
	        run_command(&code, "cd %s && chmod +x good bad && %s ./bad ./good 2>&1",
	                (char *)*state, project_file("tests/run-benches"));
	assert_int_equal(code, 1);
	assert_contains(text, "run-benches: ./bad failed");
	assert_contains(text, "  speed ");
	free(text);
	text = run_command(&code, "cd %s && %s ./good ./good", (char *)*state,
	        project_file("tests/run-benches"));
	assert_int_equal(code, 0);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        a_bound_that_is_not_held_fails_and_stands_beside_the_load),
		cmocka_unit_test_setup_teardown(
		        a_bench_that_fails_fails_the_run_once_all_have_run,
		        scratch_make, scratch_remove),
	};
	return cmocka_run_group_tests_name("bench_bounds", tests, NULL, NULL);
}
