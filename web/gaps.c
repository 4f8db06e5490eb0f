/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each station lacks of today: how often, and how long. */
#include <string.h>

#include "analysis/holes.h"
#include "base/legal_time.h"
#include "web/view.h"

/* Gaps of instruments side by side lie over each other: time is counted once. */
static void count(struct view_station *station, const struct gap *gap, size_t n)
{
	int64_t until_us = INT64_MIN; /* they come in order of their begin */
	for (size_t i = 0; i < n; i++) {
		if (!gap_is_loss(&gap[i]))
			continue;
		station->n_gaps++;
		int64_t from_us = gap[i].from_us > until_us ? gap[i].from_us : until_us;
		if (gap[i].to_us <= from_us)
			continue;
		station->gaps_us += gap[i].to_us - from_us;
		until_us = gap[i].to_us;
	}
}

static const struct view_station *same_in(const struct view *view, const char *id)
{
	for (size_t i = 0; view != NULL && i < view->n_stations; i++)
		if (strcmp(view->station[i].id, id) == 0)
			return &view->station[i];
	return NULL;
}

static void look(
        struct view_station *station, const struct view *view, struct reader *reader)
{
	struct gaps *ledger;
	const struct gap *gap;
	const struct holes_query query = { .station = station->id,
		.from_us = day_start(view->made_us, view->utc_offset_min),
		.to_us = view->made_us,
		.now_us = view->made_us };
	char day[TIME_TEXT];
	int n = holes_find(&ledger, &gap, reader, &query, NULL);
	if (n > 0)
		count(station, gap, (size_t)n);
	date_print(view->made_us, view->utc_offset_min, day);
	station->gaps_unread =
	        station->n_gaps == 0 && reader_lacks(reader, station->id, day);
	station->gaps_known = n >= 0 && !station->gaps_unread;
	gaps_free(ledger);
}

void view_gaps(struct view *view, const struct view *before, struct reader *reader)
{
	for (size_t i = 0; i < view->n_stations; i++) {
		struct view_station *station = &view->station[i];
		const struct view_station *known = same_in(before, station->id);
		if (known != NULL && (known->gaps_known || known->gaps_unread)) {
			station->gaps_known = known->gaps_known;
			station->gaps_unread = known->gaps_unread;
			station->n_gaps = known->n_gaps;
			station->gaps_us = known->gaps_us;
		} else {
			look(station, view, reader);
		}
	}
}
