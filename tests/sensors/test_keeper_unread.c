/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Epochs that the disk does not give: told, not forgotten, and sent when they can be read. */
#include "tests/kits/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/log.h"
#include "sensors/cabinet/live.h"
#include "sensors/keeper/acked.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/keeper_run.h"

static char alerts[8192];

static void keep_alert(enum log_level level, const char *text)
{
	size_t n = strlen(alerts);
	if (level == LOG_ALERT)
		snprintf(alerts + n, sizeof alerts - n, "%s\n", text);
}

static int setup(void **state)
{
	if (keeper_run_setup(state) != 0)
		return -1;
	log_catch(keep_alert);
	return 0;
}

static void begin(void)
{
	r.collector.given = r.collector.n_answers = 0;
	alerts[0] = '\0';
	keeper_run_begin();
}

static struct acked hint_of(uint64_t epoch)
{
	struct acked row[16];
	size_t n = acked_read(c.folder, row, 16);
	for (size_t i = 0; i < n; i++)
		if (row[i].epoch == epoch)
			return row[i];
	return (struct acked){ 0 };
}

static const char *path_of(uint64_t epoch)
{
	static char path[600];
	snprintf(path, sizeof path, "%s/nt-01/%016llx", c.folder,
	        (unsigned long long)epoch);
	return path;
}

static const char *aside(const char *folder)
{
	static char path[600];
	snprintf(path, sizeof path, "%s/taken-away", folder);
	return path;
}

/* Two epochs, of which the collector has none; the hint knows where the first ended. */
static uint64_t an_old_epoch_that_is_owed(const char *folder)
{
	r.collector.away = true;
	begin();
	uint64_t epoch = epoch_now();
	keeper_run_for(3);
	keeper_run_end();
	keeper_put_aside(folder, 0);
	begin();
	keeper_run_for(2);
	keeper_run_end();
	keeper_put_back(folder, 1);
	begin();
	keeper_run_for(2);
	keeper_run_end();
	assert_true(hint_of(epoch).end_seq > 30);
	assert_true(hint_of(epoch).acked_seq == 1);
	return epoch;
}

static void a_file_in_its_place(const char *folder, uint64_t epoch)
{
	assert_int_equal(rename(path_of(epoch), aside(folder)), 0);
	assert_int_equal(file_replace(path_of(epoch), "x", 1, 0640), OK);
}

static void put_back(const char *folder, uint64_t epoch)
{
	remove(path_of(epoch));
	assert_int_equal(rename(aside(folder), path_of(epoch)), 0);
}

static void it_is_told_and_sent_when_it_can_be_read_again(void **state)
{
	uint64_t epoch = an_old_epoch_that_is_owed(*state);
	struct acked before = hint_of(epoch);
	struct live_view view;
	struct problem why;
	char owed[100];
	a_file_in_its_place(*state, epoch);
	snprintf(owed, sizeof owed, "%llu records of it (1 to %llu) have not reached",
	        (unsigned long long)before.end_seq - 1,
	        (unsigned long long)before.end_seq - 1);
	for (int start = 0; start < 2; start++) {
		r.collector.away = start == 0;
		begin();
		assert_contains(alerts, path_of(epoch));
		assert_contains(alerts, "Not a directory");
		assert_contains(alerts, owed);
		keeper_run_for(3);
		keeper_run_drain(start == 0 ? 1 : 60);
		assert_int_equal(
		        live_read(&view, c.state_path, "nt-01", &c.now, &why), OK);
		assert_int_equal(view.unreadable, 1);
		live_view_free(&view);
		keeper_run_end();
		struct acked row = hint_of(epoch);
		assert_memory_equal(&row, &before, sizeof row);
	}
	assert_int_equal(book_count(&r.collector, epoch), 0);
	assert_true(book_state(&r.collector, owed));
	assert_int_equal(book_type(&r.collector, RECORD_GAP), 0);
	put_back(*state, epoch);
	begin();
	assert_string_equal(alerts, "");
	keeper_run_drain(60);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	assert_int_equal(book_count(&r.collector, epoch), before.end_seq - 1);
	book_readings(&r.collector, r.n_put);
}

/* Nobody knows where it ended, and its numbers are not given again. */
static void the_one_written_to_last_is_told_too_and_gone_on_with_later(void **state)
{
	begin();
	uint64_t epoch = epoch_now();
	keeper_run_for(3);
	keeper_run_drain(3);
	r.collector.away = true;
	keeper_run_for(3);
	keeper_run_end();
	struct acked before = hint_of(epoch);
	assert_true(before.acked_seq > 1 && before.end_seq == 0);
	a_file_in_its_place(*state, epoch);
	begin();
	assert_true(epoch_now() != epoch);
	assert_contains(alerts, "how many follow is not known");
	r.collector.away = false;
	keeper_run_for(3);
	keeper_run_drain(60);
	assert_true(book_state(&r.collector, "what is on this disk cannot be read"));
	keeper_run_end();
	struct acked row = hint_of(epoch);
	assert_memory_equal(&row, &before, sizeof row);
	put_back(*state, epoch);
	begin();
	keeper_run_for(1);
	keeper_run_drain(60);
	book_readings(&r.collector, r.n_put);
}

/* Without the hint a folder is told all the same. */
static void it_is_told_without_a_hint(void **state)
{
	uint64_t epoch = an_old_epoch_that_is_owed(*state);
	a_file_in_its_place(*state, epoch);
	assert_int_equal(unlink(in_folder(c.folder, ACKED_FILE)), 0);
	begin();
	assert_contains(alerts, "cannot be read (Not a directory)");
	assert_contains(alerts, "have not reached the collector is not known");
	keeper_run_for(1);
	keeper_run_end();
	put_back(*state, epoch);
	r.collector.away = false;
	begin();
	keeper_run_drain(60);
	book_readings(&r.collector, r.n_put);
}

/* Its folder can be listed, and its last segment not be opened. */
static void a_segment_that_cannot_be_opened_is_told_too(void **state)
{
	uint64_t epoch = an_old_epoch_that_is_owed(*state);
	char path[700];
	snprintf(path, sizeof path, "%s/99999999999999999999.log", path_of(epoch));
	path[strlen(path_of(epoch)) + 1] = '0';
	assert_int_equal(mkfifo(path, 0640), 0);
	r.collector.away = false;
	begin();
	assert_contains(alerts, "cannot be read (it is no regular file)");
	keeper_run_for(1);
	keeper_run_drain(30);
	assert_int_equal(book_count(&r.collector, epoch), 0);
	keeper_run_end();
	assert_true(hint_of(epoch).end_seq > 30);
	assert_int_equal(unlink(path), 0);
	begin();
	keeper_run_drain(60);
	book_readings(&r.collector, r.n_put);
}

/* ---- gone ---- */

static void what_is_gone_is_told_by_a_gap_once(void **state)
{
	uint64_t epoch = an_old_epoch_that_is_owed(*state);
	uint64_t end = hint_of(epoch).end_seq;
	struct gap_event gap;
	assert_int_equal(rename(path_of(epoch), aside(*state)), 0);
	assert_int_equal(mkdir(path_of(epoch), 0750), 0);
	r.collector.away = false;
	begin();
	assert_contains(alerts, path_of(epoch));
	assert_contains(alerts, "the segments of this epoch are gone");
	assert_int_equal(keeper_counts(c.keeper).lost, end - 1);
	keeper_run_for(1);
	keeper_run_drain(60);
	assert_int_equal(book_type(&r.collector, RECORD_GAP), 1);
	assert_true(book_gap(&r.collector, &gap));
	assert_int_equal(gap.first_seq, 1);
	assert_int_equal(gap.last_seq, end - 1);
	assert_int_equal(gap.count, end - 1);
	keeper_run_end();
	begin();
	assert_string_equal(alerts, "");
	keeper_run_for(1);
	keeper_run_drain(30);
	assert_int_equal(book_type(&r.collector, RECORD_GAP), 1);
	keeper_run_end();
	/* and what comes back is sent */
	assert_int_equal(rmdir(path_of(epoch)), 0);
	put_back(*state, epoch);
	begin();
	keeper_run_drain(60);
	book_readings(&r.collector, r.n_put);
}

static void without_its_end_a_state_tells_it(void **state)
{
	begin();
	uint64_t epoch = epoch_now();
	keeper_run_for(3);
	keeper_run_drain(3);
	size_t n_put = r.n_put;
	keeper_run_end();
	kit_remove(path_of(epoch));
	begin();
	assert_contains(alerts, "how many follow is not known, and they are lost");
	keeper_run_drain(30);
	assert_true(book_state(&r.collector, "its segments are gone"));
	book_readings(&r.collector, n_put);
	keeper_run_end();
	begin();
	assert_string_equal(alerts, "");
}

/* Whatever the disk refuses from some call on: the hint has it, or a GAP that is durable. */
static void it_is_remembered_until_its_gap_is_durable(void **state)
{
	uint64_t epoch = an_old_epoch_that_is_owed(*state);
	char *copy = strdup(in_folder(*state, "copy"));
	size_t remembered = 0, told = 0;
	kit_remove(path_of(epoch));
	kit_copy(c.folder, copy);
	c.system = &kit_failing;
	for (long nth = 1; nth <= 30; nth++) {
		kit_fail(nth, EIO);
		kit_fail_on(true);
		begin();
		bool hint = hint_of(epoch).end_seq > 30;
		kit_fail(nth, EIO);
		kit_fail_on(true); /* it ends without another word */
		uint64_t present = epoch_now();
		keeper_free(c.keeper);
		c.keeper = NULL;
		kit_fail(0, 0);
		bool gap = read_journal(present).gap.count > 30;
		assert_true(hint || gap);
		remembered += hint;
		told += gap && !hint;
		kit_remove(c.folder);
		kit_copy(copy, c.folder);
	}
	assert_true(remembered > 0 && told > 0);
	free(copy);
}

#define unread_test(f) cmocka_unit_test_setup_teardown(f, setup, keeper_run_teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest keeper_unread[] = {
		unread_test(it_is_told_and_sent_when_it_can_be_read_again),
		unread_test(the_one_written_to_last_is_told_too_and_gone_on_with_later),
		unread_test(it_is_told_without_a_hint),
		unread_test(a_segment_that_cannot_be_opened_is_told_too),
		unread_test(what_is_gone_is_told_by_a_gap_once),
		unread_test(without_its_end_a_state_tells_it),
		unread_test(it_is_remembered_until_its_gap_is_durable),
	};
	return cmocka_run_group_tests_name("keeper_unread", keeper_unread, NULL, NULL);
}
