/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames of the instruments that are known: one that speaks by itself is heard, of one that
 * is asked the request, and then its answer.  Their own drivers say which bytes those are
 * and what they say, so that a new driver or profile is one more without a line here.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/tables/profile.h"
#include "sensors/tables/sentence.h"
#include "sensors/tables/values.h"
#include "sensors/tools/overhear.h"

#define STEPS_MOST 64 /* requests of one poll */

struct overhear_model {
	struct profile *profile;
	struct channel_setting *setting;
	struct instrument instrument;
	void *state;
	bool asks;
};

/* ---- what is known ---- */

static void model_free(struct overhear_model *model)
{
	if (model == NULL)
		return;
	free(model->state);
	free(model->setting);
	profile_free(model->profile);
	free(model);
}

static int prepare(struct overhear_model *model)
{
	struct profile *profile = model->profile;
	model->setting = calloc(profile->n_channels + 1, sizeof model->setting[0]);
	if (model->setting == NULL)
		return FAILED;
	for (size_t i = 0; i < profile->n_channels; i++) {
		model->setting[i].low = profile->channel[i].about.low;
		model->setting[i].high = profile->channel[i].about.high;
	}
	model->instrument = (struct instrument){ .id = profile->name,
		.profile = profile,
		.slave = (uint8_t)profile->slave,
		.address = profile->address != NULL ? profile->address : "",
		.setting = model->setting };
	model->asks = driver_asks(&model->instrument);
	model->state = calloc(1, driver_state_size(&model->instrument));
	if (model->state == NULL)
		return FAILED;
	profile->driver->begin(model->state, &model->instrument);
	return OK;
}

/* Takes the profile; NULL without memory.  It stays where it is: its state points to it. */
static struct overhear_model *model_new(struct profile *profile)
{
	struct overhear_model *model = calloc(1, sizeof *model);
	if (model == NULL) {
		profile_free(profile);
		return NULL;
	}
	model->profile = profile;
	if (prepare(model) == OK)
		return model;
	model_free(model);
	return NULL;
}

static void load(struct overhear_models *out, const char *folder)
{
	size_t n;
	const char **names = profile_names(folder, &n);
	struct overhear_model **again =
	        realloc(out->model, (out->n + n + 1) * sizeof *again);
	if (again != NULL)
		out->model = again;
	for (size_t i = 0; names != NULL && again != NULL && i < n; i++) {
		struct profile *profile;
		struct problem why;
		if (profile_find(&profile, names[i], folder, NULL, &why) != OK)
			continue;
		if (profile->driver->modbus)
			profile_free(profile);
		else if ((out->model[out->n] = model_new(profile)) != NULL)
			out->n++;
	}
	free(names);
}

void overhear_models_load(struct overhear_models *out, const char *extra)
{
	*out = (struct overhear_models){ 0 };
	if (extra[0] != '\0')
		load(out, extra);
	load(out, profile_folder());
}

void overhear_models_free(struct overhear_models *models)
{
	for (size_t i = 0; i < models->n; i++)
		model_free(models->model[i]);
	free(models->model);
	*models = (struct overhear_models){ 0 };
}

/* ---- what a frame says ---- */

static void tell_values(const struct overhear_model *model,
        const struct exchange *exchange, struct sentence *out)
{
	static struct decoded decoded;
	uint8_t bytes[FRAME_MOST + 16];
	int n = exchange_put(exchange, bytes, sizeof bytes);
	if (n < 0)
		return;
	const struct exchanges one = { .n = 1, .size = (size_t)n, .bytes = bytes };
	values_decode(&model->instrument, &one, NULL, NULL, &decoded);
	for (size_t i = 0; i < model->profile->n_channels; i++) {
		const struct channel *about = &model->profile->channel[i].about;
		if (isfinite(decoded.value[i]))
			say(out, " %s=%.*f %s", about->name, about->decimals,
			        decoded.value[i], about->unit);
	}
}

/* "plantower-pms5003: pm2_5=8 ug/m3"; behind what another model makes of it. */
static void tell_frame(struct overhear_model *model, const uint8_t *in, size_t n,
        struct overheard *out)
{
	const struct driver *driver = model->profile->driver;
	struct sentence text = {
		.out = out->text, .n = strlen(out->text), .room = sizeof out->text
	};
	uint16_t block = driver->block(model->state);
	int what = driver->decode(model->state, in, n);
	if (!model->asks)
		block = driver->block(model->state);
	say(&text, "%s%s:", text.n > 0 ? " | " : "", model->profile->name);
	struct exchange exchange = { .block = block, .size = (uint16_t)n, .bytes = in };
	size_t kept = n;
	if (driver->kept != NULL && what != NOT_USABLE) {
		exchange.bytes = driver->kept(model->state, &kept);
		exchange.size = (uint16_t)kept;
	}
	if (what != NOT_USABLE && kept <= FRAME_MOST)
		tell_values(model, &exchange, &text);
	driver->begin(model->state, &model->instrument);
}

/* ---- asking and answering ---- */

/* Bring the model's state to where this request has been sent; false: it never sends it. */
static bool has_asked(struct overhear_model *model, const uint8_t *in, size_t n)
{
	const struct driver *driver = model->profile->driver;
	uint8_t sent[FRAME_MOST];
	driver->begin(model->state, &model->instrument);
	for (size_t i = 0; i < STEPS_MOST; i++) {
		size_t size = driver->ask(model->state, sent, sizeof sent);
		if (size == n && memcmp(sent, in, n) == 0)
			return true;
		if (driver->missed(model->state, false) == READING_DONE)
			break;
	}
	driver->begin(model->state, &model->instrument);
	return false;
}

static int hear_request(struct overhear *ear, size_t i, const uint8_t *in, size_t n,
        struct overheard *out)
{
	struct overhear_model *model = ear->models->model[i];
	const struct driver *driver = model->profile->driver;
	if (driver->request == NULL)
		return FRAME_NONE;
	int length = driver->request(&model->instrument, in, n);
	if (length <= 0)
		return length;
	out->kind = HEARD_ASKS;
	ear->asked_model = has_asked(model, in, (size_t)length) ? i + 1 : 0;
	snprintf(out->text, sizeof out->text,
	        ear->vietnamese ? "máy chủ hỏi %s" : "a master asks %s",
	        model->profile->name);
	return length;
}

static int hear_answer(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out)
{
	if (ear->asked_model == 0)
		return FRAME_NONE;
	struct overhear_model *model = ear->models->model[ear->asked_model - 1];
	int length = model->profile->driver->frame(model->state, in, n);
	if (length <= 0)
		return length;
	out->kind = HEARD_ANSWERS;
	tell_frame(model, in, (size_t)length, out);
	ear->asked_model = 0;
	return length;
}

/* Makers copy one another's frames: every model that knows this one is named. */
static int hear_unasked(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out)
{
	int found = FRAME_NONE;
	for (size_t i = 0; i < ear->models->n; i++) {
		struct overhear_model *model = ear->models->model[i];
		if (model->asks)
			continue;
		int length = model->profile->driver->frame(model->state, in, n);
		if (length > 0 && (found <= 0 || length == found))
			tell_frame(model, in, (size_t)length, out);
		if (length > 0 || (length == FRAME_SHORT && found == FRAME_NONE))
			found = found > 0 ? found : length;
	}
	return found;
}

int overhear_model(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out)
{
	if (ear->models == NULL)
		return FRAME_NONE;
	int found = hear_answer(ear, in, n, out);
	for (size_t i = 0; found <= 0 && i < ear->models->n; i++) {
		if (!ear->models->model[i]->asks)
			continue;
		int length = hear_request(ear, i, in, n, out);
		if (length > 0 || length == FRAME_SHORT)
			found = length;
	}
	if (found > 0)
		return found;
	int unasked = hear_unasked(ear, in, n, out);
	return unasked > 0 || found == FRAME_NONE ? unasked : found;
}
