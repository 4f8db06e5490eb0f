/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a station's records say about its clock, and where in time one of them belongs
 * (archive/placing.h), wherever it lies. */
#include <stdlib.h>
#include <string.h>

#include "archive/reader_inside.h"
#include "base/reading.h"

int station_note_clock(
        struct station *station, const struct record *record, int64_t stored_us)
{
	if (record->payload_size > sizeof station->clock->payload)
		return OK;
	if (station->n_clocks == station->clocks_room) {
		size_t room = station->clocks_room > 0 ? 2 * station->clocks_room : 16;
		void *more = realloc(station->clock, room * sizeof *station->clock);
		if (more == NULL)
			return FAILED;
		station->clock = more;
		station->clocks_room = room;
	}
	struct clock_note *note = &station->clock[station->n_clocks++];
	*note = (struct clock_note){ .record = *record, .stored_us = stored_us };
	memcpy(note->payload, record->payload, record->payload_size);
	return OK;
}

int station_placing(
        const struct station *station, int64_t as_of_us, struct placing *placing)
{
	*placing = (struct placing){ 0 };
	int status = placing_copy_witnesses(placing, &station->seen, as_of_us);
	for (size_t i = 0; i < station->n_clocks && status == OK; i++) {
		const struct clock_note *note = &station->clock[i];
		if (as_of_us != 0 && note->stored_us > as_of_us)
			continue;
		struct record record = note->record;
		record.payload = note->payload;
		status = corrections_note(&placing->corrections, &record);
	}
	if (status != OK)
		placing_free(placing);
	return status;
}

int reader_place_lying(const struct placing *placing, enum lies lies,
        const struct arrived *arrived, int64_t *time_us)
{
	if (lies == LIES_IN_JOURNAL)
		return placing_place(placing, arrived, time_us);
	int status = corrections_apply(&placing->corrections, &arrived->stamp, time_us);
	return lies == LIES_IN_DAY ? OK : status;
}

uint8_t stock_origin(
        const struct stock *stock, const struct record *record, uint8_t of_epoch)
{
	struct reading reading;
	if (record->type != RECORD_READING ||
	        reading_decode(&reading, record->payload, record->payload_size) != OK)
		return of_epoch;
	const struct describe *describe = stock_describe(stock, reading.describe);
	return describe != NULL ? (uint8_t)describe->origin : of_epoch;
}

bool query_wants(
        const struct query *query, int64_t time_us, int64_t stored_us, bool placed)
{
	if (query->as_of_us != 0 && stored_us > query->as_of_us)
		return false;
	if (query->unplaced == UNPLACED_ONLY)
		return !placed && stored_us >= query->from_us &&
		       stored_us < query->to_us;
	return (placed || query->unplaced == UNPLACED_TOO) &&
	       time_us >= query->from_us && time_us < query->to_us;
}

void query_stretch(const struct query *query, unsigned types, struct stretch *out)
{
	bool only = query->unplaced ==
	            UNPLACED_ONLY; /* in files and blocks without a time */
	*out = (struct stretch){ .from_us = only ? INT64_MIN : query->from_us,
		.to_us = only ? INT64_MIN : query->to_us,
		.types = types };
}
