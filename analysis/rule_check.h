/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a table of keys cannot say of a rule record: that its parts agree. */
#ifndef ANALYSIS_RULE_CHECK_H
#define ANALYSIS_RULE_CHECK_H

#include <stdio.h>

#include "analysis/rule.h"

/* OK or MALFORMED; errors go to `report` and into config_errors. */
int rule_check(
        const struct rule *rule, struct config *config, const char *path, FILE *report);

/* Index of a stage by name, the first for ""; NOT_FOUND. */
int rule_stage(const struct rule *rule, const char *name);

#endif
