/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper's link over the real socket (base/socket.h), with the keys a station names. */
#ifndef SENSORS_LINK_H
#define SENSORS_LINK_H

#include "base/socket.h"
#include "base/status.h"
#include "sensors/keeper/keeper.h"
#include "sensors/station/station.h"

struct link {
	struct keeper_link keeper; /* what the keeper sees */
	struct uplink_socket *socket;
	struct key_pair own;
	char server_key[KEY_TEXT];
};

/* Read the keys and open the socket.  OK, NOT_FOUND (the station has no collector), or a problem
 * (a key that cannot be read). */
int link_open(struct link *link, const struct station *station, struct problem *why);
void link_close(struct link *link);

/* Could it read the keys?  OK (also without a collector), or the problem. */
int link_keys_check(const struct station *station, struct problem *why);

#endif
