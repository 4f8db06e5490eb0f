/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/receipts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "archive/archive.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "base/stamp.h"

static int cannot(struct problem *why, const char *path, const char *what)
{
	return problem_set(why, FAILED, EXIT_TRY_AGAIN, "%s: cannot be %s: %s", path,
	        what, file_reason(errno));
}

int receipt_request(const char *dir, char *path, size_t room, struct problem *why)
{
	uint8_t hash[DIGEST_SIZE], nonce[STAMP_NONCE], request[STAMP_REQUEST];
	char note[ARCHIVE_PATH], name[CHECKPOINT_NAME];
	struct checkpoint checkpoint;
	int status = checkpoint_last(dir, &checkpoint, why);
	if (status != OK)
		return status;
	snprintf(name, sizeof name, "%012" PRIu64, checkpoint.size);
	checkpoint_path(dir, name, note, sizeof note);
	checkpoint_stamp(&checkpoint, hash);
	if (getrandom(nonce, sizeof nonce, 0) != (ssize_t)sizeof nonce)
		return cannot(why, "chance", "had");
	stamp_request(hash, nonce, request);
	snprintf(path, room, "%.4000s.tsq", note);
	return file_replace(path, request, sizeof request, 0644) == OK
	               ? OK
	               : cannot(why, path, "written");
}

/* ---- which checkpoint is meant ---- */

/* The checkpoint that `same` says yes to. */
static int find(const char *dir, char name[CHECKPOINT_NAME], struct checkpoint *out,
        int (*same)(const struct checkpoint *checkpoint, const void *with),
        const void *with)
{
	char path[ARCHIVE_PATH], (*names)[CHECKPOINT_NAME];
	size_t n = checkpoint_names(dir, &names);
	int status = NOT_FOUND;
	for (size_t i = n; i > 0 && status != OK; i--) {
		checkpoint_path(dir, names[i - 1], path, sizeof path);
		if (checkpoint_read(out, path, NULL) != OK || !same(out, with))
			continue;
		memcpy(name, names[i - 1], CHECKPOINT_NAME);
		status = OK;
	}
	free(names);
	return status;
}

static int same_stamp(const struct checkpoint *checkpoint, const void *with)
{
	uint8_t hash[DIGEST_SIZE];
	checkpoint_stamp(checkpoint, hash);
	return memcmp(hash, with, sizeof hash) == 0;
}

static int same_text(const struct checkpoint *checkpoint, const void *with)
{
	uint8_t hash[DIGEST_SIZE];
	checkpoint_hash(checkpoint, hash);
	return memcmp(hash, with, sizeof hash) == 0;
}

static int same_digits(const struct checkpoint *checkpoint, const void *with)
{
	uint8_t hash[DIGEST_SIZE];
	char hex[DIGEST_HEX];
	const char *digits = with;
	checkpoint_stamp(checkpoint, hash);
	digest_print(hash, hex);
	return strlen(digits) >= 16 && strncmp(hex, digits, strlen(digits)) == 0;
}

/* What was changed, or is over a list that was, proves nothing: OK, or a problem. */
static int still_holds(const char *dir, const char *name, struct problem *why)
{
	char path[ARCHIVE_PATH];
	struct checkpoint checkpoint;
	struct acts acts;
	checkpoint_path(dir, name, path, sizeof path);
	int status = acts_read(&acts, dir, why);
	if (status == OK)
		status = checkpoint_sound(&checkpoint, path, &acts, why);
	if (status == OK)
		status = checkpoint_agrees(&checkpoint, dir, name, why);
	acts_free(&acts);
	return status;
}

int receipt_find(const char *dir, const char *digits, char name[CHECKPOINT_NAME],
        struct checkpoint *out, struct problem *why)
{
	if (find(dir, name, out, same_digits, digits) == OK)
		return still_holds(dir, name, why);
	return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	        "%s: no checkpoint of this archive has the digits %s: they are of "
	        "another archive, or its past was changed",
	        dir, digits);
}

/* ---- answers ---- */

static int answer_read(
        const char *path, uint8_t **bytes, size_t *n, struct problem *why)
{
	char *text;
	int status = file_read(path, RECEIPT_MOST, &text, n);
	*bytes = (uint8_t *)text;
	if (status == NOT_FOUND)
		return problem_set(
		        why, NOT_FOUND, EXIT_NO_FILE, "%s: no such file", path);
	return status == OK ? OK : cannot(why, path, "read");
}

static void stamp_say(const struct stamp *stamp, char *said, size_t room)
{
	char time[TIME_TEXT];
	snprintf(said, room, "time stamp of %s by %s",
	        time_print(stamp->time_us, 0, time), stamp->authority);
}

int receipt_check(const char *path, const struct checkpoint *checkpoint, char *said,
        size_t room, struct problem *why)
{
	uint8_t *bytes;
	size_t n;
	struct stamp stamp;
	int status = answer_read(path, &bytes, &n, why);
	if (status != OK)
		return status;
	status = stamp_read(&stamp, bytes, n, why);
	free(bytes);
	if (status == OK && !same_stamp(checkpoint, stamp.hash))
		status = problem_set(
		        why, MALFORMED, EXIT_DAMAGED, "time stamp: of something else");
	if (status == OK)
		stamp_say(&stamp, said, room);
	return status;
}

/* ---- co-signatures ---- */

static int cosigned_by(const struct checkpoint *checkpoint, const char *name)
{
	for (size_t i = 0; i < checkpoint->n_signatures; i++)
		if (strcmp(checkpoint->signature[i].name, name) == 0)
			return 1;
	return 0;
}

/* Is every witness named in the acts? */
static int witnesses_known(const char *dir, const struct checkpoint *note,
        const struct acts *acts, struct problem *why)
{
	for (size_t i = 1; i < note->n_signatures; i++) {
		const char *name = note->signature[i].name;
		if (acts_key(acts, ACT_WITNESS, name) == NULL)
			return problem_set(why, MALFORMED, EXIT_DAMAGED,
			        "signature %zu is of %s, a key no act names; if that "
			        "is a witness of yours: quantrac --archive '%s' keys "
			        "admit %s %s.sign.pub --sign --key SECRET (the key "
			        "that signs this archive), then store the note again",
			        i + 1, name, dir, name, name);
	}
	return OK;
}

/* Add what the returned note has and ours has not. */
static int note_merge(const char *dir, const char *name, struct checkpoint *ours,
        const struct checkpoint *returned, struct problem *why)
{
	char path[ARCHIVE_PATH], text[CHECKPOINT_TEXT];
	struct acts acts;
	struct checkpoint_held before, held;
	checkpoint_path(dir, name, path, sizeof path);
	int status = acts_read(&acts, dir, why);
	if (status == OK)
		status = checkpoint_hold(ours, &acts, &before, why);
	if (status == OK)
		status = witnesses_known(dir, returned, &acts, why);
	for (size_t i = 1; i < returned->n_signatures; i++)
		if (!cosigned_by(ours, returned->signature[i].name) &&
		        ours->n_signatures < CHECKPOINT_SIGNATURES)
			ours->signature[ours->n_signatures++] = returned->signature[i];
	if (status == OK)
		status = checkpoint_hold(ours, &acts, &held, why);
	if (status == OK && held.revoked > before.revoked)
		status = problem_set(why, REFUSED, EXIT_DAMAGED,
		        "the witness is revoked for %" PRIu64 " seals", ours->size);
	acts_free(&acts);
	if (status != OK)
		return status;
	int n = checkpoint_print(ours, text, sizeof text);
	if (n < 0 || file_replace(path, text, (size_t)n, 0644) != OK)
		return cannot(why, path, "written");
	return OK;
}

static int note_store(const char *dir, const struct checkpoint *returned, char *said,
        size_t room, struct problem *why)
{
	uint8_t hash[DIGEST_SIZE];
	char name[CHECKPOINT_NAME];
	struct checkpoint ours;
	checkpoint_hash(returned, hash);
	if (find(dir, name, &ours, same_text, hash) != OK)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "this is no checkpoint of %s", dir);
	int status = note_merge(dir, name, &ours, returned, why);
	if (status == OK)
		snprintf(said, room, "checkpoint %s: %zu co-signatures", name,
		        ours.n_signatures - 1);
	return status;
}

static int stamp_store(const char *dir, const uint8_t *bytes, size_t n, char *said,
        size_t room, struct problem *why)
{
	char name[CHECKPOINT_NAME], path[ARCHIVE_PATH], note[ARCHIVE_PATH];
	struct checkpoint ours;
	struct stamp stamp;
	int status = stamp_read(&stamp, bytes, n, why);
	if (status != OK)
		return status;
	if (find(dir, name, &ours, same_stamp, stamp.hash) != OK)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "this time stamp is of no checkpoint of %s", dir);
	status = still_holds(dir, name, why);
	if (status != OK)
		return status;
	checkpoint_path(dir, name, note, sizeof note);
	snprintf(path, sizeof path, "%.4000s.tsr", note);
	if (file_replace(path, bytes, n, 0644) != OK)
		return cannot(why, path, "written");
	int at = snprintf(said, room, "checkpoint %s: ", name);
	stamp_say(&stamp, said + at, room - (size_t)at);
	return OK;
}

int receipt_store(
        const char *dir, const char *file, char *said, size_t room, struct problem *why)
{
	struct checkpoint returned;
	uint8_t *bytes;
	size_t n;
	int status = answer_read(file, &bytes, &n, why);
	if (status != OK)
		return status;
	if (checkpoint_parse(&returned, (const char *)bytes, n) == OK)
		status = note_store(dir, &returned, said, room, why);
	else
		status = stamp_store(dir, bytes, n, said, room, why);
	free(bytes);
	return status;
}
