/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/demo.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/share.h"
#include "cli/commands.h"

#define MARK "quantrac-demo" /* file that says: this folder was made by the demo */

enum { OPTION_FOR = 0x200, OPTION_KEEP, OPTION_NO_WEB };

struct arguments {
	double live_s;
	const char *keep;
	bool no_web;
};

static const struct argp_option options[] = {
	{ "for", OPTION_FOR, "60s", 0, "how long the live part runs (0s: history only)",
	        1 },
	{ "keep", OPTION_KEEP, "DIR", 0,
	        "folder for archive and reports (quantrac-demo)", 1 },
	{ "no-web", OPTION_NO_WEB, NULL, 0, "without the page", 1 },
	{ 0 },
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct arguments *a = state->input;
	switch (key) {
	case OPTION_FOR:
		if (duration_parse(word, &a->live_s) != OK || a->live_s > 86400)
			argp_error(state, "--for: '%s' is not like 60s", word);
		return 0;
	case OPTION_KEEP:
		a->keep = word;
		return 0;
	case OPTION_NO_WEB:
		a->no_web = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_D || type == FTW_DP)
		chmod(path, 0700);
	return remove(path);
}

/* A fresh folder; one left by an earlier demo is replaced, any other is left alone. */
static int make_folder(struct demo *demo, const char *dir, struct problem *why)
{
	char mark[DEMO_PATH + 32];
	struct stat st;
	snprintf(mark, sizeof mark, "%s/" MARK, dir);
	if (stat(dir, &st) == 0) {
		if (access(mark, F_OK) != 0)
			return problem_set(why, REFUSED, EXIT_USAGE,
			        "%s: is there already and was not made by the demo; "
			        "name another "
			        "folder with --keep",
			        dir);
		nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	}
	if (folder_make(dir) != OK || file_replace(mark, "", 0, 0644) != OK ||
	        realpath(dir, demo->dir) == NULL)
		return problem_set(
		        why, FAILED, EXIT_CONFIG, "%s: %s", dir, strerror(errno));
	snprintf(demo->archive, sizeof demo->archive, "%s/archive", demo->dir);
	return OK;
}

static void name_stations(struct demo *demo)
{
	static const char *const id[DEMO_STATIONS] = { DEMO_WATER, "mau-ong-khoi",
		"mau-khong-khi" };
	static const char *const file[DEMO_STATIONS] = { "water", "stack", "ambient" };
	share_folder("demo-files", demo->files, sizeof demo->files);
	for (size_t i = 0; i < DEMO_STATIONS; i++) {
		struct demo_station *station = &demo->station[i];
		station->id = id[i];
		snprintf(station->config, sizeof station->config,
		        "%.3900s/station-%s.yaml", demo->files, file[i]);
		snprintf(station->scenario, sizeof station->scenario,
		        "%.3900s/scenario-%s.yaml", demo->files, file[i]);
	}
}

static int demo(struct demo *demo, const struct arguments *a, struct problem *why)
{
	name_stations(demo);
	int status = make_folder(demo, a->keep, why);
	if (status == OK)
		status = demo_history(demo, why);
	if (status == OK && demo->live_s > 0)
		status = demo_live(demo, why);
	if (status == OK)
		status = demo_tell(demo, why);
	return status;
}

int command_demo(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "The invented zone KCN Mẫu in a box: thirty days of history, a "
		       "minute live "
		       "through the daemons, then the exceedances, the data sheet and "
		       "the proof.",
	};
	static struct demo box;
	struct common common;
	struct problem why = { 0 };
	struct arguments a = { .live_s = 60, .keep = "quantrac-demo" };
	int first = common_parse(&common, &argp, &a, argc, argv);
	if (first != argc) {
		common_tell(
		        "quantrac demo: takes options only; see quantrac demo --help");
		return EXIT_USAGE;
	}
	box = (struct demo){
		.common = &common,
		.shown = a.keep,
		.live_s = a.live_s,
		.web = !a.no_web,
		.now_us = common_now(),
	};
	box.first_us = day_start(box.now_us, DEMO_OFFSET) - DEMO_DAYS * US_PER_DAY;
	int status = demo(&box, &a, &why);
	return status == OK ? 0 : common_fail("demo", &why);
}
