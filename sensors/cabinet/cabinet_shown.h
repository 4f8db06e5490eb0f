/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cabinet shows of itself beside its contacts: which instruments are in maintenance and until when, how
 * long they were today, and the bottles of its sampler. */
#ifndef SENSORS_CABINET_SHOWN_H
#define SENSORS_CABINET_SHOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/record.h"
#include "sensors/station/maintenance_day.h"
#include "sensors/station/sampler.h"

struct shown_maintenance {       /* one that is on */
	char id[ID_SIZE + 8];    /* "by key", "cod", "all instruments" */
	const char *instruments; /* "cod, tss"; "": all; the cabinet's */
	int64_t since_us;        /* monotonic: the clock may be put right meanwhile */
	int64_t due_us;          /* when it ends by itself, monotonic */
};

struct shown_day { /* of an instrument */
	char instrument[ID_SIZE];
	struct maintenance_day day; /* up to from_us */
	int64_t from_us, until_us;  /* it goes on, monotonic; INT64_MIN: it does not */
};

struct cabinet_shown {
	bool has_sampler, armed;
	int64_t bottles, most_a_day; /* as configured */
	struct sampler_kept sampler;
	size_t n_days;
	struct shown_day *day;
	size_t n;
	struct shown_maintenance *maintenance;
};

/* Room for so many instruments and key-switches together, empty.  OK or FAILED. */
int cabinet_shown_init(struct cabinet_shown *shown, size_t most);
void cabinet_shown_free(struct cabinet_shown *shown);

/* Into the room that is there. */
void cabinet_shown_copy(struct cabinet_shown *out, const struct cabinet_shown *from);

/* "maintenance", "maintenance_today" and "sampler" of the live view (sensors/cabinet/live.h), into an open object. */
void cabinet_shown_print(const struct cabinet_shown *shown, struct json *json,
        const struct moment *now, int utc_offset_min);

#endif
