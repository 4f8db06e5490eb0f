/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies on disk: segments of an epoch, epochs of a source, sources of a folder. */
#include "base/journal_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"

#define SEQ_DIGITS   20
#define EPOCH_DIGITS 16

void segment_name(uint64_t first_seq, char out[SEGMENT_NAME])
{
	snprintf(out, SEGMENT_NAME, "%020" PRIu64 ".log", first_seq);
}

int epoch_path(
        const char *folder, const char *source, uint64_t epoch, char *out, size_t room)
{
	int n = snprintf(out, room, "%s/%s/%016" PRIx64, folder, source, epoch);
	if ((size_t)n < room)
		return OK;
	errno = ENAMETOOLONG;
	return FAILED;
}

/* A name this program would have made, or not its own. */
static bool segment_parse(const char *name, uint64_t *first_seq)
{
	char again[SEGMENT_NAME];
	if (strspn(name, "0123456789") != SEQ_DIGITS)
		return false;
	errno = 0;
	*first_seq = strtoull(name, NULL, 10);
	segment_name(*first_seq, again);
	return errno == 0 && strcmp(name, again) == 0;
}

bool epoch_parse(const char *name, uint64_t *epoch)
{
	if (strlen(name) != EPOCH_DIGITS ||
	        strspn(name, "0123456789abcdef") != EPOCH_DIGITS)
		return false;
	*epoch = strtoull(name, NULL, 16);
	return *epoch != 0;
}

static int by_seq(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* A growing list; `item` of `size` bytes each. */
struct list {
	uint8_t *item;
	size_t n, room, size;
};

static int list_add(struct list *list, const void *item)
{
	if (list->n == list->room) {
		size_t room = list->room == 0 ? 64 : 2 * list->room;
		uint8_t *bigger = realloc(list->item, room * list->size);
		if (bigger == NULL)
			return FAILED;
		list->item = bigger;
		list->room = room;
	}
	memcpy(list->item + list->n * list->size, item, list->size);
	list->n++;
	return OK;
}

int segment_list(int folder, uint64_t **out)
{
	struct list list = { .size = sizeof **out };
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return FAILED;
	}
	int status = OK;
	while (status == OK) {
		uint64_t first_seq;
		errno = 0;
		const struct dirent *d = readdir(dir);
		if (d == NULL) {
			/* a list cut short would be a journal that ends there */
			status = errno == 0 ? OK : FAILED;
			break;
		}
		if (segment_parse(d->d_name, &first_seq))
			status = list_add(&list, &first_seq);
	}
	int saved = errno;
	closedir(dir);
	if (status != OK) {
		free(list.item);
		errno = saved;
		return status;
	}
	if (list.n > 0)
		qsort(list.item, list.n, list.size, by_seq);
	*out = (uint64_t *)(void *)list.item;
	return (int)list.n;
}

struct epoch_found {
	uint64_t epoch;
	int64_t created_us;
};

/* When a segment was created; false if its header does not say. */
static bool created_of(int folder, uint64_t first_seq, int64_t *created_us, bool *empty)
{
	char name[SEGMENT_NAME];
	uint8_t header[JOURNAL_HEADER];
	struct segment segment;
	segment_name(first_seq, name);
	int fd = segment_open(folder, name);
	if (fd < 0) {
		/* what cannot be read is told, not passed over */
		*empty = *empty && errno == ENOENT;
		return false;
	}
	ssize_t n = pread(fd, header, sizeof header, 0);
	close(fd);
	if (n != 0)
		*empty = false;
	if (n != sizeof header || segment_get(&segment, header) != OK)
		return false;
	*created_us = segment.created_us;
	return true;
}

/* By the oldest segment whose header is sound.  NOT_FOUND: nothing but empty files. */
static int epoch_look(int folder, const char *name, struct epoch_found *found)
{
	uint64_t *list = NULL;
	bool empty = true;
	int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return NOT_FOUND;
	int n = segment_list(fd, &list);
	if (n < 0)
		empty = false;
	found->created_us = 0;
	for (int i = 0; i < n; i++) {
		if (created_of(fd, list[i], &found->created_us, &empty))
			break;
	}
	if (n > 0)
		free(list);
	close(fd);
	return empty ? NOT_FOUND : OK;
}

static int by_creation(const void *a, const void *b)
{
	const struct epoch_found *x = a, *y = b;
	if (x->created_us != y->created_us)
		return x->created_us < y->created_us ? -1 : 1;
	return by_seq(&x->epoch, &y->epoch);
}

/* All epochs of a source, oldest first; count.  The caller frees *out. */
static int epochs_find(const char *folder, const char *source, struct epoch_found **out)
{
	char path[512];
	struct list list = { .size = sizeof **out };
	*out = NULL;
	if (snprintf(path, sizeof path, "%s/%s", folder, source) >= (int)sizeof path)
		return 0;
	DIR *dir = opendir(path);
	if (dir == NULL)
		return 0;
	for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
		struct epoch_found found;
		if (epoch_parse(d->d_name, &found.epoch) &&
		        epoch_look(dirfd(dir), d->d_name, &found) == OK &&
		        list_add(&list, &found) != OK)
			break;
	}
	closedir(dir);
	if (list.n > 0)
		qsort(list.item, list.n, list.size, by_creation);
	*out = (struct epoch_found *)(void *)list.item;
	return (int)list.n;
}

int epoch_newest(
        const char *folder, const char *source, uint64_t *epoch, int64_t *created_us)
{
	struct epoch_found *found;
	int n = epochs_find(folder, source, &found);
	if (n > 0) {
		*epoch = found[n - 1].epoch;
		*created_us = found[n - 1].created_us;
	}
	free(found);
	return n > 0 ? OK : NOT_FOUND;
}

int journal_epochs(const char *folder, const char *source, uint64_t *epoch, size_t most)
{
	struct epoch_found *found;
	size_t n = (size_t)epochs_find(folder, source, &found);
	size_t skip = n > most ? n - most : 0;
	for (size_t i = skip; i < n; i++)
		epoch[i - skip] = found[i].epoch;
	free(found);
	return (int)(n - skip);
}

int journal_epochs_shut(
        const char *folder, const char *source, uint64_t *epoch, size_t most)
{
	char path[512];
	size_t n = 0;
	if (snprintf(path, sizeof path, "%s/%s", folder, source) >= (int)sizeof path)
		return 0;
	DIR *dir = opendir(path);
	if (dir == NULL)
		return 0;
	for (struct dirent *d = readdir(dir); d != NULL && n < most; d = readdir(dir)) {
		if (!epoch_parse(d->d_name, &epoch[n]))
			continue;
		int fd = openat(
		        dirfd(dir), d->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
		else if (errno != ENOENT)
			n++;
	}
	closedir(dir);
	return (int)n;
}

static bool has_epoch(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	bool found = false;
	uint64_t epoch;
	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (struct dirent *d = readdir(dir); d != NULL && !found; d = readdir(dir))
		found = epoch_parse(d->d_name, &epoch);
	closedir(dir);
	return found;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

int journal_sources(const char *folder, char (*source)[SOURCE_SIZE + 1], size_t most)
{
	struct list list = { .size = SOURCE_SIZE + 1 };
	DIR *dir = opendir(folder);
	if (dir == NULL)
		return 0;
	for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
		char name[SOURCE_SIZE + 1] = "";
		if (!id_valid(d->d_name, SOURCE_SIZE) ||
		        !has_epoch(dirfd(dir), d->d_name))
			continue;
		memcpy(name, d->d_name, strlen(d->d_name));
		if (list_add(&list, name) != OK)
			break;
	}
	closedir(dir);
	if (list.n > 0)
		qsort(list.item, list.n, list.size, by_name);
	size_t n = list.n < most ? list.n : most;
	if (n > 0)
		memcpy(source, list.item, n * list.size);
	free(list.item);
	return (int)n;
}
