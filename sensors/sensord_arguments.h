/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of quantrac-sensord. */
#ifndef SENSORS_SENSORD_ARGUMENTS_H
#define SENSORS_SENSORD_ARGUMENTS_H

#include <stdbool.h>

struct arguments {
	const char *config;
	bool check, verbose;
	double for_s;
};

/* Ends the program on misuse (64), --help and --version. */
struct arguments sensord_arguments(int argc, char **argv);

#endif
