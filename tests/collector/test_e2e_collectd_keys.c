/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real quantrac-collectd and the keys of those it hears. */
#include "tests/kits/check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/folder.h"
#include "base/status.h"
#include "collector/keys.h"
#include "tests/kits/collectd_kit.h"

static void a_revoked_cabinet_falls_silent_at_sighup(void **state)
{
	make_readings(10, AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	assert_int_equal(
	        keys_revoke(in_folder(t.dir, "agents"), "bt-outlet", BEGIN, NULL), OK);
	kill(t.collectd, SIGHUP);
	/* until the signal is served a batch may still be taken: send one after the
	 * other */
	int64_t end = now_ms() + PATIENCE;
	do {
		make_readings(1, AGENT_MIN);
		for (int64_t soon = now_ms() + 500;
		        now_ms() < soon && t.acked < t.agent.seq;)
			step();
	} while (t.acked == t.agent.seq && now_ms() < end);
	assert_true(t.acked < t.agent.seq);
	uint64_t acked = t.acked;
	assert_int_equal(end_collectd(SIGTERM), 0);
	log_says("bt-outlet still sends, with a key that was revoked");
	assert_int_equal(journal_records(archive_dir(), &t.book), acked - 1);
}

static void a_revoked_station_is_not_connected_a_few_seconds_later(void **state)
{
	make_readings(5, AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	status_says("--format csv", "\nbt-outlet,yes,");
	assert_int_equal(
	        keys_revoke(in_folder(t.dir, "agents"), "bt-outlet", BEGIN, NULL), OK);
	int64_t took_ms = status_says("--format csv", "\nbt-outlet,no,");
	print_message("not connected %.1f s after its key was revoked\n",
	        (double)took_ms / 1000);
	assert_true(took_ms < 10000);
	char *text = status_of_archive("");
	assert_contains(text, "revoked: its key is no longer on the list");
	assert_contains(text, "collector: runs");
	free(text);
	assert_int_equal(end_collectd(SIGTERM), 0);
}

static void without_its_folder_of_agents_it_hears_whom_it_heard_and_says_so(
        void **state)
{
	make_readings(5, AGENT_MIN);
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(t.agent.seq));
	char away[4200];
	snprintf(away, sizeof away, "%s", in_folder(t.dir, "away"));
	assert_int_equal(rename(in_folder(t.dir, "agents"), away), 0);
	int64_t began_ms = now_ms();
	log_says("agents: cannot be read: No such file or directory; the list stays");
	assert_true(now_ms() - began_ms < 30000); /* before the reload of each minute */
	make_readings(5, AGENT_MIN);
	assert_true(run_until_acked(t.agent.seq));
	assert_int_equal(end_collectd(SIGTERM), 0);
}

/* A message to the collector on a socket of its own, with the key of the cabinet. */
static void copy_says(struct uplink_socket *copy, uint8_t type)
{
	uint8_t out[WIRE_HEADER];
	struct wire wire = { .type = type, .source = "bt-outlet", .epoch = EPOCH };
	int n = wire_encode(&wire, out, sizeof out);
	uplink_socket_send(copy, out, (size_t)n); /* again, if it is not there yet */
}

/* Its disk was copied, key and all: the ACK that the one waits for comes at once when the
 * other says something, long before the commit that would have brought it. */
static void what_another_cabinet_with_the_same_key_says_waits_for_the_ack(void **state)
{
	char endpoint[64];
	struct uplink_socket *copy;
	t.commit_every = "10s";
	write_config("");
	start_collectd();
	connect_agent();
	assert_true(run_until_acked(1));
	snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", t.port);
	struct uplink_options options = {
		.endpoint = endpoint, .server_key = t.server.public_key, .own = &t.own
	};
	assert_int_equal(uplink_socket_open(&copy, &options, NULL), OK);
	for (int64_t end_ms = now_ms() + PATIENCE; !t.open && now_ms() < end_ms;)
		step();
	make_readings(5, AGENT_MIN);
	t.silent_ms = PATIENCE; /* no new connection meanwhile */
	int64_t began_ms = now_ms();
	while (t.acked < t.agent.seq && now_ms() - began_ms < 8000) {
		step();
		if (t.next == t.agent.seq)
			copy_says(copy, WIRE_PING);
	}
	assert_true(t.acked == t.agent.seq);
	uplink_socket_close(copy);
	assert_int_equal(end_collectd(SIGTERM), 0);
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, collectd_setup, collectd_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_revoked_cabinet_falls_silent_at_sighup),
		WITH(a_revoked_station_is_not_connected_a_few_seconds_later),
		WITH(what_another_cabinet_with_the_same_key_says_waits_for_the_ack),
		WITH(without_its_folder_of_agents_it_hears_whom_it_heard_and_says_so),
	};
	return cmocka_run_group_tests_name("keys of collectd", tests, NULL, NULL);
}
