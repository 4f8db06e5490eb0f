/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac instrument list | show MODEL: what is known of instruments. */
#include "cli/instrument.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/commands.h"
#include "cli/verbs.h"
#include "sensors/station/station.h"

#define TEXT_MOST 40 /* bytes of a model, and of channels, in the list for people */

// clang-format off
static const struct verb verbs[] = {
	{ "list", instrument_list, "",      "the models that are known",                 "các kiểu thiết bị đã biết" },
	{ "show", instrument_show, "MODEL", "everything known of one, with its sources", "mọi thông tin của một kiểu, kèm nguồn" },
	{ 0 },
};
// clang-format on

int command_instrument(int argc, char **argv)
{
	return verb_dispatch("instrument", verbs, argc, argv);
}

/* ---- finding ---- */

const char *instrument_folder(const struct common *common, char out[PATH_MAX])
{
	struct station *station;
	struct problem why;
	out[0] = '\0';
	if (station_read(&station, common->config, NULL, &why) != OK)
		return out;
	if (station->profiles[0] != '\0')
		station_path(station, station->profiles, out, PATH_MAX);
	station_free(station);
	return out;
}

/* Letters and digits of a text, in small letters, with what is not ASCII as it is: "CM 44x" and "cm44x"
 * are the same. */
static void squeezed(const char *text, char *out, size_t room)
{
	size_t n = 0;
	for (; *text != '\0' && n + 1 < room; text++)
		if (isalnum((unsigned char)*text) || (unsigned char)*text >= 0x80)
			out[n++] = (char)tolower((unsigned char)*text);
	out[n] = '\0';
}

/* Whether the text holds what is wanted (squeezed) from the beginning of one of its words on. */
static bool holds(const char *text, const char *wanted)
{
	char rest[512];
	for (bool inside = false; *text != '\0'; text++) {
		bool letter =
		        isalnum((unsigned char)*text) || (unsigned char)*text >= 0x80;
		if (letter && !inside) {
			squeezed(text, rest, sizeof rest);
			if (strncmp(rest, wanted, strlen(wanted)) == 0)
				return true;
		}
		inside = letter;
	}
	return false;
}

static bool has_model(const char *name, const char *folder, const char *wanted)
{
	struct profile *profile;
	struct problem why;
	char text[512];
	if (profile_find(&profile, name, folder, NULL, &why) != OK)
		return false;
	snprintf(text, sizeof text, "%s %s", profile->maker, profile->model);
	profile_free(profile);
	return holds(text, wanted) || holds(name, wanted);
}

/* Profiles whose name, maker or model holds the word: how many, the last one's name, and
 * all of them in a row. */
struct matches {
	size_t n;
	char last[128], all[512];
};

static void by_model(
        const char *word, const char *folder, const char *where, struct matches *out)
{
	size_t n, used = 0;
	char wanted[256];
	const char **names = profile_names(where, &n);
	*out = (struct matches){ 0 };
	squeezed(word, wanted, sizeof wanted);
	for (size_t i = 0; names != NULL && strlen(wanted) >= 3 && i < n; i++) {
		if (!has_model(names[i], folder, wanted))
			continue;
		snprintf(out->last, sizeof out->last, "%s", names[i]);
		if (used + strlen(names[i]) + 8 < sizeof out->all)
			used += (size_t)snprintf(out->all + used,
			        sizeof out->all - used, "%s%s", out->n > 0 ? ", " : "",
			        names[i]);
		else if (out->all[used - 1] != '.')
			used += (size_t)snprintf(
			        out->all + used, sizeof out->all - used, ", ...");
		out->n++;
	}
	free(names);
}

int instrument_find(
        struct profile **out, const char *word, const char *folder, struct problem *why)
{
	struct matches found = { 0 };
	int status = profile_find(out, word, folder, stderr, why);
	if (status != NOT_FOUND)
		return status;
	if (folder[0] != '\0')
		by_model(word, folder, folder, &found);
	if (found.n == 0)
		by_model(word, folder, profile_folder(), &found);
	if (found.n == 1)
		return profile_find(out, found.last, folder, stderr, why);
	if (found.n > 1)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%zu models hold '%s': %s", found.n, word, found.all);
	why->exit = EXIT_NO_FILE;
	return status;
}

/* ---- list ---- */

static const struct table_column columns[] = {
	{ .name = "name" },
	{ .name = "maker" },
	{ .name = "model" },
	{ .name = "driver" },
	{ .name = "line", .wide = true },
	{ .name = "address", .wide = true },
	{ .name = "channels" },
	{ .name = "simulation", .wide = true },
	{ .name = "summary", .wide = true },
	{ .name = "folder", .wide = true },
	{ 0 },
};

static char *channels_text(const struct profile *profile)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	for (size_t i = 0; out != NULL && i < profile->n_channels; i++)
		fprintf(out, "%s%s", i > 0 ? " " : "", profile->channel[i].about.name);
	if (out != NULL)
		fclose(out);
	return text;
}

/* A line of the list must fit on a screen. */
static const char *shortened(const char *text, char out[TEXT_MOST + 4])
{
	size_t n = TEXT_MOST;
	if (text == NULL || strlen(text) <= TEXT_MOST)
		return text;
	while (((unsigned char)text[n] & 0xc0) == 0x80)
		n--; /* not within a character */
	snprintf(out, TEXT_MOST + 4, "%.*s...", (int)n, text);
	return out;
}

/* NULL: its driver has no addresses, or the factory gives none. */
static const char *factory_address(const struct profile *profile)
{
	return profile->address != NULL && profile->address[0] != '\0'
	               ? profile->address
	               : NULL;
}

static void row(struct table *table, const struct profile *profile, const char *folder,
        const struct common *common)
{
	char *channels = channels_text(profile), maker[128], model[TEXT_MOST + 4];
	char names[TEXT_MOST + 4];
	bool people = common->format == TABLE_TEXT;
	snprintf(maker, sizeof maker, "%s%s", profile->maker,
	        people && profile->simulation
	                ? (common_vietnamese(common) ? " (mô phỏng)" : " (simulation)")
	                : "");
	table_text(table, profile->name);
	table_text(table, maker);
	table_text(table, people ? shortened(profile->model, model) : profile->model);
	table_text(table, profile->driver_name);
	table_text(table, profile->line);
	if (profile->driver->modbus)
		table_integer(table, profile->slave);
	else
		table_text(table, factory_address(profile));
	table_text(table, people ? shortened(channels, names) : channels);
	table_text(table, profile->simulation ? "yes" : "no");
	table_text(table, profile->summary);
	table_text(table, folder);
	table_row(table);
	free(channels);
}

static bool named(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Rows of a folder, but for names that `hidden` has; the number of files that cannot be
 * read. */
static size_t rows(struct table *table, const char *folder, const char **hidden,
        const struct common *common)
{
	size_t n, n_hidden = 0, broken = 0;
	const char **names = profile_names(folder, &n);
	while (hidden != NULL && hidden[n_hidden] != NULL)
		n_hidden++;
	for (size_t i = 0; names != NULL && i < n; i++) {
		char path[PATH_MAX];
		struct profile *profile;
		struct problem why;
		if (hidden != NULL && named(hidden, n_hidden, names[i]))
			continue;
		snprintf(path, sizeof path, "%s/%s.yaml", folder, names[i]);
		if (profile_read(&profile, path, NULL, &why) != OK) {
			fprintf(stderr, "quantrac instrument list: %s\n", why.text);
			broken++;
			continue;
		}
		row(table, profile, folder, common);
		profile_free(profile);
	}
	free(names);
	return broken;
}

int instrument_list(int argc, char **argv)
{
	static const struct argp argp = {
		.doc = "The models of instruments that are known: those shipped, and "
		       "those in the folder that the configuration names.",
	};
	struct common common;
	char own[PATH_MAX];
	size_t n, broken = 0;
	int first = common_parse(&common, &argp, NULL, argc, argv);
	common_no_words("instrument list", first, argc, argv);
	instrument_folder(&common, own);
	struct table *table = table_new(
	        stdout, (enum table_format)common.format, columns, OFFSET_VIETNAM);
	const char **hidden = own[0] != '\0' ? profile_names(own, &n) : NULL;
	if (own[0] != '\0')
		broken += rows(table, own, NULL, &common);
	broken += rows(table, profile_folder(), hidden, &common);
	table_end(table);
	free(hidden);
	return broken > 0 ? EXIT_CONFIG : 0;
}
