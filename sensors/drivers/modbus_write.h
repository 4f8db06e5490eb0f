/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Modbus, the functions that write: 5, 6, 15 and 16 (application protocol 1.1b3, 6.5, 6.6, 6.11,
 * 6.12).  Only where a configuration or a person orders it: the pulse of an automatic sampler
 * (sensors/drivers/coil.h), a command to an instrument (sensors/tables/command.h).  Pure.
 *
 *           0     1  2  3    4  5   6      7 ...
 *    5 RTU  slave 05 address FF 00  crc            a coil on; off is 00 00.  Answer: the same bytes
 *    6 RTU  slave 06 address value  crc            a register.  Answer: the same bytes
 *   15 RTU  slave 0F address count  n      bits ... crc      first coil: lowest bit of the first byte
 *   16 RTU  slave 10 address count  n      registers ... crc
 *           slave 0F|10 address count crc          the answer of both
 *           slave fn+80 code crc                   a refusal
 *   ASCII  : the bytes from slave on as text, check sum, CR LF
 *   TCP    number 0 0 length slave ...             the same from `slave` on, without crc
 */
#ifndef SENSORS_MODBUS_WRITE_H
#define SENSORS_MODBUS_WRITE_H

#include <stddef.h>
#include <stdint.h>

#define MODBUS_WRITE_DATA 32 /* bytes in one request: 16 registers, 256 coils */
#define MODBUS_WRITE_FRAME                                                             \
	(2 * (7 + MODBUS_WRITE_DATA + 1) + 3) /* longest request, of ASCII */
#define MODBUS_WRITE_ANSWER 17                /* longest answer, of ASCII */

enum { WRITE_COIL = 5, WRITE_REGISTER = 6, WRITE_COILS = 15, WRITE_REGISTERS = 16 };

struct modbus_write {
	uint8_t slave, function;
	uint16_t address,
	        count;   /* as on the wire, from 0; count of functions 15 and 16 */
	uint16_t number; /* TCP: given back by the answer */
	size_t size;
	uint8_t data
	        [MODBUS_WRITE_DATA]; /* as on the wire: FF 00 of a coil that is on */
};

/* Write the request; its length, REFUSED (no function that writes, too much) or FULL. */
int modbus_write_put(
        int framing, const struct modbus_write *write, uint8_t *out, size_t room);

/* Length of the answer to this request (whole, as put above) that starts at in[0], FRAME_SHORT or
 * FRAME_NONE; *exception is its code, 0: it was written. */
int modbus_write_answer(int framing, const uint8_t *request, const uint8_t *in,
        size_t n, uint8_t *exception);

/* ---- the answering side, for the simulator ---- */

/* Length of the request that starts at in[0], FRAME_SHORT or FRAME_NONE. */
int modbus_write_get(
        int framing, const uint8_t *in, size_t n, struct modbus_write *out);

/* Write the answer, exception 0: that it was written; its length or FULL. */
int modbus_write_say(int framing, const struct modbus_write *write, uint8_t exception,
        uint8_t out[MODBUS_WRITE_ANSWER]);

#endif
