/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An answer of Modbus RTU carries no number: slave, function and byte count are all that
 * ties it to its request.  One that comes late, or a request later for ever, passes for the
 * answer to the next like request.  So after a request that was not answered the next one
 * is such that its answer cannot be taken for any that may still come: as long as the block
 * itself is among those, one, two or three registers of it are asked for.  An answer of that
 * size shows that the line is in step again.
 *
 *     request  10 registers   nothing comes          owed: 10
 *     request   1 register    answer of 10: late     owed: 10, 1
 *     request   2 registers   answer of 1: late      owed: 10, 1, 2
 *     request   3 registers   answer of 3: in step   owed: nothing; the block is asked for
 *
 * Whoever refuses such a request (exceptions 1 to 4), or leaves it unanswered, is asked for
 * the block after three others.
 */
#ifndef SENSORS_MODBUS_STEP_H
#define SENSORS_MODBUS_STEP_H

#include "sensors/modbus.h"

#define MODBUS_OWED 3

/* Requests whose answers may still come, the newest last. */
struct modbus_owed {
	size_t n;
	struct modbus_request request[MODBUS_OWED];
};

/* Note a request that goes out; the oldest is forgotten. */
void modbus_owed_add(struct modbus_owed *owed, const struct modbus_request *request);

/* The request itself; or, where an answer that is owed would pass for its answer, one to
 * the same place that has an answer of another size. */
struct modbus_request modbus_owed_next(
        const struct modbus_owed *owed, const struct modbus_request *wanted);

/* Length of a sound answer to one that is owed, other than `asked`, at in[0]; FRAME_SHORT or
 * FRAME_NONE. */
int modbus_owed_frame(const struct modbus_owed *owed, int framing,
        const struct modbus_request *asked, const uint8_t *in, size_t n);

#endif
