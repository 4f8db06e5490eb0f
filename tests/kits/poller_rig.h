/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A station with three slaves on a fake bus (flow 1, pH 2, COD 3; every 5 s, 500 ms to
 * answer), its poller, a clock moved by hand, and all that the poller said. */
#ifndef TESTS_POLLER_RIG_H
#define TESTS_POLLER_RIG_H

#include "sensors/poller/poller.h"
#include "tests/kits/fake_bus.h"

#define MS         INT64_C(1000)
#define SECOND     INT64_C(1000000)
#define MOST_SEEN  4096
#define START_US   (1000 * SECOND)
#define START_TIME INT64_C(1794188880000000)

struct seen {
	size_t instrument;
	struct moment when;
	uint8_t state;
	double value;
	size_t n_exchanges;
};

struct rig {
	struct station *station;
	struct poller *poller;
	struct fake_bus bus;
	struct moment now;
	struct seen seen[MOST_SEEN];
	size_t n_seen;
	char told[64][160];
	size_t n_told;
	int written[8]; /* what became of coils and commands */
	bool sent[8];
	size_t n_answer; /* to the last */
	uint8_t answer[64];
	char why[8][80];
	size_t n_written;
};

/* Lines of the log: changes, and what went wrong in the last minute. */
extern size_t lines_logged, minutes_logged;

/* cmocka fixtures: *state is a struct rig. */
int rig_make(void **state);
int rig_remove(void **state);

/* A new poller, after the station's profiles were changed. */
void rig_restart(struct rig *rig);

/* Let time pass, a step a millisecond. */
void run(struct rig *rig, int64_t for_us);

/* Readings of an instrument with a state, of the last `within_us`. */
size_t count(
        const struct rig *rig, size_t instrument, uint8_t state, int64_t within_us);

/* Whether a STATE that contains `part` was told. */
bool told(const struct rig *rig, const char *part);

/* Every usable number of an instrument is this one. */
void only_these_values(const struct rig *rig, size_t instrument, double value);

#endif
