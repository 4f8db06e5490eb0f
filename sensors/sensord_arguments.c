/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/sensord_arguments.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/legal_time.h"
#include "base/status.h"

#define CONFIG_PLACE "/etc/quantrac/quantrac.yaml"

static void usage(FILE *out)
{
	fputs("usage: quantrac-sensord [--config FILE] [--check] [--for 60s] [-v]\n"
	      "reads the instruments of this cabinet, keeps every reading and sends it "
	      "on\n"
	      "  --config FILE  default " CONFIG_PLACE "\n"
	      "  --check        read the configuration, say what is wrong, end\n"
	      "  --for TIME     end after this time\n"
	      "  -v             say more\n",
	        out);
}

struct arguments sensord_arguments(int argc, char **argv)
{
	enum { CONFIG = 256, CHECK, FOR, HELP, VERSION };
	static const struct option options[] = {
		{ "config", required_argument, NULL, CONFIG },
		{ "check", no_argument, NULL, CHECK },
		{ "for", required_argument, NULL, FOR },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, HELP },
		{ "version", no_argument, NULL, VERSION },
		{ 0 },
	};
	const char *config = getenv("QUANTRAC_CONFIG");
	struct arguments given = { .config = config != NULL ? config : CONFIG_PLACE,
		.for_s = INFINITY };
	for (int option;
	        (option = getopt_long(argc, argv, "v", options, NULL)) != -1;) {
		if (option == CONFIG) {
			given.config = optarg;
		} else if (option == CHECK) {
			given.check = true;
		} else if (option == 'v') {
			given.verbose = true;
		} else if (option == HELP) {
			usage(stdout);
			exit(0);
		} else if (option == VERSION) {
			puts("quantrac-sensord " QUANTRAC_VERSION);
			exit(0);
		} else if (option != FOR ||
		           duration_parse(optarg, &given.for_s) != OK) {
			usage(stderr);
			exit(EXIT_USAGE);
		}
	}
	if (optind < argc) {
		usage(stderr);
		exit(EXIT_USAGE);
	}
	return given;
}
