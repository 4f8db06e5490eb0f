/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The data sheet: what the readings of one outlet say about one legal day, on one page, for people
 * who must be able to defend it.  A sheet of numbers is collected (or put together by hand), turned
 * into the words of a language (reports/form.h) and drawn.
 */
#ifndef REPORTS_SHEET_H
#define REPORTS_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "analysis/assess.h"
#include "archive/checkpoint.h"
#include "archive/reader.h"
#include "base/digest.h"
#include "base/gaps.h"
#include "reports/words.h"

enum data_level { LEVEL_ORIGINAL, LEVEL_CHECKED, LEVEL_APPROVED };

/* What the version before said of one parameter. */
struct sheet_before {
	bool known; /* that version had a result for it */
	uint8_t result;
	double value;
	uint32_t valid, expected;
};

/* A judged mean over less than a day (ambient: 1 h, 8 h), all its periods of the day together. */
#define SHEET_SHORTER 24
struct sheet_shorter {
	size_t n, over, undecided, refused;
	struct assessment
	        highest; /* of those over, else of all; no spans, no excursions */
};

struct sheet {
	char id[64]; /* "bt-outlet-20261109": the same in every version */
	bool simulated;
	enum data_level level;
	bool ambient; /* state of the air: no facility, no permit */
	int64_t start_us, end_us;
	int utc_offset_min;
	char station[SOURCE_SIZE + 1];
	const struct describe *describe; /* of the station; NULL: it never came */
	const struct permit *permit;     /* of the first assessment; NULL: ambient */

	size_t n; /* in the order of sheet_order */
	struct assessment *assessment;
	struct day_curve curve; /* of assessment[0]; n 0: none */
	size_t n_shorter;
	struct sheet_shorter shorter[SHEET_SHORTER];
	bool damaged; /* some of the day's data could not be read */
	size_t n_gaps;
	const struct gap *gap; /* of the day, all instruments of the station */

	int version;            /* from 1 */
	int64_t made_us;        /* when this version was made */
	int64_t before_made_us; /* the version it replaces */
	int64_t late_us; /* newest reading that came after it; 0: documents made the change */
	struct sheet_before *before; /* [n]; NULL in version 1 */

	char archive_state[READER_STATE];
	char mark[CHECKPOINT_DIGITS]; /* of the newest checkpoint; "": none was made */
	uint64_t mark_size;           /* seals it covers */
	int64_t mark_us;              /* when it was signed */
	char digest[DIGEST_HEX];      /* of the figures; sheet_digest */

	struct permits
	        *permits;  /* owned, with the arrays above, by a collected sheet */
	struct gaps *gaps; /* owned: the ledger `gap` points into */
};

struct sheet_query {
	const char *station;
	const char *outlet; /* NULL: all the station measures */
	int64_t day_us;     /* any time of the legal day */
	int64_t as_of_us;   /* only what was stored by then; 0: everything */
	int64_t now_us;
	int64_t made_us; /* printed as the time of making; 0: when its newest data were stored */
};

/*
 * Judge one legal day of one station and put the sheet together.  Version 1 is what was known 15
 * minutes after the day's end; where the present result differs, this is version 2 and says what
 * changed.  The sheet points into reader and rules.  OK, or a problem (no such station, the day has
 * not ended, nothing to judge: NOT_FOUND).  sheet_free in any case.
 */
int sheet_collect(struct sheet *out, struct reader *reader, const struct rules *rules,
        const struct sheet_query *query, struct problem *why);
void sheet_free(struct sheet *sheet);

/* Count a judged mean over less than a day among the sheet's. */
void sheet_take_shorter(struct sheet *sheet, const struct assessment *assessment);

/* Put those over the limit first (highest ratio, then intervals), then those not decidable, then those
 * within (longest outside with base values first), then not applicable; else the order is kept. */
void sheet_order(struct assessment *assessment, size_t n);

/* The SHA-256 over the figures: every assessment and the curve, but neither the archive state nor the
 * time of making, so that the same figures always have the same code. */
void sheet_digest(struct sheet *sheet);

/* Page 1 as PDF; the same sheet gives the same bytes.  OK, NOT_FOUND (nothing assessed) or FAILED. */
int sheet_write(const struct sheet *sheet, enum language language, const char *path,
        struct problem *why);

/* The same lines as plain text, and as one JSON object with the figures.  OK or FAILED. */
int sheet_text(const struct sheet *sheet, enum language language, FILE *out);
int sheet_json(const struct sheet *sheet, enum language language, FILE *out);

#endif
