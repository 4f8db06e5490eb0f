/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Clocks that are wrong, under the real sensord as it is shipped: libfaketime moves its wall clock while it
 * runs (not the monotonic one, which no machine sets), a shim says in the kernel's place when the clock is
 * synchronised.  A real collectd takes the records; sealed, each must lie in the legal day it was made in.
 */
#include "tests/kits/check.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/proof.h"
#include "base/clock.h"
#include "base/event.h"
#include "base/folder.h"
#include "base/journal.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/commands_kit.h"
#include "tests/kits/e2e_cabinet.h"
#include "tests/kits/e2e_collector.h"

#define STATION  "nt-01"
#define FAKETIME "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
#define YEAR_S   INT64_C(31557600)

static const char *folder;

static int64_t now_s(void)
{
	return (int64_t)time(NULL);
}

/* ---- the cabinet's clock ---- */

static void say(const char *name, const char *text)
{
	assert_int_equal(
	        file_replace(in_folder(folder, name), text, strlen(text), 0644), OK);
}

/* From now on its clock is this far ahead, and believed or not. */
static void clock_is(int64_t ahead_s, bool synced)
{
	char text[32];
	snprintf(text, sizeof text, "%+" PRId64 "\n", ahead_s);
	say("offset", text);
	say("sync", synced ? "1" : "0");
}

static const char *preload(void)
{
	static char text[4096];
	setenv("FAKETIME_TIMESTAMP_FILE", in_folder(folder, "offset"), 1);
	setenv("QUANTRAC_SYNC", in_folder(folder, "sync"), 1);
	setenv("FAKETIME_NO_CACHE", "1", 1);
	setenv("DONT_FAKE_MONOTONIC", "1", 1);
	snprintf(text, sizeof text, "%s:%s", project_file("build/shim_sync.so"),
	        FAKETIME);
	return text;
}

/* ---- the run ---- */

static void write_files(const char *collector)
{
	int port = free_port();
	fixture_write(folder, "scenario.yaml",
	        "scenario: {name: clock, profiles: %s/profiles}\n"
	        "ports: [{id: stack, mode: tcp, listen: \"127.0.0.1:%d\"}]\n"
	        "instruments:\n"
	        "  - {id: gas, profile: fixture-gas, port: stack, slave: 2, delay: "
	        "5ms, channels: "
	        "[{name: dust, mean: 120}, {name: o2, mean: 10}]}\n",
	        folder, port);
	fixture_write(folder, "station.yaml",
	        "zone: {id: kcn-mau, name: KCN Mau}\n"
	        "station: {id: " STATION ", name: X}\n"
	        "facility: {id: a, name: A}\n"
	        "outlets: [{id: x, name: X, kind: stack}]\n"
	        "journal: {folder: journal}\n"
	        "profiles: profiles\n"
	        "ports: [{id: stack, tcp: \"127.0.0.1:%d\"}]\n"
	        "instruments: [{id: gas, profile: real-gas, port: stack, slave: 2, "
	        "poll_every: "
	        "200ms}]\n%s",
	        port, collector);
}

struct change { /* when so many records are committed */
	uint64_t after;
	int64_t ahead_s;
	bool synced;
};

/* Wait until sensord says that so many are. */
static void wait_committed(uint64_t n)
{
	uint64_t committed = 0;
	for (int i = 0; i < 1200 && committed < n; i++) {
		char *text;
		size_t size;
		poll(NULL, 0, 50);
		if (file_read(in_folder(folder, "journal/state.json"), 1 << 20, &text,
		            &size) != OK)
			continue;
		const char *at = strstr(text, "\"committed\":");
		committed = at != NULL ? strtoull(at + 12, NULL, 10) : 0;
		free(text);
	}
	assert_true(committed >= n);
}

/* The cabinet through these changes of its clock, the first at once, until `end` records are committed. */
static void run_through(const struct change *change, size_t n, uint64_t end)
{
	struct collector collector = collector_begin(folder, STATION);
	write_files(collector_section(&collector, STATION));
	clock_is(change[0].ahead_s, change[0].synced);
	struct run run = run_begin(
	        folder, in_folder(folder, "scenario.yaml"), NULL, preload(), "100s");
	for (size_t i = 1; i < n; i++) {
		wait_committed(change[i].after);
		clock_is(change[i].ahead_s, change[i].synced);
	}
	wait_committed(end);
	kill(run.sensord, SIGTERM);
	run_finish(folder, &run);
	collector_finish(&collector);
}

/* ---- what was kept ---- */

struct kept {
	size_t records, readings, unsynced, clocks;
	int64_t first_us, last_us,
	        offset_us; /* stamps; of the last CLOCK record that reports sync */
	size_t backwards;  /* monotonic times that go back */
};

static void keep(struct kept *kept, const struct record *record, int64_t *mono_us)
{
	struct clock_event event;
	kept->first_us = kept->records++ == 0 ? record->time_us : kept->first_us;
	kept->last_us = record->time_us;
	kept->backwards += record->mono_us < *mono_us && record->type == RECORD_READING;
	*mono_us = record->type == RECORD_READING ? record->mono_us : *mono_us;
	kept->readings += record->type == RECORD_READING;
	kept->unsynced +=
	        record->clock == CLOCK_UNSYNCED && record->type == RECORD_READING;
	if (record->type != RECORD_CLOCK)
		return;
	assert_int_equal(
	        clock_decode(&event, record->payload, record->payload_size), OK);
	kept->clocks++;
	if (event.state == CLOCK_SYNCED)
		kept->offset_us = event.after_us - event.before_us;
}

/* The cabinet's journal, whose seq must be gapless from 1. */
static struct kept read_journal(void)
{
	struct kept kept = { 0 };
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	uint64_t epoch, next = 1;
	int64_t mono_us = 0;
	const char *journals = in_folder(folder, "journal");
	assert_int_equal(journal_epochs(journals, STATION, &epoch, 1), 1);
	assert_int_equal(journal_read_open(&reader, journals, STATION, epoch, 1), OK);
	while (journal_read_next(reader, &entry, &why) > 0) {
		struct record record;
		assert_int_equal(entry.seq, next++);
		assert_true(record_decode(&record, entry.record, entry.size) > 0);
		keep(&kept, &record, &mono_us);
	}
	journal_read_close(reader);
	return kept;
}

/* Records in files of the days [from_us, to_us] by legal time, of all sealed; others are in `elsewhere`, and
 * unplaced ones in `unplaced`. */
struct lie {
	size_t in_day, elsewhere, unplaced;
};
static struct lie where_they_lie(int64_t from_us, int64_t to_us)
{
	struct lie lie = { 0 };
	struct seal_list list;
	struct problem why;
	char from[TIME_TEXT], to[TIME_TEXT];
	date_print(from_us, OFFSET_VIETNAM, from);
	date_print(to_us, OFFSET_VIETNAM, to);
	assert_int_equal(seal_list_read(&list, in_folder(folder, "archive"), &why), OK);
	for (size_t i = 0; i < list.n; i++) {
		const struct seal *seal = &list.seal[i];
		if (strcmp(seal->kind, "unplaced") == 0)
			lie.unplaced += strncmp(seal->path, "unplaced/", 9) == 0
			                        ? seal->records
			                        : 0;
		else if (strcmp(seal->date, from) >= 0 && strcmp(seal->date, to) <= 0)
			lie.in_day += seal->records;
		else
			lie.elsewhere += seal->records;
	}
	seal_list_free(&list);
	return lie;
}

static void tell(const char *name, const struct kept *kept, const struct lie *lie)
{
	printf("  %-28s %4zu records, seq gapless, %zu readings of a clock nobody had "
	       "set, %zu CLOCK "
	       "records, put right by %.1f s; sealed: %zu in their day, %zu elsewhere, "
	       "%zu unplaced\n",
	        name, kept->records, kept->unsynced, kept->clocks,
	        (double)kept->offset_us / 1e6, lie->in_day, lie->elsewhere,
	        lie->unplaced);
	fflush(stdout);
}

/* ---- trials ---- */

/* A clock that nobody had set at first, and that is right in the end. */
static void until_it_is_set(
        const char *name, int64_t ahead_s, const struct change *change, size_t n)
{
	int64_t from_us = now_s() * US_PER_S;
	run_through(change, n, change[n - 1].after + 25);
	struct kept kept = read_journal();
	assert_true(sealed_equals_journal(folder, STATION) == kept.records);
	struct lie lie = where_they_lie(from_us, now_s() * US_PER_S);
	tell(name, &kept, &lie);
	assert_int_equal(kept.backwards, 0);
	assert_true(kept.unsynced >= 15 && kept.readings >= kept.unsynced + 15);
	assert_true(
	        llabs(kept.first_us - from_us - ahead_s * US_PER_S) < 60 * US_PER_S);
	assert_true(llabs(kept.last_us - now_s() * US_PER_S) < 60 * US_PER_S);
	assert_true(llabs(kept.offset_us + ahead_s * US_PER_S) < 2 * US_PER_S);
	assert_int_equal(lie.in_day, kept.records);
	/* none is lost to the means, none counted twice, and what lies an hour away is not there */
	struct commands_sight seen = commands_see(folder, STATION, "dust");
	assert_true(seen.readings == kept.readings);
	assert_true(seen.hours == 1 || seen.hours == 2);
	free(seen.text);
}

static void and_synchronised(const char *name, int64_t ahead_s)
{
	const struct change change[] = { { 0, ahead_s, false }, { 25, 0, true } };
	until_it_is_set(name, ahead_s, change, 2);
}

static void a_start_in_1970(void **state)
{
	and_synchronised("start in 1970", 3600 - now_s());
}

static void fifty_years_ahead(void **state)
{
	and_synchronised("+50 years", 50 * YEAR_S);
}

static void an_hour_ahead_then_set_back(void **state)
{
	and_synchronised("an hour ahead, set back", 3600);
}

/* What is stamped between the two is right already, and not put right once more. */
static void set_by_hand_and_synchronised_later(void **state)
{
	int64_t ahead_s = 3600 - now_s();
	const struct change change[] = { { 0, ahead_s, false }, { 25, 0, false },
		{ 45, 0, true } };
	until_it_is_set("1970, set, later in sync", ahead_s, change, 3);
}

/* A synchronised clock that somebody sets back by an hour, and that is believed again. */
static void a_believed_clock_goes_back_an_hour(void **state)
{
	const struct change change[] = { { 0, 0, true }, { 25, -3600, true } };
	int64_t from_us = now_s() * US_PER_S;
	run_through(change, 2, 50);
	struct kept kept = read_journal();
	assert_true(sealed_equals_journal(folder, STATION) == kept.records);
	struct lie lie = where_they_lie(from_us - US_PER_HOUR, now_s() * US_PER_S);
	tell("-1 hour while synchronised", &kept, &lie);
	assert_int_equal(kept.backwards, 0);
	assert_int_equal(kept.clocks, 1);
	assert_true(llabs(kept.offset_us + US_PER_HOUR) < 2 * US_PER_S);
	assert_int_equal(lie.in_day, kept.records);
	struct commands_sight seen = commands_see(folder, STATION, "dust");
	assert_true(seen.readings == kept.readings && seen.most < seen.readings);
	free(seen.text);
}

/* What the commands say of it is the same before it is sealed, when it is, and when the
 * journal has gone. */
static void the_commands_see_none(const struct kept *kept)
{
	int code;
	struct commands_sight before = commands_see(folder, STATION, "dust");
	assert_true(before.readings == 0 && before.unplaced == kept->records);
	assert_true(sealed_equals_journal(folder, STATION) == kept->records);
	for (int i = 0; i < 2; i++) {
		struct commands_sight after = commands_see(folder, STATION, "dust");
		assert_string_equal(after.text, before.text);
		free(after.text);
		free(run_command(&code, "rm -rf %s/archive/journal/" STATION, folder));
		assert_int_equal(code, 0);
	}
	free(before.text);
}

/* Nobody can say when that was. */
static void never_set(const char *name, int64_t ahead_s)
{
	const struct change change[] = { { 0, ahead_s, false } };
	run_through(change, 1, 30);
	struct kept kept = read_journal();
	the_commands_see_none(&kept);
	struct lie lie = where_they_lie(now_s() * US_PER_S, now_s() * US_PER_S);
	tell(name, &kept, &lie);
	assert_int_equal(kept.clocks, 0);
	assert_int_equal(lie.unplaced, kept.records);
}

static void a_clock_that_is_never_set(void **state)
{
	never_set("1970, never set", 3600 - now_s());
}

static void a_clock_that_stays_fifteen_minutes_behind(void **state)
{
	never_set("15 minutes behind, never set", -900);
}

static void a_clock_that_stays_fifteen_minutes_ahead(void **state)
{
	never_set("15 minutes ahead, never set", 900);
}

/* The same instrument, as one that is there: of simulated data no stamp is doubted. */
static void write_real_profile(void)
{
	char *text;
	size_t n;
	fixture_profiles(folder);
	assert_int_equal(file_read(in_folder(folder, "profiles/fixture-gas.yaml"),
	                         1 << 20, &text, &n),
	        OK);
	char *name = strstr(text, "fixture-gas"),
	     *word = strstr(text, "simulation: yes");
	bool known = name != NULL && word != NULL;
	if (known) {
		memcpy(name, "real-gas   ", 11);
		memcpy(word, "simulation: no ", 15);
	}
	assert_true(known);
	assert_int_equal(file_replace(in_folder(folder, "profiles/real-gas.yaml"), text,
	                         n, 0644),
	        OK);
	free(text);
}

static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	folder = *state;
	write_real_profile();
	return 0;
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_start_in_1970),
		WITH(fifty_years_ahead),
		WITH(an_hour_ahead_then_set_back),
		WITH(set_by_hand_and_synchronised_later),
		WITH(a_believed_clock_goes_back_an_hour),
		WITH(a_clock_that_is_never_set),
		WITH(a_clock_that_stays_fifteen_minutes_behind),
		WITH(a_clock_that_stays_fifteen_minutes_ahead),
	};
	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
