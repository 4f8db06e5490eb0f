/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper with a real journal, a scripted collector and a clock moved by hand. */
#include "tests/check.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/event.h"
#include "base/journal.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "base/wire.h"
#include "sensors/clock_watch.h"
#include "sensors/describes.h"
#include "sensors/keeper.h"
#include "sensors/live.h"
#include "sensors/recorder.h"
#include "tests/cabinet_fixture.h"

#define S INT64_C(1000000)

/* What the collector said, not yet heard; what the cabinet said. */
struct script {
	struct keeper_link link;
	uint8_t in[16][4096];
	size_t in_size[16], n_in, heard;
	uint8_t out[64][WIRE_MOST];
	size_t out_size[64], n_out;
	int renewed;
};

static struct cabinet {
	char folder[512], state_path[600];
	struct station *station;
	struct describes describes;
	struct ring *ring;
	struct keeper *keeper;
	struct recorder recorder;
	struct moment now;
	struct script script;
} c;

static int no_descriptor(void *with)
{
	return -1;
}

static int take_message(void *with, const void *in, size_t n)
{
	struct script *script = with;
	assert_true(script->n_out < 64);
	memcpy(script->out[script->n_out], in, n);
	script->out_size[script->n_out++] = n;
	return OK;
}

static int give_message(void *with, void *out, size_t room)
{
	struct script *script = with;
	if (script->heard == script->n_in)
		return 0;
	size_t n = script->in_size[script->heard];
	memcpy(out, script->in[script->heard++], n);
	return (int)n;
}

static int renew(void *with)
{
	((struct script *)with)->renewed++;
	return OK;
}

static void quiet(enum log_level level, const char *text)
{
}

static void start_keeper(bool linked, uint32_t segment_size)
{
	struct problem why = { 0 };
	struct keeper_options options = { .source = "nt-01",
		.folder = c.folder,
		.state_path = c.state_path,
		.keep_s = 90 * 86400.0,
		.segment_size = segment_size,
		.ring = c.ring,
		.station = c.describes.station,
		.instrument = c.describes.instrument,
		.n_instruments = c.describes.n,
		.link = linked ? &c.script.link : NULL,
		.seed = 5 };
	if (keeper_new(&c.keeper, &options, &c.now, &why) != OK)
		fail_msg("%s", why.text);
}

static int setup(void **state)
{
	struct problem why = { 0 };
	if (scratch_make(state) != 0)
		return -1;
	log_catch(quiet);
	fixture_profiles(*state);
	fixture_write(*state, "station.yaml",
	        "zone: {id: kcn-mau, name: KCN Mau}\n"
	        "station: {id: nt-01, name: Nuoc thai, simulation: yes}\n"
	        "facility: {id: a, name: A}\n"
	        "outlets: [{id: x, name: X, kind: water}]\n"
	        "journal: {folder: journal}\n"
	        "profiles: profiles\n"
	        "ports: [{id: bus, path: bus}]\n"
	        "instruments: [{id: water, profile: fixture-water, port: bus}]\n");
	memset(&c, 0, sizeof c);
	c.station = fixture_station(*state, "station.yaml");
	assert_int_equal(describes_make(&c.describes, c.station, &why), OK);
	assert_int_equal(ring_new(&c.ring, 8192), OK);
	recorder_init(&c.recorder, "nt-01");
	snprintf(c.folder, sizeof c.folder, "%s", in_folder(*state, "journal"));
	snprintf(c.state_path, sizeof c.state_path, "%s",
	        in_folder(*state, "state.json"));
	c.now = (struct moment){ .time_us = FIXTURE_DAY1,
		.mono_us = 1000 * S,
		.boot = 77,
		.state = CLOCK_SYNCED };
	c.script.link = (struct keeper_link){ .with = &c.script,
		.descriptor = no_descriptor,
		.send = take_message,
		.receive = give_message,
		.renew = renew };
	return 0;
}

static int teardown(void **state)
{
	keeper_free(c.keeper);
	c.keeper = NULL;
	ring_free(c.ring);
	describes_free(&c.describes);
	station_free(c.station);
	log_catch(NULL);
	return scratch_remove(state);
}

static void move(int64_t us)
{
	c.now.time_us += us;
	c.now.mono_us += us;
}

/* One reading of the water instrument into the ring. */
static int put_reading(double cod)
{
	uint8_t state[4] = { STATE_OK, STATE_OK, STATE_SILENT, STATE_OK };
	double value[4] = { cod, 20, NAN, 100 };
	struct reading_parts parts = {
		.n_channels = 4, .state = state, .value = value
	};
	memcpy(parts.describe, c.describes.instrument[0]->hash, 32);
	assert_int_equal(recorder_reading(&c.recorder, &c.now, &parts), OK);
	return ring_put(c.ring, c.recorder.record, c.recorder.n, c.now.time_us);
}

/* ---- what lies in the journal ---- */

struct kept {
	size_t n;
	uint8_t type[1000];
	struct gap_event gap;
	struct clock_event clock;
	uint64_t last_seq;
};

static struct kept read_journal(uint64_t epoch)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	static struct kept kept;
	memset(&kept, 0, sizeof kept);
	if (journal_read_open(&reader, c.folder, "nt-01", epoch, 1) != OK)
		return kept;
	while (journal_read_next(reader, &entry, &why) > 0) {
		struct record record;
		assert_true(record_decode(&record, entry.record, entry.size) > 0);
		assert_int_equal(record.seq, kept.last_seq + 1);
		assert_string_equal(record.source, "nt-01");
		kept.last_seq = record.seq;
		if (record.type == RECORD_GAP)
			gap_decode(&kept.gap, record.payload, record.payload_size);
		if (record.type == RECORD_CLOCK)
			clock_decode(&kept.clock, record.payload, record.payload_size);
		assert_true(kept.n < 1000);
		kept.type[kept.n++] = record.type;
	}
	journal_read_close(reader);
	return kept;
}

static uint64_t epoch(void)
{
	return keeper_counts(c.keeper).epoch;
}

/* ---- the scripted collector ---- */

static void say(uint8_t type, uint64_t first_seq, const void *payload, size_t n)
{
	struct script *script = &c.script;
	struct wire wire = { .type = type,
		.source = "nt-01",
		.epoch = epoch(),
		.first_seq = first_seq,
		.payload = payload,
		.payload_size = n };
	assert_true(script->n_in < 16);
	int size = wire_encode(&wire, script->in[script->n_in], 4096);
	assert_true(size > 0);
	script->in_size[script->n_in++] = (size_t)size;
}

static void say_welcome(uint64_t wanted)
{
	uint8_t payload[32];
	struct wire_welcome welcome = { .window = 4, .most = WIRE_MOST };
	int n = wire_welcome_put(&welcome, payload, sizeof payload);
	say(WIRE_WELCOME, wanted, payload, (size_t)n);
}

static struct wire said(size_t i)
{
	struct wire wire;
	assert_true(i < c.script.n_out);
	assert_int_equal(wire_decode(&wire, c.script.out[i], c.script.out_size[i]), OK);
	return wire;
}

/* ---- tests ---- */

static void describes_come_first_and_are_durable(void **state)
{
	start_keeper(false, 0);
	struct kept kept = read_journal(epoch());
	assert_int_equal(kept.n, 2);
	assert_int_equal(kept.type[0], RECORD_DESCRIBE);
	assert_int_equal(kept.type[1], RECORD_DESCRIBE);
	assert_int_equal(keeper_counts(c.keeper).committed_seq, 3);
}

static void a_group_is_committed_after_a_second_and_not_before(void **state)
{
	start_keeper(false, 0);
	put_reading(40);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(keeper_counts(c.keeper).next_seq, 4);
	move(S - 1);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(keeper_counts(c.keeper).committed_seq, 3);
	assert_true(keeper_wait_ms(c.keeper, &c.now) <= 1);
	move(1);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(keeper_counts(c.keeper).committed_seq, 4);
	assert_int_equal(read_journal(epoch()).type[2], RECORD_READING);
}

static void a_big_group_is_committed_at_once(void **state)
{
	start_keeper(false, 0);
	while (keeper_counts(c.keeper).committed_seq == 3 &&
	        keeper_counts(c.keeper).next_seq < 900) {
		put_reading(40);
		keeper_step(c.keeper, &c.now);
	}
	uint64_t committed = keeper_counts(c.keeper).committed_seq;
	/* a reading of this instrument is 140 bytes, 160 in the journal */
	assert_true(committed > 300 && committed < 500);
}

static void the_end_commits_what_is_left(void **state)
{
	start_keeper(false, 0);
	put_reading(40);
	put_reading(41);
	keeper_end(c.keeper, &c.now);
	assert_int_equal(read_journal(epoch()).n, 4);
}

static void a_loss_of_the_ring_becomes_a_gap(void **state)
{
	start_keeper(false, 0);
	int taken = 0, lost = 0;
	while (put_reading(40) == OK) {
		taken++;
		move(1000);
	}
	int64_t from = c.now.time_us;
	move(1000);
	lost = 1;
	lost += put_reading(40) == FULL;
	int64_t to = c.now.time_us;
	keeper_step(c.keeper, &c.now);
	put_reading(41);
	keeper_end(c.keeper, &c.now);
	struct kept kept = read_journal(epoch());
	assert_int_equal(kept.n, 2 + taken + 1 + 1);
	assert_int_equal(kept.type[kept.n - 1], RECORD_GAP);
	assert_int_equal(kept.gap.count, lost);
	assert_int_equal(kept.gap.count, 2);
	assert_true(kept.gap.from_us == from && kept.gap.to_us == to);
	assert_int_equal(kept.gap.first_seq, 1);
	assert_int_equal(kept.gap.last_seq, 0);
	assert_int_equal(keeper_counts(c.keeper).lost, 2);
}

static void a_restart_continues_where_it_was(void **state)
{
	start_keeper(false, 0);
	put_reading(40);
	keeper_end(c.keeper, &c.now);
	uint64_t before = epoch();
	keeper_free(c.keeper);
	move(10 * S);
	start_keeper(false, 0);
	assert_true(epoch() == before);
	struct kept kept = read_journal(before);
	assert_int_equal(kept.n, 5);
	assert_int_equal(kept.type[4], RECORD_DESCRIBE);
}

static void a_clock_that_is_put_right_is_recorded(void **state)
{
	c.now.state = CLOCK_UNSYNCED;
	c.now.time_us = 1000 * S; /* 1970 */
	start_keeper(false, 0);
	move(10 * S);
	keeper_step(c.keeper, &c.now);
	c.now.time_us = FIXTURE_DAY1;
	c.now.state = CLOCK_STEPPED;
	keeper_step(c.keeper, &c.now);
	move(S / 2);
	c.now.state = CLOCK_SYNCED;
	keeper_step(c.keeper, &c.now);
	keeper_end(c.keeper, &c.now);
	struct kept kept = read_journal(epoch());
	assert_int_equal(kept.n, 3);
	assert_int_equal(kept.type[2], RECORD_CLOCK);
	assert_int_equal(kept.clock.state, CLOCK_SYNCED);
	assert_true(kept.clock.before_us == 1010 * S + S / 2);
	assert_true(kept.clock.after_us == FIXTURE_DAY1 + S / 2);
}

static void only_what_is_committed_is_sent(void **state)
{
	start_keeper(true, 0);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(said(0).type, WIRE_HELLO);
	say_welcome(1);
	put_reading(40);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(c.script.n_out, 2);
	assert_int_equal(said(1).type, WIRE_DATA);
	assert_int_equal(said(1).count, 2);
	move(S);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(said(2).type, WIRE_DATA);
	assert_int_equal(said(2).first_seq, 3);
	assert_int_equal(said(2).count, 1);
	say(WIRE_ACK, 4, NULL, 0);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(keeper_counts(c.keeper).acked_seq, 4);
	assert_string_equal(keeper_counts(c.keeper).link, "open");
}

static void what_was_sent_is_what_lies_in_the_journal(void **state)
{
	start_keeper(true, 0);
	for (int i = 0; i < 30; i++) {
		put_reading(i);
		move(S);
		keeper_step(c.keeper, &c.now);
		if (i == 10)
			say_welcome(1);
		if (i > 10 && said(c.script.n_out - 1).type == WIRE_DATA) {
			struct wire last = said(c.script.n_out - 1);
			if (c.script.heard == c.script.n_in)
				c.script.n_in = c.script.heard = 0;
			say(WIRE_ACK, last.first_seq + last.count, NULL, 0);
		}
	}
	uint64_t next = 1;
	for (size_t i = 0; i < c.script.n_out; i++) {
		struct wire wire = said(i);
		if (wire.type != WIRE_DATA)
			continue;
		assert_int_equal(wire.first_seq, next);
		next += wire.count;
	}
	assert_int_equal(next, keeper_counts(c.keeper).committed_seq);
	assert_int_equal(next, 33);
}

static void a_collector_that_knows_more_gets_a_new_epoch_and_a_gap(void **state)
{
	start_keeper(true, 0);
	uint64_t before = epoch();
	keeper_step(c.keeper, &c.now);
	say_welcome(103);
	keeper_step(c.keeper, &c.now);
	assert_true(epoch() != before);
	struct kept kept = read_journal(epoch());
	const uint8_t want[] = { RECORD_DESCRIBE, RECORD_DESCRIBE, RECORD_STATE,
		RECORD_GAP };
	assert_int_equal(kept.n, 4);
	assert_memory_equal(kept.type, want, 4);
	assert_int_equal(kept.gap.first_seq, 3);
	assert_int_equal(kept.gap.last_seq, 102);
	assert_int_equal(kept.gap.count, 100);
	struct wire hello = said(c.script.n_out - 1);
	assert_int_equal(hello.type, WIRE_HELLO);
	assert_true(hello.epoch == epoch());
	assert_int_equal(read_journal(before).n, 2);
}

static void a_dead_link_gets_a_new_socket(void **state)
{
	start_keeper(true, 0);
	for (int i = 0; i < 40 && c.script.renewed == 0; i++) {
		keeper_step(c.keeper, &c.now);
		move(S);
	}
	assert_int_equal(c.script.renewed, 1);
	assert_int_equal(said(c.script.n_out - 1).type, WIRE_HELLO);
}

/* ---- a disk that is full ---- */

/* Writes beyond the first kilobyte of a file fail, as on a full disk. */
static void disk_full(bool full)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = full ? 1024 : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void what_a_full_disk_loses_is_counted_and_told(void **state)
{
	signal(SIGXFSZ, SIG_IGN);
	start_keeper(false, 65536);
	disk_full(true);
	for (int i = 0; i < 6000 && keeper_counts(c.keeper).lost < 5; i++) {
		put_reading(40);
		move(S / 10);
		keeper_step(c.keeper, &c.now);
	}
	uint64_t lost = keeper_counts(c.keeper).lost;
	uint64_t committed = keeper_counts(c.keeper).committed_seq;
	disk_full(false);
	assert_true(lost >= 5);
	assert_int_equal(committed, 3);
	for (int i = 0; i < 3; i++) {
		move(2 * S);
		keeper_step(c.keeper, &c.now);
	}
	struct keeper_counts counts = keeper_counts(c.keeper);
	assert_int_equal(counts.committed_seq, counts.next_seq);
	assert_true(counts.committed_seq > 1000);
	assert_int_equal(counts.lost, lost);
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	struct gap_event gap = { 0 };
	uint64_t next = 1;
	assert_int_equal(
	        journal_read_open(&reader, c.folder, "nt-01", counts.epoch, 1), OK);
	while (journal_read_next(reader, &entry, &why) > 0) {
		struct record record;
		assert_int_equal(entry.seq, next++);
		assert_true(record_decode(&record, entry.record, entry.size) > 0);
		if (record.type == RECORD_GAP)
			gap_decode(&gap, record.payload, record.payload_size);
	}
	journal_read_close(reader);
	assert_int_equal(next, counts.next_seq);
	assert_int_equal(gap.count, lost);
}

/* ---- the live view ---- */

static void the_live_view_shows_the_newest_of_every_channel(void **state)
{
	struct live_view view;
	struct problem why;
	start_keeper(false, 0);
	put_reading(40.5);
	move(S);
	put_reading(41.5);
	move(S);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(live_read(&view, c.state_path, &c.now, &why), OK);
	assert_string_equal(view.station, "nt-01");
	assert_true(view.simulated);
	assert_int_equal(view.n_channels, 4);
	assert_string_equal(view.channel[0].channel, "cod");
	assert_true(view.channel[0].value == 41.5);
	assert_true(view.channel[0].value_us == c.now.time_us - S);
	assert_string_equal(view.channel[0].state, "ok");
	assert_close(view.channel[0].ok_percent, 100, 0);
	assert_string_equal(view.channel[2].state, "silent");
	assert_true(isnan(view.channel[2].value));
	assert_close(view.channel[2].ok_percent, 0, 0);
	live_view_free(&view);
}

static void a_live_view_nobody_writes_is_refused(void **state)
{
	struct live_view view;
	struct problem why;
	assert_int_equal(live_read(&view, c.state_path, &c.now, &why), NOT_FOUND);
	assert_int_equal(why.exit, EXIT_NO_DAEMON);
	start_keeper(false, 0);
	keeper_step(c.keeper, &c.now);
	move(29 * S);
	assert_int_equal(live_read(&view, c.state_path, &c.now, &why), OK);
	live_view_free(&view);
	move(S);
	assert_int_equal(live_read(&view, c.state_path, &c.now, &why), REFUSED);
	assert_int_equal(why.exit, EXIT_NO_DAEMON);
	keeper_step(c.keeper, &c.now);
	struct moment other = c.now;
	other.boot++;
	assert_int_equal(live_read(&view, c.state_path, &other, &why), REFUSED);
	keeper_end(c.keeper, &c.now);
	assert_int_equal(live_read(&view, c.state_path, &c.now, &why), REFUSED);
	assert_contains(why.text, "not running");
}

/* ---- the clock alone ---- */

static struct moment at(int64_t time_us, int64_t mono_us, uint8_t clock_state)
{
	return (struct moment){
		.time_us = time_us, .mono_us = mono_us, .state = clock_state
	};
}

static void a_step_of_a_clock_nobody_believes_is_told_as_such(void **state)
{
	struct clock_watch watch = { 0 };
	struct clock_event event;
	struct moment now = at(100 * S, 0, CLOCK_UNSYNCED);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 0);
	now = at(510 * S, 10 * S, CLOCK_STEPPED);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 0);
	now = at(511 * S, 11 * S, CLOCK_UNSYNCED);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 1);
	assert_int_equal(event.state, CLOCK_UNSYNCED);
	assert_true(event.after_us - event.before_us == 400 * S);
	now = at(522 * S, 20 * S, CLOCK_SYNCED);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 1);
	assert_int_equal(event.state, CLOCK_SYNCED);
	/* the whole way since the start: what stamps of that time need */
	assert_true(event.after_us - event.before_us == 402 * S);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 0);
}

static void a_synced_clock_that_stays_so_says_nothing(void **state)
{
	struct clock_watch watch = { 0 };
	struct clock_event event;
	for (int i = 0; i < 100; i++) {
		struct moment now = at(100 * S + i * S, i * S, CLOCK_SYNCED);
		assert_int_equal(clock_watch_look(&watch, &now, &event), 0);
	}
	struct moment now = at(0, 100 * S, CLOCK_STEPPED);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 0);
	now = at(S, 101 * S, CLOCK_SYNCED);
	assert_int_equal(clock_watch_look(&watch, &now, &event), 1);
	assert_true(event.after_us - event.before_us == -200 * S);
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(describes_come_first_and_are_durable),
		scratch_test(a_group_is_committed_after_a_second_and_not_before),
		scratch_test(a_big_group_is_committed_at_once),
		scratch_test(the_end_commits_what_is_left),
		scratch_test(a_loss_of_the_ring_becomes_a_gap),
		scratch_test(a_restart_continues_where_it_was),
		scratch_test(a_clock_that_is_put_right_is_recorded),
		scratch_test(only_what_is_committed_is_sent),
		scratch_test(what_was_sent_is_what_lies_in_the_journal),
		scratch_test(a_collector_that_knows_more_gets_a_new_epoch_and_a_gap),
		scratch_test(a_dead_link_gets_a_new_socket),
		scratch_test(what_a_full_disk_loses_is_counted_and_told),
		scratch_test(the_live_view_shows_the_newest_of_every_channel),
		scratch_test(a_live_view_nobody_writes_is_refused),
		cmocka_unit_test(a_step_of_a_clock_nobody_believes_is_told_as_such),
		cmocka_unit_test(a_synced_clock_that_stays_so_says_nothing),
	};
	return cmocka_run_group_tests_name("keeper", tests, NULL, NULL);
}
