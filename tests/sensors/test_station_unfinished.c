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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_that_is_not_there_is_told_for_every_model),
		cmocka_unit_test(a_port_that_is_missing_is_told_for_every_model),
	};
	return cmocka_run_group_tests_name("station_unfinished", tests, NULL, NULL);
}
