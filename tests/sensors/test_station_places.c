/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a port of a station is: one place each, and a port of ours that others connect to. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensors/station/station.h"

static int use_profiles(void **state)
{
	return setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
}

/* A station with these ports; the first is called a, and has one instrument or two. */
static struct station *station_with(
        const char *ports, const char *more, struct problem *why)
{
	char text[2048];
	struct station *station = NULL;
	int n = snprintf(text, sizeof text,
	        "zone: {id: z, name: Z}\nstation: {id: s, name: S}\n"
	        "facility: {id: f, name: F}\noutlets: [{id: o, name: O, kind: water}]\n"
	        "journal: {folder: j}\nports: [%s]\ninstruments:\n"
	        "  - {id: one, profile: hj212-2017-waste-water, port: a, address: "
	        "M1}\n%s",
	        ports, more);
	why->text[0] = '\0';
	station_parse(&station, text, (size_t)n, "s.yaml", NULL, why);
	return station;
}

static void refused(const char *ports, const char *more, const char *because)
{
	struct problem why;
	struct station *station = station_with(ports, more, &why);
	assert_null(station);
	assert_contains(why.text, because);
}

static void a_port_of_ours_has_its_address_and_who_may_connect(void **state)
{
	struct problem why;
	struct station *station = station_with(
	        "{id: a, listen: \"0.0.0.0:9001\", only: 192.0.2.9}", "", &why);
	assert_non_null(station);
	const struct port_setting *port = &station->port[0].setting;
	assert_true(port->accepts);
	assert_string_equal(port->host, "0.0.0.0");
	assert_string_equal(port->service, "9001");
	assert_string_equal(port->only, "192.0.2.9");
	assert_false(port->listen); /* that is something else: another master's line */
	struct describe *describe = station_describe_instrument(station, 0);
	assert_string_equal(describe->line, "0.0.0.0:9001");
	/* for the ledger of gaps (base/gaps_down.c) */
	assert_contains(describe->settings, "\"port\":\"a\"");
	describe_free(describe);
	station_free(station);
	station = station_with("{id: a, listen: \"[::]:9001\"}", "", &why);
	assert_non_null(station);
	assert_string_equal(station->port[0].setting.host, "::");
	station_free(station);
	station = station_with("{id: a, tcp: \"192.0.2.9:9001\"}", "", &why);
	assert_non_null(station);
	assert_false(station->port[0].setting.accepts);
	station_free(station);
}

static void a_port_that_nobody_can_connect_to_is_refused(void **state)
{
	refused("{id: a}", "", "needs one of path, tcp and listen");
	refused("{id: a, listen: \"0.0.0.0:9001\", tcp: \"192.0.2.9:502\"}", "",
	        "needs one of path, tcp and listen");
	refused("{id: a, listen: \"0.0.0.0:9001\", path: /dev/modbus0}", "",
	        "needs one of path, tcp and listen");
	refused("{id: a, listen: \"9001\"}", "", "'9001' is not address:port");
	refused("{id: a, listen: \"0.0.0.0:0\"}", "", "is not address:port");
	refused("{id: a, listen: \"localhost:9001\"}", "", "is not address:port");
	refused("{id: a, listen: \"0.0.0.0:9001\", only: sub-logger}", "",
	        "'sub-logger' is not an address");
	refused("{id: a, tcp: \"192.0.2.9:502\", only: 192.0.2.9}", "",
	        "nobody connects to port 'a'");
	refused("{id: a, listen: \"0.0.0.0:9001\"}, {id: b, listen: \"0.0.0.0:9001\"}",
	        "", "port 'a' listens there too");
}

static void two_ports_are_not_in_one_place(void **state)
{
	refused("{id: a, path: /dev/modbus0}, {id: b, path: /dev/modbus0}", "",
	        "port 'a' has this path too");
}

/* Where it takes two, and keeps them apart, it works. */
static void two_connections_to_one_address_are_warned_of(void **state)
{
	static const struct {
		const char *ports;
		size_t warnings;
	} known[] = {
		{ "{id: a, tcp: \"192.0.2.9:502\"}, {id: b, tcp: \"192.0.2.9:502\"}",
		        1 },
		{ "{id: a, tcp: \"gate.lan:502\"}, {id: b, tcp: \"GATE.lan:0502\"}",
		        1 },
		{ "{id: a, tcp: \"192.0.2.9:502\"}, {id: b, tcp: \"192.0.2.9:503\"}, "
		  "{id: c, tcp: \"192.0.2.8:502\"}",
		        0 },
	};
	struct problem why;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		struct station *station = station_with(known[i].ports, "", &why);
		assert_non_null(station);
		assert_int_equal(config_warnings(station->config), known[i].warnings);
		station_free(station);
	}
}

/* As by-id and by-path.  Only a warning: it shows only while the adapter is plugged in. */
static void one_device_under_two_names_is_warned_of(void **state)
{
	struct problem why;
	char ports[512];
	void *folder = NULL;
	assert_int_equal(scratch_make(&folder), 0);
	int n = snprintf(ports, sizeof ports,
	        "{id: a, path: %s/by-id}, {id: b, path: ", in_folder(folder, ""));
	snprintf(ports + n, sizeof ports - (size_t)n, "%s}",
	        in_folder(folder, "by-path"));
	for (int plugged = 0; plugged < 2; plugged++) {
		if (plugged)
			assert_int_equal(
			        symlink("/dev/null", in_folder(folder, "by-id")), 0);
		assert_int_equal(symlink("/dev/null", in_folder(folder, "by-path")),
		        plugged ? -1 : 0);
		struct station *station = station_with(ports, "", &why);
		assert_non_null(station);
		assert_int_equal(config_warnings(station->config), plugged);
		station_free(station);
	}
	scratch_remove(&folder);
}

static void modbus_rtu_has_eight_data_bits(void **state)
{
	static const char modbus[] =
	        "  - {id: two, profile: thermo-42i, port: b, slave: 1}\n"
	        "  - {id: three, profile: thermo-42i, port: b, slave: 2}\n";
	static const char a[] = "{id: a, listen: \"0.0.0.0:9001\"}, ";
	struct problem why;
	char ports[256];
	snprintf(ports, sizeof ports, "%s%s", a,
	        "{id: b, path: /dev/modbus0, line: 9600 7E1, mode: rtu}");
	refused(ports, modbus, "Modbus RTU has 8 data bits, and port 'b' 7");
	for (int i = 0; i < 3; i++) {
		static const char *const rest[] = { "9600 7E1, mode: ascii",
			"9600 8E1, mode: rtu", "9600 7E1" };
		snprintf(ports, sizeof ports, "%s{id: b, path: /dev/modbus0, line: %s}",
		        a, rest[i]);
		/* what speaks text may have 7 */
		struct station *station = station_with(ports,
		        i < 2 ? modbus
		              : "  - {id: two, profile: campbell-cs451, port: b}\n",
		        &why);
		assert_string_equal(why.text, "");
		assert_non_null(station);
		station_free(station);
	}
}

/* What one address sends by itself may be looked at by several profiles, but not twice by one. */
static void one_address_may_have_several_profiles(void **state)
{
	struct problem why;
	struct station *station = station_with("{id: a, listen: \"0.0.0.0:9001\"}",
	        "  - {id: two, profile: hj212-2005-waste-water, port: a, address: "
	        "M1}\n",
	        &why);
	assert_non_null(station);
	station_free(station);
	refused("{id: a, listen: \"0.0.0.0:9001\"}",
	        "  - {id: two, profile: hj212-2017-waste-water, port: a, address: "
	        "M1}\n",
	        "has address M1 too");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_of_ours_has_its_address_and_who_may_connect),
		cmocka_unit_test(a_port_that_nobody_can_connect_to_is_refused),
		cmocka_unit_test(two_ports_are_not_in_one_place),
		cmocka_unit_test(two_connections_to_one_address_are_warned_of),
		cmocka_unit_test(one_device_under_two_names_is_warned_of),
		cmocka_unit_test(modbus_rtu_has_eight_data_bits),
		cmocka_unit_test(one_address_may_have_several_profiles),
	};
	return cmocka_run_group_tests_name("station_places", tests, use_profiles, NULL);
}
