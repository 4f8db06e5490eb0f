/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/status.h"

static const char *file_of(void **state, const char *bytes, size_t n)
{
	const char *path = in_folder(*state, "in.csv");
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, n, out), n);
	fclose(out);
	return path;
}

static struct csv *opened(void **state, const char *text)
{
	struct csv *csv = NULL;
	struct problem why = { 0 };
	int status = csv_open(&csv, file_of(state, text, strlen(text)), &why);
	if (status != OK)
		print_error("%s\n", why.text);
	assert_int_equal(status, OK);
	return csv;
}

/* The rest of a file as "cell|cell;cell|cell;", bad rows as "!line;". */
static const char *rest(struct csv *csv)
{
	static char out[4096];
	struct problem why;
	out[0] = '\0';
	for (int got = csv_next(csv, &why); got != 0; got = csv_next(csv, &why)) {
		size_t n = strlen(out);
		if (got < 0) {
			snprintf(out + n, sizeof out - n, "!%zu;", csv_line(csv));
			continue;
		}
		for (size_t i = 0; i < csv_columns(csv); i++) {
			n = strlen(out);
			snprintf(out + n, sizeof out - n, "%s%s", i > 0 ? "|" : "",
			        csv_cell(csv, i));
		}
		strncat(out, ";", sizeof out - strlen(out) - 1);
	}
	return out;
}

static void every_good_form_is_read(void **state)
{
	/* clang-format off */
	static const struct { const char *text, *names, *rows; } form[] = {
		{ "a,b\n1,2\n3,4\n",             "a|b", "1|2;3|4;" },
		{ "a,b\r\n1,2\r\n3,4\r\n",       "a|b", "1|2;3|4;" },
		{ "a,b\r1,2\r3,4\r",             "a|b", "1|2;3|4;" },
		{ "a,b\n1,2\n3,4",               "a|b", "1|2;3|4;" },
		{ "a,b",                         "a|b", "" },
		{ "\xef\xbb\xbf" "a,b\n1,2\n",   "a|b", "1|2;" },
		{ "\xef\xbb\xbf\"a\",b\n1,2\n",  "a|b", "1|2;" },
		{ "\n\r\n\na,b\n\n1,2\n\n\n",    "a|b", "1|2;" },
		{ " a , b\n 1 ,2\n",             "a|b", " 1 |2;" },
		{ "a;b\n1,5;2\n",                "a|b", "1,5|2;" },
		{ "a\tb\n1,5;x\t2\n",            "a|b", "1,5;x|2;" },
		{ "time;PM2,5\n1;2,5\n",         "time|PM2,5", "1|2,5;" },
		{ "\"a,b\";c\n1;2\n",            "a,b|c", "1|2;" },
		{ "Thời gian,Nhiệt độ (°C)\n1,2\n", "Thời gian|Nhiệt độ (°C)", "1|2;" },
		{ "a,b\n,\n",                    "a|b", "|;" },
		{ "a,,\n1,2,3\n",                "a||", "1|2|3;" },
		{ "a\n1\n\"\"\n2\n",             "a", "1;;2;" },
		{ "a,b\n\"x\",\"y\"\n",          "a|b", "x|y;" },
		{ "a,b\n\"x\ny\",\"z\"\n1,2\n",  "a|b", "x\ny|z;1|2;" },
		{ "a,b\n\"x\r\ny\",z\r\n1,2\n",  "a|b", "x\r\ny|z;1|2;" },
		{ "a,b\n\"say \"\"hi\"\"\",2\n", "a|b", "say \"hi\"|2;" },
		{ "a,b\n\"\"\"\",2\n",           "a|b", "\"|2;" },
		{ "a,b\n5\" pipe,2\n",           "a|b", "5\" pipe|2;" },
		{ "a,b\n1,\"2\"",                "a|b", "1|2;" },
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof form / sizeof form[0]; i++) {
		char names[128] = "";
		struct csv *csv = opened(state, form[i].text);
		for (size_t k = 0; k < csv_columns(csv); k++) {
			strcat(names, k > 0 ? "|" : "");
			strcat(names, csv_name(csv, k));
		}
		assert_string_equal(names, form[i].names);
		assert_string_equal(rest(csv), form[i].rows);
		csv_close(csv);
	}
}

static void a_bad_row_is_named_and_the_next_one_read(void **state)
{
	/* clang-format off */
	static const struct { const char *text, *rows, *first; } form[] = {
		{ "a,b\n1\n2,3\n",           "!2;2|3;",     "in.csv:2: 1 cells where the header names 2 columns" },
		{ "a,b\n1,2,3\n2,3\n",       "!2;2|3;",     "in.csv:2: 3 cells" },
		{ "a,b\n1,2\n3,\xb5g\n5,6\n", "1|2;!3;5|6;", "in.csv:3: bytes that are not UTF-8" },
		{ "a,b\n\"x\"y,2\n3,4\n",    "!2;3|4;",     "in.csv:2: text behind a closing quote" },
		{ "a,b\n1,\"2\n3,4\n5,6\n",  "!2;3|4;5|6;", "in.csv:2: a quote is opened in this row and never closed" },
		{ "a,b\n1,\"2\n3,4\n5\n",       "!2;3|4;!4;",  "in.csv:2: a quote is opened" },
		{ "a,b\n1,\"2",              "!2;",         "never closed" },
		{ "a,b\n\"x\ny\",2,3\n4,5\n", "!2;4|5;",    "in.csv:2: 3 cells" },
		{ "a,b\n\"x\ny\",2\n4\n",    "x\ny|2;!4;",  "in.csv:4: 1 cells" },
		{ "a,b\r1,2\r3\r4,5\r",      "1|2;!3;4|5;", "in.csv:3: 1 cells" },
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof form / sizeof form[0]; i++) {
		struct problem why = { 0 };
		struct csv *csv = opened(state, form[i].text);
		assert_string_equal(rest(csv), form[i].rows);
		csv_close(csv);
		csv = opened(state, form[i].text);
		while (csv_next(csv, &why) > 0)
			;
		assert_contains(why.text, form[i].first);
		assert_int_equal(why.exit, EXIT_DAMAGED);
		csv_close(csv);
	}
}

static void a_nul_byte_is_refused(void **state)
{
	static const char text[] = "a,b\n1,2\0x\n3,4\n";
	struct problem why = { 0 };
	struct csv *csv;
	assert_int_equal(
	        csv_open(&csv, file_of(state, text, sizeof text - 1), &why), OK);
	assert_int_equal(csv_next(csv, &why), MALFORMED);
	assert_contains(why.text, "in.csv:2: a NUL byte");
	assert_int_equal(csv_next(csv, &why), 1);
	assert_string_equal(csv_cell(csv, 1), "4");
	csv_close(csv);
}

static void what_is_no_table_is_refused_with_the_cure(void **state)
{
	/* clang-format off */
	static const struct { const char *bytes; size_t n; const char *why; } form[] = {
		{ "",                    0,  "the file is empty" },
		{ "\n\r\n\n",            4,  "the file is empty" },
		{ "\xef\xbb\xbf",        3,  "the file is empty" },
		{ "PK\003\004xxxx",      8,  "spreadsheet's own file" },
		{ "\xd0\xcf\x11\xe0xx",  6,  "spreadsheet's own file" },
		{ "\xff\xfe" "a\0,\0",   6,  "UTF-16" },
		{ "\xfe\xff\0a\0,",      6,  "UTF-16" },
		{ "a,b\0c\n",            6,  "in.csv:1: a NUL byte" },
		{ "a,\xb5g/m3\n1,2\n",   13, "in.csv:1: bytes that are not UTF-8" },
		{ "a,\"b\n1,2\n",        9,  "in.csv:1: a quote is opened" },
		{ "2004-03-10,18:00:00,2.6\n", 24, "first row must name the columns" },
		{ ",,\n1,2,3\n",         9,  "first row must name the columns" },
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof form / sizeof form[0]; i++) {
		struct problem why = { 0 };
		struct csv *csv;
		const char *path = file_of(state, form[i].bytes, form[i].n);
		assert_int_equal(csv_open(&csv, path, &why), MALFORMED);
		assert_null(csv);
		assert_contains(why.text, form[i].why);
		assert_int_equal(csv_open(&csv, path, NULL), MALFORMED);
	}
}

static void a_file_that_is_not_there_is_said_so(void **state)
{
	struct problem why = { 0 };
	struct csv *csv;
	assert_int_equal(
	        csv_open(&csv, in_folder(*state, "none.csv"), &why), NOT_FOUND);
	assert_contains(why.text, "none.csv: cannot be opened: No such file");
	assert_int_equal(why.exit, EXIT_NO_FILE);
	assert_int_equal(csv_open(&csv, *state, &why), NOT_FOUND);
	assert_contains(why.text, "Is a directory");
	csv_close(NULL);
}

static void columns_are_found_by_name(void **state)
{
	struct csv *csv = opened(state, "time,status,cod,status,COD\n");
	assert_int_equal(csv_find(csv, "time"), 0);
	assert_int_equal(csv_find(csv, "cod"), 2);
	assert_int_equal(csv_find(csv, "COD"), 4);
	assert_int_equal(csv_find(csv, "status"), REFUSED);
	assert_int_equal(csv_find(csv, "tss"), NOT_FOUND);
	csv_close(csv);
}

static void too_many_columns_are_refused(void **state)
{
	for (size_t n = CSV_COLUMNS; n <= CSV_COLUMNS + 1; n++) {
		struct csv *csv;
		char text[2 * CSV_COLUMNS + 8] = "a";
		memset(text + 1, ',', n - 1);
		int want = n <= CSV_COLUMNS ? OK : MALFORMED;
		assert_int_equal(csv_open(&csv, file_of(state, text, n), NULL), want);
		csv_close(csv);
	}
}

static void an_endless_row_is_cut_off(void **state)
{
	size_t n = 3 << 20;
	char *text = malloc(n);
	assert_non_null(text);
	for (int quoted = 0; quoted <= 1; quoted++) {
		struct csv *csv;
		struct problem why = { 0 };
		memset(text, 'x', n);
		memcpy(text, "a,b\n1,2\n", 8);
		text[8] = quoted ? '"' : 'x';
		memcpy(text + n - 5, "\n3,4\n", 5);
		assert_int_equal(csv_open(&csv, file_of(state, text, n), &why), OK);
		assert_int_equal(csv_next(csv, &why), 1);
		assert_int_equal(csv_next(csv, &why), MALFORMED);
		assert_contains(
		        why.text, quoted ? "never closed" : "longer than 1 MiB");
		assert_int_equal(csv_next(csv, &why), 1);
		assert_string_equal(csv_cell(csv, 0), "3");
		assert_int_equal(csv_next(csv, &why), 0);
		csv_close(csv);
	}
	free(text);
}

static void cells_survive_the_borders_of_blocks(void **state)
{
	size_t n = 0, rows = 40000;
	char *text = NULL;
	FILE *out = open_memstream(&text, &n);
	fputs("n,text\n", out);
	for (size_t i = 0; i < rows; i++)
		fprintf(out, "%zu,\"a \"\"%zu\"\"\r\nb\"\r\n", i, i);
	fclose(out);
	struct csv *csv = opened(state, text);
	for (size_t i = 0; i < rows; i++) {
		char want[64];
		assert_int_equal(csv_next(csv, NULL), 1);
		assert_int_equal(csv_line(csv), 2 + 2 * i);
		snprintf(want, sizeof want, "a \"%zu\"\r\nb", i);
		assert_string_equal(csv_cell(csv, 1), want);
		assert_true(csv_progress(csv) > 0 && csv_progress(csv) <= 1);
	}
	assert_int_equal(csv_next(csv, NULL), 0);
	assert_close(csv_progress(csv), 1, 0);
	csv_close(csv);
	free(text);
}

static void random_bytes_never_harm(void **state)
{
	static const char letters[] = "ab1,,;\t\"\"\n\n\r\\ \xc3\xa0\xff";
	uint64_t seed = 4180;
	for (int i = 0; i < 3000; i++) {
		char text[80];
		struct csv *csv;
		size_t n = chance(&seed) % sizeof text, rows = 0;
		for (size_t k = 0; k < n; k++)
			text[k] = letters[chance(&seed) % sizeof letters];
		int status = csv_open(&csv, file_of(state, text, n), NULL);
		assert_true(status == OK || status == MALFORMED);
		while (status == OK && csv_next(csv, NULL) != 0)
			assert_true(++rows < 200);
		csv_close(csv);
	}
}

static void numbers_are_parsed_whole_or_not_at_all(void **state)
{
	static const struct {
		const char *text;
		double value;
	} good[] = { { "0", 0 }, { "-200", -200 }, { "+5", 5 }, { "2.6", 2.6 },
		{ ".5", 0.5 }, { "5.", 5 }, { "1e3", 1000 }, { "1E-3", 0.001 },
		{ "-1.5e+2", -150 }, { "007", 7 }, { "354.69999999999999", 354.7 } };
	static const char *const bad[] = { "", " ", "-", "+", ".", "e5", "1e", "1e+",
		"9600x", "2,6", " 1", "1 ", "0x10", "inf", "-inf", "nan", "1e999",
		"1.2.3", "1 2", "NULL", "--1", "1_000", "1f", "\xc2\xb2" };
	double value = 7;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (number_parse(bad[i], &value) != MALFORMED)
			print_error("\"%s\"\n", bad[i]);
		assert_int_equal(number_parse(bad[i], &value), MALFORMED);
	}
	assert_close(value, 7, 0);
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_int_equal(number_parse(good[i].text, &value), OK);
		assert_close(value, good[i].value, 0);
	}
}

/* Rows, sum of one column and rows equal to `missing`, as awk counts them. */
static void assert_column(
        const char *path, const char *name, double missing, const char *want)
{
	struct csv *csv;
	struct problem why = { 0 };
	size_t rows = 0, lacking = 0;
	double sum = 0, value;
	char got[128];

	assert_int_equal(csv_open(&csv, path, &why), OK);
	int column = csv_find(csv, name);
	assert_true(column >= 0);
	for (; csv_next(csv, &why) > 0; rows++) {
		assert_int_equal(
		        number_parse(csv_cell(csv, (size_t)column), &value), OK);
		if (fabs(value - missing) <= 0)
			lacking++;
		else
			sum += value;
	}
	assert_int_equal(csv_next(csv, &why), 0);
	csv_close(csv);
	snprintf(got, sizeof got, "%zu %zu %.4f", rows, lacking, sum);
	assert_string_equal(got, want);
}

static void real_air_data_are_read_whole(void **state)
{
	const char *folder = data_folder("uci_air_quality");
	if (folder == NULL)
		skip();
	assert_column(in_folder(folder, "AirQualityUCI_2004-03_2004-09.csv"), "CO(GT)",
	        -200, "4902 1088 7450.1000");
}

static void real_river_data_are_read_whole(void **state)
{
	const char *folder = data_folder("logan_river_wq");
	if (folder == NULL)
		skip();
	assert_column(in_folder(folder, "MainStreet2019.csv"), "temp", -9999,
	        "25881 30 1003816.8800");
	assert_column(in_folder(folder, "TonyGrove2019.csv"), "cond_cor", -9999,
	        "30450 663 10109977.9070");
	struct csv *csv;
	const char *path = in_folder(folder, "MainStreet_ph_calib_dates.csv");
	assert_int_equal(csv_open(&csv, path, NULL), OK);
	assert_int_equal(csv_columns(csv), 3);
	assert_string_equal(csv_name(csv, 0), "pH"); /* behind a BOM */
	assert_int_equal(csv_next(csv, NULL), 1);
	assert_string_equal(csv_cell(csv, 2), "gap");
	csv_close(csv);
}

int main(void)
{
#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(every_good_form_is_read),
		WITH_FOLDER(a_bad_row_is_named_and_the_next_one_read),
		WITH_FOLDER(a_nul_byte_is_refused),
		WITH_FOLDER(what_is_no_table_is_refused_with_the_cure),
		WITH_FOLDER(a_file_that_is_not_there_is_said_so),
		WITH_FOLDER(columns_are_found_by_name),
		WITH_FOLDER(too_many_columns_are_refused),
		WITH_FOLDER(an_endless_row_is_cut_off),
		WITH_FOLDER(cells_survive_the_borders_of_blocks),
		WITH_FOLDER(random_bytes_never_harm),
		cmocka_unit_test(numbers_are_parsed_whole_or_not_at_all),
		cmocka_unit_test(real_air_data_are_read_whole),
		cmocka_unit_test(real_river_data_are_read_whole),
	};
	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
