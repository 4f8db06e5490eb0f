/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contacts that come to rest and change again without end: the record has the first
 * changes and then their count, and what hangs on the contact goes on. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "tests/kits/cabinet_rig.h"
#include "tests/kits/sampler_rig.h"

static const char door[] =
        "cabinet: {usb: no, boot: no, login: no}\n"
        "inputs:\n"
        "  - {id: door, kind: door, gpio: /dev/gpiochip0, gpio_line: 5}\n";
static const char key[] =
        "cabinet: {usb: no, boot: no, login: no}\n"
        "inputs:\n"
        "  - {id: key, kind: maintenance, gpio: /dev/gpiochip0, gpio_line: 3, "
        "instruments: [cod]}\n";
static const char ready[] =
        SAMPLER "ready: ready, gpio: /dev/gpiochip0, gpio_line: 22}\n"
                "inputs:\n"
                "  - {id: ready, kind: sampler-ready, gpio: /dev/gpiochip0, "
                "gpio_line: 7}\n";

/* Two seconds on, two seconds off. */
static void flap(size_t line, int times)
{
	for (int i = 0; i < times; i++) {
		rig_edge(line, i % 2 == 0, 0);
		rig_run(2 * SEC);
	}
}

/* Changes that the record of a subject tells of, one by one or counted. */
static int changes_of(const char *subject)
{
	static const char counted[] = "; changed ";
	int n = 0;
	for (size_t i = 0; i < rig.n_told; i++) {
		const char *at = strstr(rig.told[i].text, counted);
		if (strcmp(rig.told[i].subject, subject) == 0)
			n += at != NULL ? atoi(at + sizeof counted - 1) : 1;
	}
	return n;
}

static void a_door_that_flaps_is_counted_and_nothing_is_hidden(void **state)
{
	rig_begin(door);
	rig_run(2 * SEC);
	flap(5, 7);
	assert_int_equal(rig.n_told, 8); /* each, with the first level */
	for (size_t i = 0; i < rig.n_told; i++)
		assert_null(strstr(rig.told[i].text, "changed"));
	flap(5, 300); /* ten minutes; it is open already, which is no change */
	assert_in_range(rig.n_told, 8 + 9, 8 + 11);
	rig_edge(5, true, 0);
	rig_run(2 * SEC);
	int64_t last = rig.now.time_us - 2 * SEC;
	rig_run(90 * SEC);
	/* what was left is told when it may be, with the time of its last change */
	const struct rig_told *told = rig_last("input door");
	assert_string_equal(told->state, "open");
	assert_contains(told->text, "door: /dev/gpiochip0 line 5; changed ");
	assert_contains(told->text, " times since it was told");
	assert_true(told->when.time_us == last);
	assert_int_equal(changes_of("input door"), 8 + 299 + 1);
	size_t n = rig.n_told;
	rig_run(3600 * SEC);
	assert_int_equal(rig.n_told, n);
	rig_edge(5, false, 0);
	rig_run(2 * SEC); /* and a change of people is one again */
	assert_string_equal(rig_last("input door")->state, "closed");
	assert_null(strstr(rig_last("input door")->text, "changed"));
}

/* What is still to be recorded wakes it when it may be, and not before. */
static void a_door_that_flaps_leaves_the_machine_asleep(void **state)
{
	rig_begin(door);
	rig_run(2 * SEC);
	for (int i = 0; i < 40; i++) {
		rig_edge(5, i % 2 == 0, 0);
		rig_run(2 * SEC);
		assert_true(cabinet_wait_ms(rig.cabinet, &rig.now) > 0);
	}
}

/* What is marked is what the record says. */
static void a_key_switch_that_flaps_holds_what_the_record_says(void **state)
{
	rig_begin(key);
	rig_run(2 * SEC);
	for (int i = 0; i < 300; i++) {
		rig_edge(3, i % 3 != 0, 0);
		rig_run(2 * SEC);
		bool on = strcmp(rig_last("input key")->state, "on") == 0;
		assert_int_equal(rig_cod(10), on ? STATE_MAINTENANCE : STATE_OK);
	}
	assert_in_range(rig.n_told, 9, 50);
	assert_int_equal(rig_count("maintenance by key", "ended"), 0);
	rig_edge(3, false, 0);
	rig_run(90 * SEC);
	assert_string_equal(rig_last("input key")->state, "off");
	assert_int_equal(rig_cod(10), STATE_OK);
}

/* The sampler asks the contact, not the record of it. */
static void a_ready_contact_that_flaps_is_asked_as_it_is(void **state)
{
	rig_begin(ready);
	rig_run(2 * SEC);
	flap(7, 40); /* off at the end, and the record is behind */
	rig_edge(7, true, 0);
	rig_run(2 * SEC);
	assert_string_equal(rig_last("input ready")->state, "not ready");
	sampler_cod_is(80, 17);
	assert_int_equal(rig_count("sampler", "bottle"), 1);
	sampler_cod_is(10, 70);
	flap(7, 40);
	sampler_cod_is(80, 17);
	assert_int_equal(rig_count("sampler", "bottle"), 1);
	sampler_last("not ready", "the sampler is not ready");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_door_that_flaps_is_counted_and_nothing_is_hidden),
		EACH(a_door_that_flaps_leaves_the_machine_asleep),
		EACH(a_key_switch_that_flaps_holds_what_the_record_says),
		EACH(a_ready_contact_that_flaps_is_asked_as_it_is),
	};
	return cmocka_run_group_tests_name("cabinet_flapping", tests, NULL, NULL);
}
