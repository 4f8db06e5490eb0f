/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of the legal day an instrument was in maintenance: more than 4 h is told once a day, over switches,
 * orders, restarts and a clock put right. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/legal_time.h"
#include "tests/kits/cabinet_rig.h"

#define HOUR (3600 * SEC)

static const char key[] = "cabinet: {usb: no, boot: no, login: no}\n"
                          "inputs:\n"
                          "  - {id: key, kind: maintenance, gpio: /dev/gpiochip0, "
                          "gpio_line: 3, instruments: [cod]}\n";
static const char subject[] = "maintenance of cod";

/* Midnight at the station of 9 November 2026, and so much later. */
static void clock_at(int64_t since_midnight_us)
{
	const struct civil civil = { .year = 2026, .month = 11, .day = 9 };
	rig.now.time_us = civil_to_us(&civil, OFFSET_VIETNAM) + since_midnight_us;
}

static void order(const char *id, bool on)
{
	char answer[CONTROL_MOST];
	struct order one = { .kind = ORDER_MAINTENANCE, .on = on, .reason = "filter" };
	snprintf(one.id, sizeof one.id, "%s", id);
	assert_int_equal(rig_order(&one, answer), OK);
}

static void again_for(int64_t us)
{
	order("cod", true);
	rig_run(us);
	order("cod", false);
}

/* As `status` gets it: microseconds of today, -1: the instrument is not there. */
static int64_t today_us(const char *instrument)
{
	static struct cabinet_shown shown;
	char text[8192] = "", wanted[80];
	struct json json;
	FILE *out = fmemopen(text, sizeof text - 1, "w");
	shown = *cabinet_note_shown(&rig.note);
	json_start(&json, out);
	json_object(&json);
	cabinet_shown_print(&shown, &json, &rig.now, rig.station->utc_offset_min);
	json_end(&json);
	fclose(out);
	snprintf(wanted, sizeof wanted,
	        "\"instrument\":\"%s\",\"today_us\":", instrument);
	const char *at = strstr(text, wanted);
	return at != NULL ? strtoll(at + strlen(wanted), NULL, 10) : -1;
}

static void four_hours_are_not_told_and_a_moment_more_is_once(void **state)
{
	rig_begin(key);
	clock_at(8 * HOUR);
	again_for(2 * HOUR - SEC);
	again_for(2 * HOUR - SEC);
	rig_run(HOUR);
	again_for(2 * SEC);
	assert_null(rig_last(subject));
	assert_int_equal(today_us("cod"), 4 * HOUR);
	assert_int_equal(today_us("flow"), -1);
	order("cod", true);
	rig_run(10 * MS);
	assert_int_equal(rig_count(subject, "long"), 1);
	assert_string_equal(
	        rig_last(subject)->text, "more than 4 h on 2026-11-09, all together");
	rig_run(HOUR);
	assert_int_equal(rig_count(subject, "long"), 1);
	assert_int_equal(today_us("cod"), 5 * HOUR + 10 * MS);
	assert_int_equal(rig_cod(10), STATE_MAINTENANCE); /* it is not forbidden */
	rig_restart_program();
	rig_run(HOUR / 2);
	assert_null(rig_last(subject)); /* told is told */
}

static void it_is_told_when_it_is_passed_though_nothing_else_happens(void **state)
{
	rig_begin(key);
	clock_at(8 * HOUR);
	again_for(2 * HOUR - SEC);
	again_for(2 * HOUR - SEC);
	int64_t from_us = rig.now.mono_us;
	order("cod", true);
	rig_run(HOUR);
	assert_in_range(rig_last(subject)->when.mono_us - from_us, 2 * SEC + 1,
	        2 * SEC + 2 * MS);
}

/* Two that hold it at once are one maintenance; all instruments are each of them. */
static void key_and_orders_are_counted_together_and_not_twice(void **state)
{
	rig_begin(key);
	clock_at(8 * HOUR);
	rig_run(2 * SEC);
	order("cod", true);
	rig_run(HOUR);
	rig_edge(3, true, 0);
	rig_run(2 * SEC);
	order("cod", false);
	order("nt-01", true);
	rig_run(HOUR);
	order("nt-01", false);
	rig_run(1800 * SEC); /* the key alone */
	rig_edge(3, false, 0);
	rig_run(2 * SEC);
	rig_run(HOUR);
	assert_in_range(today_us("cod"), 9000 * SEC + 2 * SEC, 9000 * SEC + 5 * SEC);
	assert_int_equal(today_us("flow"), HOUR);
}

static void a_day_ends_at_midnight_of_the_station(void **state)
{
	rig_begin(key);
	clock_at(20 * HOUR);
	again_for(2 * HOUR - SEC);
	rig_run(2 * SEC); /* 22:00:01 */
	order("cod", true);
	rig_run(HOUR);
	order("cod", true);
	rig_run(HOUR - SEC); /* midnight: 3 h 59 min 58 s */
	assert_in_range(today_us("cod"), 0, SEC / 10);
	rig_run(HOUR - SEC);
	assert_null(rig_last(subject));
	assert_in_range(today_us("cod"), HOUR - SEC, HOUR);
	again_for(2 * HOUR - SEC);
	order("cod", true);
	rig_run(HOUR + 4 * SEC);
	assert_int_equal(rig_count(subject, "long"), 1);
	assert_contains(rig_last(subject)->text, "2026-11-10");
	order("cod", false);
	rig_run(24 * HOUR); /* and each day is told */
	assert_int_equal(today_us("cod"), 0);
	again_for(2 * HOUR - SEC);
	again_for(2 * HOUR - SEC);
	again_for(3 * SEC);
	assert_int_equal(rig_count(subject, "long"), 2);
}

static void a_restart_forgets_nothing_of_it(void **state)
{
	rig_begin(key);
	clock_at(8 * HOUR);
	again_for(2 * HOUR - SEC);
	order("cod", true);
	rig_run(HOUR);
	rig_restart_program();
	assert_int_equal(today_us("cod"), 3 * HOUR - SEC);
	rig_restart_machine(1800 * SEC); /* it went on meanwhile */
	assert_int_equal(today_us("cod"), 3 * HOUR + 1799 * SEC);
	rig_restart_machine(5 * HOUR); /* until it ended by itself */
	assert_int_equal(today_us("cod"), 4 * HOUR - SEC);
	rig_run(HOUR);
	again_for(SEC);
	assert_null(rig_last(subject));
	again_for(SEC);
	assert_int_equal(rig_count(subject, "long"), 1);
}

/* 23:45 to midnight are of the day before, and more than 4 h of it. */
static void what_passed_midnight_while_nobody_counted_is_of_its_day(void **state)
{
	rig_begin(key);
	clock_at(19 * HOUR);
	again_for(2 * HOUR - SEC);
	again_for(91 * 60 * SEC);
	order("cod", true);                    /* 22:30:59 */
	rig_run(4441 * SEC - HOUR + 60 * SEC); /* to 22:46 */
	assert_null(rig_last(subject));
	rig_restart_machine(2 * HOUR);
	rig_run(10 * MS);
	assert_int_equal(rig_count(subject, "long"), 1);
	assert_contains(rig_last(subject)->text, "on 2026-11-09");
	assert_in_range(today_us("cod"), 30 * 60 * SEC, 32 * 60 * SEC);
	rig_restart_machine(72 * HOUR); /* three midnights */
	rig_run(10 * MS);
	assert_null(rig_last(subject));
	assert_int_equal(today_us("cod"), 0);
}

/* A machine without a clock of its own starts in 1970, and gets the time later. */
static void a_clock_put_right_forgets_nothing_of_it(void **state)
{
	rig_begin(key);
	rig.now.time_us = 600 * SEC;
	rig.now.state = CLOCK_UNSYNCED;
	again_for(2 * HOUR - SEC);
	clock_at(12 * HOUR);
	rig.now.state = CLOCK_SYNCED;
	again_for(2 * HOUR - SEC);
	assert_null(rig_last(subject));
	assert_int_equal(today_us("cod"), 4 * HOUR - 2 * SEC);
	rig.now.time_us -= 36 * HOUR; /* and one put back */
	again_for(2 * SEC + 10 * MS);
	assert_int_equal(rig_count(subject, "long"), 1);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(four_hours_are_not_told_and_a_moment_more_is_once),
		EACH(it_is_told_when_it_is_passed_though_nothing_else_happens),
		EACH(key_and_orders_are_counted_together_and_not_twice),
		EACH(a_day_ends_at_midnight_of_the_station),
		EACH(a_restart_forgets_nothing_of_it),
		EACH(what_passed_midnight_while_nobody_counted_is_of_its_day),
		EACH(a_clock_put_right_forgets_nothing_of_it),
	};
	return cmocka_run_group_tests_name("maintenance_day", tests, NULL, NULL);
}
