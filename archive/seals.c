/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal list: text lines that only grow, each naming the hash of the one before. */
#include "archive/seals.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/archive.h"
#include "base/folder.h"
#include "base/legal_time.h"

#define SEALS_FILE "seals"
#define SEALS_MOST (1u << 30)
#define SECTOR     512 /* of a disk: the least it writes */

/* ---- one line ---- */

int seal_print(const struct seal *seal, char *out, size_t room)
{
	char root[DIGEST_HEX], file[DIGEST_HEX], prev[DIGEST_HEX], at[TIME_TEXT];
	digest_print(seal->root, root);
	digest_print(seal->file, file);
	digest_print(seal->prev, prev);
	int n = snprintf(out, room,
	        "v1 %s %s %s records %" PRIu64 " readings %" PRIu64 " gaps %" PRIu64
	        " root %s file %s path %s at %s prev %s",
	        seal->date, seal->station, seal->kind, seal->records, seal->readings,
	        seal->gaps, root, file, seal->path, time_print(seal->sealed_us, 0, at),
	        prev);
	return (size_t)n < room ? n : FULL;
}

/* The next word of a line; NULL if there is none or it does not fit. */
static const char *word_next(const char *at, char *out, size_t room)
{
	size_t n = strcspn(at, " ");
	if (n == 0 || n >= room)
		return NULL;
	memcpy(out, at, n);
	out[n] = '\0';
	return at[n] == ' ' ? at + n + 1 : at + n;
}

static int count_parse(const char *word, uint64_t *out)
{
	char *end;
	errno = 0;
	*out = strtoull(word, &end, 10);
	return errno == 0 && *end == '\0' ? OK : MALFORMED;
}

/* Whatever is loose here is caught by printing the line again. */
static int words_take(struct seal *seal, const char *line)
{
	char word[20][600];
	static const char *const key[20] = { "v1", NULL, NULL, NULL, "records", NULL,
		"readings", NULL, "gaps", NULL, "root", NULL, "file", NULL, "path",
		NULL, "at", NULL, "prev", NULL };
	for (size_t i = 0; i < 20; i++) {
		line = word_next(line, word[i], sizeof word[i]);
		if (line == NULL || (key[i] != NULL && strcmp(word[i], key[i]) != 0))
			return MALFORMED;
	}
	snprintf(seal->date, sizeof seal->date, "%.10s", word[1]);
	snprintf(seal->station, sizeof seal->station, "%.16s", word[2]);
	snprintf(seal->kind, sizeof seal->kind, "%.15s", word[3]);
	snprintf(seal->path, sizeof seal->path, "%.511s", word[15]);
	if (count_parse(word[5], &seal->records) != OK ||
	        count_parse(word[7], &seal->readings) != OK ||
	        count_parse(word[9], &seal->gaps) != OK ||
	        digest_parse(word[11], seal->root) != OK ||
	        digest_parse(word[13], seal->file) != OK ||
	        digest_parse(word[19], seal->prev) != OK)
		return MALFORMED;
	return time_parse(word[17], 0, &seal->sealed_us);
}

static bool kind_valid(const struct seal *seal)
{
	char again[16];
	unsigned late = 0;
	bool unplaced = strcmp(seal->kind, "unplaced") == 0;
	if (unplaced || strcmp(seal->date, "-") == 0)
		return unplaced && strcmp(seal->date, "-") == 0;
	if (strcmp(seal->kind, "day") == 0)
		return true;
	if (sscanf(seal->kind, "late%u", &late) != 1 || late == 0)
		return false;
	snprintf(again, sizeof again, "late%u", late);
	return strcmp(again, seal->kind) == 0;
}

static bool date_valid(const char *date)
{
	char again[TIME_TEXT];
	int64_t from_us, to_us;
	if (strcmp(date, "-") == 0)
		return true;
	return strlen(date) == 10 &&
	       interval_parse(date, 0, 0, &from_us, &to_us) == OK &&
	       strcmp(date_print(from_us, 0, again), date) == 0;
}

/* A path below the archive folder, and never out of it. */
static bool path_valid(const char *path)
{
	return path[0] != '/' && path[0] != '\0' && strstr(path, "..") == NULL &&
	       strspn(path, "abcdefghijklmnopqrstuvwxyz0123456789_-./") == strlen(path);
}

int seal_parse(struct seal *seal, const char *line)
{
	char again[SEAL_LINE];
	*seal = (struct seal){ 0 };
	if (strlen(line) >= SEAL_LINE || words_take(seal, line) != OK)
		return MALFORMED;
	if (!id_valid(seal->station, SOURCE_SIZE) || !kind_valid(seal) ||
	        !date_valid(seal->date) || !path_valid(seal->path))
		return MALFORMED;
	int n = seal_print(seal, again, sizeof again);
	return n > 0 && strcmp(again, line) == 0 ? OK : MALFORMED;
}

/* ---- the list ---- */

static int list_room(struct seal_list *list)
{
	if ((list->n & (list->n - 1)) != 0) /* double at 0, 1, 2, 4, ... */
		return OK;
	size_t room = list->n > 0 ? 2 * list->n : 1;
	void *more = realloc(list->seal, room * sizeof *list->seal);
	if (more == NULL)
		return FAILED;
	list->seal = more;
	return OK;
}

static int list_add(struct seal_list *list, const struct seal *seal)
{
	if (list_room(list) != OK)
		return FAILED;
	list->seal[list->n++] = *seal;
	return OK;
}

static int line_take(struct seal_list *list, const char *line, struct problem *why)
{
	struct seal seal;
	if (seal_parse(&seal, line) != OK)
		return problem_set(
		        why, MALFORMED, EXIT_DAMAGED, "is not a seal: \"%.60s\"", line);
	bool chained = memcmp(seal.prev, list->last, DIGEST_SIZE) == 0;
	if (list_add(list, &seal) != OK)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "out of memory");
	digest_of(line, strlen(line), list->last);
	if (!chained)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "does not name the line before it: a line was changed, added "
		        "or removed");
	return OK;
}

int seal_list_walk(struct seal_list *list, char *text, size_t n,
        const struct seal_visitor *visitor)
{
	int damaged = 0;
	*list = (struct seal_list){ 0 };
	for (size_t at = 0, number = 1; at < n; number++) {
		struct problem why;
		char *newline = memchr(text + at, '\n', n - at);
		if (newline == NULL) {
			list->torn = n - at;
			break;
		}
		*newline = '\0';
		size_t length = (size_t)(newline - (text + at));
		int status = strlen(text + at) == length
		                     ? line_take(list, text + at, &why)
		                     : problem_set(&why, MALFORMED, EXIT_DAMAGED,
		                               "holds a byte 0");
		at += length + 1;
		list->bytes = at;
		if (status == OK)
			continue;
		damaged++;
		if (visitor->bad(visitor->with, number, why.text) != 0)
			break;
	}
	return damaged;
}

static int stop_at_first(void *with, size_t number, const char *text)
{
	problem_set(with, MALFORMED, EXIT_DAMAGED, "line %zu %s", number, text);
	return 1;
}

static int seals_path(const char *dir, char out[ARCHIVE_PATH])
{
	int n = snprintf(out, ARCHIVE_PATH, "%s/" SEALS_FILE, dir);
	return n < ARCHIVE_PATH ? OK : FAILED;
}

int seal_list_text(const char *dir, char **text, size_t *n, struct problem *why)
{
	char path[ARCHIVE_PATH];
	*text = NULL;
	*n = 0;
	if (seals_path(dir, path) != OK)
		return problem_set(why, FAILED, EXIT_NO_FILE, "%s: path too long", dir);
	int status = file_read(path, SEALS_MOST, text, n);
	if (status == NOT_FOUND)
		return OK;
	if (status != OK)
		return problem_set(why, status, EXIT_NO_FILE,
		        "%s: cannot be read: %s%s", path, file_reason(errno),
		        errno == EACCES ? "; run this as its owner, or in its group"
		                        : "");
	return OK;
}

int seal_list_read(struct seal_list *list, const char *dir, struct problem *why)
{
	char *text;
	size_t n;
	struct problem first;
	*list = (struct seal_list){ 0 };
	int status = seal_list_text(dir, &text, &n, why);
	if (status != OK)
		return status;
	struct seal_visitor visitor = { .bad = stop_at_first, .with = &first };
	int damaged = seal_list_walk(list, text, n, &visitor);
	free(text);
	if (damaged == 0)
		return OK;
	return problem_set(why, MALFORMED, EXIT_DAMAGED, "%s/" SEALS_FILE " %.800s",
	        dir, first.text);
}

void seal_list_free(struct seal_list *list)
{
	free(list->seal);
	*list = (struct seal_list){ 0 };
}

/* ---- appending ---- */

static int line_write(int fd, uint64_t at, const char *line, size_t n)
{
	while (n > 0) {
		ssize_t put = pwrite(fd, line, n, (off_t)at);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return FAILED;
		line += put;
		n -= (size_t)put;
		at += (uint64_t)put;
	}
	return OK;
}

/* A disk writes a sector whole or not at all, and sectors in any order.  What lies in
 * the sector of the line's end is written when the rest is durable: so a power cut never
 * leaves the end without the beginning, a hole with a newline behind it. */
static int line_write_durably(int fd, uint64_t at, const char *line, size_t n)
{
	uint64_t last = (at + n - 1) / SECTOR * SECTOR;
	size_t before = last > at ? (size_t)(last - at) : 0;
	if (before > 0 &&
	        (line_write(fd, at, line, before) != OK || fdatasync(fd) != 0))
		return FAILED;
	if (line_write(fd, at + before, line + before, n - before) != OK)
		return FAILED;
	return fdatasync(fd) == 0 ? OK : FAILED;
}

/* Cut a torn line off, then write; what cannot be synced is cut off again. */
static int append_to(int fd, const struct seal_list *list, const char *line, size_t n)
{
	off_t size = lseek(fd, 0, SEEK_END);
	if (size < 0 || (uint64_t)size != list->bytes + list->torn)
		return FAILED;
	if (list->torn > 0 && ftruncate(fd, (off_t)list->bytes) != 0)
		return FAILED;
	if (line_write_durably(fd, list->bytes, line, n) == OK)
		return OK;
	int saved = errno;
	if (ftruncate(fd, (off_t)list->bytes) != 0)
		errno = saved;
	return FAILED;
}

int seal_list_append(struct seal_list *list, const char *dir, struct seal *seal)
{
	char path[ARCHIVE_PATH], line[SEAL_LINE + 1];
	struct seal check;
	memcpy(seal->prev, list->last, DIGEST_SIZE);
	int n = seal_print(seal, line, SEAL_LINE);
	if (n < 0 || seal_parse(&check, line) != OK || seals_path(dir, path) != OK) {
		errno = EINVAL;
		return FAILED;
	}
	/* once the line is durable nothing may fail any more */
	if (list_room(list) != OK)
		return FAILED;
	uint8_t hash[DIGEST_SIZE];
	digest_of(line, (size_t)n, hash);
	line[n] = '\n';
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		return FAILED;
	int status = append_to(fd, list, line, (size_t)n + 1);
	int saved = errno;
	/* a first line whose file has no sure name yet is taken back */
	if (status == OK && list->bytes == 0 && folder_sync(dir) != OK) {
		saved = errno;
		if (ftruncate(fd, 0) != 0)
			errno = saved;
		status = FAILED;
	}
	close(fd);
	errno = saved;
	if (status != OK)
		return FAILED;
	list->seal[list->n++] = *seal;
	list->bytes += (uint64_t)n + 1;
	list->torn = 0;
	memcpy(list->last, hash, DIGEST_SIZE);
	return OK;
}
