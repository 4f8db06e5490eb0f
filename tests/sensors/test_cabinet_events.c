/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens at the machine: boots and their reasons, logins, and what is remembered of it all. */
#include "tests/kits/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utmp.h>

#include "base/folder.h"
#include "tests/kits/cabinet_rig.h"

static const char logins[] = "cabinet: {usb: no, boot: no}\n";
static const char boot[] = "cabinet: {usb: no}\n";
static const char nothing[] = "cabinet: {usb: no, boot: no, login: no}\n";

static void check_last(const char *state, const char *text)
{
	const struct rig_told *told = rig_last("cabinet");
	assert_non_null(told);
	assert_string_equal(told->state, state);
	assert_contains(told->text, text);
}

static const char *wtmp(void)
{
	return in_folder(rig.folder, "wtmp");
}

/* ---- logins ---- */

static void a_login_is_told_within_seconds(void **state)
{
	rig_wtmp(USER_PROCESS, "old", "tty1", ""); /* long before */
	rig_begin(logins);
	rig_run(60 * SEC);
	assert_int_equal(rig.n_told, 0);
	rig_wtmp(USER_PROCESS, "minh", "pts/0", "192.0.2.7");
	rig_run(2 * SEC);
	check_last("login", "minh from 192.0.2.7 (pts/0)");
	rig_wtmp(DEAD_PROCESS, "", "pts/0", "");
	rig_run(2 * SEC);
	check_last("logout", "minh from 192.0.2.7 (pts/0)");
	rig_wtmp(DEAD_PROCESS, "", "pts/7", ""); /* of whom nobody knows */
	rig_run(2 * SEC);
	assert_string_equal(rig_last("cabinet")->text, "pts/7");
	rig_run(60 * SEC);
	assert_int_equal(rig.n_told, 3);
}

static void a_login_while_the_program_was_away_is_told_once(void **state)
{
	rig_begin(logins);
	rig_wtmp(USER_PROCESS, "minh", "tty1", "");
	rig_run(2 * SEC);
	rig_restart_program();
	assert_int_equal(rig.n_told, 0);
	cabinet_end(rig.cabinet, &rig.now);
	rig_wtmp(USER_PROCESS, "lan", "tty2", "");
	rig_restart_program();
	assert_int_equal(rig.n_told, 1);
	check_last("login", "lan at the cabinet (tty2)");
}

static void a_file_that_was_rotated_is_read_from_its_beginning(void **state)
{
	rig_wtmp(USER_PROCESS, "old", "tty1", "");
	rig_begin(logins);
	char aside[4200];
	snprintf(aside, sizeof aside, "%s.1", wtmp());
	assert_int_equal(rename(wtmp(), aside), 0);
	rig_wtmp(USER_PROCESS, "lan", "tty2", "");
	rig_run(2 * SEC);
	check_last("login", "lan");
	assert_int_equal(rig.n_told, 1);
}

/* A rotation: the file is away for a moment, and what it got after the last look is told all the same. */
static void nothing_is_lost_while_the_file_is_rotated(void **state)
{
	char aside[4200], old[4200];
	rig_wtmp(USER_PROCESS, "old", "tty1", "");
	rig_begin(logins);
	rig_wtmp(USER_PROCESS, "minh", "pts/0", "192.0.2.7");
	snprintf(aside, sizeof aside, "%s-20261101", wtmp());
	snprintf(old, sizeof old, "%s.1", wtmp());
	assert_int_equal(file_replace(old, "of last month", 13, 0644), OK);
	assert_int_equal(rename(wtmp(), aside), 0);
	rig_run(2 * SEC);
	check_last("login", "minh from 192.0.2.7");
	rig_run(20 * SEC);
	assert_int_equal(rig.n_told, 1);
	rig_wtmp(DEAD_PROCESS, "", "pts/0", "");
	rig_run(2 * SEC);
	check_last("logout", "minh from 192.0.2.7 (pts/0)");
	assert_int_equal(rig.n_told, 2);
	/* one that stays away is told, once; and followed when it is there again */
	assert_int_equal(unlink(wtmp()), 0);
	rig_run(50 * SEC);
	assert_int_equal(rig.n_told, 2);
	rig_run(15 * SEC);
	check_last("not watched", "logins (wtmp): No such file");
	rig_run(3600 * SEC);
	assert_int_equal(rig.n_told, 3);
	rig_wtmp(USER_PROCESS, "lan", "tty2", "");
	rig_run(2 * SEC);
	check_last("login", "lan at the cabinet (tty2)");
}

static void records_that_were_taken_out_are_missed(void **state)
{
	rig_wtmp(USER_PROCESS, "minh", "tty1", "");
	rig_begin(logins);
	assert_int_equal(truncate(wtmp(), 0), 0);
	rig_run(2 * SEC);
	check_last("many", "made shorter by somebody");
	rig_wtmp(USER_PROCESS, "lan", "tty2", "");
	rig_run(2 * SEC);
	check_last("login", "lan");
}

static void half_a_record_is_waited_for(void **state)
{
	rig_begin(logins);
	rig_wtmp(USER_PROCESS, "minh", "tty1", "");
	assert_int_equal(truncate(wtmp(), sizeof(struct utmp) / 2), 0);
	rig_run(10 * SEC);
	assert_int_equal(rig.n_told, 0);
}

static void a_machine_without_wtmp_is_told_once(void **state)
{
	assert_int_equal(unlink(wtmp()), 0);
	rig_begin(logins);
	check_last("not watched", "logins (wtmp): No such file");
	rig_run(3600 * SEC);
	assert_int_equal(rig.n_told, 1);
	rig_wtmp(USER_PROCESS, "lan", "tty2", ""); /* it is made later */
	rig_run(2 * SEC);
	check_last("login", "lan at the cabinet (tty2)");
}

static void a_flood_is_counted(void **state)
{
	rig_begin(logins);
	for (int i = 0; i < 100; i++)
		rig_wtmp(USER_PROCESS, "minh", "pts/0", "192.0.2.7");
	rig_run(2 * SEC);
	assert_int_equal(rig.n_told, 30);
	rig_run(60 * SEC);
	assert_int_equal(rig.n_told, 31);
	check_last("many", "70 more within a minute are not told one by one");
	rig_wtmp(USER_PROCESS, "minh", "pts/0", "192.0.2.7");
	rig_run(2 * SEC);
	assert_int_equal(rig.n_told, 32);
}

/* ---- the boot ---- */

static void the_first_start_says_that_nothing_is_remembered(void **state)
{
	rig_begin(boot);
	check_last("boot", "the machine runs for 2000 s; this is the first time");
	assert_int_equal(rig.n_told, 1);
	rig_restart_program();
	assert_int_equal(rig.n_told, 0);
}

static void an_orderly_shutdown_is_one(void **state)
{
	rig_begin(boot);
	rig_wtmp(RUN_LVL, "shutdown", "~", "");
	rig_wtmp(BOOT_TIME, "reboot", "~", "");
	rig_restart_machine(100 * SEC);
	check_last("boot",
	        "started 600 s ago; it had been shut down or restarted in order");
	assert_int_equal(rig.n_told, 1);
}

static void a_power_cut_is_none(void **state)
{
	rig_begin(boot);
	rig_wtmp(BOOT_TIME, "reboot", "~", "");
	rig_restart_machine(100 * SEC);
	check_last("boot", "not shut down: a power cut, a reset or a crash");
}

static void without_wtmp_the_program_knows_how_it_ended(void **state)
{
	rig_begin("cabinet: {usb: no, login: no}\n");
	assert_false(cabinet_end(rig.cabinet, &rig.now));
	rig_restart_machine(100 * SEC);
	check_last("boot", "this program had been ended in order");
	rig_restart_machine(100 * SEC);
	check_last("boot", "a power cut, a reset or a crash");
}

static void a_reset_by_the_watchdog_is_told(void **state)
{
	rig_begin(boot);
	assert_int_equal(
	        file_replace(in_folder(rig.folder, "bootstatus"), "32\n", 3, 0644), OK);
	rig_restart_machine(100 * SEC);
	check_last("boot", "the watchdog had reset the machine");
}

static void what_is_switched_off_is_not_told(void **state)
{
	rig_begin(nothing);
	rig_wtmp(USER_PROCESS, "minh", "tty1", "");
	rig_run(10 * SEC);
	rig_restart_machine(100 * SEC);
	assert_int_equal(rig.n_told, 0);
}

/* ---- the memory ---- */

enum { MANY = 64 };

/* Each as long as it can be. */
static void fill_many(struct cabinet_memory *one)
{
	static struct remembered_maintenance maintenance[MANY];
	static struct remembered_day days[MANY];
	one->n_maintenance = one->n_days = MANY;
	one->maintenance = maintenance;
	one->day = days;
	for (size_t i = 0; i < MANY; i++) {
		struct remembered_maintenance *to = &one->maintenance[i];
		memset(to->id, 'a', sizeof to->id - 1); /* the longest */
		to->on = i % 2;
		to->spent = i % 3;
		to->began = (struct moment){ .time_us = INT64_MAX - (int64_t)i,
			.mono_us = INT64_MIN + (int64_t)i,
			.boot = UINT64_MAX };
		struct remembered_day *day = &one->day[i];
		memset(day->instrument, 'b', sizeof day->instrument - 1);
		day->day = (struct maintenance_day){ .day_us = INT64_MIN,
			.total_us = INT64_MAX,
			.boot = UINT64_MAX,
			.first_us = INT64_MIN,
			.told = i % 2 };
	}
}

static void what_is_remembered_comes_back_to_the_bit(void **state)
{
	struct cabinet_memory one = { .boot = UINT64_C(0xfedcba9876543210),
		.ended_well = true,
		.wtmp_inode = UINT64_MAX,
		.wtmp_at = 768,
		.sampler = { .day = 20772,
		        .today = 2,
		        .used = 23,
		        .boot = UINT64_MAX,
		        .taken_us = INT64_MIN,
		        .spent = true,
		        .doubtful = true,
		        .doubt_told = true,
		        .last = { .time_us = INT64_C(1794188880000001),
		                .mono_us = 7,
		                .boot = 1 } },
		.counted = { .time_us = INT64_MAX, .mono_us = INT64_MIN, .boot = 2 } };
	struct cabinet_memory back;
	struct problem why = { .text = "" };
	fill_many(&one);
	cabinet_note_put(&rig.note, &one);
	cabinet_note_write(&rig.note, in_folder(rig.folder, CABINET_FILE));
	assert_int_equal(rig.note.error, 0);
	assert_int_equal(
	        cabinet_memory_read(&back, in_folder(rig.folder, CABINET_FILE), &why),
	        OK);
	one.known = true;
	assert_int_equal(back.sampler.used, 23);
	assert_memory_equal(
	        back.maintenance, one.maintenance, MANY * sizeof one.maintenance[0]);
	assert_memory_equal(back.day, one.day, MANY * sizeof one.day[0]);
	struct cabinet_memory rest = back;
	rest.maintenance = one.maintenance;
	rest.day = one.day;
	assert_memory_equal(&rest, &one, sizeof one);
	cabinet_memory_free(&back);
}

static void a_memory_that_cannot_be_read_is_empty_and_told(void **state)
{
	static const char *const bad[] = { "", "{", "{}", "[]", "{\"boot\":\"1\"}" };
	struct cabinet_memory back;
	struct problem why;
	const char *path = in_folder(rig.folder, CABINET_FILE);
	assert_int_equal(cabinet_memory_read(&back, path, &why), NOT_FOUND);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(file_replace(path, bad[i], strlen(bad[i]), 0644), OK);
		assert_int_equal(cabinet_memory_read(&back, path, &why), MALFORMED);
		assert_contains(why.text, CABINET_FILE);
		assert_false(back.known);
	}
}

static void a_disk_that_takes_nothing_is_tried_again(void **state)
{
	struct cabinet_memory one = { .boot = 1 };
	char missing[4200];
	snprintf(missing, sizeof missing, "%s/no/such/folder", rig.folder);
	uint64_t version = cabinet_note_put(&rig.note, &one);
	cabinet_note_write(&rig.note, missing);
	assert_int_equal(rig.note.error, ENOENT);
	assert_true(rig.note.written < version);
	cabinet_note_write(&rig.note, in_folder(rig.folder, CABINET_FILE));
	assert_int_equal(rig.note.error, 0);
	assert_true(rig.note.written == version);
}

/* ---- devices ---- */

/* Whatever plugs in here meanwhile, nothing is broken; a kernel that lets nobody listen is told once. */
static void devices_are_listened_to_or_that_is_told(void **state)
{
	rig_begin("cabinet: {boot: no, login: no}\n");
	rig_run(10 * SEC);
	if (rig_last("cabinet") != NULL)
		assert_int_equal(rig_count("cabinet", "not watched"), 1);
}

/* The kernel sends a message once more when its file says so; only root may write there. */
static void a_device_of_this_kernel_is_heard(void **state)
{
	int fd = open("/sys/class/tty/tty1/uevent", O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		puts("SKIPPED: no /sys/class/tty/tty1/uevent that may be written");
		skip();
	}
	rig_begin("cabinet: {boot: no, login: no}\n");
	assert_int_equal(write(fd, "add", 3), 3);
	close(fd);
	if (rig_wait(2000))
		rig_run(10 * MS);
	if (rig_last("cabinet") == NULL) {
		puts("SKIPPED: the kernel's messages do not come in here (a "
		     "container)");
		skip();
	}
	check_last("tty in", "tty1 at ");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_login_is_told_within_seconds),
		EACH(a_login_while_the_program_was_away_is_told_once),
		EACH(a_file_that_was_rotated_is_read_from_its_beginning),
		EACH(nothing_is_lost_while_the_file_is_rotated),
		EACH(records_that_were_taken_out_are_missed),
		EACH(half_a_record_is_waited_for),
		EACH(a_machine_without_wtmp_is_told_once),
		EACH(a_flood_is_counted),
		EACH(the_first_start_says_that_nothing_is_remembered),
		EACH(an_orderly_shutdown_is_one),
		EACH(a_power_cut_is_none),
		EACH(without_wtmp_the_program_knows_how_it_ended),
		EACH(a_reset_by_the_watchdog_is_told),
		EACH(what_is_switched_off_is_not_told),
		EACH(what_is_remembered_comes_back_to_the_bit),
		EACH(a_memory_that_cannot_be_read_is_empty_and_told),
		EACH(a_disk_that_takes_nothing_is_tried_again),
		EACH(devices_are_listened_to_or_that_is_told),
		EACH(a_device_of_this_kernel_is_heard),
	};
	return cmocka_run_group_tests_name("cabinet_events", tests, NULL, NULL);
}
