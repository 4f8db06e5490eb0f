/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/drivers/hj212.h"

#include <stdio.h>
#include <string.h>

#include "base/crc.h"
#include "sensors/tables/profile.h"

/* Who gets no thanks sends the same message again, three times at most (HJ 212-2017, 6.2). */
#define REPEATS 3

#define THANKS_MOST 256

struct walk {
	const struct instrument *instrument;
	uint32_t asked; /* requests so far: QN of the last one */
	bool ready;    /* it said that it will answer, so it will say when it is done */
	bool answered; /* the reading has come */
	uint8_t thanks[THANKS_MOST];
	size_t owed;   /* bytes of it */
	uint32_t last; /* check of the last reading that wanted thanks */
	int repeats;   /* of it */
};

static void begin(void *state, const struct instrument *instrument)
{
	struct walk *walk = state;
	walk->instrument = instrument;
	walk->ready = walk->answered = false;
	walk->owed = 0;
}

static bool asked(const struct instrument *instrument)
{
	return instrument->profile->only.hj212.ask;
}

/* A request has a number that looks like a time.  No clock is read here: it counts from 2000 on. */
static void write_qn(uint32_t number, char out[24])
{
	unsigned s = number / 1000;
	snprintf(out, 24, "200001%02u%02u%02u%02u%03u", s / 86400 % 31 + 1,
	        s / 3600 % 24, s / 60 % 60, s % 60, (unsigned)(number % 1000));
}

/* After the reading nothing is asked: only its end is waited for. */
static size_t ask(void *state, uint8_t *out, size_t room)
{
	struct walk *walk = state;
	const struct profile *profile = walk->instrument->profile;
	const struct hj212_dialect dialect = hj212_dialect_of(walk->instrument);
	char qn[24], st[24], cn[24];
	if (walk->answered)
		return 0;
	write_qn(++walk->asked, qn);
	snprintf(st, sizeof st, "%d", (int)profile->only.hj212.st);
	snprintf(cn, sizeof cn, "%d", (int)profile->only.hj212.cn);
	struct hj212_message message = {
		.qn = qn,
		.st = st,
		.cn = cn,
		.pw = profile->only.hj212.password,
		.mn = walk->instrument->address,
		.flag = profile->only.hj212.edition << 2 | HJ212_FLAG_ANSWER,
		.cp = "",
	};
	int n = hj212_put(&dialect, &message, out, room);
	return n > 0 ? (size_t)n : 0;
}

static uint16_t block(const void *state)
{
	return 0;
}

static int frame(const void *state, const uint8_t *in, size_t n)
{
	const struct walk *walk = state;
	const struct hj212_dialect dialect = hj212_dialect_of(walk->instrument);
	return hj212_frame_get(&dialect, in, n, NULL);
}

/* Its fields, and what it is to us. */
static int take_apart(const struct walk *walk, const uint8_t *in, size_t n,
        struct text_fields *fields)
{
	const struct hj212_dialect dialect = hj212_dialect_of(walk->instrument);
	struct hj212_frame frame;
	if (hj212_frame_get(&dialect, in, n, &frame) <= 0 ||
	        hj212_fields(frame.data, frame.n, fields) != OK)
		return HJ212_FOREIGN;
	return hj212_kind_of(walk->instrument, fields);
}

/* The very message again: our thanks did not arrive. */
static bool is_repeat(struct walk *walk, const uint8_t *in, size_t n)
{
	uint32_t check = crc32c(0, in, n);
	if (walk->owed == 0)
		return false;
	bool again = check == walk->last && walk->repeats < REPEATS;
	walk->repeats = again ? walk->repeats + 1 : 0;
	walk->last = check;
	return again;
}

/* The conversation is over. */
static int finish(struct walk *walk)
{
	walk->ready = walk->answered = false;
	return READING_DONE;
}

/* What a message of this kind is after a request. */
static int answer(struct walk *walk, int kind)
{
	walk->ready |= kind == HJ212_READY;
	if (kind == HJ212_REFUSAL || (kind == HJ212_DONE && walk->answered))
		return finish(walk);
	if (kind != HJ212_READING)
		return NOT_USABLE;
	if (!walk->ready || walk->answered)
		return finish(walk);
	walk->answered = true;
	return ASK_AGAIN;
}

static int decode(void *state, const uint8_t *in, size_t n)
{
	struct walk *walk = state;
	const struct hj212_dialect dialect = hj212_dialect_of(walk->instrument);
	struct text_fields fields;
	int kind = take_apart(walk, in, n, &fields);
	bool asks = driver_asks(walk->instrument);
	walk->owed = 0;
	if (kind == HJ212_OTHER || kind == HJ212_READING) {
		int owed = hj212_thanks(
		        &dialect, &fields, walk->thanks, sizeof walk->thanks);
		walk->owed = owed > 0 ? (size_t)owed : 0;
	}
	if (kind == HJ212_READING && !asks)
		return is_repeat(walk, in, n) ? NOT_USABLE : READING_DONE;
	return asks ? answer(walk, kind) : NOT_USABLE;
}

static size_t thanks(void *state, uint8_t *out, size_t room)
{
	struct walk *walk = state;
	size_t n = walk->owed;
	walk->owed = 0;
	if (n > room)
		return 0;
	memcpy(out, walk->thanks, n);
	return n;
}

static int missed(void *state, bool silent)
{
	return finish(state);
}

static int refusal(const void *state, const uint8_t *in, size_t n, struct declined *out)
{
	struct text_fields fields;
	*out = (struct declined){ .kind = 0 };
	if (take_apart(state, in, n, &fields) == HJ212_REFUSAL)
		hj212_declined(&fields, out);
	return out->kind;
}

/* A wrong length is no wrong check. */
static int fault(const void *state, const uint8_t *in, size_t n)
{
	const struct walk *walk = state;
	const struct hj212_dialect dialect = hj212_dialect_of(walk->instrument);
	struct hj212_frame frame;
	hj212_frame_blame(&dialect, in, n, &frame);
	bool check =
	        frame.fault == HJ212_WRONG_CHECK || frame.fault == HJ212_OTHER_CHECK;
	return check ? FAULT_CHECKSUM : FAULT_MALFORMED;
}

static bool blame(const void *state, const uint8_t *in, size_t n, struct sentence *out)
{
	return hj212_blame(((const struct walk *)state)->instrument, in, n, out);
}

static struct traffic traffic(const struct instrument *instrument, size_t i)
{
	return (struct traffic){ .request = THANKS_MOST, .answer = HJ212_FRAME };
}

const struct driver hj212_driver = {
	.name = "hj212",
	.summary = "HJ 212 of 2005, 2017 and 2025, as an instrument or sub-logger "
	           "sends it",
	.state_size = sizeof(struct walk),
	.frame_most = HJ212_FRAME,
	.every_frame = true,
	.section = &hj212_section,
	.check = hj212_check,
	.begin = begin,
	.asked = asked,
	.ask = ask,
	.block = block,
	.frame = frame,
	.decode = decode,
	.thanks = thanks,
	.missed = missed,
	.refusal = refusal,
	.fault = fault,
	.look = hj212_look,
	.fields = hj212_fields_of,
	.number = text_number,
	.holds = text_holds,
	.flag = hj212_flag,
	.mark = text_mark,
	.sampled = hj212_sampled,
	.vendor = hj212_vendor,
	.explain = hj212_explain,
	.explain_rule = text_explain_rule,
	.blame = blame,
	.traffic = traffic,
	.request = hj212_asked_of,
	.say = hj212_say,
};
