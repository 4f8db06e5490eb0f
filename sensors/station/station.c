/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/station/station.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "base/units.h"
#include "base/whose.h"

#define CONFIGURATION_MOST 1000000 /* bytes */

static bool owns_profile(const struct station *station, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (station->instrument[k].profile == station->instrument[i].profile)
			return false;
	return true;
}

void station_free(struct station *station)
{
	if (station == NULL)
		return;
	for (size_t i = station->n_instruments; i-- > 0;) {
		if (owns_profile(station, i))
			profile_free(station->instrument[i].profile);
		free(station->instrument[i].channel_setting);
	}
	config_free(station->config);
	free((char *)station->path);
	free(station);
}

void station_settle(struct station *station)
{
	for (size_t i = 0; i < station->n_instruments; i++)
		if (station->instrument[i].profile != NULL)
			config_settle(station->instrument[i].profile->config);
	config_settle(station->config);
	units_forget();
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
	config_read_text(
	        &station->config, text, n, name, &station_section, station, NULL);
	if (station->id != NULL) /* the tables were filled, however badly */
		station_check(station, report);
	size_t errors = config_errors(station->config);
	if (errors > 0) {
		config_tell_whose(station->config, WHOSE_CABINET, name, report);
		config_tell(station->config, report);
		if (report != NULL)
			problem_set(why, MALFORMED, EXIT_CONFIG, "%s: %zu error%s",
			        name, errors, errors > 1 ? "s" : "");
		else
			problem_set(why, MALFORMED, EXIT_CONFIG, "%s",
			        config_first_error(station->config));
		station_free(station);
		return MALFORMED;
	}
	if (config_warnings(station->config) > 0)
		config_tell(station->config, report);
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

const char *range_unit(const char *text)
{
	const char *blank = strchr(text, ' ');
	return blank != NULL ? blank + strspn(blank, " ") : "";
}

int range_parse(const char *text, const char *unit, double *low, double *high)
{
	char first[32], *end;
	double factor, offset, from, to;
	const char *dots = strstr(text, "..");
	/* strtod would take the first dot of "0..225" */
	if (dots == NULL || (size_t)(dots - text) >= sizeof first)
		return MALFORMED;
	memcpy(first, text, (size_t)(dots - text));
	first[dots - text] = '\0';
	from = strtod(first, &end);
	if (end == first || *end != '\0')
		return MALFORMED;
	const char *second = dots + 2;
	to = strtod(second, &end);
	if (end == second || *end != ' ' || !(from < to))
		return MALFORMED;
	end += strspn(end, " ");
	int status = units_convert(end, unit, &factor, &offset);
	if (status != OK)
		return status;
	*low = from * factor + offset;
	*high = to * factor + offset;
	return OK;
}
