/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request, one answer; what it says. */
#include "sensors/drivers/bayern_hessen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/tables/once.h"
#include "sensors/tables/profile.h"

const char *const bayern_numbers[] = { "own", "address", "counted", NULL };

static int form_of(const struct instrument *instrument)
{
	return instrument->profile->block[0].bayern.form;
}

/* ---- a conversation ---- */

static size_t ask(void *state, uint8_t *out, size_t room)
{
	const struct once *once = state;
	int n = bayern_request_put(
	        form_of(once->instrument), once->instrument->address, out, room);
	return n > 0 ? (size_t)n : 0;
}

const char *bayern_address(const char *address)
{
	bool three = strlen(address) == 3 && strspn(address, "0123456789") == 3;
	return address[0] == '\0' || three ? NULL
	                                   : "three digits: \"097\"; or leave it out";
}

bool bayern_is_of(
        const struct instrument *instrument, const struct bayern_answer *answer)
{
	int numbers = instrument->profile->block[0].bayern.numbers;
	long address = strtol(instrument->address, NULL, 10);
	if (numbers == BAYERN_OWN || instrument->address[0] == '\0')
		return true;
	for (size_t i = 0; i < answer->n; i++) {
		const struct bayern_token *number = &answer->record[i].number;
		long want = address + (numbers == BAYERN_COUNTED ? (long)i : 0);
		if (number->at == NULL || strtol(number->at, NULL, 10) != want)
			return false;
	}
	return true;
}

static int frame(const void *state, const uint8_t *in, size_t n)
{
	const struct once *once = state;
	struct bayern_answer answer;
	const char *why;
	int form = form_of(once->instrument);
	int length = bayern_answer_frame(form, in, n);
	if (length > 0 &&
	        (bayern_answer_get(form, in, (size_t)length, &answer, &why) != OK ||
	                !bayern_is_of(once->instrument, &answer)))
		return FRAME_NONE;
	return length;
}

static int fault(const void *state, const uint8_t *in, size_t n)
{
	const struct once *once = state;
	return bayern_check_failed(form_of(once->instrument), in, n) ? FAULT_CHECKSUM
	                                                             : FAULT_MALFORMED;
}

/* ---- what an answer says ---- */

void bayern_look(const struct instrument *instrument, const struct exchange *exchange,
        struct came *out)
{
	struct bayern_answer answer;
	const char *why;
	out->state = STATE_GARBLED;
	if (bayern_answer_get(form_of(instrument), exchange->bytes, exchange->size,
	            &answer, &why) != OK ||
	        !bayern_is_of(instrument, &answer))
		return;
	out->state = STATE_OK;
	out->data = exchange->bytes;
	out->size = exchange->size;
}

static void add(struct text_fields *out, const char *record, const char *what,
        struct bayern_token token)
{
	char name[FIELD_NAME];
	if (token.at == NULL)
		return;
	snprintf(name, sizeof name, "%s%s", record, what);
	text_fields_add(out, name, token.at, token.n);
}

static void add_record(
        struct text_fields *out, size_t i, const struct bayern_record *record)
{
	char name[8];
	snprintf(name, sizeof name, "%zu", i + 1);
	add(out, name, "", record->value);
	add(out, name, ".status", record->status);
	add(out, name, ".error", record->failure);
	add(out, name, ".number", record->number);
	add(out, name, ".gas", record->gas);
	add(out, name, ".serial", record->serial);
	if (record->number.at == NULL)
		return;
	snprintf(name, sizeof name, "k%.3s", record->number.at);
	if (text_fields_find(out, name) != NULL)
		return;
	add(out, name, "", record->value);
	add(out, name, ".status", record->status);
	add(out, name, ".error", record->failure);
}

bool bayern_fields(const struct instrument *instrument, const struct came *came,
        struct text_fields *out)
{
	struct bayern_answer answer;
	const char *why;
	out->n = 0;
	if (came->data == NULL || bayern_answer_get(form_of(instrument), came->data,
	                                  came->size, &answer, &why) != OK)
		return false;
	for (size_t i = 0; i < answer.n; i++)
		add_record(out, i, &answer.record[i]);
	return true;
}

bool bayern_number(const struct instrument *instrument, const struct came *came,
        size_t i, double *value)
{
	const struct profile_tag *tag = &instrument->profile->channel[i].tag;
	struct text_fields fields;
	*value = NAN;
	if (!bayern_fields(instrument, came, &fields))
		return false;
	const struct text_field *field = text_fields_find(&fields, tag->field);
	if (field == NULL)
		return false;
	double raw = bayern_value_get(field->at, field->n);
	if (isnan(raw) || map_is_none(tag, 0, raw) || !isfinite(map_scaled(tag, raw)))
		return false;
	*value = map_scaled(tag, raw);
	return true;
}

size_t bayern_records(const struct profile *profile)
{
	size_t most = 0, named = 0;
	for (size_t i = 0; i < profile->n_channels; i++) {
		const char *field = profile->channel[i].tag.field;
		size_t place = strtoul(field, NULL, 10);
		named += field[0] == 'k';
		if (place > most)
			most = place;
	}
	most = most > named ? most : named;
	return most < BAYERN_RECORDS ? most : BAYERN_RECORDS;
}

/* MD03, and 31 characters a record. */
struct traffic bayern_traffic(const struct instrument *instrument, size_t i)
{
	return (struct traffic){
		.request = 6 + strlen(instrument->address),
		.answer = 9 + 31 * bayern_records(instrument->profile),
	};
}

const struct driver bayern_driver = {
	.name = "bayern-hessen",
	.summary =
	        "Bayern-Hessen (Gesytec, Hessen): ambient air analysers of many makers",
	.state_size = sizeof(struct once),
	.frame_most = BAYERN_FRAME,
	.section = &bayern_section,
	.check = bayern_check,
	.address = bayern_address,
	.begin = once_begin,
	.ask = ask,
	.block = once_block,
	.frame = frame,
	.decode = once_decode,
	.missed = once_missed,
	.fault = fault,
	.look = bayern_look,
	.fields = bayern_fields,
	.number = bayern_number,
	.holds = text_holds,
	.mark = text_mark,
	.sampled = text_sampled,
	.vendor = text_vendor,
	.explain = text_explain,
	.explain_rule = text_explain_rule,
	.traffic = bayern_traffic,
	.request = bayern_asked_of,
	.say = bayern_say,
};
