/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a pattern takes for an answer: checks, addresses, blanks, empty fields, widths, pairs, units. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "sensors/tables/checksum.h"
#include "tests/kits/pattern_kit.h"

static void a_wrong_check_is_told_from_a_wrong_form(void **state)
{
	struct pattern pattern = pattern_of(">{a:7}{check}\\r", CHECKSUM_SUM8);
	const char *right = ">+08.0749A\r", *value = ">+08.0759A\r",
	           *check = ">+08.0749B\r", *form = ">+08.0749A\n", *cut = ">+08.0759A";
	assert_int_equal(pattern_match(&pattern, "", text_bytes(right), NULL), 11);
	assert_int_equal(
	        pattern_match(&pattern, "", text_bytes(value), NULL), PATTERN_WRONG);
	assert_int_equal(
	        pattern_match(&pattern, "", text_bytes(check), NULL), PATTERN_WRONG);
	assert_int_equal(
	        pattern_match(&pattern, "", text_bytes(form), NULL), PATTERN_NONE);
	assert_int_equal(
	        pattern_match(&pattern, "", text_bytes(cut), NULL), PATTERN_SHORT);
	pattern = pattern_of("{address}r1{check}\\r\\n", CHECKSUM_SDI12);
	assert_int_equal(pattern_match(&pattern, "0", text_bytes("0r1yyy\r\n"), NULL),
	        PATTERN_WRONG); /* W03a */
}

static int length(const char *pattern, const char *address, const char *message)
{
	struct pattern compiled = pattern_of(pattern, CHECKSUM_NONE);
	return pattern_match(&compiled, address, text_bytes(message), NULL);
}

static void an_answer_of_another_address_is_refused(void **state)
{
	const char *answer = "T 123:10:38 0100 SO2=261.4 PPB\r\n";
	const char *pattern = "T {_} {address:4} SO2={so2} {unit}\\r\\n";
	assert_int_equal(length(pattern, "100", answer), strlen(answer));
	assert_int_equal(length(pattern, "101", answer), PATTERN_NONE);
	assert_int_equal(length(pattern, "10", answer), PATTERN_NONE);
	assert_int_equal(length("{address+128}x\\r", "49", "\xb1x\r"), 3);
	assert_int_equal(length("{address+128}x\\r", "50", "\xb1x\r"), PATTERN_NONE);
}

static void an_address_that_does_not_fit_cannot_be_printed(void **state)
{
	uint8_t out[64];
	struct pattern_room room = { out, sizeof out };
	struct pattern byte = pattern_of("{address+128}", CHECKSUM_NONE);
	struct pattern wide = pattern_of("#{address:2}\\r", CHECKSUM_NONE);
	assert_int_equal(pattern_print(&byte, "127", NULL, room), 1);
	assert_int_equal(out[0], 255);
	assert_int_equal(pattern_print(&byte, "128", NULL, room), REFUSED);
	assert_int_equal(pattern_print(&byte, "", NULL, room), REFUSED);
	assert_int_equal(pattern_print(&byte, "4x", NULL, room), REFUSED);
	assert_int_equal(pattern_print(&byte, "-1", NULL, room), REFUSED);
	assert_int_equal(pattern_print(&wide, "0A", NULL, room), 4);
	assert_memory_equal(out, "#0A\r", 4);
	assert_int_equal(pattern_print(&wide, "", NULL, room), REFUSED);
	assert_int_equal(pattern_print(&wide, "001", NULL, room), REFUSED);
}

static void a_run_of_blanks_is_any_number_but_none(void **state)
{
	assert_int_equal(length("o3 {v} ppb\\r", "", "o3 \t 1.2  ppb\r"), 14);
	assert_int_equal(length("o3 {v} ppb\\r", "", "o31.2 ppb\r"), PATTERN_NONE);
	assert_int_equal(length("o3\\x20{v}\\x20ppb\\r", "", "o3 1.2 ppb\r"), 11);
	assert_int_equal(
	        length("o3\\x20{v:3}\\x20ppb\\r", "", "o3  1.2 ppb\r"), PATTERN_NONE);
	assert_int_equal(length("a b\\r", "", "a  "), PATTERN_SHORT);
}

static void a_field_never_reaches_beyond_its_line(void **state)
{
	const char *two = "o3 bad cmd\ro3 1.2 ppb\r";
	assert_int_equal(length("o3 {v} ppb\\r", "", two), PATTERN_NONE);
	assert_int_equal(length("o3 {v} ppb\\r", "", two + 11), 11);
	assert_int_equal(length("{v:3}\\r", "", "1\r2\r"), PATTERN_NONE);
	assert_int_equal(length("{_}x\\r", "", "\x01x\r"), PATTERN_NONE);
	assert_int_equal(length("{_}x\\r", "", "\xb5x\r"), 3);
}

static void an_empty_field_is_a_field(void **state)
{
	struct text_fields fields;
	struct pattern pattern =
	        pattern_of("$WIMWV,{dir},R,{speed},{unit},{status}*", CHECKSUM_NONE);
	const char *answer = "$WIMWV,,R,,M,V*";
	assert_int_equal(pattern_match(&pattern, "", text_bytes(answer), &fields),
	        strlen(answer));
	assert_field(&fields, "dir", "");
	assert_field(&fields, "speed", "");
	assert_field(&fields, "unit", "M");
	assert_field(&fields, "status", "V");
}

/* A channel that is switched off is seven blanks, a broken loop keeps its sign. */
static void a_width_keeps_blanks_and_signs_apart(void **state)
{
	struct text_fields fields;
	struct pattern pattern = pattern_of(">{a:7}{b:7}{c:7}\\r", CHECKSUM_NONE);
	uint8_t out[40];
	struct pattern_room room = { out, sizeof out };
	assert_int_equal(pattern_match(&pattern, "",
	                         text_bytes(">+08.074       -00.020\r"), &fields),
	        23);
	assert_field(&fields, "a", "+08.074");
	assert_field(&fields, "b", "");
	assert_field(&fields, "c", "-00.020");
	assert_int_equal(pattern_print(&pattern, "", &fields, room), 23);
	assert_memory_equal(out, ">+08.074       -00.020\r", 23);
	fields.field[1].at = "12345678";
	fields.field[1].n = 8;
	assert_int_equal(pattern_print(&pattern, "", &fields, room), REFUSED);
}

static void pairs_may_stand_between_other_fields(void **state)
{
	struct text_fields fields;
	struct pattern pattern =
	        pattern_of("lrec\\n{time} {date} {pairs \\x20 \\x20}*\\nsum {check}\\r",
	                CHECKSUM_C_LINK);
	/* constructed, as a 49i says it */
	const char *answer =
	        "lrec\n09:30 11-05-25  flags C100400 o3 31.250 bncht 29.500 "
	        "flowa 0.701 pres 743.500*\nsum 148f\r";
	assert_int_equal(pattern_match(&pattern, "", text_bytes(answer), &fields),
	        strlen(answer));
	assert_int_equal(fields.n, 7);
	assert_field(&fields, "time", "09:30");
	assert_field(&fields, "flags", "C100400");
	assert_field(&fields, "o3", "31.250");
	assert_field(&fields, "pres", "743.500");
	assert_int_equal(length("<{pairs = ;}>", "", "<>"), 2);
	assert_int_equal(length("<{pairs = ;}>", "", "<a>"), PATTERN_SHORT);
	assert_int_equal(length("<{pairs = ;}>", "", "<a>\r"), PATTERN_NONE);
	assert_int_equal(length("<{pairs = ;}>", "", "<=1>"), PATTERN_NONE);
	assert_int_equal(length("<{pairs = ;}>", "", "<a=1;>\r"), PATTERN_NONE);
	assert_int_equal(length("<{pairs = ;}>", "", "<a=>"), 4);
	assert_int_equal(length("<{pairs = ;}>", "", "<a;b=1>"), PATTERN_NONE);
}

static void a_unit_begins_where_the_number_ends(void **state)
{
	struct text_fields fields;
	struct pattern pattern = pattern_of("{pairs = , unit}\\r", CHECKSUM_NONE);
	assert_true(
	        pattern_match(&pattern, "",
	                text_bytes("Dm=027D,Ta=-3.5C,Pa=998.1#,Ri=#\r"), &fields) > 0);
	assert_field(&fields, "Dm", "027");
	assert_field(&fields, "Dm.unit", "D");
	assert_field(&fields, "Ta", "-3.5");
	assert_field(&fields, "Pa.unit", "#");
	assert_field(&fields, "Ri", "");
	assert_field(&fields, "Ri.unit", "#");
}

static void more_fields_than_there_is_room_for_are_refused(void **state)
{
	char message[2000];
	size_t n = 0;
	struct text_fields fields;
	struct pattern pattern = pattern_of("{pairs = ;}\\r", CHECKSUM_NONE);
	for (size_t i = 0; i < TEXT_FIELDS; i++)
		n += (size_t)snprintf(message + n, sizeof message - n, "%s%zu=%zu",
		        i ? ";" : "", i, i);
	snprintf(message + n, sizeof message - n, "\r");
	assert_int_equal(
	        pattern_match(&pattern, "", text_bytes(message), &fields), n + 1);
	assert_int_equal(fields.n, TEXT_FIELDS);
	snprintf(message + n, sizeof message - n, ";z=1\r");
	assert_int_equal(pattern_match(&pattern, "", text_bytes(message), &fields),
	        PATTERN_NONE);
	const char *name23 = "aaaaaaaaaaaaaaaaaaaaaaa=1\r",
	           *name24 = "aaaaaaaaaaaaaaaaaaaaaaaa=1\r";
	assert_true(pattern_match(&pattern, "", text_bytes(name23), &fields) > 0);
	assert_int_equal(
	        pattern_match(&pattern, "", text_bytes(name24), &fields), PATTERN_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_check_is_told_from_a_wrong_form),
		cmocka_unit_test(an_answer_of_another_address_is_refused),
		cmocka_unit_test(an_address_that_does_not_fit_cannot_be_printed),
		cmocka_unit_test(a_run_of_blanks_is_any_number_but_none),
		cmocka_unit_test(a_field_never_reaches_beyond_its_line),
		cmocka_unit_test(an_empty_field_is_a_field),
		cmocka_unit_test(a_width_keeps_blanks_and_signs_apart),
		cmocka_unit_test(pairs_may_stand_between_other_fields),
		cmocka_unit_test(a_unit_begins_where_the_number_ends),
		cmocka_unit_test(more_fields_than_there_is_room_for_are_refused),
	};
	return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
