/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/station.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"

#define CONFIGURATION_MOST 1000000 /* bytes */

void station_free(struct station *station)
{
	if (station == NULL)
		return;
	for (size_t i = 0; i < station->n_instruments; i++) {
		profile_free(station->instrument[i].profile);
		free(station->instrument[i].channel_setting);
	}
	config_free(station->config);
	free((char *)station->path);
	free(station);
}

int station_parse(struct station **out, const char *text, size_t n, const char *name,
        FILE *report, struct problem *why)
{
	struct station *station = calloc(1, sizeof *station);
	*out = NULL;
	if (station == NULL || (station->path = strdup(name)) == NULL) {
		free(station);
		return problem_set(why, FAILED, EXIT_INTERNAL, "%s: no memory", name);
	}
	int status = config_read_text(
	        &station->config, text, n, name, &station_section, station, report);
	if (status == OK)
		station_check(station, report);
	if (status == OK && config_errors(station->config) > 0)
		status = MALFORMED;
	if (status != OK) {
		problem_set(why, status, EXIT_CONFIG, "%s",
		        config_first_error(station->config));
		station_free(station);
		return status;
	}
	*out = station;
	return OK;
}

int station_read(
        struct station **out, const char *path, FILE *report, struct problem *why)
{
	char *text;
	size_t n;
	*out = NULL;
	int status = file_read(path, CONFIGURATION_MOST, &text, &n);
	if (status == NOT_FOUND)
		return problem_set(why, status, EXIT_NO_FILE,
		        "%s: there is no such file; --config says which to read", path);
	if (status != OK)
		return problem_set(why, status, EXIT_NO_FILE, "%s: cannot be read: %s",
		        path,
		        status == FULL ? "too long for a configuration"
		                       : strerror(errno));
	status = station_parse(out, text, n, path, report, why);
	free(text);
	return status;
}

void station_path(
        const struct station *station, const char *path, char *out, size_t room)
{
	const char *slash = strrchr(station->path, '/');
	if (path[0] == '/' || slash == NULL)
		snprintf(out, room, "%s", path);
	else
		snprintf(out, room, "%.*s/%s", (int)(slash - station->path),
		        station->path, path);
}
