/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files behind collector/desk.h share. */
#ifndef COLLECTOR_DESK_PARTS_H
#define COLLECTOR_DESK_PARTS_H

#include "collector/desk.h"

/* The station of a key; a new one is entered while there is room, else NULL. */
struct desk_station *desk_station_of(struct desk *desk, const char *name);

/* It spoke from there.  True: this connection is a new one. */
bool desk_note_heard(struct desk_station *station, const struct peer *peer,
        const struct moment *now);

#endif
