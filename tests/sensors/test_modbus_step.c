/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests whose answers show that a line of Modbus is in step. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/modbus_step.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"

struct talk {
	struct profile *profile;
	struct instrument instrument;
	uint8_t state[4096], request[MODBUS_FRAME];
	const struct driver *driver;
	struct modbus_request asked;
};

static int talk_begin(void **state)
{
	struct talk *talk = calloc(1, sizeof *talk);
	struct problem why;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	if (profile_find(&talk->profile, "sim-flow", NULL, NULL, &why) != OK)
		return -1;
	talk->driver = talk->profile->driver;
	talk->instrument = (struct instrument){
		.profile = talk->profile, .framing = FRAMING_RTU, .slave = 7
	};
	talk->driver->begin(talk->state, &talk->instrument);
	*state = talk;
	return 0;
}

static int talk_end(void **state)
{
	struct talk *talk = *state;
	profile_free(talk->profile);
	free(talk);
	return 0;
}

static size_t answer_to(int framing, const struct modbus_request *request, uint8_t *out)
{
	uint8_t data[256];
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(7 * i + 1);
	int n = modbus_answer_put(framing, request, data, out, MODBUS_FRAME);
	assert_true(n > 0);
	return (size_t)n;
}

/* Registers of the next request. */
static int ask(struct talk *talk)
{
	size_t n = talk->driver->ask(talk->state, talk->request, sizeof talk->request);
	assert_int_equal(modbus_request_get(talk->instrument.framing, talk->request, n,
	                         &talk->asked),
	        n);
	return talk->asked.count;
}

static void trials_have_sizes_of_their_own(void **state)
{
	struct talk *talk = *state;
	struct modbus_request block = modbus_block_request(&talk->instrument, 0), trial;
	bool seen[256] = { false };
	size_t n = 0;
	seen[modbus_answer_size(&block)] = true;
	while (modbus_trial(&talk->instrument, 0, n, &trial)) {
		size_t size = modbus_answer_size(&trial);
		assert_false(seen[size]);
		seen[size] = true;
		assert_int_equal(trial.slave, block.slave);
		assert_int_equal(trial.function, block.function);
		assert_true((size_t)trial.start + trial.count <= 65536);
		n++;
	}
	/* 1 to 16, but for the ten of the block */
	assert_int_equal(block.count, 10);
	assert_int_equal(n, MODBUS_TRIAL - 1);
}

static void bits_are_tried_eight_at_a_time(void **state)
{
	struct talk *talk = *state;
	struct modbus_request trial;
	talk->profile->block[0].modbus.function = 1;
	talk->profile->block[0].modbus.start = 65530;
	talk->profile->block[0].modbus.count = 6;
	assert_true(modbus_trial(&talk->instrument, 0, 0, &trial));
	/* one byte is the block's */
	assert_int_equal(trial.count, 16);
	assert_int_equal(trial.start, 65536 - 16);
}

static void a_trial_is_asked_and_its_answer_known(void **state)
{
	static const int framings[] = { FRAMING_RTU, FRAMING_ASCII,
		FRAMING_RTU_OVER_TCP };
	struct talk *talk = *state;
	uint8_t late[MODBUS_FRAME], own[MODBUS_FRAME];
	for (size_t f = 0; f < 3; f++) {
		talk->instrument.framing = framings[f];
		talk->driver->begin(talk->state, &talk->instrument);
		assert_int_equal(ask(talk), 10);
		size_t n = answer_to(framings[f], &talk->asked, late);
		assert_int_equal(talk->driver->frame(talk->state, late, n), n);
		assert_true(talk->driver->trial(talk->state, 1));
		assert_int_equal(ask(talk), 2);
		/* the block's answer is none to it */
		assert_true(talk->driver->frame(talk->state, late, n) <= 0);
		n = answer_to(framings[f], &talk->asked, own);
		assert_int_equal(talk->driver->frame(talk->state, own, n), n);
		assert_int_equal(talk->driver->decode(talk->state, own, n), ASK_ON);
		/* and then comes the block */
		assert_int_equal(ask(talk), 10);
		n = answer_to(framings[f], &talk->asked, own);
		assert_int_equal(
		        talk->driver->decode(talk->state, own, n), READING_DONE);
	}
}

static void answers_with_numbers_need_no_trial(void **state)
{
	struct talk *talk = *state;
	uint8_t out[MODBUS_FRAME];
	talk->instrument.framing = FRAMING_TCP;
	assert_false(talk->driver->trial(talk->state, 0));
	for (int i = 0; i < 5; i++)
		assert_int_equal(ask(talk), 10);
	talk->asked.number = 2; /* of an earlier request */
	size_t n = answer_to(FRAMING_TCP, &talk->asked, out);
	assert_int_equal(talk->driver->frame(talk->state, out, n), n);
	assert_int_equal(talk->driver->decode(talk->state, out, n), OUT_OF_STEP);
	talk->asked.number = 5;
	n = answer_to(FRAMING_TCP, &talk->asked, out);
	assert_int_equal(talk->driver->decode(talk->state, out, n), READING_DONE);
}

/* What came and was not taken is kept for whoever looks for the fault; a whole answer among it would
 * be decoded as one. */
static void bytes_that_would_be_taken_are_known(void **state)
{
	static const int framings[] = { FRAMING_RTU, FRAMING_TCP, FRAMING_ASCII };
	struct talk *talk = *state;
	for (size_t f = 0; f < 3; f++) {
		uint8_t out[MODBUS_FRAME + 1] = { 0 };
		talk->instrument.framing = framings[f];
		struct modbus_request request =
		        modbus_block_request(&talk->instrument, 0);
		size_t n = answer_to(framings[f], &request, out);
		assert_true(values_would_take(&talk->instrument, 0, out, n));
		assert_false(values_would_take(&talk->instrument, 0, out, n - 1));
		assert_false(values_would_take(&talk->instrument, 0, out, n + 1));
		assert_false(values_would_take(&talk->instrument, 1, out, n));
		out[0] ^= 1;
		/* the number of TCP is that of a request nobody knows any more */
		assert_int_equal(values_would_take(&talk->instrument, 0, out, n),
		        framings[f] == FRAMING_TCP);
		n = (size_t)modbus_exception_put(
		        framings[f], &request, 2, out, sizeof out);
		assert_true(values_would_take(&talk->instrument, 0, out, n));
	}
}

#define talking(f) cmocka_unit_test_setup_teardown(f, talk_begin, talk_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		talking(trials_have_sizes_of_their_own),
		talking(bits_are_tried_eight_at_a_time),
		talking(a_trial_is_asked_and_its_answer_known),
		talking(answers_with_numbers_need_no_trial),
		talking(bytes_that_would_be_taken_are_known),
	};
	return cmocka_run_group_tests_name("modbus, in step", tests, NULL, NULL);
}
