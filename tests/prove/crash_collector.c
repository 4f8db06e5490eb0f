/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The collector: journals of several stations and epochs, whose agents send again what
 * was not acknowledged, and the office, which cannot; and the seals of their days, with
 * late records.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/day.h"
#include "archive/proof.h"
#include "base/journal.h"
#include "tests/kits/agent_kit.h"
#include "tests/kits/check.h"
#include "tests/prove/crash_work.h"
#include "tests/prove/crash_yard.h"

#define OFFICE CRASH_OFFICE
#define LATER  (AGENT_DAY + 400 * AGENT_1DAY)

/* ---- afterwards: what lies there ---- */

struct look {
	struct crash_book *book;
	struct crash_seen *seen;
	const char *dir;
};

static int look_sealed(void *with, const uint8_t *bytes, size_t n, int64_t stored_us,
        uint8_t transport)
{
	return crash_book_look(with, bytes, n, true) ? 0 : 1;
}

static bool look_at_file(struct look *look, const struct seal *seal)
{
	uint8_t digest[DIGEST_SIZE];
	struct day *day;
	struct problem why = { .text = "" };
	const char *path = in_folder(look->dir, seal->path);
	if (digest_of_file(path, digest) != OK ||
	        memcmp(digest, seal->file, DIGEST_SIZE) != 0)
		return crash_wrong(
		        look->book, "%s is not as it was sealed", seal->path);
	if (day_open(&day, path, &why) != OK)
		return crash_wrong(look->book, "%.200s", why.text);
	int n = day_records(day, look_sealed, look->book, &why);
	day_close(day);
	if (n != (int)seal->records)
		return crash_wrong(look->book, "%s holds %d records", seal->path, n);
	look->seen->sealed_files++;
	return true;
}

static bool look_at_seals(struct look *look)
{
	struct seal_list list = { .n = 0 };
	struct problem why = { .text = "" };
	for (size_t i = 0; i < look->book->n; i++)
		look->book->made[i].sealed = 0;
	if (seal_list_read(&list, look->dir, &why) != OK)
		crash_wrong(look->book, "%.200s", why.text);
	for (size_t i = 0; i < list.n && look->book->wrong[0] == '\0'; i++)
		look_at_file(look, &list.seal[i]);
	seal_list_free(&list);
	return look->book->wrong[0] == '\0';
}

static bool look_at_journal(
        struct look *look, const char *folder, const char *source, uint64_t epoch)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	int status;
	if (journal_read_open(&reader, folder, source, epoch, 1) != OK)
		return crash_wrong(
		        look->book, "%s %016" PRIx64 " cannot be read", source, epoch);
	while ((status = journal_read_next(reader, &entry, &why)) != 0) {
		if (status < 0)
			look->seen->holes++;
		else
			crash_book_look(look->book, entry.record, entry.size, false);
	}
	journal_read_close(reader);
	return look->book->wrong[0] == '\0';
}

static bool look_at_journals(struct look *look)
{
	char folder[4096], source[8][SOURCE_SIZE + 1];
	uint64_t epoch[CRASH_JOURNALS];
	for (size_t i = 0; i < look->book->n; i++)
		look->book->made[i].journal = 0;
	snprintf(folder, sizeof folder, "%s/journal", look->dir);
	int sources = journal_sources(folder, source, 8);
	for (int i = 0; i < sources; i++) {
		int n = journal_epochs(folder, source[i], epoch, CRASH_JOURNALS);
		for (int k = 0; k < n; k++)
			if (!look_at_journal(look, folder, source[i], epoch[k]))
				return false;
	}
	return true;
}

static bool look_all(struct look *look, bool all_sealed)
{
	return look_at_seals(look) && look_at_journals(look) &&
	       crash_book_whole(look->book, all_sealed);
}

/* ---- afterwards: the agents send what is wanted ---- */

struct batch {
	struct wire wire;
	uint8_t payload[WIRE_MOST];
};

static bool hand(struct ingest *ingest, struct batch *batch, struct crash_book *book)
{
	static uint8_t message[WIRE_MOST];
	struct problem why = { .text = "" };
	struct wire decoded;
	if (batch->wire.count == 0)
		return true;
	batch->wire.payload = batch->payload;
	int n = wire_encode(&batch->wire, message, sizeof message);
	if (n < 0 || wire_decode(&decoded, message, (size_t)n) != OK)
		errx(70, "no message can be made");
	batch->wire.count = 0;
	batch->wire.payload_size = 0;
	if (ingest_data(ingest, decoded.source, &decoded, LATER, NULL, &why) == OK)
		return true;
	return crash_wrong(book, "not taken again: %.200s", why.text);
}

/* One record: with those before it, or behind a hole. */
static bool send_one(struct ingest *ingest, struct batch *batch,
        struct crash_book *book, const struct crash_made *made)
{
	struct wire *wire = &batch->wire;
	const struct record *record = &made->record;
	bool follows = wire->count > 0 && strcmp(wire->source, record->source) == 0 &&
	               wire->epoch == record->epoch &&
	               wire->first_seq + wire->count == record->seq &&
	               wire->payload_size + made->n <= 50000 &&
	               wire->count < WIRE_COUNT;
	if (!follows && !hand(ingest, batch, book))
		return false;
	uint64_t next = ingest_next(ingest, record->source, record->epoch);
	if (!follows && record->seq < next)
		return true;
	if (!follows) {
		*wire = (struct wire){ .type = WIRE_DATA,
			.epoch = record->epoch,
			.first_seq = record->seq };
		memcpy(wire->source, record->source, sizeof wire->source);
		if (ingest_skip(ingest, record->source, record->epoch, record->seq,
		            LATER, NULL) != OK)
			return crash_wrong(book, "no hole is taken");
	}
	memcpy(batch->payload + wire->payload_size, made->bytes, made->n);
	wire->payload_size += made->n;
	wire->count++;
	return true;
}

static bool send_again(struct ingest *ingest, struct crash_book *book)
{
	static struct batch batch;
	batch.wire.count = 0;
	for (size_t i = 0; i < book->n; i++) {
		const struct crash_made *made = &book->made[i];
		bool office = strcmp(made->record.source, OFFICE) == 0;
		if (made->at >= book->end || office)
			continue;
		if (!send_one(ingest, &batch, book, made))
			return false;
	}
	if (!hand(ingest, &batch, book))
		return false;
	if (ingest_commit(ingest) != OK)
		return crash_wrong(book, "commits no more");
	return true;
}

static bool keeps_promises(struct ingest *ingest, struct crash_book *book)
{
	for (size_t i = 0; i < book->n_promises; i++) {
		const struct crash_promise *one = &book->promise[i];
		uint64_t next = ingest_durable(ingest, one->source, one->epoch);
		if (next < one->acked)
			return crash_wrong(book,
			        "wants %s %016" PRIx64 "/%" PRIu64
			        " again, acknowledged before %" PRIu64,
			        one->source, one->epoch, next, one->acked);
	}
	return true;
}

/* What the office entered last and was not told to be kept may be gone. */
static void drop_lost_office(struct crash_book *book)
{
	for (size_t i = 0; i < book->n; i++) {
		struct crash_made *made = &book->made[i];
		if (strcmp(made->record.source, OFFICE) == 0 && made->journal == 0 &&
		        made->sealed == 0)
			made->excused = true;
	}
}

static bool sealed_again(struct look *look, struct ingest *ingest)
{
	struct problem why = { .text = "" };
	if (ingest_seal(ingest, LATER, true, &why) < 0)
		return crash_wrong(look->book, "not sealed: %.200s", why.text);
	return true;
}

/* ---- afterwards ---- */

static bool opened(struct ingest **out, struct look *look)
{
	struct ingest_options options = crash_yard_options(look->dir);
	struct problem why = { .text = "" };
	if (ingest_open(out, &options, &why) == OK)
		return true;
	return crash_wrong(look->book, "refused to start: %.200s", why.text);
}

/* Every fourth state, by its place: verify opens each file in a child of its own, which
 * takes longer than all the rest. */
static bool verified(struct look *look)
{
	if (look->book->end % 4 != 0)
		return true;
	char text[4096] = "";
	struct problem why = { .text = "" };
	FILE *out = fmemopen(text, sizeof text, "w");
	int bad = verify_path(look->dir, out, 1, &why);
	fclose(out);
	if (bad == 0)
		return true;
	return crash_wrong(look->book, "verify: %.120s %.100s", why.text, text);
}

static bool check(
        const char *dir, struct crash_book *book, struct crash_seen *seen, bool seals)
{
	struct look look = { .book = book, .seen = seen, .dir = dir };
	struct crash_seen once = { .torn = 0 };
	struct ingest *ingest;
	if (!opened(&ingest, &look))
		return false;
	bool right = look_all(&look, false) && keeps_promises(ingest, book);
	look.seen = &once;
	drop_lost_office(book);
	right = right && send_again(ingest, book) &&
	        (!seals || sealed_again(&look, ingest));
	ingest_close(ingest);
	if (!right || !opened(&ingest, &look))
		return false;
	right = (!seals || (sealed_again(&look, ingest) && verified(&look))) &&
	        look_all(&look, seals);
	ingest_close(ingest);
	return right;
}

static bool check_journals(
        const char *dir, struct crash_book *book, struct crash_seen *seen)
{
	return check(dir, book, seen, false);
}

static bool check_seals(
        const char *dir, struct crash_book *book, struct crash_seen *seen)
{
	return check(dir, book, seen, true);
}

const struct crash_work crash_collector = { .name = "collector",
	.prepare = crash_yard_prepare,
	.work = crash_yard_journals,
	.check = check_journals };

const struct crash_work crash_seal = { .name = "seal",
	.prepare = crash_yard_prepare,
	.work = crash_yard_seals,
	.check = check_seals };
