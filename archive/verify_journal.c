/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journals: every record has a check sum and a number; none may be missing inside an epoch. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/verify_inside.h"
#include "base/journal.h"

#define MOST_SOURCES 4096
#define MOST_EPOCHS  4096

/* One journal while it is read. */
struct scan {
	char name[128];
	uint64_t records, first, next;
	size_t damaged;
	char file[ARCHIVE_PATH]; /* where the last record was found */
	uint64_t end;            /* and where it ends */
};

static void say_damage(
        struct verify_report *report, struct scan *scan, const char *text)
{
	scan->damaged++;
	report->journal_damaged++;
	verify_say(report, 0, scan->name, text);
}

static void entry_take(struct verify_report *report, struct scan *scan,
        struct journal_reader *reader, const struct journal_entry *entry)
{
	char text[200];
	uint64_t offset = 0;
	const char *place = journal_read_place(reader, &offset);
	if (scan->records > 0 && entry->seq != scan->next) {
		snprintf(text, sizeof text,
		        "DAMAGED: after seq %" PRIu64 " comes %" PRIu64 ": %" PRIu64
		        " records are missing",
		        scan->next - 1, entry->seq, entry->seq - scan->next);
		say_damage(report, scan, text);
	}
	if (scan->records == 0)
		scan->first = entry->seq;
	scan->records++;
	scan->next = entry->seq + 1;
	snprintf(scan->file, sizeof scan->file, "%s", place != NULL ? place : "");
	scan->end = offset + ((JOURNAL_ENTRY + entry->size + 7) & ~(uint64_t)7);
}

/* Bytes that are not zero behind the last record: what was being written when power failed. */
static uint64_t torn_bytes(const struct scan *scan)
{
	uint8_t block[1 << 16];
	uint64_t at = scan->end, last = 0;
	int fd = open(scan->file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	for (;;) {
		ssize_t n = pread(fd, block, sizeof block, (off_t)at);
		if (n <= 0)
			break;
		for (ssize_t i = 0; i < n; i++) {
			if (block[i] != 0)
				last = at + (uint64_t)i + 1;
		}
		at += (uint64_t)n;
	}
	close(fd);
	return last > scan->end ? last - scan->end : 0;
}

static void scan_end(struct verify_report *report, const struct scan *scan)
{
	char text[256];
	uint64_t torn = scan->records > 0 ? torn_bytes(scan) : 0;
	if (torn > 0) {
		snprintf(text, sizeof text,
		        "torn tail of %" PRIu64 " bytes behind seq %" PRIu64
		        ": never acknowledged, goes to quarantine at the next start",
		        torn, scan->next - 1);
		verify_say(report, 0, scan->name, text);
	}
	if (scan->damaged > 0)
		return;
	if (scan->records == 0)
		snprintf(text, sizeof text, "OK, empty");
	else
		snprintf(text, sizeof text,
		        "OK, %" PRIu64 " records, seq %" PRIu64 " to %" PRIu64,
		        scan->records, scan->first, scan->next - 1);
	verify_say(report, 1, scan->name, text);
}

static void journal_verify(struct verify_report *report, const char *folder,
        const char *source, uint64_t epoch)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	char text[1100];
	struct scan scan = { 0 };
	snprintf(scan.name, sizeof scan.name, "journal/%s/%016" PRIx64, source, epoch);
	report->journals++;
	int status = journal_read_open(&reader, folder, source, epoch, 0);
	if (status != OK) {
		snprintf(text, sizeof text, "DAMAGED: cannot be read: %s",
		        strerror(errno));
		say_damage(report, &scan, text);
		return;
	}
	while ((status = journal_read_next(reader, &entry, &why)) != 0) {
		if (status == 1) {
			entry_take(report, &scan, reader, &entry);
			continue;
		}
		snprintf(text, sizeof text, "DAMAGED: %s", why.text);
		say_damage(report, &scan, text);
		if (status != MALFORMED)
			break;
	}
	journal_read_close(reader);
	scan_end(report, &scan);
}

void verify_journals(struct verify_report *report)
{
	char folder[ARCHIVE_PATH];
	char(*source)[SOURCE_SIZE + 1] = calloc(MOST_SOURCES, sizeof *source);
	uint64_t *epoch = calloc(MOST_EPOCHS, sizeof *epoch);
	snprintf(folder, sizeof folder, "%s/journal", report->dir);
	if (source == NULL || epoch == NULL || access(folder, F_OK) != 0)
		goto free_lists;
	int n = journal_sources(folder, source, MOST_SOURCES);
	for (int i = 0; i < n; i++) {
		int m = journal_epochs(folder, source[i], epoch, MOST_EPOCHS);
		for (int k = 0; k < m; k++)
			journal_verify(report, folder, source[i], epoch[k]);
	}
free_lists:
	free(source);
	free(epoch);
}
