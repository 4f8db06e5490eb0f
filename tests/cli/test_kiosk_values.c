/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cabinet's screen says of a value, and what is never green. */
#include "tests/kits/check.h"

#include <math.h>

#include "tests/kits/kiosk_kit.h"

static void a_value_over_its_limit_is_red_and_said_so(void **state)
{
	kiosk_draw(14, 80);
	assert_int_equal(kiosk_colour("|_|   |"), GREEN);
	kiosk.channel[0].value = 75;
	kiosk_draw(14, 80);
	assert_int_equal(kiosk_colour("đang đo"), GREEN);
	kiosk.channel[0].value = 75.04;
	kiosk_draw(14, 80);
	kiosk_shows("cao hơn giới hạn / above the limit");
	assert_int_equal(kiosk_colour("cao hơn giới hạn"), RED);
	kiosk.scene.kiosk = false;
	kiosk_draw(14, 100);
	kiosk_shows("75,04"); /* not 75,0 over 75 */
	kiosk.channel[1].value = 5.4;
	kiosk_draw(14, 100);
	kiosk_shows("ngoài khoảng cho phép");
	kiosk.channel[1].value = 9;
	kiosk_draw(14, 100);
	kiosk_shows_not("ngoài khoảng");
	kiosk.channel[1].value = 5.5;
	kiosk_draw(14, 100);
	kiosk_shows_not("ngoài khoảng");
}

static void no_state_but_measuring_is_green(void **state)
{
	kiosk.view.n_channels = 1;
	for (uint8_t i = 0; i < CHANNEL_STATES; i++) {
		bool good = i == STATE_OK || i == STATE_UNCHANGED;
		kiosk.channel[0].state = channel_state_text(i);
		for (int own = 0; own < 2; own++) {
			kiosk.scene.kiosk = own;
			kiosk_draw(14, 80);
			assert_int_equal(vt_has_colour(&kiosk.vt, GREEN), good);
		}
	}
	kiosk.channel[0].state = "a word of tomorrow";
	kiosk_draw(14, 80);
	assert_false(vt_has_colour(&kiosk.vt, GREEN));
	kiosk_shows("mất tín hiệu / signal lost");
	kiosk.channel[0].state = LIVE_NONE;
	kiosk_draw(14, 80);
	assert_false(vt_has_colour(&kiosk.vt, GREEN));
	kiosk_shows("chưa có số liệu / no data yet");
}

static void every_state_has_words_of_its_own(void **state)
{
	kiosk.view.n_channels = 1;
	for (uint8_t i = 0; i < CHANNEL_STATES; i++) {
		enum tone tone;
		const struct word *word = watch_state(channel_state_text(i), &tone);
		for (uint8_t k = 0; k < i; k++)
			assert_ptr_not_equal(
			        word, watch_state(channel_state_text(k), &tone));
		kiosk.channel[0].state = channel_state_text(i);
		kiosk_draw(14, 80);
		kiosk_shows_not("mất tín hiệu");
		assert_true(word->vi[0] != '\0' && word->en[0] != '\0');
		if (i != STATE_OFF)
			kiosk_shows(word->vi);
	}
}

/* An instrument at the end of its range: the water may be far worse. */
static void a_value_at_an_end_of_its_range_is_judged(void **state)
{
	kiosk.channel[0].state = "above_range";
	kiosk_draw(14, 80);
	kiosk_shows("vượt phạm vi đo / above range");
	assert_int_equal(kiosk_colour("vượt phạm vi đo"), RED);
	kiosk.channel[0].value = 225;
	kiosk_draw(14, 80);
	kiosk_shows("cao hơn giới hạn / above the limit");
	assert_int_equal(kiosk_colour("cao hơn giới hạn"), RED);
	kiosk.channel[1].state = "below_range";
	kiosk.channel[1].value = 2;
	kiosk_draw(14, 80);
	kiosk_shows("ngoài khoảng cho phép");
}

static void what_is_not_measured_now_is_not_judged(void **state)
{
	static const uint8_t none[] = { STATE_CALIBRATING, STATE_MAINTENANCE,
		STATE_FAULT, STATE_STOPPED };
	kiosk.view.n_channels = 1;
	kiosk.channel[0].value = 225;
	for (size_t i = 0; i < sizeof none; i++) {
		kiosk.channel[0].state = channel_state_text(none[i]);
		kiosk_draw(14, 80);
		kiosk_shows_not("cao hơn giới hạn");
	}
}

static void an_instrument_that_is_silent_shows_no_value_of_now(void **state)
{
	kiosk.channel[0].state = "silent";
	kiosk.channel[0].value_us -= 720 * S;
	kiosk_draw(14, 80);
	kiosk_shows("không trả lời / does not answer");
	kiosk_shows("lần cuối 41,2 (12 phút trước)");
	kiosk_shows_not("|_|   |");
	assert_int_equal(kiosk_colour("không trả lời"), YELLOW);
	kiosk.channel[0].value = NAN;
	kiosk.channel[0].value_us = 0;
	kiosk_draw(14, 80);
	kiosk_shows_not("lần cuối 41");
}

/* A cut cable is looked for elsewhere than a dead instrument. */
static void one_whose_port_is_down_is_not_said_to_be_silent(void **state)
{
	static struct live_counts counts[1];
	counts[0] = (struct live_counts){ .instrument = kiosk.channel[0].instrument,
		.port = "bus" };
	kiosk.view.counts = counts;
	kiosk.view.n_instruments = 1;
	kiosk.channel[0].state = "silent";
	kiosk.told[kiosk.view.n_states++] =
	        (struct live_state){ .subject = "port bus2", .state = "down" };
	kiosk_draw(14, 80);
	kiosk_shows("không trả lời / does not answer");
	kiosk.told[kiosk.view.n_states++] =
	        (struct live_state){ .subject = "port bus", .state = "down" };
	kiosk_draw(14, 80);
	kiosk_shows("mất cổng / port down");
	assert_int_equal(kiosk_colour("mất cổng"), YELLOW);
	kiosk.told[kiosk.view.n_states - 1].state = "up";
	kiosk_draw(14, 80);
	kiosk_shows("không trả lời / does not answer");
}

static void a_reading_that_is_overdue_is_lost(void **state)
{
	/* due every 10 s: a minute at least */
	kiosk.channel[0].time_us = kiosk.channel[0].value_us =
	        kiosk.view.written_us - 60 * S;
	kiosk_draw(14, 80);
	assert_int_equal(kiosk_colour("đang đo"), GREEN);
	kiosk.channel[0].time_us = kiosk.channel[0].value_us =
	        kiosk.view.written_us - 60 * S - 1;
	kiosk_draw(14, 80);
	kiosk_shows("mất tín hiệu / signal lost");
	assert_int_equal(kiosk_colour("mất tín hiệu"), YELLOW);
	/* a slow analyser has three of its cycles */
	kiosk.channel[0].result_every_s = 600;
	kiosk.channel[0].time_us = kiosk.channel[0].value_us =
	        kiosk.view.written_us - 1800 * S;
	kiosk_draw(14, 80);
	kiosk_shows_not("mất tín hiệu");
}

static void nothing_is_green_when_the_view_grows_old(void **state)
{
	kiosk.scene.now.mono_us = kiosk.view.mono_us + 5 * S - 1;
	kiosk_draw(14, 80);
	assert_true(vt_has_colour(&kiosk.vt, GREEN));
	kiosk.scene.now.mono_us = kiosk.view.mono_us + 5 * S;
	kiosk_draw(14, 80);
	assert_false(vt_has_colour(&kiosk.vt, GREEN));
	kiosk_shows("SỐ#LIỆU#CŨ#5#s:#quantrac-sensord#không#ghi#thêm");
	kiosk_shows("mất tín hiệu");
}

static void nothing_current_is_said_in_large_letters(void **state)
{
	kiosk.scene.view = NULL;
	kiosk.scene.problem = "quantrac-sensord is not running: ...";
	kiosk.scene.last_us = kiosk.scene.now.time_us - 3600 * S;
	kiosk_draw(25, 80);
	kiosk_shows("KHÔNG#CÓ#SỐ#LIỆU#HIỆN#TẠI#/#NO#CURRENT#DATA");
	kiosk_shows("quantrac-sensord không chạy");
	kiosk_shows("Số liệu cuối cùng lúc 2026-11-09T07:48:00+07:00");
	assert_false(vt_has_colour(&kiosk.vt, GREEN));
	kiosk.scene.station = NULL;
	kiosk_draw(25, 80);
	kiosk_shows("Không đọc được cấu hình của tủ.");
}

/* What live_read says of a program that is not there is longer than a line, and its end is the cure. */
static void the_cure_of_nothing_is_not_cut(void **state)
{
	kiosk.scene.view = NULL;
	kiosk.scene.problem =
	        "no quantrac-sensord has written /var/lib/quantrac/journal/state.json: "
	        "start it (quantrac-sensord --config FILE; where it is installed: "
	        "systemctl start quantrac-sensord), or name its configuration with "
	        "--config";
	kiosk_draw(24, 80);
	kiosk_shows("  chưa có quantrac-sensord nào ghi ");
	kiosk_shows_not("where it is installed");
	kiosk_shows("Để chạy lại: sudo systemctl start quantrac-sensord");
	kiosk.scene.vietnamese = false;
	kiosk_draw(24, 80);
	kiosk_shows("\n  no quantrac-sensord has written "
	            "/var/lib/quantrac/journal/state.json: start\n"
	            "  it (quantrac-sensord --config FILE; where it is installed: "
	            "systemctl "
	            "start\n"
	            "  quantrac-sensord), or name its configuration with --config\n");
	kiosk.scene.vietnamese = true;
	kiosk_draw(10, 40); /* the title and the reason are whole all the same */
	kiosk_shows("KHÔNG#CÓ#SỐ#LIỆU");
	kiosk.scene.vietnamese = kiosk.scene.both = false;
	kiosk_draw(24, 80);
	kiosk_shows("To start it: sudo systemctl start quantrac-sensord");
	kiosk.scene.station = NULL;
	kiosk_draw(24, 80);
	kiosk_shows("quantrac config check");
}

static void every_state_is_whole_in_a_table_of_80_columns(void **state)
{
	enum tone tone;
	kiosk.view.n_channels = 1;
	kiosk.scene.kiosk = kiosk.scene.both = false;
	for (uint8_t i = 0; i < 2 * CHANNEL_STATES; i++) {
		const char *name = channel_state_text(i / 2);
		const struct word *word = watch_state(name, &tone);
		kiosk.channel[0].state = name;
		kiosk.channel[0].value = 41.2;
		kiosk.scene.vietnamese = i % 2 == 0;
		kiosk_draw(14, 80);
		kiosk_shows(i % 2 == 0 ? "Giới hạn Thời gian Trạng thái"
		                       : "Limit    Time      State");
		if (i / 2 != STATE_OFF) /* which has no line */
			kiosk_shows(i % 2 == 0 ? word->vi : word->en);
	}
	kiosk.view.n_channels = 2;
	kiosk.channel[1].value = 5.4;
	kiosk.scene.vietnamese = true;
	kiosk_draw(14, 80);
	kiosk_shows("ngoài khoảng cho phép");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		KIOSK(a_value_over_its_limit_is_red_and_said_so),
		KIOSK(no_state_but_measuring_is_green),
		KIOSK(every_state_has_words_of_its_own),
		KIOSK(a_value_at_an_end_of_its_range_is_judged),
		KIOSK(what_is_not_measured_now_is_not_judged),
		KIOSK(an_instrument_that_is_silent_shows_no_value_of_now),
		KIOSK(one_whose_port_is_down_is_not_said_to_be_silent),
		KIOSK(a_reading_that_is_overdue_is_lost),
		KIOSK(nothing_is_green_when_the_view_grows_old),
		KIOSK(nothing_current_is_said_in_large_letters),
		KIOSK(the_cure_of_nothing_is_not_cut),
		KIOSK(every_state_is_whole_in_a_table_of_80_columns),
	};
	return cmocka_run_group_tests_name("kiosk_values", tests, NULL, kiosk_end);
}
