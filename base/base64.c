/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base64.h"

#include <string.h>

#include "base/status.h"

static const char digit[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_print(const uint8_t *in, size_t n, char *out)
{
	for (size_t i = 0; i < n; i += 3) {
		uint32_t three = (uint32_t)in[i] << 16;
		three |= i + 1 < n ? (uint32_t)in[i + 1] << 8 : 0;
		three |= i + 2 < n ? in[i + 2] : 0;
		*out++ = digit[three >> 18];
		*out++ = digit[three >> 12 & 63];
		*out++ = digit[three >> 6 & 63];
		*out++ = digit[three & 63];
	}
	if (n % 3 != 0)
		out[-1] = '=';
	if (n % 3 == 1)
		out[-2] = '=';
	*out = '\0';
}

static uint32_t value_of(char c)
{
	const char *at = c != '\0' ? strchr(digit, c) : NULL;
	return at != NULL ? (uint32_t)(at - digit) : 0;
}

int base64_parse(const char *text, uint8_t *out, size_t n)
{
	size_t length = BASE64_SIZE(n) - 1;
	if (strlen(text) != length)
		return MALFORMED;
	for (size_t i = 0; i < n; i += 3) {
		const char *four = text + i / 3 * 4;
		uint32_t three = value_of(four[0]) << 18 | value_of(four[1]) << 12 |
		                 value_of(four[2]) << 6 | value_of(four[3]);
		for (size_t k = 0; k < 3 && i + k < n; k++)
			out[i + k] = (uint8_t)(three >> (16 - 8 * k));
	}
	/* whatever was loose above is caught by writing it again */
	for (size_t i = 0; i < n; i += 3) {
		char again[5];
		base64_print(out + i, n - i < 3 ? n - i : 3, again);
		if (memcmp(again, text + i / 3 * 4, 4) != 0)
			return MALFORMED;
	}
	return OK;
}
