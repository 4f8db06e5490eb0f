/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The readings that every system of the comparison is given: an outlet's twelve
 * channels at 1 Hz, each a slow walk with the noise of its last digits, in the decimals
 * its instrument shows.  Seeded: the same at every call.
 */
#ifndef TESTS_RIVALS_READINGS_H
#define TESTS_RIVALS_READINGS_H

#include <stddef.h>
#include <stdint.h>

#define CHANNELS    12
#define BATCH       5000                /* readings of one request, or of one commit */
#define BEGIN_S     INT64_C(1717174800) /* 2024-06-01 00:00 +07:00 */
#define NUMBER_TEXT 16                  /* room for number_put */

/* What the instrument shows: its digits without the point, 452 for 45.2. */
struct shown {
	int32_t digits[CHANNELS];
};

extern const char *const channel_name[CHANNELS];
extern const uint8_t channel_decimals[CHANNELS];

/* n readings, one a second from BEGIN_S on, for the caller to free; ends the program
 * without memory. */
struct shown *readings_new(size_t n);

/* What channel i shows, as the nearest double. */
double shown_value(const struct shown *shown, size_t i);

/* The same as text, "45.2"; bytes written, no NUL. */
size_t number_put(int32_t digits, uint8_t decimals, char *out);

/* The sum over all readings of a channel: asked back from every system. */
double readings_sum(const struct shown *shown, size_t n, size_t channel);

#endif
