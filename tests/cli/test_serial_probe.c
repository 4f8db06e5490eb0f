/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac serial probe, the real program on pseudo-terminals and TCP: slaves are found, a
 * block is read in every order, models are told; late answers, echoes, text. */
#include "tests/kits/check.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/status.h"
#include "cli/serial_probe.h"
#include "sensors/drivers/modbus.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/free_port.h"
#include "tests/kits/line_kit.h"

#define QUICK "--i-own-this-bus --listen 0s --timeout 20ms "

static const char two_slaves[] =
        "ports:\n"
        "  - {id: bus, mode: rtu}\n"
        "instruments:\n"
        "  - {id: cod, profile: fixture-water, port: bus, slave: 3, channels: [{name: "
        "cod, mean: 42.5}, {name: ph, mean: 7.25}], delay: 2ms}\n"
        "  - {id: gas, profile: fixture-gas, port: bus, slave: 200, channels: [{name: "
        "dust, mean: 23.5}], delay: 2ms}\n";

static pid_t simulate(const char *folder)
{
	fixture_profiles(folder);
	fixture_write(folder, "scenario.yaml",
	        "scenario: {name: test, seed: 7, profiles: profiles}\n%s", two_slaves);
	return line_simulate(folder, "run/bus", 0);
}

/* ---- before anything is sent ---- */

/* Listening counts: a person waits for it too. */
static void it_does_not_take_longer_than_was_announced(void **state)
{
	unsigned most = 0;
	struct timespec from, to;
	pid_t line = simulate(*state);
	clock_gettime(CLOCK_MONOTONIC, &from);
	char *text = line_said(*state,
	        "serial probe run/bus --i-own-this-bus --listen 7s --slave 9 --timeout "
	        "20ms --lang en",
	        EXIT_FOUND);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_contains(text, " to 1 address, with 1 line setting.");
	const char *at = strstr(text, "all of it at most ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "all of it at most %u s", &most), 1);
	assert_true(most >= 7 && to.tv_sec - from.tv_sec <= most);
	assert_contains(
	        text, " s, and 6 s more for each instrument that answers too late");
	free(text);
	line_end(line);
}

/* What is no serial port is told before a word of what would be done. */
static void what_is_no_port_is_refused_first(void **state)
{
	static const char *const others[][2] = { { "/dev/null", "device" },
		{ "afile", "a file" }, { "adir", "a folder" },
		{ "/dev/tty", "a console of this machine's own screen" } };
	fixture_write(*state, "afile", "x");
	assert_int_equal(mkdir(in_folder(*state, "adir"), 0755), 0);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		char words[128], want[128];
		snprintf(words, sizeof words, "serial probe %s", others[i][0]);
		snprintf(want, sizeof want, "'%s' is no serial port but %s",
		        others[i][0], others[i][1]);
		char *text = line_said(*state, words, EXIT_NO_FILE);
		assert_contains(text, i == 0 ? "is no serial port but a device" : want);
		assert_null(strstr(text, "About to probe"));
		assert_null(strstr(text, "is using it"));
		free(text);
	}
	line_says(*state, "serial monitor afile --lang vi", EXIT_NO_FILE,
	        "'afile' không phải là cổng nối tiếp mà là tệp");
}

/* ---- slaves ---- */

static void slaves_are_found_and_a_block_is_read_in_every_order(void **state)
{
	pid_t line = simulate(*state);
	char *text = line_said(*state,
	        "serial probe run/bus " QUICK "--function 4 --start 100 --shows 42.5",
	        0);
	assert_contains(text, "2 slaves answer");
	assert_contains(text, "slave 3: there, refuses register 100 (exception 2, "
	                      "illegal data address)");
	assert_contains(text,
	        "slave 200: there, refuses register 100 (exception 2, illegal data");
	assert_contains(text, "Slave 3, function 4, 4 registers from 100");
	assert_null(strstr(text, "answered after -"));
	assert_contains(text, "   100  30101  00 00");
	assert_contains(text, "         42.5 +"); /* CDAB */
	assert_contains(text, " !");              /* the others */
	assert_contains(text, "If these are f32, CDAB from 100 on fits best");
	assert_contains(text, "42.5 may be at: 0, type: f32, order: CDAB  (42.5)");
	free(text);
	line_says(*state,
	        "serial probe run/bus " QUICK "--slave 3 --function 4 --start 100 "
	        "--count 6 --shows 7.25",
	        0, "7.25 may be at: 3, type: u16, divide: 100  (725)");
	line_says(*state,
	        "serial probe run/bus " QUICK
	        "--slave 3 --function 4 --start 100 --count 6 --shows 8.25 --lang vi",
	        0, "8.25 không có trong khối này");
	line_says(*state, "serial probe run/bus " QUICK "--slave 3 --start 5", 0,
	        "Slave 3 refuses to be read at register 5: exception 2, illegal data "
	        "address");
	line_end(line);
}

/* ---- while it lasts ---- */

static void what_is_tried_is_told_through_a_pipe_as_it_happens(void **state)
{
	pid_t line = simulate(*state);
	char *text = line_said(*state,
	        "serial probe run/bus --i-own-this-bus --listen 100ms --timeout 20ms "
	        "--lang en --match",
	        0);
	static const char *const steps[] = { "listening at 9600 8N1: 0 %\n",
		"asking at 9600 8N1 (1 of 1), the common addresses: 0 %\n",
		"slave 3 answers\n",
		"asking at 9600 8N1 (1 of 1), the other addresses: ",
		"slave 200 answers\n", "comparing models: 0 %\n",
		"2 slaves answer (9600 8N1)\n" };
	const char *at = text;
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		assert_contains(at, steps[i]); /* in this order */
		at = strstr(at, steps[i]);
	}
	free(text);
	text = line_said(*state, "serial probe run/bus " QUICK "--slave 3 -q", 0);
	assert_null(strstr(text, "asking at"));
	assert_null(strstr(text, "station add"));
	free(text);
	line_end(line);
}

static void the_same_step_is_told_again_after_ten_seconds(void **state)
{
	struct prober_steps steps = { 0 };
	assert_true(prober_step_due(&steps, "listening", 5000000));
	assert_false(prober_step_due(&steps, "listening", 14999999));
	assert_true(prober_step_due(&steps, "listening", 15000000));
	assert_false(prober_step_due(&steps, "listening", 15000001));
	assert_true(prober_step_due(&steps, "asking", 15000002));
}

static void programs_get_the_same_as_csv_and_json(void **state)
{
	pid_t line = simulate(*state);
	char *text = line_said(*state,
	        "serial probe run/bus " QUICK
	        "--slave 3 --function 4 --start 100 --count 2 --format csv 2>/dev/null",
	        0);
	assert_contains(text, "slave,function,register,type,order,value,mark\n"
	                      "3,4,100,u16,,0,zero\n");
	assert_contains(text, "\n3,4,100,f32,CDAB,42.5,plausible\n");
	assert_contains(text, ",f32,ABCD,");
	assert_contains(text, ",absurd\n");
	free(text);
	text = line_said(*state,
	        "serial probe run/bus " QUICK "--slave 3 --function 4 --start 100 "
	        "--count 2 --json 2>/dev/null | python3 "
	        "-c 'import json, sys; t = json.load(sys.stdin); print(t[\"slaves\"], "
	        "t[\"block\"][\"registers\"], t[\"block\"][\"order\"])'",
	        0);
	assert_string_equal(
	        text, "[{'slave': 3, 'exception': 2}] ['0000', '422A'] CDAB\n");
	free(text);
	line_end(line);
}

/* ---- other realities ---- */

static void answers_late(const char *folder, int master)
{
	uint8_t in[256];
	for (int i = 0; i < 2000; i++) {
		size_t n = line_read(master, in, sizeof in, 20);
		if (n < 8 || in[0] != 1 || in[1] != 3)
			continue;
		struct modbus_request request;
		if (modbus_request_get(FRAMING_RTU, in, n, &request) != 8)
			continue;
		uint8_t data[2 * MODBUS_REGISTERS] = { 0x42, 0x48 }, out[MODBUS_FRAME];
		int size =
		        modbus_answer_put(FRAMING_RTU, &request, data, out, sizeof out);
		poll(NULL, 0, 100);
		if (write(master, out, (size_t)size) < 0)
			return;
	}
}

static void a_slow_instrument_is_found_by_its_late_answer(void **state)
{
	pid_t line = line_begin(*state, "bus", answers_late);
	char *text = line_said(*state, "serial probe run/bus " QUICK, 0);
	assert_contains(text, "slave 1: answers function 3");
	assert_contains(text, "slave 1 answers later than 0.02 s");
	assert_contains(text, "Slave 1, function 3, 16 registers from 0");
	free(text);
	line_end(line);
}

/* Slave 9 seems to answer once, and is nobody. */
static void seems_to_answer(const char *folder, int master)
{
	static const uint8_t stray[] = { 0x09, 0x03, 0x02, 0x00, 0x01, 0x98, 0x45 };
	uint8_t in[256];
	bool said = false;
	for (int i = 0; i < 5000; i++) {
		size_t n = line_read(master, in, sizeof in, 20);
		if (n > 0 && !said)
			said = write(master, stray, sizeof stray) > 0;
		if (n > 0 && in[0] == 9)
			line_note(folder, in, 1);
	}
}

static void what_seemed_to_answer_is_asked_patiently_once(void **state)
{
	uint8_t asked[64];
	pid_t line = line_begin(*state, "bus", seems_to_answer);
	char *text = line_said(
	        *state, "serial probe run/bus " QUICK "--slave 1", EXIT_FOUND);
	assert_contains(text, "nobody answers");
	free(text);
	line_end(line);
	assert_int_equal(line_heard(*state, asked, sizeof asked), 1);
}

static void echoes(const char *folder, int master)
{
	uint8_t in[256];
	for (int i = 0; i < 2000; i++) {
		size_t n = line_read(master, in, sizeof in, 20);
		if (n > 0 && write(master, in, n) < 0)
			return;
	}
}

/* Its own request is no other master. */
static void an_adapter_that_echoes_is_seen_through(void **state)
{
	pid_t line = line_begin(*state, "bus", echoes);
	char *text = line_said(
	        *state, "serial probe run/bus " QUICK "--slave 1", EXIT_FOUND);
	assert_contains(text, "nobody answers");
	assert_contains(text, "gives back what is sent");
	free(text);
	line_end(line);
}

static void a_line_written_as_text_is_searched_when_asked_for(void **state)
{
	fixture_profiles(*state);
	fixture_write(*state, "scenario.yaml",
	        "scenario: {name: test, seed: 7, profiles: profiles}\n"
	        "ports: [{id: bus, mode: ascii}]\n"
	        "instruments: [{id: gas, profile: fixture-gas, port: bus, slave: 2, "
	        "channels: [{name: dust, mean: 23.5}], delay: 2ms}]\n");
	pid_t line = line_simulate(*state, "run/bus", 0);
	char *text = line_said(*state,
	        "serial probe run/bus " QUICK "--slave 2 --mode ascii --shows 23.5", 0);
	assert_contains(text, "1 slave answers (9600 8N1 ascii)");
	assert_contains(text, "23.5 may be at: 0, type: f32, order: ABCD");
	free(text);
	line_says(*state, "serial probe run/bus " QUICK "--mode tcp", EXIT_USAGE,
	        "run/bus cannot carry mode tcp");
	line_end(line);
}

/* ---- over the network ---- */

static void tcp_is_probed_as_either_mode(const char *folder, const char *mode)
{
	char words[256], told[64];
	int port = free_port();
	fixture_profiles(folder);
	fixture_write(folder, "scenario.yaml",
	        "scenario: {name: test, seed: 7, profiles: profiles}\n"
	        "ports: [{id: net, mode: %s, listen: \"127.0.0.1:%d\"}]\n"
	        "instruments: [{id: gas, profile: fixture-gas, port: net, slave: 2, "
	        "channels: [{name: dust, mean: 23.5}], delay: 2ms}]\n",
	        mode, port);
	pid_t line = line_simulate(folder, NULL, port);
	snprintf(words, sizeof words, "serial probe 127.0.0.1:%d " QUICK "--slave 2",
	        port);
	snprintf(told, sizeof told, "1 slave answers (%s)", mode);
	char *text = line_said(folder, words, 0);
	assert_contains(text, told);
	assert_contains(text, "If these are f32, ABCD from 0 on fits best");
	free(text);
	snprintf(words, sizeof words,
	        "serial probe 127.0.0.1:%d " QUICK "--slave 9 --mode %s", port, mode);
	text = line_said(folder, words, EXIT_FOUND);
	assert_contains(text, "The connection stands and nobody answers");
	assert_contains(text, "unit id");
	assert_null(strstr(text, "wires A and B"));
	free(text);
	snprintf(words, sizeof words, "serial monitor 127.0.0.1:%d --for 300ms", port);
	line_says(folder, words, 0, "Nothing was heard");
	line_end(line);
}

static void network_ports_are_probed_too(void **state)
{
	tcp_is_probed_as_either_mode(*state, "tcp");
	tcp_is_probed_as_either_mode(*state, "rtu-over-tcp");
	line_says(
	        *state, "serial probe 127.0.0.1:1 " QUICK, EXIT_NO_FILE, "127.0.0.1:1");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	char folder[4096];
	const struct CMUnitTest tests[] = {
		WITH(it_does_not_take_longer_than_was_announced),
		WITH(what_is_no_port_is_refused_first),
		WITH(slaves_are_found_and_a_block_is_read_in_every_order),
		WITH(what_is_tried_is_told_through_a_pipe_as_it_happens),
		cmocka_unit_test(the_same_step_is_told_again_after_ten_seconds),
		WITH(programs_get_the_same_as_csv_and_json),
		WITH(a_slow_instrument_is_found_by_its_late_answer),
		WITH(what_seemed_to_answer_is_asked_patiently_once),
		WITH(an_adapter_that_echoes_is_seen_through),
		WITH(a_line_written_as_text_is_searched_when_asked_for),
		WITH(network_ports_are_probed_too),
	};
	unsetenv("LANG");
	unsetenv("LC_ALL");
	if (realpath(project_file("sensors/profiles"), folder) != NULL)
		setenv("QUANTRAC_PROFILES", folder, 1);
	return cmocka_run_group_tests_name("serial_probe", tests, NULL, NULL);
}
