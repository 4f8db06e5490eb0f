/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/base_sums.h"
#include "analysis/series.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "reports/numbers.h"

#define BASE_US                                                                        \
	(5 * US_PER_MIN) /* capture is counted in these, or in results of slow analysers */

struct making {
	struct view *view;
	struct reader *reader;
	int64_t now_us, today_us;
};

static const char *keep(struct view *view, const char *text)
{
	return texts_clean(&view->texts, text != NULL ? text : "");
}

/* ---- one channel ---- */

static bool usable(uint8_t state, double value)
{
	return isfinite(value) && channel_state_measured(state);
}

static void newest_of(struct view_channel *channel, const struct series *series)
{
	if (series->n == 0)
		return;
	channel->state = series->state[series->n - 1];
	for (size_t i = series->n; i-- > 0;)
		if (usable(series->state[i], series->value[i])) {
			channel->value = series->value[i];
			channel->value_us = series->time_us[i];
			return;
		}
}

/* Seconds of one result to count: a divisor of the day, at least the base interval. */
static int64_t counted_us(const struct channel *about)
{
	double every_s = about->result_every_s;
	int64_t every_us = isfinite(every_s) && every_s > 0 && every_s < 86400
	                           ? (int64_t)(every_s * US_PER_S)
	                           : 0;
	return every_us > BASE_US && US_PER_DAY % every_us == 0 ? every_us : BASE_US;
}

static void capture_of(struct view_channel *channel, const struct series *series,
        const struct making *making)
{
	struct base_sums sums = { 0 };
	int64_t period_us = counted_us(&series->about);
	int64_t to_us =
	        making->now_us - (making->now_us - making->today_us) % period_us;
	if (to_us <= making->today_us ||
	        base_sums_make(&sums, series, period_us, making->today_us, to_us) != OK)
		return;
	channel->expected = (uint32_t)sums.n;
	for (size_t i = 0; i < sums.n; i++)
		channel->valid += sums.sum[i].valid > 0;
	base_sums_free(&sums);
}

/* Today's readings, or those of its last hour if it fell silent before. */
static int load(struct series *series, const struct making *making, const char *station,
        const char *channel, int64_t newest_us)
{
	struct query query = { .station = station,
		.channel = channel,
		.from_us = making->today_us,
		.to_us = making->now_us + US_PER_HOUR };
	if (newest_us < making->today_us) {
		query.from_us = newest_us - US_PER_HOUR;
		query.to_us = newest_us + US_PER_MIN;
	}
	return series_load(series, making->reader, &query, NULL);
}

static void channel_make(struct view_channel *out, const struct making *making,
        const struct view_station *station, const struct channel *about)
{
	struct view *view = making->view;
	struct series series = { 0 };
	*out = (struct view_channel){ .id = keep(view, about->name),
		.label = { keep(view, about->label_vi), keep(view, about->label_en) },
		.unit = keep(view, about->unit),
		.decimals = about->decimals,
		.value = NAN,
		.mean = NAN,
		.state = STATE_SILENT };
	for (int i = 0; i < LANGUAGES; i++)
		if (out->label[i][0] == '\0')
			out->label[i] = out->id;
	if (load(&series, making, station->id, about->name, station->newest_us) == OK) {
		newest_of(out, &series);
		capture_of(out, &series, making);
	}
	int64_t seen_us = series.n > 0 ? series.time_us[series.n - 1] : 0;
	out->silent = making->now_us - seen_us > VIEW_SILENT_US;
	series_free(&series);
}

/* ---- stations ---- */

static bool shown(const struct channel *about)
{
	return about->kind == NULL || about->kind[0] == '\0' ||
	       strcmp(about->kind, "measurement") == 0;
}

static size_t count_channels(const struct describe *const *instrument, size_t n)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0; c < instrument[i]->n_channels; c++)
			count += shown(&instrument[i]->channel[c]);
	return count;
}

/* Fills the station's channels; `instrument` may be the reader's, which forgets it when
 * asked for readings: hence every channel is found before any is read. */
static int channels_make(struct view_station *out, const struct making *making,
        const struct describe *const *instrument, size_t n)
{
	size_t count = count_channels(instrument, n), found = 0;
	const struct channel **about = calloc(count + 1, sizeof *about);
	out->channel = calloc(count + 1, sizeof *out->channel);
	if (about == NULL || out->channel == NULL) {
		free(about);
		return FAILED;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0; c < instrument[i]->n_channels; c++)
			if (shown(&instrument[i]->channel[c]))
				about[found++] = &instrument[i]->channel[c];
	for (size_t i = 0; i < found; i++)
		channel_make(&out->channel[out->n_channels++], making, out, about[i]);
	free(about);
	return OK;
}

static int station_make(
        struct view_station *out, const struct making *making, const char *id)
{
	const struct describe *const *instrument = NULL;
	const struct describe *about = reader_station_describe(making->reader, id);
	int64_t first_us = 0;
	*out = (struct view_station){
		.id = keep(making->view, id),
		.name = keep(making->view, about != NULL ? about->station_name : ""),
		.kind = keep(making->view, about != NULL ? about->outlet_kind : ""),
		.simulated = about != NULL && describe_simulated(about),
	};
	if (reader_span(making->reader, id, &first_us, &out->newest_us) != OK)
		out->newest_us = 0;
	size_t n = reader_instruments(making->reader, id, &instrument);
	for (size_t i = 0; i < n; i++)
		out->simulated = out->simulated || describe_simulated(instrument[i]);
	return channels_make(out, making, instrument, n);
}

/* ---- limits, and the mean of today so far: judged as if the day ended now ---- */

static struct view_channel *channel_of(struct view *view, const struct assessment *a)
{
	for (size_t i = 0; i < view->n_stations; i++) {
		struct view_station *station = &view->station[i];
		if (strcmp(station->id, a->station) != 0)
			continue;
		for (size_t c = 0; c < station->n_channels; c++)
			if (strcmp(station->channel[c].id, a->channel) == 0)
				return &station->channel[c];
	}
	return NULL;
}

static int take_limit(void *with, const struct assessment *a)
{
	struct view *view = with;
	struct view_channel *channel = channel_of(view, a);
	if (channel == NULL || a->end_us - a->start_us != US_PER_DAY ||
	        a->rule->kind == KIND_EPISODE || a->by == BY_REFUSAL)
		return 0;
	if (!isfinite(a->limit.low) && !isfinite(a->limit.high))
		return 0;
	channel->label[VIETNAMESE] = keep(view, a->parameter->name_vi);
	channel->label[ENGLISH] = keep(view, a->parameter->name_en);
	channel->limited = true;
	channel->low = a->limit.low;
	channel->high = a->limit.high;
	channel->mean = a->value;
	channel->limit_unit = keep(view, a->parameter->unit);
	channel->limit_decimals = a->limit.decimals;
	return 0;
}

static void limits_of_today(const struct making *making, const struct rules *rules)
{
	const struct judge_options options = { .from_us = making->today_us,
		.to_us = making->today_us + US_PER_DAY,
		.shards = 1,
		.now_us = making->today_us + US_PER_DAY };
	judge(making->reader, rules, &options, take_limit, making->view, NULL);
}

int view_make(struct view *out, struct reader *reader, const struct rules *rules,
        int64_t now_us)
{
	const struct archive_identity *identity = reader_identity(reader);
	*out = (struct view){ .made_us = now_us,
		.utc_offset_min = identity->utc_offset_min };
	out->zone = keep(out, identity->zone_name);
	out->archive_state = keep(out, reader_state(reader));
	struct making making = { .view = out,
		.reader = reader,
		.now_us = now_us,
		.today_us = day_start(now_us, identity->utc_offset_min) };
	size_t n = reader_stations(reader);
	out->station = calloc(n + 1, sizeof *out->station);
	if (out->station == NULL)
		return FAILED;
	for (size_t i = 0; i < n; i++) {
		struct view_station *station = &out->station[out->n_stations++];
		if (station_make(station, &making, reader_station(reader, i)) != OK)
			return FAILED;
		out->simulated = out->simulated || station->simulated;
		if (station->newest_us > out->newest_us)
			out->newest_us = station->newest_us;
	}
	limits_of_today(&making, rules);
	return out->texts.failed ? FAILED : OK;
}

enum collector_state view_collector(const struct view *view)
{
	return view->made_us - view->collector_us > VIEW_START_US ? view->collector
	                                                          : COLLECTOR_RUNS;
}

void view_free(struct view *view)
{
	for (size_t i = 0; i < view->n_stations; i++)
		free(view->station[i].channel);
	free(view->station);
	texts_free(&view->texts);
	*view = (struct view){ 0 };
}
