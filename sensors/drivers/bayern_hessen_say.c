/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answering side of a Bayern-Hessen instrument.  It has no way to refuse: who may not answer is silent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/bayern_hessen.h"
#include "sensors/tables/fields_say.h"
#include "sensors/tables/profile.h"

int bayern_asked_of(const struct instrument *instrument, const uint8_t *in, size_t n)
{
	struct bayern_request request;
	int used = bayern_request_get(in, n, &request);
	if (used <= 0)
		return used;
	bool named = request.address[0] != '\0';
	return named && strcmp(request.address, instrument->address) != 0 ? FRAME_NONE
	                                                                  : used;
}

/* A record's number, as text: of the gas, counted, or the address. */
static void put_number(
        const struct instrument *instrument, size_t i, char out[static 4])
{
	const struct profile *profile = instrument->profile;
	int numbers = profile->block[0].bayern.numbers;
	long number = strtol(instrument->address, NULL, 10);
	size_t place = 0;
	if (numbers == BAYERN_COUNTED)
		number += (long)i;
	if (numbers == BAYERN_OWN) {
		number = (long)i + 1;
		for (size_t c = 0; c < profile->n_channels; c++)
			if (profile->channel[c].tag.field[0] == 'k' && place++ == i)
				number = strtol(
				        profile->channel[c].tag.field + 1, NULL, 10);
	}
	snprintf(out, 4, "%03d", (int)(number % 1000));
}

/* Byte of a record, by the name its rules have for it: of its place, or of its number. */
static unsigned status_of(const struct speech *speech, const char *place,
        const char *key, const char *what)
{
	const struct profile *profile = speech->instrument->profile;
	char field[FIELD_NAME];
	snprintf(field, sizeof field, "%s.%s", place, what);
	if (!fields_say_is_status(profile, 0, field))
		snprintf(field, sizeof field, "%s.%s", key, what);
	return fields_say_byte(speech, 0, field);
}

static size_t put_record(const struct speech *speech, size_t i, char *out, size_t room)
{
	const struct profile *profile = speech->instrument->profile;
	char number[4], place[12], key[8], value[9];
	put_number(speech->instrument, i, number);
	snprintf(place, sizeof place, "%zu", i + 1);
	snprintf(key, sizeof key, "k%s", number);
	size_t c = fields_say_channel(profile, 0, place);
	if (c == profile->n_channels)
		c = fields_say_channel(profile, 0, key);
	double raw = 0;
	if (c < profile->n_channels)
		raw = map_unscaled(&profile->channel[c].tag, speech->value[c]);
	bayern_value_put(raw, value);
	int n = snprintf(out, room, "%s %s %02X %02X 0000000000 ", number, value,
	        status_of(speech, place, key, "status"),
	        status_of(speech, place, key, "error"));
	return (size_t)n;
}

size_t bayern_say(const struct speech *speech, const uint8_t *in, size_t n,
        uint8_t *out, size_t room)
{
	char text[BAYERN_FRAME];
	size_t records = bayern_records(speech->instrument->profile), at;
	struct bayern_request request;
	if (speech->exception != 0 || bayern_request_get(in, n, &request) <= 0)
		return 0;
	at = (size_t)snprintf(text, sizeof text, "MD%02zu ", records);
	for (size_t i = 0; i < records; i++)
		at += put_record(speech, i, text + at, sizeof text - at);
	if (at + 4 > room)
		return 0;
	memcpy(out + 1, text, at);
	int length = bayern_close(request.form, at, out, room);
	return length > 0 ? (size_t)length : 0;
}
