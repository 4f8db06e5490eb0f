/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with an archive as far as a reader can see: files that are not what was
 * sealed, records in quarantine. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/acts.h"
#include "archive/reader_inside.h"
#include "base/folder.h"
#include "base/legal_time.h"

size_t reader_files(const struct reader *reader)
{
	return reader->stock->seals.n;
}

const struct seal *reader_seal(const struct reader *reader, size_t i)
{
	return &reader->stock->seals.seal[i];
}

void reader_file(struct reader *reader, size_t i, struct reader_file *out)
{
	struct stock *stock = reader->stock;
	int64_t day_us = stock_day(stock, i);
	*out = (struct reader_file){ .seal = &stock->seals.seal[i],
		.from_us = day_us,
		.to_us = day_us != INT64_MIN ? day_us + US_PER_DAY : INT64_MIN,
		.sound = stock_sound(stock, i) };
	out->missing = stock->file[i].missing;
	out->shut = stock->file[i].shut;
	if (out->missing) /* perhaps taken away by a signed order */
		acts_order_of(
		        stock->dir, out->seal->path, out->order, sizeof out->order);
}

int64_t reader_used(
        const struct reader *reader, const char *station, const char *instrument)
{
	const struct station *known = stock_station(reader->stock, station);
	for (size_t i = 0; known != NULL && i < known->n_known; i++)
		if (strcmp(known->known[i].describe->instrument, instrument) == 0)
			return known->known[i].time_us;
	return INT64_MIN;
}

/* ---- quarantine ---- */

/* "<station>_<epoch, 16>_<seq, 20>_<digest, 16>.record" */
static bool is_record_of(const char *name, const char *station)
{
	size_t n = strlen(station);
	return strncmp(name, station, n) == 0 &&
	       strlen(name) == n + 1 + 16 + 1 + 20 + 1 + 16 + 7 && name[n] == '_' &&
	       strcmp(name + strlen(name) - 7, ".record") == 0;
}

static int record_read(const char *path, uint8_t *bytes, struct record *record)
{
	int fd = file_open_regular(AT_FDCWD, path, O_NOFOLLOW);
	ssize_t n = fd >= 0 ? read(fd, bytes, RECORD_MOST) : -1;
	if (fd >= 0)
		close(fd);
	return n > 0 && record_decode(record, bytes, (size_t)n) == n ? OK : MALFORMED;
}

int reader_conflicts(struct reader *reader, const char *station,
        void (*each)(void *with, const struct record *record, const char *path),
        void *with)
{
	char folder[ARCHIVE_PATH], path[ARCHIVE_PATH + 300];
	struct dirent **name = NULL;
	int count = 0;
	uint8_t *bytes = malloc(RECORD_MOST);
	snprintf(folder, sizeof folder, "%.4000s/quarantine", reader->stock->dir);
	int n = bytes != NULL ? scandir(folder, &name, NULL, alphasort) : 0;
	for (int i = 0; i < n; i++) {
		struct record record;
		snprintf(path, sizeof path, "%s/%s", folder, name[i]->d_name);
		if (is_record_of(name[i]->d_name, station) &&
		        record_read(path, bytes, &record) == OK) {
			each(with, &record, path + strlen(reader->stock->dir) + 1);
			count++;
		}
		free(name[i]);
	}
	free(name);
	free(bytes);
	return count;
}
