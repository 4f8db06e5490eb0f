/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame of ELAN: refused, or whole; what an answer says is written as the same bytes.  The check would keep a
 * fuzzer out, so it is put right first, unless the first byte is odd. */
#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/status.h"
#include "sensors/drivers/elan_frame.h"
#include "sensors/tables/driver.h"
#include "tests/fuzz/fuzz_kit.h"

static const struct elan_request measured = { 0x11, 'k', 2 };

/* The check behind the first 10 03. */
static void put_right(uint8_t *in, size_t n)
{
	size_t from = n >= 2 && in[1] == 6 ? 2 : 0;
	for (size_t at = from + 2; at + 3 < n; at++) {
		if (in[at] == 0x10 && in[at + 1] == 3) {
			put_le16(in + at + 2, crc16_modbus(in + from, at + 2 - from));
			return;
		}
		at += in[at] == 0x10;
	}
}

static void answer(const uint8_t *in, size_t n)
{
	struct elan_answer out;
	uint8_t again[ELAN_FRAME];
	const char *why;
	int length = elan_answer_frame(&measured, in, n);
	assert(length <= (int)n);
	if (length <= 0)
		return;
	assert(elan_answer_get(&measured, in, (size_t)length, &out, &why) == OK);
	assert(out.n <= ELAN_VALUES);
	assert(elan_answer_put(&measured, &out, again, sizeof again) == length);
	assert(memcmp(again, in, (size_t)length) == 0);
	for (size_t cut = 0; cut < (size_t)length; cut++)
		assert(elan_answer_frame(&measured, in, cut) == FRAME_SHORT);
}

static void request(const uint8_t *in, size_t n)
{
	struct elan_request out;
	uint8_t again[32];
	int length = elan_request_get(in, n, &out);
	assert(length <= (int)n);
	if (length <= 0)
		return;
	assert(elan_request_put(&out, again, sizeof again) == length);
	assert(memcmp(again, in, (size_t)length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	uint8_t bytes[2 * ELAN_FRAME];
	if (n == 0 || n > sizeof bytes)
		return 0;
	memcpy(bytes, in + 1, n - 1);
	if (!(in[0] & 1))
		put_right(bytes, n - 1);
	answer(bytes, n - 1);
	request(bytes, n - 1);
	return 0;
}
