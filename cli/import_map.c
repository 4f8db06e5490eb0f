/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/import_map.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"

static int usage(struct problem *why, const char *format, const char *word)
{
	int status = problem_set(why, REFUSED, EXIT_USAGE, "%s", "");
	snprintf(why->text, sizeof why->text, format, word);
	return status;
}

/* "CO(GT)=co:mg/m3": the last '=' parts column and channel, the first ':' behind it the
 * unit. */
static int map_one(const struct csv *csv, const char *text, struct column *out,
        struct problem *why)
{
	const char *equals = strrchr(text, '=');
	const char *colon = equals != NULL ? strchr(equals, ':') : NULL;
	if (colon == NULL)
		return usage(why, "--map '%s': write COLUMN=channel:unit", text);
	snprintf(out->name, sizeof out->name, "%.*s", (int)(equals - text), text);
	snprintf(out->channel, sizeof out->channel, "%.*s", (int)(colon - equals - 1),
	        equals + 1);
	snprintf(out->unit, sizeof out->unit, "%s", colon + 1);
	int cell = csv_find(csv, out->name);
	if (cell < 0)
		return usage(why, "--map: the file has no column '%s'", out->name);
	if (!id_valid(out->channel, ID_SIZE - 1))
		return usage(why,
		        "--map: '%s' is no channel name (small letters, digits, _ and "
		        "-)",
		        out->channel);
	if (units_check(out->unit) != OK)
		return usage(why, "--map: nobody knows the unit '%s'", out->unit);
	char status[160];
	snprintf(status, sizeof status, "%s_status", out->name);
	int status_cell = csv_find(csv, status);
	out->cell = (size_t)cell;
	out->status = status_cell >= 0 ? (size_t)status_cell : NO_COLUMN;
	return OK;
}

/* "--time Date+Time": the time is the cells of both columns with a blank between. */
static int map_time(const struct csv *csv, const char *given, struct table_map *map,
        struct problem *why)
{
	static const char *const usual[] = { "time", "date", "datetime", "timestamp",
		"Time" };
	for (size_t i = 0; given == NULL && i < sizeof usual / sizeof usual[0]; i++)
		if (csv_find(csv, usual[i]) >= 0)
			given = usual[i];
	if (given == NULL)
		return usage(why, "%s: which column is the time? say --time COLUMN",
		        "import");
	const char *plus = csv_find(csv, given) < 0 ? strchr(given, '+') : NULL;
	char first[128];
	snprintf(first, sizeof first, "%.*s",
	        plus != NULL ? (int)(plus - given) : (int)strlen(given), given);
	const char *name[2] = { first, plus != NULL ? plus + 1 : NULL };
	for (map->n_times = 0; map->n_times < 2 && name[map->n_times] != NULL;
	        map->n_times++) {
		int cell = csv_find(csv, name[map->n_times]);
		if (cell < 0)
			return usage(why, "--time: the file has no column '%s'",
			        name[map->n_times]);
		map->time[map->n_times] = (size_t)cell;
	}
	return OK;
}

int map_all(const struct csv *csv, const struct import_options *options,
        struct table_map *map, struct problem *why)
{
	int status = map_time(csv, options->time_column, map, why);
	if (status == OK && options->n_maps == 0)
		status = usage(why,
		        "%s: say what the columns are: --map COLUMN=channel:unit",
		        "import");
	for (size_t i = 0; status == OK && i < options->n_maps; i++) {
		status = map_one(csv, options->map[i], &map->column[i], why);
		for (size_t k = 0; status == OK && k < i; k++)
			if (strcmp(map->column[k].channel, map->column[i].channel) == 0)
				status =
				        usage(why, "--map: channel '%s' is named twice",
				                map->column[i].channel);
	}
	map->n = options->n_maps;
	return status;
}
