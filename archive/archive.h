/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An archive folder:
 *
 *   archive.yaml                                      zone, legal time; made once
 *   journal/<station>/<epoch>/<first seq>.log         what is not sealed yet, and some time longer
 *   <zone>/<station>/<yyyy>/<station>_<yyyy-mm-dd>.h5 a sealed legal day, immutable (0440)
 *   <zone>/<station>/<yyyy>/..._late1.h5              what came after the day was sealed
 *   unplaced/ quarantine/                             records no day can be given to; damaged bytes
 *   seals                                             one line per sealed file, only ever appended
 *   sealed/<station>                                  which records each file holds; made again if lost
 *   incoming/                                         records made on this machine, for the writer
 *   scrub                                             how far the collector has looked at them again
 *   collectd.json                                     what the running collector sees
 *   .tmp/                                             the file being sealed
 *   lock                                              held by the one writer (collectd or import)
 */
#ifndef ARCHIVE_ARCHIVE_H
#define ARCHIVE_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/record.h"
#include "base/status.h"

struct archive_identity {
	char zone[ID_SIZE];
	char zone_name[128];
	int utc_offset_min;
};

/* Make a new archive, or check that the one there has the same zone and offset. */
int archive_create(
        const char *dir, const struct archive_identity *identity, struct problem *why);

/* Is this folder an archive?  OK, or NOT_FOUND with what to do (exit 66). */
int archive_identify(
        const char *dir, struct archive_identity *out, struct problem *why);

#define ARCHIVE_PATH 4096

/* "<dir>/<zone>/<station>/<yyyy>/<station>_<date>[_lateN].h5" */
int archive_day_path(char *out, size_t room, const char *dir, const char *zone,
        const char *station, int64_t day_us, int utc_offset_min, int late);

#endif
