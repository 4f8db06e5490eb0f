/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal's writer.  Nothing here allocates but opening. */
#include "base/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/journal_pool.h"
#include "base/log.h"

#define PROBE_FLAGS (O_RDWR | O_CREAT | O_CLOEXEC)

/* Bytes of the whole entries that fit into `room`, and how many they are. */
static size_t fitting(const struct journal *journal, uint64_t room, uint64_t *count)
{
	size_t n = 0;
	*count = 0;
	while (n < journal->group_n) {
		size_t size = entry_size(get_le16(journal->group + n + 4));
		if (n + size > room)
			break;
		n += size;
		++*count;
	}
	return n;
}

/* Write and sync the first n bytes of the group. */
static int commit_part(struct journal *journal, size_t n)
{
	uint32_t seed = segment_seed(journal->epoch, journal->segment.number);
	for (size_t at = 0; at < n; at += entry_size(get_le16(journal->group + at + 4)))
		entry_seal(journal->group + at, seed, at == 0);
	int status = journal_write(
	        journal->system, journal->fd, journal->group, n, journal->offset);
	/* only a disk that is read-only has certainly taken nothing */
	if (status == OK || errno != EROFS)
		journal->touched = true;
	if (status == OK && journal->system->sync(journal->fd) != 0)
		status = journal_status();
	return status;
}

static void give_back(struct journal *journal)
{
	if (journal->groups == NULL || journal->group == NULL)
		return;
	groups_give(journal->groups, journal->group);
	journal->group = NULL;
}

int journal_commit(struct journal *journal)
{
	while (journal->group_n > 0) {
		uint64_t count = 0;
		size_t n = 0;
		if (!journal->failed)
			n = fitting(journal, journal->size - journal->offset, &count);
		if (n == 0) {
			int status = journal_begin(journal, journal->committed_seq);
			if (status != OK)
				return status;
			continue;
		}
		int status = commit_part(journal, n);
		if (status != OK) {
			journal->failed = true;
			return status;
		}
		journal->touched = false;
		journal->offset += n;
		journal->committed_seq += count;
		journal->group_n -= n;
		memmove(journal->group, journal->group + n, journal->group_n);
	}
	give_back(journal);
	if (!journal->failed)
		journal_look_ahead(journal);
	return OK;
}

/* A small file first: a segment begun on a disk that is still ill would be one less of
 * the room set aside. */
static int try_disk(struct journal *journal)
{
	static const uint8_t zeros[4096];
	const struct journal_system *system = journal->system;
	int fd = system->open(journal->folder, PROBE_NAME, PROBE_FLAGS);
	if (fd < 0)
		return journal_status();
	int status = journal_write(system, fd, zeros, sizeof zeros, 0);
	if (status == OK && system->sync_all(fd) != 0)
		status = journal_status();
	journal_close_quietly(&fd);
	journal_remove_quietly(journal, PROBE_NAME);
	return status;
}

int journal_mend(struct journal *journal)
{
	int status = OK;
	if (journal->failed)
		status = try_disk(journal);
	if (status != OK)
		return status;
	if (journal->failed)
		return journal_begin(journal, journal->committed_seq);
	if (journal->size - journal->offset >= JOURNAL_GROUP || journal->spare >= 0)
		return OK;
	return journal_allocate_spare(journal);
}

bool journal_in_doubt(const struct journal *journal)
{
	return journal->touched;
}

size_t journal_take_back(struct journal *journal,
        void (*give)(void *with, uint8_t *record, size_t n), void *with)
{
	size_t count = 0;
	for (size_t at = 0; at < journal->group_n; count++) {
		size_t n = get_le16(journal->group + at + 4);
		give(with, journal->group + at + JOURNAL_ENTRY, n);
		at += entry_size(n);
	}
	journal->group_n = 0;
	journal->touched = false;
	journal->next_seq = journal->committed_seq;
	return count;
}

static int gather(
        struct journal *journal, const uint8_t *record, size_t n, int64_t now_us)
{
	if (entry_size(n) > JOURNAL_GROUP - journal->group_n)
		return FULL;
	if (journal->group == NULL)
		journal->group = groups_take(journal->groups);
	if (journal->group == NULL)
		return FULL;
	journal->group_n +=
	        entry_put(journal->group + journal->group_n, record, n, now_us);
	journal->next_seq++;
	journal->now_us = now_us;
	return OK;
}

int journal_append(struct journal *journal, uint8_t *record, size_t n, int64_t now_us)
{
	struct record head;
	if (record_decode(&head, record, n) != (int)n ||
	        !source_same(head.source, journal->source) ||
	        journal->next_seq > RECORD_SEQ_MOST)
		return REFUSED;
	if (entry_size(n) > JOURNAL_GROUP - journal->group_n)
		return FULL;
	record_place(record, journal->epoch, journal->next_seq);
	return gather(journal, record, n, now_us);
}

int journal_store(
        struct journal *journal, const uint8_t *record, size_t n, int64_t now_us)
{
	struct record head;
	if (record_decode(&head, record, n) != (int)n ||
	        !source_same(head.source, journal->source) ||
	        head.epoch != journal->epoch || head.seq != journal->next_seq)
		return REFUSED;
	return gather(journal, record, n, now_us);
}

int journal_skip(struct journal *journal, uint64_t seq, int64_t now_us)
{
	if (seq < journal->next_seq)
		return REFUSED;
	int status = journal_commit(journal);
	if (status != OK || seq == journal->next_seq)
		return status;
	journal->now_us = now_us;
	status = journal_begin(journal, seq);
	if (status == OK)
		journal->next_seq = journal->committed_seq = seq;
	return status;
}

int journal_forget(struct journal *journal, uint64_t seq)
{
	uint64_t *list = NULL;
	int n = segment_list(journal->folder, &list), removed = 0;
	if (seq > journal->committed_seq)
		seq = journal->committed_seq;
	while (removed + 1 < n && list[removed + 1] <= seq &&
	        list[removed] != journal->segment.first_seq) {
		char name[SEGMENT_NAME];
		segment_name(list[removed], name);
		if (journal->system->remove(journal->folder, name) != 0)
			break;
		removed++;
	}
	if (removed > 0) {
		journal->first_seq = list[removed];
		journal->system->sync_all(journal->folder);
	}
	if (n > 0)
		free(list);
	return removed;
}

int journal_moved(const struct journal *journal)
{
	struct stat here, there;
	if (fstat(journal->folder, &here) != 0 || stat(journal->path, &there) != 0)
		return FAILED;
	return here.st_dev != there.st_dev || here.st_ino != there.st_ino;
}

void journal_close(struct journal *journal)
{
	if (journal == NULL)
		return;
	if (journal->folder >= 0 && journal->group_n > 0 &&
	        journal_commit(journal) != OK)
		log_line(LOG_ALERT, "%s: the last %zu bytes could not be committed: %s",
		        journal->path, journal->group_n, strerror(errno));
	/* one that has never been written to goes back into the room */
	if (journal->spare >= 0 &&
	        (journal->pool == NULL || journal_pool_give(journal->pool,
	                                          journal->folder, SPARE_NAME) != OK))
		journal_remove_quietly(journal, SPARE_NAME);
	journal_close_quietly(&journal->spare);
	journal_close_quietly(&journal->fd);
	journal_close_quietly(&journal->folder);
	give_back(journal);
	free(journal->group);
	free(journal);
}

const char *journal_source(const struct journal *journal)
{
	return journal->source;
}

uint64_t journal_epoch(const struct journal *journal)
{
	return journal->epoch;
}

uint64_t journal_first_seq(const struct journal *journal)
{
	return journal->first_seq;
}

uint64_t journal_next_seq(const struct journal *journal)
{
	return journal->next_seq;
}

uint64_t journal_committed_seq(const struct journal *journal)
{
	return journal->committed_seq;
}

size_t journal_pending(const struct journal *journal)
{
	return journal->group_n;
}
