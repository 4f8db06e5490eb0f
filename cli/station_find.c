/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the words of quantrac station add mean: which model, which port, which id. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/instrument.h"
#include "cli/station_add.h"

int station_find_model(struct adding *adding, struct problem *why)
{
	char folder[PATH_MAX] = "";
	const struct station *station = adding->station;
	profile_free(adding->profile);
	adding->profile = NULL;
	if (station != NULL && station->profiles[0] != '\0')
		station_path(station, station->profiles, folder, sizeof folder);
	int status = instrument_find(&adding->profile, adding->word.model, folder, why);
	if (status != OK || adding->profile == NULL)
		return status;
	if (station != NULL && adding->profile->simulation && !station->simulation)
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "profile '%s' is a map made up for simulation, and this "
		        "station is none",
		        adding->profile->name);
	return OK;
}

static bool is_port(const struct adding *adding, const struct station_port *port)
{
	const char *word = adding->word.port;
	char path[PATH_MAX];
	if (strcmp(port->id, word) == 0 || strcmp(port->tcp, word) == 0)
		return true;
	if (port->path[0] == '\0')
		return false;
	station_path(adding->station, port->path, path, sizeof path);
	return strcmp(port->path, word) == 0 || tool_same_device(path, word);
}

/* A new port is "bus", "bus2", ...; over the network "net", "net2", ... */
static void name_port(struct adding *adding)
{
	const struct station *station = adding->station;
	const char *stem = adding->port.path[0] != '\0' ? "bus" : "net";
	snprintf(adding->port_id, WORD_MOST, "%s", stem);
	for (size_t n = 2, i = 0; station != NULL && i < station->n_ports; i++)
		if (strcmp(station->port[i].id, adding->port_id) == 0) {
			snprintf(adding->port_id, WORD_MOST, "%s%zu", stem, n++);
			i = SIZE_MAX; /* from the first again */
		}
}

int station_find_port(struct adding *adding, struct problem *why)
{
	const struct station *station = adding->station;
	char path[PATH_MAX];
	adding->port_index = SIZE_MAX;
	for (size_t i = 0; station != NULL && i < station->n_ports; i++) {
		if (!is_port(adding, &station->port[i]))
			continue;
		adding->port_index = i;
		snprintf(adding->port_id, WORD_MOST, "%s", station->port[i].id);
		if (station->port[i].path[0] == '\0' && station->port[i].tcp[0] == '\0')
			return OK; /* others connect to it: nothing to look at */
		if (station->port[i].path[0] == '\0')
			return tool_port(&adding->port, station->port[i].tcp,
			        adding->vietnamese, why);
		station_path(station, station->port[i].path, path, sizeof path);
		int status = tool_port(&adding->port, path, adding->vietnamese, why);
		return status == NOT_FOUND && adding->untested ? OK : status;
	}
	int status =
	        tool_port(&adding->port, adding->word.port, adding->vietnamese, why);
	if (status != OK)
		return status;
	/* by the name that lasts, and not beside whatever file it is written into */
	int k = usb_find(&adding->ports, adding->port.path);
	enum usb_reason reason;
	if (k >= 0)
		snprintf(adding->word.port, sizeof adding->word.port, "%s",
		        usb_name(&adding->ports, (size_t)k, &reason));
	else if (adding->port.path[0] != '\0' && adding->port.path[0] != '/' &&
	         getcwd(path, sizeof path) != NULL)
		snprintf(adding->word.port, sizeof adding->word.port, "%.*s/%s",
		        PATH_MAX / 2, path, adding->port.path);
	name_port(adding);
	return OK;
}

void station_propose_id(const struct adding *adding, char out[WORD_MOST])
{
	const struct station *station = adding->station;
	char stem[WORD_MOST];
	snprintf(stem, sizeof stem, "%s", adding->profile->channel[0].about.name);
	for (char *c = stem; *c != '\0'; c++)
		if (*c == '_')
			*c = '-';
	snprintf(out, WORD_MOST, "%s", stem);
	for (size_t n = 2, i = 0; station != NULL && i < station->n_instruments; i++)
		if (strcmp(station->instrument[i].id, out) == 0) {
			snprintf(out, WORD_MOST, "%.200s-%zu", stem, n++);
			i = SIZE_MAX; /* from the first again */
		}
}
