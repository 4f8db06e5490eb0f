/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real cabinet that tests/prove/prove_kills.c kills, beside the collector of
 * tests/kits/collectd_kit.h. */
#ifndef TESTS_KILLS_CABINET_H
#define TESTS_KILLS_CABINET_H

#include <sys/types.h>

#define KILLS_STATION "nt-01"

/* Configuration and keys of both, in t.dir = dir. */
void kills_files(const char *dir);

/* Started; they end with us.  sensord says in sensord.log what it promises. */
pid_t kills_simulator(void);
pid_t kills_sensord(void);

#endif
