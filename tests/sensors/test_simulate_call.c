/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of the simulator: a sub-logger that connects by itself, and a module whose coils can be written. */
#include "tests/kits/check.h"

#include <arpa/inet.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/legal_time.h"
#include "sensors/drivers/coil.h"
#include "sensors/drivers/modbus.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/served.h"

static struct scenario *scenario;
static int door, port;

/* A place for the sub-logger to call, where nobody listens yet. */
static void make_door(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;
	door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(door, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(door, (struct sockaddr *)&at, &size), 0);
	port = ntohs(at.sin_port);
}

static int setup(void **state)
{
	char head[1024];
	if (scratch_make(state) != 0)
		return -1;
	make_door();
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	fixture_profiles(*state);
	snprintf(head, sizeof head, fixture_head, (const char *)*state);
	fixture_write(*state, "scenario.yaml",
	        "%s"
	        "ports:\n"
	        "  - {id: bus}\n"
	        "  - {id: net, mode: tcp, listen: \"127.0.0.1:0\"}\n"
	        "  - {id: text, mode: ascii}\n"
	        "  - {id: sub, connect: \"127.0.0.1:%d\"}\n"
	        "instruments:\n"
	        "  - {id: relay, profile: modbus-di-4, port: bus, slave: 17, coils: 2, "
	        "channels: [{name: di1, mean: 1}]}\n"
	        "  - {id: deaf, profile: modbus-di-4, port: bus, slave: 18}\n"
	        "  - {id: other, profile: modbus-di-4, port: net, slave: 17, coils: "
	        "2}\n"
	        "  - {id: third, profile: modbus-di-4, port: text, slave: 17, coils: "
	        "2}\n"
	        "  - {id: sub, profile: hj212-2017-waste-water, port: sub, address: "
	        "\"000000000000000000000001\", every: 1s, channels: [{name: nh4, "
	        "mean: 1.5}]}\n"
	        "scenes:\n"
	        "  - {from: day 2, to: day 3, instrument: relay, silent: yes}\n"
	        "  - {from: day 2, to: day 3, port: sub, cable: yes}\n",
	        head, port);
	scenario = fixture_scenario(*state, "scenario.yaml");
	return 0;
}

static int teardown(void **state)
{
	close(door);
	scenario_free(scenario);
	return scratch_remove(state);
}

/* ---- coils ---- */

static size_t request_of(int framing, const struct coil *coil, uint8_t *out)
{
	struct modbus_write write = coil_write(coil);
	write.number = 9;
	int n = modbus_write_put(framing, &write, out, MODBUS_WRITE_FRAME);
	assert_true(n > 0);
	return (size_t)n;
}

static int ask(size_t at, int framing, const struct coil *coil, struct simulated *out)
{
	uint8_t request[MODBUS_WRITE_FRAME];
	size_t n = request_of(framing, coil, request);
	int used = simulate_answer(scenario, at, request, n, FIXTURE_DAY1, out);
	for (size_t cut = 1; used > 0 && cut < n; cut++) {
		struct simulated part;
		assert_int_equal(simulate_answer(scenario, at, request, cut,
		                         FIXTURE_DAY1, &part),
		        FRAME_SHORT);
	}
	if (used > 0)
		assert_int_equal(used, n);
	return used;
}

static const int framing_of[] = { FRAMING_RTU, FRAMING_TCP, FRAMING_ASCII };

static void a_coil_that_is_there_is_written(void **state)
{
	for (size_t at = 0; at < 3; at++)
		for (int on = 0; on < 2; on++) {
			struct coil coil = { .slave = 17, .address = 1, .on = on };
			struct simulated answer;
			uint8_t request[MODBUS_WRITE_FRAME], exception;
			size_t n = request_of(framing_of[at], &coil, request);
			assert_true(ask(at, framing_of[at], &coil, &answer) > 0);
			assert_int_equal(modbus_write_answer(framing_of[at], request,
			                         answer.bytes, answer.size, &exception),
			        (int)n);
			assert_int_equal(exception, 0);
		}
}

static void a_coil_that_is_not_there_is_refused(void **state)
{
	struct coil coil = { .slave = 17, .address = 2, .on = true };
	for (size_t at = 0; at < 3; at++) {
		struct simulated answer;
		uint8_t request[MODBUS_WRITE_FRAME], exception;
		request_of(framing_of[at], &coil, request);
		assert_true(ask(at, framing_of[at], &coil, &answer) > 0);
		assert_true(modbus_write_answer(framing_of[at], request, answer.bytes,
		                    answer.size, &exception) > 0);
		assert_int_equal(exception, 2);
	}
}

static void who_has_no_coils_answers_nothing(void **state)
{
	struct coil coil = { .slave = 18, .on = true };
	struct simulated answer;
	assert_int_equal(ask(0, FRAMING_RTU, &coil, &answer), FRAME_NONE);
	coil.slave = 19;
	assert_int_equal(ask(0, FRAMING_RTU, &coil, &answer), FRAME_NONE);
}

static void a_wrong_bit_is_no_order(void **state)
{
	struct coil coil = { .slave = 17, .on = true };
	struct modbus_write seen;
	uint8_t good[MODBUS_WRITE_FRAME], wrong[MODBUS_WRITE_FRAME];
	for (size_t f = 0; f < 3; f++) {
		int framing = framing_of[f];
		size_t n = request_of(framing, &coil, good);
		assert_int_equal(modbus_write_get(framing, good, n, &seen), n);
		for (size_t bit = 0; bit < 8 * n; bit++) {
			memcpy(wrong, good, n);
			wrong[bit / 8] ^= (uint8_t)(1u << bit % 8);
			int used = modbus_write_get(framing, wrong, n, &seen);
			/* TCP has no check: another number, slave or coil is one */
			if (used > 0)
				assert_true(framing == FRAMING_TCP);
		}
	}
}

static void one_that_is_silent_writes_nothing(void **state)
{
	struct coil coil = { .slave = 17, .on = true };
	struct simulated answer;
	uint8_t request[MODBUS_WRITE_FRAME];
	size_t n = request_of(FRAMING_RTU, &coil, request);
	assert_int_equal(simulate_answer(scenario, 0, request, n,
	                         FIXTURE_DAY1 + US_PER_DAY, &answer),
	        n);
	assert_int_equal(answer.size, 0);
}

/* ---- one that calls ---- */

static int take_call(void)
{
	struct pollfd look = { .fd = door, .events = POLLIN };
	assert_int_equal(poll(&look, 1, 10000), 1);
	return accept4(door, NULL, NULL, SOCK_CLOEXEC);
}

static void hear_message(int descriptor)
{
	char text[512];
	struct pollfd look = { .fd = descriptor, .events = POLLIN };
	assert_int_equal(poll(&look, 1, 10000), 1);
	ssize_t n = read(descriptor, text, sizeof text - 1);
	assert_true(n > 6);
	text[n] = '\0';
	assert_memory_equal(text, "##0", 3);
	assert_contains(text, "MN=000000000000000000000001;");
	assert_contains(text, "w21003-Rtd=1.5,");
}

static void a_sub_logger_calls_until_somebody_listens_and_calls_again(void **state)
{
	struct served server = { .scenario = scenario,
		.options = { .dir = *state,
		        .speed = 10,
		        .from_us = FIXTURE_DAY1,
		        .for_s = INFINITY } };
	served_begin(&server);
	int bus = served_open(in_folder(*state, "bus")); /* it runs, and calls */
	assert_true(bus >= 0);
	assert_int_equal(listen(door, 1), 0);
	for (int i = 0; i < 2; i++) {
		int peer = take_call();
		assert_true(peer >= 0);
		hear_message(peer);
		close(peer);
	}
	close(bus);
	served_end(&server);
	assert_int_equal(server.status, OK);
}

static void with_its_cable_pulled_it_calls_nobody(void **state)
{
	struct served server = { .scenario = scenario,
		.options = { .dir = *state,
		        .speed = 1,
		        .from_us = FIXTURE_DAY1 + US_PER_DAY,
		        .for_s = 0.8 } };
	struct pollfd look = { .fd = door, .events = POLLIN };
	assert_int_equal(listen(door, 1), 0);
	assert_int_equal(simulate_serve(scenario, &server.options, &server.why), OK);
	assert_int_equal(poll(&look, 1, 0), 0);
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(a_coil_that_is_there_is_written),
		scratch_test(a_coil_that_is_not_there_is_refused),
		scratch_test(who_has_no_coils_answers_nothing),
		scratch_test(a_wrong_bit_is_no_order),
		scratch_test(one_that_is_silent_writes_nothing),
		scratch_test(a_sub_logger_calls_until_somebody_listens_and_calls_again),
		scratch_test(with_its_cable_pulled_it_calls_nobody),
	};
	return cmocka_run_group_tests_name("simulate_call", tests, NULL, NULL);
}
