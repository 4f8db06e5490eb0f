/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wide CSV: what goes out comes in again, by the real programs; and its files one
 * by one. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "exports/wide_csv.h"
#include "tests/kits/made.h"
#include "tests/kits/made_archive.h"

#define PROGRAM project_file("build/san/quantrac")

static const char table[] =
        "time,cod,cod_status,ph,ph_status\n"
        "2026-11-01T00:00:00+07:00,31.4,00,7.1,00\n"
        "2026-11-01T00:05:00.250000+07:00,0.30000000000000004,00,,\n"
        "2026-11-01T00:10:00+07:00,999,02,7.2,01\n"
        "2026-11-01T00:15:00+07:00,,02,7.25,00\n"
        "2026-11-30T23:55:00+07:00,1e-07,00,-2,00\n";

static void expect(int got, int want, char *text)
{
	if (got != want)
		print_error("ended with %d, not %d:\n%s\n", got, want, text);
	assert_int_equal(got, want);
	free(text);
}

static char *read_text(const char *folder, const char *name)
{
	char *text;
	size_t n;
	if (file_read(in_folder(folder, name), 1 << 20, &text, &n) != OK)
		fail_msg("%s is not there", name);
	return text;
}

static void import_table(const char *scratch, const char *file, const char *archive)
{
	int code;
	char *text = run_command(&code,
	        "%s --archive %s/%s import %s/%s --station s1 --zone z --map "
	        "cod=cod:mg/L --map ph=ph:pH 2>&1",
	        PROGRAM, scratch, archive, scratch, file);
	expect(code, 0, text);
}

static void export_month(const char *scratch, const char *archive, const char *more)
{
	int code;
	char *text = run_command(&code,
	        "%s --archive %s/%s export --station s1 --month 2026-11 -o %s/%s-out "
	        "%s 2>&1",
	        PROGRAM, scratch, archive, scratch, archive, more);
	expect(code, 0, text);
}

static void what_goes_out_comes_in_again(void **state)
{
	FILE *out = fopen(in_folder(*state, "in.csv"), "w");
	assert_non_null(out);
	fputs(table, out);
	fclose(out);
	import_table(*state, "in.csv", "first");
	export_month(*state, "first", "--format csv");
	char *text = read_text(*state, "first-out/s1_2026-11_csv.csv");
	assert_string_equal(text, table);
	free(text);
	import_table(*state, "first-out/s1_2026-11_csv.csv", "second");
	export_month(*state, "second", "");
	text = read_text(*state, "second-out/s1_2026-11_csv.csv");
	assert_string_equal(text, table);
	free(text);
	text = read_text(*state, "second-out/s1_2026-11_units.csv");
	assert_contains(text, "s1_2026-11_csv.csv,cod,mg/L,");
	assert_contains(text, "s1_2026-11_csv.csv,ph,pH,");
	free(text);
}

static void means_are_those_of_quantrac_means(void **state)
{
	int code;
	FILE *out = fopen(in_folder(*state, "in.csv"), "w");
	assert_non_null(out);
	fputs("time,cod\n", out);
	for (int minute = 0; minute < 120; minute += 5)
		fprintf(out, "2026-11-02 %02d:%02d,%d\n", minute / 60, minute % 60,
		        minute);
	fclose(out);
	char *text = run_command(&code,
	        "%s --archive %s/a import %s/in.csv --station s1 --map cod=cod:mg/L "
	        "2>&1",
	        PROGRAM, (char *)*state, (char *)*state);
	expect(code, 0, text);
	export_month(*state, "a", "--period 1h");
	text = read_text(*state, "a-out/s1_2026-11_csv_1h.csv");
	assert_contains(text, "time,cod,cod_status\n2026-11-01T00:00:00+07:00,,\n");
	assert_contains(text, "2026-11-02T00:00:00+07:00,27.5,00\n");
	assert_contains(text, "2026-11-02T01:00:00+07:00,87.5,00\n");
	assert_contains(text, "2026-11-30T23:00:00+07:00,,\n");
	free(text);
}

static void what_is_asked_wrongly_is_told(void **state)
{
	static const struct {
		const char *options, *says;
		int code;
	} asked[] = {
		{ "--station s1 --month 2026-11", "is not a quantrac archive", 66 },
		{ "--station s1", "--station and --month are needed", 64 },
		{ "--station s1 --month 2026-11 --json", "only csv is written", 64 },
		{ "--station s1 --month 2026-11 --period 7min", "none of raw, 1min",
		        64 },
	};
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		int code;
		char *text = run_command(&code, "%s --archive %s export %s 2>&1",
		        PROGRAM, (char *)*state, asked[i].options);
		assert_contains(text, asked[i].says);
		expect(code, asked[i].code, text);
	}
}

/* ---- the files one by one ---- */

static size_t files;

static void count_file(void *with, const char *path, size_t rows)
{
	assert_true(rows > 0);
	files++;
}

static void put_one(struct made_archive *made, struct describe *describe,
        int64_t time_us, uint8_t what, double value)
{
	made_describe(made, describe, time_us);
	const struct made_reading reading = { .describe = describe,
		.time_us = time_us,
		.state = &what,
		.value = &value };
	made_put(made, &reading);
}

static void a_changed_unit_begins_a_file_of_its_own(void **state)
{
	struct made_archive made;
	struct reader *reader;
	struct problem why = { 0 };
	struct describe *before = made_instrument("s1", "nh4", 1, 60);
	struct describe *after = made_instrument("s1", "nh4", 1, 60);
	after->channel[0].expressed_as = "NH4";
	before->origin = after->origin = ORIGIN_SIMULATION;
	made_archive_open(&made, *state, "a");
	ingest_close(made.ingest);
	const struct ingest_options simulated = { .dir = made.dir,
		.allow_simulated = true };
	assert_int_equal(ingest_open(&made.ingest, &simulated, &why), OK);
	made_station(&made, "s1", "water", MADE_DAY);
	put_one(&made, before, MADE_DAY, STATE_OK, 4);
	put_one(&made, after, MADE_DAY + US_PER_HOUR, STATE_MAINTENANCE, 5);
	made_archive_close(&made);
	assert_int_equal(reader_open(&reader, made.dir, &why), OK);
	const struct wide_export export = { .station = "s1",
		.folder = *state,
		.stem = "x",
		.period = "raw",
		.from_us = MADE_DAY,
		.to_us = MADE_DAY + US_PER_DAY,
		.wrote = count_file };
	files = 0;
	assert_int_equal(wide_csv_export(reader, &export, &why), 2);
	assert_int_equal(files, 3);
	char *text = read_text(*state, "s1_x_nh4.csv");
	assert_contains(text, "00:00:00+07:00,4,00," SIMULATED_TEXT);
	free(text);
	text = read_text(*state, "s1_x_nh4__2.csv");
	assert_contains(text, "01:00:00+07:00,5,01," SIMULATED_TEXT);
	free(text);
	reader_close(reader);
	describe_free(before);
	describe_free(after);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_goes_out_comes_in_again),
		TEST(means_are_those_of_quantrac_means),
		TEST(what_is_asked_wrongly_is_told),
		TEST(a_changed_unit_begins_a_file_of_its_own),
	};
	return cmocka_run_group_tests_name("wide_csv", tests, NULL, NULL);
}
