/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/incoming.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/folder.h"
#include "base/log.h"

#define FOLDER   "incoming"
#define MOST     (1u << 30) /* bytes of one file */
#define WAIT_MS  200
#define PATIENCE 300 /* waits before giving up: one minute */
#define CURE                                                                           \
	"give that folder to the user that quantrac-collectd runs as, with chown -R"

struct incoming {
	FILE *out;
	uint64_t epoch, seq;
	char folder[ARCHIVE_PATH], name[96], path[ARCHIVE_PATH + 160];
};

static int cannot_write(const struct incoming *incoming, struct problem *why)
{
	return problem_set(why, FAILED, EXIT_TRY_AGAIN,
	        "%s: cannot be written: %s; make room or check the rights of the "
	        "folder",
	        incoming->path, strerror(errno));
}

int incoming_begin(struct incoming **out, const char *dir, const char *source,
        uint64_t epoch, struct problem *why)
{
	struct timespec now;
	struct incoming *incoming = calloc(1, sizeof *incoming);
	if (incoming == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	clock_gettime(CLOCK_REALTIME, &now);
	incoming->epoch = epoch;
	snprintf(incoming->folder, sizeof incoming->folder, "%s/" FOLDER, dir);
	snprintf(incoming->name, sizeof incoming->name,
	        "%020" PRId64 "%09ld_%s_%016" PRIx64 ".records", (int64_t)now.tv_sec,
	        now.tv_nsec, source, epoch);
	snprintf(incoming->path, sizeof incoming->path, "%s/.%s.tmp", incoming->folder,
	        incoming->name);
	int status = folder_make(incoming->folder);
	if (status == OK)
		incoming->out = fopen(incoming->path, "wxe");
	if (incoming->out == NULL) {
		status = cannot_write(incoming, why);
		free(incoming);
		return status;
	}
	*out = incoming;
	return OK;
}

int incoming_add(
        struct incoming *incoming, uint8_t *record, size_t n, struct problem *why)
{
	record_place(record, incoming->epoch, ++incoming->seq);
	if (fwrite(record, 1, n, incoming->out) != n)
		return cannot_write(incoming, why);
	return OK;
}

void incoming_drop(struct incoming *incoming)
{
	if (incoming == NULL)
		return;
	if (incoming->out != NULL)
		fclose(incoming->out);
	unlink(incoming->path);
	free(incoming);
}

int incoming_end(struct incoming *incoming, struct problem *why)
{
	char final[sizeof incoming->path];
	snprintf(final, sizeof final, "%s/%s", incoming->folder, incoming->name);
	if (fflush(incoming->out) != 0 || fsync(fileno(incoming->out)) != 0 ||
	        rename(incoming->path, final) != 0 ||
	        folder_sync(incoming->folder) != OK) {
		int status = cannot_write(incoming, why);
		incoming_drop(incoming);
		return status;
	}
	int records = (int)incoming->seq;
	fclose(incoming->out);
	free(incoming);
	return records;
}

/* ---- taking ---- */

struct file {
	const uint8_t *bytes;
	size_t size;
	int64_t now_us;
};

/* Store the records of one file that are not there yet; OK, MALFORMED, or as
 * ingest_record. */
static int take_records(struct ingest *ingest, const struct file *file,
        struct incoming_counts *counts, struct problem *why)
{
	static uint8_t copy[RECORD_MOST];
	for (size_t at = 0; at < file->size;) {
		struct record record;
		int n = record_decode(&record, file->bytes + at, file->size - at);
		if (n < 0)
			return problem_set(why, MALFORMED, EXIT_DAMAGED,
			        "no record at byte %zu", at);
		at += (size_t)n;
		if (record.epoch != 0 &&
		        record.seq < ingest_next(ingest, record.source, record.epoch)) {
			counts->repeated++;
			continue;
		}
		memcpy(copy, record.payload - RECORD_HEADER, (size_t)n);
		int status = ingest_record(ingest, record.source, record.epoch, copy,
		        (size_t)n, file->now_us, why);
		if (status == FULL) {
			status = ingest_commit(ingest);
			if (status == OK)
				status = ingest_record(ingest, record.source,
				        record.epoch, copy, (size_t)n, file->now_us,
				        why);
		}
		if (status != OK)
			return status;
		counts->stored++;
	}
	return ingest_commit(ingest);
}

static int set_aside(const char *dir, const char *name, const struct problem *cause)
{
	char from[ARCHIVE_PATH], to[ARCHIVE_PATH];
	snprintf(to, sizeof to, "%s/quarantine", dir);
	int status = folder_make(to);
	snprintf(from, sizeof from, "%s/" FOLDER "/%s", dir, name);
	snprintf(to, sizeof to, "%s/quarantine/%s", dir, name);
	if (status == OK && rename(from, to) == 0) {
		log_line(LOG_WARN, "%s: %s; laid into quarantine", name, cause->text);
		return OK;
	}
	log_seldom(LOG_ALERT, from,
	        "%s: %s; it could not be laid into %s/quarantine: %s", from,
	        cause->text, dir, strerror(errno));
	return FAILED;
}

static int take_file(struct ingest *ingest, const char *dir, const char *name,
        int64_t now_us, struct incoming_counts *counts, struct problem *why)
{
	char path[ARCHIVE_PATH], *bytes;
	size_t size;
	struct problem cause = { 0 };
	snprintf(path, sizeof path, "%s/" FOLDER "/%s", dir, name);
	if (file_read(path, MOST, &bytes, &size) != OK)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "%s: %s", path, file_reason(errno));
	struct file file = { (const uint8_t *)bytes, size, now_us };
	int status = take_records(ingest, &file, counts, &cause);
	free(bytes);
	if (status == MALFORMED || status == REFUSED) {
		*why = cause;
		return set_aside(dir, name, &cause) == OK ? REFUSED : FAILED;
	}
	if (status != OK) {
		*why = cause;
		return status;
	}
	counts->files++;
	if (unlink(path) == 0)
		return OK;
	return problem_set(why, FAILED, EXIT_TRY_AGAIN,
	        "%s: its records are taken in, and it cannot be removed: %s; " CURE,
	        path, file_reason(errno));
}

static int is_records(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);
	return entry->d_name[0] != '.' && n > 8 &&
	       strcmp(entry->d_name + n - 8, ".records") == 0;
}

int incoming_take(struct ingest *ingest, int64_t now_us, struct incoming_counts *counts,
        struct problem *why)
{
	char folder[ARCHIVE_PATH];
	struct dirent **entry;
	const char *dir = ingest_dir(ingest);
	snprintf(folder, sizeof folder, "%s/" FOLDER, dir);
	int n = scandir(folder, &entry, is_records, alphasort);
	if (n < 0 && errno == ENOENT)
		return OK;
	if (n < 0)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN,
		        "%s: what was laid there is not taken in: it cannot be read: "
		        "%s; " CURE,
		        folder, file_reason(errno));
	int worst = OK;
	for (int i = 0; i < n; i++) {
		int status =
		        take_file(ingest, dir, entry[i]->d_name, now_us, counts, why);
		if (status != OK)
			worst = status;
		free(entry[i]);
	}
	free(entry);
	return worst;
}

static bool anything_waits(const char *dir)
{
	char folder[ARCHIVE_PATH];
	struct dirent **entry;
	snprintf(folder, sizeof folder, "%s/" FOLDER, dir);
	int n = scandir(folder, &entry, is_records, NULL);
	for (int i = 0; i < n; i++)
		free(entry[i]);
	if (n >= 0)
		free(entry);
	return n > 0;
}

/* A collectd holds the archive: it looks into the folder every second. */
static int wait_for_collectd(const char *dir, struct problem *why)
{
	const struct timespec pause = { .tv_nsec = WAIT_MS * 1000000L };
	for (int i = 0; i < PATIENCE; i++) {
		if (!anything_waits(dir))
			return OK;
		nanosleep(&pause, NULL);
	}
	return problem_set(why, TIMED_OUT, EXIT_TRY_AGAIN,
	        "%s/" FOLDER
	        ": the program that holds the archive has not taken the records in; "
	        "they stay there and are taken when it does",
	        dir);
}

static int seal_due(struct ingest *ingest, const struct incoming_whole *whole,
        int64_t now_us, struct problem *why)
{
	int sealed = OK;
	if (whole != NULL)
		sealed = ingest_seal_epoch(
		        ingest, whole->station, whole->epoch, now_us, why);
	if (sealed >= 0)
		sealed = ingest_seal(ingest, now_us, false, why);
	return sealed < 0 ? sealed : OK;
}

int incoming_deliver(const struct ingest_options *options,
        const struct incoming_whole *whole, int64_t now_us,
        struct incoming_counts *counts, struct problem *why)
{
	struct ingest *ingest;
	int status = ingest_open(&ingest, options, why);
	if (status == REFUSED)
		return wait_for_collectd(options->dir, why);
	if (status != OK)
		return status;
	status = incoming_take(ingest, now_us, counts, why);
	if (status == OK)
		status = seal_due(ingest, whole, now_us, why);
	ingest_close(ingest);
	return status;
}
