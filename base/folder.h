/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files and folders, made so that they survive a power cut. */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Make a folder and its parents, syncing every parent that changed.  OK or FAILED. */
int folder_make(const char *path);

/* fsync a folder, so that names made in it are durable.  OK or FAILED. */
int folder_sync(const char *path);

/* Open a file below `folder` (AT_FDCWD: the working one) for reading; `flags` are added
 * (O_NOFOLLOW).  Never waits: a FIFO or device somebody put in its place is no file.
 * Descriptor, or -1 with errno for file_reason. */
int file_open_regular(int folder, const char *name, int flags);

/* In words why a file could not be opened or read. */
const char *file_reason(int error);
/* Why a file cannot be written there, and what to do, for whoever chose the folder. */
const char *file_write_reason(int error);

/* Whole file into memory (NUL behind it); caller frees.  OK, NOT_FOUND, FAILED, FULL
 * (over `most`). */
int file_read(const char *path, size_t most, char **out, size_t *n);

/* Write beside, fsync, rename, fsync the folder.  OK or FAILED/FULL. */
int file_replace(const char *path, const void *in, size_t n, unsigned mode);

/* As file_replace, and from the second time on a full disk too: what is written is
 * filled up with line ends to `size` bytes, over a file of that size that lies
 * beside it (PATH.next), and the two change names.  A file system that copies what
 * is written over (btrfs) wants room all the same. */
int file_rewrite(const char *path, const void *in, size_t n, size_t size);

/* Take flock on a file made if need be; descriptor, or REFUSED: somebody holds it;
 * FAILED. */
int lock_take(const char *path);

/* Why lock_take FAILED, by errno, and whose the folder must be; FAILED (EXIT_CONFIG). */
int lock_problem(const char *path, struct problem *why);

/* Does somebody hold that flock?  Makes no file, and keeps nobody out.  REFUSED: somebody does, as
 * lock_take would say; OK: nobody, or no file; FAILED: it may not be looked at. */
int lock_look(const char *path);

#endif
