/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/wire.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/status.h"

#define HELLO_SIZE   24
#define WELCOME_SIZE 16
#define NAK_SIZE     8

enum {
	AT_TYPE = 4,
	AT_FLAGS = 5,
	AT_COUNT = 6,
	AT_SOURCE = 8,
	AT_EPOCH = 24,
	AT_SEQ = 32,
	AT_SIZE = 40,
	AT_CRC = 44,
};

static const uint8_t magic[4] = { 'Q', 'T', 'W', '1' };

static uint32_t message_crc(const uint8_t *in, size_t n)
{
	return crc32c(crc32c(0, in, AT_CRC), in + WIRE_HEADER, n - WIRE_HEADER);
}

/* What the header may say for its type; the payload is looked at elsewhere. */
static int header_valid(const struct wire *wire)
{
	if (wire->type < WIRE_HELLO || wire->type > WIRE_PONG ||
	        !id_valid(wire->source, SOURCE_SIZE))
		return 0;
	if (wire->type != WIRE_DATA && wire->count != 0)
		return 0;
	switch (wire->type) {
	case WIRE_DATA:
		return wire->count >= 1 && wire->count <= WIRE_COUNT &&
		       wire->first_seq >= 1 &&
		       wire->first_seq <= UINT64_MAX - wire->count;
	case WIRE_HELLO:
		return wire->payload_size >= HELLO_SIZE;
	case WIRE_WELCOME:
		return wire->payload_size == WELCOME_SIZE;
	case WIRE_NAK:
		return wire->payload_size >= NAK_SIZE;
	default:
		return wire->payload_size == 0;
	}
}

int wire_encode(const struct wire *wire, uint8_t *out, size_t room)
{
	if (!header_valid(wire))
		return REFUSED;
	if (wire->payload_size > WIRE_MOST - WIRE_HEADER ||
	        wire->payload_size + WIRE_HEADER > room)
		return FULL;
	size_t n = WIRE_HEADER + wire->payload_size;
	/* The payload may already lie in its place behind the header. */
	if (wire->payload_size > 0 && wire->payload != out + WIRE_HEADER)
		memmove(out + WIRE_HEADER, wire->payload, wire->payload_size);
	memset(out, 0, WIRE_HEADER);
	memcpy(out, magic, sizeof magic);
	out[AT_TYPE] = wire->type;
	put_le16(out + AT_COUNT, wire->count);
	source_put(wire->source, out + AT_SOURCE);
	put_le64(out + AT_EPOCH, wire->epoch);
	put_le64(out + AT_SEQ, wire->first_seq);
	put_le32(out + AT_SIZE, (uint32_t)wire->payload_size);
	put_le32(out + AT_CRC, message_crc(out, n));
	return (int)n;
}

/* `count` records fill the payload, each of this source and epoch and in turn. */
static int data_check(const struct wire *wire)
{
	size_t at = 0;
	for (uint16_t i = 0; i < wire->count; i++) {
		struct record record;
		int n = record_decode(
		        &record, wire->payload + at, wire->payload_size - at);
		if (n < 0 || record.seq != wire->first_seq + i ||
		        record.epoch != wire->epoch ||
		        !source_same(record.source, wire->source))
			return MALFORMED;
		at += (size_t)n;
	}
	return at == wire->payload_size ? OK : MALFORMED;
}

int wire_decode(struct wire *wire, const uint8_t *in, size_t n)
{
	if (n < WIRE_HEADER || n > WIRE_MOST || memcmp(in, magic, sizeof magic) != 0 ||
	        get_le32(in + AT_SIZE) != n - WIRE_HEADER ||
	        get_le32(in + AT_CRC) != message_crc(in, n) || in[AT_FLAGS] != 0)
		return MALFORMED;
	struct wire got = {
		.type = in[AT_TYPE],
		.epoch = get_le64(in + AT_EPOCH),
		.first_seq = get_le64(in + AT_SEQ),
		.count = get_le16(in + AT_COUNT),
		.payload = in + WIRE_HEADER,
		.payload_size = n - WIRE_HEADER,
	};
	if (source_get(in + AT_SOURCE, got.source) != OK || !header_valid(&got))
		return MALFORMED;
	if (got.type == WIRE_DATA && data_check(&got) != OK)
		return MALFORMED;
	*wire = got;
	return OK;
}

int wire_hello_put(const struct wire_hello *hello, uint8_t *out, size_t room)
{
	size_t version_size = strnlen(hello->version, sizeof hello->version - 1);
	size_t n = HELLO_SIZE + version_size;
	if (n > room)
		return FULL;
	memset(out, 0, HELLO_SIZE);
	put_le64(out, hello->newest_seq);
	put_le64(out + 8, (uint64_t)hello->time_us);
	out[16] = hello->clock;
	memcpy(out + HELLO_SIZE, hello->version, version_size);
	return (int)n;
}

int wire_hello_get(struct wire_hello *hello, const uint8_t *payload, size_t n)
{
	struct wire_hello got = { 0 };
	if (n < HELLO_SIZE || n - HELLO_SIZE >= sizeof got.version ||
	        payload[16] > CLOCK_STEPPED)
		return MALFORMED;
	for (size_t i = 17; i < HELLO_SIZE; i++) {
		if (payload[i] != 0)
			return MALFORMED;
	}
	for (size_t i = HELLO_SIZE; i < n; i++) {
		if (payload[i] < ' ' || payload[i] > '~')
			return MALFORMED;
	}
	got.newest_seq = get_le64(payload);
	got.time_us = (int64_t)get_le64(payload + 8);
	got.clock = payload[16];
	memcpy(got.version, payload + HELLO_SIZE, n - HELLO_SIZE);
	*hello = got;
	return OK;
}

int wire_welcome_put(const struct wire_welcome *welcome, uint8_t *out, size_t room)
{
	if (room < WELCOME_SIZE)
		return FULL;
	put_le64(out, (uint64_t)welcome->time_us);
	put_le32(out + 8, welcome->window);
	put_le32(out + 12, welcome->most);
	return WELCOME_SIZE;
}

int wire_welcome_get(struct wire_welcome *welcome, const uint8_t *payload, size_t n)
{
	if (n != WELCOME_SIZE)
		return MALFORMED;
	*welcome = (struct wire_welcome){
		.time_us = (int64_t)get_le64(payload),
		.window = get_le32(payload + 8),
		.most = get_le32(payload + 12),
	};
	return OK;
}

int wire_nak_put(const struct wire_nak *nak, uint8_t *out, size_t room)
{
	size_t size = strnlen(nak->reason, sizeof nak->reason - 1);
	if (NAK_SIZE + size > room)
		return FULL;
	put_le64(out, nak->other_seq);
	memcpy(out + NAK_SIZE, nak->reason, size);
	return (int)(NAK_SIZE + size);
}

int wire_nak_get(struct wire_nak *nak, const uint8_t *payload, size_t n)
{
	if (n < NAK_SIZE)
		return MALFORMED;
	size_t size = n - NAK_SIZE;
	*nak = (struct wire_nak){ .other_seq = get_le64(payload) };
	if (size >= sizeof nak->reason)
		size = sizeof nak->reason - 1;
	memcpy(nak->reason, payload + NAK_SIZE, size);
	return OK;
}
