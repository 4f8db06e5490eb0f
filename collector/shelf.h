/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The DESCRIBEs of a station, so that every sealed file can carry those its readings
 * name.  They are learnt from the journals as these are read, and found again in sealed
 * files when a reading names one that was made before all journals there are.
 */
#ifndef COLLECTOR_SHELF_H
#define COLLECTOR_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/proof.h"
#include "base/describe.h"
#include "base/record.h"

struct shelf {
	const char *dir, *station; /* of its owner */
	const struct seal_list *list;
	size_t n, room;
	struct describe **describe; /* of stations: the newest stands first */
	size_t unread; /* seals of the list not looked into yet: [0, unread) */
	bool began, has_station;
};

/* Take in what a DESCRIBE record says; OK with the describe, MALFORMED (NULL): it cannot
 * be read, FAILED: no memory, to be tried again. */
int shelf_put(
        struct shelf *shelf, const struct record *record, const struct describe **out);

/* By hash, from memory or from the sealed files, newest first; OK, NOT_FOUND (NULL):
 * nobody has it, FAILED: no memory to look. */
int shelf_find(struct shelf *shelf, const uint8_t hash[DIGEST_SIZE],
        const struct describe **out);

/* Nothing came about the station itself since the start: look into its newest sealed
 * file; OK or FAILED. */
int shelf_find_station(struct shelf *shelf);

void shelf_free(struct shelf *shelf);

#endif
