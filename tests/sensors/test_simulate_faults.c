/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a line of the simulator does to answers: each fault against the same instrument when
 * nothing is wrong. */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/legal_time.h"
#include "sensors/drivers/modbus.h"
#include "sensors/simulator/simulate_way.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/served.h"

#define HOUR(n) (FIXTURE_DAY1 + US_PER_DAY + (n)*US_PER_HOUR + 30 * US_PER_MIN)

/* One fault an hour of day 2; on day 1 all is well. */
static const char *const scenes[] = { "late: 0s", "garbage: yes", "flips: 1",
	"flips: 3", "echo: yes", "twice: yes", "stray: 3", "split: 50ms", "slow: 1s",
	"behind: yes", "foreign: yes", "frozen: yes", "other_order: yes", "shift: 1",
	"renumbered: \"9\"", "babble: yes", "silent: yes, echo: yes", "hang_up: yes",
	"clumps: 8ms" };
enum {
	NONE,
	GARBAGE,
	FLIP,
	FLIPS,
	ECHO_,
	TWICE,
	STRAY,
	SPLIT,
	SLOW,
	BEHIND,
	FOREIGN,
	FROZEN,
	OTHER_ORDER,
	SHIFT,
	RENUMBERED,
	BABBLE,
	SILENT_ECHO,
	HANG_UP,
	CLUMPS
};

static const char text[] =
        "ports: [{id: bus, mode: rtu}]\n"
        "instruments:\n"
        "  - id: flow\n"
        "    profile: sim-flow\n"
        "    port: bus\n"
        "    slave: 1\n"
        "    delay: 30ms\n"
        "    channels:\n"
        "      - {name: flow_in, mean: 300, daily: 100, noise: 10, correlation: 1s}\n"
        "      - {name: flow_out, mean: 200, daily: 50, noise: 10, correlation: 1s}\n"
        "  - {id: ph, profile: sim-ph-temperature, port: bus, slave: 2, delay: 30ms, "
        "channels: [{name: ph, mean: 7}]}\n"
        "scenes:\n";

static struct scenario *scenario;

static int setup(void **state)
{
	char head[1024], all[4096] = "";
	if (scratch_make(state) != 0)
		return -1;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	fixture_profiles(*state);
	snprintf(head, sizeof head, fixture_head, (const char *)*state);
	for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++)
		snprintf(all + strlen(all), sizeof all - strlen(all),
		        "  - {from: day 2 %02zu:00, to: day 2 %02zu:00, instrument: "
		        "flow, "
		        "%s}\n",
		        i, i + 1, scenes[i]);
	fixture_write(*state, "scenario.yaml", "%s%s%s", head, text, all);
	scenario = fixture_scenario(*state, "scenario.yaml");
	return 0;
}

static int teardown(void **state)
{
	scenario_free(scenario);
	return scratch_remove(state);
}

static size_t request_to(int slave, uint8_t out[MODBUS_FRAME])
{
	struct modbus_request request = { .slave = (uint8_t)slave,
		.function = slave == 1 ? 4 : 3,
		.start = slave == 1 ? 0 : 100,
		.count = slave == 1 ? 10 : 5 };
	int n = modbus_request_put(FRAMING_RTU, &request, out, MODBUS_FRAME);
	assert_true(n > 0);
	return (size_t)n;
}

static struct simulated ask(int slave, int64_t time_us)
{
	struct simulated answer;
	uint8_t request[MODBUS_FRAME];
	size_t n = request_to(slave, request);
	assert_int_equal(simulate_answer(scenario, 0, request, n, time_us, &answer), n);
	return answer;
}

/* A sound answer of the flow meter: 10 registers. */
#define WHOLE 25

static bool is_sound(const uint8_t *bytes, size_t n)
{
	struct modbus_request request = {
		.slave = 1, .function = 4, .start = 0, .count = 10
	};
	struct modbus_answer answer;
	return modbus_answer_get(FRAMING_RTU, &request, bytes, n, false, &answer) == OK;
}

static int bits_different(const uint8_t *a, const uint8_t *b, size_t n)
{
	int different = 0;
	for (size_t i = 0; i < n; i++)
		different += __builtin_popcount((unsigned)(a[i] ^ b[i]));
	return different;
}

/* ---- what is said ---- */

static void as_many_bits_are_turned_over_as_was_said(void **state)
{
	int same[WHOLE] = { 0 };
	struct simulated before = { .size = 0 };
	for (int i = 0; i < 200; i++) {
		int64_t t = HOUR(FLIP) + i * 1000;
		struct simulated one = ask(1, t), many = ask(1, t + US_PER_HOUR);
		struct simulated good = ask(1, t - US_PER_DAY);
		assert_true(is_sound(good.bytes, good.size));
		assert_int_equal(one.size, WHOLE);
		assert_false(is_sound(one.bytes, one.size));
		assert_false(is_sound(many.bytes, many.size));
		/* undone, one bit makes it sound again */
		int mends = 0;
		for (size_t bit = 0; bit < 8 * WHOLE; bit++) {
			one.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			mends += is_sound(one.bytes, one.size);
			one.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_int_equal(mends, 1);
		if (before.size > 0)
			for (size_t k = 0; k < WHOLE; k++)
				same[k] += one.bytes[k] == before.bytes[k];
		before = one;
	}
	/* by chance: not always the same place */
	assert_true(same[0] < 199 && same[0] > 150);
}

static void chance_is_the_same_in_every_run(void **state)
{
	struct simulated one = ask(1, HOUR(GARBAGE)), again = ask(1, HOUR(GARBAGE));
	struct simulated later = ask(1, HOUR(GARBAGE) + 1);
	assert_int_equal(one.size, WHOLE);
	assert_false(is_sound(one.bytes, one.size));
	assert_memory_equal(one.bytes, again.bytes, WHOLE);
	assert_true(bits_different(one.bytes, later.bytes, WHOLE) > 50);
}

/* The float in registers 2 and 3; with its words as they come, or in the other order. */
static double number_of(const struct simulated *answer, bool other_order)
{
	float value;
	const uint8_t *at = answer->bytes + 3 + 2 * 2;
	assert_true(is_sound(answer->bytes, answer->size));
	uint32_t high = get_be16(at + (other_order ? 2 : 0));
	uint32_t bits = high << 16 | get_be16(at + (other_order ? 0 : 2));
	memcpy(&value, &bits, sizeof value);
	return value;
}

static void a_frozen_value_is_that_of_the_beginning_of_the_scene(void **state)
{
	const struct scenario_instrument *flow = &scenario->instrument[0];
	int64_t began = HOUR(FROZEN) - 30 * US_PER_MIN;
	struct simulated one = ask(1, HOUR(FROZEN)),
	                 other = ask(1, HOUR(FROZEN) + US_PER_MIN);
	double value = number_of(&one, false);
	assert_close(value, (float)scenario_value(scenario, flow, 0, began), 0);
	assert_close(number_of(&other, false), value, 0);
	struct simulated after = ask(1, HOUR(NONE) + US_PER_DAY);
	assert_true(number_of(&after, false) != value);
}

static void words_in_the_other_order_and_channels_renumbered(void **state)
{
	const struct scenario_instrument *flow = &scenario->instrument[0];
	struct simulated turned = ask(1, HOUR(OTHER_ORDER)),
	                 moved = ask(1, HOUR(SHIFT));
	double in = (float)scenario_value(scenario, flow, 0, HOUR(OTHER_ORDER));
	assert_close(number_of(&turned, true), in, 0);
	assert_true(number_of(&turned, false) != in);
	double out = (float)scenario_value(scenario, flow, 1, HOUR(SHIFT));
	assert_close(number_of(&moved, false), out, 0);
}

static void one_that_was_renumbered_answers_at_its_new_address_only(void **state)
{
	uint8_t request[MODBUS_FRAME];
	struct simulated answer;
	struct modbus_request at_nine = {
		.slave = 9, .function = 4, .start = 0, .count = 10
	};
	size_t n = request_to(1, request);
	assert_int_equal(
	        simulate_answer(scenario, 0, request, n, HOUR(NONE), &answer), n);
	assert_int_equal(
	        simulate_answer(scenario, 0, request, n, HOUR(RENUMBERED), &answer),
	        FRAME_NONE);
	n = (size_t)modbus_request_put(FRAMING_RTU, &at_nine, request, sizeof request);
	assert_int_equal(
	        simulate_answer(scenario, 0, request, n, HOUR(RENUMBERED), &answer), n);
	assert_int_equal(answer.bytes[0], 9);
	assert_int_equal(simulate_answer(scenario, 0, request, n, HOUR(NONE), &answer),
	        FRAME_NONE);
}

static void one_who_babbles_answers_nothing_and_never_stops(void **state)
{
	uint8_t out[64] = { 0 }, none[64] = { 0 };
	assert_int_equal(ask(1, HOUR(BABBLE)).size, 0);
	assert_true(simulate_babbles(scenario, 0, HOUR(BABBLE), out, sizeof out));
	assert_true(bits_different(out, none, sizeof out) > 150);
	assert_false(simulate_babbles(scenario, 0, HOUR(NONE), out, sizeof out));
}

/* ---- what the line does to it ---- */

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
	size_t n = request_to(slave, request);
	struct simulated answer = ask(slave, time_us);
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
	if (setup(state) != 0)
		return -1;
	way = simulate_way_new(scenario);
	return way != NULL ? 0 : -1;
}

static int way_teardown(void **state)
{
	simulate_way_free(way);
	return teardown(state);
}

static void without_a_fault_the_answer_comes_whole_after_its_delay(void **state)
{
	struct arrived heard = hear(1, HOUR(NONE), INT64_MAX - 1);
	assert_int_equal(heard.n, WHOLE);
	assert_true(is_sound(heard.bytes, WHOLE));
	assert_int_equal(heard.first_us, HOUR(NONE) + 30000);
	assert_int_equal(heard.last_us, heard.first_us);
}

static void echoes_doubles_and_noise_stand_around_the_answer(void **state)
{
	uint8_t request[MODBUS_FRAME];
	size_t n = request_to(1, request);
	struct arrived echo = hear(1, HOUR(ECHO_), INT64_MAX - 1);
	assert_int_equal(echo.n, n + WHOLE);
	assert_memory_equal(echo.bytes, request, n);
	assert_true(is_sound(echo.bytes + n, WHOLE));
	struct arrived twice = hear(1, HOUR(TWICE), INT64_MAX - 1);
	assert_int_equal(twice.n, 2 * WHOLE);
	assert_true(is_sound(twice.bytes, WHOLE));
	assert_memory_equal(twice.bytes, twice.bytes + WHOLE, WHOLE);
	struct arrived stray = hear(1, HOUR(STRAY), INT64_MAX - 1);
	assert_int_equal(stray.n, 3 + WHOLE + 3);
	assert_memory_equal(stray.bytes, "\xff\x00\xff", 3);
	assert_true(is_sound(stray.bytes + 3, WHOLE));
	struct arrived only = hear(1, HOUR(SILENT_ECHO), INT64_MAX - 1);
	assert_int_equal(only.n, n);
}

/* At 9600 baud about eight bytes come in 8 ms; the first clump has one to eight of them. */
static void an_answer_comes_in_the_clumps_of_an_adapter(void **state)
{
	struct arrived clumps = hear(1, HOUR(CLUMPS), INT64_MAX - 1);
	assert_int_equal(clumps.n, WHOLE);
	assert_true(is_sound(clumps.bytes, clumps.n));
	assert_int_equal(clumps.last_us - clumps.first_us, 3 * 8000);
}

static void an_answer_comes_in_halves_or_byte_by_byte(void **state)
{
	struct arrived split = hear(1, HOUR(SPLIT), INT64_MAX - 1);
	assert_true(is_sound(split.bytes, split.n));
	assert_int_equal(split.last_us - split.first_us, 50000);
	struct arrived slow = hear(1, HOUR(SLOW), INT64_MAX - 1);
	assert_true(is_sound(slow.bytes, slow.n));
	assert_int_equal(slow.last_us - slow.first_us, (WHOLE - 1) * 1000000);
	/* asked again in the middle of it, the rest never comes */
	slow = hear(1, HOUR(SLOW), HOUR(SLOW) + 5000000);
	assert_in_range(slow.n, 5, 6);
	slow = hear(1, HOUR(NONE), INT64_MAX - 1);
	assert_int_equal(slow.n, WHOLE);
}

static void one_that_is_behind_gives_the_answer_before(void **state)
{
	struct simulated first = ask(1, HOUR(BEHIND)),
	                 second = ask(1, HOUR(BEHIND) + 5000000);
	assert_int_equal(hear(1, HOUR(BEHIND), INT64_MAX - 1).n, 0);
	struct arrived one = hear(1, HOUR(BEHIND) + 5000000, INT64_MAX - 1);
	assert_int_equal(one.n, WHOLE);
	assert_memory_equal(one.bytes, first.bytes, WHOLE);
	struct arrived two = hear(1, HOUR(BEHIND) + 10000000, INT64_MAX - 1);
	assert_memory_equal(two.bytes, second.bytes, WHOLE);
	assert_true(bits_different(one.bytes, two.bytes, WHOLE) > 0);
	/* over: what it kept back is forgotten */
	struct arrived good = hear(1, HOUR(NONE) + 2 * US_PER_DAY, INT64_MAX - 1);
	struct simulated now = ask(1, HOUR(NONE) + 2 * US_PER_DAY);
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
	assert_true(is_sound(both.bytes + ph.n, WHOLE));
}

static void a_line_that_hangs_up_says_nothing(void **state)
{
	struct arrived heard = hear(1, HOUR(HANG_UP), INT64_MAX - 1);
	assert_true(heard.hung_up);
	assert_int_equal(heard.n, 0);
}

/* ---- a scenario that cannot be ---- */

static void a_slave_is_renumbered_to_a_number(void **state)
{
	static const char wrong[] =
	        "scenario: {name: x}\n"
	        "ports: [{id: bus}]\n"
	        "instruments: [{id: flow, profile: sim-flow, port: bus}]\n"
	        "scenes: [{from: day 1, to: day 2, renumbered: nine}]\n";
	struct scenario *out;
	struct problem why;
	assert_int_equal(
	        scenario_parse(&out, wrong, strlen(wrong), "x.yaml", NULL, &why),
	        MALFORMED);
	assert_contains(why.text, "'nine' is no address of 'flow'");
}

/* ---- a pseudo-terminal that goes and is back under another name ---- */

static void a_pseudo_terminal_hangs_up_and_is_back_under_another_name(void **state)
{
	struct served server = { .scenario = scenario,
		.options = { .dir = *state,
		        .speed = 1,
		        .from_us = HOUR(HANG_UP),
		        .for_s = INFINITY } };
	char path[512], before[64], after[64];
	uint8_t request[MODBUS_FRAME];
	size_t n = request_to(1, request);
	snprintf(path, sizeof path, "%s", in_folder(*state, "bus"));
	served_begin(&server);
	int descriptor = served_open(path);
	assert_true(descriptor >= 0);
	assert_int_equal(ttyname_r(descriptor, before, sizeof before), 0);
	assert_int_equal(write(descriptor, request, n), n);
	struct pollfd look = { .fd = descriptor, .events = POLLIN };
	assert_int_equal(poll(&look, 1, 5000), 1);
	assert_true(look.revents & POLLHUP);
	int other = served_open(path);
	assert_true(other >= 0);
	assert_int_equal(ttyname_r(other, after, sizeof after), 0);
	assert_string_not_equal(before, after);
	close(descriptor);
	close(other);
	served_end(&server);
	assert_int_equal(server.status, OK);
}

#define said(f)  cmocka_unit_test_setup_teardown(f, setup, teardown)
#define comes(f) cmocka_unit_test_setup_teardown(f, way_setup, way_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		said(as_many_bits_are_turned_over_as_was_said),
		said(chance_is_the_same_in_every_run),
		said(a_frozen_value_is_that_of_the_beginning_of_the_scene),
		said(words_in_the_other_order_and_channels_renumbered),
		said(one_that_was_renumbered_answers_at_its_new_address_only),
		said(one_who_babbles_answers_nothing_and_never_stops),
		comes(without_a_fault_the_answer_comes_whole_after_its_delay),
		comes(echoes_doubles_and_noise_stand_around_the_answer),
		comes(an_answer_comes_in_halves_or_byte_by_byte),
		comes(an_answer_comes_in_the_clumps_of_an_adapter),
		comes(one_that_is_behind_gives_the_answer_before),
		comes(what_another_said_comes_before_the_answer),
		comes(a_line_that_hangs_up_says_nothing),
		said(a_slave_is_renumbered_to_a_number),
		said(a_pseudo_terminal_hangs_up_and_is_back_under_another_name),
	};
	return cmocka_run_group_tests_name("simulate, faults", tests, NULL, NULL);
}
