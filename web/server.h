/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HTTP, by libmicrohttpd, in the caller's thread: a fixed table of routes, GET and HEAD
 * only, everything bounded (connections, memory, time).  The only file that speaks to
 * the library is server.c.
 */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include <stdint.h>

#include "base/status.h"
#include "web/view.h"

#define SERVER_CONNECTIONS 64
#define SERVER_PATIENCE_US                                                             \
	(30 * INT64_C(1000000)) /* for one request, from its first byte */
#define SERVER_FULL_US                                                                 \
	INT64_C(1000000) /* the same, while there are SERVER_CONNECTIONS */

struct server;

struct server_options {
	const char *listen; /* "127.0.0.1:8087", "[::1]:8087"; port 0: any */
	const struct view *(*look)(void *with); /* what to show now */
	void *with;
};

/* Listen.  OK, or a problem: MALFORMED (not ADDR:PORT), FAILED (in use, not ours). */
int server_open(
        struct server **out, const struct server_options *options, struct problem *why);
void server_close(struct server *server);
uint16_t server_port(const struct server *server);

/* Serve what has come, waiting at most `most_ms` for something; `mono_us` is the time
 * now by a clock that never steps.  OK, or FAILED. */
int server_turn(struct server *server, int most_ms, int64_t mono_us);

/* The language a browser asks for: the first of vi and en by preference in
 * Accept-Language (RFC 9110, 12.5.4); Vietnamese if it asks for neither. */
enum language server_language(const char *accept);

#endif
