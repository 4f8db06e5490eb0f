/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A configuration that is still being written: what is missing is told, whatever the instrument is. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/station/station.h"
#include "sensors/tables/profile.h"

static const char head[] = "zone: {id: z, name: Z}\n"
                           "station: {id: s, name: S, role: A, simulation: yes}\n"
                           "facility: {id: f, name: F}\n"
                           "outlets: [{id: o, name: O, kind: water}]\n"
                           "journal: {folder: journal}\n"
                           "ports: [{id: bus, path: /dev/modbus0}]\n"
                           "instruments:\n";

/* One instrument of each shipped model: refused in these words. */
static void each_model_refused(const char *rest, const char *says)
{
	size_t n, size;
	const char **names = profile_names(project_file("sensors/profiles"), &n);
	assert_true(n > 30);
	for (size_t i = 0; i < n; i++) {
		struct station *station = NULL;
		char text[1024], *told;
		FILE *report = open_memstream(&told, &size);
		snprintf(text, sizeof text, "%s  - {id: a, profile: %s, %s}\n", head,
		        names[i], rest);
		int status = station_parse(
		        &station, text, strlen(text), "station.yaml", report, NULL);
		fclose(report);
		assert_int_equal(status, MALFORMED);
		assert_null(station);
		assert_contains(told, says);
		free(told);
	}
	free(names);
}

static void a_port_that_is_not_there_is_told_for_every_model(void **state)
{
	(void)state;
	each_model_refused("port: buss", "there is no port 'buss'");
}

static void a_port_that_is_missing_is_told_for_every_model(void **state)
{
	(void)state;
	each_model_refused("address: '1'", "port");
}

/* A profile like the one for simulation, with one line of it replaced. */
static void put_profile(const char *folder, const char *line, const char *by)
{
	char row[512];
	FILE *in = fopen(project_file("sensors/profiles/sim-flow.yaml"), "r");
	FILE *out = fopen(in_folder(folder, "own.yaml"), "w");
	assert_non_null(in);
	assert_non_null(out);
	while (fgets(row, sizeof row, in) != NULL)
		fputs(strncmp(row, line, strlen(line)) == 0 ? by
		        : strncmp(row, "name:", 5) == 0     ? "name: own\n"
		                                            : row,
		        out);
	fclose(in);
	fclose(out);
}

/* What is told of a station with two instruments of the own model. */
static char *told_of(const char *profiles)
{
	static const char two[] = "  - {id: a, profile: own, port: bus, slave: 1}\n"
	                          "  - {id: b, profile: own, port: bus, slave: 250}\n";
	struct station *station = NULL;
	char text[1024], *told;
	size_t size;
	FILE *report = open_memstream(&told, &size);
	snprintf(text, sizeof text, "profiles: %s\n%s%s", profiles, head, two);
	station_parse(&station, text, strlen(text), "station.yaml", report, NULL);
	station_free(station);
	fclose(report);
	return told;
}

static void an_error_in_a_profile_is_told_once_with_its_own_line(void **state)
{
	put_profile(*state, "poll_every:", "poll_every: often\n");
	char *told = told_of(*state);
	assert_contains(told, "own.yaml:");
	assert_contains(told, "| poll_every: often\n");
	char *first = strstr(told, "| poll_every: often\n");
	assert_null(strstr(first + 1, "| poll_every: often\n"));
	assert_contains(told, "profile 'own' has errors, told above");
	assert_contains(told, "profile 'own' has errors, as told of it");
	free(told);
}

static void a_profile_has_the_name_of_its_file(void **state)
{
	put_profile(*state, "name:", "name: other\n");
	char *told = told_of(*state);
	assert_contains(told, "the file is own.yaml, its profile 'other'");
	assert_contains(told, "| name: other\n");
	free(told);
	put_profile(*state, "name:", "name: own\n");
	told = told_of(*state);
	assert_null(strstr(told, "error"));
	free(told);
}

static void a_folder_of_profiles_that_is_not_there_is_warned_of(void **state)
{
	put_profile(*state, "name:", "name: own\n");
	char *told = told_of("/nowhere");
	assert_contains(told, "/nowhere: this folder cannot be read");
	assert_contains(told, "there is no profile 'own'");
	free(told);
	told = told_of(*state);
	assert_null(strstr(told, "cannot be read"));
	free(told);
}

static void a_reserved_address_on_a_line_is_warned_of(void **state)
{
	put_profile(*state, "name:", "name: own\n");
	char *told = told_of(*state);
	assert_contains(told, "'b' has the address 250");
	assert_null(strstr(told, "'a' has the address"));
	free(told);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_that_is_not_there_is_told_for_every_model),
		cmocka_unit_test(a_port_that_is_missing_is_told_for_every_model),
		WITH(an_error_in_a_profile_is_told_once_with_its_own_line),
		WITH(a_profile_has_the_name_of_its_file),
		WITH(a_folder_of_profiles_that_is_not_there_is_warned_of),
		WITH(a_reserved_address_on_a_line_is_warned_of),
	};
	return cmocka_run_group_tests_name("station_unfinished", tests, NULL, NULL);
}
