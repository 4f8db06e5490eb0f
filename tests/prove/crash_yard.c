/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/prove/crash_yard.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/journal.h"
#include "base/sign.h"
#include "tests/kits/agent_kit.h"
#include "tests/kits/check.h"
#include "tests/prove/crash_book.h"

#define OFFICE CRASH_OFFICE
#define AGENTS 3
#define KEY    "yard.sign.secret"

struct yard {
	struct ingest_options options;
	struct ingest *ingest;
	struct agent_book book;
	struct agent agent[AGENTS];
	size_t marked; /* records of the book that were */
	int64_t now_us;
	uint64_t seed, office_epoch;
};

void crash_yard_prepare(const char *dir)
{
	char secret[4096], public[4096];
	struct problem why = { .text = "" };
	if (mkdir(dir, 0777) != 0)
		err(70, "%s", dir);
	archive_make(dir);
	snprintf(secret, sizeof secret, "%s/" KEY, dir);
	snprintf(public, sizeof public, "%s/yard.sign.pub", dir);
	if (sign_key_new(secret, public, &why) != OK)
		errx(70, "%s", why.text);
}

struct ingest_options crash_yard_options(const char *dir)
{
	static char secret[4096];
	snprintf(secret, sizeof secret, "%s/" KEY, dir);
	if (chmod(secret, 0400) != 0) /* a disk laid anew has other modes */
		err(70, "%s", secret);
	return (struct ingest_options){ .dir = dir,
		.sign_key = secret,
		.segment_size = JOURNAL_SEGMENT_LEAST,
		.hold_us = -1 };
}

static void yard_open(struct yard *yard)
{
	struct problem why = { .text = "" };
	if (ingest_open(&yard->ingest, &yard->options, &why) != OK)
		errx(70, "%s", why.text);
}

static void mark_new(struct yard *yard)
{
	for (; yard->marked < yard->book.n; yard->marked++)
		crash_mark_made(yard->book.record[yard->marked].bytes,
		        yard->book.record[yard->marked].size);
}

/* Records of now and of days ago; with `holes` an agent sometimes keeps some no more,
 * which `verify` would name. */
static void send(struct yard *yard, struct agent *agent, bool holes)
{
	static const char big[400] = "why";
	uint64_t *seed = &yard->seed;
	if (holes && agent->seq > 1 && chance(seed) % 10 == 0) {
		agent->seq += 1 + chance(seed) % 5;
		agent->first_seq = agent->seq;
		if (ingest_skip(yard->ingest, agent->source, agent->epoch, agent->seq,
		            yard->now_us, NULL) != OK)
			errx(70, "no hole is taken");
	}
	if (agent->seq == 1)
		agent_describe(agent, yard->now_us);
	for (uint64_t n = 1 + chance(seed) % 15; n > 0; n--) {
		int64_t back = (int64_t)(chance(seed) % 4) * 20 * AGENT_HOUR;
		agent_reading(agent, yard->now_us - back, (double)n);
	}
	if (chance(seed) % 4 == 0)
		agent_raw(agent, RECORD_CLAIM, yard->now_us, big, sizeof big);
	mark_new(yard);
	agent_give(agent, yard->ingest, yard->now_us);
}

static void enter_claim(struct yard *yard)
{
	uint8_t bytes[256], claim[90];
	struct problem why = { .text = "" };
	struct record record = { .type = RECORD_CLAIM,
		.clock = CLOCK_SYNCED,
		.source = OFFICE,
		.epoch = 1,
		.seq = 1,
		.time_us = yard->now_us,
		.payload = claim,
		.payload_size = 1 + chance(&yard->seed) % 90 };
	memset(claim, 'x', sizeof claim);
	int n = record_encode(&record, bytes, sizeof bytes);
	if (ingest_record(yard->ingest, OFFICE, yard->office_epoch, bytes, (size_t)n,
	            yard->now_us, &why) != OK)
		errx(70, "%s", why.text);
	if (record_decode(&record, bytes, (size_t)n) != n)
		errx(70, "no record came back");
	yard->office_epoch = record.epoch;
	crash_mark_made(bytes, (size_t)n);
}

static void commit(struct yard *yard)
{
	if (ingest_commit(yard->ingest) != OK)
		errx(70, "not committed");
	for (size_t i = 0; i < AGENTS; i++) {
		const struct agent *agent = &yard->agent[i];
		crash_mark_acked(agent->source, agent->epoch,
		        ingest_durable(yard->ingest, agent->source, agent->epoch));
	}
	if (yard->office_epoch != 0)
		crash_mark_acked(OFFICE, yard->office_epoch,
		        ingest_durable(yard->ingest, OFFICE, yard->office_epoch));
}

static void seal(struct yard *yard)
{
	struct problem why = { .text = "" };
	if (ingest_seal(
	            yard->ingest, yard->now_us, chance(&yard->seed) % 3 == 0, &why) < 0)
		errx(70, "%s", why.text);
}

static void run(const char *dir, uint64_t seed, bool again, bool seals)
{
	static struct yard yard;
	yard = (struct yard){ .options = crash_yard_options(dir),
		.seed = seed,
		.now_us = AGENT_DAY + (again ? 30 * AGENT_1DAY : 0) };
	for (size_t i = 0; i < AGENTS; i++)
		agent_start(&yard.agent[i], &yard.book, i < 2 ? "bt-outlet" : "khoi-1",
		        (again ? 101 : 1) + i);
	yard_open(&yard);
	for (int step = again ? 6 : 24; step > 0; step--) {
		yard.now_us += (int64_t)(chance(&seed) % 9) * AGENT_HOUR;
		send(&yard, &yard.agent[chance(&seed) % AGENTS], !seals);
		if (chance(&seed) % 6 == 0)
			enter_claim(&yard);
		if (chance(&seed) % 5 != 0)
			commit(&yard);
		if (seals && step % 5 == 0)
			seal(&yard);
		if (chance(&seed) % 9 == 0) {
			ingest_close(yard.ingest);
			yard_open(&yard);
		}
	}
	commit(&yard);
	ingest_close(yard.ingest);
	for (size_t i = 0; i < AGENTS; i++)
		agent_end(&yard.agent[i]);
	agent_book_free(&yard.book);
}

void crash_yard_journals(const char *dir, uint64_t seed, bool again)
{
	run(dir, seed, again, false);
}

void crash_yard_seals(const char *dir, uint64_t seed, bool again)
{
	run(dir, seed, again, true);
}
