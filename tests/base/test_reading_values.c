/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A state and a number: which go together in a READING, and every number to the bit. */
#include "tests/kits/check.h"

#include <math.h>

#include "base/bytes.h"
#include "base/reading.h"
#include "base/status.h"

static int write_one(uint8_t channel_state, double value, uint8_t *out, size_t room)
{
	struct reading_parts parts = {
		.n_channels = 1,
		.state = &channel_state,
		.value = &value,
	};
	return reading_encode(&parts, out, room);
}

static void every_value_comes_back_to_the_bit(void **state)
{
	const double values[] = { 0.0, -0.0, 0.1, 1.0 / 3, (double)7.2f, (double)0.1f,
		(double)3.4028234663852886e38f, 9007199254740992.0, -9007199254740991.0,
		5e-324, 2.2250738585072011e-308, -1e-310, 1.7976931348623157e308, -200,
		4294967295.0, 8.0123 };
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		uint8_t out[64];
		struct reading got;
		int n = write_one(STATE_OK, values[i], out, sizeof out);
		assert_int_equal(n, READING_HEADER + 9);
		assert_int_equal(reading_decode(&got, out, (size_t)n), OK);
		assert_true(bits_of_double(reading_value(&got, 0)) ==
		            bits_of_double(values[i]));
	}
}

/* ok, below range and above range claim a number; unchanged, silent, garbled, refused,
 * no value and off never carry one; the others may. */
static void a_state_and_its_number_agree(void **state)
{
	const char *const rule = "1000001" /* ok .. below */
	                         "1"       /* above */
	                         "2222" /* calibrating, maintenance, fault, stopped */
	                         "0";   /* off */
	for (uint8_t s = 0; s < CHANNEL_STATES; s++) {
		uint8_t out[64];
		struct reading got;
		int with = write_one(s, 3.5, out, sizeof out);
		assert_int_equal(reading_decode(&got, out, (size_t)with), OK);
		assert_int_equal(got.state[0], s);
		assert_int_equal(!isnan(reading_value(&got, 0)), rule[s] != '0');
		int without = write_one(s, NAN, out, sizeof out);
		assert_int_equal(without < 0, rule[s] == '1');
		if (without > 0) {
			assert_int_equal(
			        reading_decode(&got, out, (size_t)without), OK);
			assert_true(get_le64(got.values) == READING_FILL);
		}
		assert_int_equal(
		        write_one(s, INFINITY, out, sizeof out) < 0, rule[s] == '1');
	}
}

static void a_payload_whose_state_and_number_disagree_is_refused(void **state)
{
	uint8_t out[64];
	struct reading got;
	int n = write_one(STATE_OK, 3.5, out, sizeof out);
	assert_int_equal(reading_decode(&got, out, (size_t)n), OK);
	out[READING_HEADER] = STATE_SILENT;
	assert_int_equal(reading_decode(&got, out, (size_t)n), MALFORMED);
	out[READING_HEADER] = CHANNEL_STATES;
	assert_int_equal(reading_decode(&got, out, (size_t)n), MALFORMED);
	out[READING_HEADER] = STATE_OK;
	put_le64(out + READING_HEADER + 1, READING_FILL);
	assert_int_equal(reading_decode(&got, out, (size_t)n), MALFORMED);
	put_le64(out + READING_HEADER + 1, bits_of_double(NAN));
	assert_int_equal(reading_decode(&got, out, (size_t)n), MALFORMED);
	out[READING_HEADER] = STATE_FAULT;
	assert_int_equal(reading_decode(&got, out, (size_t)n), MALFORMED);
	put_le64(out + READING_HEADER + 1, READING_FILL);
	assert_int_equal(reading_decode(&got, out, (size_t)n), OK);
}

static void a_number_that_is_the_fill_is_no_value(void **state)
{
	uint8_t out[64];
	struct reading got;
	int n = write_one(STATE_OK, double_of_bits(READING_FILL), out, sizeof out);
	assert_int_equal(reading_decode(&got, out, (size_t)n), OK);
	assert_int_equal(got.state[0], STATE_NO_VALUE);
}

static void states_have_fixed_words(void **state)
{
	assert_string_equal(channel_state_text(STATE_OK), "ok");
	assert_string_equal(channel_state_text(STATE_ABOVE_RANGE), "above_range");
	assert_string_equal(channel_state_text(CHANNEL_STATES), "?");
	for (uint8_t s = 0; s < CHANNEL_STATES; s++)
		assert_int_equal(channel_state_of(channel_state_text(s)), s);
	assert_int_equal(channel_state_of("OK"), NOT_FOUND);
	assert_int_equal(channel_state_of(""), NOT_FOUND);
	assert_int_equal(channel_state_of(NULL), NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_comes_back_to_the_bit),
		cmocka_unit_test(a_state_and_its_number_agree),
		cmocka_unit_test(a_payload_whose_state_and_number_disagree_is_refused),
		cmocka_unit_test(a_number_that_is_the_fill_is_no_value),
		cmocka_unit_test(states_have_fixed_words),
	};
	return cmocka_run_group_tests_name("reading_values", tests, NULL, NULL);
}
