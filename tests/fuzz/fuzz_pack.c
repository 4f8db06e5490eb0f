/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A packed chunk of a column: refused, or exactly as long as it must be; and what is packed comes back.
 * The check sum is put right for odd inputs, or no mutation would come past it. */
#include <assert.h>
#include <string.h>

#include "archive/pack.h"
#include "base/bytes.h"
#include "tests/fuzz/fuzz_kit.h"

#define MOST 65536

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static struct packer *packer;
	static uint8_t chunk[MOST + 4096], out[MOST], back[MOST];
	if (packer == NULL)
		packer = packer_new(MOST);
	assert(packer != NULL && packer_room(packer) <= sizeof chunk);
	if (n < 4 || n > MOST)
		return 0;
	size_t element = (size_t)1 << (in[0] & 3);
	struct unpacked want = { out, (size_t)(get_le16(in + 1)) & ~(element - 1),
		element };
	n -= 4;
	memcpy(chunk, in + 4, n);
	if (in[0] & 4 && n > 4)
		put_le32(chunk + n - 4, fletcher32(chunk, n - 4));
	(void)packer_unpack(packer, chunk, n, &want);
	size_t whole = n & ~(element - 1);
	if (whole == 0)
		return 0;
	size_t size = packer_pack(packer, in + 4, whole, element, chunk);
	assert(size > 0 && size <= packer_room(packer));
	want = (struct unpacked){ back, whole, element };
	assert(packer_unpack(packer, chunk, size, &want) == OK);
	assert(memcmp(back, in + 4, whole) == 0);
	return 0;
}
