/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tables of a configuration cannot say: names that must exist, addresses that must differ,
 * lines that must be able to carry what is asked of them. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/socket.h"
#include "sensors/station.h"

/* What an instrument thinks before it answers, for the reckoning of a line's load. */
#define THINKING_S 0.02
#define GAPS_S     0.01

/* All exchanges of one poll must fit into one record beside their values. */
#define EXCHANGES_MOST 50000

struct check {
	struct station *station;
	char path[96];
};

__attribute__((format(printf, 2, 3))) static const char *at(
        struct check *check, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(check->path, sizeof check->path, format, args);
	va_end(args);
	return check->path;
}

#define WRONG(check, hint, ...)                                                        \
	config_error((check)->station->config, NULL, (check)->path, (hint), __VA_ARGS__)

/* Was the key of the path written?  If it was, and its value is not there, the tables refused it. */
static bool written(const struct check *check)
{
	return config_line(check->station->config, check->path) > 0;
}

/* ---- ports ---- */

/* "host:port", "[2001:db8::7]:502". */
static int split_tcp(struct station_port *port)
{
	const char *text = port->tcp, *colon = strrchr(text, ':');
	if (colon == NULL || colon == text || colon[1] == '\0')
		return MALFORMED;
	size_t n = (size_t)(colon - text);
	if (text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	} else if (memchr(text, ':', n) != NULL) {
		return MALFORMED;
	}
	char *end;
	long number = strtol(colon + 1, &end, 10);
	if (*end != '\0' || number < 1 || number > 65535 || n == 0 ||
	        n >= sizeof port->host)
		return MALFORMED;
	memcpy(port->host, text, n);
	port->host[n] = '\0';
	snprintf(port->service, sizeof port->service, "%ld", number);
	return OK;
}

static void check_port_mode(struct check *check, size_t i)
{
	struct station_port *port = &check->station->port[i];
	bool serial = port->path[0] != '\0';
	at(check, "ports[%zu].mode", i);
	if (port->path[0] == '\0' && port->tcp[0] == '\0')
		return;
	if (!port->mode_set)
		port->mode = serial ? FRAMING_RTU : FRAMING_TCP;
	else if (serial && port->mode != FRAMING_RTU)
		WRONG(check, "a serial line has mode rtu",
		        "a serial line cannot carry mode %s",
		        modbus_framings[port->mode]);
	else if (!serial && port->mode == FRAMING_RTU)
		WRONG(check, "tcp for Modbus TCP, rtu-over-tcp for a serial server",
		        "mode rtu is for serial lines");
}

static void check_port(struct check *check, size_t i)
{
	struct station_port *port = &check->station->port[i];
	for (size_t k = 0; k < i; k++) {
		at(check, "ports[%zu].id", i);
		if (port->id[0] != '\0' &&
		        strcmp(check->station->port[k].id, port->id) == 0)
			WRONG(check, "give each port its own id", "a second port '%s'",
			        port->id);
		at(check, "ports[%zu].path", i);
		if (port->path[0] != '\0' &&
		        strcmp(check->station->port[k].path, port->path) == 0)
			WRONG(check, "wire the instruments to one port",
			        "port '%s' has this path too",
			        check->station->port[k].id);
	}
	at(check, "ports[%zu].id", i);
	if ((port->path[0] == '\0') == (port->tcp[0] == '\0'))
		WRONG(check, "write `path: /dev/serial/by-id/...` or `tcp: host:port`",
		        "port '%s' needs one of path and tcp", port->id);
	at(check, "ports[%zu].tcp", i);
	if (port->tcp[0] != '\0' && split_tcp(port) != OK)
		WRONG(check, "for example 192.0.2.9:502 or [2001:db8::9]:502",
		        "'%s' is not host:port", port->tcp);
	at(check, "ports[%zu].line", i);
	if (port->line_text[0] != '\0' &&
	        line_parse(port->line_text, &port->setting.line) != OK)
		WRONG(check,
		        "write baud, data bits, parity and stop bits, for example "
		        "\"9600 8N1\"",
		        "'%s' is not a line setting", port->line_text);
	check_port_mode(check, i);
	port->setting.id = port->id;
	port->setting.path = port->path;
	port->setting.dtr = port->dtr;
	port->setting.rts = port->rts;
	port->setting.host = port->host;
	port->setting.service = port->service;
	port->setting.framing = port->mode;
}

/* ---- instruments ---- */

static void find_port(struct check *check, size_t i)
{
	struct station *station = check->station;
	struct station_instrument *instrument = &station->instrument[i];
	instrument->port_index = SIZE_MAX;
	if (instrument->port_id[0] == '\0')
		return;
	const char **names = calloc(station->n_ports + 1, sizeof *names);
	char hint[96] = "write the id of one of the ports";
	for (size_t k = 0; k < station->n_ports; k++) {
		if (names != NULL)
			names[k] = station->port[k].id;
		if (strcmp(station->port[k].id, instrument->port_id) != 0)
			continue;
		instrument->port_index = k;
		free(names);
		return;
	}
	const char *meant =
	        names != NULL ? did_you_mean(instrument->port_id, names) : NULL;
	if (meant != NULL)
		snprintf(hint, sizeof hint, "did you mean '%s'?", meant);
	at(check, "instruments[%zu].port", i);
	WRONG(check, hint, "there is no port '%s'", instrument->port_id);
	free(names);
}

static void find_outlet(struct check *check, size_t i)
{
	struct station *station = check->station;
	struct station_instrument *instrument = &station->instrument[i];
	if (station->n_outlets == 0)
		return;
	for (size_t k = 0; k < station->n_outlets; k++)
		if (strcmp(station->outlet[k].id, instrument->outlet) == 0) {
			instrument->outlet_index = k;
			return;
		}
	if (instrument->outlet[0] == '\0' && station->n_outlets == 1)
		return;
	at(check,
	        instrument->outlet[0] != '\0' ? "instruments[%zu].outlet"
	                                      : "instruments[%zu].id",
	        i);
	if (instrument->outlet[0] == '\0')
		WRONG(check, "add `outlet:` with the id of one of the outlets",
		        "instrument '%s' must say which outlet it watches",
		        instrument->id);
	else
		WRONG(check, "write the id of one of the outlets",
		        "there is no outlet '%s'", instrument->outlet);
}

static void find_profile(struct check *check, size_t i)
{
	struct station *station = check->station;
	struct station_instrument *instrument = &station->instrument[i];
	struct problem why = { .text = "" };
	char folder[PATH_MAX] = "";
	if (instrument->profile_name[0] == '\0')
		return;
	if (station->profiles[0] != '\0')
		station_path(station, station->profiles, folder, sizeof folder);
	at(check, "instruments[%zu].profile", i);
	if (profile_find(&instrument->profile, instrument->profile_name, folder, NULL,
	            &why) != OK) {
		WRONG(check, "a profile says which registers a model has", "%s",
		        why.text);
		return;
	}
	bool simulation = station->simulation;
	at(check, "station.simulation");
	simulation |= written(check) && !station->simulation_set;
	at(check, "instruments[%zu].profile", i);
	if (instrument->profile->simulation && !simulation)
		WRONG(check,
		        "set `simulation: yes` under `station`, or name the real model",
		        "profile '%s' is a map made up for simulation",
		        instrument->profile_name);
}

static void check_override(struct check *check, size_t i, size_t k)
{
	struct station_instrument *instrument = &check->station->instrument[i];
	struct station_channel *override = &instrument->override[k];
	if (override->name[0] == '\0')
		return;
	int c = profile_channel_index(instrument->profile, override->name);
	at(check, "instruments[%zu].channels[%zu].name", i, k);
	if (c < 0) {
		WRONG(check, "the channels are those of the profile's file",
		        "profile '%s' has no channel '%s'", instrument->profile_name,
		        override->name);
		return;
	}
	struct channel_setting *setting = &instrument->channel_setting[c];
	const char *unit = instrument->profile->channel[c].about.unit;
	setting->off = override->off;
	at(check, "instruments[%zu].channels[%zu].range", i, k);
	if (override->range[0] == '\0')
		return;
	int status = range_parse(override->range, unit, &setting->low, &setting->high);
	if (status == REFUSED)
		WRONG(check, "write the range in the unit of the channel",
		        "'%s' is not a range in %s", override->range, unit);
	else if (status != OK)
		WRONG(check,
		        "write lowest..highest and the unit, for example 0..225 mg/L",
		        "'%s' is not a range with its unit", override->range);
}

static void check_channels(struct check *check, size_t i)
{
	struct station_instrument *instrument = &check->station->instrument[i];
	const struct profile *profile = instrument->profile;
	instrument->channel_setting =
	        calloc(profile->n_channels, sizeof *instrument->channel_setting);
	if (instrument->channel_setting == NULL)
		return;
	for (size_t c = 0; c < profile->n_channels; c++) {
		instrument->channel_setting[c].low = profile->channel[c].about.low;
		instrument->channel_setting[c].high = profile->channel[c].about.high;
	}
	for (size_t k = 0; k < instrument->n_overrides; k++)
		check_override(check, i, k);
}

/* Whose address, period and time are not written has the profile's. */
static void fill_instrument(struct check *check, size_t i)
{
	struct station_instrument *instrument = &check->station->instrument[i];
	const struct profile *profile = instrument->profile;
	if (!instrument->slave_set)
		instrument->slave = profile->slave;
	if (!(instrument->poll_every_s > 0))
		instrument->poll_every_s = profile->poll_every_s;
	if (!(instrument->timeout_s > 0))
		instrument->timeout_s = profile->timeout_s;
	check_channels(check, i);
	if (instrument->port_index == SIZE_MAX)
		return;
	instrument->instrument = (struct instrument){
		.id = instrument->id,
		.profile = profile,
		.framing = check->station->port[instrument->port_index].mode,
		.slave = (uint8_t)instrument->slave,
		.setting = instrument->channel_setting,
	};
	at(check, "instruments[%zu].retries", i);
	if (profile->n_blocks * (size_t)(instrument->retries + 1) * (FRAME_MOST + 8) >
	        EXCHANGES_MOST)
		WRONG(check, "ask again fewer times",
		        "%d retries of %zu blocks do not fit into a record",
		        (int)instrument->retries, profile->n_blocks);
}

static bool same_address(struct check *check, size_t i, size_t k)
{
	const struct station_instrument *one = &check->station->instrument[i];
	const struct station_instrument *other = &check->station->instrument[k];
	if (one->profile == NULL || other->profile == NULL ||
	        one->port_index == SIZE_MAX || one->port_index != other->port_index)
		return false;
	at(check, "instruments[%zu].slave", k);
	bool known = other->slave_set || !written(check);
	at(check, "instruments[%zu].slave", i);
	known = known && (one->slave_set || !written(check));
	return known && one->slave == other->slave;
}

static void check_twins(struct check *check, size_t i)
{
	const struct station_instrument *one = &check->station->instrument[i];
	for (size_t k = 0; k < i; k++) {
		const struct station_instrument *other = &check->station->instrument[k];
		at(check, "instruments[%zu].id", i);
		if (one->id[0] != '\0' && strcmp(one->id, other->id) == 0)
			WRONG(check, "give each instrument its own id",
			        "a second instrument '%s'", one->id);
		if (same_address(check, i, k))
			WRONG(check, "give each instrument on a line its own address",
			        "'%s' on port '%s' has slave %d too", other->id,
			        other->port_id, (int)one->slave);
	}
}

/* Seconds of the line that one poll takes. */
static double poll_seconds(
        const struct station_instrument *instrument, const struct line *line)
{
	double total = 0;
	for (size_t b = 0; b < instrument->profile->n_blocks; b++) {
		struct modbus_request request =
		        modbus_block_request(&instrument->instrument, b);
		size_t answer = 5 + modbus_answer_size(&request);
		total += line_seconds(line, 8 + answer) + THINKING_S + GAPS_S;
	}
	return total;
}

static void check_load(struct check *check, size_t p)
{
	struct station *station = check->station;
	const struct station_port *port = &station->port[p];
	double load = 0;
	for (size_t i = 0; i < station->n_instruments; i++) {
		const struct station_instrument *instrument = &station->instrument[i];
		if (instrument->port_index == p)
			load += poll_seconds(instrument, &port->setting.line) /
			        instrument->poll_every_s;
	}
	at(check, "ports[%zu].id", p);
	if (port->path[0] != '\0' && load > 1)
		WRONG(check, "poll less often, raise the speed, or use a second line",
		        "port '%s' would be busy %.0f %% of the time: its line cannot "
		        "carry that",
		        port->id, load * 100);
}

static void check_collector(struct check *check)
{
	const struct station *station = check->station;
	struct problem why;
	at(check, "collector.endpoint");
	if (station->collector[0] == '\0')
		return;
	if (endpoint_check(station->collector, &why) != OK)
		WRONG(check, NULL, "%s", why.text);
	at(check, "collector");
	if (station->server_key[0] == '\0' || station->secret_key[0] == '\0')
		WRONG(check, "`quantrac keys new` makes a pair",
		        "a collector needs server_key and secret_key");
}

void station_check(struct station *station)
{
	struct check check = { .station = station };
	bool sound = config_errors(station->config) == 0;
	check_collector(&check);
	at(&check, "ports");
	if (sound && (station->n_ports == 0 || station->n_outlets == 0))
		WRONG(&check, "add at least one of each",
		        "a station needs a port and an outlet");
	for (size_t i = 0; i < station->n_ports; i++)
		check_port(&check, i);
	for (size_t i = 0; i < station->n_instruments; i++) {
		find_port(&check, i);
		find_outlet(&check, i);
		find_profile(&check, i);
		if (station->instrument[i].profile != NULL)
			fill_instrument(&check, i);
	}
	for (size_t i = 0; i < station->n_instruments; i++)
		check_twins(&check, i);
	for (size_t p = 0; config_errors(station->config) == 0 && p < station->n_ports;
	        p++)
		check_load(&check, p);
	station_check_journal(station);
}
