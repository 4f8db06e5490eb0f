/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of a cabinet that tests/prove/prove_kills.c knows of, and a journal held against them. */
#ifndef TESTS_KILLS_KNOWN_H
#define TESTS_KILLS_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Records of one cabinet, known by their check sums. */
struct known {
	uint64_t epoch, n; /* seq 1..n */
	size_t room;
	uint32_t *sum;
};

/* Records found missing, or changed; readings of a journal. */
extern struct found {
	uint64_t lost, other, looks;
} found;

/* Know the next record by its check sum. */
void known_add(struct known *known, uint32_t sum);

/* Read a journal from seq 1 on: nothing missing, all known is as it was.  `learn`: this
 * is where records are made, and what is new is known from now on.  The last seq. */
uint64_t known_look(
        const char *folder, const char *source, struct known *known, bool learn);

#endif
