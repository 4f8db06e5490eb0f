/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A keeper that measures every 100 ms and speaks to a collector in memory. */
#ifndef TESTS_KEEPER_RUN_H
#define TESTS_KEEPER_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/journal_file.h"
#include "tests/kits/fake_collector.h"
#include "tests/kits/keeper_fixture.h"

extern struct keeper_run {
	struct fake_collector collector;
	size_t n_put;     /* readings so far */
	char said[2048];  /* the last warning or alert */
	bool only_alerts; /* no warnings */
} r;

/* cmocka fixtures. */
int keeper_run_setup(void **state);
int keeper_run_teardown(void **state);

void keeper_run_begin(void);
void keeper_run_end(void); /* in good order */
void keeper_run_for(int seconds);
/* Nothing is measured; what is there is sent. */
void keeper_run_drain(int seconds);

/* The newest epoch gets a new one behind it, as when a journal is put aside; and all of
 * them back. */
void keeper_put_aside(const char *folder, int n);
void keeper_put_back(const char *folder, int n);

/* ---- a disk that fails from now on ---- */

extern struct ill_disk {
	int error;      /* errno; 0: it is well */
	bool only_sync; /* the bytes are there, and nobody may trust them */
	struct journal_system system;
} ill;

/* cmocka fixture: keeper_run_setup on such a disk, well as yet; keeper_run_teardown ends it too. */
int ill_setup(void **state);

/* The process ends at once: what its journal holds in memory is gone.  The folder is as
 * the disk has it. */
void keeper_run_power_cut(const char *folder);
void keeper_run_everything_came_once(size_t lost);

#endif
