/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac station test, the real program against simulated instruments that answer, are
 * dead, garble, refuse, have another word order; and ports that are held or gone. */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/status.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/e2e_cabinet.h"
#include "tests/kits/line_kit.h"
#include "tests/kits/station_head.h"

static const char scenario[] =
        "scenario: {name: test, seed: 7, profiles: profiles}\n"
        "ports: [{id: bus, mode: rtu}]\n"
        "instruments:\n"
        "  - {id: cod, profile: fixture-water, port: bus, slave: 3, channels: [{name: "
        "cod, mean: 42.5}, {name: ph, mean: 7.25}], delay: 2ms}\n"
        "  - {id: garbled, profile: fixture-water, port: bus, slave: 4, delay: 2ms}\n"
        "  - {id: refusing, profile: fixture-water, port: bus, slave: 5, delay: 2ms}\n"
        "scenes:\n"
        "  - {from: live +0s, to: live +600s, instrument: garbled, garbage: yes}\n"
        "  - {from: live +0s, to: live +600s, instrument: refusing, exception: 2}\n";

/* `other` is the profile of the water instrument, read in another word order. */
static const char station[] = STATION_HEAD
        "profiles: profiles\n"
        "ports: [{id: bus, path: run/bus}, {id: gone, path: run/gone}, {id: net, tcp: "
        "\"127.0.0.1:9\"}]\n"
        "instruments:\n"
        "  - {id: cod, profile: fixture-water, port: bus, slave: 3, poll_every: 60s}\n"
        "  - {id: garbled, profile: fixture-water, port: bus, slave: 4}\n"
        "  - {id: refusing, profile: fixture-water, port: bus, slave: 5}\n"
        "  - {id: dead, profile: fixture-water, port: bus, slave: 9}\n"
        "  - {id: pulled, profile: fixture-water, port: gone, slave: 1}\n"
        "  - {id: far, profile: fixture-water, port: net, slave: 1}\n";

/* The water profile with its float in the other order of words, as `fixture-other`. */
static void make_other_order(const char *folder)
{
	char *text;
	size_t n;
	assert_int_equal(file_read(in_folder(folder, "profiles/fixture-water.yaml"),
	                         100000, &text, &n),
	        OK);
	char *name = strstr(text, "fixture-water"), *order = strstr(text, "CDAB");
	assert_non_null(name);
	assert_non_null(order);
	memcpy(name, "fixture-other", 13);
	memcpy(order, "ABCD", 4);
	fixture_write(folder, "profiles/fixture-other.yaml", "%s", text);
	free(text);
}

static pid_t begin(const char *folder)
{
	fixture_profiles(folder);
	make_other_order(folder);
	fixture_write(folder, "scenario.yaml", "%s", scenario);
	fixture_write(folder, "station.yaml", "%s", station);
	return line_simulate(folder, "run/bus", 0);
}

static void what_answers_is_shown_poll_by_poll(void **state)
{
	pid_t line = begin(*state);
	char *text = line_said(*state, "station test cod --for 2500ms", 0);
	assert_contains(text, "  -> 03 04 00 64 00 06 ");
	assert_contains(text, "  <- 03 04 0C 00 00 42 2A ");
	assert_contains(text, "   after ");
	assert_contains(text, "COD                                 42.5 mg/L     ok\n");
	assert_contains(text, "pH                                  7.25          ok\n");
	assert_contains(text, "3 polls: 3 answered in full");
	assert_contains(text, "cod (slave 3, bus 9600 8N1): answers every poll\n");
	assert_contains(text, "SIMULATED DATA");
	free(text);
	text = line_said(*state, "station test cod --for 500ms --lang vi", 0);
	assert_contains(text, "42,5 mg/L     đang đo\n");
	assert_contains(text, "trả lời mọi lần hỏi");
	free(text);
	text = line_said(
	        *state, "station test cod --for 500ms --format csv 2>/dev/null", 0);
	assert_contains(
	        text, "time,instrument,channel,value,unit,state,wait_ms,answer\n");
	assert_contains(text, ",cod,cod,42.5,mg/L,ok,");
	free(text);
	line_end(line);
}

static void failures_are_told_apart_with_their_cure(void **state)
{
	pid_t line = begin(*state);
	char *text = line_said(*state, "station test dead --for 2s", EXIT_FOUND);
	assert_contains(text, "  <- (nothing)");
	assert_contains(text, "dead (slave 9, bus 9600 8N1): does not answer\n");
	assert_contains(text, "check power, wires A and B");
	free(text);
	text = line_said(*state, "station test garbled --for 2s", EXIT_FOUND);
	assert_contains(text, "something comes, but no sound answer");
	assert_contains(text, "a wrong speed or parity");
	free(text);
	text = line_said(*state, "station test refusing --for 2s", EXIT_FOUND);
	assert_contains(text, "refuses: exception 2, illegal data address");
	assert_contains(text, "compare its register map");
	free(text);
	text = line_said(*state, "station test dead --for 2s --lang vi", EXIT_FOUND);
	assert_contains(text, "kiểm tra nguồn, dây A/B (thử đổi)");
	assert_contains(text, "dead (địa chỉ 9, bus 9600 8N1): không trả lời\n");
	free(text);
	/* the same words as on the cabinet's screen */
	line_says(*state, "station test refusing --for 1s --lang vi", EXIT_FOUND,
	        " từ chối trả lời\n");
	line_says(*state, "station test pulled --for 1s", EXIT_NO_FILE,
	        "there is no port");
	line_says(*state, "station test codd", EXIT_NO_FILE, "did you mean 'cod'?");
	line_says(*state, "station test flowx", EXIT_NO_FILE,
	        "station 'nt-01' has no instrument 'flowx'; it has: cod, garbled, "
	        "refusing, dead, pulled, far\n");
	line_says(*state, "station test flowx --lang vi", EXIT_NO_FILE,
	        "trạm 'nt-01' không có thiết bị 'flowx'; có: cod, garbled, ");
	line_says(*state, "station test codd --lang vi", EXIT_NO_FILE,
	        "trạm 'nt-01' không có thiết bị 'codd', có phải 'cod'?");
	line_says(*state, "station test", EXIT_USAGE,
	        "name an instrument of the configuration: cod, garbled, refusing, "
	        "dead");
	line_says(*state, "station test --lang vi", EXIT_USAGE,
	        "hãy ghi một thiết bị của cấu hình: cod, garbled");
	line_end(line);
}

/* `other` instead of cod, slave 3 once only. */
static void read_in_other_order(const char *folder)
{
	char *text;
	size_t n;
	fixture_write(folder, "station.yaml", "%s%s", station,
	        "  - {id: other, profile: fixture-other, port: bus, slave: 3}\n");
	assert_int_equal(
	        file_read(in_folder(folder, "station.yaml"), 100000, &text, &n), OK);
	char *first = strstr(text, "  - {id: cod");
	assert_non_null(first);
	first[0] = '#';
	fixture_write(folder, "station.yaml", "%s", text);
	free(text);
}

static void a_wrong_word_order_is_seen_by_its_value(void **state)
{
	pid_t line = begin(*state);
	read_in_other_order(*state);
	char *text = line_said(*state, "station test other --for 1500ms", EXIT_FOUND);
	assert_contains(text, "- mg/L     no_value");
	assert_contains(text, "a value is of a size that no instrument shows");
	assert_contains(text, "mostly a wrong word order");
	free(text);
	line_end(line);
}

/* 8.51 is 410828F6; 28F64108 is 2.7e-14, which is a number, and no measurement. */
static void a_value_below_what_instruments_show_is_told_in_a_word(void **state)
{
	char now[sizeof scenario];
	memcpy(now, scenario, sizeof now);
	fixture_profiles(*state);
	make_other_order(*state);
	memcpy(strstr(now, "42.5"), "8.51", 4);
	fixture_write(*state, "scenario.yaml", "%s", now);
	pid_t line = line_simulate(*state, "run/bus", 0);
	read_in_other_order(*state);
	char *text = line_said(*state, "station test other --for 500ms", 0);
	assert_contains(text, "2.7e-14 mg/L     ok ! tiny: another word order?\n");
	free(text);
	text = line_said(*state, "station test other --for 500ms --lang vi", 0);
	assert_contains(text, "đang đo ! quá nhỏ: sai thứ tự byte?\n");
	free(text);
	line_end(line);
}

/* Nor is its address searched or asked for a new instrument. */
static void others_leave_it_too(const char *folder)
{
	char *text = line_said(folder,
	        "serial probe 127.0.0.1:9 --i-own-this-bus --listen 0s",
	        EXIT_TRY_AGAIN);
	assert_contains(text, "port 127.0.0.1:9: quantrac-sensord (pid ");
	assert_contains(text, "is using it");
	assert_null(strstr(text, "About to probe"));
	free(text);
	line_says(folder, "serial probe 127.0.0.1:9 --lang vi", EXIT_TRY_AGAIN,
	        ") đang dùng cổng này");
	/* another service of the same machine is not sensord's */
	line_says(folder, "serial probe 127.0.0.1:1 --i-own-this-bus --listen 0s",
	        EXIT_NO_FILE, "127.0.0.1:1");
	text = line_said(folder,
	        "station add --port 127.0.0.1:9 --model fixture-gas --slave 2 --id "
	        "near "
	        "--yes",
	        EXIT_TRY_AGAIN);
	assert_contains(text, "quantrac-sensord (pid ");
	assert_contains(text, "is using it; nothing was written (--untested");
	free(text);
}

/* It reads the file when it starts. */
static void what_is_added_meanwhile_is_read_after_a_restart(const char *folder)
{
	char *text = line_said(folder, "status", 0);
	assert_null(strstr(text, "reads other instruments"));
	free(text);
	text = line_said(folder,
	        "station add --port bus --model fixture-gas --slave 77 --id late "
	        "--yes --untested",
	        0);
	assert_contains(text,
	        ") still runs with the file as it was and does not read it. "
	        "Start it again: kill ");
	free(text);
	line_says(folder, "status", 0, ") reads other instruments than ");
	line_says(folder, "status --lang vi", 0, ") đang đọc các thiết bị khác với ");
	line_says(folder, "status cod", EXIT_USAGE, "'cod' is one word too many");
	line_says(folder, "status --contacts", 0,
	        "the configuration has no inputs and no sampler");
	line_says(folder, "station maintenance cod on --for 3x --reason 'thay lọc'",
	        EXIT_USAGE, "there is no --for: maintenance ends by itself after two");
	line_says(folder, "station maintenance cod on --for 3x --reason x --lang vi",
	        EXIT_USAGE, "bảo trì tự kết thúc sau hai giờ");
}

static void a_port_that_sensord_has_is_left_to_it_and_its_view_is_shown(void **state)
{
	pid_t line = begin(*state);
	pid_t sensord = run_again(*state, "60s");
	wait_for_file(in_folder(*state, "journal/state.json"));
	for (int i = 0; i < 100; i++) { /* until it has read something */
		char *text = line_said(*state, "get nt-01 cod 2>/dev/null || true", 0);
		int has = strncmp(text, "42.5", 4) == 0;
		free(text);
		if (has)
			break;
		poll(NULL, 0, 100);
	}
	char *text = line_said(*state, "station test cod", EXIT_TRY_AGAIN);
	assert_contains(text, "quantrac-sensord (pid ");
	assert_contains(text, "is using it");
	assert_contains(text, "what quantrac-sensord reads now:");
	assert_contains(text, "cod        42.5  mg/L");
	free(text);
	text = line_said(*state, "station test cod --lang vi", EXIT_TRY_AGAIN);
	assert_contains(text, "TRẠNG THÁI");
	assert_contains(text, "đang đo");
	free(text);
	text = line_said(*state, "station test far", EXIT_TRY_AGAIN);
	assert_contains(text, "port net: quantrac-sensord (pid ");
	assert_contains(text, "what quantrac-sensord reads now:");
	free(text);
	others_leave_it_too(*state);
	what_is_added_meanwhile_is_read_after_a_restart(*state);
	kill(sensord, SIGTERM);
	int status;
	assert_int_equal(waitpid(sensord, &status, 0), sensord);
	line_says(*state, "station test cod --for 1s", 0, "answers every poll");
	line_says(*state, "station test far --for 1s", EXIT_NO_FILE,
	        "refused: a wrong port number, or another master holds the single");
	text = line_said(*state, "station test far --for 1s --lang vi", EXIT_NO_FILE);
	assert_contains(text, "bị từ chối: sai số cổng");
	assert_contains(
	        text, "127.0.0.1 cổng 9: kết nối bị từ chối: không có gì lắng nghe");
	assert_null(strstr(text, "trying again"));
	free(text);
	line_end(line);
}

/* On a line beside its own; nobody answers there. */
static void keeps_still(const char *folder, int master)
{
	uint8_t in[64];
	for (int i = 0; i < 600; i++)
		line_read(master, in, sizeof in, 100);
}

static void sensord_records_that_another_line_is_searched(void **state)
{
	const char *told;
	struct seen none[1] = { { .id = "cod" } };
	pid_t line = begin(*state), other = line_begin(*state, "spare", keeps_still);
	fixture_write(*state, "sent.csv", "time,port,instrument,answer\n");
	pid_t sensord = run_again(*state, "60s");
	wait_for_file(in_folder(*state, "journal/state.json"));
	line_says(*state,
	        "serial probe run/spare --i-own-this-bus --listen 0s --timeout 20ms "
	        "--slave 9",
	        EXIT_FOUND, "quantrac-sensord has recorded this probe");
	kill(sensord, SIGTERM);
	int status;
	assert_int_equal(waitpid(sensord, &status, 0), sensord);
	seen_read(*state, none, 1, &told);
	assert_contains(
	        told, "{\"subject\":\"probe\",\"state\":\"begun\",\"text\":\"by ");
	assert_contains(told, ": run/spare (functions 3 and 4), --i-own-this-bus");
	seen_free(none, 1);
	line_end(line);
	line_end(other);
}

static void a_port_that_somebody_else_has_is_left_to_him(void **state)
{
	pid_t line = begin(*state);
	int fd = open(in_folder(*state, "run/bus"), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	char *text = line_said(*state, "station test cod", EXIT_TRY_AGAIN);
	assert_contains(text, "test_station_test (pid ");
	assert_null(strstr(text, "what quantrac-sensord reads"));
	free(text);
	close(fd);
	line_end(line);
}

/* Ctrl-C is no verdict, and what is under way when the time is over is waited for. */
static void it_ends_with_what_it_asked_and_says_when_it_was_stopped(void **state)
{
	unsigned requests, answers, timeouts, polls;
	pid_t line = begin(*state);
	char *text = line_said(*state, "station test dead --for 2500ms", EXIT_FOUND);
	const char *at = strstr(text, " requests, ");
	assert_non_null(at);
	while (at > text && at[-1] != '\n')
		at--;
	assert_int_equal(sscanf(at, "%u requests, %u sound answers, %u timeouts",
	                         &requests, &answers, &timeouts),
	        3);
	assert_int_equal(requests, answers + timeouts);
	assert_non_null(at = strstr(text, " polls: "));
	while (at > text && at[-1] != '\n')
		at--;
	assert_int_equal(sscanf(at, "%u polls", &polls), 1);
	assert_true(polls >= 2);
	free(text);
	line_says(*state,
	        "station test cod --for 60s & child=$!; sleep 2; kill -INT $child; "
	        "wait $child",
	        EXIT_TRY_AGAIN, "answers every poll");
	line_end(line);
}

/* Times are those of the station, as in CSV and JSON. */
static void times_have_the_offset_of_the_station(void **state)
{
	pid_t line = begin(*state);
	char *text, *with;
	size_t n;
	assert_int_equal(
	        file_read(in_folder(*state, "station.yaml"), 100000, &text, &n), OK);
	assert_true(asprintf(&with, "%s", text) > 0);
	char *at = strstr(with, "simulation: yes}");
	assert_non_null(at);
	fixture_write(*state, "station.yaml", "%.*sutc_offset: \"+08:00\", %s",
	        (int)(at - with), with, at);
	free(with);
	free(text);
	text = line_said(*state, "station test cod --for 500ms", 0);
	assert_contains(text, "+08:00\n");
	free(text);
	line_end(line);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(what_answers_is_shown_poll_by_poll),
		WITH(failures_are_told_apart_with_their_cure),
		WITH(a_wrong_word_order_is_seen_by_its_value),
		WITH(a_value_below_what_instruments_show_is_told_in_a_word),
		WITH(a_port_that_sensord_has_is_left_to_it_and_its_view_is_shown),
		WITH(sensord_records_that_another_line_is_searched),
		WITH(a_port_that_somebody_else_has_is_left_to_him),
		WITH(it_ends_with_what_it_asked_and_says_when_it_was_stopped),
		WITH(times_have_the_offset_of_the_station),
	};
	unsetenv("LANG");
	unsetenv("LC_ALL");
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	return cmocka_run_group_tests_name("station_test", tests, NULL, NULL);
}
