/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every fault of the simulator on every kind of line, in small numbers and under the sanitizers; `make
 * faults` does the same in large ones.  And what is told of some of them. */
#include "tests/kits/check.h"

#include <string.h>

#include "base/reading.h"
#include "tests/prove/faults_world.h"

#define TRANSACTIONS 20

static void every_fault_on_every_kind_of_line(void **state)
{
	int bad = 0, proved = 0;
	for (size_t k = 0; k < n_faults_kinds; k++)
		for (size_t f = 0; f < n_faults_faults; f++) {
			const struct faults_kind *kind = &faults_kinds[k];
			const struct faults_fault *fault = &faults_faults[f];
			char why[256];
			if (!faults_apply(kind, fault))
				continue;
			struct faults_world *world = faults_new(kind, fault->scene);
			faults_transactions(
			        world, fault->kind & ENDLESS ? 2 : TRANSACTIONS);
			struct faults_tally tally = world->tally[0];
			faults_recover(world);
			if (!faults_as_expected(
			            world, fault, &tally, why, sizeof why)) {
				print_message(
				        "%s, %s: %s\n", kind->name, fault->name, why);
				bad++;
			}
			proved++;
			faults_free(world);
		}
	assert_int_equal(bad, 0);
	assert_true(proved > 200);
}

/* Each answer comes to the next request, for minutes: the refusal of a trial then comes where a block is
 * asked for, and says nothing of that. */
static void who_is_late_by_one_for_long_refuses_nothing(void **state)
{
	(void)state;
	for (size_t k = 0; k < n_faults_kinds; k++) {
		if (strncmp(faults_kinds[k].name, "modbus", 6) != 0)
			continue;
		struct faults_world *world =
		        faults_new(&faults_kinds[k], "behind: yes");
		faults_transactions(world, 300);
		if (world->tally[0].state[STATE_REFUSED] > 0)
			fail_msg("%s: refused %d times", faults_kinds[k].name,
			        (int)world->tally[0].state[STATE_REFUSED]);
		faults_free(world);
	}
}

/* Four inputs answer no other count.  Late, and then silent to trials whose number had run out, they were asked
 * again at once each time, 300,000 times, and never read. */
static void who_is_in_time_again_is_not_asked_without_end_and_is_read(void **state)
{
	(void)state;
	for (size_t k = 0; k < n_faults_kinds; k++) {
		if (strcmp(faults_kinds[k].name, "modbus rtu, four inputs") != 0)
			continue;
		struct faults_world *world =
		        faults_new(&faults_kinds[k], "late: 1500ms");
		faults_transactions(world, 1000);
		uint64_t before = poller_counts(world->poller, 0)->requests;
		assert_true(faults_recover(world) >= 0);
		assert_in_range(
		        poller_counts(world->poller, 0)->requests - before, 1, 20);
		faults_free(world);
		return;
	}
	fail();
}

/* Hand the judge what the sick one said `before` polls ago, as if it had been taken now. */
static void judge_again(struct faults_world *world, size_t before)
{
	uint8_t kept[FRAME_MOST + 16];
	double value[READING_CHANNELS] = { 0 };
	uint8_t state[READING_CHANNELS] = { STATE_OK };
	size_t at = (world->n_before[0] - before) % FAULTS_BEFORE;
	const struct faults_said *said = &world->before[0][at];
	struct exchange exchange = { .size = (uint16_t)said->n, .bytes = said->said };
	struct reading_parts parts = { .n_channels = 1,
		.value = value,
		.state = state,
		.n_exchanges = 1,
		.exchanges = kept };
	parts.exchanges_size = (size_t)exchange_put(&exchange, kept, sizeof kept);
	faults_judge(world, 0, &parts);
}

/* The proof proves something: a comparison that takes whatever comes finds nothing. */
static void a_value_nobody_said_would_be_found(void **state)
{
	struct faults_world *world = faults_new(&faults_kinds[0], "late: 0s");
	const struct faults_fault *none = &faults_faults[0];
	char why[256];
	faults_transactions(world, TRANSACTIONS);
	assert_true(faults_as_expected(world, none, &world->tally[0], why, sizeof why));
	judge_again(world, 3);
	assert_int_equal(world->tally[0].wrong, 1);
	assert_false(
	        faults_as_expected(world, none, &world->tally[0], why, sizeof why));
	assert_contains(why, "1 values nobody said");
	faults_free(world);
}

/* Where an answer says nothing of its request, an old one is one of those that nobody could know. */
static void an_old_answer_is_found_where_nothing_ties_it(void **state)
{
	struct faults_world *world = faults_new(&faults_kinds[4], "late: 0s");
	const struct faults_fault *none = &faults_faults[0];
	char why[256];
	faults_transactions(world, TRANSACTIONS);
	assert_int_equal(world->tally[0].admitted, 0);
	judge_again(world, 3);
	assert_int_equal(world->tally[0].wrong, 0);
	assert_int_equal(world->tally[0].admitted, 1);
	assert_false(
	        faults_as_expected(world, none, &world->tally[0], why, sizeof why));
	assert_contains(why, "1 altered values");
	faults_free(world);
}

static struct faults_world *told_of(const char *scene)
{
	struct faults_world *world = faults_new(&faults_kinds[0], scene);
	faults_run(world, 120 * INT64_C(1000000));
	return world;
}

static void what_is_told_says_what_to_look_for(void **state)
{
	static const struct {
		const char *scene, *told;
	} faults[] = {
		{ "silent: yes", "instrument sick down does not answer: check power" },
		{ "echo: yes, silent: yes", "instrument sick down does not answer" },
		{ "stray: 3, silent: yes", "instrument sick down does not answer" },
		{ "garbage: yes",
		        "instrument sick down something comes, but no sound" },
		{ "slow: 1s", "instrument sick down something comes, but no sound" },
		{ "late: 700ms", "instrument sick down answers too late" },
		{ "behind: yes", "instrument sick down answers too late" },
		{ "exception: 2",
		        "instrument sick refused refuses: exception 2, illegal data "
		        "address; the profile does not fit" },
		{ "exception: 11",
		        "instrument sick down does not answer: exception 11, gateway" },
		{ "babble: yes", "port line down the line is never silent" },
	};
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		struct faults_world *world = told_of(faults[i].scene);
		assert_contains(world->told, faults[i].told);
		/* once: the change, and a line of counts a minute */
		assert_true(world->lines_logged < 12);
		faults_recover(world);
		faults_run(world, 3 * INT64_C(1000000));
		const char *last = strstr(world->told, faults[i].told);
		assert_non_null(strstr(last, " up "));
		faults_free(world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_on_every_kind_of_line),
		cmocka_unit_test(who_is_late_by_one_for_long_refuses_nothing),
		cmocka_unit_test(
		        who_is_in_time_again_is_not_asked_without_end_and_is_read),
		cmocka_unit_test(a_value_nobody_said_would_be_found),
		cmocka_unit_test(an_old_answer_is_found_where_nothing_ties_it),
		cmocka_unit_test(what_is_told_says_what_to_look_for),
	};
	return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
