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
static void name_of(const struct cabinet *cabinet, const struct holder *holder,
        char out[ID_SIZE + 8])
{
	const struct station *station = cabinet->station;
	if (holder->key != NULL)
		snprintf(out, ID_SIZE + 8, "by %s", holder->key->setting->id);
	else
		snprintf(out, ID_SIZE + 8, "%s",
		        holder->instrument == SIZE_MAX
		                ? "all instruments"
		                : station->instrument[holder->instrument].id);
}

static const struct remembered_maintenance *remembered(
        const struct cabinet_memory *memory, const char *name)
{
	for (size_t i = 0; i < memory->n_maintenance; i++)
		if (strcmp(memory->maintenance[i].id, name) == 0)
			return &memory->maintenance[i];
	return NULL;
}

static void resume(
        struct cabinet *cabinet, struct holder *holder, const struct moment *now)
{
	char name[ID_SIZE + 8];
	name_of(cabinet, holder, name);
	const struct remembered_maintenance *from = remembered(cabinet->before, name);
	if (from == NULL)
		return;
	holder->maintenance.on = from->on;
	holder->maintenance.spent = from->spent && holder->key != NULL;
	holder->maintenance.began = from->began;
	maintenance_resume(&holder->maintenance, now);
}

static bool covers(
        const struct cabinet *cabinet, const struct holder *holder, size_t instrument)
{
	if (holder->key == NULL)
		return holder->instrument == SIZE_MAX ||
		       holder->instrument == instrument;
	const struct input_setting *setting = holder->key->setting;
	for (size_t i = 0; i < setting->n_instruments; i++)
		if (strcmp(setting->instrument_id[i],
		            cabinet->station->instrument[instrument].id) == 0)
			return true;
	return setting->n_instruments == 0;
}

static bool covers_all(const struct cabinet *cabinet, const struct holder *holder)
{
	for (size_t i = 0; i < cabinet->station->n_instruments; i++)
		if (!covers(cabinet, holder, i))
			return false;
	return true;
}

/* It never changes: what is told of it is made once, and nothing of it is cut. */
static int name_all(const struct cabinet *cabinet, struct holder *holder)
{
	size_t size;
	FILE *out = open_memstream(&holder->whom, &size);
	const char *between = "";
	for (size_t i = 0; out != NULL && i < cabinet->station->n_instruments; i++) {
		if (!covers(cabinet, holder, i))
			continue;
		fprintf(out, "%s%s", between, cabinet->station->instrument[i].id);
		between = ", ";
	}
	return out != NULL && fclose(out) == 0 ? OK : FAILED;
}

static int name_each(struct cabinet *cabinet)
{
	size_t longest = 0;
	for (size_t i = 0; i < cabinet->n_holders; i++) {
		if (name_all(cabinet, &cabinet->holder[i]) != OK)
			return FAILED;
		if (strlen(cabinet->holder[i].whom) > longest)
			longest = strlen(cabinet->holder[i].whom);
	}
	cabinet->text_size = longest + TEXT_BESIDE;
	cabinet->text = calloc(1, cabinet->text_size);
	return cabinet->text != NULL ? OK : FAILED;
}

int holders_new(struct cabinet *cabinet, const struct moment *now)
{
	const struct station *station = cabinet->station;
	size_t most = cabinet->n_inputs + station->n_instruments + 1;
	cabinet->holder = calloc(most, sizeof *cabinet->holder);
	if (cabinet->holder == NULL)
		return FAILED;
	for (size_t i = 0; i < cabinet->n_inputs; i++) {
		const struct wired *wired = &cabinet->wired[i];
		if (wired->setting->kind != INPUT_MAINTENANCE)
			continue;
		struct holder *holder = &cabinet->holder[cabinet->n_holders++];
		holder->key = wired;
		holder->maintenance.most_us =
		        (int64_t)(wired->setting->ends_after_s * 1e6);
	}
	for (size_t i = 0; i <= station->n_instruments; i++) {
		struct holder *holder = &cabinet->holder[cabinet->n_holders++];
		holder->instrument = i < station->n_instruments ? i : SIZE_MAX;
		holder->maintenance.most_us = (int64_t)(MAINTENANCE_MOST_S * 1e6);
	}
	for (size_t i = 0; i < cabinet->n_holders; i++)
		resume(cabinet, &cabinet->holder[i], now);
	return name_each(cabinet);
}

void holders_free(struct cabinet *cabinet)
{
	for (size_t i = 0; cabinet->holder != NULL && i < cabinet->n_holders; i++)
		free(cabinet->holder[i].whom);
	free(cabinet->holder);
	free(cabinet->text);
}

int64_t holders_until_us(const struct cabinet *cabinet, size_t instrument)
{
	int64_t until_us = INT64_MIN;
	for (size_t i = 0; i < cabinet->n_holders; i++) {
		const struct holder *holder = &cabinet->holder[i];
		int64_t due_us = maintenance_due_us(&holder->maintenance);
		if (holder->maintenance.on && covers(cabinet, holder, instrument) &&
		        due_us > until_us)
			until_us = due_us;
	}
	return until_us;
}

bool holders_hold(const struct cabinet *cabinet, size_t instrument)
{
	return holders_until_us(cabinet, instrument) != INT64_MIN;
}

void holders_remember(const struct cabinet *cabinet, struct cabinet_memory *memory)
{
	memory->n_maintenance = 0;
	for (size_t i = 0; i < cabinet->n_holders; i++) {
		const struct maintenance *from = &cabinet->holder[i].maintenance;
		if (!from->on && !from->spent)
			continue;
		struct remembered_maintenance *to =
		        &memory->maintenance[memory->n_maintenance++];
		name_of(cabinet, &cabinet->holder[i], to->id);
		to->on = from->on;
		to->spent = from->spent;
		to->began = from->began;
	}
}

/* ---- what is told ---- */

static void tell(struct cabinet *cabinet, const struct holder *holder,
        const char *state, const char *text, const struct moment *when)
{
	char name[ID_SIZE + 8], subject[ID_SIZE + 32];
	struct state_event event = { .subject = subject, .state = state, .text = text };
	name_of(cabinet, holder, name);
	snprintf(subject, sizeof subject, "maintenance %s", name);
	log_line(LOG_WARN, "%s %s: %.*s%s", subject, state, LOGGED, text,
	        strlen(text) > LOGGED ? " ... (the record has all of it)" : "");
	cabinet_tell(cabinet, when, &event);
}

void holders_show(const struct cabinet *cabinet, struct cabinet_shown *shown)
{
	shown->n = 0;
	for (size_t i = 0; i < cabinet->n_holders; i++) {
		const struct holder *holder = &cabinet->holder[i];
		if (!holder->maintenance.on)
			continue;
		struct shown_maintenance *one = &shown->maintenance[shown->n++];
		name_of(cabinet, holder, one->id);
		one->instruments = covers_all(cabinet, holder) ? "" : holder->whom;
		one->since_us = holder->maintenance.began.mono_us;
		one->due_us = maintenance_due_us(&holder->maintenance);
	}
}

static const char *ends_at(const struct cabinet *cabinet, const struct holder *holder,
        const struct moment *now, char out[TIME_TEXT])
{
	int64_t until_us = maintenance_until_us(&holder->maintenance, now);
	return time_print(
	        until_us - until_us % US_PER_S, cabinet->station->utc_offset_min, out);
}

static void begin(struct cabinet *cabinet, struct holder *holder, const char *by,
        const struct moment *when)
{
	char until[TIME_TEXT];
	bool again = holder->maintenance.on;
	maintenance_begin(&holder->maintenance, when);
	snprintf(cabinet->text, cabinet->text_size, "%s: %s" STATE_ENDS "%s", by,
	        holder->whom, ends_at(cabinet, holder, when, until));
	tell(cabinet, holder, again ? "renewed" : "on", cabinet->text, when);
	cabinet_remember(cabinet);
}

static void end(struct cabinet *cabinet, struct holder *holder, const char *by,
        const struct moment *when)
{
	maintenance_end(&holder->maintenance);
	tell(cabinet, holder, "off", by, when);
	cabinet_remember(cabinet);
}

/* What goes on over a restart is told once more: this journal may be another. */
void holders_begin(struct cabinet *cabinet, const struct moment *now)
{
	char until[TIME_TEXT];
	for (size_t i = 0; i < cabinet->n_holders; i++) {
		struct holder *holder = &cabinet->holder[i];
		if (!holder->maintenance.on ||
		        now->mono_us >= maintenance_due_us(&holder->maintenance))
			continue;
		snprintf(cabinet->text, cabinet->text_size,
		        "goes on: %s" STATE_ENDS "%s", holder->whom,
		        ends_at(cabinet, holder, now, until));
		tell(cabinet, holder, "on", cabinet->text, now);
	}
}

/* A switch that cannot be read changes nothing: what it holds ends by itself. */
void holders_key(
        struct cabinet *cabinet, const struct wired *key, const struct moment *now)
{
	for (size_t i = 0; i < cabinet->n_holders; i++) {
		struct holder *holder = &cabinet->holder[i];
		struct maintenance *maintenance = &holder->maintenance;
		if (holder->key != key)
			continue;
		if (key->recorded == LEVEL_ON && !maintenance->on &&
		        !maintenance->spent)
			begin(cabinet, holder, "key-switch", now);
		else if (key->recorded == LEVEL_OFF && maintenance->on)
			end(cabinet, holder, "key-switch", now);
		else if (key->recorded == LEVEL_OFF && maintenance->spent) {
			maintenance_end(maintenance);
			cabinet_remember(cabinet);
		}
	}
}

/* What has to be known beside the end: a key-switch that is still on holds the next beginning up. */
static const char *rest_of(const struct holder *holder)
{
	if (holder->key == NULL)
		return "";
	if (holder->key->recorded == LEVEL_ON)
		return "; the key-switch is still on: put it off before it can begin "
		       "again";
	return "; the key-switch cannot be read: it must have been seen off before it "
	       "can begin again";
}

void holders_step(struct cabinet *cabinet, const struct moment *now)
{
	char text[240];
	for (size_t i = 0; i < cabinet->n_holders; i++) {
		struct holder *holder = &cabinet->holder[i];
		if (!maintenance_over(&holder->maintenance, now))
			continue;
		snprintf(text, sizeof text, "by itself, after %lld min%s",
		        (long long)(holder->maintenance.most_us / US_PER_MIN),
		        rest_of(holder));
		if (holder->key == NULL)
			maintenance_end(&holder->maintenance);
		tell(cabinet, holder, "ended", text, now);
		cabinet_remember(cabinet);
	}
}

int64_t holders_due_us(const struct cabinet *cabinet)
{
	int64_t due_us = INT64_MAX;
	for (size_t i = 0; i < cabinet->n_holders; i++) {
		int64_t one_us = maintenance_due_us(&cabinet->holder[i].maintenance);
		if (one_us < due_us)
			due_us = one_us;
	}
	return due_us;
}

/* ---- orders ---- */

static struct holder *holder_of(struct cabinet *cabinet, const char *id)
{
	const struct station *station = cabinet->station;
	for (size_t i = 0; i < cabinet->n_holders; i++) {
		struct holder *holder = &cabinet->holder[i];
		if (holder->key == NULL && holder->instrument != SIZE_MAX &&
		        strcmp(station->instrument[holder->instrument].id, id) == 0)
			return holder;
	}
	return strcmp(station->id, id) == 0 ? &cabinet->holder[cabinet->n_holders - 1]
	                                    : NULL;
}

bool holders_order(struct cabinet *cabinet, const struct order *order, const char *who,
        char answer[CONTROL_MOST], const struct moment *now)
{
	char by[480], until[TIME_TEXT];
	struct holder *holder = holder_of(cabinet, order->id);
	if (holder == NULL) {
		snprintf(answer, CONTROL_MOST,
		        "there is no instrument '%s' at station '%s', whose own id "
		        "means all of them",
		        order->id, cabinet->station->id);
		return false;
	}
	if (!order->on && !holder->maintenance.on) {
		snprintf(answer, CONTROL_MOST,
		        "maintenance of %s is not on (by an order)", order->id);
		return false;
	}
	snprintf(by, sizeof by, "by %s: %s", who, order->reason);
	if (order->on) {
		begin(cabinet, holder, by, now);
		snprintf(answer, CONTROL_MOST, "maintenance of %s until %s", order->id,
		        ends_at(cabinet, holder, now, until));
	} else {
		end(cabinet, holder, by, now);
		snprintf(
		        answer, CONTROL_MOST, "maintenance of %s has ended", order->id);
	}
	return true;
}
