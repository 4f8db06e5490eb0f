/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which record goes where in a sealed file: worked out before a byte is written. */
#ifndef ARCHIVE_PLAN_H
#define ARCHIVE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/day.h"
#include "archive/layout.h"

struct plan_group {
	const struct describe *describe; /* NULL for /events */
	char name[H5_NAME];
	char *text; /* of the DESCRIBE */
	size_t text_size;
	size_t n;
	uint32_t *row; /* indices of records, in order of (time_us, epoch, seq) */
	bool sampled
	        [READING_CHANNELS]; /* channels that have a sample time in some row */
};

struct plan {
	const struct day_header *header;
	const struct day_record *record;
	size_t n;
	uint16_t *where;       /* where[n]: 0 /events, else 1 + group */
	uint16_t *epoch_index; /* epoch_index[n] */
	size_t n_epochs;
	uint64_t *epoch;
	size_t n_groups;
	struct plan_group *group;
	struct plan_group events;
	struct describe *own_station;   /* decoded from a record of the day, or NULL */
	const struct describe *station; /* NULL: not known */
	char *station_text;
	size_t station_text_size;
	bool simulated;
};

struct plan_input {
	const struct day_header *header;
	const struct day_record *record;
	size_t n;
	struct describe *const *describe;
	size_t n_describes;
};

/* OK; MALFORMED: records out of order, of another station, unsound, or a READING whose
 * DESCRIBE nobody has; FAILED without memory. */
int plan_make(struct plan *plan, const struct plan_input *input, struct problem *why);
void plan_free(struct plan *plan);

#endif
