/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The next segment: a file of full size, made ahead, that gets its name when it is wanted. */
#include "base/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/journal_pool.h"
#include "base/log.h"

#define SPARE_FLAGS (O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC)

void journal_remove_quietly(struct journal *journal, const char *name)
{
	int saved = errno;
	journal->system->remove(journal->folder, name);
	errno = saved;
}

void journal_close_quietly(int *fd)
{
	int saved = errno;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

/* A file out of the room set aside.  OK, or another status: there is none. */
static int take_spare(struct journal *journal)
{
	if (journal->pool == NULL || journal_pool_take(journal->pool, journal->folder,
	                                     SPARE_NAME, journal->segment_size) != OK)
		return NOT_FOUND;
	journal->spare =
	        journal->system->open(journal->folder, SPARE_NAME, O_RDWR | O_CLOEXEC);
	return journal->spare >= 0 ? OK : FAILED;
}

int journal_allocate_spare(struct journal *journal)
{
	const struct journal_system *system = journal->system;
	if (take_spare(journal) == OK)
		return OK;
	int fd = system->open(journal->folder, SPARE_NAME, SPARE_FLAGS);
	if (fd < 0 && errno == EEXIST) {
		system->remove(journal->folder, SPARE_NAME);
		fd = system->open(journal->folder, SPARE_NAME, SPARE_FLAGS);
	}
	if (fd < 0)
		return journal_status();
	int error = system->allocate(fd, 0, (off_t)journal->segment_size);
	if (error == 0 && system->sync_all(fd) == 0) {
		journal->spare = fd;
		if (journal->pool != NULL)
			journal_pool_added(journal->pool);
		return OK;
	}
	if (error != 0)
		errno = error;
	int status = journal_status();
	journal_close_quietly(&fd);
	journal_remove_quietly(journal, SPARE_NAME);
	return status;
}

/* Header, sync, name, sync of the folder: from then on the segment exists. */
static int name_spare(struct journal *journal, const struct segment *segment)
{
	const struct journal_system *system = journal->system;
	uint8_t header[JOURNAL_HEADER];
	char name[SEGMENT_NAME];
	segment_put(segment, header);
	segment_name(segment->first_seq, name);
	int status = journal_write(system, journal->spare, header, sizeof header, 0);
	if (status != OK)
		return status;
	if (system->sync_all(journal->spare) != 0 ||
	        system->rename(journal->folder, SPARE_NAME, name) != 0 ||
	        system->sync_all(journal->folder) != 0)
		return journal_status();
	return OK;
}

int journal_begin(struct journal *journal, uint64_t first_seq)
{
	struct segment old = journal->segment, segment = old;
	/* A segment that holds nothing that counts is not kept beside its successor. */
	bool old_empty = journal->fd >= 0 && journal->committed_seq == old.first_seq;
	char name[SEGMENT_NAME];
	int status = journal->spare >= 0 ? OK : journal_allocate_spare(journal);
	if (status != OK)
		return status;
	segment.number++;
	segment.first_seq = first_seq;
	uint64_t skipped = old_empty ? old.skipped : 0; /* is handed on */
	skipped += first_seq - journal->committed_seq;
	segment.skipped = skipped < UINT32_MAX ? (uint32_t)skipped : UINT32_MAX;
	if (journal->now_us > segment.created_us)
		segment.created_us = journal->now_us;
	status = name_spare(journal, &segment);
	if (status != OK) {
		journal_close_quietly(&journal->spare);
		journal_remove_quietly(journal, SPARE_NAME);
		return status;
	}
	journal_close_quietly(&journal->fd);
	if (old_empty && old.first_seq != first_seq) {
		segment_name(old.first_seq, name);
		journal_remove_quietly(journal, name);
	}
	if (journal->first_seq == journal->committed_seq)
		journal->first_seq = first_seq;
	journal->fd = journal->spare;
	journal->spare = -1;
	journal->segment = segment;
	journal->offset = JOURNAL_HEADER;
	journal->size = journal->segment_size;
	journal->spare_at = journal->size / 2;
	journal->failed = false;
	return OK;
}

void journal_look_ahead(struct journal *journal)
{
	if (journal->spare >= 0 || journal->offset < journal->spare_at)
		return;
	journal->spare_at = journal->offset + journal->segment_size / 16;
	if (journal_allocate_spare(journal) != OK)
		log_seldom(LOG_WARN, journal->path,
		        "%s: no room for the next segment of %u bytes: %s; "
		        "records go on into the present one until it is full",
		        journal->path, journal->segment_size, strerror(errno));
}
