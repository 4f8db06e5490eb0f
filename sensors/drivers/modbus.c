/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Modbus driver: walks the blocks of a profile, one request each, and turns what
 * came into one reading.
 *
 * A two-wire adapter may give our own request back before the answer.  Where the bytes
 * so far could be either, a whole sound answer comes first, then the echo; but what is our
 * own request to the last byte is the echo, though it can be an answer too (functions 1 and
 * 2, 17 to 24 bits from 0x0300 to 0x03FF on), and only the second such is the answer.
 */
#include "sensors/drivers/modbus.h"

#include <string.h>

#include "sensors/drivers/modbus_hear.h"
#include "sensors/drivers/modbus_step.h"
#include "sensors/tables/profile.h"

struct walk { /* an instrument we ask */
	const struct instrument *instrument;
	struct modbus_request request;
	uint8_t sent[MODBUS_FRAME];
	size_t sent_size;
	uint16_t block, number;
	bool answered; /* some block of this poll was answered */
	bool echoed;   /* what was sent has come back */
	bool trial; /* what is asked for is not the block: sensors/drivers/modbus_step.h */
	size_t trial_number;
};

struct modbus_request modbus_block_request(
        const struct instrument *instrument, size_t i)
{
	const struct profile_block *block = &instrument->profile->block[i];
	return (struct modbus_request){
		.slave = instrument->slave,
		.function = (uint8_t)block->modbus.function,
		.start = (uint16_t)block->modbus.start,
		.count = (uint16_t)block->modbus.count,
	};
}

/* Registers pushed by function 16 come unasked. */
static bool asked(const struct instrument *instrument)
{
	for (size_t i = 0; i < instrument->profile->n_blocks; i++)
		if (instrument->profile->block[i].modbus.function == PUSHED)
			return false;
	return true;
}

static void begin(void *state, const struct instrument *instrument)
{
	struct walk *walk = state;
	if (!driver_asks(instrument)) {
		modbus_ear_begin(state, instrument);
		return;
	}
	uint16_t number = walk->number;
	*walk = (struct walk){ .instrument = instrument, .number = number };
}

static size_t ask(void *state, uint8_t *out, size_t room)
{
	struct walk *walk = state;
	int framing = walk->instrument->framing;
	walk->request = modbus_block_request(walk->instrument, walk->block);
	if (walk->trial)
		modbus_trial(walk->instrument, walk->block, walk->trial_number,
		        &walk->request);
	walk->request.number = ++walk->number;
	walk->echoed = false;
	int n = modbus_request_put(
	        framing, &walk->request, walk->sent, sizeof walk->sent);
	if (n < 0 || (size_t)n > room)
		return 0;
	walk->sent_size = (size_t)n;
	memcpy(out, walk->sent, walk->sent_size);
	return walk->sent_size;
}

static uint16_t block(const void *state)
{
	const struct walk *walk = state;
	return driver_asks(walk->instrument) ? walk->block : 0;
}

static bool is_echo(const struct walk *walk, const uint8_t *in, size_t n)
{
	return n >= walk->sent_size && memcmp(in, walk->sent, walk->sent_size) == 0;
}

static int frame(const void *state, const uint8_t *in, size_t n)
{
	const struct walk *walk = state;
	int framing = walk->instrument->framing;
	int length = modbus_answer_frame(framing, &walk->request, in, n);
	if (length > 0)
		return length;
	if (is_echo(walk, in, n))
		return (int)walk->sent_size;
	if (framing == FRAMING_TCP)
		return length;
	if (n < walk->sent_size && memcmp(in, walk->sent, n) == 0)
		return FRAME_SHORT;
	return length;
}

/* On to the next block, or back to the first. */
static int step(struct walk *walk)
{
	if (++walk->block < walk->instrument->profile->n_blocks)
		return ASK_AGAIN;
	walk->block = 0;
	walk->answered = false;
	return READING_DONE;
}

/* What kind of refusal a code is: Modbus application protocol V1.1b3, 7. */
static int kind_of(uint8_t exception)
{
	switch (exception) {
	case 1:
	case 2:
	case 3:
		return DECLINED_UNFIT;
	case 5:
	case 6:
		return DECLINED_BUSY;
	case 10:
	case 11:
		return DECLINED_BEHIND;
	default:
		return DECLINED_NOW;
	}
}

int modbus_declined(uint8_t exception, struct declined *out)
{
	*out = (struct declined){ .kind = 0 };
	if (exception != 0)
		*out = (struct declined){
			.kind = kind_of(exception),
			.code = exception,
			.why = modbus_exception_text(exception),
		};
	return out->kind;
}

static int refusal(const void *state, const uint8_t *in, size_t n, struct declined *out)
{
	const struct walk *walk = state;
	struct modbus_answer answer;
	modbus_answer_get(
	        walk->instrument->framing, &walk->request, in, n, true, &answer);
	return modbus_declined(answer.exception, out);
}

static int decode(void *state, const uint8_t *in, size_t n)
{
	struct walk *walk = state;
	struct modbus_answer answer;
	bool echo = n == walk->sent_size && is_echo(walk, in, n), again = walk->echoed;
	walk->echoed |= echo;
	if (echo && !again)
		return NOT_USABLE;
	int status = modbus_answer_get(
	        walk->instrument->framing, &walk->request, in, n, true, &answer);
	if (status == MALFORMED)
		return echo ? NOT_USABLE : OUT_OF_STEP;
	if (walk->trial) {
		walk->trial = false;
		return ASK_ON;
	}
	walk->answered = true;
	return step(walk);
}

static bool numbered(const void *state)
{
	return ((const struct walk *)state)->instrument->framing == FRAMING_TCP;
}

static bool trial(void *state, size_t i)
{
	struct walk *walk = state;
	struct modbus_request request;
	walk->trial = !numbered(state) &&
	              modbus_trial(walk->instrument, walk->block, i, &request);
	walk->trial_number = i;
	return walk->trial;
}

/* An instrument that is silent from the first block on is not asked for the others. */
static int missed(void *state, bool silent)
{
	struct walk *walk = state;
	if (!driver_asks(walk->instrument))
		return modbus_ear_missed(state);
	if (silent && !walk->answered)
		walk->block = (uint16_t)(walk->instrument->profile->n_blocks - 1);
	return step(walk);
}

static void hear(void *state, const uint8_t *in, size_t n, const struct moment *when)
{
	modbus_ear_hear(state, in, n, when);
}

static int heard(void *state, bool wanted, struct heard *out)
{
	return modbus_ear_heard(state, wanted, out);
}

static void unpaired(void *state, struct unpaired *out)
{
	modbus_ear_unpaired(state, out);
}

/* The same in ASCII: the right length, and digits alone. */
static int ascii_fault(const struct walk *walk, const uint8_t *in, size_t n)
{
	size_t length = 2 * (4 + modbus_answer_size(&walk->request)) + 3;
	uint8_t plain[MODBUS_PLAIN + 1];
	for (size_t i = 0; i + length <= n; i++) {
		size_t got = modbus_ascii_plain(in + i, length, plain, sizeof plain);
		if (in[i] == ':' && 2 * got + 3 == length &&
		        plain[0] == walk->request.slave &&
		        plain[1] == walk->request.function)
			return FAULT_CHECKSUM;
	}
	return FAULT_MALFORMED;
}

/* An answer of the right slave, function and length whose check sum is wrong. */
static int fault(const void *state, const uint8_t *in, size_t n)
{
	const struct walk *walk = state;
	if (!driver_asks(walk->instrument))
		return FAULT_MALFORMED;
	if (walk->instrument->framing == FRAMING_ASCII)
		return ascii_fault(walk, in, n);
	size_t size = modbus_answer_size(&walk->request);
	uint8_t function = walk->request.function;
	for (size_t i = 0; walk->instrument->framing != FRAMING_TCP && i + 5 <= n;
	        i++) {
		if (in[i] != walk->request.slave)
			continue;
		if (in[i + 1] == (function | MODBUS_EXCEPTION) ||
		        (in[i + 1] == function && in[i + 2] == size &&
		                n - i >= size + 5))
			return FAULT_CHECKSUM;
	}
	return FAULT_MALFORMED;
}

static bool blame(const void *state, const uint8_t *in, size_t n, struct sentence *out)
{
	const struct walk *walk = state;
	return driver_asks(walk->instrument) &&
	       modbus_blame(walk->instrument->framing, &walk->request, in, n, out);
}

const struct driver modbus_driver = {
	.name = "modbus",
	.summary = "Modbus RTU, ASCII, TCP and RTU over TCP: functions 1 to 4, and 16 "
	           "where another master writes",
	.state_size = sizeof(struct walk),
	.heard_size = sizeof(struct modbus_ear),
	.frame_most = MODBUS_FRAME,
	.modbus = true,
	.section = &modbus_section,
	.check = modbus_check,
	.begin = begin,
	.asked = asked,
	.ask = ask,
	.block = block,
	.frame = frame,
	.decode = decode,
	.missed = missed,
	.trial = trial,
	.numbered = numbered,
	.refusal = refusal,
	.fault = fault,
	.blame = blame,
	.hear = hear,
	.heard = heard,
	.unpaired = unpaired,
	.look = modbus_look,
	.sort = modbus_sort,
	.number = modbus_number,
	.holds = modbus_holds,
	.mark = modbus_mark,
	.sampled = modbus_sampled,
	.vendor = modbus_vendor,
	.explain = modbus_explain,
	.explain_rule = modbus_explain_rule,
	.traffic = modbus_traffic,
	.command = &modbus_commands,
	.request = modbus_asked_of,
	.say = modbus_say,
};
