/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/keys.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/legal_time.h"

#define PATH_ROOM 4096

static int cannot(struct problem *why, const char *what, const char *path)
{
	return problem_set(why, FAILED, EXIT_CONFIG, "%s: cannot be %s: %s", path, what,
	        strerror(errno));
}

static int name_check(const char *name, struct problem *why)
{
	if (id_valid(name, SOURCE_SIZE))
		return OK;
	return problem_set(why, REFUSED, EXIT_USAGE,
	        "'%s' is no station id; at most %d of a-z, 0-9, '-' and '_', for "
	        "example "
	        "bt-outlet",
	        name, SOURCE_SIZE);
}

/* ---- pairs ---- */

static int write_pair(const char *secret, const char *public_path,
        struct key_pair *pair, struct problem *why)
{
	if (key_pair_new(pair) != OK)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no key could be made");
	int status = key_write(secret, pair->secret_key, 1, why);
	if (status != OK)
		return status;
	status = key_write(public_path, pair->public_key, 0, why);
	if (status != OK)
		unlink(secret);
	return status;
}

int keys_new(const char *folder, const char *name, char public_key[KEY_TEXT],
        struct problem *why)
{
	char secret[PATH_ROOM], public_path[PATH_ROOM];
	struct key_pair pair;
	int status = name_check(name, why);
	if (status != OK)
		return status;
	if (folder_make(folder) != OK)
		return cannot(why, "made", folder);
	snprintf(secret, sizeof secret, "%s/%s.secret", folder, name);
	snprintf(public_path, sizeof public_path, "%s/%s.pub", folder, name);
	status = write_pair(secret, public_path, &pair, why);
	if (status == OK)
		memcpy(public_key, pair.public_key, KEY_TEXT);
	explicit_bzero(&pair, sizeof pair);
	return status;
}

static bool is_secret_file(const char *path)
{
	size_t n = strlen(path), ending = strlen(".secret");
	return n > ending && strcmp(path + n - ending, ".secret") == 0;
}

/* "x.secret" -> "x.pub", anything else "x" -> "x.pub" */
static void public_beside(const char *secret, char *out, size_t room)
{
	size_t n = strlen(secret);
	if (is_secret_file(secret))
		n -= strlen(".secret");
	snprintf(out, room, "%.*s.pub", (int)n, secret);
}

int keys_own(const char *path, struct key_pair *pair, struct problem *why)
{
	char public_path[PATH_ROOM], folder[PATH_ROOM];
	int status = key_read(path, pair->secret_key, 1, why);
	if (status == OK)
		return key_pair_complete(pair) == OK
		               ? OK
		               : problem_set(why, MALFORMED, EXIT_CONFIG,
		                         "%s: this is no secret key", path);
	if (status != NOT_FOUND)
		return status;
	snprintf(folder, sizeof folder, "%s", path);
	char *slash = strrchr(folder, '/');
	if (slash != NULL && slash != folder) {
		*slash = '\0';
		if (folder_make(folder) != OK)
			return cannot(why, "made", folder);
	}
	public_beside(path, public_path, sizeof public_path);
	return write_pair(path, public_path, pair, why);
}

/* ---- the allow-list ---- */

static int key_of(const char *text, char key[KEY_TEXT], struct problem *why)
{
	if (!key_valid(text) && is_secret_file(text))
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s: a secret key never leaves its machine; admit the .pub "
		        "beside it",
		        text);
	if (!key_valid(text))
		return key_read(text, key, 0, why);
	memcpy(key, text, KEY_TEXT);
	return OK;
}

int keys_revoke(
        const char *agents, const char *station, int64_t now_us, struct problem *why)
{
	char from[PATH_ROOM], to[PATH_ROOM], stamp[TIME_TEXT];
	int status = name_check(station, why);
	if (status != OK)
		return status;
	snprintf(from, sizeof from, "%s/%s.pub", agents, station);
	if (access(from, F_OK) != 0)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s: no such file; %s is not on the list (quantrac keys list "
		        "shows it)",
		        from, station);
	snprintf(to, sizeof to, "%s/revoked", agents);
	if (folder_make(to) != OK)
		return cannot(why, "made", to);
	do { /* two revoked within a second are both kept in mind */
		snprintf(to, sizeof to, "%s/revoked/%s.%s", agents, station,
		        stamp_print(now_us, 0, stamp));
		now_us += US_PER_S;
	} while (access(to, F_OK) == 0);
	if (rename(from, to) != 0)
		return cannot(why, "moved into revoked/", from);
	snprintf(to, sizeof to, "%s/revoked", agents);
	if (folder_sync(to) != OK || folder_sync(agents) != OK)
		return cannot(why, "made durable", to);
	return OK;
}

/* ---- listing ---- */

struct listing {
	struct key_entry *entry;
	size_t n, room;
};

static int listing_add(struct listing *listing, const struct key_entry *entry)
{
	if (listing->n == listing->room) {
		size_t room = listing->room > 0 ? 2 * listing->room : 32;
		void *more = realloc(listing->entry, room * sizeof *entry);
		if (more == NULL)
			return FAILED;
		listing->entry = more;
		listing->room = room;
	}
	listing->entry[listing->n++] = *entry;
	return OK;
}

/* "20261115084800", UTC; OK or MALFORMED. */
static int stamp_read(const char *text, int64_t *time_us)
{
	struct civil civil = { .year = 0 };
	char rest;
	if (strlen(text) != 14 || sscanf(text, "%4d%2d%2d%2d%2d%2d%c", &civil.year,
	                                  &civil.month, &civil.day, &civil.hour,
	                                  &civil.minute, &civil.second, &rest) != 6)
		return MALFORMED;
	*time_us = civil_to_us(&civil, 0);
	return OK;
}

/* "<station>.pub", or in revoked/ "<station>.<time>"; 1, or 0: another file. */
static int entry_of(
        struct key_entry *entry, const char *folder, const char *file, int revoked)
{
	char path[PATH_ROOM];
	struct stat st;
	const char *dot = strchr(file, '.');
	if (dot == NULL || dot - file > SOURCE_SIZE)
		return 0;
	*entry = (struct key_entry){ .revoked = revoked };
	memcpy(entry->station, file, (size_t)(dot - file));
	snprintf(path, sizeof path, "%s/%s", folder, file);
	if (!id_valid(entry->station, SOURCE_SIZE) || stat(path, &st) != 0)
		return 0;
	entry->since_us = st.st_mtim.tv_sec * US_PER_S;
	if (revoked ? stamp_read(dot + 1, &entry->since_us) != OK
	            : strcmp(dot, ".pub") != 0)
		return 0;
	if (key_read(path, entry->key, 0, NULL) != OK)
		entry->key[0] = '\0';
	return 1;
}

static int list_folder(struct listing *listing, const char *folder, int revoked)
{
	DIR *dir = opendir(folder);
	int status = OK;
	if (dir == NULL)
		return errno == ENOENT ? NOT_FOUND : FAILED;
	for (struct dirent *file = readdir(dir); file != NULL && status == OK;
	        file = readdir(dir)) {
		struct key_entry entry;
		if (entry_of(&entry, folder, file->d_name, revoked))
			status = listing_add(listing, &entry);
	}
	closedir(dir);
	return status;
}

static int entry_order(const void *a, const void *b)
{
	const struct key_entry *left = a, *right = b;
	int order = strcmp(left->station, right->station);
	if (order != 0)
		return order;
	return (left->since_us > right->since_us) - (left->since_us < right->since_us);
}

int keys_list(const char *agents, struct key_entry **out, struct problem *why)
{
	char folder[PATH_ROOM];
	struct listing listing = { .n = 0 };
	int status = list_folder(&listing, agents, 0);
	snprintf(folder, sizeof folder, "%s/revoked", agents);
	if (status == OK && list_folder(&listing, folder, 1) == FAILED)
		status = FAILED;
	if (status != OK) {
		free(listing.entry);
		return problem_set(why, status,
		        status == NOT_FOUND ? EXIT_NO_FILE : EXIT_CONFIG,
		        "%s: cannot be read: %s; name the collector's folder of agents "
		        "with "
		        "--agents DIR",
		        agents, strerror(errno));
	}
	if (listing.n > 0)
		qsort(listing.entry, listing.n, sizeof *listing.entry, entry_order);
	*out = listing.entry;
	return (int)listing.n;
}

int keys_revoked(const char *agents, const char *key, char station[SOURCE_SIZE + 1])
{
	struct key_entry *entry = NULL;
	int n = key_valid(key) ? keys_list(agents, &entry, NULL) : 0;
	int status = NOT_FOUND;
	for (int i = 0; i < n && entry != NULL; i++)
		if (entry[i].revoked && strcmp(entry[i].key, key) == 0) {
			memcpy(station, entry[i].station, sizeof entry[i].station);
			status = OK;
		}
	if (n >= 0)
		free(entry);
	return status;
}

/* ---- admitting ---- */

/* A cabinet is known by its key alone: one key, one station; and a key once revoked,
 * which others may have, is never taken again. */
static int key_unused(
        const char *agents, const char *station, const char *key, struct problem *why)
{
	struct key_entry *entry = NULL;
	int n = keys_list(agents, &entry, why), status = n < 0 ? n : OK;
	for (int i = 0; i < n && entry != NULL && status == OK; i++) {
		if (strcmp(entry[i].key, key) != 0)
			continue;
		if (entry[i].revoked)
			status = problem_set(why, REFUSED, EXIT_CONFIG,
			        "this key of %s was revoked and is not taken again; "
			        "on the cabinet make another: quantrac keys new %s",
			        entry[i].station, station);
		else
			status = problem_set(why, REFUSED, EXIT_CONFIG,
			        "this is the key of %s; each station needs its own: "
			        "quantrac keys new %s",
			        entry[i].station, station);
	}
	if (n >= 0)
		free(entry);
	return status;
}

int keys_admit(
        const char *agents, const char *station, const char *key, struct problem *why)
{
	char path[PATH_ROOM], wanted[KEY_TEXT], there[KEY_TEXT];
	int status = name_check(station, why);
	if (status == OK)
		status = key_of(key, wanted, why);
	if (status != OK)
		return status;
	if (folder_make(agents) != OK)
		return cannot(why, "made", agents);
	snprintf(path, sizeof path, "%s/%s.pub", agents, station);
	if (key_read(path, there, 0, NULL) != OK) {
		status = key_unused(agents, station, wanted, why);
		return status == OK ? key_write(path, wanted, 0, why) : status;
	}
	if (strcmp(there, wanted) == 0)
		return OK;
	return problem_set(why, REFUSED, EXIT_CONFIG,
	        "%s has another key already; first run: quantrac keys revoke %s",
	        station, station);
}
