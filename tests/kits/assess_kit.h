/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One day of one channel, and the rule it is judged by. */
#ifndef TESTS_ASSESS_KIT_H
#define TESTS_ASSESS_KIT_H

#include "tests/kits/check.h"

#include "base/reading.h"
#include "tests/kits/made.h"
#include "tests/kits/made_rule.h"

#define DAY 288 /* base values of a day */

extern struct made_rule the_rule;
extern struct work the_work;

/* cmocka fixture of the end of a group. */
int free_work(void **state);

/* A day of `valid` values, the rest in `state`; the rule as it is at first. */
struct series day_of(size_t valid, double value, uint8_t state);
struct assessment assess(const struct series *series);
void assert_result(const struct assessment *a, uint8_t result, uint8_t by);

#endif
