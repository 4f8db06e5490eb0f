/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every text capture cut, spoilt and said again: no wrong value comes of it. */
#include "tests/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/polltext.h"
#include "sensors/profile.h"
#include "sensors/speech.h"
#include "sensors/values.h"
#include "tests/capture.h"

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

/* ---- flipped bits ---- */

/* The block whose answer this is, or -1; whether a check covers it. */
static int block_of(
        const struct capture *capture, const struct capture_step *answer, bool *checked)
{
	const struct polltext *own = capture->profile->own;
	struct pattern_bytes in = { answer->byte, answer->n };
	*checked = false;
	for (size_t b = 0; !answer->sent && b < capture->profile->n_blocks; b++) {
		int which = polltext_which(
		        &own->answer[b], capture->instrument.address, in);
		if (which < 0)
			continue;
		*checked = pattern_checked(&own->answer[b].pattern[which]) &&
		           memcmp(answer->byte + answer->n - 3, "**\r", 3) != 0;
		return (int)b;
	}
	return -1;
}

/* A poll with the blocks of its answers. */
struct told {
	const struct capture *capture;
	struct capture_poll *poll;
	int block[CAPTURE_STEPS];
	bool checked[CAPTURE_STEPS];
};

static void decode_poll(const struct told *told, struct decoded *out)
{
	static uint8_t bytes[16384];
	struct exchanges exchanges = { .bytes = bytes };
	for (size_t k = 0; k < told->poll->n; k++) {
		const struct capture_step *step = &told->poll->step[k];
		struct exchange exchange = { .block = (uint16_t)told->block[k],
			.size = (uint16_t)step->n,
			.bytes = step->byte };
		if (told->block[k] < 0)
			continue;
		exchanges.size += (size_t)exchange_put(&exchange,
		        bytes + exchanges.size, sizeof bytes - exchanges.size);
		exchanges.n++;
	}
	values_decode(&told->capture->instrument, &exchanges, NULL, NULL, out);
}

static size_t flipped, good_values;

static void flip_step(const struct told *told, size_t k)
{
	struct decoded good, bad;
	struct capture_step *answer = &told->poll->step[k];
	decode_poll(told, &good);
	for (size_t c = 0; c < told->capture->profile->n_channels; c++)
		good_values += good.state[c] == STATE_OK;
	for (size_t bit = 0; bit < 8 * answer->n; bit++) {
		answer->byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
		decode_poll(told, &bad);
		for (size_t c = 0; c < told->capture->profile->n_channels; c++)
			if (bad.state[c] == STATE_OK && bad.value[c] != good.value[c])
				fail_msg("%s: bit %zu of answer %zu gives %g",
				        told->capture->name, bit, k, bad.value[c]);
		answer->byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
		flipped++;
	}
}

static void flip_all(struct capture *capture, void *state)
{
	for (size_t p = 0; p < capture->n_polls; p++) {
		struct told told = { .capture = capture, .poll = &capture->poll[p] };
		for (size_t k = 0; k < told.poll->n; k++)
			told.block[k] = block_of(
			        capture, &told.poll->step[k], &told.checked[k]);
		for (size_t k = 0; k < told.poll->n; k++)
			if (told.checked[k])
				flip_step(&told, k);
	}
}

static void no_flipped_bit_of_a_checked_answer_gives_another_value(void **state)
{
	flipped = good_values = 0;
	assert_true(of_each(flip_all) >= 13);
	assert_true(flipped > 8000);
	assert_true(good_values > 80);
}

/* ---- cuts ---- */

/* A cut in two of every answer of the first poll: what comes first is no answer, or the whole one. */
static void cut_all(struct capture *capture, void *state)
{
	const struct capture_poll *poll = &capture->poll[0];
	uint8_t request[FRAME_MOST];
	for (size_t k = 0; k < poll->n; k++) {
		const struct capture_step *step = &poll->step[k];
		if (step->sent) {
			assert_int_equal(
			        polltext_driver.ask(state, request, sizeof request),
			        step->n);
			continue;
		}
		for (size_t cut = 1; cut < step->n; cut++)
			if (polltext_driver.frame(state, step->byte, cut) !=
			        FRAME_SHORT)
				fail_msg("%s: step %zu cut at %zu", capture->name, k,
				        cut);
		assert_int_equal(
		        polltext_driver.frame(state, step->byte, step->n), step->n);
		polltext_driver.decode(state, step->byte, step->n);
	}
}

static void every_answer_cut_in_two_is_waited_for(void **state)
{
	assert_true(of_each(cut_all) >= 13);
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
		cmocka_unit_test(
		        no_flipped_bit_of_a_checked_answer_gives_another_value),
		cmocka_unit_test(every_answer_cut_in_two_is_waited_for),
		cmocka_unit_test(what_is_wanted_is_said_and_read_again),
		cmocka_unit_test(states_are_said_by_the_rules_of_the_profile),
		cmocka_unit_test(an_instrument_that_refuses_says_it_in_its_words),
		cmocka_unit_test(how_a_value_came_is_told),
	};
	return cmocka_run_group_tests_name("polltext_values", tests, NULL, NULL);
}
