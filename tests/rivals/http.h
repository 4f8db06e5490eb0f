/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The least HTTP client that does not stand in a server's way: requests made ready
 * beforehand, kept connections, one thread each.
 */
#ifndef TESTS_RIVALS_HTTP_H
#define TESTS_RIVALS_HTTP_H

#include "tests/rivals/load.h"

/* The body of one request: readings [from, from + n). */
struct http_form {
	const char *path;
	/* Writes the body of these readings; its size. */
	size_t (*put)(const struct load *load, size_t from, size_t n, char *out);
	size_t room; /* bytes that a reading takes at most */
};

/* Every batch as one request, over load->connections at once to port load->place, each
 * answered with 2xx; else the program ends. */
void http_load(struct load *load, const struct http_form *form);

#endif
