/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/coil.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "sensors/modbus.h"
#include "sensors/modbus_ascii.h"

#define WRITE_COIL 5
#define EXCEPTION  0x80
#define MBAP       6 /* bytes before the slave */

size_t coil_request(
        int framing, const struct coil *coil, uint16_t number, uint8_t out[COIL_FRAME])
{
	uint8_t plain[6] = { coil->slave, WRITE_COIL };
	put_be16(plain + 2, coil->address);
	put_be16(plain + 4, coil->on ? 0xff00 : 0);
	if (framing == FRAMING_ASCII)
		return (size_t)modbus_ascii_put(plain, sizeof plain, out, COIL_FRAME);
	memcpy(out + (framing == FRAMING_TCP ? MBAP : 0), plain, sizeof plain);
	if (framing != FRAMING_TCP) {
		put_le16(out + 6, crc16_modbus(out, 6));
		return 8;
	}
	put_be16(out, number);
	put_be16(out + 2, 0);
	put_be16(out + 4, 6);
	return MBAP + 6;
}

/* A refusal: slave and function of the request with its highest bit, and a code. */
static bool refuses(const uint8_t *request, const uint8_t *in)
{
	return in[0] == request[0] && in[1] == (WRITE_COIL | EXCEPTION) && in[2] != 0;
}

static int answer_rtu(
        const uint8_t *request, const uint8_t *in, size_t n, uint8_t *exception)
{
	if (memcmp(in, request, n < 8 ? n : 8) == 0)
		return n < 8 ? FRAME_SHORT : 8;
	if (in[0] != request[0] || (n > 1 && in[1] != (WRITE_COIL | EXCEPTION)))
		return FRAME_NONE;
	if (n < 5)
		return FRAME_SHORT;
	if (!refuses(request, in) || crc16_modbus(in, 3) != get_le16(in + 3))
		return FRAME_NONE;
	*exception = in[2];
	return 5;
}

static int answer_tcp(
        const uint8_t *request, const uint8_t *in, size_t n, uint8_t *exception)
{
	/* number, protocol 0, length: 6 of an answer, 3 of a refusal */
	if (memcmp(in, request, n < 4 ? n : 4) != 0 || (n > 4 && in[4] != 0) ||
	        (n > 5 && in[5] != 6 && in[5] != 3))
		return FRAME_NONE;
	if (n < MBAP || n < MBAP + (size_t)in[5])
		return FRAME_SHORT;
	if (in[5] == 6)
		return memcmp(in, request, MBAP + 6) == 0 ? MBAP + 6 : FRAME_NONE;
	if (!refuses(request + MBAP, in + MBAP))
		return FRAME_NONE;
	*exception = in[MBAP + 2];
	return MBAP + 3;
}

static int answer_ascii(
        const uint8_t *request, const uint8_t *in, size_t n, uint8_t *exception)
{
	uint8_t asked[6], said[8];
	int whole = modbus_ascii_frame(in, n);
	if (whole <= 0)
		return whole;
	int size = modbus_ascii_get(in, (size_t)whole, said, sizeof said);
	modbus_ascii_get(request, COIL_FRAME, asked, sizeof asked);
	if (size == sizeof asked && memcmp(said, asked, sizeof asked) == 0)
		return whole;
	if (size != 3 || !refuses(asked, said))
		return FRAME_NONE;
	*exception = said[2];
	return whole;
}

int coil_answer(int framing, const uint8_t *request, const uint8_t *in, size_t n,
        uint8_t *exception)
{
	*exception = 0;
	if (n == 0)
		return FRAME_SHORT;
	if (framing == FRAMING_ASCII)
		return answer_ascii(request, in, n, exception);
	if (framing == FRAMING_TCP)
		return answer_tcp(request, in, n, exception);
	return answer_rtu(request, in, n, exception);
}
