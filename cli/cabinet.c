/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cabinet.h"

#include <limits.h>
#include <stdio.h>

#include "base/legal_time.h"
#include "cli/translate.h"
#include "sensors/station/station.h"

int cabinet_read(struct station **station, const char *path, bool vietnamese,
        struct problem *why)
{
	struct translated told;
	int status =
	        station_read(station, path, translated_open(&told, vietnamese), why);
	translated_close(&told, &station_section);
	return status;
}

int cabinet_open_station(struct live_view *view, struct station **station,
        const char *command, const struct common *common)
{
	char folder[PATH_MAX], path[PATH_MAX];
	struct problem why = { .exit = EXIT_CONFIG };
	struct clock clock;
	if (cabinet_read(station, common->config, common_vietnamese(common), &why) !=
	        OK)
		return common_fail(command, &why);
	station_path(*station, (*station)->journal_folder, folder, sizeof folder);
	snprintf(path, sizeof path, "%.*s/%s", PATH_MAX - 16, folder, LIVE_FILE);
	clock_init(&clock);
	struct moment now = clock_now(&clock);
	if (live_read(view, path, (*station)->id, &now, &why) == OK)
		return 0;
	station_free(*station);
	return common_fail(command, &why);
}

int cabinet_open(
        struct live_view *view, const char *command, const struct common *common)
{
	struct station *station;
	int code = cabinet_open_station(view, &station, command, common);
	if (code == 0)
		station_free(station);
	return code;
}
