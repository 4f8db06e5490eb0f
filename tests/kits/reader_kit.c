/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/reader_kit.h"

#include <math.h>

const char *const two_channels[5] = { "cod", "mg/L", "tss", "mg/L", NULL };

struct reader *open_well(const char *dir)
{
	struct reader *reader;
	struct problem why = { 0 };
	if (reader_open(&reader, dir, &why) != OK)
		fail_msg("%s", why.text);
	return reader;
}

struct query all_of(const char *station)
{
	return (struct query){ .station = station, .from_us = 0, .to_us = TIME_US_END };
}

size_t ask(struct reader *reader, const struct query *query, struct rows **rows)
{
	size_t n;
	struct problem why = { 0 };
	if (reader_rows(reader, query, rows, &n, &why) < 0)
		fail_msg("%s", why.text);
	return n;
}

size_t count_rows(struct reader *reader, const struct query *query)
{
	struct rows *rows;
	size_t n = ask(reader, query, &rows), count = 0;
	for (size_t i = 0; i < n; i++)
		count += rows[i].n;
	rows_free(rows, n);
	return count;
}

void three_days(const char *dir, int sealed, bool journal_kept)
{
	struct sample whole, part;
	sample_archive_make(dir);
	sample_start(&whole, "bt-outlet");
	size_t cod = sample_instrument(&whole, "cod-1", two_channels);
	struct sample_head head = {
		.epoch = 7, .seq = 1, .boot = 9, .clock = CLOCK_SYNCED
	};
	head.time_us = SAMPLE_DAY_US;
	sample_describe(&whole, &head, cod);
	for (int i = 0; i < 3 * 288; i++) {
		head.seq++;
		head.time_us = SAMPLE_DAY_US + i * 300 * US_PER_S;
		head.mono_us = i * 300 * US_PER_S;
		sample_reading(&whole, &head, cod,
		        (double[]){ i, i % 10 == 0 ? (double)NAN : -i });
	}
	for (int day = 0; day < 3; day++) {
		part = whole; /* borrows: the records of one day */
		part.record = whole.record + (day == 0 ? 0 : 1 + day * 288);
		part.n = day == 0 ? 289 : 288;
		if (day < sealed)
			sample_archive_seal(
			        dir, &part, SAMPLE_DAY_US + day * US_PER_DAY, 0);
	}
	if (sealed < 3 || journal_kept)
		sample_archive_journal(dir, &whole);
	sample_free(&whole);
}
