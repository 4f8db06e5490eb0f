/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a station's configuration says of its cabinet: contacts, what is watched, and the sampler.
 *
 *     inputs:
 *       - {id: key, kind: maintenance, gpio: /dev/gpiochip0, gpio_line: 17, active: low, pull: up}
 *       - {id: door, kind: door, port: bus, modem: dsr}
 *       - {id: mains, kind: mains, instrument: di, channel: di1}
 *     cabinet: {usb: yes, boot: yes, login: yes}
 *     sampler: {armed: yes, instrument: cod, channel: cod, above: 75 mg/L, for: 15min, bottles: 24,
 *               gpio: /dev/gpiochip0, gpio_line: 22}
 */
#ifndef SENSORS_CABINET_SETTING_H
#define SENSORS_CABINET_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "sensors/station/sampler.h"

struct station;

enum gpio_pull { PULL_AS_IS, PULL_UP, PULL_DOWN, PULL_NONE };
extern const char *const gpio_pulls[];    /* "as-is", "up", "down", "none" */
extern const char *const active_levels[]; /* "high", "low" */
enum modem_line { MODEM_CTS, MODEM_DSR, MODEM_DCD, MODEM_RI };
extern const char *const modem_lines[]; /* "cts", "dsr", "dcd", "ri" */
enum modem_output { MODEM_RTS, MODEM_DTR };
extern const char *const modem_outputs[]; /* "rts", "dtr" */

struct input_setting {
	const char *id, *name;
	int kind;   /* enum input_kind */
	int active; /* index into active_levels */
	double settle_s, ends_after_s;
	size_t n_instruments; /* of maintenance; 0: all */
	const char **instrument_id;
	/* one of three places */
	const char *gpio;
	int64_t gpio_line;
	bool gpio_line_set;
	int pull;
	const char *port_id;
	int modem;
	bool modem_set;
	const char *instrument, *channel;
	/* resolved; SIZE_MAX: not that place */
	size_t port_index, instrument_index, channel_index;
};

struct sampler_setting {
	bool armed;
	const char *instrument, *channel, *above, *below, *ready;
	double for_s, spacing_s, pulse_s;
	int64_t readings, bottles, most_a_day;
	/* one of three outputs */
	int active;
	const char *gpio;
	int64_t gpio_line;
	bool gpio_line_set;
	const char *port_id;
	int modem;
	bool modem_set;
	int64_t slave, coil;
	bool slave_set, coil_set;
	/* resolved */
	struct sampler_rule rule;
	size_t instrument_index, channel_index, port_index;
	size_t ready_index; /* of the inputs; SIZE_MAX: none */
};

struct cabinet_setting {
	bool usb, boot, login;
	size_t n_inputs;
	struct input_setting *input;
	bool has_sampler;
	struct sampler_setting sampler;
};

extern const struct section input_section, events_section, sampler_section;

/* Names that must exist, places that must be told apart: the cabinet's part of station_check.  `sound`: the
 * tables had nothing to say. */
void station_check_cabinet(struct station *station, bool sound);

/* "75 mg/L" or "5.5..9 pH" in `unit`: the ends of what is permitted, NAN where there is none.  OK,
 * MALFORMED, or REFUSED (a unit of something else). */
int limit_parse(const char *text, const char *unit, double *low, double *high);

#endif
