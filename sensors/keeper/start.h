/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Would quantrac-sensord start here with this configuration?  What its start asks of the machine is asked by the
 * same functions, and nothing is made, taken or opened for it. */
#ifndef SENSORS_START_H
#define SENSORS_START_H

#include "base/status.h"
#include "sensors/station/station.h"

enum start_doubt {
	START_ABSENT, /* it starts, and looks for what is not there: a cable may be out */
	START_UNSEEN,  /* this user may not look; the one sensord runs as may */
	START_REFUSED, /* it would end at once, with these words */
};

struct start_told {
	void *context;
	void (*tell)(void *context, enum start_doubt doubt, const char *text);
};

/* Tell every doubt.  OK, or the status of the first that is START_REFUSED; *why is that one's. */
int start_check(const struct station *station, const struct start_told *told,
        struct problem *why);

#endif
