/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a line of the simulator does to answers: each fault against the same answer when nothing is
 * wrong. */
#include "tests/kits/check.h"

#include <string.h>

#include "sensors/simulator/simulate_way.h"
#include "tests/kits/faulty_line.h"

struct arrived {
	size_t n;
	uint8_t bytes[1024];
	int64_t first_us, last_us;
	bool hung_up;
};

static struct simulate_way *way;

/* Ask at a time, and hear all that comes until `until_us`. */
static struct arrived hear(int slave, int64_t time_us, int64_t until_us)
{
	struct arrived heard = { .n = 0 };
	uint8_t request[MODBUS_FRAME];
	size_t n = faulty_request(slave, request);
	struct simulated answer = faulty_ask(slave, time_us);
	const struct way_message *whole;
	simulate_way_put(way, &answer, request, n, time_us);
	for (int64_t due; (due = simulate_way_due(way)) <= until_us;) {
		int got = simulate_way_take(way, due, heard.bytes + heard.n,
		        sizeof heard.bytes - heard.n, &whole);
		if (got < 0) {
			heard.hung_up = true;
			break;
		}
		assert_true(got > 0);
		if (heard.n == 0)
			heard.first_us = due;
		heard.last_us = due;
		heard.n += (size_t)got;
	}
	return heard;
}

static int way_setup(void **state)
{
	if (faulty_setup(state) != 0)
		return -1;
	way = simulate_way_new(faulty_scenario);
	return way != NULL ? 0 : -1;
}

static int way_teardown(void **state)
{
	simulate_way_free(way);
	return faulty_teardown(state);
}

static void without_a_fault_the_answer_comes_whole_after_its_delay(void **state)
{
	struct arrived heard = hear(1, HOUR(NONE), INT64_MAX - 1);
	assert_int_equal(heard.n, WHOLE);
	assert_true(faulty_is_sound(heard.bytes, WHOLE));
	assert_int_equal(heard.first_us, HOUR(NONE) + 30000);
	assert_int_equal(heard.last_us, heard.first_us);
}

static void echoes_doubles_and_noise_stand_around_the_answer(void **state)
{
	uint8_t request[MODBUS_FRAME];
	size_t n = faulty_request(1, request);
	struct arrived echo = hear(1, HOUR(ECHO_), INT64_MAX - 1);
	assert_int_equal(echo.n, n + WHOLE);
	assert_memory_equal(echo.bytes, request, n);
	assert_true(faulty_is_sound(echo.bytes + n, WHOLE));
	struct arrived twice = hear(1, HOUR(TWICE), INT64_MAX - 1);
	assert_int_equal(twice.n, 2 * WHOLE);
	assert_true(faulty_is_sound(twice.bytes, WHOLE));
	assert_memory_equal(twice.bytes, twice.bytes + WHOLE, WHOLE);
	struct arrived stray = hear(1, HOUR(STRAY), INT64_MAX - 1);
	assert_int_equal(stray.n, 3 + WHOLE + 3);
	assert_memory_equal(stray.bytes, "\xff\x00\xff", 3);
	assert_true(faulty_is_sound(stray.bytes + 3, WHOLE));
	struct arrived only = hear(1, HOUR(SILENT_ECHO), INT64_MAX - 1);
	assert_int_equal(only.n, n);
}

/* At 9600 baud about eight bytes come in 8 ms; the first clump has one to eight of them. */
static void an_answer_comes_in_the_clumps_of_an_adapter(void **state)
{
	struct arrived clumps = hear(1, HOUR(CLUMPS), INT64_MAX - 1);
	assert_int_equal(clumps.n, WHOLE);
	assert_true(faulty_is_sound(clumps.bytes, clumps.n));
	assert_int_equal(clumps.last_us - clumps.first_us, 3 * 8000);
}

static void an_answer_comes_in_halves_or_byte_by_byte(void **state)
{
	struct arrived split = hear(1, HOUR(SPLIT), INT64_MAX - 1);
	assert_true(faulty_is_sound(split.bytes, split.n));
	assert_int_equal(split.last_us - split.first_us, 50000);
	struct arrived slow = hear(1, HOUR(SLOW), INT64_MAX - 1);
	assert_true(faulty_is_sound(slow.bytes, slow.n));
	assert_int_equal(slow.last_us - slow.first_us, (WHOLE - 1) * 1000000);
	/* asked again in the middle of it, the rest never comes */
	slow = hear(1, HOUR(SLOW), HOUR(SLOW) + 5000000);
	assert_in_range(slow.n, 5, 6);
	slow = hear(1, HOUR(NONE), INT64_MAX - 1);
	assert_int_equal(slow.n, WHOLE);
}

static void one_that_is_behind_gives_the_answer_before(void **state)
{
	struct simulated first = faulty_ask(1, HOUR(BEHIND)),
	                 second = faulty_ask(1, HOUR(BEHIND) + 5000000);
	assert_int_equal(hear(1, HOUR(BEHIND), INT64_MAX - 1).n, 0);
	struct arrived one = hear(1, HOUR(BEHIND) + 5000000, INT64_MAX - 1);
	assert_int_equal(one.n, WHOLE);
	assert_memory_equal(one.bytes, first.bytes, WHOLE);
	struct arrived two = hear(1, HOUR(BEHIND) + 10000000, INT64_MAX - 1);
	assert_memory_equal(two.bytes, second.bytes, WHOLE);
	assert_true(faulty_bits(one.bytes, two.bytes, WHOLE) > 0);
	/* over: what it kept back is forgotten */
	struct arrived good = hear(1, HOUR(NONE) + 2 * US_PER_DAY, INT64_MAX - 1);
	struct simulated now = faulty_ask(1, HOUR(NONE) + 2 * US_PER_DAY);
	assert_int_equal(good.n, WHOLE);
	assert_memory_equal(good.bytes, now.bytes, WHOLE);
}

static void what_another_said_comes_before_the_answer(void **state)
{
	struct arrived alone = hear(1, HOUR(FOREIGN), INT64_MAX - 1);
	assert_int_equal(alone.n, WHOLE);
	struct arrived ph = hear(2, HOUR(FOREIGN), INT64_MAX - 1);
	assert_true(ph.n > 5 && ph.bytes[0] == 2);
	struct arrived both = hear(1, HOUR(FOREIGN) + 1000000, INT64_MAX - 1);
	assert_int_equal(both.n, ph.n + WHOLE);
	assert_memory_equal(both.bytes, ph.bytes, ph.n);
	assert_true(faulty_is_sound(both.bytes + ph.n, WHOLE));
}

static void a_line_that_hangs_up_says_nothing(void **state)
{
	struct arrived heard = hear(1, HOUR(HANG_UP), INT64_MAX - 1);
	assert_true(heard.hung_up);
	assert_int_equal(heard.n, 0);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, way_setup, way_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(without_a_fault_the_answer_comes_whole_after_its_delay),
		EACH(echoes_doubles_and_noise_stand_around_the_answer),
		EACH(an_answer_comes_in_halves_or_byte_by_byte),
		EACH(an_answer_comes_in_the_clumps_of_an_adapter),
		EACH(one_that_is_behind_gives_the_answer_before),
		EACH(what_another_said_comes_before_the_answer),
		EACH(a_line_that_hangs_up_says_nothing),
	};
	return cmocka_run_group_tests_name("simulate, line", tests, NULL, NULL);
}
