/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A day by chance, for the tests of the archive. */
#ifndef TESTS_SAMPLE_CHANCE_H
#define TESTS_SAMPLE_CHANCE_H

#include "tests/kits/sample_records.h"

/* A day of every kind of record there can be, drawn from `seed`: odd channel counts,
 * several epochs, changed DESCRIBEs, clock steps, (from 200 records on) the most
 * channels there can be, equal times, sample times in and out of order, unsound
 * readings. */
void sample_chance(struct sample *sample, uint64_t *seed, size_t n);

#endif
