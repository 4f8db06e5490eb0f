/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The poller with real descriptors: a pseudo-terminal and a TCP connection in one
 * poll(). */
#include "tests/kits/check.h"
#include "tests/kits/station_head.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "sensors/drivers/modbus.h"
#include "sensors/poller/poller.h"

struct rig {
	size_t n_seen;
	struct {
		uint8_t state;
		double value;
	} seen[8];
};

static void on_reading(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
	struct rig *rig = context;
	assert_true(rig->n_seen < 8);
	rig->seen[rig->n_seen].state = parts->state[0];
	rig->seen[rig->n_seen++].value = parts->value[0];
}

static const char configuration[] = STATION_HEAD
        "ports: [{id: bus, path: %s}, {id: stack, tcp: \"127.0.0.1:%d\"}]\n"
        "instruments:\n"
        "  - {id: flow, profile: sim-flow, port: bus, poll_every: 60s}\n"
        "  - {id: gas, profile: sim-stack, port: stack, poll_every: 60s}\n";

struct peer {
	int fd, framing;
	uint8_t in[FRAME_MOST];
	size_t n;
};

/* Answer what has come: registers all zero, so every state is "measuring" and every
 * value 0. */
static void peer_serve(struct peer *peer)
{
	static const uint8_t zeros[256];
	uint8_t out[FRAME_MOST];
	struct modbus_request request;
	ssize_t n = read(peer->fd, peer->in + peer->n, sizeof peer->in - peer->n);
	if (n > 0)
		peer->n += (size_t)n;
	if (modbus_request_get(peer->framing, peer->in, peer->n, &request) <= 0)
		return;
	int size = modbus_answer_put(peer->framing, &request, zeros, out, sizeof out);
	assert_int_equal(write(peer->fd, out, (size_t)size), size);
	peer->n = 0;
}

static int listen_on_loopback(int *number)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	        bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(listener, 1), 0);
	getsockname(listener, (struct sockaddr *)&address, &size);
	*number = ntohs(address.sin_port);
	return listener;
}

static struct poller *open_two_lines(
        struct rig *rig, struct station **station, const char *path, int number)
{
	char text[4096];
	struct poller_hooks hooks = { .context = rig, .reading = on_reading };
	snprintf(text, sizeof text, configuration, path, number);
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	assert_int_equal(station_parse(station, text, strlen(text), "station.yaml",
	                         stderr, NULL),
	        OK);
	return poller_new(*station, &hooks);
}

static void two_real_lines_in_one_poll(void **state)
{
	struct rig all = { 0 }, *rig = &all;
	struct station *station;
	struct clock clock;
	struct peer bus = { .framing = FRAMING_RTU },
	            stack = { .fd = -1, .framing = FRAMING_TCP };
	int slave, number, listener = listen_on_loopback(&number);
	char path[128];
	assert_int_equal(openpty(&bus.fd, &slave, path, NULL, NULL), 0);
	struct poller *poller = open_two_lines(rig, &station, path, number);
	clock_init(&clock);
	for (int i = 0; i < 1000 && rig->n_seen < 2; i++) {
		struct moment now = clock_now(&clock);
		struct pollfd fds[8];
		size_t n = poller_descriptors(poller, fds, 4);
		fds[n] = (struct pollfd){ .fd = bus.fd, .events = POLLIN };
		fds[n + 1] = (struct pollfd){ .fd = stack.fd < 0 ? listener : stack.fd,
			.events = POLLIN };
		poll(fds, n + 2, poller_wait_ms(poller, &now));
		if (fds[n].revents & POLLIN)
			peer_serve(&bus);
		if (stack.fd >= 0 && fds[n + 1].revents & POLLIN)
			peer_serve(&stack);
		else if (fds[n + 1].revents & POLLIN)
			stack.fd = accept(listener, NULL, NULL);
		now = clock_now(&clock);
		poller_step(poller, fds, n, &now);
	}
	assert_int_equal(rig->n_seen, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(rig->seen[i].state, STATE_OK);
		assert_close(rig->seen[i].value, 0, 0);
		assert_int_equal(poller_counts(poller, i)->requests, 1);
	}
	poller_free(poller);
	station_free(station);
	close(bus.fd);
	close(slave);
	close(stack.fd);
	close(listener);
}

/* ---- one pseudo-terminal, behind a link as /dev/serial/by-id has them ---- */

struct lone {
	char link[512], told[1024];
	size_t n_seen, n_ok;
	double value;
	struct station *station;
	struct poller *poller;
	struct peer peer;
	int slave;
	struct moment now;
};

static void lone_reading(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
	struct lone *lone = context;
	lone->n_seen++;
	lone->n_ok += parts->state[0] == STATE_OK;
	lone->value = parts->value[0];
}

static void lone_state(
        void *context, const struct moment *when, const struct state_event *event)
{
	struct lone *lone = context;
	size_t n = strlen(lone->told);
	snprintf(lone->told + n, sizeof lone->told - n, "%s %s; ", event->subject,
	        event->state);
}

/* A new pseudo-terminal, to which the link points from now on. */
static void plug(struct lone *lone)
{
	char path[128];
	assert_int_equal(openpty(&lone->peer.fd, &lone->slave, path, NULL, NULL), 0);
	fcntl(lone->peer.fd, F_SETFL, O_NONBLOCK);
	unlink(lone->link);
	assert_int_equal(symlink(path, lone->link), 0);
	lone->peer.n = 0;
}

static struct lone *lone_begin(const char *folder)
{
	struct lone *lone = calloc(1, sizeof *lone);
	char text[4096];
	struct poller_hooks hooks = {
		.context = lone, .reading = lone_reading, .state = lone_state
	};
	assert_non_null(lone);
	snprintf(lone->link, sizeof lone->link, "%s", in_folder(folder, "by-id"));
	lone->peer.framing = FRAMING_RTU;
	plug(lone);
	snprintf(text, sizeof text,
	        STATION_HEAD
	        "ports: [{id: bus, path: %s}]\n"
	        "instruments:\n"
	        "  - {id: flow, profile: sim-flow, port: bus, poll_every: 1s, "
	        "timeout: 300ms}\n",
	        lone->link);
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	assert_int_equal(station_parse(&lone->station, text, strlen(text),
	                         "station.yaml", stderr, NULL),
	        OK);
	lone->poller = poller_new(lone->station, &hooks);
	lone->now = (struct moment){ .mono_us = 1000000, .time_us = 1000000 };
	return lone;
}

static void lone_end(struct lone *lone)
{
	poller_free(lone->poller);
	station_free(lone->station);
	close(lone->peer.fd);
	close(lone->slave);
	unlink(lone->link);
	free(lone);
}

/* A millisecond of a clock moved by hand; the device at the other end answers, or not. */
static void lone_step(struct lone *lone, bool answers)
{
	struct pollfd fds[2];
	size_t n = poller_descriptors(lone->poller, fds, 2);
	poll(fds, n, 0);
	poller_step(lone->poller, fds, n, &lone->now);
	if (answers)
		peer_serve(&lone->peer);
	lone->now.mono_us += 1000;
	lone->now.time_us += 1000;
}

static void a_port_that_hangs_up_is_found_under_another_name(void **state)
{
	struct lone *lone = lone_begin(*state);
	for (int round = 0; round < 5; round++) {
		size_t ok = lone->n_ok;
		for (int i = 0; i < 3000; i++)
			lone_step(lone, true);
		assert_in_range(lone->n_ok - ok, 2, 3);
		assert_true(poller_port_up(lone->poller, 0));
		/* plugged in again before the old name is gone: it gets another */
		int master = lone->peer.fd, slave = lone->slave;
		char before[64], after[64];
		ttyname_r(slave, before, sizeof before);
		plug(lone);
		ttyname_r(lone->slave, after, sizeof after);
		assert_string_not_equal(before, after);
		close(master);
		close(slave);
		lone_step(lone, true);
		assert_false(poller_port_up(lone->poller, 0)); /* closed at once */
		struct pollfd none[2];
		assert_int_equal(poller_descriptors(lone->poller, none, 2), 0);
		for (int i = 0; i < 1010; i++)
			lone_step(lone, true);
		assert_true(poller_port_up(lone->poller, 0)); /* a second later */
	}
	assert_int_equal(poller_counts(lone->poller, 0)->reconnects, 5);
	assert_contains(lone->told, "port bus down; port bus up; port bus down");
	lone_end(lone);
}

static void an_adapter_that_is_away_for_long_is_found_within_a_second(void **state)
{
	struct lone *lone = lone_begin(*state);
	for (int i = 0; i < 1500; i++)
		lone_step(lone, true);
	close(lone->peer.fd);
	close(lone->slave);
	unlink(lone->link);
	lone->peer.fd = lone->slave = -1;
	for (int i = 0; i < 200000; i++)
		lone_step(lone, false);
	assert_false(poller_port_up(lone->poller, 0));
	plug(lone);
	size_t ok = lone->n_ok;
	for (int i = 0; i < 2100; i++)
		lone_step(lone, true);
	assert_true(lone->n_ok > ok);
	lone_end(lone);
}

/* Bytes that lie in the kernel when the request goes out are the answer to nothing, also when
 * nobody has looked at them before. */
static void what_came_before_the_request_is_never_its_answer(void **state)
{
	struct lone *lone = lone_begin(*state);
	uint8_t late[FRAME_MOST];
	struct modbus_request request = { .slave = 1, .function = 4, .count = 10 };
	uint8_t ones[20];
	memset(ones, 0x3f, sizeof ones); /* 0.7470588 in each pair of registers */
	int n = modbus_answer_put(FRAMING_RTU, &request, ones, late, sizeof late);
	for (int i = 0; i < 1500; i++)
		lone_step(lone, true);
	assert_int_equal(lone->n_ok, 2);
	for (int i = 0; i < 490; i++)
		lone_step(lone, true);
	assert_int_equal(write(lone->peer.fd, late, (size_t)n), n);
	/* all at once, without a look at what poll() says */
	for (int i = 0; i < 2000; i++) {
		poller_step(lone->poller, NULL, 0, &lone->now);
		lone->now.mono_us += 1000;
		lone->now.time_us += 1000;
		if (poller_counts(lone->poller, 0)->requests == 3)
			break;
	}
	assert_int_equal(poller_counts(lone->poller, 0)->requests, 3);
	for (int i = 0; i < 200; i++)
		lone_step(lone, true);
	assert_int_equal(lone->n_ok, 3);
	assert_close(lone->value, 0, 0);
	assert_int_equal(poller_counts(lone->poller, 0)->noise, n);
	lone_end(lone);
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_real_lines_in_one_poll),
		scratch_test(a_port_that_hangs_up_is_found_under_another_name),
		scratch_test(an_adapter_that_is_away_for_long_is_found_within_a_second),
		scratch_test(what_came_before_the_request_is_never_its_answer),
	};
	return cmocka_run_group_tests_name("poller, real lines", tests, NULL, NULL);
}
