/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Corrected time.  A cabinet that started without a synchronised clock stamps its
 * records with a wrong time; when its clock is put right it writes a CLOCK record that
 * says what time it is.  The corrected time of a record stamped while the clock had never
 * been synchronised is that time less what passed in between by the monotonic clock, which
 * never steps: after_us of the next CLOCK record of the same boot that reports sync, less its mono_us,
 * plus the record's own.  So it matters not how often the wall clock was moved on the way there.
 * Records of a clock that was synchronised keep their stamp.  "Next" goes by the monotonic clock; the
 * journal (epoch) may have changed in between.
 */
#ifndef BASE_CORRECTION_H
#define BASE_CORRECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record.h"
#include "base/status.h"

struct corrections {
	size_t n, room;
	struct correction {
		uint64_t boot;
		int64_t mono_us, base_us; /* base_us: the right time less mono_us */
	} * one;                          /* sorted by boot, then mono_us */
};

/* Note a record: does nothing unless it is a CLOCK record that reports sync.  OK, or
 * FAILED without memory.  The same record twice changes nothing. */
int corrections_note(struct corrections *corrections, const struct record *record);
void corrections_free(struct corrections *corrections);

/* What a stamp needs to be put right. */
struct stamp {
	int64_t time_us, mono_us;
	uint64_t boot;
	uint8_t clock; /* enum clock_state */
};
struct stamp stamp_of(const struct record *record);

/* What the wall clock said when the monotonic one began; any number may come over the
 * wire, and it wraps. */
int64_t stamp_base(const struct stamp *stamp);
/* No further apart than `most_us`, at any distance. */
bool times_within(int64_t a_us, int64_t b_us, int64_t most_us);
/* Of one boot, and the wall clock did not jump between them: it moved against the
 * monotonic one by a second at most. */
bool stamps_in_step(const struct stamp *a, const struct stamp *b);

/* OK and the corrected time; or NOT_FOUND: the clock was never synchronised and nothing
 * (yet) says by how much it was wrong; *time_us is then the stamp itself. */
int corrections_apply(const struct corrections *corrections, const struct stamp *stamp,
        int64_t *time_us);

#endif
