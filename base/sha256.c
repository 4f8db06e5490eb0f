/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FIPS 180-4, 4.1.2 (functions), 4.2.2 (constants), 5.1.1 (padding), 6.2.2 (one block):
 *
 *     message, 80, 00 ... 00, length in bits (8 bytes, big-endian)     whole blocks of 64 bytes
 */
#include "base/sha256.h"

#include <string.h>

#include "base/bytes.h"

#define BLOCK  64
#define LENGTH 8

static const uint32_t round_constant[64] = { 0x428a2f98, 0x71374491, 0xb5c0fbcf,
	0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
	0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
	0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
	0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
	0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
	0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
	0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c,
	0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee,
	0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2 };

static const uint32_t begin[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

static uint32_t right(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void schedule(uint32_t word[64], const uint8_t block[BLOCK])
{
	for (int t = 0; t < 16; t++)
		word[t] = get_be32(block + 4 * t);
	for (int t = 16; t < 64; t++) {
		uint32_t a = word[t - 15], b = word[t - 2];
		word[t] = (right(b, 17) ^ right(b, 19) ^ b >> 10) + word[t - 7] +
		          (right(a, 7) ^ right(a, 18) ^ a >> 3) + word[t - 16];
	}
}

static void take_block(uint32_t hash[8], const uint8_t block[BLOCK])
{
	uint32_t word[64], v[8]; /* v: a to h */
	schedule(word, block);
	memcpy(v, hash, sizeof v);
	for (int t = 0; t < 64; t++) {
		uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
		uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
		uint32_t first = v[7] +
		                 (right(v[4], 6) ^ right(v[4], 11) ^ right(v[4], 25)) +
		                 choice + round_constant[t] + word[t];
		uint32_t second =
		        (right(v[0], 2) ^ right(v[0], 13) ^ right(v[0], 22)) + majority;
		memmove(v + 1, v, 7 * sizeof v[0]);
		v[4] += first;
		v[0] = first + second;
	}
	for (int i = 0; i < 8; i++)
		hash[i] += v[i];
}

void sha256_of(const void *in, size_t n, uint8_t out[SHA256_SIZE])
{
	const uint8_t *bytes = in;
	uint8_t last[2 * BLOCK] = { 0 };
	uint32_t hash[8];
	size_t whole = n / BLOCK * BLOCK, rest = n - whole;
	memcpy(hash, begin, sizeof hash);
	for (size_t i = 0; i < whole; i += BLOCK)
		take_block(hash, bytes + i);
	if (rest > 0)
		memcpy(last, bytes + whole, rest);
	last[rest] = 0x80;
	size_t end = rest + 1 + LENGTH <= BLOCK ? BLOCK : 2 * BLOCK;
	put_be32(last + end - 8, (uint32_t)((uint64_t)n >> 29));
	put_be32(last + end - 4, (uint32_t)((uint64_t)n << 3));
	for (size_t i = 0; i < end; i += BLOCK)
		take_block(hash, last + i);
	for (int i = 0; i < 8; i++)
		put_be32(out + 4 * i, hash[i]);
}
