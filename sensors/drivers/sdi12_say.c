/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answering side of an SDI-12 instrument, behind a transparent adapter.  It keeps nothing between two
 * commands, so it is always ready at once (ttt 000), and D belongs to the first measurement of its profile.
 * It cannot refuse: who may not answer is silent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/sdi12.h"
#include "sensors/tables/fields_say.h"
#include "sensors/tables/profile.h"

#define PAYLOAD_MEASURE 35
#define PAYLOAD_OTHER   75

int sdi12_asked_of(const struct instrument *instrument, const uint8_t *in, size_t n)
{
	int used = sdi12_command_frame(in, n);
	if (used <= 0)
		return used;
	return in[0] == (uint8_t)instrument->address[0] ? used : FRAME_NONE;
}

/* Value `place` (from 1) of block b, as text. */
static size_t put_value(
        const struct speech *speech, size_t b, size_t place, char out[10])
{
	const struct profile *profile = speech->instrument->profile;
	char field[12];
	snprintf(field, sizeof field, "%zu", place);
	size_t c = fields_say_channel(profile, b, field);
	const struct profile_rule *rule = fields_say_rule(speech, b, field);
	double raw = 0;
	if (fields_say_is_status(profile, b, field))
		raw = fields_say_byte(speech, b, field);
	else if (rule != NULL && rule->n_when > 0)
		raw = strtod(rule->when[0], NULL);
	else if (c < profile->n_channels)
		raw = map_unscaled(&profile->channel[c].tag, speech->value[c]);
	return sdi12_value_put(raw, out);
}

/* The values of data answer `number` (0: the first); their length. */
static size_t put_values(
        const struct speech *speech, size_t b, unsigned number, char *out)
{
	const struct profile *profile = speech->instrument->profile;
	bool small = profile->block[b].sdi12.measure[0] == 'M';
	size_t most = small ? PAYLOAD_MEASURE : PAYLOAD_OTHER;
	size_t n = 0, length = 0, count = sdi12_values(profile, b);
	unsigned answer = 0;
	for (size_t place = 1; place <= count && answer <= number; place++) {
		char value[10];
		size_t size = put_value(speech, b, place, value);
		if (n + size > most) {
			answer++;
			n = 0;
		}
		if (answer == number) {
			memcpy(out + n, value, size);
			length = n + size;
		}
		n += size;
	}
	return length;
}

/* Block of a measurement "M1" (its C for a check taken out), or n_blocks. */
static size_t block_of(const struct profile *profile, const char *measure)
{
	size_t b = 0;
	while (b < profile->n_blocks &&
	        strcmp(profile->block[b].sdi12.measure, measure) != 0)
		b++;
	return b;
}

static size_t announce(const struct profile *profile, const char *measure, char *out)
{
	size_t b = block_of(profile, measure);
	unsigned n = b < profile->n_blocks ? (unsigned)sdi12_values(profile, b) : 0;
	return (size_t)sprintf(out, measure[0] == 'C' ? "000%02u" : "000%u", n);
}

/* What stands behind the address in an answer to `command` ("M1", checks taken out); its length. */
static size_t answer(const struct speech *speech, const char *command, char *out)
{
	const struct profile *profile = speech->instrument->profile;
	size_t b = block_of(profile, command);
	if (command[0] == '\0')
		return 0;
	if (strcmp(command, "I") == 0)
		return (size_t)sprintf(out, "13QUANTRACSIMUL 001");
	if (command[0] == 'D' && command[1] != '\0')
		return put_values(speech, 0, (unsigned)(command[1] - '0'), out);
	if (command[0] == 'R')
		return b < profile->n_blocks ? put_values(speech, b, 0, out) : 0;
	return announce(profile, command, out);
}

size_t sdi12_say(const struct speech *speech, const uint8_t *in, size_t n, uint8_t *out,
        size_t room)
{
	char command[SDI12_COMMAND] = "", text[SDI12_LINE];
	const struct profile *profile = speech->instrument->profile;
	int used = sdi12_asked_of(speech->instrument, in, n);
	if (speech->exception != 0 || used <= 0 || room < sizeof text)
		return 0;
	memcpy(command, in + 1, (size_t)used - 2);
	if (command[0] != '\0' && strchr("IMCDR", command[0]) == NULL)
		return 0;
	bool data = command[0] == 'D' || command[0] == 'R';
	bool check = data && profile->block[0].sdi12.check != SDI12_CHECK_NO;
	if (command[0] != '\0' && command[1] == 'C')
		memmove(command + 1, command + 2, strlen(command + 1));
	text[0] = speech->instrument->address[0];
	size_t length = 1 + answer(speech, command, text + 1);
	length = sdi12_close(check, text, length);
	memcpy(out, text, length);
	return length;
}
