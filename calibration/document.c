/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calibration/document.h"

#include <string.h>

#include "base/record.h"

static size_t skip_blanks(const char *json, size_t n, size_t at)
{
	while (at < n && memchr(" \t\r\n", json[at], 4) != NULL)
		at++;
	return at;
}

/* Position behind `text`, or n if something else stands there. */
static size_t expect(const char *json, size_t n, size_t at, const char *text)
{
	size_t length = strlen(text);
	at = skip_blanks(json, n, at);
	if (n - at < length || memcmp(json + at, text, length) != 0)
		return n;
	return at + length;
}

bool document_is(const char *json, size_t n, const char *kind)
{
	size_t at = expect(json, n, 0, "{");
	at = expect(json, n, at, "\"kind\"");
	at = expect(json, n, at, ":");
	at = expect(json, n, at, "\"");
	size_t length = strlen(kind);
	return n - at > length && memcmp(json + at, kind, length) == 0 &&
	       json[at + length] == '"';
}

struct walk {
	const char *kind;
	int (*each)(void *with, const struct document *document);
	void *with;
	int count, status;
};

static int take(void *with, const uint8_t *bytes, size_t size, int64_t stored_us)
{
	struct walk *walk = with;
	struct record record;
	if (record_decode(&record, bytes, size) < 0 || record.type != RECORD_DOCUMENT)
		return 0;
	struct document document = {
		.json = (const char *)record.payload,
		.size = record.payload_size,
		.time_us = record.time_us,
		.stored_us = stored_us,
		.epoch = record.epoch,
		.seq = record.seq,
	};
	if (!document_is(document.json, document.size, walk->kind))
		return 0;
	walk->count++;
	walk->status = walk->each(walk->with, &document);
	return walk->status < 0;
}

int documents_read(struct reader *reader, const char *kind, int64_t as_of_us,
        int (*each)(void *with, const struct document *document), void *with,
        struct problem *why)
{
	struct walk walk = { .kind = kind, .each = each, .with = with };
	const struct query query = {
		.station = OFFICE,
		.from_us = INT64_MIN,
		.to_us = INT64_MAX,
		.as_of_us = as_of_us,
		.unplaced =
		        UNPLACED_TOO, /* a document says itself from when it holds */
	};
	int n = reader_records(reader, &query, 1u << RECORD_DOCUMENT, take, &walk, why);
	if (n < 0)
		return n == NOT_FOUND ? 0 : n;
	return walk.status < 0 ? walk.status : walk.count;
}
