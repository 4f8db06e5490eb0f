/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cabinet for the measurements of the link: the real keeper over its journal. */
#ifndef TESTS_BENCHCABINET_H
#define TESTS_BENCHCABINET_H

#include "sensors/keeper/keeper.h"
#include "tests/bench/benchkit.h"

#define BENCH_STATION   "bt-outlet"
#define BENCH_GIVE_UP_S 300

struct bench_cabinet {
	struct bench_collector collector;
	struct key_pair own;
	struct bench_maker maker;
	struct uplink_socket *socket;
	struct ring *ring;
	struct keeper *keeper;
	struct clock clock;
	char folder[256];
	double pace; /* values a second at most; 0: as fast as it can */
	double began_s;
	uint64_t sent; /* values */
	/* days that have ended and are not sealed: now, and at most in either half */
	size_t behind, most_behind[2];
};

/* Over the journal in its folder, to its collector. */
void bench_cabinet_start(struct bench_cabinet *cabinet);
/* Until all is acknowledged. */
void bench_cabinet_run(struct bench_cabinet *cabinet);
void bench_cabinet_end(struct bench_cabinet *cabinet);

#endif
