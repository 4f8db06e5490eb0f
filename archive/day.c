/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a sealed file, and its groups. */
#include "archive/day.h"

#include <stdlib.h>
#include <string.h>

#include "archive/day_inside.h"
#include "archive/stored_text.h"
#include "base/digest.h"

/* ---- opening ---- */

static int text_need(struct day *day, const char *name, char *out, size_t room)
{
	int status = h5_get_text(day->h5, "", name, out, room);
	if (status == NOT_FOUND)
		h5_damaged(day->h5, "/: attribute %s is not there", name);
	return status;
}

static int number_need(struct day *day, const char *name, enum h5_kind kind, void *out)
{
	struct h5_want want = { .group = "", .name = name, .kind = kind, .n = 1 };
	int status = h5_get(day->h5, &want, out);
	if (status == NOT_FOUND)
		h5_damaged(day->h5, "/: attribute %s is not there", name);
	return status;
}

static int header_load(struct day *day)
{
	char format[32];
	int32_t offset_min, late;
	if (text_need(day, "format", format, sizeof format) != OK)
		return MALFORMED;
	if (strcmp(format, LAYOUT_FORMAT) != 0)
		return h5_damaged(day->h5,
		        "is of format '%s'; this program reads '" LAYOUT_FORMAT "'",
		        format);
	if (text_need(day, "zone", day->zone, sizeof day->zone) != OK ||
	        text_need(day, "zone_name", day->zone_name, sizeof day->zone_name) !=
	                OK ||
	        text_need(day, "station", day->station, sizeof day->station) != OK ||
	        number_need(day, "day_us", H5_I64, &day->header.day_us) != OK ||
	        number_need(day, "utc_offset_min", H5_I32, &offset_min) != OK ||
	        number_need(day, "late", H5_I32, &late) != OK ||
	        number_need(day, "records", H5_U64, &day->records) != OK)
		return MALFORMED;
	day->header.zone = day->zone;
	day->header.zone_name = day->zone_name;
	day->header.station = day->station;
	day->header.utc_offset_min = offset_min;
	day->header.late = late;
	return OK;
}

static int epochs_load(struct day *day)
{
	int status = h5_rows(day->h5, "", LAYOUT_EPOCHS, H5_U64, &day->n_epochs);
	if (status != OK)
		return h5_damaged(day->h5, "/" LAYOUT_EPOCHS ": is not there");
	day->epoch = calloc(day->n_epochs + 1, sizeof *day->epoch);
	if (day->epoch == NULL)
		return h5_damaged(day->h5, "out of memory");
	struct h5_want want = {
		.group = "", .name = LAYOUT_EPOCHS, .kind = H5_U64, .n = day->n_epochs
	};
	return h5_load(day->h5, &want, day->epoch);
}

static int group_open(struct day *day, const char *name)
{
	char hash[DIGEST_HEX + 8];
	struct day_group *group = &day->group[day->n_groups];
	if (strcmp(name, LAYOUT_EVENTS) == 0) {
		day->has_events = true;
		return OK;
	}
	memcpy(group->name, name, H5_NAME);
	int status = h5_get_text(day->h5, name, "describe_sha256", hash, sizeof hash);
	if (status != OK || digest_parse(hash, group->hash) != OK)
		return h5_damaged(
		        day->h5, "/%s: does not say which DESCRIBE it is of", name);
	if (h5_rows(day->h5, name, "time", H5_F64, &group->rows) != OK)
		return h5_damaged(day->h5, "/%s/time: is not there", name);
	day->n_groups++;
	return OK;
}

static int groups_load(struct day *day)
{
	char(*name)[H5_NAME];
	size_t n;
	int status = h5_groups(day->h5, &name, &n);
	if (status == OK)
		day->group = calloc(n + 1, sizeof *day->group);
	if (status == OK && day->group == NULL)
		status = h5_damaged(day->h5, "out of memory");
	for (size_t i = 0; day->group != NULL && i < n && status == OK; i++)
		status = group_open(day, name[i]);
	free(name);
	return status;
}

/* What both ways of opening end with; takes `day` over. */
static int opened(struct day **out, struct day *day, int status, struct problem *why)
{
	if (status != OK) {
		free(day);
		return status;
	}
	status = header_load(day);
	if (status == OK)
		status = epochs_load(day);
	if (status == OK)
		status = groups_load(day);
	if (status != OK) {
		if (why != NULL)
			*why = *h5_problem(day->h5);
		day_close(day);
		return MALFORMED;
	}
	*out = day;
	return OK;
}

static struct day *day_new(const char *name, struct problem *why)
{
	struct day *day = calloc(1, sizeof *day);
	if (day == NULL)
		problem_set(why, FAILED, EXIT_TRY_AGAIN, "%s: out of memory", name);
	return day;
}

int day_open(struct day **out, const char *path, struct problem *why)
{
	*out = NULL;
	struct day *day = day_new(path, why);
	return day != NULL ? opened(out, day, h5_open(&day->h5, path, why), why)
	                   : FAILED;
}

int day_open_image(struct day **out, const struct h5_image *image, struct problem *why)
{
	*out = NULL;
	struct day *day = day_new(image->name, why);
	return day != NULL ? opened(out, day, h5_open_image(&day->h5, image, why), why)
	                   : FAILED;
}

void day_close(struct day *day)
{
	if (day == NULL)
		return;
	for (size_t i = 0; i < day->n_groups; i++) {
		describe_free(day->group[i].own);
		free(day->group[i].channel);
	}
	free(day->group);
	free(day->epoch);
	h5_close(day->h5, NULL);
	free(day->image);
	free(day);
}

void day_own_image(struct day *day, uint8_t *bytes)
{
	day->image = bytes;
}

const struct day_header *day_header(const struct day *day)
{
	return &day->header;
}

const struct problem *day_problem(const struct day *day)
{
	return h5_problem(day->h5);
}

/* ---- groups ---- */

size_t day_groups(const struct day *day)
{
	return day->n_groups;
}

size_t day_group_rows(const struct day *day, size_t group)
{
	return day->group[group].rows;
}

const uint8_t *day_group_hash(const struct day *day, size_t group)
{
	return day->group[group].hash;
}

/* Whole text in column "describe" of a group ("" for the station's).  Caller frees. */
int day_text_load(struct day *day, const char *group, char **text, size_t *n)
{
	int status = h5_rows(day->h5, group, "describe", H5_CHAR, n);
	if (status != OK)
		return status;
	if (*n > STORED_TEXT_MOST)
		return h5_damaged(day->h5, "/%s/describe: too long", group);
	*text = malloc(*n + 1);
	if (*text == NULL)
		return h5_damaged(day->h5, "out of memory");
	struct h5_want want = {
		.group = group, .name = "describe", .kind = H5_CHAR, .n = *n
	};
	status = h5_load(day->h5, &want, *text);
	if (status != OK)
		free(*text);
	return status;
}

static int describe_load(struct day *day, struct day_group *group)
{
	uint8_t hash[DIGEST_SIZE];
	struct problem why;
	char *text = NULL;
	size_t n = 0;
	if (day_text_load(day, group->name, &text, &n) != OK)
		return h5_damaged(day->h5, "/%s/describe: is not there", group->name);
	digest_of(text, n, hash);
	int status = OK;
	if (memcmp(hash, group->hash, DIGEST_SIZE) != 0)
		status = h5_damaged(day->h5,
		        "/%s/describe: is not the text whose hash the group carries",
		        group->name);
	else if (stored_text_read(&group->own, text, n, &why) != OK)
		status = h5_damaged(
		        day->h5, "/%s/describe: %.300s", group->name, why.text);
	free(text);
	group->describe = group->own;
	return status;
}

int day_group_load(struct day *day, size_t index)
{
	struct day_group *group = &day->group[index];
	if (group->channel != NULL)
		return OK;
	if (group->describe == NULL && describe_load(day, group) != OK)
		return MALFORMED;
	if (group->describe->n_channels > READING_CHANNELS)
		return h5_damaged(day->h5, "/%s: too many channels", group->name);
	group->n_channels = group->describe->n_channels;
	group->channel = calloc(group->n_channels + 1, sizeof *group->channel);
	if (group->channel == NULL)
		return h5_damaged(day->h5, "out of memory");
	layout_channel_names(group->describe, group->channel);
	return OK;
}

const struct describe *day_group_describe(struct day *day, size_t group)
{
	return day_group_load(day, group) == OK ? day->group[group].describe : NULL;
}
