/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an archive has of a station's data files already. */
#ifndef CLI_TT10_KNOWN_H
#define CLI_TT10_KNOWN_H

#include <stddef.h>
#include <stdint.h>

#include "archive/reader.h"
#include "sensors/tools/tt10.h"

struct tt10_known {
	struct reader *reader; /* NULL: a new archive, which has nothing */
	struct rows *rows;
	size_t n_rows;
};

/* One reading: value[i] of channel[i]. */
struct tt10_values {
	int64_t time_us;
	size_t n;
	const struct tt10_line *channel;
	const double *value;
};

void tt10_known_open(
        struct tt10_known *known, const char *archive, const char *station);
void tt10_known_close(struct tt10_known *known);

/* What the archive says for the time: 0 nothing, 1 the same, -1 something else. */
int tt10_known_compare(
        const struct tt10_known *known, const struct tt10_values *values);

#endif
