/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A keeper with a real journal in a scratch folder, a scripted collector and a clock
 * moved by hand. */
#ifndef TESTS_KEEPER_FIXTURE_H
#define TESTS_KEEPER_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/wire.h"
#include "sensors/keeper/keeper.h"
#include "sensors/keeper/recorder.h"
#include "sensors/keeper/ring.h"
#include "sensors/station/describes.h"
#include "sensors/station/station.h"

#define S INT64_C(1000000)

/* What the collector said, not yet heard; what the cabinet said. */
struct script {
	struct keeper_link link;
	uint8_t in[16][4096];
	size_t in_size[16], n_in, heard;
	uint8_t out[64][WIRE_MOST];
	size_t out_size[64], n_out;
	int renewed;
};

extern struct cabinet {
	char folder[512], state_path[600];
	struct station *station;
	struct describes describes;
	struct ring *ring;
	struct keeper *keeper;
	struct recorder recorder;
	struct moment now;
	struct script script;
	/* before start_keeper; 0: as usual */
	const struct journal_system *system;
	const struct keeper_link *link; /* instead of the script */
	uint64_t room, memory;
	double keep_s, commit_s;
} c;

/* cmocka fixtures. */
int keeper_setup(void **state);
int keeper_teardown(void **state);

/* `segment_size` 0: the usual one. */
void start_keeper(bool linked, uint32_t segment_size);
void move_clock(int64_t us);

/* One reading of the water instrument into the ring (cod NAN: it was silent); OK or
 * FULL. */
int put_reading(double cod);

/* What lies in the journal of an epoch; seq is checked. */
struct kept {
	size_t n;
	uint8_t type[1000];
	struct gap_event gap;
	struct clock_event clock;
	uint64_t last_seq;
};
struct kept read_journal(uint64_t epoch);
uint64_t epoch_now(void);

/* The scripted collector says something; what the cabinet said as message i. */
void collector_says(uint8_t type, uint64_t first_seq, const void *payload, size_t n);
void collector_welcomes(uint64_t wanted);
struct wire cabinet_said(size_t i);

#endif
