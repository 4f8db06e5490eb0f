/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/fuzz_kit.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/kits/memory_place.h"

static void must(int held)
{
	if (!held)
		abort();
}

const char *fuzz_file(const uint8_t *in, size_t n)
{
	static char path[40];
	static int fd = -1;
	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	must(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, in, n, 0) == (ssize_t)n);
	return path;
}

char *fuzz_text(const uint8_t *in, size_t n)
{
	char *text = malloc(n + 1);
	must(text != NULL);
	memcpy(text, in, n);
	text[n] = '\0';
	return text;
}

static char folder[64];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void remove_folder(void)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_folder(void)
{
	if (folder[0] == '\0') {
		snprintf(folder, sizeof folder, "%s/quantrac-fuzz-XXXXXX",
		        memory_place());
		must(mkdtemp(folder) != NULL);
		atexit(remove_folder);
	}
	return folder;
}

void fuzz_write(const char *path, const void *in, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, in, n) == (ssize_t)n);
	close(fd);
}

static void nothing(enum log_level level, const char *text)
{
	(void)level;
	(void)text;
}

void fuzz_quiet(void)
{
	log_catch(nothing);
}
