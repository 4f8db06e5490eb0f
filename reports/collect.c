/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Putting a sheet together from an archive, in the version it is now and the one it was. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/holes.h"
#include "base/config.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "reports/collect_parts.h"

void gathered_free(struct gathered *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->assessment[i].span);
		free(all->assessment[i].excursion);
	}
	free(all->assessment);
}

static void *copy_of(const void *from, size_t n, size_t size, bool *failed)
{
	void *copy = n > 0 ? malloc(n * size) : NULL;
	if (copy != NULL)
		memcpy(copy, from, n * size);
	else if (n > 0)
		*failed = true;
	return copy;
}

static bool of_the_day(const struct gathered *all, const struct assessment *a)
{
	return a->start_us == all->start_us && a->end_us - a->start_us == US_PER_DAY &&
	       a->rule->kind != KIND_EPISODE &&
	       (all->outlet == NULL || strcmp(all->outlet, a->outlet) == 0);
}

static bool is_shorter(const struct gathered *all, const struct assessment *a)
{
	return a->start_us >= all->start_us &&
	       a->end_us <= all->start_us + US_PER_DAY &&
	       a->end_us - a->start_us < US_PER_DAY && a->rule->kind != KIND_EPISODE &&
	       (all->outlet == NULL || strcmp(all->outlet, a->outlet) == 0);
}

static int gather(void *with, const struct assessment *a)
{
	struct gathered *all = with;
	if (all->shorter != NULL && is_shorter(all, a))
		sheet_take_shorter(all->shorter, a);
	if (!of_the_day(all, a))
		return 0;
	if (all->n == all->room) {
		size_t room = all->room > 0 ? 2 * all->room : 16;
		struct assessment *more = realloc(all->assessment, room * sizeof *more);
		if (more == NULL) {
			all->failed = true;
			return 1;
		}
		all->assessment = more;
		all->room = room;
	}
	struct assessment *copy = &all->assessment[all->n++];
	*copy = *a;
	copy->permit = NULL;
	copy->span = copy_of(a->span, a->n_spans, sizeof *a->span, &all->failed);
	copy->n_spans = copy->span != NULL ? a->n_spans : 0;
	copy->excursion = copy_of(
	        a->excursion, a->n_excursions, sizeof *a->excursion, &all->failed);
	return all->failed;
}

int gather_day(struct gathered *out, struct reader *reader, const struct rules *rules,
        const struct judge_options *options, struct problem *why)
{
	int n = judge(reader, rules, options, gather, out, why);
	if (n < 0)
		return n;
	if (out->failed)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "not enough memory");
	return OK;
}

static int station_known(const struct reader *reader, const struct permits *permits,
        const char *station, struct problem *why)
{
	const char *known[256];
	if (holes_expected(reader, permits, station))
		return OK;
	size_t n = reader_stations(reader);
	n = n < 255 ? n : 255;
	for (size_t i = 0; i < n; i++)
		known[i] = reader_station(reader, i);
	known[n] = NULL;
	const char *near = did_you_mean(station, known);
	return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	        "the archive has no station '%s'%s%s%s", station,
	        near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
	        near != NULL ? "'?" : "");
}

/* ---- the sheet ---- */

static int load_permits(struct sheet *sheet, struct reader *reader, int64_t as_of_us,
        struct problem *why)
{
	sheet->permits = calloc(1, sizeof *sheet->permits);
	if (sheet->permits == NULL)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "not enough memory");
	return permits_load(sheet->permits, reader, as_of_us, why);
}

static void find_permits(struct sheet *sheet)
{
	const struct permit *in_force[32];
	size_t n = permits_for(
	        sheet->permits, sheet->station, sheet->start_us, in_force, 32);
	for (size_t i = 0; i < sheet->n; i++)
		for (size_t k = 0; k < n; k++)
			if (strcmp(in_force[k]->rule, sheet->assessment[i].rule->id) ==
			        0)
				sheet->assessment[i].permit = in_force[k];
	sheet->permit = sheet->assessment[0].permit;
}

static void identify(struct sheet *sheet, struct reader *reader,
        const struct sheet_query *query, int64_t start_us)
{
	sheet->utc_offset_min = reader_identity(reader)->utc_offset_min;
	struct civil day = civil_from_us(start_us, sheet->utc_offset_min);
	sheet->start_us = start_us;
	sheet->end_us = start_us + US_PER_DAY;
	snprintf(sheet->station, sizeof sheet->station, "%s", query->station);
	snprintf(sheet->id, sizeof sheet->id, "%s-%04d%02d%02d", sheet->station,
	        day.year % 10000, day.month, day.day);
	reader_state_copy(reader, sheet->archive_state);
	sheet->describe = reader_station_describe(reader, query->station);
}

static int nothing_judged(const struct sheet *sheet, const struct reader *reader,
        const struct judge_options *options, struct problem *why)
{
	char day[TIME_TEXT];
	date_print(sheet->start_us, sheet->utc_offset_min, day);
	if (options->now_us < sheet->start_us)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s: the day %s lies ahead; a sheet is made of a day that has "
		        "ended",
		        sheet->station, day);
	if (options->now_us < sheet->end_us)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s: the day %s has not ended; ask again after midnight",
		        sheet->station, day);
	if (permits_whole(reader, why) != OK)
		return REFUSED;
	return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	        "%s: nothing to judge on %s: %s", sheet->station, day,
	        word_text(ENGLISH, WORD_NO_PERMIT));
}

/* A day without any reading still has a sheet, and a chart without a curve. */
static int draw_curve(struct sheet *sheet, struct reader *reader,
        const struct rules *rules, int64_t as_of_us, struct problem *why)
{
	int status = day_curve_make(
	        &sheet->curve, reader, rules, &sheet->assessment[0], as_of_us, why);
	return status == NOT_FOUND ? OK : status;
}

/* The newest checkpoint that holds, if the archive signs any: who keeps the sheet can
 * hold the archive against it. */
static void find_mark(struct sheet *sheet, const struct reader *reader)
{
	struct checkpoint_mark mark;
	struct problem why;
	int status = checkpoint_newest(reader_dir(reader), &mark, &why);
	if (status != OK && status != NOT_FOUND)
		log_seldom(LOG_WARN, "checkpoint", "%s", why.text);
	if (mark.digits[0] == '\0')
		return;
	snprintf(sheet->mark, sizeof sheet->mark, "%s", mark.digits);
	sheet->mark_size = mark.size;
	sheet->mark_us = mark.at_us;
}

/* What the day lacks, of all instruments of the station. */
static int find_gaps(struct sheet *sheet, struct reader *reader,
        const struct judge_options *options, struct problem *why)
{
	const struct holes_query query = { .station = sheet->station,
		.from_us = sheet->start_us,
		.to_us = sheet->end_us,
		.as_of_us = options->as_of_us,
		.now_us = options->now_us,
		.permits = sheet->permits };
	int n = holes_find(&sheet->gaps, &sheet->gap, reader, &query, why);
	sheet->n_gaps = n > 0 ? (size_t)n : 0;
	return n < 0 ? n : OK;
}

static int complete(struct sheet *sheet, struct reader *reader,
        const struct rules *rules, const struct judge_options *options,
        struct problem *why)
{
	char day[TIME_TEXT];
	sheet_order(sheet->assessment, sheet->n);
	sheet->ambient = sheet->assessment[0].rule->kind == KIND_AMBIENT;
	for (size_t i = 0; i < sheet->n; i++)
		sheet->simulated = sheet->simulated || sheet->assessment[i].simulated;
	find_permits(sheet);
	int status = sheet_version(sheet, reader, rules, options, why);
	if (status == OK)
		status = draw_curve(sheet, reader, rules, options->as_of_us, why);
	if (status == OK)
		status = find_gaps(sheet, reader, options, why);
	find_mark(sheet, reader);
	date_print(sheet->start_us, sheet->utc_offset_min, day);
	sheet->damaged = reader_lacks(reader, sheet->station, day) ||
	                 permits_whole(reader, NULL) != OK;
	sheet_digest(sheet);
	return status;
}

int sheet_collect(struct sheet *out, struct reader *reader, const struct rules *rules,
        const struct sheet_query *query, struct problem *why)
{
	*out = (struct sheet){ 0 };
	int status = load_permits(out, reader, query->as_of_us, why);
	if (status == OK)
		status = station_known(reader, out->permits, query->station, why);
	if (status != OK)
		return status;
	identify(out, reader, query,
	        day_start(query->day_us, reader_identity(reader)->utc_offset_min));
	const struct judge_options options = { .station = out->station,
		.from_us = out->start_us,
		.to_us = out->end_us,
		.as_of_us = query->as_of_us,
		.dark = true,
		.shards = 1,
		.now_us = query->now_us };
	struct gathered all = {
		.shorter = out, .outlet = query->outlet, .start_us = out->start_us
	};
	status = gather_day(&all, reader, rules, &options, why);
	out->assessment = all.assessment;
	out->n = all.n;
	if (status != OK)
		return status;
	if (out->n == 0)
		return nothing_judged(out, reader, &options, why);
	status = complete(out, reader, rules, &options, why);
	if (query->made_us != 0)
		out->made_us = query->made_us;
	return status;
}

void sheet_free(struct sheet *sheet)
{
	struct gathered all = { .n = sheet->n, .assessment = sheet->assessment };
	gathered_free(&all);
	day_curve_free(&sheet->curve);
	if (sheet->permits != NULL)
		permits_free(sheet->permits);
	free(sheet->permits);
	free(sheet->before);
	gaps_free(sheet->gaps);
	*sheet = (struct sheet){ 0 };
}
