/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/marks.h"

#include "base/describe.h"
#include "reports/words.h"

void marks_cells(struct marks *marks, struct table *table, const struct marked *marked)
{
	marks->simulated = marks->simulated || marked->simulated;
	marks->unconfirmed =
	        marks->unconfirmed || !rule_confirmed(marked->rule, marked->limit);
	table_text(table, rule_status_text(rule_standing(marked->rule, marked->limit)));
	table_text(table, marked->simulated ? "yes" : "no");
}

void marks_print(FILE *out, const struct marks *marks, bool vietnamese)
{
	enum language language = vietnamese ? VIETNAMESE : ENGLISH;
	if (marks->simulated)
		fprintf(out, "%s\n", SIMULATED_TEXT);
	if (marks->unconfirmed)
		fprintf(out, "%s\n", word_text(language, WORD_RULE_NOT_CONFIRMED));
}
