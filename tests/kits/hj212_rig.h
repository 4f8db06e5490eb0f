/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A station with sub-loggers on a line in memory, its poller, a clock moved by hand, and what was told. */
#ifndef TESTS_HJ212_RIG_H
#define TESTS_HJ212_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "sensors/poller/poller.h"

#define MS     INT64_C(1000)
#define SECOND INT64_C(1000000)

/* A port in memory: what the sub-logger says, and what it was told. */
struct wire {
	struct port port;
	char said[8192], sent[8192];
	size_t n_said, at, n_sent;
	bool is_open;
};

struct sub_rig {
	char *folder;
	struct station *station;
	struct poller *poller;
	struct wire wire;
	bool real; /* the port is a real one */
	struct moment now;
	size_t n_readings;
	uint8_t state;      /* first channel of the last reading */
	size_t by[2];       /* readings of each instrument */
	char told[16][600]; /* of instruments */
	size_t n_told;
};

/* cmocka fixtures: *state is a struct sub_rig, without a station yet. */
int sub_make(void **state);
int sub_remove(void **state);

/* A profile of one channel, COD from w01018-Rtd, with these keys, in the rig's folder. */
void sub_profile(struct sub_rig *rig, const char *name, const char *keys);

/* A station with these ports and instruments. */
void sub_start(struct sub_rig *rig, const char *ports, const char *instruments);

void sub_run(struct sub_rig *rig, int64_t for_us);

/* Bytes come, and a tenth of a second passes. */
void sub_hear(struct sub_rig *rig, const char *text);

/* Whether a change of an instrument that contains `part` was told. */
bool sub_told(const struct sub_rig *rig, const char *part);

#endif
