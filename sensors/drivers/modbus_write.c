/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/drivers/modbus_write.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/status.h"
#include "sensors/drivers/modbus.h"

#define HEAD 6 /* from slave on: what a request begins with, and an answer says again */

static bool is_several(uint8_t function)
{
	return function == WRITE_COILS || function == WRITE_REGISTERS;
}

/* Bytes of data so many items take. */
static size_t data_size(uint8_t function, size_t count)
{
	if (function == WRITE_COILS)
		return (count + 7) / 8;
	return function == WRITE_REGISTERS ? 2 * count : 2;
}

static bool possible(const struct modbus_write *write)
{
	size_t count = is_several(write->function) ? write->count : 1;
	return (write->function == WRITE_COIL || write->function == WRITE_REGISTER ||
	               is_several(write->function)) &&
	       count > 0 && (size_t)write->address + count <= 65536 &&
	       write->size == data_size(write->function, count) &&
	       write->size <= MODBUS_WRITE_DATA;
}

int modbus_write_put(
        int framing, const struct modbus_write *write, uint8_t *out, size_t room)
{
	uint8_t plain[HEAD + 1 + MODBUS_WRITE_DATA] = { write->slave, write->function };
	size_t n = 4;
	if (!possible(write))
		return REFUSED;
	put_be16(plain + 2, write->address);
	if (is_several(write->function)) {
		put_be16(plain + 4, write->count);
		plain[HEAD] = (uint8_t)write->size;
		n = HEAD + 1;
	}
	memcpy(plain + n, write->data, write->size);
	const struct modbus_wire wire = { framing, write->number, n + write->size };
	return modbus_close_frame(&wire, plain, out, room);
}

/* ---- its answer ---- */

/* The first six bytes of a request, from slave on. */
static void head_of(int framing, const uint8_t *request, uint8_t out[HEAD])
{
	if (framing == FRAMING_ASCII)
		modbus_ascii_plain(request, 1 + 2 * HEAD, out, HEAD);
	else
		memcpy(out, request + (framing == FRAMING_TCP ? MODBUS_MBAP : 0), HEAD);
}

/* Slave and function of the request with its highest bit, and a code. */
static bool refuses(const uint8_t head[HEAD], const uint8_t *in)
{
	return in[0] == head[0] && in[1] == (head[1] | MODBUS_EXCEPTION) && in[2] != 0;
}

static int refusal_rtu(
        const uint8_t head[HEAD], const uint8_t *in, size_t n, uint8_t *exception)
{
	if (in[0] != head[0] || (n > 1 && in[1] != (head[1] | MODBUS_EXCEPTION)))
		return FRAME_NONE;
	if (n < 5)
		return FRAME_SHORT;
	if (!refuses(head, in) || crc16_modbus(in, 3) != get_le16(in + 3))
		return FRAME_NONE;
	*exception = in[2];
	return 5;
}

static int refusal_tcp(
        const uint8_t *request, const uint8_t *in, size_t n, uint8_t *exception)
{
	static const uint8_t length[2] = { 0, 3 };
	if (memcmp(in, request, n < 4 ? n : 4) != 0 ||
	        (n > 4 && memcmp(in + 4, length, n < MODBUS_MBAP ? n - 4 : 2) != 0))
		return FRAME_NONE;
	if (n < MODBUS_MBAP + 3)
		return FRAME_SHORT;
	if (!refuses(request + MODBUS_MBAP, in + MODBUS_MBAP))
		return FRAME_NONE;
	*exception = in[MODBUS_MBAP + 2];
	return MODBUS_MBAP + 3;
}

static int refusal_ascii(
        const uint8_t head[HEAD], const uint8_t *in, size_t n, uint8_t *exception)
{
	uint8_t said[HEAD];
	int whole = modbus_ascii_frame(in, n);
	if (whole <= 0)
		return whole;
	if (modbus_ascii_get(in, (size_t)whole, said, sizeof said) != 3 ||
	        !refuses(head, said))
		return FRAME_NONE;
	*exception = said[2];
	return whole;
}

int modbus_write_answer(int framing, const uint8_t *request, const uint8_t *in,
        size_t n, uint8_t *exception)
{
	uint8_t head[HEAD], done[MODBUS_WRITE_ANSWER];
	struct modbus_wire wire = { framing,
		framing == FRAMING_TCP ? get_be16(request) : 0, HEAD };
	*exception = 0;
	if (n == 0)
		return FRAME_SHORT;
	head_of(framing, request, head);
	size_t size = (size_t)modbus_close_frame(&wire, head, done, sizeof done);
	if (memcmp(in, done, n < size ? n : size) == 0)
		return n < size ? FRAME_SHORT : (int)size;
	if (framing == FRAMING_ASCII)
		return refusal_ascii(head, in, n, exception);
	if (framing == FRAMING_TCP)
		return refusal_tcp(request, in, n, exception);
	return refusal_rtu(head, in, n, exception);
}

/* ---- the answering side ---- */

/* n bytes from slave on; REFUSED if they are no request that writes. */
static int take(const uint8_t *plain, size_t n, struct modbus_write *out)
{
	size_t at = is_several(plain[1]) ? HEAD + 1 : 4;
	*out = (struct modbus_write){ .slave = plain[0],
		.function = plain[1],
		.address = get_be16(plain + 2),
		.count = is_several(plain[1]) ? get_be16(plain + 4) : 1,
		.number = out->number };
	if (n < at + 1 || n - at > sizeof out->data ||
	        (is_several(plain[1]) && plain[HEAD] != n - at))
		return REFUSED;
	out->size = n - at;
	memcpy(out->data, plain + at, out->size);
	return possible(out) ? OK : REFUSED;
}

static int get_rtu(const uint8_t *in, size_t n, struct modbus_write *out)
{
	if (n < 2 || (is_several(in[1]) && n < HEAD + 1))
		return FRAME_SHORT;
	size_t size = is_several(in[1]) ? HEAD + 1 + in[HEAD] : HEAD;
	if (size > HEAD + 1 + MODBUS_WRITE_DATA)
		return FRAME_NONE;
	if (in[1] != WRITE_COIL && in[1] != WRITE_REGISTER && !is_several(in[1]))
		return FRAME_NONE;
	if (n < size + 2)
		return FRAME_SHORT;
	if (crc16_modbus(in, size) != get_le16(in + size) || take(in, size, out) != OK)
		return FRAME_NONE;
	return (int)size + 2;
}

static int get_tcp(const uint8_t *in, size_t n, struct modbus_write *out)
{
	int whole = modbus_tcp_frame(in, n);
	if (whole <= 0)
		return whole;
	size_t size = (size_t)whole - MODBUS_MBAP;
	out->number = get_be16(in);
	return size >= HEAD && take(in + MODBUS_MBAP, size, out) == OK ? whole
	                                                               : FRAME_NONE;
}

int modbus_write_get(int framing, const uint8_t *in, size_t n, struct modbus_write *out)
{
	uint8_t plain[HEAD + 1 + MODBUS_WRITE_DATA];
	out->number = 0;
	if (framing == FRAMING_TCP)
		return get_tcp(in, n, out);
	if (framing != FRAMING_ASCII)
		return get_rtu(in, n, out);
	int whole = modbus_ascii_frame(in, n);
	if (whole <= 0)
		return whole;
	int got = modbus_ascii_get(in, (size_t)whole, plain, sizeof plain);
	return got >= HEAD && take(plain, (size_t)got, out) == OK ? whole : FRAME_NONE;
}

int modbus_write_say(int framing, const struct modbus_write *write, uint8_t exception,
        uint8_t out[MODBUS_WRITE_ANSWER])
{
	uint8_t plain[HEAD] = { write->slave, write->function };
	struct modbus_wire wire = { framing, write->number, HEAD };
	put_be16(plain + 2, write->address);
	if (is_several(write->function))
		put_be16(plain + 4, write->count);
	else
		memcpy(plain + 4, write->data, 2);
	if (exception != 0) {
		plain[1] |= MODBUS_EXCEPTION;
		plain[2] = exception;
		wire.n = 3;
	}
	return modbus_close_frame(&wire, plain, out, MODBUS_WRITE_ANSWER);
}
