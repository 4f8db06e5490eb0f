/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/made.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/legal_time.h"
#include "base/reading.h"

static const struct channel cod = {
	.name = "cod",
	.label_vi = "COD",
	.label_en = "COD",
	.unit = "mg/L",
	.standard_name = "",
	.expressed_as = "",
	.basis = "",
	.gas_state = "",
	.method = "UV-Vis",
	.kind = "measurement",
	.reference_temperature_C = NAN,
	.reference_pressure_kPa = NAN,
	.low = 0,
	.high = 225,
	.resolution = 0.1,
	.accuracy_reading_percent = 5,
	.accuracy_span_percent = NAN,
	.accuracy_absolute = NAN,
	.decimals = 1,
};

struct series made_series(size_t n, double step_s, int64_t start_us)
{
	struct series series = { .about = cod, .utc_offset_min = 420, .n = n };
	snprintf(series.station, sizeof series.station, "bt-outlet");
	snprintf(series.instrument, sizeof series.instrument, "cod");
	snprintf(series.channel, sizeof series.channel, "cod");
	series.about.result_every_s = step_s;
	size_t room = n > 0 ? n : 1;
	series.time_us = calloc(room, sizeof *series.time_us);
	series.value = calloc(room, sizeof *series.value);
	series.raw = calloc(room, sizeof *series.raw);
	series.state = calloc(room, sizeof *series.state);
	series.stored_us = calloc(room, sizeof *series.stored_us);
	for (size_t i = 0; i < n; i++) {
		series.time_us[i] = start_us + (int64_t)(step_s * 1e6) * (int64_t)i;
		series.stored_us[i] = series.time_us[i] + US_PER_S;
		series.state[i] = STATE_OK;
	}
	return series;
}

void made_values(struct series *series, size_t from, size_t to, double value)
{
	for (size_t i = from; i < to; i++)
		series->value[i] = series->raw[i] = value;
}

void made_states(struct series *series, size_t from, size_t to, uint8_t state)
{
	bool number = state == STATE_OK || state == STATE_BELOW_RANGE ||
	              state == STATE_ABOVE_RANGE || state == STATE_CALIBRATING ||
	              state == STATE_MAINTENANCE || state == STATE_FAULT;
	for (size_t i = from; i < to; i++) {
		series->state[i] = state;
		if (!number)
			series->value[i] = series->raw[i] = NAN;
	}
}
