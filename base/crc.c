/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/crc.h"

#include <pthread.h>
#include <string.h>
#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#define CASTAGNOLI UINT32_C(0x82f63b78) /* reflected */

static uint32_t table[8][256];

static void make_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ CASTAGNOLI : crc >> 1;
		table[0][i] = crc;
	}
	for (uint32_t i = 0; i < 256; i++)
		for (int k = 1; k < 8; k++)
			table[k][i] =
			        table[k - 1][i] >> 8 ^ table[0][table[k - 1][i] & 0xff];
}

/* Eight bytes a step: table[k] moves a byte k further along. */
static uint32_t by_table(uint32_t crc, const uint8_t *in, size_t n)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make_table);
	for (; n >= 8; n -= 8, in += 8) {
		crc ^= (uint32_t)in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 |
		       (uint32_t)in[3] << 24;
		crc = table[7][crc & 0xff] ^ table[6][crc >> 8 & 0xff] ^
		      table[5][crc >> 16 & 0xff] ^ table[4][crc >> 24] ^
		      table[3][in[4]] ^ table[2][in[5]] ^ table[1][in[6]] ^
		      table[0][in[7]];
	}
	for (; n > 0; n--, in++)
		crc = crc >> 8 ^ table[0][(crc ^ *in) & 0xff];
	return crc;
}

/* The instructions of the processor: eight bytes a step, then one by one. */
#if defined(__x86_64__)
#define WITH_CRC __attribute__((target("sse4.2")))
#define CRC_WIDE __builtin_ia32_crc32di
#define CRC_BYTE __builtin_ia32_crc32qi

static int processor_can(void)
{
	return __builtin_cpu_supports("sse4.2") != 0;
}
#elif defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define WITH_CRC __attribute__((target("+crc")))
#define CRC_WIDE __builtin_aarch64_crc32cx
#define CRC_BYTE __builtin_aarch64_crc32cb

static int processor_can(void)
{
	return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
}
#endif

#ifdef WITH_CRC
WITH_CRC static uint32_t step(uint32_t crc, const uint8_t *in)
{
	uint64_t word;
	memcpy(&word, in, sizeof word);
	return (uint32_t)CRC_WIDE(crc, word);
}

/* One instruction waits for the one before it: three stretches side by side take the
 * time of one.  What stands behind a stretch moves its sum on as so many zeros would,
 * which is linear: behind[k] moves byte k of it. */
#define STRETCH 1024u

static uint32_t behind[4][256];

static void make_behind(void)
{
	static const uint8_t zeros[STRETCH];
	for (int bit = 0; bit < 32; bit++) {
		uint32_t moved = by_table(UINT32_C(1) << bit, zeros, sizeof zeros);
		for (int i = 0; i < 256; i++)
			if (i >> bit % 8 & 1)
				behind[bit / 8][i] ^= moved;
	}
}

static uint32_t move_on(uint32_t crc)
{
	return behind[0][crc & 0xff] ^ behind[1][crc >> 8 & 0xff] ^
	       behind[2][crc >> 16 & 0xff] ^ behind[3][crc >> 24];
}

WITH_CRC static uint32_t by_threes(uint32_t crc, const uint8_t *in)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	uint32_t second = 0, third = 0;
	pthread_once(&once, make_behind);
	for (size_t at = 0; at < STRETCH; at += 8) {
		crc = step(crc, in + at);
		second = step(second, in + STRETCH + at);
		third = step(third, in + 2 * STRETCH + at);
	}
	return move_on(move_on(crc) ^ second) ^ third;
}

WITH_CRC static uint32_t by_processor(uint32_t crc, const uint8_t *in, size_t n)
{
	for (; n >= 3 * STRETCH; n -= 3 * STRETCH, in += 3 * STRETCH)
		crc = by_threes(crc, in);
	for (; n >= 8; n -= 8, in += 8)
		crc = step(crc, in);
	for (; n > 0; n--, in++)
		crc = CRC_BYTE(crc, *in);
	return crc;
}
#endif

uint32_t crc32c(uint32_t crc, const void *in, size_t n)
{
#ifdef WITH_CRC
	if (processor_can())
		return ~by_processor(~crc, in, n);
#endif
	return ~by_table(~crc, in, n);
}

uint32_t crc32c_by_table(uint32_t crc, const void *in, size_t n)
{
	return ~by_table(~crc, in, n);
}

static uint16_t crc16(uint16_t crc, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		crc ^= in[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1);
	}
	return crc;
}

uint16_t crc16_modbus(const uint8_t *in, size_t n)
{
	return crc16(0xffff, in, n);
}

uint16_t crc16_sdi12(const uint8_t *in, size_t n)
{
	return crc16(0, in, n);
}

uint16_t crc16_ccitt(const uint8_t *in, size_t n)
{
	unsigned crc = 0;
	for (size_t i = 0; i < n; i++) {
		crc ^= (unsigned)in[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
	}
	return (uint16_t)crc;
}

uint8_t lrc_modbus(const uint8_t *in, size_t n)
{
	uint8_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum = (uint8_t)(sum + in[i]);
	return (uint8_t)-sum;
}
