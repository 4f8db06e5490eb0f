/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every fault of the simulator on every kind of line, in small numbers and under the sanitizers; `make
 * faults` does the same in large ones.  And what is told of some of them. */
#include "tests/check.h"

#include <string.h>

#include "base/reading.h"
#include "tests/faults_world.h"

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

/* The proof proves something: a comparison that takes whatever comes finds nothing. */
static void a_value_nobody_said_would_be_found(void **state)
{
	struct faults_world *world = faults_new(&faults_kinds[0], "flips: 1");
	char why[256];
	faults_transactions(world, TRANSACTIONS);
	struct faults_tally tally = world->tally[0];
	assert_int_equal(tally.wrong, 0);
	assert_true(
	        faults_as_expected(world, &faults_faults[5], &tally, why, sizeof why) ||
	        world->last_state[0] != STATE_OK);
	tally.wrong = 1;
	assert_false(
	        faults_as_expected(world, &faults_faults[5], &tally, why, sizeof why));
	assert_contains(why, "1 values nobody said");
	tally.wrong = 0;
	tally.admitted = 1;
	assert_false(
	        faults_as_expected(world, &faults_faults[5], &tally, why, sizeof why));
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
		cmocka_unit_test(a_value_nobody_said_would_be_found),
		cmocka_unit_test(what_is_told_says_what_to_look_for),
	};
	return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
