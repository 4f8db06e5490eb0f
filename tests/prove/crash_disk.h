/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a disk may hold after the power has gone.  A log of writes (tests/prove/shim_writes.c)
 * is replayed up to a call; of what was not synced by then
 *
 *   CRASH_PREFIX    the calls up to a random one are there, of that one perhaps only the
 *                   first sectors, none of the later
 *   CRASH_REORDER   every 4-KiB page, every file's size and every name made, moved or
 *                   taken away is old or new, each by itself
 *
 * A file's data and size are durable by fsync or fdatasync of the file; a name by fsync
 * of its folder alone, which is harsher than ext4.
 */
#ifndef TESTS_CRASH_DISK_H
#define TESTS_CRASH_DISK_H

#include <stddef.h>
#include <stdint.h>

enum crash_model { CRASH_PREFIX, CRASH_REORDER };

struct crash_disk;

/* Read a log; `before` is the folder as it was, all durable, when the logged program
 * began.  Ends the process when the log is none. */
struct crash_disk *crash_disk_new(const char *log, const char *before);
void crash_disk_free(struct crash_disk *disk);

/* Calls and marks in the log. */
size_t crash_disk_n(const struct crash_disk *disk);
/* A moment for the power to go: mostly one right behind a call on the disk. */
size_t crash_disk_draw(const struct crash_disk *disk, uint64_t *seed);
/* Bytes of a mark, or NULL for what is none. */
const uint8_t *crash_disk_mark(const struct crash_disk *disk, size_t i, size_t *n);

/* Lay into the folder `dir`, which must not be there, what the disk may hold when the
 * power goes before call `end` is done. */
void crash_disk_lay(const struct crash_disk *disk, size_t end, enum crash_model model,
        uint64_t *seed, const char *dir);

#endif
