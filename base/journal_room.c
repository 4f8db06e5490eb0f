/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much room the journal takes, and whether its disk has it. */
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

#include "base/journal_file.h"
#include "base/journal_pool.h"

#define DIGITS 8
#define MIB    1048576.0
#define GIB    1073741824.0

uint32_t room_segment_size(const struct journal_pool_options *options)
{
	uint32_t size =
	        options->segment_size != 0 ? options->segment_size : JOURNAL_SEGMENT;
	return size < JOURNAL_SEGMENT_LEAST ? JOURNAL_SEGMENT_LEAST : size;
}

void room_file_name(uint32_t number, char out[ROOM_NAME])
{
	snprintf(out, ROOM_NAME, "%08" PRIu32 ".free", number);
}

bool room_file_parse(const char *name, uint32_t *number)
{
	char again[ROOM_NAME];
	if (strspn(name, "0123456789") != DIGITS)
		return false;
	*number = (uint32_t)strtoul(name, NULL, 10);
	room_file_name(*number, again);
	return strcmp(name, again) == 0;
}

/* Does the file have its whole size, on the disk and not by promise? */
bool room_file_whole(const struct stat *st, uint32_t segment_size)
{
	return st->st_size == (off_t)segment_size &&
	       (uint64_t)st->st_blocks * 512 >= segment_size;
}

/* ---- what segments take ---- */

uint64_t room_segments(uint64_t bytes, uint32_t segment_size)
{
	return (bytes + segment_size - 1) / segment_size;
}

static uint64_t epoch_segments(int source, const char *name, uint32_t segment_size)
{
	uint64_t *list = NULL, epoch, segments = 0;
	struct stat st;
	if (!epoch_parse(name, &epoch))
		return 0;
	int fd = openat(source, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int n = fd >= 0 ? segment_list(fd, &list) : 0;
	for (int i = 0; i < n; i++) {
		char file[SEGMENT_NAME];
		segment_name(list[i], file);
		if (fstatat(fd, file, &st, AT_SYMLINK_NOFOLLOW) == 0)
			segments += room_segments((uint64_t)st.st_size, segment_size);
	}
	segments += fd >= 0 && fstatat(fd, SPARE_NAME, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (n > 0)
		free(list);
	if (fd >= 0)
		close(fd);
	return segments;
}

DIR *room_open_dir(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (dir == NULL && fd >= 0)
		close(fd);
	return dir;
}

/* Segments of all sources and epochs below a folder. */
uint64_t room_used(const char *folder, uint32_t segment_size)
{
	uint64_t segments = 0;
	DIR *dir = room_open_dir(AT_FDCWD, folder);
	if (dir == NULL)
		return 0;
	for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
		DIR *source = id_valid(d->d_name, SOURCE_SIZE)
		                      ? room_open_dir(dirfd(dir), d->d_name)
		                      : NULL;
		if (source == NULL)
			continue;
		for (struct dirent *e = readdir(source); e != NULL; e = readdir(source))
			segments +=
			        epoch_segments(dirfd(source), e->d_name, segment_size);
		closedir(source);
	}
	closedir(dir);
	return segments;
}

/* ---- the disk ---- */

/* Free bytes of the disk of a folder, or of the nearest one above it that is there. */
int room_free(const char *folder, uint64_t *out)
{
	char path[PATH_MAX];
	struct statvfs fs;
	snprintf(path, sizeof path, "%s", folder);
	while (statvfs(path, &fs) != 0) {
		char *slash = strrchr(path, '/');
		if (errno != ENOENT || (slash == NULL && strcmp(path, ".") == 0))
			return FAILED;
		if (slash == NULL)
			snprintf(path, sizeof path, ".");
		else
			slash[slash == path] = '\0';
	}
	*out = (uint64_t)fs.f_bavail * fs.f_frsize;
	return OK;
}

#define SIZE_WORDS 24
#define TIME_WORDS 40

/* "24.0 MiB"; what is needed is rounded up and what is there down, so that what does not
 * fit never reads as if it did. */
static void size_words(char out[SIZE_WORDS], uint64_t bytes, bool up)
{
	bool large = (double)bytes >= GIB;
	double tenths = (double)bytes * 10 / (large ? GIB : MIB);
	uint64_t n = (uint64_t)tenths;
	n += up && (double)n < tenths;
	snprintf(out, SIZE_WORDS, "%" PRIu64 ".%" PRIu64 " %s", n / 10, n % 10,
	        large ? "GiB" : "MiB");
}

/* "90 days", "1 hour": in whichever it is no fraction of one. */
static void time_words(char out[TIME_WORDS], double time_s)
{
	bool days = time_s >= 86400, hours = time_s >= 3600;
	double n = time_s / (days ? 86400 : hours ? 3600 : 60);
	const char *word = days ? "day" : hours ? "hour" : "minute";
	snprintf(out, TIME_WORDS, "%.4g %s%s", n, word, n == 1 ? "" : "s");
}

int room_tell(const struct journal_pool_options *options, uint64_t missing,
        uint64_t left, struct problem *why)
{
	char all[SIZE_WORDS], more[SIZE_WORDS], has[SIZE_WORDS], time[TIME_WORDS];
	uint32_t segment = room_segment_size(options);
	size_words(all, room_segments(options->room, segment) * segment, true);
	size_words(more, missing, true);
	size_words(has, left, false);
	time_words(time, options->keep_s);
	return problem_set(why, FULL, EXIT_CONFIG,
	        "journal %s: needs %s, in whole segments, for %s; %s of it are not set "
	        "aside yet, and the disk has %s free; free that much, give "
	        "journal.folder a larger disk, or poll less often",
	        options->folder, all, time, more, has);
}

/* Is there free space for so many more segments? */
int room_look(const struct journal_pool_options *options, uint32_t segment_size,
        uint64_t segments, struct problem *why)
{
	uint64_t left = 0, missing = segments * segment_size;
	if (room_free(options->folder, &left) != OK)
		return problem_set(why, FAILED, EXIT_CONFIG, "journal %s: %s",
		        options->folder, strerror(errno));
	return missing <= left ? OK : room_tell(options, missing, left, why);
}

/* Whole files only: what a crash left half made counts for nothing. */
static uint64_t count_set_aside(const char *folder, uint32_t segment_size)
{
	char path[PATH_MAX];
	uint64_t n = 0;
	uint32_t number;
	struct stat st;
	snprintf(path, sizeof path, "%s/" ROOM_FOLDER, folder);
	DIR *dir = room_open_dir(AT_FDCWD, path);
	if (dir == NULL)
		return 0;
	for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir))
		n += room_file_parse(d->d_name, &number) &&
		     fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		     room_file_whole(&st, segment_size);
	closedir(dir);
	return n;
}

int journal_pool_check(const struct journal_pool_options *options, struct problem *why)
{
	uint32_t size = room_segment_size(options);
	uint64_t wanted = room_segments(options->room, size);
	uint64_t have = room_used(options->folder, size) +
	                count_set_aside(options->folder, size);
	return room_look(options, size, wanted > have ? wanted - have : 0, why);
}
