/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A station of many instruments: whom a key-switch holds is told and remembered
 * whole. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kits/cabinet_rig.h"

enum { MANY = 200 };

static char configuration[20000], names[MANY * 32];

/* analyser-number-000 to -199 behind the two of the rig; a key-switch for each of
 * these, and one for all. */
static int many_setup(void **state)
{
	size_t n = 0, at = 0;
	for (int i = 0; i < MANY; i++) {
		n += (size_t)snprintf(configuration + n, sizeof configuration - n,
		        "  - {id: analyser-number-%03d, profile: sim-flow, port: bus, "
		        "slave: %d}\n",
		        i, i + 20);
		at += (size_t)snprintf(names + at, sizeof names - at,
		        "%sanalyser-number-%03d", i > 0 ? ", " : "", i);
	}
	snprintf(configuration + n, sizeof configuration - n,
	        "cabinet: {usb: no, boot: no, login: no}\n"
	        "inputs:\n"
	        "  - {id: key, kind: maintenance, gpio: /dev/gpiochip0, gpio_line: 3, "
	        "instruments: [%s]}\n"
	        "  - {id: all, kind: maintenance, gpio: /dev/gpiochip0, gpio_line: "
	        "4}\n",
	        names);
	return rig_setup(state);
}

static uint8_t last_of_them(void)
{
	uint8_t states[READING_CHANNELS] = { STATE_OK };
	double number[READING_CHANNELS] = { 0 };
	char id[32];
	snprintf(id, sizeof id, "analyser-number-%03d", MANY - 1);
	return rig_reading(id, states, number)[0];
}

static void whom_a_key_switch_holds_is_recorded_whole(void **state)
{
	char want[sizeof names + 64];
	rig_begin(configuration);
	rig_run(2 * SEC);
	rig_turn(3, true);
	const struct rig_told *told = rig_last("maintenance by key");
	snprintf(want, sizeof want, "key-switch: %s; ends by itself at ", names);
	assert_non_null(told);
	assert_int_equal(strncmp(told->text, want, strlen(want)), 0);
	assert_int_equal(last_of_them(), STATE_MAINTENANCE);
	const struct cabinet_shown *shown = cabinet_note_shown(&rig.note);
	assert_int_equal(shown->n, 1);
	assert_string_equal(shown->maintenance[0].instruments, names);
	assert_int_equal(shown->n_days, MANY);
	rig_turn(4, true);
	shown = cabinet_note_shown(&rig.note);
	assert_int_equal(shown->n, 2);
	assert_string_equal(shown->maintenance[1].instruments, "");
}

static void each_of_them_is_remembered_over_a_restart(void **state)
{
	struct order order = { .on = true, .reason = "each by its own order" };
	char answer[CONTROL_MOST];
	rig_begin(configuration);
	for (int i = 0; i < MANY; i++) {
		snprintf(order.id, sizeof order.id, "analyser-number-%03d", i);
		assert_int_equal(rig_order(&order, answer), OK);
	}
	rig_run(600 * SEC);
	assert_int_equal(
	        rig_order(&order, answer), OK); /* what was counted goes with it */
	rig_restart_program();
	assert_int_equal(rig.memory.n_maintenance, MANY);
	assert_int_equal(rig.memory.n_days, MANY);
	assert_int_equal(last_of_them(), STATE_MAINTENANCE);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, many_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(whom_a_key_switch_holds_is_recorded_whole),
		EACH(each_of_them_is_remembered_over_a_restart),
	};
	return cmocka_run_group_tests_name("cabinet_many", tests, NULL, NULL);
}
