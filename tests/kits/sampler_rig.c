/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/sampler_rig.h"

#include "tests/kits/cabinet_rig.h"
#include "tests/kits/check.h"

void sampler_cod_is(double value, int minutes)
{
	for (int i = 0; i < minutes; i++) {
		rig_cod(value);
		rig_run(60 * SEC);
	}
}

void sampler_last(const char *state, const char *text)
{
	const struct rig_told *told = rig_last("sampler");
	assert_non_null(told);
	assert_string_equal(told->state, state);
	assert_contains(told->text, text);
}
