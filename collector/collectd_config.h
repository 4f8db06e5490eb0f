/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What quantrac-collectd is told: collectd.yaml, and the command line over it. */
#ifndef COLLECTOR_COLLECTD_CONFIG_H
#define COLLECTOR_COLLECTD_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"

#define COLLECTD_PATH 4096

struct collectd_config {
	const char *archive, *listen, *key, *agents, *sign_key;
	struct {
		const char *id, *name;
	} zone;
	int utc_offset_min;
	int64_t most_agents;
	bool allow_simulated;
	double seal_every_s, hold_s, commit_every_s;
	double scrub_every_s, scrub_mib_s;
	/* of paths that the file names beside itself */
	char archive_room[COLLECTD_PATH], key_room[COLLECTD_PATH],
	        agents_room[COLLECTD_PATH], sign_room[COLLECTD_PATH];
};

extern const struct section collectd_section;

/* The command line. */
struct collectd_arguments {
	const char *config; /* NULL: COLLECTD_CONFIG if it is there */
	const char *archive, *listen, *keys, *agents;
	bool allow_simulated, check, verbose;
	double for_s; /* 0: until told to end */
};
#define COLLECTD_CONFIG "/etc/quantrac/collectd.yaml"

/* Never returns on --help, --version or misuse (64). */
void collectd_arguments(struct collectd_arguments *arguments, int argc, char **argv);

/* Read and check a file (NULL: the defaults), and make its paths ones that can be opened.  OK, or
 * NOT_FOUND or MALFORMED with why; *document must be freed all the same. */
int collectd_config_read(struct config **document, const char *path,
        struct collectd_config *config, struct problem *why);

/* All errors and warnings of what was read. */
void collectd_config_tell(struct config *document, const char *path, FILE *report);

/* Read the file and lay the command line over it; ends the program with 78 on any error, 66 without a
 * file.  The document and `config` own the texts. */
struct config *collectd_configure(
        struct collectd_config *config, const struct collectd_arguments *arguments);

#endif
