/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people did to a station, of a cabinet's own journal and of an archive. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/event.h"
#include "base/legal_time.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/sample_archive.h"

static struct sample sample;
static struct sample_head head;

static void tell(const char *subject, const char *state, const char *text)
{
	uint8_t payload[1200];
	const struct state_event event = { subject, state, text };
	int n = state_encode(&event, payload, sizeof payload);
	assert_true(n > 0);
	head.seq++;
	head.mono_us += 60 * US_PER_S;
	head.time_us = SAMPLE_DAY_US + head.mono_us;
	sample_add(&sample, &head, RECORD_STATE, payload, (size_t)n);
}

static int begin(void **state)
{
	static const char *const channel[] = { "ph", "pH", NULL };
	if (scratch_make(state) != 0)
		return -1;
	sample_start(&sample, "nt-01");
	size_t ph = sample_instrument(&sample, "ph", channel);
	head = (struct sample_head){
		.epoch = 7, .seq = 1, .boot = 5, .clock = CLOCK_SYNCED
	};
	head.time_us = SAMPLE_DAY_US;
	sample_describe(&sample, &head, ph);
	return 0;
}

static int finish(void **state)
{
	fixture_write(*state, "station.yaml", "%s", fixture_lone_ph);
	sample_archive_make(*state);
	sample_archive_journal(*state, &sample);
	return 0;
}

static int setup(void **state)
{
	if (begin(state) != 0)
		return -1;
	tell("port bus", "down", "hung up");
	tell("maintenance ph", "on",
	        "by minh (uid 1001), logged in as lan (uid 1002): thay dung dịch: pH "
	        "7: "
	        "ph; ends by itself at 02:02");
	tell("instrument ph", "command ordered",
	        "zero; changes gas; request 05 05; by minh (uid 1001): khí chuẩn");
	tell("instrument ph", "command refused",
	        "zero; changes gas; request 05 05; answer 05 85; by minh (uid 1001): "
	        "khí chuẩn");
	tell("instrument ph", "down", "no answer");
	tell("input door", "open", "door Cửa tủ");
	tell("cabinet", "login", "lan on tty1");
	return finish(state);
}

/* All that sensors/cabinet/cabinet.h lists. */
static const char *const told[][2] = { { "input a", "on" }, { "input a", "off" },
	{ "input a", "open" }, { "input a", "closed" }, { "input a", "ok" },
	{ "input a", "alarm" }, { "input a", "ready" }, { "input a", "not ready" },
	{ "input a", "unknown" }, { "maintenance ph", "renewed" },
	{ "maintenance ph", "off" }, { "maintenance by key", "ended" },
	{ "maintenance of ph", "long" }, { "cabinet", "boot" }, { "cabinet", "usb in" },
	{ "cabinet", "usb out" }, { "cabinet", "tty in" }, { "cabinet", "tty out" },
	{ "cabinet", "logout" }, { "cabinet", "not watched" }, { "cabinet", "many" },
	{ "sampler", "armed" }, { "sampler", "not armed" }, { "sampler", "bottle" },
	{ "sampler", "failed" }, { "sampler", "doubtful" }, { "sampler", "full" },
	{ "sampler", "enough" }, { "sampler", "too soon" }, { "sampler", "not ready" },
	{ "sampler", "emptied" }, { "instrument ph", "command done" },
	{ "instrument ph", "command unknown" },
	{ "instrument ph", "command not sent" } };

static int setup_states(void **state)
{
	if (begin(state) != 0)
		return -1;
	for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
		tell(told[i][0], told[i][1], "");
	tell("cabinet", "boot",
	        "the machine runs for 6616 s; this is the first time that is "
	        "remembered");
	return finish(state);
}

static int teardown(void **state)
{
	sample_free(&sample);
	return scratch_remove(state);
}

static char *said(const char *folder, const char *words, int code)
{
	int ended;
	char *text = run_command(&ended,
	        "QUANTRAC_NOW=2026-11-15T01:00:00+07:00 "
	        "QUANTRAC_CONFIG=%s/station.yaml "
	        "%s status --events %s 2>&1",
	        folder, project_file("build/san/quantrac"), words);
	if (ended != code)
		fail_msg("ended with %d: %s", ended, text);
	return text;
}

static const char rows[] =
        "time,station,subject,state,who,reason,details\n"
        "2026-11-15T00:02:00+07:00,nt-01,maintenance ph,on,\"minh (uid 1001), logged "
        "in "
        "as lan (uid 1002)\",thay dung dịch: pH 7,ph; ends by itself at 02:02\n"
        "2026-11-15T00:03:00+07:00,nt-01,instrument ph,command ordered,minh (uid "
        "1001),khí chuẩn,zero; changes gas; request 05 05\n"
        "2026-11-15T00:04:00+07:00,nt-01,instrument ph,command refused,minh (uid "
        "1001),khí chuẩn,zero; changes gas; request 05 05; answer 05 85\n"
        "2026-11-15T00:06:00+07:00,nt-01,input door,open,,,door Cửa tủ\n"
        "2026-11-15T00:07:00+07:00,nt-01,cabinet,login,,,lan on tty1\n";

static void a_cabinet_tells_who_did_what_and_why_in_order_of_time(void **state)
{
	char *text = said(*state, "--format csv", 0);
	assert_string_equal(text, rows);
	free(text);
	text = said(*state, "--json", 0);
	assert_contains(text, "\"reason\":\"khí chuẩn\"");
	free(text);
}

static void an_archive_tells_the_same(void **state)
{
	char words[4200];
	snprintf(words, sizeof words, "--format csv --archive %s", (char *)*state);
	char *text = said(*state, words, 0);
	assert_string_equal(text, rows);
	free(text);
	snprintf(words, sizeof words, "--archive %s --station nt-02", (char *)*state);
	free(said(*state, words, 66));
	snprintf(words, sizeof words, "--lang vi --archive %s", (char *)*state);
	text = said(*state, words, 0);
	assert_contains(text, "bảo trì ph");
	free(text);
}

static void it_is_told_in_vietnamese(void **state)
{
	char *text = said(*state, "--lang vi", 0);
	assert_contains(text, "ĐỐI TƯỢNG");
	assert_contains(text, "bảo trì ph");
	assert_contains(text, "thiết bị từ chối");
	assert_contains(text, "tiếp điểm door");
	assert_contains(text, " mở ");
	assert_contains(text, "đăng nhập");
	assert_contains(text, "ph; tự kết thúc lúc 02:02");
	free(text);
}

static void every_state_of_a_cabinet_has_its_word(void **state)
{
	char *text = said(*state, "--lang vi", 0);
	for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
		char cell[64];
		snprintf(cell, sizeof cell, "  %s  ", told[i][1]);
		if (strstr(text, cell) != NULL)
			fail_msg("'%s' of '%s' has no word: %s", told[i][1], told[i][0],
			        text);
	}
	assert_contains(text, "bảo trì bằng khóa key");
	assert_contains(text, "bảo trì trong ngày của ph");
	assert_contains(text, "máy đã chạy 6616 s; đây là lần khởi động đầu tiên");
	assert_null(strstr(text, "sampler"));
	free(text);
}

static void a_stretch_may_be_asked_for(void **state)
{
	char *text = said(*state,
	        "--format csv --since 2026-11-15T00:06 --until 2026-11-15T00:07", 0);
	assert_contains(text, "input door");
	assert_null(strstr(text, "maintenance"));
	assert_null(strstr(text, "login"));
	free(text);
	free(said(*state, "--gaps", 64));
	free(said(*state, "--lines", 64));
	free(said(*state, "--exit-code", 64));
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_cabinet_tells_who_did_what_and_why_in_order_of_time),
		WITH(an_archive_tells_the_same),
		WITH(it_is_told_in_vietnamese),
		cmocka_unit_test_setup_teardown(
		        every_state_of_a_cabinet_has_its_word, setup_states, teardown),
		WITH(a_stretch_may_be_asked_for),
	};
	unsetenv("LANG");
	unsetenv("LC_ALL");
	unsetenv("QUANTRAC_ARCHIVE");
	return cmocka_run_group_tests_name("status_events", tests, NULL, NULL);
}
