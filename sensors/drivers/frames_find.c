/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Find one frame at the front of what has come, and make one.
 *
 * The pattern of a header occurs inside data too, and a stuffed frame that lost its end
 * shares its closing 7E with the next one: so whatever fails is dropped by one byte, and
 * everything that can be known from the bytes so far is looked at before more are waited
 * for.
 */
#include <string.h>

#include "base/bytes.h"
#include "sensors/drivers/frames.h"

#define FLAG   0x7E
#define ESCAPE 0x7D

static size_t largest(size_t a, size_t b)
{
	return a > b ? a : b;
}

size_t frames_shortest(const struct frame_rule *rule)
{
	size_t size = frames_check_size(rule->check);
	size_t least = largest(rule->header.n, largest(rule->from, rule->to));
	if (rule->length == 0)
		least = largest(least, rule->length_at + rule->length_size);
	if (rule->check_at == 0)
		return least + size + rule->tail.n;
	return largest(least, rule->check_at + size) + rule->tail.n;
}

/* Of the whole frame, FRAME_SHORT or FRAME_NONE. */
static int length_of(const struct frame_rule *rule, const uint8_t *in, size_t n)
{
	int begin = frames_begin(&rule->header, in, n);
	if (begin == FRAME_NONE)
		return FRAME_NONE;
	if (rule->length != 0)
		return (int)rule->length;
	const uint8_t *field = in + rule->length_at;
	if (n < rule->length_at + rule->length_size)
		return FRAME_SHORT;
	int length = field[0];
	if (rule->length_size == 2)
		length = rule->length_low_first ? get_le16(field) : get_be16(field);
	length += rule->length_add;
	if (length < (int)frames_shortest(rule) || length > (int)rule->longest)
		return FRAME_NONE;
	return length;
}

static size_t check_place(const struct frame_rule *rule, size_t length)
{
	if (rule->check_at != 0)
		return rule->check_at;
	return length - rule->tail.n - frames_check_size(rule->check);
}

static uint16_t check_of(const struct frame_rule *rule, const uint8_t *in, size_t place)
{
	size_t to = rule->to != 0 ? rule->to : place;
	if (rule->check == CHECK_NONE)
		return 0;
	return frames_check_sum(rule->check, in + rule->from, to - rule->from);
}

static bool check_holds(const struct frame_rule *rule, const uint8_t *in, size_t length)
{
	size_t place = check_place(rule, length), size = frames_check_size(rule->check);
	uint16_t sum = check_of(rule, in, place);
	if (size < 2)
		return size == 0 || in[place] == sum;
	const uint8_t *at = in + place;
	return (rule->check_low_first ? get_le16(at) : get_be16(at)) == sum;
}

static int plain_find(const struct frame_rule *rule, const uint8_t *in, size_t n)
{
	int length = length_of(rule, in, n);
	if (length <= 0 || n < (size_t)length)
		return length < 0 ? FRAME_NONE : FRAME_SHORT;
	const uint8_t *tail = in + (size_t)length - rule->tail.n;
	if (frames_begin(&rule->tail, tail, rule->tail.n) == FRAME_NONE)
		return FRAME_NONE;
	return check_holds(rule, in, (size_t)length) ? length : FRAME_NONE;
}

/* Undo the stuffing of what starts at in[0] up to its closing flag: bytes taken, or
 * FRAME_SHORT when that has not come, or FRAME_NONE. */
static int unstuff(const uint8_t *in, size_t n, struct frame_plain *out)
{
	out->n = 0;
	for (size_t i = 0; i < n && out->n < sizeof out->byte; i++) {
		bool flag = in[i] == FLAG;
		if (i == 0 && !flag)
			return FRAME_NONE;
		if (in[i] != ESCAPE) {
			out->byte[out->n++] = in[i];
			if (flag && i > 0)
				return (int)i + 1;
			continue;
		}
		if (++i == n)
			return FRAME_SHORT;
		if (in[i] == FLAG)
			return FRAME_NONE;
		out->byte[out->n++] = in[i] ^ 0x20;
	}
	return out->n < sizeof out->byte ? FRAME_SHORT : FRAME_NONE;
}

static int stuffed_find(const struct frame_rule *rule, const uint8_t *in, size_t n,
        struct frame_plain *plain)
{
	int wire = unstuff(in, n, plain);
	if (wire == FRAME_NONE)
		return FRAME_NONE;
	int length = length_of(rule, plain->byte, plain->n);
	if (wire == FRAME_SHORT)
		return length < 0 || (length > 0 && plain->n >= (size_t)length)
		               ? FRAME_NONE
		               : FRAME_SHORT;
	if (length != (int)plain->n)
		return FRAME_NONE;
	return plain_find(rule, plain->byte, plain->n) == length ? wire : FRAME_NONE;
}

int frames_find(const struct frame_rule *rule, const uint8_t *in, size_t n,
        struct frame_plain *plain)
{
	struct frame_plain own;
	if (plain == NULL)
		plain = &own;
	plain->n = 0;
	if (n == 0)
		return FRAME_SHORT;
	if (rule->stuffed)
		return stuffed_find(rule, in, n, plain);
	int length = plain_find(rule, in, n);
	if (length <= 0)
		return length;
	plain->n = (size_t)length;
	memcpy(plain->byte, in, plain->n);
	return length;
}

/* ---- the other way, for the simulator ---- */

static void put_bytes(const struct frame_bytes *bytes, uint8_t *at)
{
	for (size_t i = 0; i < bytes->n; i++)
		at[i] = (uint8_t)((at[i] & ~bytes->mask[i]) | bytes->byte[i]);
}

static void put_number(bool low_first, size_t size, unsigned v, uint8_t *at)
{
	if (size == 1)
		at[0] = (uint8_t)v;
	else if (size == 2 && low_first)
		put_le16(at, (uint16_t)v);
	else if (size == 2)
		put_be16(at, (uint16_t)v);
}

static bool possible(const struct frame_rule *rule, size_t n)
{
	int field = (int)n - rule->length_add;
	if (n > FRAMES_PLAIN || n < frames_shortest(rule))
		return false;
	if (rule->length != 0)
		return n == rule->length;
	return n <= rule->longest && field >= 0 &&
	       field < (rule->length_size == 1 ? 0x100 : 0x10000);
}

static int stuff(const struct frame_plain *plain, uint8_t *out, size_t room)
{
	size_t used = 0;
	for (size_t i = 0; i < plain->n; i++) {
		uint8_t byte = plain->byte[i];
		bool inside = i > 0 && i + 1 < plain->n;
		bool escape = inside && (byte == FLAG || byte == ESCAPE ||
		                                byte == 0x11 || byte == 0x13);
		if (used + 1 + escape > room)
			return FULL;
		if (escape)
			out[used++] = ESCAPE;
		out[used++] = escape ? byte ^ 0x20 : byte;
	}
	return (int)used;
}

int frames_put(const struct frame_rule *rule, struct frame_plain *plain, uint8_t *out,
        size_t room)
{
	if (!possible(rule, plain->n))
		return REFUSED;
	uint8_t *at = plain->byte;
	size_t place = check_place(rule, plain->n);
	put_bytes(&rule->header, at);
	put_bytes(&rule->tail, at + plain->n - rule->tail.n);
	if (rule->length == 0)
		put_number(rule->length_low_first, rule->length_size,
		        (unsigned)((int)plain->n - rule->length_add),
		        at + rule->length_at);
	put_number(rule->check_low_first, frames_check_size(rule->check),
	        check_of(rule, at, place), at + place);
	if (rule->stuffed)
		return stuff(plain, out, room);
	if (plain->n > room)
		return FULL;
	memcpy(out, at, plain->n);
	return (int)plain->n;
}
