/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Readings of 12 channels with their raw frame into a journal, made durable in batches
 * of 1, 10, 100 and 1000, beside the same bytes appended to a plain file with write and
 * fdatasync, in turns.  Lines "name value unit".  The folder is made below the present
 * one ($QUANTRAC_BENCH says another).
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/journal.h"
#include "base/journal_file.h"
#include "base/reading.h"

#define CHANNELS 12
#define ROUNDS   8
#define SINGLES  4000

static struct {
	char dir[256];
	struct journal *journal;
	int plain; /* descriptor of the plain file */
	uint8_t record[1024], group[1 << 20];
	size_t record_size;
} b;

static _Noreturn void stop(const char *why)
{
	fprintf(stderr, "bench_journal: %s\n", why);
	exit(70);
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void make_record(void)
{
	uint8_t answer[53] = { 1, 3, 48 }, exchanges[128], payload[512];
	uint8_t states[CHANNELS] = { STATE_OK };
	double values[CHANNELS];
	for (int i = 0; i < CHANNELS; i++)
		values[i] = 7.25 + i;
	const struct exchange exchange = { .size = sizeof answer, .bytes = answer };
	struct reading_parts parts = {
		.n_channels = CHANNELS,
		.state = states,
		.value = values,
		.n_exchanges = 1,
		.exchanges = exchanges,
		.exchanges_size =
		        (size_t)exchange_put(&exchange, exchanges, sizeof exchanges),
	};
	int n = reading_encode(&parts, payload, sizeof payload);
	const struct record record = {
		.type = RECORD_READING,
		.clock = CLOCK_SYNCED,
		.source = "bench",
		.time_us = INT64_C(1794712500000000),
		.payload = payload,
		.payload_size = (size_t)n,
	};
	n = record_encode(&record, b.record, sizeof b.record);
	if (n < 0)
		stop("the record cannot be made");
	b.record_size = (size_t)n;
}

static void start(void)
{
	const char *where = getenv("QUANTRAC_BENCH");
	char plain[sizeof b.dir + 16];
	snprintf(b.dir, sizeof b.dir, "%s/bench-journal-XXXXXX",
	        where != NULL ? where : ".");
	if (mkdtemp(b.dir) == NULL)
		stop("no folder can be made here");
	const struct journal_options options = {
		.folder = b.dir,
		.source = "bench",
		.now_us = INT64_C(1794712500000000),
	};
	struct problem why;
	if (journal_open(&b.journal, &options, NULL, &why) != OK)
		stop(why.text);
	snprintf(plain, sizeof plain, "%s/plain", b.dir);
	b.plain = open(plain, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (b.plain < 0)
		stop("no plain file can be made");
	make_record();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

static void end(void)
{
	journal_close(b.journal);
	close(b.plain);
	nftw(b.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void append_one(void)
{
	int status = journal_append(b.journal, b.record, b.record_size, 0);
	if (status == FULL && journal_commit(b.journal) == OK)
		status = journal_append(b.journal, b.record, b.record_size, 0);
	if (status != OK)
		stop("a record was not taken");
}

/* Seconds for `batches` batches through the journal. */
static double by_journal(size_t batches, size_t batch)
{
	double from = seconds();
	for (size_t i = 0; i < batches; i++) {
		for (size_t k = 0; k < batch; k++)
			append_one();
		if (journal_commit(b.journal) != OK)
			stop("a commit failed");
	}
	journal_forget(b.journal, UINT64_MAX);
	return seconds() - from;
}

/* The same for the same bytes in a plain file that grows. */
static double by_plain(size_t batches, size_t batch)
{
	const size_t size = entry_size(b.record_size);
	double from = seconds();
	for (size_t i = 0; i < batches; i++) {
		for (size_t k = 0; k < batch; k++)
			memcpy(b.group + k * size, b.record, b.record_size);
		if (write(b.plain, b.group, batch * size) != (ssize_t)(batch * size) ||
		        fdatasync(b.plain) != 0)
			stop("the plain file cannot be written");
	}
	double took = seconds() - from;
	if (ftruncate(b.plain, 0) != 0)
		stop("the plain file cannot be emptied");
	return took;
}

static void measure(size_t batch, size_t batches)
{
	double journal = 0, plain = 0;
	for (int round = 0; round < ROUNDS; round++) {
		journal += by_journal(batches, batch);
		plain += by_plain(batches, batch);
	}
	double records = (double)(ROUNDS * batches * batch);
	printf("journal_batch_%zu %.0f records/s\n", batch, records / journal);
	printf("plain_batch_%zu %.0f records/s\n", batch, records / plain);
	printf("journal_to_plain_batch_%zu %.2f ratio\n", batch, plain / journal);
	printf("journal_values_batch_%zu %.0f values/s\n", batch,
	        CHANNELS * records / journal);
}

static int by_value(const void *a, const void *c)
{
	const double *x = a, *y = c;
	return *x < *y ? -1 : *x > *y;
}

/* One reading, made durable by itself. */
static void measure_single(void)
{
	static double took[SINGLES];
	for (size_t i = 0; i < SINGLES; i++) {
		double from = seconds();
		append_one();
		if (journal_commit(b.journal) != OK)
			stop("a commit failed");
		took[i] = seconds() - from;
	}
	qsort(took, SINGLES, sizeof took[0], by_value);
	printf("journal_commit_p50 %.3f ms\n", 1e3 * took[SINGLES / 2]);
	printf("journal_commit_p99 %.3f ms\n", 1e3 * took[SINGLES * 99 / 100]);
}

/* Opening again: every entry read and its check sum verified. */
static void measure_recovery(void)
{
	struct journal_options options = { .folder = b.dir, .source = "bench" };
	struct journal_recovery recovery;
	struct problem why;
	for (int i = 0; i < 200000; i++)
		append_one();
	journal_close(b.journal);
	double from = seconds();
	if (journal_open(&b.journal, &options, &recovery, &why) != OK)
		stop(why.text);
	double took = seconds() - from;
	printf("journal_recovery %.0f records/s\n", (double)recovery.records / took);
}

int main(void)
{
	start();
	printf("journal_record %zu bytes\n", b.record_size);
	measure(1, 500);
	measure(10, 300);
	measure(100, 100);
	measure(1000, 40);
	measure_single();
	measure_recovery();
	end();
	return 0;
}
