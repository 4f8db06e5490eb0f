/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work of a sealed file shared among the processors: one piece after the other is taken
 * by whoever is free, and each is written to a place of its own, so that the file does
 * not depend on how many hands made it.  A process has one crew, or none: then the work
 * is done by the caller alone.  Only the thread that began it may call; libhdf5 is never
 * spoken to in a piece.
 */
#ifndef ARCHIVE_CREW_H
#define ARCHIVE_CREW_H

#include <stddef.h>

enum { CREW_MOST = 4 }; /* hands: each holds a megabyte or so to pack with */

/* Processors this process may use, CREW_MOST at most. */
size_t crew_processors(void);

/* As many hands, the caller's among them; fewer where the system has no more threads to
 * give.  Ended before the process forks. */
void crew_begin(size_t hands);
void crew_end(void);

/* Hands that crew_share() may use; 1 without a crew. */
size_t crew_hands(void);

/* work(with, i, hand) once for every i below n, `hand` below crew_hands(): two pieces at
 * the same time never have the same.  Returns when all are done. */
void crew_share(size_t n, void (*work)(void *with, size_t i, size_t hand), void *with);

#endif
