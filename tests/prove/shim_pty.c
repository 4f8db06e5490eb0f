/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded into a program, lets the real libserialport open a pseudo-terminal.  It
 * asks two things a pseudo-terminal has not got, and is answered here:
 *
 *   /sys/class/tty/pts/N      a link there says that N is a terminal of the kernel
 *   TIOCMGET, TIOCMSET, ...   the modem lines, kept in a variable
 *
 * libserialport of Debian 12 (0.1.1-4) asks __lxstat, later ones lstat.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int modem_lines = TIOCM_CTS | TIOCM_DSR | TIOCM_CAR;

static int is_pts(const char *path)
{
	static const char prefix[] = "/sys/class/tty/pts/";
	return path != NULL && strncmp(path, prefix, sizeof prefix - 1) == 0;
}

static int say_link(struct stat *st)
{
	memset(st, 0, sizeof *st);
	st->st_mode = S_IFLNK | 0777;
	return 0;
}

/* The function of this name behind us; a data pointer is turned into one by its
 * bytes. */
static void find(void *function, const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);
	memcpy(function, &found, sizeof found);
}

int lstat(const char *restrict path, struct stat *restrict st)
{
	int (*real)(const char *, struct stat *);
	find(&real, "lstat");
	return is_pts(path) ? say_link(st) : real(path, st);
}

int __lxstat(int version, const char *path, struct stat *st);
int __lxstat(int version, const char *path, struct stat *st)
{
	int (*real)(int, const char *, struct stat *);
	find(&real, "__lxstat");
	return is_pts(path) ? say_link(st) : real(version, path, st);
}

ssize_t readlink(const char *restrict path, char *restrict out, size_t room)
{
	static const char target[] = "../../devices/virtual/tty/pts";
	ssize_t (*real)(const char *, char *, size_t);
	find(&real, "readlink");
	if (!is_pts(path))
		return real(path, out, room);
	size_t n = sizeof target - 1 < room ? sizeof target - 1 : room;
	memcpy(out, target, n);
	return (ssize_t)n;
}

static int modem_ioctl(unsigned long request, int *lines)
{
	switch (request) {
	case TIOCMGET:
		*lines = modem_lines;
		return 0;
	case TIOCMSET:
		modem_lines = *lines;
		return 0;
	case TIOCMBIS:
		modem_lines |= *lines;
		return 0;
	case TIOCMBIC:
		modem_lines &= ~*lines;
		return 0;
	default:
		return -1;
	}
}

int ioctl(int descriptor, unsigned long request, ...)
{
	int (*real)(int, unsigned long, ...);
	va_list args;
	va_start(args, request);
	void *argument = va_arg(args, void *);
	va_end(args);
	find(&real, "ioctl");
	int status = real(descriptor, request, argument);
	if (status >= 0 || errno != ENOTTY || modem_ioctl(request, argument) != 0)
		return status;
	return 0;
}
