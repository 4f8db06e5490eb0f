/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/fake_collector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kits/check.h"

struct book_epoch *book_epoch(struct fake_collector *collector, uint64_t epoch)
{
	for (size_t i = 0; i < collector->n_epochs; i++)
		if (collector->epoch[i].epoch == epoch)
			return &collector->epoch[i];
	assert_true(collector->n_epochs < BOOK_EPOCHS);
	struct book_epoch *book = &collector->epoch[collector->n_epochs++];
	*book = (struct book_epoch){ .epoch = epoch, .next = 1 };
	return book;
}

static void answer(struct fake_collector *collector, const struct wire *to,
        uint8_t type, const void *payload, size_t n)
{
	struct wire wire = { .type = type,
		.epoch = to->epoch,
		.first_seq = type == WIRE_ACK ? to->first_seq + to->count
		                              : book_epoch(collector, to->epoch)->next,
		.payload = payload,
		.payload_size = n };
	memcpy(wire.source, to->source, sizeof wire.source);
	if (collector->given == collector->n_answers)
		collector->given = collector->n_answers = 0;
	assert_true(collector->n_answers < 32);
	int size = wire_encode(&wire, collector->answer[collector->n_answers], 4096);
	assert_true(size > 0);
	collector->answer_size[collector->n_answers++] = (size_t)size;
}

static void hear_hello(struct fake_collector *collector, const struct wire *wire)
{
	uint8_t payload[64];
	struct book_epoch *book = book_epoch(collector, wire->epoch);
	struct wire_welcome welcome = { .window = 4,
		.most = collector->most > 0 ? collector->most : WIRE_MOST };
	collector->hellos++;
	if (wire->first_seq > book->next) {
		book->skipped += wire->first_seq - book->next;
		book->next = wire->first_seq;
	}
	int n = wire_welcome_put(&welcome, payload, sizeof payload);
	answer(collector, wire, WIRE_WELCOME, payload, (size_t)n);
}

static struct book_record *find(
        const struct fake_collector *collector, uint64_t epoch, uint64_t seq)
{
	for (size_t i = 0; i < collector->n; i++)
		if (collector->record[i].epoch == epoch &&
		        collector->record[i].seq == seq)
			return &collector->record[i];
	return NULL;
}

static void take(struct fake_collector *collector, const struct record *record,
        const uint8_t *bytes, size_t n)
{
	assert_true(collector->n < BOOK_RECORDS);
	struct book_record *kept = &collector->record[collector->n++];
	*kept = (struct book_record){ .epoch = record->epoch,
		.seq = record->seq,
		.time_us = record->time_us,
		.mono_us = record->mono_us,
		.type = record->type,
		.size = n,
		.bytes = malloc(n) };
	assert_non_null(kept->bytes);
	memcpy(kept->bytes, bytes, n);
}

static void refuse(struct fake_collector *collector, const struct wire *to,
        uint64_t other_seq, const char *reason)
{
	uint8_t payload[sizeof(struct wire_nak)];
	struct wire_nak nak = { .other_seq = other_seq };
	snprintf(nak.reason, sizeof nak.reason, "%s", reason);
	int n = wire_nak_put(&nak, payload, sizeof payload);
	assert_true(n > 0);
	collector->naks++;
	answer(collector, to, WIRE_NAK, payload, (size_t)n);
}

/* 0, or the number that came before with other bytes. */
static uint64_t take_all(struct fake_collector *collector, const struct wire *wire)
{
	struct book_epoch *book = book_epoch(collector, wire->epoch);
	for (size_t at = 0; at < wire->payload_size;) {
		struct record record;
		const uint8_t *bytes = wire->payload + at;
		int n = record_decode(&record, bytes, wire->payload_size - at);
		assert_true(n > 0);
		const struct book_record *known =
		        record.seq < book->next
		                ? find(collector, record.epoch, record.seq)
		                : NULL;
		if (known != NULL &&
		        (known->size != (size_t)n ||
		                memcmp(known->bytes, bytes, known->size) != 0))
			return record.seq;
		if (record.seq == book->next) {
			take(collector, &record, bytes, (size_t)n);
			book->next++;
		}
		at += (size_t)n;
	}
	return 0;
}

static void hear_data(struct fake_collector *collector, const struct wire *wire)
{
	struct book_epoch *book = book_epoch(collector, wire->epoch);
	collector->data++;
	if (collector->n_order == 0 ||
	        collector->order[collector->n_order - 1] != wire->epoch) {
		assert_true(collector->n_order < BOOK_EPOCHS);
		collector->order[collector->n_order++] = wire->epoch;
	}
	if (collector->mute_data)
		return;
	if (wire->first_seq > book->next || wire->epoch == collector->refused) {
		refuse(collector, wire, 0, "begins beyond");
		return;
	}
	uint64_t other_seq = take_all(collector, wire);
	if (other_seq > 0)
		refuse(collector, wire, other_seq, "came before with other bytes");
	else
		answer(collector, wire, WIRE_ACK, NULL, 0);
}

static int hear(void *with, const void *in, size_t n)
{
	struct fake_collector *collector = with;
	struct wire wire;
	assert_int_equal(wire_decode(&wire, in, n), OK);
	if (collector->away)
		return OK;
	if (wire.type == WIRE_HELLO)
		hear_hello(collector, &wire);
	if (wire.type == WIRE_DATA)
		hear_data(collector, &wire);
	if (wire.type == WIRE_PING)
		answer(collector, &wire, WIRE_PONG, NULL, 0);
	return OK;
}

static int say(void *with, void *out, size_t room)
{
	struct fake_collector *collector = with;
	if (collector->given == collector->n_answers || collector->away)
		return 0;
	size_t n = collector->answer_size[collector->given];
	memcpy(out, collector->answer[collector->given++], n);
	return (int)n;
}

static int renew(void *with)
{
	struct fake_collector *collector = with;
	collector->renewals++;
	collector->given = collector->n_answers = 0;
	return OK;
}

static int no_descriptor(void *with)
{
	return -1;
}

void fake_collector_start(struct fake_collector *collector)
{
	memset(collector, 0, sizeof *collector);
	collector->record = calloc(BOOK_RECORDS, sizeof *collector->record);
	assert_non_null(collector->record);
	collector->link = (struct keeper_link){ .with = collector,
		.name = "tcp://192.0.2.7:5710",
		.descriptor = no_descriptor,
		.send = hear,
		.receive = say,
		.renew = renew };
}

void fake_collector_end(struct fake_collector *collector)
{
	for (size_t i = 0; i < collector->n; i++)
		free(collector->record[i].bytes);
	free(collector->record);
	memset(collector, 0, sizeof *collector);
}

/* ---- the book ---- */

size_t book_count(const struct fake_collector *collector, uint64_t epoch)
{
	size_t n = 0;
	for (size_t i = 0; i < collector->n; i++)
		n += collector->record[i].epoch == epoch;
	return n;
}

size_t book_type(const struct fake_collector *collector, uint8_t type)
{
	size_t n = 0;
	for (size_t i = 0; i < collector->n; i++)
		n += collector->record[i].type == type;
	return n;
}

bool book_gap(const struct fake_collector *collector, struct gap_event *gap)
{
	for (size_t i = collector->n; i > 0; i--) {
		const struct book_record *kept = &collector->record[i - 1];
		if (kept->type == RECORD_GAP)
			return gap_decode(gap, kept->bytes + RECORD_HEADER,
			               kept->size - RECORD_HEADER) == OK;
	}
	return false;
}

bool book_state(const struct fake_collector *collector, const char *text)
{
	for (size_t i = 0; i < collector->n; i++) {
		const struct book_record *kept = &collector->record[i];
		if (kept->type == RECORD_STATE &&
		        memmem(kept->bytes + RECORD_HEADER, kept->size - RECORD_HEADER,
		                text, strlen(text)) != NULL)
			return true;
	}
	return false;
}

static int by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

void book_readings(const struct fake_collector *collector, size_t n)
{
	int64_t *mono_us = calloc(collector->n + 1, sizeof *mono_us);
	size_t found = 0;
	assert_non_null(mono_us);
	for (size_t i = 0; i < collector->n; i++) {
		if (collector->record[i].type == RECORD_READING)
			mono_us[found++] = collector->record[i].mono_us;
	}
	qsort(mono_us, found, sizeof *mono_us, by_time);
	for (size_t i = 1; i < found; i++) {
		if (mono_us[i] == mono_us[i - 1])
			fail_msg("a reading came twice: mono_us %lld",
			        (long long)mono_us[i]);
	}
	free(mono_us);
	assert_int_equal(found, n);
}

void book_others(struct fake_collector *collector, uint64_t epoch, size_t n)
{
	struct book_epoch *book = book_epoch(collector, epoch);
	for (size_t i = 0; i < n; i++) {
		struct record record = {
			.epoch = epoch, .seq = book->next++, .type = RECORD_STATE
		};
		take(collector, &record, (const uint8_t *)"", 1);
	}
}
