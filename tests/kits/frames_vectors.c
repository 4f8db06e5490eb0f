/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/frames_vectors.h"

#include <string.h>

#include "tests/kits/capture.h"

// clang-format off
const struct frames_vector frames_vectors[] = {
	{ "L01a", "42 4D 00 1C 00 00 00 08 00 08 00 00 00 08 00 08 00 D2 00 46 00 2D 00 1E 00 00 00 00 97 00 02 C5",
	  "42 4D 00 1C", "", { .length = 32, .check = CHECK_SUM16 } },
	{ "L02a", "42 4D 00 04 E1 00 01 74",
	  "42 4D", "", { .length_at = 2, .length_size = 2, .length_add = 4, .longest = 40, .check = CHECK_SUM16 } },
	{ "L03a", "AA C0 06 00 06 00 58 D9 3D AB",
	  "AA C0", "AB", { .length = 10, .check = CHECK_SUM8, .from = 2 } },
	{ "L04a", "FF 86 02 20 00 00 00 00 58",
	  "FF 86", "", { .length = 9, .check = CHECK_NEG_SUM8, .from = 1 } },
	{ "L05a", "FF 86 00 2A 00 00 00 20 30",
	  "FF 86", "", { .length = 9, .check = CHECK_NEG_SUM8, .from = 1 } },
	{ "L06a", "7E 00 03 00 28 40 A7 83 20 41 17 77 BB 41 4A 5F 83 41 54 8D DD 41 D2 83 3E 42 7D 33 FC 85 "
	          "42 26 17 22 42 29 A4 D9 42 2A 29 BC 3F 55 B7 E7 9E 7E",
	  "7E 00 03", "7E", { .stuffed = true, .length_at = 4, .length_size = 1, .length_add = 7, .longest = 47,
	                      .check = CHECK_FF_SUM8, .from = 1 } },
	{ "L07a", "7E 00 00 00 00 FF 7E",
	  "7E 00 00", "7E", { .stuffed = true, .length = 7, .check = CHECK_FF_SUM8, .from = 1 } },
	{ "L08a", "40 0D 04 00 04 00 07 00 09 00 17 00 00 00 00 84",
	  "40 0D 04", "", { .length = 16, .check = CHECK_NEG_SUM8 } },
	{ "D01a", "C6 CE A2 03 E2 B4",
	  "C6", "", { .length = 6, .check = CHECK_CRC_CCITT } },
	{ "X07a", "06 80 03 1A 00 00 40 80 00 00 39 00 00 00 00 39 42 A4 33 33 39 00 00 00 00 20 41 B8 00 00 59",
	  "06 80 03", "", { .length_at = 3, .length_size = 1, .length_add = 5, .longest = 40, .check = CHECK_XOR8 } },
	/* X05a, request of an ULTRAMAT 23 (its driver is another one), for the check alone */
	{ "X05a", "10 01 11 D0 6B 02 10 03 63 71",
	  "10 01", "", { .length = 10, .check = CHECK_CRC16_MODBUS, .check_low_first = true } },
};
// clang-format on
const size_t n_frames_vectors = sizeof frames_vectors / sizeof frames_vectors[0];

struct frames_example frames_vector(const char *id)
{
	struct frames_example out = { .n = 0 };
	for (size_t i = 0; i < n_frames_vectors; i++) {
		const struct frames_vector *v = &frames_vectors[i];
		if (strcmp(v->id, id) != 0)
			continue;
		out.rule = v->rule;
		assert_int_equal(frames_bytes(v->header, &out.rule.header), OK);
		assert_int_equal(frames_bytes(v->tail, &out.rule.tail), OK);
		out.n = hex_bytes(v->answer, out.in, sizeof out.in);
		return out;
	}
	fail_msg("there is no vector %s", id);
	return out;
}
