/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The poller with real descriptors: a pseudo-terminal and a TCP connection in one
 * poll(). */
#include "tests/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "sensors/modbus.h"
#include "sensors/poller.h"

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

static const char configuration[] =
        "zone: {id: kcn-mau, name: KCN Mẫu}\n"
        "station: {id: nt-01, name: Nước thải, simulation: yes}\n"
        "facility: {id: co-so-a, name: Cơ sở Mẫu A}\n"
        "outlets: [{id: cong-xa, name: Cống xả, kind: water}]\n"
        "journal: {folder: journal}\n"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_real_lines_in_one_poll),
	};
	return cmocka_run_group_tests_name("poller, real lines", tests, NULL, NULL);
}
