/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The checks that text protocols put behind a message, as printable characters.
 *
 *   xor        two hex digits: exclusive or of every byte before them
 *              (Palas TCP/IP ASCII 10/2021, p. 3: from '<' to '>' inclusive)
 *   nmea       the same without the first byte ('$') and the byte before the digits ('*')
 *              (NMEA 0183)
 *   mewtocol   as xor, or "**": the PLC was asked not to check (Panasonic MEWTOCOL-COM)
 *   sum8       two hex digits: sum of every byte before them, modulo 256 (DCON)
 *   c-link     four hex digits behind "\nsum ": sum of every byte before the line feed, modulo
 *              65536 (Thermo 49C PS manual, p. B-17; a 49i adds a '*' that counts)
 *   sdi-12     three characters: CRC of every byte before them, 40h | six bits each, highest first
 *              (SDI-12 1.3, 4.4.12; Vaisala WXT520/530 use the same)
 */
#ifndef SENSORS_CHECKSUM_H
#define SENSORS_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum checksum_kind {
	CHECKSUM_NONE,
	CHECKSUM_XOR,
	CHECKSUM_NMEA,
	CHECKSUM_MEWTOCOL,
	CHECKSUM_SUM8,
	CHECKSUM_C_LINK,
	CHECKSUM_SDI12,
};
extern const char *const checksum_kinds[]; /* "none", "xor", ... ended by NULL */

#define CHECKSUM_WIDTH 4 /* longest check */

/* Characters a check takes; 0 for none. */
size_t checksum_width(int kind);

/* Write the check of a message whose n bytes before it are in[]: checksum_width
 * characters.  false, and nothing written, if the message is too short to be one of this kind. */
bool checksum_print(int kind, const uint8_t *in, size_t n, uint8_t *out);

/* Whether the check at in[n .. n + width) is right for in[0 .. n).  Hex digits may be
 * of either case. */
bool checksum_holds(int kind, const uint8_t *in, size_t n);

/* ---- the sums themselves, over any bytes ---- */

uint8_t xor8(const uint8_t *in, size_t n);
uint16_t sum16(const uint8_t *in, size_t n);

#endif
