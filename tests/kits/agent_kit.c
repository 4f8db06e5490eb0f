/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/agent_kit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/day.h"
#include "archive/proof.h"
#include "base/event.h"
#include "base/journal.h"
#include "base/reading.h"
#include "tests/kits/check.h"

/* ---- making records ---- */

void agent_start(struct agent *agent, struct agent_book *book, const char *source,
        uint64_t epoch)
{
	memset(agent, 0, sizeof *agent);
	snprintf(agent->source, sizeof agent->source, "%s", source);
	agent->epoch = epoch;
	agent->seq = agent->first_seq = 1;
	agent->boot = 77;
	agent->mono_base_us = AGENT_DAY - 100 * AGENT_1DAY;
	agent->clock = CLOCK_SYNCED;
	agent->book = book;
	agent_instrument(agent, ORIGIN_INSTRUMENT, "A1");
}

void agent_end(struct agent *agent)
{
	describe_free(agent->describe);
}

void agent_book_free(struct agent_book *book)
{
	for (size_t i = 0; i < book->n; i++)
		free(book->record[i].bytes);
	free(book->record);
	*book = (struct agent_book){ .n = 0 };
}

void agent_instrument(
        struct agent *agent, enum describe_origin origin, const char *serial)
{
	uint8_t payload[DESCRIBE_MOST];
	describe_free(agent->describe);
	struct describe *describe = describe_new(DESCRIBE_INSTRUMENT);
	assert_non_null(describe);
	describe->origin = origin;
	memcpy(describe->station, agent->source, sizeof describe->station);
	snprintf(describe->instrument, sizeof describe->instrument, "cod");
	describe->zone = "kcn-mau";
	describe->zone_name = "KCN Mẫu";
	describe->model = "made-up";
	describe->serial = describe_text(describe, serial);
	describe->poll_every_s = 60;
	assert_int_equal(describe_channels(describe, 1), OK);
	describe->channel[0].name = "cod";
	describe->channel[0].unit = "mg/L";
	describe->channel[0].kind = "measurement";
	describe->channel[0].result_every_s = 60;
	assert_true(describe_encode(describe, payload, sizeof payload) > 0);
	agent->describe = describe;
}

static void remember(struct agent_book *book, const struct record *record,
        const uint8_t *bytes, size_t n)
{
	if (book->n == book->room) {
		book->room = book->room > 0 ? 2 * book->room : 256;
		book->record = realloc(book->record, book->room * sizeof *book->record);
	}
	uint8_t *copy = malloc(n);
	memcpy(copy, bytes, n);
	book->record[book->n++] =
	        (struct agent_record){ record->epoch, record->seq, n, copy };
	/* cppcheck-suppress memleak */
}

void agent_raw(struct agent *agent, uint8_t type, int64_t time_us, const void *payload,
        size_t n)
{
	struct record record = { .type = type,
		.clock = agent->clock,
		.epoch = agent->epoch,
		.seq = agent->seq,
		.time_us = time_us,
		.mono_us = time_us - agent->mono_base_us,
		.boot = agent->boot,
		.payload = payload,
		.payload_size = n };
	memcpy(record.source, agent->source, sizeof record.source);
	uint8_t *out = agent->batch + agent->batch_size;
	int size = record_encode(
	        &record, out, WIRE_MOST - WIRE_HEADER - agent->batch_size);
	assert_true(size > 0);
	remember(agent->book, &record, out, (size_t)size);
	agent->batch_size += (size_t)size;
	agent->count++;
	agent->seq++;
}

void agent_describe(struct agent *agent, int64_t time_us)
{
	uint8_t payload[DESCRIBE_MOST];
	int n = describe_encode(agent->describe, payload, sizeof payload);
	assert_true(n > 0);
	agent_raw(agent, RECORD_DESCRIBE, time_us, payload, (size_t)n);
}

void agent_reading(struct agent *agent, int64_t time_us, double value)
{
	static const uint8_t state[1] = { STATE_OK };
	static const uint8_t answer[] = { 1, 4, 4, 0x42, 0x28, 0, 0, 0x5a, 0x1f };
	uint8_t payload[512], exchange[64];
	struct exchange one = { .block = 0, .size = sizeof answer, .bytes = answer };
	int size = exchange_put(&one, exchange, sizeof exchange);
	struct reading_parts parts = { .n_channels = 1,
		.state = state,
		.value = &value,
		.n_exchanges = 1,
		.exchanges = exchange,
		.exchanges_size = (size_t)size };
	memcpy(parts.describe, agent->describe->hash, sizeof parts.describe);
	int n = reading_encode(&parts, payload, sizeof payload);
	assert_true(n > 0);
	agent_raw(agent, RECORD_READING, time_us, payload, (size_t)n);
}

void agent_clock(struct agent *agent, int64_t before_us, int64_t after_us)
{
	uint8_t payload[64];
	struct clock_event event = { before_us, after_us, CLOCK_SYNCED };
	int n = clock_encode(&event, payload, sizeof payload);
	assert_true(n > 0);
	/* the monotonic clock did not step */
	agent->mono_base_us += after_us - before_us;
	agent->clock = CLOCK_SYNCED;
	agent_raw(agent, RECORD_CLOCK, after_us, payload, (size_t)n);
}

void agent_state(struct agent *agent, int64_t time_us, const char *text)
{
	uint8_t payload[512];
	struct state_event event = { "line plc", "up", text };
	int n = state_encode(&event, payload, sizeof payload);
	assert_true(n > 0);
	agent_raw(agent, RECORD_STATE, time_us, payload, (size_t)n);
}

/* ---- messages ---- */

static struct wire message_of(struct agent *agent, uint64_t first, uint16_t count)
{
	struct wire wire = { .type = WIRE_DATA,
		.epoch = agent->epoch,
		.first_seq = first,
		.count = count,
		.payload = agent->batch,
		.payload_size = agent->batch_size };
	struct wire decoded;
	memcpy(wire.source, agent->source, sizeof wire.source);
	int n = wire_encode(&wire, agent->message, sizeof agent->message);
	assert_true(n > 0);
	assert_int_equal(wire_decode(&decoded, agent->message, (size_t)n), OK);
	agent->batch_size = 0;
	agent->count = 0;
	agent->first_seq = agent->seq;
	return decoded;
}

struct wire agent_message(struct agent *agent)
{
	return message_of(agent, agent->first_seq, agent->count);
}

struct wire agent_again(struct agent *agent, uint64_t first, uint64_t last)
{
	agent->batch_size = 0;
	for (size_t i = 0; i < agent->book->n; i++) {
		const struct agent_record *record = &agent->book->record[i];
		if (record->epoch != agent->epoch || record->seq < first ||
		        record->seq > last)
			continue;
		memcpy(agent->batch + agent->batch_size, record->bytes, record->size);
		agent->batch_size += record->size;
	}
	return message_of(agent, first, (uint16_t)(last - first + 1));
}

int agent_hand(struct agent *agent, struct ingest *ingest, int64_t now_us)
{
	struct problem why;
	struct wire wire = agent_message(agent);
	return ingest_data(ingest, agent->source, &wire, now_us, NULL, &why);
}

void agent_give(struct agent *agent, struct ingest *ingest, int64_t now_us)
{
	struct problem why = { .text = "" };
	struct wire wire = agent_message(agent);
	if (ingest_data(ingest, agent->source, &wire, now_us, NULL, &why) != OK)
		fail_msg("not taken: %s", why.text);
}

/* ---- archives ---- */

void archive_make(const char *dir)
{
	struct archive_identity identity = { "kcn-mau", "KCN Mẫu", 420 };
	struct problem why = { .text = "" };
	if (archive_create(dir, &identity, &why) != OK)
		fail_msg("%s", why.text);
}

struct ingest *archive_ingest(const char *dir)
{
	struct ingest_options options = { .dir = dir };
	struct ingest *ingest;
	struct problem why = { .text = "" };
	if (ingest_open(&ingest, &options, &why) != OK)
		fail_msg("%s", why.text);
	return ingest;
}

const char *sealed_names(const char *dir, const char *station)
{
	static char ring[2][4096];
	static unsigned next;
	char *out = ring[next++ % 2];
	struct seal_list list = { .n = 0 };
	size_t n = 0;
	out[0] = '\0';
	assert_int_equal(seal_list_read(&list, dir, NULL), OK);
	for (size_t i = 0; i < list.n; i++)
		if (strcmp(list.seal[i].station, station) == 0)
			n += (size_t)snprintf(out + n, sizeof ring[0] - n, "%s%s",
			        n > 0 ? " " : "", strrchr(list.seal[i].path, '/') + 1);
	seal_list_free(&list);
	return out;
}

struct count {
	const struct agent_book *book;
	uint8_t *seen;  /* seen[book->n] */
	size_t n, hint; /* records mostly come in the order they were made in */
};

static int count_one(struct count *count, const uint8_t *bytes, size_t size)
{
	struct record record;
	assert_int_equal(record_decode(&record, bytes, size), (int)size);
	for (size_t k = 0; k < count->book->n; k++) {
		size_t i = (count->hint + k) % count->book->n;
		const struct agent_record *made = &count->book->record[i];
		if (made->epoch != record.epoch || made->seq != record.seq)
			continue;
		count->hint = i + 1;
		assert_int_equal(made->size, size);
		assert_memory_equal(made->bytes, bytes, size);
		if (count->seen[i]++ != 0)
			fail_msg("%016" PRIx64 "/%" PRIu64 " lies there twice",
			        record.epoch, record.seq);
		count->n++;
		return 0;
	}
	fail_msg("%016" PRIx64 "/%" PRIu64 " was never made", record.epoch, record.seq);
	return 0;
}

static int count_sealed(void *with, const uint8_t *record, size_t size,
        int64_t stored_us, uint8_t transport)
{
	return count_one(with, record, size);
}

size_t sealed_records(const char *dir, const struct agent_book *book)
{
	struct count count = { book, calloc(book->n + 1, 1), 0, 0 };
	struct seal_list list = { .n = 0 };
	struct problem why = { .text = "" };
	assert_int_equal(seal_list_read(&list, dir, &why), OK);
	for (size_t i = 0; i < list.n; i++) {
		struct day *day;
		if (day_open(&day, in_folder(dir, list.seal[i].path), &why) != OK)
			fail_msg("%s", why.text);
		assert_int_equal(day_records(day, count_sealed, &count, &why),
		        (int)list.seal[i].records);
		day_close(day);
	}
	seal_list_free(&list);
	free(count.seen);
	return count.n;
}

/* Holes met on the way. */
static size_t count_journal(
        struct count *count, const char *folder, const char *source, uint64_t epoch)
{
	size_t holes = 0;
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why = { .text = "" };
	int status;
	assert_int_equal(journal_read_open(&reader, folder, source, epoch, 1), OK);
	while ((status = journal_read_next(reader, &entry, &why)) != 0) {
		if (status == 1)
			count_one(count, entry.record, entry.size);
		else
			holes++;
	}
	journal_read_close(reader);
	return holes;
}

size_t journal_records(const char *dir, const struct agent_book *book)
{
	size_t holes;
	size_t n = journal_records_and_holes(dir, book, &holes);
	assert_int_equal(holes, 0);
	return n;
}

size_t journal_records_and_holes(
        const char *dir, const struct agent_book *book, size_t *holes)
{
	*holes = 0;
	struct count count = { book, calloc(book->n + 1, 1), 0, 0 };
	char source[16][SOURCE_SIZE + 1];
	uint64_t epoch[64];
	char folder[4096];
	snprintf(folder, sizeof folder, "%s/journal", dir);
	int sources = journal_sources(folder, source, 16);
	for (int i = 0; i < sources; i++) {
		int epochs = journal_epochs(folder, source[i], epoch, 64);
		for (int k = 0; k < epochs; k++)
			*holes += count_journal(&count, folder, source[i], epoch[k]);
	}
	free(count.seen);
	return count.n;
}

struct seqs {
	char text[4096];
	size_t n;
	uint64_t first, last;
};

static void seqs_flush(struct seqs *seqs)
{
	if (seqs->last != 0)
		seqs->n += (size_t)snprintf(seqs->text + seqs->n,
		        sizeof seqs->text - seqs->n, "%s%" PRIu64 "-%" PRIu64,
		        seqs->n > 0 ? " " : "", seqs->first, seqs->last);
}

static int seqs_one(void *with, const uint8_t *bytes, size_t size, int64_t stored_us,
        uint8_t transport)
{
	struct seqs *seqs = with;
	struct record record;
	record_decode(&record, bytes, size);
	if (seqs->last == 0 || record.seq != seqs->last + 1) {
		seqs_flush(seqs);
		seqs->first = record.seq;
	}
	seqs->last = record.seq;
	return 0;
}

const char *sealed_seqs(const char *dir, const char *name)
{
	static struct seqs seqs;
	struct seal_list list = { .n = 0 };
	struct problem why = { .text = "" };
	seqs = (struct seqs){ .n = 0 };
	assert_int_equal(seal_list_read(&list, dir, NULL), OK);
	for (size_t i = 0; i < list.n; i++) {
		struct day *day;
		if (strcmp(strrchr(list.seal[i].path, '/') + 1, name) != 0)
			continue;
		assert_int_equal(
		        day_open(&day, in_folder(dir, list.seal[i].path), &why), OK);
		assert_true(day_records(day, seqs_one, &seqs, &why) >= 0);
		day_close(day);
	}
	seqs_flush(&seqs);
	seal_list_free(&list);
	return seqs.text;
}
