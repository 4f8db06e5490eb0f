/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The driver of ELAN: one request (k 02, the measured values), one answer.  Its fields:
 *
 *     1  2 ...         value of the first, the second component
 *     c6 c7 c12 ...    the same by code of the component: 6 SO2, 7 NO, 12 O2
 *     status phase     two digits of sixteen: rules write base: 16
 *
 * The address of an instrument is its channel, 1 to 15.
 */
#ifndef SENSORS_ELAN_H
#define SENSORS_ELAN_H

#include "sensors/drivers/elan_frame.h"
#include "sensors/tables/fields.h"

extern const struct driver elan_driver;
extern const struct section elan_section;
void elan_check(struct profile_checker *check);
const char *elan_address(const char *address);

/* The request for its values. */
struct elan_request elan_request_of(const struct instrument *instrument);

/* ---- of the driver, see sensors/tables/driver.h ---- */
bool elan_fields(const struct instrument *instrument, const struct came *came,
        struct text_fields *out);
int elan_asked_of(const struct instrument *instrument, const uint8_t *in, size_t n);
size_t elan_say(const struct speech *speech, const uint8_t *in, size_t n, uint8_t *out,
        size_t room);

#endif
