/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answering side of an ELAN instrument.  How it would refuse is not known to us: who may not answer is
 * silent. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/elan.h"
#include "sensors/tables/fields_say.h"
#include "sensors/tables/profile.h"

int elan_asked_of(const struct instrument *instrument, const uint8_t *in, size_t n)
{
	struct elan_request request, ours = elan_request_of(instrument);
	int used = elan_request_get(in, n, &request);
	if (used <= 0)
		return used;
	return request.address == ours.address ? used : FRAME_NONE;
}

size_t elan_say(const struct speech *speech, const uint8_t *in, size_t n, uint8_t *out,
        size_t room)
{
	const struct profile *profile = speech->instrument->profile;
	struct elan_request request, ours = elan_request_of(speech->instrument);
	struct elan_answer answer = { .n = 0 };
	char text[ELAN_VALUES][32];
	if (speech->exception != 0 || elan_request_get(in, n, &request) <= 0 ||
	        request.letter != ours.letter || request.number != ours.number)
		return 0;
	answer.status = fields_say_byte(speech, 0, "status");
	answer.phase = fields_say_byte(speech, 0, "phase");
	for (size_t c = 0; c < profile->n_channels && answer.n < ELAN_VALUES; c++) {
		const struct profile_tag *tag = &profile->channel[c].tag;
		struct elan_value *value = &answer.value[answer.n];
		double raw = map_unscaled(tag, speech->value[c]);
		snprintf(text[answer.n], sizeof text[0], "%.7g",
		        isfinite(raw) ? raw : 0);
		value->at = text[answer.n];
		value->n = strlen(value->at);
		if (tag->field[0] == 'c')
			value->code[ELAN_COMPONENT] = (uint8_t)atoi(tag->field + 1);
		answer.n++;
	}
	int length = elan_answer_put(&request, &answer, out, room);
	return length > 0 ? (size_t)length : 0;
}
