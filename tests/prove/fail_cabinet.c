/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cabinet: ring -> keeper -> journal -> uplink, to a scripted collector.  Every
 * reading has a number for its value.  At the end each is in the journal or at the
 * collector, under one seq, or a GAP or the log says that so many are lost.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc.h"
#include "base/journal.h"
#include "base/log.h"
#include "base/reading.h"
#include "tests/kits/keeper_fixture.h"
#include "tests/prove/fail_wrap.h"

enum { STEPS = 30, A_STEP = 9, READINGS = STEPS * A_STEP, KEPT = 4096, EPOCHS = 16 };

struct kept_one {
	uint64_t epoch, seq;
	uint32_t sum;
	int number; /* of the reading, -1: another record */
};

static struct {
	size_t n;
	struct kept_one kept[KEPT]; /* in the journal or at the collector */
	uint64_t epoch[EPOCHS], next[EPOCHS];
	uint64_t gaps, lost; /* told by GAP, by the log */
	int put;
	char *wrong;
} w;

static bool wrong(const char *what, uint64_t epoch, uint64_t seq)
{
	if (w.wrong[0] == '\0')
		snprintf(w.wrong, 512, "%s %016" PRIx64 "/%" PRIu64, what, epoch, seq);
	return false;
}

static int number_of(const struct record *record)
{
	struct reading reading;
	if (record->type != RECORD_READING ||
	        reading_decode(&reading, record->payload, record->payload_size) != OK)
		return -1;
	return (int)lrint(reading_value(&reading, 0));
}

static void keep(const uint8_t *bytes, size_t n)
{
	struct record record;
	struct gap_event gap;
	if (record_decode(&record, bytes, n) != (int)n) {
		wrong("no record", 0, 0);
		return;
	}
	struct kept_one one = { .epoch = record.epoch,
		.seq = record.seq,
		.sum = crc32c(0, bytes, n),
		.number = number_of(&record) };
	for (size_t i = 0; i < w.n; i++) {
		if (w.kept[i].epoch != one.epoch || w.kept[i].seq != one.seq)
			continue;
		if (w.kept[i].sum != one.sum)
			wrong("two records have one number:", one.epoch, one.seq);
		return;
	}
	for (size_t i = 0; i < w.n; i++)
		if (one.number >= 0 && w.kept[i].number == one.number)
			wrong("a reading is doubled:", one.epoch, one.seq);
	if (record.type == RECORD_GAP &&
	        gap_decode(&gap, record.payload, record.payload_size) == OK)
		w.gaps += gap.count;
	if (w.n < KEPT)
		w.kept[w.n++] = one;
	else
		wrong("more records than expected", one.epoch, one.seq);
}

/* ---- the collector ---- */

static uint64_t *next_of(uint64_t epoch)
{
	size_t i = 0;
	while (i + 1 < EPOCHS && w.epoch[i] != epoch && w.epoch[i] != 0)
		i++;
	if (w.epoch[i] != epoch) {
		w.epoch[i] = epoch;
		w.next[i] = 1;
	}
	return &w.next[i];
}

static void take_data(const struct wire *wire)
{
	uint64_t *next = next_of(wire->epoch);
	uint64_t seq = wire->first_seq;
	if (seq > *next)
		return;
	for (size_t at = 0; at < wire->payload_size; seq++) {
		struct record record;
		int n = record_decode(
		        &record, wire->payload + at, wire->payload_size - at);
		if (n <= 0)
			break;
		keep(wire->payload + at, (size_t)n);
		at += (size_t)n;
	}
	if (seq > *next)
		*next = seq;
}

/* Answer what the cabinet said. */
static void answer(void)
{
	c.script.n_in = c.script.heard = 0;
	for (size_t i = 0; i < c.script.n_out; i++) {
		struct wire wire = cabinet_said(i);
		uint64_t *next = next_of(wire.epoch);
		if (c.script.n_in >= 12)
			break;
		if (wire.type == WIRE_HELLO) {
			if (wire.first_seq > *next)
				*next = wire.first_seq;
			collector_welcomes(*next);
		} else if (wire.type == WIRE_DATA) {
			take_data(&wire);
			collector_says(WIRE_ACK, *next, NULL, 0);
		} else if (wire.type == WIRE_PING) {
			collector_says(WIRE_PONG, 0, NULL, 0);
		}
	}
	c.script.n_out = 0;
}

/* ---- its link may fail too ---- */

static struct keeper_link real_link;

static int send(void *with, const void *in, size_t n)
{
	static const int errors[] = { 1, 0 };
	if (fail_now(fail_plan_used, FAIL_SOCKET, "send", errors) != 0)
		return FULL;
	return real_link.send(with, in, n);
}

static int receive(void *with, void *out, size_t room)
{
	static const int errors[] = { 1, 0 };
	if (fail_now(fail_plan_used, FAIL_SOCKET, "receive", errors) != 0)
		return MALFORMED;
	return real_link.receive(with, out, room);
}

static int renew(void *with)
{
	static const int errors[] = { 1, 0 };
	if (fail_now(fail_plan_used, FAIL_SOCKET, "renew", errors) != 0)
		return FAILED;
	return real_link.renew(with);
}

/* ---- the keeper ---- */

static bool open_keeper(struct problem *why)
{
	struct keeper_options options = { .source = "nt-01",
		.folder = c.folder,
		.state_path = c.state_path,
		.keep_s = 90 * 86400.0,
		.room = 6 * JOURNAL_SEGMENT_LEAST,
		.segment_size = JOURNAL_SEGMENT_LEAST,
		.ring = c.ring,
		.station = c.describes.station,
		.instrument = c.describes.instrument,
		.n_instruments = c.describes.n,
		.link = &c.script.link,
		.seed = 5 };
	fail_on(true);
	int status = keeper_new(&c.keeper, &options, &c.now, why);
	fail_on(false);
	return status == OK;
}

static void run_keeper(int steps, int readings)
{
	for (int step = 0; step < steps; step++) {
		for (int i = 0; i < readings; i++)
			w.put += put_reading(w.put) == OK;
		move_clock(700000);
		if (step % 10 == 9) /* the collector is silent: renew */
			move_clock(61 * S);
		fail_on(true);
		keeper_step(c.keeper, &c.now);
		fail_on(false);
		if (step % 10 != 8)
			answer();
	}
}

/* Tell what it lost by then, which its log does. */
static void close_keeper(void)
{
	fail_on(true);
	keeper_end(c.keeper, &c.now);
	w.lost += keeper_counts(c.keeper).lost;
	keeper_free(c.keeper);
	fail_on(false);
	c.keeper = NULL;
	answer();
}

static void read_back(void)
{
	uint64_t epoch[EPOCHS];
	int n = journal_epochs(c.folder, "nt-01", epoch, EPOCHS);
	for (int i = 0; i < n; i++) {
		struct journal_reader *reader;
		struct journal_entry entry;
		struct problem why;
		if (journal_read_open(&reader, c.folder, "nt-01", epoch[i], 1) != OK)
			continue;
		while (journal_read_next(reader, &entry, &why) != 0)
			keep(entry.record, entry.size);
		journal_read_close(reader);
	}
}

static void count_readings(void)
{
	uint64_t missing = 0;
	for (int number = 0; number < w.put; number++) {
		bool found = false;
		for (size_t i = 0; i < w.n && !found; i++)
			found = w.kept[i].number == number;
		missing += !found;
	}
	uint64_t told = w.gaps > w.lost ? w.gaps : w.lost;
	if (missing > told)
		wrong("readings are lost and nothing tells it; how many:", told,
		        missing);
}

static bool run(const char *dir, char text[512])
{
	void *state = NULL;
	struct problem why = { .text = "" };
	memset(&w, 0, sizeof w);
	w.wrong = text;
	if (keeper_setup(&state) != 0)
		return wrong("no folder", 0, 0);
	real_link = c.script.link;
	c.script.link.send = send;
	c.script.link.receive = receive;
	c.script.link.renew = renew;
	snprintf(
	        fail_plan_used->root, sizeof fail_plan_used->root, "%s", (char *)state);
	/* what cannot start says why, and starts when it is tried again */
	if (!open_keeper(&why) && why.text[0] == '\0')
		wrong("no start, and no reason", 0, 0);
	if (c.keeper == NULL && !open_keeper(&why))
		snprintf(text, 512, "does not start the second time: %.400s", why.text);
	if (c.keeper != NULL) {
		run_keeper(STEPS, A_STEP);
		close_keeper();
	}
	/* from here on nothing fails */
	struct fail_plan *plan = fail_plan_used;
	fail_plan_used = NULL;
	if (text[0] == '\0' && !open_keeper(&why))
		snprintf(text, 512, "does not start again: %.400s", why.text);
	if (c.keeper != NULL) {
		run_keeper(STEPS, 1);
		close_keeper();
	}
	read_back();
	count_readings();
	fail_plan_used = plan;
	keeper_teardown(&state);
	return text[0] == '\0';
}

const struct fail_work fail_cabinet = { .name = "cabinet", .run = run };
