/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac-sensord --check: whether the station could be started here. */
#ifndef SENSORS_SENSORD_CHECK_H
#define SENSORS_SENSORD_CHECK_H

#include "base/counted.h"
#include "sensors/station/station.h"

/* Frees the station; 0, or ends the program with what is wrong. */
int sensord_check(struct station *station, const char *path);

/* "5 instruments on 3 ports" */
#define READ_THERE (2 * COUNTED + 8)
const char *sensord_read_there(const struct station *station, char out[READ_THERE]);

#endif
