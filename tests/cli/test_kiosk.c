/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's screen: what it shows, and what is never green. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/watch.h"
#include "tests/kits/vt.h"

#define S INT64_C(1000000)

enum { RED = 1, GREEN = 2, YELLOW = 3 };

static const char configuration[] =
        "zone: {id: kcn-mau, name: KCN Mẫu}\n"
        "station: {id: nt-01, name: Nước thải, simulation: yes}\n"
        "facility: {id: a, name: A}\n"
        "outlets: [{id: x, name: X, kind: water}]\n"
        "journal: {folder: journal}\n"
        "ports: [{id: bus, path: /dev/serial/by-id/usb-a}]\n"
        "instruments:\n"
        "  - id: cod\n"
        "    profile: sim-water-quality\n"
        "    port: bus\n"
        "    slave: 3\n"
        "    channels:\n"
        "      - {name: cod, limit: 75 mg/L, limit_source: GPMT 12}\n"
        "  - id: ph\n"
        "    profile: sim-ph-temperature\n"
        "    port: bus\n"
        "    slave: 2\n"
        "    channels:\n"
        "      - {name: ph, limit: 5.5..9 pH, limit_source: GPMT 12}\n"
        "inputs:\n"
        "  - {id: door, kind: door, gpio: /dev/gpiochip0, gpio_line: 1}\n"
        "  - {id: key, kind: maintenance, gpio: /dev/gpiochip0, gpio_line: 2, name: "
        "Khóa K1}\n"
        "  - {id: mains, kind: mains, gpio: /dev/gpiochip0, gpio_line: 3}\n"
        "  - {id: ups, kind: ups, gpio: /dev/gpiochip0, gpio_line: 4}\n"
        "  - {id: ready, kind: sampler-ready, gpio: /dev/gpiochip0, gpio_line: 5}\n";

static struct station *station;
static struct live_channel channels[3];
static struct live_state told[8];
static struct live_view view;
static struct watch scene;
static struct vt vt;

static int setup(void **state)
{
	struct problem why;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	if (station == NULL && station_parse(&station, configuration,
	                               strlen(configuration), "s", stderr, &why) != OK)
		return -1;
	int64_t now_us = INT64_C(1794188880000000); /* 08:48:00 on 9 November 2026 */
	channels[0] = (struct live_channel){ "cod", "cod", "COD", "COD", "mg/L", "ok",
		41.25, 1, now_us - 3 * S, now_us - 3 * S, 100, 10 };
	channels[1] = (struct live_channel){ "ph", "ph", "pH", "pH", "pH", "ok", 7.2, 2,
		now_us - S, now_us - S, 100, 2 };
	channels[2] = (struct live_channel){ "ph", "temperature", "Nhiệt độ",
		"Temperature", "Cel", "off", NAN, 1, 0, 0, NAN, 2 };
	told[0] = (struct live_state){ "input door", "open", "", now_us };
	view = (struct live_view){ .station = "nt-01",
		.name = "Nước thải",
		.link = "open",
		.journal = "disk",
		.running = true,
		.written_us = now_us,
		.mono_us = 100 * S,
		.waiting = 12,
		.acked_us = now_us - 4 * S,
		.n_channels = 3,
		.channel = channels,
		.n_states = 1,
		.told = told };
	scene = (struct watch){ .station = station,
		.view = &view,
		.now = { .time_us = now_us, .mono_us = 100 * S },
		.vietnamese = true,
		.both = true,
		.kiosk = true,
		.offset_min = OFFSET_VIETNAM };
	return 0;
}

static int remove_station(void **state)
{
	station_free(station);
	return 0;
}

static int draw(int rows, int cols)
{
	char *bytes = NULL;
	size_t n;
	struct screen *screen = screen_new(rows, cols, true);
	int pages = watch_draw(screen, &scene);
	FILE *out = open_memstream(&bytes, &n);
	screen_write(screen, out);
	fclose(out);
	vt_begin(&vt, rows, cols);
	vt_feed(&vt, bytes, n);
	free(bytes);
	screen_free(screen);
	assert_int_equal(vt.strange, 0);
	return pages;
}

static void shows(const char *text)
{
	assert_contains(vt_text(&vt), text);
}

static void shows_not(const char *text)
{
	if (strstr(vt_text(&vt), text) != NULL)
		fail_msg("\"%s\" is in:\n%s", text, vt_text(&vt));
}

/* The colour a text begins with. */
static int colour_of(const char *text)
{
	int col, row = vt_find(&vt, text, &col);
	if (row < 0)
		fail_msg("\"%s\" is not in:\n%s", text, vt_text(&vt));
	return vt.cell[row][col].colour;
}

/* ---- the whole picture ---- */

static void check_rows(int row, const char *const *want)
{
	for (; *want != NULL; want++, row++)
		assert_string_equal(vt_row(&vt, row), *want);
}

static void a_small_screen_is_this(void **state)
{
	static const char *const top[] = {
		" COD                                                        đang đo / "
		"measuring",
		"            _    mg/L",
		" |_|   |    _|   giới hạn 75  GPMT 12",
		"   |   | , |_    08:47:57 (3 s trước)",
		" pH                                                         "
		"đang đo / measuring",
		"  _     _   _",
		"   |    _| | |   giới hạn 5,5 – 9  GPMT 12",
		"   | , |_  |_|   08:47:59 (1 s trước)",
		NULL,
	};
	static const char *const foot[] = {
		"",
		" Cửa tủ: mở",
		" Gửi lần cuối 08:47:56 (4 s trước); 12 bản ghi chờ gửi",
		" Giá trị tức thời, chưa phải là kết quả đánh giá.",
		NULL,
	};
	assert_int_equal(draw(14, 80), 1);
	assert_contains(vt_row(&vt, 0), "Nước#thải");
	assert_contains(vt_row(&vt, 0), "09/11/2026##08:48:00");
	check_rows(2, top);
	check_rows(10, foot);
}

static void a_large_screen_has_large_digits(void **state)
{
	static const char *const digits[] = {
		" ##  ##    ##        ######    mg/L",
		" ##  ##  ####            ##    giới hạn 75  GPMT 12",
		" ######    ##        ######    08:47:57 (3 s trước)",
		"     ##    ##    ##  ##",
		"     ##  ######  ##  ######",
		NULL,
	};
	assert_int_equal(draw(25, 80), 1);
	check_rows(3, digits);
}

static void english_comes_first_where_it_is_asked_for(void **state)
{
	scene.vietnamese = false;
	draw(14, 80);
	shows("measuring / đang đo");
	shows("limit 5.5 – 9  GPMT 12");
	shows("2026-11-09##08:48:00");
	shows("Door: open");
	shows("Last sent 08:47:56 (4 s ago); 12 records wait");
	scene.both = false;
	draw(14, 80);
	shows_not("đang đo");
}

static void without_a_screen_of_its_own_it_is_a_table(void **state)
{
	scene.kiosk = scene.both = false;
	draw(30, 100);
	shows("Thông số                           Giá trị  Đơn vị   Giới hạn    Thời "
	      "gian "
	      "Trạng thái");
	shows("COD                                   41,2  mg/L     75          "
	      "08:47:57  "
	      "đang đo");
	draw(20, 50); /* what a phone shows has the state all the same */
	shows("COD              41,2  mg/L    đang đo");
}

static void what_does_not_fit_has_pages(void **state)
{
	static struct live_channel many[30];
	char name[30][8];
	for (int i = 0; i < 30; i++) {
		many[i] = channels[0];
		snprintf(name[i], sizeof name[i], "K%02d", i);
		many[i].label_vi = many[i].label_en = name[i];
	}
	view.channel = many;
	view.n_channels = 30;
	assert_int_equal(draw(17, 80), 3);
	shows("K00");
	shows("K09");
	shows_not("K10");
	scene.page = 5; /* the third, once more round */
	draw(17, 80);
	shows("K29");
	shows_not("K19");
}

/* ---- what is said of a value ---- */

static void a_value_over_its_limit_is_red_and_said_so(void **state)
{
	draw(14, 80);
	assert_int_equal(colour_of("|_|   |"), GREEN);
	channels[0].value = 75;
	draw(14, 80);
	assert_int_equal(colour_of("đang đo"), GREEN);
	channels[0].value = 75.04;
	draw(14, 80);
	shows("cao hơn giới hạn / above the limit");
	assert_int_equal(colour_of("cao hơn giới hạn"), RED);
	scene.kiosk = false;
	draw(14, 100);
	shows("75,04"); /* not 75,0 over 75 */
	channels[1].value = 5.4;
	draw(14, 100);
	shows("ngoài khoảng cho phép");
	channels[1].value = 9;
	draw(14, 100);
	shows_not("ngoài khoảng");
	channels[1].value = 5.5;
	draw(14, 100);
	shows_not("ngoài khoảng");
}

static void no_state_but_measuring_is_green(void **state)
{
	view.n_channels = 1;
	for (uint8_t i = 0; i < CHANNEL_STATES; i++) {
		bool good = i == STATE_OK || i == STATE_UNCHANGED;
		channels[0].state = channel_state_text(i);
		for (int kiosk = 0; kiosk < 2; kiosk++) {
			scene.kiosk = kiosk;
			draw(14, 80);
			assert_int_equal(vt_has_colour(&vt, GREEN), good);
		}
	}
	channels[0].state = "a word of tomorrow";
	draw(14, 80);
	assert_false(vt_has_colour(&vt, GREEN));
}

static void an_instrument_that_is_silent_shows_no_value_of_now(void **state)
{
	channels[0].state = "silent";
	channels[0].value_us -= 720 * S;
	draw(14, 80);
	shows("không trả lời / does not answer");
	shows("lần cuối 41,2 (12 phút trước)");
	shows_not("|_|   |");
	assert_int_equal(colour_of("không trả lời"), YELLOW);
	channels[0].value = NAN;
	channels[0].value_us = 0;
	draw(14, 80);
	shows_not("lần cuối 41");
}

static void a_reading_that_is_overdue_is_lost(void **state)
{
	/* due every 10 s: a minute at least */
	channels[0].time_us = channels[0].value_us = view.written_us - 60 * S;
	draw(14, 80);
	assert_int_equal(colour_of("đang đo"), GREEN);
	channels[0].time_us = channels[0].value_us = view.written_us - 60 * S - 1;
	draw(14, 80);
	shows("mất tín hiệu / signal lost");
	assert_int_equal(colour_of("mất tín hiệu"), YELLOW);
	/* a slow analyser has three of its cycles */
	channels[0].result_every_s = 600;
	channels[0].time_us = channels[0].value_us = view.written_us - 1800 * S;
	draw(14, 80);
	shows_not("mất tín hiệu");
}

static void nothing_is_green_when_the_view_grows_old(void **state)
{
	scene.now.mono_us = view.mono_us + 5 * S - 1;
	draw(14, 80);
	assert_true(vt_has_colour(&vt, GREEN));
	scene.now.mono_us = view.mono_us + 5 * S;
	draw(14, 80);
	assert_false(vt_has_colour(&vt, GREEN));
	shows("SỐ#LIỆU#CŨ#5#s:#quantrac-sensord#không#ghi#thêm");
	shows("mất tín hiệu");
}

static void nothing_current_is_said_in_large_letters(void **state)
{
	scene.view = NULL;
	scene.problem = "quantrac-sensord is not running: ...";
	scene.last_us = scene.now.time_us - 3600 * S;
	draw(25, 80);
	shows("KHÔNG#CÓ#SỐ#LIỆU#HIỆN#TẠI#/#NO#CURRENT#DATA");
	shows("quantrac-sensord không chạy");
	shows("Số liệu cuối cùng lúc 2026-11-09T07:48:00+07:00");
	assert_false(vt_has_colour(&vt, GREEN));
	scene.station = NULL;
	draw(25, 80);
	shows("Không đọc được cấu hình của tủ.");
}

/* What live_read says of a program that is not there is longer than a line, and its end is the cure. */
static void the_cure_of_nothing_is_not_cut(void **state)
{
	scene.view = NULL;
	scene.problem =
	        "no quantrac-sensord has written /var/lib/quantrac/journal/state.json: "
	        "start it (quantrac-sensord --config FILE; where it is installed: "
	        "systemctl start quantrac-sensord), or name its configuration with "
	        "--config";
	draw(24, 80);
	shows("\n  no quantrac-sensord has written "
	      "/var/lib/quantrac/journal/state.json: start\n"
	      "  it (quantrac-sensord --config FILE; where it is installed: systemctl "
	      "start\n"
	      "  quantrac-sensord), or name its configuration with --config\n");
	shows("Để chạy lại: sudo systemctl start quantrac-sensord");
	draw(10, 40); /* the title and the reason are whole all the same */
	shows("KHÔNG#CÓ#SỐ#LIỆU");
	scene.vietnamese = scene.both = false;
	draw(24, 80);
	shows("To start it: sudo systemctl start quantrac-sensord");
	scene.station = NULL;
	draw(24, 80);
	shows("quantrac config check");
}

/* ---- below ---- */

static void maintenance_says_whose_and_until_when(void **state)
{
	struct live_maintenance maintenance[] = {
		{ "cod", "cod", 0, view.written_us + 7200 * S },
		{ "by key", "cod", 0, view.written_us + 720 * S },
		{ "all instruments", "", 0, view.written_us + 60 * S },
	};
	view.maintenance = maintenance;
	view.n_maintenance = 2;
	draw(14, 80);
	shows("BẢO#TRÌ:#cod#(đến#10:48);#Khóa#K1#(đến#09:00)");
	shows_not("tất#cả");
	view.n_maintenance = 3;
	draw(14, 100);
	shows("tất#cả#thiết#bị#(đến#08:49)");
	view.n_maintenance = 0;
	draw(14, 80);
	shows_not("BẢO");
}

/* Five contacts in eighty columns: all of them, on as many lines as that takes. */
static void contacts_that_do_not_fit_in_a_line_have_another(void **state)
{
	static const char *const ids[] = { "input door", "input key", "input mains",
		"input ups", "input ready" };
	static const char *const states[] = { "closed", "off", "on", "ok", "ready" };
	for (int i = 0; i < 5; i++)
		told[i] = (struct live_state){ ids[i], states[i], "", view.written_us };
	view.n_states = 5;
	assert_int_equal(draw(24, 80), 1);
	assert_string_equal(vt_row(&vt, 20),
	        " Cửa tủ: đóng   Khóa K1: tắt   Điện lưới: bật   Bộ lưu điện: bình "
	        "thường");
	assert_string_equal(vt_row(&vt, 21), " Thiết bị lấy mẫu: sẵn sàng");
	assert_contains(vt_row(&vt, 22), "Gửi lần cuối");
	/* where there is no room for all, what is wrong comes first, and the rest is
	 * counted */
	told[4].state = "not ready";
	told[2].state = "off";
	draw(14, 80);
	assert_string_equal(vt_row(&vt, 11),
	        " Điện lưới: tắt   Thiết bị lấy mẫu: chưa sẵn sàng   Cửa tủ: đóng   "
	        "+2");
	assert_int_equal(colour_of("Thiết bị lấy mẫu: chưa"), YELLOW);
	/* what is no terminal has them all */
	scene.whole = true;
	scene.kiosk = scene.both = false;
	assert_int_equal(watch_lines(&scene, 40), 2 + 1 + 2 + 3 + 4);
	draw(watch_lines(&scene, 40), 40);
	shows("Bộ lưu điện: bình thường");
	shows("Cửa tủ: đóng");
	shows_not("+");
}

static void the_sampler_has_a_line_and_is_red_when_it_failed(void **state)
{
	int64_t night_us = view.written_us - INT64_C(28440) * S; /* 00:54 */
	draw(14, 80);
	shows_not("Lấy mẫu tự động");
	struct live_sampler bottles = { true, 24, 0, 4, 0 };
	told[1] = (struct live_state){ "sampler", "armed", "", night_us };
	view.n_states = 2;
	view.sampler = &bottles;
	view.n_samplers = 1;
	draw(25, 80);
	shows("Lấy mẫu tự động: 0/24 chai, đang theo dõi");
	told[1].state = "bottle";
	bottles.used = 1;
	draw(25, 80);
	shows("Lấy mẫu tự động: 1/24 chai, đã lấy 00:54");
	assert_false(vt_has_colour(&vt, RED));
	scene.vietnamese = false;
	told[1].time_us -= 86400 * S;
	draw(25, 80);
	shows("Automatic sampler: 1/24 bottles, taken at 00:54 11/8");
	scene.vietnamese = true;
	static const char *const bad[][2] = { { "failed", "KHÔNG LẤY ĐƯỢC MẪU 00:54" },
		{ "doubtful", "KHÔNG CHẮC ĐÃ LẤY ĐƯỢC 00:54" },
		{ "full", "HẾT CHAI 00:54" } };
	told[1].time_us = night_us;
	for (int i = 0; i < 3; i++) {
		told[1].state = bad[i][0];
		draw(25, 80);
		shows(bad[i][1]);
		shows("Lấy mẫu tự động: 1/24 chai, ");
		assert_int_equal(colour_of("Lấy mẫu tự động"), RED);
	}
	told[1].state = "a word of tomorrow";
	draw(25, 80);
	assert_int_equal(colour_of("Lấy mẫu tự động"), YELLOW);
}

static void what_is_not_sent_is_said(void **state)
{
	view.link = "closed";
	draw(14, 80);
	shows("12 bản ghi chờ gửi; mất kết nối máy chủ");
	assert_int_equal(colour_of("Gửi lần cuối"), YELLOW);
	view.acked_us = 0;
	draw(14, 80);
	shows("Chưa gửi được từ khi khởi động; 12 bản ghi chờ gửi");
	view.link = "none";
	draw(14, 80);
	shows("Không gửi đi đâu: không có máy chủ nhận trong cấu hình");
	view.journal = "memory";
	draw(14, 80);
	shows("KHÔNG GHI ĐƯỢC VÀO ĐĨA");
}

#define EACH(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_small_screen_is_this),
		EACH(a_large_screen_has_large_digits),
		EACH(english_comes_first_where_it_is_asked_for),
		EACH(without_a_screen_of_its_own_it_is_a_table),
		EACH(what_does_not_fit_has_pages),
		EACH(a_value_over_its_limit_is_red_and_said_so),
		EACH(no_state_but_measuring_is_green),
		EACH(an_instrument_that_is_silent_shows_no_value_of_now),
		EACH(a_reading_that_is_overdue_is_lost),
		EACH(nothing_is_green_when_the_view_grows_old),
		EACH(nothing_current_is_said_in_large_letters),
		EACH(the_cure_of_nothing_is_not_cut),
		EACH(maintenance_says_whose_and_until_when),
		EACH(contacts_that_do_not_fit_in_a_line_have_another),
		EACH(the_sampler_has_a_line_and_is_red_when_it_failed),
		EACH(what_is_not_sent_is_said),
	};
	return cmocka_run_group_tests_name("kiosk", tests, NULL, remove_station);
}
