/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cabinet of the rig has told. */
#include <string.h>

#include "tests/kits/cabinet_rig.h"

const struct rig_told *rig_last(const char *subject)
{
	for (size_t i = rig.n_told; i > 0; i--)
		if (strcmp(rig.told[i - 1].subject, subject) == 0)
			return &rig.told[i - 1];
	return NULL;
}

size_t rig_count(const char *subject, const char *state)
{
	size_t n = 0;
	for (size_t i = 0; i < rig.n_told; i++)
		n += strcmp(rig.told[i].subject, subject) == 0 &&
		     strcmp(rig.told[i].state, state) == 0;
	return n;
}
