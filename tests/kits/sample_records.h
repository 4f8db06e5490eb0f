/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invented stations, instruments and records for the tests of the archive. */
#ifndef TESTS_SAMPLE_RECORDS_H
#define TESTS_SAMPLE_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/day.h"
#include "base/describe.h"
#include "base/reading.h"
#include "base/record.h"

/* Records and DESCRIBEs, owned. */
struct sample {
	size_t n, room;
	struct day_record *record; /* bytes are owned */
	size_t n_describes;
	struct describe *describe[64];
	char station[SOURCE_SIZE + 1];
};

#define SAMPLE_DAY_US INT64_C(1794675600000000) /* 2026-11-15 00:00 +07:00 */

void sample_start(struct sample *sample, const char *station);
void sample_free(struct sample *sample);

/* An instrument "cod", "ph", ... with these channels (NULL-ended "name unit" pairs);
 * its index. */
size_t sample_instrument(
        struct sample *sample, const char *instrument, const char *const *channel_unit);
size_t sample_station_describe(struct sample *sample);

/* What every record has. */
struct sample_head {
	uint64_t epoch, seq, boot;
	int64_t time_us, mono_us;
	uint8_t clock; /* enum clock_state */
};

/* Add a record with this payload. */
void sample_add(struct sample *sample, const struct sample_head *head, uint8_t type,
        const uint8_t *payload, size_t n);
void sample_describe(
        struct sample *sample, const struct sample_head *head, size_t describe);
void sample_reading(struct sample *sample, const struct sample_head *head,
        size_t describe, const double *value);
void sample_clock(
        struct sample *sample, const struct sample_head *head, int64_t offset_us);

/* A plain day: one instrument, two channels, a reading every `every_s`, from epoch 7,
 * seq 1. */
void sample_plain(
        struct sample *sample, const char *station, int64_t day_us, int every_s);

struct day_header sample_header(const struct sample *sample);

#endif
