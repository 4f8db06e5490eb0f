/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Payloads of the small records.
 *
 * STATE, CLAIM, AMEND, DOCUMENT: one UTF-8 JSON object.
 *   STATE   {"subject":"line plc","state":"down","text":"hung up"}     subject is what changed
 *   CLAIM, AMEND, DOCUMENT   {"kind":"permit", ...}                    kind says which form it has
 * CLOCK: before_us i64, after_us i64 (wall clock before and after the correction),
 * state u8.  GAP: first_seq u64, last_seq u64, from_us i64, to_us i64, count u64, then
 * UTF-8 text: why.
 *   Readings lost before they got a seq have first_seq 1, last_seq 0 and their count.
 */
#ifndef BASE_EVENT_H
#define BASE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct state_event {
	const char *subject, *state, *text; /* text may be "" */
};

/* Payload size, or FULL.  Allocates nothing; bytes that are no UTF-8 become U+FFFD. */
int state_encode(const struct state_event *event, uint8_t *out, size_t room);

/* A STATE taken apart; texts that are longer are cut between two characters. */
struct state_texts {
	char subject[80], state[32], text[320];
};
/* OK, or MALFORMED: not the form state_encode writes (any JSON of that meaning is read by base/config.h).
 * Allocates nothing. */
int state_decode(struct state_texts *out, const uint8_t *payload, size_t n);

/* State of a record of counters (sensors/poller/counts.h): it is told now and then, and nothing has
 * changed. */
#define STATE_COUNTS "counts"
bool state_is_counts(const uint8_t *payload, size_t n);

/* The text of maintenance that began: "by minh (uid 1001): new filter: cod, tss; ends by itself at 10:42".  Bytes of
 * its beginning that say by whom and why, or of what stands from `text` on; the reason itself may hold the same
 * words, so the last of them count. */
#define STATE_ENDS "; ends by itself at "
size_t maintenance_why_size(const char *text);

struct clock_event {
	int64_t before_us, after_us;
	uint8_t state;
};
int clock_encode(const struct clock_event *event, uint8_t *out, size_t room);
/* OK, MALFORMED */
int clock_decode(struct clock_event *event, const uint8_t *payload, size_t n);

struct gap_event {
	uint64_t first_seq, last_seq, count;
	int64_t from_us, to_us;
	/* into the payload; not ended by a NUL after decoding: see why_size */
	const char *why;
	size_t why_size;
};
/* Payload size, FULL, or REFUSED (first after last, a text that is no UTF-8). */
int gap_encode(const struct gap_event *event, uint8_t *out, size_t room);
/* OK, MALFORMED */
int gap_decode(struct gap_event *event, const uint8_t *payload, size_t n);

#endif
