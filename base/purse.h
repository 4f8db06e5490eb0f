/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes to and fro would fill log and journal: so many changes are told at once,
 * and one a minute after that. */
#ifndef BASE_PURSE_H
#define BASE_PURSE_H

#include <stdbool.h>
#include <stdint.h>

#define PURSE_EVERY_US INT64_C(60000000)

struct purse {
	int64_t since_us; /* since when what was spent comes back */
	int spent;
};

/* May one be told now?  Then it is spent. */
bool purse_spend(struct purse *purse, int at_once, int64_t now_us);

/* When one may be told again, monotonic. */
int64_t purse_due_us(const struct purse *purse, int at_once);

#endif
