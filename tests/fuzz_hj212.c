/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a line says: it is a frame, may become one, or is none for a reason; and whatever stands between
 * && and && is taken apart without harm.  The first byte chooses the dialect, and whether the rest comes as
 * it is or inside a sound frame. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "sensors/driver.h"
#include "sensors/hj212_frame.h"
#include "tests/fuzz_kit.h"

#define FRAMED 8

static void say_why(const struct hj212_dialect *dialect, const uint8_t *in, size_t n)
{
	struct hj212_frame frame;
	char why[256];
	hj212_frame_blame(dialect, in, n, &frame);
	hj212_fault_text(&frame, why, sizeof why);
	assert(strlen(why) > 0 && frame.fault < HJ212_FAULTS);
}

/* A sound frame: its fields lie in it, and what answers it is a sound frame too. */
static void take(const struct hj212_dialect *dialect, const struct hj212_frame *frame)
{
	struct text_fields fields;
	uint8_t thanks[512];
	assert(hj212_fields(frame->data, frame->n, &fields) == OK);
	for (size_t i = 0; i < fields.n; i++) {
		const struct text_field *field = &fields.field[i];
		assert(field->at >= (const char *)frame->data);
		assert(field->at + field->n <= (const char *)frame->data + frame->n);
		assert(memchr(field->name, '\0', sizeof field->name) != NULL);
	}
	int n = hj212_thanks(dialect, &fields, thanks, sizeof thanks);
	assert(n <= 0 || hj212_frame_get(dialect, thanks, (size_t)n, NULL) == n);
}

static void look(const struct hj212_dialect *dialect, const uint8_t *in, size_t n)
{
	struct hj212_frame frame;
	int status = hj212_frame_get(dialect, in, n, &frame);
	assert(status <= (int)n);
	assert((status > 0) == (frame.fault == HJ212_SOUND));
	if (status > 0)
		take(dialect, &frame);
	for (size_t cut = 1; status > 0 && cut < (size_t)status; cut += 1 + cut / 4)
		assert(hj212_frame_get(dialect, in, cut, NULL) != FRAME_NONE);
	say_why(dialect, in, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static uint8_t framed[HJ212_FRAME + 1];
	if (n == 0 || n > HJ212_DATA)
		return 0;
	struct hj212_dialect dialect = { .check = in[0] % HJ212_CHECKS,
		.no_end = in[0] & HJ212_CHECKS };
	bool wrap = in[0] & FRAMED;
	in++;
	n--;
	if (!wrap) {
		if (n > 0)
			look(&dialect, in, n);
		return 0;
	}
	snprintf((char *)framed, sizeof framed, "##%04zu", n);
	memcpy(framed + 6, in, n);
	snprintf((char *)framed + 6 + n, sizeof framed - 6 - n, "%04X\r\n",
	        hj212_check_of(dialect.check, in, n));
	look(&dialect, framed, n + HJ212_OVERHEAD);
	return 0;
}
