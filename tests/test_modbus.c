/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames and numbers of Modbus.  Vector ids (M01a, ...) are those of the frames' sources, below. */
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "sensors/modbus.h"
#include "tests/capture.h"

struct vector {
	const char *id, *request, *answer;
	struct modbus_request means;
	const char *source;
};

// clang-format off
static const struct vector vectors[] = {
	{ "M01a", "11 03 00 6B 00 03 76 87", "11 03 06 AE 41 56 52 43 40 49 AD",
	  { .slave = 17, .function = 3, .start = 107, .count = 3 }, "the tutorial frame of the Modbus handbook" },
	{ "M02a", "01 03 10 08 00 02 41 09", "01 03 04 EC AA 41 6F 9E FF",
	  { .slave = 1, .function = 3, .start = 0x1008, .count = 2 }, "Daily-Code Pb_SZLangShi_PhotoTek6000" },
	{ "M03a", "01 03 00 00 00 04 44 09", "01 03 08 42 48 00 00 42 48 00 00 4C 54",
	  { .slave = 1, .function = 3, .start = 0, .count = 4 }, "Daily-Code TSP_ZhongXing_DM601_Low" },
	{ "M04a", "01 04 00 7E 00 02 11 D3", "01 04 04 42 48 00 00 6F EA",
	  { .slave = 1, .function = 4, .start = 126, .count = 2 }, "Daily-Code tsp_QDJiaMing_LaserDustMP" },
	{ "M05a", "01 03 26 00 00 04 4F 41", "01 03 08 D6 6E D5 41 00 00 00 00 B8 AD",
	  { .slave = 1, .function = 3, .start = 0x2600, .count = 4 }, "Daily-Code OPR_Yosemitech" },
	{ "M06a", "01 03 00 55 00 02 D4 1B", "01 03 04 00 00 48 42 4C 02",
	  { .slave = 1, .function = 3, .start = 0x55, .count = 2 }, "Daily-Code cems_ZhongKe_TR216I" },
	{ "M07a", "30 03 10 00 00 10 44 E7",
	  "30 03 20 42 B1 00 00 42 B7 00 00 41 48 00 00 42 96 66 66 43 8E 99 9A 41 CC CC CD 3F C0 00 00 43 26 B3 33 57 9E",
	  { .slave = 48, .function = 3, .start = 0x1000, .count = 16 }, "Daily-Code cems_HBKaiErUniMAT120" },
	{ "M08a", "01 03 00 0A 00 03 25 C9", "01 03 06 00 01 47 AE 41 05 99 B3",
	  { .slave = 1, .function = 3, .start = 10, .count = 3 }, "Daily-Code andan_HBKeruida" },
	{ "M09a", "01 03 06 D7 00 0A 75 7D",
	  "01 03 14 47 AE 41 05 06 25 3D 81 00 17 00 06 00 02 00 08 00 00 00 00 87 87",
	  { .slave = 1, .function = 3, .start = 0x6D7, .count = 10 }, "Daily-Code andan_LiDa" },
	{ "M10a", "01 03 05 0F 00 06 F5 07", "01 03 0C 41 43 00 00 00 00 00 02 00 00 19 64 46 B2",
	  { .slave = 1, .function = 3, .start = 0x50F, .count = 6 }, "Daily-Code flux_BuLuKeSi" },
	{ "M11a", "01 03 00 08 00 02 45 C9", "01 03 04 00 00 09 5E 7D 9B",
	  { .slave = 1, .function = 3, .start = 8, .count = 2 }, "Daily-Code others_vocs_pid" },
	{ "M12a", "11 02 00 20 00 04 7A 93", "11 02 01 02 24 89",
	  { .slave = 17, .function = 2, .start = 32, .count = 4 }, "Daily-Code mark_zz_3di" },
	{ "M13a", "0A 01 04 A1 00 01 AC 63", "0A 81 02 B0 53",
	  { .slave = 10, .function = 1, .start = 0x4A1, .count = 1 }, "the tutorial frame of an exception" },
	{ "M14a", "01 03 00 00 00 18 45 C0",
	  "01 03 30 EC F6 3B 5A 59 61 3C A4 35 84 3D 17 36 EA 3C CE C3 6A 3C 5B 73 7B 3C 8E 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 CE 3D",
	  { .slave = 1, .function = 3, .start = 0, .count = 24 }, "Daily-Code gas_thermo450i" },
	{ "P01a", "01 04 00 00 00 08 F1 CC", "01 04 10 D7 0A 40 E3 00 80 00 00 66 66 41 CA 00 80 00 00 45 88",
	  { .slave = 1, .function = 4, .start = 0, .count = 8 }, "map E+H SD01189C p. 40" },
	{ "P02a", "01 03 08 29 00 0A 16 65",
	  "01 03 14 10 00 00 00 CD 0C 40 80 00 00 00 00 00 00 00 00 00 00 41 60 77 0D",
	  { .slave = 1, .function = 3, .start = 2089, .count = 10 }, "map Hamilton pH Arc" },
	{ "P03a", "01 04 00 12 00 02 D1 CE", "01 04 04 42 25 33 33 AA D2",
	  { .slave = 1, .function = 4, .start = 18, .count = 2 }, "map Teledyne T400 A-7" },
};
// clang-format on
#define N_VECTORS (sizeof vectors / sizeof vectors[0])

struct bytes {
	uint8_t in[FRAME_MOST];
	size_t n;
};

static struct bytes bytes_of(const char *text)
{
	struct bytes b;
	b.n = hex_bytes(text, b.in, sizeof b.in);
	return b;
}

/* The number a tag finds in the data of an RTU answer. */
static double number(const char *answer, struct modbus_tag tag)
{
	struct bytes b = bytes_of(answer);
	double value;
	if (tag.scale == 0)
		tag.scale = 1;
	if (tag.divide == 0)
		tag.divide = 1;
	if (tag.count == 0)
		tag.count = 1;
	modbus_tag_get(&tag, false, b.in + 3, &value);
	return value;
}

static const char *answer_of(const char *id)
{
	for (size_t i = 0; i < N_VECTORS; i++)
		if (strcmp(vectors[i].id, id) == 0)
			return vectors[i].answer;
	fail();
	return NULL;
}

/* ---- frames ---- */

static void requests_are_those_of_the_vectors(void **state)
{
	for (size_t i = 0; i < N_VECTORS; i++) {
		struct bytes want = bytes_of(vectors[i].request);
		struct modbus_request back;
		uint8_t out[FRAME_MOST];
		int n = modbus_request_put(
		        FRAMING_RTU, &vectors[i].means, out, sizeof out);
		assert_int_equal(n, want.n);
		assert_memory_equal(out, want.in, want.n);
		assert_int_equal(
		        modbus_request_get(FRAMING_RTU, want.in, want.n, &back),
		        want.n);
		assert_memory_equal(&back, &vectors[i].means, sizeof back);
	}
}

static void answers_of_the_vectors_are_taken(void **state)
{
	for (size_t i = 0; i < N_VECTORS; i++) {
		struct bytes b = bytes_of(vectors[i].answer);
		struct modbus_answer answer;
		const struct modbus_request *request = &vectors[i].means;
		assert_int_equal(
		        modbus_answer_frame(FRAMING_RTU, request, b.in, b.n), b.n);
		int status = modbus_answer_get(
		        FRAMING_RTU, request, b.in, b.n, true, &answer);
		if (strcmp(vectors[i].id, "M13a") == 0) {
			assert_int_equal(status, REFUSED);
			assert_int_equal(answer.exception, 2);
			continue;
		}
		assert_int_equal(status, OK);
		assert_int_equal(answer.size, modbus_answer_size(request));
	}
}

static void every_cut_is_short(void **state)
{
	for (size_t i = 0; i < N_VECTORS; i++) {
		struct bytes b = bytes_of(vectors[i].answer);
		for (size_t n = 0; n < b.n; n++)
			assert_int_equal(modbus_answer_frame(FRAMING_RTU,
			                         &vectors[i].means, b.in, n),
			        FRAME_SHORT);
	}
}

static void every_flipped_bit_is_refused(void **state)
{
	for (size_t i = 0; i < N_VECTORS; i++) {
		struct bytes b = bytes_of(vectors[i].answer);
		const struct modbus_request *request = &vectors[i].means;
		assert_int_equal(
		        modbus_answer_frame(FRAMING_RTU, request, b.in, b.n), b.n);
		for (size_t bit = 0; bit < 8 * b.n; bit++) {
			b.in[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_true(modbus_answer_frame(
			                    FRAMING_RTU, request, b.in, b.n) <= 0);
			b.in[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* M16a: the check sum is right, the byte count promises two bytes more than came. */
static void a_sound_check_sum_is_not_enough(void **state)
{
	const struct modbus_request request = {
		.slave = 1, .function = 3, .start = 0x96, .count = 4
	};
	struct bytes b = bytes_of("01 03 08 16 23 16 24 16 25 82 7C");
	struct modbus_answer answer;
	assert_int_equal(crc16_modbus(b.in, b.n - 2), get_le16(b.in + b.n - 2));
	assert_int_equal(
	        modbus_answer_frame(FRAMING_RTU, &request, b.in, b.n), FRAME_SHORT);
	assert_int_equal(
	        modbus_answer_get(FRAMING_RTU, &request, b.in, b.n, true, &answer),
	        MALFORMED);
	struct modbus_request three = request;
	three.count = 3;
	assert_int_equal(
	        modbus_answer_frame(FRAMING_RTU, &three, b.in, b.n), FRAME_NONE);
}

/* M15a: a write pushed by a plant's own master is nobody's answer. */
static void an_unsolicited_write_is_no_answer(void **state)
{
	struct bytes b = bytes_of(
	        "01 10 00 18 00 10 20 00 00 00 00 00 00 42 F0 2B 3C 40 7A 00 50 3D "
	        "C3 D8 DD 41 00 67 B4 44 E1 00 00 00 00 00 00 00 00 76 D6");
	for (size_t i = 0; i < N_VECTORS; i++)
		assert_true(modbus_answer_frame(
		                    FRAMING_RTU, &vectors[i].means, b.in, b.n) <= 0);
}

/* MT1a */
static void tcp_frames_carry_number_and_length(void **state)
{
	struct modbus_request request = {
		.slave = 17, .function = 3, .start = 107, .count = 3, .number = 1
	};
	struct bytes want = bytes_of("00 01 00 00 00 06 11 03 00 6B 00 03");
	struct bytes b = bytes_of("00 01 00 00 00 09 11 03 06 AE 41 56 52 43 40");
	struct modbus_answer answer;
	uint8_t out[FRAME_MOST];
	assert_int_equal(
	        modbus_request_put(FRAMING_TCP, &request, out, sizeof out), want.n);
	assert_memory_equal(out, want.in, want.n);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(modbus_answer_frame(FRAMING_TCP, &request, b.in, n),
		        FRAME_SHORT);
	assert_int_equal(
	        modbus_answer_get(FRAMING_TCP, &request, b.in, b.n, true, &answer), OK);
	assert_int_equal(get_be16(answer.data), 44609);
	assert_int_equal(get_be16(answer.data + 4), 17216);
	request.number = 2;
	assert_int_equal(
	        modbus_answer_get(FRAMING_TCP, &request, b.in, b.n, true, &answer),
	        MALFORMED);
	assert_int_equal(
	        modbus_answer_get(FRAMING_TCP, &request, b.in, b.n, false, &answer),
	        OK);
}

/* TCP has no check sum of its own: what can be told is told by header, slave, function and count. */
static void every_flipped_bit_of_a_tcp_header_is_refused(void **state)
{
	const struct modbus_request request = {
		.slave = 17, .function = 3, .start = 107, .count = 3, .number = 1
	};
	struct bytes b = bytes_of("00 01 00 00 00 09 11 03 06 AE 41 56 52 43 40");
	struct modbus_answer answer;
	assert_int_equal(
	        modbus_answer_get(FRAMING_TCP, &request, b.in, b.n, true, &answer), OK);
	for (size_t bit = 0; bit < 8 * 9; bit++) {
		b.in[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(modbus_answer_get(FRAMING_TCP, &request, b.in, b.n,
		                             true, &answer),
		        OK);
		b.in[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void counts_stop_at_the_limits(void **state)
{
	uint8_t out[FRAME_MOST];
	struct modbus_request r = {
		.slave = 1, .function = 3, .start = 0, .count = 125
	};
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), 8);
	r.count = 126;
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), REFUSED);
	r.count = 0;
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), REFUSED);
	r = (struct modbus_request){
		.slave = 1, .function = 2, .start = 0, .count = 2000
	};
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), 8);
	r.count = 2001;
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), REFUSED);
	r = (struct modbus_request){
		.slave = 1, .function = 3, .start = 65535, .count = 1
	};
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), 8);
	r.count = 2;
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), REFUSED);
	r = (struct modbus_request){
		.slave = 1, .function = 5, .start = 0, .count = 1
	};
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, sizeof out), REFUSED);
	r.function = 1;
	assert_int_equal(modbus_request_put(FRAMING_RTU, &r, out, 7), FULL);
}

static void answers_and_exceptions_come_back(void **state)
{
	static const int framings[] = { FRAMING_RTU, FRAMING_TCP,
		FRAMING_RTU_OVER_TCP };
	uint8_t data[250], out[FRAME_MOST];
	uint64_t seed = 7;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)chance(&seed);
	for (size_t k = 0; k < 3; k++)
		for (uint16_t count = 1; count <= 125; count++) {
			struct modbus_request r = { .slave = 9,
				.function = 4,
				.count = count,
				.number = count };
			struct modbus_answer answer;
			int n = modbus_answer_put(
			        framings[k], &r, data, out, sizeof out);
			assert_int_equal(
			        modbus_answer_frame(framings[k], &r, out, (size_t)n),
			        n);
			assert_int_equal(modbus_answer_get(framings[k], &r, out,
			                         (size_t)n, true, &answer),
			        OK);
			assert_memory_equal(answer.data, data, 2 * (size_t)count);
			n = modbus_exception_put(framings[k], &r, 6, out, sizeof out);
			assert_int_equal(modbus_answer_get(framings[k], &r, out,
			                         (size_t)n, true, &answer),
			        REFUSED);
			assert_int_equal(answer.exception, 6);
		}
}

/* ---- numbers ---- */

static void numbers_of_the_vectors(void **state)
{
	struct modbus_tag f = { .type = TYPE_F32, .order = ORDER_CDAB };
	assert_close(number(answer_of("M02a"), f), 14.99528, 1e-6);
	assert_close(number(answer_of("M14a"), f), 0.003341, 1e-3);
	f.at = 10;
	assert_close(number(answer_of("M14a"), f), 0.017389, 1e-4);
	f.at = 1;
	assert_close(number(answer_of("M08a"), f), 8.33, 1e-6);
	assert_close(number(answer_of("P02a"),
	                     (struct modbus_tag){
	                             .type = TYPE_F32, .order = ORDER_CDAB, .at = 2 }),
	        4.02503, 1e-5);
	f = (struct modbus_tag){ .type = TYPE_F32, .order = ORDER_ABCD };
	assert_close(number(answer_of("M03a"), f), 50, 0);
	assert_close(number(answer_of("M04a"), f), 50, 0);
	assert_close(number(answer_of("P03a"), f), 41.3, 1e-6);
	assert_close(number(answer_of("M10a"), f), 12.1875, 0);
	f.at = 14;
	assert_close(number(answer_of("M07a"), f), 166.7, 1e-6);
	f = (struct modbus_tag){ .type = TYPE_F32, .order = ORDER_DCBA };
	assert_close(number(answer_of("M05a"), f), 26.67912, 1e-6);
	assert_close(number(answer_of("M06a"), f), 50, 0);
	struct modbus_tag u = { .type = TYPE_U32, .order = ORDER_ABCD };
	assert_close(number(answer_of("M11a"), u), 2398, 0);
	u.at = 4;
	assert_close(number(answer_of("M10a"), u), 6500, 0);
	assert_close(number(answer_of("M01a"), (struct modbus_tag){ .type = TYPE_U16 }),
	        44609, 0);
	assert_close(number(answer_of("M09a"),
	                     (struct modbus_tag){ .type = TYPE_U16, .at = 7 }),
	        8, 0);
}

/* M12a: the first item is the lowest bit of the first byte. */
static void bits_count_from_the_lowest(void **state)
{
	struct bytes b = bytes_of(answer_of("M12a"));
	static const double want[] = { 0, 1, 0, 0 };
	for (int i = 0; i < 4; i++) {
		struct modbus_tag tag = {
			.type = TYPE_BIT, .at = i, .scale = 1, .divide = 1
		};
		double value;
		assert_int_equal(modbus_tag_get(&tag, true, b.in + 3, &value), TAG_OK);
		assert_close(value, want[i], 0);
	}
}

static void one_number_in_four_orders(void **state)
{
	static const char *const wire[] = { "41 BE 3D 71", "3D 71 41 BE", "BE 41 71 3D",
		"71 3D BE 41" };
	for (int order = ORDER_ABCD; order <= ORDER_DCBA; order++) {
		struct bytes b = bytes_of(wire[order]);
		struct modbus_tag tag = { .type = TYPE_F32,
			.order = order,
			.scale = 1,
			.divide = 1,
			.count = 1 };
		double value;
		assert_int_equal(modbus_tag_get(&tag, false, b.in, &value), TAG_OK);
		assert_close(value, 23.78, 1e-7);
	}
}

/* There and back, all types and orders, at an odd place among other registers. */
static void all_types_and_orders_come_back(void **state)
{
	static const double values[] = { 0, 1, 7, 42.5, 123.25, 1000, 65535, -1, -32768,
		-2.5, 4294967295.0, -2147483648.0, 2147483647 };
	int tried = 0;
	for (int type = TYPE_U16; type <= TYPE_TOTAL; type++)
		for (int order = ORDER_ABCD; order <= ORDER_GHEFCDAB; order++)
			for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
				bool long_order = order > ORDER_DCBA;
				struct modbus_tag tag = { .at = 3,
					.type = type,
					.order = order,
					.order_set = true,
					.count = 6,
					.scale = 1,
					.divide = 1 };
				uint8_t data[64];
				double back, want = values[i];
				if (long_order != (type == TYPE_F64))
					continue;
				if (type == TYPE_BIT)
					want = want != 0;
				memset(data, 0xA5, sizeof data);
				int status = modbus_tag_put(&tag, false, want, data);
				if (status == REFUSED)
					continue;
				assert_int_equal(
				        modbus_tag_get(&tag, false, data, &back),
				        TAG_OK);
				bool whole = type <= TYPE_I32 || type == TYPE_BCD;
				if (type == TYPE_F32)
					assert_close(back, (double)(float)want, 0);
				else
					assert_close(back,
					        whole ? nearbyint(want) : want, 0);
				assert_int_equal(data[5], 0xA5);
				assert_int_equal(
				        data[6 + 2 * modbus_tag_width(&tag)], 0xA5);
				tried++;
			}
	assert_true(tried > 250);
}

static void numbers_a_type_cannot_hold_are_refused(void **state)
{
	uint8_t data[16] = { 0 };
	struct modbus_tag u = { .type = TYPE_U16, .scale = 1, .divide = 1 };
	assert_int_equal(modbus_tag_put(&u, false, 65535, data), OK);
	assert_int_equal(modbus_tag_put(&u, false, 65536, data), REFUSED);
	assert_int_equal(modbus_tag_put(&u, false, -1, data), REFUSED);
	u.type = TYPE_I16;
	assert_int_equal(modbus_tag_put(&u, false, -32768, data), OK);
	assert_int_equal(modbus_tag_put(&u, false, -32769, data), REFUSED);
	u.type = TYPE_BCD;
	u.count = 1;
	assert_int_equal(modbus_tag_put(&u, false, 9999, data), OK);
	assert_int_equal(modbus_tag_put(&u, false, 10000, data), REFUSED);
}

static void fields_of_bits_are_masked_and_shifted(void **state)
{
	struct modbus_tag tag = {
		.type = TYPE_U16, .mask = 0x0F00, .shift = 8, .scale = 1, .divide = 1
	};
	uint8_t data[] = { 0xAB, 0xCD };
	double value;
	modbus_tag_get(&tag, false, data, &value);
	assert_close(value, 0xB, 0);
	assert_int_equal(modbus_tag_put(&tag, false, 3, data), OK);
	assert_int_equal(get_be16(data), 0xA3CD);
	assert_int_equal(modbus_tag_put(&tag, false, 16, data), REFUSED);
}

static void dividing_by_ten_is_exact(void **state)
{
	struct modbus_tag tag = { .type = TYPE_U16, .scale = 1, .divide = 10 };
	uint8_t data[] = { 0, 3 };
	double value;
	modbus_tag_get(&tag, false, data, &value);
	assert_true(value == 0.3);
	tag.divide = 1;
	tag.scale = 0.1;
	modbus_tag_get(&tag, false, data, &value);
	assert_true(value != 0.3); /* why profiles say divide */
	tag = (struct modbus_tag){
		.type = TYPE_I16, .scale = 2, .divide = 1, .offset = -40
	};
	modbus_tag_get(&tag, false, data, &value);
	assert_close(value, -34, 0);
}

static void nan_infinity_and_sentinels_are_no_value(void **state)
{
	static const char *const none[] = { "7F A0 00 00", "7F C0 00 00", "FF FF FF FF",
		"7F 80 00 00", "FF 80 00 00", "7F 80 00 01" };
	struct modbus_tag tag = {
		.type = TYPE_F32, .order = ORDER_ABCD, .scale = 1, .divide = 1
	};
	double value;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		struct bytes b = bytes_of(none[i]);
		assert_int_equal(
		        modbus_tag_get(&tag, false, b.in, &value), TAG_NO_VALUE);
		assert_true(isnan(value));
	}
	struct bytes largest = bytes_of("7F 7F FF FF");
	assert_int_equal(modbus_tag_get(&tag, false, largest.in, &value), TAG_OK);
	struct modbus_sentinel minus = { .number = -9999 },
	                       bits = { .is_bits = true, .bits = 0x8000 };
	struct modbus_tag word = { .type = TYPE_I16,
		.scale = 1,
		.divide = 10,
		.n_sentinels = 1,
		.sentinel_value = &minus };
	struct bytes b = bytes_of("D8 F1");
	assert_int_equal(modbus_tag_get(&word, false, b.in, &value), TAG_NO_VALUE);
	b = bytes_of("D8 F2");
	assert_int_equal(modbus_tag_get(&word, false, b.in, &value), TAG_OK);
	assert_close(value, -999.8, 0);
	word.sentinel_value = &bits;
	b = bytes_of("80 00");
	assert_int_equal(modbus_tag_get(&word, false, b.in, &value), TAG_NO_VALUE);
	b = bytes_of("80 01");
	assert_int_equal(modbus_tag_get(&word, false, b.in, &value), TAG_OK);
}

static void minus_zero_is_kept_to_the_bit(void **state)
{
	struct modbus_tag tag = {
		.type = TYPE_F32, .order = ORDER_ABCD, .scale = 1, .divide = 1
	};
	struct bytes b = bytes_of("80 00 00 00");
	double value;
	modbus_tag_get(&tag, false, b.in, &value);
	assert_true(signbit(value) != 0);
}

static void numbers_written_as_text_and_bcd(void **state)
{
	struct modbus_tag tag = {
		.type = TYPE_ASCII, .count = 3, .scale = 1, .divide = 1
	};
	double value;
	assert_int_equal(
	        modbus_tag_get(&tag, false, (const uint8_t *)" 12.34", &value), TAG_OK);
	assert_close(value, 12.34, 0);
	assert_int_equal(
	        modbus_tag_get(&tag, false, (const uint8_t *)"7.1\0\0\0", &value),
	        TAG_OK);
	assert_int_equal(modbus_tag_get(&tag, false, (const uint8_t *)"------", &value),
	        TAG_NO_VALUE);
	assert_int_equal(modbus_tag_get(&tag, false, (const uint8_t *)"nan   ", &value),
	        TAG_NO_VALUE);
	assert_int_equal(modbus_tag_get(&tag, false, (const uint8_t *)"      ", &value),
	        TAG_NO_VALUE);
	tag.order = ORDER_BADC;
	tag.order_set = true;
	assert_int_equal(
	        modbus_tag_get(&tag, false, (const uint8_t *)"1 .243", &value), TAG_OK);
	assert_close(value, 12.34, 0); /* " 1" "2." "34" */
	struct modbus_tag bcd = {
		.type = TYPE_BCD, .count = 2, .scale = 1, .divide = 1
	};
	struct bytes b = bytes_of("12 34 56 78");
	assert_int_equal(modbus_tag_get(&bcd, false, b.in, &value), TAG_OK);
	assert_close(value, 12345678, 0);
	b = bytes_of("12 3A 56 78");
	assert_int_equal(modbus_tag_get(&bcd, false, b.in, &value), TAG_NO_VALUE);
}

static void mantissa_and_exponent_and_split_totals(void **state)
{
	struct modbus_tag tag = {
		.type = TYPE_DECIMAL, .order = ORDER_ABCD, .scale = 1, .divide = 1
	};
	struct bytes b = bytes_of("00 00 00 7B FF FF");
	double value;
	modbus_tag_get(&tag, false, b.in, &value);
	assert_true(value == 12.3);
	b = bytes_of("FF FF FF 85 00 02");
	modbus_tag_get(&tag, false, b.in, &value);
	assert_close(value, -12300, 0);
	b = bytes_of("00 00 00 01 7F FF");
	assert_int_equal(modbus_tag_get(&tag, false, b.in, &value), TAG_NO_VALUE);
	tag.type = TYPE_TOTAL;
	tag.order = ORDER_CDAB;
	b = bytes_of("E2 40 00 01 00 00 3F 00");
	modbus_tag_get(&tag, false, b.in, &value);
	assert_close(value, 123456.5, 0);
}

/* ---- times and rules ---- */

static void sample_times(void **state)
{
	struct modbus_time time = { .form = TIME_WORDS, .offset_min = 420 };
	uint8_t data[12];
	struct bytes b = bytes_of("07 EA 00 0B 00 09 00 08 00 30 00 00");
	assert_int_equal(modbus_time_get(&time, b.in), INT64_C(1794188880000000));
	b.in[3] = 13;
	assert_true(modbus_time_get(&time, b.in) == INT64_MIN);
	b = bytes_of("07 EB 00 02 00 1D 00 08 00 30 00 00");
	assert_true(
	        modbus_time_get(&time, b.in) == INT64_MIN); /* no 29 February 2027 */
	time = (struct modbus_time){ .form = TIME_TAI64N };
	b = bytes_of("40 00 00 00 59 AE 68 13 00 00 00 00");
	assert_int_equal(modbus_time_get(&time, b.in), INT64_C(1504602131000000));
	time.leap_s = 37;
	assert_int_equal(modbus_time_get(&time, b.in), INT64_C(1504602094000000));
	b.in[0] = 0;
	assert_true(modbus_time_get(&time, b.in) == INT64_MIN);
	time = (struct modbus_time){ .form = TIME_SECONDS, .order = ORDER_CDAB };
	b = bytes_of("68 13 59 AE");
	assert_int_equal(modbus_time_get(&time, b.in), INT64_C(1504602131000000));
	uint64_t seed = 11;
	for (int i = 0; i < 2000; i++) {
		int64_t t = (int64_t)(chance(&seed) % UINT64_C(4000000000)) * 1000000 +
		            1000000;
		time = (struct modbus_time){
			.form = i % 3, .order = i % 4, .leap_s = 37, .offset_min = 420
		};
		modbus_time_put(&time, t, data);
		assert_int_equal(modbus_time_get(&time, data), t);
	}
}

static void rules_look_at_bits_masks_and_ranges(void **state)
{
	struct modbus_rule rule = { .bit = -1 };
	struct word_range good[] = { { 0, 0 }, { 0x80, 0xBF } };
	assert_false(modbus_rule_holds(&rule, 0));
	assert_true(modbus_rule_holds(&rule, 1));
	rule.n_unless = 2;
	rule.unless_range = good;
	assert_false(modbus_rule_holds(&rule, 0));
	assert_false(modbus_rule_holds(&rule, 0x80));
	assert_false(modbus_rule_holds(&rule, 0xBF));
	assert_true(modbus_rule_holds(&rule, 0x7F));
	assert_true(modbus_rule_holds(&rule, 0xC0));
	rule = (struct modbus_rule){ .bit = 13, .bit_set = true };
	assert_true(modbus_rule_holds(&rule, 0x2000));
	assert_false(modbus_rule_holds(&rule, 0xDFFF));
	rule = (struct modbus_rule){ .mask = 0x1F };
	assert_true(modbus_rule_holds(&rule, 0x8001));
	assert_false(modbus_rule_holds(&rule, 0x8000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_those_of_the_vectors),
		cmocka_unit_test(answers_of_the_vectors_are_taken),
		cmocka_unit_test(every_cut_is_short),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(a_sound_check_sum_is_not_enough),
		cmocka_unit_test(an_unsolicited_write_is_no_answer),
		cmocka_unit_test(tcp_frames_carry_number_and_length),
		cmocka_unit_test(every_flipped_bit_of_a_tcp_header_is_refused),
		cmocka_unit_test(counts_stop_at_the_limits),
		cmocka_unit_test(answers_and_exceptions_come_back),
		cmocka_unit_test(numbers_of_the_vectors),
		cmocka_unit_test(bits_count_from_the_lowest),
		cmocka_unit_test(one_number_in_four_orders),
		cmocka_unit_test(all_types_and_orders_come_back),
		cmocka_unit_test(numbers_a_type_cannot_hold_are_refused),
		cmocka_unit_test(fields_of_bits_are_masked_and_shifted),
		cmocka_unit_test(dividing_by_ten_is_exact),
		cmocka_unit_test(nan_infinity_and_sentinels_are_no_value),
		cmocka_unit_test(minus_zero_is_kept_to_the_bit),
		cmocka_unit_test(numbers_written_as_text_and_bcd),
		cmocka_unit_test(mantissa_and_exponent_and_split_totals),
		cmocka_unit_test(sample_times),
		cmocka_unit_test(rules_look_at_bits_masks_and_ranges),
	};
	return cmocka_run_group_tests_name("modbus", tests, NULL, NULL);
}
