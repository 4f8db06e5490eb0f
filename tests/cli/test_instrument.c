/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac instrument, the real program over every profile that is shipped. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/folder.h"
#include "base/status.h"
#include "sensors/tables/profile.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/line_kit.h"
#include "tests/kits/station_head.h"

static void every_model_is_listed_with_its_channels(void **state)
{
	size_t n;
	const char **names = profile_names(profile_folder(), &n);
	char *text = line_said(*state, "instrument list --format csv", 0);
	assert_true(n >= 15);
	assert_contains(text, "name,maker,model,driver,line,address,channels,"
	                      "simulation,summary,folder\n");
	for (size_t i = 0; i < n; i++) {
		char row[256];
		snprintf(row, sizeof row, "\n%s,", names[i]);
		assert_contains(text, row);
	}
	assert_contains(text, "krohne-ifc050,KROHNE,IFC 050,modbus,");
	assert_contains(text, ",flow_out total,no,");
	free(names);
	free(text);
	line_says(*state, "instrument list", 0, "quantrac (simulation)");
	line_says(*state, "instrument list --lang vi", 0, "quantrac (mô phỏng)");
	line_says(*state, "instrument list --lang vi", 0, "GIAO THỨC");
}

/* Nothing that stands in a file is left out: each of its sources, and every line of its
 * tables. */
static void shown_whole(const char *folder, const char *name)
{
	char words[256], path[4096], *file, *rest = NULL;
	size_t n;
	snprintf(words, sizeof words, "instrument show %s", name);
	char *text = line_said(folder, words, 0);
	snprintf(path, sizeof path, "%s/%s.yaml", profile_folder(), name);
	assert_int_equal(file_read(path, 100000, &file, &n), OK);
	bool tables = false;
	for (char *line = strtok_r(file, "\n", &rest); line != NULL;
	        line = strtok_r(NULL, "\n", &rest)) {
		tables = tables || strncmp(line, "blocks:", 7) == 0 ||
		         strncmp(line, "channels:", 9) == 0;
		if (tables && line[0] == ' ')
			assert_contains(text, line);
	}
	free(file);
	free(text);
}

static void every_model_is_shown_whole(void **state)
{
	size_t n;
	const char **names = profile_names(profile_folder(), &n);
	for (size_t i = 0; i < n; i++)
		shown_whole(*state, names[i]);
	free(names);
}

static void a_model_is_told_in_words_with_units_ranges_and_sources(void **state)
{
	char *text = line_said(*state, "instrument show hach-uvas-sc", 0);
	assert_contains(text, "maker             Hach\n");
	assert_contains(text, "protocol          modbus: Modbus");
	assert_contains(
	        text, "line              9600 8N1 (no source says: the usual one)\n");
	assert_contains(text, "read every        60 s, waiting 3 s for an answer\n");
	assert_contains(text, "mg/L         5 % of reading, 3 % of range");
	assert_contains(text,
	        "cod: accuracy from: required: Circular 10/2021/TT-BTNMT, table 3\n");
	free(text);
	text = line_said(*state, "instrument show hach-uvas-sc --lang vi", 0);
	assert_contains(text, "nhà sản xuất      Hach\n");
	assert_contains(text, "CẤP CHÍNH XÁC");
	assert_contains(text, "5 % giá trị đọc, 3 % phạm vi đo");
	free(text);
	line_says(*state, "instrument show yosemitech-y53x", 0, "2..12  0.2");
	line_says(*state, "instrument show sim-flow", 0, "no instrument has it");
	text = line_said(*state,
	        "instrument show krohne-ifc050 --json | python3 -c 'import json, sys; "
	        "t = "
	        "json.load(sys.stdin); print(t[\"driver\"], t[\"simulation\"], "
	        "t[\"profile\"][\"channels\"][0][\"name\"])'",
	        0);
	assert_string_equal(text, "modbus False flow_out\n");
	free(text);
}

static void part_of_a_name_or_type_plate_will_do(void **state)
{
	line_says(*state, "instrument show 'CM 442'", 0,
	        "endress-hauser-liquiline-cm44x");
	line_says(*state, "instrument show MARSIC", 0, "sick-marsic300");
	line_says(*state, "instrument show thermo", EXIT_NO_FILE,
	        "models hold 'thermo': thermo-42i");
	line_says(*state, "instrument show thermo-42j", EXIT_NO_FILE,
	        "did you mean 'thermo-42i'?");
	line_says(*state, "instrument show", EXIT_USAGE, "instrument show MODEL");
	line_says(*state, "instrument", EXIT_USAGE, "quantrac instrument list");
}

static void short_words_are_looked_for_in_the_list(void **state)
{
	char *text = line_said(*state, "instrument list 42i --format csv", 0);
	assert_contains(text, "\nthermo-42i,");
	assert_contains(text, "\nthermo-42i-clink,");
	assert_null(strstr(text, "\nthermo-43i,"));
	free(text);
	text = line_said(*state, "instrument list teledyne text --format csv", 0);
	assert_contains(text, "\nteledyne-t100-text,");
	assert_null(strstr(text, "\nteledyne-t300,"));
	free(text);
	line_says(*state, "instrument list 'cm 442'", 0, "liquiline-cm44x");
	line_says(*state, "instrument show ca80", 0, "Liquiline System CA80AM");
	line_says(*state, "instrument show pms5003", EXIT_NO_FILE,
	        "2 models hold 'pms5003': plantower-pms5003-asked, plantower-pms5003");
	text = line_said(*state, "instrument list pms503", EXIT_NO_FILE);
	assert_contains(text, "no model has 'pms503'; the nearest: plantower-pms");
	assert_null(strstr(text, "NAME"));
	free(text);
	line_says(*state, "instrument list pms503 --lang vi", EXIT_NO_FILE,
	        "không có kiểu thiết bị nào có 'pms503', gần nhất là: plantower-pms");
	line_says(*state, "instrument show pms503", EXIT_NO_FILE,
	        "there is no profile 'pms503'; did you mean 'plantower-pms");
	line_says(*state, "instrument list qqqqqqqq", EXIT_NO_FILE,
	        "no model has 'qqqqqqqq'; without a word all are listed");
}

static void a_folder_without_profiles_is_told_with_the_cure(void **state)
{
	char shipped[4096];
	snprintf(shipped, sizeof shipped, "%s", getenv("QUANTRAC_PROFILES"));
	setenv("QUANTRAC_PROFILES", *state, 1);
	char *text = line_said(*state, "instrument list", EXIT_CONFIG);
	assert_contains(text, "holds no profile (*.yaml); install quantrac again");
	assert_null(strstr(text, "NAME"));
	free(text);
	line_says(*state, "instrument list --lang vi", EXIT_CONFIG,
	        "không có hồ sơ thiết bị nào (*.yaml); hãy cài lại quantrac");
	setenv("QUANTRAC_PROFILES", "/nowhere", 1);
	line_says(*state, "instrument list", EXIT_CONFIG,
	        "/nowhere: is not there, or cannot be read; install quantrac again");
	setenv("QUANTRAC_PROFILES", shipped, 1);
}

static void help_is_given_in_the_language_asked_for(void **state)
{
	static const char *const commands[] = { "instrument", "serial", "station" };
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		char words[64];
		snprintf(words, sizeof words, "%s --lang vi --help", commands[i]);
		line_says(*state, words, 0, "Cách dùng:");
		snprintf(words, sizeof words, "%s --help --lang=vi", commands[i]);
		line_says(*state, words, 0, "Cách dùng:");
		snprintf(words, sizeof words, "--lang vi %s --help", commands[i]);
		line_says(*state, words, 0, "Cách dùng:");
		snprintf(words, sizeof words, "%s lizt --lang vi", commands[i]);
		line_says(*state, words, EXIT_USAGE, "không có lệnh 'lizt'");
	}
	line_says(*state, "--lang vi --help", 0, "cổng nối tiếp");
	line_says(*state, "help --lang vi", 0, "cổng nối tiếp");
}

/* Letters of another language are letters, and a word begins where one begins on the plate: "Cơ sở A" is not
 * "Taosonics and others". */
static void words_of_something_else_name_no_model(void **state)
{
	static const char *const words[] = { "Cơ sở A", "ơsicso", "arsic300", "KCN Mẫu",
		"Nước thải", "hne" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		char command[128];
		snprintf(command, sizeof command, "instrument show '%s'", words[i]);
		line_says(*state, command, EXIT_NO_FILE, "there is no profile");
	}
	/* in the middle of what is written together, but at the beginning of a word */
	line_says(*state, "instrument show 'uvas sc'", 0, "Hach");
	line_says(*state, "instrument show 'IFC050'", 0, "KROHNE");
}

static void profiles_of_the_station_come_before_those_shipped(void **state)
{
	fixture_profiles(*state);
	fixture_write(*state, "station.yaml",
	        STATION_HEAD
	        "profiles: profiles\n"
	        "ports: [{id: bus, path: /dev/serial/by-id/none}]\n"
	        "instruments: [{id: cod, profile: fixture-water, port: bus}]\n");
	line_says(*state, "instrument list --format csv", 0, "\nfixture-gas,nobody,");
	line_says(*state, "instrument show fixture-gas", 0, "nobody");
	fixture_write(*state, "profiles/krohne-ifc050.yaml", "name: [\n");
	char *text = line_said(*state, "instrument list --format csv", EXIT_CONFIG);
	assert_contains(text, "profiles/krohne-ifc050.yaml:");
	assert_contains(text, "\nhach-uvas-sc,");
	assert_null(strstr(text, "\nkrohne-ifc050,"));
	free(text);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(every_model_is_listed_with_its_channels),
		WITH(every_model_is_shown_whole),
		WITH(a_model_is_told_in_words_with_units_ranges_and_sources),
		WITH(part_of_a_name_or_type_plate_will_do),
		WITH(words_of_something_else_name_no_model),
		WITH(short_words_are_looked_for_in_the_list),
		WITH(a_folder_without_profiles_is_told_with_the_cure),
		WITH(help_is_given_in_the_language_asked_for),
		WITH(profiles_of_the_station_come_before_those_shipped),
	};
	char folder[4096];
	unsetenv("LANG");
	unsetenv("LC_ALL");
	if (realpath(project_file("sensors/profiles"), folder) != NULL)
		setenv("QUANTRAC_PROFILES", folder, 1);
	return cmocka_run_group_tests_name("instrument", tests, NULL, NULL);
}
