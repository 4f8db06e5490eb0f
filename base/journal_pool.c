/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/journal_pool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/journal_file.h"
#include "base/log.h"

#define COUNT_EVERY 60

struct journal_pool {
	const struct journal_system *system;
	char folder[512];
	double keep_s;
	uint32_t segment_size;
	uint64_t segments; /* of the whole room */
	uint64_t used;     /* segments that hold data, or are about to */
	uint32_t *number;  /* [n] of the files set aside */
	size_t n, room;
	uint32_t next;    /* number of the next file */
	uint32_t calls;   /* of journal_pool_fill */
	bool only_looked; /* the file system cannot set room aside */
	int fd;           /* of the folder */
};

/* ---- what is set aside ---- */

static int remember(struct journal_pool *pool, uint32_t number)
{
	if (pool->n == pool->room) {
		size_t room = pool->room > 0 ? 2 * pool->room : 256;
		uint32_t *more = realloc(pool->number, room * sizeof *more);
		if (more == NULL)
			return FAILED;
		pool->number = more;
		pool->room = room;
	}
	pool->number[pool->n++] = number;
	return OK;
}

/* A file system without a journal of its own may show a segment under its old name too
 * after a power cut: such a file is left alone. */
static bool holds_data(int folder, const char *name)
{
	uint8_t header[JOURNAL_HEADER] = { 0 };
	int fd = file_open_regular(folder, name, 0);
	bool data = fd < 0 || pread(fd, header, sizeof header, 0) < 0;
	for (size_t i = 0; i < sizeof header; i++)
		data |= header[i] != 0;
	if (fd >= 0)
		close(fd);
	return data;
}

/* A file found in the pool: kept, or removed when it is not whole or one too many. */
static void look_at(struct journal_pool *pool, const char *name, uint32_t number)
{
	struct stat st;
	if (fstatat(pool->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	        !S_ISREG(st.st_mode))
		return;
	if (number >= pool->next)
		pool->next = number + 1;
	if (st.st_size > 0 && (st.st_nlink != 1 || holds_data(pool->fd, name))) {
		log_line(LOG_WARN,
		        "%s/" ROOM_FOLDER "/%s holds data and is not used as room: "
		        "check the file system",
		        pool->folder, name);
		return;
	}
	if (!room_file_whole(&st, pool->segment_size) ||
	        pool->used + pool->n >= pool->segments || remember(pool, number) != OK)
		pool->system->remove(pool->fd, name);
}

static int find_files(struct journal_pool *pool)
{
	DIR *dir = room_open_dir(pool->fd, ".");
	uint32_t number;
	if (dir == NULL)
		return FAILED;
	for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
		if (room_file_parse(d->d_name, &number))
			look_at(pool, d->d_name, number);
	}
	closedir(dir);
	return OK;
}

/* One more file.  OK, FULL, FAILED, or NOT_FOUND: this file system cannot do that. */
static int set_aside(struct journal_pool *pool)
{
	char name[ROOM_NAME];
	room_file_name(pool->next++, name);
	int fd = pool->system->open(
	        pool->fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC);
	if (fd < 0)
		return journal_status();
	int error = pool->system->reserve(fd, (off_t)pool->segment_size);
	close(fd);
	if (error == 0 && remember(pool, pool->next - 1) == OK)
		return OK;
	errno = error != 0 ? error : ENOMEM;
	int status =
	        errno == EOPNOTSUPP || errno == ENOSYS ? NOT_FOUND : journal_status();
	int saved = errno;
	pool->system->remove(pool->fd, name);
	errno = saved;
	return status;
}

/* ---- opening ---- */

static uint64_t missing_of(const struct journal_pool *pool)
{
	uint64_t have = pool->used + pool->n;
	return have < pool->segments ? pool->segments - have : 0;
}

int journal_pool_fill(struct journal_pool *pool, size_t most)
{
	uint64_t missing;
	size_t made = 0;
	int status = OK;
	/* counted along; looked at again now and then, since others may remove files */
	if (missing_of(pool) == 0 && pool->calls++ % COUNT_EVERY != 0)
		return (int)pool->n;
	pool->used = room_used(pool->folder, pool->segment_size);
	missing = missing_of(pool);
	if (pool->only_looked || missing == 0)
		return (int)pool->n;
	while (status == OK && made < missing && (most == 0 || made < most)) {
		status = set_aside(pool);
		made += status == OK;
	}
	/* On a file system with a journal this carries the files' sizes with it. */
	if (made > 0 && pool->system->sync_all(pool->fd) != 0 && status == OK)
		status = FAILED;
	pool->only_looked = status == NOT_FOUND;
	return status == OK || status == NOT_FOUND ? (int)pool->n : status;
}

static int open_folder(struct journal_pool *pool)
{
	char path[sizeof pool->folder + sizeof ROOM_FOLDER + 1];
	snprintf(path, sizeof path, "%s/" ROOM_FOLDER, pool->folder);
	if (folder_make(path) != OK)
		return FAILED;
	pool->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return pool->fd >= 0 ? find_files(pool) : FAILED;
}

static int cannot_set_aside(const struct journal_pool *pool, struct problem *why)
{
	return problem_set(why, FAILED, EXIT_CONFIG,
	        "journal %s: its room cannot be set aside: %s; give it a folder that "
	        "can be written",
	        pool->folder, strerror(errno));
}

/* The room was there once, and little of it is missing now: somebody else took what a
 * removed segment had left, or a crash what was being moved.  A cabinet that ran must
 * run again, and what is missing is asked for as long as it is. */
static bool is_little(const struct journal_pool *pool)
{
	uint64_t missing = missing_of(pool);
	return pool->used > 0 && (missing <= 2 || missing <= pool->segments / 8);
}

/* The disk is asked first, so that one that is too small is not filled in vain. */
static int fill_first(struct journal_pool *pool,
        const struct journal_pool_options *options, struct problem *why)
{
	uint64_t left = 0;
	int status = room_look(options, pool->segment_size, missing_of(pool), why);
	if (status == OK)
		status = journal_pool_fill(pool, 0);
	if (status >= 0)
		return OK;
	if (status != FULL)
		return cannot_set_aside(pool, why);
	room_free(pool->folder, &left);
	room_tell(options, missing_of(pool) * pool->segment_size, left, why);
	if (!is_little(pool))
		return FULL;
	log_line(LOG_ALERT, "%s; it is asked for again every minute", why->text);
	return OK;
}

int journal_pool_open(struct journal_pool **out,
        const struct journal_pool_options *options, struct problem *why)
{
	*out = NULL;
	struct journal_pool *pool = calloc(1, sizeof *pool);
	if (pool == NULL)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "no memory for the journal's room");
	pool->system = options->system != NULL ? options->system : &journal_real;
	pool->segment_size = room_segment_size(options);
	pool->segments = room_segments(options->room, pool->segment_size);
	pool->next = 1;
	pool->fd = -1;
	snprintf(pool->folder, sizeof pool->folder, "%s", options->folder);
	pool->used = room_used(pool->folder, pool->segment_size);
	int status = open_folder(pool) == OK ? fill_first(pool, options, why)
	                                     : cannot_set_aside(pool, why);
	if (status == OK)
		*out = pool;
	else
		journal_pool_close(pool);
	return status;
}

void journal_pool_close(struct journal_pool *pool)
{
	if (pool == NULL)
		return;
	if (pool->fd >= 0)
		close(pool->fd);
	free(pool->number);
	free(pool);
}

int64_t journal_pool_left(const struct journal_pool *pool)
{
	return (int64_t)pool->segments - (int64_t)pool->used;
}

uint64_t journal_pool_segments(const struct journal_pool *pool)
{
	return pool->segments;
}

void journal_pool_added(struct journal_pool *pool)
{
	pool->used++;
}

void journal_pool_removed(struct journal_pool *pool, uint64_t segments)
{
	pool->used -= segments < pool->used ? segments : pool->used;
}

/* ---- for the journal ---- */

int journal_pool_take(
        struct journal_pool *pool, int folder, const char *name, uint32_t segment_size)
{
	char from[ROOM_NAME];
	while (pool->n > 0 && segment_size == pool->segment_size) {
		room_file_name(pool->number[pool->n - 1], from);
		if (pool->system->move(pool->fd, from, folder, name) == 0) {
			pool->n--;
			pool->used++;
			return OK;
		}
		if (errno != ENOENT)
			return FAILED;
		pool->n--;
	}
	return NOT_FOUND;
}

int journal_pool_give(struct journal_pool *pool, int folder, const char *name)
{
	char to[ROOM_NAME];
	room_file_name(pool->next++, to);
	if (pool->system->move(folder, name, pool->fd, to) != 0)
		return FAILED;
	journal_pool_removed(pool, 1);
	return remember(pool, pool->next - 1);
}
