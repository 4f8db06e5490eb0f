/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the records of one station, beside the instruments.  Epoch and seq are 0: the keeper's
 * journal gives them. */
#ifndef SENSORS_RECORDER_H
#define SENSORS_RECORDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/reading.h"
#include "base/record.h"
#include "base/status.h"

struct recorder {
	char source[SOURCE_SIZE + 1];
	size_t n; /* bytes of the record made last */
	uint8_t record[RECORD_MOST];
	uint8_t payload[RECORD_MOST];
};

void recorder_init(struct recorder *recorder, const char *source);

/* Each leaves recorder->record, recorder->n and returns OK; or REFUSED or FULL, with n = 0. */
int recorder_reading(struct recorder *recorder, const struct moment *when,
        const struct reading_parts *parts);
int recorder_state(struct recorder *recorder, const struct moment *when,
        const struct state_event *event);
int recorder_clock(struct recorder *recorder, const struct moment *when,
        const struct clock_event *event);
int recorder_gap(struct recorder *recorder, const struct moment *when,
        const struct gap_event *event);
/* `payload` is as describe_encode wrote it. */
int recorder_describe(struct recorder *recorder, const struct moment *when,
        const uint8_t *payload, size_t n);

#endif
