/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/stored_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/deflate.h"
#include "base/digest.h"

/* The payload of a DESCRIBE opens with these (base/describe.h). */
enum {
	AT_ENCODING = 0,
	AT_LENGTH = 4,
	HEAD = 8,
};
enum { PLAIN = 0, DEFLATED = 1 };

int stored_text_of_payload(const uint8_t *payload, size_t size, char **text, size_t *n)
{
	if (size < HEAD || payload[AT_ENCODING] > DEFLATED)
		return MALFORMED;
	size_t length = get_le32(payload + AT_LENGTH);
	if (length > STORED_TEXT_MOST ||
	        (payload[AT_ENCODING] == PLAIN && length != size - HEAD))
		return MALFORMED;
	char *out = malloc(length + 1);
	if (out == NULL)
		return FAILED;
	int status = OK;
	if (payload[AT_ENCODING] == PLAIN)
		memcpy(out, payload + HEAD, length);
	else
		status = inflate_text(payload + HEAD, size - HEAD, out, length);
	if (status != OK) {
		free(out);
		return status;
	}
	out[length] = '\0';
	*text = out;
	*n = length;
	return OK;
}

int stored_text_of(const struct describe *describe, char **text, size_t *n)
{
	uint8_t hash[DIGEST_SIZE];
	struct describe copy = *describe; /* encoding sets the hash: ours must stay */
	uint8_t *payload = malloc(DESCRIBE_MOST);
	if (payload == NULL)
		return FAILED;
	int size = describe_encode(&copy, payload, DESCRIBE_MOST);
	int status = size < 0 ? size
	                      : stored_text_of_payload(payload, (size_t)size, text, n);
	free(payload);
	if (status != OK)
		return status;
	digest_of(*text, *n, hash);
	if (memcmp(hash, describe->hash, DIGEST_SIZE) == 0)
		return OK;
	free(*text);
	return MALFORMED;
}

int stored_text_read(
        struct describe **out, const char *text, size_t n, struct problem *why)
{
	uint8_t *payload = malloc(DESCRIBE_MOST);
	if (payload == NULL)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "no memory");
	if (n > STORED_TEXT_MOST) {
		free(payload);
		return problem_set(
		        why, MALFORMED, EXIT_DAMAGED, "a DESCRIBE of %zu bytes", n);
	}
	memset(payload, 0, HEAD);
	put_le32(payload + AT_LENGTH, (uint32_t)n);
	size_t size = n;
	if (n <= DESCRIBE_MOST - HEAD) {
		memcpy(payload + HEAD, text, n);
	} else {
		payload[AT_ENCODING] = DEFLATED;
		size = deflate_text(text, n, payload + HEAD, DESCRIBE_MOST - HEAD);
	}
	int status = size == 0 && n > 0
	                     ? problem_set(why, MALFORMED, EXIT_DAMAGED,
	                               "a DESCRIBE too long for a record")
	                     : describe_decode(out, payload, HEAD + size, why);
	free(payload);
	return status;
}
