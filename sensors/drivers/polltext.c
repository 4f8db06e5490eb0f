/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/drivers/polltext.h"

#include <string.h>

#include "sensors/tables/fields.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/profile_parts.h"

/* A conversation; of an instrument that speaks by itself, the last line of every block. */
struct walk {
	const struct instrument *instrument;
	uint16_t block;
	bool answered; /* some block of this poll was */
	bool pausing;
	bool whole; /* the lines kept are a reading */
	size_t sent_size;
	uint8_t sent[PATTERN_BYTES];
	struct kept_line {
		uint16_t at, n;
	} line[BLOCKS_MOST];
	size_t n_kept;
	uint8_t kept[POLLTEXT_FRAME];
};

static const struct polltext *polltext_of(const struct instrument *instrument)
{
	return instrument->profile->own;
}

/* ---- messages ---- */

int polltext_which(const struct polltext_patterns *patterns, const char *address,
        struct pattern_bytes in)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (pattern_match(&patterns->pattern[i], address, in, NULL) ==
		        (int)in.n)
			return (int)i;
	return -1;
}

int polltext_fit(const struct polltext_patterns *patterns, const char *address,
        struct pattern_bytes in)
{
	int status = FRAME_NONE;
	for (size_t i = 0; i < patterns->n; i++) {
		int n = pattern_match(&patterns->pattern[i], address, in, NULL);
		if (n > 0)
			return n;
		if (n == PATTERN_SHORT)
			status = FRAME_SHORT;
	}
	return status;
}

int polltext_pass_over(struct pattern_bytes in)
{
	if (in.at[0] < 0x20 || in.at[0] >= 0x7f)
		return FRAME_NONE;
	for (size_t i = 0; i < in.n; i++)
		if (in.at[i] == '\r' || in.at[i] == '\n' || in.at[i] == 0x03)
			return (int)i + 1;
	return in.n >= POLLTEXT_FRAME ? (int)in.n : FRAME_SHORT;
}

/* The same of several sets, one after another. */
static int fit_any(const struct polltext_patterns *sets, size_t n, const char *address,
        struct pattern_bytes in)
{
	int status = FRAME_NONE;
	for (size_t i = 0; i < n; i++) {
		int length = polltext_fit(&sets[i], address, in);
		if (length > 0)
			return length;
		if (length == FRAME_SHORT)
			status = FRAME_SHORT;
	}
	return status;
}

/* Length of a message of block b (NO_BLOCK: any), or of one that refuses or is of no interest. */
static int message(
        const struct instrument *instrument, size_t b, struct pattern_bytes in)
{
	const struct polltext *own = polltext_of(instrument);
	size_t from = b == NO_BLOCK ? 0 : b;
	size_t n = b == NO_BLOCK ? instrument->profile->n_blocks : 1;
	int answer = fit_any(&own->answer[from], n, instrument->address, in);
	if (answer > 0)
		return answer;
	int other = fit_any(own->other, 2, instrument->address, in);
	if (other > 0)
		return other;
	bool may = answer == FRAME_SHORT || other == FRAME_SHORT;
	return may && in.n < POLLTEXT_FRAME ? FRAME_SHORT : FRAME_NONE;
}

int polltext_frame(
        const struct instrument *instrument, size_t b, struct pattern_bytes in)
{
	int n = message(instrument, b, in);
	if (n != FRAME_NONE || polltext_of(instrument)->marked)
		return n;
	return polltext_pass_over(in);
}

static bool all_reach(const struct polltext_patterns *patterns, const char *address)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (!pattern_reaches(&patterns->pattern[i], address))
			return false;
	return true;
}

static bool reaches(const struct instrument *instrument)
{
	const struct polltext *own = polltext_of(instrument);
	for (size_t b = 0; b < instrument->profile->n_blocks; b++)
		if (!all_reach(&own->send[b], instrument->address) ||
		        !all_reach(&own->answer[b], instrument->address))
			return false;
	return true;
}

/* ---- asking ---- */

static bool asked(const struct instrument *instrument)
{
	return polltext_of(instrument)->send[0].n > 0;
}

static void begin(void *state, const struct instrument *instrument)
{
	struct walk *walk = state;
	walk->instrument = instrument;
	walk->block = 0;
	walk->answered = walk->pausing = walk->whole = false;
	walk->sent_size = walk->n_kept = 0;
	memset(walk->line, 0, sizeof walk->line);
}

static size_t ask(void *state, uint8_t *out, size_t room)
{
	struct walk *walk = state;
	const struct polltext *own = polltext_of(walk->instrument);
	walk->pausing = false;
	int n = pattern_print(own->send[walk->block].pattern, walk->instrument->address,
	        NULL, (struct pattern_room){ walk->sent, sizeof walk->sent });
	walk->sent_size = n > 0 && (size_t)n <= room ? (size_t)n : 0;
	memcpy(out, walk->sent, walk->sent_size);
	return walk->sent_size;
}

static int64_t wait_us(const void *state)
{
	const struct walk *walk = state;
	return walk->pausing
	               ? (int64_t)(walk->instrument->profile->polltext.pause_s * 1e6)
	               : 0;
}

static uint16_t block(const void *state)
{
	return ((const struct walk *)state)->block;
}

/* A two-wire adapter may give our own request back before the answer. */
static bool is_echo(const struct walk *walk, const uint8_t *in, size_t n)
{
	return walk->sent_size > 0 && n >= walk->sent_size &&
	       memcmp(in, walk->sent, walk->sent_size) == 0;
}

static int frame(const void *state, const uint8_t *in, size_t n)
{
	const struct walk *walk = state;
	struct pattern_bytes bytes = { in, n };
	size_t b = asked(walk->instrument) ? walk->block : NO_BLOCK;
	int length = message(walk->instrument, b, bytes);
	if (length > 0)
		return length;
	if (is_echo(walk, in, n))
		return (int)walk->sent_size;
	if (n < walk->sent_size && memcmp(in, walk->sent, n) == 0)
		return FRAME_SHORT;
	if (length == FRAME_SHORT || polltext_of(walk->instrument)->marked)
		return length;
	return polltext_pass_over(bytes);
}

/* On to the next block, or back to the first. */
static int step(struct walk *walk)
{
	const struct profile *profile = walk->instrument->profile;
	if (++walk->block < profile->n_blocks) {
		walk->pausing = profile->polltext.pause_s > 0;
		return walk->pausing ? ASK_LATER : ASK_AGAIN;
	}
	walk->block = 0;
	walk->answered = false;
	return READING_DONE;
}

/* An instrument that is silent from the first block on is not asked for the others. */
static int missed(void *state, bool silent)
{
	struct walk *walk = state;
	if (silent && !walk->answered)
		walk->block = (uint16_t)(walk->instrument->profile->n_blocks - 1);
	return step(walk);
}

/* ---- what an instrument says by itself ---- */

static void drop_line(struct walk *walk, size_t b)
{
	struct kept_line gone = walk->line[b];
	walk->n_kept -= gone.n;
	memmove(walk->kept + gone.at, walk->kept + gone.at + gone.n,
	        walk->n_kept - gone.at);
	for (size_t i = 0; i < BLOCKS_MOST; i++)
		if (walk->line[i].at > gone.at)
			walk->line[i].at = (uint16_t)(walk->line[i].at - gone.n);
	walk->line[b] = (struct kept_line){ 0, 0 };
}

static void keep_line(struct walk *walk, size_t b, struct pattern_bytes in)
{
	if (walk->whole || walk->n_kept + in.n > sizeof walk->kept)
		begin(walk, walk->instrument);
	drop_line(walk, b);
	walk->line[b] = (struct kept_line){ (uint16_t)walk->n_kept, (uint16_t)in.n };
	memcpy(walk->kept + walk->n_kept, in.at, in.n);
	walk->n_kept += in.n;
}

static int hear(struct walk *walk, struct pattern_bytes in)
{
	const struct polltext *own = polltext_of(walk->instrument);
	const struct profile *profile = walk->instrument->profile;
	size_t b = 0;
	while (b < profile->n_blocks &&
	        polltext_which(&own->answer[b], walk->instrument->address, in) < 0)
		b++;
	if (b == profile->n_blocks || in.n > sizeof walk->kept)
		return NOT_USABLE;
	keep_line(walk, b, in);
	for (size_t i = 0; i < profile->n_blocks; i++)
		if (walk->line[i].n == 0)
			return NOT_USABLE;
	walk->whole = true;
	return READING_DONE;
}

static const uint8_t *kept(const void *state, size_t *n)
{
	const struct walk *walk = state;
	*n = walk->n_kept;
	return walk->kept;
}

/* ---- answers ---- */

static int decode(void *state, const uint8_t *in, size_t n)
{
	struct walk *walk = state;
	const struct polltext *own = polltext_of(walk->instrument);
	const char *address = walk->instrument->address;
	struct pattern_bytes bytes = { in, n };
	if (!asked(walk->instrument))
		return hear(walk, bytes);
	if (polltext_which(&own->answer[walk->block], address, bytes) < 0 &&
	        polltext_which(&own->other[POLLTEXT_REFUSAL], address, bytes) < 0)
		return NOT_USABLE;
	walk->answered = true;
	return step(walk);
}

static int refusal(const void *state, const uint8_t *in, size_t n, struct declined *out)
{
	static const int kinds[] = { DECLINED_NOW, DECLINED_BUSY, DECLINED_UNFIT };
	const struct walk *walk = state;
	const struct polltext *own = polltext_of(walk->instrument);
	const char *address = walk->instrument->address;
	struct pattern_bytes bytes = { in, n };
	int which = polltext_which(&own->other[POLLTEXT_REFUSAL], address, bytes);
	if (which < 0)
		return 0;
	const struct profile_refusal *said =
	        &walk->instrument->profile->polltext.refusal[which];
	*out = (struct declined){
		.kind = kinds[said->means],
		.code = which + 1,
		.why = said->meaning,
	};
	return out->kind;
}

static bool wrong_at(const struct polltext_patterns *answer, const char *address,
        struct pattern_bytes in)
{
	for (size_t i = 0; i < answer->n; i++) {
		int first = pattern_first(&answer->pattern[i]);
		if (!pattern_checked(&answer->pattern[i]) ||
		        (first >= 0 && first != in.at[0]))
			continue;
		if (pattern_match(&answer->pattern[i], address, in, NULL) ==
		        PATTERN_WRONG)
			return true;
	}
	return false;
}

/* An answer of the right form whose check is wrong, somewhere in what came. */
static int fault(const void *state, const uint8_t *in, size_t n)
{
	const struct walk *walk = state;
	const struct polltext *own = polltext_of(walk->instrument);
	bool asks = asked(walk->instrument);
	for (size_t b = 0; b < walk->instrument->profile->n_blocks; b++)
		for (size_t at = 0; (!asks || b == walk->block) && at < n; at++)
			if (wrong_at(&own->answer[b], walk->instrument->address,
			            (struct pattern_bytes){ in + at, n - at }))
				return FAULT_CHECKSUM;
	return FAULT_MALFORMED;
}

const struct driver polltext_driver = {
	.name = "poll-text",
	.summary = "requests and answers in text, by templates of the profile",
	.state_size = sizeof(struct walk),
	.frame_most = POLLTEXT_FRAME,
	.section = &polltext_section,
	.check = polltext_check,
	.reaches = reaches,
	.begin = begin,
	.asked = asked,
	.ask = ask,
	.wait_us = wait_us,
	.block = block,
	.frame = frame,
	.decode = decode,
	.kept = kept,
	.missed = missed,
	.refusal = refusal,
	.fault = fault,
	.look = polltext_look,
	.sort = polltext_sort,
	.fields = polltext_fields,
	.number = text_number,
	.holds = text_holds,
	.mark = text_mark,
	.sampled = text_sampled,
	.vendor = text_vendor,
	.explain = text_explain,
	.explain_rule = text_explain_rule,
	.traffic = polltext_traffic,
	.command = &polltext_commands,
	.request = polltext_request,
	.say = polltext_say,
};
