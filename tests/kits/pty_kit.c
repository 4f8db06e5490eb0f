/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/pty_kit.h"

#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

short pty_look(struct port *port, int ms)
{
	struct pollfd fd = { .fd = port->descriptor(port),
		.events = port->events(port) };
	poll(&fd, 1, ms);
	return fd.revents;
}

int pty_make(void **state)
{
	struct pty *pty = calloc(1, sizeof *pty);
	struct termios raw;
	if (openpty(&pty->master, &pty->slave, pty->path, NULL, NULL) != 0)
		return -1;
	tcgetattr(pty->slave, &raw);
	cfmakeraw(&raw);
	tcsetattr(pty->slave, TCSANOW, &raw);
	pty->setting = (struct port_setting){ .id = "bus",
		.path = pty->path,
		.host = "",
		.service = "",
		.dtr = 1,
		.rts = 1 };
	line_parse("9600 8N1", &pty->setting.line);
	pty->port = port_new(&pty->setting);
	*state = pty;
	return pty->port != NULL ? 0 : -1;
}

int pty_remove(void **state)
{
	struct pty *pty = *state;
	pty->port->free(pty->port);
	if (pty->master >= 0)
		close(pty->master);
	close(pty->slave);
	free(pty);
	return 0;
}
