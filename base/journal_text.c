/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a recovery found, in words. */
#include <inttypes.h>
#include <stdio.h>

#include "base/journal_file.h"

void journal_copy_text(const struct journal_recovery *recovery, const char *quarantine,
        char *out, size_t room)
{
	if (recovery->uncopied == 0)
		snprintf(out, room, "a copy lies in %s", quarantine);
	else
		snprintf(out, room,
		        "no copy could be kept in %s (%s): what is damaged stays where "
		        "it is",
		        quarantine, segment_reason(recovery->uncopied));
}

static void missing_text(const struct journal_recovery *recovery, uint64_t next_seq,
        char *out, size_t room)
{
	uint64_t first = recovery->first_missing, last = recovery->last_missing;
	if (recovery->missing > 0 && recovery->missing == last - first + 1)
		snprintf(out, room, "records %" PRIu64 " to %" PRIu64 " are missing",
		        first, last);
	else if (recovery->missing > 0)
		snprintf(out, room,
		        "%" PRIu64 " records between %" PRIu64 " and %" PRIu64
		        " are missing",
		        recovery->missing, first, last);
	else if (recovery->end_unknown)
		snprintf(
		        out, room, "no record before %" PRIu64 " is missing", next_seq);
	else
		snprintf(out, room, "no record is missing");
}

void journal_loss_text(const struct journal_recovery *recovery, uint64_t next_seq,
        char *out, size_t room)
{
	char missing[128];
	if (recovery->created != 0) {
		snprintf(out, room,
		        "nothing in them can be read, and how many records they held "
		        "is "
		        "not known");
		return;
	}
	missing_text(recovery, next_seq, missing, sizeof missing);
	snprintf(out, room, "%s%s", missing,
	        recovery->end_unknown
	                ? "; whether more stood at the end, which cannot be read, is "
	                  "not known"
	                : "");
}
