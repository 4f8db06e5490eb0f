/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `quantrac status --gaps` prints, of an archive or of this cabinet. */
#ifndef CLI_GAPS_H
#define CLI_GAPS_H

#include "base/gaps.h"
#include "cli/common.h"

struct gaps_arguments {
	bool gaps, events, exit_code;
	const char *station, *since, *until;
	int64_t from_us, to_us, now_us; /* of since and until */
};

/* Options of `status`; the parser finds struct gaps_arguments in state->input. */
extern const struct argp_option gaps_argp_options[];
error_t gaps_argp_parse(int key, char *word, struct argp_state *state);
/* The stretch asked for: all there is up to now, if nothing is said.  OK, or REFUSED. */
int gaps_stretch(struct gaps_arguments *arguments, int offset_min, struct problem *why);

/* A table of the gaps of one station after the other, and their sums. */
struct gaps_table;
struct gaps_table *gaps_table_new(const struct common *common, int offset_min);
void gaps_table_add(
        struct gaps_table *table, const char *station, const struct gap *gap, size_t n);
/* Ends the table and frees it; gaps that lose something.  Not `whole`: some of the archive may not be
 * read, so there are no sums. */
size_t gaps_table_end(struct gaps_table *table, bool whole);

/* The ledger of this cabinet, from its own journal; the exit code. */
int cabinet_gaps(const struct common *common, struct gaps_arguments *arguments);

/* What people did to this cabinet and what befell it, from its journal; the exit code. */
int cabinet_events(const struct common *common, struct gaps_arguments *arguments);

/* "4 s", "12 min 5 s", "3 h 20 min", "2 d 4 h", or "12 phút 5 s"; `out` holds 48. */
const char *lasted_print(int64_t length_us, bool vi, char out[48]);

/* The cause in a word or two, and the reason as a sentence, in Vietnamese; what a person or
 * the cabinet recorded stays in its words.  `out` holds `room`. */
const char *gap_cause_vi(uint8_t cause);
const char *gap_reason_vi(const struct gap *gap, char *out, size_t room);

#endif
