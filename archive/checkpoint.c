/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form of a checkpoint. */
#include "archive/checkpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "archive/acts_inside.h"
#include "base/base64.h"
#include "base/bytes.h"
#include "base/folder.h"
#include "base/legal_time.h"

#define DASH "\xe2\x80\x94 " /* em dash and blank: a signature (C2SP signed-note) */

/* ---- writing ---- */

int checkpoint_text(const struct checkpoint *checkpoint, char *out, size_t room)
{
	char root[BASE64_SIZE(DIGEST_SIZE)], at[TIME_TEXT], prev[DIGEST_HEX],
	        acts[DIGEST_HEX];
	base64_print(checkpoint->root, DIGEST_SIZE, root);
	digest_print(checkpoint->prev, prev);
	digest_print(checkpoint->acts_last, acts);
	int n = snprintf(out, room,
	        "%s\n%" PRIu64 "\n%s\nat %s\nprev %s\nacts %" PRIu64 " %s\n",
	        checkpoint->origin, checkpoint->size, root,
	        time_print(checkpoint->at_us, 0, at), prev, checkpoint->acts, acts);
	return n > 0 && (size_t)n < room ? n : FULL;
}

static void signature_print(const struct note_signature *signature, char out[192])
{
	uint8_t bytes[4 + 8 + SIGN_SIZE];
	char text[BASE64_SIZE(sizeof bytes)];
	size_t n = 4;
	memcpy(bytes, signature->key_id, 4);
	if (signature->cosigned) {
		for (size_t i = 0; i < 8; i++)
			bytes[n++] = (uint8_t)(signature->time_s >> (56 - 8 * i));
	}
	memcpy(bytes + n, signature->signature, SIGN_SIZE);
	base64_print(bytes, n + SIGN_SIZE, text);
	snprintf(out, 192, DASH "%s %s\n", signature->name, text);
}

/* Text, empty line and the first n signatures. */
static int note_print(
        const struct checkpoint *checkpoint, size_t n, char *out, size_t room)
{
	int at = checkpoint_text(checkpoint, out, room);
	if (at < 0 || (size_t)at + 2 + 192 * n >= room)
		return FULL;
	out[at++] = '\n';
	out[at] = '\0';
	for (size_t i = 0; i < n; i++) {
		signature_print(&checkpoint->signature[i], out + at);
		at += (int)strlen(out + at);
	}
	return at;
}

int checkpoint_print(const struct checkpoint *checkpoint, char *out, size_t room)
{
	return note_print(checkpoint, checkpoint->n_signatures, out, room);
}

void checkpoint_hash(const struct checkpoint *checkpoint, uint8_t out[DIGEST_SIZE])
{
	char text[CHECKPOINT_TEXT];
	int n = checkpoint_text(checkpoint, text, sizeof text);
	digest_of(text, n > 0 ? (size_t)n : 0, out);
}

void checkpoint_stamp(const struct checkpoint *checkpoint, uint8_t out[DIGEST_SIZE])
{
	char text[CHECKPOINT_TEXT];
	size_t one = checkpoint->n_signatures > 0;
	int n = note_print(checkpoint, one, text, sizeof text);
	digest_of(text, n > 0 ? (size_t)n : 0, out);
}

/* ---- reading ---- */

/* The next line of a text, cut in place; NULL at its end. */
static char *line_next(char **at)
{
	char *line = *at, *newline = strchr(line, '\n');
	if (newline == NULL)
		return NULL;
	*newline = '\0';
	*at = newline + 1;
	return line;
}

static int number_parse(const char *text, uint64_t *out)
{
	char *end;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' ? OK : MALFORMED;
}

static const char *behind(const char *line, const char *word)
{
	size_t n = strlen(word);
	return line != NULL && strncmp(line, word, n) == 0 ? line + n : "";
}

static int acts_parse(struct checkpoint *checkpoint, const char *text)
{
	char number[24];
	size_t n = strcspn(text, " ");
	if (n >= sizeof number || text[n] != ' ')
		return MALFORMED;
	snprintf(number, sizeof number, "%.*s", (int)n, text);
	if (number_parse(number, &checkpoint->acts) != OK)
		return MALFORMED;
	return digest_parse(text + n + 1, checkpoint->acts_last);
}

static int head_parse(struct checkpoint *checkpoint, char **at)
{
	char *line[7];
	for (size_t i = 0; i < 7; i++) {
		line[i] = line_next(at);
		if (line[i] == NULL)
			return MALFORMED;
	}
	snprintf(checkpoint->origin, sizeof checkpoint->origin, "%s", line[0]);
	if (number_parse(line[1], &checkpoint->size) != OK ||
	        base64_parse(line[2], checkpoint->root, DIGEST_SIZE) != OK ||
	        time_parse(behind(line[3], "at "), 0, &checkpoint->at_us) != OK ||
	        digest_parse(behind(line[4], "prev "), checkpoint->prev) != OK ||
	        acts_parse(checkpoint, behind(line[5], "acts ")) != OK)
		return MALFORMED;
	return line[6][0] == '\0' ? OK : MALFORMED;
}

static int signature_parse(struct note_signature *signature, const char *line)
{
	uint8_t bytes[4 + 8 + SIGN_SIZE];
	const char *name = behind(line, DASH), *blank = strchr(name, ' ');
	size_t n = blank != NULL ? (size_t)(blank - name) : 0;
	if (n == 0 || n >= KEY_NAME)
		return MALFORMED;
	*signature = (struct note_signature){ 0 };
	memcpy(signature->name, name, n);
	signature->cosigned = strlen(blank + 1) == BASE64_SIZE(sizeof bytes) - 1;
	size_t behind_id = signature->cosigned ? 12 : 4;
	if (base64_parse(blank + 1, bytes, behind_id + SIGN_SIZE) != OK)
		return MALFORMED;
	memcpy(signature->key_id, bytes, 4);
	for (size_t i = 4; i < behind_id; i++)
		signature->time_s = signature->time_s << 8 | bytes[i];
	memcpy(signature->signature, bytes + behind_id, SIGN_SIZE);
	return key_name_valid(signature->name) ? OK : MALFORMED;
}

int checkpoint_parse(struct checkpoint *checkpoint, const char *text, size_t n)
{
	char copy[CHECKPOINT_TEXT], again[CHECKPOINT_TEXT];
	*checkpoint = (struct checkpoint){ 0 };
	if (n >= sizeof copy || memchr(text, '\0', n) != NULL)
		return MALFORMED;
	memcpy(copy, text, n);
	copy[n] = '\0';
	char *at = copy;
	if (head_parse(checkpoint, &at) != OK)
		return MALFORMED;
	for (char *line = line_next(&at); line != NULL; line = line_next(&at)) {
		size_t i = checkpoint->n_signatures++;
		if (i == CHECKPOINT_SIGNATURES ||
		        signature_parse(&checkpoint->signature[i], line) != OK)
			return MALFORMED;
	}
	if (checkpoint->n_signatures == 0 || checkpoint->signature[0].cosigned)
		return MALFORMED;
	int size = checkpoint_print(checkpoint, again, sizeof again);
	return size >= 0 && (size_t)size == n && memcmp(again, text, n) == 0
	               ? OK
	               : MALFORMED;
}

int checkpoint_read(
        struct checkpoint *checkpoint, const char *path, struct problem *why)
{
	char *text;
	size_t n;
	int status = file_read(path, CHECKPOINT_TEXT, &text, &n);
	if (status != OK && status != FULL)
		return problem_set(why, status, EXIT_NO_FILE, "%s: cannot be read: %s",
		        path, file_reason(errno));
	if (status == OK) {
		status = checkpoint_parse(checkpoint, text, n);
		free(text);
	}
	return status == OK ? OK
	                    : problem_set(why, MALFORMED, EXIT_DAMAGED,
	                              "%s: is not of the form of a checkpoint", path);
}

/* ---- the tree ---- */

void seals_tree_add(struct proof_tree *tree, const char *line, size_t n)
{
	proof_tree_add(tree, line, n);
}

/* A copy gives its root; the tree itself goes on.  They share the digest, one after the
 * other. */
void seals_tree_root(const struct proof_tree *tree, uint8_t out[DIGEST_SIZE])
{
	struct proof_tree copy = *tree;
	proof_tree_take(&copy, out);
}
