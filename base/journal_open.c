/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a journal: which epoch, its folder, its lock; and the quarantine. */
#include "base/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/folder.h"

#define QUARANTINE_COPIES 99
#define QUARANTINE_PATH   1024
#define COPY_SIZE         (64u << 10)

static uint64_t random_epoch(void)
{
	uint64_t epoch = 0;
	while (epoch == 0) {
		if (getrandom(&epoch, sizeof epoch, 0) != (ssize_t)sizeof epoch)
			epoch = 0;
	}
	return epoch;
}

static int fail(struct problem *why, int status, const char *path, const char *what)
{
	return problem_set(why, status, EXIT_CONFIG,
	        "journal %s: %s: %s; give it a folder that can be written, on a disk "
	        "with room",
	        path, what, strerror(errno));
}

static struct journal *journal_new(const struct journal_options *options)
{
	struct journal *journal = calloc(1, sizeof *journal);
	if (journal == NULL)
		return NULL;
	journal->system = options->system != NULL ? options->system : &journal_real;
	journal->pool = options->pool;
	journal->folder = journal->fd = journal->spare = -1;
	journal->epoch = options->epoch;
	journal->now_us = options->now_us;
	journal->segment_size =
	        options->segment_size != 0 ? options->segment_size : JOURNAL_SEGMENT;
	if (journal->segment_size < JOURNAL_SEGMENT_LEAST)
		journal->segment_size = JOURNAL_SEGMENT_LEAST;
	memcpy(journal->source, options->source, strlen(options->source));
	journal->groups = options->groups;
	if (journal->groups == NULL)
		journal->group = malloc(JOURNAL_GROUP);
	if (journal->group != NULL || journal->groups != NULL)
		return journal;
	free(journal);
	return NULL;
}

/* Folder of the epoch, made, open and locked. */
static int take_folder(struct journal *journal, const struct journal_options *options,
        struct problem *why)
{
	if (epoch_path(options->folder, journal->source, journal->epoch, journal->path,
	            sizeof journal->path) != OK)
		return fail(why, FAILED, options->folder, "its path is too long");
	if (folder_make(journal->path) != OK)
		return fail(why, journal_status(), journal->path, "cannot be made");
	journal->folder = open(journal->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (journal->folder < 0)
		return fail(why, FAILED, journal->path, "cannot be opened");
	if (flock(journal->folder, LOCK_EX | LOCK_NB) == 0)
		return OK;
	return problem_set(why, REFUSED, EXIT_TRY_AGAIN,
	        "journal %s: another process writes to it; end that one first",
	        journal->path);
}

/* An epoch that did not exist: created after every other one, whatever the clock
 * says. */
static int begin_epoch(struct journal *journal, const struct journal_options *options,
        struct problem *why)
{
	uint64_t newest;
	int64_t created_us;
	if (epoch_newest(options->folder, journal->source, &newest, &created_us) == OK)
		journal->segment.created_us = created_us + 1;
	int status = OK;
	if (journal->epoch == 0)
		journal->epoch = random_epoch();
	if (journal->folder < 0)
		status = take_folder(journal, options, why);
	if (status != OK)
		return status;
	memcpy(journal->segment.source, journal->source, sizeof journal->source);
	journal->segment.epoch = journal->epoch;
	journal->first_seq = journal->next_seq = journal->committed_seq = 1;
	status = journal_begin(journal, 1);
	return status == OK ? OK : fail(why, status, journal->path, "cannot begin");
}

static int open_epoch(struct journal *journal, const struct journal_options *options,
        struct journal_recovery *recovery, struct problem *why)
{
	int64_t created_us;
	int status = NOT_FOUND;
	if (journal->epoch != 0 || epoch_newest(options->folder, journal->source,
	                                   &journal->epoch, &created_us) == OK) {
		status = take_folder(journal, options, why);
		if (status != OK)
			return status;
		status = journal_recover(journal, options, recovery);
	}
	if (status == FAILED && journal_stranger(options->folder, journal->source,
	                                journal->epoch, why) != OK)
		return FAILED;
	if (status != NOT_FOUND)
		return status == OK ? OK
		                    : fail(why, status, journal->path,
		                              "cannot be recovered");
	recovery->created = 1;
	if (options->epoch == 0 && journal->folder >= 0) {
		/* Its records may be known elsewhere: its numbers are not given
		 * again. */
		close(journal->folder);
		journal->folder = -1;
		journal->epoch = 0;
	}
	return begin_epoch(journal, options, why);
}

int journal_open(struct journal **out, const struct journal_options *options,
        struct journal_recovery *recovery, struct problem *why)
{
	struct journal_recovery unasked;
	*out = NULL;
	if (recovery == NULL)
		recovery = &unasked;
	*recovery = (struct journal_recovery){ 0 };
	if (!id_valid(options->source, SOURCE_SIZE))
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "journal %s: '%s' is no station id ([a-z0-9][a-z0-9_-]*, at "
		        "most %d)",
		        options->folder, options->source, SOURCE_SIZE);
	struct journal *journal = journal_new(options);
	if (journal == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL,
		        "journal %s: out of memory", options->folder);
	int n = options->quarantine != NULL
	                ? snprintf(journal->quarantine, sizeof journal->quarantine,
	                          "%s", options->quarantine)
	                : snprintf(journal->quarantine, sizeof journal->quarantine,
	                          "%s/quarantine", options->folder);
	errno = ENAMETOOLONG;
	int status = n < (int)sizeof journal->quarantine
	                     ? open_epoch(journal, options, recovery, why)
	                     : fail(why, FAILED, options->folder,
	                               "its quarantine's path is too long");
	if (status != OK) {
		journal_close(journal);
		return status;
	}
	*out = journal;
	return OK;
}

/* A new file in the quarantine; its descriptor, REFUSED when it is there already, or
 * FAILED. */
static int quarantine_open(const struct journal *journal, const struct quarantine *part,
        char path[QUARANTINE_PATH])
{
	if (folder_make(journal->quarantine) != OK) {
		if (errno == EEXIST)
			errno = ENOTDIR; /* something else bears its name */
		return FAILED;
	}
	for (int copy = 1; copy <= QUARANTINE_COPIES; copy++) {
		char again[8] = "";
		if (copy > 1)
			snprintf(again, sizeof again, ".%d", copy);
		snprintf(path, QUARANTINE_PATH,
		        "%s/%s_%016" PRIx64 "_%020" PRIu64 ".%s%s", journal->quarantine,
		        journal->source, journal->epoch, part->first_seq, part->what,
		        again);
		int fd = journal->system->open(
		        AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
		if (fd >= 0)
			return fd;
		if (errno != EEXIST)
			return journal_status();
		if (part->once)
			return REFUSED;
	}
	return FAILED;
}

static int sync_quarantine(const struct journal *journal)
{
	int fd = open(journal->quarantine, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return FAILED;
	int status = journal->system->sync_all(fd) == 0 ? OK : journal_status();
	close(fd);
	return status;
}

/* A part of a copy must not be taken for one at the next start. */
static void remove_part(const struct journal *journal, const char *path)
{
	int saved = errno;
	journal->system->remove(AT_FDCWD, path);
	errno = saved;
}

int quarantine_put(const struct journal *journal, struct window *window,
        const struct quarantine *part)
{
	char path[QUARANTINE_PATH];
	int fd = quarantine_open(journal, part, path);
	if (fd < 0)
		return fd == REFUSED ? OK : fd;
	int status = OK;
	for (uint64_t at = part->from; at < part->to && status == OK; at += COPY_SIZE) {
		size_t n =
		        part->to - at < COPY_SIZE ? (size_t)(part->to - at) : COPY_SIZE;
		const uint8_t *in = window_bytes(window, at, n);
		status = in != NULL ? journal_write(journal->system, fd, in, n,
		                              at - part->from)
		                    : FAILED;
	}
	if (status == OK && journal->system->sync_all(fd) != 0)
		status = journal_status();
	close(fd);
	if (status == OK)
		return sync_quarantine(journal);
	remove_part(journal, path);
	return status;
}
