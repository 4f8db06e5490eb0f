/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sub-loggers on a line: readings and thanks, what is told of those that do not make themselves understood,
 * and one that is asked.  The clock is moved by hand. */
#include "tests/kits/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "sensors/drivers/hj212.h"
#include "tests/kits/free_port.h"
#include "tests/kits/hj212_rig.h"
#include "tests/kits/hj212_vectors.h"

#define BUS "{id: bus, path: /dev/modbus0}"
#define SUB                                                                            \
	"  - {id: sub, profile: hj212-2017-waste-water, port: bus, poll_every: 60s}\n"

/* ---- who speaks by itself ---- */

static void a_message_is_a_reading_and_is_thanked(void **state)
{
	struct sub_rig *rig = *state;
	sub_start(rig, BUS, SUB);
	sub_run(rig, SECOND);
	sub_hear(rig, hj212_vector("H07a"));
	assert_int_equal(rig->n_readings, 1);
	assert_string_equal(rig->wire.sent, hj212_vector("H07b"));
	sub_hear(rig, hj212_vector("H02a")); /* Flag=4: no thanks wanted */
	assert_int_equal(rig->n_readings, 2);
	assert_int_equal(rig->state, STATE_OK);
	assert_string_equal(rig->wire.sent, hj212_vector("H07b"));
	assert_true(sub_told(rig, "up answers"));
}

/* Our thanks were lost: it says the same three times more.  What comes a fifth time is not that. */
static void a_message_sent_again_is_thanked_again_and_counts_once(void **state)
{
	struct sub_rig *rig = *state;
	sub_start(rig, BUS, SUB);
	for (size_t i = 1; i <= 5; i++) {
		sub_hear(rig, hj212_vector("H07a"));
		assert_int_equal(rig->n_readings, i < 5 ? 1 : 2);
		assert_int_equal(rig->wire.n_sent, i * strlen(hj212_vector("H07b")));
	}
}

static void other_messages_are_thanked_and_are_no_readings(void **state)
{
	struct sub_rig *rig = *state;
	sub_start(rig, BUS, SUB);
	sub_hear(rig,
	        hj212_framed(
	                "QN=7;ST=32;CN=2051;PW=1;MN=M;Flag=5;CP=&&w01018-Avg=1&&"));
	assert_int_equal(rig->n_readings, 0);
	assert_contains(rig->wire.sent, "QN=7;ST=91;CN=9014;PW=1;MN=M;Flag=4;CP=&&&&");
	rig->wire.n_sent = 0;
	sub_hear(rig, hj212_vector("H06a")); /* a request, of whomever */
	sub_hear(rig, hj212_framed("QN=7;ST=91;CN=9014;PW=1;MN=M;Flag=5;CP=&&A=1&&"));
	assert_int_equal(rig->n_readings, 0);
	assert_int_equal(rig->wire.n_sent, 0);
}

static void nobody_is_thanked_on_another_masters_line(void **state)
{
	struct sub_rig *rig = *state;
	sub_start(rig, "{id: bus, path: /dev/modbus0, master: other}", SUB);
	sub_hear(rig, hj212_vector("H07a"));
	assert_int_equal(rig->n_readings, 1);
	assert_int_equal(rig->wire.n_sent, 0);
}

static void two_sub_loggers_share_a_line_by_their_addresses(void **state)
{
	struct sub_rig *rig = *state;
	sub_profile(rig, "own", "");
	sub_start(rig, BUS,
	        "  - {id: one, profile: own, port: bus, address: M1, poll_every: 60s}\n"
	        "  - {id: two, profile: own, port: bus, address: M2, poll_every: "
	        "60s}\n");
	sub_hear(rig, hj212_framed("QN=1;CN=2011;MN=M2;Flag=5;CP=&&w01018-Rtd=1&&"));
	assert_int_equal(rig->by[0], 0);
	assert_int_equal(rig->by[1], 1);
	assert_string_equal(rig->wire.sent,
	        hj212_framed("QN=1;ST=91;CN=9014;MN=M2;Flag=4;CP=&&&&"));
	sub_hear(rig, hj212_framed("QN=1;CN=2011;MN=M3;Flag=5;CP=&&w01018-Rtd=1&&"));
	assert_int_equal(rig->n_readings, 1);
	assert_string_equal(rig->wire.sent,
	        hj212_framed("QN=1;ST=91;CN=9014;MN=M2;Flag=4;CP=&&&&"));
}

static void each_part_of_a_message_is_an_instrument(void **state)
{
	struct sub_rig *rig = *state;
	sub_profile(rig, "first", "part: 1\n");
	sub_profile(rig, "second", "part: 2\n");
	sub_start(rig, BUS,
	        "  - {id: one, profile: first, port: bus, poll_every: 60s}\n"
	        "  - {id: two, profile: second, port: bus, poll_every: 60s}\n");
	sub_hear(rig,
	        hj212_framed("QN=1;CN=2011;Flag=7;PNUM=2;PNO=1;CP=&&w01018-Rtd=1&&"));
	assert_int_equal(rig->by[0], 1);
	assert_int_equal(rig->by[1], 0);
	sub_hear(rig,
	        hj212_framed("QN=1;CN=2011;Flag=7;PNUM=2;PNO=2;CP=&&w01018-Rtd=2&&"));
	assert_int_equal(rig->by[0], 1);
	assert_int_equal(rig->by[1], 1);
	assert_int_equal(rig->wire.n_sent,
	        2 * strlen(hj212_framed("QN=1;ST=91;CN=9014;Flag=4;CP=&&&&")));
}

/* ---- who does not make itself understood ---- */

/* The same message once a minute, for five minutes. */
static void hear_minutes(struct sub_rig *rig, const char *text)
{
	for (int i = 0; i < 5; i++) {
		sub_hear(rig, text);
		sub_run(rig, 60 * SECOND);
	}
}

static void the_check_of_another_is_told_by_its_name_and_counted(void **state)
{
	struct sub_rig *rig = *state;
	char text[2048], check[8];
	sub_start(rig, BUS, SUB);
	snprintf(text, sizeof text, "%s", hj212_vector("H07a"));
	size_t n = strlen(text) - HJ212_OVERHEAD;
	snprintf(check, sizeof check, "%04X",
	        hj212_check_of(HJ212_CHECK_MODBUS_SWAPPED, (uint8_t *)text + 6, n));
	memcpy(text + 6 + n, check, 4);
	hear_minutes(rig, text);
	assert_true(sub_told(rig, "down a message of HJ 212 comes, but its check"));
	assert_true(sub_told(rig, "CRC of Modbus with its bytes swapped"));
	assert_true(sub_told(rig, "`crc: modbus-swapped` takes it"));
	/* which is the cure: nothing is to be looked for at speed and wiring */
	assert_false(sub_told(rig, "takes it:"));
	assert_false(sub_told(rig, "check speed, parity"));
	assert_true(poller_counts(rig->poller, 0)->checksum >= 3);
	assert_int_equal(poller_counts(rig->poller, 0)->malformed, 0);
	assert_int_equal(rig->state, STATE_GARBLED);
	assert_int_equal(rig->wire.n_sent, 0);
}

static void who_leaves_out_the_end_is_told_the_profile_and_not_the_line(void **state)
{
	struct sub_rig *rig = *state;
	char text[2048];
	sub_start(rig, BUS, SUB);
	snprintf(text, sizeof text, "%s", hj212_vector("H07a"));
	text[strlen(text) - 2] = '\0';
	strcat(text, "..");
	hear_minutes(rig, text);
	assert_true(sub_told(rig, "a profile with `end: none` takes it"));
	assert_false(sub_told(rig, "check speed, parity"));
}

static void what_has_no_check_at_all_may_be_the_line(void **state)
{
	struct sub_rig *rig = *state;
	char text[2048];
	sub_start(rig, BUS, SUB);
	snprintf(text, sizeof text, "%s", hj212_vector("H07a"));
	text[40] ^= 1;
	hear_minutes(rig, text);
	assert_true(
	        sub_told(rig, "its check is wrong: check speed, parity and wiring"));
}

static void a_wrong_length_is_told_and_counted_apart(void **state)
{
	struct sub_rig *rig = *state;
	char text[2048];
	sub_start(rig, BUS, SUB);
	snprintf(text, sizeof text, "%s", hj212_vector("H07a"));
	memcpy(text + 2, "0215", 4);
	hear_minutes(rig, text);
	assert_true(sub_told(rig, "its length says 215 bytes, and there are 218"));
	assert_int_equal(poller_counts(rig->poller, 0)->checksum, 0);
	assert_true(poller_counts(rig->poller, 0)->malformed >= 3);
}

static void a_foreign_address_is_told(void **state)
{
	struct sub_rig *rig = *state;
	sub_start(rig, BUS,
	        "  - {id: sub, profile: hj212-2017-waste-water, port: bus, "
	        "poll_every: 60s, address: M9}\n");
	hear_minutes(rig, hj212_vector("H07a"));
	assert_int_equal(rig->state, STATE_GARBLED);
	assert_true(sub_told(rig,
	        "MN=010000A8900016F000169DC0 is not the address of the configuration"));
}

/* However fast it spoke before, a minute and a half after its last word it is silent. */
static void silence_is_seen_a_period_and_a_half_after_the_last_word(void **state)
{
	struct sub_rig *rig = *state;
	char data[128];
	sub_start(rig, BUS, SUB);
	for (int i = 0; i < 40; i++) {
		snprintf(data, sizeof data, "QN=%d;ST=32;CN=2011;CP=&&w01018-Rtd=%d&&",
		        i, i);
		sub_hear(rig, hj212_framed(data));
		sub_run(rig, 10 * SECOND);
	}
	assert_int_equal(rig->n_readings, 40);
	sub_run(rig, 89 * SECOND);
	assert_int_equal(rig->n_readings, 40);
	sub_run(rig, 2 * SECOND);
	assert_int_equal(rig->n_readings, 41);
	assert_int_equal(rig->state, STATE_SILENT);
	sub_run(rig, 120 * SECOND);
	assert_int_equal(rig->n_readings, 43);
	assert_true(sub_told(rig, "down does not answer"));
}

/* The sub-logger is there; what it says is that its instruments are not. */
static void who_says_that_its_instruments_are_silent_is_up(void **state)
{
	struct sub_rig *rig = *state;
	sub_profile(rig, "own", "");
	sub_start(
	        rig, BUS, "  - {id: one, profile: own, port: bus, poll_every: 60s}\n");
	for (int i = 0; i < 5; i++) {
		char data[128];
		snprintf(data, sizeof data,
		        "QN=%d;CN=2011;CP=&&w01018-Rtd=0,w01018-Flag=B&&", i);
		sub_hear(rig, hj212_framed(data));
		assert_int_equal(rig->state, STATE_SILENT);
		sub_run(rig, 60 * SECOND);
	}
	assert_int_equal(rig->n_readings, 5);
	assert_false(sub_told(rig, "down"));
}

/* ---- who is asked ---- */

#define ASKED                                                                          \
	"  - {id: one, profile: asked, port: bus, address: M1, poll_every: 10s, "      \
	"timeout: 2s}\n"

static void a_sub_logger_may_be_asked(void **state)
{
	struct sub_rig *rig = *state;
	sub_profile(rig, "asked", "ask: yes\nst: 32\npassword: pw\n");
	sub_start(rig, BUS, ASKED);
	sub_run(rig, SECOND);
	assert_string_equal(rig->wire.sent,
	        hj212_framed("QN=20000101000000001;ST=32;CN=2011;PW=pw;MN=M1;Flag=5;"
	                     "CP=&&&&"));
	rig->wire.n_sent = 0;
	sub_hear(rig,
	        hj212_framed(
	                "QN=20000101000000001;ST=91;CN=9011;MN=M1;CP=&&QnRtn=1&&"));
	assert_int_equal(rig->n_readings, 0);
	sub_hear(rig,
	        hj212_framed("QN=5;ST=32;CN=2011;MN=M1;Flag=5;CP=&&w01018-Rtd=3&&"));
	assert_int_equal(rig->n_readings, 0); /* it will say when it has done */
	assert_string_equal(rig->wire.sent,
	        hj212_framed("QN=5;ST=91;CN=9014;MN=M1;Flag=4;CP=&&&&"));
	sub_hear(rig,
	        hj212_framed(
	                "QN=20000101000000001;ST=91;CN=9012;MN=M1;CP=&&ExeRtn=1&&"));
	assert_int_equal(rig->n_readings, 1);
	assert_int_equal(rig->state, STATE_OK);
	assert_int_equal(poller_counts(rig->poller, 0)->noise, 0);
	rig->wire.n_sent = 0;
	sub_run(rig, 10 * SECOND);
	assert_contains(rig->wire.sent, "QN=20000101000000002;");
	sub_hear(rig, hj212_framed("QN=6;ST=32;CN=2011;MN=M1;CP=&&w01018-Rtd=4&&"));
	assert_int_equal(
	        rig->n_readings, 2); /* without a word before, none is awaited */
}

static void a_refusal_is_told_with_its_reason(void **state)
{
	struct sub_rig *rig = *state;
	sub_profile(rig, "asked", "ask: yes\nst: 32\n");
	sub_start(rig, BUS, ASKED);
	sub_run(rig, SECOND);
	sub_hear(rig,
	        hj212_framed(
	                "QN=20000101000000001;ST=91;CN=9011;MN=M1;CP=&&QnRtn=3&&"));
	assert_int_equal(rig->n_readings, 1);
	assert_int_equal(rig->state, STATE_REFUSED);
	assert_true(sub_told(rig, "refused refuses: exception 3, PW, the password"));
}

/* ---- through a real socket ---- */

/* One turn of the loop of sensord. */
static void turn(struct sub_rig *rig, struct clock *clock, int wait_ms)
{
	struct pollfd fds[4];
	size_t n = poller_descriptors(rig->poller, fds, 4);
	poll(fds, n, wait_ms);
	struct moment now = clock_now(clock);
	poller_step(rig->poller, fds, n, &now);
}

static void a_sub_logger_connects_and_is_thanked(void **state)
{
	struct sub_rig *rig = *state;
	struct clock clock;
	char port[96], got[512];
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int number = free_port();
	to.sin_port = htons((uint16_t)number);
	snprintf(port, sizeof port, "{id: bus, listen: \"127.0.0.1:%d\"}", number);
	rig->real = true;
	clock_init(&clock);
	sub_start(rig, port, SUB);
	turn(rig, &clock, 0);
	for (size_t i = 1; i <= 2; i++) { /* it hangs up, and comes again */
		int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(connect(peer, (struct sockaddr *)&to, sizeof to), 0);
		const char *text =
		        i == 1 ? hj212_vector("H07a")
		               : hj212_framed("QN=3;ST=32;CN=2011;Flag=5;CP=&&"
		                              "w01018-Rtd=3&&");
		assert_int_equal(write(peer, text, strlen(text)), strlen(text));
		for (int turns = 0; rig->n_readings < i && turns < 50; turns++)
			turn(rig, &clock, 100);
		assert_int_equal(rig->n_readings, i);
		ssize_t n = read(peer, got, sizeof got - 1);
		assert_true(n > 0);
		got[n] = '\0';
		assert_contains(got, "CN=9014");
		close(peer);
	}
	assert_true(poller_port_up(rig->poller, 0));
}

#define RIG(test) cmocka_unit_test_setup_teardown(test, sub_make, sub_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIG(a_message_is_a_reading_and_is_thanked),
		RIG(a_message_sent_again_is_thanked_again_and_counts_once),
		RIG(other_messages_are_thanked_and_are_no_readings),
		RIG(nobody_is_thanked_on_another_masters_line),
		RIG(two_sub_loggers_share_a_line_by_their_addresses),
		RIG(each_part_of_a_message_is_an_instrument),
		RIG(the_check_of_another_is_told_by_its_name_and_counted),
		RIG(who_leaves_out_the_end_is_told_the_profile_and_not_the_line),
		RIG(what_has_no_check_at_all_may_be_the_line),
		RIG(a_wrong_length_is_told_and_counted_apart),
		RIG(a_foreign_address_is_told),
		RIG(silence_is_seen_a_period_and_a_half_after_the_last_word),
		RIG(who_says_that_its_instruments_are_silent_is_up),
		RIG(a_sub_logger_may_be_asked),
		RIG(a_refusal_is_told_with_its_reason),
		RIG(a_sub_logger_connects_and_is_thanked),
	};
	return cmocka_run_group_tests_name("hj212_line", tests, NULL, NULL);
}
