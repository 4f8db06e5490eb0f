/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/sight_kit.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/base_sums.h"
#include "analysis/holes.h"
#include "analysis/series.h"
#include "base/legal_time.h"
#include "tests/kits/check.h"

static struct reader *opened(const char *dir)
{
	struct reader *reader;
	struct problem why = { .text = "" };
	if (reader_open(&reader, dir, &why) != OK)
		fail_msg("%s", why.text);
	return reader;
}

static void see_means(struct sight *sight, FILE *out, struct reader *reader,
        const struct sight_query *asked)
{
	struct series series;
	struct mean_row *row;
	struct problem why = { .text = "" };
	const struct query query = { .station = asked->station,
		.channel = "cod",
		.from_us = asked->from_us,
		.to_us = asked->to_us };
	if (series_load(&series, reader, &query, &why) != OK)
		fail_msg("%s", why.text);
	int n = means_make(
	        &row, &series, asked->period_us, asked->from_us, asked->to_us, 75);
	assert_int_equal(n, (asked->to_us - asked->from_us) / asked->period_us);
	for (int i = 0; i < n; i++) {
		sight->valid += row[i].valid;
		sight->most = row[i].valid > sight->most ? row[i].valid : sight->most;
		if (row[i].received > 0)
			fprintf(out, "mean %d: %.17g, %u of %u\n", i, row[i].value,
			        row[i].valid, row[i].expected);
	}
	free(row);
	series_free(&series);
}

static void see_gaps(struct sight *sight, FILE *out, struct reader *reader,
        const struct holes_query *query)
{
	struct gaps *ledger;
	const struct gap *gap;
	struct problem why = { .text = "" };
	char from[TIME_TEXT], to[TIME_TEXT];
	int n = holes_find(&ledger, &gap, reader, query, &why);
	if (n < 0)
		fail_msg("%s", why.text);
	sight->gaps += (size_t)n;
	for (int i = 0; i < n; i++) {
		fprintf(out, "gap %s/%s %s to %s%s: %s, %d of %d, %d records\n",
		        gap[i].instrument, gap[i].channel,
		        time_print(gap[i].from_us, OFFSET_VIETNAM, from),
		        time_print(gap[i].to_us, OFFSET_VIETNAM, to),
		        gap[i].open ? " and on" : "", gap_cause_text(gap[i].cause),
		        (int)gap[i].valid, (int)gap[i].expected, (int)gap[i].records);
		if (gap[i].cause == GAP_UNPLACED)
			sight->unplaced += gap[i].records;
	}
	gaps_free(ledger);
}

static void see_span(FILE *out, struct reader *reader, const char *station)
{
	char from[TIME_TEXT], to[TIME_TEXT];
	int64_t first_us, last_us;
	if (reader_span(reader, station, &first_us, &last_us) == OK)
		fprintf(out, "readings from %s to %s\n",
		        time_print(first_us, OFFSET_VIETNAM, from),
		        time_print(last_us, OFFSET_VIETNAM, to));
}

struct sight sight_of(const char *dir, const struct sight_query *asked)
{
	struct sight sight = { .text = NULL }, part = { .text = NULL };
	struct holes_query query = { .station = asked->station,
		.to_us = asked->now_us,
		.now_us = asked->now_us };
	FILE *out = open_memstream(&sight.text, &sight.size);
	assert_non_null(out);
	struct reader *reader = opened(dir);
	see_gaps(&sight, out, reader, &query);
	see_means(&sight, out, reader, asked);
	see_span(out, reader, asked->station);
	sight.used_us = reader_used(reader, asked->station, "cod");
	reader_close(reader);
	reader = opened(dir);
	query.from_us = asked->later_us;
	see_gaps(&part, out, reader, &query);
	reader_close(reader);
	assert_int_equal(fclose(out), 0);
	return sight;
}
