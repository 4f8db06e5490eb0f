/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An instrument and a station as they are described, and the payload that they make. */
#ifndef TESTS_DESCRIBE_KIT_H
#define TESTS_DESCRIBE_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/describe.h"

/* What was encoded last. */
extern uint8_t described[DESCRIBE_MOST];

/* Two channels with every odd number there is; the station of the example in docs/quantrac-record.md.
 * Freed by the caller. */
struct describe *described_instrument(void);
struct describe *described_station(void);

/* Decode `described`, encode again: the same bytes and the same hash. */
struct describe *described_again(int n);

/* `n` characters of a profile that deflates well, or not at all (the caller frees), and the instrument with it,
 * encoded. */
char *described_profile(size_t n, bool noise);
int described_with(const char *profile);

#endif
