/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which port was the reason of a gap: known, or not told at all. */
#include "tests/kits/gaps_fixture.h"

#define REFUSED "127.0.0.1 port 15502: Connection refused: nothing listens there"
#define NET     "port net: " REFUSED
#define BUS     "port bus: hung up; trying again"
#define SILENT  "the instrument does not answer"

static void both_silent(double from_s, double to_s)
{
	for (double s = from_s; s < to_s; s += 10) {
		feed_put(ph, s, STATE_SILENT);
		feed_put(cod, s + 1, STATE_SILENT);
	}
}

/* Two ports, which the program told to be open. */
static void two_ports(void)
{
	feed_begin();
	feed_state(0, "port bus", "up", "open");
	feed_state(0, "port net", "up", "open");
	feed_both(0, 600);
}

static void both_down(void)
{
	feed_state(600, "port bus", "down", "hung up; trying again");
	feed_state(600, "port net", "down", REFUSED);
	both_silent(600, 1200);
	feed_both(1200, 1800);
}

/* Silent from 600 to 1200, each for a reason that is these words and no more. */
static void of_two(const char *of_ph, const char *of_cod)
{
	const struct gap *gap;
	size_t found;
	char reason[900];
	assert_int_equal(gaps_finish(gaps, &gap, &found), OK);
	assert_int_equal(found, 2);
	assert_string_equal(gap[0].instrument, "ph");
	assert_string_equal(gap_reason(&gap[0], reason, sizeof reason), of_ph);
	assert_string_equal(gap[1].instrument, "cod");
	assert_string_equal(gap_reason(&gap[1], reason, sizeof reason), of_cod);
	gaps_free(gaps);
}

static void of_two_ports_gone_at_once_each_instrument_is_told_its_own(void **with)
{
	ph->settings = "{\"port\":\"bus\",\"framing\":\"rtu\"}";
	cod->settings = "{\"port\":\"net\",\"framing\":\"tcp\"}";
	two_ports();
	both_down();
	of_two(BUS, NET);
}

/* The port is not recorded, but the place it connects to is. */
static void an_older_record_tells_a_port_by_the_place_it_connects_to(void **with)
{
	ph->line = "9600 8N1";
	cod->line = "127.0.0.1:15502";
	two_ports();
	both_down();
	of_two(BUS, NET);
}

static void of_two_ports_gone_at_once_that_may_both_be_both_are_named(void **with)
{
	two_ports();
	both_down();
	of_two(BUS ", or " NET, BUS ", or " NET);
}

/* One that is silent for itself while another's port is gone. */
static void silent_while_net_is_down(void)
{
	feed_state(600, "port net", "down", REFUSED);
	both_silent(600, 1200);
	feed_both(1200, 1800);
}

static void a_port_of_others_is_no_reason_of_one_that_is_silent_for_itself(void **with)
{
	ph->settings = "{\"port\":\"bus\"}";
	cod->settings = "{\"port\":\"net\"}";
	two_ports();
	silent_while_net_is_down();
	of_two(SILENT, NET);
}

static void a_port_that_may_be_anothers_is_no_reason_while_one_more_is_open(void **with)
{
	two_ports();
	silent_while_net_is_down();
	of_two(SILENT, SILENT);
}

static void what_an_instrument_itself_was_told_goes_before_any_port(void **with)
{
	two_ports();
	feed_state(620, "instrument ph", "down", "cable pulled");
	silent_while_net_is_down();
	of_two("instrument ph: cable pulled", SILENT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, feed_setup, feed_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(of_two_ports_gone_at_once_each_instrument_is_told_its_own),
		TEST(an_older_record_tells_a_port_by_the_place_it_connects_to),
		TEST(of_two_ports_gone_at_once_that_may_both_be_both_are_named),
		TEST(a_port_of_others_is_no_reason_of_one_that_is_silent_for_itself),
		TEST(a_port_that_may_be_anothers_is_no_reason_while_one_more_is_open),
		TEST(what_an_instrument_itself_was_told_goes_before_any_port),
	};
	return cmocka_run_group_tests_name("gaps: whose port", tests, NULL, NULL);
}
