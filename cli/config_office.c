/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac config where the collector is known too. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/config.h"
#include "cli/translate.h"
#include "collector/checkpoints.h"
#include "collector/collectd_config.h"
#include "sensors/station/station.h"

static int check(const char *path, const struct common *common)
{
	static struct collectd_config config;
	struct config *document = NULL;
	struct problem why = { 0 }, unsigned_why;
	struct translated told;
	int status = collectd_config_read(&document, path, &config, &why);
	if (status != NOT_FOUND)
		collectd_config_tell(document, path,
		        translated_open(&told, common_vietnamese(common)));
	if (status != NOT_FOUND)
		translated_close(&told, &collectd_section);
	if (status != OK) {
		int code = common_fail("config", &why);
		common_tell("%s was read as a collector's file", path);
		config_free(document);
		return code;
	}
	if (!common->quiet)
		common_tell("%s: a collector's file: archive %s, listens on %s: no "
		            "errors",
		        path, config.archive, config.listen);
	if (checkpoints_key_look(config.sign_key, &unsigned_why) != OK)
		common_tell("%s: %s", path, unsigned_why.text);
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
