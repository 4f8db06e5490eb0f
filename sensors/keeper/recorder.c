/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/keeper/recorder.h"

#include <stdio.h>

void recorder_init(struct recorder *recorder, const char *source)
{
	snprintf(recorder->source, sizeof recorder->source, "%s", source);
	recorder->n = 0;
}

static int make(struct recorder *recorder, const struct moment *when,
        enum record_type type, const uint8_t *payload, int n)
{
	recorder->n = 0;
	if (n < 0)
		return n;
	struct record record = { .type = (uint8_t)type,
		.clock = when->state,
		.time_us = when->time_us,
		.mono_us = when->mono_us,
		.boot = when->boot,
		.payload = payload,
		.payload_size = (size_t)n };
	snprintf(record.source, sizeof record.source, "%s", recorder->source);
	int size = record_encode(&record, recorder->record, sizeof recorder->record);
	if (size < 0)
		return size;
	recorder->n = (size_t)size;
	return OK;
}

int recorder_reading(struct recorder *recorder, const struct moment *when,
        const struct reading_parts *parts)
{
	int n = reading_encode(parts, recorder->payload, sizeof recorder->payload);
	return make(recorder, when, RECORD_READING, recorder->payload, n);
}

int recorder_state(struct recorder *recorder, const struct moment *when,
        const struct state_event *event)
{
	int n = state_encode(event, recorder->payload, sizeof recorder->payload);
	return make(recorder, when, RECORD_STATE, recorder->payload, n);
}

int recorder_clock(struct recorder *recorder, const struct moment *when,
        const struct clock_event *event)
{
	int n = clock_encode(event, recorder->payload, sizeof recorder->payload);
	return make(recorder, when, RECORD_CLOCK, recorder->payload, n);
}

int recorder_gap(struct recorder *recorder, const struct moment *when,
        const struct gap_event *event)
{
	int n = gap_encode(event, recorder->payload, sizeof recorder->payload);
	return make(recorder, when, RECORD_GAP, recorder->payload, n);
}

int recorder_describe(struct recorder *recorder, const struct moment *when,
        const uint8_t *payload, size_t n)
{
	return make(recorder, when, RECORD_DESCRIBE, payload, (int)n);
}
