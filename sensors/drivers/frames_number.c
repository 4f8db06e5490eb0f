/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One number out of, and into, a frame.  The order names the bytes as they stand, A the
 * most significant: 23.78 (41BE3D71) is 41 BE 3D 71 (ABCD) or 71 3D BE 41 (DCBA).
 */
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "sensors/drivers/frames.h"

const char *const frame_types[] = { "u8", "i8", "u16", "i16", "u24", "u32", "i32",
	"f32", "bit", NULL };
const char *const frame_orders[] = { "AB", "BA", "ABC", "CBA", "ABCD", "CDAB", "BADC",
	"DCBA", NULL };

size_t frames_type_size(int type)
{
	static const size_t size[] = { 1, 1, 2, 2, 3, 4, 4, 4, 1 };
	return size[type];
}

size_t frames_order_size(int order)
{
	return strlen(frame_orders[order]);
}

/* Shift of the byte that stands at i. */
static unsigned shift_of(int order, size_t i)
{
	size_t rank = (size_t)(frame_orders[order][i] - 'A');
	return (unsigned)(8 * (frames_order_size(order) - 1 - rank));
}

static uint32_t bits_get(bool ordered, int order, const uint8_t *at)
{
	uint32_t bits = 0;
	if (!ordered)
		return at[0];
	for (size_t i = 0; i < frames_order_size(order); i++)
		bits |= (uint32_t)at[i] << shift_of(order, i);
	return bits;
}

static void bits_put(bool ordered, int order, uint32_t bits, uint8_t *at)
{
	if (!ordered)
		at[0] = (uint8_t)bits;
	for (size_t i = 0; ordered && i < frames_order_size(order); i++)
		at[i] = (uint8_t)(bits >> shift_of(order, i));
}

static double raw_number(const struct profile_tag *tag, uint32_t bits)
{
	switch (tag->type) {
	case FRAME_I8:
		return (int8_t)bits;
	case FRAME_I16:
		return (int16_t)bits;
	case FRAME_I32:
		return (int32_t)bits;
	case FRAME_F32:
		return (bits & 0x7F800000) == 0x7F800000 ? NAN : float_of_bits(bits);
	case FRAME_BIT:
		return bits >> tag->bit & 1;
	default:
		if (tag->mask != 0)
			bits &= (uint32_t)tag->mask;
		return bits >> tag->shift;
	}
}

bool frames_number_get(
        const struct profile_tag *tag, const struct frame_plain *plain, double *value)
{
	size_t at = (size_t)tag->at;
	*value = NAN;
	if (at + frames_type_size(tag->type) > plain->n)
		return false;
	uint32_t bits = bits_get(tag->order_set, tag->order, plain->byte + at);
	double raw = raw_number(tag, bits);
	if (!isfinite(raw) || map_is_none(tag, bits, raw))
		return false;
	double scaled = map_scaled(tag, raw);
	if (isfinite(scaled))
		*value = scaled;
	return isfinite(scaled);
}

/* ---- rules ---- */

size_t frames_rule_size(const struct profile_rule *rule)
{
	return rule->order_set ? frames_order_size(rule->order) : 1;
}

uint32_t frames_rule_word(
        const struct profile_rule *rule, const struct frame_plain *plain)
{
	if ((size_t)rule->at + frames_rule_size(rule) > plain->n)
		return 0;
	return bits_get(rule->order_set, rule->order, plain->byte + rule->at);
}

void frames_rule_put(
        const struct profile_rule *rule, uint32_t word, struct frame_plain *plain)
{
	if ((size_t)rule->at + frames_rule_size(rule) <= plain->n)
		bits_put(rule->order_set, rule->order, word, plain->byte + rule->at);
}

/* ---- the other way, for the simulator ---- */

static int integer_bits(const struct profile_tag *tag, double raw, uint32_t *bits)
{
	bool is_signed = tag->type == FRAME_I8 || tag->type == FRAME_I16 ||
	                 tag->type == FRAME_I32;
	int width = 8 * (int)frames_type_size(tag->type) - (is_signed ? 1 : 0);
	double top = ldexp(1, width);
	raw = nearbyint(raw);
	if (!(raw >= (is_signed ? -top : 0)) || raw >= top)
		return REFUSED;
	uint32_t number = (uint32_t)(int64_t)raw;
	if (tag->mask == 0) {
		*bits = number << tag->shift;
		return OK;
	}
	uint32_t mask = (uint32_t)tag->mask;
	if ((number << tag->shift & ~mask) != 0)
		return REFUSED;
	*bits = (*bits & ~mask) | number << tag->shift;
	return OK;
}

static int raw_bits(const struct profile_tag *tag, double raw, uint32_t *bits)
{
	uint32_t one = UINT32_C(1) << tag->bit;
	float narrow = (float)raw;
	switch (tag->type) {
	case FRAME_F32:
		memcpy(bits, &narrow, sizeof *bits);
		return OK;
	case FRAME_BIT:
		*bits = raw != 0 ? *bits | one : *bits & ~one;
		return OK;
	default:
		return integer_bits(tag, raw, bits);
	}
}

static int none_bits(const struct profile_tag *tag, uint32_t *bits)
{
	if (tag->n_sentinels > 0 && !tag->sentinel_value[0].is_bits)
		return raw_bits(tag, tag->sentinel_value[0].number, bits);
	*bits = tag->n_sentinels > 0 ? (uint32_t)tag->sentinel_value[0].bits
	                             : 0x7FC00000;
	return tag->n_sentinels > 0 || tag->type == FRAME_F32 ? OK : REFUSED;
}

int frames_number_put(
        const struct profile_tag *tag, double value, struct frame_plain *plain)
{
	size_t at = (size_t)tag->at;
	if (at + frames_type_size(tag->type) > plain->n)
		return REFUSED;
	uint32_t bits = bits_get(tag->order_set, tag->order, plain->byte + at);
	int status = isnan(value) ? none_bits(tag, &bits)
	                          : raw_bits(tag, map_unscaled(tag, value), &bits);
	if (status == OK)
		bits_put(tag->order_set, tag->order, bits, plain->byte + at);
	return status;
}
