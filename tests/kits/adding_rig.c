/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/adding_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "base/status.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/free_port.h"
#include "tests/kits/line_kit.h"

static const char scenario[] =
        "scenario: {name: test, seed: 7, profiles: profiles}\n"
        "ports: [{id: bus, mode: rtu}, {id: net, mode: tcp, listen: "
        "\"127.0.0.1:%d\"}]\n"
        "instruments:\n"
        "  - {id: cod, profile: fixture-water, port: bus, slave: 3, channels: [{name: "
        "cod, mean: 42.5}], delay: 2ms}\n"
        "  - {id: gas, profile: fixture-gas, port: bus, slave: 7, channels: [{name: "
        "dust, mean: 23.5}], delay: 2ms}\n"
        "  - {id: far, profile: fixture-gas, port: net, slave: 2, channels: [{name: "
        "dust, mean: 23.5}], delay: 2ms}\n";

const char adding_head[] = "# the cabinet of the outlet\n"
                           "zone: {id: kcn-mau, name: KCN Mẫu}\n"
                           "station: {id: nt-01, name: Nước thải, simulation: yes}\n"
                           "facility: {id: co-so-a, name: Cơ sở Mẫu A}\n"
                           "outlets: [{id: cua-xa, name: Cửa xả, kind: water}]\n"
                           "journal: {folder: journal, room: 200 MB, keep: 2h}\n"
                           "profiles: profiles\n"
                           "ports:\n"
                           "  - {id: bus, path: run/bus}      # the long line\n";
const char adding_instruments[] =
        "instruments:   # from left to right\n"
        "  - {id: cod, profile: fixture-water, port: bus, slave: 3}  # COD\n";
const char adding_tail[] = "# the end\n";

int adding_port;

pid_t adding_begin(const char *folder)
{
	adding_port = free_port();
	fixture_profiles(folder);
	fixture_write(folder, "scenario.yaml", scenario, adding_port);
	fixture_write(folder, "station.yaml", "%s%s%s", adding_head, adding_instruments,
	        adding_tail);
	return line_simulate(folder, NULL, adding_port);
}

char *adding_file(const char *folder, const char *name)
{
	char *text;
	size_t n;
	assert_int_equal(file_read(in_folder(folder, name), 100000, &text, &n), OK);
	return text;
}

void adding_unchanged(const char *folder)
{
	char want[4096], *text = adding_file(folder, "station.yaml");
	snprintf(want, sizeof want, "%s%s%s", adding_head, adding_instruments,
	        adding_tail);
	assert_string_equal(text, want);
	free(text);
}
