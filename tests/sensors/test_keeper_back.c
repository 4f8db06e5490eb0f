/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power cuts on an ill disk, starts on one, and disks that come back. */
#include "tests/kits/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/kits/journal_kit.h"
#include "tests/kits/keeper_run.h"

static void a_power_cut_in_memory_mode_numbers_nothing_twice(void **state)
{
	for (int i = 0; i < 6; i++) {
		keeper_run_begin();
		keeper_run_for(3);
		ill.error = i % 2 ? EIO : EROFS;
		ill.only_sync = i % 3 == 0;
		keeper_run_for(4);
		uint64_t in_memory = epoch_now();
		r.collector.away = i % 3 == 2;
		keeper_run_for(2);
		size_t put = r.n_put;
		keeper_run_power_cut(*state);
		ill.error = 0;
		size_t before = r.collector.n;
		keeper_run_begin();
		assert_true(epoch_now() != in_memory);
		keeper_run_for(2);
		keeper_run_drain(20);
		assert_true(r.collector.n > before);
		assert_true(r.n_put > put);
		keeper_free(c.keeper);
		c.keeper = NULL;
	}
	/* what was in memory and not acknowledged is gone; nothing came twice, and the
	 * fake collector refuses other bytes under a known number */
	assert_int_equal(r.collector.naks, 0);
	size_t readings = book_type(&r.collector, RECORD_READING);
	assert_true(readings < r.n_put);
	assert_true(r.n_put - readings <= 6 * 11 + 2 * 40);
	book_readings(&r.collector, readings);
}

static void a_cabinet_starts_on_a_disk_that_is_read_only(void **state)
{
	keeper_run_begin();
	r.collector.away = true;
	keeper_run_for(5);
	keeper_free(c.keeper);
	uint64_t on_disk = 0;
	assert_int_equal(journal_epochs(c.folder, "nt-01", &on_disk, 1), 1);
	ill.error = EROFS;
	r.collector.away = false;
	r.collector.given = r.collector.n_answers = 0;
	keeper_run_begin();
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	keeper_run_for(10);
	/* what lies on the disk can be read, and is sent too */
	keeper_run_drain(20);
	assert_true(book_count(&r.collector, on_disk) >= 50);
	book_readings(&r.collector, r.n_put);
	ill.error = 0;
	keeper_run_for(9);
	assert_true(epoch_now() == on_disk);
	keeper_run_everything_came_once(0);
}

/* The disk's folder is another one by now: as it was, or without what was synced last. */
static void disk_comes_back(const char *folder, bool shortened, bool sync_only)
{
	char *gone = strdup(in_folder(folder, "gone"));
	char *early = strdup(in_folder(folder, "early"));
	keeper_run_begin();
	keeper_run_for(3);
	uint64_t on_disk = epoch_now();
	kit_copy(c.folder, early);
	keeper_run_for(3);
	ill.error = EIO;
	ill.only_sync = sync_only;
	keeper_run_for(5);
	assert_int_equal(rename(c.folder, gone), 0);
	keeper_run_for(3);
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	kit_copy(shortened ? early : gone, c.folder);
	ill.error = 0;
	keeper_run_for(9);
	assert_string_equal(keeper_counts(c.keeper).journal, "disk");
	assert_true((epoch_now() != on_disk) == shortened);
	keeper_run_everything_came_once(0);
	assert_int_equal(r.collector.naks, 0);
	keeper_free(c.keeper);
	c.keeper = NULL;
	keeper_run_begin();
	keeper_run_for(2);
	keeper_run_everything_came_once(0);
	free(gone);
	free(early);
}

static void a_disk_that_went_and_came_back(void **state)
{
	disk_comes_back(*state, false, false);
}

static void a_disk_that_took_what_it_did_not_confirm(void **state)
{
	disk_comes_back(*state, false, true);
}

static void a_disk_that_came_back_shorter(void **state)
{
	disk_comes_back(*state, true, true);
}

/* Every call fails once, and from then on for two seconds. */
static void any_call_may_fail(void **state)
{
	for (long nth = 1; nth <= 60; nth++) {
		for (int on = 0; on <= 1; on++) {
			c.system = &kit_failing;
			kit_fail(0, 0);
			keeper_run_begin();
			keeper_run_for(1);
			kit_fail(nth, nth % 3 == 0 ? ENOSPC : EIO);
			kit_fail_on(on != 0);
			keeper_run_for(2);
			kit_fail(0, 0);
			keeper_run_for(2);
			keeper_run_drain(10);
			assert_string_equal(keeper_counts(c.keeper).journal, "disk");
			assert_int_equal(keeper_counts(c.keeper).waiting, 0);
			assert_int_equal(keeper_counts(c.keeper).lost, 0);
			book_readings(&r.collector, r.n_put);
			keeper_free(c.keeper);
			c.keeper = NULL;
			kit_remove(c.folder);
			fake_collector_end(&r.collector);
			fake_collector_start(&r.collector);
			r.n_put = 0;
		}
	}
}

#define disk_test(f) cmocka_unit_test_setup_teardown(f, ill_setup, keeper_run_teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest keeper_disk[] = {
		disk_test(a_power_cut_in_memory_mode_numbers_nothing_twice),
		disk_test(a_cabinet_starts_on_a_disk_that_is_read_only),
		disk_test(a_disk_that_went_and_came_back),
		disk_test(a_disk_that_took_what_it_did_not_confirm),
		disk_test(a_disk_that_came_back_shorter),
		disk_test(any_call_may_fail),
	};
	return cmocka_run_group_tests_name("keeper_disk", keeper_disk, NULL, NULL);
}
