/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A journal read from end to end, also where something that is no segment stands in the
 * place of one. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/reader_inside.h"

/* `path` cannot be opened; NULL: there is none. */
static void remark_unread(
        const struct passage *passage, const char *path, const char *what)
{
	remarks_of(&passage->stock->problems, path, "journal/%s/%016" PRIx64 ": %s",
	        passage->source, passage->epoch, what);
}

/* What cannot be opened is a stranger (*strange says which), or that is told and all. */
static void open_failed(
        const struct passage *passage, int status, struct problem *strange)
{
	char text[200];
	int error = errno;
	strange->text[0] = '\0';
	if (journal_stranger(
	            passage->folder, passage->source, passage->epoch, strange) != OK)
		return;
	snprintf(text, sizeof text, "cannot be read: %s", strerror(error));
	remark_unread(passage, NULL,
	        status == NOT_FOUND ? "is gone; open the archive again" : text);
}

/* One reader, as far as it comes.  OK, PASSAGE_ENOUGH, or FAILED. */
static int read_on(struct passage *passage, struct journal_reader *reader)
{
	struct journal_entry entry;
	struct problem why;
	int status = OK, next;
	while (status == OK && (next = journal_read_next(reader, &entry, &why)) != 0) {
		if (next == 1 && entry.seq >= passage->end_seq)
			return PASSAGE_ENOUGH;
		if (next == 1) {
			passage->next_seq = entry.seq + 1;
			status = passage->each(passage->with, &entry);
		} else {
			remarks_add(&passage->stock->problems, "%s", why.text);
		}
		if (next != 1 && next != MALFORMED)
			return PASSAGE_ENOUGH;
	}
	return status;
}

/* Where reading goes on behind a reader that began at `from`; 0: there is no more. */
static uint64_t behind(const struct passage *passage, uint64_t from)
{
	uint64_t last = passage->next_seq > from ? passage->next_seq - 1 : from;
	uint64_t next = journal_segment_end(
	        passage->folder, passage->source, passage->epoch, last);
	return next < passage->end_seq ? next : 0;
}

/* The records [lost, from) were not read; from 0: nothing behind them either. */
static void tell_lost(const struct passage *passage, uint64_t lost, uint64_t from,
        const struct problem *strange)
{
	char text[1200], path[sizeof strange->text];
	const char *end = strstr(strange->text, ": cannot be read");
	if (from > lost)
		snprintf(text, sizeof text,
		        "records %" PRIu64 " to %" PRIu64
		        " are not read, what is behind them is: %s",
		        lost, from - 1, strange->text);
	else
		snprintf(text, sizeof text,
		        "from record %" PRIu64 " on nothing is read: %s", lost,
		        strange->text);
	snprintf(path, sizeof path, "%s", strange->text);
	path[end != NULL ? end - strange->text : 0] = '\0';
	remark_unread(passage, path, text);
}

int passage_walk(struct passage *passage)
{
	struct problem strange = { .text = "" };
	uint64_t from = passage->from_seq, lost = 0;
	int status = OK;
	do {
		struct journal_reader *reader;
		int opened = journal_read_open(&reader, passage->folder,
		        passage->source, passage->epoch, from);
		if (opened == OK) {
			if (lost > 0)
				tell_lost(passage, lost, from, &strange);
			lost = 0;
			status = read_on(passage, reader);
			journal_read_close(reader);
		} else {
			open_failed(passage, opened, &strange);
			if (strange.text[0] == '\0')
				return OK;
			lost = lost > 0 ? lost : from;
		}
		from = status == OK ? behind(passage, from) : 0;
	} while (from > 0);
	if (lost > 0)
		tell_lost(passage, lost, 0, &strange);
	return status == PASSAGE_ENOUGH ? OK : status;
}
