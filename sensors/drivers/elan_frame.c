/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of ELAN: find the end, check, undouble, read. */
#include "sensors/drivers/elan_frame.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/status.h"
#include "sensors/tables/driver.h"

#define DLE  0x10
#define STX  0x01
#define ETX  0x03
#define ACK  0x06
#define US   0xD0 /* what the asking side calls itself */
#define HEAD 6    /* to, from, status, phase, letter, number */

/* A frame being written; `n` stays at `room` + 1 once it did not fit. */
struct writer {
	uint8_t *out;
	size_t n, room;
};

static void put(struct writer *writer, uint8_t byte)
{
	if (writer->n < writer->room)
		writer->out[writer->n++] = byte;
	else
		writer->n = writer->room + 1;
}

static void put_doubled(struct writer *writer, uint8_t byte)
{
	if (byte == DLE)
		put(writer, DLE);
	put(writer, byte);
}

/* End and check of the frame that began at `from`; its end or FULL. */
static int finish(struct writer *writer, size_t from)
{
	put(writer, DLE);
	put(writer, ETX);
	if (writer->n + 2 > writer->room)
		return FULL;
	put_le16(writer->out + writer->n,
	        crc16_modbus(writer->out + from, writer->n - from));
	return (int)writer->n + 2;
}

int elan_request_put(const struct elan_request *request, uint8_t *out, size_t room)
{
	struct writer writer = { .out = out, .room = room };
	put(&writer, DLE);
	put(&writer, STX);
	put_doubled(&writer, request->address);
	put_doubled(&writer, US);
	put_doubled(&writer, request->letter);
	put_doubled(&writer, request->number);
	return finish(&writer, 0);
}

struct body { /* of a frame, undoubled */
	size_t n;
	uint8_t byte[ELAN_FRAME];
	uint16_t place[ELAN_FRAME]; /* of each byte in the frame */
};

/* Place of the 03 that ends the frame which begins with 10 01 at in[0], FRAME_SHORT or FRAME_NONE. */
static int find_end(const uint8_t *in, size_t n, struct body *body)
{
	body->n = 0;
	for (size_t at = 2; at < n && at < ELAN_FRAME - 4; at++) {
		if (in[at] == DLE) {
			if (++at == n)
				return FRAME_SHORT;
			if (in[at] != DLE)
				return in[at] == ETX ? (int)at : FRAME_NONE;
		}
		body->byte[body->n] = in[at];
		body->place[body->n++] = (uint16_t)at;
	}
	return n < ELAN_FRAME - 4 ? FRAME_SHORT : FRAME_NONE;
}

/* Length of the sound frame that begins with 10 01 at in[0], FRAME_SHORT or FRAME_NONE. */
static int unpack(const uint8_t *in, size_t n, struct body *body)
{
	static const uint8_t start[] = { DLE, STX };
	if (memcmp(in, start, n < 2 ? n : 2) != 0)
		return FRAME_NONE;
	int end = find_end(in, n, body);
	if (end <= 0)
		return end;
	size_t size = (size_t)end + 1;
	if (n < size + 2)
		return FRAME_SHORT;
	return crc16_modbus(in, size) == get_le16(in + size) ? end + 3 : FRAME_NONE;
}

bool elan_check_failed(const uint8_t *in, size_t n)
{
	struct body body;
	for (size_t i = 0; i + 2 <= n; i++) {
		if (in[i] != DLE || in[i + 1] != STX)
			continue;
		int end = find_end(in + i, n - i, &body);
		if (end > 0 && (size_t)end + 3 <= n - i &&
		        unpack(in + i, n - i, &body) <= 0)
			return true;
	}
	return false;
}

/* What may stand in a number's text. */
static bool is_text(uint8_t byte)
{
	return byte >= ' ' && byte <= '~';
}

/* The values of a body whose frame stands at `in`. */
static int take_values(
        const struct body *body, const uint8_t *in, struct elan_answer *out)
{
	for (size_t i = HEAD; i < body->n;) {
		size_t n = 0;
		while (i + n < body->n && is_text(body->byte[i + n]))
			n++;
		if (n == 0 || n > ELAN_TEXT || i + n + 5 > body->n ||
		        body->byte[i + n] != 0 || out->n == ELAN_VALUES)
			return MALFORMED;
		struct elan_value *value = &out->value[out->n++];
		value->at = (const char *)in + body->place[i];
		value->n = n;
		memcpy(value->code, body->byte + i + n + 1, 4);
		i += n + 5;
	}
	return OK;
}

int elan_answer_get(const struct elan_request *request, const uint8_t *in, size_t n,
        struct elan_answer *out, const char **why)
{
	struct body body;
	*out = (struct elan_answer){ 0 };
	*why = "is no whole frame, or its check is wrong";
	if (n < 2 || in[0] != DLE || in[1] != ACK ||
	        unpack(in + 2, n - 2, &body) != (int)n - 2)
		return MALFORMED;
	*why = "is of another instrument, or to another request";
	if (body.n < HEAD || body.byte[0] != US || body.byte[1] != request->address ||
	        body.byte[4] != request->letter || body.byte[5] != request->number)
		return MALFORMED;
	out->status = body.byte[2];
	out->phase = body.byte[3];
	*why = "its values are not texts with four codes each";
	if (take_values(&body, in + 2, out) != OK)
		return MALFORMED;
	*why = "";
	return OK;
}

int elan_answer_frame(const struct elan_request *request, const uint8_t *in, size_t n)
{
	static const uint8_t got_it[] = { DLE, ACK };
	struct elan_answer answer;
	struct body body;
	const char *why;
	if (memcmp(in, got_it, n < 2 ? n : 2) != 0)
		return FRAME_NONE;
	if (n < 2)
		return FRAME_SHORT;
	int length = unpack(in + 2, n - 2, &body);
	if (length <= 0)
		return length;
	if (elan_answer_get(request, in, (size_t)length + 2, &answer, &why) != OK)
		return FRAME_NONE;
	return length + 2;
}

int elan_request_get(const uint8_t *in, size_t n, struct elan_request *out)
{
	struct body body;
	*out = (struct elan_request){ 0 };
	int length = unpack(in, n, &body);
	if (length <= 0)
		return length;
	if (body.n != 4 || body.byte[1] != US)
		return FRAME_NONE;
	*out = (struct elan_request){ body.byte[0], body.byte[2], body.byte[3] };
	return length;
}

int elan_answer_put(const struct elan_request *request,
        const struct elan_answer *answer, uint8_t *out, size_t room)
{
	struct writer writer = { .out = out, .room = room };
	put(&writer, DLE);
	put(&writer, ACK);
	put(&writer, DLE);
	put(&writer, STX);
	const uint8_t head[HEAD] = { US, request->address, answer->status,
		answer->phase, request->letter, request->number };
	for (size_t i = 0; i < HEAD; i++)
		put_doubled(&writer, head[i]);
	for (size_t i = 0; i < answer->n; i++) {
		const struct elan_value *value = &answer->value[i];
		for (size_t k = 0; k < value->n; k++)
			put_doubled(&writer, (uint8_t)value->at[k]);
		put(&writer, 0);
		for (size_t k = 0; k < 4; k++)
			put_doubled(&writer, value->code[k]);
	}
	return finish(&writer, 2);
}
