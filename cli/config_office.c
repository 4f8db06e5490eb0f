/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac config where the collector is known too. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/config.h"
#include "collector/checkpoints.h"
#include "collector/collectd_config.h"
#include "sensors/station/station.h"

static int check(const char *path, const struct common *common)
{
	static struct collectd_config config;
	struct config *document = NULL;
	struct problem why = { 0 }, unsigned_why;
	if (collectd_config_read(&document, path, &config, &why) != OK) {
		int code = common_fail("config", &why);
		fprintf(stderr, "%s was read as a collector's file\n", path);
		config_free(document);
		return code;
	}
	if (!common->quiet)
		fprintf(stderr,
		        "%s: a collector's file: archive %s, listens on %s: no "
		        "errors\n",
		        path, config.archive, config.listen);
	if (checkpoints_key_look(config.sign_key, &unsigned_why) != OK)
		fprintf(stderr, "%s: %s\n", path, unsigned_why.text);
	config_free(document);
	return 0;
}

/* A key of both files is explained for both. */
static int explain(const char *key, const struct common *common)
{
	int in_cabinet, in_collector;
	bool vi = common_vietnamese(common);
	char *cabinets = config_explained(&station_section, key, vi, &in_cabinet);
	char *collectors = config_explained(&collectd_section, key, vi, &in_collector);
	bool one = (in_cabinet == OK) != (in_collector == OK);
	if (cabinets != NULL && (in_cabinet == OK || !one))
		printf("%s%s", vi ? "Tệp của tủ: " : "A cabinet's file: ", cabinets);
	if (collectors != NULL && (in_collector == OK || !one))
		printf("%s%s", vi ? "Tệp của máy chủ nhận: " : "A collector's file: ",
		        collectors);
	free(cabinets);
	free(collectors);
	return in_cabinet == OK || in_collector == OK ? 0 : EXIT_USAGE;
}

int command_config_office(int argc, char **argv)
{
	static const struct config_collector here = { check, explain };
	return config_command(argc, argv, &here);
}
