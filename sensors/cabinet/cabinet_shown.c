/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/cabinet/cabinet_shown.h"

#include <stdlib.h>

#include "base/status.h"

int cabinet_shown_init(struct cabinet_shown *shown, size_t most)
{
	*shown = (struct cabinet_shown){ .n = 0 };
	shown->day = calloc(most + 1, sizeof shown->day[0]);
	shown->maintenance = calloc(most + 1, sizeof shown->maintenance[0]);
	return shown->day != NULL && shown->maintenance != NULL ? OK : FAILED;
}

void cabinet_shown_free(struct cabinet_shown *shown)
{
	free(shown->day);
	free(shown->maintenance);
}

void cabinet_shown_copy(struct cabinet_shown *out, const struct cabinet_shown *from)
{
	struct shown_day *day = out->day;
	struct shown_maintenance *maintenance = out->maintenance;
	*out = *from;
	out->day = day;
	out->maintenance = maintenance;
	for (size_t i = 0; i < from->n_days; i++)
		day[i] = from->day[i];
	for (size_t i = 0; i < from->n; i++)
		maintenance[i] = from->maintenance[i];
}

static void print_maintenance(
        const struct cabinet_shown *shown, struct json *json, const struct moment *now)
{
	json_key(json, "maintenance");
	json_array(json);
	for (size_t i = 0; i < shown->n; i++) {
		const struct shown_maintenance *one = &shown->maintenance[i];
		json_object(json);
		json_put_text(json, "id", one->id);
		json_put_text(json, "instruments", one->instruments);
		json_put_integer(
		        json, "since_us", now->time_us + one->since_us - now->mono_us);
		json_put_integer(
		        json, "until_us", now->time_us + one->due_us - now->mono_us);
		json_end(json);
	}
	json_end(json);
}

static void print_today(const struct cabinet_shown *shown, struct json *json,
        const struct moment *now, int utc_offset_min)
{
	json_key(json, "maintenance_today");
	json_array(json);
	for (size_t i = 0; i < shown->n_days; i++) {
		const struct shown_day *one = &shown->day[i];
		struct maintenance_day day = one->day;
		const int64_t span_us[2] = { one->from_us,
			one->until_us < now->mono_us ? one->until_us : now->mono_us };
		maintenance_day_add(&day, span_us, now, utc_offset_min);
		json_object(json);
		json_put_text(json, "instrument", one->instrument);
		json_put_integer(json, "today_us",
		        maintenance_day_today_us(&day, utc_offset_min, now->time_us));
		json_end(json);
	}
	json_end(json);
}

static void print_sampler(const struct cabinet_shown *shown, struct json *json,
        const struct moment *now, int utc_offset_min)
{
	json_key(json, "sampler");
	json_array(json);
	if (shown->has_sampler) {
		json_object(json);
		json_put_bool(json, "armed", shown->armed);
		json_put_integer(json, "bottles", shown->bottles);
		json_put_integer(json, "used", shown->sampler.used);
		json_put_integer(json, "most_a_day", shown->most_a_day);
		json_put_integer(json, "today",
		        sampler_today(&shown->sampler, utc_offset_min, now));
		json_end(json);
	}
	json_end(json);
}

void cabinet_shown_print(const struct cabinet_shown *shown, struct json *json,
        const struct moment *now, int utc_offset_min)
{
	print_maintenance(shown, json, now);
	print_today(shown, json, now, utc_offset_min);
	print_sampler(shown, json, now, utc_offset_min);
}
