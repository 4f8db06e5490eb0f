/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which answers may still come, and what is asked so that none of them can be taken for the next. */
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

#include "sensors/modbus_step.h"
#include "sensors/profile.h"
#include "sensors/values.h"

static struct modbus_request read_of(uint8_t function, uint16_t start, uint16_t count)
{
	return (struct modbus_request){
		.slave = 7, .function = function, .start = start, .count = count
	};
}

static size_t answer_to(int framing, const struct modbus_request *request, uint8_t *out)
{
	static const uint8_t data[256];
	int n = modbus_answer_put(framing, request, data, out, MODBUS_FRAME);
	assert_true(n > 0);
	return (size_t)n;
}

static void with_nothing_owed_the_block_itself_is_asked_for(void **state)
{
	struct modbus_owed owed = { .n = 0 };
	struct modbus_request block = read_of(4, 100, 10);
	struct modbus_request next = modbus_owed_next(&owed, &block);
	assert_memory_equal(&next, &block, sizeof block);
	/* the answer to another block, of another size, is no danger */
	struct modbus_request other = read_of(4, 200, 4);
	modbus_owed_add(&owed, &other);
	next = modbus_owed_next(&owed, &block);
	assert_int_equal(next.count, 10);
	/* nor one of another function */
	other = read_of(3, 100, 10);
	modbus_owed_add(&owed, &other);
	next = modbus_owed_next(&owed, &block);
	assert_int_equal(next.count, 10);
}

/* No two of the newest four requests have answers that look alike; every fourth is the block. */
static void four_requests_in_a_row_have_answers_of_four_sizes(void **state)
{
	static const uint16_t counts[] = { 1, 2, 3, 4, 10, 125 };
	for (uint8_t function = 1; function <= 4; function++)
		for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
			struct modbus_owed owed = { .n = 0 };
			struct modbus_request block = read_of(function, 100, counts[i]);
			struct modbus_request asked[40];
			for (size_t k = 0; k < 40; k++) {
				asked[k] = modbus_owed_next(&owed, &block);
				modbus_owed_add(&owed, &asked[k]);
				assert_int_equal(asked[k].function, function);
				for (size_t j = k < 3 ? 0 : k - 3; j < k; j++)
					assert_int_not_equal(
					        modbus_answer_size(&asked[j]),
					        modbus_answer_size(&asked[k]));
				assert_int_equal(asked[k].count == counts[i] &&
				                         asked[k].start == block.start,
				        k % 4 == 0);
			}
		}
}

static void what_is_asked_for_lies_within_the_registers_there_are(void **state)
{
	struct modbus_owed owed = { .n = 0 };
	struct modbus_request last = read_of(3, 65535, 1);
	uint8_t out[MODBUS_FRAME];
	for (int k = 0; k < 8; k++) {
		struct modbus_request next = modbus_owed_next(&owed, &last);
		modbus_owed_add(&owed, &next);
		assert_true((size_t)next.start + next.count <= 65536);
		assert_true(
		        modbus_request_put(FRAMING_RTU, &next, out, sizeof out) > 0);
	}
}

static void an_answer_that_is_owed_is_known_and_no_other(void **state)
{
	static const int framings[] = { FRAMING_RTU, FRAMING_ASCII };
	for (size_t f = 0; f < 2; f++) {
		struct modbus_owed owed = { .n = 0 };
		struct modbus_request block = read_of(4, 100, 10);
		uint8_t late[MODBUS_FRAME], own[MODBUS_FRAME];
		modbus_owed_add(&owed, &block);
		struct modbus_request trial = modbus_owed_next(&owed, &block);
		modbus_owed_add(&owed, &trial);
		size_t n = answer_to(framings[f], &block, late);
		assert_int_equal(
		        modbus_owed_frame(&owed, framings[f], &trial, late, n), n);
		/* it is no answer to what was asked last */
		assert_true(modbus_answer_frame(framings[f], &trial, late, n) <= 0);
		size_t own_size = answer_to(framings[f], &trial, own);
		assert_int_equal(
		        modbus_answer_frame(framings[f], &trial, own, own_size),
		        own_size);
		assert_true(modbus_owed_frame(
		                    &owed, framings[f], &trial, own, own_size) <= 0);
		for (size_t cut = 3; cut < n; cut++)
			assert_int_equal(modbus_owed_frame(
			                         &owed, framings[f], &trial, late, cut),
			        FRAME_SHORT);
		for (size_t bit = 0; bit < 8 * n; bit++) {
			late[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_true(modbus_owed_frame(
			                    &owed, framings[f], &trial, late, n) <= 0);
			late[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* ---- the driver ---- */

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

/* Registers of the next request. */
static int ask(struct talk *talk)
{
	size_t n = talk->driver->ask(talk->state, talk->request, sizeof talk->request);
	assert_int_equal(modbus_request_get(talk->instrument.framing, talk->request, n,
	                         &talk->asked),
	        n);
	return talk->asked.count;
}

static int tell(struct talk *talk, int registers)
{
	uint8_t out[MODBUS_FRAME];
	struct modbus_request of = talk->asked;
	of.count = (uint16_t)registers;
	size_t n = answer_to(talk->instrument.framing, &of, out);
	assert_int_equal(talk->driver->frame(talk->state, out, n), n);
	return talk->driver->decode(talk->state, out, n);
}

static int refuse(struct talk *talk, uint8_t exception)
{
	uint8_t out[MODBUS_FRAME];
	int n = modbus_exception_put(
	        talk->instrument.framing, &talk->asked, exception, out, sizeof out);
	assert_int_equal(talk->driver->frame(talk->state, out, (size_t)n), n);
	return talk->driver->decode(talk->state, out, (size_t)n);
}

static void after_a_silence_a_short_answer_shows_that_the_line_is_in_step(void **state)
{
	struct talk *talk = *state;
	assert_int_equal(ask(talk), 10);
	assert_int_equal(ask(talk), 1);
	assert_int_equal(tell(talk, 1), ASK_ON);
	assert_int_equal(ask(talk), 10);
	assert_int_equal(tell(talk, 10), READING_DONE);
	assert_int_equal(ask(talk), 10);
}

static void a_late_answer_is_known_as_one_and_not_decoded(void **state)
{
	struct talk *talk = *state;
	ask(talk);
	assert_int_equal(ask(talk), 1);
	assert_int_equal(tell(talk, 10), OUT_OF_STEP);
	/* one behind for ever: never believed */
	static const int asked[] = { 2, 3, 10, 1, 2, 3, 10 };
	int before = 1;
	for (size_t i = 0; i < 7; i++) {
		assert_int_equal(ask(talk), asked[i]);
		assert_int_equal(tell(talk, before), OUT_OF_STEP);
		before = asked[i];
	}
}

/* Devices that give out a block whole or not at all refuse its parts. */
static void who_refuses_parts_of_a_block_is_asked_for_all_of_it_at_once(void **state)
{
	struct talk *talk = *state;
	struct declined declined;
	uint8_t out[MODBUS_FRAME];
	ask(talk);
	for (int registers = 1; registers <= 3; registers++) {
		assert_int_equal(ask(talk), registers);
		int n = modbus_exception_put(
		        FRAMING_RTU, &talk->asked, 2, out, sizeof out);
		/* and nobody is told that the profile does not fit */
		assert_int_equal(
		        talk->driver->refusal(talk->state, out, (size_t)n, &declined),
		        0);
		assert_int_equal(refuse(talk, 2), ASK_ON);
	}
	assert_int_equal(ask(talk), 10);
	assert_int_equal(tell(talk, 10), READING_DONE);
	assert_int_equal(ask(talk), 10);
}

static void a_refusal_in_time_leaves_nothing_owed(void **state)
{
	struct talk *talk = *state;
	assert_int_equal(ask(talk), 10);
	assert_int_equal(refuse(talk, 2), READING_DONE);
	assert_int_equal(ask(talk), 10);
	talk->driver->busy(talk->state);
	assert_int_equal(ask(talk), 10);
}

/* A refusal has no size: it may be that of any request before. */
static void a_refusal_after_a_silence_proves_nothing(void **state)
{
	struct talk *talk = *state;
	ask(talk);
	for (int registers = 1; registers <= 3; registers++) {
		assert_int_equal(ask(talk), registers);
		assert_int_equal(refuse(talk, 2), ASK_ON);
	}
	assert_int_equal(ask(talk), 10);
	assert_int_equal(refuse(talk, 2), READING_DONE);
	assert_int_not_equal(ask(talk), 10);
}

static void a_gateway_that_speaks_for_a_dead_device_ends_the_poll(void **state)
{
	struct talk *talk = *state;
	ask(talk);
	assert_int_equal(ask(talk), 1);
	assert_int_equal(refuse(talk, 11), READING_DONE);
}

static void answers_with_numbers_need_no_such_thing(void **state)
{
	struct talk *talk = *state;
	talk->instrument.framing = FRAMING_TCP;
	for (int i = 0; i < 5; i++)
		assert_int_equal(ask(talk), 10);
	talk->asked.number = 2; /* of an earlier request */
	assert_int_equal(tell(talk, 10), OUT_OF_STEP);
	talk->asked.number = 5;
	assert_int_equal(tell(talk, 10), READING_DONE);
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
		cmocka_unit_test(with_nothing_owed_the_block_itself_is_asked_for),
		cmocka_unit_test(four_requests_in_a_row_have_answers_of_four_sizes),
		cmocka_unit_test(what_is_asked_for_lies_within_the_registers_there_are),
		cmocka_unit_test(an_answer_that_is_owed_is_known_and_no_other),
		talking(after_a_silence_a_short_answer_shows_that_the_line_is_in_step),
		talking(a_late_answer_is_known_as_one_and_not_decoded),
		talking(who_refuses_parts_of_a_block_is_asked_for_all_of_it_at_once),
		talking(a_refusal_in_time_leaves_nothing_owed),
		talking(a_refusal_after_a_silence_proves_nothing),
		talking(a_gateway_that_speaks_for_a_dead_device_ends_the_poll),
		talking(bytes_that_would_be_taken_are_known),
		talking(answers_with_numbers_need_no_such_thing),
	};
	return cmocka_run_group_tests_name("modbus, in step", tests, NULL, NULL);
}
