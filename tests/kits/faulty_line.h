/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of the simulator on which one fault is played an hour, and what its two instruments answer. */
#ifndef TESTS_FAULTY_LINE_H
#define TESTS_FAULTY_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/legal_time.h"
#include "sensors/drivers/modbus.h"
#include "sensors/simulator/simulate.h"
#include "tests/kits/cabinet_fixture.h"

/* In the middle of the hour of a fault; on day 1 all is well. */
#define HOUR(n) (FIXTURE_DAY1 + US_PER_DAY + (n)*US_PER_HOUR + 30 * US_PER_MIN)
enum {
	NONE,
	GARBAGE,
	FLIP,
	FLIPS,
	ECHO_,
	TWICE,
	STRAY,
	SPLIT,
	SLOW,
	BEHIND,
	FOREIGN,
	FROZEN,
	OTHER_ORDER,
	SHIFT,
	RENUMBERED,
	BABBLE,
	SILENT_ECHO,
	HANG_UP,
	CLUMPS
};

/* A sound answer of the flow meter: 10 registers. */
#define WHOLE 25

extern struct scenario *faulty_scenario;

/* cmocka fixtures: *state is a folder. */
int faulty_setup(void **state);
int faulty_teardown(void **state);

/* The request for all of slave 1 (the flow meter) or 2, and its answer at a time. */
size_t faulty_request(int slave, uint8_t out[MODBUS_FRAME]);
struct simulated faulty_ask(int slave, int64_t time_us);
bool faulty_is_sound(const uint8_t *bytes, size_t n);
/* How many of their bits differ. */
int faulty_bits(const uint8_t *a, const uint8_t *b, size_t n);

#endif
