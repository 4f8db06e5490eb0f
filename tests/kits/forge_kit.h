/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What whoever can write to an archive does to a journal: other records under right check
 * sums. */
#ifndef TESTS_FORGE_KIT_H
#define TESTS_FORGE_KIT_H

#include <stdint.h>

/* All numbers of the readings that lie in [from_us, to_us) by their stamp become `value`;
 * every journal of the station is written anew. */
void forge_values(const char *archive, const char *station, int64_t from_us,
        int64_t to_us, double value);

#endif
