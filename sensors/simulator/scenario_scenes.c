/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When scenes are, and whom they concern. */
#include "sensors/simulator/scenario_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/reading.h"

int clock_parse(const char *text, int64_t *us)
{
	int hour, minute, used = -1;
	if (sscanf(text, "%2d:%2d%n", &hour, &minute, &used) != 2 || text[used] != '\0')
		return MALFORMED;
	if (hour < 0 || hour > 24 || minute < 0 || minute > 59 ||
	        (hour == 24 && minute > 0))
		return MALFORMED;
	*us = hour * US_PER_HOUR + minute * US_PER_MIN;
	return OK;
}

static int day_parse(const char *text, int64_t *us)
{
	int day, used = -1;
	int64_t clock_us = 0;
	if (sscanf(text, "day %5d%n", &day, &used) != 1 || day < 1)
		return MALFORMED;
	text += used;
	if (*text == ' ' && clock_parse(text + 1, &clock_us) != OK)
		return MALFORMED;
	if (*text != ' ' && *text != '\0')
		return MALFORMED;
	*us = (day - 1) * US_PER_DAY + clock_us;
	return OK;
}

static int live_parse(const char *text, int64_t *us)
{
	double seconds = 0;
	text += strlen("live");
	if (*text != '\0' && strncmp(text, " +", 2) != 0)
		return MALFORMED;
	if (*text != '\0' && duration_parse(text + 2, &seconds) != OK)
		return MALFORMED;
	*us = (int64_t)(seconds * 1e6);
	return OK;
}

/* After the start of day 1, or of live.  ISO 8601 needs a start in the file. */
static int scene_time(
        const struct scenario *scenario, const char *text, int64_t *us, bool *live)
{
	*live = strncmp(text, "live", 4) == 0;
	if (*live)
		return live_parse(text, us);
	if (strncmp(text, "day", 3) == 0)
		return day_parse(text, us);
	if (!scenario->head.start_set ||
	        time_parse(text, scenario->head.offset_min, us) != OK)
		return MALFORMED;
	*us -= scenario->start_us;
	return OK;
}

static void check_times(struct reading_of *of, size_t i, struct scenario_scene *scene)
{
	static const char hint[] =
	        "write \"day 9\", \"day 9 10:00\", \"live +20s\", or ISO "
	        "8601 in a scenario that has a start";
	const struct scenario *scenario = of->scenario;
	int64_t base_us = (int64_t)(scenario->head.base_s * 1e6);
	bool live;
	if (scene_time(scenario, scene->from, &scene->from_us, &scene->live) != OK)
		complain(of, hint, place("scenes", i, "from"),
		        "'%s' is no time of a scenario", scene->from);
	else if (scene_time(scenario, scene->to, &scene->to_us, &live) != OK ||
	         live != scene->live)
		complain(of, hint, place("scenes", i, "to"),
		        "'%s' is no end of this scene", scene->to);
	else if (scene->to_us <= scene->from_us)
		complain(of, "the end is not included, so it must be later",
		        place("scenes", i, "to"),
		        "'%s' is not after the scene's beginning", scene->to);
	else if (!isnan(scene->mean) && (scene->to_us - scene->from_us) % base_us != 0)
		complain(of, "a planted mean is made of whole base intervals",
		        place("scenes", i, "to"),
		        "the scene to '%s' is no whole number of base intervals",
		        scene->to);
}

static void check_state(struct reading_of *of, size_t i, struct scenario_scene *scene)
{
	scene->state_number = -1;
	if (scene->state[0] == '\0')
		return;
	scene->state_number = channel_state_of(scene->state);
	if (scene->state_number < 0)
		complain(of, "calibrating, maintenance, fault, stopped, off, ...",
		        place("scenes", i, "state"),
		        "no instrument is in the state '%s'", scene->state);
}

static bool concerns(const struct scenario_scene *scene,
        const struct scenario_instrument *instrument)
{
	if (scene->instrument[0] != '\0')
		return strcmp(scene->instrument, instrument->id) == 0;
	return scene->port[0] == '\0' || strcmp(scene->port, instrument->port_id) == 0;
}

static bool changes_value(
        const struct scenario_scene *scene, const struct scenario_channel *channel)
{
	if (isnan(scene->set) && isnan(scene->add) && isnan(scene->multiply) &&
	        isnan(scene->mean) && isnan(scene->noise))
		return false;
	for (size_t i = 0; i < scene->n_channels; i++)
		if (strcmp(scene->channel[i], channel->name) == 0)
			return true;
	return scene->n_channels == 0;
}

/* Some instrument of the scene has a status register for its state. */
static bool can_say(const struct scenario *scenario, const struct scenario_scene *scene)
{
	for (size_t k = 0; k < scenario->n_instruments; k++) {
		const struct profile *profile = scenario->instrument[k].profile;
		for (size_t r = 0; r < profile->n_rules; r++)
			if (concerns(scene, &scenario->instrument[k]) &&
			        profile->rule[r].state_number == scene->state_number)
				return true;
	}
	return false;
}

static void check_whom(
        struct reading_of *of, size_t i, const struct scenario_scene *scene)
{
	const struct scenario *scenario = of->scenario;
	size_t hits = 0;
	for (size_t k = 0; k < scenario->n_instruments; k++)
		hits += concerns(scene, &scenario->instrument[k]);
	if (hits == 0)
		complain(of, "name an instrument or a port of this scenario",
		        place("scenes", i, "instrument"), "nobody here is '%s'",
		        scene->instrument[0] != '\0' ? scene->instrument : scene->port);
	if (scene->state_number >= 0 && hits > 0 && !can_say(scenario, scene))
		complain(of, "see states: of the profile", place("scenes", i, "state"),
		        "the profile of its instrument cannot say '%s'", scene->state);
	for (size_t c = 0; c < scene->n_channels; c++) {
		bool known = false;
		for (size_t k = 0; k < scenario->n_instruments; k++)
			known |= concerns(scene, &scenario->instrument[k]) &&
			         profile_channel_index(scenario->instrument[k].profile,
			                 scene->channel[c]) >= 0;
		if (!known)
			complain(of, "channels are called as in the profile",
			        place("scenes", i, "channels"),
			        "no instrument of this scene has a channel '%s'",
			        scene->channel[c]);
	}
}

/* Whether nobody on such a line can have this address; *hint what one looks like. */
static bool no_address(
        const struct driver *driver, const char *address, const char **hint)
{
	char *end;
	long number = strtol(address, &end, 10);
	*hint = "a slave has a number from 1 to 247";
	if (driver->modbus)
		return *end != '\0' || number < 0 || number > 255;
	if (driver->address == NULL)
		return false;
	*hint = driver->address(address);
	return *hint != NULL;
}

static void check_renumbered(
        struct reading_of *of, size_t i, const struct scenario_scene *scene)
{
	const char *hint;
	const struct scenario *scenario = of->scenario;
	if (scene->renumbered[0] == '\0')
		return;
	for (size_t k = 0; k < scenario->n_instruments; k++) {
		const struct scenario_instrument *one = &scenario->instrument[k];
		if (!concerns(scene, one) ||
		        !no_address(one->profile->driver, scene->renumbered, &hint))
			continue;
		complain(of, hint, place("scenes", i, "renumbered"),
		        "'%s' is no address of '%s'", scene->renumbered, one->id);
		return;
	}
}

void scenes_check(struct reading_of *of)
{
	struct scenario *scenario = of->scenario;
	for (size_t i = 0; i < scenario->n_scenes; i++) {
		struct scenario_scene *scene = &scenario->scene[i];
		scene->seed = (uint64_t)scenario->head.seed * 1000003 + i * 7919;
		check_times(of, i, scene);
		check_state(of, i, scene);
		check_whom(of, i, scene);
		check_renumbered(of, i, scene);
		if (scene->cable && scene->port[0] == '\0')
			complain(of, "add port: with the id of the port",
			        place("scenes", i, "cable"),
			        "a cable is pulled from a port, and none is named");
	}
}

/* The scenes that concern an instrument, and of these those that change a channel's value. */
static int gather(
        const struct scenario *scenario, struct scenario_instrument *instrument)
{
	size_t n = scenario->n_scenes;
	instrument->scene = calloc(n + 1, sizeof instrument->scene[0]);
	if (instrument->scene == NULL)
		return FAILED;
	for (size_t c = 0; c < instrument->profile->n_channels; c++) {
		struct scenario_channel *channel = &instrument->of_profile[c];
		channel->scene = calloc(n + 1, sizeof channel->scene[0]);
		if (channel->scene == NULL)
			return FAILED;
	}
	for (size_t i = 0; i < n; i++) {
		const struct scenario_scene *scene = &scenario->scene[i];
		if (!concerns(scene, instrument))
			continue;
		instrument->scene[instrument->n_scenes++] = scene;
		for (size_t c = 0; c < instrument->profile->n_channels; c++) {
			struct scenario_channel *channel = &instrument->of_profile[c];
			if (changes_value(scene, channel))
				channel->scene[channel->n_scenes++] = scene;
		}
	}
	return OK;
}

int scenes_gather(struct scenario *scenario)
{
	for (size_t i = 0; i < scenario->n_instruments; i++)
		if (gather(scenario, &scenario->instrument[i]) != OK)
			return FAILED;
	return OK;
}
