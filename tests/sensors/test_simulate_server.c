/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator as a server: pseudo-terminals that others open. */
#include "tests/kits/check.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/kits/faulty_line.h"
#include "tests/kits/served.h"

static struct scenario *scenario;

static int setup(void **state)
{
	char whole[4096];
	if (fixture_make(state) != 0)
		return -1;
	snprintf(whole, sizeof whole, fixture_head, (const char *)*state);
	fixture_write(*state, "scenario.yaml",
	        "%sports: [{id: bus, mode: rtu}]\n"
	        "instruments:\n"
	        "  - {id: water, profile: fixture-water, port: bus, delay: 30ms, "
	        "channels: [{name: cod, mean: 42}]}\n",
	        whole);
	scenario = fixture_scenario(*state, "scenario.yaml");
	return 0;
}

static int teardown(void **state)
{
	scenario_free(scenario);
	return scratch_remove(state);
}

static size_t hear(int descriptor, uint8_t *out, size_t room, size_t wanted)
{
	size_t got = 0;
	struct pollfd look = { .fd = descriptor, .events = POLLIN };
	while (got < wanted && poll(&look, 1, 2000) > 0) {
		ssize_t n = read(descriptor, out + got, room - got);
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	return got;
}

static void a_pseudo_terminal_is_linked_answers_and_goes_away(void **state)
{
	struct served server = { .scenario = scenario,
		.options = { .dir = *state,
		        .speed = 1,
		        .from_us = FIXTURE_DAY1,
		        .for_s = INFINITY } };
	struct stat st;
	char path[512];
	uint8_t request[MODBUS_FRAME], out[MODBUS_FRAME];
	struct modbus_request asked = {
		.slave = 1, .function = 4, .start = 100, .count = 6
	};
	struct modbus_answer answer;
	int n = modbus_request_put(FRAMING_RTU, &asked, request, sizeof request);
	snprintf(path, sizeof path, "%s", in_folder(*state, "bus"));
	served_begin(&server);
	int descriptor = served_open(path);
	assert_true(descriptor >= 0);
	/* noise, then a request in two parts */
	assert_int_equal(write(descriptor, "\xff\x00", 2), 2);
	assert_int_equal(write(descriptor, request, 3), 3);
	poll(NULL, 0, 5);
	assert_int_equal(write(descriptor, request + 3, (size_t)n - 3), n - 3);
	assert_int_equal(hear(descriptor, out, sizeof out, 17), 17);
	assert_int_equal(
	        modbus_answer_get(FRAMING_RTU, &asked, out, 17, true, &answer), OK);
	close(descriptor);
	served_end(&server);
	assert_int_equal(server.status, OK);
	assert_int_equal(lstat(path, &st), -1);
}

static void a_file_in_the_way_of_a_link_is_left_alone(void **state)
{
	struct served server = { .scenario = scenario,
		.options = { .dir = *state, .speed = 1, .for_s = 0.01 } };
	struct stat st;
	fixture_write(*state, "bus", "not a link\n");
	assert_int_equal(
	        simulate_serve(scenario, &server.options, &server.why), FAILED);
	assert_contains(server.why.text, "port 'bus'");
	assert_int_equal(server.why.exit, EXIT_CONFIG);
	assert_int_equal(lstat(in_folder(*state, "bus"), &st), 0);
	assert_true(S_ISREG(st.st_mode));
}

static void a_pseudo_terminal_hangs_up_and_is_back_under_another_name(void **state)
{
	struct served server = { .scenario = faulty_scenario,
		.options = { .dir = *state,
		        .speed = 1,
		        .from_us = HOUR(HANG_UP),
		        .for_s = INFINITY } };
	char path[512], before[64], after[64];
	uint8_t request[MODBUS_FRAME];
	size_t n = faulty_request(1, request);
	snprintf(path, sizeof path, "%s", in_folder(*state, "bus"));
	served_begin(&server);
	int descriptor = served_open(path);
	assert_true(descriptor >= 0);
	assert_int_equal(ttyname_r(descriptor, before, sizeof before), 0);
	assert_int_equal(write(descriptor, request, n), n);
	struct pollfd look = { .fd = descriptor, .events = POLLIN };
	assert_int_equal(poll(&look, 1, 5000), 1);
	assert_true(look.revents & POLLHUP);
	int other = served_open(path);
	assert_true(other >= 0);
	assert_int_equal(ttyname_r(other, after, sizeof after), 0);
	assert_string_not_equal(before, after);
	close(descriptor);
	close(other);
	served_end(&server);
	assert_int_equal(server.status, OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		        a_pseudo_terminal_is_linked_answers_and_goes_away, setup,
		        teardown),
		cmocka_unit_test_setup_teardown(
		        a_file_in_the_way_of_a_link_is_left_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(
		        a_pseudo_terminal_hangs_up_and_is_back_under_another_name,
		        faulty_setup, faulty_teardown),
	};
	return cmocka_run_group_tests_name("simulate, server", tests, NULL, NULL);
}
