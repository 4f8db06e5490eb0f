/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/station/describes.h"

#include <stdlib.h>

static int encode(
        struct describe *describe, uint8_t *room, const char *what, struct problem *why)
{
	int n = describe != NULL ? describe_encode(describe, room, DESCRIBE_MOST)
	                         : FAILED;
	if (n > 0)
		return OK;
	return problem_set(why, n, EXIT_CONFIG,
	        "'%s' cannot be described in %d bytes (%s): shorten its profile", what,
	        DESCRIBE_MOST, status_text(n));
}

static int make_all(struct describes *out, const struct station *station, uint8_t *room,
        struct problem *why)
{
	for (size_t i = 0; i < station->n_instruments; i++) {
		out->instrument[i] = station_describe_instrument(station, i);
		out->n++;
		int status = encode(
		        out->instrument[i], room, station->instrument[i].id, why);
		if (status != OK)
			return status;
	}
	out->station = station_describe(station, out->instrument);
	return encode(out->station, room, station->id, why);
}

int describes_make(
        struct describes *out, const struct station *station, struct problem *why)
{
	int status = FAILED;
	uint8_t *room = malloc(DESCRIBE_MOST);
	*out = (struct describes){ 0 };
	out->instrument = calloc(station->n_instruments + 1, sizeof out->instrument[0]);
	if (room != NULL && out->instrument != NULL)
		status = make_all(out, station, room, why);
	else
		problem_set(
		        why, FAILED, EXIT_INTERNAL, "no memory for the descriptions");
	free(room);
	if (status != OK)
		describes_free(out);
	return status;
}

void describes_free(struct describes *describes)
{
	for (size_t i = 0; describes->instrument != NULL && i < describes->n; i++)
		describe_free(describes->instrument[i]);
	free(describes->instrument);
	describe_free(describes->station);
	*describes = (struct describes){ 0 };
}
