/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/series.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/series_parts.h"
#include "base/reading.h"

void series_free(struct series *series)
{
	free(series->time_us);
	free(series->value);
	free(series->raw);
	free(series->state);
	free(series->stored_us);
	*series = (struct series){ 0 };
}

double series_cycle_s(const struct series *series)
{
	return channel_cycle_s(&series->about,
	        series->describe != NULL ? series->describe->poll_every_s : NAN);
}

double channel_cycle_s(const struct channel *about, double poll_every_s)
{
	double due = about->result_every_s;
	if (isnan(due) || due <= 0)
		return poll_every_s > 0 ? poll_every_s : NAN;
	return poll_every_s > due ? poll_every_s : due;
}

void series_recover(struct series *series, double recovery_s)
{
	if (!(recovery_s > 0))
		return;
	const int64_t recovery_us = (int64_t)(recovery_s * 1e6);
	int64_t until_us = INT64_MIN;
	for (size_t i = 0; i < series->n; i++) {
		uint8_t state = series->state[i];
		if (state == STATE_CALIBRATING)
			until_us = series->time_us[i] + recovery_us;
		else if (series->time_us[i] < until_us &&
		         (state == STATE_OK || state == STATE_BELOW_RANGE ||
		                 state == STATE_ABOVE_RANGE))
			series->state[i] = STATE_CALIBRATING;
	}
}

/* An analyser's result is of the time it took its sample, and may come much later: look
 * so much further for readings whose own time lies in the interval. */
int64_t sample_delay_us(const struct describe *describe)
{
	double most_s = 0;
	for (size_t c = 0; c < describe->n_channels; c++) {
		double due_s = describe->channel[c].result_every_s;
		if (due_s > describe->poll_every_s)
			most_s = fmax(most_s, due_s);
	}
	return (int64_t)(fmin(2 * most_s, 6 * 3600) * 1e6);
}
