/* SPDX-License-Identifier: GPL-3.0-or-later */
/* May a channel be compared with a limit at all? */
#ifndef ANALYSIS_BASIS_H
#define ANALYSIS_BASIS_H

#include <stddef.h>

#include "analysis/rule.h"
#include "base/describe.h"
#include "base/status.h"

/* What the two are expressed as, their basis and their standard state must agree, else
 * REFUSED and `why` names both.  OK: a value of the channel in the unit of the limit is
 * factor * value + offset. */
int basis_check(const struct channel *about, const struct rule_limit *limit,
        double *factor, double *offset, struct problem *why);

#endif
