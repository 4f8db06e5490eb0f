/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time stamps by somebody else (RFC 3161): the question as a file, and the answer. */
#ifndef BASE_STAMP_H
#define BASE_STAMP_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/status.h"

#define STAMP_REQUEST 69 /* bytes of a question */
#define STAMP_NONCE   8

/* A TimeStampReq over a SHA-256, DER, that asks for the certificate too. */
void stamp_request(const uint8_t hash[DIGEST_SIZE], const uint8_t nonce[STAMP_NONCE],
        uint8_t out[STAMP_REQUEST]);

struct stamp {
	uint8_t hash[DIGEST_SIZE]; /* what was stamped */
	int64_t time_us;           /* when, says the authority */
	char authority[128];       /* name in the certificate that signed */
};

/* Read an answer (TimeStampResp, DER) and check that the certificate in it signed it.
 * Whose certificate that is, `openssl ts -verify -CAfile` tells.  OK; REFUSED: the
 * authority gave no stamp; MALFORMED. */
int stamp_read(struct stamp *stamp, const uint8_t *in, size_t n, struct problem *why);

#endif
