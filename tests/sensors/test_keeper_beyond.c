/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The collector has more of an epoch than the cabinet: which epoch that may be, and what
 * when no new one can be begun. */
#include "tests/kits/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/journal_file.h"
#include "base/log.h"
#include "tests/kits/fake_collector.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/keeper_fixture.h"

static struct fake_collector collector;
static size_t n_put;
static char said[8192];

static void keep_line(enum log_level level, const char *text)
{
	size_t n = strlen(said);
	if (level == LOG_ALERT || level == LOG_WARN)
		snprintf(said + n, sizeof said - n, "%s\n", text);
}

static bool ill; /* the disk takes nothing */

static int ill_open(int folder, const char *name, int flags)
{
	errno = EROFS;
	return ill ? -1 : journal_real.open(folder, name, flags);
}

static ssize_t ill_write(int fd, const void *in, size_t n, off_t at)
{
	errno = EROFS;
	return ill ? -1 : journal_real.write(fd, in, n, at);
}

static int setup(void **state)
{
	static struct journal_system system;
	system = journal_real;
	system.open = ill_open;
	system.write = ill_write;
	ill = false;
	n_put = 0;
	said[0] = '\0';
	if (keeper_setup(state) != 0)
		return -1;
	log_catch(keep_line);
	fake_collector_start(&collector);
	c.system = &system;
	c.link = &collector.link;
	return 0;
}

static int teardown(void **state)
{
	int status = keeper_teardown(state);
	fake_collector_end(&collector);
	return status;
}

static void begin(void)
{
	collector.given = collector.n_answers = 0;
	start_keeper(true, JOURNAL_SEGMENT_LEAST);
}

static void end(void)
{
	keeper_end(c.keeper, &c.now);
	keeper_free(c.keeper);
	c.keeper = NULL;
	move_clock(10 * S);
}

static void drain(int seconds)
{
	for (int i = 0; i < seconds * 10; i++) {
		keeper_step(c.keeper, &c.now);
		move_clock(S / 10);
	}
}

static void run(int seconds)
{
	for (int i = 0; i < seconds * 10; i++) {
		assert_int_equal(put_reading(40), OK);
		n_put++;
		keeper_step(c.keeper, &c.now);
		move_clock(S / 10);
	}
}

/* Of an epoch that is over the collector says it has far more: nothing of it is sent,
 * no number is given anew, and the epoch being written to flows on. */
static void of_an_epoch_that_is_over_more_is_known_there(void **state)
{
	char *aside = strdup(in_folder(*state, "aside"));
	char *ring = strdup(in_folder(c.folder, "nt-01"));
	int code;
	collector.away = true;
	begin();
	uint64_t old = epoch_now();
	run(3);
	end();
	assert_int_equal(rename(ring, aside), 0);
	n_put = 0; /* of the old epoch none will come */
	begin();
	uint64_t present = epoch_now();
	run(3);
	end();
	free(run_command(&code, "mv %s/* %s", aside, ring));
	assert_int_equal(code, 0);
	book_epoch(&collector, old)->next = 100000;
	collector.away = false;
	begin();
	run(3);
	drain(30);
	assert_contains(said, "beyond");
	assert_contains(said, "where it ends here");
	assert_true(epoch_now() == present);
	assert_int_equal(book_count(&collector, old), 0);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	book_readings(&collector, n_put);
	/* told once: it is not greeted again */
	said[0] = '\0';
	drain(120);
	assert_string_equal(said, "");
	free(ring);
	free(aside);
}

/* The same of the epoch in memory: another begins there, and what bore numbers of others
 * comes under its own. */
static void of_the_epoch_in_memory_more_is_known_there(void **state)
{
	struct gap_event gap;
	begin();
	run(3);
	uint64_t on_disk = epoch_now();
	ill = true;
	run(5);
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	uint64_t memory = epoch_now();
	assert_true(memory != on_disk);
	drain(3);
	book_readings(&collector, n_put);
	book_others(&collector, memory, 1000);
	collector.away = true; /* so that it greets anew */
	drain(90);
	collector.away = false;
	run(3);
	drain(120);
	assert_true(epoch_now() != memory);
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	assert_true(book_gap(&collector, &gap));
	assert_contains(gap.why, "the collector has these");
	ill = false;
	run(60);
	drain(60);
	assert_string_equal(keeper_counts(c.keeper).journal, "disk");
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	book_readings(&collector, n_put);
}

/* A copy of an epoch that is over was sent by another cabinet, and then went its own way:
 * what ours has from there on goes into the epoch that is written to.  `known`: that the
 * disk is ill is known before. */
static void the_end_is_anothers(const char *scratch, bool known)
{
	char *aside = strdup(in_folder(scratch, "aside"));
	char *ring = strdup(in_folder(c.folder, "nt-01"));
	int code;
	begin();
	uint64_t old = epoch_now();
	run(3);
	drain(3);
	end();
	uint64_t from = book_epoch(&collector, old)->next;
	collector.away = true;
	begin();
	run(1);
	end();
	uint64_t last = read_journal(old).last_seq;
	assert_int_equal(rename(ring, aside), 0);
	begin();
	uint64_t present = epoch_now();
	run(1);
	end();
	free(run_command(&code, "mv %s/* %s", aside, ring));
	assert_int_equal(code, 0);
	book_others(&collector, old, 5);
	collector.away = known;
	begin();
	ill = true; /* nothing can be taken out there while the disk is ill */
	run(3);
	collector.away = false;
	drain(60);
	assert_true((strstr(said, "numbered anew") == NULL) == known);
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	assert_int_equal(read_journal(old).last_seq, last);
	ill = false;
	run(3);
	drain(300);
	assert_true(epoch_now() == present);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	assert_contains(said, "10 records since number");
	assert_int_equal(read_journal(old).last_seq, from - 1);
	assert_int_equal(book_count(&collector, old), from - 1 + 5);
	book_readings(&collector, n_put);
	free(ring);
	free(aside);
}

static void of_an_epoch_that_is_over_the_end_is_anothers(void **state)
{
	the_end_is_anothers(*state, false);
}

static void so_it_is_found_out_while_the_disk_is_ill(void **state)
{
	the_end_is_anothers(*state, true);
}

/* While the disk takes nothing no new epoch can be begun on it: that is said, nothing is
 * numbered twice, and it is begun when the disk is well again. */
static void on_an_ill_disk_the_new_epoch_waits(void **state)
{
	begin();
	run(3);
	drain(3);
	uint64_t on_disk = epoch_now();
	collector.away = true;
	run(2);
	drain(90);
	n_put = 30; /* the others stand under numbers that it says it has */
	book_epoch(&collector, on_disk)->next += 1000;
	ill = true;
	run(2);
	collector.away = false;
	drain(150);
	assert_string_equal(keeper_counts(c.keeper).journal, "memory");
	assert_contains(said, "no new epoch can be begun");
	ill = false;
	run(3);
	drain(200);
	assert_string_equal(keeper_counts(c.keeper).journal, "disk");
	assert_contains(said, "new epoch: records");
	assert_true(epoch_now() != on_disk);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	assert_true(book_state(&collector, "the collector has these"));
	book_readings(&collector, n_put);
}

#define KEEPS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		KEEPS(of_an_epoch_that_is_over_more_is_known_there),
		KEEPS(of_the_epoch_in_memory_more_is_known_there),
		KEEPS(of_an_epoch_that_is_over_the_end_is_anothers),
		KEEPS(so_it_is_found_out_while_the_disk_is_ill),
		KEEPS(on_an_ill_disk_the_new_epoch_waits),
	};
	return cmocka_run_group_tests_name("keeper_beyond", tests, NULL, NULL);
}
