/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper: commits, sends, and tells what was lost. */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/journal.h"
#include "base/log.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/keeper_fixture.h"

static void describes_come_first_and_are_durable(void **state)
{
	start_keeper(false, 0);
	struct kept kept = read_journal(epoch_now());
	assert_int_equal(kept.n, 3);
	assert_int_equal(kept.type[0], RECORD_DESCRIBE);
	assert_int_equal(kept.type[1], RECORD_DESCRIBE);
	assert_int_equal(kept.type[2], RECORD_STATE); /* of the new epoch */
	assert_int_equal(keeper_counts(c.keeper).committed_seq, 4);
}

static void a_group_is_committed_after_a_second_and_not_before(void **state)
{
	start_keeper(false, 0);
	put_reading(40);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(keeper_counts(c.keeper).next_seq, 5);
	move_clock(S - 1);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(keeper_counts(c.keeper).committed_seq, 4);
	assert_true(keeper_wait_ms(c.keeper, &c.now) <= 1);
	move_clock(1);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(keeper_counts(c.keeper).committed_seq, 5);
	assert_int_equal(read_journal(epoch_now()).type[3], RECORD_READING);
}

static void the_time_of_a_commit_is_configured(void **state)
{
	static const double seconds[] = { 0.1, 60 };
	for (size_t i = 0; i < 2; i++) {
		c.commit_s = seconds[i];
		start_keeper(false, 0);
		uint64_t before = keeper_counts(c.keeper).committed_seq;
		int64_t wait_us = (int64_t)(seconds[i] * 1e6);
		put_reading(40);
		keeper_step(c.keeper, &c.now);
		move_clock(wait_us - 1);
		keeper_step(c.keeper, &c.now);
		assert_int_equal(keeper_counts(c.keeper).committed_seq, before);
		move_clock(1);
		keeper_step(c.keeper, &c.now);
		assert_int_equal(keeper_counts(c.keeper).committed_seq, before + 1);
		keeper_free(c.keeper);
		c.keeper = NULL;
	}
}

static void a_state_is_committed_at_once_with_all_before_it(void **state)
{
	struct state_event event = {
		.subject = "port bus", .state = "down", .text = "hung up"
	};
	start_keeper(false, 0);
	put_reading(40);
	assert_int_equal(recorder_state(&c.recorder, &c.now, &event), OK);
	ring_put(c.ring, c.recorder.record, c.recorder.n, c.now.time_us);
	put_reading(41);
	keeper_step(c.keeper, &c.now);
	/* what comes behind it waits for its own turn */
	assert_int_equal(keeper_counts(c.keeper).committed_seq, 6);
	assert_int_equal(keeper_counts(c.keeper).next_seq, 7);
	assert_int_equal(read_journal(epoch_now()).type[4], RECORD_STATE);
}

static void a_big_group_is_committed_at_once(void **state)
{
	start_keeper(false, 0);
	while (keeper_counts(c.keeper).committed_seq == 4 &&
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
	assert_int_equal(read_journal(epoch_now()).n, 5);
}

static void a_loss_of_the_ring_becomes_a_gap(void **state)
{
	start_keeper(false, 0);
	int taken = 0, lost = 0;
	while (put_reading(40) == OK) {
		taken++;
		move_clock(1000);
	}
	int64_t from = c.now.time_us;
	move_clock(1000);
	lost = 1;
	lost += put_reading(40) == FULL;
	int64_t to = c.now.time_us;
	keeper_step(c.keeper, &c.now);
	put_reading(41);
	keeper_end(c.keeper, &c.now);
	struct kept kept = read_journal(epoch_now());
	assert_int_equal(kept.n, 3 + taken + 1 + 1);
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
	uint64_t before = epoch_now();
	keeper_free(c.keeper);
	move_clock(10 * S);
	start_keeper(false, 0);
	assert_true(epoch_now() == before);
	struct kept kept = read_journal(before);
	assert_int_equal(kept.n, 6);
	assert_int_equal(kept.type[5], RECORD_DESCRIBE);
}

static void a_clock_that_is_put_right_is_recorded(void **state)
{
	c.now.state = CLOCK_UNSYNCED;
	c.now.time_us = 1000 * S; /* 1970 */
	start_keeper(false, 0);
	move_clock(10 * S);
	keeper_step(c.keeper, &c.now);
	c.now.time_us = FIXTURE_DAY1;
	c.now.state = CLOCK_STEPPED;
	keeper_step(c.keeper, &c.now);
	move_clock(S / 2);
	c.now.state = CLOCK_SYNCED;
	keeper_step(c.keeper, &c.now);
	keeper_end(c.keeper, &c.now);
	struct kept kept = read_journal(epoch_now());
	assert_int_equal(kept.n, 4);
	assert_int_equal(kept.type[3], RECORD_CLOCK);
	assert_int_equal(kept.clock.state, CLOCK_SYNCED);
	assert_true(kept.clock.before_us == 1010 * S + S / 2);
	assert_true(kept.clock.after_us == FIXTURE_DAY1 + S / 2);
}

static void only_what_is_committed_is_sent(void **state)
{
	start_keeper(true, 0);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(cabinet_said(0).type, WIRE_HELLO);
	collector_welcomes(1);
	put_reading(40);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(c.script.n_out, 2);
	assert_int_equal(cabinet_said(1).type, WIRE_DATA);
	assert_int_equal(cabinet_said(1).count, 3);
	move_clock(S);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(cabinet_said(2).type, WIRE_DATA);
	assert_int_equal(cabinet_said(2).first_seq, 4);
	assert_int_equal(cabinet_said(2).count, 1);
	collector_says(WIRE_ACK, 5, NULL, 0);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(keeper_counts(c.keeper).acked_seq, 5);
	assert_string_equal(keeper_counts(c.keeper).link, "open");
}

static void what_was_sent_is_what_lies_in_the_journal(void **state)
{
	start_keeper(true, 0);
	for (int i = 0; i < 30; i++) {
		put_reading(i);
		move_clock(S);
		keeper_step(c.keeper, &c.now);
		if (i == 10)
			collector_welcomes(1);
		if (i > 10 && cabinet_said(c.script.n_out - 1).type == WIRE_DATA) {
			struct wire last = cabinet_said(c.script.n_out - 1);
			if (c.script.heard == c.script.n_in)
				c.script.n_in = c.script.heard = 0;
			collector_says(WIRE_ACK, last.first_seq + last.count, NULL, 0);
		}
	}
	uint64_t next = 1;
	for (size_t i = 0; i < c.script.n_out; i++) {
		struct wire wire = cabinet_said(i);
		if (wire.type != WIRE_DATA)
			continue;
		assert_int_equal(wire.first_seq, next);
		next += wire.count;
	}
	assert_int_equal(next, keeper_counts(c.keeper).committed_seq);
	assert_int_equal(next, 34);
}

static void a_collector_that_knows_more_gets_a_new_epoch_and_a_gap(void **state)
{
	start_keeper(true, 0);
	uint64_t before = epoch_now();
	keeper_step(c.keeper, &c.now);
	collector_welcomes(103);
	/* what is here is shown first: is it what the collector has? */
	keeper_step(c.keeper, &c.now);
	assert_true(epoch_now() == before);
	assert_int_equal(cabinet_said(c.script.n_out - 1).first_seq, 1);
	collector_says(WIRE_ACK, 4, NULL, 0);
	keeper_step(c.keeper, &c.now);
	assert_true(epoch_now() != before);
	struct kept kept = read_journal(epoch_now());
	const uint8_t want[] = { RECORD_DESCRIBE, RECORD_DESCRIBE, RECORD_STATE,
		RECORD_GAP };
	assert_int_equal(kept.n, 4);
	assert_memory_equal(kept.type, want, 4);
	assert_int_equal(kept.gap.first_seq, 4);
	assert_int_equal(kept.gap.last_seq, 102);
	assert_int_equal(kept.gap.count, 99);
	struct wire hello = cabinet_said(c.script.n_out - 1);
	assert_int_equal(hello.type, WIRE_HELLO);
	assert_true(hello.epoch == epoch_now());
	assert_int_equal(read_journal(before).n, 3);
}

static void a_dead_link_gets_a_new_socket(void **state)
{
	start_keeper(true, 0);
	for (int i = 0; i < 40 && c.script.renewed == 0; i++) {
		keeper_step(c.keeper, &c.now);
		move_clock(S);
	}
	assert_int_equal(c.script.renewed, 1);
	assert_int_equal(cabinet_said(c.script.n_out - 1).type, WIRE_HELLO);
}

static char said[2048];
static size_t n_said;

static void keep_line(enum log_level level, const char *text)
{
	n_said++;
	snprintf(said, sizeof said, "%s", text);
}

/* Turn bytes in the middle of what the journal holds. */
static void damage_journal(size_t at)
{
	char path[700];
	snprintf(path, sizeof path, "%s/nt-01/%016llx/%020d.log", c.folder,
	        (unsigned long long)epoch_now(), 1);
	keeper_free(c.keeper);
	c.keeper = NULL;
	int fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "damage", 6, (off_t)at), 6);
	close(fd);
}

static void damage_in_the_middle_costs_what_was_damaged_and_no_more(void **state)
{
	start_keeper(false, 0);
	for (int i = 0; i < 60; i++) {
		put_reading(i);
		move_clock(S);
		keeper_step(c.keeper, &c.now);
	}
	uint64_t epoch = epoch_now();
	damage_journal(9000);
	start_keeper(true, 0);
	assert_true(epoch_now() == epoch);
	keeper_step(c.keeper, &c.now);
	collector_welcomes(1);
	keeper_step(c.keeper, &c.now);
	struct wire data = cabinet_said(c.script.n_out - 1);
	assert_int_equal(data.type, WIRE_DATA);
	uint64_t hole = data.first_seq + data.count;
	assert_in_range(hole, 2, 60);
	collector_says(WIRE_ACK, hole, NULL, 0);
	for (int i = 0; i < 62; i++) {
		collector_says(WIRE_PONG, 0, NULL, 0);
		log_catch(keep_line);
		keeper_step(c.keeper, &c.now);
		c.script.n_in = c.script.heard = 0;
		move_clock(S);
	}
	struct wire hello = cabinet_said(c.script.n_out - 1);
	assert_int_equal(hello.type, WIRE_HELLO);
	assert_int_equal(hello.first_seq, hole + 1);
	assert_contains(said, "are damaged and lost to the collector");
	collector_welcomes(hole + 1);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(cabinet_said(c.script.n_out - 1).first_seq, hole + 1);
}

/* No collector, a wrong key on either side: libzmq tells none of them from the
 * other. */
static void a_collector_that_never_answers_is_told_once(void **state)
{
	start_keeper(true, 0);
	log_catch(keep_line);
	n_said = 0;
	for (int i = 0; i < 600; i++) {
		c.script.n_out = 0;
		keeper_step(c.keeper, &c.now);
		move_clock(S);
		if (i == 25)
			assert_int_equal(n_said, 0);
	}
	assert_int_equal(n_said, 1);
	assert_contains(said, "collector tcp://192.0.2.7:5710: no answer for 30 s");
	assert_contains(said, "server_key");
	assert_contains(said, "quantrac keys admit");
}

#define scratch_test(f)                                                                \
	cmocka_unit_test_setup_teardown(f, keeper_setup, keeper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(describes_come_first_and_are_durable),
		scratch_test(a_group_is_committed_after_a_second_and_not_before),
		scratch_test(the_time_of_a_commit_is_configured),
		scratch_test(a_state_is_committed_at_once_with_all_before_it),
		scratch_test(a_big_group_is_committed_at_once),
		scratch_test(the_end_commits_what_is_left),
		scratch_test(a_loss_of_the_ring_becomes_a_gap),
		scratch_test(a_restart_continues_where_it_was),
		scratch_test(a_clock_that_is_put_right_is_recorded),
		scratch_test(only_what_is_committed_is_sent),
		scratch_test(what_was_sent_is_what_lies_in_the_journal),
		scratch_test(a_collector_that_knows_more_gets_a_new_epoch_and_a_gap),
		scratch_test(damage_in_the_middle_costs_what_was_damaged_and_no_more),
		scratch_test(a_dead_link_gets_a_new_socket),
		scratch_test(a_collector_that_never_answers_is_told_once),
	};
	return cmocka_run_group_tests_name("keeper", tests, NULL, NULL);
}
