/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The driver of Bayern-Hessen: one request, all values in one answer.  Its fields, each of them text:
 *
 *     1  2 ...             value of the first, the second record
 *     1.number             its number as the answer has it: "001"
 *     1.status 1.error     operation status and failure byte, two digits of sixteen
 *     1.gas 1.serial       number of the gas, serial number, where there are such
 *     k211 k211.status k211.error      the same by number: of the first record that bears it
 *
 * Makers who count the values (Thermo) are read by place, makers who name the gas (Teledyne) by number.
 */
#ifndef SENSORS_BAYERN_HESSEN_H
#define SENSORS_BAYERN_HESSEN_H

#include "sensors/drivers/bayern_hessen_frame.h"
#include "sensors/tables/fields.h"

/* What the numbers in the answer of an instrument with an address are. */
enum bayern_numbers {
	BAYERN_OWN,     /* its own: nothing to compare */
	BAYERN_ADDRESS, /* every one is the address */
	BAYERN_COUNTED, /* the address, the address + 1, ... */
};
extern const char *const bayern_numbers[]; /* "own", "address", "counted" */

extern const struct driver bayern_driver;
extern const struct section bayern_section;
void bayern_check(struct profile_checker *check);
const char *bayern_address(const char *address);

/* Whether an answer's numbers are those of this instrument. */
bool bayern_is_of(
        const struct instrument *instrument, const struct bayern_answer *answer);

/* ---- of the driver, see sensors/tables/driver.h ---- */
void bayern_look(const struct instrument *instrument, const struct exchange *exchange,
        struct came *out);
bool bayern_fields(const struct instrument *instrument, const struct came *came,
        struct text_fields *out);
bool bayern_number(const struct instrument *instrument, const struct came *came,
        size_t i, double *value);
struct traffic bayern_traffic(const struct instrument *instrument, size_t i);
int bayern_asked_of(const struct instrument *instrument, const uint8_t *in, size_t n);
size_t bayern_say(const struct speech *speech, const uint8_t *in, size_t n,
        uint8_t *out, size_t room);

/* Records of an answer, as far as the profile tells. */
size_t bayern_records(const struct profile *profile);

#endif
