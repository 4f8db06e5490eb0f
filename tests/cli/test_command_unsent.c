/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that are kept back: nothing of them is on the line. */
#include "tests/kits/check.h"

#include "tests/kits/command_line.h"

/* ---- what is not sent ---- */

static void a_dead_instrument_gets_no_command(void **state)
{
	command_line_make(*state,
	        "scenes: [{name: s, from: day 1, to: day 2, instrument: probe, silent: "
	        "yes}]\n",
	        "");
	command_line_run(20 * SECOND);
	assert_int_equal(command_line_give(2, "calibrate", "40.5"), OK);
	command_line_run(40 * SECOND);
	command_line_became(
	        REFUSED, "the instrument does not answer, or its line is busy");
	assert_false(line.written.sent);
	assert_int_equal(line.spied[1].seen, 0);
}

static void maintenance_that_ends_before_it_goes_out_keeps_it_back(void **state)
{
	command_line_make(*state, "", "");
	command_line_run(3 * SECOND);
	line.ended = true;
	assert_int_equal(command_line_give(0, "zero", ""), OK);
	command_line_run(3 * SECOND);
	command_line_became(REFUSED, "maintenance has ended");
	assert_false(line.written.sent);
	assert_int_equal(line.spied[0].seen, 0);
}

static void a_line_that_is_listened_to_is_never_written(void **state)
{
	command_line_make(*state, "", ", master: other");
	command_line_run(2 * SECOND);
	assert_int_equal(command_line_give(0, "zero", ""), REFUSED);
	command_line_run(60 * SECOND);
	assert_int_equal(line.n_written, 0);
	assert_int_equal(line.spied[0].n_writes, 0);
}

static void one_at_a_time(void **state)
{
	command_line_make(*state, "", "");
	command_line_run(2 * SECOND);
	assert_int_equal(command_line_give(0, "zero", ""), OK);
	assert_int_equal(command_line_give(1, "zero", ""), REFUSED);
	command_line_run(2 * SECOND);
	assert_int_equal(line.n_written, 1);
	assert_int_equal(command_line_give(1, "zero", ""), OK);
}

#define EACH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, command_line_setup, command_line_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_dead_instrument_gets_no_command),
		EACH(maintenance_that_ends_before_it_goes_out_keeps_it_back),
		EACH(a_line_that_is_listened_to_is_never_written),
		EACH(one_at_a_time),
	};
	return cmocka_run_group_tests_name("command_unsent", tests, NULL, NULL);
}
