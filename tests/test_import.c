/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real programs: tables and Circular 10/2021 files in, means out; and what cannot
 * be read. */
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/status.h"

struct table { /* real measurements */
	const char *folder, *file, *map, *time, *missing, *offset;
	int offset_min;
	struct {
		const char *column, *channel;
	} check[3];
};

static const struct table uci = {
	.folder = "uci_air_quality",
	.file = "AirQualityUCI_2004-03_2004-09.csv",
	.map = "--map 'CO(GT)=co:mg/m3' --map 'C6H6(GT)=c6h6:ug/m3' --map "
	       "'NO2(GT)=no2:ug/m3' "
	       "--map 'T=temperature:Cel'",
	.time = "Date+Time",
	.missing = "-200",
	.offset = "+01:00",
	.offset_min = 60,
	.check = { { "CO(GT)", "co" }, { "NO2(GT)", "no2" }, { "T", "temperature" } },
};

static const struct table logan = {
	.folder = "logan_river_wq",
	.file = "MainStreet2019.csv",
	.map = "--map temp=temperature:Cel --map ph=ph:pH --map do=do:mg/L --map "
	       "turb=turbidity:NTU",
	.time = "datetime",
	.missing = "-9999",
	.offset = "-07:00",
	.offset_min = -420,
	.check = { { "temp", "temperature" }, { "ph", "ph" }, { "turb", "turbidity" } },
};

static const struct table openair = {
	.folder = "openair_mydata",
	.file = "mydata_1998-2001.csv",
	.map = "--map nox=nox:ppb --map o3=o3:ppb --map pm10=pm10:ug/m3 --map "
	       "pm25=pm2_5:ug/m3",
	.time = "date",
	.missing = "",
	.offset = "+00:00",
	.offset_min = 0,
	.check = { { "nox", "nox" }, { "pm25", "pm2_5" }, { "o3", "o3" } },
};

/* Run quantrac on the archive of a scratch folder; what it said on both streams. */
#define RUN(exit_code, archive, format, ...)                                           \
	run_command(exit_code,                                                         \
	        "%s/build/san/quantrac --archive %s/archive " format " 2>&1",          \
	        getenv("QUANTRAC_ROOT") != NULL ? getenv("QUANTRAC_ROOT") : ".",       \
	        archive, __VA_ARGS__)

static void expect(int got, int want, const char *text)
{
	if (got != want)
		print_error("ended with %d, not %d:\n%s\n", got, want, text);
	assert_int_equal(got, want);
}

static void import_real(
        const char *scratch, const struct table *table, const char *says)
{
	const char *data = data_folder(table->folder);
	int code;
	if (data == NULL)
		skip();
	char missing[64] = "";
	if (table->missing[0] != '\0')
		snprintf(missing, sizeof missing, "--missing %s", table->missing);
	char *text = run_command(&code,
	        "%s --archive %s/archive import %s/%s --station real --zone test "
	        "--time '%s' "
	        "--offset %s %s %s 2>&1",
	        project_file("build/san/quantrac"), scratch, data, table->file,
	        table->time, table->offset, missing, table->map);
	expect(code, 0, text);
	assert_contains(text, says);
	free(text);
}

static void means_agree(
        const char *scratch, const struct table *table, size_t i, int period_s)
{
	int code;
	const char *data = data_folder(table->folder);
	char program[4096];
	snprintf(program, sizeof program, "%s", project_file("build/san/quantrac"));
	char *text = run_command(&code,
	        "%s --archive %s/archive means --station real --channel %s --period "
	        "%ds "
	        "--min-valid 0%% --format csv | "
	        "%s '%s/%s' '%s' '%s' '%s' %d 420 %d 2>&1",
	        program, scratch, table->check[i].channel, period_s,
	        project_file("tests/means_agree.py"), data, table->file,
	        table->check[i].column, table->time, table->missing, table->offset_min,
	        period_s);
	expect(code, 0, text);
	assert_contains(text, "means agree");
	free(text);
}

static void hours_and_days_agree(const char *scratch, const struct table *table)
{
	import_real(scratch, table, "records taken into");
	for (size_t i = 0; i < 3; i++) {
		means_agree(scratch, table, i, 3600);
		means_agree(scratch, table, i, 86400);
	}
}

static void means_of_uci_agree_with_numpy(void **state)
{
	hours_and_days_agree(*state, &uci);
}

static void means_of_logan_river_agree_with_numpy(void **state)
{
	hours_and_days_agree(*state, &logan);
}

static void means_of_openair_agree_with_numpy(void **state)
{
	hours_and_days_agree(*state, &openair);
}

static char *fingerprint(const char *scratch)
{
	int code;
	return run_command(&code,
	        "cd %s/archive && find . -name '*.h5' -o -name seals | sort | xargs "
	        "sha256sum",
	        scratch);
}

static void the_same_file_twice_changes_nothing(void **state)
{
	import_real(*state, &uci, "records taken into");
	char *before = fingerprint(*state);
	assert_contains(before, ".h5");
	import_real(*state, &uci, "nothing changed");
	char *after = fingerprint(*state);
	assert_string_equal(before, after);
	free(before);
	free(after);
	int code;
	char *text = RUN(&code, (char *)*state, "%s", "verify");
	expect(code, 0, text);
	assert_contains(text, "OK");
	free(text);
}

static const char *write_file(const char *folder, const char *name, const char *text)
{
	const char *path = in_folder(folder, name);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	return path;
}

static void a_bad_row_stops_the_import_before_anything_is_stored(void **state)
{
	int code;
	const char *path = write_file(*state, "bad.csv",
	        "time,cod\n2026-11-01T00:00,31.4\n2026-11-01T01:00,thirty\n"
	        "2026-11-01T25:00,30\n2026-11-01T03:00,33\n");
	char *text = RUN(&code, (char *)*state,
	        "import %s --station s1 --map cod=cod:mg/L", path);
	expect(code, EXIT_DAMAGED, text);
	assert_contains(text, "line 3: column 'cod': 'thirty' is no number");
	assert_contains(text, "line 4: '2026-11-01T25:00' is no time");
	assert_contains(text, "2 of 4 rows cannot be read; nothing was imported");
	free(text);
	struct stat st;
	assert_int_not_equal(stat(in_folder(*state, "archive"), &st), 0);
	text = RUN(&code, (char *)*state,
	        "import %s --station s1 --map cod=cod:mg/L --skip-bad --every 1h",
	        path);
	expect(code, 0, text);
	free(text);
	text = RUN(&code, (char *)*state, "%s",
	        "means --station s1 --channel cod --period 24h --min-valid 0% --format "
	        "csv");
	expect(code, 0, text);
	assert_contains(text,
	        "s1,cod,2026-11-01T00:00:00+07:00,2026-11-02T00:00:00+07:00,32.2,mg/"
	        "L,24,2,2,1");
	free(text);
}

static void days_may_stand_first_as_in_vietnamese_tables(void **state)
{
	int code;
	const char *path = write_file(*state, "t.csv",
	        "time,cod\n01/11/2026 08:00,31\n2/11/2026 08:00:00,33\n");
	char *text = RUN(&code, (char *)*state,
	        "import %s --station s --map cod=cod:mg/L", path);
	expect(code, 0, text);
	free(text);
	text = RUN(&code, (char *)*state, "%s",
	        "means --station s --channel cod --period 24h --min-valid 0% --format "
	        "csv");
	expect(code, 0, text);
	assert_contains(
	        text, "s,cod,2026-11-01T00:00:00+07:00,2026-11-02T00:00:00+07:00,31,");
	assert_contains(
	        text, "s,cod,2026-11-02T00:00:00+07:00,2026-11-03T00:00:00+07:00,33,");
	free(text);
	path = write_file(*state, "u.csv", "time,cod\n11/31/2026 08:00,31\n");
	text = RUN(&code, (char *)*state, "import %s --station s --map cod=cod:mg/L",
	        path);
	expect(code, EXIT_DAMAGED, text);
	assert_contains(text, "15/11/2026 08:48 are");
	free(text);
}

static void a_station_id_may_have_sixteen_characters(void **state)
{
	int code;
	const char *path =
	        write_file(*state, "t.csv", "time,cod\n2026-11-01T00:00,31.4\n");
	char *text = RUN(&code, (char *)*state,
	        "import %s --station abcdefghijklmnop --map cod=cod:mg/L", path);
	expect(code, 0, text);
	free(text);
	text = RUN(&code, (char *)*state, "%s", "verify");
	expect(code, 0, text);
	assert_contains(text, "abcdefghijklmnop_2026-11-01.h5: OK");
	free(text);
	text = RUN(&code, (char *)*state,
	        "import %s --station abcdefghijklmnopq --map cod=cod:mg/L", path);
	expect(code, EXIT_USAGE, text);
	free(text);
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
		int code;
		char *text = RUN(
		        &code, (char *)*state, "import %s %s", path, wrong[i].options);
		expect(code, wrong[i].code, text);
		assert_contains(text, wrong[i].says);
		free(text);
	}
	int code;
	char *text = RUN(&code, (char *)*state, "%s",
	        "import nothing.csv --station s1 --map a=b:1");
	expect(code, EXIT_NO_FILE, text);
	free(text);
}

static void a_folder_that_is_no_archive_is_left_alone(void **state)
{
	int code;
	const char *path =
	        write_file(*state, "t.csv", "time,cod\n2026-11-01T00:00,31.4\n");
	mkdir(in_folder(*state, "archive"), 0777);
	write_file(*state, "archive/letter.txt", "dear");
	char *text = RUN(&code, (char *)*state,
	        "import %s --station s1 --map cod=cod:mg/L", path);
	expect(code, EXIT_NO_FILE, text);
	free(text);
	text = RUN(&code, (char *)*state, "%s", "exceedances");
	expect(code, EXIT_NO_FILE, text);
	free(text);
	text = RUN(&code, (char *)*state, "%s", "means --station s1 --channel cod");
	expect(code, EXIT_NO_FILE, text);
	free(text);
	text = RUN(&code, (char *)*state, "%s", "verify");
	expect(code, EXIT_NO_FILE, text);
	free(text);
}

static void a_misspelt_station_or_channel_is_guessed(void **state)
{
	int code;
	const char *path = write_file(*state, "t.csv",
	        "time,cod\n2026-11-01T00:00,31.4\n2026-11-01T01:00,31.5\n");
	char *text = RUN(&code, (char *)*state,
	        "import %s --station outlet --map cod=cod:mg/L", path);
	expect(code, 0, text);
	free(text);
	text = RUN(&code, (char *)*state, "%s", "means --station outlit --channel cod");
	expect(code, EXIT_NO_FILE, text);
	assert_contains(text, "did you mean 'outlet'?");
	free(text);
	text = RUN(&code, (char *)*state, "%s", "means --station outlet --channel cof");
	expect(code, EXIT_NO_FILE, text);
	assert_contains(text, "cod");
	free(text);
	text = RUN(&code, (char *)*state, "%s", "meens");
	expect(code, EXIT_USAGE, text);
	free(text);
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
	int code;
	mkdir(in_folder(*state, "tt10"), 0777);
	write_tt10(*state, 0, "16.0", "00");
	write_tt10(*state, 5, "18.0", "00");
	write_tt10(*state, 10, "999.0", "02");
	write_file(*state, "tt10/readme.txt", "not one of them");
	char *text =
	        RUN(&code, (char *)*state, "import --tt10 %s/tt10", (char *)*state);
	expect(code, 0, text);
	assert_contains(text, "1 files are passed over");
	assert_contains(text, "tb_caph_nuosxl: 3 files, 3 new");
	free(text);
	text = RUN(&code, (char *)*state, "%s",
	        "means --station tb_caph_nuosxl --channel cod --period 1h --min-valid "
	        "0% --format "
	        "csv");
	expect(code, 0, text);
	assert_contains(text, ",17,mg/l,12,3,2,1");
	free(text);

	write_tt10(*state, 15, "20.0", "00");
	write_tt10(*state, 5, "8.0", "00"); /* somebody changed a file */
	text = RUN(&code, (char *)*state, "import --tt10 %s/tt10", (char *)*state);
	expect(code, 0, text);
	assert_contains(text, "the archive holds other values for that time");
	assert_contains(text, "4 files, 1 new, 2 were there already, 1 differ");
	free(text);
	text = RUN(&code, (char *)*state, "%s",
	        "means --station tb_caph_nuosxl --channel cod --period 1h --min-valid "
	        "0% --format "
	        "csv");
	expect(code, 0, text);
	assert_contains(text, ",18,mg/l,12,4,3,1");
	free(text);
}

/* A limit in the standard state, as N, ...: judged once somebody has declared it, told
 * how till then. */
static void what_a_file_does_not_say_can_be_declared(void **state)
{
	int code;
	const char *path = write_file(*state, "o3.csv",
	        "time,o3\n2026-11-01T00:00,100\n2026-11-01T01:00,300\n"
	        "2026-11-01T02:00,100\n");
	char *text = RUN(&code, (char *)*state,
	        "import %s --station s1 --kind ambient --map o3=o3:ug/m3", path);
	expect(code, 0, text);
	free(text);
	text = RUN(&code, (char *)*state, "%s", "judge --station s1 --format csv");
	expect(code, 0, text);
	assert_contains(text, "not applicable");
	assert_contains(text, "--declare");
	free(text);
	text = RUN(&code, (char *)*state,
	        "import %s --station s2 --kind ambient --map o3=o3:ug/m3 --declare "
	        "all:gas_state=standard,reference_temperature=25,reference_pressure="
	        "101.325",
	        path);
	expect(code, 0, text);
	free(text);
	text = RUN(&code, (char *)*state, "%s",
	        "exceedances --kind ambient --format csv --exit-code");
	expect(code, 1, text);
	assert_contains(text, "s2/o3/qcvn-05-2023/1h/2026-11-01T01:00,ambient");
	free(text);
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
		int code;
		struct stat st;
		char *text = RUN(&code, (char *)*state,
		        "import %s --station s1 --map o3=o3:ug/m3 --declare %s", path,
		        wrong[i].text);
		expect(code, EXIT_USAGE, text);
		assert_contains(text, wrong[i].says);
		free(text);
		assert_int_not_equal(stat(in_folder(*state, "archive"), &st), 0);
	}
}

static void a_dash_is_no_unit(void **state)
{
	int code;
	mkdir(in_folder(*state, "tt10"), 0777);
	write_file(*state, "tt10/TB_CAPH_NUOSXL_20260325000000.txt",
	        "pH\t7.8\t-\t20260325000000\t00\r\n");
	char *text =
	        RUN(&code, (char *)*state, "import --tt10 %s/tt10", (char *)*state);
	expect(code, 0, text);
	free(text);
	text = RUN(&code, (char *)*state, "%s",
	        "means --station tb_caph_nuosxl --channel ph --period 1h --format csv");
	expect(code, 0, text);
	assert_contains(text, ",7.8,pH,");
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(means_of_uci_agree_with_numpy),
		TEST(means_of_logan_river_agree_with_numpy),
		TEST(means_of_openair_agree_with_numpy),
		TEST(the_same_file_twice_changes_nothing),
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
