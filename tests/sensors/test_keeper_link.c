/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real keeper and the real desk over real CURVE on loopback. */
#include "tests/kits/check.h"

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/journal.h"
#include "base/log.h"
#include "collector/desk.h"
#include "sensors/keeper/link.h"
#include "tests/kits/agent_kit.h"
#include "tests/kits/fake_collector.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/keeper_fixture.h"

#define MANY 64

static struct {
	char folder[4096], archive[4096];
	struct key_pair server_keys, agent_keys;
	struct server_socket *server;
	struct ingest *ingest;
	struct desk desk;
	struct link link;
	size_t n, size[MANY]; /* of the DATA that came */
	size_t heard, naks;
} office;

static char alert[2048];

static void keep_line(enum log_level level, const char *text)
{
	if (level == LOG_ALERT)
		snprintf(alert, sizeof alert, "%s", text);
}

static void write_keys(void)
{
	char path[5000];
	key_pair_new(&office.server_keys);
	key_pair_new(&office.agent_keys);
	snprintf(path, sizeof path, "%s/nt-01.pub", office.folder);
	assert_int_equal(key_write(path, office.agent_keys.public_key, 0, NULL), OK);
	snprintf(path, sizeof path, "%s/collector.key", office.folder);
	assert_int_equal(key_write(path, office.server_keys.public_key, 0, NULL), OK);
	snprintf(path, sizeof path, "%s/own.key", office.folder);
	assert_int_equal(key_write(path, office.agent_keys.secret_key, 1, NULL), OK);
}

static void open_office(void)
{
	struct server_options server = { .endpoint = "tcp://127.0.0.1:*",
		.own = &office.server_keys,
		.agents_folder = office.folder,
		.most_agents = 4 };
	struct ingest_options ingest = { .dir = office.archive,
		.allow_simulated = true,
		.segment_size = JOURNAL_SEGMENT_LEAST };
	struct problem why = { .text = "" };
	archive_make(office.archive);
	if (ingest_open(&office.ingest, &ingest, &why) != OK ||
	        server_socket_open(&office.server, &server, &why) != OK)
		fail_msg("%s", why.text);
	assert_int_equal(desk_open(&office.desk, office.ingest, 4), OK);
}

static int setup(void **state)
{
	static char server_key[5000], own_key[5000];
	if (keeper_setup(state) != 0)
		return -1;
	memset(&office, 0, sizeof office);
	alert[0] = '\0';
	log_catch(keep_line);
	snprintf(office.folder, sizeof office.folder, "%s", (char *)*state);
	snprintf(office.archive, sizeof office.archive, "%s",
	        in_folder(*state, "archive"));
	write_keys();
	open_office();
	snprintf(server_key, sizeof server_key, "%s/collector.key", office.folder);
	snprintf(own_key, sizeof own_key, "%s/own.key", office.folder);
	struct station station = *c.station;
	struct problem why = { .text = "" };
	station.collector = server_socket_endpoint(office.server);
	station.server_key = server_key;
	station.secret_key = own_key;
	station.public_key = "";
	if (link_open(&office.link, &station, &why) != OK)
		fail_msg("%s", why.text);
	c.link = &office.link.keeper;
	c.commit_s = 0.1;
	return 0;
}

static int teardown(void **state)
{
	link_close(&office.link);
	server_socket_close(office.server);
	desk_close(&office.desk);
	ingest_close(office.ingest);
	return keeper_teardown(state);
}

static void say(const struct peer *peer, const uint8_t *out, int n)
{
	struct wire wire;
	if (n <= 0)
		return;
	assert_int_equal(wire_decode(&wire, out, (size_t)n), OK);
	office.naks += wire.type == WIRE_NAK;
	assert_int_equal(server_socket_send(office.server, peer, out, (size_t)n), OK);
}

static void office_step(void)
{
	static uint8_t in[WIRE_MOST], out[WIRE_MOST];
	struct peer peer;
	int n;
	while ((n = server_socket_receive(office.server, &peer, in, sizeof in)) != 0) {
		office.heard++;
		if (n > 0 && in[4] == WIRE_DATA && office.n < MANY)
			office.size[office.n++] = (size_t)n;
		if (n > 0)
			say(&peer, out,
			        desk_hear(&office.desk, &peer, in, (size_t)n, &c.now,
			                out));
	}
	if (ingest_pending(office.ingest) > 0)
		assert_int_equal(ingest_commit(office.ingest), OK);
	office.desk.gathered = 0;
	for (size_t i = 0; i < office.desk.n; i++)
		say(&office.desk.station[i].peer, out, desk_ack(&office.desk, i, out));
}

/* A millisecond of both sides. */
static void step(void)
{
	struct pollfd fds[KEEPER_DESCRIPTORS + 1];
	size_t n = keeper_descriptors(c.keeper, fds);
	fds[n] = (struct pollfd){ .fd = server_socket_descriptor(office.server),
		.events = POLLIN };
	keeper_step(c.keeper, &c.now);
	office_step();
	poll(fds, n + 1, 1);
	move_clock(S / 1000);
}

static void until_all_is_there(void)
{
	for (int i = 0; i < 8000; i++) {
		step();
		if (i > 110 && keeper_counts(c.keeper).waiting == 0)
			return;
	}
	fail_msg("%zu records still wait", (size_t)keeper_counts(c.keeper).waiting);
}

static void put_claim(size_t size)
{
	static uint8_t record[RECORD_MOST], text[RECORD_MOST];
	memset(text, ' ', sizeof text);
	struct record claim = { .type = RECORD_CLAIM,
		.source = "nt-01",
		.time_us = c.now.time_us,
		.payload = text,
		.payload_size = size - RECORD_HEADER };
	assert_int_equal(record_encode(&claim, record, sizeof record), (int)size);
	assert_int_equal(ring_put(c.ring, record, size, c.now.time_us), OK);
	keeper_step(c.keeper, &c.now);
}

static size_t count_of(size_t size)
{
	size_t n = 0;
	for (size_t i = 0; i < office.n; i++)
		n += office.size[i] == size;
	return n;
}

/* ---- tests ---- */

static void a_batch_of_exactly_the_most_passes(void **state)
{
	ring_free(c.ring);
	assert_int_equal(ring_new(&c.ring, 1 << 18), OK);
	start_keeper(true, 0);
	until_all_is_there();
	put_claim(RECORD_MOST); /* alone: 60,000 */
	until_all_is_there();
	put_claim(30000);
	put_claim(RECORD_MOST - 30000); /* two: 60,000 */
	until_all_is_there();
	put_claim(30000);
	put_claim(RECORD_MOST - 30000 + 1); /* 60,001: in two messages */
	until_all_is_there();
	assert_int_equal(count_of(WIRE_MOST), 2);
	assert_int_equal(count_of(WIRE_HEADER + 30000), 1);
	assert_int_equal(office.naks, 0);
	assert_int_equal(office.desk.malformed, 0);
	struct keeper_counts counts = keeper_counts(c.keeper);
	assert_true(ingest_durable(office.ingest, "nt-01", counts.epoch) ==
	            counts.committed_seq);
	assert_int_equal(counts.lost, 0);
}

static void a_message_of_one_byte_more_is_refused_on_both_sides(void **state)
{
	static uint8_t out[WIRE_MOST + 1], record[RECORD_MOST + 1];
	struct wire wire = { .type = WIRE_DATA,
		.source = "nt-01",
		.epoch = 5,
		.first_seq = 1,
		.count = 1,
		.payload = record,
		.payload_size = RECORD_MOST + 1 };
	/* nobody can make one, and none would be taken for one */
	assert_int_equal(wire_encode(&wire, out, sizeof out), FULL);
	assert_int_equal(wire_decode(&wire, out, sizeof out), MALFORMED);
	start_keeper(true, 0);
	until_all_is_there();
	memset(out, 'x', sizeof out);
	assert_int_equal(office.link.keeper.send(&office.link, out, sizeof out), OK);
	size_t heard = office.heard;
	put_reading(40);
	until_all_is_there();
	assert_true(office.heard > heard + 1);
	assert_int_equal(keeper_counts(c.keeper).acked_seq,
	        keeper_counts(c.keeper).committed_seq);
}

static size_t quarantined(void)
{
	size_t n = 0;
	char path[5000];
	snprintf(path, sizeof path, "%s/quarantine", office.archive);
	DIR *dir = opendir(path);
	for (struct dirent *d = dir != NULL ? readdir(dir) : NULL; d != NULL;
	        d = readdir(dir))
		n += strstr(d->d_name, ".record") != NULL;
	if (dir != NULL)
		closedir(dir);
	return n;
}

/* An older copy of the cabinet's disk is put back: the collector lays the record with
 * other bytes aside, raises an alarm and acknowledges nothing of it; the cabinet does not
 * spin, and what it had given such numbers comes under new ones. */
static void other_bytes_are_quarantined_and_the_cabinet_goes_on(void **state)
{
	char *copy = strdup(in_folder(*state, "copy"));
	start_keeper(true, 0);
	until_all_is_there();
	uint64_t epoch = epoch_now();
	keeper_end(c.keeper, &c.now);
	kit_copy(c.folder, copy);
	for (int i = 0; i < 5; i++) {
		put_reading(i);
		move_clock(S);
		step();
	}
	until_all_is_there();
	uint64_t had = ingest_durable(office.ingest, "nt-01", epoch);
	keeper_end(c.keeper, &c.now);
	keeper_free(c.keeper);
	kit_remove(c.folder);
	assert_int_equal(rename(copy, c.folder), 0);
	office.link.keeper.renew(&office.link);
	move_clock(60 * S);
	start_keeper(true, 0);
	put_reading(50);
	put_reading(51);
	move_clock(2 * S);
	keeper_step(c.keeper, &c.now);
	until_all_is_there();
	assert_int_equal(office.naks, 1);
	assert_int_equal(quarantined(), 1);
	assert_contains(alert, "came before with other bytes");
	assert_true(epoch_now() != epoch);
	assert_true(ingest_durable(office.ingest, "nt-01", epoch) == had);
	/* DESCRIBE, DESCRIBE, STATE, GAP, and the two readings */
	assert_int_equal(ingest_durable(office.ingest, "nt-01", epoch_now()), 7);
	size_t heard = office.heard;
	for (int i = 0; i < 3000; i++)
		step();
	assert_true(office.heard <= heard + 2);
	free(copy);
}

#define link_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	kit_scratch_in_memory();
	const struct CMUnitTest keeper_link[] = {
		link_test(a_batch_of_exactly_the_most_passes),
		link_test(a_message_of_one_byte_more_is_refused_on_both_sides),
		link_test(other_bytes_are_quarantined_and_the_cabinet_goes_on),
	};
	return cmocka_run_group_tests_name("keeper_link", keeper_link, NULL, NULL);
}
