/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is no number, said by every shipped profile in the place of every channel that could say it: none may
 * become a measured value.  The frame around it is sound wherever the protocol lets it be (its check is made
 * anew); where the protocol has no such words, the answer is garbled as a whole.
 */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/sdi12.h"
#include "tests/kits/no_number.h"

static void say_all_is_well(struct stage *stage, struct decoded *out)
{
	stage->twist = NULL;
	stage_be_well(stage);
	stage_converse(stage);
	values_decode(&stage->capture.instrument, &stage->said, NULL, NULL, out);
}

/* Many digits are a number, and no measurement only where somebody said how much it can be. */
static bool is_many_digits(const struct stage *stage)
{
	const struct channel_setting *setting =
	        &stage->capture.setting[no_number.channel];
	return strstr(no_number_word(), "9999") != NULL &&
	       !no_number_kind_of(stage->profile)->binary && isnan(setting->high);
}

/* No value, and its state says so.  In text it may also be out of range, or the answer as a whole none. */
static bool is_right(const struct stage *stage, const struct decoded *now)
{
	uint8_t state = now->state[no_number.channel];
	bool has = isfinite(now->value[no_number.channel]);
	if (no_number_kind_of(stage->profile)->binary)
		return !has && state == STATE_NO_VALUE;
	if (has)
		return state == STATE_BELOW_RANGE || state == STATE_ABOVE_RANGE;
	return state == STATE_NO_VALUE || state == STATE_GARBLED ||
	       (stage->profile->driver == &sdi12_driver &&
	               (state == STATE_SILENT || state == STATE_REFUSED));
}

static size_t wrong, said_in_all;

static void try_channel(struct stage *stage, size_t c)
{
	static struct decoded now;
	no_number.channel = c;
	for (no_number.k = 0; no_number.k < NO_NUMBERS; no_number.k++) {
		no_number.put = false;
		stage->twist = no_number_kind_of(stage->profile)->twist;
		stage_converse(stage);
		if (!no_number.put || is_many_digits(stage))
			continue;
		said_in_all++;
		values_decode(
		        &stage->capture.instrument, &stage->said, NULL, NULL, &now);
		if (is_right(stage, &now))
			continue;
		wrong++;
		print_error("%s, %s: odd number %zu (%s) became %s %g\n",
		        stage->profile->name, stage->profile->channel[c].about.name,
		        no_number.k, no_number_word(), channel_state_text(now.state[c]),
		        now.value[c]);
	}
}

static void what_is_no_number_is_measured_by_no_profile(void **state)
{
	static struct stage stage;
	static struct decoded good;
	size_t n;
	const char **names = profile_names(project_file("sensors/profiles"), &n);
	assert_non_null(names);
	for (size_t i = 0; i < n; i++) {
		stage_open(&stage, names[i]);
		say_all_is_well(&stage, &good);
		for (size_t c = 0; c < stage.profile->n_channels; c++) {
			if (good.state[c] != STATE_OK)
				fail_msg("%s, %s: %s though all is well", names[i],
				        stage.profile->channel[c].about.name,
				        channel_state_text(good.state[c]));
			try_channel(&stage, c);
		}
		capture_free(&stage.capture);
	}
	free(names);
	print_message("%zu times in %zu profiles\n", said_in_all, n);
	assert_int_equal(wrong, 0);
	assert_true(said_in_all > 1000); /* not by saying nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_number_is_measured_by_no_profile),
	};
	return cmocka_run_group_tests_name("no_number", tests, NULL, NULL);
}
