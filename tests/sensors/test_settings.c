/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings that falsifiers change: kept when they change and every hour, and each change told. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/tables/settings.h"

#define SECOND INT64_C(1000000)
#define HOUR   (3600 * SECOND)

enum { TSS, TURBIDITY, OFFSET, FACTOR, SOLIDS, RESPONSE };

struct probe {
	struct profile *profile;
	struct settings settings;
	struct decoded decoded;
	struct setting_change change[READING_CHANNELS];
};

static int probe_make(void **state)
{
	static struct probe probe;
	struct problem why;
	memset(&probe, 0, sizeof probe);
	if (profile_find(&probe.profile, "hach-tss-ex1-sc",
	            project_file("sensors/profiles"), stderr, &why) != OK)
		fail_msg("%s", why.text);
	settings_begin(&probe.settings, probe.profile);
	*state = &probe;
	return 0;
}

static int probe_remove(void **state)
{
	profile_free(((struct probe *)*state)->profile);
	return 0;
}

/* One poll: everything is 1, but for the factor of solids. */
static size_t poll_at(
        struct probe *probe, int64_t mono_us, uint8_t state, double solids)
{
	for (size_t i = 0; i < probe->profile->n_channels; i++) {
		probe->decoded.state[i] = state;
		probe->decoded.value[i] = i == SOLIDS ? solids : 1;
	}
	return settings_note(&probe->settings, mono_us, &probe->decoded, probe->change);
}

static void settings_are_what_the_profile_calls_so(void **state)
{
	struct probe *probe = *state;
	assert_true(settings_any(probe->profile));
	for (size_t i = 0; i < probe->profile->n_channels; i++)
		assert_int_equal(settings_is(probe->profile, i), i >= OFFSET);
	/* results are due once an hour: the ledger of gaps asks for no more */
	assert_close(probe->profile->channel[SOLIDS].about.result_every_s, 3600, 0);
	assert_true(isnan(probe->profile->channel[TSS].about.result_every_s));
}

static void what_does_not_change_is_kept_once_an_hour(void **state)
{
	struct probe *probe = *state;
	size_t kept = 0;
	for (int64_t s = 0; s < 3 * 3600; s += 30) {
		assert_int_equal(poll_at(probe, s * SECOND, STATE_OK, 1), 0);
		assert_int_equal(probe->decoded.state[TSS], STATE_OK);
		if (probe->decoded.state[SOLIDS] == STATE_UNCHANGED) {
			assert_true(isnan(probe->decoded.value[SOLIDS]));
			continue;
		}
		assert_int_equal(probe->decoded.state[SOLIDS], STATE_OK);
		assert_int_equal(s % 3600, 0);
		kept++;
	}
	assert_int_equal(kept, 3);
}

/* A poll is never a whole number of periods after the one before: the hour does not move on for that. */
static void an_hour_remains_an_hour_though_polls_come_early_or_late(void **state)
{
	struct probe *probe = *state;
	size_t kept = 0;
	for (int64_t i = 0; i < 24 * 120; i++) {
		int64_t late_us = i * 7 % 11 * 20000;
		poll_at(probe, i * 30 * SECOND + late_us, STATE_OK, 1);
		if (probe->decoded.state[SOLIDS] == STATE_UNCHANGED)
			continue;
		assert_int_equal(i % 120, 0);
		kept++;
	}
	assert_int_equal(kept, 24);
}

static void a_change_is_kept_and_told_with_before_and_after(void **state)
{
	struct probe *probe = *state;
	char text[64];
	assert_int_equal(poll_at(probe, 0, STATE_OK, 1), 0);
	assert_int_equal(poll_at(probe, 30 * SECOND, STATE_OK, 1), 0);
	assert_int_equal(probe->decoded.state[SOLIDS], STATE_UNCHANGED);
	assert_int_equal(poll_at(probe, 60 * SECOND, STATE_OK, 0.4), 1);
	assert_int_equal(probe->decoded.state[SOLIDS], STATE_OK);
	assert_close(probe->decoded.value[SOLIDS], 0.4, 0);
	assert_int_equal(probe->decoded.state[FACTOR], STATE_UNCHANGED);
	assert_int_equal(probe->change[0].channel, SOLIDS);
	settings_text(probe->profile, &probe->change[0], text, sizeof text);
	assert_string_equal(text, "1 -> 0.4");
	probe->change[0].channel = OFFSET;
	settings_text(probe->profile, &probe->change[0], text, sizeof text);
	assert_string_equal(text, "1 -> 0.4 NTU");
	assert_int_equal(poll_at(probe, 90 * SECOND, STATE_OK, 1), 1);
	assert_close(probe->change[0].before, 0.4, 0);
	assert_close(probe->change[0].after, 1, 0);
}

static void a_change_is_told_in_the_digits_that_were_set(void **state)
{
	struct probe *probe = *state;
	static const struct {
		double before, after;
		const char *text;
	} changes[] = {
		{ 1, (double)1.7F, "1 -> 1.7" },
		{ (double)0.1F, (double)16777.217F, "0.1 -> 16777.217" },
		{ (double)1.7F * 0.1, -(double)0.02F, "0.17 -> -0.02" },
		/* all the digits of a whole number, and of those that differ behind */
		{ 16777217, 4294967295, "16777217 -> 4294967295" },
		{ 0.12345678901, 0.12345678902, "0.12345678901 -> 0.12345678902" },
		{ 1.25e300, 0.5, "1.25e+300 -> 0.5" },
	};
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		const struct setting_change change = { SOLIDS, changes[i].before,
			changes[i].after };
		char text[80];
		settings_text(probe->profile, &change, text, sizeof text);
		assert_string_equal(text, changes[i].text);
	}
}

/* Changed in maintenance, and changed while nobody could ask: told all the same. */
static void a_change_in_maintenance_or_in_silence_is_told(void **state)
{
	struct probe *probe = *state;
	poll_at(probe, 0, STATE_OK, 1);
	assert_int_equal(poll_at(probe, 30 * SECOND, STATE_MAINTENANCE, 0.5), 1);
	assert_int_equal(probe->decoded.state[SOLIDS], STATE_MAINTENANCE);
	assert_close(probe->decoded.value[SOLIDS], 0.5, 0);
	assert_int_equal(poll_at(probe, 60 * SECOND, STATE_SILENT, NAN), 0);
	assert_int_equal(poll_at(probe, 90 * SECOND, STATE_OK, 0.5), 0);
	assert_int_equal(poll_at(probe, 120 * SECOND, STATE_SILENT, NAN), 0);
	assert_int_equal(poll_at(probe, 150 * SECOND, STATE_OK, 0.25), 1);
	assert_close(probe->change[0].before, 0.5, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(settings_are_what_the_profile_calls_so,
		        probe_make, probe_remove),
		cmocka_unit_test_setup_teardown(
		        what_does_not_change_is_kept_once_an_hour, probe_make,
		        probe_remove),
		cmocka_unit_test_setup_teardown(
		        an_hour_remains_an_hour_though_polls_come_early_or_late,
		        probe_make, probe_remove),
		cmocka_unit_test_setup_teardown(
		        a_change_is_kept_and_told_with_before_and_after, probe_make,
		        probe_remove),
		cmocka_unit_test_setup_teardown(
		        a_change_is_told_in_the_digits_that_were_set, probe_make,
		        probe_remove),
		cmocka_unit_test_setup_teardown(
		        a_change_in_maintenance_or_in_silence_is_told, probe_make,
		        probe_remove),
	};
	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
