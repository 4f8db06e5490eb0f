/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the simulator says with a profile of HJ 212 is what the driver understands. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/hj212.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/speech.h"
#include "sensors/tables/values.h"
#include "tests/kits/hj212_vectors.h"

static const char *const names[] = { "hj212-2005-stack", "hj212-2005-waste-water",
	"hj212-2017-stack", "hj212-2017-waste-water", "hj212-2017-ambient-air" };
#define N_NAMES (sizeof names / sizeof names[0])

struct speaker {
	struct profile *profile;
	struct channel_setting setting[READING_CHANNELS];
	struct instrument instrument;
	double value[READING_CHANNELS];
	uint8_t state[READING_CHANNELS];
	struct speech speech;
	uint8_t frame[FRAME_MOST];
	size_t n;
	struct decoded decoded;
};

static void open_speaker(struct speaker *s, const char *name)
{
	struct problem why;
	memset(s, 0, sizeof *s);
	assert_int_equal(profile_find(&s->profile, name,
	                         project_file("sensors/profiles"), NULL, &why),
	        OK);
	for (size_t i = 0; i < s->profile->n_channels; i++) {
		s->setting[i] = (struct channel_setting){ .low = NAN, .high = NAN };
		s->value[i] = 1.25 + (double)i / 3;
		s->state[i] = STATE_OK;
	}
	s->instrument = (struct instrument){ .id = "s",
		.profile = s->profile,
		.address = "010000A8900016F000169DC0",
		.utc_offset_min = 420,
		.setting = s->setting };
	s->speech = (struct speech){ .instrument = &s->instrument,
		.value = s->value,
		.state = s->state,
		.time_us = INT64_C(1794188880000000) };
}

/* One message, and what the driver makes of it. */
static void speak(struct speaker *s)
{
	uint8_t bytes[FRAME_MOST + 16];
	s->n = hj212_say(&s->speech, NULL, 0, s->frame, sizeof s->frame);
	assert_true(s->n > 0);
	struct exchange exchange = { .size = (uint16_t)s->n, .bytes = s->frame };
	int size = exchange_put(&exchange, bytes, sizeof bytes);
	struct exchanges exchanges = { .n = 1, .size = (size_t)size, .bytes = bytes };
	values_decode(&s->instrument, &exchanges, NULL, NULL, &s->decoded);
}

static void what_is_said_is_understood_to_the_bit(void **state)
{
	for (size_t k = 0; k < N_NAMES; k++) {
		struct speaker s;
		open_speaker(&s, names[k]);
		speak(&s);
		for (size_t i = 0; i < s.profile->n_channels; i++) {
			assert_int_equal(s.decoded.state[i], STATE_OK);
			assert_memory_equal(
			        &s.decoded.value[i], &s.value[i], sizeof s.value[i]);
		}
		assert_int_equal(s.decoded.n_sampled, s.profile->n_channels);
		assert_int_equal(s.decoded.sampled_us[0], s.speech.time_us);
		profile_free(s.profile);
	}
}

static void every_state_with_a_flag_is_understood(void **state)
{
	static const uint8_t states[] = { STATE_FAULT, STATE_CALIBRATING,
		STATE_MAINTENANCE, STATE_STOPPED, STATE_ABOVE_RANGE };
	for (size_t k = 0; k < N_NAMES; k++) {
		struct speaker s;
		open_speaker(&s, names[k]);
		for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
			s.state[0] = states[i];
			speak(&s);
			assert_int_equal(s.decoded.state[0], states[i]);
			assert_int_equal(s.decoded.state[3], STATE_OK);
		}
		s.state[0] = STATE_OK;
		s.value[0] = NAN;
		speak(&s);
		assert_int_equal(s.decoded.state[0], STATE_NO_VALUE);
		profile_free(s.profile);
	}
}

/* A slow analyser shows its result with the time it is from. */
static void a_slow_result_has_its_own_time(void **state)
{
	struct speaker s;
	open_speaker(&s, "hj212-2017-waste-water");
	int tn = profile_channel_index(s.profile, "tn");
	s.profile->channel[tn].about.result_every_s = 7200;
	speak(&s);
	int64_t every_us = INT64_C(7200000000);
	assert_int_equal(
	        s.decoded.sampled_us[tn], s.speech.time_us / every_us * every_us);
	profile_free(s.profile);
}

static void who_is_asked_answers_its_own_requests_only(void **state)
{
	struct speaker s;
	uint8_t out[FRAME_MOST];
	const char *request = hj212_framed(
	        "QN=1;ST=32;CN=2011;PW=1;MN=010000A8900016F000169DC0;Flag=5;CP=&&&&");
	char ours[256];
	size_t n = strlen(request);
	memcpy(ours, request, n + 1);
	open_speaker(&s, "hj212-2017-waste-water");
	assert_int_equal(hj212_asked_of(&s.instrument, (uint8_t *)ours, n), FRAME_NONE);
	s.profile->only.hj212.ask = true;
	assert_int_equal(hj212_asked_of(&s.instrument, (uint8_t *)ours, n), n);
	assert_int_equal(
	        hj212_asked_of(&s.instrument, (uint8_t *)ours, n - 9), FRAME_SHORT);
	const char *theirs = hj212_vector("H06a");
	assert_int_equal(
	        hj212_asked_of(&s.instrument, (const uint8_t *)theirs, strlen(theirs)),
	        FRAME_NONE);
	size_t size = hj212_say(&s.speech, (uint8_t *)ours, n, out, sizeof out);
	assert_true(size > 0);
	assert_memory_equal(out + 6, "QN=20261109", 11);
	s.speech.exception = 4;
	size = hj212_say(&s.speech, (uint8_t *)ours, n, out, sizeof out);
	out[size] = '\0';
	assert_contains((char *)out, "CN=9011;");
	assert_contains((char *)out, "CP=&&QnRtn=4&&");
	profile_free(s.profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_understood_to_the_bit),
		cmocka_unit_test(every_state_with_a_flag_is_understood),
		cmocka_unit_test(a_slow_result_has_its_own_time),
		cmocka_unit_test(who_is_asked_answers_its_own_requests_only),
	};
	return cmocka_run_group_tests_name("hj212_say", tests, NULL, NULL);
}
