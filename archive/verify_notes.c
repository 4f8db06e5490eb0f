/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Up to which record of an epoch a station is sealed, by the sealed files and by the
 * collector's notes (<archive>/sealed/<station>, their form in archive/sealed_ranges.h).  They are signed by
 * nobody: they can only make a journal suspect, never clear it.
 */
#include <stdlib.h>
#include <string.h>

#include "archive/verify_inside.h"
#include "base/bytes.h"
#include "base/crc.h"
#include "base/folder.h"

#define NOTES_MOST (256u << 20)
#define EPOCH_HEX  16

/* "<first>-<last>[,...]": the highest last, 0 if it is of another form. */
static uint64_t ranges_last(const char *at)
{
	uint64_t highest = 0;
	for (;; at++) {
		char *end;
		strtoull(at, &end, 10);
		if (end == at || *end != '-')
			return 0;
		at = end + 1;
		uint64_t last = strtoull(at, &end, 10);
		if (end == at)
			return 0;
		highest = last > highest ? last : highest;
		at = end;
		if (*at != ',')
			return highest;
	}
}

static uint64_t line_last(char *line, uint64_t epoch)
{
	uint64_t highest = 0;
	char *save = NULL, *crc = strrchr(line, ' ');
	if (crc == NULL || strlen(crc) != 9 ||
	        strtoul(crc, NULL, 16) != crc32c(0, line, (size_t)(crc - line)))
		return 0;
	*crc = '\0';
	strtok_r(line, " ", &save); /* the file's hash */
	for (char *word = strtok_r(NULL, " ", &save); word != NULL;
	        word = strtok_r(NULL, " ", &save)) {
		if (strcspn(word, ":") != EPOCH_HEX || word[EPOCH_HEX] == '\0' ||
		        strtoull(word, NULL, 16) != epoch)
			continue;
		uint64_t last = ranges_last(word + EPOCH_HEX + 1);
		highest = last > highest ? last : highest;
	}
	return highest;
}

static uint64_t noted_last(const char *dir, const char *station, uint64_t epoch)
{
	char path[ARCHIVE_PATH], *text, *save = NULL;
	uint64_t highest = 0;
	size_t n;
	snprintf(path, sizeof path, "%.4000s/sealed/%s", dir, station);
	if (file_read(path, NOTES_MOST, &text, &n) != OK)
		return 0;
	for (char *line = strtok_r(text, "\n", &save); line != NULL;
	        line = strtok_r(NULL, "\n", &save)) {
		uint64_t last = line_last(line, epoch);
		highest = last > highest ? last : highest;
	}
	free(text);
	return highest;
}

/* ---- by the sealed files ---- */

static struct sealed_last *sealed_find(
        struct sealed_last *sealed, size_t n, const char *station, uint64_t epoch)
{
	for (size_t i = 0; i < n; i++)
		if (sealed[i].epoch == epoch && strcmp(sealed[i].station, station) == 0)
			return &sealed[i];
	return NULL;
}

void finding_hold(struct finding *finding, const uint8_t *record)
{
	uint64_t epoch = get_le64(record + 24), seq = get_le64(record + 32);
	struct sealed_last *held =
	        sealed_find(finding->sealed, finding->n_sealed, "", epoch);
	if (held == NULL && finding->n_sealed < SEALED_EPOCHS) {
		held = &finding->sealed[finding->n_sealed++];
		*held = (struct sealed_last){ .epoch = epoch };
	}
	if (held != NULL && seq > held->seq)
		held->seq = seq;
}

int verify_sealed_keep(struct verify_report *report, const struct finding *finding,
        const char *station)
{
	for (size_t i = 0; i < finding->n_sealed && i < SEALED_EPOCHS; i++) {
		const struct sealed_last *held = &finding->sealed[i];
		struct sealed_last *known = sealed_find(
		        report->sealed, report->n_sealed, station, held->epoch);
		if (known == NULL) {
			struct sealed_last *more = realloc(
			        report->sealed, (report->n_sealed + 1) * sizeof *more);
			if (more == NULL)
				return FAILED;
			report->sealed = more;
			known = &more[report->n_sealed++];
			*known = (struct sealed_last){ .epoch = held->epoch };
			snprintf(known->station, sizeof known->station, "%s", station);
		}
		if (held->seq > known->seq)
			known->seq = held->seq;
	}
	return OK;
}

uint64_t verify_sealed_last(
        const struct verify_report *report, const char *station, uint64_t epoch)
{
	uint64_t noted = noted_last(report->dir, station, epoch);
	const struct sealed_last *held =
	        sealed_find(report->sealed, report->n_sealed, station, epoch);
	return held != NULL && held->seq > noted ? held->seq : noted;
}
