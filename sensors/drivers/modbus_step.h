/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An answer of Modbus RTU carries no number: slave, function and byte count are all that ties it to
 * its request.  So whether a line is in step shows by a request whose answer has a byte count of its
 * own (sensors/poller/poller_owed.c says when that is asked for).
 *
 *     block   10 registers   trial 0   1 register     trial 1   2 registers   ...
 */
#ifndef SENSORS_MODBUS_STEP_H
#define SENSORS_MODBUS_STEP_H

#include "sensors/drivers/modbus.h"

/* Most registers, or bytes of bits, of a trial. */
#define MODBUS_TRIAL 16

/* Trial i: so many registers, or bits, from the start of a block, as no block of this function and no
 * other trial has.  False: there are not so many. */
bool modbus_trial(const struct instrument *instrument, size_t block, size_t i,
        struct modbus_request *out);

#endif
