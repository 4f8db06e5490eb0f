/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A false collector: it listens where the true one should, has the cabinet's key on its list, and runs
 * the true program; only its own key is another.  The cabinet, a real sensord with records waiting,
 * must not tell it a single byte of them.  Afterwards the same cabinet with the key that is right.
 */
#include "tests/attack/attack_kit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "collector/keys.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/check.h"
#include "tests/kits/e2e_cabinet.h"
#include "tests/kits/tcp_tap.h"

/* Its only instrument does not answer: that makes records enough. */
static void write_station(int port, const char *server_key)
{
	fixture_write(t.dir, "station.yaml",
	        "zone: {id: kcn-mau, name: KCN Mau}\n"
	        "station: {id: bt-outlet, name: X, simulation: yes}\n"
	        "facility: {id: a, name: A}\n"
	        "outlets: [{id: x, name: X, kind: water}]\n"
	        "journal: {folder: journal}\n"
	        "collector:\n  endpoint: \"tcp://127.0.0.1:%d\"\n  server_key: %s\n"
	        "  secret_key: bt-outlet.secret\n  public_key: bt-outlet.pub\n"
	        "ports: [{id: p, tcp: \"127.0.0.1:%d\"}]\n"
	        "instruments: [{id: flow, profile: sim-flow, port: p, poll_every: "
	        "200ms}]\n",
	        port, server_key, free_port());
}

/* The cabinet for so long, through a tap; what it said. */
static struct tap_frames run_cabinet(const char *server_key, const char *for_time)
{
	int status;
	struct tap *tap = tap_start(t.port);
	write_station(tap->port, server_key);
	fflush(stdout);
	pid_t sensord = run_again(t.dir, for_time);
	assert_int_equal(waitpid(sensord, &status, 0), sensord);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("sensord: %s", text_of(t.dir, "sensord.log"));
	struct tap_frames frames = tap_frames(tap);
	tap_end(tap);
	return frames;
}

static void an_agent_tells_a_false_collector_nothing(void **state)
{
	char key[KEY_TEXT];
	struct problem why;
	write_config("allow_simulated: yes\n");
	assert_int_equal(keys_new(t.dir, "true", key, &why), OK);
	assert_int_equal(keys_new(t.dir, "bt-outlet", key, &why), OK);
	assert_int_equal(
	        keys_revoke(in_folder(t.dir, "agents"), "bt-outlet", BEGIN, &why), OK);
	assert_int_equal(
	        keys_admit(in_folder(t.dir, "agents"), "bt-outlet", key, &why), OK);
	start_collectd();
	wait_for_file(in_folder(t.dir, "archive/collectd.json"));
	struct tap_frames lied = run_cabinet("true.pub", "25s");
	printf("  %-28s %6ld connections, %ld bytes of handshake, %ld messages with "
	       "%ld bytes\n",
	        "false collector", lied.connections, lied.handshake_bytes,
	        lied.messages, lied.message_bytes);
	assert_true(lied.connections >= 1 && lied.handshake_bytes >= 64);
	assert_int_equal(lied.messages, 0);
	assert_int_equal(lied.message_bytes, 0);
	assert_int_equal(journal_records(archive_dir(), &t.book), 0);
	struct tap_frames told = run_cabinet("collector.pub", "5s");
	printf("  %-28s %6ld connections, %ld bytes of handshake, %ld messages with "
	       "%ld bytes\n",
	        "the same, right key", told.connections, told.handshake_bytes,
	        told.messages, told.message_bytes);
	assert_true(told.messages > 2 && told.message_bytes > 1000);
	assert_int_equal(end_collectd(SIGTERM), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		        an_agent_tells_a_false_collector_nothing, attack_setup,
		        attack_teardown),
	};
	return cmocka_run_group_tests_name("false collector", tests, NULL, NULL);
}
