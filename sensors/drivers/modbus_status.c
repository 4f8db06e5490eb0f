/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What status registers and an instrument's own clock say. */
#include <limits.h>

#include "base/bytes.h"
#include "base/legal_time.h"
#include "sensors/drivers/modbus.h"

/* Seconds since 1970 of 1970-01-01T00:00:00, as TAI64 labels them: 2^62. */
#define TAI64_ZERO (UINT64_C(1) << 62)

uint32_t modbus_rule_word(
        const struct profile_rule *rule, bool bits, const uint8_t *data)
{
	if (bits)
		return data[rule->at / 8] >> (rule->at % 8) & 1;
	return get_be16(data + 2 * rule->at);
}

/* year month day hour minute second, a register each; a year below 100 is of this
 * century. */
static int64_t time_of_words(const struct profile_time *time, const uint8_t *at)
{
	int word[6];
	for (size_t i = 0; i < 6; i++)
		word[i] = get_be16(at + 2 * i);
	struct civil civil = {
		.year = word[0] < 100 ? word[0] + 2000 : word[0],
		.month = word[1],
		.day = word[2],
		.hour = word[3],
		.minute = word[4],
		.second = word[5],
	};
	if (civil.year < 1970 || civil.year > 2100 || !civil_valid(&civil))
		return INT64_MIN;
	int64_t time_us = civil_to_us(&civil, time->offset_min);
	return time_us < 0 ? INT64_MIN : time_us;
}

static int64_t time_of_tai64n(const struct profile_time *time, const uint8_t *at)
{
	uint64_t label = get_be64(at);
	uint32_t nanoseconds = get_be32(at + 8);
	if (label < TAI64_ZERO || label - TAI64_ZERO > UINT32_MAX ||
	        nanoseconds > 999999999 || label == TAI64_ZERO)
		return INT64_MIN;
	return ((int64_t)(label - TAI64_ZERO) - time->leap_s) * 1000000 +
	       nanoseconds / 1000;
}

int64_t modbus_time_get(const struct profile_time *time, const uint8_t *data)
{
	const uint8_t *at = data + 2 * time->at;
	if (time->form == TIME_WORDS)
		return time_of_words(time, at);
	if (time->form == TIME_TAI64N)
		return time_of_tai64n(time, at);
	uint8_t plain[4];
	modbus_reorder(time->order, 2, at, plain);
	uint32_t seconds = get_be32(plain);
	return seconds == 0 ? INT64_MIN : (int64_t)seconds * 1000000;
}

static void words_put(int64_t time_us, int offset_min, uint8_t *at)
{
	struct civil civil = civil_from_us(time_us, offset_min);
	put_be16(at, (uint16_t)civil.year);
	put_be16(at + 2, (uint16_t)civil.month);
	put_be16(at + 4, (uint16_t)civil.day);
	put_be16(at + 6, (uint16_t)civil.hour);
	put_be16(at + 8, (uint16_t)civil.minute);
	put_be16(at + 10, (uint16_t)civil.second);
}

void modbus_time_put(const struct profile_time *time, int64_t time_us, uint8_t *data)
{
	uint8_t *at = data + 2 * time->at;
	int64_t seconds = time_us / 1000000;
	if (time->form == TIME_WORDS) {
		words_put(time_us, time->offset_min, at);
	} else if (time->form == TIME_TAI64N) {
		uint64_t label = TAI64_ZERO + (uint64_t)(seconds + time->leap_s);
		put_be32(at, (uint32_t)(label >> 32));
		put_be32(at + 4, (uint32_t)label);
		put_be32(at + 8, (uint32_t)(time_us % 1000000 * 1000));
	} else {
		uint8_t plain[4];
		put_be32(plain, (uint32_t)seconds);
		modbus_reorder(time->order, 2, plain, at);
	}
}
