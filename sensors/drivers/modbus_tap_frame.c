/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames between another master and its slaves (Modbus application protocol 1.1b3, 6),
 * from slave on, without check sum:
 *
 *          request                                answer
 *   1..4   slave fn start(2) count(2)             slave fn bytes data...
 *   5, 6   slave fn item(2) value(2)              the same
 *   15,16  slave fn start(2) count(2) bytes ...   slave fn start(2) count(2)
 *   22     slave fn item(2) and(2) or(2)          the same
 *   23     slave fn start(2) count(2) start(2)    slave fn bytes data...
 *          count(2) bytes data...
 *   any                                           slave fn+80 code
 *
 * Whether six bytes ask or answer is not written in them.  Lengths are tried from the
 * shortest on, and the check sum decides.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "sensors/drivers/modbus_tap.h"

#define BYTES_MOST      250 /* of 2000 items, or of 125 registers */
#define WRITE_MOST      123 /* registers of function 16 */
#define COILS_MOST      1968
#define READ_WRITE_MOST 121

static bool range_possible(const uint8_t *in, size_t most)
{
	size_t start = get_be16(in), count = get_be16(in + 2);
	return count >= 1 && count <= most && start + count <= 65536;
}

static bool size_possible(uint8_t function, size_t bytes)
{
	return bytes >= 1 && bytes <= BYTES_MOST && (function <= 2 || bytes % 2 == 0);
}

/* Bytes of data that a write of 15 or 16 has to have; 0: it cannot be one. */
static size_t bytes_written(const uint8_t *in)
{
	size_t count = get_be16(in + 4);
	if (!range_possible(in + 2, in[1] == 15 ? COILS_MOST : WRITE_MOST))
		return 0;
	return in[1] == 15 ? (count + 7) / 8 : 2 * count;
}

/* Whether eleven bytes begin a request of function 23. */
static bool begins_both(const uint8_t *in)
{
	return range_possible(in + 2, MODBUS_REGISTERS) &&
	       range_possible(in + 6, READ_WRITE_MOST) &&
	       in[10] == 2 * get_be16(in + 8);
}

static unsigned kinds_of_read(const uint8_t *in, size_t n)
{
	unsigned kinds = 0;
	if (n == 6 &&
	        range_possible(in + 2, in[1] <= 2 ? MODBUS_BITS : MODBUS_REGISTERS))
		kinds |= TAP_REQUEST;
	if (size_possible(in[1], in[2]) && n == 3 + (size_t)in[2])
		kinds |= TAP_ANSWER;
	return kinds;
}

static unsigned kinds_of_write(const uint8_t *in, size_t n)
{
	if (n < 6 || bytes_written(in) == 0)
		return 0;
	if (n == 6)
		return TAP_ANSWER;
	return in[6] == bytes_written(in) && n == 7 + (size_t)in[6] ? TAP_REQUEST : 0;
}

static unsigned kinds_of_both(const uint8_t *in, size_t n)
{
	unsigned kinds = 0;
	if (size_possible(in[1], in[2]) && n == 3 + (size_t)in[2])
		kinds |= TAP_ANSWER;
	if (n > 11 && begins_both(in) && n == 11 + (size_t)in[10])
		kinds |= TAP_REQUEST;
	return kinds;
}

unsigned modbus_tap_kinds(const uint8_t *in, size_t n)
{
	if (n < 3)
		return 0;
	if (in[1] & MODBUS_EXCEPTION)
		return n == 3 && in[2] != 0 ? TAP_EXCEPTION : 0;
	switch (in[1]) {
	case 1:
	case 2:
	case 3:
	case 4:
		return kinds_of_read(in, n);
	case 5:
	case 6:
		return n == 6 ? TAP_REQUEST | TAP_ANSWER : 0;
	case 15:
	case 16:
		return kinds_of_write(in, n);
	case 22:
		return n == 8 ? TAP_REQUEST | TAP_ANSWER : 0;
	case 23:
		return kinds_of_both(in, n);
	default:
		return 0;
	}
}

/* Lengths, from slave on, that a frame beginning like this may have, the shorter first; 0
 * in the second place: there is none, or it is not known before more bytes have come. */
static void lengths(const uint8_t *in, size_t n, size_t out[2])
{
	size_t counted = size_possible(in[1], in[2]) ? 3 + (size_t)in[2] : 0;
	out[0] = 6;
	out[1] = 0;
	if (in[1] & MODBUS_EXCEPTION) {
		out[0] = 3;
	} else if (in[1] <= 4) {
		out[0] = counted > 0 && counted < 6 ? counted : 6;
		out[1] = counted > 0 && counted < 6 ? 6 : counted;
	} else if (in[1] == 22) {
		out[0] = 8;
	} else if (in[1] == 15 || in[1] == 16) {
		if (n > 6 && in[6] == bytes_written(in))
			out[1] = 7 + (size_t)in[6];
	} else if (in[1] == 23) {
		size_t asked = n > 10 && begins_both(in) ? 11 + (size_t)in[10] : 0;
		bool swap = counted == 0 || (asked > 0 && asked < counted);
		out[0] = swap ? asked : counted;
		out[1] = swap ? counted : asked;
	}
}

static bool known_function(uint8_t function)
{
	function &= (uint8_t)~MODBUS_EXCEPTION;
	return (function >= 1 && function <= 6) || function == 15 || function == 16 ||
	       function == 22 || function == 23;
}

static int rtu_frame(const uint8_t *in, size_t n)
{
	size_t length[2];
	if (n >= 2 && !known_function(in[1]))
		return FRAME_NONE;
	if (n < 5)
		return FRAME_SHORT;
	lengths(in, n, length);
	for (int i = 0; i < 2 && length[i] > 0; i++) {
		size_t end = length[i];
		if (n < end + MODBUS_CRC)
			return FRAME_SHORT;
		if (modbus_tap_kinds(in, end) != 0 &&
		        crc16_modbus(in, end) == get_le16(in + end))
			return (int)(end + MODBUS_CRC);
	}
	return in[1] == 23 && n < 11 ? FRAME_SHORT : FRAME_NONE;
}

static int ascii_frame(const uint8_t *in, size_t n)
{
	uint8_t plain[MODBUS_PLAIN];
	int whole = modbus_ascii_frame(in, n);
	if (whole <= 0)
		return whole;
	int size = modbus_ascii_get(in, (size_t)whole, plain, sizeof plain);
	return modbus_tap_kinds(plain, (size_t)size) != 0 ? whole : FRAME_NONE;
}

static int tcp_frame(const uint8_t *in, size_t n)
{
	int whole = modbus_tcp_frame(in, n);
	if (whole <= 0)
		return whole;
	size_t size = (size_t)whole - MODBUS_MBAP;
	return modbus_tap_kinds(in + MODBUS_MBAP, size) != 0 ? whole : FRAME_NONE;
}

int modbus_tap_frame(int framing, const uint8_t *in, size_t n)
{
	if (framing == FRAMING_ASCII)
		return ascii_frame(in, n);
	return framing == FRAMING_TCP ? tcp_frame(in, n) : rtu_frame(in, n);
}

/* ---- its parts ---- */

/* Bytes of a whole frame from slave on; their number. */
static size_t plain_of(int framing, const uint8_t *in, size_t n, uint8_t *out)
{
	if (framing == FRAMING_ASCII) {
		int size = modbus_ascii_get(in, n, out, MODBUS_PLAIN);
		return size > 0 ? (size_t)size : 0;
	}
	size_t around = framing == FRAMING_TCP ? MODBUS_MBAP : MODBUS_CRC;
	if (n < around || n - around > MODBUS_PLAIN)
		return 0;
	memcpy(out, framing == FRAMING_TCP ? in + MODBUS_MBAP : in, n - around);
	return n - around;
}

unsigned modbus_tap_parts(
        int framing, const uint8_t *in, size_t n, struct modbus_tap_parts *out)
{
	out->n = plain_of(framing, in, n, out->plain);
	out->request = (struct modbus_request){
		.number = framing == FRAMING_TCP && n >= 2 ? get_be16(in) : 0,
	};
	unsigned kinds = modbus_tap_kinds(out->plain, out->n);
	if (kinds == 0)
		return 0;
	out->request.slave = out->plain[0];
	out->request.function = out->plain[1] & (uint8_t)~MODBUS_EXCEPTION;
	if (out->n >= 6) {
		out->request.start = get_be16(out->plain + 2);
		out->request.count = get_be16(out->plain + 4);
	}
	return kinds;
}

bool modbus_tap_used(const struct modbus_request *request)
{
	return (request->function >= 1 && request->function <= 4) ||
	       request->function == 16;
}

bool modbus_tap_answers(
        const struct modbus_request *request, const struct modbus_tap_parts *answer)
{
	const uint8_t *in = answer->plain;
	if (in[0] != request->slave || (in[1] & ~MODBUS_EXCEPTION) != request->function)
		return false;
	if (in[1] & MODBUS_EXCEPTION)
		return answer->n == 3;
	if (request->function == 16)
		return answer->n == 6 && get_be16(in + 2) == request->start &&
		       get_be16(in + 4) == request->count;
	return answer->n == 3 + modbus_answer_size(request) &&
	       in[2] == modbus_answer_size(request);
}
