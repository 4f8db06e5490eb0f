/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where in time a record belongs: the one rule, of sealing and of whoever reads what is
 * not sealed yet.  A record belongs where its corrected time is (base/correction.h).
 * A stamp of a clock that was never synchronised and that no CLOCK record puts right is
 * believed
 *   - when the collector's own clock agreed as the record came (within AGREED_US: it is
 *     a witness),
 *   - when another record of the same boot was such a witness and the clock did not jump
 *     between,
 *   - when what made it is an import or a simulation, whose stamps are what they say.
 * Of what is left nobody can say when it was.  It matters not in which order the records
 * are learned from, unless more boots than WITNESSES were seen.
 */
#ifndef ARCHIVE_PLACING_H
#define ARCHIVE_PLACING_H

#include <stddef.h>
#include <stdint.h>

#include "base/correction.h"
#include "base/record.h"
#include "base/status.h"

#define AGREED_US (INT64_C(600) * 1000000) /* two clocks no further apart agree */
#define WITNESSES 256                      /* the oldest is forgotten for one more */

struct placing {
	struct corrections corrections;
	/* boots whose clock the collector saw to be right: what the wall clock said when
	 * the monotonic one began, least and most */
	struct witness {
		uint64_t boot;
		int64_t low_us, high_us;
		int64_t stored_us; /* when the first of them came */
	} * witness;
	size_t n_witnesses, room, next;
};

/* Learn what a record says about clocks: CLOCK records, and any whose stamp agrees with
 * when it was stored.  OK, or FAILED without memory.  Takes memory for a boot it has not
 * seen, not for a record. */
int placing_learn(
        struct placing *placing, const struct record *record, int64_t stored_us);
/* The same of a stamp, not of what a CLOCK record says. */
int placing_witness(
        struct placing *placing, const struct stamp *stamp, int64_t stored_us);
/* Copy the witnesses that were there by a time (0: all).  OK or FAILED. */
int placing_copy_witnesses(
        struct placing *to, const struct placing *from, int64_t as_of_us);
void placing_free(struct placing *placing);

/* What is known of a record that may be in doubt. */
struct arrived {
	struct stamp stamp;
	int64_t stored_us;
	uint8_t origin; /* enum describe_origin: of its DESCRIBE, else of its epoch */
};

/* OK and the corrected time; or NOT_FOUND: nobody can say (yet); *time_us is then the
 * stamp itself. */
int placing_place(
        const struct placing *placing, const struct arrived *arrived, int64_t *time_us);

#endif
