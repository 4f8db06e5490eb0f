/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/purse.h"

bool purse_spend(struct purse *purse, int at_once, int64_t now_us)
{
	int64_t minutes = (now_us - purse->since_us) / PURSE_EVERY_US;
	if (purse->spent == 0 || minutes >= purse->spent) {
		purse->spent = 0;
		purse->since_us = now_us;
	} else {
		purse->spent -= (int)minutes;
		purse->since_us += minutes * PURSE_EVERY_US;
	}
	if (purse->spent >= at_once)
		return false;
	purse->spent++;
	return true;
}

int64_t purse_due_us(const struct purse *purse, int at_once)
{
	int64_t back = purse->spent - at_once + 1; /* so many must have come back */
	return back > 0 ? purse->since_us + back * PURSE_EVERY_US : purse->since_us;
}
