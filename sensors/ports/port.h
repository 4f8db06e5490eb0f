/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A port is a byte pipe to instruments: a serial line, a TCP connection, or a script in
 * a test. Nothing in it waits.  It is made once and may be opened and closed many
 * times.
 */
#ifndef SENSORS_PORT_H
#define SENSORS_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"

struct port {
	/* OK (a TCP port may still be connecting), NOT_FOUND (no such device: to look
	 * again costs nothing), or another reason it cannot be used now. */
	int (*open)(struct port *port, struct problem *why);
	/* For the one poll(); -1 when there is none (closed, or a name is being looked
	 * up). */
	int (*descriptor)(struct port *port);
	/* POLLIN, and POLLOUT while a connection is being made; 0 when closed. */
	short (*events)(struct port *port);
	/* Bytes > 0, 0 nothing yet, HUNG_UP.  `readable`: poll() said so, and a line
	 * that is readable and yet empty has gone away. */
	int (*read)(struct port *port, uint8_t *out, size_t room, bool readable);
	/* Bytes taken (0: not yet), or HUNG_UP. */
	int (*write)(struct port *port, const uint8_t *in, size_t n);
	/* Flushes first: a wedged tty may hold close(). */
	void (*close)(struct port *port);
	void (*free)(struct port *port); /* closes */
	const char *reason; /* behind the last HUNG_UP; NULL: it just went */
};

/* "9600 8N1" */
struct line {
	int baud, data_bits, stop_bits;
	char parity; /* 'N', 'E', 'O', 'M', 'S' */
};

/* OK or MALFORMED. */
int line_parse(const char *text, struct line *out);

/* "host:port", "[2001:db8::7]:502" into a host and the number of a port.  OK or
 * MALFORMED. */
int port_tcp_parse(const char *text, char *host, size_t room, char service[16]);

/* Seconds that n characters take on a line. */
double line_seconds(const struct line *line, size_t n);

struct port_setting {
	const char *id;
	const char *path; /* serial: a device, best by /dev/serial/by-id; "" if TCP */
	struct line line;
	int dtr, rts;        /* 0 off, 1 on */
	bool listen;         /* another master asks there: nothing may ever be sent */
	const char *host;    /* TCP: a name, or an IPv4 or IPv6 address */
	const char *service; /* TCP: port number */
	bool accepts;     /* TCP: others connect to host and service, which are ours */
	const char *only; /* the one address that may; "" or NULL: whoever does */
	int framing;      /* enum modbus_framing */
};

/* A port for a setting, which must outlive it; NULL without memory. */
struct port *port_new(const struct port_setting *setting);
struct port *port_serial_new(const struct port_setting *setting);
struct port *port_tcp_new(const struct port_setting *setting);
struct port *port_listen_new(const struct port_setting *setting);

/* Have the kernel find out within half a minute that a TCP peer has lost its power. */
void port_keepalive(int fd);

/*
 * A port that answers from a script, for tests and for `monitor` of a capture.  Each
 * step answers one request (compared when `request` is given), or, without a request,
 * comes unasked when its time has come.  Time is handed in by port_replay_time.
 */
struct replay_step {
	const uint8_t *request;
	size_t request_size; /* 0: any request, or none if `unasked` */
	const uint8_t *answer;
	size_t answer_size; /* 0: silence */
	int64_t after_us;   /* of the request, or of the open if unasked */
	size_t clump;       /* bytes per read; 0: all at once */
	bool unasked, hang_up;
};
struct port *port_replay_new(const struct replay_step *step, size_t n);
void port_replay_time(struct port *port, int64_t mono_us);
/* Steps used so far; requests that did not match what the step expected. */
size_t port_replay_used(const struct port *port);
size_t port_replay_wrong(const struct port *port);

#endif
