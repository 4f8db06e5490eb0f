/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contacts on a GPIO chip, on modem lines, on an instrument: what is told, and when it was. */
#include "tests/kits/check.h"

#include <linux/gpio.h>
#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "tests/kits/cabinet_rig.h"

static const char door[] =
        "cabinet: {usb: no, boot: no, login: no}\n"
        "inputs:\n"
        "  - {id: door, kind: door, name: Cửa tủ, gpio: /dev/gpiochip0, gpio_line: 5, "
        "active: low, pull: up}\n";
static const char mains[] = "cabinet: {usb: no, boot: no, login: no}\n"
                            "inputs:\n"
                            "  - {id: mains, kind: mains, port: bus, modem: dsr}\n";
static const char ups[] = "cabinet: {usb: no, boot: no, login: no}\n"
                          "inputs:\n"
                          "  - {id: ups, kind: ups, instrument: cod, channel: tss}\n";

static void check_last(const char *subject, const char *state, const char *text)
{
	const struct rig_told *told = rig_last(subject);
	assert_non_null(told);
	assert_string_equal(told->state, state);
	assert_contains(told->text, text);
}

static void a_contact_is_told_once_at_the_start(void **state)
{
	rig.line[5].level = true; /* nobody pulls it to ground: closed, active low */
	rig_begin(door);
	int64_t began = rig.now.time_us;
	rig_run(SEC - 10 * MS);
	assert_int_equal(rig.n_told, 0);
	rig_run(10 * MS);
	assert_int_equal(rig.n_told, 1);
	check_last("input door", "closed", "door Cửa tủ: /dev/gpiochip0 line 5");
	assert_true(rig.told[0].when.time_us == began);
	assert_true(rig.line[5].flags & GPIO_V2_LINE_FLAG_BIAS_PULL_UP);
	rig_run(3600 * SEC);
	assert_int_equal(rig.n_told, 1);
}

static void an_edge_has_the_time_the_kernel_gave_it(void **state)
{
	rig.line[5].level = true;
	rig_begin(door);
	rig_run(5 * SEC);
	int64_t edge = rig.now.time_us - 300 * MS;
	rig_edge(5, false, 300 * MS); /* we were busy for so long */
	rig_edge(5, true, 290 * MS);
	rig_edge(5, false, 200 * MS);
	rig_run(790 * MS);
	assert_int_equal(rig.n_told, 1);
	rig_run(10 * MS);
	assert_int_equal(rig.n_told, 2);
	check_last("input door", "open", "");
	assert_true(rig_last("input door")->when.time_us == edge);
}

static void a_chip_that_goes_and_comes_is_unknown_meanwhile(void **state)
{
	rig.line[5].level = true;
	rig_begin(door);
	rig_run(5 * SEC);
	rig.no_chip = true;
	rig_edge(5, true, 0); /* poll() wakes for the hang-up too */
	rig_run(2 * SEC);
	check_last("input door", "unknown", "the GPIO chip has gone");
	rig_run(60 * SEC);
	assert_int_equal(rig.n_told, 2);
	rig.no_chip = false;
	rig_run(10 * SEC);
	check_last("input door", "closed", "");
	assert_int_equal(rig.n_told, 3);
}

static void a_line_that_is_not_to_be_had_is_unknown_from_the_start(void **state)
{
	rig.busy = true;
	rig_begin(door);
	rig_run(5 * SEC);
	check_last(
	        "input door", "unknown", "another program or the kernel has this line");
	assert_int_equal(rig.n_told, 1);
	rig.busy = false;
	rig.line[5].level = false;
	rig_run(10 * SEC);
	check_last("input door", "open", "");
}

static void a_chip_without_interrupts_is_looked_at(void **state)
{
	rig.no_edges = true;
	rig.line[5].level = true;
	rig_begin(door);
	rig_run(5 * SEC);
	check_last("input door", "closed", "");
	int64_t edge = rig.now.time_us;
	rig.line[5].level = false;
	rig_run(2 * SEC);
	check_last("input door", "open", "");
	int64_t late = rig_last("input door")->when.time_us - edge;
	assert_true(late >= 0 && late <= 250 * MS);
}

static void a_modem_line_is_looked_at_four_times_a_second(void **state)
{
	rig.modem = TIOCM_DSR;
	rig_begin(mains);
	rig_run(2 * SEC);
	check_last("input mains", "on", "mains: dsr of port bus");
	int64_t edge = rig.now.time_us;
	rig.modem = TIOCM_CTS;
	rig_run(2 * SEC);
	check_last("input mains", "off", "");
	int64_t late = rig_last("input mains")->when.time_us - edge;
	assert_true(late >= 0 && late <= 250 * MS);
	rig.modem = -1; /* the adapter was pulled out: who knows */
	rig_run(2 * SEC);
	check_last("input mains", "unknown", "its port is not open");
	assert_int_equal(rig.n_told, 3);
}

/* tss of the instrument cod is the contact here. */
static void tss_says(uint8_t tss_state, double value)
{
	uint8_t all[READING_CHANNELS] = { STATE_OK };
	double number[READING_CHANNELS] = { 0 };
	size_t c = (size_t)profile_channel_index(
	        rig.station->instrument[1].profile, "tss");
	all[c] = tss_state;
	number[c] = value;
	rig_reading("cod", all, number);
	rig_run(10 * SEC);
}

static void a_channel_is_a_contact_where_it_is_not_zero(void **state)
{
	rig_begin(ups);
	rig_run(60 * SEC);
	assert_int_equal(rig.n_told, 0); /* nobody has been asked yet */
	tss_says(STATE_OK, 0);
	check_last("input ups", "ok", "ups: tss of cod");
	int64_t edge = rig.now.time_us;
	tss_says(STATE_OK, 1);
	check_last("input ups", "alarm", "");
	assert_true(rig_last("input ups")->when.time_us == edge);
	tss_says(STATE_UNCHANGED, NAN);
	check_last("input ups", "alarm", "");
	tss_says(STATE_SILENT, NAN);
	check_last("input ups", "unknown", "silent");
	tss_says(STATE_FAULT, 0);
	check_last("input ups", "unknown", "silent");
	assert_int_equal(rig.n_told, 3);
	tss_says(STATE_OK, 0);
	check_last("input ups", "ok", "");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_contact_is_told_once_at_the_start),
		EACH(an_edge_has_the_time_the_kernel_gave_it),
		EACH(a_chip_that_goes_and_comes_is_unknown_meanwhile),
		EACH(a_line_that_is_not_to_be_had_is_unknown_from_the_start),
		EACH(a_chip_without_interrupts_is_looked_at),
		EACH(a_modem_line_is_looked_at_four_times_a_second),
		EACH(a_channel_is_a_contact_where_it_is_not_zero),
	};
	return cmocka_run_group_tests_name("cabinet_inputs", tests, NULL, NULL);
}
