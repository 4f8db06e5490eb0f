/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The driver of binary frames: walks the blocks of a profile, one request each, or hears
 * the one kind of frame that its instrument sends by itself.
 *
 *     values -> (says it does not measure) -> start -> next block -> ... -> READING_DONE
 *
 * A block that another one names as its `start` changes what the instrument does; it is
 * asked only when that one's answer says it does not measure, and once a poll.
 */
#include "sensors/drivers/frames.h"

#include <string.h>

#include "sensors/tables/profile.h"

/* Polls in which it was started, and still does not measure: then that is told. */
#define STARTS_IN_VAIN 2

struct walk {
	const struct instrument *instrument;
	uint16_t block;
	uint16_t resume; /* the block after the start, 0: not starting */
	bool answered;   /* some block of this poll was answered */
	bool started;    /* in this poll */
	uint8_t starts;  /* polls one after the other */
};

static const struct profile *profile_of(const struct walk *walk)
{
	return walk->instrument->profile;
}

static const struct frames_block *now_of(const struct walk *walk)
{
	return frames_block(profile_of(walk), walk->block);
}

/* The first block from `i` on that is asked in every poll; n_blocks: there is none. */
static uint16_t block_from(const struct profile *profile, uint16_t i)
{
	while (i < profile->n_blocks && frames_block(profile, i)->on_demand)
		i++;
	return i;
}

static void begin(void *state, const struct instrument *instrument)
{
	struct walk *walk = state;
	*walk = (struct walk){
		.instrument = instrument,
		.block = block_from(instrument->profile, 0),
	};
}

static bool asked(const struct instrument *instrument)
{
	return frames_block(instrument->profile, 0)->request.n > 0;
}

static size_t ask(void *state, uint8_t *out, size_t room)
{
	const struct frame_bytes *request = &now_of(state)->request;
	if (request->n > room)
		return 0;
	memcpy(out, request->byte, request->n);
	return request->n;
}

static uint16_t block(const void *state)
{
	return ((const struct walk *)state)->block;
}

static int frame(const void *state, const uint8_t *in, size_t n)
{
	const struct frames_block *now = now_of(state);
	int found = frames_find(&now->rule, in, n, NULL);
	if (found == FRAME_NONE && now->refused.n > 0)
		return frames_begin(&now->refused, in, n);
	return found;
}

/* On to the next block, or back to the first. */
static int step(struct walk *walk)
{
	uint16_t next = walk->resume != 0 ? walk->resume : (uint16_t)(walk->block + 1);
	walk->resume = 0;
	walk->block = block_from(profile_of(walk), next);
	if (walk->block < profile_of(walk)->n_blocks)
		return ASK_AGAIN;
	walk->block = block_from(profile_of(walk), 0);
	walk->answered = walk->started = false;
	return READING_DONE;
}

/* Whether this answer says that it does not measure. */
static bool is_idle(
        const struct frames_block *now, int status, const struct frames_answer *answer)
{
	if (now->start == NO_START)
		return false;
	if (status == OK)
		return answer->plain.n < now->needs;
	return status == REFUSED && map_covers(now->idle, (size_t)answer->code);
}

static int decode(void *state, const uint8_t *in, size_t n)
{
	struct walk *walk = state;
	const struct frames_block *now = now_of(walk);
	struct frames_answer answer;
	int status = frames_answer(profile_of(walk), walk->block, in, n, &answer);
	if (status == MALFORMED)
		return NOT_USABLE;
	walk->answered = true;
	bool idle = is_idle(now, status, &answer);
	if (!idle && now->start != NO_START)
		walk->starts = 0;
	if (!idle || walk->started)
		return step(walk);
	walk->started = true;
	if (walk->starts < STARTS_IN_VAIN)
		walk->starts++;
	walk->resume = (uint16_t)(walk->block + 1);
	walk->block = (uint16_t)now->start;
	return ASK_AGAIN;
}

/* An instrument that is silent from the first block on is not asked for the others. */
static int missed(void *state, bool silent)
{
	struct walk *walk = state;
	if (silent && !walk->answered)
		walk->resume = (uint16_t)profile_of(walk)->n_blocks;
	return step(walk);
}

/* That it does not measure yet is no refusal while it can be started. */
static int refusal(const void *state, const uint8_t *in, size_t n, struct declined *out)
{
	const struct walk *walk = state;
	struct frames_answer answer;
	int status = frames_answer(profile_of(walk), walk->block, in, n, &answer);
	if (status != REFUSED || (is_idle(now_of(walk), status, &answer) &&
	                                 walk->starts < STARTS_IN_VAIN))
		return 0;
	*out = (struct declined){
		.kind = DECLINED_NOW,
		.code = answer.code,
		.why = answer.why,
	};
	return out->kind;
}

/* A frame of the right header, length and tail whose check is wrong. */
static int fault(const void *state, const uint8_t *in, size_t n)
{
	struct frame_rule unchecked = now_of(state)->rule;
	unchecked.check = CHECK_NONE;
	for (size_t i = 0; i < n; i++)
		if (frames_find(&unchecked, in + i, n - i, NULL) > 0)
			return FAULT_CHECKSUM;
	return FAULT_MALFORMED;
}

static struct traffic traffic(const struct instrument *instrument, size_t i)
{
	const struct frames_block *b = frames_block(instrument->profile, i);
	size_t longest = b->rule.length != 0 ? b->rule.length : b->rule.longest;
	return (struct traffic){
		.request = b->request.n,
		.answer = b->rule.stuffed ? 2 * longest : longest,
	};
}

const struct driver frames_driver = {
	.name = "stream-frame",
	.summary = "Binary frames with header, length and check, asked for or unasked",
	.state_size = sizeof(struct walk),
	.frame_most = FRAMES_WIRE,
	.section = &frames_section,
	.check = frames_profile_check,
	.begin = begin,
	.asked = asked,
	.ask = ask,
	.block = block,
	.frame = frame,
	.decode = decode,
	.missed = missed,
	.refusal = refusal,
	.fault = fault,
	.look = frames_look,
	.number = frames_number,
	.holds = frames_holds,
	.mark = frames_mark,
	.vendor = frames_vendor,
	.explain = frames_explain,
	.explain_rule = frames_explain_rule,
	.traffic = traffic,
	.request = frames_asked_of,
	.say = frames_say,
};
