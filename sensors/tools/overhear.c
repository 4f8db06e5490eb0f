/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tools/overhear.h"

#include <string.h>

#include "sensors/tables/driver.h"

/* The first that knows a frame has it: those with a check sum before those without. */
static const struct tongue tongues[] = {
	{ "Modbus RTU", overhear_rtu },
	{ "Modbus ASCII", overhear_ascii },
	{ "HJ 212", overhear_hj212 },
	{ "Bayern-Hessen", overhear_bayern },
	{ "instrument", overhear_model },
	{ "text", overhear_text },
};
enum { TONGUES = sizeof tongues / sizeof tongues[0] };

void overhear_init(struct overhear *ear, bool vietnamese)
{
	memset(ear, 0, sizeof *ear);
	ear->vietnamese = vietnamese;
}

static void drop(struct overhear *ear, size_t n)
{
	memmove(ear->bytes, ear->bytes + n, ear->n - n);
	memmove(ear->at_us, ear->at_us + n, (ear->n - n) * sizeof ear->at_us[0]);
	ear->n -= n;
}

static void give_up_taken(struct overhear *ear)
{
	drop(ear, ear->taken);
	ear->taken = 0;
}

void overhear_add(struct overhear *ear, const uint8_t *in, size_t n, int64_t mono_us)
{
	give_up_taken(ear);
	for (size_t i = 0; i < n; i++) {
		if (ear->n == OVERHEAR_ROOM) {
			drop(ear, OVERHEAR_ROOM / 2);
			ear->lost += OVERHEAR_ROOM / 2;
		}
		ear->bytes[ear->n] = in[i];
		ear->at_us[ear->n++] = mono_us;
	}
	if (n > 0)
		ear->last_us = mono_us;
}

/* Of all tongues: a length, else FRAME_SHORT if one would wait. */
static int hear(struct overhear *ear, size_t at, struct overheard *out)
{
	int found = FRAME_NONE;
	for (size_t i = 0; i < TONGUES; i++) {
		*out = (struct overheard){
			.kind = HEARD_SAYS, .tongue = tongues[i].name, .slave = -1
		};
		int length = tongues[i].hear(ear, ear->bytes + at, ear->n - at, out);
		if (length > 0)
			return length;
		if (length == FRAME_SHORT)
			found = FRAME_SHORT;
	}
	/* no frame of any is longer than that: none is waited for */
	return ear->quiet || ear->n - at > FRAME_MOST ? FRAME_NONE : found;
}

static int give(struct overhear *ear, size_t n, struct overheard *out)
{
	out->bytes = ear->bytes;
	out->n = n;
	out->mono_us = ear->at_us[0];
	ear->taken = n;
	return 1;
}

static int give_noise(struct overhear *ear, size_t n, struct overheard *out)
{
	*out = (struct overheard){ .kind = HEARD_NOISE, .slave = -1 };
	return give(ear, n, out);
}

int overhear_next(struct overhear *ear, int64_t now_us, struct overheard *out)
{
	give_up_taken(ear);
	ear->quiet = now_us - ear->last_us >= OVERHEAR_QUIET;
	for (size_t at = 0; at < ear->n; at++) {
		int length = hear(ear, at, out);
		if (length > 0 && at == 0)
			return give(ear, (size_t)length, out);
		if (length > 0 || at == OVERHEAR_NOISE)
			return give_noise(ear, at, out);
		if (length == FRAME_SHORT)
			return at >= OVERHEAR_NOISE ? give_noise(ear, at, out) : 0;
	}
	return ear->quiet && ear->n > 0 ? give_noise(ear, ear->n, out) : 0;
}
