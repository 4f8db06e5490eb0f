/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/talk_kit.h"

#include <stdio.h>
#include <string.h>

#include "tests/kits/check.h"

static size_t make_record(struct talk *cabinet, uint64_t seq)
{
	static uint8_t payload[RECORD_MOST];
	struct record record = { .type = RECORD_STATE,
		.source = "nt-01",
		.epoch = cabinet->view.epoch,
		.seq = seq,
		.time_us = 1,
		.payload = payload,
		.payload_size =
		        seq == cabinet->odd_seq ? RECORD_MOST - RECORD_HEADER : 136 };
	int n = record_encode(&record, cabinet->bytes, sizeof cabinet->bytes);
	assert_true(n > 0);
	return (size_t)n;
}

static size_t record_at(void *with, uint64_t seq, const uint8_t **out)
{
	struct talk *cabinet = with;
	/* records that are not committed are there too, and must not go */
	if (seq < cabinet->view.first_seq || seq >= cabinet->view.committed_seq + 5)
		return 0;
	if (seq >= cabinet->hole[0] && seq <= cabinet->hole[1])
		return 0;
	*out = cabinet->bytes;
	return make_record(cabinet, seq);
}

static uint64_t behind(void *with, uint64_t seq)
{
	struct talk *cabinet = with;
	assert_int_equal(seq, cabinet->hole[0]);
	return cabinet->hole[1] + 1 < cabinet->view.committed_seq ? cabinet->hole[1] + 1
	                                                          : 0;
}

static struct talk cabinet;

struct talk *talk_fresh(uint64_t committed)
{
	memset(&cabinet, 0, sizeof cabinet);
	uplink_init(&cabinet.uplink, "nt-01", 77, 0);
	cabinet.view = (struct uplink_view){ .epoch = 9,
		.first_seq = 1,
		.committed_seq = committed,
		.time_us = 1700000000 * S,
		.with = &cabinet,
		.record = record_at,
		.behind = behind };
	return &cabinet;
}

enum uplink_act talk_next(struct talk *c)
{
	return uplink_next(&c->uplink, &c->view, c->out, &c->n);
}

struct wire talk_sends(struct talk *c, uint8_t type)
{
	struct wire wire;
	assert_int_equal(talk_next(c), UPLINK_SEND);
	assert_int_equal(wire_decode(&wire, c->out, c->n), OK);
	assert_int_equal(wire.type, type);
	assert_string_equal(wire.source, "nt-01");
	uplink_sent(&c->uplink, c->view.now_us, OK);
	return wire;
}

int talk_hears(struct talk *c, const struct wire *wire)
{
	uint8_t message[4096];
	int n = wire_encode(wire, message, sizeof message);
	assert_true(n > 0);
	return uplink_hear(&c->uplink, &c->view, message, (size_t)n);
}

int talk_hears_plain(struct talk *c, uint8_t type, uint64_t first_seq)
{
	struct wire wire = { .type = type,
		.source = "nt-01",
		.epoch = c->view.epoch,
		.first_seq = first_seq };
	return talk_hears(c, &wire);
}

/* A message of the collector with a payload. */
static int hears_with(
        struct talk *c, uint8_t type, uint64_t first_seq, const uint8_t *payload, int n)
{
	assert_true(n > 0);
	struct wire wire = { .type = type,
		.source = "nt-01",
		.epoch = c->view.epoch,
		.first_seq = first_seq,
		.payload = payload,
		.payload_size = (size_t)n };
	return talk_hears(c, &wire);
}

int talk_hears_nak(struct talk *c, uint64_t wanted, uint64_t other, const char *reason)
{
	uint8_t payload[256];
	struct wire_nak nak = { .other_seq = other };
	snprintf(nak.reason, sizeof nak.reason, "%s", reason);
	return hears_with(c, WIRE_NAK, wanted, payload,
	        wire_nak_put(&nak, payload, sizeof payload));
}

void talk_hears_welcome(struct talk *c, uint64_t wanted, uint32_t window, uint32_t most)
{
	uint8_t payload[64];
	struct wire_welcome welcome = { .window = window, .most = most };
	assert_int_equal(hears_with(c, WIRE_WELCOME, wanted, payload,
	                         wire_welcome_put(&welcome, payload, sizeof payload)),
	        OK);
}

struct talk *talk_opened(uint64_t committed, uint64_t wanted, uint32_t window)
{
	struct talk *c = talk_fresh(committed);
	uplink_turn(&c->uplink, wanted, 0);
	talk_sends(c, WIRE_HELLO);
	talk_hears_welcome(c, wanted, window, WIRE_MOST);
	assert_int_equal(c->uplink.state, UPLINK_OPEN);
	return c;
}
