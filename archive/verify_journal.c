/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Journals, by the form in base/journal.h and with no code of the journal itself: every
 * segment's header, every record's check sum and padding, and that no number is missing
 * inside an epoch.
 */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "archive/verify_inside.h"
#include "base/bytes.h"
#include "base/crc.h"
#include "base/folder.h"
#include "base/journal.h"

#define SEGMENT_MOST (256u << 20)
#define BEGINS       1 /* flag of the first entry of a commit */

/* One journal while it is read. */
struct scan {
	struct verify_report *report;
	char name[96];               /* journal/<source>/<epoch> */
	uint8_t source[SOURCE_SIZE]; /* padded with zeros */
	uint64_t epoch, number;      /* number: of the segment looked at */
	uint64_t sure;               /* of the last one whose header is as written */
	bool begun;
	uint64_t records, first, next;
	size_t damaged;
};

/* One segment of it, whole in memory. */
struct segment_bytes {
	const char *name;
	const uint8_t *in;
	size_t n;
	uint32_t seed;
	bool last;      /* the newest: may end in a torn write */
	uint64_t limit; /* first seq of the next: it, and what comes after, is there */
};

static void say(struct scan *scan, int damage, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

static void say(struct scan *scan, int damage, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	scan->damaged += damage != 0;
	scan->report->damaged += damage != 0;
	verify_say(scan->report, 0, scan->name, text);
}

/* ---- one segment ---- */

static bool header_sound(const struct scan *scan, const struct segment_bytes *segment)
{
	const uint8_t *in = segment->in;
	return segment->n >= JOURNAL_HEADER && memcmp(in, "QTJ1", 4) == 0 &&
	       get_le16(in + 4) == 1 &&
	       memcmp(in + 8, scan->source, SOURCE_SIZE) == 0 &&
	       get_le64(in + 24) == scan->epoch && get_le64(in + 32) > scan->sure &&
	       get_le32(in + 60) == crc32c(0, in, 60) &&
	       get_le64(in + 40) == strtoull(segment->name, NULL, 10);
}

/* Size of the sound entry at `at`, 0 if there is none. */
static size_t entry_sound(const struct segment_bytes *segment, size_t at)
{
	const uint8_t *in = segment->in + at;
	size_t left = segment->n - at;
	if (left < JOURNAL_ENTRY + RECORD_HEADER)
		return 0;
	size_t length = get_le16(in + 4), size = JOURNAL_ENTRY + (length + 7) / 8 * 8;
	if (length < RECORD_HEADER || size > left ||
	        get_le16(in + JOURNAL_ENTRY) != length ||
	        get_le32(in) !=
	                crc32c(segment->seed, in + 4, JOURNAL_ENTRY - 4 + length))
		return 0;
	for (size_t i = JOURNAL_ENTRY + length; i < size; i++) {
		if (in[i] != 0)
			return 0;
	}
	return size;
}

/* A segment that begins further on says how many of the records before it never came:
 * what was not there to be taken in is no damage. */
static void hole_check(struct scan *scan, const struct segment_bytes *segment)
{
	uint64_t first = get_le64(segment->in + 40),
	         skipped = get_le32(segment->in + 56);
	if (!scan->begun || first <= scan->next || skipped == 0)
		return;
	uint64_t missing = first - scan->next;
	if (skipped == UINT32_MAX || skipped > missing)
		skipped = missing;
	if (skipped < missing)
		say(scan, 1,
		        "DAMAGED: records %" PRIu64 " to %" PRIu64
		        " are missing before %s",
		        scan->next, first - skipped - 1, segment->name);
	say(scan, 0, "records %" PRIu64 " to %" PRIu64 " never came (%s)",
	        first - skipped, first - 1, segment->name);
	scan->next = first;
}

static void number_check(
        struct scan *scan, const struct segment_bytes *segment, size_t at)
{
	uint64_t seq = get_le64(segment->in + at + JOURNAL_ENTRY + 32);
	if (!scan->begun) {
		scan->first = scan->next = seq;
		scan->begun = true;
	}
	if (seq < scan->next)
		return; /* written once more after a failed write */
	if (seq > scan->next)
		say(scan, 1,
		        "DAMAGED: records %" PRIu64 " to %" PRIu64
		        " are missing before %s offset %zu",
		        scan->next, seq - 1, segment->name, at);
	scan->records++;
	scan->next = seq + 1;
}

static size_t last_byte(const struct segment_bytes *segment, size_t at)
{
	size_t end = at;
	for (size_t i = at; i < segment->n; i++) {
		if (segment->in[i] != 0)
			end = i + 1;
	}
	return end;
}

/* The next sound entry behind damage; 0: none.  In the newest segment only one that
 * begins a commit proves that what lies before it was written to the end. */
static size_t next_sound(const struct segment_bytes *segment, size_t at)
{
	bool proved = !segment->last;
	size_t first = 0;
	for (at += 8; at + JOURNAL_ENTRY <= segment->n; at += 8) {
		if (get_le16(segment->in + at + 4) == 0 ||
		        entry_sound(segment, at) == 0)
			continue;
		first = first == 0 ? at : first;
		proved = proved || get_le16(segment->in + at + 6) == BEGINS;
		if (proved)
			return first;
	}
	return 0;
}

static void tail_say(struct scan *scan, const struct segment_bytes *segment, size_t at)
{
	size_t n = last_byte(segment, at) - at;
	if (!scan->begun)
		say(scan, 0,
		        "torn tail of %zu bytes (%s offset %zu): nothing before it", n,
		        segment->name, at);
	else if (segment->last)
		say(scan, 0,
		        "torn tail of %zu bytes behind seq %" PRIu64
		        " (%s offset %zu): a write cut off by a power failure, or its "
		        "last commit was damaged",
		        n, scan->next - 1, segment->name, at);
	else
		say(scan, 0,
		        "torn tail of %zu bytes behind seq %" PRIu64
		        " (%s offset %zu): a write that failed and was made again in "
		        "the next segment, or a change where nothing is kept",
		        n, scan->next - 1, segment->name, at);
}

/* At bytes that are no entry: where to go on, or the end of the segment. */
static size_t trouble(struct scan *scan, const struct segment_bytes *segment, size_t at)
{
	if (last_byte(segment, at) == at)
		return segment->n;
	size_t next = next_sound(segment, at);
	if (next == 0) {
		tail_say(scan, segment, at);
		return segment->n;
	}
	say(scan, 1, "DAMAGED: %s offset %zu to %zu is no record, or not as written",
	        segment->name, at, next - 1);
	return next;
}

/* Behind the last record that is taken from an older segment: repetitions, what a failed
 * write left, or zeros.  None of it is read, and none of it changes unseen. */
static void rest_look(struct scan *scan, const struct segment_bytes *segment, size_t at)
{
	while (at + JOURNAL_ENTRY <= segment->n) {
		size_t size = entry_sound(segment, at);
		if (size == 0)
			break;
		at += size;
	}
	if (last_byte(segment, at) > at)
		tail_say(scan, segment, at);
}

static void entries_scan(struct scan *scan, const struct segment_bytes *segment)
{
	size_t at = JOURNAL_HEADER;
	while (at + JOURNAL_ENTRY <= segment->n) {
		if (scan->begun && scan->next >= segment->limit)
			break;
		size_t size = entry_sound(segment, at);
		if (size == 0) {
			at = trouble(scan, segment, at);
			continue;
		}
		if (get_le64(segment->in + at + JOURNAL_ENTRY + 32) >= segment->limit)
			break;
		number_check(scan, segment, at);
		at += size;
	}
	if (!segment->last)
		rest_look(scan, segment, at);
}

/* Nothing of a segment is there: the next one tells how many records were in it. */
static void nothing_there(struct scan *scan, const char *name)
{
	assert(name != NULL);
	if (scan->begun)
		return;
	scan->begun = true;
	scan->first = scan->next = strtoull(name, NULL, 10);
}

static void segment_scan(struct scan *scan, struct segment_bytes *segment)
{
	if (!header_sound(scan, segment)) {
		if (segment->last && segment->n == 0)
			return; /* it never was: a header comes before the name */
		say(scan, 1,
		        "DAMAGED: %s: its header (bytes 0 to 63) is not as written",
		        segment->name);
		if (segment->n < JOURNAL_HEADER) {
			nothing_there(scan, segment->name);
			return;
		}
		scan->number++; /* as it most likely is: they follow one another */
	} else {
		scan->number = scan->sure = get_le64(segment->in + 32);
		hole_check(scan, segment);
		if (!scan->begun)
			scan->next = get_le64(segment->in + 40);
	}
	uint8_t key[16];
	put_le64(key, scan->epoch);
	put_le64(key + 8, scan->number);
	segment->seed = crc32c(0, key, sizeof key);
	entries_scan(scan, segment);
}

/* ---- one journal ---- */

static int is_segment(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);
	return n == 24 && strcmp(entry->d_name + 20, ".log") == 0 &&
	       strspn(entry->d_name, "0123456789") == 20;
}

/* `next`: name of the segment behind it; NULL: there is none. */
static void file_scan(
        struct scan *scan, const char *folder, const char *name, const char *next)
{
	char path[ARCHIVE_PATH + 64], *bytes;
	size_t n;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (file_read(path, SEGMENT_MOST, &bytes, &n) != OK) {
		say(scan, 1, "DAMAGED: %s: cannot be read: %s", name,
		        file_reason(errno));
		nothing_there(scan, name);
		return;
	}
	struct segment_bytes segment = { .name = name,
		.in = (const uint8_t *)bytes,
		.n = n,
		.last = next == NULL,
		.limit = next != NULL ? strtoull(next, NULL, 10) : UINT64_MAX };
	segment_scan(scan, &segment);
	free(bytes);
}

void verify_journal(struct verify_report *report, const char *source, uint64_t epoch)
{
	char folder[ARCHIVE_PATH], text[128];
	struct dirent **entry = NULL;
	struct scan scan = { .report = report, .epoch = epoch };
	memcpy(scan.source, source, strnlen(source, SOURCE_SIZE));
	snprintf(scan.name, sizeof scan.name, "journal/%s/%016" PRIx64, source, epoch);
	snprintf(folder, sizeof folder, "%.4000s/%s", report->dir, scan.name);
	report->journals++;
	/* before the scan: a collector at work seals nothing a later look would miss */
	uint64_t sealed = verify_sealed_last(report, source, epoch);
	int n = scandir(folder, &entry, is_segment, alphasort);
	if (n < 0)
		say(&scan, 1, "DAMAGED: cannot be read: %s", strerror(errno));
	for (int i = 0; i < n; i++)
		file_scan(&scan, folder, entry[i]->d_name,
		        i + 1 < n ? entry[i + 1]->d_name : NULL);
	for (int i = 0; i < n; i++)
		free(entry[i]);
	free(entry);
	if (scan.next > 0 && sealed >= scan.next)
		say(&scan, 1,
		        "DAMAGED: records %" PRIu64 " to %" PRIu64
		        " were sealed from here and are not sound here any more: no "
		        "power failure does that",
		        scan.next, sealed);
	report->journals_damaged += scan.damaged > 0;
	if (scan.damaged > 0)
		return;
	if (!scan.begun)
		snprintf(text, sizeof text, "OK, empty");
	else
		snprintf(text, sizeof text,
		        "OK, %" PRIu64 " records, seq %" PRIu64 " to %" PRIu64,
		        scan.records, scan.first, scan.next - 1);
	verify_say(report, 1, scan.name, text);
}

static int is_source(const struct dirent *entry)
{
	return id_valid(entry->d_name, SOURCE_SIZE);
}

static int is_epoch(const struct dirent *entry)
{
	return strlen(entry->d_name) == 16 &&
	       strspn(entry->d_name, "0123456789abcdef") == 16;
}

/* A folder that is there and cannot be read, for whatever reason, is not in order: what
 * lies in it was not looked at. */
static int folder_list(struct verify_report *report, const char *name,
        int (*filter)(const struct dirent *), struct dirent ***entry)
{
	char path[ARCHIVE_PATH], text[160];
	snprintf(path, sizeof path, "%.3900s/%.100s", report->dir, name);
	*entry = NULL;
	int n = scandir(path, entry, filter, alphasort);
	if (n < 0 && errno != ENOENT && errno != ENOTDIR) {
		report->damaged++;
		snprintf(text, sizeof text, "DAMAGED: cannot be read: %s",
		        strerror(errno));
		verify_say(report, 0, name, text);
	}
	return n;
}

void verify_journals_of(struct verify_report *report, const char *source)
{
	char name[64];
	struct dirent **epoch;
	snprintf(name, sizeof name, "journal/%.16s", source);
	int n = folder_list(report, name, is_epoch, &epoch);
	for (int i = 0; i < n; i++) {
		verify_journal(report, source, strtoull(epoch[i]->d_name, NULL, 16));
		free(epoch[i]);
	}
	free(epoch);
}

void verify_journals(struct verify_report *report)
{
	struct dirent **source;
	int n = folder_list(report, "journal", is_source, &source);
	for (int i = 0; i < n; i++) {
		verify_journals_of(report, source[i]->d_name);
		free(source[i]);
	}
	free(source);
}
