/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contacts that bounce, chatter, and cannot be read; maintenance that ends by itself. */
#include "tests/kits/check.h"

#include <string.h>

#include "sensors/station/inputs.h"
#include "sensors/station/maintenance.h"

#define MS INT64_C(1000)
#define S  INT64_C(1000000)

static struct moment now;
static struct input contact;

static int setup(void **state)
{
	now = (struct moment){ .time_us = INT64_C(1794188880000000),
		.mono_us = 1000 * S,
		.boot = 7,
		.state = CLOCK_SYNCED };
	contact = (struct input){ .settle_us = S };
	return 0;
}

static void pass(int64_t us)
{
	now.mono_us += us;
	now.time_us += us;
}

static void see(enum input_level level)
{
	input_see(&contact, level, &now);
}

/* It rests at this level, and that was told. */
static void rest(enum input_level level)
{
	see(level);
	pass(S);
	assert_true(input_settle(&contact, &now));
	assert_int_equal(contact.told, level);
}

static void the_first_level_is_told_once(void **state)
{
	assert_int_equal(input_due_us(&contact), INT64_MAX);
	assert_false(input_settle(&contact, &now));
	int64_t began = now.time_us;
	see(LEVEL_OFF);
	assert_int_equal(input_due_us(&contact), now.mono_us + S);
	pass(S - 1);
	see(LEVEL_OFF);
	assert_false(input_settle(&contact, &now));
	pass(1);
	assert_true(input_settle(&contact, &now));
	assert_int_equal(contact.told, LEVEL_OFF);
	assert_true(contact.first.time_us == began);
	assert_false(input_settle(&contact, &now));
	pass(3600 * S);
	assert_false(input_settle(&contact, &now));
}

static void a_change_has_the_time_of_its_first_edge(void **state)
{
	rest(LEVEL_OFF);
	pass(10 * S);
	int64_t first = now.time_us;
	for (int i = 0; i < 7; i++) {
		see(i % 2 == 0 ? LEVEL_ON : LEVEL_OFF);
		assert_false(input_settle(&contact, &now));
		pass(100 * MS);
	}
	pass(900 * MS - 1);
	assert_false(input_settle(&contact, &now));
	pass(1);
	assert_true(input_settle(&contact, &now));
	assert_int_equal(contact.told, LEVEL_ON);
	assert_true(contact.first.time_us == first);
}

static void a_bounce_back_is_no_change(void **state)
{
	rest(LEVEL_OFF);
	see(LEVEL_ON);
	pass(S - 1);
	assert_false(input_settle(&contact, &now));
	see(LEVEL_OFF);
	pass(S);
	assert_false(input_settle(&contact, &now));
	assert_int_equal(contact.told, LEVEL_OFF);
	/* and the next change begins anew */
	pass(5 * S);
	int64_t first = now.time_us;
	rest(LEVEL_ON);
	assert_true(contact.first.time_us == first);
}

static void without_settling_every_edge_counts(void **state)
{
	contact.settle_us = 0;
	see(LEVEL_ON);
	assert_true(input_settle(&contact, &now));
	see(LEVEL_OFF);
	assert_true(input_settle(&contact, &now));
	assert_int_equal(contact.told, LEVEL_OFF);
}

static void what_cannot_be_read_is_unknown_and_never_off(void **state)
{
	rest(LEVEL_ON);
	rest(LEVEL_UNKNOWN);
	assert_string_equal(input_word(INPUT_MAINTENANCE, contact.told), "unknown");
	rest(LEVEL_ON);
	setup(NULL);
	rest(LEVEL_UNKNOWN); /* from the beginning */
	assert_string_equal(input_word(INPUT_DOOR, LEVEL_NONE), "unknown");
}

/* A loose contact, for ever. */
static void a_contact_that_never_rests_is_unknown_after_a_minute(void **state)
{
	rest(LEVEL_OFF);
	int64_t first = now.time_us;
	bool on = false, told = false;
	while (now.time_us - first < INPUT_RESTLESS_US - 500 * MS) {
		see((on = !on) ? LEVEL_ON : LEVEL_OFF);
		assert_false(input_settle(&contact, &now));
		pass(500 * MS);
	}
	see((on = !on) ? LEVEL_ON : LEVEL_OFF);
	assert_false(input_settle(&contact, &now));
	assert_int_equal(
	        input_due_us(&contact), contact.first.mono_us + INPUT_RESTLESS_US);
	pass(500 * MS - 1);
	assert_false(input_settle(&contact, &now));
	pass(1);
	told = input_settle(&contact, &now);
	assert_true(told);
	assert_int_equal(contact.told, LEVEL_UNKNOWN);
	assert_true(contact.first.time_us == first);
	for (int i = 0; i < 1000; i++) {
		see((on = !on) ? LEVEL_ON : LEVEL_OFF);
		assert_false(input_settle(&contact, &now));
		pass(500 * MS);
	}
	/* it rests again: told with the time of its last edge */
	int64_t last = now.time_us;
	see((on = !on) ? LEVEL_ON : LEVEL_OFF);
	pass(S);
	assert_true(input_settle(&contact, &now));
	assert_int_equal(contact.told, on ? LEVEL_ON : LEVEL_OFF);
	assert_true(contact.first.time_us == last);
}

static void words_say_what_a_contact_means(void **state)
{
	assert_string_equal(input_word(INPUT_DOOR, LEVEL_ON), "open");
	assert_string_equal(input_word(INPUT_DOOR, LEVEL_OFF), "closed");
	assert_string_equal(input_word(INPUT_MAINS, LEVEL_OFF), "off");
	assert_string_equal(input_word(INPUT_UPS, LEVEL_ON), "alarm");
	assert_string_equal(input_word(INPUT_SAMPLER_READY, LEVEL_OFF), "not ready");
	for (int kind = 0; input_kinds[kind] != NULL; kind++)
		assert_string_not_equal(
		        input_word(kind, LEVEL_ON), input_word(kind, LEVEL_OFF));
}

/* ---- maintenance ---- */

static void maintenance_ends_by_itself_and_says_so_once(void **state)
{
	struct maintenance one = { .most_us = 7200 * S };
	assert_false(maintenance_over(&one, &now));
	assert_int_equal(maintenance_due_us(&one), INT64_MAX);
	maintenance_begin(&one, &now);
	assert_true(maintenance_until_us(&one, &now) == now.time_us + 7200 * S);
	pass(7200 * S - 1);
	assert_false(maintenance_over(&one, &now));
	assert_true(one.on);
	pass(1);
	assert_true(maintenance_over(&one, &now));
	assert_false(one.on);
	assert_true(one.spent);
	assert_false(maintenance_over(&one, &now));
	maintenance_end(&one);
	assert_false(one.spent);
}

static void maintenance_given_again_lasts_from_then(void **state)
{
	struct maintenance one = { .most_us = 7200 * S };
	maintenance_begin(&one, &now);
	pass(7000 * S);
	maintenance_begin(&one, &now);
	pass(7200 * S - 1);
	assert_false(maintenance_over(&one, &now));
	pass(1);
	assert_true(maintenance_over(&one, &now));
}

static void the_wall_clock_does_not_lengthen_maintenance(void **state)
{
	struct maintenance one = { .most_us = 7200 * S };
	maintenance_begin(&one, &now);
	pass(7199 * S);
	now.time_us -= 86400 * S;
	assert_false(maintenance_over(&one, &now));
	now.mono_us += S;
	assert_true(maintenance_over(&one, &now));
}

static void a_restart_gives_no_more_time(void **state)
{
	struct maintenance one = { .most_us = 7200 * S };
	maintenance_begin(&one, &now);
	pass(7000 * S);
	maintenance_resume(&one, &now); /* the program, in the same boot */
	assert_true(maintenance_due_us(&one) == now.mono_us + 200 * S);
	now.boot = 8; /* the machine */
	now.mono_us = 30 * S;
	now.time_us += 100 * S;
	maintenance_resume(&one, &now);
	assert_true(maintenance_due_us(&one) == now.mono_us + 100 * S);
	assert_false(maintenance_over(&one, &now));
	pass(100 * S);
	assert_true(maintenance_over(&one, &now));
}

static void after_a_boot_with_a_clock_that_went_back_its_time_is_over(void **state)
{
	struct maintenance one = { .most_us = 7200 * S };
	maintenance_begin(&one, &now);
	now.boot = 8;
	now.mono_us = 30 * S;
	now.time_us = 0;
	maintenance_resume(&one, &now);
	assert_true(maintenance_over(&one, &now));
}

static void a_number_is_marked_and_what_says_more_is_left(void **state)
{
	uint8_t all[CHANNEL_STATES], out[CHANNEL_STATES];
	for (uint8_t i = 0; i < CHANNEL_STATES; i++)
		all[i] = i;
	maintenance_mark(all, CHANNEL_STATES, out);
	for (uint8_t i = 0; i < CHANNEL_STATES; i++) {
		bool marked = i == STATE_OK || i == STATE_BELOW_RANGE ||
		              i == STATE_ABOVE_RANGE || i == STATE_STOPPED;
		assert_int_equal(out[i], marked ? STATE_MAINTENANCE : i);
	}
}

#define EACH(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(the_first_level_is_told_once),
		EACH(a_change_has_the_time_of_its_first_edge),
		EACH(a_bounce_back_is_no_change),
		EACH(without_settling_every_edge_counts),
		EACH(what_cannot_be_read_is_unknown_and_never_off),
		EACH(a_contact_that_never_rests_is_unknown_after_a_minute),
		EACH(words_say_what_a_contact_means),
		EACH(maintenance_ends_by_itself_and_says_so_once),
		EACH(maintenance_given_again_lasts_from_then),
		EACH(the_wall_clock_does_not_lengthen_maintenance),
		EACH(a_restart_gives_no_more_time),
		EACH(after_a_boot_with_a_clock_that_went_back_its_time_is_over),
		EACH(a_number_is_marked_and_what_says_more_is_left),
	};
	return cmocka_run_group_tests_name("inputs", tests, NULL, NULL);
}
