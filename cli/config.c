/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac config check [FILE] | explain KEY */
#include "base/config.h"

#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "sensors/station.h"

static int check(const char *path, bool quiet, struct problem *why)
{
	struct station *station;
	int status = station_read(&station, path, stderr, why);
	if (status != OK)
		return status;
	status = station_room_check(station, why);
	if (status == OK && !quiet)
		fprintf(stderr,
		        "%s: station %s, %zu instruments on %zu ports: no errors\n",
		        path, station->id, station->n_instruments, station->n_ports);
	station_free(station);
	return status;
}

int command_config(int argc, char **argv)
{
	static const struct argp argp = {
		.args_doc = "check [FILE] | explain KEY",
		.doc = "Check a cabinet's configuration: all errors at once, with line "
		       "and cure. Explain what a key means.",
	};
	struct common common;
	struct problem why = { 0 };
	int first = common_parse(&common, &argp, NULL, argc, argv);
	int n = argc - first;
	if (n >= 1 && n <= 2 && strcmp(argv[first], "check") == 0) {
		int status = check(
		        n == 2 ? argv[first + 1] : common.config, common.quiet, &why);
		return status == OK ? 0 : common_fail("config", &why);
	}
	if (n == 2 && strcmp(argv[first], "explain") == 0) {
		int status = config_explain(&station_section, argv[first + 1],
		        common_vietnamese(&common), stdout);
		return status == OK ? 0 : EXIT_USAGE;
	}
	fputs("quantrac config: check [FILE] or explain KEY\n", stderr);
	return EXIT_USAGE;
}
