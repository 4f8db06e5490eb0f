/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does the collector of an archive run? */
#ifndef WEB_COLLECTOR_H
#define WEB_COLLECTOR_H

#include <stdint.h>

#include "web/view.h"

/* Fill collector and collector_us by what it left in collectd.json and by the archive's lock; an archive
 * without that file (a copy) has none to be missed: COLLECTOR_RUNS. */
void collector_look(struct view *view, const char *archive, int64_t now_us);

#endif
