/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the answers of one poll say.  A gateway that says the device behind it does not
 * answer (exceptions 10 and 11) is a silent instrument behind a living line.
 */
#include <string.h>

#include "sensors/modbus.h"
#include "sensors/profile.h"

#define GATEWAY_NO_PATH   10
#define GATEWAY_NO_ANSWER 11

void modbus_look(
        const struct instrument *instrument, const struct exchange *e, struct came *out)
{
	struct modbus_request request = modbus_block_request(instrument, e->block);
	struct modbus_answer answer;
	int status = modbus_answer_get(
	        instrument->framing, &request, e->bytes, e->size, false, &answer);
	out->exception = answer.exception;
	if (answer.exception != 0)
		out->why = modbus_exception_text(answer.exception);
	out->data = answer.data;
	out->size = answer.size;
	if (status == OK)
		out->state = STATE_OK;
	else if (status == MALFORMED)
		out->state = STATE_GARBLED;
	else if (answer.exception != GATEWAY_NO_PATH &&
	         answer.exception != GATEWAY_NO_ANSWER)
		out->state = STATE_REFUSED;
}

static bool bits_of(const struct instrument *instrument, size_t block)
{
	return modbus_is_bits(&instrument->profile->block[block]);
}

bool modbus_number(const struct instrument *instrument, const struct came *came,
        size_t i, double *value)
{
	const struct profile_tag *tag = &instrument->profile->channel[i].tag;
	return modbus_tag_get(
	        tag, bits_of(instrument, tag->block_index), came->data, value);
}

bool modbus_holds(const struct instrument *instrument, const struct came *came,
        const struct profile_rule *rule)
{
	bool bits = bits_of(instrument, rule->block_index);
	return map_rule_holds(rule, modbus_rule_word(rule, bits, came->data));
}

size_t modbus_mark(const struct instrument *instrument, const struct came *came,
        const struct profile_fresh *fresh, uint8_t out[FRESH_SIZE])
{
	size_t n = 2 * (size_t)fresh->count;
	memcpy(out, came->data + 2 * fresh->at, n);
	return n;
}

int64_t modbus_sampled(const struct instrument *instrument, const struct came *came,
        const struct profile_time *time)
{
	return modbus_time_get(time, came->data);
}

size_t modbus_vendor(const struct instrument *instrument, const struct came *came,
        const struct profile_words *words, uint8_t *out, size_t room)
{
	bool bits = bits_of(instrument, words->block_index);
	size_t at = (size_t)words->at, count = (size_t)words->count;
	size_t from = bits ? at / 8 : 2 * at;
	size_t n = bits ? (count + 7) / 8 : 2 * count;
	if (n > room)
		return 0;
	memcpy(out, came->data + from, n);
	return n;
}

struct traffic modbus_traffic(const struct instrument *instrument, size_t i)
{
	struct modbus_request request = modbus_block_request(instrument, i);
	size_t around = instrument->framing == FRAMING_TCP ? 9 : 5;
	return (struct traffic){
		.request = instrument->framing == FRAMING_TCP ? 12 : 8,
		.answer = around + modbus_answer_size(&request),
	};
}
