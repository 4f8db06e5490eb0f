/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A digest as text; without OpenSSL. */
#include "base/digest.h"

#include "base/status.h"

void digest_print(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_HEX])
{
	static const char digit[] = "0123456789abcdef";
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		out[2 * i] = digit[digest[i] >> 4];
		out[2 * i + 1] = digit[digest[i] & 15];
	}
	out[2 * DIGEST_SIZE] = '\0';
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int digest_parse(const char *text, uint8_t out[DIGEST_SIZE])
{
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		int high = nibble(text[2 * i]);
		int low = high >= 0 ? nibble(text[2 * i + 1]) : -1;
		if (low < 0)
			return MALFORMED;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return text[2 * DIGEST_SIZE] == '\0' ? OK : MALFORMED;
}
