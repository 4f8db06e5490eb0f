/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bottles: when one is taken, and the pulse that takes it.
 *
 *   IDLE -- take --> DURABLE: its number goes to the disk first, so that no crash takes it twice
 *                    -- written, or 5 s --> output on: ACTIVE, or RISING while a coil is written
 *                    -- pulse --> output off: IDLE, or FALLING while a coil is written
 *
 * What surely did not happen is undone; where nobody knows, the bottle counts as used and is told as
 * doubtful.
 *
 * A full disk has room for the number; one that cannot be written at all has none, and
 * then the bottle is taken all the same and its record says so.  Two bottles under one
 * number have their times and can be told apart; the water of an episode that nobody
 * took is gone.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "sensors/cabinet/cabinet_parts.h"

#define FALL_US                                                                        \
	INT64_C(1000000) /* before an output that stays active is put off once more */
#define NOT_ON_DISK                                                                    \
	"its number is not on the disk, and after a crash the next has it too"

static const struct sampler_setting *setting_of(const struct cabinet *cabinet)
{
	return &cabinet->setting->sampler;
}

static void tell(struct cabinet *cabinet, const char *state, const char *text,
        const struct moment *when)
{
	struct state_event event = {
		.subject = "sampler", .state = state, .text = text
	};
	bool bad = strcmp(state, "failed") == 0 || strcmp(state, "doubtful") == 0 ||
	           strcmp(state, "full") == 0;
	log_line(bad ? LOG_WARN : LOG_INFO, "sampler: %s: %s", state, text);
	cabinet_tell(cabinet, when, &event);
}

/* "cod of cod above 75 mg/L for 900 s". */
static void describe(const struct cabinet *cabinet, char *out, size_t room)
{
	const struct sampler_setting *setting = setting_of(cabinet);
	snprintf(out, room, "%s of %s %s %s for %.0f s", setting->channel,
	        setting->instrument, setting->rule.below ? "below" : "above",
	        setting->rule.below ? setting->below : setting->above, setting->for_s);
}

static void output_name(const struct cabinet *cabinet, char *out, size_t room)
{
	const struct sampler_setting *setting = setting_of(cabinet);
	if (setting->gpio[0] != '\0')
		snprintf(out, room, "%s line %lld", setting->gpio,
		        (long long)setting->gpio_line);
	else if (setting->modem_set)
		snprintf(out, room, "%s of port %s", modem_outputs[setting->modem],
		        setting->port_id);
	else
		snprintf(out, room, "coil %lld of slave %lld on port %s",
		        (long long)setting->coil, (long long)setting->slave,
		        setting->port_id);
}

/* ---- the output ---- */

/* OK, FAILED (surely not done), or ASK_AGAIN: a coil is being written, bottles_written tells. */
static int output(struct cabinet *cabinet, bool active, struct problem *why,
        const struct moment *now)
{
	const struct sampler_setting *setting = setting_of(cabinet);
	bool low = setting->active == 1;
	problem_set(why, FAILED, 0, "the output cannot be switched");
	if (setting->gpio[0] != '\0') {
		if (cabinet->output.fd < 0 &&
		        gpio_open_output(&cabinet->output, setting->gpio,
		                (uint32_t)setting->gpio_line, low, why) != OK)
			return FAILED;
		return gpio_set(&cabinet->output, active);
	}
	if (setting->modem_set)
		return modem_set(cabinet->system,
		        cabinet_port(cabinet, setting->port_index),
		        (enum modem_output)setting->modem, active != low);
	struct coil coil = { .slave = (uint8_t)setting->slave,
		.address = (uint16_t)setting->coil,
		.on = active != low };
	problem_set(why, FAILED, 0, "the port cannot take a coil now");
	if (cabinet->hooks.coil == NULL ||
	        cabinet->hooks.coil(
	                cabinet->hooks.lines, setting->port_index, &coil, now) != OK)
		return FAILED;
	return ASK_AGAIN;
}

/* ---- what became of it ---- */

static bool on_disk(const struct cabinet *cabinet)
{
	return atomic_load(&cabinet->note->written) >= cabinet->counted_version;
}

static void taken(struct cabinet *cabinet, const char *state, const char *why,
        const struct moment *now)
{
	char text[480], place[96];
	const struct sampler *sampler = &cabinet->sampler;
	output_name(cabinet, place, sizeof place);
	snprintf(text, sizeof text, "%lld of %lld: %s; %s%s%s",
	        (long long)sampler->kept.used, (long long)sampler->rule->bottles,
	        cabinet->cause, place, why[0] != '\0' ? ": " : "", why);
	tell(cabinet, state, text, now);
	if (strcmp(state, "doubtful") == 0)
		cabinet->sampler.kept.doubt_told = true;
	if (sampler->kept.used >= sampler->rule->bottles)
		tell(cabinet, "full", "that was the last bottle", now);
	cabinet_remember(cabinet);
}

static void not_taken(
        struct cabinet *cabinet, const char *why, const struct moment *now)
{
	char text[480], place[96];
	bool again = sampler_undo(&cabinet->sampler, now);
	output_name(cabinet, place, sizeof place);
	snprintf(text, sizeof text, "no bottle was taken: %s: %s; %s", place, why,
	        again ? "it is tried again" : "given up for this episode");
	tell(cabinet, "failed", text, now);
	cabinet->pulse = PULSE_IDLE;
	cabinet_remember(cabinet);
}

static void active_now(struct cabinet *cabinet, const struct moment *now)
{
	cabinet->pulse = PULSE_ACTIVE;
	cabinet->pulse_us =
	        now->mono_us + (int64_t)(setting_of(cabinet)->pulse_s * 1e6);
}

static void rise(struct cabinet *cabinet, const struct moment *now)
{
	struct problem why = { .text = "" };
	int status = output(cabinet, true, &why, now);
	if (status == ASK_AGAIN) {
		cabinet->pulse = PULSE_RISING;
		return;
	}
	if (status != OK) {
		not_taken(cabinet, why.text, now);
		return;
	}
	taken(cabinet, "bottle", on_disk(cabinet) ? "" : NOT_ON_DISK, now);
	active_now(cabinet, now);
}

static void fallen(struct cabinet *cabinet, int status, const struct moment *now)
{
	if (status == OK) {
		cabinet->pulse = PULSE_IDLE;
		cabinet->never_falls = false;
		cabinet->sampler.kept.doubtful = false;
		cabinet->sampler.kept.doubt_told = false;
		cabinet_remember(cabinet);
		return;
	}
	cabinet->pulse = PULSE_ACTIVE;
	cabinet->pulse_us = now->mono_us + FALL_US;
	if (!cabinet->never_falls) {
		tell(cabinet, "failed",
		        "the output could not be made inactive; it is tried again "
		        "every second",
		        now);
		cabinet->sampler.kept.doubt_told = true;
		cabinet_remember(cabinet);
	}
	cabinet->never_falls = true;
}

static void fall(struct cabinet *cabinet, const struct moment *now)
{
	struct problem why = { .text = "" };
	int status = output(cabinet, false, &why, now);
	if (status == ASK_AGAIN)
		cabinet->pulse = PULSE_FALLING;
	else
		fallen(cabinet, status, now);
}

void bottles_written(
        struct cabinet *cabinet, int status, const char *why, const struct moment *now)
{
	if (cabinet->pulse == PULSE_FALLING) {
		fallen(cabinet, status, now);
		return;
	}
	if (cabinet->pulse != PULSE_RISING)
		return;
	if (status == REFUSED) {
		not_taken(cabinet, why, now);
		return;
	}
	if (status == OK && !on_disk(cabinet))
		why = NOT_ON_DISK;
	taken(cabinet, status == OK ? "bottle" : "doubtful", why, now);
	active_now(cabinet, now);
}

/* ---- readings ---- */

static bool is_ready(const struct cabinet *cabinet)
{
	size_t i = setting_of(cabinet)->ready_index;
	return i == SIZE_MAX || cabinet->wired[i].input.told == LEVEL_ON;
}

static void begin_pulse(struct cabinet *cabinet, const struct sampler_reading *reading)
{
	char rule[160], time[TIME_TEXT];
	describe(cabinet, rule, sizeof rule);
	snprintf(cabinet->cause, sizeof cabinet->cause, "%s, %g at %s", rule,
	        reading->value,
	        time_print(reading->when.time_us - reading->when.time_us % US_PER_S,
	                cabinet->station->utc_offset_min, time));
	cabinet->pulse = PULSE_DURABLE;
	cabinet->pulse_us = reading->when.mono_us + DURABLE_US;
	cabinet_remember(cabinet);
	cabinet->counted_version = cabinet->version;
}

void bottles_reading(struct cabinet *cabinet, size_t instrument,
        const struct sampler_reading *reading)
{
	static const struct {
		const char *state, *text;
	} held[] = {
		[SAMPLER_FULL] = { "full", "an episode, and no bottle is left" },
		[SAMPLER_ENOUGH] = { "enough",
		        "an episode, and the day has had its bottles" },
		[SAMPLER_TOO_SOON] = { "too soon",
		        "an episode, too soon after the last bottle" },
		[SAMPLER_NOT_READY] = { "not ready",
		        "an episode, and the sampler is not ready" },
	};
	const struct sampler_setting *setting = setting_of(cabinet);
	if (!cabinet->setting->has_sampler || !setting->armed ||
	        setting->instrument_index != instrument)
		return;
	bool ready = cabinet->pulse == PULSE_IDLE && is_ready(cabinet);
	enum sampler_answer answer = sampler_note(&cabinet->sampler, reading, ready);
	if (answer == SAMPLER_TAKE)
		begin_pulse(cabinet, reading);
	else if (held[answer].state != NULL) /* not quiet */
		tell(cabinet, held[answer].state, held[answer].text, &reading->when);
}

/* ---- beginning, time, step, orders ---- */

void bottles_open(struct cabinet *cabinet)
{
	cabinet->output = (struct gpio_line){ .system = cabinet->system, .fd = -1 };
	cabinet->sampler.kept = cabinet->memory.sampler;
	sampler_begin(&cabinet->sampler, &setting_of(cabinet)->rule);
}

/* The output is taken, inactive, at the start: a line nobody drives may float. */
void bottles_begin(struct cabinet *cabinet, const struct moment *now)
{
	char text[320], rule[160], place[96];
	struct problem why = { .text = "" };
	struct sampler *sampler = &cabinet->sampler;
	const struct sampler_setting *setting = setting_of(cabinet);
	if (!cabinet->setting->has_sampler)
		return;
	describe(cabinet, rule, sizeof rule);
	output_name(cabinet, place, sizeof place);
	snprintf(text, sizeof text, "%s; %lld of %lld bottles used; %s", rule,
	        (long long)sampler->kept.used, (long long)sampler->rule->bottles,
	        place);
	tell(cabinet, setting->armed ? "armed" : "not armed", text, now);
	if (!setting->armed)
		return;
	if (sampler->kept.doubtful) {
		snprintf(cabinet->cause, sizeof cabinet->cause, "%s", rule);
		if (!sampler->kept.doubt_told)
			taken(cabinet, "doubtful",
			        "the program ended while this bottle was being taken",
			        now);
		cabinet->pulse = PULSE_ACTIVE;
		cabinet->pulse_us = now->mono_us;
	} else if (setting->gpio[0] != '\0' &&
	           output(cabinet, false, &why, now) != OK) {
		snprintf(text, sizeof text, "%s: %s", place, why.text);
		tell(cabinet, "failed", text, now);
	}
}

void bottles_step(struct cabinet *cabinet, const struct moment *now)
{
	bool late = now->mono_us >= cabinet->pulse_us;
	if (cabinet->pulse == PULSE_DURABLE && (late || on_disk(cabinet)))
		rise(cabinet, now);
	else if (cabinet->pulse == PULSE_ACTIVE && late)
		fall(cabinet, now);
}

int64_t bottles_due_us(const struct cabinet *cabinet)
{
	if (cabinet->pulse == PULSE_DURABLE) /* soon after the disk has it */
		return 0;
	return cabinet->pulse == PULSE_ACTIVE ? cabinet->pulse_us : INT64_MAX;
}

bool bottles_end(struct cabinet *cabinet, const struct moment *now)
{
	if (cabinet->pulse == PULSE_DURABLE)
		not_taken(cabinet, "the program ends", now);
	if (cabinet->pulse == PULSE_ACTIVE && !cabinet->never_falls)
		fall(cabinet, now);
	return cabinet->pulse != PULSE_IDLE && !cabinet->never_falls;
}

void bottles_close(struct cabinet *cabinet)
{
	gpio_close(&cabinet->output);
}

bool bottles_order(struct cabinet *cabinet, const struct order *order, const char *who,
        char answer[CONTROL_MOST], const struct moment *now)
{
	char text[480];
	if (!cabinet->setting->has_sampler) {
		snprintf(answer, CONTROL_MOST, "this station has no sampler");
		return false;
	}
	sampler_emptied(&cabinet->sampler);
	snprintf(text, sizeof text, "by %s: %s; %lld bottles", who, order->reason,
	        (long long)cabinet->sampler.rule->bottles);
	tell(cabinet, "emptied", text, now);
	cabinet_remember(cabinet);
	snprintf(answer, CONTROL_MOST, "the sampler has %lld empty bottles",
	        (long long)cabinet->sampler.rule->bottles);
	return true;
}
