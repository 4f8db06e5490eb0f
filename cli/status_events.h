/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `quantrac status --events`: what people did to a station and what befell it, in order of time: commands,
 * maintenance, contacts (door, mains), the sampler, settings, probes, starts and logins of the machine. */
#ifndef CLI_STATUS_EVENTS_H
#define CLI_STATUS_EVENTS_H

#include "base/record.h"
#include "cli/common.h"

struct events;

/* NULL without memory; events_end frees. */
struct events *events_new(void);
/* Any record of a station at its corrected time; others than those above are passed over.  OK or FAILED. */
int events_note(struct events *events, const struct record *record, int64_t time_us);
/* The table of all, by time.  OK or FAILED. */
int events_print(struct events *events, const struct common *common, int offset_min);
void events_free(struct events *events);

#endif
