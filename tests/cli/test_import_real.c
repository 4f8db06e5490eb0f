/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of real measurements in, means out, compared with numpy. */
#include "tests/kits/import_kit.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/kits/journal_kit.h"

struct table { /* real measurements */
	const char *folder, *file, *map, *time, *missing, *offset;
	const char *rows; /* a pattern of those that are taken */
	int offset_min;
	struct {
		const char *column, *channel;
	} check[3];
};

static const struct table uci = {
	.folder = "uci_air_quality",
	.file = "AirQualityUCI_2004-03_2004-09.csv",
	.rows = "",
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
	.rows = "",
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
	.rows = "^2000-",
	.map = "--map nox=nox:ppb --map o3=o3:ppb --map pm10=pm10:ug/m3 --map "
	       "pm25=pm2_5:ug/m3",
	.time = "date",
	.missing = "",
	.offset = "+00:00",
	.offset_min = 0,
	.check = { { "nox", "nox" }, { "pm25", "pm2_5" }, { "o3", "o3" } },
};

/* The rows that are taken, in the scratch folder.  Of openair's four years a leap year
 * is enough: every day costs two child processes. */
static const char *file_of(const char *scratch, const struct table *table)
{
	int code;
	const char *data = data_folder(table->folder);
	if (data == NULL)
		skip();
	const char *path = in_folder(scratch, "table.csv");
	char *text = run_command(&code, "awk 'NR == 1 || /%s/' %s/%s >%s 2>&1",
	        table->rows, data, table->file, path);
	assert_string_equal(text, "");
	free(text);
	return path;
}

static void import_real(
        const char *scratch, const struct table *table, const char *says)
{
	char missing[64] = "";
	if (table->missing[0] != '\0')
		snprintf(missing, sizeof missing, "--missing %s", table->missing);
	assert_quantrac(scratch, 0, says,
	        "import %s --station real --zone test --time '%s' --offset %s %s %s",
	        file_of(scratch, table), table->time, table->offset, missing,
	        table->map);
}

static void means_agree(
        const char *scratch, const struct table *table, size_t i, int period_s)
{
	int code;
	char program[4096];
	snprintf(program, sizeof program, "%s", project_file("build/san/quantrac"));
	char *text = run_command(&code,
	        "%s --archive %s/archive means --station real --channel %s --period "
	        "%ds --min-valid 0%% --format csv | "
	        "%s %s/table.csv '%s' '%s' '%s' %d 420 %d 2>&1",
	        program, scratch, table->check[i].channel, period_s,
	        project_file("tests/means_agree.py"), scratch, table->check[i].column,
	        table->time, table->missing, table->offset_min, period_s);
	if (code != 0)
		print_error("%s\n", text);
	assert_int_equal(code, 0);
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

static char *fingerprint(const char *scratch)
{
	int code;
	return run_command(&code,
	        "cd %s/archive && find . -name '*.h5' -o -name seals | sort | xargs "
	        "sha256sum",
	        scratch);
}

static void means_of_uci_agree_and_the_same_file_twice_changes_nothing(void **state)
{
	hours_and_days_agree(*state, &uci);
	char *before = fingerprint(*state);
	assert_contains(before, ".h5");
	import_real(*state, &uci, "nothing changed");
	char *after = fingerprint(*state);
	assert_string_equal(before, after);
	free(before);
	free(after);
	assert_quantrac(*state, 0, "0 damaged places", "verify");
}

static void means_of_logan_river_agree_with_numpy(void **state)
{
	hours_and_days_agree(*state, &logan);
}

static void means_of_openair_agree_with_numpy(void **state)
{
	hours_and_days_agree(*state, &openair);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest tests[] = {
		TEST(means_of_uci_agree_and_the_same_file_twice_changes_nothing),
		TEST(means_of_logan_river_agree_with_numpy),
		TEST(means_of_openair_agree_with_numpy),
	};
	return cmocka_run_group_tests_name("import: real tables", tests, NULL, NULL);
}
