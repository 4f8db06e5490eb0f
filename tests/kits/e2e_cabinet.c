/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/e2e_cabinet.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/describe.h"
#include "base/journal.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/check.h"

/* ---- programs ---- */

/* The child ends with us, also when a test fails. */
static pid_t start(
        const char *folder, const char *log, const char *preload, char *const argv[])
{
	pid_t child = fork();
	if (child != 0)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (freopen(in_folder(folder, log), "w", stderr) == NULL ||
	        freopen("/dev/null", "w", stdout) == NULL)
		_exit(99);
	if (preload != NULL)
		setenv("LD_PRELOAD", preload, 1);
	execv(argv[0], argv);
	_exit(98);
}

static int ended(pid_t child)
{
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

char *text_of(const char *folder, const char *name)
{
	static char text[65536];
	FILE *in = fopen(in_folder(folder, name), "r");
	assert_non_null(in);
	size_t n = fread(text, 1, sizeof text - 1, in);
	text[n] = '\0';
	fclose(in);
	return text;
}

void wait_for_file(const char *path)
{
	for (int i = 0; i < 60000 && access(path, F_OK) != 0; i++)
		poll(NULL, 0, 1);
	assert_int_equal(access(path, F_OK), 0);
}

static int64_t time_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

/* Arguments are copied: exec wants them writable. */
static pid_t start_words(const char *folder, const char *log, const char *preload,
        const char *const words[])
{
	static char room[16][512];
	char *argv[17] = { 0 };
	for (size_t i = 0; words[i] != NULL; i++) {
		snprintf(room[i], sizeof room[i], "%s", words[i]);
		argv[i] = room[i];
	}
	return start(folder, log, preload, argv);
}

static pid_t start_sensord(
        const char *folder, const char *preload, const char *for_time)
{
	char station[512], program[512];
	snprintf(station, sizeof station, "%s/station.yaml", folder);
	snprintf(program, sizeof program, "%s",
	        project_file("build/san/quantrac-sensord"));
	const char *const words[] = { program, "--config", station, "--for", for_time,
		NULL };
	return start_words(folder, "sensord.log", preload, words);
}

pid_t run_again(const char *folder, const char *for_time)
{
	return start_sensord(folder, NULL, for_time);
}

struct run run_begin(const char *folder, const char *link, const char *speed,
        const char *preload, const char *for_time)
{
	char scenario[512], dir[512], sent[512], program[512];
	snprintf(scenario, sizeof scenario, "%s/scenario.yaml", folder);
	snprintf(dir, sizeof dir, "%s/run", folder);
	snprintf(sent, sizeof sent, "%s/sent.csv", folder);
	snprintf(program, sizeof program, "%s", project_file("build/san/quantrac"));
	const char *const simulate[] = { program, "simulate", scenario, "--dir", dir,
		"--sent", sent, "--speed", speed != NULL ? speed : "1", NULL };
	struct run run = { .live_us = time_now() };
	run.simulate = start_words(folder, "simulate.log", NULL, simulate);
	wait_for_file(link);
	run.sensord = start_sensord(folder, preload, for_time);
	return run;
}

void run_finish(const char *folder, struct run *run)
{
	int sensord = ended(run->sensord);
	kill(run->simulate, SIGTERM);
	int simulate = ended(run->simulate);
	if (sensord != 0)
		fail_msg("sensord ended with %d: %s", sensord,
		        text_of(folder, "sensord.log"));
	if (simulate != 0)
		fail_msg("simulate ended with %d: %s", simulate,
		        text_of(folder, "simulate.log"));
}

/* ---- what was sent ---- */

static struct seen *seen_of(struct seen *seen, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(seen[i].id, id) == 0)
			return &seen[i];
	return NULL;
}

static size_t from_hex(const char *hex, uint8_t *out)
{
	size_t n = 0;
	for (unsigned byte; n < 64 && sscanf(hex + 2 * n, "%2x", &byte) == 1; n++)
		out[n] = (uint8_t)byte;
	return n;
}

static void read_sent(const char *folder, struct seen *seen, size_t n)
{
	char time[64], port[64], id[64], hex[256];
	FILE *in = fopen(in_folder(folder, "sent.csv"), "r");
	assert_non_null(in);
	assert_int_equal(fscanf(in, "%63[^\n]\n", time), 1);
	while (fscanf(in, "%63[^,],%63[^,],%63[^,],%255s\n", time, port, id, hex) ==
	        4) {
		struct seen *one = seen_of(seen, n, id);
		assert_non_null(one);
		assert_true(one->n_sent < E2E_MOST);
		struct frame *frame = &one->sent[one->n_sent++];
		assert_int_equal(
		        time_parse(time, OFFSET_VIETNAM, &frame->asked_us), OK);
		frame->n = from_hex(hex, frame->bytes);
	}
	fclose(in);
}

/* ---- what was kept ---- */

static void keep_reading(const struct record *record, struct seen *seen)
{
	struct reading reading;
	struct exchange exchange;
	size_t at = 0;
	assert_int_equal(
	        reading_decode(&reading, record->payload, record->payload_size), OK);
	assert_true(seen->n_kept < E2E_MOST && reading.n_channels <= E2E_CHANNELS);
	struct poll_kept *kept = &seen->kept[seen->n_kept++];
	kept->time_us = record->time_us;
	for (size_t c = 0; c < reading.n_channels; c++) {
		kept->state[c] = reading.state[c];
		kept->value[c] = reading_value(&reading, c);
	}
	seen->n_silent += reading.state[0] == STATE_SILENT;
	while (exchange_next(&reading, &at, &exchange) == 1) {
		if (exchange.size == 0)
			continue;
		assert_true(kept->n_frames < 2 && exchange.size <= 64);
		struct frame *frame = &kept->frame[kept->n_frames++];
		frame->n = exchange.size;
		memcpy(frame->bytes, exchange.bytes, exchange.size);
	}
}

struct journal_seen {
	struct seen *seen;
	size_t n;
	uint8_t hash[16][32];
	char states[16384];
};

static void keep_record(struct journal_seen *all, const struct record *record)
{
	struct describe *describe;
	struct problem why;
	if (record->type == RECORD_DESCRIBE) {
		assert_int_equal(describe_decode(&describe, record->payload,
		                         record->payload_size, &why),
		        OK);
		struct seen *one = seen_of(all->seen, all->n, describe->instrument);
		if (one != NULL)
			memcpy(all->hash[one - all->seen], describe->hash, 32);
		describe_free(describe);
	}
	for (size_t i = 0; record->type == RECORD_READING && i < all->n; i++)
		if (memcmp(record->payload, all->hash[i], 32) == 0)
			keep_reading(record, &all->seen[i]);
	if (record->type == RECORD_STATE) {
		size_t at = strlen(all->states);
		snprintf(all->states + at, sizeof all->states - at, "%.*s\n",
		        (int)record->payload_size, (const char *)record->payload);
	}
}

static void read_journal(const char *folder, struct journal_seen *all)
{
	uint64_t epoch, next = 1;
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	assert_int_equal(
	        journal_epochs(in_folder(folder, "journal"), "nt-01", &epoch, 1), 1);
	assert_int_equal(journal_read_open(&reader, in_folder(folder, "journal"),
	                         "nt-01", epoch, 1),
	        OK);
	while (journal_read_next(reader, &entry, &why) > 0) {
		struct record record;
		assert_int_equal(entry.seq, next++);
		assert_true(record_decode(&record, entry.record, entry.size) > 0);
		keep_record(all, &record);
	}
	journal_read_close(reader);
}

void seen_read(const char *folder, struct seen *seen, size_t n, const char **states)
{
	static struct journal_seen all;
	memset(&all, 0, sizeof all);
	all.seen = seen;
	all.n = n;
	for (size_t i = 0; i < n; i++) {
		seen[i].sent = calloc(E2E_MOST, sizeof seen[i].sent[0]);
		seen[i].kept = calloc(E2E_MOST, sizeof seen[i].kept[0]);
		seen[i].n_sent = seen[i].n_kept = seen[i].n_silent = 0;
	}
	read_sent(folder, seen, n);
	read_journal(folder, &all);
	*states = all.states;
}

void seen_free(struct seen *seen, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(seen[i].sent);
		free(seen[i].kept);
	}
}

/* ---- the comparison ---- */

static bool same(const struct frame *a, const struct frame *b)
{
	return a->n == b->n && memcmp(a->bytes, b->bytes, a->n) == 0;
}

void frames_agree(struct seen *seen, size_t most_lost)
{
	size_t at = 0, lost = 0;
	for (size_t k = 0; k < seen->n_kept; k++) {
		for (size_t f = 0; f < seen->kept[k].n_frames; f++) {
			struct frame *frame = &seen->kept[k].frame[f];
			for (; at < seen->n_sent && !same(&seen->sent[at], frame); at++)
				lost++;
			if (at == seen->n_sent)
				fail_msg("%s: a frame kept was never sent", seen->id);
			frame->asked_us = seen->sent[at++].asked_us;
		}
	}
	lost += seen->n_sent - at;
	if (lost > most_lost)
		fail_msg("%s: %zu of %zu frames sent are not in the journal", seen->id,
		        lost, seen->n_sent);
}

size_t values_agree(const struct seen *seen, const struct scenario *scenario)
{
	const struct scenario_instrument *instrument = NULL;
	size_t compared = 0;
	for (size_t k = 0; k < scenario->n_instruments; k++)
		if (strcmp(scenario->instrument[k].id, seen->id) == 0)
			instrument = &scenario->instrument[k];
	for (size_t k = 0; instrument != NULL && k < seen->n_kept; k++) {
		const struct poll_kept *kept = &seen->kept[k];
		for (size_t c = 0; c < instrument->profile->n_channels; c++) {
			const struct profile_tag *tag =
			        &instrument->profile->channel[c].tag;
			if (kept->state[c] != STATE_OK)
				continue;
			double said = scenario_value(
			        scenario, instrument, c, kept->frame[0].asked_us);
			assert_true(kept->value[c] ==
			            (tag->type == TYPE_F32 ? (float)said : said));
			compared++;
		}
	}
	return compared;
}
