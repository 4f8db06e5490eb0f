/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connections whose DATA was refused, and from where on.  What comes behind it there is not
 * taken before it was shown again: an ACK tells of all that was shown below it, and would
 * cover what nobody has compared.  Where the records are another's nothing at all is taken
 * before HELLO: what was on its way is numbered anew.
 */
#ifndef COLLECTOR_REFUSALS_H
#define COLLECTOR_REFUSALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/socket.h"
#include "base/wire.h"

#define REFUSALS 2 /* connections of one key at work at once: a disk was copied */

struct refusal {
	struct peer from; /* route_size 0: none */
	uint64_t epoch;
	uint64_t
	        seq; /* the message that has to come again begins there; 0: none does */
};

/* The refusal that a message stands behind, of kept[REFUSALS]; NULL: it may be taken. */
const struct refusal *refusals_before(
        const struct refusal *kept, const struct peer *from, const struct wire *data);

/* Nothing behind `seq` of that message's epoch any more; in place of what stood there
 * before of this connection, or of the oldest. */
void refusals_note(struct refusal *kept, const struct peer *from,
        const struct wire *data, uint64_t seq);

/* It was shown again, or said HELLO. */
void refusals_forget(struct refusal *kept, const struct peer *from);

#endif
