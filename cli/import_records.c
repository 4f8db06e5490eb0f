/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/reading.h"
#include "base/record.h"
#include "cli/import.h"
#include "collector/incoming.h"

#define STEPS 4096 /* differences looked at to find the usual step */

struct import_writer {
	struct incoming *incoming;
	const struct describe *describe;
	char archive[ARCHIVE_PATH], station[SOURCE_SIZE + 1];
	uint64_t epoch;
	bool simulated;
	uint8_t payload[RECORD_MOST], record[RECORD_MOST];
};

uint64_t import_epoch(const char *text)
{
	uint8_t digest[DIGEST_SIZE];
	digest_of(text, strlen(text), digest);
	uint64_t epoch = get_le64(digest);
	return epoch != 0 ? epoch : 1;
}

static int by_size(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
	return (left > right) - (left < right);
}

double import_step(const int64_t *time_us, size_t n)
{
	int64_t step[STEPS];
	size_t steps = 0;
	for (size_t i = 1; i < n && steps < STEPS; i++)
		if (time_us[i] > time_us[i - 1])
			step[steps++] = time_us[i] - time_us[i - 1];
	if (steps == 0)
		return NAN;
	qsort(step, steps, sizeof step[0], by_size);
	size_t best = 0, best_run = 0, run = 0;
	for (size_t i = 0; i < steps; i++) {
		run = i > 0 && step[i] == step[i - 1] ? run + 1 : 1;
		if (run > best_run) {
			best_run = run;
			best = i;
		}
	}
	return (double)step[best] / 1e6;
}

static bool folder_empty(const char *path)
{
	DIR *folder = opendir(path);
	if (folder == NULL)
		return errno == ENOENT;
	bool empty = true;
	for (struct dirent *entry = readdir(folder); entry != NULL;
	        entry = readdir(folder))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			empty = false;
	closedir(folder);
	return empty;
}

/* The archive the records go to; a folder that is not there yet becomes one. */
static int find_archive(const struct import_source *source,
        struct archive_identity *identity, struct problem *why)
{
	if (!folder_empty(source->archive))
		return archive_identify(source->archive, identity, why);
	const char *zone = source->zone != NULL ? source->zone : "zone";
	*identity =
	        (struct archive_identity){ .utc_offset_min =
		                                   source->describe->utc_offset_min };
	snprintf(identity->zone, sizeof identity->zone, "%s", zone);
	snprintf(identity->zone_name, sizeof identity->zone_name, "%s", zone);
	return archive_create(source->archive, identity, why);
}

static int put_record(struct import_writer *writer, uint8_t type, int64_t time_us,
        size_t payload_size, struct problem *why)
{
	struct record record = {
		.type = type,
		.clock = CLOCK_UNSYNCED, /* nobody knows the clock behind an imported
		                            file */
		.time_us = time_us,
		.boot = 0,
		.payload = writer->payload,
		.payload_size = payload_size,
	};
	snprintf(record.source, sizeof record.source, "%s", writer->station);
	int n = record_encode(&record, writer->record, sizeof writer->record);
	if (n < 0)
		return problem_set(why, n, EXIT_DAMAGED,
		        "%s: a record cannot be made (%s)", writer->station,
		        status_text(n));
	return incoming_add(writer->incoming, writer->record, (size_t)n, why);
}

static int put_describe(struct import_writer *writer, struct describe *describe,
        int64_t time_us, struct problem *why)
{
	int n = describe_encode(describe, writer->payload, sizeof writer->payload);
	if (n < 0)
		return problem_set(why, n, EXIT_DAMAGED,
		        "%s: the description is too long", writer->station);
	return put_record(writer, RECORD_DESCRIBE, time_us, (size_t)n, why);
}

/* What the archive knows of an imported station: its name, zone and kind. */
static int put_station(struct import_writer *writer, const struct import_source *source,
        const struct archive_identity *identity, struct problem *why)
{
	struct describe *station = describe_new(DESCRIBE_STATION);
	if (station == NULL || describe_parts(station, 1) != OK) {
		describe_free(station);
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	}
	station->origin = ORIGIN_IMPORT;
	snprintf(station->station, sizeof station->station, "%s", source->station);
	station->zone = identity->zone;
	station->zone_name = identity->zone_name;
	station->station_name =
	        source->station_name != NULL ? source->station_name : source->station;
	station->outlet_kind = source->kind != NULL ? source->kind : "";
	station->role = "C";
	station->utc_offset_min = identity->utc_offset_min;
	station->import_file = source->describe->import_file;
	station->import_sha256 = source->describe->import_sha256;
	station->import_who = source->describe->import_who;
	snprintf(station->part[0].instrument, sizeof station->part[0].instrument, "%s",
	        source->describe->instrument);
	digest_print(source->describe->hash, station->part[0].hash);
	int status = put_describe(writer, station, source->first_us, why);
	describe_free(station);
	return status;
}

int import_begin(struct import_writer **out, const struct import_source *source,
        struct problem *why)
{
	struct archive_identity identity;
	int status = find_archive(source, &identity, why);
	if (status != OK)
		return status;
	struct import_writer *writer = calloc(1, sizeof *writer);
	if (writer == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	writer->describe = source->describe;
	snprintf(writer->archive, sizeof writer->archive, "%s", source->archive);
	snprintf(writer->station, sizeof writer->station, "%s", source->station);
	writer->epoch = source->epoch;
	struct describe *describe = source->describe;
	describe->origin = ORIGIN_IMPORT;
	snprintf(describe->station, sizeof describe->station, "%s", source->station);
	describe->zone = describe_text(describe, identity.zone);
	describe->zone_name = describe_text(describe, identity.zone_name);
	describe->utc_offset_min = identity.utc_offset_min;
	status = incoming_begin(&writer->incoming, source->archive, source->station,
	        source->epoch, why);
	if (status == OK)
		status = put_describe(writer, describe, source->first_us, why);
	if (status == OK)
		status = put_station(writer, source, &identity, why);
	if (status != OK) {
		import_drop(writer);
		return status;
	}
	*out = writer;
	return OK;
}

int import_row(
        struct import_writer *writer, const struct import_row *row, struct problem *why)
{
	static uint8_t exchange[RECORD_MOST];
	struct exchange line = {
		.size = (uint16_t)(row->raw_size < UINT16_MAX ? row->raw_size
		                                              : UINT16_MAX),
		.bytes = (const uint8_t *)row->raw,
	};
	int n = exchange_put(&line, exchange, sizeof exchange);
	struct reading_parts parts = {
		.n_channels = writer->describe->n_channels,
		.state = row->state,
		.value = row->value,
		.n_exchanges = n > 0 ? 1 : 0,
		.exchanges = exchange,
		.exchanges_size = n > 0 ? (size_t)n : 0,
	};
	memcpy(parts.describe, writer->describe->hash, sizeof parts.describe);
	n = reading_encode(&parts, writer->payload, sizeof writer->payload);
	if (n < 0)
		return problem_set(why, n, EXIT_DAMAGED,
		        "%s: a reading cannot be made (%s)", writer->station,
		        status_text(n));
	return put_record(writer, RECORD_READING, row->time_us, (size_t)n, why);
}

void import_drop(struct import_writer *writer)
{
	if (writer == NULL)
		return;
	incoming_drop(writer->incoming);
	free(writer);
}

int import_end(
        struct import_writer *writer, const struct common *common, struct problem *why)
{
	struct incoming_counts counts = { 0 };
	struct ingest_options options = { .dir = writer->archive };
	struct incoming_whole whole = { writer->station, writer->epoch };
	int records = incoming_end(writer->incoming, why);
	writer->incoming = NULL;
	int status = records;
	if (records >= 0)
		status = incoming_deliver(&options, &whole, common_now(), &counts, why);
	if (status == OK && !common->quiet) {
		if (counts.stored == 0 && counts.repeated > 0)
			fprintf(stderr,
			        "%s: was imported before: %llu records are there "
			        "already, nothing "
			        "changed\n",
			        writer->station, (unsigned long long)counts.repeated);
		else
			fprintf(stderr, "%s: %d records taken into %s\n",
			        writer->station, records, writer->archive);
	}
	import_drop(writer);
	return status;
}
