/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every list of results must carry: that its data are simulated, that a rule behind
 * it is not confirmed.  People read it under the table, programs in two columns. */
#ifndef CLI_MARKS_H
#define CLI_MARKS_H

#include <stdbool.h>
#include <stdio.h>

#include "analysis/assess.h"
#include "base/table.h"

struct marks {
	bool simulated, unconfirmed;
};

/* The columns, in this order, for the end of a list; filled by marks_cells. */
/* clang-format off */
#define MARKS_COLUMNS { .name = "rule_status", .wide = true }, { .name = "simulated", .wide = true }
/* clang-format on */

/* The two cells of a row, and what is told below. */
struct marked {
	const struct rule *rule;
	const struct rule_limit *limit;
	bool simulated;
};
void marks_cells(struct marks *marks, struct table *table, const struct marked *marked);

/* The lines for people, in the language asked for; nothing if there is nothing to tell. */
void marks_print(FILE *out, const struct marks *marks, bool vietnamese);

#endif
