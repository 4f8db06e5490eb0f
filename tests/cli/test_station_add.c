/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac station add, the real program, by options: what it writes passes config check, and what it should
 * not write is not written. */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/status.h"
#include "tests/kits/adding_rig.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/line_kit.h"

/* The old text stands in the new one, line by line and in order; what is new passes the
 * check and answers. */
static void one_is_added_on_a_port_that_is_there(void **state)
{
	pid_t line = adding_begin(*state);
	assert_int_equal(chmod(in_folder(*state, "station.yaml"), 0640), 0);
	char *text = line_said(*state,
	        "station add --port bus --model fixture-gas --slave 7 --id dust --yes",
	        0);
	assert_contains(text, "  -> 07 03 00 00 00 04 ");
	assert_contains(text, "Dust                                23.5 mg/m³    ok");
	assert_contains(text, "instrument 'dust' added on port bus");
	assert_contains(text, "To have it read: quantrac-sensord --config /");
	free(text);
	text = adding_file(*state, "station.yaml");
	char want[4096];
	snprintf(want, sizeof want, "%s%s", adding_head, adding_instruments);
	assert_int_equal(strncmp(text, want, strlen(want)), 0);
	assert_contains(
	        text, "\n  # nobody made up for tests, quantrac station add, 20");
	assert_contains(text, "\n  - id: dust\n    profile: fixture-gas\n    port: "
	                      "bus\n    slave: 7\n");
	assert_contains(text, "    # channels: [{name: dust, range: 0..600 mg/m3}]");
	assert_string_equal(text + strlen(text) - strlen(adding_tail), adding_tail);
	free(text);
	struct stat st;
	assert_int_equal(stat(in_folder(*state, "station.yaml"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	line_says(*state, "config check station.yaml", 0,
	        "2 instruments on 1 port: no errors");
	line_says(*state, "station test dust --for 500ms", 0, "answers every poll");
	line_end(line);
}

/* What the first add left to be filled in stays with its instrument. */
static void a_second_one_leaves_the_comments_of_the_first_where_they_are(void **state)
{
	pid_t line = adding_begin(*state);
	line_says(*state,
	        "station add --port bus --model fixture-gas --slave 7 --id dust --yes",
	        0, "added");
	line_says(*state,
	        "station add --port bus --model fixture-water --slave 9 --id water "
	        "--yes --untested",
	        0, "added");
	char *text = adding_file(*state, "station.yaml");
	const char *dust = strstr(text, "- id: dust"), *own = strstr(text, "# serial:");
	const char *range = strstr(text, "# channels: [{name: dust"),
	           *water = strstr(text, "- id: water");
	assert_non_null(dust);
	assert_non_null(own);
	assert_non_null(range);
	assert_non_null(water);
	assert_true(dust < own && own < range && range < water);
	assert_non_null(strstr(water, "# serial:"));
	free(text);
	line_says(*state, "config check station.yaml", 0, "3 instruments");
	line_end(line);
}

static void a_new_port_is_added_with_it(void **state)
{
	char words[256], want[256];
	pid_t line = adding_begin(*state);
	snprintf(words, sizeof words,
	        "station add --port 127.0.0.1:%d --mode tcp --model fixture-gas "
	        "--slave 2 "
	        "--yes --lang vi",
	        adding_port);
	line_says(*state, words, 0, "đã thêm thiết bị 'dust' trên cổng net");
	char *text = adding_file(*state, "station.yaml");
	snprintf(want, sizeof want,
	        "# the long line\n  - id: net\n    tcp: \"127.0.0.1:%d\"\n    mode: "
	        "tcp\n"
	        "instruments:   # from left to right\n",
	        adding_port);
	assert_contains(text, want);
	assert_contains(text, "số sê-ri trên nhãn thiết bị");
	free(text);
	/* the same again has another id, and its place is known */
	snprintf(words, sizeof words,
	        "station add --port 127.0.0.1:%d --model fixture-gas --slave 2 --yes",
	        adding_port);
	line_says(*state, words, EXIT_CONFIG, "has slave 2 too");
	line_says(*state, "config check station.yaml", 0, "2 instruments on 2 ports");
	line_end(line);
}

static void what_does_not_answer_is_not_written(void **state)
{
	pid_t line = adding_begin(*state);
	char *text = line_said(*state,
	        "station add --port bus --model fixture-gas --slave 9 --yes",
	        EXIT_FOUND);
	assert_contains(text, "does not answer");
	assert_contains(text, "nothing was written (--untested: write nevertheless)");
	free(text);
	adding_unchanged(*state);
	line_says(*state,
	        "station add --port bus --model fixture-gas --slave 9 --yes --untested",
	        0, "instrument 'dust' added");
	line_says(*state, "config check station.yaml", 0, "2 instruments");
	line_end(line);
}

static void what_would_not_pass_the_check_is_not_written(void **state)
{
	pid_t line = adding_begin(*state);
	line_says(*state, "station add --port bus --model fixture-gas --slave 3 --yes",
	        EXIT_CONFIG, "'cod' on port 'bus' has slave 3 too");
	line_says(*state,
	        "station add --port bus --model fixture-gas --slave 7 --id 'A B' --yes",
	        EXIT_CONFIG, "nothing was written");
	line_says(*state,
	        "station add --port bus --model fixture-gas --slave 7 --id cod --yes",
	        EXIT_CONFIG, "a second instrument 'cod'");
	line_says(*state, "station add --port bus --model fixture-gas --slave x --yes",
	        EXIT_CONFIG, "slave");
	adding_unchanged(*state);
	line_says(*state, "station add --port bus --model fixture-gaz --yes",
	        EXIT_NO_FILE, "there is no profile 'fixture-gaz'");
	line_says(*state, "station add --port nowhere --model fixture-gas --yes",
	        EXIT_NO_FILE, "there is no port 'nowhere'");
	line_says(*state, "station add --model fixture-gas --yes", EXIT_USAGE,
	        "say at least --port and --model");
	line_says(*state, "station add --model fixture-gas --yes --lang vi", EXIT_USAGE,
	        "cần ít nhất --port và --model");
	line_says(*state, "station add rubbish", EXIT_USAGE, "'rubbish' is no option");
	adding_unchanged(*state);
	fixture_write(*state, "station.yaml", "%srubbish: 1\n", adding_head);
	line_says(*state, "station add --port bus --model fixture-gas --yes",
	        EXIT_CONFIG, "unknown key 'rubbish'");
	line_end(line);
}

static void a_real_station_takes_no_made_up_map(void **state)
{
	pid_t line = adding_begin(*state);
	fixture_write(*state, "station.yaml",
	        "zone: {id: kcn-mau, name: KCN Mẫu}\n"
	        "station: {id: nt-01, name: Nước thải}\n"
	        "facility: {id: co-so-a, name: Cơ sở Mẫu A}\n"
	        "outlets: [{id: cua-xa, name: Cửa xả, kind: water}]\n"
	        "journal: {folder: journal}\n"
	        "profiles: profiles\n"
	        "ports: [{id: bus, path: run/bus}]\n"
	        "instruments: [{id: flow, profile: krohne-ifc050, port: bus, slave: "
	        "3}]\n");
	line_says(*state, "station add --port bus --model fixture-gas --slave 7 --yes",
	        EXIT_CONFIG,
	        "is a map made up for simulation, and this station is none");
	line_end(line);
}

static void without_yes_it_is_only_shown(void **state)
{
	pid_t line = adding_begin(*state);
	char *text = line_said(*state,
	        "station add --port run/bus --model fixture-gas --slave 7 </dev/null "
	        "2>/dev/null",
	        0);
	assert_contains(text, "# from left to right");
	assert_contains(text, "  - id: dust\n");
	free(text);
	adding_unchanged(*state);
	line_end(line);
}

static void a_port_in_use_says_what_may_be_done(void **state)
{
	pid_t line = adding_begin(*state);
	int fd = open(in_folder(*state, "run/bus"), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	char *text = line_said(*state,
	        "station add --port bus --model fixture-gas --slave 7 --yes",
	        EXIT_TRY_AGAIN);
	assert_contains(text, "is using it");
	assert_contains(text, "nothing was written (--untested: write nevertheless)");
	free(text);
	close(fd);
	adding_unchanged(*state);
	line_end(line);
}

static void a_new_file_is_written_whole(void **state)
{
	pid_t line = adding_begin(*state);
	line_says(*state,
	        "station add --config new.yaml --port run/bus --model krohne-ifc050 "
	        "--yes",
	        EXIT_USAGE, "a new file needs --zone, --facility, --station, --outlet");
	char *text = line_said(*state,
	        "station add --config new.yaml --port run/bus --model krohne-ifc050 "
	        "--slave 7 "
	        "--zone kcn-mau='KCN Mẫu' --facility a='Cơ sở \"A\"' --station nt-02 "
	        "--outlet "
	        "cua-xa='Cửa xả' --kind water --journal journal --yes --untested",
	        0);
	assert_contains(text, "refuses: exception 1, illegal function");
	free(text);
	text = adding_file(*state, "new.yaml");
	assert_contains(text, "zone: {id: kcn-mau, name: \"KCN Mẫu\"}\n");
	assert_contains(text, "facility: {id: a, name: \"Cơ sở \\\"A\\\"\"}\n");
	assert_contains(text, "  id: nt-02\n  name: \"nt-02\"\n");
	assert_contains(text, "  - {id: cua-xa, name: \"Cửa xả\", kind: water}\n");
	assert_contains(text, "#   secret_key: keys/nt-02.secret\n");
	assert_contains(text, "/run/bus\"\n    line: 9600 8N1\n");
	assert_contains(text, "    outlet: cua-xa\n");
	free(text);
	line_says(*state, "config check new.yaml", 0,
	        "station nt-02, 1 instrument on 1 port: no errors");
	line_end(line);
}

static void inputs_that_are_currents_are_to_be_told_what_they_measure(void **state)
{
	pid_t line = adding_begin(*state);
	line_says(*state,
	        "station add --port bus --model advantech-adam-4017 --slave 4 --id ai "
	        "--yes --untested",
	        0, "its inputs are currents: write into its `channels` which one");
	char *text = adding_file(*state, "station.yaml");
	assert_contains(text,
	        "\n    # channels: [{name: in0, id: flow_out, signal: 4-20 mA, "
	        "range: 0..500 m3/h}, {name: in1, off: yes}]\n");
	char *mark = strstr(text, "# channels: [{name: in0"); /* as a person does */
	memmove(mark, mark + 2, strlen(mark + 2) + 1);
	fixture_write(*state, "station.yaml", "%s", text);
	free(text);
	line_says(*state, "config check station.yaml", 0, "no errors");
	line_says(*state,
	        "station add --port bus --model icpdas-i-7017 --id ai-2 --yes "
	        "--untested --lang vi",
	        0, "các đầu vào của nó là dòng điện");
	line_end(line);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(one_is_added_on_a_port_that_is_there),
		WITH(a_second_one_leaves_the_comments_of_the_first_where_they_are),
		WITH(a_new_port_is_added_with_it),
		WITH(what_does_not_answer_is_not_written),
		WITH(what_would_not_pass_the_check_is_not_written),
		WITH(a_real_station_takes_no_made_up_map),
		WITH(without_yes_it_is_only_shown),
		WITH(a_port_in_use_says_what_may_be_done),
		WITH(a_new_file_is_written_whole),
		WITH(inputs_that_are_currents_are_to_be_told_what_they_measure),
	};
	unsetenv("LANG");
	unsetenv("LC_ALL");
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	return cmocka_run_group_tests_name("station_add", tests, NULL, NULL);
}
