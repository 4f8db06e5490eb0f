/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small cabinet for tests: two made-up profiles, a scenario that plays them, and the
 * station that reads them; written into a scratch folder. */
#ifndef TESTS_CABINET_FIXTURE_H
#define TESTS_CABINET_FIXTURE_H

#include <stddef.h>

#include "sensors/simulator/scenario.h"
#include "sensors/station/station.h"

/* Write profiles/fixture-water.yaml and profiles/fixture-gas.yaml below the folder. */
void fixture_profiles(const char *folder);
/* cmocka fixture: a fresh folder with them (scratch_remove ends it). */
int fixture_make(void **state);

/* Write profiles/fixture-replay.yaml: three channels a, b, c, each f32: CDAB, ABCD, and `third`. */
void fixture_three(const char *folder, const char *third);

/* Write a file; `format` with its arguments is its text. */
void fixture_write(const char *folder, const char *name, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* The head of a scenario (seed 7, day 1 is 2026-11-01) with its profiles. */
extern const char fixture_head[];

/* A station nt-01 with a pH probe on a port that is not there; its journal lies in journal/. */
extern const char fixture_lone_ph[];

/* Read what fixture_write wrote; fails the test with the first error. */
struct scenario *fixture_scenario(const char *folder, const char *name);
struct station *fixture_station(const char *folder, const char *name);

/* 2026-11-01T00:00:00+07:00 */
#define FIXTURE_DAY1 INT64_C(1793466000000000)

#endif
