/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 (FIPS 180-4), by OpenSSL. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE 32
#define DIGEST_HEX  (2 * DIGEST_SIZE + 1)

/* One kept context: a digest of many small pieces costs no allocation. */
struct digest;
struct digest *digest_new(void);
void digest_free(struct digest *digest);
void digest_begin(struct digest *digest);
void digest_add(struct digest *digest, const void *in, size_t n);
void digest_end(struct digest *digest, uint8_t out[DIGEST_SIZE]);

/* SHA-256 of one byte string. */
void digest_of(const void *in, size_t n, uint8_t out[DIGEST_SIZE]);

/* SHA-256 of a whole file; OK or FAILED (errno). */
int digest_of_file(const char *path, uint8_t out[DIGEST_SIZE]);

/* 64 lower-case digits and a NUL. */
void digest_print(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_HEX]);

/* OK or MALFORMED: exactly 64 hexadecimal digits. */
int digest_parse(const char *text, uint8_t out[DIGEST_SIZE]);

#endif
