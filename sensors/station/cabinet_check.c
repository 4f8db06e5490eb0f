/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's part of a configuration: what its tables cannot say. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "sensors/station/inputs.h"
#include "sensors/station/station.h"

/* The place of an error: the key within one input or the sampler. */
struct place {
	struct station *station;
	bool sound; /* the tables had nothing to say: what is empty was not written */
	char at[64];
	char path[96];
};

static const char *key(struct place *place, const char *name)
{
	snprintf(place->path, sizeof place->path, "%s.%s", place->at, name);
	return place->path;
}

#define WRONG(place, name, hint, ...)                                                  \
	config_error((place)->station->config, NULL, key((place), (name)), (hint),     \
	        __VA_ARGS__)

static size_t find_port(const struct station *station, const char *id)
{
	for (size_t i = 0; i < station->n_ports; i++)
		if (id[0] != '\0' && strcmp(station->port[i].id, id) == 0)
			return i;
	return SIZE_MAX;
}

static size_t find_instrument(const struct station *station, const char *id)
{
	for (size_t i = 0; i < station->n_instruments; i++)
		if (id[0] != '\0' && strcmp(station->instrument[i].id, id) == 0)
			return i;
	return SIZE_MAX;
}

/* ---- what is written of a level ---- */

/* "75 mg/L" in `unit`. */
static int level_parse(const char *text, const char *unit, double *out)
{
	double factor, offset;
	char *end;
	double value = strtod(text, &end);
	if (end == text || !isfinite(value))
		return MALFORMED;
	end += strspn(end, " ");
	if (*end == '\0')
		return MALFORMED;
	int status = units_convert(end, unit, &factor, &offset);
	if (status == OK)
		*out = value * factor + offset;
	return status;
}

int limit_parse(const char *text, const char *unit, double *low, double *high)
{
	*low = *high = NAN;
	if (strstr(text, "..") != NULL)
		return range_parse(text, unit, low, high);
	return level_parse(text, unit, high);
}

/* ---- where something is wired ---- */

static void check_port(struct place *place, const char *id, bool modem, size_t *index)
{
	const struct station *station = place->station;
	*index = SIZE_MAX;
	if (id[0] == '\0')
		return;
	*index = find_port(station, id);
	if (*index == SIZE_MAX)
		WRONG(place, "port", "write the id of one of the ports",
		        "there is no port '%s'", id);
	else if (modem && station->port[*index].path[0] == '\0')
		WRONG(place, "port", "name a port with a path",
		        "port '%s' is no serial port: it has no modem lines", id);
}

/* An instrument's channel that is in use. */
static void check_channel(struct place *place, const char *instrument,
        const char *channel, size_t index[2])
{
	const struct station *station = place->station;
	index[0] = index[1] = SIZE_MAX;
	if (instrument[0] == '\0' || channel[0] == '\0')
		return;
	size_t i = find_instrument(station, instrument);
	if (i == SIZE_MAX) {
		WRONG(place, "instrument", "write the id of one of the instruments",
		        "there is no instrument '%s'", instrument);
		return;
	}
	const struct station_instrument *one = &station->instrument[i];
	if (one->profile == NULL || one->channel_setting == NULL)
		return; /* told already */
	int c = profile_channel_index(one->profile, channel);
	char hint[CHANNEL_HINT];
	if (c < 0)
		WRONG(place, "channel",
		        profile_channel_hint(one->profile, channel, hint),
		        "profile '%s' has no channel '%s'", one->profile_name, channel);
	else if (one->channel_setting[c].off)
		WRONG(place, "channel", "take `off: yes` away there",
		        "channel '%s' of '%s' is switched off", channel, instrument);
	index[0] = i;
	index[1] = c >= 0 ? (size_t)c : SIZE_MAX;
}

/* ---- inputs ---- */

static void check_place(struct place *place, struct input_setting *input)
{
	bool gpio = input->gpio[0] != '\0', port = input->port_id[0] != '\0';
	bool instrument = input->instrument[0] != '\0';
	size_t index[2];
	if (place->sound && gpio + port + instrument != 1)
		WRONG(place, "id",
		        "write gpio and gpio_line, or port and modem, or instrument "
		        "and channel",
		        "input '%s' needs one place where it is wired", input->id);
	if (place->sound && gpio != input->gpio_line_set)
		WRONG(place, gpio ? "gpio" : "gpio_line", "write both",
		        "gpio and gpio_line belong together");
	if (place->sound && port != input->modem_set)
		WRONG(place, port ? "port" : "modem", "write both",
		        "port and modem belong together");
	if (place->sound && instrument != (input->channel[0] != '\0'))
		WRONG(place, instrument ? "instrument" : "channel", "write both",
		        "instrument and channel belong together");
	check_port(place, input->port_id, true, &input->port_index);
	check_channel(place, input->instrument, input->channel, index);
	input->instrument_index = index[0];
	input->channel_index = index[1];
}

static void check_marked(struct place *place, const struct input_setting *input)
{
	if (input->n_instruments > 0 && input->kind != INPUT_MAINTENANCE)
		WRONG(place, "instruments", "leave it out",
		        "only an input of kind maintenance marks instruments");
	for (size_t k = 0; k < input->n_instruments; k++)
		if (find_instrument(place->station, input->instrument_id[k]) ==
		        SIZE_MAX)
			WRONG(place, "instruments",
			        "write the ids of instruments of this station",
			        "there is no instrument '%s'", input->instrument_id[k]);
}

static bool same_gpio(const char *gpio, int64_t line, const struct input_setting *other)
{
	return gpio[0] != '\0' && strcmp(gpio, other->gpio) == 0 &&
	       line == other->gpio_line;
}

static bool same_place(const struct input_setting *a, const struct input_setting *b)
{
	if (same_gpio(a->gpio, a->gpio_line, b))
		return true;
	if (a->port_id[0] != '\0')
		return strcmp(a->port_id, b->port_id) == 0 && a->modem == b->modem;
	return a->instrument[0] != '\0' && strcmp(a->instrument, b->instrument) == 0 &&
	       strcmp(a->channel, b->channel) == 0;
}

static void check_input(struct place *place, size_t i)
{
	struct cabinet_setting *cabinet = &place->station->cabinet;
	struct input_setting *input = &cabinet->input[i];
	snprintf(place->at, sizeof place->at, "inputs[%zu]", i);
	check_place(place, input);
	check_marked(place, input);
	if (place->sound && input->kind == INPUT_OTHER && input->name[0] == '\0')
		WRONG(place, "id", "add `name:`",
		        "input '%s' of kind other needs a name", input->id);
	for (size_t k = 0; k < i; k++) {
		const struct input_setting *other = &cabinet->input[k];
		if (input->id[0] != '\0' && strcmp(input->id, other->id) == 0)
			WRONG(place, "id", "give each input its own id",
			        "a second input '%s'", input->id);
		if (same_place(input, other))
			WRONG(place, "id", "one contact, one input",
			        "'%s' is wired to the place of '%s'", input->id,
			        other->id);
	}
}

/* ---- sampler ---- */

static void check_level(struct place *place, struct sampler_setting *sampler)
{
	bool below = sampler->below[0] != '\0';
	const char *text = below ? sampler->below : sampler->above;
	if (below == (sampler->above[0] != '\0')) {
		if (place->sound)
			WRONG(place, "channel",
			        "an episode is above a level, or below one",
			        "write one of above and below");
		return;
	}
	sampler->rule.below = below;
	if (sampler->channel_index == SIZE_MAX)
		return;
	const struct station_instrument *one =
	        &place->station->instrument[sampler->instrument_index];
	const char *unit = one->profile->channel[sampler->channel_index].about.unit;
	if (level_parse(text, unit, &sampler->rule.level) != OK)
		WRONG(place, below ? "below" : "above",
		        comma_hint(text,
		                "write a number and its unit, for example 75 mg/L"),
		        "'%s' is not a level in %s", text, unit);
}

static void check_ready(struct place *place, struct sampler_setting *sampler)
{
	const struct cabinet_setting *cabinet = &place->station->cabinet;
	sampler->ready_index = SIZE_MAX;
	if (sampler->ready[0] == '\0')
		return;
	for (size_t i = 0; i < cabinet->n_inputs; i++)
		if (strcmp(cabinet->input[i].id, sampler->ready) == 0)
			sampler->ready_index = i;
	if (sampler->ready_index == SIZE_MAX)
		WRONG(place, "ready", "write the id of one of the inputs",
		        "there is no input '%s'", sampler->ready);
	else if (cabinet->input[sampler->ready_index].kind != INPUT_SAMPLER_READY)
		WRONG(place, "ready", "name an input of kind sampler-ready",
		        "input '%s' is of kind %s", sampler->ready,
		        input_kinds[cabinet->input[sampler->ready_index].kind]);
}

/* Are Modbus instruments asked on this port?  Then a coil can be written between their polls. */
static bool is_asked(const struct station *station, size_t port)
{
	for (size_t i = 0; i < station->n_instruments; i++) {
		const struct station_instrument *one = &station->instrument[i];
		if (one->port_index == port && one->profile != NULL &&
		        one->profile->driver->modbus && driver_asks(&one->instrument))
			return true;
	}
	return false;
}

static bool opens_active(
        const struct station_port *port, const struct sampler_setting *sampler)
{
	bool on = sampler->modem == MODEM_RTS ? port->rts : port->dtr;
	return on == (sampler->active == 0);
}

static void check_output(struct place *place, struct sampler_setting *sampler)
{
	const struct cabinet_setting *cabinet = &place->station->cabinet;
	bool gpio = sampler->gpio[0] != '\0' && sampler->gpio_line_set;
	bool port = sampler->port_id[0] != '\0';
	bool coil = port && sampler->slave_set && sampler->coil_set;
	bool modem = port && sampler->modem_set;
	check_port(place, sampler->port_id, modem, &sampler->port_index);
	if (place->sound && gpio + coil + modem != 1)
		WRONG(place, "channel",
		        "write gpio and gpio_line, or port and modem, or port, slave "
		        "and coil",
		        "the sampler needs one output");
	else if (modem && sampler->port_index != SIZE_MAX &&
	         opens_active(&place->station->port[sampler->port_index], sampler))
		WRONG(place, "modem",
		        "add `rts: off` or `dtr: off` there, or turn `active`",
		        "port '%s' is opened with this line active: every start would "
		        "take a bottle",
		        sampler->port_id);
	else if (port && sampler->port_index != SIZE_MAX &&
	         place->station->port[sampler->port_index].listen)
		WRONG(place, "port", "wire the sampler to a port of its own",
		        "port '%s' has another master: nothing is ever sent there",
		        sampler->port_id);
	else if (coil && sampler->port_index != SIZE_MAX &&
	         !is_asked(place->station, sampler->port_index))
		WRONG(place, "port", "add one, the inputs of that module for example",
		        "port '%s' has no Modbus instrument that is asked",
		        sampler->port_id);
	for (size_t i = 0; i < cabinet->n_inputs; i++)
		if (same_gpio(sampler->gpio, sampler->gpio_line, &cabinet->input[i]))
			WRONG(place, "gpio_line", "an output needs a line of its own",
			        "input '%s' is wired to this line",
			        cabinet->input[i].id);
}

static void check_sampler(struct place *place)
{
	struct sampler_setting *sampler = &place->station->cabinet.sampler;
	size_t index[2];
	snprintf(place->at, sizeof place->at, "sampler");
	check_channel(place, sampler->instrument, sampler->channel, index);
	sampler->instrument_index = index[0];
	sampler->channel_index = index[1];
	check_level(place, sampler);
	check_ready(place, sampler);
	check_output(place, sampler);
	sampler->rule.for_us = (int64_t)(sampler->for_s * 1e6);
	sampler->rule.readings = sampler->readings;
	sampler->rule.bottles = sampler->bottles;
	sampler->rule.most_a_day = sampler->most_a_day;
	sampler->rule.spacing_us = (int64_t)(sampler->spacing_s * 1e6);
	sampler->rule.utc_offset_min = place->station->utc_offset_min;
}

/* ---- limits that are shown ---- */

#define LIMIT_HOW                                                                      \
	"write a number and its unit, 75 mg/L, or lowest and highest, 5.5..9 pH"

static void check_limits(struct place *place, size_t i)
{
	struct station_instrument *one = &place->station->instrument[i];
	for (size_t k = 0; one->profile != NULL && k < one->n_overrides; k++) {
		struct station_channel *channel = &one->override[k];
		int c = profile_channel_index(one->profile, channel->name);
		channel->limit_low = channel->limit_high = NAN;
		snprintf(place->at, sizeof place->at, "instruments[%zu].channels[%zu]",
		        i, k);
		if (channel->limit[0] == '\0' || c < 0)
			continue;
		const char *unit = one->profile->channel[c].about.unit;
		if (limit_parse(channel->limit, unit, &channel->limit_low,
		            &channel->limit_high) != OK)
			WRONG(place, "limit", comma_hint(channel->limit, LIMIT_HOW),
			        "'%s' is not a limit in %s", channel->limit, unit);
		if (place->sound && channel->limit_source[0] == '\0')
			WRONG(place, "limit",
			        "add `limit_source:`, for example the permit's number",
			        "a limit needs its source");
	}
}

void station_check_cabinet(struct station *station, bool sound)
{
	struct place place = { .station = station, .sound = sound };
	for (size_t i = 0; i < station->cabinet.n_inputs; i++)
		check_input(&place, i);
	if (station->cabinet.has_sampler)
		check_sampler(&place);
	for (size_t i = 0; i < station->n_instruments; i++)
		check_limits(&place, i);
}
