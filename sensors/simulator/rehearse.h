/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * History without ports: the real poller asks the instruments of a scenario over ports without a
 * wire, by a clock that is moved by hand.  What comes out is what sensord would have written, real
 * frames inside, thousands of times faster.  Of the cabinet's own senses those are played that are instruments
 * and coils; of the machine this runs on nothing is looked at.
 */
#ifndef SENSORS_REHEARSE_H
#define SENSORS_REHEARSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "sensors/simulator/scenario.h"
#include "sensors/station/station.h"

struct rehearsal {
	const struct station *station;
	const struct scenario *
	        scenario; /* begun: scenario_begin; its ports called as the station's */
	int64_t from_us,
	        to_us; /* UTC; the first poll is at from_us, none begins at to_us or later */
	const char *
	        memory; /* file for what the cabinet remembers at the end; NULL: none */
	/* One record, epoch and seq 0; DESCRIBEs come first.  OK, or a reason to stop. */
	int (*each)(void *with, uint8_t *record, size_t n, int64_t time_us);
	void *with;
};

/* Records handed over, or a problem.  Says nothing to the log. */
int64_t rehearse(const struct rehearsal *rehearsal, struct problem *why);

#endif
