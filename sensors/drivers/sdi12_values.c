/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the answers of one poll say: each measurement put together from all of its answers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/sdi12.h"
#include "sensors/tables/profile.h"

static size_t later(size_t most, bool here, const char *field)
{
	size_t place = here ? strtoul(field, NULL, 10) : 0;
	return place > most ? place : most;
}

size_t sdi12_values(const struct profile *profile, size_t i)
{
	size_t most = 1;
	if (profile->block[i].sdi12.values > 0)
		return (size_t)profile->block[i].sdi12.values;
	for (size_t c = 0; c < profile->n_channels; c++) {
		const struct profile_tag *tag = &profile->channel[c].tag;
		most = later(most, tag->block_index == i, tag->field);
	}
	for (size_t r = 0; r < profile->n_rules; r++) {
		const struct profile_rule *rule = &profile->rule[r];
		most = later(most, rule->block_index == i, rule->field);
	}
	return most;
}

/* All answers of one block. */
struct gathered {
	struct sdi12_collected collected;
	bool data; /* some answer had values, or said that there are none */
	struct exchange last, bad; /* sound; not sound */
};

static void gather(
        const struct exchanges *exchanges, size_t block, struct gathered *out)
{
	struct exchange e;
	size_t at = 0;
	*out = (struct gathered){ .data = false };
	while (exchanges_next(exchanges, &at, &e) == 1) {
		struct sdi12_measure measure;
		if (e.block != block || e.size == 0)
			continue;
		if (sdi12_collect(&out->collected, e.bytes, e.size) != OK) {
			out->bad = e;
			continue;
		}
		out->last = e;
		out->data = sdi12_version_get(e.bytes, e.size) < 0 &&
		            sdi12_measure_get(e.bytes, e.size, &measure) != OK;
	}
}

static uint8_t refused(struct came *came, int code)
{
	came->exception = code;
	came->why = sdi12_refusal_text(code);
	return STATE_REFUSED;
}

static uint8_t state_of(const struct profile_block *block,
        const struct gathered *gathered, struct came *came)
{
	const struct sdi12_collected *collected = &gathered->collected;
	bool continuous = block->sdi12.measure[0] == 'R';
	if (collected->announced_known && block->sdi12.values > 0 &&
	        collected->announced != block->sdi12.values)
		return refused(came, SDI12_OTHER_NUMBER);
	if (continuous ? gathered->data
	               : collected->announced_known && sdi12_complete(collected))
		return STATE_OK;
	if (collected->announcements >= SDI12_TRIES && collected->empty)
		return refused(came, SDI12_ABORTED);
	return gathered->bad.size > 0 ? STATE_GARBLED : STATE_SILENT;
}

/* The values as one text, "+3.14-0.2", in `room` bytes; its length. */
static size_t put_values(
        const struct sdi12_collected *collected, uint8_t *out, size_t room)
{
	size_t n = 0;
	for (size_t i = 0; i < collected->n; i++) {
		const struct sdi12_value *value = &collected->value[i];
		if (n + value->n > room)
			break;
		memcpy(out + n, value->at, value->n);
		n += value->n;
	}
	return n;
}

void sdi12_sort(const struct instrument *instrument, const struct exchanges *exchanges,
        struct came_all *out)
{
	const struct profile *profile = instrument->profile;
	size_t used = 0;
	for (size_t i = 0; i < profile->n_blocks; i++) {
		struct came *came = &out->block[i];
		struct gathered gathered;
		gather(exchanges, i, &gathered);
		came->state = state_of(&profile->block[i], &gathered, came);
		const struct exchange *shown =
		        came->state == STATE_GARBLED ? &gathered.bad : &gathered.last;
		came->frame = shown->bytes;
		came->frame_size = came->state == STATE_SILENT ? 0 : shown->size;
		if (came->state != STATE_OK)
			continue;
		came->data = out->store + used;
		came->size = put_values(
		        &gathered.collected, out->store + used, CAME_STORE - used);
		used += came->size;
	}
}

/* A plus says nothing and would be in the way of rules that compare whole numbers. */
bool sdi12_fields(const struct instrument *instrument, const struct came *came,
        struct text_fields *out)
{
	const char *text = (const char *)came->data;
	char name[FIELD_NAME];
	out->n = 0;
	if (came->data == NULL)
		return false;
	for (size_t at = 0, n; at < came->size; at += n) {
		n = 1;
		while (at + n < came->size && text[at + n] != '+' &&
		        text[at + n] != '-')
			n++;
		snprintf(name, sizeof name, "%zu", out->n + 1);
		size_t plus = text[at] == '+';
		text_fields_add(out, name, text + at + plus, n - plus);
	}
	return true;
}

/* +9999999 and -9999 are what instruments send for "none", whatever the channel's scale. */
bool sdi12_number(const struct instrument *instrument, const struct came *came,
        size_t i, double *value)
{
	const char *name = instrument->profile->channel[i].tag.field;
	struct text_fields fields;
	double raw;
	*value = NAN;
	if (!sdi12_fields(instrument, came, &fields))
		return false;
	const struct text_field *field = text_fields_find(&fields, name);
	if (field == NULL || !text_number_of(field, &raw) || raw == -9999 ||
	        fabs(raw) == 9999999)
		return false;
	return text_number(instrument, came, i, value);
}

/* Announcement, service request, and values of nine characters, three an answer. */
struct traffic sdi12_traffic(const struct instrument *instrument, size_t i)
{
	size_t n = sdi12_values(instrument->profile, i), answers = (n + 2) / 3;
	return (struct traffic){
		.request = 5 + 4 * answers,
		.answer = 8 + EXCHANGE_HEAD + 3 + 9 * n + (EXCHANGE_HEAD + 6) * answers,
	};
}
