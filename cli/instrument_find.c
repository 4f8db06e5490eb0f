/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which model a person means: by name, maker or type plate, or a part of these. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "cli/instrument.h"

#define NEAREST 5 /* names that are told where none is meant */

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

bool instrument_is(const struct profile *profile, const char *word)
{
	char wanted[256], text[512];
	squeezed(word, wanted, sizeof wanted);
	snprintf(text, sizeof text, "%s %s", profile->maker, profile->model);
	return wanted[0] != '\0' &&
	       (holds(text, wanted) || holds(profile->name, wanted));
}

static bool has_model(const char *name, const char *folder, const char *word)
{
	struct profile *profile;
	struct problem why;
	if (profile_find(&profile, name, folder, NULL, &why) != OK)
		return false;
	bool is = instrument_is(profile, word);
	profile_free(profile);
	return is;
}

/* Names in a row: how many, the last one, and all. */
struct matches {
	size_t n;
	char last[128], all[512];
};

static void match(struct matches *out, const char *name)
{
	size_t used = strlen(out->all);
	snprintf(out->last, sizeof out->last, "%s", name);
	if (used + strlen(name) + 8 < sizeof out->all)
		snprintf(out->all + used, sizeof out->all - used, "%s%s",
		        out->n > 0 ? ", " : "", name);
	else if (out->all[used - 1] != '.')
		snprintf(out->all + used, sizeof out->all - used, ", ...");
	out->n++;
}

static void by_model(
        const char *word, const char *folder, const char *where, struct matches *out)
{
	size_t n;
	char wanted[256];
	const char **names = profile_names(where, &n);
	*out = (struct matches){ 0 };
	squeezed(word, wanted, sizeof wanted);
	for (size_t i = 0; names != NULL && strlen(wanted) >= 3 && i < n; i++)
		if (has_model(names[i], folder, word))
			match(out, names[i]);
	free(names);
}

/* ---- none ---- */

/* Is one of the words of a text written nearly so? */
static bool is_near(const char *text, const char *wanted)
{
	char word[64];
	const char *known[] = { word, NULL };
	while (*text != '\0') {
		size_t n = strcspn(text, " -,;/()");
		snprintf(word, sizeof word, "%.*s", (int)(n < 63 ? n : 63), text);
		squeezed(word, word, sizeof word);
		if (strlen(word) >= 3 && did_you_mean(wanted, known) != NULL)
			return true;
		text += n + (text[n] != '\0');
	}
	return false;
}

static void near_in(const char *where, const char *wanted, struct matches *out)
{
	size_t n;
	const char **names = profile_names(where, &n);
	for (size_t i = 0; names != NULL && i < n && out->n < NEAREST; i++) {
		struct profile *profile;
		struct problem why;
		char path[PATH_MAX];
		snprintf(path, sizeof path, "%.2048s/%.512s.yaml", where, names[i]);
		if (profile_read(&profile, path, NULL, &why) != OK)
			continue;
		if (is_near(profile->name, wanted) || is_near(profile->model, wanted))
			match(out, names[i]);
		profile_free(profile);
	}
	free(names);
}

bool instrument_nearest(const char *word, const char *folder, char *out, size_t room)
{
	struct matches found = { 0 };
	char wanted[256];
	size_t n;
	squeezed(word, wanted, sizeof wanted);
	const char **names = profile_names(profile_folder(), &n);
	const char *whole = names != NULL ? did_you_mean(word, names) : NULL;
	if (whole != NULL)
		match(&found, whole);
	else if (folder[0] != '\0')
		near_in(folder, wanted, &found);
	if (whole == NULL)
		near_in(profile_folder(), wanted, &found);
	free(names);
	snprintf(out, room, "%s", found.all);
	return found.n > 0;
}

int instrument_find(
        struct profile **out, const char *word, const char *folder, struct problem *why)
{
	struct matches found = { 0 };
	char near[512];
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
	if (instrument_nearest(word, folder, near, sizeof near))
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "there is no profile '%s'; did you mean '%s'?", word, near);
	why->exit = EXIT_NO_FILE;
	return status;
}
