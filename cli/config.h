/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac config: the cabinet's program knows a cabinet's file, the office a collector's
 * too. */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "base/config.h"
#include "cli/common.h"

/* What is done about a collector's file; both give an exit code. */
struct config_collector {
	int (*check)(const char *path, const struct common *common);
	int (*explain)(const char *key, const struct common *common);
};

int config_command(int argc, char **argv, const struct config_collector *collector);

/* Help for a key: the text (the caller frees it), and OK or
 * NOT_FOUND. */
char *config_explained(
        const struct section *section, const char *key, bool vietnamese, int *status);

#endif
