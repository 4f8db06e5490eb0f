/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request, one answer; what it says. */
#include "sensors/drivers/elan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/tables/once.h"
#include "sensors/tables/profile.h"

struct elan_request elan_request_of(const struct instrument *instrument)
{
	const struct profile_block *block = &instrument->profile->block[0];
	long channel = strtol(instrument->address, NULL, 10);
	return (struct elan_request){
		.address = (uint8_t)(channel << 4 | block->elan.component),
		.letter = 'k',
		.number = 2,
	};
}

/* ---- a conversation ---- */

static size_t ask(void *state, uint8_t *out, size_t room)
{
	const struct once *once = state;
	struct elan_request request = elan_request_of(once->instrument);
	int n = elan_request_put(&request, out, room);
	return n > 0 ? (size_t)n : 0;
}

const char *elan_address(const char *address)
{
	size_t digits = strspn(address, "0123456789");
	bool is = digits >= 1 && digits <= 2 && address[digits] == '\0' &&
	          atoi(address) <= 15;
	return is ? NULL : "the channel set in the analyser, 0 to 15";
}

static int frame(const void *state, const uint8_t *in, size_t n)
{
	const struct once *once = state;
	struct elan_request request = elan_request_of(once->instrument);
	return elan_answer_frame(&request, in, n);
}

static int fault(const void *state, const uint8_t *in, size_t n)
{
	return elan_check_failed(in, n) ? FAULT_CHECKSUM : FAULT_MALFORMED;
}

/* ---- what an answer says ---- */

static int answer_of(const struct instrument *instrument, const uint8_t *in, size_t n,
        struct elan_answer *out)
{
	struct elan_request request = elan_request_of(instrument);
	const char *why;
	return elan_answer_get(&request, in, n, out, &why);
}

static void look(const struct instrument *instrument, const struct exchange *exchange,
        struct came *out)
{
	struct elan_answer answer;
	out->state = STATE_GARBLED;
	if (answer_of(instrument, exchange->bytes, exchange->size, &answer) != OK)
		return;
	out->state = STATE_OK;
	out->data = exchange->bytes;
	out->size = exchange->size;
}

bool elan_fields(const struct instrument *instrument, const struct came *came,
        struct text_fields *out)
{
	struct elan_answer answer;
	char name[FIELD_NAME];
	out->n = 0;
	if (came->data == NULL ||
	        answer_of(instrument, came->data, came->size, &answer) != OK)
		return false;
	text_fields_add_byte(out, "status", answer.status);
	text_fields_add_byte(out, "phase", answer.phase);
	for (size_t i = 0; i < answer.n; i++) {
		const struct elan_value *value = &answer.value[i];
		snprintf(name, sizeof name, "%zu", i + 1);
		text_fields_add(out, name, value->at, value->n);
		snprintf(name, sizeof name, "c%d", value->code[ELAN_COMPONENT]);
		if (text_fields_find(out, name) == NULL)
			text_fields_add(out, name, value->at, value->n);
	}
	return true;
}

/* Head, and up to fifteen characters and five bytes a value. */
static struct traffic traffic(const struct instrument *instrument, size_t i)
{
	size_t n = instrument->profile->n_channels;
	return (struct traffic){ .request = 11, .answer = 14 + 20 * n };
}

const struct driver elan_driver = {
	.name = "elan",
	.summary = "ELAN of Siemens gas analysers (ULTRAMAT 23)",
	.state_size = sizeof(struct once),
	.frame_most = ELAN_FRAME,
	.section = &elan_section,
	.check = elan_check,
	.address = elan_address,
	.begin = once_begin,
	.ask = ask,
	.block = once_block,
	.frame = frame,
	.decode = once_decode,
	.missed = once_missed,
	.fault = fault,
	.look = look,
	.fields = elan_fields,
	.number = text_number,
	.holds = text_holds,
	.mark = text_mark,
	.sampled = text_sampled,
	.vendor = text_vendor,
	.explain = text_explain,
	.explain_rule = text_explain_rule,
	.traffic = traffic,
	.request = elan_asked_of,
	.say = elan_say,
};
