/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of a DESCRIBE record.  The tables below are its form: one walker writes by
 * them, the walker of base/config.h reads by them.  A text "" and a number that is not
 * known are left out; everything else is written, in this order, without blanks.  So
 * one describe has one text, and one hash.
 *
 * A new key means a new number for "v".  Keys are never taken away and never change
 * what they mean: whoever reads v N reads all before it.
 */
#include "base/describe_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

#define TEXT_VERSION 1

/* What the tables speak of: a describe, with the plain types that config knows beside
 * it. */
struct channel_form {
	struct channel channel;
	int64_t decimals;
};

struct part_form {
	const char *instrument, *hash;
};

struct form {
	struct describe describe;
	int64_t version, utc_offset_min;
	int kind, origin;
	const char *station, *instrument;
	struct channel_form *channel;
	struct part_form *part;
	size_t n_channels, n_parts;
};

static const char *const kinds[] = { "instrument", "station", NULL };
static const char *const origins[] = { "instrument", "import", "simulation", NULL };

#define CHANNEL(member)  .at = offsetof(struct channel_form, channel.member)
#define DESCRIBE(member) .at = offsetof(struct form, describe.member)

// clang-format off
static const struct field channel_fields[] = {
	{ "name",           FIELD_TEXT,   CHANNEL(name), .required = true },
	{ "label_vi",       FIELD_TEXT,   CHANNEL(label_vi) },
	{ "label_en",       FIELD_TEXT,   CHANNEL(label_en) },
	{ "unit",           FIELD_TEXT,   CHANNEL(unit) },
	{ "standard_name",  FIELD_TEXT,   CHANNEL(standard_name) },
	{ "expressed_as",   FIELD_TEXT,   CHANNEL(expressed_as) },
	{ "basis",          FIELD_TEXT,   CHANNEL(basis) },
	{ "gas_state",      FIELD_TEXT,   CHANNEL(gas_state) },
	{ "reference_temperature_C", FIELD_NUMBER, CHANNEL(reference_temperature_C) },
	{ "reference_pressure_kPa",  FIELD_NUMBER, CHANNEL(reference_pressure_kPa) },
	{ "method",         FIELD_TEXT,   CHANNEL(method) },
	{ "kind",           FIELD_TEXT,   CHANNEL(kind) },
	{ "low",            FIELD_NUMBER, CHANNEL(low) },
	{ "high",           FIELD_NUMBER, CHANNEL(high) },
	{ "resolution",     FIELD_NUMBER, CHANNEL(resolution) },
	{ "accuracy_reading_percent", FIELD_NUMBER, CHANNEL(accuracy_reading_percent) },
	{ "accuracy_span_percent",    FIELD_NUMBER, CHANNEL(accuracy_span_percent) },
	{ "accuracy_absolute",        FIELD_NUMBER, CHANNEL(accuracy_absolute) },
	{ "result_every_s", FIELD_NUMBER, CHANNEL(result_every_s) },
	{ "decimals",       FIELD_INTEGER, offsetof(struct channel_form, decimals),
	  .required = true, .low = -1, .high = 99 },
	{ 0 },
};

static const struct section channel_section = {
	"channel", sizeof(struct channel_form), channel_fields, NULL,
};

static const struct field part_fields[] = {
	{ "instrument", FIELD_TEXT, offsetof(struct part_form, instrument), .required = true },
	{ "hash",       FIELD_TEXT, offsetof(struct part_form, hash), .required = true },
	{ 0 },
};

static const struct section part_section = {
	"instrument", sizeof(struct part_form), part_fields, NULL,
};

#define HEAD \
	{ "v",         FIELD_INTEGER, offsetof(struct form, version), .required = true, \
	  .low = TEXT_VERSION, .high = TEXT_VERSION }, \
	{ "kind",      FIELD_CHOICE,  offsetof(struct form, kind), .required = true, \
	  .choices = kinds }, \
	{ "origin",    FIELD_CHOICE,  offsetof(struct form, origin), .required = true, \
	  .choices = origins }, \
	{ "station",   FIELD_TEXT,    offsetof(struct form, station), .required = true }, \
	{ "zone",      FIELD_TEXT,    DESCRIBE(zone) }, \
	{ "zone_name", FIELD_TEXT,    DESCRIBE(zone_name) }

static const struct field instrument_fields[] = {
	HEAD,
	{ "instrument",    FIELD_TEXT,   offsetof(struct form, instrument), .required = true },
	{ "model",         FIELD_TEXT,   DESCRIBE(model) },
	{ "maker",         FIELD_TEXT,   DESCRIBE(maker) },
	{ "serial",        FIELD_TEXT,   DESCRIBE(serial) },
	{ "summary",       FIELD_TEXT,   DESCRIBE(summary) },
	{ "driver",        FIELD_TEXT,   DESCRIBE(driver) },
	{ "line",          FIELD_TEXT,   DESCRIBE(line) },
	{ "outlet",        FIELD_TEXT,   DESCRIBE(outlet) },
	{ "poll_every_s",  FIELD_NUMBER, DESCRIBE(poll_every_s) },
	{ "profile",       FIELD_TEXT,   DESCRIBE(profile) },
	{ "settings",      FIELD_TEXT,   DESCRIBE(settings) },
	{ "import_file",   FIELD_TEXT,   DESCRIBE(import_file) },
	{ "import_sha256", FIELD_TEXT,   DESCRIBE(import_sha256) },
	{ "import_who",    FIELD_TEXT,   DESCRIBE(import_who) },
	{ "channels",      FIELD_SECTIONS, offsetof(struct form, channel),
	  offsetof(struct form, n_channels), .section = &channel_section },
	{ 0 },
};

static const struct field station_fields[] = {
	HEAD,
	{ "station_name",   FIELD_TEXT,    DESCRIBE(station_name) },
	{ "facility",       FIELD_TEXT,    DESCRIBE(facility) },
	{ "facility_name",  FIELD_TEXT,    DESCRIBE(facility_name) },
	{ "outlet_kind",    FIELD_TEXT,    DESCRIBE(outlet_kind) },
	{ "role",           FIELD_TEXT,    DESCRIBE(role) },
	{ "coordinates",    FIELD_TEXT,    DESCRIBE(coordinates) },
	{ "latitude",       FIELD_NUMBER,  DESCRIBE(latitude) },
	{ "longitude",      FIELD_NUMBER,  DESCRIBE(longitude) },
	{ "altitude_m",     FIELD_NUMBER,  DESCRIBE(altitude_m) },
	{ "utc_offset_min", FIELD_INTEGER, offsetof(struct form, utc_offset_min),
	  .required = true, .low = -1440, .high = 1440 },
	{ "instruments",    FIELD_SECTIONS, offsetof(struct form, part),
	  offsetof(struct form, n_parts), .section = &part_section },
	{ 0 },
};
// clang-format on

static const struct section sections[] = {
	[DESCRIBE_INSTRUMENT] = { "description", sizeof(struct form),
	        instrument_fields },
	[DESCRIBE_STATION] = { "description", sizeof(struct form), station_fields },
};

/* ---- writing ---- */

/* Bytes that are no UTF-8 become U+FFFD: the text must be JSON whatever was typed. */
static void put_text(struct json *json, const char *key, const char *text)
{
	size_t n = text != NULL ? strlen(text) : 0, size = 0;
	if (n == 0)
		return;
	if (utf8_sound(text, n) == n) {
		json_put_text(json, key, text);
		return;
	}
	char *mended = malloc(3 * n);
	for (size_t at = 0; mended != NULL && at < n;) {
		uint32_t code;
		size_t length = utf8_next(text + at, n - at, &code);
		memcpy(mended + size, length > 0 ? text + at : "\xef\xbf\xbd",
		        length > 0 ? length : 3);
		size += length > 0 ? length : 3;
		at += length > 0 ? length : 1;
	}
	json_key(json, key);
	json_text_n(json, mended != NULL ? mended : "", size);
	free(mended);
}

static void put_section(
        struct json *json, const struct section *section, const char *from);

static void put_list(struct json *json, const struct field *field, const char *from)
{
	size_t n;
	const char *items;
	memcpy(&n, from + field->count_at, sizeof n);
	memcpy(&items, from + field->at, sizeof items);
	if (n == 0)
		return;
	json_key(json, field->key);
	json_array(json);
	for (size_t i = 0; i < n; i++)
		put_section(json, field->section, items + i * field->section->size);
	json_end(json);
}

static void put_field(struct json *json, const struct field *field, const char *from)
{
	const void *at = from + field->at;
	switch (field->type) {
	case FIELD_TEXT:
		put_text(json, field->key, *(const char *const *)at);
		break;
	case FIELD_NUMBER:
		if (isfinite(*(const double *)at))
			json_put_number(json, field->key, *(const double *)at);
		break;
	case FIELD_INTEGER:
		json_put_integer(json, field->key, *(const int64_t *)at);
		break;
	case FIELD_CHOICE:
		json_put_text(json, field->key, field->choices[*(const int *)at]);
		break;
	default:
		put_list(json, field, from);
	}
}

static void put_section(
        struct json *json, const struct section *section, const char *from)
{
	json_object(json);
	for (const struct field *field = section->field; field->key != NULL; field++)
		put_field(json, field, from);
	json_end(json);
}

/* Channels and parts as the tables know them; false when there is no memory. */
static bool form_lists(struct form *form, const struct describe *describe)
{
	form->channel = calloc(describe->n_channels + 1, sizeof *form->channel);
	form->part = calloc(describe->n_instruments + 1, sizeof *form->part);
	if (form->channel == NULL || form->part == NULL)
		return false;
	for (size_t i = 0; i < describe->n_channels; i++) {
		form->channel[i].channel = describe->channel[i];
		form->channel[i].decimals = describe->channel[i].decimals;
	}
	for (size_t i = 0; i < describe->n_instruments; i++) {
		form->part[i].instrument = describe->part[i].instrument;
		form->part[i].hash = describe->part[i].hash;
	}
	form->n_channels = describe->n_channels;
	form->n_parts = describe->n_instruments;
	return true;
}

char *describe_json(const struct describe *describe, size_t *n)
{
	char *text = NULL;
	struct json json;
	struct form form = {
		.describe = *describe,
		.version = TEXT_VERSION,
		.utc_offset_min = describe->utc_offset_min,
		.kind = (int)describe->kind,
		.origin = (int)describe->origin,
		.station = describe->station,
		.instrument = describe->instrument,
	};
	bool whole = form_lists(&form, describe);
	FILE *out = whole ? open_memstream(&text, n) : NULL;
	if (out != NULL) {
		json_start(&json, out);
		put_section(&json, &sections[describe->kind], (const char *)&form);
		whole = !ferror(out);
		whole = fclose(out) == 0 && whole;
	}
	free(form.channel);
	free(form.part);
	if (whole)
		return text;
	free(text);
	return NULL;
}

/* ---- reading ---- */

/* Take over what was read; OK, MALFORMED or FAILED. */
static int take_form(struct describe *describe, const struct form *form)
{
	void *arena = describe->arena;
	enum describe_kind kind = describe->kind;
	*describe = form->describe;
	describe->arena = arena;
	describe->kind = kind;
	describe->origin = (enum describe_origin)form->origin;
	describe->utc_offset_min = (int)form->utc_offset_min;
	if (!id_valid(form->station, SOURCE_SIZE) ||
	        (kind == DESCRIBE_INSTRUMENT &&
	                !id_valid(form->instrument, ID_SIZE - 1)))
		return MALFORMED;
	strcpy(describe->station, form->station);
	if (kind == DESCRIBE_INSTRUMENT)
		strcpy(describe->instrument, form->instrument);
	int status = describe_channels(describe, form->n_channels);
	if (status != OK || describe_parts(describe, form->n_parts) != OK)
		return MALFORMED;
	for (size_t i = 0; i < form->n_channels; i++) {
		describe->channel[i] = form->channel[i].channel;
		describe->channel[i].decimals = (int)form->channel[i].decimals;
	}
	for (size_t i = 0; i < form->n_parts; i++) {
		if (strlen(form->part[i].hash) >= sizeof describe->part[i].hash ||
		        !id_valid(form->part[i].instrument, ID_SIZE - 1))
			return MALFORMED;
		strcpy(describe->part[i].instrument, form->part[i].instrument);
		strcpy(describe->part[i].hash, form->part[i].hash);
	}
	return describe_valid(describe) ? OK : MALFORMED;
}

/* Version and kind stand first, always: {"v":1,"kind":"station", */
static int read_head(const char *text, int *version)
{
	char kind[16] = "";
	*version = 0;
	if (sscanf(text, "{\"v\":%9d,\"kind\":\"%15[a-z]\"", version, kind) != 2)
		return MALFORMED;
	if (strcmp(kind, kinds[DESCRIBE_STATION]) == 0)
		return DESCRIBE_STATION;
	return strcmp(kind, kinds[DESCRIBE_INSTRUMENT]) == 0 ? DESCRIBE_INSTRUMENT
	                                                     : MALFORMED;
}

static int damaged(struct problem *why, const char *what)
{
	return problem_set(why, MALFORMED, EXIT_DAMAGED,
	        "a description of an instrument or station is damaged: %s", what);
}

/* Does the describe have this text and no other? */
static bool is_its_text(const struct describe *describe, const char *text, size_t n)
{
	size_t size = 0;
	char *again = describe_json(describe, &size);
	bool same = again != NULL && size == n && memcmp(again, text, n) == 0;
	free(again);
	return same;
}

int describe_of_json(
        struct describe **out, const char *text, size_t n, struct problem *why)
{
	int version, kind = read_head(text, &version);
	struct form form = { 0 };
	if (version > TEXT_VERSION)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "a description of an instrument or station has version %d, "
		        "written by a "
		        "later quantrac; this one reads up to %d: install the later "
		        "one",
		        version, TEXT_VERSION);
	if (kind < 0)
		return damaged(why, "it begins with no version and kind");
	struct describe *describe = describe_new((enum describe_kind)kind);
	if (describe == NULL)
		return damaged(why, "there is no memory for it");
	form.describe = *describe;
	struct config *config;
	int status = config_read_text(
	        &config, text, n, "description", &sections[kind], &form, NULL);
	if (status == OK) {
		describe_keep(describe, config);
		status = take_form(describe, &form);
		if (status != OK || !is_its_text(describe, text, n))
			status = damaged(why, "it is not as quantrac writes it");
	} else {
		status = damaged(why, config_first_error(config));
		config_free(config);
	}
	if (status == OK)
		*out = describe;
	else
		describe_free(describe);
	return status;
}
