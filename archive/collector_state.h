/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does a collector run on an archive?  By what it left in collectd.json and by the lock it holds. */
#ifndef ARCHIVE_COLLECTOR_STATE_H
#define ARCHIVE_COLLECTOR_STATE_H

#include <stdbool.h>
#include <stdint.h>

enum collector_state {
	COLLECTOR_RUNS,
	COLLECTOR_MUTE, /* runs, and has not written its state for 30 s: a full disk, say */
	COLLECTOR_AWAY, /* ended in order, or was killed */
};

/* `ended` and the age of `time` (microseconds) as collectd.json has them.  Where the lock
 * may not be looked at, a state older than 30 s (it is written every ten) says that it is
 * away. */
enum collector_state collector_state(const char *archive, bool ended, int64_t age_us);

#endif
