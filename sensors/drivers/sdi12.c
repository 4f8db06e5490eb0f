/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walks the measurements of a profile.  Where a profile leaves it to the instrument whether data come with a
 * check, it is asked once who it is (aI!), and again after it was silent: it may be another one.
 */
#include "sensors/drivers/sdi12.h"

#include "sensors/tables/profile.h"

const char *const sdi12_checkings[] = { "ask", "yes", "no", NULL };

#define VERSION_WITH_CHECK 13

struct walk {
	const struct instrument *instrument;
	struct sdi12_talk talk;
	uint16_t block;
	bool talking;  /* block's measurement has begun */
	bool who;      /* asked who it is */
	bool who_done; /* in this poll */
	bool later;    /* the line was given free */
	bool answered; /* something of this poll */
	int version;   /* 0: not known */
};

static const struct profile_block *block_of(const struct walk *walk)
{
	return &walk->instrument->profile->block[walk->block];
}

static void begin(void *state, const struct instrument *instrument)
{
	*(struct walk *)state = (struct walk){ .instrument = instrument };
}

const char *sdi12_address(const char *address)
{
	bool one = sdi12_is_address(address[0]) && address[1] == '\0';
	return one ? NULL : "one of 0-9, A-Z, a-z, in quotes: \"0\"";
}

static size_t ask_who(struct walk *walk, uint8_t *out)
{
	walk->who = true;
	out[0] = (uint8_t)walk->instrument->address[0];
	out[1] = 'I';
	out[2] = '!';
	return 3;
}

static size_t ask(void *state, uint8_t *out, size_t room)
{
	struct walk *walk = state;
	const struct profile_block *block = block_of(walk);
	bool unsure = block->sdi12.check == SDI12_CHECK_ASK;
	walk->later = false;
	if (room < SDI12_COMMAND)
		return 0;
	if (unsure && walk->version == 0 && !walk->who_done && !walk->talking)
		return ask_who(walk, out);
	if (!walk->talking)
		sdi12_talk_begin(&walk->talk, walk->instrument->address[0],
		        block->sdi12.measure,
		        unsure ? walk->version >= VERSION_WITH_CHECK
		               : block->sdi12.check == SDI12_CHECK_YES);
	walk->talking = true;
	return sdi12_talk_ask(&walk->talk, out, room);
}

static int64_t wait_us(const void *state)
{
	const struct walk *walk = state;
	int64_t seconds = walk->talk.seconds;
	if (walk->later)
		return seconds * 1000000;
	if (walk->talking && walk->talk.step == SDI12_WAIT)
		return (seconds + 1) * 1000000;
	return 0;
}

static uint16_t block(const void *state)
{
	return ((const struct walk *)state)->block;
}

static int frame(const void *state, const uint8_t *in, size_t n)
{
	const struct walk *walk = state;
	if (!walk->who)
		return sdi12_talk_frame(&walk->talk, in, n);
	struct sdi12_expected expected = {
		.address = walk->instrument->address[0],
		.kind = SDI12_IDENTITY,
	};
	return sdi12_answer_frame(&expected, in, n);
}

/* On to the next measurement, or back to the first. */
static int step(struct walk *walk)
{
	walk->talking = walk->who = false;
	if (++walk->block < walk->instrument->profile->n_blocks)
		return ASK_AGAIN;
	walk->block = 0;
	walk->answered = walk->who_done = false;
	return READING_DONE;
}

static int follow(struct walk *walk, int next)
{
	if (next == SDI12_DONE)
		return step(walk);
	walk->later = next == SDI12_LATER;
	return walk->later ? ASK_LATER : ASK_AGAIN;
}

const char *sdi12_refusal_text(int code)
{
	return code == SDI12_ABORTED
	               ? "the measurement was aborted, three times"
	               : "it announces another number of values than its profile has";
}

static int refusal(const void *state, const uint8_t *in, size_t n, struct declined *out)
{
	const struct walk *walk = state;
	struct sdi12_measure measure;
	int64_t want = block_of(walk)->sdi12.values;
	if (walk->who)
		return 0;
	if (walk->talk.step == SDI12_START && want > 0 &&
	        sdi12_measure_get(in, n, &measure) == OK && measure.values != want)
		*out = (struct declined){ DECLINED_UNFIT, SDI12_OTHER_NUMBER,
			sdi12_refusal_text(SDI12_OTHER_NUMBER) };
	else if (walk->talk.step == SDI12_FETCH &&
	         sdi12_talk_gives_up(&walk->talk, in, n))
		*out = (struct declined){ DECLINED_NOW, SDI12_ABORTED,
			sdi12_refusal_text(SDI12_ABORTED) };
	return out->kind;
}

static int decode(void *state, const uint8_t *in, size_t n)
{
	struct walk *walk = state;
	struct declined declined = { .kind = 0 };
	walk->answered = true;
	if (walk->who) {
		walk->version = sdi12_version_get(in, n);
		walk->who = false;
		walk->who_done = true;
		return ASK_AGAIN;
	}
	if (refusal(state, in, n, &declined) != 0)
		return step(walk);
	return follow(walk, sdi12_talk_take(&walk->talk, in, n));
}

/* An instrument that is silent from the first command on is not asked for more. */
static int missed(void *state, bool silent)
{
	struct walk *walk = state;
	if (silent && !walk->answered) {
		walk->block = (uint16_t)(walk->instrument->profile->n_blocks - 1);
		walk->version = 0;
		return step(walk);
	}
	if (walk->who) {
		walk->who = false;
		walk->who_done = true;
		return ASK_AGAIN;
	}
	return follow(walk, sdi12_talk_missed(&walk->talk));
}

static int fault(const void *state, const uint8_t *in, size_t n)
{
	const struct walk *walk = state;
	struct sdi12_expected expected = sdi12_talk_expects(&walk->talk);
	return !walk->who && sdi12_check_failed(&expected, in, n) ? FAULT_CHECKSUM
	                                                          : FAULT_MALFORMED;
}

const struct driver sdi12_driver = {
	.name = "sdi12",
	.summary =
	        "SDI-12 behind a transparent adapter: M, C and R commands, with check",
	.state_size = sizeof(struct walk),
	.frame_most = SDI12_LINE,
	.frames_most = 13, /* who, announcement, service request, D0 to D9 */
	.section = &sdi12_section,
	.check = sdi12_check_profile,
	.address = sdi12_address,
	.begin = begin,
	.ask = ask,
	.wait_us = wait_us,
	.block = block,
	.frame = frame,
	.decode = decode,
	.missed = missed,
	.refusal = refusal,
	.fault = fault,
	.sort = sdi12_sort,
	.fields = sdi12_fields,
	.number = sdi12_number,
	.holds = text_holds,
	.mark = text_mark,
	.sampled = text_sampled,
	.vendor = text_vendor,
	.explain = text_explain,
	.explain_rule = text_explain_rule,
	.traffic = sdi12_traffic,
	.request = sdi12_asked_of,
	.say = sdi12_say,
};
