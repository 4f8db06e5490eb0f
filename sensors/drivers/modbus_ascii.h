/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modbus ASCII: the frames of RTU written as text (sensors/drivers/modbus_ascii.c draws one). */
#ifndef SENSORS_MODBUS_ASCII_H
#define SENSORS_MODBUS_ASCII_H

#include <stddef.h>
#include <stdint.h>

#define MODBUS_PLAIN 254 /* most bytes from slave on: slave, function, 252 of data */
#define MODBUS_ASCII (2 * (MODBUS_PLAIN + 1) + 3) /* longest frame, 513 */

/* Length of the frame that starts at in[0], whatever it says, FRAME_SHORT, or FRAME_NONE
 * (no colon, no capital hexadecimal digits, too long, wrong check sum). */
int modbus_ascii_frame(const uint8_t *in, size_t n);

/* Bytes of a frame, from slave on and without the check sum, as far as n characters hold
 * them whole (a frame not yet complete too); their number, at most `room`. */
size_t modbus_ascii_plain(const uint8_t *in, size_t n, uint8_t *out, size_t room);

/* The bytes of a whole frame; their number, or MALFORMED. */
int modbus_ascii_get(const uint8_t *in, size_t n, uint8_t *out, size_t room);

/* Write n bytes, from slave on, as a frame; its length or FULL. */
int modbus_ascii_put(const uint8_t *in, size_t n, uint8_t *out, size_t room);

#endif
