/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the answers of one poll say.  A gateway that says the device behind it does not
 * answer (exceptions 10 and 11) is a silent instrument behind a living line.
 */
#include <string.h>

#include "sensors/drivers/modbus.h"
#include "sensors/tables/profile.h"

#define GATEWAY_NO_PATH   10
#define GATEWAY_NO_ANSWER 11

uint8_t modbus_refused_state(uint8_t exception)
{
	bool gateway = exception == GATEWAY_NO_PATH || exception == GATEWAY_NO_ANSWER;
	return gateway ? STATE_SILENT : STATE_REFUSED;
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

/* Bytes on the line for n from slave on. */
static size_t framed(const struct instrument *instrument, size_t n)
{
	switch (instrument->framing) {
	case FRAMING_TCP:
		return n + 6;
	case FRAMING_ASCII:
		return 2 * (n + 1) + 3;
	default:
		return n + 2;
	}
}

struct traffic modbus_traffic(const struct instrument *instrument, size_t i)
{
	struct modbus_request request = modbus_block_request(instrument, i);
	size_t data = modbus_answer_size(&request);
	bool pushed = request.function == PUSHED;
	return (struct traffic){
		.request = framed(instrument, pushed ? 7 + data : 6),
		.answer = framed(instrument, pushed ? 6 : 3 + data),
	};
}
