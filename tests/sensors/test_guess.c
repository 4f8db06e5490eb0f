/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Registers read in every type and order: the frames of the field notes, whose values are
 * known, tell their order; a wrong one looks wrong. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sensors/drivers/modbus.h"
#include "sensors/tools/guess.h"

struct vector {
	const char *id, *data; /* registers in hexadecimal */
	int order;             /* -1: cannot be told */
	size_t from, at;
	double value; /* f32 at register `at` */
};

/* Yimning/Daily-Code protocol/, manuals: protocol vectors of the tests. */
static const struct vector vectors[] = {
	{ "M02a", "ECAA 416F", ORDER_CDAB, 0, 0, 14.99528 },
	{ "M03a", "4248 0000 4248 0000", ORDER_ABCD, 0, 0, 50 },
	{ "M05a", "D66E D541 0000 0000", ORDER_DCBA, 0, 0, 26.67912 },
	{ "M06a", "0000 4842", ORDER_DCBA, 0, 0, 50 },
	{ "M07a",
	        "42B1 0000 42B7 0000 4148 0000 4296 6666 438E 999A 41CC CCCD 3FC0 0000 "
	        "4326 B333",
	        ORDER_ABCD, 0, 10, 25.6 },
	{ "M08a", "0001 47AE 4105", ORDER_CDAB, 1, 1, 8.33 },
	{ "M09a", "47AE 4105 0625 3D81 0017 0006 0002 0008 0000 0000", ORDER_CDAB, 0, 2,
	        0.063 },
	{ "M14a",
	        "ECF6 3B5A 5961 3CA4 3584 3D17 36EA 3CCE C36A 3C5B 737B 3C8E 0000 0000",
	        ORDER_CDAB, 0, 2, 0.020062 },
	{ "P01a", "D70A 40E3 0080 0000 6666 41CA 0080 0000", ORDER_CDAB, 0, 4, 25.3 },
	{ "P02a", "1000 0000 CD0C 4080 0000 0000 0000 0000 0000 4160", ORDER_CDAB, 0, 2,
	        4.02503 },
	{ "P03a", "4225 3333", ORDER_ABCD, 0, 0, 41.3 },
};
enum { VECTORS = sizeof vectors / sizeof vectors[0] };

static size_t registers(const char *hex, uint8_t *out)
{
	size_t n = 0;
	for (unsigned word; sscanf(hex, "%4x", &word) == 1; n++) {
		out[2 * n] = (uint8_t)(word >> 8);
		out[2 * n + 1] = (uint8_t)word;
		hex += strspn(hex, "0123456789ABCDEF");
		hex += strspn(hex, " ");
	}
	return n;
}

static void known_blocks_tell_their_order(void **state)
{
	uint8_t data[64];
	for (size_t i = 0; i < VECTORS; i++) {
		const struct vector *vector = &vectors[i];
		size_t n = registers(vector->data, data);
		struct guess_order found = guess_order(data, n);
		if (found.order != vector->order || found.from != vector->from)
			fail_msg("%s: order %d from %zu", vector->id, found.order,
			        found.from);
		struct guess guess =
		        guess_one(data, vector->at, TYPE_F32, vector->order);
		assert_close(guess.value, vector->value, 1e-5);
		assert_int_equal(guess.mark, GUESS_PLAUSIBLE);
	}
}

static void a_wrong_order_looks_absurd(void **state)
{
	uint8_t data[64];
	size_t n = registers("4248 0000", data);
	assert_int_equal(n, 2);
	struct guess guess = guess_one(data, 0, TYPE_F32, ORDER_CDAB);
	assert_true(guess.value > 0 && guess.value < 1e-30);
	assert_int_equal(guess.mark, GUESS_ABSURD);
}

static void marks_have_both_sides_of_their_limits(void **state)
{
	assert_int_equal(guess_mark_of(0.99e-30), GUESS_ABSURD);
	assert_int_equal(guess_mark_of(1.01e-30), GUESS_POSSIBLE);
	assert_int_equal(guess_mark_of(-0.99e-4), GUESS_POSSIBLE);
	assert_int_equal(guess_mark_of(-1.01e-4), GUESS_PLAUSIBLE);
	assert_int_equal(guess_mark_of(1e6), GUESS_PLAUSIBLE);
	assert_int_equal(guess_mark_of(1.01e6), GUESS_POSSIBLE);
	assert_int_equal(guess_mark_of(1e12), GUESS_POSSIBLE);
	assert_int_equal(guess_mark_of(1.01e12), GUESS_ABSURD);
	assert_int_equal(guess_mark_of(0), GUESS_ZERO);
	assert_int_equal(guess_mark_of(-9999), GUESS_NO_NUMBER);
	assert_int_equal(guess_mark_of(NAN), GUESS_NO_NUMBER);
	assert_int_equal(guess_mark_of(INFINITY), GUESS_NO_NUMBER);
}

static void what_makers_write_for_no_value_is_none(void **state)
{
	uint8_t data[64];
	registers("7FA0 0000 FFFF 8000", data);
	assert_int_equal(
	        guess_one(data, 0, TYPE_F32, ORDER_ABCD).mark, GUESS_NO_NUMBER);
	assert_int_equal(guess_one(data, 2, TYPE_U16, -1).mark, GUESS_NO_NUMBER);
	assert_int_equal(guess_one(data, 3, TYPE_I16, -1).mark, GUESS_NO_NUMBER);
	assert_int_equal(guess_one(data, 2, TYPE_I16, -1).mark, GUESS_PLAUSIBLE);
	assert_int_equal(guess_one(data, 0, TYPE_BCD, -1).mark, GUESS_NO_NUMBER);
}

static void every_reading_of_a_block_is_there_once(void **state)
{
	uint8_t data[64];
	struct guess guess[8 * GUESSES_EACH];
	size_t n = registers("4045 0000 0000 0000", data);
	size_t k = guess_all(data, n, guess);
	assert_int_equal(k, 4 * 3 + 3 * 12 + 2);
	size_t doubles = 0;
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < i; j++)
			doubles += guess[i].at == guess[j].at &&
			           guess[i].type == guess[j].type &&
			           guess[i].order == guess[j].order;
	assert_int_equal(doubles, 0);
	assert_close(guess_one(data, 0, TYPE_F64, ORDER_ABCDEFGH).value, 42, 0);
}

static void zeros_and_ties_tell_no_order(void **state)
{
	uint8_t data[64];
	assert_int_equal(guess_order(data, registers("0000 0000", data)).order, -1);
	assert_int_equal(guess_order(data, registers("0001", data)).order, -1);
	/* 2.0 in two orders */
	assert_int_equal(guess_order(data, registers("4000 4000", data)).order, -1);
}

/* A block of floats such as instruments have them, written in an order. */
static size_t made_block(uint64_t *seed, int order, uint8_t *data)
{
	static const int decimals[] = { 1, 10, 100, 1000 };
	size_t n = 2 * (2 + chance(seed) % 7);
	for (size_t at = 0; at < n; at += 2) {
		double step = decimals[chance(seed) % 4];
		const struct profile_tag tag = { .at = (int64_t)at,
			.type = TYPE_F32,
			.order = order,
			.scale = 1,
			.divide = 1 };
		double value = (double)(chance(seed) % 10000) / step;
		assert_int_equal(modbus_tag_put(&tag, false, value, data), 0);
	}
	return n;
}

/* Two floats or more: of 10,000 blocks in each order hardly one is told wrongly. */
static void made_up_blocks_are_seldom_told_wrongly(void **state)
{
	uint64_t seed = 20261102;
	size_t wrong = 0, untold = 0;
	for (int i = 0; i < 40000; i++) {
		uint8_t data[64] = { 0 };
		int order = i % 4;
		size_t n = made_block(&seed, order, data);
		int told = guess_order(data, n).order;
		untold += told < 0;
		wrong += told >= 0 && told != order;
	}
	print_message(
	        "of 40000 blocks %zu told wrongly, %zu not told\n", wrong, untold);
	assert_true(wrong <= 4);
	assert_true(untold <= 400);
}

static bool shown(const char *hex, int type, const char *text, int *power)
{
	uint8_t data[64];
	registers(hex, data);
	struct guess guess =
	        guess_one(data, 0, type, type == TYPE_F32 ? ORDER_ABCD : -1);
	return guess_shown(&guess, text, power);
}

static void the_number_on_the_display_is_found(void **state)
{
	int power;
	assert_true(shown("41BE 3D71", TYPE_F32, "23.78", &power));
	assert_true(shown("41BE 3D71", TYPE_F32, "23.8", &power));
	assert_true(shown("41BE 3D71", TYPE_F32, "24", &power));
	assert_false(shown("41BE 3D71", TYPE_F32, "23.79", &power));
	assert_false(shown("41BE 3D71", TYPE_F32, "23", &power));
	assert_true(shown("02D5", TYPE_U16, "7.25", &power));
	assert_int_equal(power, 2);
	assert_true(shown("02D5", TYPE_U16, "725", &power));
	assert_int_equal(power, 0);
	assert_true(shown("02D5", TYPE_U16, "7.3", &power));
	assert_false(shown("02D5", TYPE_U16, "7.26", &power));
	assert_false(shown("02D5", TYPE_U16, "", &power));
	assert_false(shown("02D5", TYPE_U16, "7.2x", &power));
	assert_false(shown("7FC0 0000", TYPE_F32, "0", &power));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_blocks_tell_their_order),
		cmocka_unit_test(a_wrong_order_looks_absurd),
		cmocka_unit_test(marks_have_both_sides_of_their_limits),
		cmocka_unit_test(what_makers_write_for_no_value_is_none),
		cmocka_unit_test(every_reading_of_a_block_is_there_once),
		cmocka_unit_test(made_up_blocks_are_seldom_told_wrongly),
		cmocka_unit_test(zeros_and_ties_tell_no_order),
		cmocka_unit_test(the_number_on_the_display_is_found),
	};
	return cmocka_run_group_tests_name("guess", tests, NULL, NULL);
}
