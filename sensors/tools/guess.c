/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tools/guess.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sensors/drivers/modbus.h"

/* Of a size that instruments show; the inner part counts twice when orders compete, and so
 * does what is not negative. */
#define SHOWN_LOW    1e-4
#define SHOWN_HIGH   1e6
#define USUAL_LOW    1e-3
#define USUAL_HIGH   1e4
#define SMALL_MOST   1023
#define POWERS       4 /* of ten that whole numbers are scaled by */
#define NO_VALUE_F32 -9999.0

const char *const guess_marks[] = { "zero", "plausible", "possible", "absurd",
	"no number", NULL };

enum guess_mark guess_mark_of(double value)
{
	double size = fabs(value);
	if (!isfinite(value) || value == NO_VALUE_F32)
		return GUESS_NO_NUMBER;
	if (size == 0)
		return GUESS_ZERO;
	if (map_is_absurd(value))
		return GUESS_ABSURD;
	return size >= SHOWN_LOW && size <= SHOWN_HIGH ? GUESS_PLAUSIBLE
	                                               : GUESS_POSSIBLE;
}

static size_t width_of(int type)
{
	const struct profile_tag tag = { .type = type, .count = 1 };
	return modbus_tag_width(&tag);
}

/* FFFF, 8000 and 7FFF stand for "no value" in many a register. */
static bool is_blank(int type, double value)
{
	return (type == TYPE_U16 && (value == 0xFFFF || value == 0x8000)) ||
	       (type == TYPE_I16 && (value == INT16_MIN || value == INT16_MAX)) ||
	       (type == TYPE_U32 && value == UINT32_MAX) ||
	       (type == TYPE_I32 && (value == INT32_MIN || value == INT32_MAX));
}

struct guess guess_one(const uint8_t *data, size_t at, int type, int order)
{
	const struct profile_tag tag = {
		.at = (int64_t)at,
		.type = type,
		.order = order < 0 ? ORDER_ABCD : order,
		.order_set = true,
		.count = 1,
		.scale = 1,
		.divide = 1,
	};
	struct guess guess = { .at = at, .type = type, .order = order };
	modbus_tag_get(&tag, false, data, &guess.value);
	guess.mark = guess_mark_of(guess.value);
	if (is_blank(type, guess.value))
		guess.mark = GUESS_NO_NUMBER;
	return guess;
}

size_t guess_all(const uint8_t *data, size_t n, struct guess *out)
{
	static const int single[] = { TYPE_U16, TYPE_I16, TYPE_BCD };
	static const int twice[] = { TYPE_F32, TYPE_U32, TYPE_I32 };
	static const int four[] = { ORDER_ABCDEFGH, ORDER_GHEFCDAB };
	size_t k = 0;
	for (size_t at = 0; at < n; at++) {
		for (size_t i = 0; i < 3; i++)
			out[k++] = guess_one(data, at, single[i], -1);
		for (size_t i = 0; at + width_of(TYPE_F32) <= n && i < 3; i++)
			for (int order = ORDER_ABCD; order <= ORDER_DCBA; order++)
				out[k++] = guess_one(data, at, twice[i], order);
		for (size_t i = 0; at + width_of(TYPE_F64) <= n && i < 2; i++)
			out[k++] = guess_one(data, at, TYPE_F64, four[i]);
	}
	return k;
}

/* ---- which order ---- */

static bool is_usual(double value)
{
	return value >= USUAL_LOW && value <= USUAL_HIGH;
}

struct tally {
	struct guess_order told;
	int score;
};

/* A register that may well be a status word or a small whole number beside the floats. */
static bool is_small(const uint8_t *data, size_t at)
{
	return get_be16(data + 2 * at) <= SMALL_MOST;
}

static void count_pair(
        const uint8_t *data, const struct guess *guess, struct tally *out)
{
	if (guess->mark == GUESS_PLAUSIBLE) {
		out->told.plausible++;
		out->score += is_usual(guess->value) ? 2 : 1;
	} else if (guess->mark == GUESS_ABSURD) {
		bool small = is_small(data, guess->at) && is_small(data, guess->at + 1);
		out->told.absurd++;
		out->score -= small ? 0 : 1;
	}
}

/* What an order explains of the block; registers that it leaves over count against it. */
static struct tally count(const uint8_t *data, size_t n, int order, size_t from)
{
	struct tally tally = { .told = { .order = order, .from = from } };
	size_t at = from;
	for (; at + 2 <= n; at += 2) {
		struct guess guess = guess_one(data, at, TYPE_F32, order);
		count_pair(data, &guess, &tally);
	}
	if (from == 1 && !is_small(data, 0))
		tally.score--;
	if (at < n && !is_small(data, at))
		tally.score--;
	return tally;
}

struct guess_order guess_order(const uint8_t *data, size_t n)
{
	struct tally best = { .told = { .order = -1 } };
	bool alike = true;
	for (size_t from = 0; from < 2; from++)
		for (int order = ORDER_ABCD; order <= ORDER_DCBA; order++) {
			struct tally one = count(data, n, order, from);
			/* the zeros behind a number make another of it, one register
			 * further: alike are only those that begin together */
			if (one.score > best.score) {
				best = one;
				alike = false;
			} else if (one.score == best.score && from == best.told.from) {
				alike = true;
			}
		}
	if (alike)
		best.told.order = -1;
	return best.told;
}

/* ---- what the instrument shows ---- */

/* Half of the last digit of "7.25" is 0.005; -1: no number. */
static double half_digit(const char *shown, double *value)
{
	char *end;
	*value = strtod(shown, &end);
	if (end == shown || *end != '\0' || !isfinite(*value))
		return -1;
	const char *point = strchr(shown, '.');
	size_t decimals = point != NULL ? strspn(point + 1, "0123456789") : 0;
	return 0.5 * pow(10, -(double)decimals) * (1 + 1e-9);
}

bool guess_shown(const struct guess *guess, const char *shown, int *power)
{
	double value, half = half_digit(shown, &value);
	bool whole = guess->type != TYPE_F32 && guess->type != TYPE_F64;
	if (half < 0 || !isfinite(guess->value))
		return false;
	for (*power = 0; *power <= (whole ? POWERS : 0); (*power)++)
		if (fabs(guess->value / pow(10, *power) - value) <= half)
			return true;
	*power = 0;
	return false;
}
