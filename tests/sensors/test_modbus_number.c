/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers, sample times and state rules of Modbus registers. */
#include "tests/kits/check.h"

#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "sensors/drivers/modbus.h"
#include "tests/kits/capture.h"
#include "tests/kits/modbus_vectors.h"

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

static const char *answer_of(const char *id)
{
	for (size_t i = 0; i < n_vectors; i++)
		if (strcmp(vectors[i].id, id) == 0)
			return vectors[i].answer;
	fail();
	return NULL;
}

/* ---- numbers ---- */

/* M12a: the first item is the lowest bit of the first byte. */
static void bits_count_from_the_lowest(void **state)
{
	struct bytes b = bytes_of(answer_of("M12a"));
	static const double want[] = { 0, 1, 0, 0 };
	for (int i = 0; i < 4; i++) {
		struct profile_tag tag = {
			.type = TYPE_BIT, .at = i, .scale = 1, .divide = 1
		};
		double value;
		assert_int_equal(modbus_tag_get(&tag, true, b.in + 3, &value), true);
		assert_close(value, want[i], 0);
	}
}

static void one_number_in_four_orders(void **state)
{
	static const char *const wire[] = { "41 BE 3D 71", "3D 71 41 BE", "BE 41 71 3D",
		"71 3D BE 41" };
	for (int order = ORDER_ABCD; order <= ORDER_DCBA; order++) {
		struct bytes b = bytes_of(wire[order]);
		struct profile_tag tag = { .type = TYPE_F32,
			.order = order,
			.scale = 1,
			.divide = 1,
			.count = 1 };
		double value;
		assert_int_equal(modbus_tag_get(&tag, false, b.in, &value), true);
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
				struct profile_tag tag = { .at = 3,
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
				        modbus_tag_get(&tag, false, data, &back), true);
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
	struct profile_tag u = { .type = TYPE_U16, .scale = 1, .divide = 1 };
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
	struct profile_tag tag = {
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
	struct profile_tag tag = { .type = TYPE_U16, .scale = 1, .divide = 10 };
	uint8_t data[] = { 0, 3 };
	double value;
	modbus_tag_get(&tag, false, data, &value);
	assert_true(value == 0.3);
	tag.divide = 1;
	tag.scale = 0.1;
	modbus_tag_get(&tag, false, data, &value);
	assert_true(value != 0.3); /* why profiles say divide */
	tag = (struct profile_tag){
		.type = TYPE_I16, .scale = 2, .divide = 1, .offset = -40
	};
	modbus_tag_get(&tag, false, data, &value);
	assert_close(value, -34, 0);
}

static void nan_infinity_and_sentinels_are_no_value(void **state)
{
	static const char *const none[] = { "7F A0 00 00", "7F C0 00 00", "FF FF FF FF",
		"7F 80 00 00", "FF 80 00 00", "7F 80 00 01" };
	struct profile_tag tag = {
		.type = TYPE_F32, .order = ORDER_ABCD, .scale = 1, .divide = 1
	};
	double value;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		struct bytes b = bytes_of(none[i]);
		assert_int_equal(modbus_tag_get(&tag, false, b.in, &value), false);
		assert_true(isnan(value));
	}
	struct bytes largest = bytes_of("7F 7F FF FF");
	assert_int_equal(modbus_tag_get(&tag, false, largest.in, &value), true);
	struct sentinel minus = { .number = -9999 },
	                bits = { .is_bits = true, .bits = 0x8000 };
	struct profile_tag word = { .type = TYPE_I16,
		.scale = 1,
		.divide = 10,
		.n_sentinels = 1,
		.sentinel_value = &minus };
	struct bytes b = bytes_of("D8 F1");
	assert_int_equal(modbus_tag_get(&word, false, b.in, &value), false);
	b = bytes_of("D8 F2");
	assert_int_equal(modbus_tag_get(&word, false, b.in, &value), true);
	assert_close(value, -999.8, 0);
	word.sentinel_value = &bits;
	b = bytes_of("80 00");
	assert_int_equal(modbus_tag_get(&word, false, b.in, &value), false);
	b = bytes_of("80 01");
	assert_int_equal(modbus_tag_get(&word, false, b.in, &value), true);
}

static void minus_zero_is_kept_to_the_bit(void **state)
{
	struct profile_tag tag = {
		.type = TYPE_F32, .order = ORDER_ABCD, .scale = 1, .divide = 1
	};
	struct bytes b = bytes_of("80 00 00 00");
	double value;
	modbus_tag_get(&tag, false, b.in, &value);
	assert_true(signbit(value) != 0);
}

static void numbers_written_as_text_and_bcd(void **state)
{
	struct profile_tag tag = {
		.type = TYPE_ASCII, .count = 3, .scale = 1, .divide = 1
	};
	double value;
	assert_int_equal(
	        modbus_tag_get(&tag, false, (const uint8_t *)" 12.34", &value), true);
	assert_close(value, 12.34, 0);
	assert_int_equal(
	        modbus_tag_get(&tag, false, (const uint8_t *)"7.1\0\0\0", &value),
	        true);
	assert_int_equal(
	        modbus_tag_get(&tag, false, (const uint8_t *)"------", &value), false);
	assert_int_equal(
	        modbus_tag_get(&tag, false, (const uint8_t *)"nan   ", &value), false);
	assert_int_equal(
	        modbus_tag_get(&tag, false, (const uint8_t *)"      ", &value), false);
	tag.order = ORDER_BADC;
	tag.order_set = true;
	assert_int_equal(
	        modbus_tag_get(&tag, false, (const uint8_t *)"1 .243", &value), true);
	assert_close(value, 12.34, 0); /* " 1" "2." "34" */
	struct profile_tag bcd = {
		.type = TYPE_BCD, .count = 2, .scale = 1, .divide = 1
	};
	struct bytes b = bytes_of("12 34 56 78");
	assert_int_equal(modbus_tag_get(&bcd, false, b.in, &value), true);
	assert_close(value, 12345678, 0);
	b = bytes_of("12 3A 56 78");
	assert_int_equal(modbus_tag_get(&bcd, false, b.in, &value), false);
}

static void mantissa_and_exponent_and_split_totals(void **state)
{
	struct profile_tag tag = {
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
	assert_int_equal(modbus_tag_get(&tag, false, b.in, &value), false);
	tag.type = TYPE_TOTAL;
	tag.order = ORDER_CDAB;
	b = bytes_of("E2 40 00 01 00 00 3F 00");
	modbus_tag_get(&tag, false, b.in, &value);
	assert_close(value, 123456.5, 0);
}

/* ---- times and rules ---- */

static void sample_times(void **state)
{
	struct profile_time time = { .form = TIME_WORDS, .offset_min = 420 };
	uint8_t data[12];
	struct bytes b = bytes_of("07 EA 00 0B 00 09 00 08 00 30 00 00");
	assert_int_equal(modbus_time_get(&time, b.in), INT64_C(1794188880000000));
	b.in[3] = 13;
	assert_true(modbus_time_get(&time, b.in) == INT64_MIN);
	b = bytes_of("07 EB 00 02 00 1D 00 08 00 30 00 00");
	assert_true(
	        modbus_time_get(&time, b.in) == INT64_MIN); /* no 29 February 2027 */
	time = (struct profile_time){ .form = TIME_TAI64N };
	b = bytes_of("40 00 00 00 59 AE 68 13 00 00 00 00");
	assert_int_equal(modbus_time_get(&time, b.in), INT64_C(1504602131000000));
	time.leap_s = 37;
	assert_int_equal(modbus_time_get(&time, b.in), INT64_C(1504602094000000));
	b.in[0] = 0;
	assert_true(modbus_time_get(&time, b.in) == INT64_MIN);
	time = (struct profile_time){ .form = TIME_SECONDS, .order = ORDER_CDAB };
	b = bytes_of("68 13 59 AE");
	assert_int_equal(modbus_time_get(&time, b.in), INT64_C(1504602131000000));
	uint64_t seed = 11;
	for (int i = 0; i < 2000; i++) {
		int64_t t = (int64_t)(chance(&seed) % UINT64_C(4000000000)) * 1000000 +
		            1000000;
		time = (struct profile_time){
			.form = i % 3, .order = i % 4, .leap_s = 37, .offset_min = 420
		};
		modbus_time_put(&time, t, data);
		assert_int_equal(modbus_time_get(&time, data), t);
	}
}

static void rules_look_at_bits_masks_and_ranges(void **state)
{
	struct profile_rule rule = { .bit = -1 };
	struct word_range good[] = { { 0, 0 }, { 0x80, 0xBF } };
	assert_false(map_rule_holds(&rule, 0));
	assert_true(map_rule_holds(&rule, 1));
	rule.n_unless = 2;
	rule.unless_range = good;
	assert_false(map_rule_holds(&rule, 0));
	assert_false(map_rule_holds(&rule, 0x80));
	assert_false(map_rule_holds(&rule, 0xBF));
	assert_true(map_rule_holds(&rule, 0x7F));
	assert_true(map_rule_holds(&rule, 0xC0));
	rule = (struct profile_rule){ .bit = 13, .bit_set = true };
	assert_true(map_rule_holds(&rule, 0x2000));
	assert_false(map_rule_holds(&rule, 0xDFFF));
	rule = (struct profile_rule){ .mask = 0x1F };
	assert_true(map_rule_holds(&rule, 0x8001));
	assert_false(map_rule_holds(&rule, 0x8000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	return cmocka_run_group_tests_name("modbus number", tests, NULL, NULL);
}
