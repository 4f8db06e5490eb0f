/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a station and its instruments say of themselves: DESCRIBE. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/legal_time.h"
#include "sensors/drivers/modbus.h"
#include "sensors/station/station.h"
#include "sensors/tables/analog.h"
#include "sensors/tables/quantity.h"

static const char *take(struct describe *describe, const char *text)
{
	const char *copy = describe_text(describe, text != NULL ? text : "");
	return copy != NULL ? copy : "";
}

/* What the driver was told besides the profile. */
static char *settings_text(const struct station_instrument *instrument)
{
	char *text = NULL;
	size_t n;
	char offset[8];
	FILE *out = open_memstream(&text, &n);
	struct json json;
	if (out == NULL)
		return NULL;
	json_start(&json, out);
	json_object(&json);
	json_put_text(&json, "port", instrument->port_id);
	const struct instrument *told = &instrument->instrument;
	if (told->profile->driver->modbus) {
		json_put_text(&json, "framing", modbus_framings[told->framing]);
		json_put_integer(&json, "slave", told->slave);
	} else {
		json_put_text(&json, "address", told->address);
		json_put_text(&json, "utc_offset",
		        offset_print(told->utc_offset_min, offset));
	}
	if (told->listen)
		json_put_bool(&json, "listen", true);
	json_key(&json, "channels");
	json_array(&json);
	for (size_t i = 0; i < instrument->profile->n_channels; i++) {
		const struct channel_setting *setting = &instrument->channel_setting[i];
		json_object(&json);
		json_put_text(
		        &json, "name", instrument->profile->channel[i].about.name);
		json_put_number(&json, "low", setting->low);
		json_put_number(&json, "high", setting->high);
		json_put_bool(&json, "off", setting->off);
		if (setting->signal != SIGNAL_NONE)
			json_put_text(&json, "signal", analog_signals[setting->signal]);
		json_end(&json);
	}
	json_end(&json);
	json_end(&json);
	fclose(out);
	return text;
}

static void fill_texts(
        struct describe *describe, struct channel *to, const struct channel *from)
{
	to->name = take(describe, from->name);
	to->label_vi = take(describe, from->label_vi);
	to->label_en = take(describe, from->label_en);
	to->unit = take(describe, from->unit);
	to->standard_name = take(describe, from->standard_name);
	to->expressed_as = take(describe, from->expressed_as);
	to->basis = take(describe, from->basis);
	to->gas_state = take(describe, from->gas_state);
	to->method = take(describe, from->method);
	to->kind = take(describe, from->kind);
}

/* "Channel 0" of an input module says nothing once it is known what is wired there. */
static void take_labels_of_quantity(struct channel *about, const char *id)
{
	const struct quantity *quantity = quantity_find(id);
	if (quantity == NULL || strcmp(about->name, id) == 0)
		return;
	about->label_vi = quantity->label_vi;
	about->label_en = quantity->label_en;
}

static void apply_override(
        struct channel *about, const struct station_channel *override)
{
	take_labels_of_quantity(about, override->id);
	if (override->label_vi[0] != '\0')
		about->label_vi = override->label_vi;
	if (override->label_en[0] != '\0')
		about->label_en = override->label_en;
	if (override->id[0] != '\0')
		about->name = override->id;
	if (override->signal != SIGNAL_NONE)
		about->unit = range_unit(override->range);
	if (override->method[0] != '\0')
		about->method = override->method;
	if (isfinite(override->accuracy_reading_percent))
		about->accuracy_reading_percent = override->accuracy_reading_percent;
	if (isfinite(override->accuracy_span_percent))
		about->accuracy_span_percent = override->accuracy_span_percent;
	if (isfinite(override->accuracy_absolute))
		about->accuracy_absolute = override->accuracy_absolute;
	if (override->result_every_s > 0)
		about->result_every_s = override->result_every_s;
}

const char *station_channel_name(const struct station_instrument *instrument, size_t i)
{
	const char *name = instrument->profile->channel[i].about.name;
	for (size_t k = 0; k < instrument->n_overrides; k++)
		if (strcmp(instrument->override[k].name, name) == 0 &&
		        instrument->override[k].id[0] != '\0')
			return instrument->override[k].id;
	return name;
}

/* A result is due at every poll where nobody says otherwise. */
struct channel station_channel_about(
        const struct station_instrument *instrument, size_t i)
{
	struct channel about = instrument->profile->channel[i].about;
	for (size_t k = 0; k < instrument->n_overrides; k++)
		if (strcmp(instrument->override[k].name,
		            instrument->profile->channel[i].about.name) == 0)
			apply_override(&about, &instrument->override[k]);
	about.low = instrument->channel_setting[i].low;
	about.high = instrument->channel_setting[i].high;
	if (instrument->channel_setting[i].signal != SIGNAL_NONE)
		about.decimals = analog_decimals(about.decimals, about.low, about.high);
	if (instrument->channel_setting[i].off)
		about.kind = CHANNEL_OFF;
	if (!(about.result_every_s >= instrument->poll_every_s))
		about.result_every_s = instrument->poll_every_s;
	return about;
}

static void fill_channel(struct describe *describe,
        const struct station_instrument *instrument, size_t i)
{
	const struct channel about = station_channel_about(instrument, i);
	describe->channel[i] = about;
	fill_texts(describe, &describe->channel[i], &about);
}

static void fill_instrument(struct describe *describe, const struct station *station,
        const struct station_instrument *instrument)
{
	const struct profile *profile = instrument->profile;
	const struct station_port *port = &station->port[instrument->port_index];
	char *settings = settings_text(instrument);
	snprintf(describe->instrument, sizeof describe->instrument, "%s",
	        instrument->id);
	describe->model = take(describe, profile->model);
	describe->maker = take(describe, profile->maker);
	describe->serial = take(describe, instrument->serial);
	describe->summary = take(describe, profile->summary);
	describe->driver = take(describe, profile->driver_name);
	const char *line = port->path[0] != '\0' ? port->line_text : port->tcp;
	describe->line = take(describe, line[0] != '\0' ? line : port->listen_on);
	describe->outlet = take(describe, station->outlet[instrument->outlet_index].id);
	describe->poll_every_s = instrument->poll_every_s;
	describe->profile = take(describe, profile->text);
	describe->settings = take(describe, settings);
	free(settings);
}

static struct describe *begin(const struct station *station, enum describe_kind kind)
{
	struct describe *describe = describe_new(kind);
	if (describe == NULL)
		return NULL;
	describe->origin = station->simulation ? ORIGIN_SIMULATION : ORIGIN_INSTRUMENT;
	snprintf(describe->station, sizeof describe->station, "%s", station->id);
	describe->zone = take(describe, station->zone);
	describe->zone_name = take(describe, station->zone_name);
	return describe;
}

struct describe *station_describe_instrument(const struct station *station, size_t i)
{
	const struct station_instrument *instrument = &station->instrument[i];
	struct describe *describe = begin(station, DESCRIBE_INSTRUMENT);
	if (describe == NULL)
		return NULL;
	if (describe_channels(describe, instrument->profile->n_channels) != OK) {
		describe_free(describe);
		return NULL;
	}
	fill_instrument(describe, station, instrument);
	for (size_t c = 0; c < instrument->profile->n_channels; c++)
		fill_channel(describe, instrument, c);
	return describe;
}

struct describe *station_describe(
        const struct station *station, struct describe *const *instrument)
{
	struct describe *describe = begin(station, DESCRIBE_STATION);
	if (describe == NULL)
		return NULL;
	if (describe_parts(describe, station->n_instruments) != OK) {
		describe_free(describe);
		return NULL;
	}
	describe->station_name = take(describe, station->name);
	describe->facility = take(describe, station->facility);
	describe->facility_name = take(describe, station->facility_name);
	describe->outlet_kind = take(describe, station_kinds[station->outlet[0].kind]);
	describe->role = take(describe, station_roles[station->role]);
	describe->coordinates = take(describe, station->coordinates);
	describe->latitude = station->latitude;
	describe->longitude = station->longitude;
	describe->altitude_m = station->altitude_m;
	describe->utc_offset_min = station->utc_offset_min;
	for (size_t i = 0; i < station->n_instruments; i++) {
		struct describe_part *part = &describe->part[i];
		snprintf(part->instrument, sizeof part->instrument, "%s",
		        station->instrument[i].id);
		digest_print(instrument[i]->hash, part->hash);
	}
	return describe;
}
