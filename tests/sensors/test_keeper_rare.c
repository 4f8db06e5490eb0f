/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a keeper meets seldom: a torn journal, more in the ring than it takes at once,
 * every way a disk says no, a hint that is wrong. */
#include "tests/kits/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/journal_file.h"
#include "sensors/keeper/acked.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/keeper_run.h"

/* The newest segment of the present epoch. */
static const char *segment(char path[700])
{
	uint64_t seq = 0, next;
	while ((next = journal_segment_end(c.folder, "nt-01", epoch_now(), seq)) != 0)
		seq = next;
	char name[SEGMENT_NAME];
	segment_name(seq > 0 ? seq : 1, name);
	snprintf(path, 700, "%s/nt-01/%016llx/%s", c.folder,
	        (unsigned long long)epoch_now(), name);
	return path;
}

static void a_write_that_was_never_finished_is_told(void **state)
{
	char path[700];
	r.collector.away = true;
	keeper_run_begin();
	keeper_run_for(2);
	keeper_run_drain(2);
	segment(path);
	keeper_run_end();
	/* behind the padding of the last entry */
	kit_poke(path, (long)(kit_used(path) + 7) / 8 * 8, "half a record", 13);
	r.said[0] = '\0';
	keeper_run_begin();
	assert_contains(r.said,
	        "13 bytes of an unfinished write were at its end; a copy lies in");
	keeper_run_for(1);
	r.collector.away = false;
	keeper_run_drain(100);
	book_readings(&r.collector, r.n_put);
}

/* The ring was filled while the keeper could not run: a step takes so many, the end
 * takes all. */
static void more_is_in_the_ring_than_a_step_takes(void **state)
{
	enum { MANY = 9000 };
	ring_free(c.ring);
	assert_int_equal(ring_new(&c.ring, 4u << 20), OK);
	keeper_run_begin();
	keeper_run_drain(1);
	for (int i = 0; i < MANY; i++) {
		c.now.time_us += 1000;
		c.now.mono_us += 1000;
		assert_int_equal(put_reading(40), OK);
		r.n_put++;
	}
	uint64_t first = keeper_counts(c.keeper).next_seq;
	keeper_step(c.keeper, &c.now);
	assert_int_equal(keeper_counts(c.keeper).next_seq - first, 4096);
	keeper_run_end();
	keeper_run_begin();
	keeper_run_drain(60);
	book_readings(&r.collector, MANY);
}

static void it_waits_no_longer_than_it_may(void **state)
{
	struct pollfd item[KEEPER_DESCRIPTORS];
	start_keeper(false, 0);
	assert_int_equal(keeper_descriptors(c.keeper, item), 1);
	keeper_step(c.keeper, &c.now);
	move_clock(10 * S);
	keeper_step(c.keeper, &c.now);
	/* nothing is pending: until the state file is due */
	assert_int_equal(keeper_wait_ms(c.keeper, &c.now), 1000);
	put_reading(40);
	move_clock(S);
	keeper_step(c.keeper, &c.now);
	move_clock(S / 4);
	assert_int_equal(keeper_wait_ms(c.keeper, &c.now), 750);
	move_clock(S);
	assert_int_equal(keeper_wait_ms(c.keeper, &c.now), 0);
	keeper_run_end();
	/* with a link it also waits for what the link has to say */
	start_keeper(true, 0);
	assert_int_equal(keeper_descriptors(c.keeper, item), 2);
	keeper_run_drain(2);
	assert_in_range(keeper_wait_ms(c.keeper, &c.now), 0, 1000);
}

/* A collector that acknowledges each batch as soon as it was sent. */
static struct prompt {
	bool open;
	uint8_t answer;
	uint64_t wanted;
	size_t batches;
} prompt;

static int prompt_send(void *with, const void *in, size_t n)
{
	struct wire wire;
	assert_int_equal(wire_decode(&wire, in, n), OK);
	if (!prompt.open)
		return OK;
	if (wire.type == WIRE_HELLO) {
		prompt.answer = WIRE_WELCOME;
		prompt.wanted = wire.first_seq;
	} else if (wire.type == WIRE_DATA) {
		prompt.answer = WIRE_ACK;
		prompt.wanted = wire.first_seq + wire.count;
		prompt.batches++;
	}
	return OK;
}

static int prompt_receive(void *with, void *out, size_t room)
{
	uint8_t payload[32];
	struct wire_welcome welcome = { .window = 4, .most = 4000 };
	struct wire wire = { .type = prompt.answer,
		.source = "nt-01",
		.epoch = epoch_now(),
		.first_seq = prompt.wanted };
	if (prompt.answer == 0)
		return 0;
	if (prompt.answer == WIRE_WELCOME) {
		wire.payload = payload;
		wire.payload_size =
		        (size_t)wire_welcome_put(&welcome, payload, sizeof payload);
	}
	prompt.answer = 0;
	return wire_encode(&wire, out, room);
}

static int prompt_renew(void *with)
{
	return OK;
}

static int prompt_descriptor(void *with)
{
	return -1;
}

/* The last thing a step did was to send: an acknowledgement that came meanwhile is not
 * told by the descriptor again. */
static void it_does_not_wait_after_as_many_messages_as_a_step_may_send(void **state)
{
	static const struct keeper_link link = { .name = "collector",
		.descriptor = prompt_descriptor,
		.send = prompt_send,
		.receive = prompt_receive,
		.renew = prompt_renew };
	prompt = (struct prompt){ .open = false };
	ring_free(c.ring);
	assert_int_equal(ring_new(&c.ring, 4u << 20), OK);
	c.link = &link;
	start_keeper(true, 0);
	for (int i = 0; i < 4000; i++) {
		move_clock(1000);
		assert_int_equal(put_reading(40), OK);
	}
	keeper_step(c.keeper, &c.now);
	move_clock(2 * S);
	keeper_step(c.keeper, &c.now);
	assert_int_equal(prompt.batches, 0);
	prompt.open = true;
	for (int i = 0; i < 60 && prompt.batches == 0; i++) {
		move_clock(S);
		keeper_step(c.keeper, &c.now);
	}
	assert_in_range(prompt.batches, 60, 64);
	assert_int_equal(keeper_wait_ms(c.keeper, &c.now), 0);
	struct keeper_counts counts = { .acked_seq = 0 };
	for (int i = 0; i < 10 && counts.acked_seq < 4000; i++) {
		keeper_step(c.keeper, &c.now);
		counts = keeper_counts(c.keeper);
	}
	assert_int_equal(counts.acked_seq, counts.committed_seq);
	assert_in_range(keeper_wait_ms(c.keeper, &c.now), 1, 1000);
}

static void it_tries_an_ill_disk_again_when_it_is_time(void **state)
{
	keeper_run_begin();
	keeper_run_for(1);
	ill.error = EROFS;
	keeper_run_for(2);
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	int wait_ms = keeper_wait_ms(c.keeper, &c.now);
	assert_in_range(wait_ms, 0, 1000);
	ill.error = 0;
	keeper_run_drain(12);
	assert_string_equal(keeper_counts(c.keeper).journal, "disk");
	keeper_run_drain(100);
	book_readings(&r.collector, r.n_put);
}

/* Every one of the ways a disk says no has the keeper go on in memory. */
static void a_disk_has_many_ways_to_say_no(void **state)
{
	static const int errors[] = { EROFS, EIO, ENODEV, ENXIO, ENOSPC, EDQUOT };
	keeper_run_begin();
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		keeper_run_for(1);
		ill.error = errors[i];
		keeper_run_for(2);
		assert_string_equal(keeper_counts(c.keeper).journal, "memory");
		ill.error = 0;
		keeper_run_drain(12);
		assert_string_equal(keeper_counts(c.keeper).journal, "disk");
	}
	keeper_run_drain(100);
	book_readings(&r.collector, r.n_put);
}

/* The file that tells what is acknowledged is a hint: one that says more than there is,
 * or speaks of epochs nobody has, is not believed. */
static void a_hint_of_more_than_there_is_is_not_believed(void **state)
{
	keeper_run_begin();
	keeper_run_for(2);
	keeper_run_drain(20);
	uint64_t epoch = epoch_now();
	keeper_run_end();
	keeper_put_aside(*state, 0);
	keeper_run_begin();
	keeper_run_for(1);
	keeper_run_end();
	keeper_put_back(*state, 1);
	struct acked hint[] = { { .epoch = epoch, .acked_seq = 1000000 },
		{ .epoch = 77, .acked_seq = 5 } };
	assert_int_equal(acked_write(c.folder, hint, 2, true), OK);
	keeper_run_begin();
	keeper_run_for(1);
	keeper_run_drain(200);
	book_readings(&r.collector, r.n_put);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
}

static int setup(void **state)
{
	if (ill_setup(state) != 0)
		return -1;
	r.only_alerts = false;
	c.room = 0;
	return 0;
}

#define rare_test(f) cmocka_unit_test_setup_teardown(f, setup, keeper_run_teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest keeper_rare[] = {
		rare_test(a_write_that_was_never_finished_is_told),
		rare_test(more_is_in_the_ring_than_a_step_takes),
		rare_test(it_waits_no_longer_than_it_may),
		rare_test(it_does_not_wait_after_as_many_messages_as_a_step_may_send),
		rare_test(it_tries_an_ill_disk_again_when_it_is_time),
		rare_test(a_disk_has_many_ways_to_say_no),
		rare_test(a_hint_of_more_than_there_is_is_not_believed),
	};
	return cmocka_run_group_tests_name("keeper_rare", keeper_rare, NULL, NULL);
}
