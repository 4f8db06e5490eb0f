/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/web_kit.h"

#include "tests/kits/check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/legal_time.h"
#include "base/reading.h"

struct web_kit web;

const struct view *web_look(void *with)
{
	return &web.view;
}

static void make_channels(void)
{
	web.channels[0] = (struct view_channel){ .id = "cod",
		.label = { "COD", "COD" },
		.unit = "mg/L",
		.decimals = 1,
		.value = 61.25,
		.value_us = WEB_NOW - 12 * US_PER_S,
		.valid = 120,
		.expected = 125,
		.limited = true,
		.low = NAN,
		.high = 75,
		.mean = 80.04,
		.limit_unit = "mg/L" };
	web.channels[1] = (struct view_channel){ .id = "ph",
		.label = { "pH", "pH" },
		.unit = "pH",
		.decimals = 2,
		.value = 7.1,
		.value_us = WEB_NOW - 12 * US_PER_S,
		.state = STATE_CALIBRATING,
		.limited = true,
		.low = 5.5,
		.high = 9,
		.mean = 7.0,
		.limit_unit = "pH",
		.limit_decimals = 1 };
	web.channels[2] = (struct view_channel){ .id = "temperature",
		.label = { WEB_HOSTILE, WEB_HOSTILE },
		.unit = "Cel",
		.value = NAN,
		.mean = NAN,
		.silent = true,
		.state = STATE_SILENT };
}

static void make_view(void)
{
	int64_t today_us = day_start(WEB_NOW, OFFSET_VIETNAM);
	make_channels();
	web.station = (struct view_station){ .id = "bt-outlet",
		.name = "Trạm " WEB_HOSTILE,
		.kind = "water",
		.simulated = true,
		.newest_us = WEB_NOW - 12 * US_PER_S,
		.n_channels = 3,
		.channel = web.channels };
	for (int i = 0; i < 3; i++)
		web.result[i] = (struct view_result){ .station = "bt-outlet",
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
	web.results =
	        (struct view_results){ .from_us = today_us - VIEW_DAYS * US_PER_DAY,
		        .to_us = today_us,
		        .n = 3,
		        .result = web.result };
	web.view = (struct view){ .made_us = WEB_NOW,
		.newest_us = WEB_NOW - 12 * US_PER_S,
		.utc_offset_min = OFFSET_VIETNAM,
		.zone = "KCN Mẫu",
		.archive_state = "31 seals; bt-outlet 5f0e/88123 journal",
		.simulated = true,
		.n_stations = 1,
		.station = &web.station,
		.results = &web.results };
}

int web_start(void **state)
{
	struct problem why = { 0 };
	const struct server_options options = { .listen = "127.0.0.1:0",
		.look = web_look };
	make_view();
	if (server_open(&web.server, &options, &why) == OK)
		return 0;
	fprintf(stderr, "%s\n", why.text);
	return -1;
}

int web_end(void **state)
{
	server_close(web.server);
	web.server = NULL;
	return 0;
}

int web_join(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(server_port(web.server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(peer, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(fcntl(peer, F_SETFL, O_NONBLOCK), 0);
	return peer;
}

/* Sends bytes and reads until the web.server has closed the connection; caller frees. */
const char *web_exchange(const char *request)
{
	static char in[1 << 18];
	size_t n = 0;
	int peer = web_join();
	assert_int_equal(write(peer, request, strlen(request)), strlen(request));
	for (int turn = 0; turn < 400; turn++) {
		assert_int_equal(server_turn(web.server, 5, web.mono_us), OK);
		ssize_t got = read(peer, in + n, sizeof in - 1 - n);
		if (got == 0)
			break;
		n += got > 0 ? (size_t)got : 0;
	}
	close(peer);
	server_turn(web.server, 0, web.mono_us);
	in[n] = '\0';
	return in;
}

const char *web_get(const char *path)
{
	char request[512];
	snprintf(request, sizeof request,
	        "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
	        path);
	return web_exchange(request);
}
