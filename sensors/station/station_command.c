/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the configuration lets an operator command an instrument: read only is the default. */
#include <stdio.h>
#include <string.h>

#include "base/sha256.h"
#include "sensors/station/station_parts.h"

const char *const station_commands[] = { "refused", "allowed", NULL };

static void names_of(const struct profile *profile, char *out, size_t room)
{
	size_t n = 0;
	out[0] = '\0';
	for (size_t i = 0; i < profile->n_commands && n < room; i++)
		n += (size_t)snprintf(out + n, room - n, "%s%s", i > 0 ? ", " : "",
		        profile->command[i].name);
}

static int no_command(
        const struct profile *profile, const char *name, struct problem *why)
{
	char known[600];
	names_of(profile, known, sizeof known);
	if (profile->n_commands == 0)
		return problem_set(why, NOT_FOUND, EXIT_USAGE,
		        "profile '%s' knows no commands: nobody found them written "
		        "down",
		        profile->name);
	return problem_set(why, NOT_FOUND, EXIT_USAGE,
	        "profile '%s' knows no command '%s'; it knows %s", profile->name, name,
	        known);
}

int station_command(
        const struct station *station, size_t i, const char *name, struct problem *why)
{
	const struct station_instrument *instrument = &station->instrument[i];
	const struct station_port *port = &station->port[instrument->port_index];
	int command = command_find(instrument->profile, name);
	if (command < 0)
		return no_command(instrument->profile, name, why);
	if (port->listen || !driver_asks(&instrument->instrument))
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s: port '%s' is only listened to, nothing is ever sent "
		        "there: give the command at the instrument or by the line's "
		        "own master",
		        station->path, port->id);
	if (instrument->commands != COMMANDS_ALLOWED)
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s:%d: instrument '%s' is read only: write `commands: "
		        "allowed` in its section, and start quantrac-sensord again "
		        "(sudo systemctl restart quantrac-sensord)",
		        station->path, instrument->line, instrument->id);
	return command;
}

void station_place(const struct station *station, size_t i, uint8_t out[COMMAND_PLACE])
{
	const struct station_instrument *one = &station->instrument[i];
	const struct station_port *port = &station->port[one->port_index];
	char text[2048];
	uint8_t hash[SHA256_SIZE];
	int n = snprintf(text, sizeof text, "%s\n%s\n%s\n%s\n%s\n%d\n%s", station->id,
	        port->path, port->host, port->service, one->profile->name,
	        one->instrument.slave, one->instrument.address);
	sha256_of(text, n < (int)sizeof text ? (size_t)n : sizeof text - 1, hash);
	memcpy(out, hash, COMMAND_PLACE);
}

void station_read_as(const struct station *station, size_t i, const uint8_t hash[32],
        char out[READ_AS_SIZE])
{
	uint8_t both[COMMAND_PLACE + 32], sum[SHA256_SIZE];
	station_place(station, i, both);
	memcpy(both + COMMAND_PLACE, hash, 32);
	sha256_of(both, sizeof both, sum);
	for (size_t k = 0; k < COMMAND_PLACE; k++)
		snprintf(out + 2 * k, 3, "%02x", sum[k]);
}

void station_check_commands(struct station_checker *check)
{
	const struct station *station = check->station;
	for (size_t i = 0; i < station->n_instruments; i++) {
		struct station_instrument *instrument = &station->instrument[i];
		instrument->line = config_line(
		        station->config, station_at(check, "instruments[%zu]", i));
		if (instrument->commands != COMMANDS_ALLOWED ||
		        instrument->port_index == SIZE_MAX ||
		        !station->port[instrument->port_index].listen)
			continue;
		station_at(check, "instruments[%zu].commands", i);
		WRONG(check, "leave `commands` out",
		        "nothing is ever sent to a line with another master, and no "
		        "command");
	}
}
