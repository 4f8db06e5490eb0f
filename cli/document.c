/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/document.h"

#include <stdio.h>
#include <string.h>

#include "archive/archive.h"
#include "base/clock.h"
#include "base/record.h"
#include "collector/incoming.h"

/* The record around a JSON object; its length, or a problem. */
static int encode(const char *json, const struct moment *when, uint8_t out[RECORD_MOST],
        struct problem *why)
{
	struct record record = {
		.type = RECORD_DOCUMENT,
		.clock = when->state,
		.source = OFFICE,
		.time_us = when->time_us,
		.mono_us = when->mono_us,
		.boot = when->boot,
		.payload = (const uint8_t *)json,
		.payload_size = strlen(json),
	};
	int n = record_encode(&record, out, RECORD_MOST);
	if (n < 0)
		return problem_set(why, n, EXIT_DAMAGED,
		        "the document is too long for one record (%zu bytes, at most "
		        "%d)",
		        strlen(json), RECORD_MOST - RECORD_HEADER);
	return n;
}

int document_put(const char *archive, const char *json, struct problem *why)
{
	static uint8_t bytes[RECORD_MOST];
	struct archive_identity identity;
	struct incoming *incoming;
	struct incoming_counts counts = { 0 };
	struct ingest_options options = { .dir = archive };
	struct clock clock;
	clock_init(&clock);
	struct moment now = clock_now(&clock);
	int status = archive_identify(archive, &identity, why);
	if (status != OK)
		return status;
	int n = encode(json, &now, bytes, why);
	if (n < 0)
		return n;
	status = incoming_begin(&incoming, archive, OFFICE, 0, why);
	if (status != OK)
		return status;
	status = incoming_add(incoming, bytes, (size_t)n, why);
	if (status != OK) {
		incoming_drop(incoming);
		return status;
	}
	status = incoming_end(incoming, why);
	return status < 0 ? status
	                  : incoming_deliver(&options, NULL, now.time_us, &counts, why);
}

int document_ingest(
        struct ingest *ingest, const char *json, int64_t time_us, struct problem *why)
{
	static uint8_t bytes[RECORD_MOST];
	struct moment when = { .time_us = time_us, .state = CLOCK_SYNCED };
	int n = encode(json, &when, bytes, why);
	if (n < 0)
		return n;
	return ingest_record(ingest, OFFICE, 0, bytes, (size_t)n, time_us, why);
}
