/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a line says: it is a frame, may become one, or is none for a reason; whatever stands between
 * && and && is taken apart without harm, and every channel gets a state.  The first byte chooses the dialect, and whether the rest comes as
 * it is or inside a sound frame. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "sensors/drivers/hj212.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"
#include "tests/fuzz/fuzz_kit.h"

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

static const char profile_text[] =
        "name: fuzz\nmaker: m\nmodel: m\nsummary: s\nsource: s\ndriver: hj212\n"
        "edition: 2017\nst: 32\n"
        "channels:\n"
        "  - {name: cod, label_vi: C, label_en: C, unit: mg/L, field: w01018-Rtd}\n"
        "  - {name: ph, label_vi: P, label_en: P, unit: pH, low: 0, high: 14, "
        "field: w01001-Rtd}\n"
        "states: [{field: w01018-EFlag, when: [A01], state: fault}]\n"
        "fresh: [{field: w01018-SampleTime, channels: [cod]}]\n"
        "vendor: [{field: w01018-EFlag}, {field: QN}]\n";

static const struct instrument *instrument_of_profile(void)
{
	static const struct channel_setting setting[2] = { { .low = 0, .high = 100 },
		{ .low = 0, .high = 14 } };
	static struct profile *profile;
	static struct instrument instrument;
	struct problem why;
	if (profile == NULL &&
	        profile_parse(&profile, profile_text, sizeof profile_text - 1, "fuzz",
	                stderr, &why) != OK)
		abort();
	instrument = (struct instrument){
		.id = "i", .profile = profile, .address = "", .setting = setting
	};
	return &instrument;
}

/* As whoever reads the exchange later. */
static void read_later(const struct instrument *instrument, const uint8_t *in, size_t n)
{
	static uint8_t exchanges[HJ212_DATA + 1024];
	static struct fresh fresh;
	struct decoded decoded;
	char text[512];
	struct exchange exchange = { .size = (uint16_t)n, .bytes = in };
	int size = exchange_put(&exchange, exchanges, sizeof exchanges);
	assert(size > 0);
	struct exchanges said = { .n = 1, .size = (size_t)size, .bytes = exchanges };
	values_decode(instrument, &said, &fresh, &fresh, &decoded);
	for (size_t i = 0; i < 2; i++) {
		assert(decoded.state[i] < CHANNEL_STATES);
		values_explain(instrument, &said, i, text, sizeof text);
		assert(strlen(text) < sizeof text);
	}
}

/* The driver over the same bytes. */
static void drive(const uint8_t *in, size_t n)
{
	const struct instrument *instrument = instrument_of_profile();
	void *state = calloc(1, hj212_driver.state_size);
	assert(state != NULL);
	hj212_driver.begin(state, instrument);
	int whole = hj212_driver.frame(state, in, n);
	if (whole > 0) {
		uint8_t thanks[512];
		int what = hj212_driver.decode(state, in, (size_t)whole);
		assert(what == READING_DONE || what == NOT_USABLE);
		hj212_driver.thanks(state, thanks, sizeof thanks);
	}
	hj212_driver.fault(state, in, n);
	free(state);
	read_later(instrument, in, n);
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
	if (dialect->check == HJ212_CHECK_OWN && !dialect->no_end)
		drive(in, n);
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
