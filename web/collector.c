/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/collector.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "archive/collector_state.h"
#include "base/config.h"
#include "base/folder.h"

#define MOST ((size_t)8 << 20)

struct left {
	int64_t time_us;
	bool ended;
};

static const struct field left_fields[] = {
	{ .key = "time", .type = FIELD_TIME, .at = offsetof(struct left, time_us) },
	{ .key = "ended", .type = FIELD_BOOLEAN, .at = offsetof(struct left, ended) },
	{ 0 },
};
static const struct section left_section = { "collectd.json", sizeof(struct left),
	left_fields, NULL };

void collector_look(struct view *view, const char *archive, int64_t now_us)
{
	char path[4200], *text;
	size_t n;
	struct left left = { 0 };
	struct config *config;
	view->collector = COLLECTOR_RUNS;
	snprintf(path, sizeof path, "%.4096s/collectd.json", archive);
	if (file_read(path, MOST, &text, &n) != OK)
		return;
	/* keys this program does not know are no fault: the rest is filled */
	config_read_text(&config, text, n, path, &left_section, &left, NULL);
	config_free(config);
	free(text);
	view->collector = collector_state(archive, left.ended, now_us - left.time_us);
	view->collector_us = left.time_us;
}
