/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `quantrac status` of an archive: its stations, its collector, the scrub. */
#ifndef CLI_STATUS_ARCHIVE_H
#define CLI_STATUS_ARCHIVE_H

#include "cli/common.h"

/* OK or a problem (no collector ever ran here). */
int status_archive(const struct common *common, int offset_min, struct problem *why);

#endif
