/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stations measure by Circular 10/2021/TT-BTNMT: our channel id for each, and its unit. */
#ifndef SENSORS_QUANTITY_H
#define SENSORS_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>

struct quantity {
	const char *symbol;  /* in the circular's files: "PM2,5" */
	const char *channel; /* our id: "pm2_5" */
	const char *label_vi, *label_en, *unit;
};

/* NULL for a name outside the table. */
const struct quantity *quantity_of_symbol(const char *symbol);
const struct quantity *quantity_find(const char *channel);

/* Can it be in this unit: one that converts to its own; what is in air may also be a mass per
 * volume, of whatever state, or a share of it. */
bool quantity_can_be_in(const struct quantity *quantity, const char *unit);

/* The unit in use that a unit was to be, which measures the same and is no unit in use but spelt
 * like one ("m3/hh"); NULL. */
const char *quantity_unit_meant(const char *unit);

#endif
