/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One sealed file against its seal: its records are made again and hashed (the proof),
 * then the whole file is made again from those records and compared with the one there,
 * so that names, units and every attribute are proved too.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "archive/day_inside.h"
#include "archive/verify_inside.h"
#include "base/legal_time.h"

#define IMAGE_NAME "file"

/* What is at hand while a file is looked at. */
struct check {
	const struct seal *seal;
	const struct archive_identity *identity;
	struct finding *finding;
	bool unlisted; /* no line tells what was sealed: /tree does */
	bool sealed;   /* to the bit what a line says */
	struct day *day;
	size_t n, room;
	struct day_record *record; /* bytes are owned */
	size_t n_describes;
	struct describe
	        *describe[1025]; /* the groups' (the day's), and the station's (ours) */
	struct describe *station;
};

static int damaged(struct check *check, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static int damaged(struct check *check, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(check->finding->text, sizeof check->finding->text, format, args);
	va_end(args);
	check->finding->verdict = VERDICT_DAMAGED;
	return MALFORMED;
}

/* ---- records ---- */

static int keep_record(void *with, const uint8_t *record, size_t size,
        int64_t stored_us, uint8_t transport)
{
	struct check *check = with;
	if (check->n == check->room) {
		size_t room = check->room > 0 ? 2 * check->room : 1024;
		void *more = realloc(check->record, room * sizeof *check->record);
		if (more == NULL)
			return 1;
		check->record = more;
		check->room = room;
	}
	uint8_t *copy = malloc(size);
	if (copy == NULL)
		return 1;
	memcpy(copy, record, size);
	check->record[check->n++] = (struct day_record){ .bytes = copy,
		.size = size,
		.stored_us = stored_us,
		.transport = transport };
	return 0;
}

static int records_take(struct check *check)
{
	struct problem why;
	uint64_t readings = 0, gaps = 0;
	int count = day_records(check->day, keep_record, check, &why);
	if (count < 0)
		return damaged(check, "%s", why.text);
	for (size_t i = 0; i < check->n; i++) {
		readings += check->record[i].bytes[RECORD_AT_TYPE] == RECORD_READING;
		gaps += check->record[i].bytes[RECORD_AT_TYPE] == RECORD_GAP;
		finding_hold(check->finding, check->record[i].bytes);
	}
	if (check->unlisted)
		return OK;
	if (check->n != check->seal->records || readings != check->seal->readings ||
	        gaps != check->seal->gaps)
		return damaged(check,
		        "holds %zu records (%" PRIu64 " readings, %" PRIu64
		        " gaps); %" PRIu64 " (%" PRIu64 ", %" PRIu64 ") were sealed",
		        check->n, readings, gaps, check->seal->records,
		        check->seal->readings, check->seal->gaps);
	return OK;
}

/* ---- the proof ---- */

static void record_name(const struct check *check, size_t i, char out[160])
{
	struct record record;
	char time[TIME_TEXT];
	const struct day_record *one = &check->record[i];
	if (record_decode(&record, one->bytes, one->size) < 0)
		snprintf(out, 160, "record %zu (unsound)", i);
	else
		snprintf(out, 160, "seq %" PRIu64 " of epoch %016" PRIx64 " (%s)",
		        record.seq, record.epoch,
		        time_print(
		                record.time_us, check->identity->utc_offset_min, time));
}

/* Nodes over LAYOUT_BLOCK records each, as the records are now. */
static uint8_t *nodes_make(const struct check *check, size_t blocks)
{
	uint8_t *node = calloc(blocks + 1, DIGEST_SIZE);
	if (node == NULL || day_nodes(check->record, check->n, node) == OK)
		return node;
	free(node);
	return NULL;
}

static int nodes_root(const uint8_t *node, size_t blocks, uint8_t out[DIGEST_SIZE])
{
	struct proof_tree tree;
	if (proof_tree_start(&tree) != OK)
		return FAILED;
	for (size_t i = 0; i < blocks; i++)
		proof_tree_add_node(&tree, node + i * DIGEST_SIZE);
	proof_tree_root(&tree, out);
	return OK;
}

/* Say which records were changed, if the nodes in the file are those that were
 * sealed. */
static int place_find(struct check *check, const uint8_t *node, size_t blocks)
{
	uint8_t root[DIGEST_SIZE] = { 0 };
	char first[160], last[160];
	uint8_t *sealed = calloc(blocks + 1, DIGEST_SIZE);
	struct h5_want want = { .group = "",
		.name = LAYOUT_TREE,
		.kind = H5_U8,
		.n = blocks * DIGEST_SIZE };
	int status = sealed != NULL ? h5_load(check->day->h5, &want, sealed) : FAILED;
	if (status == OK)
		status = nodes_root(sealed, blocks, root);
	if (status != OK || memcmp(root, check->seal->root, DIGEST_SIZE) != 0) {
		free(sealed);
		return damaged(check,
		        "records are not those that were sealed; /" LAYOUT_TREE
		        " was changed too, so it cannot be told which");
	}
	size_t block = 0;
	while (block + 1 < blocks &&
	        memcmp(node + block * DIGEST_SIZE, sealed + block * DIGEST_SIZE,
	                DIGEST_SIZE) == 0)
		block++;
	free(sealed);
	size_t end = (block + 1) * LAYOUT_BLOCK;
	record_name(check, block * LAYOUT_BLOCK, first);
	record_name(check, (end < check->n ? end : check->n) - 1, last);
	return damaged(check, "a record was changed, between %s and %s", first, last);
}

static int root_check(struct check *check)
{
	uint8_t root[DIGEST_SIZE];
	if (check->unlisted) /* the file made again has the /tree of its records */
		return OK;
	size_t blocks = (check->n + LAYOUT_BLOCK - 1) / LAYOUT_BLOCK;
	uint8_t *node = nodes_make(check, blocks);
	if (node == NULL || nodes_root(node, blocks, root) != OK) {
		free(node);
		return damaged(check, "could not be checked: out of memory");
	}
	int status = OK;
	if (memcmp(root, check->seal->root, DIGEST_SIZE) != 0)
		status = place_find(check, node, blocks);
	free(node);
	return status;
}

/* ---- names, units, attributes ---- */

/* What is to the bit as it was sealed is right, and archive.yaml is not. */
static int identity_check(struct check *check, const struct day_header *header)
{
	bool zone = strcmp(header->zone, check->identity->zone) == 0 &&
	            strcmp(header->zone_name, check->identity->zone_name) == 0;
	if (zone && header->utc_offset_min == check->identity->utc_offset_min)
		return OK;
	check->finding->other_archive = check->sealed;
	if (check->sealed)
		return OK;
	return damaged(check, "/ attribute %s: not that of this archive",
	        zone ? "utc_offset" : "zone or zone_name");
}

static int header_check(struct check *check)
{
	char path[ARCHIVE_PATH], name[600];
	const struct day_header *header = day_header(check->day);
	if (identity_check(check, header) != OK)
		return MALFORMED;
	if (!check->unlisted && strcmp(header->station, check->seal->station) != 0)
		return damaged(check, "/ attribute station: '%s', sealed as '%s'",
		        header->station, check->seal->station);
	if (archive_day_path(path, sizeof path, ".", header->zone, header->station,
	            header->day_us, header->utc_offset_min, header->late) != OK)
		return damaged(check, "/ attribute day_us: cannot be");
	snprintf(name, sizeof name, "./%s", check->seal->path);
	if (strcmp(path, name) != 0)
		return damaged(check, "says it is %s; sealed as %s", path + 2,
		        check->seal->path);
	return OK;
}

static int describes_take(struct check *check)
{
	struct problem why;
	size_t room = sizeof check->describe / sizeof check->describe[0];
	for (size_t i = 0; i < day_groups(check->day); i++) {
		if (check->n_describes + 1 >= room ||
		        day_group_load(check->day, i) != OK)
			return damaged(check, "%s",
			        day_problem(check->day) != NULL
			                ? day_problem(check->day)->text
			                : "too many groups");
		check->describe[check->n_describes++] = check->day->group[i].own;
	}
	int status = day_station_describe(check->day, &check->station, &why);
	if (status == MALFORMED)
		return damaged(check, "%s", why.text);
	if (status == OK)
		check->describe[check->n_describes++] = check->station;
	return OK;
}

/* Make the file again in memory and compare. */
static int content_check(struct check *check, struct h5 *again)
{
	struct plan plan;
	struct problem why;
	char where[800];
	if (describes_take(check) != OK)
		return MALFORMED;
	struct plan_input input = {
		.header = day_header(check->day),
		.record = check->record,
		.n = check->n,
		.describe = check->describe,
		.n_describes = check->n_describes,
	};
	if (plan_make(&plan, &input, &why) != OK)
		return damaged(check, "%s", why.text);
	int status = day_plan_write(again, &plan);
	if (status == OK && h5_problem(again) == NULL)
		status = h5_compare(check->day->h5, again, where, sizeof where);
	else
		snprintf(where, sizeof where, "could not be checked: out of memory");
	plan_free(&plan);
	return status == OK ? OK : damaged(check, "%s", where);
}

static void check_free(struct check *check)
{
	for (size_t i = 0; i < check->n; i++)
		free((void *)(uintptr_t)check->record[i].bytes);
	free(check->record);
	describe_free(check->station);
	day_close(check->day);
}

/* Our own words begin with the name of the file, which the line has already. */
static void drop_name(struct finding *finding)
{
	size_t n = strlen(IMAGE_NAME ": ");
	if (strncmp(finding->text, IMAGE_NAME ": ", n) == 0)
		memmove(finding->text, finding->text + n,
		        strlen(finding->text + n) + 1);
}

void verify_file(
        const struct verify_image *image, struct h5 *again, struct finding *finding)
{
	struct problem why;
	*finding = (struct finding){ .verdict = VERDICT_OK };
	struct check check = {
		.seal = image->seal,
		.identity = image->identity,
		.finding = finding,
		.unlisted = image->unlisted,
		.sealed = image->same && !image->unlisted,
	};
	struct h5_image bytes = { image->bytes, image->n, IMAGE_NAME };
	if (day_open_image(&check.day, &bytes, &why) != OK)
		damaged(&check, "%s", why.text);
	else if (header_check(&check) == OK && records_take(&check) == OK &&
	         root_check(&check) == OK)
		content_check(&check, again);
	drop_name(finding);
	check_free(&check);
}
