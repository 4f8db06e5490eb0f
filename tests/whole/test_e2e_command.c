/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real daemon, the real simulator and the real command: an operator changes a range, and the journal says
 * who, why, and both what was sent and what came back. */
#include "tests/kits/check.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/status.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/command_kit.h"
#include "tests/kits/e2e_cabinet.h"
#include "tests/kits/line_kit.h"

static struct seen gas;
static const char *states;

static void lay_out(const char *folder, const char *port, const char *allowed)
{
	char head[512], *profile = command_gas(gas_commands);
	fixture_profiles(folder);
	fixture_write(folder, "profiles/command-gas.yaml", "%s", profile);
	free(profile);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(head, sizeof head, fixture_head, folder);
#pragma GCC diagnostic pop
	fixture_write(folder, "scenario.yaml",
	        "%s"
	        "ports: [{id: bus, mode: rtu}]\n"
	        "instruments:\n"
	        "  - {id: gas, profile: command-gas, port: bus, slave: 1, delay: 5ms, "
	        "channels: [{name: o2, mean: 8}, {name: range, mean: 25}]}\n",
	        head);
	fixture_write(folder, "station.yaml",
	        "zone: {id: kcn-mau, name: KCN Mau}\n"
	        "station: {id: nt-01, name: Khi thai, simulation: yes}\n"
	        "facility: {id: a, name: A}\n"
	        "outlets: [{id: x, name: X, kind: stack}]\n"
	        "journal: {folder: journal}\n"
	        "profiles: profiles\n"
	        "ports: [{id: bus, path: %s/run/bus, line: 115200 8N1%s}]\n"
	        "instruments:\n"
	        "  - {id: gas, profile: command-gas, port: bus, slave: 1, poll_every: "
	        "100ms%s}\n",
	        folder, port, allowed);
}

static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	lay_out(*state, "", ", commands: allowed");
	gas = (struct seen){ .id = "gas" };
	return 0;
}

static int teardown(void **state)
{
	seen_free(&gas, 1);
	return scratch_remove(state);
}

static void command(const char *folder, const char *words, int want, const char *says)
{
	char whole[512];
	snprintf(whole, sizeof whole, "station command %s </dev/null", words);
	line_says(folder, whole, want, says);
}

static void maintenance(const char *folder, const char *on)
{
	char words[64];
	snprintf(words, sizeof words, "station maintenance gas %s --reason x", on);
	free(line_said(folder, words, 0));
}

/* The text of the first STATE "instrument gas" of this state. */
static void told(const char *word, const char *part)
{
	char key[160];
	snprintf(key, sizeof key,
	        "{\"subject\":\"instrument gas\",\"state\":\"%s\",\"text\":\"", word);
	const char *at = strstr(states, key);
	if (at == NULL) {
		fail_msg("nobody told '%s'", word);
		return;
	}
	char *line = strndup(at, strcspn(at, "\n"));
	assert_contains(line, part);
	free(line);
}

static void an_order_is_carried_out_and_stands_in_the_journal(void **state)
{
	char who[200];
	struct run run =
	        run_begin(*state, in_folder(*state, "run/bus"), NULL, NULL, "60s");
	wait_for_file(in_folder(*state, "journal/state.json"));
	poll(NULL, 0, 1000);
	command(*state, "gas set_range 50 --yes --reason 'khí chuẩn mới'", 64,
	        "begin its maintenance first");
	command(*state, "gas set_range 50 --yes --lang vi --reason x", 64,
	        "hãy bật bảo trì trước (quantrac station maintenance gas on");
	maintenance(*state, "on");
	command(*state, "gas set_range 50 --yes --reason 'khí chuẩn mới'", 0,
	        "gas set_range: done; answer 01 10 00 0C 00 02 81 CB");
	poll(NULL, 0, 800);
	maintenance(*state, "off");
	command(*state, "gas unlock --yes --lang vi --reason x", 0,
	        "gas unlock: đã thực hiện; trả lời 01 06 00 01 00 03 98 0B");
	kill(run.sensord, SIGTERM);
	run_finish(*state, &run);
	seen_read(*state, &gas, 1, &states);
	/* the register was changed: the simulator says so when it is asked */
	assert_contains(states, "settings changed");
	assert_contains(states, "25 -> 50 %");
	snprintf(who, sizeof who,
	        "set_range 50 %%; changes range; request 01 10 00 0C 00 02 04 42 48 00 "
	        "00 67 94; by ");
	told("command ordered", who);
	snprintf(who, sizeof who, "(uid %u): khí chuẩn mới\"}", (unsigned)getuid());
	told("command ordered", who);
	told("command done", "; answer 01 10 00 0C 00 02 81 CB; by ");
	told("command done", who);
	assert_true(strstr(states, "\"command ordered\"") <
	            strstr(states, "\"command done\""));
}

static void nothing_is_sent_unless_the_configuration_allows_it(void **state)
{
	lay_out(*state, "", "");
	struct run run =
	        run_begin(*state, in_folder(*state, "run/bus"), NULL, NULL, "60s");
	wait_for_file(in_folder(*state, "journal/state.json"));
	command(*state, "gas unlock --yes --reason x", EXIT_CONFIG,
	        "station.yaml:9: instrument 'gas' is read only: write `commands: "
	        "allowed`");
	command(*state, "gas unlock --yes --lang vi --reason x", EXIT_CONFIG,
	        "station.yaml:9: thiết bị 'gas' chỉ được đọc: hãy ghi `commands: "
	        "allowed`");
	/* and sensord refuses too, whatever the file says by now; the file is not to blame */
	lay_out(*state, "", ", commands: allowed");
	command(*state, "gas unlock --yes --reason x", EXIT_USAGE,
	        "station.yaml as it is now: it reads the file when it starts. Nothing "
	        "was sent. Start it again: sudo systemctl restart quantrac-sensord");
	command(*state, "gas unlock --yes --lang vi --reason x", EXIT_USAGE,
	        "station.yaml hiện nay: tệp chỉ được đọc khi khởi động");
	kill(run.sensord, SIGTERM);
	run_finish(*state, &run);
	seen_read(*state, &gas, 1, &states);
	assert_null(strstr(states, "command"));
}

static void what_was_shown_is_what_is_sent(void **state)
{
	struct run run =
	        run_begin(*state, in_folder(*state, "run/bus"), NULL, NULL, "60s");
	wait_for_file(in_folder(*state, "journal/state.json"));
	char *text = text_of(*state, "station.yaml"), *slave = strstr(text, "slave: 1");
	slave[7] = '2'; /* changed since sensord was started */
	fixture_write(*state, "station.yaml", "%s", text);
	command(*state, "gas unlock --yes --reason x", EXIT_USAGE,
	        "quantrac-sensord still runs with another configuration than");
	kill(run.sensord, SIGTERM);
	run_finish(*state, &run);
	seen_read(*state, &gas, 1, &states);
	assert_null(strstr(states, "command"));
}

/* Nothing of what a person reads is left in the other language. */
static void speaks_vietnamese(const char *folder)
{
	static const struct {
		const char *words;
		int code;
		const char *says;
	} cases[] = {
		{ "", 64, "hãy viết: quantrac station command THIẾT_BỊ" },
		{ "gas unlock", 64, "cần lý do (--reason NỘI DUNG)" },
		{ "gas unlock --reason x", 64, "không có gì được gửi đi (--yes" },
		{ "gas unlok --reason x", 64,
		        "không có lệnh 'unlok'; có các lệnh: zero" },
		{ "gas set_range 101 --reason x", 64, "101 không nằm trong 1..100 %" },
		{ "gas set_range --reason x", 64, "cần một số, 1..100 %" },
		{ "gas set_range 1x --reason x", 64, "không phải số thập phân" },
		{ "gas unlock 3 --reason x", 64, "'unlock' không nhận số nào" },
		{ "gaz unlock --reason x", 64, "không có thiết bị 'gaz' tại trạm" },
		{ "gas unlock --yes --reason x", EXIT_NO_DAEMON, "sensord không chạy" },
		{ "gas unlock --yes --reason x", EXIT_NO_DAEMON, "ghi chú của lệnh" },
	};
	char words[160];
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(words, sizeof words, "%s --lang vi", cases[i].words);
		command(folder, words, cases[i].code, cases[i].says);
	}
}

static void it_is_shown_and_asked_for_before(void **state)
{
	command(*state, "gas", 0, "must be on");
	command(*state, "gas", 0,
	        "01 05 00 07 FF 00 3D FB (slave 1, function 5, coil 7)");
	command(*state, "gas --lang vi", 0, "phải bật trước");
	command(*state, "gas unlock", 64, "--reason TEXT");
	command(*state, "gas unlock --reason x", 64, "there is no terminal to ask on");
	command(*state, "gas unlock --reason x", 64, "01 06 00 01 00 03 98 0B");
	command(*state, "gas unlock --reason x --lang vi", 64, "chế độ làm việc");
	command(*state, "gas unlok --reason x", 64,
	        "knows no command 'unlok'; it knows zero, set_range, unlock, gain, "
	        "words, "
	        "coils");
	command(*state, "gas set_range 101 --reason x", 64, "101 is not in 1..100 %");
	command(*state, "gaz unlock --reason x", 64, "there is no instrument 'gaz'");
	command(*state, "gas unlock --yes --reason x", EXIT_NO_DAEMON,
	        "quantrac-sensord is not running");
	speaks_vietnamese(*state);
	lay_out(*state, ", master: other", "");
	command(*state, "gas unlock --yes --reason x", EXIT_CONFIG,
	        "port 'bus' is only listened to, nothing is ever sent there");
	command(*state, "gas unlock --yes --lang vi --reason x", EXIT_CONFIG,
	        "cổng 'bus' chỉ được nghe");
	lay_out(*state, ", master: other", ", commands: allowed");
	command(*state, "gas unlock --yes --reason x", EXIT_CONFIG, "station.yaml:9:");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(an_order_is_carried_out_and_stands_in_the_journal),
		EACH(nothing_is_sent_unless_the_configuration_allows_it),
		EACH(what_was_shown_is_what_is_sent),
		EACH(it_is_shown_and_asked_for_before),
	};
	return cmocka_run_group_tests_name("e2e_command", tests, NULL, NULL);
}
