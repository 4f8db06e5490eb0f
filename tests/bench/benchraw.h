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

/* A file of `dir`, allocated for n records of this size; its descriptor. */
int raw_file(const char *dir, size_t n, size_t size);
/* Append record i and fdatasync; seconds it took. */
double raw_append(int fd, const uint8_t *record, size_t size, size_t i);

#endif
