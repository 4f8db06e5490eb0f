/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Has the collector of an archive ended? */
#ifndef WEB_ENDED_H
#define WEB_ENDED_H

#include <stdint.h>

/* When it ended in order, as it wrote into collectd.json (UTC microseconds); 0: it did not, or the
 * archive has none (a copy).  One that was killed leaves no words: the silence tells. */
int64_t collector_ended(const char *archive);

#endif
