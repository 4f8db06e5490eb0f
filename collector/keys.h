/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys of cabinets and collectors.  The collector's allow-list is a folder:
 * <station>.pub admits that station; a revoked one moves into revoked/ below it, with
 * the time.  A running collector reads the folder again within two seconds.
 */
#ifndef COLLECTOR_KEYS_H
#define COLLECTOR_KEYS_H

#include <stdint.h>

#include "base/record.h"
#include "base/socket.h"
#include "base/status.h"

#define KEYS_AGENTS "/etc/quantrac/agents" /* the allow-list */
#define KEYS_OWN    "/etc/quantrac/keys"   /* where new pairs are laid */

/* Make <folder>/<name>.secret (0400) and <folder>/<name>.pub; neither may be there.  OK
 * or a problem. */
int keys_new(const char *folder, const char *name, char public_key[KEY_TEXT],
        struct problem *why);

/* The pair of a secret key file; when there is none it is made, with its .pub beside
 * it. */
int keys_own(const char *path, struct key_pair *pair, struct problem *why);

/* Admit a station: `key` is the key itself or a file that holds it.  REFUSED: it has
 * another one already, which must be revoked first; the key is another station's; the
 * file is a secret one. */
int keys_admit(
        const char *agents, const char *station, const char *key, struct problem *why);

/* Take a station off the list; NOT_FOUND: it is not on it. */
int keys_revoke(
        const char *agents, const char *station, int64_t now_us, struct problem *why);

struct key_entry {
	char station[SOURCE_SIZE + 1],
	        key[KEY_TEXT]; /* key "" if the file is damaged */
	int64_t since_us;      /* when it was admitted, or revoked */
	int revoked;
};

/* All that were ever on the list, by station, then time; caller frees *out.  Count, or
 * a problem. */
int keys_list(const char *agents, struct key_entry **out, struct problem *why);

/* Whose key was this, before it was revoked?  OK, or NOT_FOUND: nobody's. */
int keys_revoked(const char *agents, const char *key, char station[SOURCE_SIZE + 1]);

#endif
