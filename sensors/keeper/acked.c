/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/keeper/acked.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/folder.h"

#define HEAD 8
#define ROW  32
#define MOST 4096

static const char magic[4] = { 'Q', 'T', 'A', '1' };

static void file_path(const char *folder, const char *end, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%.*s/" ACKED_FILE "%s", PATH_MAX - 32, folder, end);
}

static bool is_sound(const uint8_t *in, size_t n)
{
	if (n < HEAD + 4 || memcmp(in, magic, sizeof magic) != 0)
		return false;
	size_t rows = get_le32(in + 4);
	return rows <= MOST && n == HEAD + rows * ROW + 4 &&
	       get_le32(in + n - 4) == crc32c(0, in, n - 4);
}

size_t acked_read(const char *folder, struct acked *out, size_t most)
{
	char path[PATH_MAX], *text;
	size_t n, rows = 0;
	file_path(folder, "", path);
	if (file_read(path, HEAD + MOST * ROW + 4, &text, &n) != OK)
		return 0;
	const uint8_t *in = (const uint8_t *)text;
	if (is_sound(in, n))
		rows = get_le32(in + 4);
	for (size_t i = 0; i < rows && i < most; i++) {
		const uint8_t *row = in + HEAD + i * ROW;
		out[i] = (struct acked){ .epoch = get_le64(row),
			.acked_seq = get_le64(row + 8),
			.end_seq = get_le64(row + 16) };
	}
	free(text);
	return rows < most ? rows : most;
}

static int write_loose(const char *folder, const char *path, const void *in, size_t n)
{
	char beside[PATH_MAX];
	file_path(folder, ".new", beside);
	FILE *out = fopen(beside, "we");
	if (out == NULL)
		return FAILED;
	size_t put = fwrite(in, 1, n, out);
	return fclose(out) == 0 && put == n && rename(beside, path) == 0 ? OK : FAILED;
}

int acked_write(const char *folder, const struct acked *row, size_t n, bool sync)
{
	char path[PATH_MAX];
	size_t size = HEAD + n * ROW + 4;
	uint8_t *bytes = n <= MOST ? malloc(size) : NULL;
	if (bytes == NULL)
		return FAILED;
	memcpy(bytes, magic, sizeof magic);
	put_le32(bytes + 4, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		uint8_t *out = bytes + HEAD + i * ROW;
		put_le64(out, row[i].epoch);
		put_le64(out + 8, row[i].acked_seq);
		put_le64(out + 16, row[i].end_seq);
		put_le64(out + 24, 0);
	}
	put_le32(bytes + size - 4, crc32c(0, bytes, size - 4));
	file_path(folder, "", path);
	int status = sync ? file_replace(path, bytes, size, 0640)
	                  : write_loose(folder, path, bytes, size);
	free(bytes);
	return status;
}
