/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/counted.h"

#include <stdio.h>
#include <string.h>

const char *counted(size_t n, const char *noun, char out[COUNTED])
{
	size_t length = strlen(noun);
	const char *plural = length > 0 && noun[length - 1] == 's' ? "es" : "s";
	snprintf(out, COUNTED, "%zu %s%s", n, noun, n == 1 ? "" : plural);
	return out;
}
