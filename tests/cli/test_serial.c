/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac serial, the real program on real pseudo-terminals: a line that speaks is refused,
 * a held one is left alone, a silent one is only read; what a monitor shows. */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/status.h"
#include "sensors/drivers/modbus.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/e2e_cabinet.h"
#include "tests/kits/line_kit.h"

#define QUICK "--i-own-this-bus --listen 0s --timeout 20ms "

/* protocol vector M02a: a master asks slave 1, and its answer */
static const uint8_t asks[] = { 0x01, 0x03, 0x10, 0x08, 0x00, 0x02, 0x41, 0x09 };
static const uint8_t answers[] = { 0x01, 0x03, 0x04, 0xEC, 0xAA, 0x41, 0x6F, 0x9E,
	0xFF };

/* ---- a line that speaks ---- */

static void a_master_and_its_slave(const char *folder, int master)
{
	for (int i = 0; i < 400; i++) {
		uint8_t in[256];
		size_t n = line_read(master, in, sizeof in, 100);
		line_note(folder, in, n);
		if (write(master, asks, sizeof asks) < 0)
			return;
		n = line_read(master, in, sizeof in, 20);
		line_note(folder, in, n);
		if (write(master, answers, sizeof answers) < 0)
			return;
	}
}

static void a_line_that_speaks_is_refused_and_nothing_is_sent(void **state)
{
	uint8_t heard[64];
	pid_t line = line_begin(*state, "bus", a_master_and_its_slave);
	char *text = line_said(*state, "serial probe run/bus", EXIT_TRY_AGAIN);
	assert_contains(text, "CHỈ ĐỌC");
	assert_contains(text, "ONLY READS");
	assert_contains(text, "somebody speaks on this line (9600 8N1, Modbus RTU: ");
	assert_contains(
	        text, "a master asks slave 1: function 3, 2 registers from 4104");
	assert_contains(text, "It has a master");
	assert_contains(text, "--i-own-this-bus");
	free(text);
	assert_int_equal(line_heard(*state, heard, sizeof heard), 0);
	text = line_said(*state, "serial probe run/bus --lang vi", EXIT_TRY_AGAIN);
	assert_contains(text, "đường truyền đang có tín hiệu");
	assert_contains(
	        text, "máy chủ hỏi thiết bị 1: hàm 3, 2 thanh ghi từ địa chỉ 4104");
	assert_null(strstr(text, "ONLY READS"));
	free(text);
	assert_int_equal(line_heard(*state, heard, sizeof heard), 0);
	line_end(line);
}

static void noise(const char *folder, int master)
{
	static const uint8_t bytes[] = { 0xff, 0xfe, 0xf0 };
	for (int i = 0; i < 400; i++) {
		uint8_t in[256];
		line_note(folder, in, line_read(master, in, sizeof in, 100));
		if (write(master, bytes, sizeof bytes) < 0)
			return;
	}
}

static void bytes_that_are_no_frame_are_somebody_too(void **state)
{
	uint8_t heard[64];
	pid_t line = line_begin(*state, "bus", noise);
	line_says(*state, "serial probe run/bus", EXIT_TRY_AGAIN,
	        "bytes that are no frame known here");
	assert_int_equal(line_heard(*state, heard, sizeof heard), 0);
	line_end(line);
}

static void the_time_of_listening_is_not_cut_short(void **state)
{
	pid_t line = line_begin(*state, "bus", noise);
	line_says(*state, "serial probe run/bus --listen 3s", EXIT_USAGE,
	        "less than 15 s needs --i-own-this-bus");
	line_end(line);
}

/* protocol vector L01a */
static void an_instrument_that_speaks(const char *folder, int master)
{
	static const uint8_t frame[] = { 0x42, 0x4D, 0x00, 0x1C, 0x00, 0x00, 0x00, 0x08,
		0x00, 0x08, 0x00, 0x00, 0x00, 0x08, 0x00, 0x08, 0x00, 0xD2, 0x00, 0x46,
		0x00, 0x2D, 0x00, 0x1E, 0x00, 0x00, 0x00, 0x00, 0x97, 0x00, 0x02,
		0xC5 };
	for (int i = 0; i < 400; i++) {
		uint8_t in[256];
		line_note(folder, in, line_read(master, in, sizeof in, 200));
		if (write(master, frame, sizeof frame) < 0)
			return;
	}
}

static void an_instrument_that_speaks_by_itself_is_named(void **state)
{
	uint8_t heard[64];
	pid_t line = line_begin(*state, "bus", an_instrument_that_speaks);
	char *text =
	        line_said(*state, "serial probe run/bus --lang en", EXIT_TRY_AGAIN);
	assert_contains(text, "plantower-pms5003: pm1=0 ug/m3 pm2_5=8 ug/m3");
	assert_contains(text, "speaks by itself need not be searched for");
	free(text);
	line_says(*state, "serial monitor run/bus --for 1s", 0, "pm2_5=8 ug/m3");
	assert_int_equal(line_heard(*state, heard, sizeof heard), 0);
	line_end(line);
}

/* ---- a silent line ---- */

static void listens(const char *folder, int master)
{
	for (int s = 0; s < 60000; s++) {
		uint8_t in[256];
		size_t n = line_read(master, in, sizeof in, 1);
		line_note(folder, in, n);
	}
}

/* Every byte that was sent is a request to read one register, whole and with a sound check
 * sum; their number. */
static size_t only_reads(const char *folder)
{
	static uint8_t heard[65536];
	size_t n = line_heard(folder, heard, sizeof heard), requests = 0;
	for (size_t at = 0; at < n; at += 8) {
		struct modbus_request request;
		assert_int_equal(
		        modbus_request_get(FRAMING_RTU, heard + at, n - at, &request),
		        8);
		assert_true(request.function == 3 || request.function == 4);
		assert_int_equal(request.count, 1);
		assert_true(request.slave >= 1 && request.slave <= 247);
		requests++;
	}
	return requests;
}

static void a_whole_search_sends_nothing_but_requests_that_read(void **state)
{
	pid_t line = line_begin(*state, "bus", listens);
	line_says(*state,
	        "serial probe run/bus --i-own-this-bus --listen 0s --timeout 20ms",
	        EXIT_FOUND, "nobody answers");
	line_end(line);
	size_t requests = only_reads(*state);
	assert_true(requests >= 247 + 10 && requests < 300);
}

/* ---- a master that wakes ---- */

/* Silent until it hears somebody else; that it notes, and when. */
static void a_master_that_wakes(const char *folder, int master)
{
	uint8_t in[256];
	for (int s = 0; s < 60000; s++) {
		size_t n = line_read(master, in, sizeof in, 1);
		line_note(folder, in, n);
		if (n == 0)
			continue;
		fixture_write(folder, "first", "%d", s);
		if (write(master, asks, sizeof asks) < 0)
			return;
	}
}

/* A master that asks once a minute is not heard in 15 s: it is when it asks. */
static void after_15_s_of_silence_a_master_that_begins_ends_the_search(void **state)
{
	pid_t line = line_begin(*state, "bus", a_master_that_wakes);
	char *text = line_said(
	        *state, "serial probe run/bus --timeout 100ms", EXIT_TRY_AGAIN);
	assert_contains(text, "Listen for 15 s.");
	assert_contains(text, "somebody speaks on this line");
	assert_contains(text, "a master asks slave 1");
	free(text);
	line_end(line);
	assert_int_equal(only_reads(*state), 1);
	assert_true(atoi(text_of(*state, "first")) > 9000); /* ms, or a little less */
}

/* ---- held, stopped, not there ---- */

static void a_held_port_names_its_holder(void **state)
{
	char words[256];
	pid_t line = line_begin(*state, "bus", listens);
	int fd = open(in_folder(*state, "run/bus"), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	snprintf(
	        words, sizeof words, "test_serial (pid %d) is using it", (int)getpid());
	line_says(*state, "serial probe run/bus " QUICK, EXIT_TRY_AGAIN, words);
	line_says(*state, "serial monitor run/bus --for 1s", EXIT_TRY_AGAIN, words);
	line_says(*state, "serial probe run/bus --lang vi", EXIT_TRY_AGAIN,
	        "đang dùng cổng này");
	close(fd);
	line_end(line);
	uint8_t heard[8];
	assert_int_equal(line_heard(*state, heard, sizeof heard), 0);
}

static void a_port_that_is_not_there_is_told(void **state)
{
	line_says(*state, "serial probe run/nothing", EXIT_NO_FILE,
	        "there is no port 'run/nothing'; `quantrac serial list` lists them");
	line_says(
	        *state, "serial monitor ttyNOTHING9", EXIT_NO_FILE, "there is no port");
	line_says(*state, "serial probe", EXIT_USAGE, "name a port");
	line_says(*state, "serial probe --lang vi", EXIT_USAGE, "hãy ghi một cổng;");
	line_says(*state, "serial monitor --lang vi", EXIT_USAGE, "hãy ghi một cổng;");
	line_says(*state, "simulate --lang vi", EXIT_USAGE, "hãy ghi tên tệp kịch bản");
	line_says(*state, "serial probee x", EXIT_USAGE, "did you mean 'probe'?");
	line_says(*state, "serial --help", 0, "quantrac serial monitor PORT");
}

static void a_signal_ends_the_search_and_frees_the_port(void **state)
{
	pid_t line = line_begin(*state, "bus", listens);
	char *text = line_said(*state,
	        "serial probe run/bus --i-own-this-bus --listen 0s --timeout 2s & "
	        "sleep 4; "
	        "kill -INT $!; wait $!; exit $?",
	        EXIT_TRY_AGAIN);
	assert_contains(text, "stopped; nothing was changed");
	free(text);
	int fd = open(in_folder(*state, "run/bus"), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
	line_end(line);
}

/* ---- monitor ---- */

static void a_monitor_shows_bytes_and_what_they_say(void **state)
{
	uint8_t heard[64];
	pid_t line = line_begin(*state, "bus", a_master_and_its_slave);
	char *text = line_said(*state, "serial monitor run/bus --for 1s", 0);
	assert_contains(text, "nothing is sent");
	assert_contains(text, "  01 03 10 08 00 02 41 09                          "
	                      "Modbus RTU: a master "
	                      "asks slave 1: function 3, 2 registers from 4104\n");
	assert_contains(
	        text, "Modbus RTU: slave 1 answers function 3: 4104=ECAA 4105=416F\n");
	assert_contains(text, " 0 bytes of no frame");
	free(text);
	text = line_said(*state,
	        "serial monitor run/bus --for 1s --format csv --lang vi 2>/dev/null",
	        0);
	assert_contains(text, "time,bytes,protocol,kind,slave,text\n");
	assert_contains(text, ",0103100800024109,Modbus RTU,asks,1,");
	assert_contains(text, "máy chủ hỏi thiết bị 1");
	free(text);
	assert_int_equal(line_heard(*state, heard, sizeof heard), 0);
	line_end(line);
}

static void a_monitor_tells_noise_and_silence_apart(void **state)
{
	pid_t line = line_begin(*state, "bus", noise);
	line_says(*state, "serial monitor run/bus --for 1s", 0,
	        "mostly a wrong speed or parity");
	line_end(line);
	line = line_begin(*state, "bus", listens);
	line_says(*state, "serial monitor run/bus --for 500ms", 0, "Nothing was heard");
	line_end(line);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	char folder[4096];
	const struct CMUnitTest tests[] = {
		WITH(a_line_that_speaks_is_refused_and_nothing_is_sent),
		WITH(bytes_that_are_no_frame_are_somebody_too),
		WITH(an_instrument_that_speaks_by_itself_is_named),
		WITH(the_time_of_listening_is_not_cut_short),
		WITH(a_whole_search_sends_nothing_but_requests_that_read),
		WITH(after_15_s_of_silence_a_master_that_begins_ends_the_search),
		WITH(a_held_port_names_its_holder),
		WITH(a_port_that_is_not_there_is_told),
		WITH(a_signal_ends_the_search_and_frees_the_port),
		WITH(a_monitor_shows_bytes_and_what_they_say),
		WITH(a_monitor_tells_noise_and_silence_apart),
	};
	unsetenv("LANG");
	unsetenv("LC_ALL");
	if (realpath(project_file("sensors/profiles"), folder) != NULL)
		setenv("QUANTRAC_PROFILES", folder, 1);
	return cmocka_run_group_tests_name("serial", tests, NULL, NULL);
}
