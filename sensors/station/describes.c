/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/station/describes.h"

#include <stdlib.h>

#include "base/deflate.h"
#include "base/describe_json.h"

static int encode_instrument(
        struct describe *describe, uint8_t *room, const char *id, struct problem *why)
{
	int n = describe != NULL ? describe_encode(describe, room, DESCRIBE_MOST)
	                         : FAILED;
	if (n > 0)
		return OK;
	return problem_set(why, n, EXIT_CONFIG,
	        "'%s' cannot be described in %d bytes (%s): shorten its profile", id,
	        DESCRIBE_MOST, status_text(n));
}

/* Bytes that the list of instruments takes, made as short as it can be; 0: no memory. */
static size_t size_of(const struct describe *describe)
{
	size_t n = 0, size = 0;
	char *text = describe_json(describe, &n);
	uint8_t *room = malloc(n + 1);
	if (text != NULL && room != NULL)
		size = deflate_text(text, n, room, n);
	free(text);
	free(room);
	return size;
}

/* It lists the instruments, with the sum of each: that alone can make it too long. */
static int encode_station(struct describe *describe, uint8_t *room,
        const struct station *station, struct problem *why)
{
	const size_t n = station->n_instruments;
	if (n > DESCRIBE_PARTS)
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "station '%s' has %zu instruments, and %d are the most that "
		        "one "
		        "station can have: make several stations of them",
		        station->id, n, DESCRIBE_PARTS);
	int status = describe != NULL ? describe_encode(describe, room, DESCRIBE_MOST)
	                              : FAILED;
	if (status > 0)
		return OK;
	return problem_set(why, status, EXIT_CONFIG,
	        "the list of the %zu instruments of station '%s' takes %zu bytes, and "
	        "a "
	        "record holds %d: fewer instruments, or shorter ids",
	        n, station->id, describe != NULL ? size_of(describe) : 0,
	        DESCRIBE_MOST);
}

static int make_all(struct describes *out, const struct station *station, uint8_t *room,
        struct problem *why)
{
	for (size_t i = 0; i < station->n_instruments; i++) {
		out->instrument[i] = station_describe_instrument(station, i);
		out->n++;
		int status = encode_instrument(
		        out->instrument[i], room, station->instrument[i].id, why);
		if (status != OK)
			return status;
	}
	out->station = station_describe(station, out->instrument);
	return encode_station(out->station, room, station, why);
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
