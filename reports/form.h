/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A form is the data sheet in the words of one language, before anything is drawn: every line a
 * person will read, in order.  Bold runs are marked inside the texts (reports/texts.h).
 */
#ifndef REPORTS_FORM_H
#define REPORTS_FORM_H

#include "reports/numbers.h"
#include "reports/sheet.h"

#define FORM_BANNERS 5
#define FORM_ABOUT   12
#define FORM_LINES   24
#define FORM_COLUMNS 7
#define FORM_RESULTS 4 /* most results over the limit that are told in full */
#define FORM_PARTS   7
#define FORM_BANDS   5
#define FORM_GAPS    4 /* most gaps that are told one by one */

struct form_line { /* a label and what it says; the label may be "" */
	const char *label, *text;
	uint8_t result; /* part 2: whose ink the sign has */
};

struct form_lines {
	size_t n;
	struct form_line line[FORM_LINES];
};

struct form_row { /* one parameter of the table */
	const char *cell[FORM_COLUMNS];
	uint8_t result;
};

struct form_band {    /* one kind of stretch without valid values */
	uint8_t what; /* enum counts_as */
	const char *label, *narrow, *text;
};

struct form {
	struct texts texts;
	struct writer to;
	bool damaged; /* some of the day's data cannot be read: none is not "none received" */
	bool stack; /* the source is a stack: it stops; an outfall has no discharge */

	size_t n_banners;
	const char *banner[FORM_BANNERS];
	const char *sheet, *title, *period, *identity, *made;
	const char *part[FORM_PARTS]; /* "1. ..." to "7. ..." */

	struct form_lines about;
	uint8_t result; /* the worst of all: colours the box */
	const char *headline;
	struct form_lines results;
	const char *heading[FORM_COLUMNS];
	size_t n_rows;
	struct form_row *row; /* [n_rows] */
	const char *chart_title, *chart_unit;
	size_t n_bands; /* what the marked stretches of the chart are, and how long */
	struct form_band band[FORM_BANDS];
	struct form_lines basis;
	struct form_lines condition;
	struct form_lines gaps;
	struct form_lines foot;
	const char *page;
	const char *disclaimer; /* S22, always the last line */
};

/* OK, NOT_FOUND (a sheet without an assessment) or FAILED (memory).  Free in any case. */
int form_make(struct form *form, const struct sheet *sheet, enum language language);
void form_free(struct form *form);

/* ---- the parts, each in a file of its own ---- */
void form_results(struct form *form, const struct sheet *sheet);   /* part 2 */
void form_table(struct form *form, const struct sheet *sheet);     /* part 3 */
void form_basis(struct form *form, const struct sheet *sheet);     /* part 5 */
void form_condition(struct form *form, const struct sheet *sheet); /* part 6 */
int form_gaps(struct form *form, const struct sheet *sheet);       /* part 7 */

/* Part 2, means over less than a day: those over; then the others. */
void form_shorter_over(struct form *form, const struct sheet *sheet);
void form_shorter_rest(struct form *form, const struct sheet *sheet);

/* The worst result of the whole sheet, which its box has the ink of; and how many parameters (with
 * their shorter means) have which. */
struct form_tally {
	size_t n, of[RESULT_NOT_APPLICABLE + 1], refused;
	uint8_t worst;
};
struct form_tally form_tally(const struct sheet *sheet);

/* Why an assessment was refused, in the language of the form. */
const char *form_refusal(const struct form *form, const struct assessment *assessment);

/* "5 phút", "1 giờ" */
const char *form_period(const struct writer *to, double period_s);

/* Adds a line unless `text` is empty or there is no room. */
void form_add(struct form_lines *lines, const char *label, const char *text);
/* The same with the sign of a result before it. */
void form_add_result(struct form_lines *lines, uint8_t result, const char *text);

/* Words used by several parts. */
const char *form_parameter(
        const struct form *form, const struct assessment *assessment);
const char *form_value(
        const struct form *form, const struct assessment *assessment, double value);
const char *form_limit(const struct form *form, const struct assessment *assessment);
const char *form_term(const struct form *form, const struct rule *rule);
int form_decimals(const struct assessment *assessment);  /* of the statistic */
bool form_interval(const struct assessment *assessment); /* pH: two ends, no ratio */
const char *result_sign(uint8_t result);                 /* a sign beside the word */
enum word result_word(uint8_t result);                   /* short form */

/* "4 giờ 00 phút" and "từ 10:00 đến 14:00" of all spans of one kind; false if there is none. */
struct form_spans {
	const char *duration, *when;
	double seconds;
};
bool form_spans_of(const struct form *form, const struct assessment *assessment,
        uint8_t what, struct form_spans *out);

#endif
