/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers and times as people of a language write them.  Vietnamese: decimal comma, a point between
 * thousands, dd/mm/yyyy.  English: decimal point, comma between thousands, 9 Nov 2026.  A blank
 * before a unit never breaks (U+00A0).  All texts live in `texts`.
 */
#ifndef REPORTS_NUMBERS_H
#define REPORTS_NUMBERS_H

#include <stdint.h>

#include "reports/texts.h"

/* Whose numbers: where the texts live, and the language. */
struct writer {
	struct texts *texts;
	enum language language;
	int utc_offset_min;
};

const char *people_number(
        const struct writer *to, double value, int decimals); /* NAN: a dash */
const char *people_count(const struct writer *to, uint64_t n);
/* "80,0 mg/L"; no unit for pH.  `unit` as in the archive. */
const char *people_quantity(
        const struct writer *to, double value, int decimals, const char *unit);
const char *people_unit(
        const struct writer *to, const char *unit); /* "mg/L", "" for pH */

/* Part of a whole, "83,3 %"; more decimals where rounding would make it look like `apart` (percent;
 * NAN: nothing).  A whole of 0 is a dash. */
const char *people_share(
        const struct writer *to, uint64_t part, uint64_t whole, double apart);

/* Decimals, from `decimals` up to 6, with which `value` and `other` are printed differently, as long
 * as they differ at all: 75.04 against 75 is never "75.0 over 75". */
int decimals_apart(double value, double other, int decimals);

const char *people_date(
        const struct writer *to, int64_t time_us); /* "09/11/2026", "9 Nov 2026" */
const char *people_clock(const struct writer *to, int64_t time_us); /* "10:00" */
/* The same as the end of an interval: midnight is "24:00". */
const char *people_clock_end(const struct writer *to, int64_t time_us);
const char *people_moment(const struct writer *to, int64_t time_us); /* time and date */
const char *people_duration(
        const struct writer *to, double seconds); /* "4 giờ 05 phút" */
const char *people_day_period(
        const struct writer *to, int64_t start_us); /* "00:00-24:00 ..." */
const char *people_zone(const struct writer *to);   /* "giờ Việt Nam, UTC+7" */

/* "91 seals; nt-01 5f0e.../88123 open; ..." (reader_state) in the words of the language. */
const char *people_archive_state(const struct writer *to, const char *state);

#endif
