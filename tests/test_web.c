/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The web server on a port of its own, asked over a real socket in the same thread. */
#include "tests/check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/legal_time.h"
#include "base/reading.h"
#include "web/api.h"
#include "web/html.h"
#include "web/server.h"

#define HOSTILE "<script>alert('x')</script>\"&\x01\xff"
#define NOW     INT64_C(1794800000000000) /* 16 November 2026, legal time */

static struct view_channel channels[3];
static struct view_station station;
static struct view_result result[3];
static struct view_results results;
static struct view view;
static struct server *server;
static int64_t mono_us;

static const struct view *look(void *with)
{
	return &view;
}

static void make_channels(void)
{
	channels[0] = (struct view_channel){ .id = "cod",
		.label = { "COD", "COD" },
		.unit = "mg/L",
		.decimals = 1,
		.value = 61.25,
		.value_us = NOW - 12 * US_PER_S,
		.valid = 120,
		.expected = 125,
		.limited = true,
		.low = NAN,
		.high = 75,
		.mean = 80.04,
		.limit_unit = "mg/L" };
	channels[1] = (struct view_channel){ .id = "ph",
		.label = { "pH", "pH" },
		.unit = "pH",
		.decimals = 2,
		.value = 7.1,
		.value_us = NOW - 12 * US_PER_S,
		.state = STATE_CALIBRATING,
		.limited = true,
		.low = 5.5,
		.high = 9,
		.mean = 7.0,
		.limit_unit = "pH",
		.limit_decimals = 1 };
	channels[2] = (struct view_channel){ .id = "temperature",
		.label = { HOSTILE, HOSTILE },
		.unit = "Cel",
		.value = NAN,
		.mean = NAN,
		.silent = true,
		.state = STATE_SILENT };
}

static void make_view(void)
{
	int64_t today_us = day_start(NOW, OFFSET_VIETNAM);
	make_channels();
	station = (struct view_station){ .id = "bt-outlet",
		.name = "Trạm " HOSTILE,
		.kind = "water",
		.simulated = true,
		.newest_us = NOW - 12 * US_PER_S,
		.n_channels = 3,
		.channel = channels };
	for (int i = 0; i < 3; i++)
		result[i] = (struct view_result){ .station = "bt-outlet",
			.channel = "cod",
			.label = { "COD", "COD" },
			.unit = "mg/L",
			.start_us = today_us - (3 - i) * US_PER_DAY,
			.value = i == 1 ? NAN : 80,
			.low = NAN,
			.high = 75,
			.ratio = i == 1 ? NAN : 80.0 / 75,
			.result = i == 1 ? RESULT_NOT_DECIDABLE : RESULT_OVER,
			.valid = 240,
			.expected = 288 };
	results = (struct view_results){ .from_us = today_us - VIEW_DAYS * US_PER_DAY,
		.to_us = today_us,
		.n = 3,
		.result = result };
	view = (struct view){ .made_us = NOW,
		.newest_us = NOW - 12 * US_PER_S,
		.utc_offset_min = OFFSET_VIETNAM,
		.zone = "KCN Mẫu",
		.archive_state = "31 seals; bt-outlet 5f0e/88123 open",
		.simulated = true,
		.n_stations = 1,
		.station = &station,
		.results = &results };
}

static int start(void **state)
{
	struct problem why = { 0 };
	const struct server_options options = { .listen = "127.0.0.1:0", .look = look };
	make_view();
	if (server_open(&server, &options, &why) == OK)
		return 0;
	fprintf(stderr, "%s\n", why.text);
	return -1;
}

static int end(void **state)
{
	server_close(server);
	server = NULL;
	return 0;
}

static int join(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(server_port(server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(peer, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(fcntl(peer, F_SETFL, O_NONBLOCK), 0);
	return peer;
}

/* Sends bytes and reads until the server has closed the connection; caller frees. */
static char *exchange(const char *request)
{
	static char in[1 << 18];
	size_t n = 0;
	int peer = join();
	assert_int_equal(write(peer, request, strlen(request)), strlen(request));
	for (int turn = 0; turn < 400; turn++) {
		assert_int_equal(server_turn(server, 5, mono_us), OK);
		ssize_t got = read(peer, in + n, sizeof in - 1 - n);
		if (got == 0)
			break;
		n += got > 0 ? (size_t)got : 0;
	}
	close(peer);
	server_turn(server, 0, mono_us);
	in[n] = '\0';
	return in;
}

static char *get(const char *path)
{
	char request[512];
	snprintf(request, sizeof request,
	        "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
	        path);
	return exchange(request);
}

static void the_page_comes_in_vietnamese_with_its_figures(void **state)
{
	char *page = get("/");
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
	char *page = get("/");
	assert_null(strstr(page, "Khoảng mất số liệu")); /* not known: not said */
	station.gaps_known = true;
	assert_contains(get("/"), "Khoảng mất số liệu hôm nay: không có");
	station.n_gaps = 2;
	station.gaps_us = 34 * US_PER_MIN + 1; /* minutes begun */
	assert_contains(
	        get("/"), "Khoảng mất số liệu hôm nay: 2, tổng cộng 35\xc2\xa0phút");
	assert_contains(
	        get("/?lang=en"), "Gaps in the data today: 2, 35\xc2\xa0min in all");
	page = get("/api/v1/stations");
	assert_contains(page, "\"gaps_today\":2,\"gaps_today_s\":2040");
}

static void the_language_is_asked_for_or_negotiated(void **state)
{
	assert_contains(get("/?lang=en"), "<html lang=\"en\">");
	assert_contains(get("/?lang=en"), "61.2\xc2\xa0mg/L");
	assert_contains(get("/?lang=fr"), "<html lang=\"vi\">");
	char *page = exchange("GET / HTTP/1.1\r\nHost: a\r\nAccept-Language: "
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
	char *page = get("/");
	assert_contains(
	        page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;");
	assert_null(strstr(page, "<script>"));
	assert_null(strstr(page, "alert('x')"));
	char *json = strstr(get("/api/v1/stations"), "\r\n\r\n");
	assert_non_null(json);
	assert_null(strstr(json, "\x01"));
}

static void simulated_data_are_marked_on_page_and_in_json(void **state)
{
	assert_contains(get("/"), SIMULATED_TEXT);
	assert_contains(get("/api/v1/stations"), SIMULATED_TEXT);
	view.simulated = false;
	assert_null(strstr(get("/"), "MÔ PHỎNG"));
}

static void unconfirmed_rules_and_damage_are_told_on_top(void **state)
{
	assert_null(strstr(get("/?lang=en"), "RULE NOT CONFIRMED"));
	assert_contains(
	        get("/?lang=vi"), "31 lần chốt; bt-outlet 5f0e/88123 chưa chốt");
	results.unconfirmed = true;
	assert_contains(get("/?lang=en"), "RULE NOT CONFIRMED");
	results.problems = 1;
	assert_contains(get("/?lang=en"), "Part of the sealed data cannot be read");
	char *answer = get("/healthz");
	assert_contains(answer, "503");
	assert_contains(answer, "quantrac verify");
}

static void ambient_stations_say_that_they_identify_no_source(void **state)
{
	assert_null(strstr(get("/"), "không xác định nguồn gây ô nhiễm"));
	station.kind = "ambient";
	assert_contains(get("/"), "không xác định nguồn gây ô nhiễm");
}

static void json_is_json(void **state)
{
	char *answer = get("/api/v1/stations");
	assert_contains(answer, "HTTP/1.1 200 OK");
	assert_contains(answer, "Content-Type: application/json");
	char *json = strstr(answer, "\r\n\r\n") + 4,
	     path[] = "/tmp/quantrac-web-XXXXXX";
	int code, file = mkstemp(path);
	station.name = "Trạm";
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
	char *answer = get("/healthz");
	assert_contains(answer, "HTTP/1.1 200 OK");
	assert_contains(answer, "\"status\":\"ok\"");
	assert_contains(answer, "31 seals");
	view.newest_us = NOW - 15 * US_PER_MIN;
	assert_contains(get("/healthz"), "HTTP/1.1 200 OK");
}

static void health_names_what_is_wrong(void **state)
{
	view.newest_us = NOW - 15 * US_PER_MIN - 1;
	char *answer = get("/healthz");
	assert_contains(answer, "HTTP/1.1 503 Service Unavailable");
	assert_contains(answer, "\"status\":\"failing\"");
	assert_contains(answer, "newest record is of 2026-11-16");
	assert_contains(answer, "900 s ago");
	view.newest_us = 0;
	assert_contains(get("/healthz"), "the archive has no record yet");
	view.newest_us = NOW;
	view.trouble = "/data/archive: cannot be read";
	answer = get("/healthz");
	assert_contains(answer, "503");
	assert_contains(answer, "/data/archive: cannot be read");
	assert_contains(get("/"), "Không đọc được kho lưu trữ");
	assert_null(
	        strstr(get("/"), "/data/archive")); /* paths are not for the public */
}

static void only_get_and_head_are_served(void **state)
{
	static const char *const methods[] = { "POST", "PUT", "DELETE", "OPTIONS",
		"TRACE", "PATCH", "BREW" };
	assert_contains(get("/"), "200 OK");
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		char request[256];
		snprintf(request, sizeof request,
		        "%s / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: "
		        "close\r\n\r\n",
		        methods[i]);
		char *answer = exchange(request);
		assert_contains(answer, "HTTP/1.1 405");
		assert_contains(answer, "Allow: GET, HEAD");
	}
	char *head =
	        exchange("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
	assert_contains(head, "HTTP/1.1 200 OK");
	assert_null(strstr(head, "<html"));
}

static void no_other_path_exists(void **state)
{
	static const char *const paths[] = { "/index.html", "/page.css/",
		"/../etc/passwd", "/web/page/page.css", "/%2e%2e/%2e%2e/etc/passwd",
		"/healthz2", "//", "/api/v1/" };
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		assert_contains(get(paths[i]), "HTTP/1.1 404");
}

static void the_page_brings_all_it_needs_and_trusts_nothing_else(void **state)
{
	static const char *const paths[] = { "/page.css", "/page.js", "/icon.svg" };
	char *page = get("/");
	assert_contains(page, "Content-Security-Policy: default-src 'self'");
	assert_contains(page, "X-Content-Type-Options: nosniff");
	assert_null(strstr(page, "http://"));
	assert_null(strstr(page, "https://"));
	assert_null(strstr(page, " style="));
	assert_null(strstr(page, " onclick="));
	for (size_t i = 0; i < 3; i++)
		assert_contains(get(paths[i]), "HTTP/1.1 200 OK");
	char *style = get("/page.css");
	char *tag = strstr(style, "ETag: ");
	assert_non_null(tag);
	char request[256];
	snprintf(request, sizeof request,
	        "GET /page.css HTTP/1.1\r\nHost: a\r\nIf-None-Match: "
	        "%.18s\r\nConnection: "
	        "close\r\n\r\n",
	        tag + 6);
	char *again = exchange(request);
	assert_contains(again, "HTTP/1.1 304");
	assert_null(strstr(again, ".card"));
}

static void words_of_the_page_do_not_prejudge(void **state)
{
	static const char *const never[] = { "vi phạm", "gian lận", "phán quyết",
		"kết luận", "violation", "breach", "verdict", "fraud", "{", "**" };
	for (int i = 0; i < 2; i++) {
		char *page = get(i == 0 ? "/" : "/?lang=en");
		for (size_t k = 0; k < sizeof never / sizeof never[0]; k++)
			assert_null(strstr(page, never[k]));
	}
}

static void an_empty_archive_still_has_a_page(void **state)
{
	view.n_stations = 0;
	view.newest_us = 0;
	view.results = NULL;
	char *page = get("/");
	assert_contains(page, "200 OK");
	assert_contains(page, "Chưa có trạm nào gửi số liệu.");
	assert_contains(page, "</html>");
}

static void an_endless_request_is_cut_off(void **state)
{
	char in[64];
	int peer = join();
	mono_us = 1;
	assert_int_equal(write(peer, "GET / HT", 8), 8);
	for (int i = 0; i < 4; i++)
		server_turn(server, 5, mono_us);
	assert_int_equal(read(peer, in, sizeof in), -1); /* still waiting */
	mono_us += SERVER_PATIENCE_US + 1;
	ssize_t got = -1;
	for (int i = 0; i < 40 && got != 0; i++) {
		server_turn(server, 5, mono_us);
		got = read(peer, in, sizeof in);
	}
	assert_int_equal(got, 0);
	close(peer);
	assert_contains(get("/"), "200 OK");
}

static void a_request_longer_than_allowed_is_refused(void **state)
{
	static char request[70000];
	memset(request, 'a', sizeof request - 1);
	memcpy(request, "GET /", 5);
	char *answer = exchange(request);
	assert_null(strstr(answer, "200 OK"));
	assert_contains(get("/"), "200 OK");
}

static void connections_are_bounded(void **state)
{
	int peer[SERVER_CONNECTIONS + 8];
	for (size_t i = 0; i < SERVER_CONNECTIONS + 8; i++) {
		peer[i] = join();
		server_turn(server, 0, mono_us);
	}
	for (size_t i = 0; i < SERVER_CONNECTIONS + 8; i++)
		close(peer[i]);
	for (int i = 0; i < 20; i++)
		server_turn(server, 1, mono_us);
	assert_contains(get("/"), "200 OK");
}

static void a_wrong_address_says_how_to_write_one(void **state)
{
	static const char *const wrong[] = { "8087", "localhost",
		"127.0.0.1:", "1.2.3:80", "127.0.0.1:70000", "[::1:80",
		"127.0.0.1:80x" };
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct server *other = NULL;
		struct problem why = { 0 };
		const struct server_options options = { .listen = wrong[i],
			.look = look };
		assert_int_equal(server_open(&other, &options, &why), MALFORMED);
		assert_contains(why.text, "127.0.0.1:8087");
		server_close(other);
	}
}

static void a_port_in_use_is_named(void **state)
{
	char taken[32];
	struct server *other = NULL;
	struct problem why = { 0 };
	snprintf(taken, sizeof taken, "127.0.0.1:%u", server_port(server));
	const struct server_options options = { .listen = taken, .look = look };
	assert_int_equal(server_open(&other, &options, &why), FAILED);
	assert_contains(why.text, taken);
	server_close(other);
}

#define SERVED(f) cmocka_unit_test_setup_teardown(f, start, end)

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
		SERVED(only_get_and_head_are_served),
		SERVED(no_other_path_exists),
		SERVED(the_page_brings_all_it_needs_and_trusts_nothing_else),
		SERVED(words_of_the_page_do_not_prejudge),
		SERVED(an_empty_archive_still_has_a_page),
		SERVED(an_endless_request_is_cut_off),
		SERVED(a_request_longer_than_allowed_is_refused),
		SERVED(connections_are_bounded),
		cmocka_unit_test(a_wrong_address_says_how_to_write_one),
		SERVED(a_port_in_use_is_named),
	};
	return cmocka_run_group_tests_name("web", tests, NULL, NULL);
}
