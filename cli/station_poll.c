/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The polls of a trial, for people: the first with every byte, then a line each for as long as they go as the one before. */
#include <math.h>
#include <stdio.h>

#include "base/legal_time.h"
#include "base/table.h"
#include "base/units.h"
#include "cli/station.h"
#include "cli/watch.h"
#include "sensors/tables/map.h"

#define BYTES_A_LINE 24

const char *station_state_word(uint8_t state, bool vietnamese)
{
	enum tone tone;
	const char *word = channel_state_text(state);
	return vietnamese ? watch_state(word, &tone)->vi : word;
}

/* ---- in full ---- */

static void print_bytes(FILE *out, const char *sign, const struct trial_pass *pass)
{
	for (size_t at = 0; at < pass->n; at += BYTES_A_LINE) {
		fprintf(out, "  %s", at == 0 ? sign : "  ");
		for (size_t i = at; i < at + BYTES_A_LINE && i < pass->n; i++)
			fprintf(out, " %02X", pass->bytes[i]);
		if (at + BYTES_A_LINE < pass->n)
			fputc('\n', out);
	}
}

/* What came, with the time since the request before it. */
static void print_passes(FILE *out, const struct trial_reading *reading, bool vi)
{
	int64_t sent_us = 0;
	for (size_t i = 0; i < reading->n_passes; i++) {
		const struct trial_pass *pass = &reading->pass[i];
		print_bytes(out, pass->sent ? "->" : "<-", pass);
		if (pass->shows_step)
			fputs(vi ? "   (hỏi thử)" : "   (trial)", out);
		if (pass->sent)
			sent_us = pass->mono_us;
		else if (sent_us != 0)
			fprintf(out, vi ? "   sau %.0f ms" : "   after %.0f ms",
			        (double)(pass->mono_us - sent_us) / 1000);
		fputc('\n', out);
	}
	if (reading->n_passes == 0 || reading->pass[reading->n_passes - 1].sent)
		fputs(vi ? "  <- (không có gì)\n" : "  <- (nothing)\n", out);
}

static void print_channel(
        FILE *out, const struct trial_reading *reading, size_t i, bool vi)
{
	const struct channel about = station_channel_about(reading->instrument, i);
	const char *label = vi ? about.label_vi : about.label_en;
	char text[32];
	double value = reading->parts->value[i];
	bool tiny = isfinite(value) && map_is_tiny(value); /* 0.0 would hide it */
	const char *unit = units_shown(about.unit);
	int pad = 28 - (int)text_width(label), behind = 8 - (int)text_width(unit);
	fprintf(out, "  %s%*s", label, pad > 1 ? pad : 1, "");
	snprintf(text, sizeof text, "%.*e", about.decimals, value);
	if (!tiny)
		watch_number(value, about.decimals, vi, text);
	fprintf(out, "%12s %s", isfinite(value) ? text : "-", unit);
	fprintf(out, "%*s %s%s\n", behind > 0 ? behind : 0, "",
	        station_state_word(reading->parts->state[i], vi),
	        !tiny ? ""
	        : vi  ? " ! quá nhỏ: sai thứ tự byte?"
	              : " ! tiny: another word order?");
}

void station_tell_reading(
        FILE *out, const struct trial_reading *reading, int offset_min, bool vietnamese)
{
	char stamp[TIME_TEXT];
	fprintf(out, "%s\n", time_print(reading->when->time_us, offset_min, stamp));
	print_passes(out, reading, vietnamese);
	for (size_t i = 0; i < reading->parts->n_channels; i++)
		print_channel(out, reading, i, vietnamese);
	fflush(out);
}

/* ---- in one line ---- */

#define IN_A_LINE 6 /* channels */

static size_t count_sent(const struct trial_reading *reading)
{
	size_t n = 0;
	for (size_t i = 0; i < reading->n_passes; i++)
		n += reading->pass[i].sent;
	return n;
}

static bool is_failing(uint8_t state)
{
	return state == STATE_SILENT || state == STATE_GARBLED ||
	       state == STATE_REFUSED || state == STATE_FAULT;
}

bool station_poll_is_news(
        struct station_polls *polls, const struct trial_reading *reading)
{
	const struct reading_parts *parts = reading->parts;
	size_t sent = count_sent(reading);
	bool news = polls->n++ == 0, failing = false;
	for (size_t i = 0; i < parts->n_channels; i++) {
		uint8_t state = parts->state[i];
		if (state == STATE_UNCHANGED) /* says nothing new */
			continue;
		news = news || state != polls->state[i] ||
		       (isfinite(parts->value[i]) && map_is_tiny(parts->value[i]));
		failing = failing || is_failing(state);
		polls->state[i] = state;
	}
	/* asked once more than it took before: something was lost on the way */
	news = news || (!failing && sent > polls->sent);
	if (polls->n == 1 || sent < polls->sent)
		polls->sent = sent;
	return news;
}

double station_poll_ms(const struct trial_reading *reading)
{
	int64_t sent_us = 0;
	for (size_t i = 0; i < reading->n_passes; i++) {
		const struct trial_pass *pass = &reading->pass[i];
		if (pass->sent)
			sent_us = pass->mono_us;
		else if (sent_us != 0)
			return (double)(pass->mono_us - sent_us) / 1000;
	}
	return NAN;
}

static void print_short_channel(
        FILE *out, const struct trial_reading *reading, size_t i, bool vi)
{
	const struct channel about = station_channel_about(reading->instrument, i);
	const char *unit = units_shown(about.unit);
	char text[32];
	double value = reading->parts->value[i];
	uint8_t state = reading->parts->state[i];
	fprintf(out, "  %s ", vi ? about.label_vi : about.label_en);
	watch_number(value, about.decimals, vi, text);
	if (isfinite(value))
		fprintf(out, "%s%s%s", text, unit[0] != '\0' ? " " : "", unit);
	if (state != STATE_OK)
		fprintf(out, isfinite(value) ? " (%s)" : "(%s)",
		        station_state_word(state, vi));
}

/* The state that all channels which are on share, when the poll failed for all of them; else STATE_OK. */
static uint8_t failed_whole(const struct reading_parts *parts)
{
	uint8_t found = STATE_OFF;
	for (size_t i = 0; i < parts->n_channels; i++) {
		uint8_t state = parts->state[i];
		if (state == STATE_OFF)
			continue;
		if (!is_failing(state) || isfinite(parts->value[i]) ||
		        (found != STATE_OFF && state != found))
			return STATE_OK;
		found = state;
	}
	return found == STATE_OFF ? STATE_OK : found;
}

/* Every channel that has something to say, as many as a line takes. */
static void print_short_channels(
        FILE *out, const struct trial_reading *reading, bool vi)
{
	const struct reading_parts *parts = reading->parts;
	size_t n = 0;
	for (size_t i = 0; i < parts->n_channels; i++)
		if (parts->state[i] != STATE_UNCHANGED && n++ < IN_A_LINE)
			print_short_channel(out, reading, i, vi);
	if (n > IN_A_LINE)
		fprintf(out, vi ? "  và %zu kênh nữa" : "  and %zu more",
		        n - IN_A_LINE);
	if (n == 0)
		fputs(vi ? "  không có gì mới" : "  nothing new", out);
}

void station_tell_short(
        FILE *out, const struct trial_reading *reading, int offset_min, bool vietnamese)
{
	char stamp[TIME_TEXT];
	uint8_t failed = failed_whole(reading->parts);
	double ms = station_poll_ms(reading);
	fputs(time_print(reading->when->time_us, offset_min, stamp), out);
	if (failed != STATE_OK)
		fprintf(out, "  %s", station_state_word(failed, vietnamese));
	else
		print_short_channels(out, reading, vietnamese);
	if (isfinite(ms))
		fprintf(out, vietnamese ? "  sau %.0f ms" : "  after %.0f ms", ms);
	fputc('\n', out);
	fflush(out);
}
