/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small archives made through the collector's own door, for what reads archives. */
#ifndef TESTS_MADE_ARCHIVE_H
#define TESTS_MADE_ARCHIVE_H

#include <stdint.h>

#include "base/describe.h"
#include "base/event.h"
#include "collector/ingest.h"

struct made_archive {
	const char *dir;
	struct ingest *ingest;
};

/* A new archive of zone kcn-mau at <folder>/<name>, open for records; every failure
 * fails the test. */
void made_archive_open(struct made_archive *made, const char *folder, const char *name);
void made_archive_commit(struct made_archive *made);
void made_archive_close(struct made_archive *made); /* commits */

/* DESCRIBE of a station; outlet_kind "water", "stack" or "ambient". */
void made_station(struct made_archive *made, const char *station,
        const char *outlet_kind, int64_t time_us);

/* An instrument with n channels, each "mg/L", 0 to 225, class 5 %, a result each
 * poll_s; change what is different, then made_describe. */
struct describe *made_instrument(
        const char *station, const char *instrument, size_t n, double poll_s);
void made_describe(
        struct made_archive *made, struct describe *describe, int64_t time_us);

/* One READING of an instrument that was described, arriving at stored_us (0: one second
 * later).  sampled_us 0: the instrument gives no time. */
struct made_reading {
	const struct describe *describe;
	int64_t time_us, stored_us, sampled_us;
	const uint8_t *state;
	const double *value;
};
void made_put(struct made_archive *made, const struct made_reading *reading);

/* A STATE of a station. */
void made_state(struct made_archive *made, const char *station,
        const struct state_event *event, int64_t time_us);

/* A DOCUMENT of the office. */
void made_document(struct made_archive *made, const char *json, int64_t time_us);

#endif
