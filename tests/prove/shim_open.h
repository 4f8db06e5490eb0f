/* SPDX-License-Identifier: GPL-3.0-or-later */
/* open and openat of a shim: what they mean is asked of its own opened(), which stands above the line
 * that includes this. */
#ifndef TESTS_SHIM_OPEN_H
#define TESTS_SHIM_OPEN_H

#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>

static int opened(int folder, const char *name, int flags, mode_t mode);

static mode_t mode_of(int flags, va_list more)
{
	return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
}

int open(const char *name, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	mode_t mode = mode_of(flags, more);
	va_end(more);
	return opened(AT_FDCWD, name, flags, mode);
}

int openat(int folder, const char *name, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	mode_t mode = mode_of(flags, more);
	va_end(more);
	return opened(folder, name, flags, mode);
}

#endif
