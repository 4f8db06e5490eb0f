/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real daemon minds its cabinet: modem lines as contacts, an order of an operator, a bottle; all of it in the
 * journal, between the readings it is about. */
#include "tests/kits/check.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/reading.h"
#include "base/status.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/e2e_cabinet.h"
#include "tests/kits/line_kit.h"

static struct seen water;
static const char *states;

static int setup(void **state)
{
	char head[512];
	if (scratch_make(state) != 0)
		return -1;
	const char *folder = *state;
	fixture_profiles(folder);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(head, sizeof head, fixture_head, folder);
#pragma GCC diagnostic pop
	fixture_write(folder, "scenario.yaml",
	        "%s"
	        "ports: [{id: bus, mode: rtu}]\n"
	        "instruments:\n"
	        "  - {id: water, profile: fixture-water, port: bus, slave: 1, delay: "
	        "5ms, channels: [{name: cod, mean: 42, noise: 1}]}\n",
	        head);
	fixture_write(folder, "station.yaml",
	        "zone: {id: kcn-mau, name: KCN Mau}\n"
	        "station: {id: nt-01, name: Nuoc thai, simulation: yes}\n"
	        "facility: {id: a, name: A}\n"
	        "outlets: [{id: x, name: X, kind: water}]\n"
	        "journal: {folder: journal}\n"
	        "profiles: profiles\n"
	        "ports: [{id: bus, path: %s/run/bus, line: 115200 8N1, rts: off}]\n"
	        "instruments:\n"
	        "  - {id: water, profile: fixture-water, port: bus, slave: 1, "
	        "poll_every: 100ms}\n"
	        "inputs:\n"
	        "  - {id: key, kind: maintenance, port: bus, modem: ri, settle: "
	        "300ms}\n"
	        "  - {id: mains, kind: mains, port: bus, modem: cts, settle: 300ms}\n"
	        "  - {id: door, kind: door, gpio: /dev/gpiochip77, gpio_line: 1}\n"
	        "sampler: {armed: yes, instrument: water, channel: cod, above: 10 "
	        "mg/L, "
	        "for: 1s, bottles: 1, pulse: 200ms, port: bus, modem: rts}\n",
	        folder);
	water = (struct seen){ .id = "water" };
	return 0;
}

static int teardown(void **state)
{
	seen_free(&water, 1);
	return scratch_remove(state);
}

static bool has_shim(char shim[512])
{
	snprintf(shim, 512, "%s", project_file("build/shim_pty.so"));
	if (access(shim, R_OK) == 0)
		return true;
	puts("SKIPPED: build/shim_pty.so is not here (make build/shim_pty.so)");
	return false;
}

static size_t told(const char *subject, const char *word)
{
	char part[160];
	size_t n = 0;
	snprintf(part, sizeof part, "{\"subject\":\"%s\",\"state\":\"%s\"", subject,
	        word);
	for (const char *at = states; (at = strstr(at, part)) != NULL; at++)
		n++;
	return n;
}

/* What a command says has all of these in it; the list ends with NULL. */
static void tells(const char *folder, const char *words, const char *const *says)
{
	char *text = line_said(folder, words, 0);
	for (; *says != NULL; says++)
		assert_contains(text, *says);
	free(text);
}

/* While maintenance is on, the bottle is taken, and a GPIO chip is not there. */
static void status_tells_of_contacts(const char *folder)
{
	static const char *const csv[] = {
		"station,what,kind,id,name,state,since,until,instruments,bottles,"
		"bottles_used,bottles_left,bottles_used_today,bottles_left_today,last,"
		"last_at,text,today_s\n",
		"\nnt-01,input,mains,mains,,on,20",
		"\nnt-01,input,maintenance,key,,off,20",
		"\nnt-01,input,door,door,,unknown,20",
		"\nnt-01,maintenance,,water,,on,20",
		"\nnt-01,maintenance today,,water,,,,,water,,,,,,,,,",
		"\nnt-01,sampler,,sampler,,armed,,,,1,1,0,1,0,full,20",
		NULL,
	};
	static const char *const json[] = {
		"\"what\":\"sampler\",\"kind\":null,\"id\":\"sampler\"", NULL
	};
	static const char *const people[] = { " maintenance ",
		"Automatic sampler  armed", "\nMaintenance today ",
		"  water 0 h 0 min\n",
		"1 of 1 bottles used, 0 left; today 1, 0 left; NO BOTTLE LEFT at 20",
		"\nMaintenance key", "cannot be read", "gpiochip77", NULL };
	static const char *const vietnamese[] = { "Khóa bảo trì", "Cửa tủ",
		"Bảo trì trong ngày", "water 0 giờ 0 phút", "không đọc được",
		"đã dùng 1 trong 1 chai, còn 0; hôm nay 1, còn được lấy 0; HẾT CHAI 20",
		NULL };
	static const char *const channels[] = {
		"station,instrument,channel,value,unit,age,state,ok_last_hour,time,"
		"simulated\n",
		NULL
	};
	tells(folder, "status --contacts --format csv", csv);
	tells(folder, "status --contacts --format json", json);
	tells(folder, "status", people);
	tells(folder, "status --lang vi", vietnamese);
	tells(folder, "status --format csv", channels);
	line_says(folder, "status --contacts --lines", 64, "ask for one");
}

static void what_the_cabinet_senses_is_in_its_journal(void **state)
{
	char shim[512], name[128];
	if (!has_shim(shim))
		skip();
	struct run run =
	        run_begin(*state, in_folder(*state, "run/bus"), NULL, shim, "120s");
	wait_for_file(in_folder(*state, "journal/state.json"));
	poll(NULL, 0, 2500);
	line_says(*state, "station maintenance water on --reason 'thay bộ lọc'", 0,
	        "maintenance of water until 20");
	poll(NULL, 0, 1200);
	status_tells_of_contacts(*state);
	line_says(*state, "station maintenance water off --reason xong", 0,
	        "maintenance of water has ended");
	line_says(*state, "station emptied --reason 'chai mới'", 0, "1 empty bottles");
	line_says(*state, "station emptied --reason x --lang vi", 0,
	        "thiết bị lấy mẫu có 1 chai rỗng");
	line_says(*state, "station maintenance water on --reason x --lang vi", 0,
	        "bảo trì water đến 20");
	line_says(*state, "station maintenance water off --reason x --lang vi", 0,
	        "đã kết thúc bảo trì water");
	line_says(*state, "station maintenance water off --reason x --lang vi", 64,
	        "water không đang bảo trì");
	line_says(*state, "station maintenance watr on --reason x --lang vi",
	        EXIT_NO_FILE, "không có thiết bị 'watr' tại trạm");
	line_says(*state, "station maintenance watr on --reason x", EXIT_NO_FILE,
	        "there is no instrument 'watr'");
	poll(NULL, 0, 500);
	kill(run.sensord, SIGTERM);
	run_finish(*state, &run);
	seen_read(*state, &water, 1, &states);
	frames_agree(&water, 2);
	assert_int_equal(told("cabinet", "boot"), 1);
	assert_int_equal(told("input key", "off"), 1);
	assert_int_equal(told("input mains", "on"), 1);
	assert_int_equal(told("input door", "unknown"), 1);
	assert_int_equal(told("maintenance water", "on"), 2);
	assert_int_equal(told("maintenance water", "off"), 2);
	assert_int_equal(told("sampler", "armed"), 1);
	assert_int_equal(told("sampler", "bottle"), 1);
	assert_int_equal(told("sampler", "emptied"), 2);
	snprintf(name, sizeof name, "(uid %u): thay bộ lọc: water; ends by itself at ",
	        (unsigned)getuid());
	assert_contains(states, name);
	assert_contains(states, "1 of 1: cod of water above 10 mg/L for 1 s, ");
}

static void readings_made_during_maintenance_are_marked_and_keep_their_values(
        void **state)
{
	char shim[512];
	size_t marked = 0, turns = 0;
	if (!has_shim(shim))
		skip();
	struct run run =
	        run_begin(*state, in_folder(*state, "run/bus"), NULL, shim, "20s");
	wait_for_file(in_folder(*state, "journal/state.json"));
	poll(NULL, 0, 1500);
	line_says(*state, "station maintenance nt-01 on --reason x", 0,
	        "maintenance of nt-01 until 20");
	poll(NULL, 0, 1200);
	kill(run.sensord, SIGKILL);
	waitpid(run.sensord, NULL, 0);
	run.sensord = run_again(*state, "2s"); /* it goes on */
	run_finish(*state, &run);
	seen_read(*state, &water, 1, &states);
	for (size_t i = 0; i < water.n_kept; i++) {
		const struct poll_kept *kept = &water.kept[i];
		bool is = kept->state[0] == STATE_MAINTENANCE;
		if (kept->state[0] != STATE_OK && !is)
			continue;
		assert_true(isfinite(kept->value[0]));
		turns += is != (marked > 0);
		marked += is;
	}
	assert_true(marked > 10);
	assert_int_equal(turns, 1);
	assert_int_equal(told("maintenance all instruments", "on"), 2);
	assert_contains(states, "goes on: water; ends by itself at ");
}

static void nobody_else_may_give_orders(void **state)
{
	struct stat st;
	if (getuid() != 0) {
		puts("SKIPPED: who may give orders is tried by root only");
		skip();
	}
	struct run run =
	        run_begin(*state, in_folder(*state, "run/bus"), NULL, NULL, "20s");
	wait_for_file(in_folder(*state, "journal/state.json"));
	assert_int_equal(chmod(*state, 0755), 0);
	assert_int_equal(stat(in_folder(*state, "journal/control"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	int code;
	char *text = run_command(&code,
	        "setpriv --reuid=65534 --regid=65534 --clear-groups %s station "
	        "maintenance water on --reason x --config %s 2>&1",
	        project_file("build/san/quantrac"), in_folder(*state, "station.yaml"));
	kill(run.sensord, SIGTERM);
	run_finish(*state, &run);
	assert_contains(text, "only root and the group of quantrac-sensord may");
	assert_int_equal(code, EXIT_CONFIG);
	free(text);
}

static void orders_need_a_reason_and_a_daemon(void **state)
{
	line_says(*state, "station maintenance water on", 64,
	        "--reason is missing; write: quantrac station maintenance ID on|off "
	        "--reason TEXT");
	line_says(*state, "station maintenance water maybe --reason x", 64,
	        "station maintenance ID on|off --reason TEXT");
	line_says(*state, "station emptied", 64,
	        "--reason is missing; write: quantrac station emptied --reason TEXT");
	line_says(*state, "station maintenance water on --reason x", 69,
	        "quantrac-sensord is not running");
	line_says(*state, "station", 64, "maintenance");
	line_says(*state, "station emptied --lang vi", 64, "thiếu --reason; hãy viết:");
	line_says(*state, "station emptied --reason x --lang vi", 69,
	        "quantrac-sensord không chạy");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(what_the_cabinet_senses_is_in_its_journal),
		EACH(readings_made_during_maintenance_are_marked_and_keep_their_values),
		EACH(nobody_else_may_give_orders),
		EACH(orders_need_a_reason_and_a_daemon),
	};
	return cmocka_run_group_tests_name("e2e_senses", tests, NULL, NULL);
}
