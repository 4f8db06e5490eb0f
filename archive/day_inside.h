/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files about sealed files share. */
#ifndef ARCHIVE_DAY_INSIDE_H
#define ARCHIVE_DAY_INSIDE_H

#include "archive/day.h"
#include "archive/h5.h"
#include "archive/plan.h"

/* Write a plan into an open file; OK, or FAILED without memory (what the file met, it
 * keeps). */
int day_plan_write(struct h5 *h5, const struct plan *plan);

struct day_group {
	char name[H5_NAME];
	uint8_t hash[32];
	size_t rows, n_channels;
	const struct describe *describe; /* NULL until somebody asks */
	struct describe *own;            /* the same, if the day decoded it */
	char (*channel)[H5_NAME];        /* names of the columns, with describe */
};

struct day {
	struct h5 *h5;
	uint8_t *image; /* its bytes, if they are its own; else NULL */
	struct day_header header;
	char zone[ID_SIZE], zone_name[256], station[SOURCE_SIZE + 1];
	uint64_t records; /* as the file says */
	size_t n_epochs;
	uint64_t *epoch;
	size_t n_groups;
	struct day_group *group;
	bool has_events;
};

/* A column of a group by name: n rows of this kind.  OK, NOT_FOUND (damage unless
 * may_lack), MALFORMED. */
struct day_want {
	enum h5_kind kind;
	size_t n;
	void *out;
	bool may_lack;
};
int day_column(struct day *day, const char *group, const char *name,
        const struct day_want *want);

/* `time` of a group by name, in microseconds.  OK, FAILED. */
int day_times_of(struct day *day, const char *group, size_t n, int64_t *time_us);

/* Seconds of the file to microseconds, -1 if it is no time of ours. */
int64_t day_microseconds(double seconds);

/* The text in column "describe" of a group; "" for the station's.  Caller frees.  OK,
 * NOT_FOUND, MALFORMED. */
int day_text_load(struct day *day, const char *group, char **text, size_t *n);

/* Decode the DESCRIBE of a group; OK or MALFORMED (kept by the file). */
int day_group_load(struct day *day, size_t group);

#endif
