/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/api.h"

#include <inttypes.h>
#include <math.h>

#include "base/json.h"
#include "base/legal_time.h"
#include "base/reading.h"

static void put_time(
        struct json *json, const char *key, int64_t time_us, const struct view *view)
{
	char text[TIME_TEXT];
	if (time_us != 0)
		json_put_text(
		        json, key, time_print(time_us, view->utc_offset_min, text));
}

static void put_label(struct json *json, const char *const label[LANGUAGES])
{
	json_key(json, "label");
	json_object(json);
	json_put_text(json, "vi", label[VIETNAMESE]);
	json_put_text(json, "en", label[ENGLISH]);
	json_end(json);
}

static void put_limit(struct json *json, const struct view_channel *c)
{
	json_key(json, "limit");
	json_object(json);
	json_put_number(json, "low", c->low);
	json_put_number(json, "high", c->high);
	json_put_text(json, "unit", c->limit_unit);
	json_end(json);
	json_put_number(json, "mean_today", c->mean);
}

static void put_channel(
        struct json *json, const struct view *view, const struct view_channel *c)
{
	json_object(json);
	json_put_text(json, "channel", c->id);
	put_label(json, c->label);
	json_put_number(json, "value", c->value);
	json_put_text(json, "unit", c->unit);
	put_time(json, "time", c->value_us, view);
	json_put_text(json, "state", channel_state_text(c->state));
	json_put_bool(json, "silent", c->silent);
	json_put_integer(json, "valid_today", c->valid);
	json_put_integer(json, "expected_today", c->expected);
	if (c->limited)
		put_limit(json, c);
	json_end(json);
}

static void put_station(
        struct json *json, const struct view *view, const struct view_station *s)
{
	json_object(json);
	json_put_text(json, "station", s->id);
	json_put_text(json, "name", s->name);
	json_put_text(json, "kind", s->kind);
	json_put_bool(json, "simulated", s->simulated);
	put_time(json, "newest", s->newest_us, view);
	if (s->gaps_known) {
		json_put_integer(json, "gaps_today", (int64_t)s->n_gaps);
		json_put_integer(json, "gaps_today_s", s->gaps_us / US_PER_S);
	}
	json_key(json, "channels");
	json_array(json);
	for (size_t i = 0; i < s->n_channels; i++)
		put_channel(json, view, &s->channel[i]);
	json_end(json);
	json_end(json);
}

static void put_result(
        struct json *json, const struct view *view, const struct view_result *r)
{
	char day[TIME_TEXT];
	json_object(json);
	json_put_text(json, "station", r->station);
	json_put_text(json, "channel", r->channel);
	json_put_text(json, "day", date_print(r->start_us, view->utc_offset_min, day));
	json_put_number(json, "value", r->value);
	json_put_text(json, "unit", r->unit);
	json_put_number(json, "low", r->low);
	json_put_number(json, "limit", r->high);
	if (!isfinite(r->low))
		json_put_number(json, "ratio", r->ratio);
	json_put_text(json, "result", result_text(r->result));
	json_put_integer(json, "valid", r->valid);
	json_put_integer(json, "expected", r->expected);
	json_end(json);
}

void api_stations(FILE *out, const struct view *view)
{
	struct json json;
	json_start(&json, out);
	json_object(&json);
	put_time(&json, "time", view->made_us, view);
	json_put_text(&json, "zone", view->zone);
	json_put_bool(&json, "simulated", view->simulated);
	if (view->simulated)
		json_put_text(&json, "notice", SIMULATED_TEXT);
	json_key(&json, "stations");
	json_array(&json);
	for (size_t i = 0; i < view->n_stations; i++)
		put_station(&json, view, &view->station[i]);
	json_end(&json);
	json_key(&json, "results");
	json_array(&json);
	for (size_t i = 0; view->results != NULL && i < view->results->n; i++)
		put_result(&json, view, &view->results->result[i]);
	json_end(&json);
	json_put_text(&json, "archive_state", view->archive_state);
	json_end(&json);
	fputc('\n', out);
}

/* ---- health ---- */

static void put_silence(struct json *json, const struct view *view)
{
	char time[TIME_TEXT], text[160];
	if (view->newest_us == 0)
		snprintf(text, sizeof text, "the archive has no record yet");
	else
		snprintf(text, sizeof text,
		        "newest record is of %s, %" PRId64
		        " s ago: is collectd running, "
		        "and the line to the cabinets up?",
		        time_print(view->newest_us - view->newest_us % US_PER_S,
		                view->utc_offset_min, time),
		        (view->made_us - view->newest_us) / US_PER_S);
	json_text(json, text);
}

static void put_collector(
        struct json *json, const struct view *view, enum collector_state state)
{
	char time[TIME_TEXT], text[160];
	snprintf(text, sizeof text,
	        state == COLLECTOR_MUTE
	                ? "quantrac-collectd runs, but has not written its state "
	                  "since %s: is the archive's disk full?"
	                : "quantrac-collectd ended at %s and was not started again",
	        time_print(view->collector_us - view->collector_us % US_PER_S,
	                view->utc_offset_min, time));
	json_text(json, text);
}

int api_health(FILE *out, const struct view *view)
{
	struct json json;
	bool silent = view->made_us - view->newest_us > VIEW_SILENT_US;
	bool damaged = view->results != NULL && view->results->problems > 0;
	enum collector_state collector = view_collector(view);
	bool well = view->trouble == NULL && !silent && !damaged &&
	            collector == COLLECTOR_RUNS;
	json_start(&json, out);
	json_object(&json);
	json_put_text(&json, "status", well ? "ok" : "failing");
	if (!well) {
		json_key(&json, "problems");
		json_array(&json);
		if (view->trouble != NULL)
			json_text(&json, view->trouble);
		if (collector != COLLECTOR_RUNS)
			put_collector(&json, view, collector);
		if (silent)
			put_silence(&json, view);
		if (damaged)
			json_text(&json, "some of the archive cannot be read: run "
			                 "quantrac verify");
		json_end(&json);
	}
	json_put_integer(&json, "stations", (int64_t)view->n_stations);
	put_time(&json, "newest", view->newest_us, view);
	json_put_text(&json, "archive_state", view->archive_state);
	json_put_text(&json, "version", QUANTRAC_VERSION);
	json_end(&json);
	fputc('\n', out);
	return well ? 200 : 503;
}
