/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Up to which record of an epoch a station is sealed, by the collector's notes
 * (<archive>/sealed/<station>, their form in collector/sealed.h).  They are signed by
 * nobody: they can only make a journal suspect, never clear it.
 */
#include <stdlib.h>
#include <string.h>

#include "archive/verify_inside.h"
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

uint64_t verify_noted_last(const char *dir, const char *station, uint64_t epoch)
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
