/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac station maintenance | emptied */
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "cli/commands.h"
#include "cli/station_orders.h"

int command_station(int argc, char **argv)
{
	static char maintenance[] = "station maintenance",
	            emptied[] = "station emptied";
	const char *verb = argc > 1 ? argv[1] : "";
	if (strcmp(verb, "maintenance") == 0) {
		argv[1] = maintenance;
		return station_maintenance(argc - 1, argv + 1);
	}
	if (strcmp(verb, "emptied") == 0) {
		argv[1] = emptied;
		return station_emptied(argc - 1, argv + 1);
	}
	fputs("quantrac station: maintenance ID on|off --reason TEXT, or emptied "
	      "--reason "
	      "TEXT\n",
	        stderr);
	return EXIT_USAGE;
}
