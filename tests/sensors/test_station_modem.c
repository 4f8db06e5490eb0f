/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DTR and RTS of a port: as it says itself, else as the profiles of its instruments do. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/station/station.h"

static const char head[] = "zone: {id: z, name: Z}\n"
                           "station: {id: s, name: S, role: A, simulation: yes}\n"
                           "facility: {id: f, name: F}\n"
                           "outlets: [{id: o, name: O, kind: water}]\n"
                           "journal: {folder: journal}\n"
                           "ports:\n";

/* A profile like the one for simulation, with more at its top level. */
static void put_profile(const char *folder, const char *name, const char *more)
{
	char line[512], path[64];
	snprintf(path, sizeof path, "%s.yaml", name);
	FILE *in = fopen(project_file("sensors/profiles/sim-flow.yaml"), "r");
	FILE *out = fopen(in_folder(folder, path), "w");
	assert_non_null(in);
	assert_non_null(out);
	while (fgets(line, sizeof line, in) != NULL)
		if (strncmp(line, "name:", 5) == 0)
			fprintf(out, "name: %s\n%s", name, more);
		else
			fputs(line, out);
	fclose(in);
	fclose(out);
}

static int make(void **state)
{
	int status = scratch_make(state);
	put_profile(*state, "any", "");
	put_profile(*state, "shy", "dtr: off\nrts: off\n");
	put_profile(*state, "bold", "dtr: on\n");
	setenv("QUANTRAC_PROFILES", *state, 1);
	return status;
}

/* The port of a station; NULL and `says` in `told` if it is refused. */
static struct station *with(const char *port, const char *instruments, char **told)
{
	struct station *station = NULL;
	char text[2048];
	size_t n;
	FILE *report = open_memstream(told, &n);
	snprintf(text, sizeof text, "%s%sinstruments:\n%s", head, port, instruments);
	int status = station_parse(
	        &station, text, strlen(text), "station.yaml", report, NULL);
	fclose(report);
	return status == OK ? station : NULL;
}

static void lines_are(const char *port, const char *instruments, bool dtr, bool rts)
{
	char *told;
	struct station *station = with(port, instruments, &told);
	if (station == NULL) {
		fail_msg("%s", told);
		return;
	}
	assert_int_equal(station->port[0].setting.dtr, dtr);
	assert_int_equal(station->port[0].setting.rts, rts);
	station_free(station);
	free(told);
}

static void a_profile_says_how_the_modem_lines_are(void **state)
{
	static const char port[] = "  - {id: bus, path: /dev/modbus0}\n";
	lines_are(port, "  - {id: a, profile: any, port: bus}\n", true, true);
	lines_are(port, "  - {id: a, profile: shy, port: bus}\n", false, false);
	lines_are(port,
	        "  - {id: a, profile: any, port: bus, slave: 1}\n"
	        "  - {id: b, profile: shy, port: bus, slave: 2}\n",
	        false, false);
}

static void a_port_that_says_so_itself_is_right(void **state)
{
	lines_are("  - {id: bus, path: /dev/modbus0, dtr: on}\n",
	        "  - {id: a, profile: shy, port: bus}\n", true, false);
}

static void two_that_want_otherwise_cannot_share_a_port(void **state)
{
	char *told;
	static const char both[] = "  - {id: a, profile: shy, port: bus, slave: 1}\n"
	                           "  - {id: b, profile: bold, port: bus, slave: 2}\n";
	assert_null(with("  - {id: bus, path: /dev/modbus0}\n", both, &told));
	assert_contains(told, "station.yaml:10:");
	assert_contains(told, "'a' and 'b' want dtr otherwise");
	assert_contains(told, "write it at the port, or give each its own");
	free(told);
	lines_are("  - {id: bus, path: /dev/modbus0, dtr: off}\n", both, false, false);
}

#define MODEM(test) cmocka_unit_test_setup_teardown(test, make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MODEM(a_profile_says_how_the_modem_lines_are),
		MODEM(a_port_that_says_so_itself_is_right),
		MODEM(two_that_want_otherwise_cannot_share_a_port),
	};
	return cmocka_run_group_tests_name("station_modem", tests, NULL, NULL);
}
