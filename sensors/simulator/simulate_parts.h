/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the simulator's server: simulate_server.c, simulate_peer.c and simulate_open.c
 * only. */
#ifndef SENSORS_SIMULATE_PARTS_H
#define SENSORS_SIMULATE_PARTS_H

#include <limits.h>

#include "sensors/simulator/simulate_way.h"

#define SERVE_PEERS 8 /* TCP clients of one port at a time */

struct serve_peer {
	int descriptor; /* -1: none */
	size_t n;
	uint8_t in[1024]; /* not yet a whole request */
	int64_t heard_us;
	struct simulate_way *way; /* what is on its way to it */
};

struct serve_port {
	size_t index;
	bool up, calls; /* calls: TCP, and it connects to somebody; peer[0] then */
	int listener;   /* TCP that listens; or the connection being made; else -1 */
	int slave; /* of a pseudo-terminal, whose master is peer[0]; held open, so that the
	                   master lives when nobody else has it; -1: TCP */
	int64_t call_us;     /* the next try to connect, monotonic */
	char link[PATH_MAX]; /* pseudo-terminal: its link; TCP: address and port */
	struct serve_peer peer[SERVE_PEERS];
};

struct serve {
	const struct scenario *scenario;
	const struct simulate_options *options;
	int64_t began_us; /* monotonic */
	bool has_cables, has_babble, has_calls;
	size_t n_ports;
	struct serve_port *port;
	int64_t babbled_us; /* monotonic */
	int64_t spoken_us; /* scenario time until which all that comes unasked was said */
};

int64_t serve_clock(void); /* monotonic, microseconds */
int64_t serve_time(const struct serve *serve, int64_t now_us); /* of the scenario */

/* ---- simulate_peer.c ---- */
void peer_close(struct serve_peer *peer);
/* Take the requests out of what has come. */
void peer_read(struct serve *serve, struct serve_port *port, struct serve_peer *peer,
        int64_t now_us);
/* Write what has come to its time. */
void peer_write(struct serve *serve, struct serve_port *port, struct serve_peer *peer,
        int64_t now_us);
/* Bytes without end, since the last look. */
void peer_babble(struct serve *serve, struct serve_port *port, struct serve_peer *peer,
        int64_t since_us);

/* ---- simulate_open.c ---- */

/* OK, or FAILED without memory. */
int serve_port_init(const struct serve *serve, struct serve_port *port, size_t index);
void serve_port_free(struct serve_port *port);
/* Make the pseudo-terminal and its link, or listen; OK, or a problem. */
int serve_port_up(
        const struct serve *serve, struct serve_port *port, struct problem *why);
void serve_port_down(struct serve_port *port);
/* A pseudo-terminal goes, and is back under another name behind the same link. */
void serve_port_rename(struct serve_port *port);

/* One that calls: begin a connection when it is time, and take it when it is made. */
void serve_port_call(struct serve_port *port, int64_t now_us);
void serve_port_called(struct serve_port *port, int64_t now_us);

#endif
