/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/channel_attributes.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/legal_time.h"
#include "base/units.h"

static void put_text(struct h5 *h5, const char *name, const char *text)
{
	if (text != NULL && text[0] != '\0')
		h5_put_text(h5, name, text);
}

static void put_number(struct h5 *h5, const char *name, double value)
{
	if (!isnan(value))
		h5_put(h5, name, H5_F64, &value, 1);
}

/* ---- channels ---- */

static const char *label(const struct channel *channel)
{
	if (channel->label_en[0] != '\0')
		return channel->label_en;
	return channel->label_vi[0] != '\0' ? channel->label_vi : channel->name;
}

/* Units as CF readers want them; what they cannot know is given as it was written.  Where
 * it cannot be told which of the two, there is no file. */
static const char *cf_units(struct h5 *h5, const struct channel *channel)
{
	int status = channel->unit[0] != '\0' ? units_check(channel->unit) : OK;
	if (status == FAILED)
		h5_damaged(h5,
		        "the unit %s cannot be looked up: no memory, or the table of "
		        "UDUNITS (libudunits2-data) is not there",
		        channel->unit);
	if (status != OK)
		return channel->unit;
	return channel->unit[0] != '\0' ? units_cf(channel->unit) : "1";
}

void channel_attributes(struct h5 *h5, const struct channel *channel, const char *state)
{
	const struct {
		const char *name;
		double value;
	} numbers[] = {
		{ "reference_temperature_C", channel->reference_temperature_C },
		{ "reference_pressure_kPa", channel->reference_pressure_kPa },
		{ "range_low", channel->low },
		{ "range_high", channel->high },
		{ "resolution", channel->resolution },
		{ "accuracy_reading_percent", channel->accuracy_reading_percent },
		{ "accuracy_span_percent", channel->accuracy_span_percent },
		{ "accuracy_absolute", channel->accuracy_absolute },
		{ "result_every_s", channel->result_every_s },
	};
	h5_put_text(h5, "units", cf_units(h5, channel));
	put_text(h5, "standard_name", channel->standard_name);
	h5_put_text(h5, "long_name", label(channel));
	put_text(h5, "long_name_vi", channel->label_vi);
	h5_put_text(h5, "ancillary_variables", state);
	h5_put_text(h5, "channel", channel->name);
	put_text(h5, "unit_of_instrument", channel->unit);
	put_text(h5, "expressed_as", channel->expressed_as);
	put_text(h5, "basis", channel->basis);
	put_text(h5, "gas_state", channel->gas_state);
	put_text(h5, "method", channel->method);
	put_text(h5, "kind", channel->kind);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		put_number(h5, numbers[i].name, numbers[i].value);
	int32_t decimals = channel->decimals;
	h5_put(h5, "decimals", H5_I32, &decimals, 1);
}

/* flag_values 0..n-1 and flag_meanings, words apart by blanks (CF 3.5). */
static void put_flags(
        struct h5 *h5, uint8_t first, uint8_t n, const char *(*word)(uint8_t value))
{
	uint8_t values[32];
	char meanings[512] = "";
	for (uint8_t i = 0; i < n; i++) {
		size_t at = strlen(meanings);
		values[i] = (uint8_t)(first + i);
		snprintf(meanings + at, sizeof meanings - at, "%s%s", i > 0 ? " " : "",
		        word(values[i]));
	}
	h5_put(h5, "flag_values", H5_U8, values, n);
	h5_put_text(h5, "flag_meanings", meanings);
}

void state_attributes(struct h5 *h5, const struct channel *channel)
{
	char name[160];
	snprintf(name, sizeof name, "%.120s: what the value is", label(channel));
	h5_put_text(h5, "long_name", name);
	h5_put_text(h5, "standard_name", "status_flag");
	put_flags(h5, 0, CHANNEL_STATES, channel_state_text);
}

static const char *transport_text(uint8_t transport)
{
	static const char *const word[] = { "live", "late", "import" };
	return word[transport];
}

void column_attributes(struct h5 *h5, enum layout_column which)
{
	const struct layout_column_form *form = &layout_columns[which];
	put_text(h5, "units", form->units);
	put_text(h5, "standard_name", form->standard_name);
	h5_put_text(h5, "long_name", form->long_name);
	if (which == COLUMN_CLOCK)
		put_flags(h5, 0, CLOCK_STEPPED + 1, clock_state_text);
	if (which == COLUMN_TRANSPORT)
		put_flags(h5, 0, TRANSPORT_IMPORT + 1, transport_text);
}

void type_attributes(struct h5 *h5)
{
	h5_put_text(h5, "long_name", "type of the record");
	put_flags(h5, 1, RECORD_TYPES, record_type_text);
}

/* ---- groups and the file ---- */

static const char *origin_text(enum describe_origin origin)
{
	switch (origin) {
	case ORIGIN_IMPORT:
		return "import";
	case ORIGIN_SIMULATION:
		return "simulation";
	case ORIGIN_INSTRUMENT:
		break;
	}
	return "instrument";
}

void group_attributes(struct h5 *h5, const struct describe *describe)
{
	char hash[DIGEST_HEX];
	digest_print(describe->hash, hash);
	h5_put_text(h5, "instrument", describe->instrument);
	h5_put_text(h5, "describe_sha256", hash);
	h5_put_text(h5, "origin", origin_text(describe->origin));
	if (describe_simulated(describe))
		h5_put_text(h5, "simulation", SIMULATED_TEXT);
	put_text(h5, "title", describe->summary);
	put_text(h5, "maker", describe->maker);
	put_text(h5, "model", describe->model);
	put_text(h5, "serial", describe->serial);
	put_text(h5, "outlet", describe->outlet);
	put_text(h5, "driver", describe->driver);
	put_text(h5, "line", describe->line);
	put_text(h5, "import_file", describe->import_file);
	put_text(h5, "import_sha256", describe->import_sha256);
	put_text(h5, "import_who", describe->import_who);
	put_number(h5, "poll_every_s", describe->poll_every_s);
}

static void put_time(struct h5 *h5, const char *name, int64_t time_us, int offset_min)
{
	char text[TIME_TEXT];
	h5_put_text(h5, name, time_print(time_us, offset_min, text));
}

static void day_attributes(struct h5 *h5, const struct day_header *header)
{
	char text[TIME_TEXT], offset[8];
	bool placed = header->day_us != INT64_MIN;
	h5_put_text(h5, "date",
	        placed ? date_print(header->day_us, header->utc_offset_min, text)
	               : "unplaced");
	h5_put_text(h5, "utc_offset", offset_print(header->utc_offset_min, offset));
	if (placed) {
		put_time(h5, "time_coverage_start", header->day_us,
		        header->utc_offset_min);
		put_time(h5, "time_coverage_end", header->day_us + US_PER_DAY,
		        header->utc_offset_min);
	}
	int32_t offset_min = header->utc_offset_min, late = header->late;
	h5_put(h5, "day_us", H5_I64, &header->day_us, 1);
	h5_put(h5, "utc_offset_min", H5_I32, &offset_min, 1);
	h5_put(h5, "late", H5_I32, &late, 1);
}

/* "KCN Mẫu – Cửa xả 1 – 2026-11-15", and what must never be missed. */
static void put_title(struct h5 *h5, const struct plan *plan)
{
	char title[1024], date[TIME_TEXT];
	const struct day_header *header = plan->header;
	const struct describe *station = plan->station;
	bool named = station != NULL && station->station_name[0] != '\0';
	snprintf(title, sizeof title, "%.200s – %.200s – %s%s%s", header->zone_name,
	        named ? station->station_name : header->station,
	        header->day_us != INT64_MIN
	                ? date_print(header->day_us, header->utc_offset_min, date)
	                : "unplaced",
	        plan->simulated ? " – " : "", plan->simulated ? SIMULATED_TEXT : "");
	h5_put_text(h5, "title", title);
}

void file_attributes(struct h5 *h5, const struct plan *plan)
{
	const struct day_header *header = plan->header;
	uint64_t records = plan->n;
	h5_put_text(h5, "Conventions", "CF-1.10");
	h5_put_text(h5, "featureType", "timeSeries");
	h5_put_text(h5, "format", LAYOUT_FORMAT);
	put_title(h5, plan);
	h5_put_text(h5, "institution", header->zone_name);
	h5_put_text(h5, "source",
	        "indications of instruments as read beside them; nothing corrected or "
	        "left out");
	if (plan->simulated)
		h5_put_text(h5, "simulation", SIMULATED_TEXT);
	h5_put_text(h5, "zone", header->zone);
	h5_put_text(h5, "zone_name", header->zone_name);
	h5_put_text(h5, "station", header->station);
	if (plan->station != NULL) {
		put_text(h5, "station_name", plan->station->station_name);
		put_text(h5, "facility", plan->station->facility);
		put_text(h5, "facility_name", plan->station->facility_name);
		put_text(h5, "outlet_kind", plan->station->outlet_kind);
		put_text(h5, "coordinates_of_permit", plan->station->coordinates);
	}
	day_attributes(h5, header);
	h5_put(h5, "records", H5_U64, &records, 1);
}
