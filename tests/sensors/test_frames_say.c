/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator's answering side of binary frames against the asking side. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kits/frames_talk.h"

/* Let the simulator answer all that is asked in one poll, or say one frame. */
static void one_poll(struct talk *talk, const struct speech *speech)
{
	uint8_t answer[FRAME_MOST];
	int what = ASK_AGAIN;
	talk_forget(talk);
	while (what == ASK_AGAIN) {
		size_t n = talk->driver->ask(talk->state, talk->out, sizeof talk->out);
		if (n > 0)
			assert_int_equal(
			        talk->driver->request(talk->instrument, talk->out, n),
			        n);
		n = talk->driver->say(speech, talk->out, n, answer, sizeof answer);
		assert_true(n > 0);
		assert_int_equal(talk->driver->frame(talk->state, answer, n), n);
		talk_keep(talk, talk->driver->block(talk->state), answer, n);
		what = talk->driver->decode(talk->state, answer, n);
	}
	assert_int_equal(what, READING_DONE);
	values_decode(talk->instrument, &talk->said, NULL, NULL, &talk->decoded);
}

/* What is said is what is heard: to the resolution of each number's type. */
static void says_what_it_is_to_say(struct talk *talk)
{
	const struct profile *profile = talk->capture.profile;
	double value[READING_CHANNELS];
	uint8_t states[READING_CHANNELS] = { STATE_OK };
	for (size_t c = 0; c < profile->n_channels; c++)
		value[c] = 10 + (double)c;
	struct speech speech = {
		.instrument = talk->instrument, .value = value, .state = states
	};
	one_poll(talk, &speech);
	for (size_t c = 0; c < profile->n_channels; c++) {
		const struct profile_tag *tag = &profile->channel[c].tag;
		double half = fabs(map_scaled(tag, 0.5) - map_scaled(tag, 0));
		assert_true(fabs(talk->decoded.value[c] - value[c]) <= half * 1.001);
	}
	speech.other_order = true;
	if (profile->channel[0].tag.order_set) {
		one_poll(talk, &speech);
		assert_true(!(fabs(talk->decoded.value[0] - value[0]) < 1));
	}
}

/* With the code it was told, if its protocol has a way to say no. */
static void refuses_if_it_can(struct talk *talk)
{
	const struct frames_block *block = frames_block(talk->capture.profile, 0);
	struct speech speech = { .instrument = talk->instrument, .exception = 3 };
	uint8_t answer[FRAME_MOST];
	struct declined declined;
	size_t n = talk->driver->ask(talk->state, talk->out, sizeof talk->out);
	size_t said = talk->driver->say(&speech, talk->out, n, answer, sizeof answer);
	assert_int_equal(said > 0, block->error_at != 0 || block->refused.n > 0);
	if (said == 0)
		return;
	assert_int_equal(talk->driver->frame(talk->state, answer, said), said);
	assert_int_equal(talk->driver->refusal(talk->state, answer, said, &declined),
	        DECLINED_NOW);
}

static void every_profile_of_frames_can_be_simulated(void **state)
{
	size_t n, n_frames = 0;
	const char **names = profile_names(project_file("sensors/profiles"), &n);
	for (size_t i = 0; i < n; i++) {
		struct profile *profile;
		struct problem why;
		assert_int_equal(
		        profile_find(&profile, names[i],
		                project_file("sensors/profiles"), stderr, &why),
		        OK);
		bool ours = profile->driver == &frames_driver;
		profile_free(profile);
		if (!ours)
			continue;
		struct talk *talk = talk_open(names[i]);
		says_what_it_is_to_say(talk);
		refuses_if_it_can(talk);
		talk_close(talk);
		n_frames++;
	}
	free(names);
	assert_true(n_frames >= 14);
}

static void states_and_missing_numbers_can_be_simulated(void **state)
{
	double value[READING_CHANNELS];
	uint8_t states[READING_CHANNELS];
	struct talk *talk = talk_open("sensirion-sps30");
	for (size_t c = 0; c < READING_CHANNELS; c++) {
		value[c] = 5;
		states[c] = STATE_FAULT;
	}
	struct speech speech = {
		.instrument = talk->instrument, .value = value, .state = states
	};
	one_poll(talk, &speech);
	assert_int_equal(talk->decoded.state[talk_channel(talk, "pm1")], STATE_FAULT);
	assert_close(talk->decoded.value[talk_channel(talk, "pm1")], 5, 0);
	memset(states, STATE_OK, sizeof states);
	value[talk_channel(talk, "pm4")] = NAN;
	one_poll(talk, &speech);
	assert_int_equal(
	        talk->decoded.state[talk_channel(talk, "pm4")], STATE_NO_VALUE);
	assert_int_equal(talk->decoded.state[talk_channel(talk, "pm1")], STATE_OK);
	talk_close(talk);
	talk = talk_open("davis-vantage-pro2");
	speech.instrument = talk->instrument;
	states[talk_channel(talk, "wind_speed")] = STATE_NO_VALUE;
	value[talk_channel(talk, "air_temperature")] = NAN;
	value[talk_channel(talk, "relative_humidity")] = NAN;
	one_poll(talk, &speech);
	assert_int_equal(
	        talk->decoded.state[talk_channel(talk, "wind_speed")], STATE_NO_VALUE);
	assert_int_equal(talk->decoded.state[talk_channel(talk, "air_temperature")],
	        STATE_NO_VALUE);
	assert_int_equal(talk->decoded.state[talk_channel(talk, "relative_humidity")],
	        STATE_NO_VALUE);
	talk_close(talk);
}

static void a_request_to_somebody_else_is_not_answered(void **state)
{
	struct talk *talk = talk_open("sensirion-sps30");
	uint8_t in[FRAME_MOST];
	size_t n = hex_bytes("7E 00 00 02 01 03 F9 7E", in, sizeof in);
	for (size_t cut = 1; cut < n; cut++)
		assert_int_equal(
		        talk->driver->request(talk->instrument, in, cut), FRAME_SHORT);
	assert_int_equal(talk->driver->request(talk->instrument, in, n), n);
	in[1] = 1;
	assert_int_equal(talk->driver->request(talk->instrument, in, n), FRAME_NONE);
	struct speech speech = { .instrument = talk->instrument };
	assert_int_equal(
	        talk->driver->say(&speech, in, n, talk->out, sizeof talk->out), 0);
	talk_close(talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_profile_of_frames_can_be_simulated),
		cmocka_unit_test(states_and_missing_numbers_can_be_simulated),
		cmocka_unit_test(a_request_to_somebody_else_is_not_answered),
	};
	return cmocka_run_group_tests_name("frames_say", tests, NULL, NULL);
}
