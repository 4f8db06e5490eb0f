/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper when its disk fails: what is measured is kept, sent, and numbered once. */
#include "tests/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/journal_file.h"
#include "base/log.h"
#include "tests/fake_collector.h"
#include "tests/journal_kit.h"
#include "tests/keeper_fixture.h"

static struct fake_collector collector;
static size_t n_put;
static char said[2048];

static void keep_line(enum log_level level, const char *text)
{
	if (level == LOG_ALERT)
		snprintf(said, sizeof said, "%s", text);
}

/* ---- a disk that fails from now on, with an errno; 0: it is well ---- */

static int ill;

static bool is_ill(void)
{
	errno = ill;
	return ill != 0;
}

static int ill_open(int folder, const char *name, int flags)
{
	return is_ill() ? -1 : journal_real.open(folder, name, flags);
}

static ssize_t ill_write(int fd, const void *in, size_t n, off_t at)
{
	return is_ill() ? -1 : journal_real.write(fd, in, n, at);
}

/* The bytes are there, and nobody may trust them. */
static bool only_sync;

static int ill_sync(int fd)
{
	return is_ill() ? -1 : journal_real.sync(fd);
}

static int ill_allocate(int fd, off_t at, off_t n)
{
	return ill != 0 ? ill : journal_real.allocate(fd, at, n);
}

static int ill_reserve(int fd, off_t n)
{
	return ill != 0 ? ill : journal_real.reserve(fd, n);
}

static int ill_rename(int folder, const char *from, const char *to)
{
	return is_ill() ? -1 : journal_real.rename(folder, from, to);
}

static int ill_move(int from_folder, const char *from, int to_folder, const char *to)
{
	return is_ill() ? -1 : journal_real.move(from_folder, from, to_folder, to);
}

static ssize_t write_though_ill(int fd, const void *in, size_t n, off_t at)
{
	return only_sync ? journal_real.write(fd, in, n, at) : ill_write(fd, in, n, at);
}

static struct journal_system ill_system(void)
{
	struct journal_system system = journal_real;
	system.open = ill_open;
	system.write = write_though_ill;
	system.sync = system.sync_all = ill_sync;
	system.allocate = ill_allocate;
	system.reserve = ill_reserve;
	system.rename = ill_rename;
	system.move = ill_move;
	return system;
}

/* ---- a cabinet that runs ---- */

static struct journal_system on_ill_disk;

static int setup(void **state)
{
	ill = 0;
	only_sync = false;
	n_put = 0;
	said[0] = '\0';
	on_ill_disk = ill_system();
	if (keeper_setup(state) != 0)
		return -1;
	log_catch(keep_line);
	fake_collector_start(&collector);
	c.system = &on_ill_disk;
	c.link = &collector.link;
	c.room = 40 * JOURNAL_SEGMENT_LEAST;
	return 0;
}

static int teardown(void **state)
{
	int status = keeper_teardown(state);
	fake_collector_end(&collector);
	return status;
}

/* A reading every 100 ms. */
static void run(int seconds)
{
	for (int i = 0; i < seconds * 10; i++) {
		assert_int_equal(put_reading(40), OK);
		n_put++;
		keeper_step(c.keeper, &c.now);
		move_clock(S / 10);
	}
}

/* Nothing is measured; what is there is sent. */
static void drain(int seconds)
{
	for (int i = 0; i < seconds * 10; i++) {
		keeper_step(c.keeper, &c.now);
		move_clock(S / 10);
	}
}

static void begin(void)
{
	start_keeper(true, JOURNAL_SEGMENT_LEAST);
}

/* The process ends at once: what its journal holds in memory is gone.  The folder is as
 * the disk has it. */
static void power_cut(const char *folder)
{
	char *left = strdup(in_folder(folder, "left"));
	kit_copy(c.folder, left);
	int was = ill;
	ill = EIO;
	keeper_free(c.keeper);
	ill = was;
	c.keeper = NULL;
	kit_remove(c.folder);
	assert_int_equal(rename(left, c.folder), 0);
	free(left);
	move_clock(30 * S);
	c.now.boot++;
	collector.away = false;
	collector.given = collector.n_answers = 0;
}

static void everything_came_once(size_t lost)
{
	drain(40);
	struct keeper_counts counts = keeper_counts(c.keeper);
	assert_string_equal(counts.journal, "disk");
	assert_int_equal(counts.waiting, 0);
	book_readings(&collector, n_put - lost);
}

/* ---- tests ---- */

static void a_disk_that_cannot_be_written_costs_nothing(int error, bool sync_only)
{
	begin();
	run(5);
	uint64_t on_disk = epoch_now();
	ill = error;
	only_sync = sync_only;
	run(10);
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	assert_contains(said, "records are kept in memory");
	uint64_t in_memory = epoch_now();
	assert_true(in_memory != on_disk);
	/* and sent from there meanwhile: a second's group may wait for its disk */
	assert_true(book_count(&collector, in_memory) >= 75);
	assert_true(book_state(&collector, "in memory"));
	ill = 0;
	run(9);
	assert_string_equal(keeper_counts(c.keeper).journal, "disk");
	assert_true(epoch_now() == on_disk);
	everything_came_once(0);
	assert_true(book_state(&collector, "on disk"));
	assert_int_equal(keeper_counts(c.keeper).lost, 0);
	assert_int_equal(book_type(&collector, RECORD_GAP), 0);
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
	begin();
	for (int i = 0; i < 12; i++) {
		ill = errors[i % 3];
		only_sync = i % 2 == 0;
		run(1 + i % 4);
		ill = 0;
		run(i % 3);
	}
	run(9);
	everything_came_once(0);
	/* one epoch on the disk, one in memory */
	assert_int_equal(collector.n_epochs, 2);
}

/* The collector is away too: what is in memory waits there, and goes first. */
static void memory_goes_first_when_the_collector_comes(void **state)
{
	collector.away = true;
	begin();
	run(10);
	uint64_t on_disk = epoch_now();
	ill = EROFS;
	run(10);
	uint64_t in_memory = epoch_now();
	ill = 0;
	run(20);
	assert_true(epoch_now() == on_disk);
	collector.away = false;
	drain(100);
	everything_came_once(0);
	assert_true(collector.order[0] == in_memory);
	assert_true(collector.order[1] == on_disk);
}

/* The disk stays ill, and records come all the time: what it holds is sent all the
 * same. */
static void what_waits_on_an_ill_disk_is_sent_beside(void **state)
{
	collector.away = true;
	begin();
	run(30);
	uint64_t on_disk = epoch_now();
	ill = ENOSPC;
	run(10);
	collector.away = false;
	run(90);
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	assert_true(book_count(&collector, on_disk) >= 290);
	assert_true(book_count(&collector, epoch_now()) >= 900);
	assert_int_equal(keeper_counts(c.keeper).lost, 0);
	ill = 0;
	run(9);
	everything_came_once(0);
}

static void what_memory_cannot_hold_is_counted_and_told(void **state)
{
	struct gap_event gap;
	c.memory = 1 << 20;
	collector.away = true;
	begin();
	run(2);
	ill = EIO;
	/* 144 bytes each: 7,281 fit into a MiB */
	run(900);
	uint64_t in_memory = epoch_now();
	size_t lost = keeper_counts(c.keeper).lost;
	assert_in_range(lost, 1700, 1740);
	collector.away = false;
	drain(100);
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	assert_true(book_gap(&collector, &gap));
	assert_int_equal(gap.count, lost);
	assert_int_equal(gap.first_seq, 1);
	assert_int_equal(gap.last_seq, lost);
	assert_true(gap.to_us > gap.from_us);
	assert_contains(gap.why, "memory");
	assert_int_equal(book_epoch(&collector, in_memory)->skipped, lost);
	ill = 0;
	run(9);
	/* two DESCRIBEs and a STATE were dropped too */
	everything_came_once(lost - 3);
}

static void a_power_cut_in_memory_mode_numbers_nothing_twice(void **state)
{
	for (int i = 0; i < 6; i++) {
		begin();
		run(3);
		ill = i % 2 ? EIO : EROFS;
		only_sync = i % 3 == 0;
		run(4);
		uint64_t in_memory = epoch_now();
		collector.away = i % 3 == 2;
		run(2);
		size_t put = n_put;
		power_cut(*state);
		ill = 0;
		size_t before = collector.n;
		begin();
		assert_true(epoch_now() != in_memory);
		run(2);
		drain(20);
		assert_true(collector.n > before);
		assert_true(n_put > put);
		keeper_free(c.keeper);
		c.keeper = NULL;
	}
	/* what was in memory and not acknowledged is gone; nothing came twice, and the
	 * fake collector refuses other bytes under a known number */
	assert_int_equal(collector.naks, 0);
	size_t readings = book_type(&collector, RECORD_READING);
	assert_true(readings < n_put);
	assert_true(n_put - readings <= 6 * 11 + 2 * 40);
	book_readings(&collector, readings);
}

static void a_cabinet_starts_on_a_disk_that_is_read_only(void **state)
{
	begin();
	collector.away = true;
	run(5);
	keeper_free(c.keeper);
	uint64_t on_disk = 0;
	assert_int_equal(journal_epochs(c.folder, "nt-01", &on_disk, 1), 1);
	ill = EROFS;
	collector.away = false;
	collector.given = collector.n_answers = 0;
	begin();
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	run(10);
	/* what lies on the disk can be read, and is sent too */
	drain(20);
	assert_true(book_count(&collector, on_disk) >= 50);
	book_readings(&collector, n_put);
	ill = 0;
	run(9);
	assert_true(epoch_now() == on_disk);
	everything_came_once(0);
}

/* The disk's folder is another one by now: as it was, or without what was synced last. */
static void disk_comes_back(const char *folder, bool shortened, bool sync_only)
{
	char *gone = strdup(in_folder(folder, "gone"));
	char *early = strdup(in_folder(folder, "early"));
	begin();
	run(3);
	uint64_t on_disk = epoch_now();
	kit_copy(c.folder, early);
	run(3);
	ill = EIO;
	only_sync = sync_only;
	run(5);
	assert_int_equal(rename(c.folder, gone), 0);
	run(3);
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	kit_copy(shortened ? early : gone, c.folder);
	ill = 0;
	run(9);
	assert_string_equal(keeper_counts(c.keeper).journal, "disk");
	assert_true((epoch_now() != on_disk) == shortened);
	everything_came_once(0);
	assert_int_equal(collector.naks, 0);
	keeper_free(c.keeper);
	c.keeper = NULL;
	begin();
	run(2);
	everything_came_once(0);
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
			begin();
			run(1);
			kit_fail(nth, nth % 3 == 0 ? ENOSPC : EIO);
			kit_fail_on(on != 0);
			run(2);
			kit_fail(0, 0);
			run(2);
			drain(10);
			assert_string_equal(keeper_counts(c.keeper).journal, "disk");
			assert_int_equal(keeper_counts(c.keeper).waiting, 0);
			assert_int_equal(keeper_counts(c.keeper).lost, 0);
			book_readings(&collector, n_put);
			keeper_free(c.keeper);
			c.keeper = NULL;
			kit_remove(c.folder);
			fake_collector_end(&collector);
			fake_collector_start(&collector);
			n_put = 0;
		}
	}
}

#define disk_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

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
		disk_test(a_power_cut_in_memory_mode_numbers_nothing_twice),
		disk_test(a_cabinet_starts_on_a_disk_that_is_read_only),
		disk_test(a_disk_that_went_and_came_back),
		disk_test(a_disk_that_took_what_it_did_not_confirm),
		disk_test(a_disk_that_came_back_shorter),
		disk_test(any_call_may_fail),
	};
	return cmocka_run_group_tests_name("keeper_disk", keeper_disk, NULL, NULL);
}
