/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/cabinet/cabinet.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sensors/cabinet/cabinet_parts.h"
#include "sensors/poller/poller.h"

#define MOST_MS    60000
#define DURABLE_MS 20 /* between looks whether it is on the disk */

void cabinet_tell(struct cabinet *cabinet, const struct moment *when,
        const struct state_event *event)
{
	cabinet->hooks.state(cabinet->hooks.context, when, event);
}

static void show(struct cabinet *cabinet)
{
	struct cabinet_shown *shown = &cabinet->shown;
	const struct sampler_setting *setting = &cabinet->setting->sampler;
	shown->has_sampler = cabinet->setting->has_sampler;
	shown->armed = setting->armed;
	shown->bottles = setting->rule.bottles;
	shown->most_a_day = setting->rule.most_a_day;
	shown->sampler = cabinet->sampler.kept;
	maintainers_show(cabinet, shown);
	maintenance_days_show(cabinet, shown);
	cabinet_note_show(cabinet->note, shown);
}

void cabinet_remember(struct cabinet *cabinet)
{
	struct cabinet_memory *memory = &cabinet->memory;
	memory->wtmp_inode = cabinet->wtmp.inode;
	memory->wtmp_at = cabinet->wtmp.at;
	memory->sampler = cabinet->sampler.kept;
	memory->command = cabinet->commanding.told;
	maintainers_remember(cabinet, memory);
	maintenance_days_remember(cabinet, memory);
	show(cabinet);
	cabinet->version = cabinet_note_put(cabinet->note, memory);
}

/* ---- serial ports of our own ---- */

static bool has_instruments(const struct station *station, size_t port)
{
	for (size_t i = 0; i < station->n_instruments; i++)
		if (station->instrument[i].port_index == port)
			return true;
	return false;
}

static bool is_wanted(const struct cabinet *cabinet, size_t port)
{
	const struct cabinet_setting *setting = cabinet->setting;
	for (size_t i = 0; i < setting->n_inputs; i++)
		if (setting->input[i].port_index == port)
			return true;
	return setting->has_sampler && setting->sampler.modem_set &&
	       setting->sampler.port_index == port;
}

static int ports_new(struct cabinet *cabinet)
{
	const struct station *station = cabinet->station;
	cabinet->own = calloc(station->n_ports + 1, sizeof *cabinet->own);
	if (cabinet->own == NULL)
		return FAILED;
	cabinet->n_ports = cabinet->rehearsed ? 0 : station->n_ports;
	for (size_t i = 0; i < station->n_ports; i++) {
		if (!is_wanted(cabinet, i) || has_instruments(station, i))
			continue;
		cabinet->own[i].port = port_new(&station->port[i].setting);
		if (cabinet->own[i].port == NULL)
			return FAILED;
	}
	return OK;
}

static void ports_step(struct cabinet *cabinet, const struct moment *now)
{
	for (size_t i = 0; i < cabinet->n_ports; i++) {
		struct own_port *own = &cabinet->own[i];
		struct problem why = { .text = "" };
		if (own->port == NULL || now->mono_us < own->next_us)
			continue;
		own->next_us = now->mono_us + REOPEN_US;
		int lines = modem_level(cabinet->system,
		        own->open ? own->port->descriptor(own->port) : -1, MODEM_CTS);
		if (own->open && lines < 0) /* pulled out */
			own->port->close(own->port);
		if (!own->open || lines < 0)
			own->open = own->port->open(own->port, &why) == OK;
		if (!own->open && strcmp(why.text, own->reason) != 0)
			log_line(LOG_WARN, "%s", why.text);
		snprintf(own->reason, sizeof own->reason, "%s", why.text);
	}
}

int cabinet_port(struct cabinet *cabinet, size_t port)
{
	const struct own_port *own = &cabinet->own[port];
	if (own->port != NULL)
		return own->open ? own->port->descriptor(own->port) : -1;
	if (cabinet->hooks.port == NULL)
		return -1;
	return cabinet->hooks.port(cabinet->hooks.lines, port);
}

/* ---- beginning and ending ---- */

static int open_nothing(const char *path, int flags)
{
	errno = ENODEV;
	return -1;
}
static const struct contact_system contact_nowhere = { .open = open_nothing };

static void open_control(struct cabinet *cabinet)
{
	struct problem why = { .text = "" };
	if (control_open(&cabinet->control, cabinet->folder, &why) != OK)
		log_line(LOG_WARN, "no orders can be taken (quantrac station ...): %s",
		        why.text);
}

size_t cabinet_most(const struct station *station)
{
	return station->cabinet.n_inputs + station->n_instruments + 1;
}

/* What the run before remembered, with room of its own for what this one does. */
static int memory_new(struct cabinet *cabinet, const struct cabinet_memory *before)
{
	struct cabinet_memory own;
	size_t most = cabinet_most(cabinet->station);
	if (cabinet_shown_init(&cabinet->shown, most) != OK ||
	        cabinet_memory_init(&own, most, cabinet->station->n_instruments) != OK)
		return FAILED;
	cabinet->before = before;
	cabinet->memory = *before;
	cabinet->memory.maintenance = own.maintenance;
	cabinet->memory.day = own.day;
	return OK;
}

struct cabinet *cabinet_new(
        const struct cabinet_options *options, const struct moment *now)
{
	struct cabinet *cabinet = calloc(1, sizeof *cabinet);
	if (cabinet == NULL)
		return NULL;
	cabinet->station = options->station;
	cabinet->setting = &options->station->cabinet;
	cabinet->hooks = options->hooks;
	cabinet->system = options->system != NULL ? options->system : &contact_real;
	if (options->rehearsed)
		cabinet->system = &contact_nowhere;
	control_init(&cabinet->control, options->note);
	cabinet->note = options->note;
	cabinet->wtmp.path = options->wtmp != NULL ? options->wtmp : WTMP_PLACE;
	cabinet->watchdog = options->watchdog;
	cabinet->rehearsed = options->rehearsed;
	snprintf(cabinet->folder, sizeof cabinet->folder, "%s", options->folder);
	bool made = memory_new(cabinet, options->memory) == OK;
	events_open(cabinet);
	bottles_open(cabinet);
	if (!cabinet->rehearsed)
		open_control(cabinet);
	if (made && wired_new(cabinet) == OK && ports_new(cabinet) == OK &&
	        maintainers_new(cabinet, now) == OK &&
	        maintenance_days_new(cabinet, now) == OK)
		return cabinet;
	cabinet_free(cabinet);
	return NULL;
}

void cabinet_free(struct cabinet *cabinet)
{
	if (cabinet == NULL)
		return;
	bottles_close(cabinet);
	events_close(cabinet);
	wired_free(cabinet);
	control_close(&cabinet->control, cabinet->folder);
	for (size_t i = 0; cabinet->own != NULL && i < cabinet->n_ports; i++)
		if (cabinet->own[i].port != NULL)
			cabinet->own[i].port->free(cabinet->own[i].port);
	free(cabinet->own);
	maintainers_free(cabinet);
	free(cabinet->day);
	cabinet_memory_free(&cabinet->memory);
	cabinet_shown_free(&cabinet->shown);
	free(cabinet);
}

bool cabinet_end(struct cabinet *cabinet, const struct moment *now)
{
	bool more = bottles_end(cabinet, now);
	more |= commands_end(cabinet, now);
	cabinet->memory.ended_well = true;
	cabinet_remember(cabinet);
	return more;
}

/* ---- time ---- */

size_t cabinet_descriptors_most(const struct station *station)
{
	return station->cabinet.n_inputs + 1 + CONTROL_DESCRIPTORS;
}

size_t cabinet_descriptors(
        struct cabinet *cabinet, struct pollfd *out, size_t at, size_t room)
{
	size_t n = at;
	cabinet->uevents_slot = SIZE_MAX;
	assert(room - at >= cabinet_descriptors_most(cabinet->station));
	if (cabinet->uevents >= 0) {
		cabinet->uevents_slot = n;
		out[n++] = (struct pollfd){ .fd = cabinet->uevents, .events = POLLIN };
	}
	for (size_t i = 0; i < cabinet->n_inputs; i++) {
		struct wired *wired = &cabinet->wired[i];
		wired->slot = SIZE_MAX;
		if (wired->gpio.fd < 0 || !wired->gpio.edges)
			continue;
		wired->slot = n;
		out[n++] = (struct pollfd){ .fd = wired->gpio.fd, .events = POLLIN };
	}
	n += control_descriptors(&cabinet->control, out + n, n);
	return n - at;
}

static int64_t ports_due_us(const struct cabinet *cabinet)
{
	int64_t due_us = INT64_MAX;
	for (size_t i = 0; i < cabinet->n_ports; i++)
		if (cabinet->own[i].port != NULL && cabinet->own[i].next_us < due_us)
			due_us = cabinet->own[i].next_us;
	return due_us;
}

int cabinet_wait_ms(const struct cabinet *cabinet, const struct moment *now)
{
	int64_t next_us = now->mono_us + INT64_C(1000) * MOST_MS;
	const int64_t due_us[] = { inputs_due_us(cabinet), maintainers_due_us(cabinet),
		maintenance_days_due_us(cabinet), events_due_us(cabinet),
		ports_due_us(cabinet), control_due_us(&cabinet->control),
		bottles_due_us(cabinet) };
	if (!cabinet->started)
		return 0;
	for (size_t i = 0; i < sizeof due_us / sizeof due_us[0]; i++)
		if (due_us[i] < next_us)
			next_us = due_us[i];
	if (cabinet->pulse == PULSE_DURABLE ||
	        cabinet->commanding.state == COMMANDING_DURABLE ||
	        control_waits_for_disk(&cabinet->control))
		return DURABLE_MS;
	return next_us <= now->mono_us ? 0
	                               : (int)((next_us - now->mono_us + 999) / 1000);
}

struct asked {
	struct cabinet *cabinet;
	const struct moment *now;
};

/* A line was searched by hand: it stands in the record, who did it, and where. */
static bool note_probe(const struct asked *asked, const struct order *order,
        const char *who, char answer[CONTROL_MOST])
{
	char text[480];
	snprintf(text, sizeof text, "by %s: %s", who, order->reason);
	struct state_event event = {
		.subject = "probe", .state = "begun", .text = text
	};
	cabinet_tell(asked->cabinet, asked->now, &event);
	snprintf(answer, CONTROL_MOST, "the probe is recorded");
	return true;
}

static enum control_outcome carry_out(void *context, const struct order *order,
        const char *who, char answer[CONTROL_MOST])
{
	struct asked *asked = context;
	bool done;
	if (order->kind == ORDER_COMMAND)
		return commands_order(asked->cabinet, order, who, answer, asked->now);
	if (order->kind == ORDER_PROBED)
		done = note_probe(asked, order, who, answer);
	else if (order->kind == ORDER_EMPTIED)
		done = bottles_order(asked->cabinet, order, who, answer, asked->now);
	else
		done = maintainers_order(
		        asked->cabinet, order, who, answer, asked->now);
	return done ? CONTROL_OK : CONTROL_NOT;
}

static void begin(struct cabinet *cabinet, const struct moment *now)
{
	cabinet->started = true;
	events_begin(cabinet, now);
	maintainers_begin(cabinet, now);
	bottles_begin(cabinet, now);
	commands_begin(cabinet, now);
	cabinet->memory.known = true;
	cabinet->memory.boot = now->boot;
	cabinet->memory.ended_well = false;
	cabinet_remember(cabinet);
}

void cabinet_step(
        struct cabinet *cabinet, const struct pollfd *fds, const struct moment *now)
{
	struct asked asked = { .cabinet = cabinet, .now = now };
	const struct control_hooks hooks = { .context = &asked,
		.carry_out = carry_out };
	if (!cabinet->started)
		begin(cabinet, now);
	maintenance_days_step(cabinet, now);
	ports_step(cabinet, now);
	events_step(cabinet, fds, now);
	inputs_step(cabinet, fds, now);
	maintainers_step(cabinet, now);
	bottles_step(cabinet, now);
	commands_step(cabinet, now);
	control_step(&cabinet->control, fds, &hooks, now);
}

const uint8_t *cabinet_reading(struct cabinet *cabinet, size_t instrument,
        const struct moment *when, const struct reading_parts *parts)
{
	const uint8_t *state = parts->state;
	size_t channel = cabinet->setting->sampler.channel_index;
	inputs_reading(cabinet, instrument, when, parts);
	if (maintainers_hold(cabinet, instrument)) {
		maintenance_mark(parts->state, parts->n_channels, cabinet->marked);
		state = cabinet->marked;
	}
	if (cabinet->setting->has_sampler && channel < parts->n_channels &&
	        cabinet->setting->sampler.instrument_index == instrument) {
		struct sampler_reading reading = { .state = state[channel],
			.value = parts->value[channel],
			.when = *when };
		bottles_reading(cabinet, instrument, &reading);
	}
	return state;
}

void cabinet_written(struct cabinet *cabinet, const struct poller_written *what,
        const struct moment *now)
{
	if (what->command)
		commands_written(cabinet, what, now);
	else
		bottles_written(cabinet, what->status, what->why, now);
}
