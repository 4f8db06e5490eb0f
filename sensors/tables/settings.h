/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Settings of an instrument that change what it shows: range, slope, offset, averaging.
 * They are channels of `kind: setting`, read with every poll.  What they are is kept when
 * it changes, and once an hour; in between the state is `unchanged`.  A change is told.
 */
#ifndef SENSORS_SETTINGS_H
#define SENSORS_SETTINGS_H

#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"

#define SETTING_EVERY_S 3600.0 /* kept at least so often */

struct settings { /* of one instrument */
	const struct profile *profile;
	struct setting_seen {
		double value;    /* the last one; NAN: none since the start */
		int64_t kept_us; /* monotonic: when it last stood in a reading */
	} seen[READING_CHANNELS];
};

struct setting_change {
	size_t channel;
	double before, after;
};

/* Whether channel i is a setting, and whether a profile has any. */
bool settings_is(const struct profile *profile, size_t i);
bool settings_any(const struct profile *profile);

/* Before the first poll. */
void settings_begin(struct settings *settings, const struct profile *profile);

/* One poll, at that time.  What has not changed becomes `unchanged` in *decoded; changes go
 * to change[READING_CHANNELS], their number is returned.  What is compared is what the
 * instrument says, whatever state a rule gives it: settings are changed in maintenance. */
size_t settings_note(struct settings *settings, int64_t mono_us,
        struct decoded *decoded, struct setting_change *change);

/* "1 -> 0.4 mg/L" */
void settings_text(const struct profile *profile, const struct setting_change *change,
        char *out, size_t room);

#endif
