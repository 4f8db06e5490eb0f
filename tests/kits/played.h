/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A poller and a port of the simulator, played by one clock. */
#ifndef TESTS_PLAYED_H
#define TESTS_PLAYED_H

#include "sensors/poller/poller.h"
#include "sensors/simulator/simulate.h"

/* Let both do what is due, and move the clock to when the next thing is, a millisecond at least. */
void played_step(struct poller *poller, struct port *line, struct moment *now);

#endif
