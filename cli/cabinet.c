/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cabinet.h"

#include <limits.h>
#include <stdio.h>

#include "base/legal_time.h"
#include "sensors/station/station.h"

int cabinet_open_station(struct live_view *view, struct station **station,
        const char *command, const struct common *common)
{
	char folder[PATH_MAX], path[PATH_MAX];
	struct problem why = { .exit = EXIT_CONFIG };
	struct clock clock;
	if (station_read(station, common->config, stderr, &why) != OK)
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

const char *age_print(int64_t time_us, int64_t now_us, char out[16])
{
	int64_t age_s = (now_us - time_us) / US_PER_S;
	if (age_s < 0)
		age_s = 0;
	if (time_us == 0)
		snprintf(out, 16, "-");
	else if (age_s < 120)
		snprintf(out, 16, "%d s", (int)age_s);
	else if (age_s < 7200)
		snprintf(out, 16, "%d min", (int)(age_s / 60));
	else if (age_s < 172800)
		snprintf(out, 16, "%d h", (int)(age_s / 3600));
	else
		snprintf(out, 16, "%d d", (int)(age_s / 86400));
	return out;
}
