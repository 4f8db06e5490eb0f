/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Offers the ports of a scenario to anybody who asks: a pseudo-terminal with a link to its
 * slave's name, or a listening TCP socket.  One poll() over all, nothing waits.
 */
#include "sensors/simulator/simulate_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/legal_time.h"
#include "base/log.h"

#define LOOK_US   INT64_C(50000) /* how often cables are looked at */
#define BABBLE_US INT64_C(10000) /* and who babbles says more */

int64_t serve_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

int64_t serve_time(const struct serve *serve, int64_t now_us)
{
	double since = (double)(now_us - serve->began_us) * serve->options->speed;
	return serve->options->from_us + (int64_t)since;
}

static void port_accept(struct serve_port *port)
{
	int descriptor =
	        accept4(port->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (descriptor < 0)
		return;
	for (size_t i = 0; i < SERVE_PEERS; i++) {
		if (port->peer[i].descriptor >= 0)
			continue;
		port->peer[i].descriptor = descriptor;
		return;
	}
	close(descriptor);
}

/* ---- the loop ---- */

/* A cable that was pulled comes out, one that was put back comes in again; who calls, calls. */
static void look_at_ports(struct serve *serve, int64_t now_us)
{
	for (size_t i = 0; i < serve->n_ports; i++) {
		struct serve_port *port = &serve->port[i];
		bool out = scenario_cable_out(
		        serve->scenario, i, serve_time(serve, now_us));
		struct problem why;
		if (out && port->up)
			serve_port_down(port);
		else if (!out && !port->up && serve_port_up(serve, port, &why) != OK)
			log_seldom(LOG_WARN, port->link, "%s", why.text);
		serve_port_call(port, now_us);
	}
}

static size_t gather(struct serve *serve, struct pollfd *fds)
{
	size_t n = 0;
	for (size_t i = 0; i < serve->n_ports; i++) {
		struct serve_port *port = &serve->port[i];
		fds[n++] = (struct pollfd){ .fd = port->listener,
			.events = port->calls ? POLLOUT : POLLIN };
		for (size_t k = 0; k < SERVE_PEERS; k++)
			fds[n++] = (struct pollfd){ .fd = port->peer[k].descriptor,
				.events = POLLIN };
	}
	return n;
}

static void attend(struct serve *serve, const struct pollfd *fds, int64_t now_us)
{
	for (size_t i = 0; i < serve->n_ports; i++) {
		struct serve_port *port = &serve->port[i];
		const struct pollfd *look = fds + i * (1 + SERVE_PEERS);
		for (size_t k = 0; k < SERVE_PEERS; k++) {
			struct serve_peer *peer = &port->peer[k];
			if (look[1 + k].revents != 0 &&
			        peer->descriptor == look[1 + k].fd)
				peer_read(serve, port, peer, now_us);
			if (peer->descriptor >= 0)
				peer_write(serve, port, peer, now_us);
		}
		if (port->calls && look[0].revents != 0)
			serve_port_called(port, now_us);
		else if (look[0].revents & POLLIN)
			port_accept(port);
	}
}

/* What instruments say by themselves, since the last look; to whoever is there. */
static void speak(struct serve *serve, int64_t now_us)
{
	const struct scenario *scenario = serve->scenario;
	int64_t time_us = serve_time(serve, now_us);
	for (size_t i = 0; i < scenario->n_instruments; i++) {
		const struct scenario_instrument *one = &scenario->instrument[i];
		struct serve_port *port = &serve->port[one->port];
		struct simulated said;
		if (!simulate_speaks(one) ||
		        simulate_speaks_next(one, serve->spoken_us) > time_us)
			continue;
		simulate_unasked(scenario, one, time_us, &said);
		said.delay_us =
		        said.condition.late_us; /* nobody asked: nothing to wait for */
		for (size_t k = 0; k < SERVE_PEERS; k++) {
			struct serve_peer *peer = &port->peer[k];
			if (peer->descriptor < 0)
				continue;
			simulate_way_put(peer->way, &said, NULL, 0, now_us);
			peer_write(serve, port, peer, now_us);
		}
	}
	serve->spoken_us = time_us;
}

static void babble(struct serve *serve, int64_t now_us)
{
	for (size_t i = 0; serve->has_babble && i < serve->n_ports; i++)
		for (size_t k = 0; k < SERVE_PEERS; k++)
			if (serve->port[i].peer[k].descriptor >= 0)
				peer_babble(serve, &serve->port[i],
				        &serve->port[i].peer[k],
				        now_us - serve->babbled_us);
	serve->babbled_us = now_us;
}

/* Wall time until the next instrument speaks by itself. */
static int64_t speaks_in_us(const struct serve *serve, int64_t now_us)
{
	int64_t time_us = serve_time(serve, now_us), next_us = INT64_MAX;
	for (size_t i = 0; i < serve->scenario->n_instruments; i++) {
		const struct scenario_instrument *one = &serve->scenario->instrument[i];
		if (!simulate_speaks(one))
			continue;
		int64_t at_us = simulate_speaks_next(one, serve->spoken_us);
		if (at_us < next_us)
			next_us = at_us;
	}
	if (next_us == INT64_MAX)
		return US_PER_S;
	return (int64_t)((double)(next_us - time_us) / serve->options->speed);
}

static int wait_ms(const struct serve *serve, int64_t now_us, int64_t end_us)
{
	bool looks = serve->has_cables || serve->has_calls;
	int64_t look_us = looks ? LOOK_US : US_PER_S;
	int64_t next_us = now_us + (serve->has_babble ? BABBLE_US : look_us);
	int64_t speaks_us = now_us + speaks_in_us(serve, now_us);
	if (speaks_us < next_us)
		next_us = speaks_us;
	if (end_us < next_us)
		next_us = end_us;
	for (size_t i = 0; i < serve->n_ports; i++)
		for (size_t k = 0; k < SERVE_PEERS; k++)
			if (simulate_way_due(serve->port[i].peer[k].way) < next_us)
				next_us = simulate_way_due(serve->port[i].peer[k].way);
	return next_us <= now_us ? 0 : (int)((next_us - now_us + 999) / 1000);
}

static void loop(struct serve *serve, struct pollfd *fds)
{
	const struct simulate_options *options = serve->options;
	int64_t end_us = INT64_MAX, now_us = serve_clock();
	if (isfinite(options->for_s))
		end_us = serve->began_us + (int64_t)(options->for_s * 1e6);
	while (now_us < end_us && (options->stop == NULL || !*options->stop)) {
		look_at_ports(serve, now_us);
		size_t n = gather(serve, fds);
		if (poll(fds, n, wait_ms(serve, now_us, end_us)) < 0)
			for (size_t i = 0; i < n; i++)
				fds[i].revents = 0;
		now_us = serve_clock();
		attend(serve, fds, now_us);
		speak(serve, now_us);
		babble(serve, now_us);
	}
}

static void look_at_scenes(struct serve *serve)
{
	for (size_t i = 0; i < serve->scenario->n_scenes; i++) {
		serve->has_cables |= serve->scenario->scene[i].cable;
		serve->has_babble |= serve->scenario->scene[i].babble;
	}
	for (size_t i = 0; i < serve->n_ports; i++)
		serve->has_calls |= serve->scenario->port[i].connect[0] != '\0';
}

static int ports_open(struct serve *serve, struct problem *why)
{
	for (size_t i = 0; i < serve->n_ports; i++) {
		struct serve_port *port = &serve->port[i];
		int status = serve_port_up(serve, port, why);
		if (status != OK)
			return status;
		if (serve->options->say != NULL)
			fprintf(serve->options->say, "%s: %s\n",
			        serve->scenario->port[i].id, port->link);
	}
	if (serve->options->say != NULL)
		fflush(serve->options->say);
	return OK;
}

int simulate_serve(const struct scenario *scenario,
        const struct simulate_options *options, struct problem *why)
{
	struct serve serve = { .scenario = scenario,
		.options = options,
		.n_ports = scenario->n_ports,
		.began_us = serve_clock() };
	look_at_scenes(&serve);
	if (options->dir != NULL && folder_make(options->dir) != OK)
		return problem_set(why, FAILED, EXIT_CONFIG,
		        "cannot make %s: %s; give another folder with --dir",
		        options->dir, strerror(errno));
	serve.port = calloc(serve.n_ports + 1, sizeof serve.port[0]);
	struct pollfd *fds =
	        calloc((serve.n_ports + 1) * (1 + SERVE_PEERS), sizeof fds[0]);
	int status = serve.port != NULL && fds != NULL ? OK : FAILED;
	for (size_t i = 0; status == OK && i < serve.n_ports; i++)
		status = serve_port_init(&serve, &serve.port[i], i);
	if (status == OK)
		status = ports_open(&serve, why);
	serve.babbled_us = serve_clock();
	serve.spoken_us = serve_time(&serve, serve.babbled_us);
	if (status == OK)
		loop(&serve, fds);
	for (size_t i = 0; serve.port != NULL && i < serve.n_ports; i++)
		serve_port_free(&serve.port[i]);
	free(fds);
	free(serve.port);
	return status;
}
