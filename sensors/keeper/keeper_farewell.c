/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last moments of a cabinet's program. */
#include <poll.h>
#include <string.h>

#include "sensors/keeper/keeper.h"

#define LAST_WORDS_US INT64_C(5000000) /* for the acknowledgement of the last records */

/* The end: commit and send all; where the collector is there, wait a little until it has
 * them too.  What it has not got by then goes at the next start. */
void keeper_farewell(struct keeper *keeper, struct clock *clock)
{
	struct moment now = clock_now(clock);
	int64_t until_us = now.mono_us + LAST_WORDS_US;
	bool open = false; /* between two epochs it greets again */
	keeper_end(keeper, &now);
	for (;;) {
		struct pollfd fds[KEEPER_DESCRIPTORS];
		struct keeper_counts counts = keeper_counts(keeper);
		open = strcmp(counts.link, "open") == 0 ||
		       (open && strcmp(counts.link, "greeting") == 0);
		if (!open || counts.waiting == 0 || now.mono_us >= until_us)
			break;
		poll(fds, keeper_descriptors(keeper, fds), 20);
		now = clock_now(clock);
		keeper_step(keeper, &now);
	}
	keeper_end(keeper, &now);
}
