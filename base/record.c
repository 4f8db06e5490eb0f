/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/record.h"

#include <string.h>

#include "base/bytes.h"
#include "base/status.h"

/* 2100-01-01 00:00:00 UTC: a stamp from there on is a broken clock, not a time. */
#define TIME_END_US INT64_C(4102444800000000)

enum {
	AT_LENGTH = 0,
	AT_VERSION = 2,
	AT_TYPE = 3,
	AT_CLOCK = 4,
	AT_ZERO = 5,
	AT_RESERVED = 6,
	AT_SOURCE = 8,
	AT_EPOCH = 24,
	AT_SEQ = 32,
	AT_TIME = 40,
	AT_MONO = 48,
	AT_BOOT = 56,
};

static int id_character(char c, int first)
{
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return 1;
	return !first && (c == '_' || c == '-');
}

int id_valid(const char *id, size_t most)
{
	if (id == NULL)
		return 0;
	size_t n = strnlen(id, most + 1);
	if (n == 0 || n > most)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (!id_character(id[i], i == 0))
			return 0;
	}
	return 1;
}

void source_put(const char *source, uint8_t out[SOURCE_SIZE])
{
	memset(out, 0, SOURCE_SIZE);
	memcpy(out, source, strnlen(source, SOURCE_SIZE));
}

/* One pass: every record that comes, is read or is sealed goes through here. */
int source_get(const uint8_t in[SOURCE_SIZE], char source[SOURCE_SIZE + 1])
{
	size_t n = 0;
	while (n < SOURCE_SIZE && id_character((char)in[n], n == 0))
		n++;
	if (n == 0)
		return MALFORMED;
	for (size_t i = n; i < SOURCE_SIZE; i++) {
		if (in[i] != 0)
			return MALFORMED;
	}
	memcpy(source, in, SOURCE_SIZE);
	source[SOURCE_SIZE] = '\0';
	return OK;
}

/* All but the source. */
static int fields_valid(const struct record *record)
{
	return record->type >= RECORD_DESCRIBE && record->type <= RECORD_TYPES &&
	       record->clock <= CLOCK_STEPPED && record->seq <= RECORD_SEQ_MOST &&
	       record->time_us >= 0 && record->time_us < TIME_END_US;
}

int record_encode(const struct record *record, uint8_t *out, size_t room)
{
	if (!fields_valid(record) || !id_valid(record->source, SOURCE_SIZE) ||
	        record->payload_size > RECORD_MOST - RECORD_HEADER)
		return REFUSED;
	size_t length = RECORD_HEADER + record->payload_size;
	if (length > room)
		return FULL;
	memset(out, 0, RECORD_HEADER);
	put_le16(out + AT_LENGTH, (uint16_t)length);
	out[AT_VERSION] = RECORD_VERSION;
	out[AT_TYPE] = record->type;
	out[AT_CLOCK] = record->clock;
	source_put(record->source, out + AT_SOURCE);
	record_place(out, record->epoch, record->seq);
	put_le64(out + AT_TIME, (uint64_t)record->time_us);
	put_le64(out + AT_MONO, (uint64_t)record->mono_us);
	put_le64(out + AT_BOOT, record->boot);
	if (record->payload_size > 0)
		memcpy(out + RECORD_HEADER, record->payload, record->payload_size);
	return (int)length;
}

int record_decode(struct record *record, const uint8_t *in, size_t n)
{
	if (n < RECORD_HEADER)
		return MALFORMED;
	size_t length = get_le16(in + AT_LENGTH);
	if (length < RECORD_HEADER || length > RECORD_MOST || length > n)
		return MALFORMED;
	if (in[AT_VERSION] != RECORD_VERSION || in[AT_ZERO] != 0 ||
	        get_le16(in + AT_RESERVED) != 0)
		return MALFORMED;
	struct record got = {
		.type = in[AT_TYPE],
		.clock = in[AT_CLOCK],
		.epoch = get_le64(in + AT_EPOCH),
		.seq = get_le64(in + AT_SEQ),
		.time_us = (int64_t)get_le64(in + AT_TIME),
		.mono_us = (int64_t)get_le64(in + AT_MONO),
		.boot = get_le64(in + AT_BOOT),
		.payload = in + RECORD_HEADER,
		.payload_size = length - RECORD_HEADER,
	};
	if (source_get(in + AT_SOURCE, got.source) != OK || !fields_valid(&got))
		return MALFORMED;
	*record = got;
	return (int)length;
}

void record_place(uint8_t *bytes, uint64_t epoch, uint64_t seq)
{
	put_le64(bytes + AT_EPOCH, epoch);
	put_le64(bytes + AT_SEQ, seq);
}

const char *record_type_text(uint8_t type)
{
	static const char *const word[RECORD_TYPES + 1] = {
		[RECORD_DESCRIBE] = "describe",
		[RECORD_READING] = "reading",
		[RECORD_STATE] = "state",
		[RECORD_CLOCK] = "clock",
		[RECORD_GAP] = "gap",
		[RECORD_CLAIM] = "claim",
		[RECORD_AMEND] = "amend",
		[RECORD_DOCUMENT] = "document",
	};
	if (type == 0 || type > RECORD_TYPES)
		return "?";
	return word[type];
}
