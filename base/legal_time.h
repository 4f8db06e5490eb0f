/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Legal time: UTC plus a fixed offset (Vietnam +07:00), never daylight saving.
 * Everything inside is UTC microseconds; these functions are the only door to people.
 */
#ifndef BASE_LEGAL_TIME_H
#define BASE_LEGAL_TIME_H

#include <stdint.h>

#define US_PER_S    INT64_C(1000000)
#define US_PER_MIN  (60 * US_PER_S)
#define US_PER_HOUR (60 * US_PER_MIN)
#define US_PER_DAY  (24 * US_PER_HOUR)

/* Records are refused outside [1970, 2100). */
#define TIME_US_END INT64_C(4102444800000000)
/* Nothing of ours is older than 2020-01-01 00:00:00 UTC: a stamp before is a clock
 * that was never set. */
#define TIME_US_PLAUSIBLE INT64_C(1577836800000000)

/* Offsets are in minutes east of Greenwich: Vietnam 420. */
#define OFFSET_VIETNAM 420

#define TIME_TEXT 40 /* room for any time printed here */

struct civil { /* a wall-clock reading, proleptic Gregorian */
	int year, month, day, hour, minute, second, microsecond;
};

/* Wall-clock reading at `offset_min`, and back.  civil_to_us does not check ranges. */
struct civil civil_from_us(int64_t time_us, int offset_min);
int64_t civil_to_us(const struct civil *civil, int offset_min);

/* Does this date and time exist (29 February, 24:00 refused)? */
int civil_valid(const struct civil *civil);

/* "2026-11-15T08:48:00+07:00"; microseconds are shown only if there are any. */
const char *time_print(int64_t time_us, int offset_min, char out[TIME_TEXT]);

/* "2026-11-15", "15/11/2026" and "20261115084800" (TT10 stamps). */
const char *date_print(int64_t time_us, int offset_min, char out[TIME_TEXT]);
const char *date_print_vi(int64_t time_us, int offset_min, char out[TIME_TEXT]);
const char *stamp_print(int64_t time_us, int offset_min, char out[TIME_TEXT]);

/*
 * Parse a point of time in ISO 8601 ("2026-11-15T08:48", "2026-11-15 08:48:00.5+07:00",
 * "...Z") or a TT10 stamp ("20261115084800"); without an offset it is legal time at
 * `offset_min`.  An hour may have one digit ("2004-03-11 0:00:00").  A date alone is no
 * point of time.  OK or MALFORMED.
 */
int time_parse(const char *text, int offset_min, int64_t *time_us);

/* Parse a stretch of time as a person types it: "2026", "2026-11", "2026-11-15",
 * "2026-11-15T08" (one hour), "yesterday", "today", "now-6h" (from there to now), or
 * any point of time (then *to_us == *from_us).  Half open.  OK or MALFORMED. */
int interval_parse(const char *text, int offset_min, int64_t now_us, int64_t *from_us,
        int64_t *to_us);

/* A date as people in Vietnam write it ("28/11/2026", "5-1-2026", with a time of day behind it)
 * turned round to how interval_parse takes it ("2026-11-28", "2026-11-28T08:48").  OK or
 * MALFORMED: it is no such date. */
int date_turn(const char *text, char out[TIME_TEXT]);

/* "+07:00" and "-03:30" to minutes, at most 14 hours; OK or MALFORMED.  The other way
 * prints 6 characters. */
int offset_parse(const char *text, int *offset_min);
const char *offset_print(int offset_min, char out[8]);

/* "90s", "5min", "1h", "24h", "10ms", "60d" to seconds; a bare number is refused.  OK
 * or MALFORMED. */
int duration_parse(const char *text, double *seconds);

/* Start of the legal day (or of any period dividing a day) that holds time_us. */
int64_t day_start(int64_t time_us, int offset_min);
int64_t period_start(int64_t time_us, int64_t period_us, int offset_min);

#endif
