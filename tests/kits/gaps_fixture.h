/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A ledger of gaps fed by hand.  Times are seconds after ten o'clock; readings come
 * every ten seconds unless a test says otherwise.
 */
#ifndef TESTS_GAPS_FIXTURE_H
#define TESTS_GAPS_FIXTURE_H

#include "tests/kits/check.h"

#include "base/event.h"
#include "base/gaps.h"
#include "base/legal_time.h"
#include "base/reading.h"

#define TEN INT64_C(1794193200000000) /* 2026-11-09T10:00+07:00 */

extern struct gaps *gaps;
extern uint64_t seq, epoch;       /* of the last record that was put */
extern struct describe *ph, *cod; /* two channels and one, made by setup */

int64_t feed_at(double s);
struct describe *feed_instrument(const char *id, size_t n, double poll_s);

/* Everything is asked for, and nobody waits for more. */
void feed_begin(void);
void feed_begin_until(double until_s, double now_s, double patience_s);

/* A reading with every channel in one state; readings every ten seconds in [from, to);
 * the same of both instruments side by side. */
void feed_put(const struct describe *describe, double s, uint8_t state);
void feed_run(
        const struct describe *describe, double from_s, double to_s, uint8_t state);
void feed_both(double from_s, double to_s);

/* The cabinet's program begins: it says what it reads. */
void feed_start(double s);

/* STATE and GAP records. */
void feed_state(double s, const char *subject, const char *what, const char *text);
void feed_drop(double s, const struct gap_event *told);

struct want {
	const char *instrument, *channel;
	double from_s, to_s;
	uint8_t cause;
	uint64_t expected, valid, records;
	const char *reason; /* a part of it; NULL: any */
};
/* Ends the ledger; `event` puts any other record. */
void expect_gaps(const struct want *want, size_t n);
void check_gap(const struct gap *gap, const struct want *want);
void feed_event(uint8_t type, double s, const uint8_t *payload, int n);

int feed_setup(void **with);
int feed_teardown(void **with);

/* Ends the ledger: one gap of `instrument`, and whether `words` are its reason. */
void expect_reason(const char *instrument, const char *words, bool is_reason);

#endif
