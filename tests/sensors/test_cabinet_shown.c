/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cabinet lays out for the live view: maintenance that is on, and the bottles of its sampler. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "tests/kits/cabinet_rig.h"
#include "tests/kits/sampler_rig.h"

static const char key[] =
        "cabinet: {usb: no, boot: no, login: no}\n"
        "inputs:\n"
        "  - {id: key, kind: maintenance, gpio: /dev/gpiochip0, gpio_line: 3, "
        "instruments: [cod], ends_after: 90min}\n"
        "  - {id: all, kind: maintenance, gpio: /dev/gpiochip0, gpio_line: 4}\n";

static const char gpio[] =
        "cabinet: {usb: no, boot: no, login: no}\n"
        "sampler: {armed: yes, instrument: cod, channel: cod, above: 75 mg/L, for: "
        "15min, bottles: 3, most_per_day: 2, gpio: /dev/gpiochip0, gpio_line: 22}\n";
static const char disarmed[] =
        "cabinet: {usb: no, boot: no, login: no}\n"
        "sampler: {instrument: cod, channel: cod, above: 75 mg/L, bottles: 3, gpio: "
        "/dev/gpiochip0, gpio_line: 22}\n";

static struct cabinet_shown shown;

static void what_is_on_is_shown_and_until_when(void **state)
{
	rig_begin(key);
	rig_run(2 * SEC);
	shown = *cabinet_note_shown(&rig.note);
	assert_int_equal(shown.n, 0);
	assert_false(shown.has_sampler);
	int64_t from_us = rig.now.mono_us;
	rig_turn(3, true);
	rig_turn(4, true);
	shown = *cabinet_note_shown(&rig.note);
	assert_int_equal(shown.n, 2);
	assert_string_equal(shown.maintenance[0].id, "by key");
	assert_string_equal(shown.maintenance[0].instruments, "cod");
	assert_in_range(
	        shown.maintenance[0].due_us - 5400 * SEC, from_us, from_us + 2 * SEC);
	assert_string_equal(shown.maintenance[1].id, "by all");
	assert_string_equal(shown.maintenance[1].instruments, "");
	rig_restart_program();
	rig_run(SEC);
	shown = *cabinet_note_shown(&rig.note);
	assert_int_equal(shown.n, 2);
	rig_turn(4, false);
	rig_run(90 * 60 * SEC);
	shown = *cabinet_note_shown(&rig.note);
	assert_int_equal(shown.n, 0); /* it ended by itself, and the key is still on */
}

/* The only instrument of its station, by an order and by a key-switch. */
static void who_was_named_is_shown_also_where_it_is_the_only_one(void **state)
{
	static const char only[] =
	        "cabinet: {usb: no, boot: no, login: no}\n"
	        "inputs:\n"
	        "  - {id: key, kind: maintenance, gpio: /dev/gpiochip0, gpio_line: 3, "
	        "instruments: [flow]}\n";
	struct order order = { .kind = ORDER_MAINTENANCE, .on = true };
	rig_begin_with("", only);
	rig_turn(3, true);
	snprintf(order.id, sizeof order.id, "flow");
	snprintf(order.reason, sizeof order.reason, "new lamp");
	rig_heard(rig_give(&order), "ok\n");
	snprintf(order.id, sizeof order.id, "%s", rig.station->id);
	rig_heard(rig_give(&order), "ok\n");
	rig_run(2 * SEC);
	shown = *cabinet_note_shown(&rig.note);
	assert_int_equal(shown.n, 3);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(shown.maintenance[i].instruments, "flow");
	assert_string_equal(shown.maintenance[2].id, "all instruments");
	assert_string_equal(shown.maintenance[2].instruments, "");
}

/* Bottles of the day that is, not of the last reading's. */
static void bottles_used_are_shown(void **state)
{
	rig_begin(gpio);
	const int offset = rig.station->utc_offset_min;
	shown = *cabinet_note_shown(&rig.note);
	assert_true(shown.has_sampler && shown.armed);
	assert_int_equal(shown.bottles, 3);
	assert_int_equal(shown.most_a_day, 2);
	assert_int_equal(shown.sampler.used, 0);
	sampler_cod_is(80, 17);
	shown = *cabinet_note_shown(&rig.note);
	assert_int_equal(shown.sampler.used, 1);
	struct moment then = rig.now;
	assert_int_equal(sampler_today(&shown.sampler, offset, &then), 1);
	then.time_us -= 86400 * SEC; /* the clock is put back */
	assert_int_equal(sampler_today(&shown.sampler, offset, &then), 1);
	then = rig.now;
	then.time_us += 86400 * SEC;
	then.mono_us += 86400 * SEC;
	assert_int_equal(sampler_today(&shown.sampler, offset, &then), 0);
}

static void a_sampler_that_is_not_armed_says_so(void **state)
{
	rig_begin(disarmed);
	shown = *cabinet_note_shown(&rig.note);
	assert_true(shown.has_sampler && !shown.armed);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(what_is_on_is_shown_and_until_when),
		EACH(who_was_named_is_shown_also_where_it_is_the_only_one),
		EACH(bottles_used_are_shown),
		EACH(a_sampler_that_is_not_armed_says_so),
	};
	return cmocka_run_group_tests_name("cabinet_shown", tests, NULL, NULL);
}
