/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pulse of a bottle, over each output: recorded, on the disk before it happens, undone where it surely did
 * not. */
#include "tests/kits/check.h"

#include <linux/gpio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

#include "base/folder.h"
#include "tests/kits/cabinet_rig.h"
#include "tests/kits/sampler_rig.h"

static const char gpio[] = SAMPLER "gpio: /dev/gpiochip0, gpio_line: 22}\n";
static const char low[] = SAMPLER "gpio: /dev/gpiochip0, gpio_line: 22, active: low}\n";
static const char rts[] = SAMPLER "port: bus, modem: rts}\n";
static const char disarmed[] =
        "cabinet: {usb: no, boot: no, login: no}\n"
        "sampler: {instrument: cod, channel: cod, above: 75 mg/L, bottles: 3, gpio: "
        "/dev/gpiochip0, gpio_line: 22}\n";
static const char ready[] =
        SAMPLER "ready: ready, gpio: /dev/gpiochip0, gpio_line: 22}\n"
                "inputs:\n"
                "  - {id: ready, kind: sampler-ready, gpio: /dev/gpiochip0, "
                "gpio_line: 7}\n";

static struct rig_line *const relay = &rig.line[22];

static void a_bottle_is_a_pulse_and_a_record(void **state)
{
	rig_begin(gpio);
	sampler_last("armed",
	        "cod of cod above 75 mg/L for 900 s; 0 of 3 bottles used; "
	        "/dev/gpiochip0 line 22");
	assert_true(relay->taken && relay->output);
	sampler_cod_is(80, 15);
	assert_int_equal(relay->rose, 0);
	rig_cod(81.5);
	int64_t time = rig.now.time_us;
	rig_run(490 * MS);
	assert_true(relay->level);
	sampler_last("bottle", "1 of 3: cod of cod above 75 mg/L for 900 s, 81.5 at "
	                       "2026-11-");
	assert_true(rig_last("sampler")->when.time_us - time <= 20 * MS);
	rig_run(30 * MS);
	assert_false(relay->level);
	sampler_cod_is(80, 600);
	assert_int_equal(relay->rose, 1);
	assert_int_equal(rig_count("sampler", "bottle"), 1);
}

static void an_active_low_output_says_so_to_the_kernel(void **state)
{
	rig_begin(low);
	assert_true(relay->flags & GPIO_V2_LINE_FLAG_ACTIVE_LOW);
	assert_false(relay->level); /* inactive */
	sampler_cod_is(80, 17);
	assert_int_equal(relay->rose, 1);
}

static void nothing_is_switched_unless_it_is_armed(void **state)
{
	rig_begin(disarmed);
	sampler_last("not armed", "cod of cod above 75 mg/L");
	sampler_cod_is(80, 120);
	assert_int_equal(relay->rose, 0);
	assert_false(relay->taken);
}

static void nothing_is_taken_during_maintenance(void **state)
{
	struct order order = { .id = "cod", .on = true, .reason = "cleaning" };
	char answer[CONTROL_MOST];
	rig_begin(gpio);
	assert_int_equal(rig_order(&order, answer), OK);
	sampler_cod_is(80, 100);
	assert_int_equal(relay->rose, 0);
	order.on = false;
	assert_int_equal(rig_order(&order, answer), OK);
	sampler_cod_is(80, 15); /* the run begins with what was measured */
	assert_int_equal(relay->rose, 0);
	sampler_cod_is(80, 1);
	assert_int_equal(relay->rose, 1);
}

static void its_number_is_on_the_disk_before_the_pulse(void **state)
{
	struct cabinet_memory memory;
	struct problem why;
	rig_begin(gpio);
	sampler_cod_is(80, 15);
	rig.keep_note = true;
	rig_cod(80);
	rig_run(SEC);
	assert_int_equal(relay->rose, 0);
	cabinet_note_write(&rig.note, in_folder(rig.folder, CABINET_FILE));
	assert_int_equal(
	        cabinet_memory_read(&memory, in_folder(rig.folder, CABINET_FILE), &why),
	        OK);
	assert_int_equal(memory.sampler.used, 1);
	assert_true(memory.sampler.doubtful);
	cabinet_memory_free(&memory);
	rig_run(20 * MS);
	assert_int_equal(relay->rose, 1);
}

/* The disk is dead: the water does not wait for it. */
static void a_disk_that_takes_nothing_is_not_waited_for_long(void **state)
{
	rig_begin(gpio);
	sampler_cod_is(80, 15);
	rig.keep_note = true;
	rig_cod(80);
	rig_run(5 * SEC - 30 * MS);
	assert_int_equal(relay->rose, 0);
	rig_run(50 * MS);
	assert_int_equal(relay->rose, 1);
	sampler_last("bottle", "1 of 3");
	sampler_last("bottle", "line 22: its number is not on the disk, and after a "
	                       "crash the next has it too");
}

/* As on a full disk: what has been set aside stays, however often it is written. */
static void the_room_of_its_number_is_set_aside(void **state)
{
	struct stat before, after;
	rig_begin(gpio);
	sampler_cod_is(10, 1);
	assert_int_equal(stat(in_folder(rig.folder, CABINET_FILE ".next"), &before), 0);
	sampler_cod_is(80, 17);
	sampler_last("bottle", "1 of 3");
	assert_null(strstr(rig_last("sampler")->text, "not on the disk"));
	sampler_cod_is(10, 1);
	assert_int_equal(stat(in_folder(rig.folder, CABINET_FILE ".next"), &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	assert_int_equal(after.st_blocks, before.st_blocks);
	assert_int_equal(stat(in_folder(rig.folder, CABINET_FILE), &after), 0);
	assert_int_equal(after.st_blocks, before.st_blocks);
}

static void a_crash_before_the_pulse_takes_no_bottle_twice(void **state)
{
	rig_begin(gpio);
	sampler_cod_is(80, 15);
	rig.keep_note = true;
	rig_cod(80);
	rig_run(SEC);
	rig.keep_note = false;
	rig_restart_program(); /* written, and killed before the pulse */
	assert_int_equal(rig_count("sampler", "doubtful"), 1);
	sampler_last("doubtful", "1 of 3");
	assert_int_equal(relay->rose, 0);
	sampler_cod_is(80, 120); /* the same episode */
	assert_int_equal(relay->rose, 0);
	rig_restart_program();
	assert_int_equal(rig_count("sampler", "doubtful"), 0);
	sampler_cod_is(10, 1);
	sampler_cod_is(80, 17);
	sampler_last("bottle", "2 of 3");
}

static void a_full_carousel_is_told_and_somebody_empties_it(void **state)
{
	struct order order = {
		.kind = ORDER_EMPTIED, .id = "nt-01", .reason = "new ones"
	};
	char answer[CONTROL_MOST];
	rig_begin(gpio);
	for (int i = 0; i < 3; i++) {
		sampler_cod_is(80, 17);
		sampler_cod_is(10, i == 1 ? 1440 : 60);
	}
	assert_int_equal(relay->rose, 3);
	sampler_last("full", "that was the last bottle");
	sampler_cod_is(10, 1440);
	sampler_cod_is(80, 60);
	assert_int_equal(relay->rose, 3);
	sampler_last("full", "an episode, and no bottle is left");
	assert_int_equal(rig_count("sampler", "full"), 2);
	assert_int_equal(rig_order(&order, answer), OK);
	assert_string_equal(answer, "the sampler has 3 empty bottles");
	sampler_last("emptied", "new ones; 3 bottles");
	sampler_cod_is(80, 1);
	sampler_last("bottle", "1 of 3");
	assert_int_equal(relay->rose, 4);
}

static void the_bounds_of_a_day_are_told(void **state)
{
	rig_begin(gpio);
	sampler_cod_is(80, 17);
	sampler_cod_is(10, 1);
	sampler_cod_is(80, 17);
	sampler_last("too soon", "too soon after the last bottle");
	sampler_cod_is(80, 60);
	sampler_last("bottle", "2 of 3");
	sampler_cod_is(10, 60);
	sampler_cod_is(80, 30);
	sampler_last("enough", "the day has had its bottles");
	assert_int_equal(relay->rose, 2);
}

/* A cabinet whose clock begins in 1970 and is put right after a bottle: that one was
 * of this day. */
static void a_clock_that_is_put_right_gives_no_new_bottles(void **state)
{
	int64_t right_us = rig.now.time_us - rig.now.mono_us;
	rig.now.time_us = 3600 * SEC;
	rig.now.state = CLOCK_UNSYNCED;
	rig_begin(gpio);
	sampler_cod_is(80, 17);
	sampler_last("bottle", "1 of 3");
	rig_restart_program();
	rig.now.time_us = rig.now.mono_us + right_us;
	rig.now.state = CLOCK_SYNCED;
	sampler_cod_is(10, 70);
	sampler_cod_is(80, 17);
	sampler_last("bottle", "2 of 3");
	sampler_cod_is(10, 70);
	sampler_cod_is(80, 17);
	sampler_last("enough", "the day has had its bottles");
}

static void a_sampler_that_is_not_ready_is_waited_for(void **state)
{
	rig_begin(ready);
	sampler_cod_is(80, 30);
	sampler_last("not ready", "the sampler is not ready");
	assert_int_equal(rig_count("sampler", "not ready"), 1);
	rig_edge(7, true, 0);
	rig_run(2 * SEC);
	sampler_cod_is(80, 1);
	sampler_last("bottle", "1 of 3");
	/* and one whose contact cannot be read is not ready either */
	sampler_cod_is(10, 70);
	rig.line[7].taken = false;
	rig.busy = true;
	rig_edge(7, true, 0);
	rig_run(2 * SEC);
	assert_string_equal(rig_last("input ready")->state, "unknown");
	sampler_cod_is(80, 30);
	sampler_last("not ready", "the sampler is not ready");
}

static void an_output_that_cannot_be_switched_takes_no_bottle(void **state)
{
	rig_begin(gpio);
	sampler_cod_is(80, 15);
	rig.no_chip = true;
	for (int i = 0; i < 3; i++) {
		rig_cod(80);
		rig_run(20 * MS);
		sampler_last("failed", "no bottle was taken");
		assert_int_equal(rig_count("sampler", "failed"), i + 1);
		sampler_cod_is(80, 1);
	}
	sampler_last("failed", "given up for this episode");
	sampler_cod_is(80, 60);
	rig.no_chip = false;
	sampler_cod_is(10, 1);
	sampler_cod_is(80, 17);
	sampler_last("bottle", "1 of 3");
	assert_int_equal(relay->rose, 1);
}

static void a_modem_line_is_put_on_and_off(void **state)
{
	rig.modem = TIOCM_DTR;
	rig_begin(rts);
	sampler_cod_is(80, 15);
	rig_cod(80);
	rig_run(400 * MS);
	assert_int_equal(rig.modem, TIOCM_DTR | TIOCM_RTS);
	sampler_last("bottle", "rts of port bus");
	rig_run(200 * MS);
	assert_int_equal(rig.modem, TIOCM_DTR);
}

static void at_the_end_the_output_goes_inactive(void **state)
{
	rig_begin(gpio);
	sampler_cod_is(80, 15);
	rig_cod(80);
	rig_run(20 * MS);
	assert_true(relay->level);
	assert_false(cabinet_end(rig.cabinet, &rig.now));
	assert_false(relay->level);
	rig_restart_program();
	assert_int_equal(rig_count("sampler", "doubtful"), 0);
	sampler_last("armed", "1 of 3 bottles used");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_bottle_is_a_pulse_and_a_record),
		EACH(an_active_low_output_says_so_to_the_kernel),
		EACH(nothing_is_switched_unless_it_is_armed),
		EACH(nothing_is_taken_during_maintenance),
		EACH(its_number_is_on_the_disk_before_the_pulse),
		EACH(a_disk_that_takes_nothing_is_not_waited_for_long),
		EACH(the_room_of_its_number_is_set_aside),
		EACH(a_crash_before_the_pulse_takes_no_bottle_twice),
		EACH(a_full_carousel_is_told_and_somebody_empties_it),
		EACH(the_bounds_of_a_day_are_told),
		EACH(a_clock_that_is_put_right_gives_no_new_bottles),
		EACH(a_sampler_that_is_not_ready_is_waited_for),
		EACH(an_output_that_cannot_be_switched_takes_no_bottle),
		EACH(a_modem_line_is_put_on_and_off),
		EACH(at_the_end_the_output_goes_inactive),
	};
	return cmocka_run_group_tests_name("cabinet_sampler", tests, NULL, NULL);
}
