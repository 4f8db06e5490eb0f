/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/attack/attack_kit_insider.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/wire.h"
#include "collector/keys.h"
#include "tests/kits/check.h"

struct insider bad;

/* ---- the insider ---- */

void insider_hear(void)
{
	static uint8_t in[4096];
	struct wire wire;
	int n;
	if (bad.socket == NULL)
		return;
	while ((n = uplink_socket_receive(bad.socket, in, sizeof in)) != 0) {
		if (n < 0 || wire_decode(&wire, in, (size_t)n) != OK)
			continue;
		bad.naks += wire.type == WIRE_NAK;
		bad.welcomes += wire.type == WIRE_WELCOME;
		if (wire.type == WIRE_ACK || wire.type == WIRE_WELCOME)
			bad.acked = wire.first_seq;
	}
}

/* Both cabinets work for so long. */
void insider_work(int ms)
{
	for (int64_t end = now_ms() + ms; now_ms() < end;) {
		if (t.acked >= t.agent.seq)
			make_readings(1, AGENT_MIN);
		step();
		insider_hear();
	}
}

bool insider_send(const uint8_t *in, size_t n)
{
	for (int64_t end = now_ms() + PATIENCE; now_ms() < end; insider_work(2))
		if (uplink_socket_send(bad.socket, in, n) == OK)
			return true;
	return false;
}

static void say_hello(void)
{
	uint8_t payload[64], out[256];
	struct wire_hello hello = { .newest_seq = bad.agent.seq - 1, .version = "bad" };
	struct wire wire = { .type = WIRE_HELLO,
		.source = INSIDER,
		.epoch = INSIDER_EPOCH,
		.first_seq = 1,
		.payload = payload };
	wire.payload_size = (size_t)wire_hello_put(&hello, payload, sizeof payload);
	int n = wire_encode(&wire, out, sizeof out);
	assert_true(insider_send(out, (size_t)n));
}

void insider_open(int port)
{
	char endpoint[64];
	struct uplink_options options = { endpoint, t.server.public_key, &bad.own };
	snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", port);
	uplink_socket_close(bad.socket);
	assert_int_equal(uplink_socket_open(&bad.socket, &options, NULL), OK);
	uint64_t welcomes = bad.welcomes;
	say_hello();
	for (int64_t end = now_ms() + PATIENCE;
	        now_ms() < end && bad.welcomes == welcomes;)
		insider_work(5);
	assert_true(bad.welcomes > welcomes);
}

void insider_add(int n)
{
	if (bad.agent.seq == 1)
		agent_describe(&bad.agent, BEGIN);
	for (int i = 0; i < n; i++)
		agent_reading(
		        &bad.agent, BEGIN + (int64_t)bad.agent.seq * AGENT_MIN, i);
	bad.agent.batch_size = 0;
	bad.agent.count = 0;
}

/* Its records from `first` on to the end, as a message in bad.agent.message; the size. */
size_t insider_message(uint64_t first)
{
	struct wire wire = agent_again(&bad.agent, first, bad.agent.seq - 1);
	return WIRE_HEADER + wire.payload_size;
}

bool insider_acked(int ms)
{
	for (int64_t end = now_ms() + ms; now_ms() < end && bad.acked < bad.agent.seq;)
		insider_work(5);
	return bad.acked >= bad.agent.seq;
}

/* An honest message is taken, as ever. */
void insider_is_heard(void)
{
	insider_add(3);
	assert_true(insider_send(bad.agent.message, insider_message(bad.acked)));
	assert_true(insider_acked(PATIENCE));
}

/* ---- fixtures ---- */

int insider_setup(void **state)
{
	if (attack_setup(state) != 0)
		return -1;
	memset(&bad, 0, sizeof bad);
	bad.acked = 1;
	key_pair_new(&bad.own);
	keys_admit(in_folder(t.dir, "agents"), INSIDER, bad.own.public_key, NULL);
	agent_start(&bad.agent, &bad.book, INSIDER, INSIDER_EPOCH);
	return 0;
}

int insider_teardown(void **state)
{
	uplink_socket_close(bad.socket);
	agent_end(&bad.agent);
	agent_book_free(&bad.book);
	return attack_teardown(state);
}

/* Both are acknowledged, and the journals hold their records once each and nothing else. */
void insider_all_is_well(void)
{
	make_readings(5, AGENT_MIN);
	assert_true(run_until_acked(t.agent.seq));
	uplink_socket_close(bad.socket);
	bad.socket = NULL;
	assert_int_equal(end_collectd(SIGTERM), 0);
	size_t both = t.book.n + bad.agent.seq - 1;
	for (size_t i = 0; i < bad.book.n; i++) {
		struct agent_record *one = &bad.book.record[i];
		if (one->seq >= bad.acked)
			both--;
	}
	struct agent_book book = { .n = t.book.n + bad.book.n };
	book.record = calloc(book.n, sizeof *book.record);
	memcpy(book.record, t.book.record, t.book.n * sizeof *book.record);
	memcpy(book.record + t.book.n, bad.book.record,
	        bad.book.n * sizeof *book.record);
	assert_int_equal(journal_records(archive_dir(), &book), both);
	free(book.record);
}

void insider_flat(
        const char *name, long times, const struct cost *before, long most_kib)
{
	struct cost now = cost_now();
	printf("  %-28s %6ld times, rss %ld > %ld KiB, descriptors %ld > %ld\n", name,
	        times, before->rss_kib, now.rss_kib, before->descriptors,
	        now.descriptors);
	fflush(stdout);
	assert_true(now.rss_kib - before->rss_kib <= most_kib);
	assert_true(descriptors_fall_to(before->descriptors + 2));
}
