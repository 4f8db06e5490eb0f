/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a trial of an instrument makes of its polls; and a port that shows what passes. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sensors/ports/port_tap.h"
#include "sensors/tools/trial.h"

static struct trial_tally tally;

static void poll_says(uint8_t first, uint8_t second, double value)
{
	const uint8_t state[] = { first, second };
	const double values[] = { value, 7 };
	const struct reading_parts parts = {
		.n_channels = 2, .state = state, .value = values
	};
	trial_count(&tally, &parts, map_is_absurd(value));
}

static void begin(void)
{
	tally = (struct trial_tally){ 0 };
}

static void a_poll_counts_as_what_its_channels_share(void **state)
{
	begin();
	poll_says(STATE_OK, STATE_FAULT, 7);
	assert_int_equal(tally.good, 1);
	assert_int_equal(tally.usable, 1);
	poll_says(STATE_SILENT, STATE_SILENT, NAN);
	assert_int_equal(tally.silent, 1);
	poll_says(STATE_SILENT, STATE_GARBLED, NAN);
	assert_int_equal(tally.garbled, 1);
	poll_says(STATE_REFUSED, STATE_SILENT, NAN);
	assert_int_equal(tally.refused, 1);
	poll_says(STATE_OK, STATE_REFUSED, 7);
	assert_int_equal(tally.partly, 1);
	poll_says(STATE_OFF, STATE_SILENT, NAN);
	assert_int_equal(tally.silent, 2);
	assert_int_equal(tally.polls, 6);
	assert_int_equal(tally.good, 1);
}

static void verdicts_tell_silence_from_noise_from_refusal(void **state)
{
	begin();
	assert_int_equal(trial_verdict(&tally), TRIAL_SILENT);
	poll_says(STATE_SILENT, STATE_SILENT, NAN);
	assert_int_equal(trial_verdict(&tally), TRIAL_SILENT);
	poll_says(STATE_GARBLED, STATE_SILENT, NAN);
	assert_int_equal(trial_verdict(&tally), TRIAL_GARBLED);
	poll_says(STATE_REFUSED, STATE_REFUSED, NAN);
	assert_int_equal(trial_verdict(&tally), TRIAL_REFUSED);
	poll_says(STATE_OK, STATE_OK, 7);
	assert_int_equal(trial_verdict(&tally), TRIAL_SOMETIMES);
	begin();
	poll_says(STATE_OK, STATE_SILENT, 7);
	assert_int_equal(trial_verdict(&tally), TRIAL_SOMETIMES);
	/* many blocks, each waited for: the trial is over before the first poll is */
	begin();
	tally.counts.malformed = 1;
	assert_int_equal(trial_verdict(&tally), TRIAL_GARBLED);
	tally.counts = (struct poller_counts){ .checksum = 1 };
	assert_int_equal(trial_verdict(&tally), TRIAL_GARBLED);
	tally.counts = (struct poller_counts){ .timeouts = 3 };
	assert_int_equal(trial_verdict(&tally), TRIAL_SILENT);
}

static void answers_are_good_only_with_a_value_that_can_be(void **state)
{
	begin();
	poll_says(STATE_FAULT, STATE_NO_VALUE, NAN);
	assert_int_equal(trial_verdict(&tally), TRIAL_NO_VALUE);
	poll_says(STATE_OK, STATE_NO_VALUE, 7.25);
	assert_int_equal(trial_verdict(&tally), TRIAL_GOOD);
	poll_says(STATE_OK, STATE_OK, 2.4e-41);
	assert_int_equal(trial_verdict(&tally), TRIAL_ABSURD);
	begin();
	poll_says(STATE_UNCHANGED, STATE_OK, NAN);
	assert_int_equal(trial_verdict(&tally), TRIAL_GOOD);
	snprintf(tally.port, sizeof tally.port, "no such device");
	tally.port_gone = true;
	assert_int_equal(trial_verdict(&tally), TRIAL_NO_PORT);
}

/* ---- the tap ---- */

static char passed[256];

static void on_passed(void *context, bool sent, const uint8_t *bytes, size_t n)
{
	size_t at = strlen(passed);
	snprintf(passed + at, sizeof passed - at, "%s%.*s ", sent ? ">" : "<", (int)n,
	        (const char *)bytes);
}

static void a_tap_shows_what_passes_and_changes_nothing(void **state)
{
	static const struct replay_step steps[] = {
		{ .request = (const uint8_t *)"ask",
		        .request_size = 3,
		        .answer = (const uint8_t *)"answer",
		        .answer_size = 6 },
		{ .hang_up = true, .unasked = true, .after_us = 1000 },
	};
	struct problem why;
	uint8_t out[16];
	struct port *inner = port_replay_new(steps, 2);
	struct port *port = port_tap_new(inner, on_passed, NULL);
	passed[0] = '\0';
	assert_non_null(port);
	assert_int_equal(port->open(port, &why), OK);
	port_replay_time(inner, 0);
	assert_int_equal(port->events(port), inner->events(inner));
	assert_int_equal(port->descriptor(port), inner->descriptor(inner));
	assert_int_equal(port->write(port, (const uint8_t *)"ask", 3), 3);
	assert_int_equal(port->read(port, out, sizeof out, false), 6);
	assert_string_equal(passed, ">ask <answer ");
	assert_int_equal(port->read(port, out, sizeof out, false), 0);
	port_replay_time(inner, 2000);
	assert_int_equal(port->read(port, out, sizeof out, false), HUNG_UP);
	assert_ptr_equal(port->reason, inner->reason);
	assert_string_equal(passed, ">ask <answer ");
	port->close(port);
	port->free(port);
	assert_null(port_tap_new(NULL, on_passed, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_poll_counts_as_what_its_channels_share),
		cmocka_unit_test(verdicts_tell_silence_from_noise_from_refusal),
		cmocka_unit_test(answers_are_good_only_with_a_value_that_can_be),
		cmocka_unit_test(a_tap_shows_what_passes_and_changes_nothing),
	};
	return cmocka_run_group_tests_name("trial", tests, NULL, NULL);
}
