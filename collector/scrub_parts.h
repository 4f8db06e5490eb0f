/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the scrub share. */
#ifndef COLLECTOR_SCRUB_PARTS_H
#define COLLECTOR_SCRUB_PARTS_H

#include "collector/scrub.h"
#include "collector/seal_parts.h"

/* Log damage once in the life of the process. */
void scrub_tell(struct scrub *scrub, const char *text);

/* Make a sealed file again from the journals.  1: it stands there as it was sealed; 0:
 * the journals do not hold its records any more, or the file would be another one
 * (`why` says); FAILED. */
int scrub_restore(struct seal_job *job, const struct seal *seal, struct problem *why);

/* Read on in the journals.  true: all were read. */
bool scrub_journals(struct scrub *scrub, struct seal_job *job);

/* <archive>/scrub */
void scrub_load(struct scrub *scrub, const char *dir);
void scrub_save(const struct scrub *scrub, const char *dir);

#endif
