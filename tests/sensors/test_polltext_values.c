/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every text capture said again by the answering side. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/polltext.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/speech.h"
#include "sensors/tables/values.h"
#include "tests/kits/capture.h"

typedef void (*each)(struct capture *capture, void *state);

/* Every capture of a text profile. */
static size_t of_each(each what)
{
	const char **names = capture_list();
	static struct capture capture;
	size_t n = 0;
	for (size_t i = 0; names[i] != NULL; i++) {
		capture_read(&capture, names[i]);
		if (capture.profile->driver == &polltext_driver) {
			void *state = calloc(1, polltext_driver.state_size);
			polltext_driver.begin(state, &capture.instrument);
			what(&capture, state);
			free(state);
			n++;
		}
		capture_free(&capture);
	}
	free(names);
	return n;
}

/* What one answer of a block says. */
static void decode_one(const struct instrument *instrument, uint16_t block,
        const struct capture_step *answer, struct decoded *out)
{
	uint8_t bytes[FRAME_MOST + 16];
	struct exchange exchange = {
		.block = block, .size = (uint16_t)answer->n, .bytes = answer->byte
	};
	struct exchanges exchanges = { .n = 1, .bytes = bytes };
	exchanges.size = (size_t)exchange_put(&exchange, bytes, sizeof bytes);
	values_decode(instrument, &exchanges, NULL, NULL, out);
}

/* ---- said again ---- */

static size_t said;

/* Middle of the road: a value every channel can say in a few digits. */
static double value_of(size_t c)
{
	return 4.5 + 0.25 * (double)c;
}

static void say_to(struct capture *capture, const uint8_t *request, size_t n_request,
        const uint8_t *wanted)
{
	const struct profile *profile = capture->profile;
	double value[READING_CHANNELS];
	struct capture_step answer = { .n = 0 };
	struct decoded decoded;
	for (size_t c = 0; c < profile->n_channels; c++)
		value[c] = value_of(c);
	struct speech speech = { .instrument = &capture->instrument,
		.value = value,
		.state = wanted,
		.time_us = INT64_C(1762308000000000) };
	answer.n = polltext_say(
	        &speech, request, n_request, answer.byte, sizeof answer.byte);
	for (uint16_t b = 0; b < profile->n_blocks; b++) {
		decode_one(&capture->instrument, b, &answer, &decoded);
		for (size_t c = 0; c < profile->n_channels; c++) {
			if (decoded.state[c] != wanted[c])
				continue;
			/* a broken probe shows what its rule looks for */
			if (isfinite(decoded.value[c]) && wanted[c] == STATE_OK)
				assert_close(decoded.value[c], value[c], 1e-6);
			said++;
		}
	}
}

/* Requests of one poll, each asked of the answering side. */
static void converse(struct capture *capture, void *state, const uint8_t *wanted)
{
	uint8_t request[FRAME_MOST];
	size_t n = 0;
	if (!driver_asks(&capture->instrument)) {
		say_to(capture, NULL, 0, wanted);
		return;
	}
	for (size_t b = 0; b < capture->profile->n_blocks; b++) {
		n = polltext_driver.ask(state, request, sizeof request);
		assert_true(n > 0);
		for (size_t cut = 0; cut < n; cut++)
			assert_int_equal(
			        polltext_request(&capture->instrument, request, cut),
			        FRAME_SHORT);
		assert_int_equal(polltext_request(&capture->instrument, request, n), n);
		say_to(capture, request, n, wanted);
		polltext_driver.missed(state, false);
	}
}

/* Channels that came back as wanted, all blocks taken together. */
static void say_all(struct capture *capture, void *state)
{
	uint8_t wanted[READING_CHANNELS] = { STATE_OK };
	size_t before = said;
	bool alone =
	        capture->profile->n_blocks == 1 || !driver_asks(&capture->instrument);
	converse(capture, state, wanted);
	if (alone && said - before < capture->profile->n_channels)
		fail_msg("%s: %zu of %zu channels are said well", capture->name,
		        said - before, capture->profile->n_channels);
}

static void what_is_wanted_is_said_and_read_again(void **state)
{
	said = 0;
	assert_true(of_each(say_all) >= 13);
	assert_true(said >= 30);
}

static struct talk_once {
	struct capture capture;
	void *state;
} once;

static size_t said_with(const char *name, uint8_t wanted_state)
{
	uint8_t wanted[READING_CHANNELS];
	memset(wanted, wanted_state, sizeof wanted);
	capture_read(&once.capture, name);
	once.state = calloc(1, polltext_driver.state_size);
	polltext_driver.begin(once.state, &once.capture.instrument);
	said = 0;
	converse(&once.capture, once.state, wanted);
	free(once.state);
	capture_free(&once.capture);
	return said;
}

static void states_are_said_by_the_rules_of_the_profile(void **state)
{
	assert_int_equal(said_with("gill-windsonic", STATE_FAULT), 2);
	assert_int_equal(said_with("metone-bam-1020", STATE_FAULT), 2);
	assert_int_equal(said_with("teledyne-t400-text", STATE_NO_VALUE), 1);
	assert_int_equal(said_with("atlas-ezo-ph", STATE_FAULT), 1);
}

static void an_instrument_that_refuses_says_it_in_its_words(void **state)
{
	static const uint8_t request[] = "\x02 AKON K0\x03";
	double value[READING_CHANNELS] = { 1 };
	uint8_t wanted[READING_CHANNELS] = { STATE_OK }, out[64];
	capture_read(&once.capture, "cai-700-ndir");
	struct speech speech = { .instrument = &once.capture.instrument,
		.value = value,
		.state = wanted,
		.exception = 1 };
	size_t n = polltext_say(&speech, request, sizeof request - 1, out, sizeof out);
	assert_int_equal(n, 9);
	assert_memory_equal(out, "\x02 ???? -\x03", 9);
	speech.exception = 200;
	assert_true(polltext_say(
	                    &speech, request, sizeof request - 1, out, sizeof out) > 0);
	speech.exception = 0;
	assert_int_equal(
	        polltext_say(&speech, (const uint8_t *)"nonsense", 8, out, sizeof out),
	        0);
	assert_int_equal(polltext_say(&speech, request, sizeof request - 1, out, 4), 0);
	capture_free(&once.capture);
}

static void how_a_value_came_is_told(void **state)
{
	char text[512];
	uint8_t bytes[256];
	capture_read(&once.capture, "thermo-42i-clink");
	const struct capture_step *answer = &once.capture.poll[0].step[1];
	struct exchange exchange = { .size = (uint16_t)answer->n,
		.bytes = answer->byte };
	struct exchanges exchanges = { .n = 1, .bytes = bytes };
	exchanges.size = (size_t)exchange_put(&exchange, bytes, sizeof bytes);
	values_explain(&once.capture.instrument, &exchanges, 0, text, sizeof text);
	assert_contains(text, "block no: field no '12.5' = 12.5 ppb");
	answer = &once.capture.poll[2].step[1];
	exchange =
	        (struct exchange){ .size = (uint16_t)answer->n, .bytes = answer->byte };
	exchanges.size = (size_t)exchange_put(&exchange, bytes, sizeof bytes);
	values_explain(&once.capture.instrument, &exchanges, 0, text, sizeof text);
	assert_contains(text, "bad cmd: it does not know this command");
	capture_free(&once.capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wanted_is_said_and_read_again),
		cmocka_unit_test(states_are_said_by_the_rules_of_the_profile),
		cmocka_unit_test(an_instrument_that_refuses_says_it_in_its_words),
		cmocka_unit_test(how_a_value_came_is_told),
	};
	return cmocka_run_group_tests_name("polltext_values", tests, NULL, NULL);
}
