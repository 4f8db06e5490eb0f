/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maintenance: who holds which instruments in it, by a key-switch or an order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/event.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "sensors/cabinet/cabinet_parts.h"

#define TEXT_BESIDE 600  /* bytes of who ordered it, why, and until when */
#define LOGGED      1500 /* of a text; a line of the log has its bound */

/* "by key" of a key-switch; "cod", "all instruments" of orders. */
static void name_of(const struct cabinet *cabinet, const struct maintainer *maintainer,
        char out[ID_SIZE + 8])
{
	const struct station *station = cabinet->station;
	if (maintainer->key != NULL)
		snprintf(out, ID_SIZE + 8, "by %s", maintainer->key->setting->id);
	else
		snprintf(out, ID_SIZE + 8, "%s",
		        maintainer->instrument == SIZE_MAX
		                ? "all instruments"
		                : station->instrument[maintainer->instrument].id);
}

static const struct remembered_maintenance *remembered(
        const struct cabinet_memory *memory, const char *name)
{
	for (size_t i = 0; i < memory->n_maintenance; i++)
		if (strcmp(memory->maintenance[i].id, name) == 0)
			return &memory->maintenance[i];
	return NULL;
}

static void resume(struct cabinet *cabinet, struct maintainer *maintainer,
        const struct moment *now)
{
	char name[ID_SIZE + 8];
	name_of(cabinet, maintainer, name);
	const struct remembered_maintenance *from = remembered(cabinet->before, name);
	if (from == NULL)
		return;
	maintainer->maintenance.on = from->on;
	maintainer->maintenance.spent = from->spent && maintainer->key != NULL;
	maintainer->maintenance.began = from->began;
	maintenance_resume(&maintainer->maintenance, now);
}

/* Nobody was named: one that was is shown by its name, also where it is the only one. */
static bool is_of_all(const struct maintainer *maintainer)
{
	return maintainer->key != NULL ? maintainer->key->setting->n_instruments == 0
	                               : maintainer->instrument == SIZE_MAX;
}

static bool covers(const struct cabinet *cabinet, const struct maintainer *maintainer,
        size_t instrument)
{
	if (is_of_all(maintainer))
		return true;
	if (maintainer->key == NULL)
		return maintainer->instrument == instrument;
	const struct input_setting *setting = maintainer->key->setting;
	for (size_t i = 0; i < setting->n_instruments; i++)
		if (strcmp(setting->instrument_id[i],
		            cabinet->station->instrument[instrument].id) == 0)
			return true;
	return false;
}

/* It never changes: what is told of it is made once, and nothing of it is cut. */
static int name_all(const struct cabinet *cabinet, struct maintainer *maintainer)
{
	size_t size;
	FILE *out = open_memstream(&maintainer->whom, &size);
	const char *between = "";
	for (size_t i = 0; out != NULL && i < cabinet->station->n_instruments; i++) {
		if (!covers(cabinet, maintainer, i))
			continue;
		fprintf(out, "%s%s", between, cabinet->station->instrument[i].id);
		between = ", ";
	}
	return out != NULL && fclose(out) == 0 ? OK : FAILED;
}

static int name_each(struct cabinet *cabinet)
{
	size_t longest = 0;
	for (size_t i = 0; i < cabinet->n_maintainers; i++) {
		if (name_all(cabinet, &cabinet->maintainer[i]) != OK)
			return FAILED;
		if (strlen(cabinet->maintainer[i].whom) > longest)
			longest = strlen(cabinet->maintainer[i].whom);
	}
	cabinet->text_size = longest + TEXT_BESIDE;
	cabinet->text = calloc(1, cabinet->text_size);
	return cabinet->text != NULL ? OK : FAILED;
}

int maintainers_new(struct cabinet *cabinet, const struct moment *now)
{
	const struct station *station = cabinet->station;
	size_t most = cabinet->n_inputs + station->n_instruments + 1;
	cabinet->maintainer = calloc(most, sizeof *cabinet->maintainer);
	if (cabinet->maintainer == NULL)
		return FAILED;
	for (size_t i = 0; i < cabinet->n_inputs; i++) {
		const struct wired *wired = &cabinet->wired[i];
		if (wired->setting->kind != INPUT_MAINTENANCE)
			continue;
		struct maintainer *maintainer =
		        &cabinet->maintainer[cabinet->n_maintainers++];
		maintainer->key = wired;
		maintainer->maintenance.most_us =
		        (int64_t)(wired->setting->ends_after_s * 1e6);
	}
	for (size_t i = 0; i <= station->n_instruments; i++) {
		struct maintainer *maintainer =
		        &cabinet->maintainer[cabinet->n_maintainers++];
		maintainer->instrument = i < station->n_instruments ? i : SIZE_MAX;
		maintainer->maintenance.most_us = (int64_t)(MAINTENANCE_MOST_S * 1e6);
	}
	for (size_t i = 0; i < cabinet->n_maintainers; i++)
		resume(cabinet, &cabinet->maintainer[i], now);
	return name_each(cabinet);
}

void maintainers_free(struct cabinet *cabinet)
{
	for (size_t i = 0; cabinet->maintainer != NULL && i < cabinet->n_maintainers;
	        i++)
		free(cabinet->maintainer[i].whom);
	free(cabinet->maintainer);
	free(cabinet->text);
}

int64_t maintainers_until_us(const struct cabinet *cabinet, size_t instrument)
{
	int64_t until_us = INT64_MIN;
	for (size_t i = 0; i < cabinet->n_maintainers; i++) {
		const struct maintainer *maintainer = &cabinet->maintainer[i];
		int64_t due_us = maintenance_due_us(&maintainer->maintenance);
		if (maintainer->maintenance.on &&
		        covers(cabinet, maintainer, instrument) && due_us > until_us)
			until_us = due_us;
	}
	return until_us;
}

bool maintainers_hold(const struct cabinet *cabinet, size_t instrument)
{
	return maintainers_until_us(cabinet, instrument) != INT64_MIN;
}

void maintainers_remember(const struct cabinet *cabinet, struct cabinet_memory *memory)
{
	memory->n_maintenance = 0;
	for (size_t i = 0; i < cabinet->n_maintainers; i++) {
		const struct maintenance *from = &cabinet->maintainer[i].maintenance;
		if (!from->on && !from->spent)
			continue;
		struct remembered_maintenance *to =
		        &memory->maintenance[memory->n_maintenance++];
		name_of(cabinet, &cabinet->maintainer[i], to->id);
		to->on = from->on;
		to->spent = from->spent;
		to->began = from->began;
	}
}

/* ---- what is told ---- */

static void tell(struct cabinet *cabinet, const struct maintainer *maintainer,
        const char *state, const char *text, const struct moment *when)
{
	char name[ID_SIZE + 8], subject[ID_SIZE + 32];
	struct state_event event = { .subject = subject, .state = state, .text = text };
	name_of(cabinet, maintainer, name);
	snprintf(subject, sizeof subject, "maintenance %s", name);
	log_line(LOG_WARN, "%s %s: %.*s%s", subject, state, LOGGED, text,
	        strlen(text) > LOGGED ? " ... (the record has all of it)" : "");
	cabinet_tell(cabinet, when, &event);
}

void maintainers_show(const struct cabinet *cabinet, struct cabinet_shown *shown)
{
	shown->n = 0;
	for (size_t i = 0; i < cabinet->n_maintainers; i++) {
		const struct maintainer *maintainer = &cabinet->maintainer[i];
		if (!maintainer->maintenance.on)
			continue;
		struct shown_maintenance *one = &shown->maintenance[shown->n++];
		name_of(cabinet, maintainer, one->id);
		one->instruments = is_of_all(maintainer) ? "" : maintainer->whom;
		one->since_us = maintainer->maintenance.began.mono_us;
		one->due_us = maintenance_due_us(&maintainer->maintenance);
	}
}

static const char *ends_at(const struct cabinet *cabinet,
        const struct maintainer *maintainer, const struct moment *now,
        char out[TIME_TEXT])
{
	int64_t until_us = maintenance_until_us(&maintainer->maintenance, now);
	return time_print(
	        until_us - until_us % US_PER_S, cabinet->station->utc_offset_min, out);
}

static void begin(struct cabinet *cabinet, struct maintainer *maintainer,
        const char *by, const struct moment *when)
{
	char until[TIME_TEXT];
	bool again = maintainer->maintenance.on;
	maintenance_begin(&maintainer->maintenance, when);
	snprintf(cabinet->text, cabinet->text_size, "%s: %s" STATE_ENDS "%s", by,
	        maintainer->whom, ends_at(cabinet, maintainer, when, until));
	tell(cabinet, maintainer, again ? "renewed" : "on", cabinet->text, when);
	cabinet_remember(cabinet);
}

static void end(struct cabinet *cabinet, struct maintainer *maintainer, const char *by,
        const struct moment *when)
{
	maintenance_end(&maintainer->maintenance);
	tell(cabinet, maintainer, "off", by, when);
	cabinet_remember(cabinet);
}

/* What goes on over a restart is told once more: this journal may be another. */
void maintainers_begin(struct cabinet *cabinet, const struct moment *now)
{
	char until[TIME_TEXT];
	for (size_t i = 0; i < cabinet->n_maintainers; i++) {
		struct maintainer *maintainer = &cabinet->maintainer[i];
		if (!maintainer->maintenance.on ||
		        now->mono_us >= maintenance_due_us(&maintainer->maintenance))
			continue;
		snprintf(cabinet->text, cabinet->text_size,
		        "goes on: %s" STATE_ENDS "%s", maintainer->whom,
		        ends_at(cabinet, maintainer, now, until));
		tell(cabinet, maintainer, "on", cabinet->text, now);
	}
}

/* A switch that cannot be read changes nothing: what it holds ends by itself. */
void maintainers_key(
        struct cabinet *cabinet, const struct wired *key, const struct moment *now)
{
	for (size_t i = 0; i < cabinet->n_maintainers; i++) {
		struct maintainer *maintainer = &cabinet->maintainer[i];
		struct maintenance *maintenance = &maintainer->maintenance;
		if (maintainer->key != key)
			continue;
		if (key->recorded == LEVEL_ON && !maintenance->on &&
		        !maintenance->spent)
			begin(cabinet, maintainer, "key-switch", now);
		else if (key->recorded == LEVEL_OFF && maintenance->on)
			end(cabinet, maintainer, "key-switch", now);
		else if (key->recorded == LEVEL_OFF && maintenance->spent) {
			maintenance_end(maintenance);
			cabinet_remember(cabinet);
		}
	}
}

/* What has to be known beside the end: a key-switch that is still on holds the next
 * beginning up. */
static const char *rest_of(const struct maintainer *maintainer)
{
	if (maintainer->key == NULL)
		return "";
	if (maintainer->key->recorded == LEVEL_ON)
		return "; the key-switch is still on: put it off before it can begin "
		       "again";
	return "; the key-switch cannot be read: it must have been seen off before it "
	       "can begin again";
}

void maintainers_step(struct cabinet *cabinet, const struct moment *now)
{
	char text[240];
	for (size_t i = 0; i < cabinet->n_maintainers; i++) {
		struct maintainer *maintainer = &cabinet->maintainer[i];
		if (!maintenance_over(&maintainer->maintenance, now))
			continue;
		snprintf(text, sizeof text, "by itself, after %lld min%s",
		        (long long)(maintainer->maintenance.most_us / US_PER_MIN),
		        rest_of(maintainer));
		if (maintainer->key == NULL)
			maintenance_end(&maintainer->maintenance);
		tell(cabinet, maintainer, "ended", text, now);
		cabinet_remember(cabinet);
	}
}

int64_t maintainers_due_us(const struct cabinet *cabinet)
{
	int64_t due_us = INT64_MAX;
	for (size_t i = 0; i < cabinet->n_maintainers; i++) {
		int64_t one_us =
		        maintenance_due_us(&cabinet->maintainer[i].maintenance);
		if (one_us < due_us)
			due_us = one_us;
	}
	return due_us;
}

/* ---- orders ---- */

static struct maintainer *maintainer_of(struct cabinet *cabinet, const char *id)
{
	const struct station *station = cabinet->station;
	for (size_t i = 0; i < cabinet->n_maintainers; i++) {
		struct maintainer *maintainer = &cabinet->maintainer[i];
		if (maintainer->key == NULL && maintainer->instrument != SIZE_MAX &&
		        strcmp(station->instrument[maintainer->instrument].id, id) == 0)
			return maintainer;
	}
	return strcmp(station->id, id) == 0
	               ? &cabinet->maintainer[cabinet->n_maintainers - 1]
	               : NULL;
}

bool maintainers_order(struct cabinet *cabinet, const struct order *order,
        const char *who, char answer[CONTROL_MOST], const struct moment *now)
{
	char by[480], until[TIME_TEXT];
	struct maintainer *maintainer = maintainer_of(cabinet, order->id);
	if (maintainer == NULL) {
		snprintf(answer, CONTROL_MOST,
		        "there is no instrument '%s' at station '%s', whose own id "
		        "means all of them",
		        order->id, cabinet->station->id);
		return false;
	}
	if (!order->on && !maintainer->maintenance.on) {
		snprintf(answer, CONTROL_MOST,
		        "maintenance of %s is not on (by an order)", order->id);
		return false;
	}
	snprintf(by, sizeof by, "by %s: %s", who, order->reason);
	if (order->on) {
		begin(cabinet, maintainer, by, now);
		snprintf(answer, CONTROL_MOST, "maintenance of %s until %s", order->id,
		        ends_at(cabinet, maintainer, now, until));
	} else {
		end(cabinet, maintainer, by, now);
		snprintf(
		        answer, CONTROL_MOST, "maintenance of %s has ended", order->id);
	}
	return true;
}
