/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/status.h"
#include "base/table.h"
#include "base/utf8.h"

static const struct table_column columns[] = {
	{ .name = "station", .title = "Trạm" },
	{ .name = "time" },
	{ .name = "value", .title = "Giá trị", .right = true },
	{ .name = "received", .right = true },
	{ .name = "note", .wide = true },
	{ .name = "unit" },
	{ 0 },
};

static char *written(enum table_format format, void (*fill)(struct table *table))
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct table *table = table_new(out, format, columns, OFFSET_VIETNAM);
	fill(table);
	assert_int_equal(table_end(table), OK);
	fclose(out);
	return text;
}

static void assert_written(
        enum table_format format, void (*fill)(struct table *), const char *want)
{
	char *got = written(format, fill);
	assert_string_equal(got, want);
	free(got);
}

static void two_rows(struct table *table)
{
	table_text(table, "Nước thải");
	table_time(table, 1794707280 * US_PER_S);
	table_number(table, 93.456, 1);
	table_integer(table, 288);
	table_text(table, "a, \"b\"\nc");
	table_text(table, "mg/L");
	table_row(table);
	table_text(table, NULL);
	table_empty(table);
	table_number(table, NAN, 1);
	table_integer(table, -1);
	table_text(table, "");
	table_text(table, "µg/m³");
	table_row(table);
	assert_int_equal(table_rows(table), 2);
}

static void no_row(struct table *table)
{
	assert_int_equal(table_rows(table), 0);
}

static void text_is_aligned_by_what_the_eye_sees(void **state)
{
	assert_written(TABLE_TEXT, two_rows,
	        "Trạm       TIME                       Giá trị  RECEIVED  UNIT\n"
	        "Nước thải  2026-11-15T08:48:00+07:00     93.5       288  mg/L\n"
	        "                                                     -1  µg/m³\n");
	assert_written(TABLE_TEXT, no_row, "Trạm  TIME  Giá trị  RECEIVED  UNIT\n");
}

static void csv_is_quoted_by_rfc_4180(void **state)
{
	assert_written(TABLE_CSV, two_rows,
	        "station,time,value,received,note,unit\n"
	        "Nước thải,2026-11-15T08:48:00+07:00,93.5,288,\"a, "
	        "\"\"b\"\"\nc\",mg/L\n"
	        ",,,-1,,µg/m³\n");
	assert_written(TABLE_CSV, no_row, "station,time,value,received,note,unit\n");
}

static void json_is_an_array_of_objects(void **state)
{
	assert_written(TABLE_JSON, two_rows,
	        "[\n{\"station\":\"Nước thải\",\"time\":\"2026-11-15T08:48:00+07:00\","
	        "\"value\":93.5,\"received\":288,\"note\":\"a, "
	        "\\\"b\\\"\\nc\",\"unit\":\"mg/L\"}\n"
	        ",{\"station\":null,\"time\":null,\"value\":null,\"received\":-1,"
	        "\"note\":\"\",\"unit\":\"µg/m³\"}\n]\n");
	assert_written(TABLE_JSON, no_row, "[]\n");
}

static void number_cell(struct table *table)
{
	static const double values[] = { 0.1, -0.004, -0.0, 1e-7, 1.0 / 3, INFINITY,
		-5 };
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		table_empty(table);
		table_empty(table);
		table_number(table, values[i], i % 2 == 0 ? -1 : 2);
		table_number(table, values[i], 0);
		table_empty(table);
		table_empty(table);
		table_row(table);
	}
}

static void numbers_are_shortest_exact_or_rounded(void **state)
{
	assert_written(TABLE_CSV, number_cell,
	        "station,time,value,received,note,unit\n"
	        ",,0.1,0,,\n"
	        ",,0.00,0,,\n"
	        ",,-0,0,,\n"
	        ",,0.00,0,,\n"
	        ",,0.3333333333333333,0,,\n"
	        ",,,,,\n"
	        ",,-5,-5,,\n");
}

static void many_rows(struct table *table)
{
	for (int i = 0; i < 2500; i++) {
		for (int k = 0; k < 5; k++)
			table_integer(table, i);
		table_text(table, i == 2400 ? "wider than all before" : "x\ty\x1b[31m");
		table_row(table);
	}
}

static void a_long_table_is_not_held_back(void **state)
{
	char *got = written(TABLE_TEXT, many_rows);
	size_t lines = 0;
	for (const char *c = got; *c != '\0'; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 2501);
	assert_contains(got, "wider than all before\n");
	assert_null(strchr(got, '\x1b'));
	assert_null(strchr(got, '\t'));
	free(got);
}

static void one_empty_cell_is_still_a_row(void **state)
{
	static const struct table_column one[] = { { .name = "id" }, { 0 } };
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct table *table = table_new(out, TABLE_CSV, one, 0);
	table_empty(table);
	table_row(table);
	assert_int_equal(table_end(table), OK);
	fclose(out);
	assert_string_equal(text, "id\n\"\"\n");
	free(text);
}

static void a_full_disk_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	if (full == NULL)
		skip();
	struct table *table = table_new(full, TABLE_CSV, columns, 0);
	two_rows(table);
	assert_int_equal(table_end(table), FAILED);
	fclose(full);
}

static void widths_are_those_of_a_terminal(void **state)
{
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("COD"), 3);
	assert_int_equal(text_width("Nước thải"), 9);
	assert_int_equal(text_width("Nu\xcc\x9bo\xcc\x9b\xcc\x81"
	                            "c"),
	        4); /* decomposed: marks take no room */
	assert_int_equal(text_width("水质"), 4);
	assert_int_equal(text_width("µg/m³"), 5);
	assert_int_equal(text_width("\xff\xfe"), 2);
	assert_int_equal(text_width("a\xe1\xba"), 3); /* cut short */
}

static void only_utf8_is_taken_for_utf8(void **state)
{
	static const struct {
		const char *text;
		size_t n, sound;
	} cases[] = { { "abc", 3, 3 }, { "\xc3\xa0", 2, 2 }, { "\xc3", 1, 0 },
		{ "a\xc0\x80", 3, 1 }, { "\xe0\x80\x80", 3, 0 },
		{ "\xed\xa0\x80", 3, 0 }, { "\xf4\x90\x80\x80", 4, 0 },
		{ "\xf0\x9f\x98\x80", 4, 4 }, { "\xf0\x80\x80\x80", 4, 0 },
		{ "\xf5\x80\x80\x80", 4, 0 }, { "x\x80", 2, 1 },
		{ "\xe1\xba\xa1", 3, 3 }, { "\xe1\xba", 2, 0 }, { "", 0, 0 } };
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(utf8_sound(cases[i].text, cases[i].n), cases[i].sound);
}

static void formats_are_known_by_name(void **state)
{
	assert_int_equal(table_format_of("text"), TABLE_TEXT);
	assert_int_equal(table_format_of("csv"), TABLE_CSV);
	assert_int_equal(table_format_of("json"), TABLE_JSON);
	assert_int_equal(table_format_of("CSV"), NOT_FOUND);
	assert_int_equal(table_format_of(""), NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_aligned_by_what_the_eye_sees),
		cmocka_unit_test(csv_is_quoted_by_rfc_4180),
		cmocka_unit_test(json_is_an_array_of_objects),
		cmocka_unit_test(numbers_are_shortest_exact_or_rounded),
		cmocka_unit_test(a_long_table_is_not_held_back),
		cmocka_unit_test(one_empty_cell_is_still_a_row),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(widths_are_those_of_a_terminal),
		cmocka_unit_test(only_utf8_is_taken_for_utf8),
		cmocka_unit_test(formats_are_known_by_name),
	};
	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
