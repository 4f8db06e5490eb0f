/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An archive with gaps planted by hand in three legal days of station nt-01: an
 * instrument silent for half an hour, one absent over midnight, the station off for two
 * hours, a calibration.
 */
#ifndef TESTS_HOLES_FIXTURE_H
#define TESTS_HOLES_FIXTURE_H

#include "tests/kits/check.h"

#include "analysis/holes.h"
#include "base/legal_time.h"
#include "tests/kits/made_archive.h"

#define MIN  US_PER_MIN
#define HOUR US_PER_HOUR
#define DAY  US_PER_DAY
#define END  (MADE_DAY + 3 * DAY)

extern struct made_archive made;

struct want {
	const char *instrument;
	int64_t from_us, to_us;
	uint8_t cause;
	uint64_t expected, valid, records;
};
/* Times of a gap that begins behind a reading have a second of `cod` in them. */
extern const struct want planted[4];

/* `minutes` more readings of both instruments from a time on. */
void holes_put_later(int64_t from_us, int64_t minutes);

/* The three days become sealed files. */
void holes_seal_all(void);
/* The n gaps of nt-01, which must be so many; now and the end asked for are END unless
 * said.  Freed with gaps_free. */
struct gaps *holes_list(const char *folder, const struct holes_query *asked,
        const struct gap **gap, size_t n);
void holes_compare(const struct gap *gap, const struct want *want);
void holes_expect(const char *folder, const struct holes_query *query,
        const struct want *want, size_t n);

void holes_remove_day(const char *folder, const char *date);
void holes_remove_journals(const char *folder);

int holes_setup(void **state);
int holes_teardown(void **state);

#endif
