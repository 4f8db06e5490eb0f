/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/no_number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sensors/drivers/bayern_hessen.h"
#include "sensors/drivers/elan.h"
#include "sensors/drivers/frames.h"
#include "sensors/drivers/hj212.h"
#include "sensors/drivers/modbus_write.h"
#include "sensors/drivers/polltext.h"
#include "sensors/drivers/sdi12.h"
#include "sensors/tables/profile_parts.h"

/* ---- what is no number ---- */

static const uint32_t odd_f32[] = {
	0x7FC00000,                         /* quiet NaN */
	0xFFC00000, 0x7FFFFFFF, 0x7F800001, /* signalling */
	0x7F800000, 0xFF800000,             /* +inf, -inf */
	0x7F7FFFFF, 0xFF7FFFFF,             /* the largest */
	0x00000001, 0x80000001,             /* the smallest */
};

static const uint64_t odd_f64[] = {
	0x7FF8000000000000,
	0xFFF8000000000000,
	0x7FFFFFFFFFFFFFFF,
	0x7FF0000000000001,
	0x7FF0000000000000,
	0xFFF0000000000000,
	0x7FEFFFFFFFFFFFFF,
	0xFFEFFFFFFFFFFFFF,
	0x0000000000000001,
	0x8000000000000001,
};

static const char *const odd_word[] = { "nan", "NaN", "-nan", "inf", "+inf", "-inf",
	"INF", "infinity", "1e999", "-1e999", "1e-999", "+9999999", "-9999999",
	"+9999+99", "-9999+99", "9999999999999999", "0x7F", "--", "1.2.3", "" };

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
_Static_assert(COUNT(odd_word) == NO_NUMBERS, "as many as there are words");

struct no_number no_number;
static size_t sdi12_before; /* values of the answers before */

static const struct profile_tag *tag_of(const struct stage *stage)
{
	return &stage->profile->channel[no_number.channel].tag;
}

/* ---- binary ---- */

/* n bytes, most significant first, as an order of words writes them: 'A' stands for the first. */
static void write_ordered(const char *order, const uint8_t *plain, uint8_t *at)
{
	for (size_t i = 0; order[i] != '\0'; i++)
		at[i] = plain[order[i] - 'A'];
}

static bool put_f32(const char *order, uint8_t *at)
{
	uint8_t plain[4];
	if (no_number.k >= COUNT(odd_f32))
		return false;
	put_be32(plain, odd_f32[no_number.k]);
	write_ordered(order, plain, at);
	return true;
}

static bool put_f64(const char *order, uint8_t *at)
{
	uint8_t plain[8];
	if (no_number.k >= COUNT(odd_f64))
		return false;
	put_be32(plain, (uint32_t)(odd_f64[no_number.k] >> 32));
	put_be32(plain + 4, (uint32_t)odd_f64[no_number.k]);
	write_ordered(order, plain, at);
	return true;
}

static bool put_word(const struct profile_tag *tag, uint8_t *at)
{
	size_t n = 2 * (size_t)tag->count;
	bool swap = tag->order_set && word_orders[tag->order][0] == 'B';
	if (no_number.k >= COUNT(odd_word) || strlen(odd_word[no_number.k]) > n)
		return false;
	for (size_t i = 0; i < n; i++)
		at[swap ? i ^ 1 : i] = (uint8_t)(i < strlen(odd_word[no_number.k])
		                                         ? odd_word[no_number.k][i]
		                                         : ' ');
	return true;
}

static bool put_registers(const struct profile_tag *tag, uint8_t *at)
{
	switch (tag->type) {
	case TYPE_F32:
		return put_f32(word_orders[tag->order], at);
	case TYPE_F64:
		return put_f64(word_orders[tag->order], at);
	case TYPE_TOTAL:
		return put_f32(word_orders[tag->order], at + 4);
	case TYPE_ASCII:
		return put_word(tag, at);
	case TYPE_BCD:
		memset(at, 0xFA, 2 * (size_t)tag->count);
		return no_number.k == 0;
	case TYPE_DECIMAL:
		put_be16(at + 4, no_number.k == 0 ? 0x7FFF : 0x8000);
		return no_number.k < 2;
	default:
		return false; /* every pattern of bits is a number */
	}
}

/* What a master writes to whoever listens. */
static size_t twist_write(struct stage *stage, uint8_t *bytes, size_t n)
{
	const struct profile_tag *tag = tag_of(stage);
	struct modbus_write write;
	assert_true(modbus_write_get(stage->capture.framing, bytes, n, &write) > 0);
	no_number.put = put_registers(tag, write.data + 2 * tag->at);
	return (size_t)modbus_write_put(
	        stage->capture.framing, &write, bytes, FRAME_MOST);
}

static size_t twist_modbus(struct stage *stage, const uint8_t *request, size_t asked,
        uint8_t *answer, size_t n)
{
	const struct profile_tag *tag = tag_of(stage);
	const struct profile_block *block = &stage->profile->block[tag->block_index];
	int framing = stage->capture.framing;
	struct modbus_request what;
	struct modbus_answer said;
	uint8_t data[MODBUS_FRAME];
	if (block->modbus.function == PUSHED)
		return twist_write(stage, answer, n);
	assert_true(modbus_request_get(framing, request, asked, &what) > 0);
	if (what.function != block->modbus.function ||
	        what.start != block->modbus.start || modbus_is_bits(block))
		return n;
	assert_int_equal(modbus_answer_get(framing, &what, answer, n, true, &said), OK);
	memcpy(data, said.data, said.size);
	no_number.put = put_registers(tag, data + 2 * tag->at);
	return (size_t)modbus_answer_put(framing, &what, data, answer, FRAME_MOST);
}

static size_t twist_frames(struct stage *stage, const uint8_t *request, size_t asked,
        uint8_t *answer, size_t n)
{
	const struct profile_tag *tag = tag_of(stage);
	const struct frame_rule *rule =
	        &frames_block(stage->profile, tag->block_index)->rule;
	struct frame_plain plain;
	if (tag->type != FRAME_F32 || frames_find(rule, answer, n, &plain) != (int)n)
		return n;
	no_number.put = put_f32(frame_orders[tag->order], plain.byte + tag->at);
	return (size_t)frames_put(rule, &plain, answer, FRAME_MOST);
}

/* ---- text ---- */

/* Cut `old` bytes at `at` out of n, and write the odd word there; their number. */
static size_t replace(uint8_t *bytes, size_t n, size_t at, size_t old)
{
	const char *word = odd_word[no_number.k];
	size_t now = strlen(word);
	memmove(bytes + at + now, bytes + at + old, n - at - old);
	memcpy(bytes + at, word, now);
	no_number.put = true;
	return n - old + now;
}

/* Where a field of an answer begins, and its length; false if it is not there. */
static bool find_field(
        const struct stage *stage, const uint8_t *in, size_t n, size_t *at, size_t *old)
{
	const struct driver *driver = stage->profile->driver;
	struct exchange exchange = { .size = (uint16_t)n, .bytes = in };
	struct came came = { .state = STATE_SILENT };
	struct text_fields fields;
	driver->look(&stage->capture.instrument, &exchange, &came);
	if (!driver->fields(&stage->capture.instrument, &came, &fields))
		return false;
	const struct text_field *field =
	        text_fields_find(&fields, tag_of(stage)->field);
	if (field == NULL)
		return false;
	*at = (size_t)((const uint8_t *)field->at - in);
	*old = field->n;
	return true;
}

static size_t twist_bayern(struct stage *stage, const uint8_t *request, size_t asked,
        uint8_t *answer, size_t n)
{
	int form = stage->profile->block[0].bayern.form;
	size_t at, old, around = form == BAYERN_ETX ? 3 : 1;
	if (!find_field(stage, answer, n, &at, &old))
		return n;
	n = replace(answer, n, at, old);
	return (size_t)bayern_close(form, n - 1 - around, answer, FRAME_MOST);
}

static size_t twist_elan(struct stage *stage, const uint8_t *request, size_t asked,
        uint8_t *answer, size_t n)
{
	struct elan_request what = elan_request_of(&stage->capture.instrument);
	struct elan_answer said;
	const char *why;
	uint8_t copy[FRAME_MOST];
	size_t i = 0;
	memcpy(copy, answer, n);
	assert_int_equal(elan_answer_get(&what, copy, n, &said, &why), OK);
	while (i < said.n &&
	        atoi(tag_of(stage)->field + 1) != said.value[i].code[ELAN_COMPONENT])
		i++;
	assert_true(i < said.n);
	said.value[i].at = odd_word[no_number.k];
	said.value[i].n = strlen(odd_word[no_number.k]);
	no_number.put = said.value[i].n <= ELAN_TEXT;
	int size = no_number.put ? elan_answer_put(&what, &said, answer, FRAME_MOST)
	                         : (int)n;
	return (size_t)size;
}

static size_t twist_hj212(struct stage *stage, const uint8_t *request, size_t asked,
        uint8_t *answer, size_t n)
{
	const struct hj212_dialect dialect =
	        hj212_dialect_of(&stage->capture.instrument);
	size_t at, old;
	char text[8];
	if (!find_field(stage, answer, n, &at, &old))
		return n;
	n = replace(answer, n, at, old);
	size_t data = n - HJ212_OVERHEAD;
	snprintf(text, sizeof text, "##%04zu", data);
	memcpy(answer, text, 6);
	snprintf(text, sizeof text, "%04X",
	        hj212_check_of(dialect.check, answer + 6, data));
	memcpy(answer + 6 + data, text, 4);
	return n;
}

static size_t twist_sdi12(struct stage *stage, const uint8_t *request, size_t asked,
        uint8_t *answer, size_t n)
{
	size_t place = strtoul(tag_of(stage)->field, NULL, 10) - 1;
	struct sdi12_value value[SDI12_VALUES];
	if (strchr("DR", request[1]) == NULL)
		return n;
	sdi12_before = request[2] == '0' ? 0 : sdi12_before;
	int count = sdi12_values_get(answer, n, value, SDI12_VALUES);
	size_t from = sdi12_before;
	sdi12_before += (size_t)count;
	if (place < from || place >= sdi12_before)
		return n;
	bool check = stage->profile->block[0].sdi12.check != SDI12_CHECK_NO;
	size_t at = (size_t)((const uint8_t *)value[place - from].at - answer);
	n = replace(answer, n, at, value[place - from].n);
	return sdi12_close(check, (char *)answer, n - (check ? 5 : 2));
}

/* One line, of one template; what it becomes stands in `out`. */
static size_t twist_line(
        struct stage *stage, struct pattern_bytes line, struct pattern_room out)
{
	const struct polltext *own = stage->profile->own;
	const struct profile_tag *tag = tag_of(stage);
	const struct polltext_patterns *answers = &own->answer[tag->block_index];
	const char *address = stage->capture.address;
	struct text_fields fields;
	int which = polltext_which(answers, address, line), n = -1;
	if (which >= 0) {
		pattern_match(&answers->pattern[which], address, line, &fields);
		for (size_t i = 0; i < fields.n; i++) {
			if (strcmp(fields.field[i].name, tag->field) != 0)
				continue;
			fields.field[i].at = odd_word[no_number.k];
			fields.field[i].n = strlen(odd_word[no_number.k]);
		}
		n = pattern_print(&answers->pattern[which], address, &fields, out);
	}
	no_number.put |= n > 0;
	if (n > 0)
		return (size_t)n;
	memcpy(out.at, line.at, line.n);
	return line.n;
}

static size_t twist_polltext(struct stage *stage, const uint8_t *request, size_t asked,
        uint8_t *answer, size_t n)
{
	uint8_t copy[FRAME_MOST];
	size_t size = 0;
	memcpy(copy, answer, n);
	for (size_t at = 0; at < n;) {
		struct pattern_bytes rest = { copy + at, n - at };
		int length = polltext_frame(&stage->capture.instrument, NO_BLOCK, rest);
		assert_true(length > 0);
		rest.n = (size_t)length;
		size += twist_line(stage, rest,
		        (struct pattern_room){ answer + size, FRAME_MOST - size });
		at += (size_t)length;
	}
	return size;
}

/* ---- by kind of driver ---- */

static const struct no_number_kind kinds[] = {
	{ "modbus", twist_modbus, true },
	{ "stream-frame", twist_frames, true },
	{ "bayern-hessen", twist_bayern, false },
	{ "elan", twist_elan, false },
	{ "hj212", twist_hj212, false },
	{ "sdi12", twist_sdi12, false },
	{ "poll-text", twist_polltext, false },
};

const struct no_number_kind *no_number_kind_of(const struct profile *profile)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kinds[i].driver, profile->driver->name) == 0)
			return &kinds[i];
	fail_msg("driver %s: nobody knows what is no number in it",
	        profile->driver->name);
	return NULL;
}

const char *no_number_word(void)
{
	return odd_word[no_number.k];
}
