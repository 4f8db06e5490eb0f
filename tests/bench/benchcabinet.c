/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/benchcabinet.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/bytes.h"
#include "base/wire.h"

static int link_descriptor(void *with)
{
	return uplink_socket_descriptor(((struct bench_cabinet *)with)->socket);
}

/* Not before its time, if there is a pace. */
static void hold_back(struct bench_cabinet *cabinet, const uint8_t *wire)
{
	if (cabinet->pace <= 0 || wire[4] != WIRE_DATA)
		return;
	double early_s = cabinet->began_s + (double)cabinet->sent / cabinet->pace -
	                 bench_seconds();
	if (early_s > 0)
		poll(NULL, 0, (int)(early_s * 1e3) + 1);
	cabinet->sent += (uint64_t)get_le16(wire + 6) * BENCH_CHANNELS;
}

static int link_send(void *with, const void *in, size_t n)
{
	hold_back(with, in);
	return uplink_socket_send(((struct bench_cabinet *)with)->socket, in, n);
}

static int link_receive(void *with, void *out, size_t room)
{
	return uplink_socket_receive(((struct bench_cabinet *)with)->socket, out, room);
}

static int link_renew(void *with)
{
	return uplink_socket_renew(((struct bench_cabinet *)with)->socket);
}

void bench_cabinet_start(struct bench_cabinet *cabinet)
{
	struct problem why;
	struct moment now;
	static struct keeper_link link;
	clock_init(&cabinet->clock);
	now = clock_now(&cabinet->clock);
	cabinet->socket = bench_connect(&cabinet->collector, &cabinet->own);
	link = (struct keeper_link){ .with = cabinet,
		.name = "collector",
		.descriptor = link_descriptor,
		.send = link_send,
		.receive = link_receive,
		.renew = link_renew };
	if (ring_new(&cabinet->ring, 1 << 20) != OK)
		bench_stop("ring", strerror(errno));
	struct keeper_options options = { .source = BENCH_STATION,
		.folder = cabinet->folder,
		.keep_s = 90 * 86400.0,
		.ring = cabinet->ring,
		.station = cabinet->maker.station,
		.instrument = &cabinet->maker.instrument,
		.n_instruments = 1,
		.link = &link,
		.seed = 5 };
	if (keeper_new(&cabinet->keeper, &options, &now, &why) != OK)
		bench_stop("keeper", why.text);
}

/* Days that are due, since records of ten minutes into the next are acknowledged, and not
 * yet in the seal list. */
static void look_behind(struct bench_cabinet *cabinet)
{
	double bytes;
	struct keeper_counts counts = keeper_counts(cabinet->keeper);
	uint64_t acked = counts.acked_seq;
	size_t ended = acked > 602 ? (size_t)((acked - 602) / 86400) : 0;
	size_t sealed = bench_sealed(&cabinet->collector, &bytes);
	cabinet->behind = ended > sealed ? ended - sealed : 0;
	size_t *most = &cabinet->most_behind[acked > counts.committed_seq / 2];
	if (cabinet->behind > *most)
		*most = cabinet->behind;
}

/* The loop of quantrac-sensord until all is acknowledged. */
void bench_cabinet_run(struct bench_cabinet *cabinet)
{
	double until = bench_seconds() + BENCH_GIVE_UP_S, look_s = 0;
	for (;;) {
		struct pollfd fds[KEEPER_DESCRIPTORS];
		struct moment now = clock_now(&cabinet->clock);
		struct keeper_counts counts = keeper_counts(cabinet->keeper);
		bool done = counts.acked_seq >= counts.committed_seq;
		if (cabinet->pace > 0 && (done || bench_seconds() > look_s)) {
			look_behind(cabinet);
			look_s = bench_seconds() + 0.05;
		}
		if (done)
			return;
		bench_collector_look(&cabinet->collector);
		if (bench_seconds() > until)
			bench_stop("the link", "no end of acknowledgements");
		size_t n = keeper_descriptors(cabinet->keeper, fds);
		poll(fds, n, keeper_wait_ms(cabinet->keeper, &now));
		now = clock_now(&cabinet->clock);
		keeper_step(cabinet->keeper, &now);
	}
}

void bench_cabinet_end(struct bench_cabinet *cabinet)
{
	keeper_free(cabinet->keeper);
	uplink_socket_close(cabinet->socket);
	ring_free(cabinet->ring);
	bench_maker_free(&cabinet->maker);
}
