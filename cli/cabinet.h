/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `status` and `get` share: the live view of the cabinet this machine is. */
#ifndef CLI_CABINET_H
#define CLI_CABINET_H

#include "cli/common.h"
#include "sensors/cabinet/live.h"

/* station_read, whose errors go to stderr in the language asked for. */
struct station;
int cabinet_read(struct station **station, const char *path, bool vietnamese,
        struct problem *why);

/* Read the configuration and the state file sensord keeps beside its journal.  0, or
 * the exit code of a problem that has been told. */
int cabinet_open(
        struct live_view *view, const char *command, const struct common *common);

/* The same, and the station of the configuration, for the caller to free. */
int cabinet_open_station(struct live_view *view, struct station **station,
        const char *command, const struct common *common);

#endif
