/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/ended.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

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
	left_fields };

int64_t collector_ended(const char *archive)
{
	char path[4200], *text;
	size_t n;
	struct left left = { 0 };
	struct config *config;
	snprintf(path, sizeof path, "%.4096s/collectd.json", archive);
	if (file_read(path, MOST, &text, &n) != OK)
		return 0;
	/* keys this program does not know are no fault: the rest is filled */
	config_read_text(&config, text, n, path, &left_section, &left, NULL);
	config_free(config);
	free(text);
	return left.ended ? left.time_us : 0;
}
