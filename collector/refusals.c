/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/refusals.h"

#include <string.h>

/* REFUSALS: there is none of this connection. */
static size_t place_of(const struct refusal *kept, const struct peer *from)
{
	size_t i = 0;
	while (i < REFUSALS &&
	        (kept[i].from.route_size == 0 || !peer_same(&kept[i].from, from)))
		i++;
	return i;
}

const struct refusal *refusals_before(
        const struct refusal *kept, const struct peer *from, const struct wire *data)
{
	size_t i = place_of(kept, from);
	return i < REFUSALS && kept[i].epoch == data->epoch &&
	                       data->first_seq > kept[i].seq
	               ? &kept[i]
	               : NULL;
}

void refusals_note(struct refusal *kept, const struct peer *from,
        const struct wire *data, uint64_t seq)
{
	size_t i = place_of(kept, from);
	if (i == REFUSALS) {
		i = 0;
		memmove(&kept[1], &kept[0], (REFUSALS - 1) * sizeof *kept);
	}
	kept[i] = (struct refusal){ *from, data->epoch, seq };
}

void refusals_forget(struct refusal *kept, const struct peer *from)
{
	size_t i = place_of(kept, from);
	if (i < REFUSALS)
		kept[i].from.route_size = 0;
}
