/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA-256 (FIPS 180-4) of short byte strings, for programs that need nothing else of OpenSSL: a
 * cabinet hashes its DESCRIBEs at the start, and libcrypto alone is a third of its memory.  For
 * much data base/digest.h is several times faster.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32

void sha256_of(const void *in, size_t n, uint8_t out[SHA256_SIZE]);

#endif
