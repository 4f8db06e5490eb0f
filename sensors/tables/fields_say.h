/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the answering sides of text instruments share: the number a status field has to show. */
#ifndef SENSORS_FIELDS_SAY_H
#define SENSORS_FIELDS_SAY_H

#include "sensors/tables/driver.h"

/* Whether rules of the profile look at a field as a number. */
bool fields_say_is_status(
        const struct profile *profile, size_t block, const char *field);

/* The least number of a status field, 0 to 255, by which the rules of the profile say of most channels the state
 * that is wanted; 0 if no rule looks at it. */
uint8_t fields_say_byte(const struct speech *speech, size_t block, const char *field);

/* The rule that is to hold by a field, or NULL. */
const struct profile_rule *fields_say_rule(
        const struct speech *speech, size_t block, const char *field);

/* Channel whose number a field is, or n_channels. */
size_t fields_say_channel(
        const struct profile *profile, size_t block, const char *field);

#endif
