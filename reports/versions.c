/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a sheet the first of its day, and if not, what did the one before it say? */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "calibration/ledger.h"
#include "reports/collect_parts.h"

/* What was known this long after the day's end is version 1. */
#define FIRST_VERSION_US (15 * US_PER_MIN)

/* Newest time at which the collector stored a reading of the day; 0 if there is none. */
static int64_t newest_stored(
        struct reader *reader, const struct sheet *sheet, int64_t as_of_us)
{
	const struct query query = { .station = sheet->station,
		.from_us = sheet->start_us,
		.to_us = sheet->end_us,
		.as_of_us = as_of_us };
	struct rows *rows = NULL;
	size_t sets = 0;
	int64_t newest = 0;
	if (reader_rows(reader, &query, &rows, &sets, NULL) < 0)
		return 0;
	for (size_t s = 0; s < sets; s++)
		for (size_t i = 0; i < rows[s].n; i++)
			if (rows[s].stored_us[i] > newest)
				newest = rows[s].stored_us[i];
	rows_free(rows, sets);
	return newest;
}

/* Newest storing of a permit or calibration the sheet rests on; 0 if there is none. */
static int64_t newest_document(
        struct reader *reader, const struct sheet *sheet, int64_t as_of_us)
{
	struct ledger ledger;
	int64_t newest = 0;
	for (size_t i = 0; i < sheet->n; i++)
		if (sheet->assessment[i].permit != NULL &&
		        sheet->assessment[i].permit->stored_us > newest)
			newest = sheet->assessment[i].permit->stored_us;
	if (ledger_load(&ledger, reader, as_of_us, NULL) < 0)
		return newest;
	for (size_t i = 0; i < ledger.n; i++) {
		const struct calibration *c = &ledger.calibration[i];
		if (strcmp(c->station, sheet->station) == 0 &&
		        c->from_us < sheet->end_us &&
		        (c->to_us == 0 || c->to_us > sheet->start_us) &&
		        c->stored_us > newest)
			newest = c->stored_us;
	}
	ledger_free(&ledger);
	return newest;
}

static const struct assessment *same_in(
        const struct gathered *all, const struct assessment *a)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct assessment *b = &all->assessment[i];
		if (b->rule == a->rule && b->stage == a->stage &&
		        strcmp(b->channel, a->channel) == 0 &&
		        strcmp(b->outlet, a->outlet) == 0)
			return b;
	}
	return NULL;
}

static bool equal(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* Fill sheet->before; whether any result is another than it was.  Nothing received by then means
 * that there was no earlier version: a file imported later is version 1. */
static bool compare(struct sheet *sheet, const struct gathered *was)
{
	bool received = false, differs = false;
	for (size_t i = 0; i < was->n; i++)
		received = received || was->assessment[i].received > 0;
	if (!received)
		return false;
	for (size_t i = 0; i < sheet->n; i++) {
		const struct assessment *now = &sheet->assessment[i];
		const struct assessment *old = same_in(was, now);
		if (old != NULL)
			sheet->before[i] = (struct sheet_before){ true, old->result,
				old->value, old->valid, old->expected };
		differs = differs || old == NULL || old->result != now->result ||
		          old->valid != now->valid || old->expected != now->expected ||
		          !equal(old->value, now->value);
	}
	return differs;
}

int sheet_version(struct sheet *sheet, struct reader *reader, const struct rules *rules,
        const struct judge_options *now, struct problem *why)
{
	struct judge_options then = *now;
	struct gathered was = { .start_us = sheet->start_us };
	int64_t first_us = sheet->end_us + FIRST_VERSION_US;
	int64_t newest_us = newest_stored(reader, sheet, now->as_of_us);
	int64_t document_us = newest_document(reader, sheet, now->as_of_us);
	sheet->version = 1;
	sheet->made_us = newest_us > first_us ? newest_us : first_us;
	if (document_us > sheet->made_us)
		sheet->made_us = document_us;
	if (now->as_of_us != 0 && now->as_of_us <= first_us)
		return OK;
	then.as_of_us = first_us;
	sheet->before = calloc(sheet->n, sizeof *sheet->before);
	if (sheet->before == NULL)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "not enough memory");
	int status = gather_day(&was, reader, rules, &then, why);
	if (status == OK && compare(sheet, &was)) {
		sheet->version = 2;
		sheet->before_made_us = first_us;
		sheet->late_us = newest_us > first_us ? newest_us : 0;
	}
	gathered_free(&was);
	return status;
}
