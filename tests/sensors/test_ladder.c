/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of every shipped profile: a fault comes before maintenance, maintenance before calibration. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/kits/meter_kit.h"

/* Of states that can hold at once the graver is told; 0: it has no place on the ladder. */
static int rank(uint8_t state)
{
	switch (state) {
	case STATE_FAULT:
		return 3;
	case STATE_MAINTENANCE:
		return 2;
	case STATE_CALIBRATING:
		return 1;
	default:
		return 0;
	}
}

/* The first rule for channel c that is graver than one before it, or n_rules. */
static size_t out_of_order(const struct profile *profile, size_t c)
{
	int least = rank(STATE_FAULT);
	for (size_t r = 0; r < profile->n_rules; r++) {
		int now = rank(profile->rule[r].state_number);
		if (now == 0 || !map_covers(profile->rule[r].covers, c))
			continue;
		if (now > least)
			return r;
		least = now;
	}
	return profile->n_rules;
}

static void the_graver_state_comes_first(void **state)
{
	size_t n, wrong = 0, rules = 0;
	const char **names = profile_names(project_file("sensors/profiles"), &n);
	assert_non_null(names);
	for (size_t i = 0; i < n; i++) {
		struct meter meter;
		meter_open(&meter, names[i]);
		const struct profile *profile = meter.profile;
		rules += profile->n_rules;
		for (size_t c = 0; c < profile->n_channels; c++) {
			size_t r = out_of_order(profile, c);
			if (r == profile->n_rules)
				continue;
			wrong++;
			print_error("%s, %s: rule %zu (%s) comes too late\n", names[i],
			        profile->channel[c].about.name, r,
			        profile->rule[r].meaning);
		}
		meter_close(&meter);
	}
	assert_int_equal(wrong, 0);
	assert_true(rules > 150);
	free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_graver_state_comes_first),
	};
	return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
