/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ed25519 (RFC 8032) by OpenSSL.  Keys lie in PEM files (RFC 8410), so that
 * `openssl pkeyutl -verify -rawin` checks the same signature with the same file.
 */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define SIGN_PUBLIC 32
#define SIGN_SIZE   64

struct sign_key; /* a secret key */

/* Make a pair: the secret file (0400) and the public one; neither may be there.  OK or
 * a problem. */
int sign_key_new(const char *secret, const char *public_path, struct problem *why);

/* Read a secret key.  NOT_FOUND; REFUSED: others may read it; MALFORMED. */
int sign_key_open(struct sign_key **out, const char *path, struct problem *why);
void sign_key_close(struct sign_key *key); /* NULL is fine */
const uint8_t *sign_key_public(const struct sign_key *key);

/* OK or FAILED. */
int sign_make(
        const struct sign_key *key, const void *text, size_t n, uint8_t out[SIGN_SIZE]);

/* OK, or MALFORMED: this key did not sign this. */
int sign_check(const uint8_t public_key[SIGN_PUBLIC], const void *text, size_t n,
        const uint8_t signature[SIGN_SIZE]);

/* The public key of a PEM file, and the other way round.  OK or a problem. */
int sign_public_read(const char *path, uint8_t out[SIGN_PUBLIC], struct problem *why);
int sign_public_write(
        const char *path, const uint8_t public_key[SIGN_PUBLIC], struct problem *why);

#endif
