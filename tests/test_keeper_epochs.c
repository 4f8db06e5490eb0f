/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper and its epochs: all are sent, none is numbered twice, and what may go goes. */
#include "tests/check.h"

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
#include "tests/fake_collector.h"
#include "tests/journal_kit.h"
#include "tests/keeper_fixture.h"

#define DAY INT64_C(86400000000)

static struct fake_collector collector;
static size_t n_put;
static char said[2048];

static void keep_line(enum log_level level, const char *text)
{
	if (level == LOG_ALERT || level == LOG_WARN)
		snprintf(said, sizeof said, "%s", text);
}

static int setup(void **state)
{
	n_put = 0;
	said[0] = '\0';
	if (keeper_setup(state) != 0)
		return -1;
	log_catch(keep_line);
	fake_collector_start(&collector);
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

static void run(int seconds)
{
	for (int i = 0; i < seconds * 10; i++) {
		assert_int_equal(put_reading(40), OK);
		n_put++;
		keeper_step(c.keeper, &c.now);
		move_clock(S / 10);
	}
}

static void drain(int seconds)
{
	for (int i = 0; i < seconds * 10; i++) {
		keeper_step(c.keeper, &c.now);
		move_clock(S / 10);
	}
}

/* The newest epoch gets a new one behind it, as when a journal is put aside. */
static void put_aside(const char *folder, int n)
{
	char to[512], from[512];
	snprintf(from, sizeof from, "%s/nt-01", c.folder);
	snprintf(to, sizeof to, "%s/aside-%d", folder, n);
	assert_int_equal(rename(from, to), 0);
}

static void put_back_all(const char *folder, int n)
{
	for (int i = 0; i < n; i++) {
		char command[1200];
		snprintf(command, sizeof command,
		        "mkdir -p %s/nt-01 && mv %s/aside-%d/* %s/nt-01", c.folder,
		        folder, i, c.folder);
		int code;
		free(run_command(&code, "%s", command));
		assert_int_equal(code, 0);
	}
}

/* ---- sending ---- */

static void every_epoch_on_disk_is_sent_oldest_first(void **state)
{
	enum { OLD = 16 };
	uint64_t epoch[OLD];
	collector.away = true;
	for (int i = 0; i < OLD; i++) {
		begin();
		run(1 + i % 3);
		epoch[i] = epoch_now();
		end();
		put_aside(*state, i);
	}
	put_back_all(*state, OLD);
	collector.away = false;
	begin();
	assert_true(epoch_now() == epoch[OLD - 1]);
	run(3);
	drain(60);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	book_readings(&collector, n_put);
	for (int i = 0; i < OLD; i++)
		assert_true(collector.order[i] == epoch[i]);
	/* a restart does not greet those that are done */
	size_t hellos = collector.hellos;
	end();
	begin();
	run(3);
	drain(10);
	assert_int_equal(collector.hellos, hellos + 1);
	book_readings(&collector, n_put);
	/* without the hint it does, once each, and nothing comes twice */
	end();
	assert_int_equal(unlink(in_folder(c.folder, "acked")), 0);
	hellos = collector.hellos;
	begin();
	run(3);
	drain(60);
	assert_int_equal(collector.hellos, hellos + OLD);
	book_readings(&collector, n_put);
}

static void a_collector_that_lost_its_records_gets_all_that_is_kept(void **state)
{
	begin();
	run(5);
	end();
	put_aside(*state, 0);
	begin();
	run(5);
	drain(5);
	end();
	put_back_all(*state, 1);
	begin();
	run(1);
	drain(20);
	book_readings(&collector, n_put);
	fake_collector_end(&collector);
	fake_collector_start(&collector);
	end();
	begin();
	drain(40);
	book_readings(&collector, n_put);
}

static void an_epoch_that_is_refused_keeps_no_other_waiting(void **state)
{
	begin();
	uint64_t old = epoch_now();
	collector.away = true;
	run(3);
	end();
	put_aside(*state, 0);
	begin();
	run(3);
	end();
	put_back_all(*state, 1);
	collector.away = false;
	begin();
	collector.refused = old;
	run(30);
	drain(30);
	assert_int_equal(book_count(&collector, old), 0);
	assert_true(book_type(&collector, RECORD_READING) >= 320);
	assert_contains(said, "does not take epoch");
	collector.refused = 0;
	drain(700);
	book_readings(&collector, n_put);
}

/* It answers, and acknowledges nothing: the socket is made anew, and nothing is lost. */
static void a_socket_on_which_nothing_is_acknowledged_is_made_anew(void **state)
{
	begin();
	run(3);
	collector.mute_data = true;
	run(59);
	assert_int_equal(collector.renewals, 0);
	run(6);
	assert_int_equal(collector.renewals, 1);
	run(80);
	assert_in_range(collector.renewals, 2, 3);
	collector.mute_data = false;
	run(10);
	drain(70);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	book_readings(&collector, n_put);
}

/* ---- numbers ---- */

/* What the collector has differs from what the cabinet's disk has, in many ways; and
 * whatever was measured comes once. */
static void truncated(const char *folder, bool hint_too, bool offline_restart)
{
	struct gap_event gap;
	char *copy = strdup(in_folder(folder, "copy"));
	begin();
	run(10);
	uint64_t epoch = epoch_now();
	drain(5);
	end();
	kit_copy(c.folder, copy);
	begin();
	run(10);
	drain(5);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	end();
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
	collector.away = true;
	begin();
	run(4);
	if (offline_restart) {
		end();
		begin();
		run(4);
	}
	collector.away = false;
	drain(100);
	run(3);
	drain(5);
	assert_true(epoch_now() != epoch);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	assert_true(book_gap(&collector, &gap));
	assert_contains(gap.why, "the collector has these");
	assert_true(book_state(&collector, "the collector has these"));
	book_readings(&collector, n_put);
	/* and the disk has no number that is another record's at the collector */
	struct kept kept = read_journal(epoch);
	assert_true(kept.last_seq < book_epoch(&collector, epoch)->next);
	assert_int_equal(kept.last_seq + 1, gap.first_seq);
	end();
	begin();
	run(3);
	drain(5);
	book_readings(&collector, n_put);
	free(copy);
}

static void a_journal_that_lost_its_end_begins_a_new_epoch(void **state)
{
	truncated(*state, false, false);
	assert_int_equal(collector.naks, 0);
}

static void an_older_copy_put_back_is_found_out_and_numbered_anew(void **state)
{
	truncated(*state, true, false);
	assert_int_equal(collector.naks, 1);
}

static void it_is_found_out_after_a_restart_without_the_collector_too(void **state)
{
	truncated(*state, true, true);
	assert_int_equal(collector.naks, 1);
}

/* A stale doubt is no fork: what the collector has is ours. */
static void records_that_are_ours_are_known_again(void **state)
{
	char *hint;
	size_t n;
	collector.away = true;
	begin();
	run(3);
	end();
	begin();
	run(3);
	assert_int_equal(
	        file_read(in_folder(c.folder, "acked"), 1 << 20, &hint, &n), OK);
	collector.away = false;
	drain(100);
	uint64_t epoch = epoch_now();
	end();
	assert_int_equal(file_replace(in_folder(c.folder, "acked"), hint, n, 0640), OK);
	free(hint);
	begin();
	run(3);
	drain(10);
	assert_true(epoch_now() == epoch);
	assert_int_equal(collector.naks, 0);
	assert_int_equal(collector.n_epochs, 1);
	book_readings(&collector, n_put);
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
	collector.most = 4096;
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
		run(3);
	}
	drain(20);
	book_readings(&collector, n_put);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	/* exactly as long passes, one byte more does not */
	assert_int_equal(book_type(&collector, RECORD_CLAIM), 1);
	assert_true(book_gap(&collector, &gap));
	assert_int_equal(gap.count, 1);
	assert_int_equal(gap.first_seq, gap.last_seq);
	assert_contains(gap.why, "a record of 4049 bytes, longer than the collector");
	assert_int_equal(book_epoch(&collector, epoch)->skipped, 1);
	snprintf(path, sizeof path, "quarantine/nt-01_%016llx_%020llu.long",
	        (unsigned long long)epoch, (unsigned long long)gap.first_seq);
	assert_int_equal(stat(in_folder(c.folder, path), &st), 0);
	assert_int_equal(st.st_size, 4049);
	assert_int_equal(collector.naks, 0);
}

/* ---- what may go ---- */

static size_t segments(uint64_t epoch)
{
	char path[700];
	uint64_t *list = NULL;
	snprintf(path, sizeof path, "%s/nt-01/%016llx", c.folder,
	        (unsigned long long)epoch);
	int fd = open(path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return 0;
	int n = segment_list(fd, &list);
	free(list);
	close(fd);
	return n > 0 ? (size_t)n : 0;
}

static uint64_t first_kept(uint64_t epoch)
{
	uint64_t first = 0, end_seq;
	assert_int_equal(
	        journal_extent(c.folder, "nt-01", epoch, &first, &end_seq), OK);
	return first;
}

static void nothing_young_goes_though_the_room_is_used_up(void **state)
{
	c.room = 4 * JOURNAL_SEGMENT_LEAST;
	begin();
	run(400);
	drain(30);
	/* 4,000 readings of 160 bytes: ten segments, in a room for four */
	assert_true(segments(epoch_now()) >= 9);
	assert_int_equal(first_kept(epoch_now()), 1);
	assert_contains(said, "has outgrown the room set aside");
	/* 90 days after the last, less a minute */
	move_clock(90 * DAY - 90 * S);
	collector.given = collector.n_answers = 0;
	drain(40);
	assert_int_equal(first_kept(epoch_now()) > 1, 1);
	move_clock(400 * S);
	run(30);
	drain(60);
	assert_true(segments(epoch_now()) <= 4);
	assert_int_equal(keeper_counts(c.keeper).lost, 0);
	book_readings(&collector, n_put);
}

static void both_sides_of_keep_days(void **state)
{
	c.room = 4 * JOURNAL_SEGMENT_LEAST;
	begin();
	run(200);
	drain(20);
	uint64_t epoch = epoch_now();
	assert_int_equal(first_kept(epoch), 1);
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	uint64_t second = journal_segment_end(c.folder, "nt-01", epoch, 1);
	int64_t youngest = 0;
	assert_int_equal(journal_read_open(&reader, c.folder, "nt-01", epoch, 1), OK);
	while (journal_read_next(reader, &entry, &why) == 1 && entry.seq < second)
		youngest = entry.stored_us;
	journal_read_close(reader);
	move_clock(youngest + 90 * DAY - c.now.time_us);
	move_clock(-S);
	for (int i = 0; i < 8; i++) {
		keeper_step(c.keeper, &c.now);
		move_clock(S / 8);
	}
	assert_int_equal(first_kept(epoch), 1);
	move_clock(11 * S);
	keeper_step(c.keeper, &c.now);
	assert_true(first_kept(epoch) >= second);
}

static void a_clock_nobody_has_set_lets_nothing_go(void **state)
{
	c.room = 3 * JOURNAL_SEGMENT_LEAST;
	begin();
	run(300);
	uint64_t epoch = epoch_now();
	move_clock(200 * DAY);
	c.now.state = CLOCK_UNSYNCED;
	drain(60);
	assert_int_equal(first_kept(epoch), 1);
	c.now.state = CLOCK_SYNCED;
	drain(60);
	assert_true(first_kept(epoch) > 1);
}

/* Taken in at 1970, by a clock not yet set: the age is that of the next one that tells. */
static void stamps_of_1970_are_not_old(void **state)
{
	int64_t real = c.now.time_us;
	c.room = 3 * JOURNAL_SEGMENT_LEAST;
	c.now.time_us = 0;
	c.now.state = CLOCK_UNSYNCED;
	begin();
	run(100);
	uint64_t epoch = epoch_now();
	c.now.time_us = real;
	c.now.state = CLOCK_SYNCED;
	run(200);
	drain(20);
	assert_true(segments(epoch) > 3);
	assert_int_equal(first_kept(epoch), 1);
	move_clock(91 * DAY);
	drain(30);
	assert_true(first_kept(epoch) > 1);
}

static void the_acknowledged_go_first_and_the_others_with_a_gap(void **state)
{
	struct gap_event gap;
	c.room = 12 * JOURNAL_SEGMENT_LEAST;
	collector.away = true;
	begin();
	uint64_t lonely = epoch_now(); /* never sent */
	run(100);
	end();
	put_aside(*state, 0);
	collector.away = false;
	begin();
	run(100);
	drain(20);
	uint64_t acked = epoch_now();
	collector.away = true;
	end();
	put_back_all(*state, 1);
	begin();
	assert_true(epoch_now() == acked);
	size_t before = segments(acked);
	assert_true(segments(lonely) >= 2 && before >= 2);
	move_clock(91 * DAY);
	run(230);
	assert_int_equal(first_kept(lonely), 1);
	assert_true(first_kept(acked) > 1);
	assert_int_equal(keeper_counts(c.keeper).lost, 0);
	run(400);
	assert_int_equal(segments(lonely), 0);
	size_t lost = keeper_counts(c.keeper).lost;
	assert_in_range(lost, 1000, 1010);
	collector.away = false;
	collector.given = collector.n_answers = 0;
	drain(100);
	assert_int_equal(keeper_counts(c.keeper).waiting, 0);
	assert_int_equal(book_count(&collector, lonely), 0);
	size_t told = 0;
	for (size_t i = 0; i < collector.n; i++) {
		const struct book_record *kept = &collector.record[i];
		if (kept->type != RECORD_GAP)
			continue;
		assert_int_equal(gap_decode(&gap, kept->bytes + RECORD_HEADER,
		                         kept->size - RECORD_HEADER),
		        OK);
		assert_contains(gap.why, "older than 90 days");
		told += gap.count;
	}
	assert_int_equal(told, lost);
	book_readings(&collector, n_put - 1000);
}

#define epochs_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

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
		epochs_test(nothing_young_goes_though_the_room_is_used_up),
		epochs_test(both_sides_of_keep_days),
		epochs_test(a_clock_nobody_has_set_lets_nothing_go),
		epochs_test(stamps_of_1970_are_not_old),
		epochs_test(the_acknowledged_go_first_and_the_others_with_a_gap),
	};
	return cmocka_run_group_tests_name("keeper_epochs", keeper_epochs, NULL, NULL);
}
