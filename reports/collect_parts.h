/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What putting a sheet together is made of. */
#ifndef REPORTS_COLLECT_PARTS_H
#define REPORTS_COLLECT_PARTS_H

#include "reports/sheet.h"

struct gathered {              /* copies of assessments: judge only lends them */
	struct sheet *shorter; /* takes the means over less than a day; NULL: nobody */
	const char *outlet;
	int64_t start_us;
	size_t n, room;
	struct assessment *assessment;
	bool failed;
};

/* Judge the day of `out` and keep what is of it.  OK or a problem; gathered_free in any
 * case. */
int gather_day(struct gathered *out, struct reader *reader, const struct rules *rules,
        const struct judge_options *options, struct problem *why);
void gathered_free(struct gathered *all);

/* ---- versions.c ---- */
/* Which version of the sheet this is, when it was made, and what the one before said.
 * OK or a problem. */
int sheet_version(struct sheet *sheet, struct reader *reader, const struct rules *rules,
        const struct judge_options *now, struct problem *why);

#endif
