/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A serial port "bus" on a pseudo-terminal, closed, and its other end. */
#ifndef TESTS_PTY_KIT_H
#define TESTS_PTY_KIT_H

#include "sensors/ports/port.h"

struct pty {
	int master, slave;
	char path[128];
	struct port_setting setting;
	struct port *port;
};

/* cmocka fixtures: *state is a struct pty. */
int pty_make(void **state);
int pty_remove(void **state);

/* Wait for a port to be readable or writable; its revents. */
short pty_look(struct port *port, int ms);

#endif
