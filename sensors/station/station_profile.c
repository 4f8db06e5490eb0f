/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which profile an instrument has.  What is wrong in the file of one is told with its own lines; that of the
 * station only says where it is named. */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "sensors/station/station_parts.h"

/* The folder of own profiles, "": there is none. */
static const char *own_folder(const struct station *station, char path[PATH_MAX])
{
	path[0] = '\0';
	if (station->profiles[0] != '\0')
		station_path(station, station->profiles, path, PATH_MAX);
	return path;
}

void station_check_profiles(struct station_checker *check)
{
	char path[PATH_MAX];
	own_folder(check->station, path);
	if (path[0] != '\0' && access(path, X_OK) != 0)
		config_warn(check->station->config, station_at(check, "profiles"),
		        "make it, or leave `profiles` out: the shipped ones are found "
		        "without it",
		        "%s: this folder cannot be read", path);
}

static bool same_name(const struct station *station, size_t i, size_t k)
{
	return strcmp(station->instrument[k].profile_name,
	               station->instrument[i].profile_name) == 0;
}

/* Instruments of one model have one profile; NULL: none of those before has it. */
static struct profile *profile_of_others(const struct station *station, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (station->instrument[k].profile != NULL && same_name(station, i, k))
			return station->instrument[k].profile;
	return NULL;
}

static bool named_before(const struct station *station, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same_name(station, i, k))
			return true;
	return false;
}

/* Told in the words of the profile's own file, the first time that it is named. */
static void not_usable(
        struct station_checker *check, size_t i, int status, const struct problem *why)
{
	const struct station *station = check->station;
	if (status == NOT_FOUND)
		WRONG(check,
		        "quantrac instrument list names them; one of your own lies in "
		        "the folder that `profiles` names",
		        "%s", why->text);
	else if (status != MALFORMED || check->report == NULL)
		WRONG(check, "a profile says which registers a model has", "%s",
		        why->text);
	else
		WRONG(check, "mend the file of the profile",
		        "profile '%s' has errors, %s",
		        station->instrument[i].profile_name,
		        named_before(station, i) ? "as told of it" : "told above");
}

/* A map made up for simulation is for stations that say so. */
static void check_simulated(struct station_checker *check, size_t i)
{
	const struct station *station = check->station;
	bool simulation = station->simulation;
	station_at(check, "station.simulation");
	simulation |= station_wrote(check) && !station->simulation_set;
	station_at(check, "instruments[%zu].profile", i);
	if (station->instrument[i].profile->simulation && !simulation)
		WRONG(check,
		        "set `simulation: yes` under `station`, or name the real model",
		        "profile '%s' is a map made up for simulation",
		        station->instrument[i].profile_name);
}

void station_find_profile(struct station_checker *check, size_t i)
{
	const struct station *station = check->station;
	struct station_instrument *one = &check->station->instrument[i];
	struct problem why = { .text = "" };
	char folder[PATH_MAX];
	if (one->profile_name[0] == '\0')
		return;
	FILE *report = named_before(station, i) ? NULL : check->report;
	station_at(check, "instruments[%zu].profile", i);
	one->profile = profile_of_others(station, i);
	int status = one->profile != NULL
	                     ? OK
	                     : profile_find(&one->profile, one->profile_name,
	                               own_folder(station, folder), report, &why);
	if (status != OK)
		not_usable(check, i, status, &why);
	else
		check_simulated(check, i);
}
