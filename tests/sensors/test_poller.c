/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The poller against a bus that is not there, with a clock moved by hand. */
#include "tests/kits/check.h"

#include "tests/kits/poller_rig.h"

static void three_slaves_share_a_line(void **state)
{
	struct rig *rig = *state;
	run(rig, 60 * SECOND);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(count(rig, i, STATE_OK, 60 * SECOND), 12);
		only_these_values(rig, i, 4.0 * (double)(i + 1));
		assert_int_equal(poller_counts(rig->poller, i)->requests, 12);
		assert_int_equal(poller_counts(rig->poller, i)->timeouts, 0);
	}
	assert_int_equal(rig->n_seen, 36);
	assert_int_equal(rig->bus.opened, 1);
	assert_true(told(rig, "port bus up"));
	assert_true(told(rig, "instrument cod up"));
	assert_int_equal(rig->n_told, 4);
	assert_int_equal(lines_logged, 4);
}

static void the_time_is_that_of_the_first_byte(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].delay_us = 137 * MS;
	run(rig, SECOND);
	assert_int_equal(rig->seen[0].instrument, 0);
	int64_t after = rig->seen[0].when.time_us - START_TIME;
	assert_true(after >= 137 * MS + 5 * MS && after <= 137 * MS + 8 * MS);
}

static void a_dead_slave_costs_the_others_nothing_but_its_first_timeouts(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[2].manner = DEAD;
	run(rig, 600 * SECOND);
	assert_int_equal(count(rig, 0, STATE_OK, 600 * SECOND), 120);
	assert_int_equal(count(rig, 2, STATE_OK, 600 * SECOND), 120);
	assert_int_equal(count(rig, 1, STATE_OK, 600 * SECOND), 0);
	assert_int_equal(poller_counts(rig->poller, 0)->overruns, 0);
	assert_true(told(rig, "instrument ph down does not answer"));
	/* In its last minutes it is asked once a minute. */
	assert_in_range(count(rig, 1, STATE_SILENT, 300 * SECOND), 4, 6);
	assert_in_range(rig->bus.slave[2].asked, 12, 20);
	assert_int_equal(lines_logged, 4);
	assert_in_range(minutes_logged, 5, 10);
	rig->bus.slave[2].manner = ANSWERS;
	run(rig, 120 * SECOND);
	assert_in_range(count(rig, 1, STATE_OK, 120 * SECOND), 10, 24);
	assert_true(told(rig, "instrument ph up"));
	assert_int_equal(lines_logged, 5);
}

static void three_strikes_before_it_is_told(void **state)
{
	struct rig *rig = *state;
	run(rig, 6 * SECOND);
	size_t before = lines_logged;
	rig->bus.slave[3].manner = DEAD;
	run(rig, 9 * SECOND);
	assert_int_equal(lines_logged, before);
	rig->bus.slave[3].manner = ANSWERS;
	run(rig, 10 * SECOND);
	assert_int_equal(lines_logged, before);
	assert_false(told(rig, "cod down"));
}

static void half_an_answer_is_garbled_and_asked_for_again(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].manner = HALF;
	run(rig, 4 * SECOND);
	assert_int_equal(count(rig, 0, STATE_GARBLED, 4 * SECOND), 1);
	assert_int_equal(rig->bus.slave[1].asked, 2); /* one retry */
	assert_int_equal(poller_counts(rig->poller, 0)->malformed, 2);
	assert_int_equal(poller_counts(rig->poller, 0)->timeouts, 0);
	rig->bus.slave[1].manner = ANSWERS;
	run(rig, 6 * SECOND);
	assert_true(count(rig, 0, STATE_OK, 6 * SECOND) >= 1);
}

static void garbled_and_silent_are_told_apart(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].manner = GARBAGE;
	rig->bus.slave[2].manner = DEAD;
	rig->bus.slave[3].manner = FLIPPED;
	run(rig, 60 * SECOND);
	assert_true(count(rig, 0, STATE_GARBLED, 60 * SECOND) >= 3);
	assert_true(count(rig, 1, STATE_SILENT, 60 * SECOND) >= 3);
	assert_true(count(rig, 2, STATE_GARBLED, 60 * SECOND) >= 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(count(rig, i, STATE_OK, 60 * SECOND), 0);
	assert_true(told(rig, "instrument flow down something comes"));
	assert_true(told(rig, "instrument ph down does not answer"));
}

static void an_echo_and_noise_before_the_answer_are_skipped(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].manner = ECHOES;
	rig->bus.slave[3].manner = NOISY;
	run(rig, 20 * SECOND);
	assert_int_equal(count(rig, 0, STATE_OK, 20 * SECOND), 4);
	assert_int_equal(count(rig, 2, STATE_OK, 20 * SECOND), 4);
	assert_int_equal(poller_counts(rig->poller, 0)->echoes, 4);
	assert_int_equal(poller_counts(rig->poller, 2)->noise, 16);
}

/* The answer comes after the deadline: it is never taken for that of the next
 * request. */
static void a_late_answer_is_never_taken(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].manner = LATE;
	rig->bus.slave[1].delay_us = 700 * MS;
	for (int i = 0; i < 20; i++) {
		rig->bus.slave[1].value = 100 + i;
		run(rig, 5 * SECOND);
	}
	assert_int_equal(count(rig, 0, STATE_OK, 100 * SECOND), 0);
	assert_true(count(rig, 0, STATE_SILENT, 100 * SECOND) >= 3);
	/* While another is asked it is noise to that one, else it is counted as
	 * late. */
	assert_true(poller_counts(rig->poller, 0)->late +
	                    poller_counts(rig->poller, 1)->noise +
	                    poller_counts(rig->poller, 2)->noise >=
	            3);
	assert_int_equal(count(rig, 1, STATE_OK, 100 * SECOND), 20);
	only_these_values(rig, 1, 8);
	only_these_values(rig, 2, 12);
}

/* What one slave kept back may come after a request to another: the address tells. */
static void an_answer_of_another_slave_is_noise(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].manner = NEXT_ONE;
	run(rig, 30 * SECOND);
	only_these_values(rig, 0, 4);
	only_these_values(rig, 1, 8);
	only_these_values(rig, 2, 12);
	assert_int_equal(count(rig, 1, STATE_OK, 30 * SECOND), 6);
	assert_int_equal(count(rig, 2, STATE_OK, 30 * SECOND), 6);
}

static void exceptions_are_refusals_told_once(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[3].manner = EXCEPTION;
	rig->bus.slave[3].exception = 2;
	run(rig, 60 * SECOND);
	assert_int_equal(count(rig, 2, STATE_REFUSED, 60 * SECOND), 12);
	assert_int_equal(poller_counts(rig->poller, 2)->exceptions, 12);
	assert_true(told(rig,
	        "instrument cod refused refuses: exception 2, illegal data address; "
	        "the profile does not fit"));
	assert_false(told(rig, "cod down"));
	size_t lines = lines_logged;
	rig->bus.slave[3].exception = 6;
	run(rig, 30 * SECOND);
	assert_int_equal(lines_logged, lines + 1);
	assert_false(told(rig, "cod up"));
	rig->bus.slave[3].manner = ANSWERS;
	run(rig, 10 * SECOND);
	assert_int_equal(count(rig, 2, STATE_OK, 10 * SECOND), 2);
	assert_true(told(rig, "instrument cod up answers"));
	assert_int_equal(lines_logged, lines + 2);
}

/* Two blocks, one of which the device does not know: that is one change, not two at
 * every poll. */
static void a_refused_block_among_sound_ones_is_told_once(void **state)
{
	struct rig *rig = *state;
	struct profile *profile = rig->station->instrument[2].profile;
	struct profile_block twice[] = { profile->block[0], profile->block[0] };
	struct profile_block *own = profile->block;
	twice[1].modbus.start = 500;
	profile->block = twice;
	profile->n_blocks = 2;
	rig->bus.slave[3].unknown = 500;
	rig_restart(rig);
	run(rig, 60 * SECOND);
	assert_int_equal(poller_counts(rig->poller, 2)->exceptions, 12);
	assert_int_equal(poller_counts(rig->poller, 2)->answers, 24);
	assert_true(told(rig, "cod refused refuses: exception 2"));
	size_t lines = lines_logged;
	run(rig, 60 * SECOND);
	assert_int_equal(lines_logged, lines);
	rig->bus.slave[3].unknown = 0;
	run(rig, 10 * SECOND);
	assert_int_equal(lines_logged, lines + 1);
	assert_true(told(rig, "cod up answers"));
	profile->block = own;
	profile->n_blocks = 1;
}

static void a_gateway_behind_which_nobody_answers_is_a_silent_instrument(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[3].manner = EXCEPTION;
	rig->bus.slave[3].exception = 11;
	run(rig, 60 * SECOND);
	assert_true(count(rig, 2, STATE_SILENT, 60 * SECOND) >= 3);
	assert_true(told(rig, "cod down does not answer: exception 11"));
	assert_int_equal(count(rig, 0, STATE_OK, 60 * SECOND), 12);
}

static void a_hung_up_line_is_opened_again_ever_more_seldom(void **state)
{
	struct rig *rig = *state;
	run(rig, 10 * SECOND);
	size_t lines = lines_logged;
	rig->bus.gone = true;
	rig->bus.refuses = true;
	run(rig, 300 * SECOND);
	assert_true(told(rig, "port bus down hung up; trying again"));
	assert_int_equal(
	        lines_logged, lines + 2); /* hung up, and why it does not open */
	assert_false(poller_port_up(rig->poller, 0));
	/* The instruments are silent meanwhile, at their own pace, and not called
	 * dead. */
	assert_int_equal(count(rig, 0, STATE_SILENT, 300 * SECOND), 60);
	assert_false(told(rig, "instrument flow down"));
	rig->bus.refuses = false;
	run(rig, 70 * SECOND);
	assert_true(poller_port_up(rig->poller, 0));
	assert_int_equal(rig->bus.opened, 2);
	assert_true(count(rig, 0, STATE_OK, 30 * SECOND) >= 2);
	assert_int_equal(lines_logged, lines + 3);
}

static void an_adapter_pulled_out_is_looked_for_every_second(void **state)
{
	struct rig *rig = *state;
	run(rig, 10 * SECOND);
	size_t lines = lines_logged;
	rig->bus.gone = rig->bus.refuses = rig->bus.missing = true;
	run(rig, 300 * SECOND);
	assert_in_range(rig->bus.looked, 298, 302);
	assert_int_equal(lines_logged, lines + 2); /* said once, not every second */
	rig->bus.refuses = false;
	run(rig, 2 * SECOND);
	assert_true(poller_port_up(rig->poller, 0));
}

static void a_poll_broken_off_by_a_hang_up_says_so(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].delay_us = 300 * MS;
	run(rig, 100 * MS);
	rig->bus.gone = true;
	run(rig, 10 * MS);
	assert_int_equal(rig->seen[0].instrument, 0);
	assert_int_equal(rig->seen[0].state, STATE_SILENT);
	assert_int_equal(rig->seen[0].when.mono_us, START_US + 5 * MS);
	assert_int_equal(rig->n_seen, 3); /* the others were due too */
	run(rig, 6 * SECOND);
	assert_true(count(rig, 0, STATE_OK, 5 * SECOND) >= 1);
}

/* A device that closes its connection between polls is connected to again, without a
 * word. */
static void an_idle_connection_may_be_closed(void **state)
{
	struct rig *rig = *state;
	rig->station->port[0].setting.path = ""; /* TCP */
	run(rig, 2 * SECOND);
	size_t lines = lines_logged;
	for (int i = 0; i < 5; i++) {
		rig->bus.gone = true;
		run(rig, 5 * SECOND);
	}
	assert_int_equal(rig->bus.opened, 6);
	assert_int_equal(lines_logged, lines);
	assert_int_equal(count(rig, 0, STATE_OK, 30 * SECOND), 6);
	assert_int_equal(rig->n_seen, 18);
	rig->bus.gone = true;
	rig->bus.refuses = true;
	run(rig, 5 * SECOND);
	assert_true(told(rig, "port bus down there is no such device; trying again"));
}

/* One that closes after every answer costs a connection each, and no reading. */
static void an_answer_counts_though_the_connection_goes_with_it(void **state)
{
	struct rig *rig = *state;
	rig->station->port[0].setting.path = ""; /* TCP */
	run(rig, 4 * SECOND);
	size_t lines = lines_logged, n = rig->n_seen;
	rig->bus.hangs_up = true;
	run(rig, 60 * SECOND);
	assert_int_equal(rig->n_seen, n + 36);
	assert_int_equal(count(rig, 0, STATE_OK, 60 * SECOND), 12);
	assert_int_equal(count(rig, 2, STATE_OK, 60 * SECOND), 12);
	assert_int_equal(lines_logged, lines);
}

/* A web server, say: it takes the connection, talks something else and hangs up. */
static void who_talks_something_else_is_told_once_and_asked_ever_more_seldom(
        void **state)
{
	struct rig *rig = *state;
	rig->station->port[0].setting.path = ""; /* TCP */
	for (int i = 1; i <= 3; i++)
		rig->bus.slave[i].manner = GARBAGE;
	rig->bus.hangs_up = true;
	run(rig, 300 * SECOND);
	assert_int_equal(lines_logged, 2); /* open, and what it is */
	assert_int_equal(rig->n_told, 2);
	assert_true(told(rig, "port bus down hung up; what it sent before is no answer "
	                      "of this mode"));
	assert_in_range(rig->bus.opened, 6, 10);
	assert_true(count(rig, 0, STATE_GARBLED, 300 * SECOND) >= 3);
	for (int i = 1; i <= 3; i++)
		rig->bus.slave[i].manner = ANSWERS;
	rig->bus.hangs_up = false;
	run(rig, 70 * SECOND);
	assert_true(told(rig, "port bus up open"));
	assert_true(poller_port_up(rig->poller, 0));
	assert_int_equal(count(rig, 0, STATE_OK, 10 * SECOND), 2);
}

static void nothing_is_due_before_its_time(void **state)
{
	struct rig *rig = *state;
	assert_int_equal(poller_wait_ms(rig->poller, &rig->now), 0);
	run(rig, 2 * SECOND);
	assert_int_equal(poller_wait_ms(rig->poller, &rig->now), 1000);
	run(rig, 2 * SECOND + 500 * MS);
	int wait = poller_wait_ms(rig->poller, &rig->now);
	assert_in_range(wait, 490, 507); /* the line was quiet for 5 ms before */
}

/* Woken only when it asks to be, the poller does as well as when looked at every
 * millisecond. */
static void it_wakes_itself_in_time(void **state)
{
	struct rig *rig = *state;
	size_t steps = 0;
	int64_t end = rig->now.mono_us + 60 * SECOND;
	rig->bus.slave[2].manner = DEAD;
	while (rig->now.mono_us < end) {
		rig->bus.now_us = rig->now.mono_us;
		poller_step(rig->poller, NULL, 0, &rig->now);
		int64_t wait = poller_wait_ms(rig->poller, &rig->now) * MS;
		int64_t arrives = fake_bus_next_us(&rig->bus) - rig->now.mono_us;
		if (arrives > 0 && arrives < wait)
			wait = arrives;
		rig->now.mono_us += wait > 0 ? wait : MS;
		rig->now.time_us += wait > 0 ? wait : MS;
		steps++;
	}
	assert_true(steps < 300);
	assert_int_equal(count(rig, 0, STATE_OK, 60 * SECOND), 12);
	assert_int_equal(count(rig, 2, STATE_OK, 60 * SECOND), 12);
}

#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_make, rig_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIG(three_slaves_share_a_line),
		RIG(the_time_is_that_of_the_first_byte),
		RIG(a_dead_slave_costs_the_others_nothing_but_its_first_timeouts),
		RIG(three_strikes_before_it_is_told),
		RIG(half_an_answer_is_garbled_and_asked_for_again),
		RIG(garbled_and_silent_are_told_apart),
		RIG(an_echo_and_noise_before_the_answer_are_skipped),
		RIG(a_late_answer_is_never_taken),
		RIG(an_answer_of_another_slave_is_noise),
		RIG(exceptions_are_refusals_told_once),
		RIG(a_refused_block_among_sound_ones_is_told_once),
		RIG(a_gateway_behind_which_nobody_answers_is_a_silent_instrument),
		RIG(a_hung_up_line_is_opened_again_ever_more_seldom),
		RIG(an_adapter_pulled_out_is_looked_for_every_second),
		RIG(a_poll_broken_off_by_a_hang_up_says_so),
		RIG(an_idle_connection_may_be_closed),
		RIG(an_answer_counts_though_the_connection_goes_with_it),
		RIG(who_talks_something_else_is_told_once_and_asked_ever_more_seldom),
		RIG(nothing_is_due_before_its_time),
		RIG(it_wakes_itself_in_time),
	};
	return cmocka_run_group_tests_name("poller", tests, NULL, NULL);
}
