/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the exchanges of one poll to states and values, for every kind of driver.  Per
 * channel, the first that applies:
 *
 *   off in the configuration                       off, no value
 *   its block did not come                         silent, garbled or refused, no value
 *   a rule of the profile holds, in its order      the rule's state, value kept (a rule
 *                                                  whose block did not come: that block's
 *                                                  state, no value: a value whose state
 *                                                  nobody knows is none)
 *   the protocol's own flag says something         that state, value kept
 *   it is the current of a loop, not 3.8..20.5 mA  below or above range, or fault
 *   no number, a sentinel, an absurd size          not a value
 *   this channel had this result before            unchanged, value not repeated
 *   no loop, and outside the range as set          below or above range, value kept
 *   else                                           ok
 */
#ifndef SENSORS_VALUES_H
#define SENSORS_VALUES_H

#include "sensors/tables/driver.h"

/* What one poll says. */
struct decoded {
	uint8_t state[READING_CHANNELS]; /* enum channel_state */
	double value[READING_CHANNELS];  /* NAN: no usable number */
	size_t n_sampled;
	uint16_t sampled_channel[READING_CHANNELS];
	int64_t sampled_us[READING_CHANNELS]; /* UTC, as the instrument says */
	size_t vendor_size;
	uint8_t vendor[VENDOR_MOST];
};

/* `before`: what was seen by the readings before (NULL: every result is fresh); `after`
 * (may be NULL, may be `before`) becomes what has been seen now. */
void values_decode(const struct instrument *instrument,
        const struct exchanges *exchanges, const struct fresh *before,
        struct fresh *after, struct decoded *out);

/* Of what was decoded, results that were told before become `unchanged`; `seen` learns the others. */
void values_fresh(const struct instrument *instrument, const struct came_all *came,
        struct fresh *seen, struct decoded *out);

/* Of several answers for one block the highest counts: sound, refusing, garbled, none. */
int values_rank(uint8_t state);

/* What the exchanges hold of every block. */
void values_sort(const struct instrument *instrument, const struct exchanges *exchanges,
        struct came_all *out);

/* The same by driver->look alone, one exchange after another: for drivers whose `sort` wants it. */
void values_look(const struct instrument *instrument, const struct exchanges *exchanges,
        struct came_all *out);

/* Whether these bytes, kept for a block, would say something of any: values, or a refusal. */
bool values_would_take(const struct instrument *instrument, uint16_t block,
        const uint8_t *bytes, size_t n);

/* Whether some channel's number is of a size that no instrument shows (map_is_absurd). */
bool values_absurd(
        const struct instrument *instrument, const struct exchanges *exchanges);

/* The current of every channel that is one of a loop, mA[n_channels]; NAN: of no loop, switched off, or
 * nothing came. */
void values_currents(const struct instrument *instrument,
        const struct exchanges *exchanges, double *mA);

/* The first rule that decides over channel i, or NULL; *state what it says: of the
 * rule, or of its block if that did not come. */
const struct profile_rule *values_rule(const struct instrument *instrument,
        const struct came_all *came, size_t i, uint8_t *state);

/* How channel i came out of which bytes, in one sentence for people. */
void values_explain(const struct instrument *instrument,
        const struct exchanges *exchanges, size_t i, char *out, size_t room);

#endif
