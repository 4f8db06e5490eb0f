/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's journal: it numbers its records, and nobody sends them again. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/journal.h"
#include "base/journal_pool.h"
#include "tests/kits/check.h"
#include "tests/prove/crash_work.h"

#define SOURCE "nt-01"
#define NOW_US INT64_C(1794712500000000)
#define LARGE  30000

static void prepare(const char *dir)
{
	if (mkdir(dir, 0777) != 0)
		err(70, "%s", dir);
}

static struct journal_options options_of(const char *dir)
{
	return (struct journal_options){ .folder = dir,
		.source = SOURCE,
		.segment_size = JOURNAL_SEGMENT_LEAST,
		.now_us = NOW_US };
}

/* Every other one sets its room aside. */
static struct journal_pool *pool_of(const char *dir, uint64_t seed)
{
	struct journal_pool *pool = NULL;
	struct problem why = { .text = "" };
	struct journal_pool_options options = { .folder = dir,
		.room = 8 * JOURNAL_SEGMENT_LEAST,
		.segment_size = JOURNAL_SEGMENT_LEAST };
	if (seed % 2 == 0 && journal_pool_open(&pool, &options, &why) != OK)
		errx(70, "%s", why.text);
	return pool;
}

static size_t make_record(uint64_t *seed, size_t payload_size, uint8_t *out)
{
	static uint8_t payload[RECORD_MOST];
	for (size_t i = 0; i < payload_size; i++)
		payload[i] = (uint8_t)chance(seed);
	struct record record = { .type = RECORD_READING,
		.clock = CLOCK_SYNCED,
		.source = SOURCE,
		.epoch = 1,
		.seq = 1,
		.time_us = NOW_US,
		.payload = payload,
		.payload_size = payload_size };
	int n = record_encode(&record, out, RECORD_MOST);
	if (n < 0)
		errx(70, "a record cannot be made");
	return (size_t)n;
}

static void append(struct journal *journal, uint64_t *seed)
{
	static uint8_t record[RECORD_MOST];
	size_t most = chance(seed) % 12 == 0 ? LARGE : 700;
	size_t n = make_record(seed, chance(seed) % most, record);
	int status = journal_append(journal, record, n, NOW_US);
	if (status == OK)
		crash_mark_made(record, n);
	else if (status != FULL)
		errx(70, "a record was not taken");
}

static void commit(struct journal *journal)
{
	if (journal_commit(journal) != OK)
		err(70, "not committed");
	crash_mark_acked(
	        SOURCE, journal_epoch(journal), journal_committed_seq(journal));
}

static void forget(struct journal *journal, uint64_t *seed)
{
	uint64_t committed = journal_committed_seq(journal);
	uint64_t kept = chance(seed) % 60,
	         seq = committed > kept ? committed - kept : 0;
	crash_mark_forgotten(SOURCE, journal_epoch(journal), seq);
	journal_forget(journal, seq);
}

static void work(const char *dir, uint64_t seed, bool again)
{
	struct journal *journal = NULL;
	struct journal_options options = options_of(dir);
	struct problem why = { .text = "" };
	options.pool = pool_of(dir, seed);
	for (int step = again ? 12 : 40; step > 0; step--) {
		if (journal == NULL &&
		        journal_open(&journal, &options, NULL, &why) != OK)
			errx(70, "%s", why.text);
		for (uint64_t n = 1 + chance(&seed) % 8; n > 0; n--)
			append(journal, &seed);
		if (chance(&seed) % 10 != 0)
			commit(journal);
		if (chance(&seed) % 8 == 0)
			forget(journal, &seed);
		if (chance(&seed) % 12 == 0) {
			commit(journal);
			journal_close(journal);
			journal = NULL;
		}
	}
	journal_close(journal);
	journal_pool_close(options.pool);
}

/* ---- afterwards ---- */

static bool read_epoch(const char *dir, uint64_t epoch, struct crash_book *book,
        struct crash_seen *seen)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	uint64_t last = 0;
	bool told = true;
	int status;
	if (journal_read_open(&reader, dir, SOURCE, epoch, 1) != OK)
		return crash_wrong(book, "epoch %016" PRIx64 " cannot be read", epoch);
	while ((status = journal_read_next(reader, &entry, &why)) != 0) {
		if (status < 0) {
			seen->holes++;
			told = true;
			continue;
		}
		if (!told && entry.seq != last + 1)
			crash_wrong(book,
			        "from %" PRIu64 " to %" PRIu64 " without a word", last,
			        entry.seq);
		crash_book_look(book, entry.record, entry.size, false);
		last = entry.seq;
		told = false;
	}
	journal_read_close(reader);
	return book->wrong[0] == '\0';
}

static bool read_all(const char *dir, struct crash_book *book, struct crash_seen *seen)
{
	uint64_t epoch[CRASH_JOURNALS];
	for (size_t i = 0; i < book->n; i++)
		book->made[i].journal = 0;
	for (size_t i = 0; i < book->n_extra; i++)
		book->extra[i].journal = 0;
	int n = journal_epochs(dir, SOURCE, epoch, CRASH_JOURNALS);
	for (int i = 0; i < n; i++)
		if (!read_epoch(dir, epoch[i], book, seen))
			return false;
	return crash_book_whole(book, false);
}

/* A journal that has records is gone on with, behind all of them. */
static bool check_place(const struct journal *journal,
        const struct journal_recovery *recovery, struct crash_book *book)
{
	uint64_t epoch = journal_epoch(journal), next = journal_next_seq(journal);
	size_t promised = crash_book_promised(book);
	if (promised > 0 && recovery->created)
		return crash_wrong(book, "a new epoch was begun");
	uint64_t acked = crash_book_promise(book, SOURCE, epoch)->acked;
	if (next < acked)
		return crash_wrong(book,
		        "goes on at %" PRIu64 ", acknowledged before %" PRIu64, next,
		        acked);
	if (journal_committed_seq(journal) != next)
		return crash_wrong(book, "what was recovered does not count");
	return true;
}

static bool go_on(struct journal *journal, struct crash_book *book)
{
	static uint8_t record[3][1024];
	uint64_t seed = 99;
	for (size_t i = 0; i < 3; i++) {
		size_t n = make_record(&seed, 100 + 200 * i, record[i]);
		if (journal_append(journal, record[i], n, NOW_US) != OK)
			return crash_wrong(book, "takes no more records");
		crash_book_more(book, record[i], n);
	}
	if (journal_commit(journal) != OK)
		return crash_wrong(book, "commits no more");
	return true;
}

static bool check_with(const char *dir, struct crash_book *book,
        struct crash_seen *seen, struct journal_pool *pool)
{
	struct journal *journal;
	struct journal_recovery recovery, second;
	struct journal_options options = options_of(dir);
	options.pool = pool;
	struct problem why = { .text = "" };
	if (journal_open(&journal, &options, &recovery, &why) != OK)
		return crash_wrong(book, "refused to start: %s", why.text);
	seen->torn += recovery.torn_bytes > 0;
	struct crash_seen once = { .torn = 0 };
	bool right = read_all(dir, book, seen) &&
	             check_place(journal, &recovery, book) && go_on(journal, book);
	uint64_t next = journal_next_seq(journal);
	journal_close(journal);
	if (!right || !read_all(dir, book, &once))
		return false;
	if (journal_open(&journal, &options, &second, &why) != OK)
		return crash_wrong(book, "refused to start again: %s", why.text);
	if (second.torn_bytes > 0 || second.created ||
	        journal_next_seq(journal) != next)
		crash_wrong(book, "the second recovery finds something else");
	journal_close(journal);
	return read_all(dir, book, &once);
}

static bool check(const char *dir, struct crash_book *book, struct crash_seen *seen)
{
	struct journal_pool *pool = pool_of(dir, book->end);
	bool right = check_with(dir, book, seen, pool);
	journal_pool_close(pool);
	return right;
}

const struct crash_work crash_cabinet = {
	.name = "cabinet", .prepare = prepare, .work = work, .check = check
};
