/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/drivers/modbus_hear.h"

#include "sensors/tables/profile.h"

/* How long after its request an answer may come: as long as we would wait ourselves. */
static int64_t answer_us(const struct profile *profile)
{
	double longest_s = profile->timeout_s;
	for (size_t i = 0; i < profile->n_blocks; i++)
		if (profile->block[i].timeout_s > longest_s)
			longest_s = profile->block[i].timeout_s;
	return (int64_t)(longest_s * 1e6);
}

void modbus_ear_begin(struct modbus_ear *ear, const struct instrument *instrument)
{
	ear->instrument = instrument;
	modbus_tap_init(&ear->tap, instrument->framing, answer_us(instrument->profile));
	ear->tap.own = instrument->slave;
	ear->told = ear->tap.counts;
	modbus_listen_begin(&ear->listen, ear->instrument);
}

void modbus_ear_hear(
        struct modbus_ear *ear, const uint8_t *in, size_t n, const struct moment *when)
{
	if (n > 0)
		modbus_tap_add(&ear->tap, in, n, when);
	else
		modbus_tap_idle(&ear->tap, when->mono_us);
}

static void say_heard(const struct modbus_pair *pair, const struct modbus_heard *heard,
        struct heard *out)
{
	*out = (struct heard){
		.bytes = pair->bytes,
		.n = pair->size,
		.state = heard->state,
		.first = pair->first,
	};
	modbus_declined(heard->answer.exception, &out->declined);
}

int modbus_ear_heard(struct modbus_ear *ear, bool wanted, struct heard *out)
{
	struct modbus_pair pair;
	struct modbus_heard heard;
	while (modbus_tap_next(&ear->tap, &pair)) {
		if (modbus_heard_get(ear->tap.framing, pair.bytes, pair.size, &heard) !=
		                OK ||
		        !modbus_listen_touches(ear->instrument, &heard.request))
			continue;
		say_heard(&pair, &heard, out);
		if (!wanted)
			return ASK_AGAIN;
		out->keep = modbus_listen_take(&ear->listen, &heard, NULL, &out->block);
		if (!out->keep || !modbus_listen_done(&ear->listen))
			return ASK_AGAIN;
		modbus_listen_begin(&ear->listen, ear->instrument);
		return READING_DONE;
	}
	return NOT_USABLE;
}

static uint64_t frames_of(const struct modbus_tap_counts *counts)
{
	return counts->requests + counts->answers + counts->orphans +
	       counts->ambiguous + counts->broadcasts + counts->others;
}

void modbus_ear_unpaired(struct modbus_ear *ear, struct unpaired *out)
{
	const struct modbus_tap_counts *is = &ear->tap.counts, *was = &ear->told;
	*out = (struct unpaired){
		.noise = is->noise - was->noise,
		.frames = frames_of(is) - frames_of(was),
		.requests = is->requests - was->requests,
		.answers = is->own_dropped - was->own_dropped,
	};
	ear->told = ear->tap.counts;
}

int modbus_ear_missed(struct modbus_ear *ear)
{
	modbus_listen_begin(&ear->listen, ear->instrument);
	return READING_DONE;
}
