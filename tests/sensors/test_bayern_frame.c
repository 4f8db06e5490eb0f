/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of Bayern-Hessen. */
#include "tests/kits/check.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "sensors/drivers/bayern_hessen_frame.h"
#include "sensors/tables/driver.h"

#define RECORDS                                                                        \
	"MD03 001 +2578+01 03 04 0000000000 002 +5681+00 03 04 0000000000 "            \
	"003 +1175+01 03 04 0000000000 "

static const char b01a[] = "\x02"
                           "DA097\x03"
                           "3A";                /* Serinus 44 p. 168 */
static const char b02a[] = "\x02" RECORDS "\r"; /* 42i Trace Level p. D-6 */
static const char b03a[] = "\x02" RECORDS "\x03"
                           "3C"; /* the same by the rule of p. D-3 */

/* An answer of the BAM-1020 as a field engineer noted it (openiod/apri-sensor). */
static const char bam[] =
        "\x02"
        "MD11 001 -1500-02 82 00 001 000000 002 +7116-01 82 00 001 000000 "
        "003 +7015-01 82 00 001 000000 004 -4065-03 82 00 001 000000 "
        "005 +7976-01 82 00 001 000000 006 +0000+00 82 40 001 000000 "
        "007 +3238-02 82 00 001 000000 008 +2099+01 82 00 001 000000 "
        "009 +5352+01 82 00 001 000000 010 +7595+02 82 00 001 000000 "
        "011 +0000+00 82 00 001 000000 \r";

static const uint8_t *bytes(const char *text)
{
	return (const uint8_t *)text;
}

static int frame(int form, const char *text)
{
	return bayern_answer_frame(form, bytes(text), strlen(text));
}

/* An answer with its check, from its text; the bytes live until the next call. */
static const char *closed(int form, const char *text)
{
	static char out[BAYERN_FRAME + 8];
	size_t n = strlen(text);
	memcpy(out + 1, text, n);
	int length = bayern_close(form, n, (uint8_t *)out, sizeof out - 1);
	assert_true(length > 0);
	out[length] = '\0';
	return out;
}

static struct bayern_answer answer_of(int form, const char *text)
{
	struct bayern_answer answer;
	const char *why;
	assert_int_equal(
	        bayern_answer_get(form, bytes(text), strlen(text), &answer, &why), OK);
	return answer;
}

static void assert_token(struct bayern_token token, const char *want)
{
	assert_int_equal(token.n, strlen(want));
	assert_memory_equal(token.at, want, token.n);
}

static double value(const struct bayern_answer *answer, size_t i)
{
	return bayern_value_get(answer->record[i].value.at, answer->record[i].value.n);
}

static void requests_are_those_of_the_manuals(void **state)
{
	uint8_t out[16];
	assert_int_equal(bayern_request_put(BAYERN_ETX, "097", out, sizeof out),
	        sizeof b01a - 1);
	assert_memory_equal(out, b01a, sizeof b01a - 1);
	assert_int_equal(bayern_request_put(BAYERN_CR, "", out, sizeof out), 4);
	assert_memory_equal(out,
	        "\x02"
	        "DA\r",
	        4);
	assert_int_equal(bayern_request_put(BAYERN_ETX, "", out, sizeof out), 6);
	assert_memory_equal(out,
	        "\x02"
	        "DA\x03"
	        "04",
	        6);
	assert_int_equal(bayern_request_put(BAYERN_ETX, "097", out, 9), 9);
	assert_int_equal(bayern_request_put(BAYERN_ETX, "097", out, 8), FULL);
	assert_int_equal(
	        bayern_request_put(BAYERN_ETX, "97", out, sizeof out), REFUSED);
	assert_int_equal(
	        bayern_request_put(BAYERN_ETX, "0097", out, sizeof out), REFUSED);
	assert_int_equal(
	        bayern_request_put(BAYERN_ETX, "09A", out, sizeof out), REFUSED);
}

static void the_answering_side_reads_requests_back(void **state)
{
	struct bayern_request request;
	assert_int_equal(bayern_request_get(bytes(b01a), 9, &request), 9);
	assert_int_equal(request.form, BAYERN_ETX);
	assert_string_equal(request.address, "097");
	assert_int_equal(bayern_request_get(bytes("\x02"
	                                          "DA\r"),
	                         4, &request),
	        4);
	assert_int_equal(request.form, BAYERN_CR);
	assert_string_equal(request.address, "");
	for (size_t n = 0; n < 9; n++)
		assert_int_equal(
		        bayern_request_get(bytes(b01a), n, &request), FRAME_SHORT);
	assert_int_equal(bayern_request_get(bytes("\x02"
	                                          "DA97\r"),
	                         6, &request),
	        FRAME_NONE);
	assert_int_equal(bayern_request_get(bytes("\x02"
	                                          "DA097\x03"
	                                          "3B"),
	                         9, &request),
	        FRAME_NONE);
	assert_int_equal(bayern_request_get(bytes("\x02"
	                                          "ST843 K\x03"
	                                          "52"),
	                         11, &request),
	        FRAME_NONE);
}

static void three_records_of_thermo_are_read_in_both_forms(void **state)
{
	static const double want[] = { 25.78, 5.681, 11.75 };
	for (int form = BAYERN_ETX; form <= BAYERN_CR; form++) {
		const char *text = form == BAYERN_ETX ? b03a : b02a;
		assert_int_equal(frame(form, text), strlen(text));
		struct bayern_answer answer = answer_of(form, text);
		assert_int_equal(answer.n, 3);
		for (size_t i = 0; i < 3; i++) {
			assert_true(value(&answer, i) == want[i]);
			assert_token(answer.record[i].status, "03");
			assert_token(answer.record[i].failure, "04");
			assert_token(answer.record[i].serial, "0000000000");
			assert_null(answer.record[i].gas.at);
		}
		assert_token(answer.record[2].number, "003");
	}
}

static void eleven_records_of_a_bam_are_read(void **state)
{
	assert_int_equal(frame(BAYERN_CR, bam), strlen(bam));
	struct bayern_answer answer = answer_of(BAYERN_CR, bam);
	assert_int_equal(answer.n, 11);
	assert_true(value(&answer, 0) == -0.015);
	assert_true(value(&answer, 3) == -0.004065);
	assert_true(value(&answer, 9) == 759.5);
	assert_token(answer.record[5].failure, "40");
	assert_token(answer.record[10].number, "011");
	assert_token(answer.record[10].gas, "001");
	assert_token(answer.record[10].serial, "000000");
}

static void records_of_every_maker_are_read(void **state)
{
	static const char *const text[] = {
		"MD01 001 +1000+00 40 00 00000000 ",   /* five tokens */
		"MD01 001 +1000+00 40 00 002 000123 ", /* six */
		"MD01 001 +1000+00 40 00000 00000000 ", /* zeros glued to the failure byte */
		"MD01 +1000+00 40 00000 00000000 ", /* and no number */
		"MD01 +1000+00 40 00 00000000 ", "MD01 +1000+00 40 00 002 000123 ",
		"MD01  001  +1000+00  40  00  00000000", /* spaces differ */
	};
	for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
		struct bayern_answer answer =
		        answer_of(BAYERN_ETX, closed(BAYERN_ETX, text[i]));
		assert_int_equal(answer.n, 1);
		assert_true(value(&answer, 0) == 1);
		assert_token(answer.record[0].status, "40");
		assert_token(answer.record[0].failure, "00");
		assert_true((answer.record[0].number.at != NULL) ==
		            (strstr(text[i], " 001 ") != NULL));
		assert_true((answer.record[0].gas.at != NULL) ==
		            (strstr(text[i], " 002 ") != NULL));
	}
	struct bayern_answer none = answer_of(BAYERN_ETX, closed(BAYERN_ETX, "MD00"));
	assert_int_equal(none.n, 0);
}

/* Texts of answers, sound in their check, and why they are none. */
static const struct {
	const char *text, *why;
} wrong[] = {
	{ "MD02 001 +1000+00 40 00 00000000 ",
	        "has not the number of records it says" },
	{ "MD01 001 +1000+00 40 00 00000000 002 +1000+00 40 00 00000000 ",
	        "has not the number of records it says" },
	{ "MD13 ", "more records than any instrument has" },
	{ "MD00 001 +1000+00 40 00 00000000 ",
	        "has not the number of records it says" },
	{ "MD1 001 +1000+00 40 00 00000000 ", "does not begin with MD" },
	{ "MD01001 +1000+00 40 00 00000000 ", "does not begin with MD" },
	{ "MD01 1 +1000+00 40 00 00000000 ", "a record is none" },
	{ "MD01 001 +100+00 40 00 00000000 ", "a record is none" },
	{ "MD01 001 +1000+0 40 00 00000000 ", "a record is none" },
	{ "MD01 001 10000+00 40 00 00000000 ", "a record is none" },
	{ "MD01 001 +10.0+00 40 00 00000000 ", "a record is none" },
	{ "MD01 001 +1000+00 4 00 00000000 ", "a record is none" },
	{ "MD01 001 +1000+00 4G 00 00000000 ", "a record is none" },
	{ "MD01 001 +1000+00 4a 00 00000000 ", "a record is none" },
	{ "MD01 001 +1000+00 40 000 00000000 ", "a record is none" },
	{ "MD01 001 +1000+00 40 00 00000 ", "a record is none" },
	{ "MD01 001 +1000+00 40 00 00000000000 ", "a record is none" },
	{ "MD01 001 +1000+00 40 00 00 000123 ", "a record is none" },
	{ "MD02 001 +1000+00 40 00 00000000 +1000+00 40 00 001 00000000 ",
	        "a record is none" },
};

static void what_is_no_answer_is_refused_with_its_reason(void **state)
{
	struct bayern_answer answer;
	const char *why;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		const char *text = closed(BAYERN_ETX, wrong[i].text);
		assert_int_equal(bayern_answer_get(BAYERN_ETX, bytes(text),
		                         strlen(text), &answer, &why),
		        MALFORMED);
		assert_contains(why, wrong[i].why);
		assert_int_equal(frame(BAYERN_ETX, text), FRAME_NONE);
	}
}

static void what_is_cut_or_bent_is_refused_with_its_reason(void **state)
{
	struct bayern_answer answer;
	const char *why;
	assert_int_equal(bayern_answer_get(BAYERN_ETX, bytes(b03a), sizeof b03a - 2,
	                         &answer, &why),
	        MALFORMED);
	assert_string_equal(why, "cut short");
	assert_int_equal(bayern_answer_get(BAYERN_ETX, bytes(b02a), sizeof b02a - 1,
	                         &answer, &why),
	        MALFORMED);
	char bent[sizeof b03a];
	memcpy(bent, b03a, sizeof bent);
	bent[sizeof bent - 2] = 'D';
	assert_int_equal(bayern_answer_get(BAYERN_ETX, bytes(bent), sizeof bent - 1,
	                         &answer, &why),
	        MALFORMED);
	assert_string_equal(why, "wrong block check");
}

static void an_answer_in_the_other_form_is_none(void **state)
{
	assert_int_equal(frame(BAYERN_CR, b03a), FRAME_NONE);
	assert_int_equal(frame(BAYERN_ETX, b02a), FRAME_NONE);
	assert_int_equal(
	        frame(BAYERN_ETX, b01a), FRAME_NONE); /* our own request, given back */
}

static void every_cut_is_short(void **state)
{
	for (size_t n = 0; n < sizeof b03a - 1; n++)
		assert_int_equal(
		        bayern_answer_frame(BAYERN_ETX, bytes(b03a), n), FRAME_SHORT);
	for (size_t n = 0; n < sizeof b02a - 1; n++)
		assert_int_equal(
		        bayern_answer_frame(BAYERN_CR, bytes(b02a), n), FRAME_SHORT);
	for (size_t n = 0; n < sizeof bam - 1; n++)
		assert_int_equal(
		        bayern_answer_frame(BAYERN_CR, bytes(bam), n), FRAME_SHORT);
}

static void every_flipped_bit_is_refused_where_there_is_a_check(void **state)
{
	char text[sizeof b03a];
	memcpy(text, b03a, sizeof text);
	assert_int_equal(frame(BAYERN_ETX, text), sizeof b03a - 1);
	for (size_t bit = 0; bit < 8 * (sizeof text - 1); bit++) {
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
		assert_true(bayern_answer_frame(
		                    BAYERN_ETX, bytes(text), sizeof text - 1) <= 0);
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
	}
}

/* Without a check a digit turned into another one slips through, and an end digit of a serial number turned
 * into a space; nothing else does. */
static void without_a_check_only_digits_slip_through(void **state)
{
	char text[sizeof b02a];
	size_t slipped = 0;
	memcpy(text, b02a, sizeof text);
	assert_int_equal(frame(BAYERN_CR, text), sizeof b02a - 1);
	for (size_t bit = 0; bit < 8 * (sizeof text - 1); bit++) {
		char was = text[bit / 8], now = (char)(was ^ 1 << bit % 8);
		text[bit / 8] = now;
		if (frame(BAYERN_CR, text) > 0) {
			bool in_serial = (bit / 8 - 6) % 30 >= 19;
			slipped++;
			assert_true(isdigit((unsigned char)was));
			assert_true(isdigit((unsigned char)now) ||
			            (in_serial && now == ' '));
			assert_true(bit / 8 > 5); /* never the number of records */
		}
		text[bit / 8] = was;
	}
	assert_true(slipped > 0);
	print_message("CR form: %zu of %zu flipped bits slip through\n", slipped,
	        8 * (sizeof text - 1));
}

static void values_have_their_point_after_the_first_digit(void **state)
{
	static const struct {
		const char *text;
		double value;
	} known[] = {
		{ "+2578+01", 25.78 },
		{ "+5681+00", 5.681 },
		{ "-5384+06", -5384000.0 }, /* 49i p. D-6 */
		{ "+4567-02", 0.04567 },
		{ "-1500-02", -0.015 },
		{ "+0000+00", 0 },
		{ "+9999+99", 9.999e99 },
	};
	char text[9];
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		assert_true(bayern_value_get(known[i].text, 8) == known[i].value);
		bayern_value_put(known[i].value, text);
		assert_string_equal(text, known[i].text);
	}
	assert_true(isnan(bayern_value_get("+2578+0", 7)));
	assert_true(isnan(bayern_value_get("+25.8+01", 8)));
	bayern_value_put(NAN, text);
	assert_string_equal(text, "+0000+00");
	bayern_value_put(1e100, text);
	assert_string_equal(text, "+0000+00");
	bayern_value_put(9.9996, text);
	assert_string_equal(text, "+1000+01");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_those_of_the_manuals),
		cmocka_unit_test(the_answering_side_reads_requests_back),
		cmocka_unit_test(three_records_of_thermo_are_read_in_both_forms),
		cmocka_unit_test(eleven_records_of_a_bam_are_read),
		cmocka_unit_test(records_of_every_maker_are_read),
		cmocka_unit_test(what_is_no_answer_is_refused_with_its_reason),
		cmocka_unit_test(what_is_cut_or_bent_is_refused_with_its_reason),
		cmocka_unit_test(an_answer_in_the_other_form_is_none),
		cmocka_unit_test(every_cut_is_short),
		cmocka_unit_test(every_flipped_bit_is_refused_where_there_is_a_check),
		cmocka_unit_test(without_a_check_only_digits_slip_through),
		cmocka_unit_test(values_have_their_point_after_the_first_digit),
	};
	return cmocka_run_group_tests_name("bayern_frame", tests, NULL, NULL);
}
