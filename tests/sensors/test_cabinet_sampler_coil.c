/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bottle by a coil of a bus: what is recorded when it was written, refused, or nobody answered. */
#include "tests/kits/check.h"

#include "tests/kits/cabinet_rig.h"
#include "tests/kits/sampler_rig.h"

static const char coil[] = SAMPLER "port: bus, slave: 9, coil: 4}\n";

static void coil_is_asked_for(size_t n, bool on)
{
	rig_run(20 * MS);
	assert_int_equal(rig.n_coils, n);
	assert_int_equal(rig.coil[n - 1].slave, 9);
	assert_int_equal(rig.coil[n - 1].address, 4);
	assert_int_equal(rig.coil[n - 1].on, on);
}

static void a_coil_is_written_on_and_off_and_that_is_recorded(void **state)
{
	rig_begin(coil);
	sampler_cod_is(80, 15);
	rig_cod(80);
	coil_is_asked_for(1, true);
	assert_int_equal(rig_count("sampler", "bottle"), 0);
	rig_written(OK, "");
	sampler_last("bottle", "coil 4 of slave 9 on port bus");
	rig_run(480 * MS);
	coil_is_asked_for(2, false);
	rig_written(OK, "");
	sampler_cod_is(80, 60);
	assert_int_equal(rig.n_coils, 2);
}

static void a_coil_that_is_refused_took_no_bottle(void **state)
{
	rig_begin(coil);
	sampler_cod_is(80, 15);
	rig_cod(80);
	coil_is_asked_for(1, true);
	rig_written(REFUSED, "illegal data address");
	sampler_last("failed", "on port bus: illegal data address; it is tried again");
	rig_run(60 * SEC);
	rig_cod(80);
	coil_is_asked_for(2, true);
	rig.coil_status = REFUSED;
	rig_written(REFUSED, "busy");
	rig_run(60 * SEC);
	rig_cod(80);
	rig_run(20 * MS);
	sampler_last("failed", "port bus: the port cannot take a coil now; given up");
}

static void a_coil_nobody_answered_for_is_doubtful_and_put_off(void **state)
{
	rig_begin(coil);
	sampler_cod_is(80, 15);
	rig_cod(80);
	coil_is_asked_for(1, true);
	rig_written(TIMED_OUT, "no answer");
	sampler_last("doubtful", "1 of 3: ");
	sampler_last("doubtful", "port bus: no answer");
	rig_run(480 * MS);
	coil_is_asked_for(2, false);
	rig_written(TIMED_OUT, "no answer");
	sampler_last("failed", "could not be made inactive");
	rig_run(980 * MS);
	coil_is_asked_for(3, false);
	rig_written(OK, "");
	rig_run(60 * SEC);
	assert_int_equal(rig.n_coils, 3);
	assert_int_equal(rig_count("sampler", "failed"), 1);
	sampler_cod_is(80, 60);
	assert_int_equal(rig.n_coils, 3);
}

/* Nobody answers for the coil, neither on nor off: that is told once, and not that the
 * program ended in between; what is tried after every start is to put it off. */
static void a_doubt_is_told_once_over_all_restarts(void **state)
{
	rig_begin(coil);
	sampler_cod_is(80, 15);
	rig_cod(80);
	coil_is_asked_for(1, true);
	rig_written(TIMED_OUT, "no answer");
	rig_run(480 * MS);
	coil_is_asked_for(2, false);
	rig_written(TIMED_OUT, "no answer");
	assert_int_equal(rig_count("sampler", "doubtful"), 1);
	assert_false(cabinet_end(rig.cabinet, &rig.now));
	for (size_t i = 0; i < 2; i++) {
		rig_restart_program();
		rig_run(2 * SEC);
		assert_int_equal(rig_count("sampler", "doubtful"), 0);
		coil_is_asked_for(3 + i, false);
		rig_written(TIMED_OUT, "no answer");
		assert_int_equal(rig_count("sampler", "failed"), 1);
	}
	/* a bottle that was taken soundly is not doubtful because its coil stays on */
	rig_written(TIMED_OUT, "");
	rig_run(2 * SEC);
	rig_written(OK, "");
	sampler_cod_is(10, 61);
	sampler_cod_is(80, 15);
	rig_cod(80);
	coil_is_asked_for(rig.n_coils + 1, true);
	rig_written(OK, "");
	sampler_last("bottle", "2 of 3");
	rig_run(500 * MS);
	rig_written(TIMED_OUT, "no answer");
	assert_false(cabinet_end(rig.cabinet, &rig.now));
	rig_restart_program();
	assert_int_equal(rig_count("sampler", "doubtful"), 0);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_coil_is_written_on_and_off_and_that_is_recorded),
		EACH(a_coil_that_is_refused_took_no_bottle),
		EACH(a_coil_nobody_answered_for_is_doubtful_and_put_off),
		EACH(a_doubt_is_told_once_over_all_restarts),
	};
	return cmocka_run_group_tests_name("cabinet_sampler_coil", tests, NULL, NULL);
}
