/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper when its disk fails: what is measured is kept, sent, and numbered once. */
#include "tests/kits/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/kits/journal_kit.h"
#include "tests/kits/keeper_run.h"

static void a_disk_that_cannot_be_written_costs_nothing(int error, bool sync_only)
{
	keeper_run_begin();
	keeper_run_for(5);
	uint64_t on_disk = epoch_now();
	ill.error = error;
	ill.only_sync = sync_only;
	keeper_run_for(10);
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	assert_contains(r.said, "records are kept in memory");
	uint64_t in_memory = epoch_now();
	assert_true(in_memory != on_disk);
	/* and sent from there meanwhile: a second's group may wait for its disk */
	assert_true(book_count(&r.collector, in_memory) >= 75);
	assert_true(book_state(&r.collector, "in memory"));
	ill.error = 0;
	keeper_run_for(9);
	assert_string_equal(keeper_counts(c.keeper).journal, "disk");
	assert_true(epoch_now() == on_disk);
	keeper_run_everything_came_once(0);
	assert_true(book_state(&r.collector, "on disk"));
	assert_int_equal(keeper_counts(c.keeper).lost, 0);
	assert_int_equal(book_type(&r.collector, RECORD_GAP), 0);
}

static void read_only(void **state)
{
	a_disk_that_cannot_be_written_costs_nothing(EROFS, false);
}

static void full(void **state)
{
	a_disk_that_cannot_be_written_costs_nothing(ENOSPC, false);
}

static void broken(void **state)
{
	a_disk_that_cannot_be_written_costs_nothing(EIO, false);
}

static void never_synced(void **state)
{
	a_disk_that_cannot_be_written_costs_nothing(EIO, true);
}

static void it_may_fail_again_and_again(void **state)
{
	static const int errors[] = { EIO, EROFS, ENOSPC };
	keeper_run_begin();
	for (int i = 0; i < 12; i++) {
		ill.error = errors[i % 3];
		ill.only_sync = i % 2 == 0;
		keeper_run_for(1 + i % 4);
		ill.error = 0;
		keeper_run_for(i % 3);
	}
	keeper_run_for(9);
	keeper_run_everything_came_once(0);
	/* one epoch on the disk, one in memory */
	assert_int_equal(r.collector.n_epochs, 2);
}

/* The collector is away too: what is in memory waits there, and goes first. */
static void memory_goes_first_when_the_collector_comes(void **state)
{
	r.collector.away = true;
	keeper_run_begin();
	keeper_run_for(10);
	uint64_t on_disk = epoch_now();
	ill.error = EROFS;
	keeper_run_for(10);
	uint64_t in_memory = epoch_now();
	ill.error = 0;
	keeper_run_for(20);
	assert_true(epoch_now() == on_disk);
	r.collector.away = false;
	keeper_run_drain(100);
	keeper_run_everything_came_once(0);
	assert_true(r.collector.order[0] == in_memory);
	assert_true(r.collector.order[1] == on_disk);
}

/* The disk stays ill.error, and records come all the time: what it holds is sent all the
 * same. */
static void what_waits_on_an_ill_disk_is_sent_beside(void **state)
{
	r.collector.away = true;
	keeper_run_begin();
	keeper_run_for(30);
	uint64_t on_disk = epoch_now();
	ill.error = ENOSPC;
	keeper_run_for(10);
	r.collector.away = false;
	keeper_run_for(90);
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	assert_true(book_count(&r.collector, on_disk) >= 290);
	assert_true(book_count(&r.collector, epoch_now()) >= 900);
	assert_int_equal(keeper_counts(c.keeper).lost, 0);
	ill.error = 0;
	keeper_run_for(9);
	keeper_run_everything_came_once(0);
}

static void what_memory_cannot_hold_is_counted_and_told(void **state)
{
	struct gap_event gap;
	c.memory = 1 << 20;
	r.collector.away = true;
	keeper_run_begin();
	keeper_run_for(2);
	ill.error = EIO;
	/* 144 bytes each: 7,281 fit into a MiB */
	keeper_run_for(900);
	uint64_t in_memory = epoch_now();
	size_t lost = keeper_counts(c.keeper).lost;
	assert_in_range(lost, 1700, 1740);
	r.collector.away = false;
	keeper_run_drain(100);
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	assert_true(book_gap(&r.collector, &gap));
	assert_int_equal(gap.count, lost);
	assert_int_equal(gap.first_seq, 1);
	assert_int_equal(gap.last_seq, lost);
	assert_true(gap.to_us > gap.from_us);
	assert_contains(gap.why, "memory");
	assert_int_equal(book_epoch(&r.collector, in_memory)->skipped, lost);
	ill.error = 0;
	keeper_run_for(9);
	/* two DESCRIBEs and a STATE were dropped too */
	keeper_run_everything_came_once(lost - 3);
}

#define disk_test(f) cmocka_unit_test_setup_teardown(f, ill_setup, keeper_run_teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest keeper_disk[] = {
		disk_test(read_only),
		disk_test(full),
		disk_test(broken),
		disk_test(never_synced),
		disk_test(it_may_fail_again_and_again),
		disk_test(memory_goes_first_when_the_collector_comes),
		disk_test(what_waits_on_an_ill_disk_is_sent_beside),
		disk_test(what_memory_cannot_hold_is_counted_and_told),
	};
	return cmocka_run_group_tests_name("keeper_disk", keeper_disk, NULL, NULL);
}
