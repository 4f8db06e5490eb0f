/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <string.h>

#include "sensors/tables/framer.h"
#include "tests/kits/capture.h"

/* A toy: A5, length, bytes, and their exclusive or. */
static int frame(const void *state, const uint8_t *in, size_t n)
{
	uint8_t sum = 0;
	if (in[0] != 0xA5)
		return FRAME_NONE;
	if (n < 2)
		return FRAME_SHORT;
	size_t length = (size_t)in[1] + 3;
	if (n < length)
		return FRAME_SHORT;
	for (size_t i = 2; i < length; i++)
		sum ^= in[i];
	return sum == 0 ? (int)length : FRAME_NONE;
}

static const struct driver toy = { .name = "toy", .frame = frame };

static struct moment at(int64_t us)
{
	return (struct moment){ .time_us = us, .mono_us = us };
}

static const uint8_t stream[] = { 0xA5, 2, 7, 8, 15, /* noise */ 1, 2, 3,
	/* false start */ 0xA5, 1, 0xA5, 1, 9, 9, /* */ 0xA5, 0, 0 };

/* Feed the stream in two clumps; frames found. */
static size_t feed(size_t cut, uint64_t *noise)
{
	struct framer framer;
	struct moment first, when = at(1000), later = at(2000);
	const uint8_t *found;
	size_t frames = 0;
	framer_init(&framer);
	framer_add(&framer, stream, cut, &when);
	while (framer_next(&framer, &toy, NULL, &found, &first) > 0)
		frames++;
	framer_add(&framer, stream + cut, sizeof stream - cut, &later);
	while (framer_next(&framer, &toy, NULL, &found, &first) > 0)
		frames++;
	*noise = framer.noise;
	return frames;
}

static void every_cut_gives_the_same_frames_and_noise(void **state)
{
	uint64_t whole, noise;
	size_t frames = feed(sizeof stream, &whole);
	assert_int_equal(frames, 3);
	assert_int_equal(whole, 5);
	for (size_t cut = 0; cut < sizeof stream; cut++) {
		assert_int_equal(feed(cut, &noise), frames);
		assert_int_equal(noise, whole);
	}
}

static void a_frame_has_the_time_of_its_first_byte(void **state)
{
	struct framer framer;
	struct moment first;
	const uint8_t *found;
	framer_init(&framer);
	for (size_t i = 0; i < sizeof stream; i++) {
		struct moment when = at(100 * (int64_t)i);
		framer_add(&framer, stream + i, 1, &when);
		if (i == 4) {
			assert_int_equal(
			        framer_next(&framer, &toy, NULL, &found, &first), 5);
			assert_int_equal(first.time_us, 0);
		}
	}
	assert_int_equal(framer_next(&framer, &toy, NULL, &found, &first), 4);
	assert_int_equal(first.time_us, 1000);
	assert_int_equal(framer_next(&framer, &toy, NULL, &found, &first), 3);
	assert_int_equal(first.time_us, 1400);
	assert_int_equal(framer_next(&framer, &toy, NULL, &found, &first), 0);
}

/* However it was read: clumps are few. */
static void what_came_at_one_time_is_one_clump(void **state)
{
	struct framer framer;
	struct moment first, early = at(1), late = at(2);
	const uint8_t *found;
	framer_init(&framer);
	for (size_t i = 0; i < 2 * FRAMER_CLUMPS; i++)
		framer_add(&framer, stream + 5, 1, &early);
	framer_add(&framer, stream, 5, &late);
	assert_int_equal(framer_next(&framer, &toy, NULL, &found, &first), 5);
	assert_int_equal(first.mono_us, 2);
}

static void without_room_the_oldest_bytes_go_as_noise(void **state)
{
	struct framer framer;
	struct moment first, when = at(1);
	const uint8_t *found;
	uint8_t noise[FRAMER_ROOM + 1800];
	size_t n;
	memset(noise, 0xA5, sizeof noise);
	framer_init(&framer);
	framer_add(&framer, noise, sizeof noise, &when);
	framer_rest(&framer, &n);
	assert_int_equal(n, FRAMER_ROOM);
	assert_int_equal(framer.noise, sizeof noise - FRAMER_ROOM);
	for (int i = 0; i < FRAMER_ROOM / 5 + 1; i++)
		framer_add(&framer, noise, 10, &when);
	framer_add(&framer, stream, 5, &when);
	framer_rest(&framer, &n);
	assert_int_equal(n, FRAMER_ROOM);
	assert_int_equal(framer_clear(&framer), FRAMER_ROOM);
	framer_add(&framer, stream, 5, &when);
	assert_int_equal(framer_next(&framer, &toy, NULL, &found, &first), 5);
}

/* Once through the real driver: noise, a false start, then an answer. */
static void an_answer_is_found_behind_noise(void **state)
{
	struct capture capture;
	struct framer framer;
	struct moment first, when = at(5);
	const uint8_t *found;
	uint8_t walk[1024];
	static const uint8_t noise[] = { 0xFF, 0x00, 0x03, 0x03, 0x14, 0xFF };
	capture_read(&capture, "sim-water-quality");
	const struct driver *driver = capture.profile->driver;
	memset(walk, 0, sizeof walk);
	assert_true(driver->state_size <= sizeof walk);
	const struct capture_step *answer = capture_first(&capture, walk);
	framer_init(&framer);
	framer_add(&framer, noise, sizeof noise, &when);
	framer_add(&framer, answer->byte, answer->n, &when);
	assert_int_equal(framer_next(&framer, driver, walk, &found, &first), answer->n);
	assert_memory_equal(found, answer->byte, answer->n);
	assert_int_equal(framer.noise, sizeof noise);
	capture_free(&capture);
}

/* A hundred thousand bytes of chance, answers among them: every answer is found,
 * nothing else. */
static void answers_are_found_in_chance(void **state)
{
	struct capture capture;
	struct framer framer;
	struct moment first, when = at(9);
	const uint8_t *found;
	uint8_t walk[1024] = { 0 }, bytes[FRAME_MOST];
	uint64_t seed = 17;
	size_t put = 0, got = 0;
	capture_read(&capture, "sim-water-quality");
	const struct driver *driver = capture.profile->driver;
	const struct capture_step *answer = capture_first(&capture, walk);
	framer_init(&framer);
	for (int i = 0; i < 3000; i++) {
		size_t n = chance(&seed) % 40;
		for (size_t k = 0; k < n; k++)
			bytes[k] = (uint8_t)(chance(&seed) %
			                     4); /* slave and function are 3 */
		framer_add(&framer, bytes, n, &when);
		framer_add(&framer, answer->byte, answer->n, &when);
		put++;
		while (framer_next(&framer, driver, walk, &found, &first) > 0) {
			assert_memory_equal(found, answer->byte, answer->n);
			got++;
		}
	}
	assert_true(
	        put - got <= 1); /* the last may still look like the middle of one */
	capture_free(&capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cut_gives_the_same_frames_and_noise),
		cmocka_unit_test(a_frame_has_the_time_of_its_first_byte),
		cmocka_unit_test(what_came_at_one_time_is_one_clump),
		cmocka_unit_test(without_room_the_oldest_bytes_go_as_noise),
		cmocka_unit_test(an_answer_is_found_behind_noise),
		cmocka_unit_test(answers_are_found_in_chance),
	};
	return cmocka_run_group_tests_name("framer", tests, NULL, NULL);
}
