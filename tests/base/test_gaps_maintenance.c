/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By whose order an instrument was in maintenance, and why. */
#include "tests/kits/gaps_fixture.h"

#include <string.h>

/* Maintenance from 100 to 200, by an order at 100. */
static void maintained(const char *subject, const char *text)
{
	feed_run(cod, 0, 100, STATE_OK);
	feed_state(99, subject, "on", text);
	feed_run(cod, 100, 200, STATE_MAINTENANCE);
	feed_state(199, subject, "off", "by lan (uid 1002): done");
	feed_run(cod, 200, 1200, STATE_OK);
}

static void maintenance_is_told_with_who_and_why(void **with)
{
	feed_begin();
	maintained("maintenance cod",
	        "by minh (uid 1001): lamp: new; ends by itself at x, "
	        "they say: cod; ends by itself at 12:00");
	expect_reason("cod",
	        "maintenance: by minh (uid 1001): lamp: new; ends by itself at x, they "
	        "say",
	        true);
}

static void maintenance_of_all_and_by_a_key_is_told_too(void **with)
{
	feed_begin();
	maintained("maintenance all instruments",
	        "by minh (uid 1001): cleaning: ph, cod; ends by itself at 12:00");
	expect_reason("cod", "maintenance: by minh (uid 1001): cleaning", true);
	feed_begin();
	maintained("maintenance by door-key",
	        "key-switch: ph, cod; ends by itself at 12:00");
	expect_reason("cod", "maintenance: key-switch", true);
	feed_begin();
	maintained("maintenance by door-key",
	        "key-switch: ph, cod2; ends by itself at 12:00");
	expect_reason("cod", "key-switch", false);
}

static void maintenance_of_another_instrument_is_no_reason(void **with)
{
	feed_begin();
	maintained(
	        "maintenance ph", "by minh (uid 1001): x: ph; ends by itself at 12:00");
	expect_reason("cod", "minh", false);
}

static void who_began_maintenance_is_told_after_a_restart(void **with)
{
	feed_begin();
	feed_run(cod, 0, 100, STATE_OK);
	feed_state(99, "maintenance cod", "on",
	        "by minh (uid 1001): lamp: cod; ends by itself at 12:00");
	feed_run(cod, 100, 120, STATE_MAINTENANCE);
	feed_state(
	        120, "maintenance cod", "on", "goes on: cod; ends by itself at 12:00");
	feed_run(cod, 120, 200, STATE_MAINTENANCE);
	feed_state(200, "maintenance cod", "ended", "by itself, after 120 min");
	feed_run(cod, 200, 1200, STATE_OK);
	expect_reason("cod", "by minh (uid 1001): lamp", true);
}

/* His order began it, and the key held longer. */
static void a_persons_words_go_before_a_key_switch(void **state)
{
	feed_begin();
	feed_run(cod, 0, 100, STATE_OK);
	feed_state(99, "maintenance cod", "on",
	        "by minh (uid 1001): lamp: cod; ends by itself at 12:00");
	feed_run(cod, 100, 120, STATE_MAINTENANCE);
	feed_state(119, "maintenance by key", "on",
	        "key-switch: cod; ends by itself at 12:00");
	feed_run(cod, 120, 130, STATE_MAINTENANCE);
	feed_state(130, "maintenance cod", "off", "by minh (uid 1001): done");
	feed_run(cod, 130, 200, STATE_MAINTENANCE);
	feed_state(199, "maintenance by key", "off", "key-switch");
	feed_run(cod, 200, 1200, STATE_OK);
	expect_reason("cod", "maintenance: by minh (uid 1001): lamp", true);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, feed_setup, feed_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(maintenance_is_told_with_who_and_why),
		TEST(maintenance_of_all_and_by_a_key_is_told_too),
		TEST(maintenance_of_another_instrument_is_no_reason),
		TEST(who_began_maintenance_is_told_after_a_restart),
		TEST(a_persons_words_go_before_a_key_switch),
	};
	return cmocka_run_group_tests_name("gaps_maintenance", tests, NULL, NULL);
}
