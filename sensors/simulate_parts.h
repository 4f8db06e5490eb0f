/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the simulator's server: simulate_server.c and simulate_open.c only. */
#ifndef SENSORS_SIMULATE_PARTS_H
#define SENSORS_SIMULATE_PARTS_H

#include <limits.h>

#include "sensors/simulate.h"

#define SERVE_PEERS 8 /* TCP clients of one port at a time */

struct serve_peer {
	int descriptor; /* -1: none */
	size_t n;
	uint8_t in[1024]; /* not yet a whole request */
	int64_t heard_us, asked_us;
	int64_t due_us; /* of `answer`; INT64_MAX: none */
	struct simulated answer;
};

struct serve_port {
	size_t index;
	bool up;
	int listener; /* TCP; -1: a pseudo-terminal, whose master is peer[0] */
	int slave;    /* held open, so that the master lives when nobody else has it */
	char link[PATH_MAX]; /* pseudo-terminal: its link; TCP: address and port */
	struct serve_peer peer[SERVE_PEERS];
};

struct serve {
	const struct scenario *scenario;
	const struct simulate_options *options;
	int64_t began_us; /* monotonic */
	bool has_cables;
	size_t n_ports;
	struct serve_port *port;
	int64_t spoken_us; /* scenario time until which all that comes unasked was said */
};

int64_t serve_clock(void); /* monotonic, microseconds */
void peer_close(struct serve_peer *peer);

void serve_port_init(const struct serve *serve, struct serve_port *port, size_t index);
/* Make the pseudo-terminal and its link, or listen; OK, or a problem. */
int serve_port_up(
        const struct serve *serve, struct serve_port *port, struct problem *why);
void serve_port_down(struct serve_port *port);

#endif
