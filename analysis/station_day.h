/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All channels of one station over one legal day, read once and summed. */
#ifndef ANALYSIS_STATION_DAY_H
#define ANALYSIS_STATION_DAY_H

#include "analysis/base_sums.h"
#include "analysis/rule.h"
#include "archive/reader.h"
#include "calibration/ledger.h"

struct measured { /* one channel over the day */
	const struct describe
	        *describe; /* the reader's; NULL: no instrument measures it */
	struct channel about;
	bool simulated;
	double cycle_s; /* seconds from one result due to the next; NAN unknown */
	struct base_sums sums; /* of the day; sum NULL: nothing came */
	char refusal[256];     /* why its readings make no series; "" */
};

/* Rows of a stretch of days with what lies around them: recovery and dwell before,
 * dwell and late results after.  How many days a stretch has changes nothing but the
 * time it takes. */
struct stretch_rows {
	struct rows *rows;
	size_t n;
};
int stretch_read(struct stretch_rows *out, struct reader *reader,
        const struct rule *rule, const struct query *query, struct problem *why);
void stretch_free(struct stretch_rows *rows);

/* Days of a station that may be read at once without taking much memory. */
size_t stretch_days(const struct reader *reader, const char *station);

struct day_request {
	const struct reader *reader;
	const struct stretch_rows *rows;
	const struct ledger *ledger;
	const struct rule *rule; /* base period, recovery, operating conditions */
	const char *station;
	int64_t start_us; /* of the legal day */
	size_t n_channels;
	const char *const *channel;
};

/* measured[n_channels] and running[base intervals of a day].  OK, or a problem. */
int station_day_load(struct measured *measured, uint8_t *running,
        const struct day_request *request, struct problem *why);
void measured_free(struct measured *measured, size_t n);

/* Base period of a rule in microseconds, and how many make a day. */
int64_t rule_base_us(const struct rule *rule);
size_t rule_base_count(const struct rule *rule);

/* The newest DESCRIBE of a station that has the channel; NULL if none ever had. */
const struct describe *station_channel(const struct reader *reader, const char *station,
        const char *channel, size_t *index);

#endif
