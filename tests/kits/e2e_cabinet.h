/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting a real simulator and a real sensord, and comparing what the one sent with
 * what the other kept. */
#ifndef TESTS_E2E_CABINET_H
#define TESTS_E2E_CABINET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sensors/simulator/scenario.h"
#include "tests/kits/free_port.h"

/* Files used: <folder>/scenario.yaml, station.yaml (its journal is <folder>/journal),
 * run/ for the links, sent.csv, simulate.log, sensord.log. */
struct run {
	pid_t simulate, sensord;
	int64_t live_us; /* about when the simulator began */
};

/* Start both; `link` is a path that is there when the simulator is ready; `speed` NULL:
 * 1. */
struct run run_begin(const char *folder, const char *link, const char *speed,
        const char *preload, const char *for_time);

/* Another sensord on the same files; its process. */
pid_t run_again(const char *folder, const char *for_time);

/* Wait for sensord's end, end the simulator; both must end well. */
void run_finish(const char *folder, struct run *run);

/* Wait until a file is there, five seconds at most. */
void wait_for_file(const char *path);

/* Whole text of a file below the folder; one buffer. */
char *text_of(const char *folder, const char *name);

enum { E2E_MOST = 4000, E2E_CHANNELS = 4 };

struct frame {
	int64_t asked_us; /* of the scenario */
	size_t n;
	uint8_t bytes[64];
};

struct poll_kept { /* one READING */
	int64_t time_us;
	uint8_t state[E2E_CHANNELS];
	double value[E2E_CHANNELS];
	size_t n_frames;
	struct frame frame[2];
};

/* One instrument of the scenario or the station. */
struct seen {
	const char *id;
	size_t n_sent, n_kept, n_silent;
	struct frame *sent;     /* [n_sent] */
	struct poll_kept *kept; /* [n_kept] */
};

/* Read sent.csv and the journal for these instruments; seq must be gapless from 1.
 * STATE texts one a line in `states`, one buffer. */
void seen_read(const char *folder, struct seen *seen, size_t n, const char **states);
void seen_free(struct seen *seen, size_t n);

/* Every frame kept was sent, in this order and once; of the frames sent at most
 * `most_lost` are not kept (one that was on its way when a cable was pulled, one at the
 * end). */
void frames_agree(struct seen *seen, size_t most_lost);

/* Every value is, to the bit, what the scenario says for the time of its request;
 * values compared.  Call after frames_agree. */
size_t values_agree(const struct seen *seen, const struct scenario *scenario);

#endif
