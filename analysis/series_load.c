/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/series.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/series_parts.h"
#include "base/config.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "calibration/ledger.h"

/* The newest DESCRIBE of a station that has the channel, or NULL. */
static const struct describe *find_channel(
        struct reader *reader, const struct query *query, size_t *channel)
{
	const struct describe *const *instrument;
	size_t n = reader_instruments(reader, query->station, &instrument);
	for (size_t i = 0; i < n; i++) {
		if (query->instrument != NULL &&
		        strcmp(instrument[i]->instrument, query->instrument) != 0)
			continue;
		int c = describe_channel(instrument[i], query->channel);
		if (c < 0)
			continue;
		*channel = (size_t)c;
		return instrument[i];
	}
	return NULL;
}

static int no_such_channel(
        struct reader *reader, const struct query *query, struct problem *why)
{
	const struct describe *const *instrument;
	size_t n = reader_instruments(reader, query->station, &instrument), k = 0;
	if (n == 0)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "the archive has no station '%s', or no instrument of it",
		        query->station);
	const char *known[READING_CHANNELS + 1];
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0;
		        c < instrument[i]->n_channels && k < READING_CHANNELS; c++)
			known[k++] = instrument[i]->channel[c].name;
	known[k] = NULL;
	const char *meant = did_you_mean(query->channel, known);
	return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	        "station '%s' has no channel '%s'%s%s%s", query->station,
	        query->channel, meant != NULL ? ": did you mean '" : "",
	        meant != NULL ? meant : "", meant != NULL ? "'?" : "");
}

int series_load(struct series *out, struct reader *reader, const struct query *query,
        struct problem *why)
{
	*out = (struct series){ 0 };
	size_t channel;
	const struct describe *newest = find_channel(reader, query, &channel);
	if (newest == NULL)
		return no_such_channel(reader, query, why);
	struct query wide = *query;
	if (query->to_us < INT64_MAX - US_PER_DAY)
		wide.to_us = query->to_us + sample_delay_us(newest);
	struct rows *rows;
	size_t n_rows;
	int status = reader_rows(reader, &wide, &rows, &n_rows, why);
	if (status < 0)
		return status;
	struct ledger ledger;
	status = ledger_load(&ledger, reader, query->as_of_us, why);
	if (status == OK) {
		status = series_from_rows(out, rows, n_rows, query, &ledger, why);
		ledger_free(&ledger);
	}
	rows_free(rows, n_rows);
	if (status != OK)
		return status;
	out->utc_offset_min = reader_identity(reader)->utc_offset_min;
	if (out->describe == NULL) {
		out->describe = newest;
		out->about = newest->channel[channel];
		out->simulated = describe_simulated(newest);
	}
	return OK;
}
