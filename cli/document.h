/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people enter at the office goes the way of every record: source `office`,
 * journal, seal. */
#ifndef CLI_DOCUMENT_H
#define CLI_DOCUMENT_H

#include <stdint.h>

#include "base/status.h"
#include "collector/ingest.h"

#define OFFICE "office"

/* Store one DOCUMENT (its JSON object) in an archive and wait until it is durable.  OK
 * or a problem. */
int document_put(const char *archive, const char *json, struct problem *why);

/* The same through an ingest one holds, as if it had been entered at time_us. */
int document_ingest(
        struct ingest *ingest, const char *json, int64_t time_us, struct problem *why);

#endif
