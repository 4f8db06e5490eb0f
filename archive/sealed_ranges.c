/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/sealed_ranges.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "base/crc.h"
#include "base/folder.h"

int sealed_ranges_add(struct sealed_ranges *ranges, const struct sealed_range *range)
{
	if (ranges->n == ranges->room) {
		size_t room = ranges->room > 0 ? 2 * ranges->room : 8;
		void *more = realloc(ranges->one, room * sizeof *range);
		if (more == NULL)
			return FAILED;
		ranges->one = more;
		ranges->room = room;
	}
	ranges->one[ranges->n++] = *range;
	return OK;
}

int sealed_ranges_grow(struct sealed_ranges *ranges, uint64_t epoch, uint64_t seq)
{
	if (ranges->n > 0) {
		struct sealed_range *last = &ranges->one[ranges->n - 1];
		if (last->epoch == epoch && last->last + 1 == seq) {
			last->last = seq;
			return OK;
		}
	}
	const struct sealed_range range = { .epoch = epoch, .first = seq, .last = seq };
	return sealed_ranges_add(ranges, &range);
}

void sealed_notes_path(char *out, size_t room, const char *dir, const char *station)
{
	snprintf(out, room, "%s/sealed/%s", dir, station);
}

char *sealed_line_print(
        const uint8_t digest[DIGEST_SIZE], const struct sealed_range *range, size_t n)
{
	char hex[DIGEST_HEX], *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	if (out == NULL)
		return NULL;
	digest_print(digest, hex);
	fputs(hex, out);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || range[i].epoch != range[i - 1].epoch)
			fprintf(out, " %016" PRIx64 ":", range[i].epoch);
		else
			fputc(',', out);
		fprintf(out, "%" PRIu64 "-%" PRIu64, range[i].first, range[i].last);
	}
	fflush(out);
	fprintf(out, " %08" PRIx32 "\n", crc32c(0, text, size));
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* "<epoch>:<first>-<last>,..." from *at on; OK or MALFORMED. */
static int epoch_parse(char **at, struct sealed_ranges *out)
{
	struct sealed_range range = { .epoch = strtoull(*at, at, 16) };
	do {
		(*at)++;
		range.first = strtoull(*at, at, 10);
		if (**at != '-')
			return MALFORMED;
		(*at)++;
		range.last = strtoull(*at, at, 10);
		if (range.last < range.first || sealed_ranges_add(out, &range) != OK)
			return MALFORMED;
	} while (**at == ',');
	return OK;
}

int sealed_line_parse(
        char *line, uint8_t digest[DIGEST_SIZE], struct sealed_ranges *out)
{
	char *crc = strrchr(line, ' ');
	out->n = 0;
	if (crc == NULL || crc - line < DIGEST_HEX - 1 || strlen(crc) != 9 ||
	        strtoul(crc, NULL, 16) != crc32c(0, line, (size_t)(crc - line)))
		return MALFORMED;
	*crc = '\0';
	char *at = line + DIGEST_HEX - 1;
	while (*at == ' ') {
		*at++ = '\0';
		at += strcspn(at, ":") == 16 ? 0 : strlen(at);
		if (*at == '\0' || epoch_parse(&at, out) != OK)
			return MALFORMED;
	}
	return *at == '\0' ? digest_parse(line, digest) : MALFORMED;
}

int sealed_ranges_of(const char *dir, const char *station,
        const uint8_t file[DIGEST_SIZE], struct sealed_range **out, size_t *n)
{
	char path[ARCHIVE_PATH + 32], *text = NULL, *save = NULL, hex[DIGEST_HEX];
	struct sealed_ranges ranges = { .n = 0 };
	uint8_t digest[DIGEST_SIZE];
	*out = NULL;
	*n = 0;
	int status = NOT_FOUND;
	size_t size;
	sealed_notes_path(path, sizeof path, dir, station);
	if (file_read(path, SEALED_NOTES_MOST, &text, &size) != OK)
		return NOT_FOUND;
	digest_print(file, hex);
	for (char *line = strtok_r(text, "\n", &save); line != NULL && status != OK;
	        line = strtok_r(NULL, "\n", &save))
		if (strncmp(line, hex, DIGEST_HEX - 1) == 0 &&
		        sealed_line_parse(line, digest, &ranges) == OK)
			status = OK;
	free(text);
	if (status != OK)
		free(ranges.one);
	*out = status == OK ? ranges.one : NULL;
	*n = status == OK ? ranges.n : 0;
	return status;
}
