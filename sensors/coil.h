/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing one coil, only where a configuration orders it
 * (the pulse of an automatic sampler).  Modbus application protocol 1.1b3, 6.5.  Pure.
 *
 *          0     1  2   3   4   5  6   7
 *   RTU    slave 05 address  FF 00 crc      on; off is 00 00.  The answer is the same bytes
 *          slave 85 code crc                a refusal
 *   ASCII  : the bytes from slave on as text, check sum, CR LF
 *   TCP    number 0 0 0 6 slave 05 ...      the same from `slave` on, without crc
 */
#ifndef SENSORS_COIL_H
#define SENSORS_COIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/driver.h"

#define COIL_FRAME 17 /* longest request and answer, of ASCII */

struct coil {
	uint8_t slave;
	uint16_t address; /* as on the wire, from 0 */
	bool on;
};

/* Write the request; its length. */
size_t coil_request(
        int framing, const struct coil *coil, uint16_t number, uint8_t out[COIL_FRAME]);

/* Length of the answer to this request that starts at in[0], FRAME_SHORT or FRAME_NONE; *exception is its
 * code, 0: it was written. */
int coil_answer(int framing, const uint8_t *request, const uint8_t *in, size_t n,
        uint8_t *exception);

#endif
