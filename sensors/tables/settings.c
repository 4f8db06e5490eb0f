/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/settings.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

bool settings_is(const struct profile *profile, size_t i)
{
	return strcmp(profile->channel[i].about.kind, "setting") == 0;
}

bool settings_any(const struct profile *profile)
{
	for (size_t i = 0; i < profile->n_channels; i++)
		if (settings_is(profile, i))
			return true;
	return false;
}

void settings_begin(struct settings *settings, const struct profile *profile)
{
	settings->profile = profile;
	for (size_t i = 0; i < READING_CHANNELS; i++)
		settings->seen[i] = (struct setting_seen){ .value = NAN };
}

/* Half a poll early, so that the hour does not move on by one poll each time. */
static bool is_due(const struct settings *settings, size_t i, int64_t mono_us)
{
	double early_s = settings->profile->poll_every_s / 2;
	int64_t every_us = (int64_t)((SETTING_EVERY_S - early_s) * 1e6);
	return mono_us - settings->seen[i].kept_us >= every_us;
}

static void note(
        struct settings *settings, size_t i, int64_t mono_us, struct decoded *decoded)
{
	struct setting_seen *seen = &settings->seen[i];
	bool same = seen->value == decoded->value[i];
	seen->value = decoded->value[i];
	if (!channel_state_measured(decoded->state[i]))
		return;
	if (!same || is_due(settings, i, mono_us)) {
		seen->kept_us = mono_us;
		return;
	}
	decoded->state[i] = STATE_UNCHANGED;
	decoded->value[i] = NAN;
}

size_t settings_note(struct settings *settings, int64_t mono_us,
        struct decoded *decoded, struct setting_change *change)
{
	size_t n = 0;
	for (size_t i = 0; i < settings->profile->n_channels; i++) {
		double before = settings->seen[i].value, after = decoded->value[i];
		if (!settings_is(settings->profile, i) || !isfinite(after))
			continue;
		if (isfinite(before) && before != after)
			change[n++] = (struct setting_change){ i, before, after };
		note(settings, i, mono_us, decoded);
	}
	return n;
}

/* A number of four bytes says 1.7 as 1.7000000476837158: as many digits as give such a one back
 * are those that somebody set. */
static void print_set(double value, char out[32])
{
	number_print(value, out);
	if (value == rint(value) || fabs(value) > FLT_MAX)
		return;
	for (int digits = 1; digits <= FLT_DECIMAL_DIG; digits++) {
		snprintf(out, 32, "%.*g", digits, value);
		if ((float)strtod(out, NULL) == (float)value)
			return;
	}
}

void settings_text(const struct profile *profile, const struct setting_change *change,
        char *out, size_t room)
{
	const char *unit = profile->channel[change->channel].about.unit;
	char before[32], after[32];
	print_set(change->before, before);
	print_set(change->after, after);
	if (strcmp(before, after) == 0) { /* it differs behind that */
		number_print(change->before, before);
		number_print(change->after, after);
	}
	snprintf(out, room, "%s -> %s%s%s", before, after,
	        strcmp(unit, "1") != 0 ? " " : "", strcmp(unit, "1") != 0 ? unit : "");
}
