/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Contacts: where they are wired, and what is told of them.
 *
 *   settled   on off on off on off on off on off on off on off ...
 *   recorded  on off on off on off on off               | on, 15 changes  | ...
 *             the first ones by one         a minute on: the last, and how many
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sensors/cabinet/cabinet_parts.h"

#define CHANGES_AT_ONCE 8 /* a door opened and closed by people stays below it */

int wired_new(struct cabinet *cabinet)
{
	const struct cabinet_setting *setting = cabinet->setting;
	cabinet->n_inputs = setting->n_inputs;
	cabinet->wired = calloc(setting->n_inputs + 1, sizeof *cabinet->wired);
	if (cabinet->wired == NULL)
		return FAILED;
	for (size_t i = 0; i < cabinet->n_inputs; i++) {
		struct wired *wired = &cabinet->wired[i];
		wired->setting = &setting->input[i];
		wired->input.settle_us = (int64_t)(wired->setting->settle_s * 1e6);
		wired->gpio = (struct gpio_line){ .system = cabinet->system, .fd = -1 };
		wired->slot = SIZE_MAX;
	}
	return OK;
}

void wired_free(struct cabinet *cabinet)
{
	for (size_t i = 0; cabinet->wired != NULL && i < cabinet->n_inputs; i++)
		gpio_close(&cabinet->wired[i].gpio);
	free(cabinet->wired);
}

static void see(
        struct wired *wired, int raw, const char *why, const struct moment *when)
{
	bool active_low = wired->setting->active == 1;
	enum input_level level = LEVEL_UNKNOWN;
	if (raw >= 0)
		level = (raw != 0) != active_low ? LEVEL_ON : LEVEL_OFF;
	else
		snprintf(wired->reason, sizeof wired->reason, "%s", why);
	input_see(&wired->input, level, when);
}

/* ---- the three places ---- */

/* Edges since the last look, then the level: the kernel keeps only so many edges. */
static void look_gpio(struct wired *wired, const struct moment *now)
{
	struct gpio_edge edge;
	struct problem why = { .text = "" };
	wired->look_us = now->mono_us + REOPEN_US;
	if (wired->gpio.fd < 0 &&
	        gpio_open_input(&wired->gpio, wired->setting, &why) != OK) {
		see(wired, -1, why.text, now);
		return;
	}
	int status = wired->gpio.edges ? 1 : 0;
	for (int i = 0; status == 1 && i < 64; i++) {
		status = gpio_edge(&wired->gpio, now, &edge);
		if (status == 1)
			see(wired, edge.level, "", &edge.when);
	}
	int level = status < 0 ? FAILED : gpio_level(&wired->gpio);
	see(wired, level, "the GPIO chip has gone", now);
	if (level < 0)
		gpio_close(&wired->gpio);
	else
		wired->look_us = wired->gpio.edges ? INT64_MAX : now->mono_us + LOOK_US;
}

static void look_modem(
        struct cabinet *cabinet, struct wired *wired, const struct moment *now)
{
	int fd = cabinet_port(cabinet, wired->setting->port_index);
	int level = modem_level(
	        cabinet->system, fd, (enum modem_line)wired->setting->modem);
	see(wired, level,
	        fd < 0 ? "its port is not open" : "its port has no modem lines", now);
	wired->look_us = now->mono_us + LOOK_US;
}

/* A number is a level, nothing else is. */
void inputs_reading(struct cabinet *cabinet, size_t instrument,
        const struct moment *when, const struct reading_parts *parts)
{
	for (size_t i = 0; i < cabinet->n_inputs; i++) {
		struct wired *wired = &cabinet->wired[i];
		size_t c = wired->setting->channel_index;
		if (wired->setting->instrument_index != instrument ||
		        c >= parts->n_channels)
			continue;
		uint8_t state = parts->state[c];
		double value = parts->value[c];
		bool known = channel_state_measured(state);
		if (state == STATE_UNCHANGED) /* as it was */
			continue;
		see(wired, known ? value < 0 || value > 0 : -1,
		        channel_state_text(state), when);
	}
}

/* ---- what is told ---- */

static void where(const struct wired *wired, char *out, size_t room)
{
	const struct input_setting *setting = wired->setting;
	if (setting->gpio[0] != '\0')
		snprintf(out, room, "%s line %lld", setting->gpio,
		        (long long)setting->gpio_line);
	else if (setting->port_id[0] != '\0')
		snprintf(out, room, "%s of port %s", modem_lines[setting->modem],
		        setting->port_id);
	else
		snprintf(out, room, "%s of %s", setting->channel, setting->instrument);
}

static void tell(struct cabinet *cabinet, const struct wired *wired)
{
	char subject[64], place[96], text[400], count[64] = "";
	const struct input *input = &wired->input;
	const struct input_setting *setting = wired->setting;
	struct state_event event = { .subject = subject,
		.state = input_word((enum input_kind)setting->kind, input->told),
		.text = text };
	where(wired, place, sizeof place);
	snprintf(subject, sizeof subject, "input %s", setting->id);
	if (wired->unrecorded > 1)
		snprintf(count, sizeof count, "; changed %u times since it was told",
		        wired->unrecorded);
	snprintf(text, sizeof text, "%s%s%s: %s%s%s%s", input_kinds[setting->kind],
	        setting->name[0] != '\0' ? " " : "", setting->name, place,
	        input->told == LEVEL_UNKNOWN ? ": " : "",
	        input->told != LEVEL_UNKNOWN ? ""
	        : input->restless            ? "it does not come to rest"
	                                     : wired->reason,
	        count);
	log_line(input->told == LEVEL_UNKNOWN ? LOG_WARN : LOG_INFO, "%s %s (%s)",
	        subject, event.state, text);
	cabinet_tell(cabinet, &wired->changed, &event);
}

static void record_change(
        struct cabinet *cabinet, struct wired *wired, const struct moment *now)
{
	if (wired->unrecorded == 0 ||
	        !purse_spend(&wired->purse, CHANGES_AT_ONCE, now->mono_us))
		return;
	tell(cabinet, wired);
	wired->unrecorded = 0;
	wired->recorded = wired->input.told;
	if (wired->setting->kind == INPUT_MAINTENANCE)
		maintainers_key(cabinet, wired, now);
}

static bool is_ready(const struct wired *wired, const struct pollfd *fds)
{
	return fds != NULL && wired->slot != SIZE_MAX && fds[wired->slot].revents != 0;
}

void inputs_step(
        struct cabinet *cabinet, const struct pollfd *fds, const struct moment *now)
{
	for (size_t i = 0; i < cabinet->n_inputs; i++) {
		struct wired *wired = &cabinet->wired[i];
		const struct input_setting *setting = wired->setting;
		bool due = now->mono_us >= wired->look_us;
		if (setting->gpio[0] != '\0' && (due || is_ready(wired, fds)))
			look_gpio(wired, now);
		else if (setting->port_id[0] != '\0' && due)
			look_modem(cabinet, wired, now);
		while (input_settle(&wired->input, now)) {
			wired->changed = wired->input.first;
			wired->unrecorded++;
			record_change(cabinet, wired, now);
		}
		record_change(cabinet, wired, now);
	}
}

int64_t inputs_due_us(const struct cabinet *cabinet)
{
	int64_t due_us = INT64_MAX;
	for (size_t i = 0; i < cabinet->n_inputs; i++) {
		const struct wired *wired = &cabinet->wired[i];
		int64_t settle_us = input_due_us(&wired->input);
		int64_t record_us = wired->unrecorded > 0 ? purse_due_us(&wired->purse,
		                                                    CHANGES_AT_ONCE)
		                                          : INT64_MAX;
		if (settle_us < due_us)
			due_us = settle_us;
		if (record_us < due_us)
			due_us = record_us;
		if (wired->setting->instrument[0] == '\0' && wired->look_us < due_us)
			due_us = wired->look_us;
	}
	return due_us;
}
