/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One coil, only where a configuration orders it (the pulse of an automatic sampler): what is
 * written is in sensors/drivers/modbus_write.h. */
#ifndef SENSORS_COIL_H
#define SENSORS_COIL_H

#include <stdbool.h>
#include <stdint.h>

#include "sensors/drivers/modbus_write.h"

#define COIL_FRAME MODBUS_WRITE_ANSWER /* longest request and answer, of ASCII */

struct coil {
	uint8_t slave;
	uint16_t address; /* as on the wire, from 0 */
	bool on;
};

/* The request that writes it. */
static inline struct modbus_write coil_write(const struct coil *coil)
{
	return (struct modbus_write){ .slave = coil->slave,
		.function = WRITE_COIL,
		.address = coil->address,
		.size = 2,
		.data = { coil->on ? 0xff : 0 } };
}

#endif
