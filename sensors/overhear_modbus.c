/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Modbus RTU of others.  A request and an answer begin alike; the check sum, and what was
 * asked last, tell them apart.
 *
 *   1..4   slave fn start(2) count(2) crc        asks
 *          slave fn n data(n) crc                answers
 *   5, 6   slave fn at(2) value(2) crc           writes, and the answer is the same
 *   15, 16 slave fn start(2) count(2) n data(n) crc   writes
 *          slave fn start(2) count(2) crc        answers
 *   any    slave fn+80 code crc                  refuses
 *
 * Modbus application protocol 1.1b3, 6 and 7; Modbus over serial line 1.02, 2.5.1.
 */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "sensors/driver.h"
#include "sensors/modbus.h"
#include "sensors/overhear.h"

#define SLAVE_MOST   247
#define RTU_LEAST    4
#define RTU_MOST     256
#define SHOWN        32 /* registers of an answer that are shown */
#define IS_EXCEPTION 0x80

enum form { FORM_NONE, FORM_ASK, FORM_ANSWER, FORM_WRITE, FORM_WRITTEN, FORM_REFUSAL };

struct heard {
	struct overhear *ear;
	const uint8_t *in;
	size_t n;
};

static bool sealed(const struct heard *heard, size_t n)
{
	return n >= RTU_LEAST && heard->n >= n &&
	       crc16_modbus(heard->in, n - 2) == get_le16(heard->in + n - 2);
}

static bool is_read(uint8_t function)
{
	return function >= 1 && function <= 4;
}

/* Would the count of a request fit its function? */
static bool count_possible(const uint8_t *in)
{
	uint16_t count = get_be16(in + 4);
	size_t most = in[1] <= 2 || in[1] == 15 ? MODBUS_BITS : MODBUS_REGISTERS;
	return count >= 1 && count <= most && (size_t)get_be16(in + 2) + count <= 65536;
}

/* Is the answer of this size what was asked for last? */
static bool answers(const struct heard *heard)
{
	const uint8_t *in = heard->in;
	const struct modbus_request asked = { .function = heard->ear->asked.function,
		.count = heard->ear->asked.count };
	return heard->ear->asked.open && heard->ear->asked.slave == in[0] &&
	       heard->ear->asked.function == in[1] &&
	       modbus_answer_size(&asked) == in[2];
}

/* Lengths a frame of this function may have, 0: none. */
struct lengths {
	size_t ask, answer; /* or write, written */
};

static struct lengths lengths_of(const struct heard *heard)
{
	const uint8_t *in = heard->in;
	size_t counted = heard->n > 2 ? in[2] : 0;
	bool whole = counted > 0 && counted <= 250 && (in[1] <= 2 || counted % 2 == 0);
	switch (in[1]) {
	case 1:
	case 2:
	case 3:
	case 4:
		return (struct lengths){ 8, whole ? counted + 5 : 0 };
	case 5:
	case 6:
		return (struct lengths){ 8, 0 };
	case 15:
	case 16:
		return (struct lengths){
			heard->n > 6 && in[6] > 0 && in[6] <= 246 ? in[6] + 9u : 0, 8
		};
	default:
		return (struct lengths){ 0, 0 };
	}
}

static enum form form_of(const struct heard *heard, size_t *n)
{
	struct lengths length = lengths_of(heard);
	uint8_t function = heard->in[1];
	if (function & IS_EXCEPTION) {
		*n = 5;
		return sealed(heard, 5) && heard->in[2] >= 1 && heard->in[2] <= 11
		               ? FORM_REFUSAL
		               : FORM_NONE;
	}
	bool asks = sealed(heard, length.ask), answered = sealed(heard, length.answer);
	if (is_read(function))
		asks = asks && count_possible(heard->in);
	if (asks && !(answered && answers(heard))) {
		*n = length.ask;
		return is_read(function) ? FORM_ASK : FORM_WRITE;
	}
	*n = length.answer;
	if (answered)
		return is_read(function) ? FORM_ANSWER : FORM_WRITTEN;
	return FORM_NONE;
}

/* Might it become a frame?  Without a known length it ends with the silence. */
static int unfinished(const struct heard *heard)
{
	struct lengths length = lengths_of(heard);
	size_t most = length.ask > length.answer ? length.ask : length.answer;
	if (heard->in[1] & IS_EXCEPTION)
		most = (heard->in[1] & 0x7f) >= 1 && (heard->in[1] & 0x7f) <= 24 ? 5
		                                                                 : 0;
	if (heard->n < 7 && (heard->in[1] == 15 || heard->in[1] == 16))
		return FRAME_SHORT;
	return heard->n < most ? FRAME_SHORT : FRAME_NONE;
}

/* ---- words ---- */

static const char *items_of(uint8_t function, bool vietnamese)
{
	if (function == 3 || function == 4 || function == 6 || function == 16)
		return vietnamese ? "thanh ghi" : "registers";
	return vietnamese ? "bit" : "bits";
}

static void tell_ask(const struct heard *heard, struct overheard *out)
{
	const uint8_t *in = heard->in;
	bool vi = heard->ear->vietnamese;
	snprintf(out->text, sizeof out->text,
	        vi ? "máy chủ hỏi thiết bị %d: hàm %d, %d %s từ địa chỉ %d"
	           : "a master asks slave %d: function %d, %d %s from %d",
	        in[0], in[1], get_be16(in + 4), items_of(in[1], vi), get_be16(in + 2));
}

static size_t tell_data(const struct heard *heard, size_t size, char *out, size_t room)
{
	const uint8_t *data = heard->in + 3;
	bool words = heard->in[1] > 2, known = answers(heard);
	size_t used = 0, n = words ? size / 2 : size;
	for (size_t i = 0; i < n && i < SHOWN && used + 16 < room; i++) {
		if (words && known)
			used += (size_t)snprintf(out + used, room - used, " %zu=%04X",
			        heard->ear->asked.start + i, get_be16(data + 2 * i));
		else if (words)
			used += (size_t)snprintf(out + used, room - used, " %04X",
			        get_be16(data + 2 * i));
		else
			used += (size_t)snprintf(
			        out + used, room - used, " %02X", data[i]);
	}
	if (n > SHOWN && used + 8 < room)
		used += (size_t)snprintf(out + used, room - used, " ...");
	return used;
}

static void tell_answer(const struct heard *heard, struct overheard *out)
{
	const uint8_t *in = heard->in;
	int n = snprintf(out->text, sizeof out->text,
	        heard->ear->vietnamese ? "thiết bị %d trả lời hàm %d:"
	                               : "slave %d answers function %d:",
	        in[0], in[1]);
	tell_data(heard, in[2], out->text + n, sizeof out->text - (size_t)n);
}

static void tell_write(const struct heard *heard, enum form form, struct overheard *out)
{
	const uint8_t *in = heard->in;
	bool vi = heard->ear->vietnamese, one = in[1] == 5 || in[1] == 6;
	int at = get_be16(in + 2), count = one ? 1 : get_be16(in + 4);
	if (form == FORM_WRITTEN)
		snprintf(out->text, sizeof out->text,
		        vi ? "thiết bị %d xác nhận đã ghi %d %s từ địa chỉ %d"
		           : "slave %d confirms that %d %s were written from %d",
		        in[0], count, items_of(in[1], vi), at);
	else
		snprintf(out->text, sizeof out->text,
		        vi ? "máy chủ GHI vào thiết bị %d: hàm %d, %d %s từ địa chỉ %d"
		           : "a master WRITES to slave %d: function %d, %d %s from %d",
		        in[0], in[1], count, items_of(in[1], vi), at);
}

static void tell_refusal(const struct heard *heard, struct overheard *out)
{
	snprintf(out->text, sizeof out->text,
	        heard->ear->vietnamese
	                ? "thiết bị %d từ chối hàm %d: mã lỗi %d (%s)"
	                : "slave %d refuses function %d: exception %d, %s",
	        heard->in[0], heard->in[1] & 0x7f, heard->in[2],
	        modbus_exception_text(heard->in[2]));
}

static void remember(const struct heard *heard, enum form form)
{
	const uint8_t *in = heard->in;
	heard->ear->asked.open = form == FORM_ASK;
	if (form != FORM_ASK)
		return;
	heard->ear->asked.slave = in[0];
	heard->ear->asked.function = in[1];
	heard->ear->asked.start = get_be16(in + 2);
	heard->ear->asked.count = get_be16(in + 4);
}

static void tell(const struct heard *heard, enum form form, struct overheard *out)
{
	bool asks = form == FORM_ASK || form == FORM_WRITE;
	out->kind = asks ? HEARD_ASKS : HEARD_ANSWERS;
	out->slave = heard->in[0];
	if (form == FORM_ASK)
		tell_ask(heard, out);
	else if (form == FORM_ANSWER)
		tell_answer(heard, out);
	else if (form == FORM_REFUSAL)
		tell_refusal(heard, out);
	else
		tell_write(heard, form, out);
	remember(heard, form);
}

/* Of a function without a length of its own the silence behind it tells the end. */
static int other_function(const struct heard *heard, struct overheard *out)
{
	if (!heard->ear->quiet || heard->n > RTU_MOST || !sealed(heard, heard->n))
		return FRAME_NONE;
	out->slave = heard->in[0];
	snprintf(out->text, sizeof out->text,
	        heard->ear->vietnamese ? "thiết bị %d, hàm %d"
	                               : "slave %d, function %d",
	        heard->in[0], heard->in[1]);
	return (int)heard->n;
}

int overhear_modbus(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out)
{
	const struct heard heard = { ear, in, n };
	size_t length;
	if (in[0] > SLAVE_MOST)
		return FRAME_NONE;
	if (n < 2)
		return FRAME_SHORT;
	enum form form = form_of(&heard, &length);
	if (form != FORM_NONE) {
		tell(&heard, form, out);
		return (int)length;
	}
	return ear->quiet ? other_function(&heard, out) : unfinished(&heard);
}
