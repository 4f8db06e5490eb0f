/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the answering sides of all drivers need (sensors/drivers/<driver>_say.c): the inverse of the tables
 * of a profile. */
#ifndef SENSORS_SPEECH_H
#define SENSORS_SPEECH_H

#include "sensors/tables/driver.h"

/* The rule that says the state wanted of channel c, and of as few others as can be; NULL: it is ok,
 * or no rule says that. */
const struct profile_rule *speech_rule(const struct speech *speech, size_t c);

/* A word near `word` for which the rule holds, or does not; `word` itself if there is none. */
uint32_t speech_word(const struct profile_rule *rule, uint32_t word, bool hold);

/* A word near `word` by which the rule decides: it holds, and none before it at the same place does. */
uint32_t speech_word_of(
        const struct profile *profile, const struct profile_rule *rule, uint32_t word);

/* When the result of these channels is from that is shown now: once every result_every. */
int64_t speech_result_us(const struct speech *speech, const uint8_t *covers);

#endif
