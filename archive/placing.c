/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/placing.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/describe.h"

/* ---- witnesses ---- */

/* Of this boot, and no jump between any of its stamps and this one; NULL: none. */
static struct witness *witness_of(
        const struct placing *placing, const struct stamp *stamp)
{
	int64_t base_us = stamp_base(stamp);
	for (size_t i = 0; i < placing->n_witnesses; i++) {
		struct witness *one = &placing->witness[i];
		if (one->boot != stamp->boot)
			continue;
		if ((base_us >= one->low_us && base_us <= one->high_us) ||
		        times_within(base_us, one->low_us, AGREED_US) ||
		        times_within(base_us, one->high_us, AGREED_US))
			return one;
	}
	return NULL;
}

static struct witness *witness_add(struct placing *placing)
{
	if (placing->n_witnesses == WITNESSES) {
		placing->next = (placing->next + 1) % WITNESSES;
		return &placing->witness[(placing->next + WITNESSES - 1) % WITNESSES];
	}
	if (placing->n_witnesses == placing->room) {
		size_t room = placing->room > 0 ? 2 * placing->room : 4;
		void *more = realloc(placing->witness, room * sizeof *placing->witness);
		if (more == NULL)
			return NULL;
		placing->witness = more;
		placing->room = room;
	}
	return &placing->witness[placing->n_witnesses++];
}

int placing_witness(
        struct placing *placing, const struct stamp *stamp, int64_t stored_us)
{
	if (stamp->clock != CLOCK_UNSYNCED ||
	        !times_within(stored_us, stamp->time_us, AGREED_US))
		return OK;
	int64_t base_us = stamp_base(stamp);
	struct witness *one = witness_of(placing, stamp);
	if (one == NULL) {
		one = witness_add(placing);
		if (one == NULL)
			return FAILED;
		*one = (struct witness){ .boot = stamp->boot,
			.low_us = base_us,
			.high_us = base_us,
			.stored_us = stored_us };
	}
	if (base_us < one->low_us)
		one->low_us = base_us;
	if (base_us > one->high_us)
		one->high_us = base_us;
	if (stored_us < one->stored_us)
		one->stored_us = stored_us;
	return OK;
}

int placing_learn(
        struct placing *placing, const struct record *record, int64_t stored_us)
{
	const struct stamp stamp = stamp_of(record);
	int status = placing_witness(placing, &stamp, stored_us);
	return status == OK ? corrections_note(&placing->corrections, record) : status;
}

int placing_copy_witnesses(
        struct placing *to, const struct placing *from, int64_t as_of_us)
{
	for (size_t i = 0; i < from->n_witnesses; i++) {
		const struct witness *one = &from->witness[i];
		if (as_of_us != 0 && one->stored_us > as_of_us)
			continue;
		struct witness *copy = witness_add(to);
		if (copy == NULL)
			return FAILED;
		*copy = *one;
	}
	return OK;
}

void placing_free(struct placing *placing)
{
	corrections_free(&placing->corrections);
	free(placing->witness);
	*placing = (struct placing){ 0 };
}

/* ---- the rule ---- */

int placing_place(
        const struct placing *placing, const struct arrived *arrived, int64_t *time_us)
{
	const struct stamp *stamp = &arrived->stamp;
	if (corrections_apply(&placing->corrections, stamp, time_us) == OK)
		return OK;
	if (arrived->origin != ORIGIN_INSTRUMENT ||
	        times_within(arrived->stored_us, stamp->time_us, AGREED_US) ||
	        witness_of(placing, stamp) != NULL)
		return OK;
	return NOT_FOUND;
}
