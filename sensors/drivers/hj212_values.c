/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a message says: whose it is, and what its fields, flags and times mean. */
#include <stdio.h>
#include <string.h>

#include "sensors/drivers/hj212.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/sentence.h"

#define EFLAG_SIZE 4 /* HJ 212-2017, table 4: at most C4 */

struct hj212_dialect hj212_dialect_of(const struct instrument *instrument)
{
	const struct profile_block *only = &instrument->profile->only;
	return (struct hj212_dialect){
		.check = only->hj212.check,
		.no_end = only->hj212.end != 0,
	};
}

/* ---- whose it is ---- */

static bool is_mine(
        const struct instrument *instrument, const struct text_fields *fields)
{
	const struct text_field *mn = text_fields_find(fields, "MN");
	const char *address = instrument->address;
	if (address == NULL || address[0] == '\0')
		return true;
	return mn != NULL && mn->n == strlen(address) &&
	       memcmp(mn->at, address, mn->n) == 0;
}

bool hj212_has_content(const struct text_fields *fields)
{
	static const char *const header[] = { "QN", "ST", "CN", "PW", "MN", "Flag",
		"PNUM", "PNO" };
	size_t n = 0;
	for (size_t i = 0; i < sizeof header / sizeof header[0]; i++)
		n += text_fields_find(fields, header[i]) != NULL;
	return fields->n > n;
}

static bool is_my_part(
        const struct profile_block *only, const struct text_fields *fields)
{
	if (hj212_number_of(fields, "PNUM") <= 1)
		return only->hj212.part <= 1;
	return hj212_number_of(fields, "PNO") == only->hj212.part;
}

static bool is_my_kind(
        const struct profile_block *only, const struct text_fields *fields)
{
	return only->hj212.st == 0 || hj212_number_of(fields, "ST") == only->hj212.st;
}

static bool speaks(const struct profile *profile, const struct text_fields *fields)
{
	for (size_t i = 0; i < profile->n_channels; i++)
		if (text_fields_find(fields, profile->channel[i].tag.field) != NULL)
			return true;
	return text_fields_find(fields, "DataTime") != NULL;
}

int hj212_kind_of(const struct instrument *instrument, const struct text_fields *fields)
{
	const struct profile_block *only = &instrument->profile->only;
	struct declined declined;
	int cn = hj212_number_of(fields, "CN");
	if (!is_mine(instrument, fields) || !hj212_has_content(fields))
		return HJ212_FOREIGN;
	if (hj212_declined(fields, &declined))
		return HJ212_REFUSAL;
	if (cn == 9011 || cn == 9012)
		return cn == 9011 ? HJ212_READY : HJ212_DONE;
	if (cn >= 9000)
		return HJ212_OTHER;
	if (!is_my_part(only, fields) || !is_my_kind(only, fields))
		return HJ212_FOREIGN;
	bool reading = cn == only->hj212.cn && speaks(instrument->profile, fields);
	return reading ? HJ212_READING : HJ212_OTHER;
}

/* ---- what came for the block ---- */

void hj212_look(const struct instrument *instrument, const struct exchange *exchange,
        struct came *out)
{
	const struct hj212_dialect dialect = hj212_dialect_of(instrument);
	struct hj212_frame frame;
	struct text_fields fields;
	struct declined declined;
	out->state = STATE_GARBLED;
	int n = hj212_frame_get(&dialect, exchange->bytes, exchange->size, &frame);
	if (n != (int)exchange->size ||
	        hj212_fields(frame.data, frame.n, &fields) != OK)
		return;
	int kind = hj212_kind_of(instrument, &fields);
	if (kind == HJ212_READING) {
		out->state = STATE_OK;
		out->data = frame.data;
		out->size = frame.n;
	} else if (kind == HJ212_REFUSAL) {
		hj212_declined(&fields, &declined);
		out->state = STATE_REFUSED;
		out->exception = declined.code;
		out->why = declined.why;
	}
}

bool hj212_fields_of(const struct instrument *instrument, const struct came *came,
        struct text_fields *out)
{
	return came->data != NULL && hj212_fields(came->data, came->size, out) == OK;
}

/* ---- beside a value ---- */

void hj212_beside(const char *field, const char *tail, char out[FIELD_NAME])
{
	size_t n = strcspn(field, "-");
	out[0] = '\0';
	if (field[n] == '-' && n + 1 + strlen(tail) < FIELD_NAME)
		snprintf(out, FIELD_NAME, "%.*s-%s", (int)n, field, tail);
}

/* S, a value that somebody typed in (HJ 212-2017), is a number and no measurement: it is none, as is
 * what a letter means that nobody knows. */
uint8_t hj212_flag_state(char letter)
{
	static const struct {
		const char *letters;
		uint8_t state;
	} means[] = {
		{ "N13", STATE_OK },
		{ "F", STATE_STOPPED },
		{ "M", STATE_MAINTENANCE },
		{ "CK0", STATE_CALIBRATING },
		{ "DP2", STATE_FAULT },
		{ "T", STATE_ABOVE_RANGE },
		{ "B", STATE_SILENT },
	};
	for (size_t i = 0; i < sizeof means / sizeof means[0]; i++)
		if (memchr(means[i].letters, letter, strlen(means[i].letters)) != NULL)
			return means[i].state;
	return STATE_NO_VALUE;
}

uint8_t hj212_flag(
        const struct instrument *instrument, const struct came *came, size_t i)
{
	struct text_fields fields;
	char name[FIELD_NAME];
	double value;
	hj212_beside(instrument->profile->channel[i].tag.field, "Flag", name);
	if (!hj212_fields_of(instrument, came, &fields))
		return STATE_OK;
	const struct text_field *flag = text_fields_find(&fields, name);
	if (flag == NULL)
		return STATE_OK;
	uint8_t state = flag->n == 1 ? hj212_flag_state(flag->at[0]) : STATE_NO_VALUE;
	if (state == STATE_ABOVE_RANGE && !text_number(instrument, came, i, &value))
		return STATE_NO_VALUE;
	return state;
}

/* Whether the message says anything of the factor that a field "w01018-SampleTime" belongs to. */
static bool has_factor(
        const struct instrument *instrument, const struct came *came, const char *field)
{
	struct text_fields fields;
	size_t n = strcspn(field, "-");
	if (!hj212_fields_of(instrument, came, &fields))
		return false;
	if (field[n] == '\0')
		return true;
	for (size_t i = 0; i < fields.n; i++)
		if (strncmp(fields.field[i].name, field, n + 1) == 0)
			return true;
	return false;
}

/* The factor's own time, else the message's. */
int64_t hj212_sampled(const struct instrument *instrument, const struct came *came,
        const struct profile_time *time)
{
	struct profile_time of_message = *time;
	int64_t time_us = text_sampled(instrument, came, time);
	if (time_us != INT64_MIN || !has_factor(instrument, came, time->field))
		return time_us;
	of_message.field = "DataTime";
	of_message.text_form = HJ212_TIME;
	return text_sampled(instrument, came, &of_message);
}

/* An EFlag comes only when there is something to tell: always four bytes, so that a reader finds the next
 * one at its place. */
size_t hj212_vendor(const struct instrument *instrument, const struct came *came,
        const struct profile_words *words, uint8_t *out, size_t room)
{
	struct text_fields fields;
	const char *tail = strchr(words->field, '-');
	if (tail == NULL || strcmp(tail, "-EFlag") != 0)
		return text_vendor(instrument, came, words, out, room);
	if (room < EFLAG_SIZE || !hj212_fields_of(instrument, came, &fields))
		return 0;
	const struct text_field *word = text_fields_find(&fields, words->field);
	memset(out, ' ', EFLAG_SIZE);
	if (word != NULL)
		memcpy(out, word->at, word->n < EFLAG_SIZE ? word->n : EFLAG_SIZE);
	return EFLAG_SIZE;
}
