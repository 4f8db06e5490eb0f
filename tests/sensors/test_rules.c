/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every state rule of every profile, fired: the answering side of the driver says what makes it hold
 * (sensors/tables/speech.h), the asking side reads it, and the rule must be the one that decides.  A rule that
 * an earlier one always hides, or that no answer can fulfil, is found here.
 */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kits/stage.h"

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
	stage_converse(stage);
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
	stage_be_well(stage);
	stage_converse(stage);
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
		stage_be_well(stage);
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
		stage_open(&stage, names[i]);
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
