/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/station/redecode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sensors/station/maintenance.h"
#include "sensors/station/station.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/settings.h"
#include "sensors/tables/values.h"

struct redecode {
	struct profile *profile;
	struct instrument_settings settings;
	struct config *config; /* owns the settings' texts */
	struct channel_setting *channel;
	struct instrument instrument;
	struct decoded decoded;
};

void redecode_close(struct redecode *redecode)
{
	if (redecode == NULL)
		return;
	profile_free(redecode->profile);
	config_free(redecode->config);
	free(redecode->channel);
	free(redecode);
}

static int apply_settings(struct redecode *redecode, const char *id)
{
	const struct profile *profile = redecode->profile;
	redecode->channel = calloc(profile->n_channels, sizeof *redecode->channel);
	if (redecode->channel == NULL)
		return FAILED;
	for (size_t i = 0; i < profile->n_channels; i++)
		redecode->channel[i] =
		        (struct channel_setting){ .low = NAN, .high = NAN };
	for (size_t k = 0; k < redecode->settings.n_channels; k++) {
		const struct instrument_channel *from = &redecode->settings.channel[k];
		int i = profile_channel_index(profile, from->name);
		if (i < 0)
			return MALFORMED;
		redecode->channel[i] = (struct channel_setting){
			.low = from->low,
			.high = from->high,
			.off = from->off,
			.signal = from->signal,
		};
	}
	redecode->instrument = (struct instrument){
		.id = id,
		.profile = profile,
		.framing = redecode->settings.framing,
		.slave = (uint8_t)redecode->settings.slave,
		.address = redecode->settings.address,
		.listen = redecode->settings.listen,
		.utc_offset_min = redecode->settings.utc_offset_min,
		.setting = redecode->channel,
	};
	return OK;
}

static int open_parts(
        struct redecode *redecode, const struct describe *describe, struct problem *why)
{
	int status = profile_parse(&redecode->profile, describe->profile,
	        strlen(describe->profile), "the recorded profile", NULL, why);
	if (status != OK)
		return status;
	status = config_read_text(&redecode->config, describe->settings,
	        strlen(describe->settings), "the recorded settings", &settings_section,
	        &redecode->settings, NULL);
	if (status == OK)
		status = apply_settings(redecode, describe->instrument);
	if (status != OK)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "instrument %s: the recorded settings do not fit the recorded "
		        "profile",
		        describe->instrument);
	return OK;
}

int redecode_open(
        struct redecode **out, const struct describe *describe, struct problem *why)
{
	*out = NULL;
	if (describe->profile == NULL || describe->profile[0] == '\0')
		return problem_set(why, REFUSED, EXIT_USAGE,
		        "instrument %s of station %s was imported: there are no raw "
		        "bytes to decode",
		        describe->instrument, describe->station);
	struct redecode *redecode = calloc(1, sizeof *redecode);
	if (redecode == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	int status = open_parts(redecode, describe, why);
	if (status != OK) {
		redecode_close(redecode);
		return status;
	}
	*out = redecode;
	return OK;
}

static void decode_again(struct redecode *redecode, const struct reading *reading,
        struct exchanges *exchanges)
{
	*exchanges = (struct exchanges){
		.n = reading->n_exchanges,
		.size = reading->exchanges_size,
		.bytes = reading->exchanges,
	};
	values_decode(&redecode->instrument, exchanges, NULL, NULL, &redecode->decoded);
}

static bool has_fresh_mark(const struct profile *profile, size_t i)
{
	if (profile->channel[i].holds_result)
		return true;
	for (size_t k = 0; k < profile->n_fresh; k++)
		if (map_covers(profile->fresh[k].covers, i))
			return true;
	return false;
}

/* The bytes of a value as a reading stores them. */
static uint64_t stored_bits(double value)
{
	return isfinite(value) ? bits_of_double(value) : READING_FILL;
}

/* Whether a result is a new one, only the reading before could tell: `unchanged` is believed of
 * channels that can be so, and of settings. */
static void compare(const struct redecode *redecode, const struct reading *reading,
        size_t i, struct redecoded *out)
{
	uint8_t stored = reading->state[i];
	out->state = redecode->decoded.state[i];
	out->value = redecode->decoded.value[i];
	bool can_be = has_fresh_mark(redecode->profile, i) ||
	              settings_is(redecode->profile, i);
	if (stored == STATE_UNCHANGED && can_be && channel_state_measured(out->state)) {
		out->state = STATE_UNCHANGED;
		out->value = NAN;
	}
	/* the cabinet marked it: a STATE record of `maintenance` says who and why */
	out->marked = stored == STATE_MAINTENANCE && out->state != STATE_MAINTENANCE &&
	              maintenance_state(out->state) == STATE_MAINTENANCE;
	if (out->marked)
		out->state = STATE_MAINTENANCE;
	out->same = out->state == stored &&
	            get_le64(reading->values + 8 * i) == stored_bits(out->value);
}

int redecode_channel(struct redecode *redecode, const struct reading *reading, size_t i,
        struct redecoded *out)
{
	struct exchanges exchanges;
	if (i >= reading->n_channels || i >= redecode->profile->n_channels)
		return NOT_FOUND;
	decode_again(redecode, reading, &exchanges);
	compare(redecode, reading, i, out);
	values_explain(&redecode->instrument, &exchanges, i, out->how, sizeof out->how);
	size_t n = strlen(out->how);
	if (out->marked)
		snprintf(out->how + n, sizeof out->how - n,
		        "; maintenance, by the cabinet's switch or an order");
	return OK;
}

size_t redecode_check(struct redecode *redecode, const struct reading *reading)
{
	struct exchanges exchanges;
	struct redecoded one;
	size_t different = 0;
	if (reading->n_channels != redecode->profile->n_channels)
		return reading->n_channels;
	decode_again(redecode, reading, &exchanges);
	for (size_t i = 0; i < reading->n_channels; i++) {
		compare(redecode, reading, i, &one);
		different += !one.same;
	}
	return different;
}
