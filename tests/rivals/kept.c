/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an acknowledgement of quantrac is worth: the readings go over the link, the
 * collector is killed with -9 at the last acknowledgement and started again; its
 * welcome tells what it still has.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/wire.h"
#include "tests/bench/benchkit.h"
#include "tests/rivals/ours.h"

#define STATION "bt-outlet"
#define EPOCH   UINT64_C(0xbe0c000000000004)
#define WAIT_S  60
#define FIT     200 /* records of a message, a few less than go into one */

struct link {
	struct uplink_socket *socket;
	uint64_t seq, acked; /* next to be sent; all below are durable */
	uint32_t window;     /* messages in flight; 0: no welcome yet */
	uint8_t out[WIRE_MOST];
};

static int send_wire(struct link *link, struct wire *wire)
{
	snprintf(wire->source, sizeof wire->source, STATION);
	wire->epoch = EPOCH;
	int n = wire_encode(wire, link->out, sizeof link->out);
	return n > 0 ? uplink_socket_send(link->socket, link->out, (size_t)n) : n;
}

/* Take what has come, after waiting `wait_ms` for it at most. */
static void hear(struct link *link, int wait_ms)
{
	static uint8_t in[WIRE_MOST];
	struct wire wire;
	struct wire_welcome welcome;
	for (int round = 0; round < 2; round++) {
		int n;
		while ((n = uplink_socket_receive(link->socket, in, sizeof in)) > 0) {
			if (wire_decode(&wire, in, (size_t)n) != OK ||
			        wire.type == WIRE_NAK)
				stop("the collector does not take it", "");
			if (wire.type == WIRE_WELCOME &&
			        wire_welcome_get(&welcome, wire.payload,
			                wire.payload_size) == OK)
				link->window = welcome.window;
			link->acked = wire.first_seq;
		}
		struct pollfd item = { .fd = uplink_socket_descriptor(link->socket),
			.events = POLLIN };
		if (round == 0)
			poll(&item, 1, wait_ms);
	}
}

/* HELLO until the WELCOME; then acked is what the collector wants next. */
static void greet(struct link *link, const struct bench_collector *collector,
        const struct key_pair *own)
{
	uint8_t payload[64];
	struct wire_hello hello = { .version = "bench" };
	int n = wire_hello_put(&hello, payload, sizeof payload);
	struct wire wire = { .type = WIRE_HELLO,
		.first_seq = 1,
		.payload = payload,
		.payload_size = (size_t)n };
	link->socket = bench_connect(collector, own);
	link->window = 0;
	double until = bench_seconds() + WAIT_S;
	while (link->window == 0) {
		if (bench_seconds() > until)
			stop("the collector does not answer", "");
		if (send_wire(link, &wire) == OK)
			hear(link, 100);
		else
			poll(NULL, 0, 10);
	}
}

/* One message from reading k on; the first carries the DESCRIBE too.  Readings sent,
 * 0 when the socket is full. */
static size_t send_batch(const struct load *load, struct link *link, size_t k)
{
	static uint8_t payload[WIRE_MOST], describe[RECORD_MOST];
	static uint8_t hash[32];
	size_t used = 0, n = 0, records = 0;
	if (k == 0) {
		used = ours_describe(describe, hash);
		record_place(describe, EPOCH, link->seq);
		memcpy(payload, describe, used);
		records = 1;
	}
	while (k + n < load->n && records < WIRE_COUNT &&
	        used + OURS_MOST <= WIRE_MOST - WIRE_HEADER) {
		size_t size = ours_reading(load, k + n, hash, payload + used, 1);
		record_place(payload + used, EPOCH, link->seq + records);
		used += size;
		records++;
		n++;
	}
	struct wire wire = { .type = WIRE_DATA,
		.first_seq = link->seq,
		.count = (uint16_t)records,
		.payload = payload,
		.payload_size = used };
	if (send_wire(link, &wire) != OK)
		return 0;
	link->seq += records;
	return n;
}

static void send_all(const struct load *load, struct link *link)
{
	size_t sent = 0;
	double until = bench_seconds() + WAIT_S;
	while (link->acked < load->n + 2 && bench_seconds() < until) {
		while (sent < load->n &&
		        link->seq - link->acked < (link->window - 1) * FIT + 1) {
			size_t n = send_batch(load, link, sent);
			if (n == 0)
				break;
			sent += n;
		}
		hear(link, 20);
	}
	if (link->acked < load->n + 2)
		stop("no end of acknowledgements", "");
}

void load_kept(struct load *load)
{
	static struct link link = { .seq = 1 };
	char dir[128];
	struct bench_collector collector;
	struct key_pair own;
	bench_begin(dir);
	bench_collector_init(&collector, dir);
	bench_collector_admit(&collector, STATION, &own);
	bench_collector_start(&collector);
	greet(&link, &collector, &own);
	send_all(load, &link);
	kill(collector.pid, SIGKILL);
	waitpid(collector.pid, NULL, 0);
	uplink_socket_close(link.socket);
	bench_collector_start(&collector);
	greet(&link, &collector, &own);
	printf("kept_readings %.0f\n", (double)link.acked - 2);
	uplink_socket_close(link.socket);
	bench_collector_end(&collector, NULL);
	bench_end(dir);
}
