/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/simulator/scenario_parts.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"

struct place place(const char *section, size_t i, const char *key)
{
	return (struct place){ .section = section, .i = i, .key = key };
}

void complain(const struct reading_of *of, const char *hint, struct place at,
        const char *format, ...)
{
	char where[64], sentence[1200];
	va_list args;
	if (at.single)
		snprintf(where, sizeof where, "%s.%s", at.section, at.key);
	else
		snprintf(where, sizeof where, "%s[%zu].%s", at.section, at.i, at.key);
	va_start(args, format);
	vsnprintf(sentence, sizeof sentence, format, args);
	va_end(args);
	config_error(of->scenario->config, NULL, where, hint, "%s", sentence);
}

/* ---- instruments ---- */

static bool same_place(
        const struct scenario_instrument *one, const struct scenario_instrument *other)
{
	if (strcmp(one->port_id, other->port_id) != 0 || one->profile == NULL ||
	        one->profile->driver != other->profile->driver)
		return false;
	return one->profile->driver->modbus ? one->slave == other->slave
	                                    : strcmp(one->address, other->address) == 0;
}

/* What is not written is as in the profile; port -1: it has none. */
static int fill_instrument(const struct scenario *scenario,
        struct scenario_instrument *instrument, int port)
{
	if (!instrument->slave_set)
		instrument->slave = instrument->profile->slave;
	if (instrument->address[0] == '\0' && instrument->profile->address != NULL)
		instrument->address = instrument->profile->address;
	instrument->instrument = (struct instrument){
		.id = instrument->id,
		.profile = instrument->profile,
		.framing = port >= 0 ? scenario->port[port].mode : 0,
		.slave = (uint8_t)instrument->slave,
		.address = instrument->address,
		.utc_offset_min = scenario->head.offset_min,
	};
	return channels_fill(scenario, instrument);
}

static int instrument_check(struct reading_of *of, size_t i)
{
	struct scenario *scenario = of->scenario;
	struct scenario_instrument *instrument = &scenario->instrument[i];
	struct problem why = { 0 };
	int port = scenario_port_index(scenario, instrument->port_id);
	if (port < 0)
		complain(of, "ports are listed under ports:",
		        place("instruments", i, "port"), "there is no port '%s'",
		        instrument->port_id);
	instrument->port = port < 0 ? 0 : (size_t)port;
	if (profile_find(&instrument->profile, instrument->profile_name,
	            scenario->head.profiles, NULL, &why) != OK) {
		complain(of, "a profile says which registers a model has",
		        place("instruments", i, "profile"), "%s", why.text);
		return OK;
	}
	if (fill_instrument(scenario, instrument, port) != OK)
		return FAILED;
	if (instrument->coils > 0 && !instrument->profile->driver->modbus)
		complain(of, "leave it out", place("instruments", i, "coils"),
		        "'%s' does not speak Modbus: it has no coils", instrument->id);
	channels_check(of, i);
	for (size_t k = 0; k < i; k++)
		if (same_place(&scenario->instrument[k], instrument))
			complain(of, "give every instrument of a port its own address",
			        place("instruments", i, "slave"),
			        "'%s' answers there already",
			        scenario->instrument[k].id);
	return OK;
}

/* "127.0.0.1:15020"; port 0 takes a free one, where one listens. */
static void address_check(
        struct reading_of *of, struct place at, const char *text, long least)
{
	const char *colon = strrchr(text, ':');
	char *end = NULL;
	long number = colon != NULL ? strtol(colon + 1, &end, 10) : 0;
	if (text[0] == '\0')
		return;
	if (colon == NULL || end == colon + 1 || *end != '\0' || number < least ||
	        number > 65535)
		complain(of, "write address and port, for example \"127.0.0.1:15020\"",
		        at, "'%s' is not address:port", text);
}

static void port_check(struct reading_of *of, size_t i)
{
	const struct scenario_port *port = &of->scenario->port[i];
	address_check(of, place("ports", i, "listen"), port->listen, 0);
	address_check(of, place("ports", i, "connect"), port->connect, 1);
	if (port->listen[0] != '\0' && port->connect[0] != '\0')
		complain(of, "leave one of them out", place("ports", i, "connect"),
		        "port '%s' cannot both listen and connect", port->id);
}

static int scenario_check(struct reading_of *of)
{
	struct scenario *scenario = of->scenario;
	bool all = true;
	for (size_t i = 0; i < scenario->n_ports; i++)
		port_check(of, i);
	for (size_t i = 0; i < scenario->n_instruments; i++) {
		if (instrument_check(of, i) != OK)
			return FAILED;
		all &= scenario->instrument[i].profile != NULL;
	}
	if (fmod(scenario->head.base_s, scenario->head.slot_s) != 0)
		complain(of, "base: 5min, slot: 1min",
		        (struct place){
		                .section = "scenario", .key = "slot", .single = true },
		        "%s", "a base interval is a whole number of slots");
	if (all)
		scenes_check(of);
	if (config_errors(scenario->config) > 0)
		return MALFORMED;
	return scenes_gather(scenario);
}

static int finish(struct scenario **out, int status, struct reading_of *of)
{
	struct scenario *scenario = of->scenario;
	if (status == OK) {
		scenario_begin(scenario, 0, INT64_MAX);
		status = scenario_check(of);
	}
	if (status == OK) {
		*out = scenario;
		return OK;
	}
	config_tell(scenario->config, of->report);
	const char *first = config_first_error(scenario->config);
	problem_set(of->why, status, status == NOT_FOUND ? EXIT_NO_FILE : EXIT_CONFIG,
	        "%s", first[0] != '\0' ? first : "no memory for the scenario");
	scenario_free(scenario);
	return status;
}

int scenario_read(
        struct scenario **out, const char *path, FILE *report, struct problem *why)
{
	struct reading_of of = { .scenario = calloc(1, sizeof(struct scenario)),
		.report = report,
		.why = why };
	*out = NULL;
	if (of.scenario == NULL)
		return FAILED;
	of.scenario->path = path;
	int status = config_read(
	        &of.scenario->config, path, &scenario_section, of.scenario, NULL);
	return finish(out, status, &of);
}

int scenario_parse(struct scenario **out, const char *text, size_t n, const char *name,
        FILE *report, struct problem *why)
{
	struct reading_of of = { .scenario = calloc(1, sizeof(struct scenario)),
		.report = report,
		.why = why };
	*out = NULL;
	if (of.scenario == NULL)
		return FAILED;
	of.scenario->path = name;
	int status = config_read_text(&of.scenario->config, text, n, name,
	        &scenario_section, of.scenario, NULL);
	return finish(out, status, &of);
}

void scenario_free(struct scenario *scenario)
{
	if (scenario == NULL)
		return;
	for (size_t i = 0; i < scenario->n_instruments; i++) {
		struct scenario_instrument *instrument = &scenario->instrument[i];
		channels_free(instrument);
		free(instrument->of_profile);
		free(instrument->written);
		free(instrument->scene);
		profile_free(instrument->profile);
	}
	config_free(scenario->config);
	free(scenario);
}

void scenario_begin(struct scenario *scenario, int64_t start_us, int64_t live_us)
{
	if (start_us == 0)
		start_us = scenario->head.start_us;
	scenario->start_us = day_start(start_us, scenario->head.offset_min);
	scenario->live_us = live_us;
}
