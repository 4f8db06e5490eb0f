/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac status of an archive: its collector, or the ledger of gaps of its stations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/holes.h"
#include "base/legal_time.h"
#include "cli/commands.h"
#include "cli/gaps.h"
#include "cli/status_archive.h"
#include "cli/status_events.h"
#include "cli/view.h"

static int station_add(struct gaps_table *table, struct view *view,
        const struct gaps_arguments *a, const char *station, struct problem *why)
{
	struct gaps *ledger;
	const struct gap *gap;
	const struct holes_query query = { .station = station,
		.from_us = a->from_us,
		.to_us = a->to_us,
		.now_us = a->now_us,
		.permits = &view->permits };
	int n = holes_find(&ledger, &gap, view->reader, &query, why);
	if (n >= 0)
		gaps_table_add(table, station, gap, (size_t)n);
	gaps_free(ledger);
	return n < 0 ? n : OK;
}

static int all_stations(const struct common *common, struct view *view,
        struct gaps_arguments *a, struct problem *why)
{
	int status = gaps_stretch(a, view->offset_min, why);
	if (status != OK)
		return status;
	struct gaps_table *table = gaps_table_new(common, view->offset_min);
	if (table == NULL)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "not enough memory");
	size_t n = view_stations(view);
	for (size_t i = 0; i < n && status == OK; i++) {
		const char *station = view_station(view, i);
		if (a->station == NULL || strcmp(a->station, station) == 0)
			status = station_add(table, view, a, station, why);
		common_progress(common, "gaps", (double)(i + 1) / (double)n);
	}
	size_t lost = gaps_table_end(table, reader_shut_of(view->reader, NULL) == NULL);
	return status == OK && lost > 0 && a->exit_code ? 1 : status;
}

static int archive_gaps(const struct common *common, struct gaps_arguments *a)
{
	struct view view;
	struct problem why = { 0 };
	int status = view_open(&view, common->archive, false, &why);
	if (status == OK)
		status = view_permits(&view, &why);
	if (status != OK)
		return common_fail("status", &why);
	if (a->station != NULL &&
	        !holes_expected(view.reader, &view.permits, a->station))
		status = view_no_station(&view, a->station, &why);
	else
		status = all_stations(common, &view, a, &why);
	view_close(&view);
	if (status < 0)
		return common_fail("status", &why);
	return status > 0 ? status : view_exit(&view);
}

/* ---- --events ---- */

static int note(void *with, const struct reader_event *event)
{
	return events_note(with, event->record, event->time_us);
}

static int collect(struct view *view, const struct gaps_arguments *a,
        struct events *events, struct problem *why)
{
	int status = OK;
	for (size_t i = 0; i < reader_stations(view->reader) && status >= 0; i++) {
		const struct query query = { .station = reader_station(view->reader, i),
			.from_us = a->from_us,
			.to_us = a->to_us };
		if (a->station == NULL || strcmp(a->station, query.station) == 0)
			status = reader_events(view->reader, &query, 1u << RECORD_STATE,
			        note, events, why);
	}
	return status < 0 ? status : OK;
}

static int archive_events(const struct common *common, struct gaps_arguments *a)
{
	struct view view;
	struct problem why = { 0 };
	int status = view_open(&view, common->archive, false, &why);
	if (status != OK)
		return common_fail("status", &why);
	struct events *events = events_new();
	if (events == NULL)
		status = problem_set(&why, FAILED, EXIT_TRY_AGAIN, "not enough memory");
	if (status == OK && a->station != NULL && !view_has_station(&view, a->station))
		status = view_no_station(&view, a->station, &why);
	if (status == OK)
		status = gaps_stretch(a, view.offset_min, &why);
	if (status == OK)
		status = collect(&view, a, events, &why);
	if (status == OK)
		events_print(events, common, view.offset_min);
	events_free(events);
	view_close(&view);
	return status != OK ? common_fail("status", &why) : view_exit(&view);
}

static int archive_seen(const struct common *common)
{
	struct archive_identity identity;
	struct problem why = { 0 };
	int status = archive_identify(common->archive, &identity, &why);
	if (status == OK)
		status = status_archive(common, identity.utc_offset_min, &why);
	return status == OK ? 0 : common_fail("status", &why);
}

int command_status_office(int argc, char **argv)
{
	static const struct argp argp = {
		.options = gaps_argp_options,
		.parser = gaps_argp_parse,
		.doc = "What the collector of an archive sees of its stations; with "
		       "--gaps: what the archive should hold and does not; with "
		       "--events: who did what to its stations, and why. Without an "
		       "archive: what this cabinet shows.",
	};
	struct common common;
	struct gaps_arguments a = { 0 };
	bool archive = common_archive_named(argc, argv), gaps = false;
	for (int i = 1; i < argc; i++)
		gaps |= strcmp(argv[i], "--gaps") == 0;
	if (!archive && !gaps)
		return command_status(argc, argv);
	common_parse(&common, &argp, &a, argc, argv);
	if (a.events)
		return archive_events(&common, &a);
	if (a.gaps)
		return archive_gaps(&common, &a);
	return archive_seen(&common);
}
