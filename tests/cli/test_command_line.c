/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command on its line: written once, between two polls, and no poll is lost by it. */
#include "tests/kits/check.h"

#include <string.h>

#include "tests/kits/command_line.h"

/* ---- what is done ---- */

static void a_command_is_written_once_and_costs_no_poll(void **state)
{
	command_line_make(*state, "", "");
	command_line_run(10 * SECOND);
	size_t before[3];
	memcpy(before, line.good, sizeof before);
	assert_int_equal(command_line_give(0, "zero", ""), OK);
	command_line_run(10 * SECOND);
	command_line_became(OK, "");
	assert_int_equal(line.written.n, 8);
	assert_memory_equal(line.answer, line.request, 8);
	assert_int_equal(line.spied[0].seen, 1);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(line.good[i] - before[i], 10);
}

static void what_is_written_is_read_from_then_on(void **state)
{
	command_line_make(*state, "", "");
	command_line_run(3 * SECOND);
	assert_int_equal(command_line_give(0, "set_range", "50"), OK);
	command_line_run(3 * SECOND);
	command_line_became(OK, "");
	assert_close(scenario_shown(line.scenario, &line.scenario->instrument[0], 1,
	                     line.now.time_us),
	        50, 0);
	assert_close(scenario_shown(line.scenario, &line.scenario->instrument[1], 1,
	                     line.now.time_us),
	        25, 0);
}

static void a_text_command_is_done(void **state)
{
	command_line_make(*state, "", "");
	command_line_run(3 * SECOND);
	assert_int_equal(command_line_give(2, "calibrate", "40.5"), OK);
	command_line_run(3 * SECOND);
	command_line_became(OK, "");
	assert_memory_equal(line.request, "7cal 40.5\r", 10);
	assert_int_equal(line.spied[1].seen, 1);
	assert_int_equal(line.good[2], line.readings[2]);
}

static void a_refusal_is_told_as_one(void **state)
{
	command_line_make(*state,
	        "scenes: [{name: s, from: day 1, to: day 2, commands: refused}]\n", "");
	command_line_run(3 * SECOND);
	assert_int_equal(command_line_give(0, "set_range", "50"), OK);
	command_line_run(3 * SECOND);
	command_line_became(REFUSED, "device failure");
	line.n_written = 0;
	assert_int_equal(command_line_give(2, "calibrate", "40.5"), OK);
	command_line_run(3 * SECOND);
	command_line_became(REFUSED, "");
	assert_int_equal(line.good[0], line.readings[0]);
}

/* ---- what nobody knows ---- */

static void silence_is_unknown_and_nothing_is_sent_again(void **state)
{
	command_line_make(*state,
	        "scenes: [{name: s, from: day 1, to: day 2, commands: ignored}]\n", "");
	command_line_run(10 * SECOND);
	size_t before[3];
	memcpy(before, line.good, sizeof before);
	assert_int_equal(command_line_give(0, "zero", ""), OK);
	command_line_run(60 * SECOND);
	command_line_became(TIMED_OUT, "no answer");
	assert_int_equal(line.spied[0].seen, 1);
	/* its neighbours lose nothing */
	assert_true(line.good[0] - before[0] >= 59);
	assert_true(line.good[1] - before[1] >= 59);
	assert_int_equal(line.good[2] - before[2], 60);
}

static void an_answer_too_late_is_no_answer_to_the_next_poll(void **state)
{
	command_line_make(*state,
	        "scenes: [{name: s, from: day 1, to: day 2, instrument: "
	        "probe, late: 700ms}]\n",
	        "");
	line.scenario->scene[0].late_s = 0;
	command_line_run(3 * SECOND);
	line.scenario->scene[0].late_s = 0.7;
	assert_int_equal(
	        command_line_give(2, "adjust", ""), OK); /* its answer is like one */
	command_line_run(1 * SECOND);
	command_line_became(TIMED_OUT, "no answer");
	line.scenario->scene[0].late_s = 0;
	command_line_run(30 * SECOND);
	assert_int_equal(line.odd, 0);
	assert_int_equal(line.spied[1].seen, 1);
}

static void a_line_that_goes_meanwhile_leaves_it_unknown(void **state)
{
	command_line_make(*state,
	        "scenes: [{name: s, from: day 1 00:00, to: day 1 00:02, port: bus, "
	        "commands: ignored}, {name: c, from: day 1 00:01, to: day 1 00:02, "
	        "port: bus, cable: yes}]\n",
	        "");
	line.now.time_us += 50 * SECOND;
	command_line_run(9 * SECOND + SECOND * 7 / 10);
	assert_int_equal(command_line_give(0, "zero", ""), OK);
	command_line_run(2 * SECOND);
	command_line_became(TIMED_OUT, "the line was closed before an answer came");
	assert_int_equal(line.spied[0].seen, 1);
	command_line_run(120 * SECOND);
	assert_int_equal(line.spied[0].seen, 1);
}

/* Nobody knows whether it will still come; the answer to a write says that it is one. */
static void an_answer_lost_long_ago_holds_no_command_back(void **state)
{
	command_line_make(*state,
	        "scenes: [{name: s, from: 2026-11-09T00:00:05, to: "
	        "2026-11-09T00:00:06, "
	        "instrument: gas, silent: yes}]\n",
	        "");
	command_line_run(20 * SECOND);
	assert_int_equal(poller_counts(line.poller, 0)->timeouts, 1);
	assert_int_equal(command_line_give(0, "zero", ""), OK);
	command_line_run(5 * SECOND);
	command_line_became(OK, "");
}

#define EACH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, command_line_setup, command_line_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_command_is_written_once_and_costs_no_poll),
		EACH(what_is_written_is_read_from_then_on),
		EACH(a_text_command_is_done),
		EACH(an_answer_lost_long_ago_holds_no_command_back),
		EACH(a_refusal_is_told_as_one),
		EACH(silence_is_unknown_and_nothing_is_sent_again),
		EACH(an_answer_too_late_is_no_answer_to_the_next_poll),
		EACH(a_line_that_goes_meanwhile_leaves_it_unknown),
	};
	return cmocka_run_group_tests_name("command_line", tests, NULL, NULL);
}
