/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests and answers of functions 1 to 4, as bytes.
 *
 *          0     1  2  3  4  5  6     7    8
 *   RTU    slave fn start count crc          request, 8 bytes
 *          slave fn n  data ..... crc        answer, 5 + n
 *          slave fn+80 code crc              exception, 5
 *   TCP    number 0  0  len   slave fn  ...  the same from `slave` on, no crc; len
 * counts them
 *   ASCII  sensors/drivers/modbus_ascii.c
 *
 * A frame is found by its length: no gap can be trusted behind a USB adapter or a
 * serial server.
 */
#include "sensors/drivers/modbus.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "sensors/drivers/modbus_ascii.h"

const char *const modbus_framings[] = { "rtu", "tcp", "rtu-over-tcp", "ascii", NULL };

size_t modbus_answer_size(const struct modbus_request *request)
{
	if (request->function <= 2)
		return ((size_t)request->count + 7) / 8;
	return 2 * (size_t)request->count;
}

static bool request_possible(const struct modbus_request *request)
{
	size_t most = request->function <= 2 ? MODBUS_BITS : MODBUS_REGISTERS;
	return request->function >= 1 && request->function <= 4 &&
	       request->count >= 1 && request->count <= most &&
	       (size_t)request->start + request->count <= 65536;
}

int modbus_close_frame(
        const struct modbus_wire *wire, const uint8_t *plain, uint8_t *out, size_t room)
{
	size_t n = wire->n, head = wire->framing == FRAMING_TCP ? MODBUS_MBAP : 0;
	if (wire->framing == FRAMING_ASCII)
		return modbus_ascii_put(plain, n, out, room);
	if (room < n + (head > 0 ? head : MODBUS_CRC))
		return FULL;
	memcpy(out + head, plain, n);
	if (head == 0) {
		put_le16(out + n, crc16_modbus(out, n));
		return (int)n + MODBUS_CRC;
	}
	put_be16(out, wire->number);
	put_be16(out + 2, 0);
	put_be16(out + 4, (uint16_t)n);
	return (int)n + MODBUS_MBAP;
}

int modbus_request_put(
        int framing, const struct modbus_request *request, uint8_t *out, size_t room)
{
	uint8_t plain[6] = { request->slave, request->function };
	struct modbus_wire wire = { framing, request->number, sizeof plain };
	if (!request_possible(request))
		return REFUSED;
	put_be16(plain + 2, request->start);
	put_be16(plain + 4, request->count);
	return modbus_close_frame(&wire, plain, out, room);
}

int modbus_answer_put(int framing, const struct modbus_request *request,
        const uint8_t *data, uint8_t *out, size_t room)
{
	size_t size = modbus_answer_size(request);
	uint8_t plain[MODBUS_PLAIN] = { request->slave, request->function,
		(uint8_t)size };
	struct modbus_wire wire = { framing, request->number, 3 + size };
	if (wire.n > sizeof plain)
		return FULL;
	memcpy(plain + 3, data, size);
	return modbus_close_frame(&wire, plain, out, room);
}

int modbus_exception_put(int framing, const struct modbus_request *request,
        uint8_t exception, uint8_t *out, size_t room)
{
	uint8_t plain[3] = { request->slave, request->function | MODBUS_EXCEPTION,
		exception };
	struct modbus_wire wire = { framing, request->number, sizeof plain };
	return modbus_close_frame(&wire, plain, out, room);
}

/* Length from slave on of the answer to `request`, FRAME_SHORT or FRAME_NONE. */
static int answer_length(
        const struct modbus_request *request, const uint8_t *in, size_t n)
{
	if (n >= 1 && in[0] != request->slave)
		return FRAME_NONE;
	if (n < 2)
		return FRAME_SHORT;
	if (in[1] == (request->function | MODBUS_EXCEPTION))
		return 3;
	if (in[1] != request->function)
		return FRAME_NONE;
	if (n < 3)
		return FRAME_SHORT;
	size_t size = modbus_answer_size(request);
	return in[2] == size ? (int)size + 3 : FRAME_NONE;
}

static int rtu_whole(int length, const uint8_t *in, size_t n)
{
	if (length <= 0)
		return length;
	if (n < (size_t)length + MODBUS_CRC)
		return FRAME_SHORT;
	if (crc16_modbus(in, (size_t)length) != get_le16(in + length))
		return FRAME_NONE;
	return length + MODBUS_CRC;
}

int modbus_tcp_frame(const uint8_t *in, size_t n)
{
	if ((n > 2 && in[2] != 0) || (n > 3 && in[3] != 0) || (n > 4 && in[4] != 0))
		return FRAME_NONE;
	if (n < MODBUS_MBAP)
		return FRAME_SHORT;
	if (in[5] < 3 || in[5] > MODBUS_PLAIN)
		return FRAME_NONE;
	return n < (size_t)in[5] + MODBUS_MBAP ? FRAME_SHORT : in[5] + MODBUS_MBAP;
}

/* Whether n bytes, from slave on, are the answer to `request`, all of it and no more. */
static bool answers(const struct modbus_request *request, const uint8_t *in, size_t n)
{
	return answer_length(request, in, n) == (int)n;
}

/* Zeros among the numbers of half a message look like the begin of somebody's frame, which would be waited
 * for beyond the answer: nine bytes, and the length, say that this is it. */
static bool answer_behind(
        const struct modbus_request *request, const uint8_t *in, size_t n)
{
	for (size_t at = 1; at + MODBUS_MBAP < n; at++) {
		if (get_be16(in + at) != request->number)
			continue;
		int whole = modbus_tcp_frame(in + at, n - at);
		if (whole > 0 && answers(request, in + at + MODBUS_MBAP,
		                         (size_t)whole - MODBUS_MBAP))
			return true;
	}
	return false;
}

static int ascii_answer(
        const struct modbus_request *request, const uint8_t *in, size_t n)
{
	uint8_t plain[MODBUS_PLAIN];
	int whole = modbus_ascii_frame(in, n);
	if (whole <= 0)
		return whole;
	size_t got = modbus_ascii_plain(in, (size_t)whole - 4, plain, sizeof plain);
	return answers(request, plain, got) ? whole : FRAME_NONE;
}

int modbus_answer_frame(
        int framing, const struct modbus_request *request, const uint8_t *in, size_t n)
{
	if (framing == FRAMING_ASCII)
		return ascii_answer(request, in, n);
	if (framing != FRAMING_TCP)
		return rtu_whole(answer_length(request, in, n), in, n);
	int whole = modbus_tcp_frame(in, n);
	if (whole == FRAME_SHORT && answer_behind(request, in, n))
		return FRAME_NONE;
	if (whole <= 0 || get_be16(in) != request->number)
		return whole;
	return answers(request, in + MODBUS_MBAP, (size_t)whole - MODBUS_MBAP)
	               ? whole
	               : FRAME_NONE;
}

int modbus_answer_get(int framing, const struct modbus_request *request,
        const uint8_t *in, size_t n, bool numbered, struct modbus_answer *out)
{
	struct modbus_request expected = *request;
	*out = (struct modbus_answer){ .exception = 0 };
	if (n < 5)
		return MALFORMED;
	if (framing == FRAMING_TCP && !numbered)
		expected.number = get_be16(in);
	if (modbus_answer_frame(framing, &expected, in, n) != (int)n)
		return MALFORMED;
	if (framing == FRAMING_TCP && get_be16(in) != expected.number)
		return MALFORMED;
	const uint8_t *at = framing == FRAMING_TCP ? in + MODBUS_MBAP : in;
	if (framing == FRAMING_ASCII) {
		modbus_ascii_get(in, n, out->plain, sizeof out->plain);
		at = out->plain;
	}
	if (at[1] & MODBUS_EXCEPTION) {
		out->exception = at[2];
		return REFUSED;
	}
	out->data = at + 3;
	out->size = at[2];
	return OK;
}

/* Length of a request that starts at in[0]; *at becomes its six bytes from slave on. */
static int request_whole(int framing, const uint8_t *in, size_t n, uint8_t at[6])
{
	int whole;
	if (framing == FRAMING_ASCII) {
		whole = modbus_ascii_frame(in, n);
		if (whole > 0 && modbus_ascii_get(in, (size_t)whole, at, 6) != 6)
			return FRAME_NONE;
		return whole;
	}
	whole = framing == FRAMING_TCP ? modbus_tcp_frame(in, n) : rtu_whole(6, in, n);
	if (framing == FRAMING_TCP && whole > 0 && whole != 6 + MODBUS_MBAP)
		return FRAME_NONE;
	if (whole > 0)
		memcpy(at, framing == FRAMING_TCP ? in + MODBUS_MBAP : in, 6);
	return whole;
}

int modbus_request_get(
        int framing, const uint8_t *in, size_t n, struct modbus_request *out)
{
	uint8_t at[6];
	int whole = request_whole(framing, in, n, at);
	if (whole <= 0)
		return whole;
	*out = (struct modbus_request){
		.slave = at[0],
		.function = at[1],
		.start = get_be16(at + 2),
		.count = get_be16(at + 4),
		.number = framing == FRAMING_TCP ? get_be16(in) : 0,
	};
	return request_possible(out) ? whole : FRAME_NONE;
}

const char *modbus_exception_text(uint8_t exception)
{
	static const char *const text[] = {
		[1] = "illegal function",
		[2] = "illegal data address",
		[3] = "illegal data value",
		[4] = "device failure",
		[5] = "acknowledged, still working",
		[6] = "busy",
		[8] = "memory parity error",
		[10] = "gateway: no path to the device",
		[11] = "gateway: the device behind it does not answer",
	};
	if (exception >= sizeof text / sizeof text[0] || text[exception] == NULL)
		return "unknown exception";
	return text[exception];
}
