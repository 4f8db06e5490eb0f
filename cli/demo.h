/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A whole zone in a box: the invented KCN Mẫu with a wastewater outlet, a boiler stack
 * and an ambient station.  Thirty days of history through ingest and seal in this
 * process, then live through the real daemons, then what an inspector asks for.
 */
#ifndef CLI_DEMO_H
#define CLI_DEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "archive/reader.h"
#include "base/legal_time.h"
#include "base/record.h"
#include "base/status.h"
#include "cli/common.h"

#define DEMO_DAYS     30
#define DEMO_STATIONS 3
#define DEMO_OFFSET   OFFSET_VIETNAM
#define DEMO_PATH     4096
#define DEMO_ZONE     "kcn-mau"
#define DEMO_NAME     "KCN Mẫu"
#define DEMO_WATER    "mau-nuoc"

struct demo_station {
	const char *id;
	char config[DEMO_PATH], scenario[DEMO_PATH]; /* shipped files */
	int64_t readings;                            /* of the history */
};

struct demo {
	const struct common *common;
	const char *shown; /* the folder as it was named */
	char dir[DEMO_PATH], archive[DEMO_PATH + 16], files[DEMO_PATH];
	double live_s;
	bool web;
	int64_t now_us, first_us; /* start of day 1 */
	struct demo_station station[DEMO_STATIONS];

	/* what happened, for the last screen */
	int64_t readings, sealed;
	double history_s;
	int64_t live_from_us, live_readings;
	char dead_slave[ID_SIZE],
	        cable[ID_SIZE]; /* what the records say was silent, was pulled */
	double dead_s, cable_s;
	char page[64];
	bool page_ok;
};

/* Thirty days and today until now. */
int demo_history(struct demo *demo, struct problem *why);

/* Start simulate, sensord, collectd and webd, let them run, end them. */
int demo_live(struct demo *demo, struct problem *why);

/* Count the live readings, and find the dead slave and the pulled cable in the STATE
 * records. */
void demo_seen(struct demo *demo);

struct demo_change { /* a STATE record's payload */
	const char *subject, *state, *text;
};
/* Each STATE record of a station, in the order it was made. */
int demo_changes(struct reader *reader, const struct query *query,
        void (*each)(void *with, const struct demo_change *change, int64_t time_us),
        void *with);

/* What the wastewater cabinet's own senses have in the record: one line. */
void demo_cabinet(const struct demo *demo, struct reader *reader);

/* Judge, verify, write the data sheets, and say it in ten lines. */
int demo_tell(struct demo *demo, struct problem *why);

#endif
