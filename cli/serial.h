/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac serial: its verbs, one file each, and what their tests look at. */
#ifndef CLI_SERIAL_H
#define CLI_SERIAL_H

#include <stdio.h>

#include "cli/common.h"
#include "sensors/ports/holder.h"
#include "sensors/ports/usb.h"
#include "sensors/station/station.h"

int serial_list(int argc, char **argv);
int serial_monitor(int argc, char **argv);
int serial_probe(int argc, char **argv);

/* That a port is to be named; the exit code. */
int serial_no_port(const char *command);

/* What `serial list` prints: the ports, who has them, and the configuration that may name
 * them (NULL: none). */
struct serial_listing {
	const struct usb_ports *ports;
	const struct hold *hold; /* [ports->n] */
	const struct station *station;
};
void serial_list_print(
        FILE *out, const struct serial_listing *listing, const struct common *common);

#endif
