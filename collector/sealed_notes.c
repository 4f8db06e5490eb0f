/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The notes of what each sealed file holds: read, made again from the files, and added
 * to. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/day.h"
#include "base/folder.h"
#include "base/log.h"
#include "collector/sealed.h"

/* ---- from a file ---- */

static int range_grow(void *with, const uint8_t *bytes, size_t size, int64_t stored_us,
        uint8_t transport)
{
	struct sealed_ranges *ranges = with;
	struct record record;
	if (record_decode(&record, bytes, size) < 0)
		return 1;
	return sealed_ranges_grow(ranges, record.epoch, record.seq) != OK;
}

/* OK, MALFORMED: it is not there or not what was sealed, or FAILED: it could not be
 * looked at for want of memory or descriptors. */
static int file_check(const char *path, const struct seal *seal, struct problem *why)
{
	uint8_t digest[DIGEST_SIZE];
	int status = digest_of_file(path, digest);
	if (status != OK && errno != ENOENT) /* a disk may fail once */
		status = digest_of_file(path, digest);
	if (status != OK) {
		bool scarce = errno == ENOMEM || errno == EMFILE || errno == ENFILE;
		return problem_set(why, scarce ? FAILED : MALFORMED, EXIT_DAMAGED, "%s",
		        strerror(errno));
	}
	if (memcmp(digest, seal->file, DIGEST_SIZE) != 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "it is not the file that was sealed; run quantrac verify");
	return OK;
}

int sealed_open(
        struct day **out, const char *dir, const struct seal *seal, struct problem *why)
{
	char path[ARCHIVE_PATH + sizeof seal->path];
	snprintf(path, sizeof path, "%s/%s", dir, seal->path);
	int status = file_check(path, seal, why);
	if (status == OK && day_open(out, path, why) != OK)
		status = FAILED;
	return status;
}

/* A file that is to the bit what was sealed can be read, or memory is short: half of what
 * it holds would have the rest sealed once more.  OK, MALFORMED or FAILED. */
static int file_ranges(
        const char *dir, const struct seal *seal, struct sealed_ranges *out)
{
	struct day *day;
	struct problem why = { .text = "" };
	out->n = 0;
	int status = sealed_open(&day, dir, seal, &why), records = FAILED;
	if (status == OK) {
		records = day_records(day, range_grow, out, &why);
		day_close(day);
	}
	if (status == OK && (records < 0 || (uint64_t)records != seal->records))
		status = FAILED;
	if (status == OK)
		return OK;
	log_line(LOG_ALERT, "%s: is in the seal list and cannot be read: %s",
	        seal->path, why.text);
	return status;
}

/* ---- the whole of a station ---- */

struct load {
	struct sealed *sealed;
	const char *dir;
	FILE *fresh;  /* the notes as they should be */
	char *next;   /* the notes as they are: what has not been looked at yet */
	bool renewed; /* they differ */
};

/* The next line, if it is that of `seal`. */
static int take_line(
        struct load *load, const struct seal *seal, struct sealed_ranges *out)
{
	uint8_t digest[DIGEST_SIZE];
	if (load->next == NULL || *load->next == '\0')
		return NOT_FOUND;
	char *end = strchr(load->next, '\n');
	if (end == NULL)
		return NOT_FOUND;
	char *line = strndup(load->next, (size_t)(end - load->next));
	int status = line != NULL ? sealed_line_parse(line, digest, out) : FAILED;
	free(line);
	if (status == OK && memcmp(digest, seal->file, DIGEST_SIZE) != 0)
		return NOT_FOUND;
	load->next = end + 1;
	return status;
}

static int load_seal(struct load *load, const struct seal_list *list, size_t at,
        struct sealed_ranges *ranges)
{
	const struct seal *seal = &list->seal[at];
	if (take_line(load, seal, ranges) != OK) {
		load->renewed = true;
		int status = file_ranges(load->dir, seal, ranges);
		if (status != OK)
			return status == MALFORMED ? OK : FAILED;
	}
	for (size_t i = 0; i < ranges->n; i++) {
		ranges->one[i].sealed_us = seal->sealed_us;
		ranges->one[i].seal = at;
	}
	char *line = sealed_line_print(seal->file, ranges->one, ranges->n);
	if (line == NULL)
		return FAILED;
	fputs(line, load->fresh);
	free(line);
	if (load->sealed->n + ranges->n == 0)
		return OK;
	return sealed_add(load->sealed, ranges->one, ranges->n);
}

static int load_all(struct load *load, const struct seal_list *list)
{
	struct sealed_ranges ranges = { .n = 0 };
	int status = OK;
	for (size_t i = 0; i < list->n && status == OK; i++)
		if (strcmp(list->seal[i].station, load->sealed->station) == 0)
			status = load_seal(load, list, i, &ranges);
	free(ranges.one);
	return status;
}

static int notes_renew(const char *dir, const char *station, const char *text, size_t n)
{
	char path[ARCHIVE_PATH + 32];
	snprintf(path, sizeof path, "%s/sealed", dir);
	if (folder_make(path) != OK)
		return FAILED;
	sealed_notes_path(path, sizeof path, dir, station);
	return file_replace(path, text, n, 0640);
}

int sealed_load(struct sealed *sealed, const char *dir, const char *station,
        const struct seal_list *list)
{
	char path[ARCHIVE_PATH + 32], *text = NULL, *fresh = NULL;
	size_t n, size;
	struct load load = { .sealed = sealed, .dir = dir };
	*sealed = (struct sealed){ .n = 0 };
	snprintf(sealed->station, sizeof sealed->station, "%s", station);
	sealed_notes_path(path, sizeof path, dir, station);
	if (file_read(path, SEALED_NOTES_MOST, &text, &n) == OK)
		load.next = text;
	load.fresh = open_memstream(&fresh, &size);
	int status = load.fresh != NULL ? load_all(&load, list) : FAILED;
	if (load.fresh != NULL && fclose(load.fresh) != 0)
		status = FAILED;
	if (load.next != NULL && *load.next != '\0')
		load.renewed = true;
	if (status == OK && load.renewed &&
	        notes_renew(dir, station, fresh, size) != OK)
		log_line(LOG_WARN, "%s: cannot be written: %s", path, strerror(errno));
	free(fresh);
	free(text);
	return status;
}

/* From *at on, where it mostly is. */
static bool list_has(
        const struct seal_list *list, const uint8_t file[DIGEST_SIZE], size_t *at)
{
	for (size_t k = 0; k < list->n; k++, ++*at)
		if (memcmp(list->seal[*at % list->n].file, file, DIGEST_SIZE) == 0)
			return true;
	return false;
}

static size_t station_beyond(
        const char *dir, const char *station, const struct seal_list *list)
{
	char path[ARCHIVE_PATH + 32], *text = NULL, *save = NULL;
	struct sealed_ranges ranges = { .n = 0 };
	uint8_t digest[DIGEST_SIZE];
	size_t size, beyond = 0, at = 0;
	sealed_notes_path(path, sizeof path, dir, station);
	if (file_read(path, SEALED_NOTES_MOST, &text, &size) != OK)
		return 0;
	for (char *line = strtok_r(text, "\n", &save); line != NULL;
	        line = strtok_r(NULL, "\n", &save))
		beyond += sealed_line_parse(line, digest, &ranges) == OK &&
		          !list_has(list, digest, &at);
	free(ranges.one);
	free(text);
	return beyond;
}

size_t sealed_beyond(const char *dir, const struct seal_list *list)
{
	char path[ARCHIVE_PATH + 32];
	size_t beyond = 0;
	snprintf(path, sizeof path, "%s/sealed", dir);
	DIR *folder = opendir(path);
	if (folder == NULL)
		return 0;
	for (struct dirent *entry = readdir(folder); entry != NULL;
	        entry = readdir(folder))
		if (id_valid(entry->d_name, SOURCE_SIZE))
			beyond += station_beyond(dir, entry->d_name, list);
	closedir(folder);
	return beyond;
}

int sealed_note(struct sealed *sealed, const char *dir, const struct seal *seal,
        const struct sealed_range *range, size_t n)
{
	char path[ARCHIVE_PATH + 32];
	if (sealed_add(sealed, range, n) != OK)
		return FAILED;
	snprintf(path, sizeof path, "%s/sealed", dir);
	char *line = sealed_line_print(seal->file, range, n);
	if (line == NULL || folder_make(path) != OK) {
		free(line);
		return FAILED;
	}
	sealed_notes_path(path, sizeof path, dir, sealed->station);
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	ssize_t wanted = (ssize_t)strlen(line);
	int status = fd >= 0 && write(fd, line, (size_t)wanted) == wanted ? OK : FAILED;
	if (fd >= 0)
		close(fd);
	free(line);
	return status;
}
