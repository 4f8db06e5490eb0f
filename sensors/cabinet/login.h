/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who came to this machine: records of wtmp (utmp(5)), each a `struct utmp` of this machine's libc.
 *
 *   type   BOOT_TIME the kernel started, RUN_LVL "shutdown" somebody ends it, USER_PROCESS a login,
 *          DEAD_PROCESS its end
 *   line   "pts/0", "tty1"     user   "minh"      host   "192.0.2.7", "" at the cabinet itself
 *
 * The texts fill their room and need not end with a zero.  All but wtmp_next are pure.
 */
#ifndef SENSORS_LOGIN_H
#define SENSORS_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t login_size(void); /* bytes of one record */

enum login_kind { LOGIN_OTHER, LOGIN_IN, LOGIN_OUT, LOGIN_BOOT, LOGIN_SHUTDOWN };

struct login {
	enum login_kind kind;
	int64_t time_us;
	char user[33], line[33], host[257];
};

/* OK, or MALFORMED: n is not login_size(). */
int login_parse(struct login *out, const uint8_t *in, size_t n);

/* "minh from 192.0.2.7 (pts/0)", "root at the cabinet (tty1)"; of an end nobody is known of "pts/0". */
void login_text(const struct login *login, char *out, size_t room);

/* ---- the file they lie in: login_file.c ---- */

#define WTMP_PLACE "/var/log/wtmp"

struct wtmp {
	const char *path;
	uint64_t inode; /* of the file that was read; 0: none yet */
	int64_t at;     /* read up to here */
	bool shortened; /* it had become shorter: somebody has taken records out of it */
	bool absent;    /* it was not there at the last look */
};

/* The next record: 1, 0 there is none, FAILED with errno.  A file that was not known before is followed from
 * its end on (from its beginning, where it was absent until now); when another took its place (it is
 * rotated once a month), what the old one still held comes first: it lies beside under a longer name. */
int wtmp_next(struct wtmp *wtmp, struct login *out);

#endif
