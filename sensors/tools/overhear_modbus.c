/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Modbus of others, RTU and ASCII (sensors/drivers/modbus_tap.h finds the frames).  Whether a frame
 * asks or answers, and which registers an answer holds, tells the request before it.
 */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "sensors/drivers/modbus_tap.h"
#include "sensors/tables/driver.h"
#include "sensors/tables/sentence.h"
#include "sensors/tools/overhear.h"

#define RTU_LEAST 4
#define RTU_MOST  256
#define SHOWN     32 /* registers of an answer that are shown */

enum { TAP_ANY = TAP_REQUEST | TAP_ANSWER };

/* ---- words ---- */

static const char *items_of(uint8_t function, bool vietnamese)
{
	bool bits = function <= 2 || function == 5 || function == 15;
	if (bits)
		return vietnamese ? "bit" : "bits";
	return vietnamese ? "thanh ghi" : "registers";
}

static bool is_read(uint8_t function)
{
	return function <= 4 || function == 23;
}

/* What is asked for, or written. */
static void tell_request(
        const struct overhear *ear, const uint8_t *plain, struct sentence *out)
{
	bool vi = ear->vietnamese,
	     one = plain[1] == 5 || plain[1] == 6 || plain[1] == 22;
	int count = one ? 1 : get_be16(plain + 4), at = get_be16(plain + 2);
	if (is_read(plain[1]))
		say(out,
		        vi ? "máy chủ hỏi thiết bị %d: hàm %d, %d %s từ địa chỉ %d"
		           : "a master asks slave %d: function %d, %d %s from %d",
		        plain[0], plain[1], count, items_of(plain[1], vi), at);
	else
		say(out,
		        vi ? "máy chủ GHI vào thiết bị %d: hàm %d, %d %s từ địa chỉ %d"
		           : "a master WRITES to slave %d: function %d, %d %s from %d",
		        plain[0], plain[1], count, items_of(plain[1], vi), at);
}

/* Registers by their number, where the request is known. */
static void tell_data(const struct overhear *ear, const struct modbus_tap_parts *parts,
        struct sentence *out)
{
	const uint8_t *data = parts->plain + 3;
	bool known = ear->asked.open && modbus_tap_answers(&ear->asked.request, parts);
	bool words = parts->plain[1] > 2;
	size_t n = words ? parts->plain[2] / 2 : parts->plain[2];
	for (size_t i = 0; i < n && i < SHOWN; i++) {
		if (words && known)
			say(out, " %zu=%04X", ear->asked.request.start + i,
			        get_be16(data + 2 * i));
		else if (words)
			say(out, " %04X", get_be16(data + 2 * i));
		else
			say(out, " %02X", data[i]);
	}
	if (n > SHOWN)
		say(out, " ...");
}

static void tell_answer(const struct overhear *ear,
        const struct modbus_tap_parts *parts, struct sentence *out)
{
	const uint8_t *plain = parts->plain;
	bool vi = ear->vietnamese;
	if (is_read(plain[1])) {
		say(out,
		        vi ? "thiết bị %d trả lời hàm %d:"
		           : "slave %d answers function %d:",
		        plain[0], plain[1]);
		tell_data(ear, parts, out);
		return;
	}
	say(out,
	        vi ? "thiết bị %d xác nhận đã ghi (hàm %d, từ địa chỉ %d)"
	           : "slave %d confirms what was written (function %d, from %d)",
	        plain[0], plain[1], get_be16(plain + 2));
}

static void tell_refusal(
        const struct overhear *ear, const uint8_t *plain, struct sentence *out)
{
	say(out,
	        ear->vietnamese ? "thiết bị %d từ chối hàm %d: mã lỗi %d (%s)"
	                        : "slave %d refuses function %d: exception %d, %s",
	        plain[0], plain[1] & 0x7f, plain[2], modbus_exception_text(plain[2]));
}

/* ---- which it is ---- */

/* What can be both is an answer only where one is waited for. */
static bool is_answer(const struct overhear *ear, const struct modbus_tap_parts *parts,
        unsigned kinds)
{
	if ((kinds & TAP_ANY) != TAP_ANY)
		return (kinds & TAP_ANSWER) != 0;
	return ear->asked.open && modbus_tap_answers(&ear->asked.request, parts);
}

static void tell(struct overhear *ear, const struct modbus_tap_parts *parts,
        unsigned kinds, struct overheard *out)
{
	struct sentence text = { .out = out->text, .room = sizeof out->text };
	bool answer = is_answer(ear, parts, kinds);
	out->slave = parts->plain[0];
	out->kind = HEARD_ANSWERS;
	if (kinds & TAP_EXCEPTION) {
		tell_refusal(ear, parts->plain, &text);
	} else if (answer) {
		tell_answer(ear, parts, &text);
	} else {
		tell_request(ear, parts->plain, &text);
		out->kind = HEARD_ASKS;
	}
	ear->asked.open = out->kind == HEARD_ASKS;
	if (ear->asked.open)
		ear->asked.request = parts->request;
}

/* Of a function without a length of its own the silence before and behind it tells where
 * it is. */
static int other_function(
        const struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out)
{
	if (!ear->quiet || in != ear->bytes || n < RTU_LEAST || n > RTU_MOST ||
	        crc16_modbus(in, n - 2) != get_le16(in + n - 2))
		return FRAME_NONE;
	out->slave = in[0];
	snprintf(out->text, sizeof out->text,
	        ear->vietnamese ? "thiết bị %d, hàm %d" : "slave %d, function %d",
	        in[0], in[1]);
	return (int)n;
}

static int hear(struct overhear *ear, int framing, struct overheard *out, size_t n)
{
	const uint8_t *in = out->bytes;
	struct modbus_tap_parts parts;
	int length = modbus_tap_frame(framing, in, n);
	if (length > 0) {
		unsigned kinds = modbus_tap_parts(framing, in, (size_t)length, &parts);
		if (kinds == 0)
			return FRAME_NONE;
		tell(ear, &parts, kinds, out);
		return length;
	}
	if (framing == FRAMING_RTU && ear->quiet)
		return other_function(ear, in, n, out);
	return length;
}

int overhear_rtu(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out)
{
	out->bytes = in;
	return hear(ear, FRAMING_RTU, out, n);
}

int overhear_ascii(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out)
{
	out->bytes = in;
	return hear(ear, FRAMING_ASCII, out, n);
}
