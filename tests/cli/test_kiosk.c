/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's screen as a whole, and what stands below the values. */
#include "tests/kits/check.h"

#include <stdio.h>

#include "tests/kits/kiosk_kit.h"

/* ---- the whole picture ---- */

static void check_rows(int row, const char *const *want)
{
	for (; *want != NULL; want++, row++)
		assert_string_equal(vt_row(&kiosk.vt, row), *want);
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
	assert_int_equal(kiosk_draw(14, 80), 1);
	assert_contains(vt_row(&kiosk.vt, 0), "Nước#thải");
	assert_contains(vt_row(&kiosk.vt, 0), "09/11/2026##08:48:00");
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
	assert_int_equal(kiosk_draw(25, 80), 1);
	check_rows(3, digits);
}

static void english_comes_first_where_it_is_asked_for(void **state)
{
	kiosk.scene.vietnamese = false;
	kiosk_draw(14, 80);
	kiosk_shows("measuring / đang đo");
	kiosk_shows("limit 5.5 – 9  GPMT 12");
	kiosk_shows("2026-11-09##08:48:00");
	kiosk_shows("Door: open");
	kiosk_shows("Last sent 08:47:56 (4 s ago); 12 records wait");
	kiosk.scene.both = false;
	kiosk_draw(14, 80);
	kiosk_shows_not("đang đo");
}

static void without_a_screen_of_its_own_it_is_a_table(void **state)
{
	kiosk.scene.kiosk = kiosk.scene.both = false;
	kiosk_draw(30, 100);
	kiosk_shows(
	        "Thông số                           Giá trị  Đơn vị   Giới hạn    Thời "
	        "gian "
	        "Trạng thái");
	kiosk_shows("COD                                   41,2  mg/L     75          "
	            "08:47:57  "
	            "đang đo");
	kiosk_draw(20, 50); /* what a phone shows has the state all the same */
	kiosk_shows("COD              41,2  mg/L    đang đo");
}

static void what_does_not_fit_has_pages(void **state)
{
	static struct live_channel many[30];
	char name[30][8];
	for (int i = 0; i < 30; i++) {
		many[i] = kiosk.channel[0];
		snprintf(name[i], sizeof name[i], "K%02d", i);
		many[i].label_vi = many[i].label_en = name[i];
	}
	kiosk.view.channel = many;
	kiosk.view.n_channels = 30;
	assert_int_equal(kiosk_draw(17, 80), 3);
	kiosk_shows("K00");
	kiosk_shows("K09");
	kiosk_shows_not("K10");
	kiosk.scene.page = 5; /* the third, once more round */
	kiosk_draw(17, 80);
	kiosk_shows("K29");
	kiosk_shows_not("K19");
}

/* ---- below ---- */

static void maintenance_says_whose_and_until_when(void **state)
{
	struct live_maintenance maintenance[] = {
		{ "cod", "cod", 0, kiosk.view.written_us + 7200 * S },
		{ "by key", "cod", 0, kiosk.view.written_us + 720 * S },
		{ "all instruments", "", 0, kiosk.view.written_us + 60 * S },
	};
	kiosk.view.maintenance = maintenance;
	kiosk.view.n_maintenance = 2;
	kiosk_draw(14, 80);
	kiosk_shows("BẢO#TRÌ:#cod#(đến#10:48);#Khóa#K1#(đến#09:00)");
	kiosk_shows_not("tất#cả");
	kiosk.view.n_maintenance = 3;
	kiosk_draw(14, 100);
	kiosk_shows("tất#cả#thiết#bị#(đến#08:49)");
	kiosk.view.n_maintenance = 0;
	kiosk_draw(14, 80);
	kiosk_shows_not("BẢO");
}

/* Five contacts in eighty columns: all of them, on as many lines as that takes. */
static void contacts_that_do_not_fit_in_a_line_have_another(void **state)
{
	static const char *const ids[] = { "input door", "input key", "input mains",
		"input ups", "input ready" };
	static const char *const states[] = { "closed", "off", "on", "ok", "ready" };
	for (int i = 0; i < 5; i++)
		kiosk.told[i] = (struct live_state){ ids[i], states[i], "",
			kiosk.view.written_us };
	kiosk.view.n_states = 5;
	assert_int_equal(kiosk_draw(24, 80), 1);
	assert_string_equal(vt_row(&kiosk.vt, 20),
	        " Cửa tủ: đóng   Khóa K1: tắt   Điện lưới: bật   Bộ lưu điện: bình "
	        "thường");
	assert_string_equal(vt_row(&kiosk.vt, 21), " Thiết bị lấy mẫu: sẵn sàng");
	assert_contains(vt_row(&kiosk.vt, 22), "Gửi lần cuối");
	/* where there is no room for all, what is wrong comes first, and the rest is
	 * counted */
	kiosk.told[4].state = "not ready";
	kiosk.told[2].state = "off";
	kiosk_draw(14, 80);
	assert_string_equal(vt_row(&kiosk.vt, 11),
	        " Điện lưới: tắt   Thiết bị lấy mẫu: chưa sẵn sàng   Cửa tủ: đóng   "
	        "+2");
	assert_int_equal(kiosk_colour("Thiết bị lấy mẫu: chưa"), YELLOW);
	/* what is no terminal has them all */
	kiosk.scene.whole = true;
	kiosk.scene.kiosk = kiosk.scene.both = false;
	assert_int_equal(watch_lines(&kiosk.scene, 40), 2 + 1 + 2 + 3 + 4);
	kiosk_draw(watch_lines(&kiosk.scene, 40), 40);
	kiosk_shows("Bộ lưu điện: bình thường");
	kiosk_shows("Cửa tủ: đóng");
	kiosk_shows_not("+");
}

static void the_sampler_has_a_line_and_is_red_when_it_failed(void **state)
{
	int64_t night_us = kiosk.view.written_us - INT64_C(28440) * S; /* 00:54 */
	kiosk_draw(14, 80);
	kiosk_shows_not("Lấy mẫu tự động");
	struct live_sampler bottles = { true, 24, 0, 4, 0 };
	kiosk.told[1] = (struct live_state){ "sampler", "armed", "", night_us };
	kiosk.view.n_states = 2;
	kiosk.view.sampler = &bottles;
	kiosk.view.n_samplers = 1;
	kiosk_draw(25, 80);
	kiosk_shows("Lấy mẫu tự động: 0/24 chai, đang theo dõi");
	kiosk.told[1].state = "bottle";
	bottles.used = 1;
	kiosk_draw(25, 80);
	kiosk_shows("Lấy mẫu tự động: 1/24 chai, đã lấy 00:54");
	assert_false(vt_has_colour(&kiosk.vt, RED));
	kiosk.scene.vietnamese = false;
	kiosk.told[1].time_us -= 86400 * S;
	kiosk_draw(25, 80);
	kiosk_shows("Automatic sampler: 1/24 bottles, taken at 00:54 11/8");
	kiosk.scene.vietnamese = true;
	static const char *const bad[][2] = { { "failed", "KHÔNG LẤY ĐƯỢC MẪU 00:54" },
		{ "doubtful", "KHÔNG CHẮC ĐÃ LẤY ĐƯỢC 00:54" },
		{ "full", "HẾT CHAI 00:54" } };
	kiosk.told[1].time_us = night_us;
	for (int i = 0; i < 3; i++) {
		kiosk.told[1].state = bad[i][0];
		kiosk_draw(25, 80);
		kiosk_shows(bad[i][1]);
		kiosk_shows("Lấy mẫu tự động: 1/24 chai, ");
		assert_int_equal(kiosk_colour("Lấy mẫu tự động"), RED);
	}
	kiosk.told[1].state = "a word of tomorrow";
	kiosk_draw(25, 80);
	assert_int_equal(kiosk_colour("Lấy mẫu tự động"), YELLOW);
}

static void what_is_not_sent_is_said(void **state)
{
	kiosk.view.link = "closed";
	kiosk_draw(14, 80);
	kiosk_shows("12 bản ghi chờ gửi; mất kết nối máy chủ");
	assert_int_equal(kiosk_colour("Gửi lần cuối"), YELLOW);
	kiosk.view.acked_us = 0;
	kiosk_draw(14, 80);
	kiosk_shows("Chưa gửi được từ khi khởi động; 12 bản ghi chờ gửi");
	kiosk.view.link = "none";
	kiosk_draw(14, 80);
	kiosk_shows("Không gửi đi đâu: không có máy chủ nhận trong cấu hình");
	kiosk.view.journal = "memory";
	kiosk_draw(14, 80);
	kiosk_shows("KHÔNG GHI ĐƯỢC VÀO ĐĨA");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		KIOSK(a_small_screen_is_this),
		KIOSK(a_large_screen_has_large_digits),
		KIOSK(english_comes_first_where_it_is_asked_for),
		KIOSK(without_a_screen_of_its_own_it_is_a_table),
		KIOSK(what_does_not_fit_has_pages),
		KIOSK(maintenance_says_whose_and_until_when),
		KIOSK(contacts_that_do_not_fit_in_a_line_have_another),
		KIOSK(the_sampler_has_a_line_and_is_red_when_it_failed),
		KIOSK(what_is_not_sent_is_said),
	};
	return cmocka_run_group_tests_name("kiosk", tests, NULL, kiosk_end);
}
