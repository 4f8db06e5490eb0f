/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is the matter with the instruments of a scenario at a time: nothing here remembers
 * anything. */
#include "sensors/simulator/scenario.h"

#include <math.h>
#include <string.h>

#include "base/reading.h"

/* What happens on the line. */
static void line_faults(
        const struct scenario_scene *scene, struct scenario_condition *now)
{
	now->silent |= scene->silent;
	now->cable |= scene->cable;
	now->hang_up |= scene->hang_up;
	now->behind |= scene->behind;
	now->garbage |= scene->garbage;
	now->echo |= scene->echo;
	now->twice |= scene->twice;
	now->foreign |= scene->foreign;
	now->babble |= scene->babble;
	if (scene->commands != SCENE_COMMANDS_DONE)
		now->commands = scene->commands;
	if (scene->flips > 0)
		now->flips = (int)scene->flips;
	if (scene->stray > 0)
		now->stray = (int)scene->stray;
	if (scene->late_s > 0)
		now->late_us = (int64_t)(scene->late_s * 1e6);
	if (scene->slow_s > 0)
		now->slow_us = (int64_t)(scene->slow_s * 1e6);
	if (scene->split_s > 0)
		now->split_us = (int64_t)(scene->split_s * 1e6);
	if (scene->clumps_s > 0)
		now->clumps_us = (int64_t)(scene->clumps_s * 1e6);
}

struct scenario_condition scenario_condition(const struct scenario *scenario,
        const struct scenario_instrument *instrument, int64_t time_us)
{
	struct scenario_condition now = { .seed = 0 };
	for (size_t i = 0; i < instrument->n_scenes; i++) {
		const struct scenario_scene *scene = instrument->scene[i];
		if (!scenario_scene_now(scenario, scene, time_us))
			continue;
		line_faults(scene, &now);
		now.seed ^= scenario_random(scene->seed, (uint64_t)time_us);
		now.other_order |= scene->other_order;
		if (scene->exception != 0)
			now.exception = (uint8_t)scene->exception;
		if (scene->renumbered[0] != '\0')
			now.renumbered = scene->renumbered;
	}
	return now;
}

static bool scene_names(const struct scenario_scene *scene, const char *channel)
{
	for (size_t i = 0; i < scene->n_channels; i++)
		if (strcmp(scene->channel[i], channel) == 0)
			return true;
	return scene->n_channels == 0;
}

double scenario_shown(const struct scenario *scenario,
        const struct scenario_instrument *instrument, size_t c, int64_t time_us)
{
	const struct profile *profile = instrument->profile;
	size_t of = c;
	int64_t from_us = time_us;
	if (!isnan(instrument->written[c]))
		return instrument->written[c];
	for (size_t i = 0; i < instrument->n_scenes; i++) {
		const struct scenario_scene *scene = instrument->scene[i];
		if (!scene_names(scene, profile->channel[c].about.name) ||
		        !scenario_scene_now(scenario, scene, time_us))
			continue;
		of = (of + (size_t)scene->shift) % profile->n_channels;
		if (scene->frozen)
			from_us = scenario_scene_start(scenario, scene, time_us);
	}
	return scenario_value(scenario, instrument, of, from_us);
}

uint8_t scenario_state(const struct scenario *scenario,
        const struct scenario_instrument *instrument, size_t c, int64_t time_us)
{
	const char *name = instrument->profile->channel[c].about.name;
	uint8_t state = STATE_OK;
	for (size_t i = 0; i < instrument->n_scenes; i++) {
		const struct scenario_scene *scene = instrument->scene[i];
		if (scene->state_number >= 0 && scene_names(scene, name) &&
		        scenario_scene_now(scenario, scene, time_us))
			state = (uint8_t)scene->state_number;
	}
	return state;
}

bool scenario_cable_out(const struct scenario *scenario, size_t port, int64_t time_us)
{
	for (size_t i = 0; i < scenario->n_scenes; i++) {
		const struct scenario_scene *scene = &scenario->scene[i];
		if (scene->cable && strcmp(scene->port, scenario->port[port].id) == 0 &&
		        scenario_scene_now(scenario, scene, time_us))
			return true;
	}
	return false;
}

int scenario_port_index(const struct scenario *scenario, const char *id)
{
	for (size_t i = 0; i < scenario->n_ports; i++)
		if (strcmp(scenario->port[i].id, id) == 0)
			return (int)i;
	return NOT_FOUND;
}
