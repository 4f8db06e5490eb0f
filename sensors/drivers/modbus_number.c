/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One number out of, and into, the data of an answer.  The value 23.78 (41BE3D71) on
 * the wire:
 *
 *   ABCD  41 BE 3D 71      BADC  BE 41 71 3D
 *   CDAB  3D 71 41 BE      DCBA  71 3D BE 41
 *
 * A NaN is told by its bits, before it becomes a double: a signalling one would not
 * survive.
 */
#include "sensors/drivers/modbus.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"

size_t modbus_tag_width(const struct profile_tag *tag)
{
	switch (tag->type) {
	case TYPE_U32:
	case TYPE_I32:
	case TYPE_F32:
		return 2;
	case TYPE_DECIMAL:
		return 3;
	case TYPE_F64:
	case TYPE_TOTAL:
		return 4;
	case TYPE_BCD:
	case TYPE_ASCII:
		return (size_t)tag->count;
	default:
		return 1;
	}
}

void modbus_reorder(int order, size_t n, const uint8_t *in, uint8_t *out)
{
	bool swap_words =
	        order == ORDER_CDAB || order == ORDER_DCBA || order == ORDER_GHEFCDAB;
	bool swap_bytes = order == ORDER_BADC || order == ORDER_DCBA;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *word = in + 2 * (swap_words ? n - 1 - i : i);
		out[2 * i] = word[swap_bytes];
		out[2 * i + 1] = word[!swap_bytes];
	}
}

static uint64_t big_endian(const uint8_t *in, size_t n)
{
	uint64_t v = 0;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | in[i];
	return v;
}

static void put_big_endian(uint64_t v, uint8_t *out, size_t n)
{
	for (size_t i = n; i-- > 0; v >>= 8)
		out[i] = (uint8_t)v;
}

static uint64_t get_bits(const struct profile_tag *tag, const uint8_t *at, size_t words)
{
	uint8_t ordered[8];
	modbus_reorder(tag->order, words, at, ordered);
	return big_endian(ordered, 2 * words);
}

static void put_bits(
        const struct profile_tag *tag, uint64_t bits, uint8_t *at, size_t words)
{
	uint8_t plain[8];
	put_big_endian(bits, plain, 2 * words);
	modbus_reorder(tag->order, words, plain, at);
}

static double number_of_f32(uint32_t bits)
{
	return (bits & 0x7F800000) == 0x7F800000 ? NAN : (double)float_of_bits(bits);
}

static double number_of_f64(uint64_t bits)
{
	double v = double_of_bits(bits);
	return isfinite(v) ? v : NAN;
}

static double number_of_bcd(const uint8_t *at, size_t words)
{
	double v = 0;
	for (size_t i = 0; i < 2 * words; i++) {
		if (at[i] >> 4 > 9 || (at[i] & 15) > 9)
			return NAN;
		v = v * 100 + (at[i] >> 4) * 10 + (at[i] & 15);
	}
	return v;
}

static double number_of_text(const struct profile_tag *tag, const uint8_t *at)
{
	char text[64];
	size_t n = 2 * (size_t)tag->count;
	if (n >= sizeof text)
		return NAN;
	for (size_t i = 0; i < (size_t)tag->count; i++) {
		bool swap = tag->order_set &&
		            (tag->order == ORDER_BADC || tag->order == ORDER_DCBA);
		text[2 * i] = (char)at[2 * i + swap];
		text[2 * i + 1] = (char)at[2 * i + !swap];
	}
	text[n] = '\0';
	char *start = text + strspn(text, " "), *end;
	if (start[strspn(start, "0123456789+-.eE ")] != '\0')
		return NAN;
	errno = 0;
	double v = strtod(start, &end);
	end += strspn(end, " ");
	return end == start || *end != '\0' || errno == ERANGE ? NAN : v;
}

/* Mantissa and power of ten: division, not multiplication by 0.1, so that 123 E-1
 * is 12.3. */
static double number_of_decimal(const struct profile_tag *tag, const uint8_t *at)
{
	double mantissa = (int32_t)get_bits(tag, at, 2);
	int exponent = (int16_t)get_bits(tag, at + 4, 1);
	if (exponent < -30 || exponent > 30)
		return NAN;
	double power = 1;
	for (int i = 0; i < abs(exponent); i++)
		power *= 10;
	return exponent < 0 ? mantissa / power : mantissa * power;
}

/* A fraction of absurd size would vanish in the sum: its words stand in another order. */
static double number_of_total(const struct profile_tag *tag, const uint8_t *at)
{
	double fraction = number_of_f32((uint32_t)get_bits(tag, at + 4, 2));
	return map_is_absurd(fraction) ? NAN : (int32_t)get_bits(tag, at, 2) + fraction;
}

static uint64_t unmask(const struct profile_tag *tag, uint64_t bits)
{
	if (tag->mask != 0)
		bits &= (uint64_t)tag->mask;
	return bits >> tag->shift;
}

/* The raw number, NAN if there is none; *bits what a sentinel in hex is compared with.
 */
static double raw_number(
        const struct profile_tag *tag, const uint8_t *at, uint64_t *bits)
{
	size_t words = modbus_tag_width(tag);
	*bits = words <= 4 ? get_bits(tag, at, words) : 0;
	switch (tag->type) {
	case TYPE_U16:
	case TYPE_U32:
		return (double)unmask(tag, *bits);
	case TYPE_I16:
		return (int16_t)*bits;
	case TYPE_I32:
		return (int32_t)*bits;
	case TYPE_F32:
		return number_of_f32((uint32_t)*bits);
	case TYPE_F64:
		return number_of_f64(*bits);
	case TYPE_BIT:
		return (double)(*bits >> tag->bit & 1);
	case TYPE_BCD:
		return number_of_bcd(at, words);
	case TYPE_ASCII:
		return number_of_text(tag, at);
	case TYPE_DECIMAL:
		return number_of_decimal(tag, at);
	default:
		return number_of_total(tag, at);
	}
}

bool modbus_tag_get(
        const struct profile_tag *tag, bool bits, const uint8_t *data, double *value)
{
	uint64_t raw_bits;
	*value = NAN;
	if (bits) {
		raw_bits = data[tag->at / 8] >> (tag->at % 8) & 1;
		*value = map_scaled(tag, (double)raw_bits);
		return true;
	}
	double raw = raw_number(tag, data + 2 * tag->at, &raw_bits);
	if (!isfinite(raw) || map_is_none(tag, raw_bits, raw))
		return false;
	*value = map_scaled(tag, raw);
	return isfinite(*value);
}

/* ---- the other way, for the simulator ---- */

static int put_integer(const struct profile_tag *tag, double raw, uint8_t *at)
{
	size_t words = modbus_tag_width(tag);
	bool is_signed = tag->type == TYPE_I16 || tag->type == TYPE_I32;
	int width = (int)(16 * words) - (is_signed ? 1 : 0);
	double top = ldexp(1, width);
	raw = nearbyint(raw);
	if (!(raw >= (is_signed ? -top : 0)) || raw >= top)
		return REFUSED;
	uint64_t bits = (uint64_t)(int64_t)raw;
	if (tag->mask != 0) {
		uint64_t mask = (uint64_t)tag->mask;
		if ((bits << tag->shift & ~mask) != 0)
			return REFUSED;
		bits = (get_bits(tag, at, words) & ~mask) | bits << tag->shift;
	}
	put_bits(tag, bits, at, words);
	return OK;
}

static int put_bcd(const struct profile_tag *tag, double raw, uint8_t *at)
{
	raw = nearbyint(raw);
	if (!(raw >= 0) || raw >= pow(10, 4 * (double)tag->count))
		return REFUSED;
	uint64_t rest = (uint64_t)raw;
	for (size_t i = 2 * (size_t)tag->count; i-- > 0; rest /= 100)
		at[i] = (uint8_t)(rest / 10 % 10 << 4 | rest % 10);
	return OK;
}

static int put_text(const struct profile_tag *tag, double raw, uint8_t *at)
{
	char text[64];
	int n = 0, most = 2 * (int)tag->count;
	for (int digits = 17; digits > 0; digits--) {
		n = snprintf(text, sizeof text, "%.*g", digits, raw);
		if (n <= most && (digits < 17 || strtod(text, NULL) == raw))
			break;
	}
	char shortest[32];
	number_print(raw, shortest);
	if ((int)strlen(shortest) <= most)
		n = snprintf(text, sizeof text, "%s", shortest);
	if (n > most || most >= (int)sizeof text)
		return REFUSED;
	snprintf(text + n, sizeof text - (size_t)n, "%*s", most - n, "");
	bool swap = tag->order_set &&
	            (tag->order == ORDER_BADC || tag->order == ORDER_DCBA);
	for (int i = 0; i < most; i++)
		at[swap ? i ^ 1 : i] = (uint8_t)text[i];
	return OK;
}

static int put_decimal(const struct profile_tag *tag, double raw, uint8_t *at)
{
	double power = 1, mantissa = nearbyint(raw);
	int exponent = 0;
	if (!(fabs(mantissa) <= INT32_MAX))
		return REFUSED;
	while (mantissa / power != raw && exponent > -12) {
		double next = nearbyint(raw * power * 10);
		if (fabs(next) > INT32_MAX)
			break;
		power *= 10;
		mantissa = next;
		exponent--;
	}
	put_bits(tag, (uint32_t)(int32_t)mantissa, at, 2);
	put_bits(tag, (uint16_t)(int16_t)exponent, at + 4, 1);
	return OK;
}

static uint32_t bits_of_float(float v)
{
	uint32_t bits;
	memcpy(&bits, &v, sizeof bits);
	return bits;
}

static int put_total(const struct profile_tag *tag, double raw, uint8_t *at)
{
	double whole = floor(raw);
	if (!(fabs(whole) <= INT32_MAX))
		return REFUSED;
	put_bits(tag, (uint32_t)(int32_t)whole, at, 2);
	put_bits(tag, bits_of_float((float)(raw - whole)), at + 4, 2);
	return OK;
}

static int put_float(const struct profile_tag *tag, double raw, uint8_t *at)
{
	if (tag->type == TYPE_F64)
		put_bits(tag, bits_of_double(raw), at, 4);
	else
		put_bits(tag, bits_of_float((float)raw), at, 2);
	return OK;
}

static int put_raw(const struct profile_tag *tag, double raw, uint8_t *at)
{
	switch (tag->type) {
	case TYPE_F32:
	case TYPE_F64:
		return put_float(tag, raw, at);
	case TYPE_BIT: {
		uint64_t old = get_bits(tag, at, 1), one = UINT64_C(1) << tag->bit;
		put_bits(tag, raw != 0 ? old | one : old & ~one, at, 1);
		return OK;
	}
	case TYPE_BCD:
		return put_bcd(tag, raw, at);
	case TYPE_ASCII:
		return put_text(tag, raw, at);
	case TYPE_DECIMAL:
		return put_decimal(tag, raw, at);
	case TYPE_TOTAL:
		return put_total(tag, raw, at);
	default:
		return put_integer(tag, raw, at);
	}
}

static int put_none(const struct profile_tag *tag, uint8_t *at)
{
	size_t words = modbus_tag_width(tag);
	if (tag->n_sentinels > 0 && !tag->sentinel_value[0].is_bits)
		return put_raw(tag, tag->sentinel_value[0].number, at);
	uint64_t bits =
	        tag->type == TYPE_F64 ? UINT64_C(0x7FF8000000000000) : 0x7FC00000;
	if (tag->n_sentinels > 0)
		bits = tag->sentinel_value[0].bits;
	else if (tag->type != TYPE_F32 && tag->type != TYPE_F64)
		return REFUSED;
	if (words > 4)
		return REFUSED;
	put_bits(tag, bits, at, words);
	return OK;
}

int modbus_tag_put(
        const struct profile_tag *tag, bool bits, double value, uint8_t *data)
{
	double raw = map_unscaled(tag, value);
	if (bits) {
		uint8_t one = (uint8_t)(1 << tag->at % 8), *at = &data[tag->at / 8];
		*at = (uint8_t)(raw != 0 ? *at | one : *at & ~one);
		return isnan(value) ? REFUSED : OK;
	}
	if (isnan(value))
		return put_none(tag, data + 2 * tag->at);
	return put_raw(tag, raw, data + 2 * tag->at);
}
