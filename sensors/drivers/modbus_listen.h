/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An instrument that another master asks: its blocks are put together from whatever ranges
 * that master reads, register by register address.
 *
 * A block is there when everything the profile uses of it has come: every number, status
 * word, time and mark, each out of one answer, so that no number is made of two halves; an
 * `indivisible` block out of one answer as a whole.  What is switched off in the station's
 * file is not waited for.
 */
#ifndef SENSORS_MODBUS_LISTEN_H
#define SENSORS_MODBUS_LISTEN_H

#include "sensors/drivers/modbus_heard.h"
#include "sensors/tables/driver.h"

#define LISTEN_PARTS 2048 /* channels, rules, times, marks and words of one profile */

/* What has come for one reading. */
struct modbus_listen {
	const struct instrument *instrument;
	uint8_t part[LISTEN_PARTS / 8]; /* bits */
	uint8_t known[BLOCKS_MOST]; /* what came instead: 1 + its rank, 0: nothing */
};

void modbus_listen_begin(
        struct modbus_listen *listen, const struct instrument *instrument);

/* Whether a request is for this instrument, and for something its profile uses. */
bool modbus_listen_touches(
        const struct instrument *instrument, const struct modbus_request *request);

/* Take what was heard.  True if it belongs to this instrument and says something new:
 * then it is to be kept; *block becomes the first block it speaks of.  `store` (may be
 * NULL): 256 bytes a block, where registers go that are new. */
bool modbus_listen_take(struct modbus_listen *listen, const struct modbus_heard *heard,
        uint8_t *store, uint16_t *block);

/* What the exchanges of one reading say (driver->sort). */
void modbus_listen_sort(const struct instrument *instrument,
        const struct exchanges *exchanges, struct came_all *out);

/* Whether a block, or every one, is there. */
bool modbus_listen_has(const struct modbus_listen *listen, size_t block);
bool modbus_listen_done(const struct modbus_listen *listen);

#endif
