/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds a frame and says why something is none; what is inside is in hj212_message.c. */
#include "sensors/drivers/hj212_frame.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/status.h"
#include "sensors/tables/driver.h"

#define START 6 /* ## LLLL */
#define CHECK 4

const char *const hj212_checks[] = { "hj212", "modbus", "modbus-swapped",
	"hj212-swapped", NULL };

/* ---- the check ---- */

static uint16_t eight_shifts(uint16_t x)
{
	for (int i = 0; i < 8; i++)
		x = (uint16_t)(x & 1 ? x >> 1 ^ 0xA001 : x >> 1);
	return x;
}

static uint16_t own_check(const uint8_t *in, size_t n)
{
	uint16_t x = 0xFFFF;
	for (size_t i = 0; i < n; i++)
		x = eight_shifts((uint16_t)(x >> 8 ^ in[i]));
	return x;
}

uint16_t hj212_check_of(int check, const uint8_t *in, size_t n)
{
	bool modbus =
	        check == HJ212_CHECK_MODBUS || check == HJ212_CHECK_MODBUS_SWAPPED;
	uint16_t x = modbus ? crc16_modbus(in, n) : own_check(in, n);
	if (check == HJ212_CHECK_MODBUS_SWAPPED || check == HJ212_CHECK_OWN_SWAPPED)
		return (uint16_t)((x << 8 | x >> 8) & 0xFFFF);
	return x;
}

/* Four hexadecimal digits of either case, or -1. */
static int hexadecimal(const uint8_t *in)
{
	int number = 0;
	for (size_t i = 0; i < CHECK; i++) {
		int digit = hex_digit(in[i]);
		if (digit < 0)
			return -1;
		number = number << 4 | digit;
	}
	return number;
}

/* ---- where it ends ---- */

/* ## and four digits; a stretch that ends too soon is none. */
static bool starts(const uint8_t *in, size_t n)
{
	return n >= START && in[0] == '#' && in[1] == '#' && isdigit(in[2]) &&
	       isdigit(in[3]) && isdigit(in[4]) && isdigit(in[5]);
}

/* Bytes of data there are, whatever LLLL says: up to the check before the first CR, LF or next frame.
 * False when none of them has come. */
static bool counted(const uint8_t *in, size_t n, size_t *has)
{
	for (size_t i = START; i < n; i++) {
		if (in[i] != '\r' && in[i] != '\n' && !starts(in + i, n - i))
			continue;
		*has = i - START > CHECK ? i - START - CHECK : 0;
		return true;
	}
	return false;
}

static int refuse(struct hj212_frame *out, int fault)
{
	out->fault = fault;
	return FRAME_NONE;
}

/* No data, check and end where LLLL says they are. */
static int refuse_shape(struct hj212_frame *out, const uint8_t *in, size_t n)
{
	size_t has = 0;
	bool told = counted(in, n, &has);
	out->has = told && has != out->n ? has : 0;
	return refuse(out, told && has == out->n ? HJ212_WRONG_CHECK : HJ212_LENGTH);
}

/* A check that is not the dialect's: whose is it? */
static int refuse_check(struct hj212_frame *out, const uint8_t *in, size_t n)
{
	size_t has;
	if (counted(in, n, &has) && has != out->n)
		return refuse_shape(out, in, n);
	for (int check = 0; check < HJ212_CHECKS; check++) {
		if (hj212_check_of(check, out->data, out->n) != out->sent)
			continue;
		out->check = check;
		return refuse(out, HJ212_OTHER_CHECK);
	}
	return refuse(out, HJ212_WRONG_CHECK);
}

/* Not all that LLLL says is there: may it still come? */
static int unfinished(struct hj212_frame *out, const uint8_t *in, size_t n)
{
	for (size_t i = START; i < n; i++) {
		if (in[i] == '\r' || in[i] == '\n') {
			out->has = i > START + CHECK ? i - START - CHECK : 0;
			return refuse(out, HJ212_LENGTH);
		}
		if (in[i] < ' ' || in[i] == 0x7F)
			return refuse(out, HJ212_SYNTAX);
		if (starts(in + i, n - i))
			return refuse(out, HJ212_CUT);
	}
	out->fault = HJ212_CUT;
	return FRAME_SHORT;
}

/* What follows the check: CR LF; LF; or, from who sends neither, the next frame. */
static int ended(const struct hj212_dialect *dialect, const uint8_t *in, size_t n,
        struct hj212_frame *out)
{
	size_t at = START + out->n + CHECK;
	out->fault = HJ212_SOUND;
	if (n > at + 1 && in[at] == '\r' && in[at + 1] == '\n')
		return (int)at + 2;
	if (n > at && in[at] == '\n')
		return (int)at + 1;
	if (dialect->no_end || (n > at + 1 && in[at] == '#' && in[at + 1] == '#'))
		return (int)at;
	out->fault = HJ212_END;
	bool may_come = n == at || (n == at + 1 && (in[at] == '\r' || in[at] == '#'));
	return may_come ? FRAME_SHORT : FRAME_NONE;
}

/* Nor may another frame begin inside: while the rest of this one was waited for, that was its end. */
static bool is_message(const struct hj212_frame *frame)
{
	struct text_fields fields;
	for (size_t i = 0; i < frame->n; i++)
		if (starts(frame->data + i, frame->n - i))
			return false;
	return hj212_fields(frame->data, frame->n, &fields) == OK;
}

/* Digits of the length, as many as have come: FRAME_NONE if one is none. */
static int length_of(const uint8_t *in, size_t n, struct hj212_frame *out)
{
	for (size_t i = 0; i < START && i < n; i++) {
		if (i < 2 ? in[i] != '#' : !isdigit(in[i]))
			return refuse(out, HJ212_NO_START);
		if (i >= 2)
			out->n = out->n * 10 + (size_t)(in[i] - '0');
	}
	out->fault = HJ212_CUT;
	return n < START ? FRAME_SHORT : (int)out->n;
}

int hj212_frame_get(const struct hj212_dialect *dialect, const uint8_t *in, size_t n,
        struct hj212_frame *out)
{
	struct hj212_frame own;
	if (out == NULL)
		out = &own;
	*out = (struct hj212_frame){ .data = in + START };
	int status = length_of(in, n, out);
	if (n < START || status < 0)
		return status;
	if (out->n > HJ212_DATA)
		return refuse(out, HJ212_LENGTH);
	if (n < START + out->n + CHECK)
		return unfinished(out, in, n);
	const uint8_t *end = out->data + out->n;
	int sent = hexadecimal(end);
	if (sent < 0 || out->n < 2 || memcmp(end - 2, "&&", 2) != 0)
		return refuse_shape(out, in, n);
	out->sent = (uint16_t)sent;
	out->reckoned = hj212_check_of(dialect->check, out->data, out->n);
	if (out->sent != out->reckoned)
		return refuse_check(out, in, n);
	status = ended(dialect, in, n, out);
	if (status > 0 && !is_message(out))
		return refuse(out, HJ212_SYNTAX);
	return status;
}

void hj212_frame_blame(const struct hj212_dialect *dialect, const uint8_t *in, size_t n,
        struct hj212_frame *out)
{
	bool found = false;
	*out = (struct hj212_frame){ .fault = HJ212_NO_START };
	for (size_t i = 0; i < n; i++) {
		struct hj212_frame frame;
		if (in[i] != '#')
			continue;
		int status = hj212_frame_get(dialect, in + i, n - i, &frame);
		bool better = status > 0 || (!found && starts(in + i, n - i));
		found |= better;
		if (better)
			*out = frame;
		if (status > 0)
			return;
	}
}

static void text_of_other(const struct hj212_frame *frame, char *out, size_t room)
{
	static const char *const whose[] = {
		[HJ212_CHECK_OWN] =
		        "as the standard has it, and the profile wants another",
		[HJ212_CHECK_MODBUS] =
		        "the plain CRC of Modbus, a known mistake of peers",
		[HJ212_CHECK_MODBUS_SWAPPED] =
		        "the CRC of Modbus with its bytes swapped, a known dialect",
		[HJ212_CHECK_OWN_SWAPPED] =
		        "right but for its bytes, which are swapped",
	};
	snprintf(out, room,
	        "its check %04X is %s (it should be %04X); a profile with `crc: %s` "
	        "takes it",
	        frame->sent, whose[frame->check], frame->reckoned,
	        hj212_checks[frame->check]);
}

void hj212_fault_text(const struct hj212_frame *frame, char *out, size_t room)
{
	static const char *const plain[HJ212_FAULTS] = {
		[HJ212_SOUND] = "sound",
		[HJ212_CUT] = "it breaks off before its end",
		[HJ212_NO_START] = "nothing in it begins like a frame of HJ 212",
		[HJ212_END] =
		        "no CR LF at its end; a profile with `end: none` takes it",
		[HJ212_SYNTAX] = "length and check are right, and it is no message",
	};
	if (frame->fault == HJ212_LENGTH && frame->has > 0)
		snprintf(out, room, "its length says %zu bytes, and there are %zu",
		        frame->n, frame->has);
	else if (frame->fault == HJ212_LENGTH)
		snprintf(out, room, "its length says %zu bytes, and that is wrong",
		        frame->n);
	else if (frame->fault == HJ212_WRONG_CHECK)
		snprintf(out, room, "its check is wrong");
	else if (frame->fault == HJ212_OTHER_CHECK)
		text_of_other(frame, out, room);
	else
		snprintf(out, room, "%s", plain[frame->fault]);
}
