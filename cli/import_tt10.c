/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A folder of data files of Circular 10/2021, any depth, any number of stations.  One
 * file is one reading of the instrument `tt10` of its station, its bytes kept whole.
 * What the archive has for that time already is not stored again; if it says something
 * else, that is told.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/counted.h"
#include "base/digest.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "cli/import.h"
#include "cli/tt10_folder.h"
#include "cli/tt10_known.h"
#include "sensors/tables/quantity.h"

#define FILE_MOST (50u << 10)
#define CHANNELS  64

struct station { /* one station of the folder */
	const struct import_options *options;
	const struct tt10_file *file;
	size_t n_files;
	size_t n_channels;
	struct tt10_line channel[CHANNELS]; /* first line met of each */
	int64_t *time_us;
	size_t n_times, bad_lines, there, differing;
	struct tt10_known known;
};

/* Column of a line's channel; CHANNELS if there are too many. */
static size_t channel_index(struct station *station, const struct tt10_line *line)
{
	for (size_t i = 0; i < station->n_channels; i++)
		if (strcmp(station->channel[i].channel, line->channel) == 0)
			return i;
	if (station->n_channels < CHANNELS)
		station->channel[station->n_channels++] = *line;
	return station->n_channels - 1;
}

/* Walk the lines of one file; `each` gets those that can be read; the first that cannot
 * is told (path NULL: not).  Lines that cannot be read. */
static size_t walk_lines(const char *path, const char *text, size_t n, int offset_min,
        void (*each)(void *with, const struct tt10_line *line), void *with)
{
	size_t bad = 0, number = 0;
	for (size_t from = 0; from < n;) {
		const char *end = memchr(text + from, '\n', n - from);
		size_t size = end != NULL ? (size_t)(end - text) - from : n - from;
		struct tt10_line line;
		struct problem why;
		number++;
		int status =
		        tt10_line_parse(text + from, size, offset_min, &line, &why);
		if (status == OK)
			each(with, &line);
		if (status == MALFORMED && bad++ == 0 && path != NULL)
			fprintf(stderr, "%s:%zu: %s; kept as raw bytes only\n", path,
			        number, why.text);
		from += size + 1;
	}
	return bad;
}

static void note_channel(void *with, const struct tt10_line *line)
{
	channel_index(with, line);
}

struct reading_row {
	struct station *station;
	int64_t time_us; /* 0: none yet */
	double value[CHANNELS];
	uint8_t state[CHANNELS];
};

static void note_value(void *with, const struct tt10_line *line)
{
	struct reading_row *row = with;
	size_t i = channel_index(row->station, line);
	row->value[i] = line->value;
	row->state[i] = line->state;
	if (row->time_us == 0)
		row->time_us = line->time_us;
}

/* First pass: which channels, which times. */
static int survey(struct station *station, struct problem *why)
{
	station->time_us = calloc(station->n_files, sizeof *station->time_us);
	if (station->time_us == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	for (size_t i = 0; i < station->n_files; i++) {
		char *text;
		size_t n;
		const char *path = station->file[i].path;
		if (file_read(path, FILE_MOST, &text, &n) != OK)
			return problem_set(why, FAILED, EXIT_NO_FILE, "%s: %s", path,
			        strerror(errno));
		station->bad_lines += walk_lines(path, text, n,
		        station->options->offset_min, note_channel, station);
		station->time_us[station->n_times++] = station->file[i].name.time_us;
		free(text);
	}
	return OK;
}

/* The unit of a line; files leave it out or write a dash (pH): then what the symbol
 * usually has. */
static const char *unit_of(const struct tt10_line *line, const struct quantity *known)
{
	bool none = line->unit[0] == '\0' || strcmp(line->unit, "-") == 0;
	if (!none)
		return line->unit;
	return known != NULL ? known->unit : "1";
}

static struct describe *describe_station(
        const struct station *station, const char *folder)
{
	struct describe *describe = describe_new(DESCRIBE_INSTRUMENT);
	if (describe == NULL ||
	        describe_channels(describe, station->n_channels) != OK) {
		describe_free(describe);
		return NULL;
	}
	double every_s = isnan(station->options->every_s)
	                         ? import_step(station->time_us, station->n_times)
	                         : station->options->every_s;
	snprintf(describe->instrument, sizeof describe->instrument, "tt10");
	describe->summary = "data files of Circular 10/2021/TT-BTNMT";
	describe->driver = "tt10";
	describe->poll_every_s = every_s;
	describe->utc_offset_min = station->options->offset_min;
	describe->import_file = describe_text(describe, folder);
	describe->import_who = describe_text(describe, station->options->who);
	for (size_t i = 0; i < station->n_channels; i++) {
		const struct tt10_line *line = &station->channel[i];
		const struct quantity *known = quantity_of_symbol(line->symbol);
		struct channel *channel = &describe->channel[i];
		channel->name = describe_text(describe, line->channel);
		channel->label_vi =
		        describe_text(describe, known ? known->label_vi : line->symbol);
		channel->label_en =
		        describe_text(describe, known ? known->label_en : line->symbol);
		channel->unit = describe_text(describe, unit_of(line, known));
		channel->kind = "measurement";
		channel->result_every_s = every_s;
		channel->decimals = 2;
	}
	return describe;
}

/* The reading a file makes; its text is the caller's to free. */
static int read_row(struct station *station, const struct tt10_file *file,
        struct reading_row *row, char **text, size_t *n, struct problem *why)
{
	*row = (struct reading_row){ .station = station };
	for (size_t i = 0; i < CHANNELS; i++) {
		row->value[i] = NAN;
		row->state[i] = STATE_SILENT;
	}
	if (file_read(file->path, FILE_MOST, text, n) != OK)
		return problem_set(why, FAILED, EXIT_NO_FILE, "%s: %s", file->path,
		        strerror(errno));
	walk_lines(NULL, *text, *n, station->options->offset_min, note_value, row);
	if (row->time_us == 0)
		row->time_us = file->name.time_us;
	return OK;
}

/* Whether the archive has not got this file. */
static bool is_wanted(
        struct station *station, const char *path, const struct reading_row *row)
{
	int known = tt10_known_compare(
	        &station->known, &(struct tt10_values){ .time_us = row->time_us,
	                                 .n = station->n_channels,
	                                 .channel = station->channel,
	                                 .value = row->value });
	station->there += known != 0;
	station->differing += known < 0;
	if (known < 0 && station->differing <= 20)
		fprintf(stderr,
		        "%s: the archive holds other values for that time; not "
		        "stored\n",
		        path);
	return known == 0;
}

/* Second pass: mark the files the archive has not got; the digest of what is new names
 * the epoch. */
static int choose(
        struct station *station, bool *is_new, uint64_t *epoch, struct problem *why)
{
	struct digest *digest = digest_new();
	uint8_t bytes[DIGEST_SIZE];
	char text[DIGEST_HEX + 32], hex[DIGEST_HEX];
	int status = digest != NULL
	                     ? OK
	                     : problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	if (digest != NULL)
		digest_begin(digest);
	for (size_t i = 0; status == OK && i < station->n_files; i++) {
		struct reading_row row;
		char *content;
		size_t n;
		status = read_row(station, &station->file[i], &row, &content, &n, why);
		if (status != OK)
			break;
		is_new[i] = is_wanted(station, station->file[i].path, &row);
		if (is_new[i])
			digest_add(digest, content, n);
		free(content);
	}
	for (size_t i = 0; status == OK && i < station->options->n_declared; i++)
		digest_add(digest, station->options->declared[i],
		        strlen(station->options->declared[i]) + 1);
	if (status == OK) {
		digest_end(digest, bytes);
		digest_print(bytes, hex);
		snprintf(text, sizeof text, "%s %s", station->file[0].name.id, hex);
		*epoch = import_epoch(text);
	}
	digest_free(digest);
	return status;
}

static int write_new(struct station *station, const bool *is_new,
        struct import_writer *writer, struct problem *why)
{
	for (size_t i = 0; i < station->n_files; i++) {
		struct reading_row row;
		char *text;
		size_t n;
		if (!is_new[i])
			continue;
		int status = read_row(station, &station->file[i], &row, &text, &n, why);
		if (status != OK)
			return status;
		struct import_row reading = {
			.time_us = row.time_us,
			.value = row.value,
			.state = row.state,
			.raw = text,
			.raw_size = n,
		};
		status = import_row(writer, &reading, why);
		free(text);
		if (status != OK)
			return status;
		common_progress(&station->options->common, station->file[0].name.id,
		        (double)(i + 1) / (double)station->n_files);
	}
	return OK;
}

static int store(struct station *station, const char *folder, const bool *is_new,
        uint64_t epoch, struct problem *why)
{
	struct import_writer *writer;
	struct describe *describe = describe_station(station, folder);
	if (describe == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	const char *code = station->file[0].name.station;
	struct import_source source = {
		.archive = station->options->common.archive,
		.zone = station->options->zone,
		.station = station->file[0].name.id,
		.station_name = station->options->station_name,
		.kind = station->options->kind != NULL     ? station->options->kind
		        : strncasecmp(code, "NUO", 3) == 0 ? "water"
		                                           : "",
		.describe = describe,
		.epoch = epoch,
		.first_us = station->file[0].name.time_us,
	};
	int status = import_declare(describe, station->options, why);
	if (status == OK)
		status = import_begin(&writer, &source, why);
	if (status == OK) {
		status = write_new(station, is_new, writer, why);
		if (status == OK)
			status = import_end(writer, &station->options->common, why);
		else
			import_drop(writer);
	}
	describe_free(describe);
	return status;
}

static void tell(const struct station *station, size_t n_new)
{
	char files[COUNTED], lines[COUNTED];
	fprintf(stderr, "%s: %s, %zu new, %zu already there", station->file[0].name.id,
	        counted(station->n_files, "file", files), n_new,
	        station->there - station->differing);
	if (station->differing > 0)
		fprintf(stderr, ", %zu not stored: what is there differs",
		        station->differing);
	if (station->bad_lines > 0)
		fprintf(stderr, ", %s that cannot be read (kept as raw bytes)",
		        counted(station->bad_lines, "line", lines));
	fputs("\n", stderr);
}

static int import_station(const struct import_options *options, const char *folder,
        const struct tt10_file *file, size_t n, struct problem *why)
{
	struct station *station = calloc(1, sizeof *station);
	bool *is_new = calloc(n, sizeof *is_new);
	uint64_t epoch = 0;
	if (station == NULL || is_new == NULL) {
		free(station);
		free(is_new);
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	}
	*station = (struct station){ .options = options, .file = file, .n_files = n };
	int status = survey(station, why);
	if (status == OK) {
		tt10_known_open(
		        &station->known, options->common.archive, file[0].name.id);
		status = choose(station, is_new, &epoch, why);
	}
	size_t n_new = 0;
	for (size_t i = 0; i < n; i++)
		n_new += is_new[i];
	if (status == OK && n_new > 0)
		status = store(station, folder, is_new, epoch, why);
	if (status == OK && !options->common.quiet)
		tell(station, n_new);
	tt10_known_close(&station->known);
	free(station->time_us);
	free(station);
	free(is_new);
	return status;
}

int import_tt10(const struct import_options *options, const char *folder)
{
	struct problem why = { 0 };
	struct tt10_folder found;
	int status = tt10_folder_list(&found, folder, options->offset_min, &why);
	char strangers[COUNTED];
	if (found.strangers > 0)
		fprintf(stderr,
		        "%s passed over: a name is AA_BBBB_CCCCCC_yyyyMMddHHmmss.txt\n",
		        counted(found.strangers, "file", strangers));
	for (size_t from = 0, to; status == OK && from < found.n; from = to) {
		for (to = from + 1;
		        to < found.n &&
		        strcmp(found.file[to].name.id, found.file[from].name.id) == 0;)
			to++;
		status = import_station(
		        options, folder, &found.file[from], to - from, &why);
	}
	tt10_folder_free(&found);
	return status == OK ? 0 : common_fail("import", &why);
}
