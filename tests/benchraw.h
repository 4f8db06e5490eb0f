/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The limits the link cannot pass on this machine: the same bytes appended to a plain
 * file with fdatasync, and sent over the loopback by ZeroMQ alone in messages of the
 * same size, plain and with CURVE.
 */
#ifndef TESTS_BENCHRAW_H
#define TESTS_BENCHRAW_H

#include <stddef.h>
#include <stdint.h>

struct raw {
	double disk_s, null_s, curve_s;
};

struct raw raw_run(size_t bytes);

/* One record after the other into an allocated file of `dir`, each with fdatasync:
 * took_s[n]. */
void raw_singles(
        const char *dir, const uint8_t *record, size_t size, double *took_s, size_t n);

#endif
