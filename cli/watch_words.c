/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the cabinet's screen, and how its values are written. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/units.h"
#include "cli/status.h"
#include "cli/watch.h"

/* Older than three results, and than this: it is no longer a value of now. */
#define STALE_LEAST_US INT64_C(60000000)

// clang-format off
static const struct state_word {
	struct word word;
	enum tone tone;
} states[CHANNEL_STATES] = {
	[STATE_OK] = { { "đang đo", "measuring" }, TONE_GOOD },
	[STATE_UNCHANGED] = { { "đang đo, chờ số mới", "measuring, next due" }, TONE_GOOD },
	[STATE_SILENT] = { { "không trả lời", "does not answer" }, TONE_BAD },
	[STATE_GARBLED] = { { "trả lời không đọc được", "answer cannot be read" }, TONE_BAD },
	[STATE_REFUSED] = { { "từ chối trả lời", "refuses to answer" }, TONE_BAD },
	[STATE_NO_VALUE] = { { "không có giá trị", "no value" }, TONE_BAD },
	[STATE_BELOW_RANGE] = { { "dưới phạm vi đo", "below range" }, TONE_NOTE },
	[STATE_ABOVE_RANGE] = { { "vượt phạm vi đo", "above range" }, TONE_OVER },
	[STATE_CALIBRATING] = { { "hiệu chuẩn", "calibrating" }, TONE_NOTE },
	[STATE_MAINTENANCE] = { { "bảo trì", "maintenance" }, TONE_NOTE },
	[STATE_FAULT] = { { "báo lỗi thiết bị", "instrument error" }, TONE_BAD },
	[STATE_STOPPED] = { { "dừng hoạt động", "stopped" }, TONE_NOTE },
	[STATE_OFF] = { { "đã tắt", "switched off" }, TONE_QUIET },
};
static const struct word nothing_yet = { "chưa có số liệu", "no data yet" };
static const struct word gone = { "mất cổng", "port down" };
static const struct word stale = { "mất tín hiệu", "signal lost" };
static const struct word above = { "cao hơn giới hạn", "above the limit" };
static const struct word outside = { "ngoài khoảng cho phép", "outside the interval" };

static const struct input_word {
	const char *state;
	struct word word;
} inputs[] = {
	{ "on", { "bật", "on" } },          { "off", { "tắt", "off" } },
	{ "open", { "mở", "open" } },       { "closed", { "đóng", "closed" } },
	{ "ok", { "bình thường", "ok" } },  { "alarm", { "báo động", "alarm" } },
	{ "ready", { "sẵn sàng", "ready" } }, { "not ready", { "chưa sẵn sàng", "not ready" } },
	{ "unknown", { "không đọc được", "cannot be read" } },
};

static const struct sampler_word {
	const char *state;
	bool happened; /* at one moment */
	struct word word;
	enum tone tone;
} sampler_words[] = {
	{ "armed",     false, { "đang theo dõi", "watching" }, TONE_GOOD },
	{ "not armed", false, { "chưa kích hoạt", "not armed" }, TONE_NOTE },
	{ "bottle",    true,  { "đã lấy", "taken at" }, TONE_GOOD },
	{ "emptied",   true,  { "đã thay chai rỗng", "empty bottles put in at" }, TONE_GOOD },
	{ "failed",    true,  { "KHÔNG LẤY ĐƯỢC MẪU", "FAILED at" }, TONE_OVER },
	{ "doubtful",  true,  { "KHÔNG CHẮC ĐÃ LẤY ĐƯỢC", "DOUBTFUL at" }, TONE_OVER },
	{ "full",      true,  { "HẾT CHAI", "NO BOTTLE LEFT at" }, TONE_OVER },
	{ "enough",    true,  { "đã đủ số chai trong ngày", "enough for the day at" }, TONE_NOTE },
	{ "too soon",  true,  { "chưa đến lúc lấy chai nữa", "too soon after the last bottle at" }, TONE_NOTE },
	{ "not ready", true,  { "thiết bị lấy mẫu chưa sẵn sàng", "the sampler was not ready at" }, TONE_BAD },
};
// clang-format on

const struct word *watch_state(const char *state, enum tone *tone)
{
	int at = channel_state_of(state);
	*tone = at < 0 ? TONE_BAD : states[at].tone;
	if (at >= 0)
		return &states[at].word;
	return strcmp(state, LIVE_NONE) == 0 ? &nothing_yet : &stale;
}

const struct word *watch_input(const char *state)
{
	size_t n = sizeof inputs / sizeof inputs[0];
	for (size_t i = 0; i < n; i++)
		if (strcmp(inputs[i].state, state) == 0)
			return &inputs[i].word;
	return &inputs[n - 1].word;
}

static const struct sampler_word *sampler_word(const char *state)
{
	for (size_t i = 0; i < sizeof sampler_words / sizeof sampler_words[0]; i++)
		if (strcmp(sampler_words[i].state, state) == 0)
			return &sampler_words[i];
	return NULL;
}

const struct word *watch_sampler(const char *state, enum tone *tone)
{
	static const struct word unknown = { "trạng thái lạ", "in an unknown state" };
	const struct sampler_word *found = sampler_word(state);
	*tone = found != NULL ? found->tone : TONE_BAD;
	return found != NULL ? &found->word : &unknown;
}

bool watch_sampler_happened(const char *state)
{
	const struct sampler_word *found = sampler_word(state);
	return found != NULL && found->happened;
}

int watch_style(enum tone tone)
{
	static const int style[] = {
		[TONE_GOOD] = STYLE_GREEN,
		[TONE_OVER] = STYLE_RED | STYLE_BOLD,
		[TONE_NOTE] = STYLE_CYAN,
		[TONE_BAD] = STYLE_YELLOW | STYLE_BOLD,
		[TONE_QUIET] = STYLE_DIM,
	};
	return style[tone];
}

/* ---- numbers ---- */

void watch_number(double value, int decimals, bool vietnamese, char out[32])
{
	snprintf(out, 32, "%.*f", decimals >= 0 ? decimals : 2, value);
	char *point = strchr(out, '.');
	if (point != NULL && vietnamese)
		*point = ',';
}

void watch_age(int64_t age_us, bool vietnamese, char out[32])
{
	long long s = (long long)(age_us / US_PER_S);
	if (s < 120)
		snprintf(out, 32, "%lld s", s);
	else if (s < 7200)
		snprintf(out, 32, vietnamese ? "%lld phút" : "%lld min", s / 60);
	else if (s < 172800)
		snprintf(out, 32, vietnamese ? "%lld giờ" : "%lld h", s / 3600);
	else
		snprintf(out, 32, vietnamese ? "%lld ngày" : "%lld d", s / 86400);
}

/* A value beside its limit has as many decimals as tell the two apart. */
static int decimals_apart(double value, double limit, int decimals)
{
	char a[32], b[32];
	if (isnan(limit) || value == limit)
		return decimals;
	for (int more = decimals < 0 ? 2 : decimals; more < 6; more++) {
		watch_number(value, more, false, a);
		watch_number(limit, more, false, b);
		if (strcmp(a, b) != 0)
			return more;
	}
	return 6;
}

static void print_limit(
        const struct station_channel *channel, bool vietnamese, char out[64])
{
	char low[32], high[32];
	snprintf(high, sizeof high, "%g", channel->limit_high);
	snprintf(low, sizeof low, "%g", channel->limit_low);
	for (char *c = high; vietnamese && (c = strchr(c, '.')) != NULL;)
		*c = ',';
	for (char *c = low; vietnamese && (c = strchr(c, '.')) != NULL;)
		*c = ',';
	if (isnan(channel->limit_low))
		snprintf(out, 64, "%s", high);
	else
		snprintf(out, 64, "%s – %s", low, high);
}

/* ---- a channel ---- */

bool watch_wanted(const struct live_channel *live)
{
	return strcmp(live->state, "off") != 0;
}

static const struct station_channel *setting_of(
        const struct station *station, const struct live_channel *live)
{
	for (size_t i = 0; station != NULL && i < station->n_instruments; i++) {
		const struct station_instrument *one = &station->instrument[i];
		for (size_t k = 0;
		        strcmp(one->id, live->instrument) == 0 && k < one->n_overrides;
		        k++)
			if (strcmp(one->override[k].name, live->channel) == 0)
				return &one->override[k];
	}
	return NULL;
}

/* Counted on the clock that never steps, from when the view was written. */
static int64_t age_of(const struct watch *watch, int64_t time_us)
{
	const struct live_view *view = watch->view;
	int64_t age_us =
	        view->written_us - time_us + watch->now.mono_us - view->mono_us;
	return age_us > 0 ? age_us : 0;
}

static bool is_stale(const struct watch *watch, const struct live_channel *live)
{
	double every_s = live->result_every_s > 0 ? live->result_every_s : 60;
	int64_t most_us = (int64_t)(3e6 * every_s);
	if (most_us < STALE_LEAST_US)
		most_us = STALE_LEAST_US;
	if (watch->now.mono_us - watch->view->mono_us >= WATCH_OLD_US)
		return true;
	return live->time_us != 0 && age_of(watch, live->time_us) > most_us;
}

/* States beside which a number of this very reading stands. */
static bool has_number(const struct live_channel *live)
{
	return isfinite(live->value) && (live->value_us == live->time_us ||
	                                        strcmp(live->state, "unchanged") == 0);
}

static void judge(const struct station_channel *setting,
        const struct live_channel *live, struct shown_channel *out)
{
	bool low = !isnan(setting->limit_low) && live->value < setting->limit_low;
	int state = channel_state_of(live->state);
	if (out->value[0] == '\0' || state < 0 ||
	        (state != STATE_UNCHANGED && !channel_state_measured((uint8_t)state)))
		return;
	if (!low && !(live->value > setting->limit_high))
		return;
	out->tone = TONE_OVER;
	out->state = isnan(setting->limit_low) ? above : outside;
}

void watch_channel(const struct watch *watch, const struct live_channel *live,
        struct shown_channel *out)
{
	const struct station_channel *setting = setting_of(watch->station, live);
	bool limited = setting != NULL && setting->limit[0] != '\0';
	int decimals = (int)live->decimals;
	*out = (struct shown_channel){ .live = live, .age_us = -1 };
	out->label_vi = live->label_vi[0] != '\0' ? live->label_vi : live->channel;
	out->label_en = live->label_en[0] != '\0' ? live->label_en : live->channel;
	out->state = *watch_state(live->state, &out->tone);
	if (status_port_down(watch->view, live) != NULL)
		out->state = gone;
	snprintf(out->unit, sizeof out->unit, "%s", units_shown(live->unit));
	if (live->value_us != 0)
		out->age_us = age_of(watch, live->value_us);
	if (limited) {
		print_limit(setting, watch->vietnamese, out->limit);
		snprintf(out->source, sizeof out->source, "%s", setting->limit_source);
		decimals = decimals_apart(live->value, setting->limit_high, decimals);
	}
	if (is_stale(watch, live)) {
		out->state = stale;
		out->tone = TONE_BAD;
		return;
	}
	if (has_number(live))
		watch_number(live->value, decimals, watch->vietnamese, out->value);
	if (limited)
		judge(setting, live, out);
}
