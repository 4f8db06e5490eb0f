/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A collector's archive in a scratch folder, the cabinet that fills it, and what was
 * logged meanwhile. */
#ifndef TESTS_COLLECTOR_FIXTURE_H
#define TESTS_COLLECTOR_FIXTURE_H

#include "tests/kits/check.h"

#include "tests/kits/agent_kit.h"

#define EPOCH UINT64_C(0x5000000000000001)
#define D(n)  (AGENT_DAY + (n)*AGENT_1DAY) /* day n begins; day 0 is 2026-11-15 */
#define DAY1  "bt-outlet_2026-11-15.h5"
#define DAY2  "bt-outlet_2026-11-16.h5"
#define NOW   (AGENT_DAY + AGENT_HOUR)

extern struct agent_book book; /* all that was ever made */
extern struct agent cabinet;   /* bt-outlet */
extern char lines[65536];      /* what was logged, a line each */

/* cmocka fixtures: an archive of no records. */
int collector_setup(void **state);
int collector_teardown(void **state);

/* DESCRIBE and n readings a minute apart, from the beginning of the day; n readings
 * more. */
void fill(struct agent *agent, int n);
void more(struct agent *agent, int n);

/* Readings from `from_us` on, every `step_us`, before `to_us`; each arrives as it is
 * made. */
void run_day(struct agent *agent, struct ingest *ingest, int64_t from_us, int64_t to_us,
        int64_t step_us);

/* Seal what is due, or all; how many files.  Fails the test when it does not work. */
int seal(struct ingest *ingest, int64_t now_us, bool all);

/* Where a sealed file of the cabinet lies. */
const char *path_of(const char *dir, const char *name);

#endif
