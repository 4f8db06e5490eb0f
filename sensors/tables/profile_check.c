/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tables of a profile cannot say: names that must exist, registers that must be there. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "sensors/ports/port.h"
#include "sensors/tables/profile_parts.h"
#include "sensors/tables/settings.h"

void checker_at(struct profile_checker *check, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(check->path, sizeof check->path, format, args);
	va_end(args);
}

int checker_find(const char *const *names, const char *name)
{
	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return NOT_FOUND;
}

void checker_hint(const char *word, const char *const *names, char *out, size_t room)
{
	const char *meant = did_you_mean(word, names);
	if (meant != NULL)
		snprintf(out, room, "did you mean '%s'?", meant);
	else
		snprintf(out, room, "write one of the names above");
}

size_t checker_block(struct profile_checker *check, const char *name)
{
	char hint[96];
	int i = checker_find(check->block_name, name);
	if (i >= 0)
		return (size_t)i;
	if (name[0] == '\0' && check->profile->n_blocks == 1)
		return 0;
	if (name[0] == '\0') {
		WRONG(check, "there are several: write its name", "`block` is missing");
		return NO_BLOCK;
	}
	checker_hint(name, check->block_name, hint, sizeof hint);
	WRONG(check, hint, "there is no block '%s'", name);
	return NO_BLOCK;
}

static void check_names(struct profile_checker *check)
{
	struct profile *profile = check->profile;
	checker_at(check, "blocks");
	if (profile->n_blocks > BLOCKS_MOST)
		WRONG(check, "split the profile in two", "more than %d blocks",
		        BLOCKS_MOST);
	checker_at(check, "channels");
	if (profile->n_channels > READING_CHANNELS)
		WRONG(check, "split the profile in two", "more than %d channels",
		        READING_CHANNELS);
	for (size_t i = 0; i < profile->n_blocks && i < BLOCKS_MOST; i++) {
		checker_at(check, "blocks[%zu].name", i);
		if (checker_find(check->block_name, profile->block[i].name) >= 0)
			WRONG(check, "give each block its own name",
			        "a second block '%s'", profile->block[i].name);
		check->block_name[i] = profile->block[i].name;
	}
	for (size_t i = 0; i < profile->n_channels && i < READING_CHANNELS; i++) {
		checker_at(check, "channels[%zu].name", i);
		if (checker_find(check->channel_name, profile->channel[i].about.name) >=
		        0)
			WRONG(check, "give each channel its own name",
			        "a second channel '%s'",
			        profile->channel[i].about.name);
		check->channel_name[i] = profile->channel[i].about.name;
	}
}

static void check_sentinels(struct profile_checker *check, size_t i)
{
	struct profile_tag *tag = &check->profile->channel[i].tag;
	bool text = tag->field != NULL && tag->field[0] != '\0';
	tag->sentinel_value = calloc(tag->n_sentinels + 1, sizeof *tag->sentinel_value);
	for (size_t k = 0; tag->sentinel_value != NULL && k < tag->n_sentinels; k++) {
		struct sentinel *none = &tag->sentinel_value[k];
		const char *word = tag->sentinel[k];
		char *end;
		none->is_bits = !text && strncmp(word, "0x", 2) == 0;
		if (none->is_bits)
			none->bits = strtoull(word + 2, &end, 16);
		else
			none->number = strtod(word, &end);
		none->is_text = text && (*word == '\0' || *end != '\0');
		checker_at(check, "channels[%zu].none[%zu]", i, k);
		if (!text && (*word == '\0' || *end != '\0'))
			WRONG(check,
			        "a raw number such as -9999, or bits such as "
			        "0x7FA00000",
			        "'%s' is not a number", word);
	}
}

static bool can_come(const struct sentinel *none, enum none_kind kind, size_t bits)
{
	double number = none->number;
	double top = ldexp(1, (int)bits - (kind == NONE_SIGNED));
	if (none->is_bits)
		return bits >= 64 || none->bits >> bits == 0;
	if (kind == NONE_F32 || kind == NONE_F64)
		return isfinite(number);
	return number == floor(number) && number < top &&
	       number >= (kind == NONE_SIGNED ? -top : 0);
}

void checker_none(
        struct profile_checker *check, size_t i, enum none_kind kind, size_t bits)
{
	static const char *const kinds[] = { "unsigned number", "signed number",
		"float", "float" };
	const struct profile_tag *tag = &check->profile->channel[i].tag;
	for (size_t k = 0; tag->sentinel_value != NULL && k < tag->n_sentinels; k++) {
		struct sentinel *none = &tag->sentinel_value[k];
		checker_at(check, "channels[%zu].none[%zu]", i, k);
		if (kind == NONE_F32)
			none->number = (double)(float)none->number;
		if (!can_come(none, kind, bits))
			WRONG(check,
			        "write the raw number, before scale and divide, or its "
			        "bits",
			        "'%s' is no %s of %zu bits", tag->sentinel[k],
			        kinds[kind], bits);
	}
}

static void check_scale(struct profile_checker *check, size_t i)
{
	const struct profile_tag *tag = &check->profile->channel[i].tag;
	checker_at(check, "channels[%zu].divide", i);
	if (tag->divide == 0 || tag->scale == 0)
		WRONG(check, "leave it out if nothing is to be done",
		        "scale and divide cannot be 0");
}

/* A figure of a real model is somebody's, who can be asked. */
static void check_source(const struct profile_checker *check, size_t i)
{
	char path[64];
	const struct profile_channel *channel = &check->profile->channel[i];
	const struct channel *about = &channel->about;
	const char *figure = isfinite(about->low) || isfinite(about->high) ? "range"
	                     : isfinite(about->resolution) ? "resolution"
	                     : about->result_every_s > 0   ? "result_every"
	                                                   : NULL;
	if (check->profile->simulation || figure == NULL || channel->source[0] != '\0')
		return;
	snprintf(path, sizeof path, "channels[%zu].name", i);
	config_warn(check->profile->config, path,
	        "add source: with document and page, or leave the figure out",
	        "'%s' has a %s, and nothing says where it comes from", about->name,
	        figure);
}

static void check_about(struct profile_checker *check, size_t i)
{
	static const char *const kinds[] = { "measurement", "setting", "counter",
		NULL };
	struct channel *about = &check->profile->channel[i].about;
	checker_at(check, "channels[%zu].unit", i);
	if (units_check(about->unit) != OK)
		WRONG(check, "write it as mg/L, ug/m3, m3/h, Cel, pH, %",
		        "nobody knows the unit '%s'", about->unit);
	checker_at(check, "channels[%zu].kind", i);
	if (checker_find(kinds, about->kind) < 0)
		WRONG(check, "measurement, setting or counter",
		        "'%s' is no kind of channel", about->kind);
	checker_at(check, "channels[%zu].high", i);
	if (about->low >= about->high)
		WRONG(check, "low is the smaller one", "the range %g..%g is empty",
		        about->low, about->high);
	bool setting = strcmp(about->kind, "setting") == 0;
	checker_at(check, "channels[%zu].holds_result", i);
	if (check->profile->channel[i].holds_result &&
	        (setting || !(about->result_every_s > 0)))
		WRONG(check, "write result_every too, of a measurement",
		        "how long a result is held is not said");
	if (!(about->result_every_s > 0))
		about->result_every_s = setting ? SETTING_EVERY_S : NAN;
	about->decimals = (int)check->profile->channel[i].decimals;
}

/* A driver without named blocks leaves `block` out of its tables: all is in the one. */
static void check_channel(struct profile_checker *check, size_t i)
{
	struct profile_tag *tag = &check->profile->channel[i].tag;
	check_source(check, i); /* before what is not written gets its value */
	check_about(check, i);
	check_scale(check, i);
	check_sentinels(check, i);
	checker_at(check, "channels[%zu].block", i);
	tag->block_index = checker_block(check, tag->block != NULL ? tag->block : "");
}

static void check_driver(struct profile_checker *check)
{
	struct profile *profile = check->profile;
	char known[256] = "this version knows: ";
	checker_at(check, "driver");
	profile->driver = driver_find(profile->driver_name);
	for (size_t i = 0; drivers[i] != NULL; i++)
		snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s",
		        i > 0 ? ", " : "", drivers[i]->name);
	if (profile->driver == NULL)
		WRONG(check, known, "there is no driver '%s'", profile->driver_name);
}

static void check_whole(struct profile_checker *check)
{
	struct profile *profile = check->profile;
	struct line line;
	check_driver(check);
	checker_at(check, "line");
	if (line_parse(profile->line, &line) != OK)
		WRONG(check,
		        "write baud, data bits, parity and stop bits, for example "
		        "\"9600 8N1\"",
		        "'%s' is not a line setting", profile->line);
	checker_at(check, "fresh");
	if (profile->n_fresh > FRESH_MARKS)
		WRONG(check, "one mark may cover several channels",
		        "more than %d marks", FRESH_MARKS);
}

void profile_check(struct profile *profile, FILE *report)
{
	struct profile_checker check = { .profile = profile, .report = report };
	if (profile->n_blocks == 0) {
		profile->only.name = "answer"; /* its driver's part was read */
		profile->only.source = profile->source;
		profile->only.timeout_s = NAN;
		profile->block = &profile->only;
		profile->n_blocks = 1;
	}
	check_whole(&check);
	check_names(&check);
	if (config_errors(profile->config) > 0)
		return;
	for (size_t i = 0; i < profile->n_channels; i++)
		check_channel(&check, i);
	profile_check_states(&check);
	profile->driver->check(&check);
	command_check(&check);
}
