/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of HJ 212 from the standard, from field logs and from public code, with their ids and sources;
 * every check verified by a second program. */
#ifndef TESTS_HJ212_VECTORS_H
#define TESTS_HJ212_VECTORS_H

#include <stddef.h>

struct hj212_vector {
	const char *id, *frame; /* with its CR LF */
	const char *source;
};

/* All sound but the last, whose check is the plain one of Modbus. */
extern const struct hj212_vector hj212_vectors[];
extern const size_t n_hj212_vectors;

/* The frame of an id. */
const char *hj212_vector(const char *id);

/* A frame of this data segment, until the next call. */
const char *hj212_framed(const char *data);

#endif
