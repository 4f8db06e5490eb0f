/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maintenance by key-switch and by order: what is marked, what is told, and that it ends. */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/folder.h"
#include "tests/kits/cabinet_rig.h"

static const char key[] =
        "cabinet: {usb: no, boot: no, login: no}\n"
        "inputs:\n"
        "  - {id: key, kind: maintenance, gpio: /dev/gpiochip0, gpio_line: 3, "
        "instruments: "
        "[cod], ends_after: 90min}\n"
        "  - {id: all, kind: maintenance, gpio: /dev/gpiochip0, gpio_line: 4}\n";
static const char no_key[] = "cabinet: {usb: no, boot: no, login: no}\n";

static uint8_t flow_state(void)
{
	uint8_t states[READING_CHANNELS] = { STATE_OK };
	double number[READING_CHANNELS] = { 0 };
	return rig_reading("flow", states, number)[0];
}

static void check_last(const char *subject, const char *state, const char *text)
{
	const struct rig_told *told = rig_last(subject);
	assert_non_null(told);
	assert_string_equal(told->state, state);
	assert_contains(told->text, text);
}

/* ---- the key-switch ---- */

static void while_the_key_is_on_its_instruments_are_marked(void **state)
{
	rig_begin(key);
	rig_run(2 * SEC);
	assert_int_equal(rig_count("input key", "off"), 1);
	assert_null(rig_last("maintenance by key"));
	assert_int_equal(rig_cod(10), STATE_OK);
	rig_turn(3, true);
	check_last("maintenance by key", "on", "key-switch: cod; ends by itself at ");
	assert_int_equal(rig_cod(10), STATE_MAINTENANCE);
	assert_int_equal(flow_state(), STATE_OK);
	rig_turn(4, true);
	check_last("maintenance by all", "on", "key-switch: flow, cod; ends");
	assert_int_equal(flow_state(), STATE_MAINTENANCE);
	rig_turn(4, false);
	assert_int_equal(flow_state(), STATE_OK);
	assert_int_equal(rig_cod(10), STATE_MAINTENANCE);
	rig_turn(3, false);
	check_last("maintenance by key", "off", "key-switch");
	assert_int_equal(rig_cod(10), STATE_OK);
}

static void what_says_more_than_maintenance_is_left(void **state)
{
	rig_begin(key);
	rig_run(2 * SEC);
	rig_turn(3, true);
	for (uint8_t i = 0; i < CHANNEL_STATES; i++) {
		uint8_t all[READING_CHANNELS];
		double number[READING_CHANNELS] = { 0 };
		memset(all, i, sizeof all);
		const uint8_t *got = rig_reading("cod", all, number);
		bool marked = i == STATE_OK || i == STATE_BELOW_RANGE ||
		              i == STATE_ABOVE_RANGE || i == STATE_STOPPED;
		assert_int_equal(got[0], marked ? STATE_MAINTENANCE : i);
	}
}

static void it_ends_by_itself_though_the_key_stays_on(void **state)
{
	rig_begin(key);
	rig_run(2 * SEC);
	rig_turn(3, true);
	rig_run(90 * 60 * SEC - 4 * SEC);
	assert_int_equal(rig_cod(10), STATE_MAINTENANCE);
	rig_run(5 * SEC);
	check_last("maintenance by key", "ended",
	        "by itself, after 90 min; the key-switch is still on");
	assert_int_equal(rig_cod(10), STATE_OK);
	rig_run(86400 * SEC);
	assert_int_equal(rig_count("maintenance by key", "on"), 1);
	assert_int_equal(rig_cod(10), STATE_OK);
	rig_turn(3, false); /* nothing more ends */
	assert_int_equal(rig_count("maintenance by key", "off"), 0);
	rig_turn(3, true);
	assert_int_equal(rig_count("maintenance by key", "on"), 2);
	assert_int_equal(rig_cod(10), STATE_MAINTENANCE);
}

static void a_key_that_cannot_be_read_neither_begins_nor_ends_it(void **state)
{
	rig_begin(key);
	rig_run(2 * SEC);
	rig.no_chip = true;
	rig_turn(3, true);
	assert_int_equal(rig_count("input key", "unknown"), 1);
	assert_int_equal(rig_cod(10), STATE_OK);
	rig.no_chip = false;
	rig_run(10 * SEC);
	assert_int_equal(
	        rig_cod(10), STATE_MAINTENANCE); /* it is on, and can be read */
	rig.no_chip = true;
	rig_edge(3, true, 0);
	rig_run(2 * SEC);
	assert_int_equal(rig_count("input key", "unknown"), 2);
	assert_int_equal(rig_cod(10), STATE_MAINTENANCE);
	rig_run(90 * 60 * SEC);
	assert_int_equal(rig_cod(10), STATE_OK);
	const struct rig_told *told = rig_last("maintenance by key");
	assert_string_equal(told->state, "ended");
	assert_contains(told->text, "after 90 min; the key-switch cannot be read");
	assert_null(strstr(told->text, "still on"));
}

static void a_restart_gives_the_key_no_more_time(void **state)
{
	rig_begin(key);
	rig_run(2 * SEC);
	rig_turn(3, true);
	for (int i = 0; i < 8; i++) { /* every ten minutes */
		rig_run(600 * SEC);
		rig_restart_program();
		check_last("maintenance by key", "on", "goes on: cod; ends by itself");
		rig_run(2 * SEC);
		assert_int_equal(rig_count("maintenance by key", "on"), 1);
		assert_int_equal(rig_cod(10), STATE_MAINTENANCE);
	}
	rig_restart_machine(300 * SEC);
	rig_run(2 * SEC);
	assert_int_equal(rig_cod(10), STATE_MAINTENANCE);
	rig_run(300 * SEC);
	check_last("maintenance by key", "ended", "by itself");
	assert_int_equal(rig_cod(10), STATE_OK);
	rig_restart_program(); /* and what it has spent stays spent */
	rig_run(60 * SEC);
	assert_int_equal(rig_cod(10), STATE_OK);
	assert_null(rig_last("maintenance by key"));
}

static void a_key_turned_off_meanwhile_ends_it(void **state)
{
	rig_begin(key);
	rig_run(2 * SEC);
	rig_turn(3, true);
	rig.line[3].level = false;
	rig_restart_program();
	assert_int_equal(rig_cod(10), STATE_MAINTENANCE);
	rig_run(2 * SEC);
	check_last("maintenance by key", "off", "key-switch");
	assert_int_equal(rig_cod(10), STATE_OK);
}

/* ---- orders ---- */

static int order(const char *id, bool on, const char *reason, char answer[CONTROL_MOST])
{
	struct order one = { .kind = ORDER_MAINTENANCE, .on = on };
	snprintf(one.id, sizeof one.id, "%s", id);
	snprintf(one.reason, sizeof one.reason, "%s", reason);
	return rig_order(&one, answer);
}

static void an_order_says_who_and_why_and_ends_by_itself(void **state)
{
	char answer[CONTROL_MOST], who[64];
	rig_begin(no_key);
	assert_int_equal(order("cod", true, "thay bộ lọc", answer), OK);
	assert_contains(answer, "maintenance of cod until ");
	snprintf(who, sizeof who, "(uid %u)", (unsigned)getuid());
	check_last("maintenance cod", "on", who);
	check_last("maintenance cod", "on", ": thay bộ lọc: cod; ends by itself at ");
	assert_int_equal(rig_cod(10), STATE_MAINTENANCE);
	assert_int_equal(flow_state(), STATE_OK);
	rig_run(7000 * SEC);
	assert_int_equal(order("cod", true, "still at it", answer), OK);
	check_last("maintenance cod", "renewed", "still at it");
	rig_run(7199 * SEC);
	assert_int_equal(rig_cod(10), STATE_MAINTENANCE);
	rig_run(2 * SEC);
	check_last("maintenance cod", "ended", "by itself, after 120 min");
	assert_int_equal(rig_cod(10), STATE_OK);
	assert_int_equal(order("cod", true, "again", answer), OK);
	assert_int_equal(rig_count("maintenance cod", "on"), 2);
	assert_int_equal(order("cod", false, "done", answer), OK);
	check_last("maintenance cod", "off", "done");
	assert_int_equal(rig_cod(10), STATE_OK);
}

static void the_stations_id_means_all_of_them(void **state)
{
	char answer[CONTROL_MOST];
	rig_begin(no_key);
	assert_int_equal(order("nt-01", true, "cleaning", answer), OK);
	check_last("maintenance all instruments", "on", "cleaning: flow, cod; ends");
	assert_int_equal(rig_cod(10), STATE_MAINTENANCE);
	assert_int_equal(flow_state(), STATE_MAINTENANCE);
	rig_restart_program();
	assert_int_equal(flow_state(), STATE_MAINTENANCE);
	assert_int_equal(order("nt-01", false, "done", answer), OK);
	assert_int_equal(flow_state(), STATE_OK);
}

static void what_cannot_be_done_is_answered(void **state)
{
	char answer[CONTROL_MOST];
	rig_begin(no_key);
	assert_int_equal(order("cot", true, "x", answer), REFUSED);
	assert_contains(answer, "there is no instrument 'cot' at station 'nt-01'");
	assert_int_equal(order("cod", false, "x", answer), REFUSED);
	assert_contains(answer, "maintenance of cod is not on");
	assert_int_equal(order("cod", true, "", answer), REFUSED);
	assert_contains(answer, "a reason is wanted");
	assert_int_equal(order("cod", true, "  ", answer), REFUSED);
	assert_int_equal(order("cod", true, "two\nlines", answer), REFUSED);
	/* what a terminal obeys, and what turns the order of letters */
	assert_int_equal(order("cod", true,
	                         "a\xc2\x9b"
	                         "31mb",
	                         answer),
	        REFUSED);
	assert_int_equal(order("cod", true,
	                         "a\xe2\x80\xae"
	                         "b",
	                         answer),
	        REFUSED);
	assert_int_equal(order("cod", true,
	                         "a\xe2\x81\xa6"
	                         "b",
	                         answer),
	        REFUSED);
	assert_int_equal(rig.n_told, 0);
	assert_int_equal(rig_cod(10), STATE_OK);
}

/* ---- the socket ---- */

static void only_its_owner_and_group_may_write_to_it(void **state)
{
	struct stat st;
	rig_begin(no_key);
	assert_int_equal(stat(in_folder(rig.folder, CONTROL_FILE), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_true(S_ISSOCK(st.st_mode));
}

static void nobody_listens_when_the_program_does_not_run(void **state)
{
	struct order one = { .kind = ORDER_MAINTENANCE, .id = "cod", .reason = "x" };
	struct problem why;
	struct control_answer answer;
	rig_begin(no_key);
	cabinet_free(rig.cabinet);
	rig.cabinet = NULL;
	assert_int_not_equal(access(in_folder(rig.folder, CONTROL_FILE), F_OK), 0);
	assert_int_equal(control_ask(rig.folder, &one, &answer, &why), FAILED);
	assert_int_equal(why.exit, EXIT_NO_DAEMON);
	assert_int_equal(answer.outcome, CONTROL_NOBODY);
	/* killed: its socket is still there */
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	snprintf(name.sun_path, sizeof name.sun_path, "%s",
	        in_folder(rig.folder, CONTROL_FILE));
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
	close(fd);
	assert_int_equal(control_ask(rig.folder, &one, &answer, &why), FAILED);
	assert_int_equal(why.exit, EXIT_NO_DAEMON);
}

static int connect_raw(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
	snprintf(name.sun_path, sizeof name.sun_path, "%s",
	        in_folder(rig.folder, CONTROL_FILE));
	assert_int_equal(connect(fd, (struct sockaddr *)&name, sizeof name), 0);
	return fd;
}

static void who_says_nothing_is_not_waited_for(void **state)
{
	char answer[CONTROL_MOST];
	int silent[CONTROL_CLIENTS];
	rig_begin(no_key);
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		silent[i] = connect_raw();
		rig_run(0);
	}
	rig_run(CONTROL_WAIT_US - 10 * MS);
	assert_int_equal(recv(silent[0], answer, sizeof answer, 0), -1);
	rig_run(20 * MS);
	assert_int_equal(recv(silent[0], answer, sizeof answer, 0), 0);
	assert_int_equal(order("cod", true, "x", answer), OK);
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		close(silent[i]);
}

static void rubbish_is_answered_as_such(void **state)
{
	char long_one[CONTROL_MOST + 100], answer[CONTROL_MOST];
	memset(long_one, 'x', sizeof long_one);
	rig_begin(no_key);
	for (size_t n = 1; n < sizeof long_one; n = 3 * n + 1) {
		int fd = connect_raw();
		assert_int_equal(send(fd, long_one, n, 0), n);
		rig_run(20 * MS);
		ssize_t came = recv(fd, answer, sizeof answer, 0);
		assert_true(came > 3);
		assert_memory_equal(answer, "no\n", 3);
		close(fd);
	}
	assert_int_equal(rig.n_told, 0);
}

static void a_line_that_is_searched_by_hand_stands_in_the_record(void **state)
{
	char answer[CONTROL_MOST], who[64];
	struct order one = { .kind = ORDER_PROBED,
		.id = "nt-01",
		.reason = "/dev/ttyUSB1 (functions 3 and 4)" };
	rig_begin(no_key);
	assert_int_equal(rig_order(&one, answer), OK);
	assert_string_equal(answer, "the probe is recorded");
	snprintf(who, sizeof who, "(uid %u)", (unsigned)getuid());
	check_last("probe", "begun", who);
	check_last("probe", "begun", ": /dev/ttyUSB1 (functions 3 and 4)");
}

static void every_cut_of_an_order_is_refused(void **state)
{
	struct order one = {
		.kind = ORDER_MAINTENANCE, .id = "cod", .on = true, .reason = "filter"
	};
	struct order back;
	char text[CONTROL_MOST];
	int n = order_print(&one, text, sizeof text);
	assert_int_equal(order_parse(&back, text, (size_t)n), OK);
	assert_string_equal(back.reason, "filter");
	assert_true(back.on);
	/* up to its reason: a shorter reason is one too */
	for (size_t cut = 0; cut <= (size_t)n - strlen("filter"); cut++)
		assert_int_not_equal(order_parse(&back, text, cut), OK);
	memset(one.reason, 'r', ORDER_REASON);
	assert_int_equal(order_print(&one, text, sizeof text) > 0, 1);
	char over[CONTROL_MOST];
	n = snprintf(over, sizeof over, "%sr", text);
	assert_int_equal(order_parse(&back, over, (size_t)n), REFUSED);
	assert_int_equal(order_parse(&back, over, (size_t)n - 1), OK);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(while_the_key_is_on_its_instruments_are_marked),
		EACH(what_says_more_than_maintenance_is_left),
		EACH(it_ends_by_itself_though_the_key_stays_on),
		EACH(a_key_that_cannot_be_read_neither_begins_nor_ends_it),
		EACH(a_restart_gives_the_key_no_more_time),
		EACH(a_key_turned_off_meanwhile_ends_it),
		EACH(an_order_says_who_and_why_and_ends_by_itself),
		EACH(the_stations_id_means_all_of_them),
		EACH(what_cannot_be_done_is_answered),
		EACH(only_its_owner_and_group_may_write_to_it),
		EACH(nobody_listens_when_the_program_does_not_run),
		EACH(who_says_nothing_is_not_waited_for),
		EACH(rubbish_is_answered_as_such),
		EACH(a_line_that_is_searched_by_hand_stands_in_the_record),
		cmocka_unit_test(every_cut_of_an_order_is_refused),
	};
	return cmocka_run_group_tests_name("cabinet_maintenance", tests, NULL, NULL);
}
