/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/shelf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "archive/day.h"
#include "archive/stored_text.h"

static const struct describe *in_memory(
        const struct shelf *shelf, const uint8_t hash[DIGEST_SIZE])
{
	for (size_t i = 0; i < shelf->n; i++)
		if (memcmp(shelf->describe[i]->hash, hash, DIGEST_SIZE) == 0)
			return shelf->describe[i];
	return NULL;
}

/* Takes the describe over.  A station's newest goes first, where a file looks for
 * it. */
static const struct describe *shelf_keep(struct shelf *shelf, struct describe *describe)
{
	if (shelf->n == shelf->room) {
		size_t room = shelf->room > 0 ? 2 * shelf->room : 8;
		void *more = realloc(shelf->describe, room * sizeof *shelf->describe);
		if (more == NULL) {
			describe_free(describe);
			return NULL;
		}
		shelf->describe = more;
		shelf->room = room;
	}
	bool station = describe->kind == DESCRIBE_STATION;
	size_t at = station ? 0 : shelf->n;
	shelf->has_station |= station;
	memmove(&shelf->describe[at + 1], &shelf->describe[at],
	        (shelf->n - at) * sizeof *shelf->describe);
	shelf->describe[at] = describe;
	shelf->n++;
	return describe;
}

int shelf_put(
        struct shelf *shelf, const struct record *record, const struct describe **out)
{
	struct describe *describe = NULL;
	struct problem why;
	*out = NULL;
	int status =
	        describe_decode(&describe, record->payload, record->payload_size, &why);
	if (status != OK)
		return status;
	*out = in_memory(shelf, describe->hash);
	if (*out != NULL) {
		describe_free(describe);
		return OK;
	}
	*out = shelf_keep(shelf, describe);
	return *out != NULL ? OK : FAILED;
}

/* Copies of the DESCRIBEs of one sealed file.  false: not all that it has. */
static bool take_from(struct shelf *shelf, struct day *day)
{
	struct describe *station = NULL;
	struct problem why;
	bool whole = true;
	if (!shelf->has_station) {
		int status = day_station_describe(day, &station, &why);
		if (status == OK)
			status = shelf_keep(shelf, station) != NULL ? OK : FAILED;
		whole = status == OK || status == NOT_FOUND;
	}
	for (size_t i = 0; i < day_groups(day); i++) {
		const struct describe *group;
		struct describe *copy = NULL;
		char *text;
		size_t n;
		if (in_memory(shelf, day_group_hash(day, i)) != NULL)
			continue;
		group = day_group_describe(day, i);
		if (group == NULL || stored_text_of(group, &text, &n) != OK) {
			whole = false;
			continue;
		}
		whole = stored_text_read(&copy, text, n, &why) == OK &&
		        shelf_keep(shelf, copy) != NULL && whole;
		free(text);
	}
	return whole;
}

/* Only a file that is what the seal list says is opened; what is in one was read when it
 * was sealed, and can be now.  FAILED: no memory, or no descriptor. */
static int read_file(struct shelf *shelf, const struct seal *seal)
{
	char path[ARCHIVE_PATH + sizeof seal->path];
	uint8_t digest[DIGEST_SIZE];
	struct day *day;
	struct problem why;
	snprintf(path, sizeof path, "%s/%s", shelf->dir, seal->path);
	errno = 0;
	if (digest_of_file(path, digest) != OK)
		return errno == ENOMEM || errno == EMFILE || errno == ENFILE ? FAILED
		                                                             : OK;
	if (memcmp(digest, seal->file, DIGEST_SIZE) != 0)
		return OK;
	bool whole = day_open(&day, path, &why) == OK;
	if (whole) {
		whole = take_from(shelf, day);
		day_close(day);
	}
	return whole ? OK : FAILED;
}

/* The next sealed file of the station, from the newest back; 1, 0: there is none left,
 * FAILED. */
static int read_next(struct shelf *shelf)
{
	if (!shelf->began)
		shelf->unread = shelf->list->n;
	shelf->began = true;
	while (shelf->unread > 0) {
		const struct seal *seal = &shelf->list->seal[shelf->unread - 1];
		bool own = strcmp(seal->station, shelf->station) == 0;
		if (own && read_file(shelf, seal) != OK)
			return FAILED;
		shelf->unread--;
		if (own)
			return 1;
	}
	return 0;
}

int shelf_find(struct shelf *shelf, const uint8_t hash[DIGEST_SIZE],
        const struct describe **out)
{
	int more = 1;
	for (*out = in_memory(shelf, hash); *out == NULL;
	        *out = in_memory(shelf, hash)) {
		more = read_next(shelf);
		if (more != 1)
			return more == 0 ? NOT_FOUND : FAILED;
	}
	return OK;
}

int shelf_find_station(struct shelf *shelf)
{
	if (shelf->has_station || shelf->began || read_next(shelf) != FAILED)
		return OK;
	shelf->began = false;
	return FAILED;
}

void shelf_free(struct shelf *shelf)
{
	for (size_t i = 0; i < shelf->n; i++)
		describe_free(shelf->describe[i]);
	free(shelf->describe);
}
