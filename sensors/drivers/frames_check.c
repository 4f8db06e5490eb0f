/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes as a profile writes them, and the checks of frames. */
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "sensors/drivers/frames.h"
#include "sensors/tables/checksum.h"

const char *const frame_checks[] = { "none", "sum16", "sum8", "neg-sum8", "ff-sum8",
	"xor8", "crc16-modbus", "crc-ccitt", NULL };

int frames_bytes(const char *text, struct frame_bytes *out)
{
	out->n = 0;
	for (const char *at = text; *at != '\0';) {
		if (*at == ' ') {
			at++;
			continue;
		}
		bool any = at[0] == '.' && at[1] == '.';
		int high = any ? 0 : hex_digit((uint8_t)at[0]);
		int low = any || high < 0 ? 0 : hex_digit((uint8_t)at[1]);
		bool apart = high >= 0 && low >= 0 && (at[2] == ' ' || at[2] == '\0');
		if (!apart)
			return MALFORMED;
		if (out->n == FRAMES_BYTES)
			return FULL;
		out->byte[out->n] = (uint8_t)(high << 4 | low);
		out->mask[out->n++] = any ? 0 : 0xFF;
		at += 2;
	}
	return OK;
}

int frames_begin(const struct frame_bytes *bytes, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < bytes->n && i < n; i++)
		if (((in[i] ^ bytes->byte[i]) & bytes->mask[i]) != 0)
			return FRAME_NONE;
	return n < bytes->n ? FRAME_SHORT : (int)bytes->n;
}

size_t frames_check_size(int check)
{
	switch (check) {
	case CHECK_NONE:
		return 0;
	case CHECK_SUM16:
	case CHECK_CRC16_MODBUS:
	case CHECK_CRC_CCITT:
		return 2;
	default:
		return 1;
	}
}

uint16_t frames_check_sum(int check, const uint8_t *in, size_t n)
{
	switch (check) {
	case CHECK_SUM16:
		return sum16(in, n);
	case CHECK_SUM8:
		return (uint8_t)sum16(in, n);
	case CHECK_NEG_SUM8:
		return (uint8_t)-sum16(in, n);
	case CHECK_FF_SUM8:
		return (uint8_t)~sum16(in, n);
	case CHECK_XOR8:
		return xor8(in, n);
	case CHECK_CRC16_MODBUS:
		return crc16_modbus(in, n);
	case CHECK_CRC_CCITT:
		return crc16_ccitt(in, n);
	default:
		return 0;
	}
}

/* A check that covers itself, or nothing. */
static const char *wrong_cover(const struct frame_rule *rule)
{
	size_t size = frames_check_size(rule->check), at = rule->check_at;
	size_t to = rule->to != 0 || at == 0 ? rule->to : at;
	if (size == 0)
		return NULL;
	if (to != 0 && to <= rule->from)
		return "the check covers no bytes";
	if (at != 0 && at < to && at + size > rule->from)
		return "the check covers itself";
	return NULL;
}

const char *frames_wrong(const struct frame_rule *rule)
{
	size_t most = rule->stuffed ? FRAMES_PLAIN / 2 : FRAMES_WIRE;
	size_t top = rule->length != 0 ? rule->length : rule->longest;
	if (rule->header.n == 0)
		return "there is no header";
	if (rule->stuffed && rule->header.byte[0] != 0x7E)
		return "the header of a stuffed frame begins with 7E";
	if (rule->stuffed && (rule->tail.n != 1 || rule->tail.byte[0] != 0x7E))
		return "the tail of a stuffed frame is 7E";
	if (rule->length == 0 && rule->length_size == 0)
		return "neither `length` nor `length_at` says how long it is";
	if (top > most)
		return rule->stuffed ? "a stuffed frame has at most 130 bytes"
		                     : "a frame has at most 260 bytes";
	const char *wrong = wrong_cover(rule);
	if (wrong != NULL)
		return wrong;
	if (frames_shortest(rule) > top)
		return "header, length field, check and tail do not fit into it";
	return NULL;
}
