/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/share.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "<folder of this program>/<name>"; 0 if there is no such thing. */
static int beside(const char *name, char *out, size_t room)
{
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	if (n <= 0)
		return 0;
	program[n] = '\0';
	char *slash = strrchr(program, '/');
	/* programs made for tests lie one folder deeper */
	for (int up = 0; slash != NULL && up < 3; up++) {
		*slash = '\0';
		int size = snprintf(out, room, "%s/%s", program, name);
		if (size > 0 && (size_t)size < room && access(out, F_OK) == 0)
			return 1;
		slash = strrchr(program, '/');
	}
	return 0;
}

/* A build has "limits" beside its programs; an installed one has bin/ and
 * share/quantrac/. */
const char *share_folder(const char *name, char *out, size_t room)
{
	char installed[256];
	snprintf(installed, sizeof installed, "../share/quantrac/%s", name);
	if (!beside(name, out, room) && !beside(installed, out, room))
		snprintf(out, room, "%s/%s", QUANTRAC_SHARE, name);
	return out;
}

const char *share_program(const char *name, char *out, size_t room)
{
	if (!beside(name, out, room))
		snprintf(out, room, "%s", name);
	return out;
}
