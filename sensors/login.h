/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who came to this machine: records of wtmp (utmp(5)), each a `struct utmp` of this machine's libc.
 *
 *   type   BOOT_TIME the kernel started, RUN_LVL "shutdown" somebody ends it, USER_PROCESS a login,
 *          DEAD_PROCESS its end
 *   line   "pts/0", "tty1"     user   "minh"      host   "192.0.2.7", "" at the cabinet itself
 *
 * The texts fill their room and need not end with a zero.  Pure.
 */
#ifndef SENSORS_LOGIN_H
#define SENSORS_LOGIN_H

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

/* "minh from 192.0.2.7 (pts/0)", "root at the cabinet (tty1)"; of an end "pts/0". */
void login_text(const struct login *login, char *out, size_t room);

#endif
