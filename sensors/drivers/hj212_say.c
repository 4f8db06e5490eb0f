/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answering side: what a sub-logger with this profile says, by itself or asked.
 *
 *     DataTime=20261127103000;w01018-SampleTime=20261127100000,w01018-Rtd=62.5,w01018-Flag=N;w01001-...
 *
 * The fields of one factor stand together, with one flag: of two channels of a factor (01-Rtd, 01-ZsRtd) the
 * one that is not well speaks for both, as it does in the field.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/legal_time.h"
#include "sensors/drivers/hj212.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/sentence.h"
#include "sensors/tables/speech.h"

#define CP_MOST 951 /* HJ 212-2017, table 3: 950 characters */
#define STAMP   18  /* YYYYMMDDhhmmsszzz */

static void write_time(const struct speech *speech, int64_t time_us, char out[STAMP])
{
	char stamp[TIME_TEXT];
	stamp_print(time_us, speech->instrument->utc_offset_min, stamp);
	snprintf(out, STAMP, "%.14s%03d", stamp, (int)(time_us / 1000 % 1000));
}

/* The letter that stands for a state; N where there is none. */
static char letter_of(uint8_t state)
{
	static const char letters[] = "NFMCDTB";
	for (size_t i = 0; letters[i] != '\0'; i++)
		if (hj212_flag_state(letters[i]) == state)
			return letters[i];
	return 'N';
}

static bool same_factor(const struct profile *profile, size_t a, size_t b)
{
	char one[FIELD_NAME], other[FIELD_NAME];
	hj212_beside(profile->channel[a].tag.field, "Flag", one);
	hj212_beside(profile->channel[b].tag.field, "Flag", other);
	return strcmp(one, other) == 0;
}

/* <code>-SampleTime, where the profile marks results by it. */
static void say_sample_time(const struct speech *speech, size_t c, struct sentence *out)
{
	const struct profile *profile = speech->instrument->profile;
	char name[FIELD_NAME], stamp[STAMP];
	hj212_beside(profile->channel[c].tag.field, "SampleTime", name);
	for (size_t k = 0; k < profile->n_fresh; k++) {
		const struct profile_fresh *fresh = &profile->fresh[k];
		if (strcmp(fresh->field, name) != 0)
			continue;
		write_time(speech, speech_result_us(speech, fresh->covers), stamp);
		say(out, "%s=%.14s,", name, stamp);
		return;
	}
}

/* All that is said of the factor of channel c. */
static void say_factor(const struct speech *speech, size_t c, struct sentence *out)
{
	const struct profile *profile = speech->instrument->profile;
	char name[FIELD_NAME], number[32];
	uint8_t state = STATE_OK;
	say_sample_time(speech, c, out);
	for (size_t i = c; i < profile->n_channels; i++) {
		const struct profile_tag *tag = &profile->channel[i].tag;
		if (!same_factor(profile, c, i))
			continue;
		if (state == STATE_OK)
			state = speech->state[i];
		if (isfinite(speech->value[i]))
			say(out, "%s=%s,", tag->field,
			        number_print(
			                map_unscaled(tag, speech->value[i]), number));
	}
	hj212_beside(profile->channel[c].tag.field, "Flag", name);
	say(out, "%s=%c", name, letter_of(state));
}

static bool is_first(const struct profile *profile, size_t c)
{
	for (size_t i = 0; i < c; i++)
		if (same_factor(profile, i, c))
			return false;
	return true;
}

static void say_content(const struct speech *speech, char *out, size_t room)
{
	const struct profile *profile = speech->instrument->profile;
	struct sentence sentence = { .out = out, .room = room };
	char stamp[STAMP];
	write_time(speech, speech->time_us, stamp);
	say(&sentence, "DataTime=%.14s", stamp);
	for (size_t c = 0; c < profile->n_channels; c++) {
		if (!is_first(profile, c))
			continue;
		say(&sentence, ";");
		say_factor(speech, c, &sentence);
	}
}

/* Fields of a request for readings to this instrument; false: it is something else. */
static bool is_request(const struct instrument *instrument, const uint8_t *in, size_t n,
        struct text_fields *out, int *length)
{
	const struct hj212_dialect dialect = hj212_dialect_of(instrument);
	struct hj212_frame frame;
	*length = hj212_frame_get(&dialect, in, n, &frame);
	if (*length <= 0 || hj212_fields(frame.data, frame.n, out) != OK)
		return false;
	const struct text_field *mn = text_fields_find(out, "MN");
	bool mine = instrument->address == NULL || instrument->address[0] == '\0' ||
	            (mn != NULL && mn->n == strlen(instrument->address) &&
	                    memcmp(mn->at, instrument->address, mn->n) == 0);
	return mine && hj212_number_of(out, "CN") == instrument->profile->only.hj212.cn;
}

int hj212_asked_of(const struct instrument *instrument, const uint8_t *in, size_t n)
{
	struct text_fields fields;
	int length;
	if (!driver_asks(instrument))
		return FRAME_NONE; /* it speaks by itself; thanks go unheard */
	if (is_request(instrument, in, n, &fields, &length))
		return length;
	return length == FRAME_SHORT ? FRAME_SHORT : FRAME_NONE;
}

size_t hj212_say(const struct speech *speech, const uint8_t *in, size_t n, uint8_t *out,
        size_t room)
{
	const struct instrument *instrument = speech->instrument;
	const struct profile_block *only = &instrument->profile->only;
	const struct hj212_dialect dialect = hj212_dialect_of(instrument);
	struct text_fields fields;
	char qn[STAMP], st[24], cn[24], cp[CP_MOST];
	int length;
	if (n > 0 && !is_request(instrument, in, n, &fields, &length))
		return 0;
	write_time(speech, speech->time_us, qn);
	snprintf(st, sizeof st, "%d", only->hj212.st > 0 ? (int)only->hj212.st : 32);
	snprintf(cn, sizeof cn, "%d", (int)only->hj212.cn);
	struct hj212_message message = {
		.qn = qn,
		.st = st,
		.cn = cn,
		.pw = only->hj212.password,
		.mn = instrument->address,
		.flag = only->hj212.edition << 2 | (n == 0 ? HJ212_FLAG_ANSWER : 0),
		.cp = cp,
	};
	say_content(speech, cp, sizeof cp);
	if (speech->exception != 0) {
		message.st = "91";
		message.cn = "9011";
		snprintf(cp, sizeof cp, "QnRtn=%d", speech->exception);
	}
	int size = hj212_put(&dialect, &message, out, room);
	return size > 0 ? (size_t)size : 0;
}
