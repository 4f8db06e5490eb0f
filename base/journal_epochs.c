/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Epochs nobody writes to any more: how far they reach, and how they are let go. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/journal_file.h"

/* Folder of an epoch and its segments; n, or FAILED with *fd -1. */
static int open_list(const char *folder, const char *source, uint64_t epoch, int *fd,
        uint64_t **list)
{
	char path[512];
	*list = NULL;
	*fd = -1;
	if (epoch_path(folder, source, epoch, path, sizeof path) != OK)
		return FAILED;
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int n = *fd >= 0 ? segment_list(*fd, list) : FAILED;
	if (n < 0 && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	return n;
}

static void close_list(int fd, uint64_t *list)
{
	if (fd >= 0)
		close(fd);
	free(list);
}

int journal_extent(const char *folder, const char *source, uint64_t epoch,
        uint64_t *first_seq, uint64_t *end_seq)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	uint64_t *list;
	int fd, n = open_list(folder, source, epoch, &fd, &list);
	if (n <= 0) {
		close_list(fd, list);
		return n < 0 && errno != ENOENT ? FAILED : NOT_FOUND;
	}
	uint64_t last = list[n - 1];
	*first_seq = list[0];
	*end_seq = last;
	close_list(fd, list);
	int status = journal_read_open(&reader, folder, source, epoch, last);
	if (status != OK)
		return status;
	while ((status = journal_read_next(reader, &entry, &why)) != 0) {
		if (status == 1)
			*end_seq = entry.seq + 1;
	}
	journal_read_close(reader);
	return OK;
}

uint64_t journal_segment_end(
        const char *folder, const char *source, uint64_t epoch, uint64_t seq)
{
	uint64_t *list, end = 0;
	int fd, n = open_list(folder, source, epoch, &fd, &list);
	for (int i = n - 1; i >= 0 && list[i] > seq; i--)
		end = list[i];
	close_list(fd, list);
	return end;
}

static int remove_all(int fd, const uint64_t *list, int n)
{
	int removed = 0;
	for (int i = 0; i < n; i++) {
		char name[SEGMENT_NAME];
		segment_name(list[i], name);
		if (unlinkat(fd, name, 0) != 0)
			break;
		removed++;
	}
	if (removed > 0)
		fsync(fd);
	return removed;
}

int journal_forget_epoch(
        const char *folder, const char *source, uint64_t epoch, uint64_t seq, int all)
{
	char path[512];
	uint64_t *list;
	int fd, n = open_list(folder, source, epoch, &fd, &list), gone = 0;
	while (gone + 1 < n && list[gone + 1] <= seq)
		gone++;
	if (all && gone + 1 == n)
		gone = n;
	int removed = n > 0 ? remove_all(fd, list, gone) : 0;
	close_list(fd, list);
	if (n > 0 && removed == n &&
	        epoch_path(folder, source, epoch, path, sizeof path) == OK)
		rmdir(path);
	return removed;
}

/* ---- taking out an end ---- */

static int zero_to_end(int fd, const char *name, struct window *window, uint64_t at)
{
	static const uint8_t zeros[4096];
	uint64_t used = window_used(window, at);
	if (window->unread)
		used = window->size;
	int file = openat(fd, name, O_WRONLY | O_CLOEXEC), status = OK;
	if (file < 0)
		return FAILED;
	while (at < used && status == OK) {
		size_t n =
		        used - at < sizeof zeros ? (size_t)(used - at) : sizeof zeros;
		status = journal_write(&journal_real, file, zeros, n, at);
		at += n;
	}
	if (status == OK && fsync(file) != 0)
		status = FAILED;
	close(file);
	return status;
}

/* Nothing is found in the segment: is that so, or could it not be looked at? */
static int nothing_there(struct window *window)
{
	bool seen = !window->unread && (window->known || window_used(window, 0) == 0);
	if (!seen)
		errno = EIO;
	return seen ? OK : FAILED;
}

/* The segment that holds `seq` keeps what stands before it. */
static int cut_segment(
        struct walk *walk, const struct segment_place *place, uint64_t seq)
{
	char name[SEGMENT_NAME];
	struct found found;
	struct hole hole;
	int status = window_open(&walk->window, place);
	if (status != OK)
		return status;
	walk->offset = JOURNAL_HEADER;
	walk->expected = place->list[place->i];
	do {
		status = walk_step(walk, LIMIT_NONE, &found, &hole);
		if (status == 0)
			return nothing_there(&walk->window);
	} while (status != 1 || found.entry.seq < seq);
	segment_name(place->list[place->i], name);
	return zero_to_end(place->folder, name, &walk->window, found.offset);
}

int journal_cut(const char *folder, const char *source, uint64_t epoch, uint64_t seq)
{
	struct walk walk = { 0 };
	uint64_t *list;
	int fd, n = open_list(folder, source, epoch, &fd, &list), i = n - 1,
	        status = OK;
	while (i > 0 && list[i] > seq)
		i--;
	if (n <= 0 || window_init(&walk.window) != OK) {
		close_list(fd, list);
		return n == 0 ? NOT_FOUND : FAILED;
	}
	if (i + 1 < n && remove_all(fd, list + i + 1, n - i - 1) < n - i - 1)
		status = FAILED;
	const struct segment_place place = {
		.folder = fd,
		.source = source,
		.epoch = epoch,
		.list = list,
		.n = (size_t)i + 1,
		.i = (size_t)i,
	};
	if (status == OK)
		status = cut_segment(&walk, &place, seq);
	window_free(&walk.window);
	close_list(fd, list);
	return status;
}
