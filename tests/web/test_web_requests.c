/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests the server does not serve, peers it does not wait for, addresses it cannot listen on. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/kits/web_kit.h"

static void only_get_and_head_are_served(void **state)
{
	static const char *const methods[] = { "POST", "PUT", "DELETE", "OPTIONS",
		"TRACE", "PATCH", "BREW" };
	assert_contains(web_get("/"), "200 OK");
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		char request[256];
		snprintf(request, sizeof request,
		        "%s / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: "
		        "close\r\n\r\n",
		        methods[i]);
		const char *answer = web_exchange(request);
		assert_contains(answer, "HTTP/1.1 405");
		assert_contains(answer, "Allow: GET, HEAD");
	}
	const char *head =
	        web_exchange("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
	assert_contains(head, "HTTP/1.1 200 OK");
	assert_null(strstr(head, "<html"));
}

static void no_other_path_exists(void **state)
{
	static const char *const paths[] = { "/index.html", "/page.css/",
		"/../etc/passwd", "/web/page/page.css", "/%2e%2e/%2e%2e/etc/passwd",
		"/healthz2", "//", "/api/v1/" };
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		assert_contains(web_get(paths[i]), "HTTP/1.1 404");
}

static void an_endless_request_is_cut_off(void **state)
{
	char in[64];
	int peer = web_join();
	web.mono_us = 1;
	assert_int_equal(write(peer, "GET / HT", 8), 8);
	for (int i = 0; i < 4; i++)
		server_turn(web.server, 5, web.mono_us);
	assert_int_equal(read(peer, in, sizeof in), -1); /* still waiting */
	web.mono_us += SERVER_PATIENCE_US + 1;
	ssize_t got = -1;
	for (int i = 0; i < 40 && got != 0; i++) {
		server_turn(web.server, 5, web.mono_us);
		got = read(peer, in, sizeof in);
	}
	assert_int_equal(got, 0);
	close(peer);
	assert_contains(web_get("/"), "200 OK");
}

static void a_request_longer_than_allowed_is_refused(void **state)
{
	static char request[70000];
	memset(request, 'a', sizeof request - 1);
	memcpy(request, "GET /", 5);
	const char *answer = web_exchange(request);
	assert_null(strstr(answer, "200 OK"));
	assert_contains(web_get("/"), "200 OK");
}

static void connections_are_bounded(void **state)
{
	int peer[SERVER_CONNECTIONS + 8];
	for (size_t i = 0; i < SERVER_CONNECTIONS + 8; i++) {
		peer[i] = web_join();
		server_turn(web.server, 0, web.mono_us);
	}
	for (size_t i = 0; i < SERVER_CONNECTIONS + 8; i++)
		close(peer[i]);
	for (int i = 0; i < 20; i++)
		server_turn(web.server, 1, web.mono_us);
	assert_contains(web_get("/"), "200 OK");
}

/* Sixty-four who never end their request, and as many behind them, again and again, kept the page from
 * everybody for half a minute each. */
static void when_nobody_else_can_come_in_a_second_has_to_do(void **state)
{
	int peer[SERVER_CONNECTIONS];
	char in[64];
	web.mono_us = 1;
	for (size_t i = 0; i < SERVER_CONNECTIONS; i++) {
		peer[i] = web_join();
		assert_int_equal(write(peer[i], "GET / HT", 8), 8);
		server_turn(web.server, 5, web.mono_us);
	}
	web.mono_us += SERVER_FULL_US;
	for (int i = 0; i < 20; i++)
		server_turn(web.server, 1, web.mono_us);
	assert_int_equal(read(peer[0], in, sizeof in), -1); /* still waiting */
	web.mono_us += 1;
	assert_contains(web_get("/"), "200 OK");
	for (size_t i = 0; i < SERVER_CONNECTIONS; i++)
		close(peer[i]);
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
			.look = web_look };
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
	snprintf(taken, sizeof taken, "127.0.0.1:%u", server_port(web.server));
	const struct server_options options = { .listen = taken, .look = web_look };
	assert_int_equal(server_open(&other, &options, &why), FAILED);
	assert_contains(why.text, taken);
	server_close(other);
}

#define SERVED(f) cmocka_unit_test_setup_teardown(f, web_start, web_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVED(only_get_and_head_are_served),
		SERVED(no_other_path_exists),
		SERVED(an_endless_request_is_cut_off),
		SERVED(a_request_longer_than_allowed_is_refused),
		SERVED(connections_are_bounded),
		SERVED(when_nobody_else_can_come_in_a_second_has_to_do),
		cmocka_unit_test(a_wrong_address_says_how_to_write_one),
		SERVED(a_port_in_use_is_named),
	};
	return cmocka_run_group_tests_name("web requests", tests, NULL, NULL);
}
