/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tables of an hj212 profile cannot say; and the sample times, which every factor has. */
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/hj212.h"
#include "sensors/tables/profile_parts.h"

/* One row of sample times for each channel, with the names of their fields. */
struct times {
	struct profile_time row[READING_CHANNELS];
	char name[READING_CHANNELS][FIELD_NAME];
};

/* <code>-SampleTime, or where it is not sent DataTime (hj212_sampled). */
static void add_times(struct profile *profile)
{
	struct times *times = calloc(1, sizeof *times);
	if (times == NULL)
		return;
	for (size_t i = 0; i < profile->n_channels; i++) {
		struct profile_time *row = &times->row[i];
		hj212_beside(
		        profile->channel[i].tag.field, "SampleTime", times->name[i]);
		row->field = times->name[i];
		row->text_form = HJ212_TIME;
		row->covers[i / 8] |= (uint8_t)(1 << i % 8);
	}
	profile->own = times;
	profile->time = times->row;
	profile->n_times = profile->n_channels;
}

void hj212_check(struct profile_checker *check)
{
	struct profile *profile = check->profile;
	text_check(check);
	checker_at(check, "st");
	if (profile->only.hj212.ask && profile->only.hj212.st == 0)
		WRONG(check, "32 waste water, 31 stack, 22 air, 21 surface water",
		        "a request needs `st`");
	for (size_t i = 0; i < profile->n_channels; i++) {
		const char *field = profile->channel[i].tag.field;
		checker_at(check, "channels[%zu].field", i);
		if (strchr(field, '-') == NULL)
			WRONG(check, "for example w01018-Rtd or 011-Rtd",
			        "'%s' is no factor with what is sent of it", field);
	}
	if (profile->n_times == 0)
		add_times(profile);
}
