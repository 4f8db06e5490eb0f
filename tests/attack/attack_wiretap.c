/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Somebody on the wire between a cabinet and its collector: a recorded session played back, a bit changed on
 * the way, nonsense behind a good handshake.  Nothing of it is stored, the memory stays flat, and an honest cabinet
 * is acknowledged all the while.
 */
#include "tests/attack/attack_kit_insider.h"

#include <stdio.h>
#include <sys/socket.h>

#include "tests/kits/check.h"
#include "tests/kits/tcp_tap.h"

/* ---- a recorded session ---- */

/* Chunk by chunk, waiting for what the server said in between. */
static void play_back(const struct tap *tap, struct told *told)
{
	char answer[4096];
	int fd = knock();
	assert_true(fd >= 0);
	for (size_t i = 0; i < tap->chunks; i++) {
		const struct tap_chunk *chunk = &tap->chunk[i];
		if (send(fd, tap->bytes + chunk->at, chunk->size, MSG_NOSIGNAL) < 0)
			break;
		insider_work(40);
		while (recv(fd, answer, sizeof answer, MSG_DONTWAIT) > 0)
			;
	}
	double since_s = clock_s();
	told->peers++;
	for (int i = 0; i < 600 && told->dropped < told->peers; i++) {
		insider_work(100);
		await_drops(&fd, &since_s, 1, told, 0.01);
	}
}

static void a_recorded_session_played_back(void **state)
{
	honest_begin();
	struct tap *tap = tap_start(t.port);
	insider_open(tap->port);
	for (int i = 0; i < 5; i++)
		insider_is_heard();
	uplink_socket_close(bad.socket);
	bad.socket = NULL;
	insider_work(300);
	struct tap_frames frames = tap_frames(tap);
	assert_true(frames.messages >= 6);
	uint64_t accepted = link_count("accepted"), records = bad.acked;
	struct told told = { 0 };
	struct cost before = cost_now();
	for (int i = 0; i < 3; i++)
		play_back(tap, &told);
	printf("  %-28s %6zu bytes with %ld messages, 3 times: %ld dropped after %.1f "
	       "s, %llu "
	       "handshakes done, 0 records\n",
	        "recorded session", tap->n, frames.messages, told.dropped, told.last_s,
	        (unsigned long long)(link_count("accepted") - accepted));
	assert_int_equal(told.dropped, 3);
	assert_int_equal(link_count("accepted"), accepted);
	insider_flat("recorded session", 3, &before, 256);
	tap_end(tap);
	insider_open(t.port);
	assert_int_equal(bad.acked, records);
	insider_is_heard();
	insider_all_is_well();
}

/* ---- bytes changed or added on the way ---- */

static void bytes_changed_or_added_on_the_way(void **state)
{
	honest_begin();
	/* a message whose seal does not fit stops libzmq's ears, and its heartbeat ends the connection:
	 * 15 s and the 5 s between two beats */
	for (int how = 0; how < 2; how++) {
		struct tap *tap = tap_start(t.port);
		insider_open(tap->port);
		insider_is_heard();
		struct cost before = cost_now();
		insider_add(3);
		double since_s = clock_s();
		if (how == 0) {
			tap->flip = 1;
			insider_send(bad.agent.message, insider_message(bad.acked));
		} else {
			tap->garbage = 256;
		}
		while (tap->closed_by_server == 0 && clock_s() < since_s + 180)
			insider_work(20);
		printf("  %-28s connection closed after %.2f s\n",
		        how == 0 ? "a bit changed on the way" : "256 KiB of nonsense",
		        clock_s() - since_s);
		assert_true(tap->closed_by_server == 1);
		insider_flat("on the way", 1, &before, 512);
		tap_end(tap);
		insider_open(t.port);
		assert_true(
		        insider_send(bad.agent.message, insider_message(bad.acked)));
		assert_true(insider_acked(PATIENCE));
	}
	insider_all_is_well();
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, insider_setup, insider_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_recorded_session_played_back),
		WITH(bytes_changed_or_added_on_the_way),
	};
	return cmocka_run_group_tests_name("wiretap", tests, NULL, NULL);
}
