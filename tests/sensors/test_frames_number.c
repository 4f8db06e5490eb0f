/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and status words of binary frames, of every type and order. */
#include "tests/kits/check.h"

#include <math.h>
#include <string.h>

#include "sensors/drivers/frames.h"
#include "tests/kits/capture.h"

static struct frame_plain plain_of(const char *text)
{
	struct frame_plain plain;
	plain.n = hex_bytes(text, plain.byte, sizeof plain.byte);
	return plain;
}

static struct profile_tag tag_of(int type, int order)
{
	return (struct profile_tag){ .type = type,
		.order = order < 0 ? 0 : order,
		.order_set = order >= 0,
		.scale = 1,
		.divide = 1 };
}

static double number(const char *text, struct profile_tag tag)
{
	struct frame_plain plain = plain_of(text);
	double value;
	bool has = frames_number_get(&tag, &plain, &value);
	assert_int_equal(has, isfinite(value));
	return value;
}

static void one_number_in_all_orders(void **state)
{
	assert_close(number("41 BE 3D 71", tag_of(FRAME_F32, FRAME_ABCD)), 23.78, 1e-7);
	assert_close(number("3D 71 41 BE", tag_of(FRAME_F32, FRAME_CDAB)), 23.78, 1e-7);
	assert_close(number("BE 41 71 3D", tag_of(FRAME_F32, FRAME_BADC)), 23.78, 1e-7);
	assert_close(number("71 3D BE 41", tag_of(FRAME_F32, FRAME_DCBA)), 23.78, 1e-7);
	assert_close(number("01 02", tag_of(FRAME_U16, FRAME_AB)), 0x102, 0);
	assert_close(number("01 02", tag_of(FRAME_U16, FRAME_BA)), 0x201, 0);
	assert_close(number("01 02 03", tag_of(FRAME_U24, FRAME_ABC)), 0x10203, 0);
	assert_close(number("01 02 03", tag_of(FRAME_U24, FRAME_CBA)), 0x30201, 0);
	assert_close(number("FF FE", tag_of(FRAME_I16, FRAME_AB)), -2, 0);
	assert_close(number("FE FF FF FF", tag_of(FRAME_I32, FRAME_DCBA)), -2, 0);
	assert_close(
	        number("80 00 00 00", tag_of(FRAME_U32, FRAME_ABCD)), 0x80000000, 0);
	assert_close(number("FE", tag_of(FRAME_I8, -1)), -2, 0);
	assert_close(number("FE", tag_of(FRAME_U8, -1)), 254, 0);
}

static void parts_of_a_number(void **state)
{
	struct profile_tag tag = tag_of(FRAME_U8, -1);
	tag.mask = 0xF0;
	tag.shift = 4;
	assert_close(number("A5", tag), 10, 0);
	tag = tag_of(FRAME_BIT, -1);
	tag.bit = 2;
	assert_close(number("A5", tag), 1, 0);
	tag.bit = 1;
	assert_close(number("A5", tag), 0, 0);
	tag = tag_of(FRAME_I16, FRAME_BA);
	tag.divide = 18;
	tag.offset = -17.77777777777778;
	assert_close(number("1B 03", tag), 26.388888888888889, 1e-15); /* 79.5 F */
}

static void what_is_no_number_is_none(void **state)
{
	struct sentinel none[] = { { .is_bits = true, .bits = 0x7FFF },
		{ .number = 5 } };
	struct profile_tag tag = tag_of(FRAME_I16, FRAME_BA);
	tag.n_sentinels = 2;
	tag.sentinel_value = none;
	assert_true(isnan(number("FF 7F", tag)));
	assert_close(number("FE 7F", tag), 0x7FFE, 0);
	assert_true(isnan(number("05 00", tag)));
	assert_true(isnan(number("FF", tag))); /* the frame ends before */
	tag.at = 1;
	assert_true(isnan(number("00 05", tag)));
	tag = tag_of(FRAME_F32, FRAME_ABCD);
	assert_true(isnan(number("7F A0 00 00", tag)));
	assert_true(isnan(number("7F 80 00 00", tag)));
	assert_true(isnan(number("FF 80 00 00", tag)));
	assert_true(isfinite(number("7F 7F FF FF", tag)));
	tag.scale = 1e300;
	assert_true(isnan(number("7F 7F FF FF", tag)));
}

/* There and back, among other bytes that stay. */
static void all_types_and_orders_come_back(void **state)
{
	static const double values[] = { 0, 1, 7, 100, 127, 128, 255, 256, -1, -128,
		-129, 32767, 32768, 65535, 65536, 16777215, 16777216, 2147483647,
		2147483648, 4294967295, 4294967296, -2147483648.0, -2147483649.0 };
	for (int type = FRAME_U8; type <= FRAME_I32; type++)
		for (int order = -1; order <= FRAME_DCBA; order++) {
			size_t size = frames_type_size(type);
			if (order < 0 ? size != 1 : frames_order_size(order) != size)
				continue;
			struct profile_tag tag = tag_of(type, order);
			bool is_signed = type == FRAME_I8 || type == FRAME_I16 ||
			                 type == FRAME_I32;
			double top = ldexp(1, 8 * (int)size - is_signed);
			tag.at = 3;
			for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
				struct frame_plain plain = { .n = 8 };
				double back, v = values[i];
				memset(plain.byte, 0xEE, 8);
				bool fits = v < top && v >= (is_signed ? -top : 0);
				assert_int_equal(frames_number_put(&tag, v, &plain),
				        fits ? OK : REFUSED);
				if (!fits)
					continue;
				assert_true(frames_number_get(&tag, &plain, &back));
				assert_close(back, v, 0);
				assert_int_equal(plain.byte[2], 0xEE);
				assert_int_equal(plain.byte[3 + size], 0xEE);
			}
		}
}

static void none_and_parts_can_be_put(void **state)
{
	struct sentinel none[] = { { .is_bits = true, .bits = 0x7FFF } };
	struct frame_plain plain = plain_of("EE EE EE EE");
	struct profile_tag tag = tag_of(FRAME_I16, FRAME_BA);
	assert_int_equal(frames_number_put(&tag, NAN, &plain), REFUSED);
	tag.n_sentinels = 1;
	tag.sentinel_value = none;
	assert_int_equal(frames_number_put(&tag, NAN, &plain), OK);
	assert_memory_equal(plain.byte, "\xFF\x7F\xEE\xEE", 4);
	tag = tag_of(FRAME_U8, -1);
	tag.at = 2;
	tag.mask = 0xF0;
	tag.shift = 4;
	assert_int_equal(frames_number_put(&tag, 10, &plain), OK);
	assert_int_equal(plain.byte[2], 0xAE);
	assert_int_equal(frames_number_put(&tag, 16, &plain), REFUSED);
	tag = tag_of(FRAME_BIT, -1);
	tag.at = 3;
	assert_int_equal(frames_number_put(&tag, 1, &plain), OK);
	assert_int_equal(plain.byte[3], 0xEF);
	tag = tag_of(FRAME_F32, FRAME_ABCD);
	assert_int_equal(frames_number_put(&tag, NAN, &plain), OK);
	assert_memory_equal(plain.byte, "\x7F\xC0\x00\x00", 4);
	tag.at = 1;
	assert_int_equal(frames_number_put(&tag, 1, &plain), REFUSED);
}

static void a_status_may_have_several_bytes(void **state)
{
	struct frame_plain plain = plain_of("00 12 34 56 78");
	struct profile_rule rule = { .at = 1 };
	assert_int_equal(frames_rule_word(&rule, &plain), 0x12);
	rule.order_set = true;
	rule.order = FRAME_BA;
	assert_int_equal(frames_rule_word(&rule, &plain), 0x3412);
	rule.order = FRAME_ABCD;
	assert_int_equal(frames_rule_word(&rule, &plain), 0x12345678);
	frames_rule_put(&rule, 0xA1B2C3D4, &plain);
	assert_memory_equal(plain.byte, "\x00\xA1\xB2\xC3\xD4", 5);
	rule.at = 2; /* the frame ends before */
	assert_int_equal(frames_rule_word(&rule, &plain), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_number_in_all_orders),
		cmocka_unit_test(parts_of_a_number),
		cmocka_unit_test(what_is_no_number_is_none),
		cmocka_unit_test(all_types_and_orders_come_back),
		cmocka_unit_test(none_and_parts_can_be_put),
		cmocka_unit_test(a_status_may_have_several_bytes),
	};
	return cmocka_run_group_tests_name("frames_number", tests, NULL, NULL);
}
