/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of ELAN.  The request is X05a; answers are constructed from the form a field driver reads. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "sensors/drivers/elan_frame.h"
#include "sensors/tables/driver.h"
#include "tests/kits/capture.h"

static const struct elan_request measured = { 0x11, 'k', 2 };

static const struct elan_answer said = {
	.status = 0,
	.phase = 4,
	.n = 3,
	.value = {
		{ "12.5", 4, { 0, 0, 6, 0 } },
		{ "103", 3, { 0, 0, 7, 0x10 } },
		{ "8.94", 4, { 0, 0x10, 12, 0 } },
	},
};

struct bytes {
	uint8_t in[ELAN_FRAME];
	size_t n;
};

static struct bytes answer_of(
        const struct elan_request *request, const struct elan_answer *answer)
{
	struct bytes b;
	int n = elan_answer_put(request, answer, b.in, sizeof b.in);
	assert_true(n > 0);
	b.n = (size_t)n;
	return b;
}

static void the_request_is_that_of_the_field_driver(void **state)
{
	static const uint8_t x05a[] = { 0x10, 0x01, 0x11, 0xD0, 0x6B, 0x02, 0x10, 0x03,
		0x63, 0x71 };
	struct elan_request back;
	uint8_t out[32];
	assert_int_equal(elan_request_put(&measured, out, sizeof out), sizeof x05a);
	assert_memory_equal(out, x05a, sizeof x05a);
	assert_int_equal(elan_request_put(&measured, out, sizeof x05a), sizeof x05a);
	assert_int_equal(elan_request_put(&measured, out, sizeof x05a - 1), FULL);
	assert_int_equal(elan_request_get(x05a, sizeof x05a, &back), sizeof x05a);
	assert_memory_equal(&back, &measured, sizeof back);
	for (size_t n = 0; n < sizeof x05a; n++)
		assert_int_equal(elan_request_get(x05a, n, &back), FRAME_SHORT);
}

/* Channel 1, component 0: the address is 10 itself. */
static void a_ten_in_the_address_is_sent_twice(void **state)
{
	struct elan_request request = { 0x10, 's', 8 }, back;
	uint8_t out[32];
	int n = elan_request_put(&request, out, sizeof out);
	assert_int_equal(n, 11);
	assert_int_equal(out[2], 0x10);
	assert_int_equal(out[3], 0x10);
	assert_int_equal(elan_request_get(out, (size_t)n, &back), n);
	assert_memory_equal(&back, &request, sizeof back);
}

static void values_come_with_status_phase_and_codes(void **state)
{
	struct bytes b = answer_of(&measured, &said);
	struct elan_answer answer;
	const char *why;
	assert_int_equal(elan_answer_frame(&measured, b.in, b.n), b.n);
	assert_int_equal(elan_answer_get(&measured, b.in, b.n, &answer, &why), OK);
	assert_int_equal(answer.status, 0);
	assert_int_equal(answer.phase, 4);
	assert_int_equal(answer.n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(answer.value[i].n, said.value[i].n);
		assert_memory_equal(
		        answer.value[i].at, said.value[i].at, answer.value[i].n);
		assert_memory_equal(answer.value[i].code, said.value[i].code, 4);
	}
	struct elan_answer ten = said;
	ten.status = 0x10;
	b = answer_of(&measured, &ten);
	assert_int_equal(elan_answer_get(&measured, b.in, b.n, &answer, &why), OK);
	assert_int_equal(answer.status, 0x10);
	assert_int_equal(answer.phase, 4);
}

static void every_cut_is_short(void **state)
{
	struct bytes b = answer_of(&measured, &said);
	assert_int_equal(elan_answer_frame(&measured, b.in, b.n), b.n);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(elan_answer_frame(&measured, b.in, n), FRAME_SHORT);
}

static void every_flipped_bit_is_refused(void **state)
{
	struct bytes b = answer_of(&measured, &said);
	assert_int_equal(elan_answer_frame(&measured, b.in, b.n), b.n);
	for (size_t bit = 0; bit < 8 * b.n; bit++) {
		b.in[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_true(elan_answer_frame(&measured, b.in, b.n) <= 0);
		b.in[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void refused(const struct bytes *b, const char *want)
{
	struct elan_answer answer;
	const char *why;
	assert_int_equal(elan_answer_frame(&measured, b->in, b->n), FRAME_NONE);
	assert_int_equal(
	        elan_answer_get(&measured, b->in, b->n, &answer, &why), MALFORMED);
	assert_contains(why, want);
}

static void what_is_no_answer_is_refused_with_its_reason(void **state)
{
	struct elan_request other = measured;
	struct elan_answer bent = said;
	struct bytes b;
	other.address = 0x12;
	b = answer_of(&other, &said);
	refused(&b, "of another instrument");
	other = measured;
	other.number = 3;
	b = answer_of(&other, &said);
	refused(&b, "to another request");
	bent.value[1].at = "1\x02"
	                   "3";
	b = answer_of(&measured, &bent);
	refused(&b, "its values");
	bent.value[1].n = 0;
	b = answer_of(&measured, &bent);
	refused(&b, "its values");
	bent.value[1] = (struct elan_value){ "1234567890123456", 16, { 0 } };
	b = answer_of(&measured, &bent);
	refused(&b, "its values");
	bent.value[1].n = ELAN_TEXT;
	b = answer_of(&measured, &bent);
	assert_int_equal(elan_answer_frame(&measured, b.in, b.n), b.n);
	b.in[b.n - 1] ^= 0xFF;
	refused(&b, "its check is wrong");
	b = answer_of(&measured, &said);
	memmove(b.in, b.in + 2, b.n - 2); /* nobody says "got it" */
	b.n -= 2;
	refused(&b, "no whole frame");
}

static void an_answer_without_values_and_one_with_the_most(void **state)
{
	struct elan_answer answer = { .phase = 2 }, back;
	const char *why;
	struct bytes b = answer_of(&measured, &answer);
	assert_int_equal(elan_answer_get(&measured, b.in, b.n, &back, &why), OK);
	assert_int_equal(back.n, 0);
	for (size_t i = 0; i < ELAN_VALUES; i++)
		answer.value[answer.n++] = said.value[0];
	b = answer_of(&measured, &answer);
	assert_int_equal(elan_answer_get(&measured, b.in, b.n, &back, &why), OK);
	assert_int_equal(back.n, ELAN_VALUES);
	uint8_t endless[2 * ELAN_FRAME];
	memset(endless, '1', sizeof endless);
	memcpy(endless, b.in, 8);
	assert_int_equal(
	        elan_answer_frame(&measured, endless, sizeof endless), FRAME_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_request_is_that_of_the_field_driver),
		cmocka_unit_test(a_ten_in_the_address_is_sent_twice),
		cmocka_unit_test(values_come_with_status_phase_and_codes),
		cmocka_unit_test(every_cut_is_short),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(what_is_no_answer_is_refused_with_its_reason),
		cmocka_unit_test(an_answer_without_values_and_one_with_the_most),
	};
	return cmocka_run_group_tests_name("elan_frame", tests, NULL, NULL);
}
