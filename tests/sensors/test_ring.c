/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sensors/keeper/ring.h"

static struct ring *small_ring(void)
{
	struct ring *ring;
	assert_int_equal(ring_new(&ring, 4096), OK);
	return ring;
}

static void what_goes_in_comes_out_in_order(void **state)
{
	struct ring *ring = small_ring();
	struct ring_loss loss;
	char out[64];
	assert_int_equal(ring_put(ring, "first", 5, 1), OK);
	assert_int_equal(ring_put(ring, "second!!", 8, 2), OK);
	assert_int_equal(ring_take(ring, out, sizeof out, &loss), 5);
	assert_memory_equal(out, "first", 5);
	assert_int_equal(ring_take(ring, out, sizeof out, &loss), 8);
	assert_memory_equal(out, "second!!", 8);
	assert_int_equal(ring_take(ring, out, sizeof out, &loss), 0);
	assert_int_equal(loss.count, 0);
	ring_free(ring);
}

static void a_full_ring_drops_whole_records_and_says_so_in_their_place(void **state)
{
	struct ring *ring = small_ring();
	struct ring_loss loss;
	uint8_t record[1000] = { 0 }, out[1000];
	int64_t time_us = 0;
	size_t taken = 0;
	while (ring_put(ring, record, sizeof record, time_us) == OK)
		time_us++;
	assert_int_equal(time_us, 4);
	assert_int_equal(ring_put(ring, record, sizeof record, 5), FULL);
	assert_int_equal(ring_put(ring, record, sizeof record, 6), FULL);
	assert_int_equal(ring_dropped(ring), 3);
	for (int i = 0; i < 2; i++)
		taken += ring_take(ring, out, sizeof out, &loss) == sizeof record;
	assert_int_equal(ring_put(ring, record, sizeof record, 7), OK);
	for (int i = 0; i < 2; i++)
		taken += ring_take(ring, out, sizeof out, &loss) == sizeof record;
	assert_int_equal(taken, 4);
	assert_int_equal(ring_take(ring, out, sizeof out, &loss), 0);
	assert_int_equal(loss.count, 3);
	assert_int_equal(loss.from_us, 4);
	assert_int_equal(loss.to_us, 6);
	assert_int_equal(ring_take(ring, out, sizeof out, &loss), sizeof record);
	ring_free(ring);
}

static void a_loss_nothing_follows_is_handed_over_at_the_end(void **state)
{
	struct ring *ring = small_ring();
	struct ring_loss loss;
	uint8_t record[3000] = { 0 };
	assert_int_equal(ring_put(ring, record, sizeof record, 1), OK);
	assert_int_equal(ring_put(ring, record, sizeof record, 2), FULL);
	assert_int_equal(ring_take(ring, record, sizeof record, &loss), sizeof record);
	assert_int_equal(ring_put_loss(ring), OK);
	assert_int_equal(ring_take(ring, record, sizeof record, &loss), 0);
	assert_int_equal(loss.count, 1);
	assert_int_equal(ring_put_loss(ring), OK);
	assert_int_equal(ring_take(ring, record, sizeof record, &loss), 0);
	assert_int_equal(loss.count, 0);
	ring_free(ring);
}

static void every_size_survives_the_turn_of_the_ring(void **state)
{
	struct ring *ring = small_ring();
	struct ring_loss loss;
	uint8_t in[600], out[600];
	for (size_t n = 1; n <= sizeof in; n++) {
		memset(in, (int)n, n);
		assert_int_equal(ring_put(ring, in, n, 0), OK);
		assert_int_equal(ring_take(ring, out, sizeof out, &loss), n);
		assert_memory_equal(in, out, n);
	}
	ring_free(ring);
}

static int readable(const struct ring *ring)
{
	struct pollfd look = { .fd = ring_descriptor(ring), .events = POLLIN };
	return poll(&look, 1, 0);
}

static void the_descriptor_wakes_once_for_what_came_since_the_rest(void **state)
{
	struct ring *ring = small_ring();
	assert_int_equal(readable(ring), 0);
	ring_put(ring, "a", 1, 0);
	ring_put(ring, "b", 1, 0);
	assert_int_equal(readable(ring), 1);
	ring_rest(ring);
	assert_int_equal(readable(ring), 0);
	ring_rest(ring);
	ring_free(ring);
}

/* ---- two threads ---- */

enum { ROUNDS = 200000 };

struct race {
	struct ring *ring;
	atomic_int done;
};

static void *produce(void *with)
{
	struct race *race = with;
	uint32_t in[64];
	uint64_t seed = 12345;
	for (uint32_t i = 0; i < ROUNDS; i++) {
		size_t words = 1 + chance(&seed) % 64;
		for (size_t w = 0; w < words; w++)
			in[w] = i;
		ring_put(race->ring, in, words * sizeof in[0], i);
	}
	atomic_store(&race->done, 1);
	return NULL;
}

static void consume_one(const uint32_t *out, size_t n, uint32_t *next)
{
	for (size_t w = 1; w < n / sizeof out[0]; w++)
		assert_int_equal(out[w], out[0]);
	assert_int_equal(out[0], *next);
	*next = out[0] + 1;
}

static void two_threads_lose_nothing(size_t size)
{
	struct race race = { 0 };
	pthread_t thread;
	uint32_t out[64], next = 0;
	uint64_t lost = 0, taken = 0;
	assert_int_equal(ring_new(&race.ring, size), OK);
	assert_int_equal(pthread_create(&thread, NULL, produce, &race), 0);
	for (int over = 0; !over;) {
		struct ring_loss loss;
		int done = atomic_load(&race.done);
		size_t n = ring_take(race.ring, out, sizeof out, &loss);
		if (n > 0) {
			consume_one(out, n, &next);
			taken++;
		}
		/* records of a loss lie before the next one taken */
		lost += loss.count;
		next += (uint32_t)loss.count;
		over = done && n == 0 && loss.count == 0;
	}
	pthread_join(thread, NULL);
	struct ring_loss rest;
	assert_int_equal(ring_put_loss(race.ring), OK);
	assert_int_equal(ring_take(race.ring, out, sizeof out, &rest), 0);
	assert_int_equal(taken + lost + rest.count, ROUNDS);
	assert_int_equal(lost + rest.count, ring_dropped(race.ring));
	ring_free(race.ring);
}

static void two_threads_lose_nothing_uncounted(void **state)
{
	two_threads_lose_nothing(8192);
}

/* The consumer gives pages back while the producer is all but a turn ahead of it. */
static void nor_do_they_in_a_ring_that_gives_back_what_was_read(void **state)
{
	two_threads_lose_nothing((size_t)1 << 20);
}

/* Page by page: the counter in statm may be some hundred KiB behind. */
static long resident_kib(void)
{
	char line[256];
	long kib = -1;
	FILE *in = fopen("/proc/self/smaps_rollup", "r");
	assert_non_null(in);
	while (kib < 0 && fgets(line, sizeof line, in) != NULL)
		sscanf(line, "Rss: %ld kB", &kib);
	fclose(in);
	assert_true(kib >= 0);
	return kib;
}

static void a_large_ring_is_resident_as_far_as_records_lie_in_it(void **state)
{
	struct ring *ring;
	struct ring_loss loss;
	uint8_t in[1000], out[1000];
#ifdef __SANITIZE_THREAD__ /* keeps a shadow of every byte, several times as large */
	print_message("SKIPPED: what is resident is the sanitizer's here\n");
	skip();
#endif
	assert_int_equal(ring_new(&ring, (size_t)4 << 20), OK);
	long before = resident_kib(), kept = 0;
	for (int i = 0; i < 20000; i++) { /* almost five turns */
		memset(in, i & 255, sizeof in);
		assert_int_equal(ring_put(ring, in, sizeof in, i), OK);
		assert_int_equal(ring_take(ring, out, sizeof out, &loss), sizeof in);
		assert_memory_equal(in, out, sizeof in);
	}
	assert_in_range(resident_kib() - before + 1000, 0, 1500);
	while (ring_put(ring, in, sizeof in, kept) == OK)
		kept++;
	assert_true(kept > 4000);
	assert_true(resident_kib() - before > 3500);
	for (; kept > 0; kept--)
		assert_int_equal(ring_take(ring, out, sizeof out, &loss), sizeof in);
	assert_in_range(resident_kib() - before + 1000, 0, 1500);
	ring_free(ring);
}

static void one_that_could_not_be_made_is_counted_as_lost(void **state)
{
	struct ring *ring;
	struct ring_loss loss;
	uint8_t out[64];
	assert_int_equal(ring_new(&ring, 4096), OK);
	ring_lose(ring, 70);
	ring_lose(ring, 90);
	assert_int_equal(ring_put(ring, "next", 4, 100), OK);
	assert_int_equal(ring_take(ring, out, sizeof out, &loss), 0);
	assert_int_equal(loss.count, 2);
	assert_true(loss.from_us == 70 && loss.to_us == 90);
	assert_int_equal(ring_take(ring, out, sizeof out, &loss), 4);
	assert_int_equal(ring_dropped(ring), 2);
	ring_free(ring);
}

/* To the last byte full of records, it has no room for the loss itself. */
static void a_loss_waits_while_there_is_no_room_for_it(void **state)
{
	struct ring *ring;
	struct ring_loss loss;
	uint8_t out[64];
	assert_int_equal(ring_new(&ring, 4096), OK);
	for (int i = 0; i < 256; i++)
		assert_int_equal(ring_put(ring, "8 bytes.", 8, i), OK);
	assert_int_equal(ring_put_loss(ring), OK); /* there is none */
	assert_int_equal(ring_put(ring, "8 bytes.", 8, 7), FULL);
	assert_int_equal(ring_put_loss(ring), FULL);
	for (int i = 0; i < 2; i++)
		assert_int_equal(ring_take(ring, out, sizeof out, &loss), 8);
	assert_int_equal(ring_put_loss(ring), OK);
	for (int i = 0; i < 254; i++)
		assert_int_equal(ring_take(ring, out, sizeof out, &loss), 8);
	assert_int_equal(ring_take(ring, out, sizeof out, &loss), 0);
	assert_int_equal(loss.count, 1);
	assert_int_equal(loss.from_us, 7);
	ring_free(ring);
}

static void without_a_descriptor_there_is_no_ring(void **state)
{
	struct ring *ring = NULL;
	struct rlimit before, none;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	int status = ring_new(&ring, 4096);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(status, FAILED);
	assert_null(ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_could_not_be_made_is_counted_as_lost),
		cmocka_unit_test(what_goes_in_comes_out_in_order),
		cmocka_unit_test(
		        a_full_ring_drops_whole_records_and_says_so_in_their_place),
		cmocka_unit_test(a_loss_nothing_follows_is_handed_over_at_the_end),
		cmocka_unit_test(every_size_survives_the_turn_of_the_ring),
		cmocka_unit_test(
		        the_descriptor_wakes_once_for_what_came_since_the_rest),
		cmocka_unit_test(two_threads_lose_nothing_uncounted),
		cmocka_unit_test(nor_do_they_in_a_ring_that_gives_back_what_was_read),
		cmocka_unit_test(a_large_ring_is_resident_as_far_as_records_lie_in_it),
		cmocka_unit_test(a_loss_waits_while_there_is_no_room_for_it),
		cmocka_unit_test(without_a_descriptor_there_is_no_ring),
	};
	return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
