/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How far the collector had acknowledged each epoch: <journal folder>/acked.  Only a
 * hint, written by rename and not synced: what it does not know of is shown to the
 * collector once more.  Little-endian:
 *
 *   0 "QTA1"   4 rows u32   8 rows of epoch u64, acked u64, end u64, 0 u64   then crc32c u32
 */
#ifndef SENSORS_ACKED_H
#define SENSORS_ACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACKED_FILE "acked"

struct acked {
	uint64_t epoch;
	uint64_t acked_seq; /* the collector had all below */
	uint64_t end_seq;   /* behind the last record ever; 0: it is still written to */
};

/* Rows read; 0 when there is no such file, or it is not as it was written. */
size_t acked_read(const char *folder, struct acked *out, size_t most);

/* `sync`: durable when it answers OK, else FAILED. */
int acked_write(const char *folder, const struct acked *row, size_t n, bool sync);

#endif
