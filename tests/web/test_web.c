/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page and what it gives to programs. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/legal_time.h"
#include "tests/kits/web_kit.h"

static void the_page_comes_in_vietnamese_with_its_figures(void **state)
{
	const char *page = web_get("/");
	assert_contains(page, "HTTP/1.1 200 OK");
	assert_contains(page, "Content-Type: text/html; charset=utf-8");
	assert_contains(page, "<html lang=\"vi\">");
	assert_contains(page, "KCN Mẫu");
	assert_contains(page, "61,2\xc2\xa0mg/L");
	assert_contains(page, "cách đây 12\xc2\xa0s");
	assert_contains(page, "●\xc2\xa0"
	                      "đang đo (00)");
	assert_contains(page, "◐\xc2\xa0"
	                      "hiệu chuẩn (01)");
	assert_contains(page, "○\xc2\xa0mất tín hiệu");
	assert_contains(page, "75\xc2\xa0mg/L");
	assert_contains(page, "5,5–9");
	assert_contains(page, "80,0\xc2\xa0mg/L");
	assert_contains(page, "▲\xc2\xa0"
	                      "cao hơn giới hạn");
	assert_contains(page, "96,0\xc2\xa0%");
	assert_contains(page, "▲\xc2\xa0Vượt");
	assert_contains(page, "14/11/2026: Chưa đủ số liệu");
}

static void gaps_of_today_stand_below_each_station(void **state)
{
	const char *page = web_get("/");
	assert_null(strstr(page, "Khoảng mất số liệu")); /* not known: not said */
	web.station.gaps_known = true;
	assert_contains(web_get("/"), "Khoảng mất số liệu hôm nay: không có");
	web.station.n_gaps = 2;
	web.station.gaps_us = 34 * US_PER_MIN + 1; /* minutes begun */
	assert_contains(web_get("/"),
	        "Khoảng mất số liệu hôm nay: 2, tổng cộng 35\xc2\xa0phút");
	assert_contains(web_get("/?lang=en"),
	        "Gaps in the data today: 2, 35\xc2\xa0min in all");
	page = web_get("/api/v1/stations");
	assert_contains(page, "\"gaps_today\":2,\"gaps_today_s\":2040");
	web.station.gaps_known = false;
	web.station.n_gaps = 0;
	web.station.gaps_unread = true;
	assert_contains(web_get("/"), "Khoảng mất số liệu hôm nay: không rõ");
	assert_null(strstr(web_get("/api/v1/stations"), "gaps_today"));
}

static void the_language_is_asked_for_or_negotiated(void **state)
{
	assert_contains(web_get("/?lang=en"), "<html lang=\"en\">");
	assert_contains(web_get("/?lang=en"), "61.2\xc2\xa0mg/L");
	assert_contains(web_get("/?lang=fr"), "<html lang=\"vi\">");
	const char *page =
	        web_exchange("GET / HTTP/1.1\r\nHost: a\r\nAccept-Language: "
	                     "de, en-GB;q=0.9, vi;q=0.2\r\nConnection: close\r\n\r\n");
	assert_contains(page, "<html lang=\"en\">");
	assert_contains(page, "Vary: Accept-Language");
	assert_int_equal(server_language(NULL), VIETNAMESE);
	assert_int_equal(server_language("de-DE,de"), VIETNAMESE);
	assert_int_equal(server_language("vi,en;q=0.9"), VIETNAMESE);
	assert_int_equal(server_language("en;q=0.5, vi;q=0.8"), VIETNAMESE);
	assert_int_equal(server_language("en-US,en;q=0.9,vi;q=0.8"), ENGLISH);
	assert_int_equal(server_language("en;q=0"), VIETNAMESE);
	assert_int_equal(server_language(",,;;q=,"), VIETNAMESE);
}

static void hostile_names_stay_text(void **state)
{
	const char *page = web_get("/");
	assert_contains(
	        page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;");
	assert_null(strstr(page, "<script>"));
	assert_null(strstr(page, "alert('x')"));
	char *json = strstr(web_get("/api/v1/stations"), "\r\n\r\n");
	assert_non_null(json);
	assert_null(strstr(json, "\x01"));
}

static void simulated_data_are_marked_on_page_and_in_json(void **state)
{
	assert_contains(web_get("/"), SIMULATED_TEXT);
	assert_contains(web_get("/api/v1/stations"), SIMULATED_TEXT);
	web.view.simulated = false;
	assert_null(strstr(web_get("/"), "MÔ PHỎNG"));
}

static void unconfirmed_rules_and_damage_are_told_on_top(void **state)
{
	assert_null(strstr(web_get("/?lang=en"), "RULE NOT CONFIRMED"));
	assert_contains(web_get("/?lang=vi"),
	        "31 lần chốt; bt-outlet 5f0e/88123 trong nhật ký");
	web.results.unconfirmed = true;
	assert_contains(web_get("/?lang=en"), "RULE NOT CONFIRMED");
	web.results.problems = 1;
	assert_contains(web_get("/?lang=en"), "Part of the sealed data cannot be read");
	const char *answer = web_get("/healthz");
	assert_contains(answer, "503");
	assert_contains(answer, "quantrac verify");
}

static void ambient_stations_say_that_they_identify_no_source(void **state)
{
	assert_null(strstr(web_get("/"), "không xác định nguồn gây ô nhiễm"));
	web.station.kind = "ambient";
	assert_contains(web_get("/"), "không xác định nguồn gây ô nhiễm");
}

static void json_is_json(void **state)
{
	const char *answer = web_get("/api/v1/stations");
	assert_contains(answer, "HTTP/1.1 200 OK");
	assert_contains(answer, "Content-Type: application/json");
	char *json = strstr(answer, "\r\n\r\n") + 4,
	     path[] = "/tmp/quantrac-web-XXXXXX";
	int code, file = mkstemp(path);
	web.station.name = "Trạm";
	assert_int_equal(write(file, json, strlen(json)), strlen(json));
	close(file);
	char *told = run_command(&code,
	        "/usr/bin/python3 -c 'import json; "
	        "d=json.load(open(\"%s\",encoding=\"utf-8\","
	        "errors=\"replace\")); c=d[\"stations\"][0][\"channels\"]; "
	        "print(c[0][\"value\"], c[0][\"limit\"][\"high\"], c[1][\"state\"], "
	        "\"value\" in "
	        "c[2], len(d[\"results\"]), d[\"results\"][1][\"result\"])'",
	        path);
	unlink(path);
	assert_string_equal(told, "61.25 75 calibrating False 3 not decidable\n");
	free(told);
}

static void health_is_ok_while_records_come(void **state)
{
	const char *answer = web_get("/healthz");
	assert_contains(answer, "HTTP/1.1 200 OK");
	assert_contains(answer, "\"status\":\"ok\"");
	assert_contains(answer, "31 seals");
	web.view.newest_us = WEB_NOW - 15 * US_PER_MIN;
	assert_contains(web_get("/healthz"), "HTTP/1.1 200 OK");
}

static void health_names_what_is_wrong(void **state)
{
	web.view.newest_us = WEB_NOW - 15 * US_PER_MIN - 1;
	const char *answer = web_get("/healthz");
	assert_contains(answer, "HTTP/1.1 503 Service Unavailable");
	assert_contains(answer, "\"status\":\"failing\"");
	assert_contains(answer, "newest record is of 2026-11-16");
	assert_contains(answer, "900 s ago");
	web.view.newest_us = 0;
	assert_contains(web_get("/healthz"), "the archive has no record yet");
	web.view.newest_us = WEB_NOW;
	web.view.trouble = "/data/archive: cannot be read";
	answer = web_get("/healthz");
	assert_contains(answer, "503");
	assert_contains(answer, "/data/archive: cannot be read");
	assert_contains(web_get("/"), "Không đọc được kho lưu trữ");
	assert_null(strstr(
	        web_get("/"), "/data/archive")); /* paths are not for the public */
}

static void the_page_brings_all_it_needs_and_trusts_nothing_else(void **state)
{
	static const char *const paths[] = { "/page.css", "/page.js", "/icon.svg" };
	const char *page = web_get("/");
	assert_contains(page, "Content-Security-Policy: default-src 'self'");
	assert_contains(page, "X-Content-Type-Options: nosniff");
	assert_null(strstr(page, "http://"));
	assert_null(strstr(page, "https://"));
	assert_null(strstr(page, " style="));
	assert_null(strstr(page, " onclick="));
	for (size_t i = 0; i < 3; i++)
		assert_contains(web_get(paths[i]), "HTTP/1.1 200 OK");
	const char *style = web_get("/page.css");
	char *tag = strstr(style, "ETag: ");
	assert_non_null(tag);
	char request[256];
	snprintf(request, sizeof request,
	        "GET /page.css HTTP/1.1\r\nHost: a\r\nIf-None-Match: "
	        "%.18s\r\nConnection: "
	        "close\r\n\r\n",
	        tag + 6);
	const char *again = web_exchange(request);
	assert_contains(again, "HTTP/1.1 304");
	assert_null(strstr(again, ".card"));
}

static void a_collector_that_ended_is_told_after_a_minute(void **state)
{
	web.view.collector = COLLECTOR_AWAY;
	web.view.collector_us = WEB_NOW - US_PER_MIN;
	assert_contains(web_get("/"), "Đang nhận số liệu");
	assert_contains(web_get("/healthz"), "HTTP/1.1 200 OK");
	web.view.collector_us = WEB_NOW - US_PER_MIN - 1;
	const char *page = web_get("/");
	assert_contains(page, "Bộ thu thập đã dừng từ 10:32");
	assert_null(strstr(page, "Đang nhận số liệu"));
	assert_contains(web_get("/?lang=en"), "The collector has ended, 10:32");
	page = web_get("/healthz");
	assert_contains(page, "HTTP/1.1 503 Service Unavailable");
	assert_contains(page, "quantrac-collectd ended at 2026-11-16T");
	assert_contains(page, "was not started again");
}

static void a_collector_that_cannot_write_its_state_is_told(void **state)
{
	web.view.collector = COLLECTOR_MUTE;
	web.view.collector_us = WEB_NOW - US_PER_MIN - 1;
	assert_contains(web_get("/"), "Bộ thu thập không ghi được trạng thái từ 10:32");
	assert_contains(web_get("/?lang=en"), "archive&#39;s disk full?");
	const char *page = web_get("/healthz");
	assert_contains(page, "HTTP/1.1 503 Service Unavailable");
	assert_contains(page, "runs, but has not written its state since 2026-11-16T");
}

static void words_of_the_page_do_not_prejudge(void **state)
{
	static const char *const never[] = { "vi phạm", "gian lận", "phán quyết",
		"kết luận", "violation", "breach", "verdict", "fraud", "{", "**" };
	for (int i = 0; i < 2; i++) {
		const char *page = web_get(i == 0 ? "/" : "/?lang=en");
		for (size_t k = 0; k < sizeof never / sizeof never[0]; k++)
			assert_null(strstr(page, never[k]));
	}
}

static void an_empty_archive_still_has_a_page(void **state)
{
	web.view.n_stations = 0;
	web.view.newest_us = 0;
	web.view.results = NULL;
	const char *page = web_get("/");
	assert_contains(page, "200 OK");
	assert_contains(page, "Chưa có trạm nào gửi số liệu.");
	assert_contains(page, "</html>");
}

#define SERVED(f) cmocka_unit_test_setup_teardown(f, web_start, web_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVED(the_page_comes_in_vietnamese_with_its_figures),
		SERVED(gaps_of_today_stand_below_each_station),
		SERVED(the_language_is_asked_for_or_negotiated),
		SERVED(hostile_names_stay_text),
		SERVED(simulated_data_are_marked_on_page_and_in_json),
		SERVED(unconfirmed_rules_and_damage_are_told_on_top),
		SERVED(ambient_stations_say_that_they_identify_no_source),
		SERVED(json_is_json),
		SERVED(health_is_ok_while_records_come),
		SERVED(health_names_what_is_wrong),
		SERVED(the_page_brings_all_it_needs_and_trusts_nothing_else),
		SERVED(a_collector_that_ended_is_told_after_a_minute),
		SERVED(a_collector_that_cannot_write_its_state_is_told),
		SERVED(words_of_the_page_do_not_prejudge),
		SERVED(an_empty_archive_still_has_a_page),
	};
	return cmocka_run_group_tests_name("web", tests, NULL, NULL);
}
