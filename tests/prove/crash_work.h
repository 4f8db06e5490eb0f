/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is cut off by the power, and what must be true afterwards. */
#ifndef TESTS_CRASH_WORK_H
#define TESTS_CRASH_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/prove/crash_book.h"

struct crash_seen { /* summed up over states */
	uint64_t torn, holes, sealed_files;
};

struct crash_work {
	const char *name;
	/* make the folder ready; not logged */
	void (*prepare)(const char *dir);
	/* work on it: the writes are logged */
	void (*work)(const char *dir, uint64_t seed, bool again);
	/* recover what was left, and use it; false: book->wrong says what is wrong */
	bool (*check)(
	        const char *dir, struct crash_book *book, struct crash_seen *seen);
};

extern const struct crash_work crash_cabinet, crash_collector, crash_seal;

#endif
