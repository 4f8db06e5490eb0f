/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of a cabinet's journal: made, and taken for one sensord alone. */
#ifndef SENSORS_HOME_H
#define SENSORS_HOME_H

#include <limits.h>

#include "base/status.h"
#include "sensors/station/station.h"

struct home {
	char folder[PATH_MAX];     /* of the journal */
	char state_path[PATH_MAX]; /* of the live view */
	int lock;
};

/* OK; REFUSED (EXIT_TRY_AGAIN): another sensord has it; FAILED (EXIT_CONFIG). */
int home_open(struct home *home, const struct station *station, struct problem *why);
/* Could home_open do so?  Nothing is made.  OK, also while another sensord has it; REFUSED: this user may not
 * write there; FAILED (EXIT_CONFIG, in the words of home_open): nobody can. */
int home_look(const struct station *station, struct problem *why);
void home_close(struct home *home);

#endif
