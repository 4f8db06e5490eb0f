/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "1 port", "2 ports". */
#ifndef BASE_COUNTED_H
#define BASE_COUNTED_H

#include <stddef.h>

#define COUNTED 48

/* The number and its English noun, in `out`. */
const char *counted(size_t n, const char *noun, char out[COUNTED]);

#endif
