/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Modbus driver of an instrument that another master asks, or that is pushed to. */
#ifndef SENSORS_MODBUS_HEAR_H
#define SENSORS_MODBUS_HEAR_H

#include "sensors/drivers/modbus_listen.h"

struct modbus_ear {
	const struct instrument *instrument;
	struct modbus_tap tap;
	struct modbus_tap_counts told; /* by modbus_ear_unpaired */
	struct modbus_listen listen;
};

/* driver->begin, ->hear, ->heard, ->unpaired and ->missed of an ear. */
void modbus_ear_begin(struct modbus_ear *ear, const struct instrument *instrument);
void modbus_ear_hear(
        struct modbus_ear *ear, const uint8_t *in, size_t n, const struct moment *when);
int modbus_ear_heard(struct modbus_ear *ear, bool wanted, struct heard *out);
void modbus_ear_unpaired(struct modbus_ear *ear, struct unpaired *out);
int modbus_ear_missed(struct modbus_ear *ear);

#endif
