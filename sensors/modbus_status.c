/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What status registers and an instrument's own clock say. */
#include <limits.h>

#include "base/bytes.h"
#include "sensors/modbus.h"

const char *const time_forms[] = { "tai64n", "words", "seconds", NULL };

/* Seconds since 1970 of 1970-01-01T00:00:00, as TAI64 labels them: 2^62. */
#define TAI64_ZERO (UINT64_C(1) << 62)

uint32_t modbus_rule_word(
        const struct modbus_rule *rule, bool bits, const uint8_t *data)
{
	if (bits)
		return data[rule->at / 8] >> (rule->at % 8) & 1;
	return get_be16(data + 2 * rule->at);
}

static bool in_ranges(const struct word_range *range, size_t n, uint32_t word)
{
	for (size_t i = 0; i < n; i++)
		if (word >= range[i].from && word <= range[i].to)
			return true;
	return false;
}

bool modbus_rule_holds(const struct modbus_rule *rule, uint32_t word)
{
	if (rule->bit_set)
		word = word >> rule->bit & 1;
	if (rule->mask != 0)
		word &= (uint32_t)rule->mask;
	if (rule->n_when == 0 && rule->n_unless == 0)
		return word != 0;
	if (rule->n_when > 0 && !in_ranges(rule->when_range, rule->n_when, word))
		return false;
	return !in_ranges(rule->unless_range, rule->n_unless, word);
}

/* Days from 1970-01-01 of a date of the Gregorian calendar (years counted from March).
 */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	int64_t era = year / 400, of_era = year % 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
	       719468;
}

static bool month_has(int64_t year, int64_t month, int64_t day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (month < 1 || month > 12 || day < 1)
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return day <= days[month - 1] + (month == 2 && leap);
}

/* year month day hour minute second, a register each; a year below 100 is of this
 * century. */
static int64_t time_of_words(const struct modbus_time *time, const uint8_t *at)
{
	int64_t word[6];
	for (size_t i = 0; i < 6; i++)
		word[i] = get_be16(at + 2 * i);
	if (word[0] < 100)
		word[0] += 2000;
	if (word[0] < 1970 || word[0] > 2100 || !month_has(word[0], word[1], word[2]) ||
	        word[3] > 23 || word[4] > 59 || word[5] > 60)
		return INT64_MIN;
	int64_t seconds = days_of(word[0], word[1], word[2]) * 86400 + word[3] * 3600 +
	                  word[4] * 60 + word[5] - time->offset_min * 60;
	return seconds < 0 ? INT64_MIN : seconds * 1000000;
}

static int64_t time_of_tai64n(const struct modbus_time *time, const uint8_t *at)
{
	uint64_t label = get_be64(at);
	uint32_t nanoseconds = get_be32(at + 8);
	if (label < TAI64_ZERO || label - TAI64_ZERO > UINT32_MAX ||
	        nanoseconds > 999999999 || label == TAI64_ZERO)
		return INT64_MIN;
	return ((int64_t)(label - TAI64_ZERO) - time->leap_s) * 1000000 +
	       nanoseconds / 1000;
}

static uint32_t seconds_of(const struct modbus_time *time, const uint8_t *at)
{
	switch (time->order) {
	case ORDER_CDAB:
		return (uint32_t)get_be16(at + 2) << 16 | get_be16(at);
	case ORDER_BADC:
		return (uint32_t)get_le16(at) << 16 | get_le16(at + 2);
	case ORDER_DCBA:
		return get_le32(at);
	default:
		return get_be32(at);
	}
}

int64_t modbus_time_get(const struct modbus_time *time, const uint8_t *data)
{
	const uint8_t *at = data + 2 * time->at;
	if (time->form == TIME_WORDS)
		return time_of_words(time, at);
	if (time->form == TIME_TAI64N)
		return time_of_tai64n(time, at);
	uint32_t seconds = seconds_of(time, at);
	return seconds == 0 ? INT64_MIN : (int64_t)seconds * 1000000;
}

static void words_put(int64_t seconds, uint8_t *at)
{
	int64_t days = seconds / 86400, rest = seconds % 86400, z = days + 719468;
	int64_t era = z / 146097, of_era = z % 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100),
	        m = (5 * of_year + 2) / 153;
	int64_t month = m < 10 ? m + 3 : m - 9;
	put_be16(at, (uint16_t)(y + era * 400 + (month <= 2)));
	put_be16(at + 2, (uint16_t)month);
	put_be16(at + 4, (uint16_t)(of_year - (153 * m + 2) / 5 + 1));
	put_be16(at + 6, (uint16_t)(rest / 3600));
	put_be16(at + 8, (uint16_t)(rest / 60 % 60));
	put_be16(at + 10, (uint16_t)(rest % 60));
}

static void seconds_put(const struct modbus_time *time, uint32_t seconds, uint8_t *at)
{
	uint16_t high = (uint16_t)(seconds >> 16), low = (uint16_t)seconds;
	bool swap_words = time->order == ORDER_CDAB || time->order == ORDER_DCBA;
	bool swap_bytes = time->order == ORDER_BADC || time->order == ORDER_DCBA;
	void (*put)(uint8_t *, uint16_t) = swap_bytes ? put_le16 : put_be16;
	put(at, swap_words ? low : high);
	put(at + 2, swap_words ? high : low);
}

void modbus_time_put(const struct modbus_time *time, int64_t time_us, uint8_t *data)
{
	uint8_t *at = data + 2 * time->at;
	int64_t seconds = time_us / 1000000;
	if (time->form == TIME_WORDS) {
		words_put(seconds + time->offset_min * 60, at);
	} else if (time->form == TIME_TAI64N) {
		uint64_t label = TAI64_ZERO + (uint64_t)(seconds + time->leap_s);
		put_be32(at, (uint32_t)(label >> 32));
		put_be32(at + 4, (uint32_t)label);
		put_be32(at + 8, (uint32_t)(time_us % 1000000 * 1000));
	} else {
		seconds_put(time, (uint32_t)seconds, at);
	}
}
