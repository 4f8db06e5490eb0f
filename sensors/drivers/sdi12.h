/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The driver of SDI-12, behind a transparent adapter: each block of a profile is one measurement (M, M1,
 * C, R0 ...), put together from all its answers.  Its fields are 1, 2, ...: the values in their order.
 */
#ifndef SENSORS_SDI12_H
#define SENSORS_SDI12_H

#include "sensors/drivers/sdi12_talk.h"
#include "sensors/tables/fields.h"

#define SDI12_BLOCKS 9 /* most of one profile */

enum sdi12_checking {
	SDI12_CHECK_ASK, /* with a check if the instrument says it knows version 1.3 */
	SDI12_CHECK_YES,
	SDI12_CHECK_NO,
};
extern const char *const sdi12_checkings[]; /* "ask", "yes", "no" */

/* Codes of a refusal. */
enum { SDI12_ABORTED = 1, SDI12_OTHER_NUMBER };
const char *sdi12_refusal_text(int code);

extern const struct driver sdi12_driver;
extern const struct section sdi12_section;
void sdi12_check_profile(struct profile_checker *check);
const char *sdi12_address(const char *address);

/* ---- of the driver, see sensors/tables/driver.h ---- */
void sdi12_sort(const struct instrument *instrument, const struct exchanges *exchanges,
        struct came_all *out);
bool sdi12_fields(const struct instrument *instrument, const struct came *came,
        struct text_fields *out);
bool sdi12_number(const struct instrument *instrument, const struct came *came,
        size_t i, double *value);
struct traffic sdi12_traffic(const struct instrument *instrument, size_t i);
int sdi12_asked_of(const struct instrument *instrument, const uint8_t *in, size_t n);
size_t sdi12_say(const struct speech *speech, const uint8_t *in, size_t n, uint8_t *out,
        size_t room);

/* Values of block i, as far as the profile tells. */
size_t sdi12_values(const struct profile *profile, size_t i);

#endif
