/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tool_fill_cabinet STATION.yaml SCENARIO.yaml SECONDS: what a cabinet has kept while its collector was away
 * for so long up to now.  The real poller asks the instruments of the scenario by a clock moved by hand, and
 * the real journal takes the records.  Prints how many.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/journal.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "sensors/simulator/rehearse.h"

static int take(void *with, uint8_t *record, size_t n, int64_t time_us)
{
	struct journal *journal = with;
	int status = journal_append(journal, record, n, time_us);
	if (status != FULL)
		return status;
	status = journal_commit(journal);
	return status == OK ? journal_append(journal, record, n, time_us) : status;
}

static void check(int64_t status, const struct problem *why)
{
	if (status < 0)
		fatal(EXIT_INTERNAL, "%s", why->text);
}

int main(int argc, char **argv)
{
	struct station *station;
	struct scenario *scenario;
	struct journal *journal;
	struct journal_recovery recovery = { 0 };
	struct problem why = { .text = "" };
	char folder[4096];
	if (argc != 4)
		fatal(EXIT_USAGE,
		        "tool_fill_cabinet STATION.yaml SCENARIO.yaml SECONDS");
	int64_t to_us = (int64_t)time(NULL) * US_PER_S,
	        length_us = atoll(argv[3]) * US_PER_S;
	check(station_read(&station, argv[1], stderr, &why), &why);
	check(scenario_read(&scenario, argv[2], stderr, &why), &why);
	station_path(station, station->journal_folder, folder, sizeof folder);
	struct journal_options options = {
		.folder = folder, .source = station->id, .now_us = to_us - length_us
	};
	check(journal_open(&journal, &options, &recovery, &why), &why);
	scenario_begin(scenario, to_us - length_us, INT64_MAX);
	struct rehearsal rehearsal = { .station = station,
		.scenario = scenario,
		.from_us = to_us - length_us,
		.to_us = to_us,
		.each = take,
		.with = journal };
	int64_t records = rehearse(&rehearsal, &why);
	check(records, &why);
	check(journal_commit(journal), &why);
	journal_close(journal);
	scenario_free(scenario);
	station_free(station);
	printf("%" PRId64 "\n", records);
	return 0;
}
