/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of judge and exceedances for people, in the language they asked for.  CSV
 * and JSON are for programs: theirs never change. */
#ifndef CLI_JUDGING_WORDS_H
#define CLI_JUDGING_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/assess.h"
#include "cli/common.h"
#include "cli/judging.h"

#define JUDGING_COLUMNS 22
#define JUDGING_NOTE    500

/* Is the text form in Vietnamese asked for? */
bool judging_vietnamese(const struct common *common);

/* The columns with Vietnamese headings, in `out`; the columns themselves otherwise.
 * Names without a heading of ours keep theirs. */
const struct table_column *judging_headings(const struct table_column *columns,
        bool vietnamese, struct table_column out[JUDGING_COLUMNS]);

/* "legal", "ambient", "episode", "day", "peak", "over level": the word, or its
 * Vietnamese. */
const char *judging_word(const char *word, bool vietnamese);

const char *judging_result(const struct assessment *assessment, bool vietnamese);
const char *judging_strength(const struct assessment *assessment, bool vietnamese);

/* Why it was decided so: the note, or its Vietnamese in `out`. */
const char *judging_note(
        const struct assessment *assessment, bool vietnamese, char out[JUDGING_NOTE]);

/* That nothing was judged: for no rule does (in `out`), or for want of data. */
const char *judging_no_rule(
        const struct judging *judging, bool vietnamese, char out[JUDGING_NOTE]);
const char *judging_no_period(bool vietnamese, bool all_read);

#endif
