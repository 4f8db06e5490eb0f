/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies in checkpoints/ besides checkpoints: public keys, receipts, and what nobody put there. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/checkpoint.h"
#include "archive/verify_inside.h"
#include "base/base64.h"
#include "base/folder.h"
#include "base/sign.h"

/* To the letter as it was laid there (RFC 8410), so that nothing stands beside it. */
static bool same_key(const char *path, const uint8_t key[SIGN_PUBLIC])
{
	static const uint8_t before[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b,
		0x65, 0x70, 0x03, 0x21, 0x00 };
	uint8_t bytes[sizeof before + SIGN_PUBLIC];
	char base64[BASE64_SIZE(sizeof bytes)], want[200], *text;
	size_t n;
	memcpy(bytes, before, sizeof before);
	memcpy(bytes + sizeof before, key, SIGN_PUBLIC);
	base64_print(bytes, sizeof bytes, base64);
	snprintf(want, sizeof want,
	        "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n", base64);
	if (file_read(path, sizeof want, &text, &n) != OK)
		return false;
	bool same = n == strlen(want) && memcmp(text, want, n) == 0;
	free(text);
	return same;
}

static bool key_file(const struct verify_report *report, const char *name, bool *right)
{
	char path[ARCHIVE_PATH], key[KEY_NAME];
	size_t n = strlen(name);
	if (n < 5 || n - 4 >= sizeof key || strcmp(name + n - 4, ".pem") != 0)
		return false;
	snprintf(key, sizeof key, "%.*s", (int)n - 4, name);
	const struct act *act = acts_key(report->acts, ACT_KEY, key);
	if (act == NULL)
		act = acts_key(report->acts, ACT_WITNESS, key);
	if (act == NULL)
		return false;
	checkpoint_path(report->dir, name, path, sizeof path);
	*right = same_key(path, act->public_key);
	return true;
}

/* "<name>.<number>.tmp": it was being written when the power failed. */
static bool is_half_written(const char *name)
{
	const char *end = strrchr(name, '.');
	const char *number = end != NULL ? end : name;
	while (number > name && number[-1] >= '0' && number[-1] <= '9')
		number--;
	return end != NULL && strcmp(end, ".tmp") == 0 && number < end &&
	       number > name + 1 && number[-1] == '.';
}

/* "<n>.tsq", "<n>.tsr": of a checkpoint that is there. */
static bool is_stamp(const struct verify_report *report, const char *name)
{
	char path[ARCHIVE_PATH], number[CHECKPOINT_NAME];
	if (strspn(name, "0123456789") != 12 ||
	        (strcmp(name + 12, ".tsq") != 0 && strcmp(name + 12, ".tsr") != 0))
		return false;
	snprintf(number, sizeof number, "%.12s", name);
	checkpoint_path(report->dir, number, path, sizeof path);
	return access(path, F_OK) == 0;
}

static bool is_ours(const struct verify_report *report, const char *name)
{
	return name[0] == '.' || is_half_written(name) || strcmp(name, "acts") == 0 ||
	       strcmp(name, CHECKPOINT_OPEN) == 0 ||
	       (strspn(name, "0123456789") == 12 && name[12] == '\0') ||
	       is_stamp(report, name);
}

static void file_look(struct verify_report *report, const char *name)
{
	char file[300];
	bool right = true;
	snprintf(file, sizeof file, CHECKPOINTS_DIR "/%.255s", name);
	if (is_ours(report, name) || (key_file(report, name, &right) && right))
		return;
	if (!right) {
		report->damaged++;
		verify_say(
		        report, 0, file, "DAMAGED: is not the key that the acts name");
		return;
	}
	if (report->acts_damaged) {
		report->follow_files++; /* which the acts would name */
		return;
	}
	report->strangers++;
	verify_say(report, 0, file,
	        strspn(name, "0123456789") == 12
	                ? "NOT SEALED: of a checkpoint that is not there: it was taken "
	                  "away, or this was put here"
	                : "NOT SEALED: no act names it");
}

void verify_checkpoints_folder(struct verify_report *report)
{
	char folder[ARCHIVE_PATH];
	struct dirent **entry = NULL;
	snprintf(folder, sizeof folder, "%.4000s/" CHECKPOINTS_DIR, report->dir);
	int n = scandir(folder, &entry, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		file_look(report, entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
}
