/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An archive with five signed days, whose list and checkpoints are then meddled with. */
#ifndef TESTS_GUARD_KIT_H
#define TESTS_GUARD_KIT_H

#include "tests/kits/collector_fixture.h"

#define GUARD_DAYS 5
#define GUARD_CURE                                                                     \
	"the seal list is not the one that was signed: put back a copy of seals, "     \
	"then start again"

#define GUARDED(test) cmocka_unit_test_setup_teardown(test, guard_setup, guard_teardown)

extern char guard_key_path[600],
        *guard_good; /* guard_good: the list as it was sealed */
extern size_t guard_good_size;
int guard_setup(void **state);
int guard_teardown(void **state);

struct ingest *guard_open(const char *dir);
void guard_readings(struct ingest *ingest, int64_t from_us, int64_t to_us);

/* Five days sealed and signed; `all`: and two hours of the sixth. */
void guard_seal_days(const char *dir, bool all);

/* Another list; the good one without its last lines. */
void guard_seals_put(const char *dir, const char *text, size_t n);
void guard_seals_cut(const char *dir, int count);

/* A start on this archive: records come in and stay, nothing is sealed, moved, forgotten
 * or made again, and the cure is said. */
void guard_is_held_for(const char *dir, const char *cure);
void guard_is_held(const char *dir);

/* The good list again: what came meanwhile is sealed upon it. */
void guard_goes_on(const char *dir);

#endif
