/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tables of a configuration cannot say: names that must exist, addresses that must differ,
 * lines that must be able to carry what is asked of them. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/socket.h"
#include "sensors/drivers/modbus.h"
#include "sensors/station/station_parts.h"

/* All exchanges of one poll must fit into one record beside their values. */
#define EXCHANGES_MOST 50000

const char *station_at(struct station_checker *check, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(check->path, sizeof check->path, format, args);
	va_end(args);
	return check->path;
}

bool station_wrote(const struct station_checker *check)
{
	return config_line(check->station->config, check->path) > 0;
}

/* ---- ports ---- */

int station_split(struct station_port *port, const char *text)
{
	return port_tcp_parse(text, port->host, sizeof port->host, port->service);
}

static void check_port_mode(struct station_checker *check, size_t i)
{
	struct station_port *port = &check->station->port[i];
	bool serial = port->path[0] != '\0';
	station_at(check, "ports[%zu].mode", i);
	if (port->path[0] == '\0' && port->tcp[0] == '\0' && port->listen_on[0] == '\0')
		return;
	if (!port->mode_set)
		port->mode = serial ? FRAMING_RTU : FRAMING_TCP;
	else if (serial && port->mode != FRAMING_RTU && port->mode != FRAMING_ASCII)
		WRONG(check, "a serial line has mode rtu or ascii",
		        "a serial line cannot carry mode %s",
		        modbus_framings[port->mode]);
	else if (!serial && port->mode == FRAMING_RTU)
		WRONG(check,
		        "tcp for Modbus TCP, rtu-over-tcp or ascii for a serial server",
		        "mode rtu is for serial lines");
	if (port->master == MASTER_OTHER && port->mode == FRAMING_TCP)
		WRONG(check,
		        "rtu-over-tcp or ascii, for a serial server on the line itself",
		        "what another master says by Modbus TCP nobody else can hear");
}

/* A name that another adapter may have after the next start. */
static void check_path_lasts(struct station_checker *check, size_t i)
{
	const char *path = check->station->port[i].path;
	if (strncmp(path, "/dev/ttyUSB", 11) != 0 &&
	        strncmp(path, "/dev/ttyACM", 11) != 0)
		return;
	config_warn(check->station->config, station_at(check, "ports[%zu].path", i),
	        "write its name in /dev/serial/by-id (by-path if two adapters have the "
	        "same one)",
	        "%s is whichever adapter came first: after the next start it may be "
	        "another",
	        path);
}

static void check_port(struct station_checker *check, size_t i)
{
	struct station_port *port = &check->station->port[i];
	check_path_lasts(check, i);
	for (size_t k = 0; k < i; k++) {
		station_at(check, "ports[%zu].id", i);
		if (port->id[0] != '\0' &&
		        strcmp(check->station->port[k].id, port->id) == 0)
			WRONG(check, "give each port its own id", "a second port '%s'",
			        port->id);
	}
	station_check_place(check, i);
	station_at(check, "ports[%zu].line", i);
	if (port->line_text[0] != '\0' &&
	        line_parse(port->line_text, &port->setting.line) != OK)
		WRONG(check,
		        "write baud, data bits, parity and stop bits, for example "
		        "\"9600 8N1\"",
		        "'%s' is not a line setting", port->line_text);
	check_port_mode(check, i);
	port->listen = port->master == MASTER_OTHER;
	port->setting.listen = port->listen;
	port->setting.id = port->id;
	port->setting.path = port->path;
	port->setting.dtr = port->dtr;
	port->setting.rts = port->rts;
	port->setting.host = port->host;
	port->setting.service = port->service;
	port->setting.framing = port->mode;
}

/* ---- instruments ---- */

static void find_port(struct station_checker *check, size_t i)
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
	station_at(check, "instruments[%zu].port", i);
	WRONG(check, hint, "there is no port '%s'", instrument->port_id);
	free(names);
}

static void find_outlet(struct station_checker *check, size_t i)
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
	station_at(check,
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

/* Whose address, period and time are not written has the profile's. */
static void fill_instrument(struct station_checker *check, size_t i)
{
	struct station_instrument *instrument = &check->station->instrument[i];
	const struct profile *profile = instrument->profile;
	if (!instrument->slave_set)
		instrument->slave = profile->slave;
	if (instrument->address[0] == '\0' && profile->address != NULL)
		instrument->address = profile->address;
	if (!(instrument->poll_every_s > 0))
		instrument->poll_every_s = profile->poll_every_s;
	if (!(instrument->timeout_s > 0))
		instrument->timeout_s = profile->timeout_s;
	station_check_channels(check, i);
	instrument->instrument = (struct instrument){
		.id = instrument->id,
		.profile = profile,
		.slave = (uint8_t)instrument->slave,
		.address = instrument->address,
		.utc_offset_min = check->station->utc_offset_min,
		.setting = instrument->channel_setting,
	};
	if (instrument->port_index != SIZE_MAX) {
		const struct station_port *port =
		        &check->station->port[instrument->port_index];
		instrument->instrument.framing = port->mode;
		instrument->instrument.listen = port->listen;
	}
	station_at(check, "instruments[%zu].retries", i);
	if (profile->n_blocks * (size_t)(instrument->retries + 1) *
	                (profile->driver->frame_most + 8) >
	        EXCHANGES_MOST)
		WRONG(check, "ask again fewer times",
		        "%d retries of %zu blocks do not fit into a record",
		        (int)instrument->retries, profile->n_blocks);
}

static void check_collector(struct station_checker *check)
{
	const struct station *station = check->station;
	struct problem why;
	station_at(check, "collector.endpoint");
	if (station->collector[0] == '\0')
		return;
	if (endpoint_check(station->collector, &why) != OK)
		WRONG(check, NULL, "%s", why.text);
	station_at(check, "collector");
	if (station->server_key[0] == '\0' || station->secret_key[0] == '\0')
		WRONG(check, "`quantrac keys new` makes a pair",
		        "a collector needs server_key and secret_key");
}

void station_check(struct station *station, FILE *report)
{
	struct station_checker check = { .station = station, .report = report };
	bool sound = config_errors(station->config) == 0;
	check_collector(&check);
	station_check_profiles(&check);
	station_at(&check, "ports");
	if (sound && (station->n_ports == 0 || station->n_outlets == 0))
		WRONG(&check, "add at least one of each",
		        "a station needs a port and an outlet");
	for (size_t i = 0; i < station->n_ports; i++)
		check_port(&check, i);
	for (size_t i = 0; i < station->n_instruments; i++) {
		find_port(&check, i);
		find_outlet(&check, i);
		station_find_profile(&check, i);
		if (station->instrument[i].profile != NULL)
			fill_instrument(&check, i);
	}
	station_check_lines(&check);
	station_check_commands(&check);
	station_check_cabinet(station, sound);
	station_check_journal(station);
}
