/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every state rule of every profile, fired: the answering side of the driver says what makes it hold
 * (sensors/tables/speech.h), the asking side reads it, and the rule must be the one that decides.  A rule that
 * an earlier one always hides, or that no answer can fulfil, is found here.
 */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/tables/speech.h"
#include "tests/kits/capture.h"

/* What an instrument is made to say, and what was understood. */
struct stage {
	struct capture capture;
	struct profile *profile;
	double value[READING_CHANNELS];
	uint8_t state[READING_CHANNELS];
	uint8_t bytes[16384];
	struct exchanges said;
};

static void keep(struct stage *stage, uint16_t block, const uint8_t *in, size_t n)
{
	struct exchange exchange = { .block = block, .size = (uint16_t)n, .bytes = in };
	int size = exchange_put(&exchange, stage->bytes + stage->said.size,
	        sizeof stage->bytes - stage->said.size);
	assert_true(size > 0);
	stage->said.size += (size_t)size;
	stage->said.n++;
}

/* One request and its answer, or one message of an instrument that speaks by itself. */
static int exchange(struct stage *stage, const struct speech *speech, void *walk)
{
	const struct driver *driver = stage->profile->driver;
	uint8_t request[FRAME_MOST], answer[FRAME_MOST];
	bool asks = driver_asks(speech->instrument);
	size_t n = asks ? driver->ask(walk, request, sizeof request) : 0;
	size_t size = driver->say(speech, request, n, answer, sizeof answer);
	uint16_t block = driver->block(walk);
	if (size == 0)
		return driver->missed(walk, true);
	int what = NOT_USABLE;
	for (size_t at = 0; at < size;) {
		int length = driver->frame(walk, answer + at, size - at);
		if (length <= 0)
			fail_msg("%s: block %d says no frame", stage->profile->name,
			        block);
		what = driver->decode(walk, answer + at, (size_t)length);
		keep(stage, asks ? block : driver->block(walk), answer + at,
		        (size_t)length);
		at += (size_t)length;
	}
	return what;
}

static void converse(struct stage *stage)
{
	const struct instrument *instrument = &stage->capture.instrument;
	const struct speech speech = {
		.instrument = instrument,
		.value = stage->value,
		.state = stage->state,
		.time_us = INT64_C(1794157200000000),
	};
	void *walk = calloc(1, driver_state_size(instrument));
	stage->profile->driver->begin(walk, instrument);
	stage->said = (struct exchanges){ .bytes = stage->bytes };
	int what = ASK_AGAIN;
	for (int i = 0; i < 64 && what != READING_DONE && what != NOT_USABLE; i++)
		what = exchange(stage, &speech, walk);
	free(walk);
}

/* Middles of the ranges. */
static void be_well(struct stage *stage)
{
	for (size_t c = 0; c < stage->profile->n_channels; c++) {
		const struct channel *about = &stage->profile->channel[c].about;
		bool ranged = isfinite(about->low) && isfinite(about->high);
		stage->value[c] = ranged ? (about->low + about->high) / 2 : 5;
		stage->state[c] = STATE_OK;
	}
}

/* Say the state of rule r, of all it covers; no other rule is known to say it. */
static void say_rule(struct stage *stage, size_t r)
{
	struct profile_rule *rule = stage->profile->rule;
	uint8_t number[256] = { 0 };
	assert_true(stage->profile->n_rules <= sizeof number);
	for (size_t i = 0; i < stage->profile->n_rules; i++) {
		number[i] = rule[i].state_number;
		rule[i].state_number = i == r ? STATE_FAULT : STATE_STOPPED;
	}
	for (size_t c = 0; c < stage->profile->n_channels; c++)
		stage->state[c] =
		        map_covers(rule[r].covers, c) ? STATE_FAULT : STATE_OK;
	converse(stage);
	for (size_t i = 0; i < stage->profile->n_rules; i++)
		rule[i].state_number = number[i];
}

/* Whether rule r decides over a channel by what was said. */
static bool decides(const struct stage *stage, size_t r)
{
	static struct came_all came;
	uint8_t state;
	const struct instrument *instrument = &stage->capture.instrument;
	const struct profile_rule *rule = &stage->profile->rule[r];
	values_sort(instrument, &stage->said, &came);
	for (size_t c = 0; c < stage->profile->n_channels; c++)
		if (came.block[rule->block_index].state == STATE_OK &&
		        values_rule(instrument, &came, c, &state) == rule)
			return true;
	return false;
}

/* Rules that decide though all is well. */
static size_t false_alarms(struct stage *stage)
{
	size_t n = 0;
	be_well(stage);
	converse(stage);
	for (size_t r = 0; r < stage->profile->n_rules; r++)
		n += decides(stage, r);
	if (n > 0)
		print_error(
		        "%s: %zu rules though all is well\n", stage->profile->name, n);
	return n;
}

static void rule_text(const struct profile_rule *rule, char *out, size_t room)
{
	if (rule->field != NULL)
		snprintf(out, room, "%s", rule->field);
	else
		snprintf(out, room, "%s+%d", rule->block, (int)rule->at);
}

static size_t fire_all(struct stage *stage)
{
	size_t wrong = 0;
	for (size_t r = 0; r < stage->profile->n_rules; r++) {
		char where[64];
		be_well(stage);
		say_rule(stage, r);
		if (decides(stage, r))
			continue;
		rule_text(&stage->profile->rule[r], where, sizeof where);
		print_error("%s, rule %zu (%s, %s) never decides\n",
		        stage->profile->name, r + 1, where,
		        stage->profile->rule[r].state);
		wrong++;
	}
	return wrong;
}

static void every_rule_of_every_profile_can_decide(void **state)
{
	static struct stage stage;
	const char **names = capture_list();
	size_t wrong = 0, rules = 0;
	for (size_t i = 0; names[i] != NULL; i++) {
		capture_read(&stage.capture, names[i]);
		stage.profile = stage.capture.profile;
		if (strcmp(stage.profile->name, names[i]) == 0) {
			rules += stage.profile->n_rules;
			wrong += fire_all(&stage) + false_alarms(&stage);
		}
		capture_free(&stage.capture);
	}
	free(names);
	assert_int_equal(wrong, 0);
	assert_true(rules > 150); /* not by looking at none */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_of_every_profile_can_decide),
	};
	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
