/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers out of and into byte strings. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdint.h>
#include <string.h>

/* What a hexadecimal digit of either case is, or -1. */
static inline int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The same of protocols that write them as capitals only; and such a digit of 0 to 15. */
static inline int hex_capital(uint8_t c)
{
	return c < 'a' ? hex_digit(c) : -1;
}

static inline char hex_capital_of(unsigned nibble)
{
	return "0123456789ABCDEF"[nibble & 15];
}

static inline uint16_t get_le16(const uint8_t *in)
{
	return (uint16_t)(in[0] | in[1] << 8);
}

static inline uint32_t get_le32(const uint8_t *in)
{
	return get_le16(in) | (uint32_t)get_le16(in + 2) << 16;
}

static inline uint64_t get_le64(const uint8_t *in)
{
	return get_le32(in) | (uint64_t)get_le32(in + 4) << 32;
}

static inline uint16_t get_be16(const uint8_t *in)
{
	return (uint16_t)(in[0] << 8 | in[1]);
}

static inline uint32_t get_be32(const uint8_t *in)
{
	return (uint32_t)get_be16(in) << 16 | get_be16(in + 2);
}

static inline uint64_t get_be64(const uint8_t *in)
{
	return (uint64_t)get_be32(in) << 32 | get_be32(in + 4);
}

static inline void put_le16(uint8_t *out, uint16_t v)
{
	out[0] = (uint8_t)v;
	out[1] = (uint8_t)(v >> 8);
}

static inline void put_le32(uint8_t *out, uint32_t v)
{
	put_le16(out, (uint16_t)v);
	put_le16(out + 2, (uint16_t)(v >> 16));
}

static inline void put_le64(uint8_t *out, uint64_t v)
{
	put_le32(out, (uint32_t)v);
	put_le32(out + 4, (uint32_t)(v >> 32));
}

static inline void put_be16(uint8_t *out, uint16_t v)
{
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)v;
}

static inline void put_be32(uint8_t *out, uint32_t v)
{
	put_be16(out, (uint16_t)(v >> 16));
	put_be16(out + 2, (uint16_t)v);
}

/* IEEE 754 bits and back; never through a cast of the value. */
static inline uint64_t bits_of_double(double v)
{
	uint64_t bits;
	memcpy(&bits, &v, sizeof bits);
	return bits;
}

static inline double double_of_bits(uint64_t bits)
{
	double v;
	memcpy(&v, &bits, sizeof v);
	return v;
}

static inline float float_of_bits(uint32_t bits)
{
	float v;
	memcpy(&v, &bits, sizeof v);
	return v;
}

#endif
