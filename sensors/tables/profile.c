/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/profile.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/share.h"

#define PROFILE_MOST                                                                   \
	40000 /* bytes: it must fit into a DESCRIBE record with its settings */

void profile_free(struct profile *profile)
{
	if (profile == NULL)
		return;
	for (size_t i = 0; i < profile->n_channels; i++)
		free(profile->channel[i].tag.sentinel_value);
	for (size_t i = 0; i < profile->n_rules; i++) {
		free(profile->rule[i].when_range);
		free(profile->rule[i].unless_range);
	}
	free(profile->own);
	config_free(profile->config);
	free((char *)profile->text);
	free(profile);
}

/* The driver a text names, or of a name that was misspelt the one that is meant, or NULL. */
static const struct driver *driver_meant(const char *text, size_t n, const char *name)
{
	static const struct field fields[] = {
		{ .key = "driver", .type = FIELD_ID, .at = 0 },
		{ 0 },
	};
	static const struct section head = { "profile", sizeof(char *), fields, NULL };
	const char *known[DRIVERS_MOST + 1] = { NULL }, *word = NULL;
	struct config *config;
	/* its complaints of all other keys are not told */
	config_read_text(&config, text, n, name, &head, &word, NULL);
	const struct driver *driver = word != NULL ? driver_find(word) : NULL;
	for (size_t i = 0; i < DRIVERS_MOST && drivers[i] != NULL; i++)
		known[i] = drivers[i]->name;
	const char *meant =
	        word != NULL && driver == NULL ? did_you_mean(word, known) : NULL;
	if (meant != NULL)
		driver = driver_find(meant);
	config_free(config);
	return driver;
}

static int parse_into(struct profile *profile, const char *name, FILE *report)
{
	const struct driver *meant =
	        driver_meant(profile->text, profile->text_size, name);
	if (meant == NULL)
		meant = drivers[0];
	int status = config_read_text(&profile->config, profile->text,
	        profile->text_size, name, meant->section, profile, report);
	if (status == OK)
		profile_check(profile, report);
	if (status == OK && config_errors(profile->config) > 0)
		status = MALFORMED;
	if (status == OK && report != NULL && config_warnings(profile->config) > 0)
		config_tell(profile->config, report);
	return status;
}

int profile_parse(struct profile **out, const char *text, size_t n, const char *name,
        FILE *report, struct problem *why)
{
	struct profile *profile = calloc(1, sizeof *profile);
	char *copy = malloc(n + 1);
	*out = NULL;
	if (profile == NULL || copy == NULL) {
		free(profile);
		free(copy);
		return problem_set(why, FAILED, EXIT_INTERNAL, "%s: no memory", name);
	}
	memcpy(copy, text, n);
	copy[n] = '\0';
	profile->text = copy;
	profile->text_size = n;
	int status = parse_into(profile, name, report);
	if (status != OK) {
		problem_set(why, status, EXIT_CONFIG, "%s",
		        config_first_error(profile->config));
		profile_free(profile);
		return status;
	}
	*out = profile;
	return OK;
}

int profile_read(
        struct profile **out, const char *path, FILE *report, struct problem *why)
{
	char *text;
	size_t n;
	*out = NULL;
	int status = file_read(path, PROFILE_MOST, &text, &n);
	if (status == NOT_FOUND)
		return problem_set(why, status, EXIT_NO_FILE,
		        "%s: there is no such profile", path);
	if (status == FULL)
		return problem_set(why, status, EXIT_CONFIG,
		        "%s: longer than the %d bytes a profile may have", path,
		        PROFILE_MOST);
	if (status != OK)
		return problem_set(why, status, EXIT_NO_FILE, "%s: cannot be read: %s",
		        path, strerror(errno));
	status = profile_parse(out, text, n, path, report, why);
	free(text);
	return status;
}

int profile_channel_index(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->n_channels; i++)
		if (strcmp(profile->channel[i].about.name, name) == 0)
			return (int)i;
	return NOT_FOUND;
}

const char *profile_channel_hint(
        const struct profile *profile, const char *name, char out[CHANNEL_HINT])
{
	size_t n = profile->n_channels;
	const char **known = calloc(n + 1, sizeof *known);
	for (size_t i = 0; known != NULL && i < n; i++)
		known[i] = profile->channel[i].about.name;
	const char *meant = known != NULL ? did_you_mean(name, known) : NULL;
	free(known);
	if (meant != NULL) {
		snprintf(out, CHANNEL_HINT, "did you mean '%s'?", meant);
		return out;
	}
	size_t used = (size_t)snprintf(out, CHANNEL_HINT, "its channels are");
	for (size_t i = 0; i < n && used < CHANNEL_HINT; i++)
		used += (size_t)snprintf(out + used, CHANNEL_HINT - used, "%s %s",
		        i > 0 ? "," : "", profile->channel[i].about.name);
	return out;
}

/* ---- where profiles lie ---- */

const char *profile_folder(void)
{
	static char path[PATH_MAX];
	const char *set = getenv("QUANTRAC_PROFILES");
	if (set != NULL && set[0] != '\0')
		return set;
	return share_folder("profiles", path, sizeof path);
}

static int is_profile(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);
	return n > 5 && entry->d_name[0] != '.' &&
	       strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

const char **profile_names(const char *folder, size_t *n)
{
	struct dirent **entry;
	int found = scandir(folder, &entry, is_profile, alphasort);
	size_t total = 0, used = 0;
	*n = 0;
	if (found < 0)
		return NULL;
	for (int i = 0; i < found; i++)
		total += strlen(entry[i]->d_name) + 1;
	const char **names = malloc(((size_t)found + 1) * sizeof *names + total);
	char *text = names != NULL ? (char *)(names + found + 1) : NULL;
	for (int i = 0; i < found; i++) {
		size_t length = strlen(entry[i]->d_name) - 5;
		if (names != NULL) {
			memcpy(text + used, entry[i]->d_name, length);
			text[used + length] = '\0';
			names[i] = text + used;
			used += length + 1;
		}
		free(entry[i]);
	}
	free(entry);
	if (names != NULL) {
		names[found] = NULL;
		*n = (size_t)found;
	}
	return names;
}

static int not_found(const char *name, const char *folder, struct problem *why)
{
	size_t n;
	const char **names = profile_names(folder, &n);
	const char *meant = names != NULL ? did_you_mean(name, names) : NULL;
	char hint[PATH_MAX + 64];
	if (meant != NULL)
		snprintf(hint, sizeof hint, "did you mean '%s'?", meant);
	else
		snprintf(hint, sizeof hint, "the %zu there are lie in %s", n, folder);
	free(names);
	return problem_set(why, NOT_FOUND, EXIT_CONFIG, "there is no profile '%s'; %s",
	        name, hint);
}

/* Whoever finds a profile by its file finds it by its name too. */
static int read_named(struct profile **out, const char *path, const char *name,
        FILE *report, struct problem *why)
{
	struct profile *profile;
	int status = profile_read(&profile, path, report, why);
	*out = NULL;
	if (status != OK || profile == NULL)
		return status;
	if (strcmp(profile->name, name) == 0) {
		*out = profile;
		return OK;
	}
	config_error(profile->config, report, "name",
	        "the name is that of the file, without .yaml",
	        "the file is %s.yaml, its profile '%s'", name, profile->name);
	problem_set(
	        why, MALFORMED, EXIT_CONFIG, "%s", config_first_error(profile->config));
	profile_free(profile);
	return MALFORMED;
}

int profile_find(struct profile **out, const char *name, const char *extra,
        FILE *report, struct problem *why)
{
	char path[PATH_MAX];
	*out = NULL;
	if (extra != NULL && extra[0] != '\0') {
		snprintf(path, sizeof path, "%s/%s.yaml", extra, name);
		if (access(path, F_OK) == 0)
			return read_named(out, path, name, report, why);
	}
	snprintf(path, sizeof path, "%s/%s.yaml", profile_folder(), name);
	if (access(path, F_OK) != 0)
		return not_found(name, profile_folder(), why);
	return read_named(out, path, name, report, why);
}
