/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A port that hands on to another, and shows what passes: for tools that print it. */
#ifndef SENSORS_PORT_TAP_H
#define SENSORS_PORT_TAP_H

#include "sensors/ports/port.h"

/* Bytes that were sent, or came. */
typedef void (*port_passed)(void *context, bool sent, const uint8_t *bytes, size_t n);

/* Owns `inner` from now on, also when it gives NULL (no memory). */
struct port *port_tap_new(struct port *inner, port_passed passed, void *context);

#endif
