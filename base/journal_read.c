/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a journal, beside its writer and from any process. */
#include "base/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct journal_reader {
	int folder;
	char path[512]; /* of the epoch's folder */
	char source[SOURCE_SIZE + 1];
	uint64_t epoch;
	struct walk walk;
	uint64_t first_seq; /* of the segment being read */
	uint64_t limit;     /* first seq of the one behind it, LIMIT_NEWEST: none yet */
	uint64_t last_offset;
	uint64_t never_came; /* the seq behind the hole told last, 0: damage */
	char place[512 + SEGMENT_NAME]; /* file of the entry returned last */
};

/* Open segment list[i] and know what follows it. */
static int read_segment(
        struct journal_reader *reader, const uint64_t *list, size_t n, size_t i)
{
	const struct segment_place place = {
		.folder = reader->folder,
		.source = reader->source,
		.epoch = reader->epoch,
		.list = list,
		.n = n,
		.i = i,
	};
	char name[SEGMENT_NAME];
	reader->first_seq = list[i];
	reader->limit = i + 1 < n ? list[i + 1] : LIMIT_NEWEST;
	reader->walk.offset = JOURNAL_HEADER;
	reader->walk.damaged = false;
	reader->walk.beside_writer = true;
	segment_name(list[i], name);
	snprintf(reader->place, sizeof reader->place, "%s/%s", reader->path, name);
	return window_open(&reader->walk.window, &place);
}

/* The segment that holds the seq wanted, or the oldest. */
static int read_first(struct journal_reader *reader, uint64_t from_seq)
{
	uint64_t *list = NULL;
	int n = segment_list(reader->folder, &list);
	if (n <= 0)
		return n == 0 ? NOT_FOUND : FAILED;
	size_t i = 0;
	while (i + 1 < (size_t)n && list[i + 1] <= from_seq)
		i++;
	reader->walk.expected = from_seq > list[0] ? from_seq : list[0];
	int status = read_segment(reader, list, (size_t)n, i);
	free(list);
	return status;
}

int journal_read_open(struct journal_reader **out, const char *folder,
        const char *source, uint64_t epoch, uint64_t from_seq)
{
	*out = NULL;
	if (!id_valid(source, SOURCE_SIZE))
		return NOT_FOUND;
	struct journal_reader *reader = calloc(1, sizeof *reader);
	if (reader == NULL)
		return FAILED;
	memcpy(reader->source, source, strlen(source));
	reader->epoch = epoch;
	reader->folder = -1;
	int status = window_init(&reader->walk.window);
	if (status == OK)
		status = epoch_path(
		        folder, source, epoch, reader->path, sizeof reader->path);
	if (status == OK) {
		reader->folder = open(reader->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		status = reader->folder >= 0 ? OK
		         : errno == ENOENT   ? NOT_FOUND
		                             : FAILED;
	}
	if (status == OK)
		status = read_first(reader, from_seq);
	if (status == OK)
		*out = reader;
	else
		journal_read_close(reader);
	return status;
}

void journal_read_once(struct journal_reader *reader)
{
	reader->walk.window.once = true;
}

void journal_read_close(struct journal_reader *reader)
{
	if (reader == NULL)
		return;
	int saved = errno;
	reader->walk.window.once = false; /* the segment it stands in may be read on */
	window_free(&reader->walk.window);
	if (reader->folder >= 0)
		close(reader->folder);
	free(reader);
	errno = saved;
}

/* Has the file we read been replaced by another of its name?  (A segment in which no commit succeeded
 * is, by the one begun instead.) */
static bool replaced(const struct journal_reader *reader)
{
	struct stat st;
	char name[SEGMENT_NAME];
	segment_name(reader->first_seq, name);
	return fstatat(reader->folder, name, &st, 0) == 0 &&
	       (st.st_ino != reader->walk.window.inode ||
	               st.st_dev != reader->walk.window.device);
}

/* At the end of what there is: 1 if there is more to look at now.  A segment that has
 * got a successor is looked at once more, since its last entries may have come after
 * our look. */
static int read_further(struct journal_reader *reader)
{
	uint64_t *list = NULL;
	int n = segment_list(reader->folder, &list), status = 0;
	size_t next = 0;
	while (n > 0 && next < (size_t)n && list[next] <= reader->first_seq)
		next++;
	if (n > 0 && reader->limit == LIMIT_NEWEST && next < (size_t)n) {
		reader->limit = list[next];
		window_refresh(&reader->walk.window);
		status = 1;
	} else if (n > 0 && reader->limit != LIMIT_NEWEST && next < (size_t)n) {
		status = read_segment(reader, list, (size_t)n, next) != FAILED;
	} else if (next > 0 && reader->limit == LIMIT_NEWEST && replaced(reader)) {
		status = read_segment(reader, list, (size_t)n, next - 1) == OK;
	}
	if (n > 0)
		free(list);
	return status;
}

static int tell_hole(
        struct journal_reader *reader, const struct hole *hole, struct problem *why)
{
	bool never_came = hole_never_came(reader->folder, reader->limit, hole);
	reader->never_came = never_came ? hole->last + 1 : 0;
	if (never_came)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "%s: records %" PRIu64 " to %" PRIu64
		        " never came; reading goes on behind them",
		        reader->place, hole->first, hole->last);
	return problem_set(why, MALFORMED, EXIT_DAMAGED,
	        "%s at offset %" PRIu64 ": records %" PRIu64 " to %" PRIu64
	        " are missing or damaged; reading goes on behind them",
	        reader->place, hole->offset, hole->first, hole->last);
}

int journal_read_next(
        struct journal_reader *reader, struct journal_entry *entry, struct problem *why)
{
	for (;;) {
		struct found found;
		struct hole hole;
		int status = walk_step(&reader->walk, reader->limit, &found, &hole);
		if (status == MALFORMED)
			return tell_hole(reader, &hole, why);
		if (status == 1) {
			*entry = found.entry;
			reader->last_offset = found.offset;
			return 1;
		}
		if (read_further(reader) != 1)
			return 0;
	}
}

uint64_t journal_read_never_came(const struct journal_reader *reader)
{
	return reader->never_came;
}

const char *journal_read_place(const struct journal_reader *reader, uint64_t *offset)
{
	*offset = reader->last_offset;
	return reader->place;
}
