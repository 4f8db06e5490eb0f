/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same readings as quantrac's records: frames, states, stamps and all. */
#ifndef TESTS_RIVALS_OURS_H
#define TESTS_RIVALS_OURS_H

#include "base/record.h"
#include "tests/rivals/load.h"

#define OURS_MOST  512 /* bytes of such a record */
#define FRAME_SIZE (5 + 4 * CHANNELS)

/* When reading k came, to the microsecond: a poller is never on the dot. */
int64_t ours_time_us(size_t k);

/* The Modbus answer that reading k came in. */
void ours_frame(const struct load *load, size_t k, uint8_t frame[FRAME_SIZE]);

/* The DESCRIBE record of the instrument, and its hash; bytes written. */
size_t ours_describe(uint8_t out[RECORD_MOST], uint8_t hash[32]);

/* Reading k as a record, with the Modbus answer it came in when `raw`; bytes written. */
size_t ours_reading(const struct load *load, size_t k, const uint8_t hash[32],
        uint8_t out[OURS_MOST], int raw);

#endif
