/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include <stdbool.h>

#include "cli/common.h"
#include "sensors/cabinet/live.h"

struct station;

/* quantrac status --contacts: contacts, maintenance that is on, and the sampler; one table. */
void status_contacts(const struct live_view *view, const struct station *station,
        const struct common *common);
/* Whether there is any of these. */
bool status_has_contacts(const struct live_view *view, const struct station *station);

/* quantrac status --lines: requests and answers of every instrument of this cabinet. */
void status_lines(const struct live_view *view, const struct common *common);

/* What was told of the port of an instrument that is silent; NULL: it is not silent, or its port is there. */
const struct live_state *status_port_down(
        const struct live_view *view, const struct live_channel *channel);

/* The headings of a table in the language asked for: `out` has room for as many as `columns`, the
 * end included. */
void status_headings(const struct table_column *columns, const char *const *vietnamese,
        bool vi, struct table_column *out);

#endif
