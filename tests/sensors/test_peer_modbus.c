/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes recorded from a Modbus TCP server of others (npm modbus-serial): our asking side takes its
 * answers, and our answering side, given the same registers, says the same. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sensors/drivers/modbus.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"

#define ITEMS 200

struct table {
	const char *name;
	uint8_t function;
	size_t n;
	long item[ITEMS];
};

struct peer {
	char *text;
	struct table coils, inputs, holding, input;
};

static char *text_of(const char *folder, const char *name)
{
	char path[512];
	char *text = calloc(1, 65536);
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *in = fopen(path, "r");
	assert_non_null(in);
	text[fread(text, 1, 65535, in)] = '\0';
	fclose(in);
	return text;
}

/* Numbers of a JSON list. */
static void take_table(const char *text, struct table *table)
{
	char key[32];
	snprintf(key, sizeof key, "\"%s\":[", table->name);
	char *at = strstr(text, key);
	assert_non_null(at);
	at += strlen(key) - 1;
	while (*at != ']' && table->n < ITEMS)
		table->item[table->n++] = strtol(at + 1, &at, 10);
	assert_int_equal(table->n, ITEMS);
	assert_int_equal(*at, ']');
}

/* Bytes of `"key":"0001..."` behind `at`; their number. */
static size_t take_bytes(const char *at, const char *key, uint8_t *out)
{
	size_t n = 0;
	unsigned byte;
	at = strstr(at, key);
	assert_non_null(at);
	for (at += strlen(key); sscanf(at, "%2x", &byte) == 1; at += 2)
		out[n++] = (uint8_t)byte;
	return n;
}

static int peer_make(void **state)
{
	static struct peer peer;
	const char *folder = data_folder("peer_modbus");
	*state = NULL;
	if (folder == NULL)
		return 0;
	peer = (struct peer){ .coils = { "coils", 1, 0, { 0 } },
		.inputs = { "di", 2, 0, { 0 } },
		.holding = { "holding", 3, 0, { 0 } },
		.input = { "input", 4, 0, { 0 } } };
	peer.text = text_of(folder, "tcp_exchanges.json");
	take_table(peer.text, &peer.coils);
	peer.coils.item[8] =
	        0; /* the map is that after the peer's writes, this was one */
	take_table(peer.text, &peer.inputs);
	take_table(peer.text, &peer.holding);
	take_table(peer.text, &peer.input);
	*state = &peer;
	return 0;
}

static int peer_remove(void **state)
{
	struct peer *peer = *state;
	if (peer != NULL)
		free(peer->text);
	return 0;
}

static const struct table *table_of(const struct peer *peer, uint8_t function)
{
	const struct table *const table[] = { &peer->coils, &peer->inputs,
		&peer->holding, &peer->input };
	return table[function - 1];
}

typedef void exchange_hook(const struct peer *peer, const uint8_t *asked,
        size_t n_asked, const uint8_t *answered, size_t n_answered);

static size_t for_each(const struct peer *peer, exchange_hook *hook)
{
	size_t n = 0;
	for (const char *at = peer->text; (at = strstr(at, "{\"what\":")) != NULL;
	        at++) {
		uint8_t asked[600] = { 0 }, answered[600] = { 0 };
		size_t n_asked = take_bytes(at, "\"request\":\"", asked);
		size_t n_answered = take_bytes(at, "\"response\":\"", answered);
		hook(peer, asked, n_asked, answered, n_answered);
		n++;
	}
	return n;
}

/* ---- asking ---- */

static void check_data(const struct peer *peer, const struct modbus_request *request,
        const struct modbus_answer *answer)
{
	const struct table *table = table_of(peer, request->function);
	assert_int_equal(answer->size, modbus_answer_size(request));
	for (size_t i = 0; i < request->count; i++) {
		long got = request->function <= 2 ? answer->data[i / 8] >> (i % 8) & 1
		                                  : get_be16(answer->data + 2 * i);
		assert_int_equal(got, table->item[request->start + i]);
	}
}

static void take_answer(const struct peer *peer, const uint8_t *asked, size_t n_asked,
        const uint8_t *answered, size_t n_answered)
{
	struct modbus_request request;
	struct modbus_answer answer;
	uint8_t again[MODBUS_FRAME];
	/* 126 registers, 2001 coils, function 99, writes: neither asked nor answered by us */
	if (modbus_request_get(FRAMING_TCP, asked, n_asked, &request) <= 0) {
		request = (struct modbus_request){
			.slave = asked[6],
			.function = asked[7],
			.start = get_be16(asked + 8),
			.count = get_be16(asked + 10),
		};
		assert_int_equal(
		        modbus_request_put(FRAMING_TCP, &request, again, sizeof again),
		        REFUSED);
		return;
	}
	assert_int_equal(modbus_request_put(FRAMING_TCP, &request, again, sizeof again),
	        n_asked);
	assert_memory_equal(again, asked, n_asked);
	for (size_t cut = 0; cut < n_answered; cut++)
		assert_int_equal(
		        modbus_answer_frame(FRAMING_TCP, &request, answered, cut),
		        FRAME_SHORT);
	int status = modbus_answer_get(
	        FRAMING_TCP, &request, answered, n_answered, true, &answer);
	if (answered[7] & 0x80) {
		assert_int_equal(status, REFUSED);
		assert_int_equal(answer.exception, answered[8]);
	} else {
		assert_int_equal(status, OK);
		check_data(peer, &request, &answer);
	}
}

static void what_a_stranger_answers_is_taken(void **state)
{
	if (*state == NULL) {
		skip();
		return;
	}
	assert_int_equal(for_each(*state, take_answer), 12);
}

/* ---- answering ---- */

/* A profile over the same map: every item a channel of its own would be too many, so the
 * blocks are those of the recorded requests. */
static const char profile_text[] =
        "name: peer\nmaker: m\nmodel: m\nsummary: s\nsource: s\ndriver: "
        "modbus\nblocks:\n"
        "  - {name: a, function: 3, start: 0, count: 1, source: s}\n"
        "  - {name: b, function: 3, start: 100, count: 16, source: s}\n"
        "  - {name: c, function: 4, start: 0, count: 1, source: s}\n"
        "  - {name: d, function: 4, start: 198, count: 2, source: s}\n"
        "  - {name: e, function: 1, start: 0, count: 16, source: s}\n"
        "  - {name: f, function: 2, start: 0, count: 8, source: s}\n"
        "channels:\n";

/* Every item of the blocks as a channel. */
static struct profile *profile_of(void)
{
	static const struct {
		const char *block, *type;
		int n;
	} blocks[] = { { "a", "u16", 1 }, { "b", "u16", 16 }, { "c", "u16", 1 },
		{ "d", "u16", 2 }, { "e", "bit", 16 }, { "f", "bit", 8 } };
	char text[16384];
	struct profile *profile;
	struct problem why;
	int n = snprintf(text, sizeof text, "%s", profile_text);
	for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++)
		for (int i = 0; i < blocks[b].n; i++)
			n += snprintf(text + n, sizeof text - (size_t)n,
			        "  - {name: %s%d, label_vi: x, label_en: x, unit: "
			        "\"1\", "
			        "block: %s, at: %d, type: %s}\n",
			        blocks[b].block, i, blocks[b].block, i, blocks[b].type);
	if (profile_parse(&profile, text, (size_t)n, "peer", stderr, &why) != OK)
		fail_msg("%s", why.text);
	return profile;
}

static struct profile *ours;
static size_t same;

static void say_the_same(const struct peer *peer, const uint8_t *asked, size_t n_asked,
        const uint8_t *answered, size_t n_answered)
{
	double value[READING_CHANNELS];
	uint8_t state[READING_CHANNELS] = { 0 }, out[MODBUS_FRAME];
	struct channel_setting setting[READING_CHANNELS];
	struct instrument instrument = {
		.profile = ours, .framing = FRAMING_TCP, .slave = 1, .setting = setting
	};
	struct speech speech = {
		.instrument = &instrument, .value = value, .state = state
	};
	for (size_t i = 0; i < ours->n_channels; i++) {
		const struct profile_tag *tag = &ours->channel[i].tag;
		const struct profile_block *block = &ours->block[tag->block_index];
		setting[i] = (struct channel_setting){ .low = NAN, .high = NAN };
		value[i] = (double)table_of(peer, (uint8_t)block->modbus.function)
		                   ->item[block->modbus.start + tag->at];
	}
	int n = modbus_asked_of(&instrument, asked, n_asked);
	if (n <= 0 || get_be16(asked + 8) == 5) /* refused; register 5 is in no block */
		return;
	size_t size = modbus_say(&speech, asked, n_asked, out, sizeof out);
	assert_int_equal(size, n_answered);
	assert_memory_equal(out, answered, n_answered);
	same++;
}

static void we_answer_as_a_stranger_does(void **state)
{
	if (*state == NULL) {
		skip();
		return;
	}
	ours = profile_of();
	same = 0;
	for_each(*state, say_the_same);
	assert_int_equal(same, 7);
	profile_free(ours);
}

/* The floats at 100, high word first, to the last bit. */
static void floats_of_a_stranger_are_read(void **state)
{
	static const double want[] = { 7.01, 21.5, 0.123, -200, 1013.25, 65504.5, 1e-06,
		3.4e+38 };
	struct peer *peer = *state;
	if (peer == NULL) {
		skip();
		return;
	}
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		const struct profile_tag tag = { .type = TYPE_F32,
			.order = ORDER_ABCD,
			.scale = 1,
			.divide = 1,
			.count = 1 };
		uint8_t data[4];
		double value;
		put_be16(data, (uint16_t)peer->holding.item[100 + 2 * i]);
		put_be16(data + 2, (uint16_t)peer->holding.item[101 + 2 * i]);
		assert_true(modbus_tag_get(&tag, false, data, &value));
		assert_true(value == (double)(float)want[i]);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, peer_make, peer_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_a_stranger_answers_is_taken),
		TEST(we_answer_as_a_stranger_does),
		TEST(floats_of_a_stranger_are_read),
	};
	return cmocka_run_group_tests_name("peer_modbus", tests, NULL, NULL);
}
