/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a terminal cannot be opened, and who has it, found without opening it: an open
 * raises DTR and RTS, and some converters and instruments start anew at that.
 *
 * What belongs to other users' programs is seen by root only; locks, consoles and the
 * names of programs are seen by all.
 */
#ifndef SENSORS_HOLDER_H
#define SENSORS_HOLDER_H

#include <stdbool.h>
#include <stddef.h>

#define HOLDERS 4

enum holding {
	HOLDS_LOCK, /* it locked the terminal (flock), as all of ours do */
	HOLDS_OPEN, /* it has it open, without a lock */
	HOLDS_LOGIN /* a getty waits there for somebody to log in */
};

struct holder {
	long pid;
	char name[64];
	enum holding how;
};

struct hold {
	bool missing, forbidden;
	char group[32];     /* of the device, when forbidden: "dialout" */
	bool console;       /* the kernel writes its messages there */
	bool modem_manager; /* one runs, and nothing told it to leave this port alone */
	size_t n;           /* who has it; the first ones */
	struct holder holder[HOLDERS];
};

/* Look at a terminal (links are followed).  `root` is put before /proc and /run: "" but
 * in tests. */
void hold_look(struct hold *out, const char *path, const char *root);

/* "this user may not open it; sudo adduser $USER dialout, then log in again", of a port that is
 * forbidden: the group is the device's own.  English; cli/translate_told.c has the Vietnamese. */
#define HOLD_FORBIDDEN 160
void hold_tell_forbidden(const char *path, char out[HOLD_FORBIDDEN]);

/* Who has locked this file, we ourselves too; it is not opened.  False: nobody, or one whom
 * the system does not show. */
bool hold_locker(struct holder *out, const char *path);

/* Does anybody but us have it, so that what we send would be mixed with his? */
bool hold_taken(const struct hold *hold);

#endif
