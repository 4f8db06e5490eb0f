/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Modbus ASCII (Modbus over serial line 1.02, 2.5.2): two capital hexadecimal digits a
 * byte, between a colon and CR LF.
 *
 *   0  1  2  3  4  5  6  7  8  9  10 11 12 13 14 15 16
 *   :  0  1  0  3  0  0  0  0  0  0  0  2  F  A  CR LF
 *      slave fn    start       count       LRC
 *
 * LRC: two's complement of the sum of the bytes before it.  Nothing but a frame's first
 * character is a colon, so a cut frame is given up where the next one begins.  Small
 * letters are refused: one flipped bit makes them of capital ones, and the check sum
 * cannot tell.
 */
#include "sensors/drivers/modbus_ascii.h"

#include "base/bytes.h"
#include "base/crc.h"
#include "base/status.h"
#include "sensors/tables/driver.h"

#define AROUND 3 /* colon, CR, LF */
#define LEAST  3 /* slave, function, check sum */

size_t modbus_ascii_plain(const uint8_t *in, size_t n, uint8_t *out, size_t room)
{
	size_t bytes = 0;
	for (size_t i = 1; i + 1 < n && bytes < room; i += 2) {
		int high = hex_capital(in[i]), low = hex_capital(in[i + 1]);
		if (high < 0 || low < 0)
			break;
		out[bytes++] = (uint8_t)(high << 4 | low);
	}
	return bytes;
}

static bool sound(const uint8_t *in, size_t n)
{
	uint8_t bytes[MODBUS_PLAIN + 1];
	size_t plain = modbus_ascii_plain(in, n, bytes, sizeof bytes);
	return plain >= LEAST && lrc_modbus(bytes, plain - 1) == bytes[plain - 1];
}

int modbus_ascii_frame(const uint8_t *in, size_t n)
{
	size_t digits = 0;
	if (n > 0 && in[0] != ':')
		return FRAME_NONE;
	while (1 + digits < n && hex_capital(in[1 + digits]) >= 0)
		digits++;
	if (digits > 2 * (MODBUS_PLAIN + 1))
		return FRAME_NONE;
	if (1 + digits >= n)
		return FRAME_SHORT;
	if (in[1 + digits] != '\r' || digits % 2 != 0)
		return FRAME_NONE;
	if (2 + digits >= n)
		return FRAME_SHORT;
	if (in[2 + digits] != '\n' || !sound(in, n))
		return FRAME_NONE;
	return (int)digits + AROUND;
}

int modbus_ascii_get(const uint8_t *in, size_t n, uint8_t *out, size_t room)
{
	if (n == 0 || modbus_ascii_frame(in, n) != (int)n ||
	        (n - AROUND) / 2 - 1 > room)
		return MALFORMED;
	return (int)modbus_ascii_plain(in, n, out, (n - AROUND) / 2 - 1);
}

int modbus_ascii_put(const uint8_t *in, size_t n, uint8_t *out, size_t room)
{
	uint8_t lrc = lrc_modbus(in, n);
	if (n > MODBUS_PLAIN || room < 2 * (n + 1) + AROUND)
		return FULL;
	*out++ = ':';
	for (size_t i = 0; i <= n; i++) {
		uint8_t byte = i < n ? in[i] : lrc;
		*out++ = (uint8_t)hex_capital_of(byte >> 4);
		*out++ = (uint8_t)hex_capital_of(byte);
	}
	*out++ = '\r';
	*out++ = '\n';
	return (int)(2 * (n + 1) + AROUND);
}
