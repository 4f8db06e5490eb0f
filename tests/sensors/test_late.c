/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers that come late, by how much they like: none is ever taken for the answer to another request,
 * whatever the kind of line.  tests/prove/faults_world.h says how that is known.
 */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "base/reading.h"
#include "tests/prove/faults_world.h"

#define SECOND    INT64_C(1000000)
#define SCENES    120
#define LATE_MOST 24000 /* ms: less than the poller reckons with */

static bool is_asked(const struct faults_kind *kind)
{
	return !(kind->lacks & UNASKED);
}

static bool is_fast(const struct faults_kind *kind)
{
	return strstr(kind->times, "1s, timeout: 300ms") != NULL;
}

static int judge(const struct faults_world *world, const char *scene)
{
	const struct faults_tally *sick = &world->tally[0], *sound = &world->tally[1];
	if (sick->readings > 0 && sick->wrong == 0 && sick->admitted == 0 &&
	        sound->wrong == 0 && sound->admitted == 0 &&
	        sound->state[STATE_OK] == sound->readings)
		return 0;
	print_message("%s, %.60s: of %d readings %d wrong, %d stale; of the other "
	              "one's %d %d ok\n",
	        world->kind->name, scene, (int)sick->readings, (int)sick->wrong,
	        (int)sick->admitted, (int)sound->readings, (int)sound->state[STATE_OK]);
	return 1;
}

/* From in time to hopelessly late, in uneven steps that are others for each kind. */
static void no_lateness_makes_an_old_answer_a_new_one(void **state)
{
	int bad = 0;
	for (size_t k = 0; k < n_faults_kinds; k++) {
		for (int ms = 101 + 7 * (int)k; ms < LATE_MOST; ms += ms / 4 + 3) {
			char scene[64];
			if (!is_asked(&faults_kinds[k]))
				continue;
			snprintf(scene, sizeof scene, "late: %dms", ms);
			struct faults_world *world =
			        faults_new(&faults_kinds[k], scene);
			faults_transactions(world, 40);
			bad += judge(world, scene);
			if (faults_recover(world) < 0) {
				print_message("%s, %s: not good again\n",
				        faults_kinds[k].name, scene);
				bad++;
			}
			faults_free(world);
		}
	}
	assert_int_equal(bad, 0);
}

/* Where the answer comes just when the next one is waited for. */
static void the_narrow_bands_are_no_exception(void **state)
{
	static const int fast[] = { 570, 575, 580, 1100, 1170, 1175, 1185, 1190, 1965,
		1970, 4200 };
	static const int slow[] = { 1980, 1990, 10250, 20150 };
	int bad = 0;
	for (size_t k = 0; k < n_faults_kinds; k++) {
		const int *band = is_fast(&faults_kinds[k]) ? fast : slow;
		size_t n = is_fast(&faults_kinds[k]) ? 11 : 4;
		for (size_t i = 0; is_asked(&faults_kinds[k]) && i < n; i++) {
			char scene[64];
			snprintf(scene, sizeof scene, "late: %dms", band[i]);
			struct faults_world *world =
			        faults_new(&faults_kinds[k], scene);
			faults_transactions(world, 40);
			bad += judge(world, scene);
			faults_free(world);
		}
	}
	assert_int_equal(bad, 0);
}

/* Where nothing ties an answer to its request the bound is half a minute; who is later is found out. */
static void later_than_reckoned_with_is_seen_and_then_no_exception(void **state)
{
	static const int late[] = { 30500, 31000, 47000, 60500, 75000, 131000 };
	int bad = 0;
	for (size_t k = 0; k < n_faults_kinds; k++) {
		const struct faults_kind *kind = &faults_kinds[k];
		for (size_t i = 0; is_asked(kind) && i < 6; i++) {
			char scene[64];
			snprintf(scene, sizeof scene, "late: %dms", late[i]);
			struct faults_world *world = faults_new(kind, scene);
			faults_run(world, 1800 * SECOND);
			memset(world->tally, 0, sizeof world->tally);
			faults_run(world, 3600 * SECOND);
			bad += judge(world, scene);
			if (poller_counts(world->poller, 0)->late == 0) {
				print_message(
				        "%s, %s: none is late\n", kind->name, scene);
				bad++;
			}
			faults_free(world);
		}
	}
	assert_int_equal(bad, 0);
}

static unsigned one_of(uint64_t *seed, unsigned n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (unsigned)(*seed >> 11) % n;
}

/* Seconds of lateness, another each time, of silence and of health by turns; those of `scene` are the
 * seconds they take. */
static int put_scenes(uint64_t seed, bool fast, char *scene, size_t room)
{
	int n = snprintf(scene, room, "late: 0s"), t = 61;
	for (int i = 0; i < SCENES; i++) {
		int lasts = 1 + (int)one_of(&seed, fast ? 6 : 25);
		char what[32] = "silent: yes";
		if (one_of(&seed, 4) > 0)
			snprintf(what, sizeof what, "late: %ums",
			        10 + one_of(&seed, fast ? 2500 : 7500));
		n += snprintf(scene + n, room - (size_t)n,
		        "}\n  - {from: 2026-11-01T%02d:%02d:%02d, to: "
		        "2026-11-01T%02d:%02d:%02d, instrument: sick, %s",
		        t / 3600, t / 60 % 60, t % 60, (t + lasts) / 3600,
		        (t + lasts) / 60 % 60, (t + lasts) % 60, what);
		t += lasts + (int)one_of(&seed, fast ? 4 : 20);
	}
	assert_true((size_t)n < room);
	return t - 60;
}

static void lateness_that_comes_and_goes_is_no_exception(void **state)
{
	static char scene[SCENES * 120];
	int bad = 0;
	for (size_t k = 0; k < n_faults_kinds; k++) {
		const struct faults_kind *kind = &faults_kinds[k];
		if (!is_asked(kind))
			continue;
		int lasts = put_scenes(UINT64_C(88172645463325252) * (5 + k),
		        is_fast(kind), scene, sizeof scene);
		struct faults_world *world = faults_new(kind, scene);
		faults_run(world, lasts * SECOND);
		/* and there were good readings among them */
		assert_true(world->tally[0].state[STATE_OK] > 0);
		bad += judge(world, "by turns");
		faults_free(world);
	}
	assert_int_equal(bad, 0);
}

/* Whatever the lateness, who is always late is told to be just that. */
static void who_is_late_for_ever_is_told_to_need_more_time(void **state)
{
	static const char *const scenes[] = { "late: 400ms", "late: 1100ms",
		"late: 2300ms", "late: 4200ms" };
	static const size_t kinds[] = { 0, 2, 4, 8 };
	for (size_t k = 0; k < 4; k++)
		for (size_t i = 0; i < 4; i++) {
			struct faults_world *world =
			        faults_new(&faults_kinds[kinds[k]], scenes[i]);
			faults_run(world, 180 * SECOND);
			if (strstr(world->told, "sick down answers too late") == NULL)
				fail_msg("%s, %s: %s", faults_kinds[kinds[k]].name,
				        scenes[i], world->told);
			faults_free(world);
		}
}

/* One answer lost, and nothing late: the next poll is good where a trial can tell. */
static void one_answer_lost_costs_modbus_one_poll(void **state)
{
	for (size_t k = 0; k < 3; k++) {
		struct faults_world *world = faults_new(&faults_kinds[k],
		        "late: 0s}\n  - {from: 2026-11-01T00:01:10, to: "
		        "2026-11-01T00:01:11, instrument: sick, silent: yes");
		faults_run(world, 60 * SECOND);
		assert_int_equal(world->tally[0].readings, 60);
		assert_in_range(world->tally[0].state[STATE_OK], 59, 60);
		faults_free(world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_lateness_makes_an_old_answer_a_new_one),
		cmocka_unit_test(the_narrow_bands_are_no_exception),
		cmocka_unit_test(
		        later_than_reckoned_with_is_seen_and_then_no_exception),
		cmocka_unit_test(lateness_that_comes_and_goes_is_no_exception),
		cmocka_unit_test(who_is_late_for_ever_is_told_to_need_more_time),
		cmocka_unit_test(one_answer_lost_costs_modbus_one_poll),
	};
	return cmocka_run_group_tests_name("late answers", tests, NULL, NULL);
}
