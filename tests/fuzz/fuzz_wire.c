/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message of either side is refused or is whole.  The check sum is put right first, or no mutation
 * would come past it; the last byte of the input decides, so that wrong ones are tried too. */
#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/wire.h"
#include "tests/fuzz/fuzz_kit.h"

static void mend(uint8_t *message, size_t n)
{
	if (n < WIRE_HEADER)
		return;
	uint32_t sum = crc32c(0, message, 44);
	put_le32(message + 44, crc32c(sum, message + WIRE_HEADER, n - WIRE_HEADER));
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static uint8_t message[1 << 16], again[1 << 16];
	struct wire wire;
	struct wire_hello hello;
	struct wire_welcome welcome;
	if (n == 0 || n > sizeof message)
		return 0;
	bool mended = in[n - 1] & 1;
	n--;
	memcpy(message, in, n);
	if (mended)
		mend(message, n);
	if (wire_decode(&wire, message, n) != OK)
		return 0;
	assert(n <= WIRE_MOST && wire.payload_size + WIRE_HEADER == n);
	assert(wire_encode(&wire, again, sizeof again) == (int)n);
	assert(memcmp(again, message, n) == 0);
	if (wire_hello_get(&hello, wire.payload, wire.payload_size) == OK)
		assert(memchr(hello.version, '\0', sizeof hello.version) != NULL);
	(void)wire_welcome_get(&welcome, wire.payload, wire.payload_size);
	return 0;
}
