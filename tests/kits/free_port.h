/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_FREE_PORT_H
#define TESTS_FREE_PORT_H

/* A TCP port of the loopback that nobody has now. */
int free_port(void);

#endif
