/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tap has heard of one request, out of the bytes that are kept of it. */
#ifndef SENSORS_MODBUS_HEARD_H
#define SENSORS_MODBUS_HEARD_H

#include "sensors/drivers/modbus_tap.h"

struct modbus_heard {                  /* not to be copied: `data` may point into it */
	struct modbus_request request; /* functions 1 to 4, and 16: registers pushed */
	uint8_t state; /* STATE_OK, STATE_SILENT, STATE_GARBLED or STATE_REFUSED */
	struct modbus_answer answer; /* its data: NULL unless STATE_OK */
};

/* What a request frame, followed by its answer or by what came instead, says.  Registers
 * pushed (16) count when the slave took them or nobody answered: a plant's master may
 * push to an address where nobody is but us.  OK, or MALFORMED: it begins with no
 * request. */
int modbus_heard_get(
        int framing, const uint8_t *in, size_t n, struct modbus_heard *out);

#endif
