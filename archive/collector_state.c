/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/collector_state.h"

#include <stdio.h>

#include "archive/archive.h"
#include "base/folder.h"
#include "base/legal_time.h"

#define STALE_US (30 * US_PER_S)

enum collector_state collector_state(const char *archive, bool ended, int64_t age_us)
{
	char path[ARCHIVE_PATH + 8];
	bool stale = age_us >= STALE_US;
	/* whoever holds the lock behind its last words is no collector */
	if (ended)
		return COLLECTOR_AWAY;
	snprintf(path, sizeof path, "%.4096s/lock", archive);
	switch (lock_look(path)) {
	case REFUSED:
		return stale ? COLLECTOR_MUTE : COLLECTOR_RUNS;
	case OK:
		return COLLECTOR_AWAY;
	default:
		return stale ? COLLECTOR_AWAY : COLLECTOR_RUNS;
	}
}
