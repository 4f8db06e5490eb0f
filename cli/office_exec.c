/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/office_exec.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/status.h"

void office_exec(char **argv)
{
	char path[PATH_MAX + 16];
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX);
	char *slash = n > 0 ? memrchr(path, '/', (size_t)n) : NULL;
	if (slash != NULL) {
		strcpy(slash + 1, "quantrac-office");
		execv(path, argv);
	}
	execvp("quantrac-office", argv);
}

int office_missing(const char *command)
{
	fprintf(stderr,
	        "quantrac: '%s' is not a command of the cabinet, and quantrac-office "
	        "is not installed here: %s\n"
	        "hint: install quantrac-office beside this program\n",
	        command, strerror(errno));
	return EXIT_USAGE;
}
