/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The web server on a port of its own, over a view a test may change, asked over a real socket in the
 * same thread. */
#ifndef TESTS_WEB_KIT_H
#define TESTS_WEB_KIT_H

#include <stdint.h>

#include "web/server.h"
#include "web/view.h"

#define WEB_HOSTILE "<script>alert('x')</script>\"&\x01\xff"
#define WEB_NOW     INT64_C(1794800000000000) /* 16 November 2026, legal time */

/* One station, simulated, of three channels; three results of days. */
struct web_kit {
	struct view_channel channels[3];
	struct view_station station;
	struct view_result result[3];
	struct view_results results;
	struct view view;
	struct server *server;
	int64_t mono_us;
};
extern struct web_kit web;

/* Setup and teardown of a test. */
int web_start(void **state);
int web_end(void **state);

/* What the server is given to look at. */
const struct view *web_look(void *with);

/* A peer that has connected and does not wait; the caller closes. */
int web_join(void);

/* Send bytes and read until the server has closed the connection; what came stays until the next
 * call. */
const char *web_exchange(const char *request);
const char *web_get(const char *path);

#endif
