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

struct day_request {
	struct reader *reader;
	const struct ledger *ledger;
	const struct rule *rule; /* base period, recovery, operating conditions */
	const char *station;
	int64_t as_of_us, start_us; /* of the legal day */
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
