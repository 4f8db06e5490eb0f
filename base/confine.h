/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A process that is to read bytes by a stranger gives everything up first: descriptors,
 * files, network, other programs, more memory and time than the work takes.  What is left is
 * computing, and one answer.
 */
#ifndef BASE_CONFINE_H
#define BASE_CONFINE_H

#include <stddef.h>

struct confinement {
	int answer;     /* a descriptor; it becomes number 0, all others are closed */
	size_t memory;  /* address space, bytes; 0: as it is */
	unsigned cpu_s; /* processor time */
};

/* From here on any system call but those of memory and of writing to descriptor 0 kills
 * the process (SIGSYS).  There is no way back.  OK, or FAILED: do not go on. */
int confine_self(const struct confinement *confinement);

#endif
