/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real programs: tables and Circular 10/2021 files in, means out; and what cannot
 * be read. */
#include "tests/kits/import_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/status.h"

static void a_bad_row_stops_the_import_before_anything_is_stored(void **state)
{
	const char *path = write_file(*state, "bad.csv",
	        "time,cod\n2026-11-01T00:00,31.4\n2026-11-01T01:00,thirty\n"
	        "2026-11-01T25:00,30\n2026-11-01T03:00,33\n");
	char *text = quantrac_says(*state, EXIT_DAMAGED,
	        "import %s --station s1 --map cod=cod:mg/L", path);
	assert_contains(text, "line 3: column 'cod': 'thirty' is no number");
	assert_contains(text, "line 4: '2026-11-01T25:00' is no time");
	assert_contains(text, "2 of 4 rows cannot be read; nothing was imported");
	free(text);
	struct stat st;
	assert_int_not_equal(stat(in_folder(*state, "archive"), &st), 0);
	assert_quantrac(*state, 0, NULL,
	        "import %s --station s1 --map cod=cod:mg/L --skip-bad --every 1h",
	        path);
	assert_quantrac(*state, 0,
	        "s1,cod,2026-11-01T00:00:00+07:00,2026-11-02T00:00:00+07:00,32.2,mg/"
	        "L,24,2,2,1",
	        "%s",
	        "means --station s1 --channel cod --period 24h --min-valid 0% --format "
	        "csv");
}

static void days_may_stand_first_as_in_vietnamese_tables(void **state)
{
	const char *path = write_file(*state, "t.csv",
	        "time,cod\n01/11/2026 08:00,31\n2/11/2026 08:00:00,33\n");
	assert_quantrac(
	        *state, 0, NULL, "import %s --station s --map cod=cod:mg/L", path);
	char *text = quantrac_says(*state, 0, "%s",
	        "means --station s --channel cod --period 24h --min-valid 0% --format "
	        "csv");
	assert_contains(
	        text, "s,cod,2026-11-01T00:00:00+07:00,2026-11-02T00:00:00+07:00,31,");
	assert_contains(
	        text, "s,cod,2026-11-02T00:00:00+07:00,2026-11-03T00:00:00+07:00,33,");
	free(text);
	path = write_file(*state, "u.csv", "time,cod\n11/31/2026 08:00,31\n");
	assert_quantrac(*state, EXIT_DAMAGED, "15/11/2026 08:48 are",
	        "import %s --station s --map cod=cod:mg/L", path);
}

static void a_station_id_may_have_sixteen_characters(void **state)
{
	const char *path =
	        write_file(*state, "t.csv", "time,cod\n2026-11-01T00:00,31.4\n");
	assert_quantrac(*state, 0, NULL,
	        "import %s --station abcdefghijklmnop --map cod=cod:mg/L", path);
	assert_quantrac(*state, 0, "abcdefghijklmnop_2026-11-01.h5: OK", "verify");
	assert_quantrac(*state, EXIT_USAGE, NULL,
	        "import %s --station abcdefghijklmnopq --map cod=cod:mg/L", path);
}

static void what_is_asked_wrongly_is_told(void **state)
{
	static const struct {
		const char *options, *says;
		int code;
	} wrong[] = {
		{ "--station s1 --map kod=cod:mg/L", "the file has no column 'kod'",
		        64 },
		{ "--station s1 --map cod=cod:blurb", "nobody knows the unit 'blurb'",
		        64 },
		{ "--station s1 --map cod=COD:mg/L", "is no channel name", 64 },
		{ "--station s1 --map cod", "write COLUMN=channel:unit", 64 },
		{ "--station S1 --map cod=cod:mg/L", "is no id", 64 },
		{ "--station s1", "say what the columns are", 64 },
		{ "--station s1 --map cod=cod:mg/L --time when", "no column 'when'",
		        64 },
	};
	const char *path =
	        write_file(*state, "t.csv", "time,cod\n2026-11-01T00:00,31.4\n");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_quantrac(*state, wrong[i].code, wrong[i].says, "import %s %s",
		        path, wrong[i].options);
	}
	assert_quantrac(*state, EXIT_NO_FILE, NULL,
	        "import nothing.csv --station s1 --map a=b:1");
}

static void a_folder_that_is_no_archive_is_left_alone(void **state)
{
	const char *path =
	        write_file(*state, "t.csv", "time,cod\n2026-11-01T00:00,31.4\n");
	mkdir(in_folder(*state, "archive"), 0777);
	write_file(*state, "archive/letter.txt", "dear");
	assert_quantrac(*state, EXIT_NO_FILE, NULL,
	        "import %s --station s1 --map cod=cod:mg/L", path);
	assert_quantrac(*state, EXIT_NO_FILE, NULL, "exceedances");
	assert_quantrac(*state, EXIT_NO_FILE, NULL, "means --station s1 --channel cod");
	assert_quantrac(*state, EXIT_NO_FILE, NULL, "verify");
}

static void a_misspelt_station_or_channel_is_guessed(void **state)
{
	const char *path = write_file(*state, "t.csv",
	        "time,cod\n2026-11-01T00:00,31.4\n2026-11-01T01:00,31.5\n");
	assert_quantrac(
	        *state, 0, NULL, "import %s --station outlet --map cod=cod:mg/L", path);
	assert_quantrac(*state, EXIT_NO_FILE, "did you mean 'outlet'?",
	        "means --station outlit --channel cod");
	assert_quantrac(
	        *state, EXIT_NO_FILE, "cod", "means --station outlet --channel cof");
	assert_quantrac(*state, EXIT_USAGE, NULL, "meens");
}

/* The files of a real-looking folder: every oddity of facts seen in the field. */
static void write_tt10(
        const char *folder, int minute, const char *cod, const char *status)
{
	char name[64], text[512];
	snprintf(name, sizeof name, "tt10/TB_CAPH_NUOSXL_2026032500%02d00.txt", minute);
	snprintf(text, sizeof text,
	        "Temp\t23.3262\toC\t2026032500%02d00\t00\r\n"
	        "Flow_Out\t10.1973\tm3/h\t2026032500%02d00\t00\r\n"
	        "Amoni\t2.3308\tmg/l\t2026032500%02d00\t00\r\n"
	        "COD\t%s\tmg/l\t2026032500%02d00\t%s\r\n"
	        "pH\t7.8485\t\t2026032500%02d00\t00\r\n",
	        minute, minute, minute, cod, minute, status, minute);
	write_file(folder, name, text);
}

static void a_folder_of_circular_10_files_comes_in_once(void **state)
{
	mkdir(in_folder(*state, "tt10"), 0777);
	write_tt10(*state, 0, "16.0", "00");
	write_tt10(*state, 5, "18.0", "00");
	write_tt10(*state, 10, "999.0", "02");
	write_file(*state, "tt10/readme.txt", "not one of them");
	char *text = quantrac_says(*state, 0, "import --tt10 %s/tt10", (char *)*state);
	assert_contains(text, "1 file passed over");
	assert_contains(text, "tb_caph_nuosxl: 3 files, 3 new");
	free(text);
	assert_quantrac(*state, 0, ",17,mg/l,12,3,2,1", "%s",
	        "means --station tb_caph_nuosxl --channel cod --period 1h --min-valid "
	        "0% --format "
	        "csv");

	write_tt10(*state, 15, "20.0", "00");
	write_tt10(*state, 5, "8.0", "00"); /* somebody changed a file */
	text = quantrac_says(*state, 0, "import --tt10 %s/tt10", (char *)*state);
	assert_contains(text, "the archive holds other values for that time");
	assert_contains(text, "4 files, 1 new, 2 already there, 1 not stored");
	free(text);
	assert_quantrac(*state, 0, ",18,mg/l,12,4,3,1", "%s",
	        "means --station tb_caph_nuosxl --channel cod --period 1h --min-valid "
	        "0% --format "
	        "csv");
}

/* A limit in the standard state, as N, ...: judged once somebody has declared it, told
 * how till then. */
static void what_a_file_does_not_say_can_be_declared(void **state)
{
	const char *path = write_file(*state, "o3.csv",
	        "time,o3\n2026-11-01T00:00,100\n2026-11-01T01:00,300\n"
	        "2026-11-01T02:00,100\n");
	assert_quantrac(*state, 0, NULL,
	        "import %s --station s1 --kind ambient --map o3=o3:ug/m3", path);
	char *text = quantrac_says(*state, 0, "judge --station s1 --format csv");
	assert_contains(text, "not applicable");
	assert_contains(text, "--declare");
	free(text);
	assert_quantrac(*state, 0, NULL,
	        "import %s --station s2 --kind ambient --map o3=o3:ug/m3 --declare "
	        "all:gas_state=standard,reference_temperature=25,reference_pressure="
	        "101.325",
	        path);
	assert_quantrac(*state, 1, "s2/o3/qcvn-05-2023/1h/2026-11-01T01:00,ambient",
	        "exceedances --kind ambient --format csv --exit-code");
}

static void a_wrong_declaration_stores_nothing(void **state)
{
	static const struct {
		const char *text, *says;
	} wrong[] = {
		{ "o3", "write channel:KEY=VALUE" },
		{ "o3:gas_stat=standard", "did you mean 'gas_state'?" },
		{ "o3:basis=moist", "'moist' is none of dry wet" },
		{ "o3:low=ten", "'ten' is no number" },
		{ "o4:basis=dry", "there is no channel 'o4'" },
	};
	const char *path =
	        write_file(*state, "o3.csv", "time,o3\n2026-11-01T00:00,100\n");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct stat st;
		assert_quantrac(*state, EXIT_USAGE, wrong[i].says,
		        "import %s --station s1 --map o3=o3:ug/m3 --declare %s", path,
		        wrong[i].text);
		assert_int_not_equal(stat(in_folder(*state, "archive"), &st), 0);
	}
}

static void a_dash_is_no_unit(void **state)
{
	mkdir(in_folder(*state, "tt10"), 0777);
	write_file(*state, "tt10/TB_CAPH_NUOSXL_20260325000000.txt",
	        "pH\t7.8\t-\t20260325000000\t00\r\n");
	assert_quantrac(*state, 0, NULL, "import --tt10 %s/tt10", (char *)*state);
	assert_quantrac(*state, 0, ",7.8,pH,",
	        "means --station tb_caph_nuosxl --channel ph --period 1h --format csv");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bad_row_stops_the_import_before_anything_is_stored),
		TEST(days_may_stand_first_as_in_vietnamese_tables),
		TEST(a_station_id_may_have_sixteen_characters),
		TEST(what_is_asked_wrongly_is_told),
		TEST(a_folder_that_is_no_archive_is_left_alone),
		TEST(a_misspelt_station_or_channel_is_guessed),
		TEST(a_folder_of_circular_10_files_comes_in_once),
		TEST(what_a_file_does_not_say_can_be_declared),
		TEST(a_wrong_declaration_stores_nothing),
		TEST(a_dash_is_no_unit),
	};
	return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
