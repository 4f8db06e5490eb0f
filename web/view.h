/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the public page shows of an archive at one moment (Decree 08/2022, article 102:
 * parameter, value, limit, state, 30 days).  No anomaly indicators, no raw bytes, no
 * names of persons.
 */
#ifndef WEB_VIEW_H
#define WEB_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/assess.h"
#include "archive/collector_state.h"
#include "archive/reader.h"
#include "reports/texts.h"

#define VIEW_DAYS     30
#define VIEW_START_US (60 * US_PER_S) /* a collector's new start takes less */
#define VIEW_SILENT_US                                                                 \
	(15 * 60 * INT64_C(1000000)) /* no newer record: something is wrong */

struct view_channel {
	const char *id, *label[LANGUAGES], *unit;
	int decimals;
	double value;             /* the newest usable number; NAN if there is none */
	int64_t value_us;         /* when it was measured; 0 */
	uint8_t state;            /* enum channel_state of the newest reading */
	bool silent;              /* nothing from it for VIEW_SILENT_US */
	uint32_t valid, expected; /* results of today so far */

	bool limited; /* a permit or the rule for ambient air gives a daily limit: */
	double low, high,
	        mean; /* in limit_unit; mean of today so far, NAN without a value */
	const char *limit_unit;
	int limit_decimals;
};

struct view_station {
	const char *id, *name, *kind; /* "water", "stack", "ambient", "" */
	bool simulated;
	int64_t newest_us; /* of its newest record; 0: none */
	size_t n_channels;
	struct view_channel *channel;
	bool gaps_known;
	bool gaps_unread; /* not known, since some of its data cannot be read */
	size_t n_gaps;    /* of today so far: only what is lost */
	int64_t gaps_us;  /* in which something was missing */
};

struct view_result { /* one daily result of one channel */
	const char *station, *channel, *label[LANGUAGES], *unit;
	int64_t start_us;
	double value, low, high, ratio; /* NAN where there is none */
	int decimals;
	uint8_t result, by;
	uint32_t valid, expected;
};

struct view_results { /* of VIEW_DAYS days before today: by station, channel, day */
	struct texts texts;
	int64_t from_us, to_us;
	size_t n, room;
	struct view_result *result;
	bool unconfirmed; /* a rule that two persons have not countersigned judged some */
	size_t problems; /* places of the archive that could not be read */
};

struct view {
	struct texts texts;
	int64_t made_us, newest_us;
	int utc_offset_min;
	const char *zone, *archive_state;
	bool simulated;
	size_t n_stations;
	struct view_station *station;
	const struct view_results *results; /* NULL: none yet */
	enum collector_state collector;
	int64_t collector_us; /* when it last wrote its state */
	const char *trouble;  /* why the archive could not be read; NULL: it could */
};

/* Take what the archive says now.  OK or FAILED (memory); a channel that cannot be read
 * is shown as silent.  view_free in any case. */
int view_make(struct view *out, struct reader *reader, const struct rules *rules,
        int64_t now_us);
void view_free(struct view *view);

/* Its collector, to be told: COLLECTOR_RUNS also when it may only just be started again. */
enum collector_state view_collector(const struct view *view);

/* The gaps of today of every station; `before` (NULL: none) is a view whose gaps are
 * young enough to be taken over.  A station whose ledger cannot be made has none. */
void view_gaps(struct view *view, const struct view *before, struct reader *reader);

/* The daily results of the last VIEW_DAYS complete days.  OK or FAILED. */
int view_results_make(struct view_results *out, struct reader *reader,
        const struct rules *rules, int64_t now_us);
void view_results_free(struct view_results *results);

#endif
