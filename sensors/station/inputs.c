/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/station/inputs.h"

#include <stddef.h>

const char *const input_kinds[] = { "maintenance", "door", "mains", "ups",
	"sampler-ready", "other", NULL };

const char *input_word(enum input_kind kind, enum input_level level)
{
	static const char *const word[][2] = {
		[INPUT_MAINTENANCE] = { "off", "on" },
		[INPUT_DOOR] = { "closed", "open" },
		[INPUT_MAINS] = { "off", "on" },
		[INPUT_UPS] = { "ok", "alarm" },
		[INPUT_SAMPLER_READY] = { "not ready", "ready" },
		[INPUT_OTHER] = { "off", "on" },
	};
	if (level != LEVEL_OFF && level != LEVEL_ON)
		return "unknown";
	return word[kind][level == LEVEL_ON];
}

void input_see(struct input *input, enum input_level level, const struct moment *when)
{
	if (level == input->level)
		return;
	input->level = level;
	input->edge_us = when->mono_us;
	if (!input->moving)
		input->first = *when;
	input->moving = true;
}

static bool tell_restless(struct input *input, const struct moment *now)
{
	if (input->restless || now->mono_us - input->first.mono_us < INPUT_RESTLESS_US)
		return false;
	input->restless = true;
	if (input->told == LEVEL_UNKNOWN)
		return false;
	input->told = LEVEL_UNKNOWN;
	return true;
}

bool input_settle(struct input *input, const struct moment *now)
{
	if (!input->moving)
		return false;
	if (now->mono_us - input->edge_us < input->settle_us)
		return tell_restless(input, now);
	/* what it did while nobody could say was told: its rest is the news */
	if (input->restless) {
		input->first = *now;
		input->first.time_us -= now->mono_us - input->edge_us;
		input->first.mono_us = input->edge_us;
	}
	input->moving = input->restless = false;
	if (input->told == input->level)
		return false;
	input->told = input->level;
	return true;
}

int64_t input_due_us(const struct input *input)
{
	if (!input->moving)
		return INT64_MAX;
	int64_t rest_us = input->edge_us + input->settle_us;
	int64_t restless_us = input->first.mono_us + INPUT_RESTLESS_US;
	return input->restless || rest_us < restless_us ? rest_us : restless_us;
}
