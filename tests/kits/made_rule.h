/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules and assessments made of arrays: the engine without files. */
#ifndef TESTS_MADE_RULE_H
#define TESTS_MADE_RULE_H

#include "analysis/assess_parts.h"
#include "analysis/series.h"

/* The Vietnamese day over 5-minute means: one parameter "cod" of column A, 75 mg/L,
 * unscaled; 75 % and 6 h.  Every field may be changed before use; the next call begins
 * anew. */
struct made_rule {
	struct rule rule;
	struct stage stage[4];
	struct rule_limit limit;
	struct rule_value value[4];
	struct permit permit;
};
void made_rule(struct made_rule *out);

/* Assess the day of the series at MADE_DAY; running NULL: unknown.  Fails the test if
 * the basis does not agree.  The assessment's arrays live in `work`. */
struct assessment made_assessment(const struct made_rule *made,
        const struct series *series, const uint8_t *running, struct work *work);

#endif
