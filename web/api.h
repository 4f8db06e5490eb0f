/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What programs read: /api/v1/stations and /healthz. */
#ifndef WEB_API_H
#define WEB_API_H

#include <stdio.h>

#include "web/view.h"

/* Everything the page shows, as JSON; times in ISO 8601 with offset, numbers with a
 * point. */
void api_stations(FILE *out, const struct view *view);

/* {"status":"ok",...} and 200; or {"status":"failing","problems":[...]} and 503: the
 * archive cannot be read, or its newest record is older than 15 minutes.  The HTTP
 * status. */
int api_health(FILE *out, const struct view *view);

#endif
