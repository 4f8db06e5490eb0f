/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "base/folder.h"
#include "base/json.h"
#include "base/legal_time.h"

#define IDENTITY_FILE "archive.yaml"

/* archive.yaml as the config walker fills it. */
struct identity_file {
	const char *zone, *name;
	int offset_min;
};

// clang-format off
static const struct field identity_fields[] = {
	{ .key = "zone", .type = FIELD_ID, .at = offsetof(struct identity_file, zone),
	  .required = true, .help = "Id of the industrial zone this archive belongs to.",
	  .help_vi = "Mã của khu công nghiệp mà kho lưu trữ này thuộc về." },
	{ .key = "name", .type = FIELD_TEXT, .at = offsetof(struct identity_file, name),
	  .help = "Name of the zone as people read it.",
	  .help_vi = "Tên khu công nghiệp." },
	{ .key = "offset", .type = FIELD_OFFSET, .at = offsetof(struct identity_file, offset_min),
	  .required = true, .help = "Legal time east of Greenwich; days are sealed by it.",
	  .help_vi = "Giờ chính thức so với UTC; số liệu ngày được chốt theo giờ này." },
	{ 0 },
};
// clang-format on

static const struct section identity_section = {
	.name = "archive",
	.size = sizeof(struct identity_file),
	.field = identity_fields,
};

static int identity_path(const char *dir, char *out, size_t room)
{
	int n = snprintf(out, room, "%s/" IDENTITY_FILE, dir);
	return n > 0 && (size_t)n < room ? OK : FULL;
}

static int unread(const char *path, int error, struct problem *why)
{
	return problem_set(why, FAILED, EXIT_NO_FILE, "%s: cannot be read: %s%s", path,
	        file_reason(error),
	        error == EACCES ? "; run this as its owner, or in its group" : "");
}

/* `path` is not there, or cannot be read. */
static int not_an_archive(const char *dir, const char *path, struct problem *why)
{
	struct stat st;
	int fd = file_open_regular(AT_FDCWD, path, 0);
	if (fd >= 0)
		close(fd);
	else if (errno != ENOENT && errno != ENOTDIR)
		return unread(path, errno, why);
	if (stat(dir, &st) != 0)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s: no such folder; name an archive with --archive DIR", dir);
	return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	        "%s: is not a quantrac archive (no " IDENTITY_FILE
	        " in it); name one with --archive DIR",
	        dir);
}

static void identity_fill(
        struct archive_identity *out, const struct identity_file *file)
{
	*out = (struct archive_identity){ .utc_offset_min = file->offset_min };
	snprintf(out->zone, sizeof out->zone, "%s", file->zone);
	snprintf(out->zone_name, sizeof out->zone_name, "%s",
	        file->name[0] != '\0' ? file->name : file->zone);
}

int archive_identify(const char *dir, struct archive_identity *out, struct problem *why)
{
	char path[ARCHIVE_PATH];
	if (identity_path(dir, path, sizeof path) != OK)
		return problem_set(why, FULL, EXIT_NO_FILE, "%s: path too long", dir);
	struct config *config = NULL;
	struct identity_file file = { 0 };
	int status = config_read(&config, path, &identity_section, &file, NULL);
	if (status == OK)
		identity_fill(out, &file);
	else if (status == MALFORMED)
		problem_set(
		        why, MALFORMED, EXIT_DAMAGED, "%s", config_first_error(config));
	else if (status == NOT_FOUND)
		status = not_an_archive(dir, path, why);
	config_free(config);
	return status;
}

/* The text of archive.yaml; a JSON string is a YAML one too.  Caller frees. */
static char *identity_text(const struct archive_identity *identity, size_t *n)
{
	char *text = NULL;
	char offset[8];
	FILE *out = open_memstream(&text, n);
	if (out == NULL)
		return NULL;
	fprintf(out, "# quantrac archive: made once, never edited\nzone: %s\nname: ",
	        identity->zone);
	struct json json;
	json_start(&json, out);
	json_text(&json, identity->zone_name);
	fprintf(out, "\noffset: \"%s\"\n",
	        offset_print(identity->utc_offset_min, offset));
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static int identity_write(
        const char *dir, const struct archive_identity *identity, struct problem *why)
{
	char path[ARCHIVE_PATH];
	size_t n = 0;
	char *text = identity_text(identity, &n);
	if (text == NULL || identity_path(dir, path, sizeof path) != OK) {
		free(text);
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "%s: out of memory", dir);
	}
	int status = folder_make(dir);
	if (status == OK)
		status = file_replace(path, text, n, 0644);
	free(text);
	if (status != OK)
		return problem_set(why, status, EXIT_CONFIG,
		        "%s: cannot be written: %s; give quantrac a folder it may "
		        "write",
		        path, strerror(errno));
	return OK;
}

int archive_create(
        const char *dir, const struct archive_identity *identity, struct problem *why)
{
	struct archive_identity there = { 0 };
	if (!id_valid(identity->zone, ID_SIZE - 1))
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "'%s' is no zone id; use a-z, 0-9, '-' and '_'",
		        identity->zone);
	int status = archive_identify(dir, &there, why);
	if (status == NOT_FOUND)
		return identity_write(dir, identity, why);
	if (status != OK)
		return status;
	if (strcmp(there.zone, identity->zone) != 0)
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s: belongs to zone '%s', not '%s'; one archive holds one "
		        "zone",
		        dir, there.zone, identity->zone);
	if (there.utc_offset_min != identity->utc_offset_min)
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s: seals its days by another legal time than the "
		        "configuration says; "
		        "that cannot be changed in an archive: begin a new one",
		        dir);
	return OK;
}

/* The file name: "<station>_<date>[_lateN].h5". */
static int day_name(
        char *out, size_t room, const char *station, const char *date, int late)
{
	if (late > 0)
		return snprintf(out, room, "%s_%s_late%d.h5", station, date, late);
	return snprintf(out, room, "%s_%s.h5", station, date);
}

int archive_day_path(char *out, size_t room, const char *dir, const char *zone,
        const char *station, int64_t day_us, int utc_offset_min, int late)
{
	char date[TIME_TEXT], name[128];
	int n;
	if (day_us == INT64_MIN) {
		n = snprintf(out, room, "%s/unplaced/%s_%d.h5", dir, station, late);
	} else {
		date_print(day_us, utc_offset_min, date);
		day_name(name, sizeof name, station, date, late);
		n = snprintf(
		        out, room, "%s/%s/%s/%.4s/%s", dir, zone, station, date, name);
	}
	return n > 0 && (size_t)n < room ? OK : FULL;
}
