/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a station writes of the channels of an instrument: range, current loop, and whether the
 * quantity it names can be in that unit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "sensors/station/station_parts.h"
#include "sensors/tables/analog.h"
#include "sensors/tables/quantity.h"

/* What a range that cannot be read should have been: its own numbers, if it has any, in the unit. */
static const char *range_hint(const char *range, const char *unit, char out[160])
{
	char meant[100];
	double low, high;
	snprintf(meant, sizeof meant, "%.*s %s", (int)strcspn(range, " "), range,
	        units_named(unit));
	if (range_parse(meant, unit, &low, &high) != OK)
		snprintf(meant, sizeof meant, "0..500 %s", units_named(unit));
	snprintf(out, 160, "write lowest..highest and the unit, for example %s", meant);
	return comma_hint(range, out);
}

/* In what a channel of this id is measured. */
static const char *usual_unit(const struct quantity *quantity)
{
	return quantity != NULL ? quantity->unit : "m3/h";
}

/* A current says nothing without what its ends stand for. */
static bool check_loop(
        struct station_checker *check, size_t i, size_t k, const char *unit)
{
	const struct station_channel *override =
	        &check->station->instrument[i].override[k];
	char hint[160];
	station_at(check, "instruments[%zu].channels[%zu].signal", i, k);
	if (strcmp(unit, "mA") != 0) {
		WRONG(check, "leave `signal` out", "channel '%s' is in %s: no current",
		        override->name, unit);
		return false;
	}
	if (override->range[0] == '\0') {
		WRONG(check, "add `range: 0..500 m3/h`: what 4 and 20 mA stand for",
		        "a current of 4-20 mA needs a range");
		return false;
	}
	if (units_check(range_unit(override->range)) == OK)
		return true;
	station_at(check, "instruments[%zu].channels[%zu].range", i, k);
	WRONG(check,
	        range_hint(
	                override->range, usual_unit(quantity_find(override->id)), hint),
	        "'%s' is not a range with its unit", override->range);
	return false;
}

/* What is known under the channel's id must be in a unit of it; a current under another name is
 * mostly a forgotten `signal`. */
static void check_quantity(
        struct station_checker *check, size_t i, size_t k, const char *unit)
{
	const struct station_channel *override =
	        &check->station->instrument[i].override[k];
	const struct quantity *quantity = quantity_find(override->id);
	const char *wanted = usual_unit(quantity);
	bool current = strcmp(unit, "mA") == 0;
	char hint[128];
	if (override->id[0] == '\0' || override->off)
		return;
	snprintf(hint, sizeof hint,
	        current ? "add `signal: 4-20 mA` and `range: 0..500 %s`"
	                : "write it in %s, or give the channel another id",
	        wanted);
	station_at(check, "instruments[%zu].channels[%zu].id", i, k);
	if (quantity != NULL && !quantity_can_be_in(quantity, unit))
		WRONG(check, hint, "%s cannot be in %s", override->id, unit);
	else if (quantity == NULL && current &&
	         strcmp(override->id, override->name) != 0)
		config_warn(check->station->config, check->path, hint,
		        "'%s' is recorded as a current, in mA", override->id);
}

/* UDUNITS reads more than people mean: hh are hectohours. */
static void check_spelling(
        struct station_checker *check, size_t i, size_t k, const char *unit)
{
	char hint[64];
	const char *meant = quantity_unit_meant(unit);
	if (meant == NULL)
		return;
	snprintf(hint, sizeof hint, "did you mean '%s'?", meant);
	config_warn(check->station->config,
	        station_at(check, "instruments[%zu].channels[%zu].range", i, k), hint,
	        "%s is a unit that nobody uses", unit);
}

static void check_range(
        struct station_checker *check, size_t i, size_t k, const char *unit)
{
	const struct station_instrument *instrument = &check->station->instrument[i];
	const struct station_channel *override = &instrument->override[k];
	int c = profile_channel_index(instrument->profile, override->name);
	struct channel_setting *setting = &instrument->channel_setting[c];
	char hint[160];
	station_at(check, "instruments[%zu].channels[%zu].range", i, k);
	if (override->range[0] == '\0')
		return;
	int status = range_parse(override->range, unit, &setting->low, &setting->high);
	if (status == REFUSED)
		WRONG(check, range_hint(override->range, unit, hint),
		        "'%s' is not a range in %s", override->range,
		        units_named(unit));
	else if (status != OK)
		WRONG(check, range_hint(override->range, unit, hint),
		        "'%s' is not a range with its unit", override->range);
}

static void check_override(struct station_checker *check, size_t i, size_t k)
{
	struct station_instrument *instrument = &check->station->instrument[i];
	struct station_channel *override = &instrument->override[k];
	if (override->name[0] == '\0')
		return;
	int c = profile_channel_index(instrument->profile, override->name);
	station_at(check, "instruments[%zu].channels[%zu].name", i, k);
	if (c < 0) {
		char hint[CHANNEL_HINT];
		WRONG(check,
		        profile_channel_hint(instrument->profile, override->name, hint),
		        "profile '%s' has no channel '%s'", instrument->profile_name,
		        override->name);
		return;
	}
	struct channel_setting *setting = &instrument->channel_setting[c];
	const char *unit = instrument->profile->channel[c].about.unit;
	setting->off = override->off;
	setting->signal = override->signal;
	if (setting->signal != SIGNAL_NONE && !check_loop(check, i, k, unit))
		return;
	if (setting->signal != SIGNAL_NONE) {
		unit = range_unit(override->range);
		check_spelling(check, i, k, unit);
	}
	check_quantity(check, i, k, unit);
	check_range(check, i, k, unit);
}

void station_check_channels(struct station_checker *check, size_t i)
{
	struct station_instrument *instrument = &check->station->instrument[i];
	const struct profile *profile = instrument->profile;
	instrument->channel_setting =
	        calloc(profile->n_channels, sizeof *instrument->channel_setting);
	if (instrument->channel_setting == NULL)
		return;
	for (size_t c = 0; c < profile->n_channels; c++) {
		instrument->channel_setting[c].low = profile->channel[c].about.low;
		instrument->channel_setting[c].high = profile->channel[c].about.high;
	}
	for (size_t k = 0; k < instrument->n_overrides; k++)
		check_override(check, i, k);
}
