/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/checksum.h"

#include <ctype.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"

const char *const checksum_kinds[] = { "none", "xor", "nmea", "mewtocol", "sum8",
	"c-link", "sdi-12", NULL };

/* How many bytes at either end of what stands before the check are not counted. */
static const struct shape {
	size_t width, before, behind;
} shapes[] = {
	[CHECKSUM_NONE] = { 0, 0, 0 },
	[CHECKSUM_XOR] = { 2, 0, 0 },
	[CHECKSUM_NMEA] = { 2, 1, 1 },
	[CHECKSUM_MEWTOCOL] = { 2, 0, 0 },
	[CHECKSUM_SUM8] = { 2, 0, 0 },
	[CHECKSUM_C_LINK] = { 4, 0, 5 }, /* "\nsum " */
	[CHECKSUM_SDI12] = { 3, 0, 0 },
};

uint8_t xor8(const uint8_t *in, size_t n)
{
	uint8_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum ^= in[i];
	return sum;
}

uint16_t sum16(const uint8_t *in, size_t n)
{
	uint16_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum = (uint16_t)(sum + in[i]);
	return sum;
}

size_t checksum_width(int kind)
{
	return shapes[kind].width;
}

static void hex(unsigned value, size_t digits, uint8_t *out)
{
	for (size_t i = digits; i-- > 0; value >>= 4)
		out[i] = (uint8_t)hex_capital_of(value);
}

static void six_bits(uint16_t crc, uint8_t *out)
{
	out[0] = (uint8_t)(0x40 | crc >> 12);
	out[1] = (uint8_t)(0x40 | (crc >> 6 & 0x3f));
	out[2] = (uint8_t)(0x40 | (crc & 0x3f));
}

bool checksum_print(int kind, const uint8_t *in, size_t n, uint8_t *out)
{
	const struct shape *shape = &shapes[kind];
	if (n < shape->before + shape->behind)
		return false;
	in += shape->before;
	n -= shape->before + shape->behind;
	switch (kind) {
	case CHECKSUM_XOR:
	case CHECKSUM_NMEA:
	case CHECKSUM_MEWTOCOL:
		hex(xor8(in, n), 2, out);
		break;
	case CHECKSUM_SUM8:
	case CHECKSUM_C_LINK:
		hex(sum16(in, n), shape->width, out);
		break;
	case CHECKSUM_SDI12:
		six_bits(crc16_sdi12(in, n), out);
		break;
	default:
		break;
	}
	return true;
}

bool checksum_holds(int kind, const uint8_t *in, size_t n)
{
	uint8_t right[CHECKSUM_WIDTH] = { 0 };
	const uint8_t *stands = in + n;
	if (!checksum_print(kind, in, n, right))
		return false;
	if (kind == CHECKSUM_MEWTOCOL && memcmp(stands, "**", 2) == 0)
		return true;
	if (kind == CHECKSUM_SDI12)
		return memcmp(stands, right, checksum_width(kind)) == 0;
	for (size_t i = 0; i < checksum_width(kind); i++)
		if (toupper(stands[i]) != right[i])
			return false;
	return true;
}
