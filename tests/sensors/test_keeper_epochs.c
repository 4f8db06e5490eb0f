/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper and its epochs: all are sent, none is numbered twice, and what may go goes. */
#include "tests/kits/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/journal_file.h"
#include "base/log.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/keeper_run.h"

/* The collector that hears it has heard nobody yet. */
static void begin(void)
{
	r.collector.given = r.collector.n_answers = 0;
	keeper_run_begin();
}

/* ---- sending ---- */

static void every_epoch_on_disk_is_sent_oldest_first(void **state)
{
	enum { OLD = 16 };
	uint64_t epoch[OLD];
	r.collector.away = true;
	for (int i = 0; i < OLD; i++) {
		begin();
		keeper_run_for(1 + i % 3);
		epoch[i] = epoch_now();
		keeper_run_end();
		keeper_put_aside(*state, i);
	}
	keeper_put_back(*state, OLD);
	r.collector.away = false;
	begin();
	assert_true(epoch_now() == epoch[OLD - 1]);
	keeper_run_for(3);
	keeper_run_drain(60);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	book_readings(&r.collector, r.n_put);
	for (int i = 0; i < OLD; i++)
		assert_true(r.collector.order[i] == epoch[i]);
	/* a restart does not greet those that are done */
	size_t hellos = r.collector.hellos;
	keeper_run_end();
	begin();
	keeper_run_for(3);
	keeper_run_drain(10);
	assert_int_equal(r.collector.hellos, hellos + 1);
	book_readings(&r.collector, r.n_put);
	/* without the hint it does, once each, and nothing comes twice */
	keeper_run_end();
	assert_int_equal(unlink(in_folder(c.folder, "acked")), 0);
	hellos = r.collector.hellos;
	begin();
	keeper_run_for(3);
	keeper_run_drain(60);
	assert_int_equal(r.collector.hellos, hellos + OLD);
	book_readings(&r.collector, r.n_put);
}

static void a_collector_that_lost_its_records_gets_all_that_is_kept(void **state)
{
	begin();
	keeper_run_for(5);
	keeper_run_end();
	keeper_put_aside(*state, 0);
	begin();
	keeper_run_for(5);
	keeper_run_drain(5);
	keeper_run_end();
	keeper_put_back(*state, 1);
	begin();
	keeper_run_for(1);
	keeper_run_drain(20);
	book_readings(&r.collector, r.n_put);
	fake_collector_end(&r.collector);
	fake_collector_start(&r.collector);
	keeper_run_end();
	begin();
	keeper_run_drain(40);
	book_readings(&r.collector, r.n_put);
}

static void an_epoch_that_is_refused_keeps_no_other_waiting(void **state)
{
	begin();
	uint64_t old = epoch_now();
	r.collector.away = true;
	keeper_run_for(3);
	keeper_run_end();
	keeper_put_aside(*state, 0);
	begin();
	keeper_run_for(3);
	keeper_run_end();
	keeper_put_back(*state, 1);
	r.collector.away = false;
	begin();
	r.collector.refused = old;
	keeper_run_for(30);
	keeper_run_drain(30);
	assert_int_equal(book_count(&r.collector, old), 0);
	assert_true(book_type(&r.collector, RECORD_READING) >= 320);
	assert_contains(r.said, "does not take epoch");
	r.collector.refused = 0;
	keeper_run_drain(700);
	book_readings(&r.collector, r.n_put);
}

/* It answers, and acknowledges nothing: the socket is made anew, and nothing is lost. */
static void a_socket_on_which_nothing_is_acknowledged_is_made_anew(void **state)
{
	begin();
	keeper_run_for(3);
	r.collector.mute_data = true;
	keeper_run_for(59);
	assert_int_equal(r.collector.renewals, 0);
	keeper_run_for(6);
	assert_int_equal(r.collector.renewals, 1);
	keeper_run_for(80);
	assert_in_range(r.collector.renewals, 2, 3);
	r.collector.mute_data = false;
	keeper_run_for(10);
	keeper_run_drain(70);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	book_readings(&r.collector, r.n_put);
}

/* ---- numbers ---- */

/* What the collector has differs from what the cabinet's disk has, in many ways; and
 * whatever was measured comes once. */
static void truncated(const char *folder, bool hint_too, bool offline_restart)
{
	struct gap_event gap;
	char *copy = strdup(in_folder(folder, "copy"));
	begin();
	keeper_run_for(10);
	uint64_t epoch = epoch_now();
	keeper_run_drain(5);
	keeper_run_end();
	kit_copy(c.folder, copy);
	begin();
	keeper_run_for(10);
	keeper_run_drain(5);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	keeper_run_end();
	char *hint;
	size_t n;
	assert_int_equal(
	        file_read(in_folder(c.folder, "acked"), 1 << 20, &hint, &n), OK);
	kit_remove(c.folder);
	assert_int_equal(rename(copy, c.folder), 0);
	if (!hint_too)
		assert_int_equal(
		        file_replace(in_folder(c.folder, "acked"), hint, n, 0640), OK);
	free(hint);
	r.collector.away = true;
	begin();
	keeper_run_for(4);
	if (offline_restart) {
		keeper_run_end();
		begin();
		keeper_run_for(4);
	}
	r.collector.away = false;
	keeper_run_drain(100);
	keeper_run_for(3);
	keeper_run_drain(5);
	assert_true(epoch_now() != epoch);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	assert_true(book_gap(&r.collector, &gap));
	assert_contains(gap.why, "the collector has these");
	assert_true(book_state(&r.collector, "the collector has these"));
	book_readings(&r.collector, r.n_put);
	/* and the disk has no number that is another record's at the collector */
	struct kept kept = read_journal(epoch);
	assert_true(kept.last_seq < book_epoch(&r.collector, epoch)->next);
	assert_int_equal(kept.last_seq + 1, gap.first_seq);
	keeper_run_end();
	begin();
	keeper_run_for(3);
	keeper_run_drain(5);
	book_readings(&r.collector, r.n_put);
	free(copy);
}

static void a_journal_that_lost_its_end_begins_a_new_epoch(void **state)
{
	truncated(*state, false, false);
	assert_int_equal(r.collector.naks, 0);
}

static void an_older_copy_put_back_is_found_out_and_numbered_anew(void **state)
{
	truncated(*state, true, false);
	assert_int_equal(r.collector.naks, 1);
}

static void it_is_found_out_after_a_restart_without_the_collector_too(void **state)
{
	truncated(*state, true, true);
	assert_int_equal(r.collector.naks, 1);
}

/* A stale doubt is no fork: what the collector has is ours. */
static void records_that_are_ours_are_known_again(void **state)
{
	char *hint;
	size_t n;
	r.collector.away = true;
	begin();
	keeper_run_for(3);
	keeper_run_end();
	begin();
	keeper_run_for(3);
	assert_int_equal(
	        file_read(in_folder(c.folder, "acked"), 1 << 20, &hint, &n), OK);
	r.collector.away = false;
	keeper_run_drain(100);
	uint64_t epoch = epoch_now();
	keeper_run_end();
	assert_int_equal(file_replace(in_folder(c.folder, "acked"), hint, n, 0640), OK);
	free(hint);
	begin();
	keeper_run_for(3);
	keeper_run_drain(10);
	assert_true(epoch_now() == epoch);
	assert_int_equal(r.collector.naks, 0);
	assert_int_equal(r.collector.n_epochs, 1);
	book_readings(&r.collector, r.n_put);
}

/* ---- too long ---- */

static void a_record_too_long_for_the_collector_is_told_and_later_ones_flow(
        void **state)
{
	struct gap_event gap;
	static uint8_t record[RECORD_MOST];
	struct stat st;
	char path[128];
	begin();
	uint64_t epoch = epoch_now();
	r.collector.most = 4096;
	for (size_t over = 0; over <= 1; over++) {
		struct record long_one = { .type = RECORD_CLAIM,
			.source = "nt-01",
			.time_us = c.now.time_us,
			.payload = (const uint8_t *)"",
			.payload_size = 0 };
		static uint8_t text[5000];
		memset(text, ' ', sizeof text);
		long_one.payload = text;
		long_one.payload_size = 4096 - WIRE_HEADER - RECORD_HEADER + over;
		int n = record_encode(&long_one, record, sizeof record);
		assert_true(n > 0);
		assert_int_equal(
		        ring_put(c.ring, record, (size_t)n, c.now.time_us), OK);
		keeper_run_for(3);
	}
	keeper_run_drain(20);
	book_readings(&r.collector, r.n_put);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	/* exactly as long passes, one byte more does not */
	assert_int_equal(book_type(&r.collector, RECORD_CLAIM), 1);
	assert_true(book_gap(&r.collector, &gap));
	assert_int_equal(gap.count, 1);
	assert_int_equal(gap.first_seq, gap.last_seq);
	assert_contains(gap.why, "a record of 4049 bytes, longer than the collector");
	assert_int_equal(book_epoch(&r.collector, epoch)->skipped, 1);
	snprintf(path, sizeof path, "quarantine/nt-01_%016llx_%020llu.long",
	        (unsigned long long)epoch, (unsigned long long)gap.first_seq);
	assert_int_equal(stat(in_folder(c.folder, path), &st), 0);
	assert_int_equal(st.st_size, 4049);
	assert_int_equal(r.collector.naks, 0);
}

#define epochs_test(f)                                                                 \
	cmocka_unit_test_setup_teardown(f, keeper_run_setup, keeper_run_teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest keeper_epochs[] = {
		epochs_test(every_epoch_on_disk_is_sent_oldest_first),
		epochs_test(a_collector_that_lost_its_records_gets_all_that_is_kept),
		epochs_test(an_epoch_that_is_refused_keeps_no_other_waiting),
		epochs_test(a_socket_on_which_nothing_is_acknowledged_is_made_anew),
		epochs_test(a_journal_that_lost_its_end_begins_a_new_epoch),
		epochs_test(an_older_copy_put_back_is_found_out_and_numbered_anew),
		epochs_test(it_is_found_out_after_a_restart_without_the_collector_too),
		epochs_test(records_that_are_ours_are_known_again),
		epochs_test(
		        a_record_too_long_for_the_collector_is_told_and_later_ones_flow),
	};
	return cmocka_run_group_tests_name("keeper_epochs", keeper_epochs, NULL, NULL);
}
