/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/acts_inside.h"
#include "base/base64.h"
#include "base/legal_time.h"

static const char *const kind_word[ACT_KINDS] = { "key", "revoke", "witness", "prune" };

bool key_name_valid(const char *name)
{
	size_t n = strlen(name);
	return n > 0 && n < KEY_NAME && name[0] != '-' && name[0] != '_' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == n;
}

static bool order_valid(const char *order)
{
	size_t n = strlen(order);
	return n > 0 && n < sizeof((struct act *)NULL)->order && order[0] != '-' &&
	       strspn(order, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                     "0123456789_-./:") == n;
}

/* A path below the archive folder, and never out of it: as in the seal list. */
static bool path_valid(const char *path)
{
	return path[0] != '/' && path[0] != '\0' && strstr(path, "..") == NULL &&
	       strspn(path, "abcdefghijklmnopqrstuvwxyz0123456789_-./") == strlen(path);
}

static bool act_valid(const struct act *act)
{
	if (!key_name_valid(act->by) || act->n_signatures < 1 || act->n_signatures > 2)
		return false;
	if (act->kind == ACT_PRUNE)
		return path_valid(act->subject) && order_valid(act->order);
	return key_name_valid(act->subject);
}

size_t act_signed_size(const char *line)
{
	const char *end = strstr(line, " sig ");
	return end != NULL ? (size_t)(end - line) : strlen(line);
}

int act_print(const struct act *act, char *out, size_t room)
{
	char what[128] = "-", prev[DIGEST_HEX], at[TIME_TEXT];
	char signature[2][BASE64_SIZE(SIGN_SIZE)];
	if (act->kind == ACT_PRUNE)
		snprintf(what, sizeof what, "%s", act->order);
	else if (act->kind != ACT_REVOKE)
		base64_print(act->public_key, SIGN_PUBLIC, what);
	digest_print(act->prev, prev);
	for (size_t i = 0; i < 2; i++)
		base64_print(act->signature[i], SIGN_SIZE, signature[i]);
	int n = snprintf(out, room,
	        "v1 %s %s %s from %" PRIu64 " at %s prev %s by %s sig %s%s%s",
	        kind_word[act->kind], act->subject, what, act->from,
	        time_print(act->at_us, 0, at), prev, act->by, signature[0],
	        act->n_signatures > 1 ? " " : "",
	        act->n_signatures > 1 ? signature[1] : "");
	return n > 0 && (size_t)n < room ? n : FULL;
}

static int kind_parse(const char *word, enum act_kind *kind)
{
	for (size_t i = 0; i < ACT_KINDS; i++) {
		if (strcmp(word, kind_word[i]) != 0)
			continue;
		*kind = (enum act_kind)i;
		return OK;
	}
	return MALFORMED;
}

/* Words of a line, apart by one blank; their number, 0 if there are too many. */
static size_t words_of(char *line, char **word, size_t most)
{
	size_t n = 0;
	for (char *at = line; at != NULL; n++) {
		if (n == most)
			return 0;
		word[n] = at;
		at = strchr(at, ' ');
		if (at != NULL)
			*at++ = '\0';
	}
	return n;
}

static int what_parse(struct act *act, const char *word)
{
	if (act->kind == ACT_PRUNE) {
		snprintf(act->order, sizeof act->order, "%s", word);
		return OK;
	}
	if (act->kind == ACT_REVOKE)
		return OK;
	return base64_parse(word, act->public_key, SIGN_PUBLIC);
}

static int words_take(struct act *act, char **word, size_t n)
{
	char *end;
	snprintf(act->subject, sizeof act->subject, "%s", word[2]);
	snprintf(act->by, sizeof act->by, "%s", word[11]);
	errno = 0;
	act->from = strtoull(word[5], &end, 10);
	act->n_signatures = n - 13;
	if (errno != 0 || *end != '\0' || kind_parse(word[1], &act->kind) != OK ||
	        what_parse(act, word[3]) != OK ||
	        time_parse(word[7], 0, &act->at_us) != OK ||
	        digest_parse(word[9], act->prev) != OK)
		return MALFORMED;
	for (size_t i = 13; i < n; i++)
		if (base64_parse(word[i], act->signature[i - 13], SIGN_SIZE) != OK)
			return MALFORMED;
	return OK;
}

/* Whatever is loose here is caught by printing the line again. */
int act_parse(struct act *act, const char *line)
{
	char copy[ACT_LINE], again[ACT_LINE], *word[16];
	*act = (struct act){ 0 };
	if (strlen(line) >= sizeof copy)
		return MALFORMED;
	strcpy(copy, line);
	size_t n = words_of(copy, word, 15);
	if (n < 14 || words_take(act, word, n) != OK || !act_valid(act))
		return MALFORMED;
	return act_print(act, again, sizeof again) > 0 && strcmp(again, line) == 0
	               ? OK
	               : MALFORMED;
}
