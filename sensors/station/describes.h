/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The DESCRIBEs of a station, encoded: the instruments' first, since the station's lists their
 * hashes. */
#ifndef SENSORS_DESCRIBES_H
#define SENSORS_DESCRIBES_H

#include <stddef.h>

#include "base/describe.h"
#include "base/status.h"
#include "sensors/station/station.h"

struct describes {
	size_t n;
	struct describe **instrument; /* [n], in the order of the configuration */
	struct describe *station;
};

/* OK, or a problem (a profile too long for a DESCRIBE, no memory). */
int describes_make(
        struct describes *out, const struct station *station, struct problem *why);
void describes_free(struct describes *describes);

#endif
