/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Documents of the office: DOCUMENT records whose payload is one JSON object that
 * begins with {"kind":"...".  What each kind holds is told where it is read.
 */
#ifndef CALIBRATION_DOCUMENT_H
#define CALIBRATION_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/reader.h"
#include "base/status.h"

#define OFFICE "office"

/* Is this JSON a document of that kind? */
bool document_is(const char *json, size_t n, const char *kind);

struct document {
	const char *json; /* borrowed; not ended by a NUL */
	size_t size;
	int64_t time_us, stored_us;
	uint64_t epoch, seq;
};

/* Calls `each` with every document of a kind that was stored by as_of_us (0: all), in
 * order of time.  `each` returns OK or a negative status, which ends it and is
 * returned.  Documents, or a problem. */
int documents_read(struct reader *reader, const char *kind, int64_t as_of_us,
        int (*each)(void *with, const struct document *document), void *with,
        struct problem *why);

#endif
