/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a recovery found, in words. */
#include <stdio.h>
#include <string.h>

#include "base/journal.h"

void journal_copy_text(const struct journal_recovery *recovery, const char *quarantine,
        char *out, size_t room)
{
	if (recovery->uncopied == 0)
		snprintf(out, room, "a copy lies in %s", quarantine);
	else
		snprintf(out, room,
		        "no copy could be kept in %s (%s): what is damaged stays where "
		        "it is",
		        quarantine, strerror(recovery->uncopied));
}
