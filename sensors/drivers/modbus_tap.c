/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hearing a line, and pairing what is heard.
 *
 * A frame is found by its length and check sum, wherever the bytes were split.  What is no
 * frame is dropped byte by byte; and a silence longer than any pause inside a frame ends
 * what waits for more bytes, so that a wrong length costs one frame and not the next ones.
 */
#include "sensors/drivers/modbus_tap.h"

#include <string.h>

/* Longer than any pause within a frame: an adapter delivers in clumps of 16 ms, a serial
 * server as the network does, and in ASCII a second may pass between two characters
 * (Modbus over serial line 1.02, 2.5.2.1). */
#define PAUSE_RTU_US   INT64_C(250000)
#define PAUSE_TCP_US   INT64_C(1000000)
#define PAUSE_ASCII_US INT64_C(1500000)

void modbus_tap_init(struct modbus_tap *tap, int framing, int64_t answer_us)
{
	memset(tap, 0, sizeof *tap);
	tap->framing = framing;
	tap->answer_us = answer_us;
}

static int64_t pause_us(const struct modbus_tap *tap)
{
	if (tap->framing == FRAMING_ASCII)
		return PAUSE_ASCII_US;
	return tap->framing == FRAMING_RTU ? PAUSE_RTU_US : PAUSE_TCP_US;
}

/* ---- bytes ---- */

static void drop(struct modbus_tap *tap, size_t n)
{
	memmove(tap->bytes, tap->bytes + n, tap->n - n);
	tap->n -= n;
	tap->cut -= n < tap->cut ? n : tap->cut;
	tap->n_clumps = clumps_drop(tap->clump, tap->n_clumps, n);
}

/* When byte i came. */
static const struct moment *when_of(const struct modbus_tap *tap, size_t i)
{
	size_t k = 0;
	while (k + 1 < tap->n_clumps && tap->clump[k].end <= i)
		k++;
	return &tap->clump[k].when;
}

/* n bytes at the front are no frame: they lie behind every request that waits, and are
 * what came instead of an answer to the last one. */
static void stray(struct modbus_tap *tap, size_t n)
{
	int64_t came_us = when_of(tap, 0)->mono_us;
	struct tap_open *last = NULL;
	tap->counts.noise += n;
	for (size_t i = 0; i < tap->n_open; i++) {
		if (tap->open[i].closed || tap->open[i].until_us < came_us)
			continue;
		last = &tap->open[i];
		last->stray += n;
	}
	if (last != NULL) {
		size_t room = last->request_size + TAP_TAIL - last->size;
		size_t kept = n < room ? n : room;
		memcpy(last->bytes + last->size, tap->bytes, kept);
		last->size += kept;
	}
	drop(tap, n);
}

void modbus_tap_add(
        struct modbus_tap *tap, const uint8_t *in, size_t n, const struct moment *when)
{
	if (n == 0)
		return;
	if (tap->n > 0 && when->mono_us - tap->heard_us > pause_us(tap))
		tap->cut = tap->n;
	tap->heard_us = tap->now_us = when->mono_us;
	if (n > TAP_ROOM) {
		tap->counts.noise += n - TAP_ROOM;
		in += n - TAP_ROOM;
		n = TAP_ROOM;
	}
	if (tap->n + n > TAP_ROOM)
		stray(tap, tap->n + n - TAP_ROOM);
	memcpy(tap->bytes + tap->n, in, n);
	tap->n += n;
	const struct clump came = { .end = tap->n, .when = *when };
	tap->n_clumps = clumps_add(tap->clump, tap->n_clumps, TAP_CLUMPS, &came);
}

void modbus_tap_idle(struct modbus_tap *tap, int64_t mono_us)
{
	tap->now_us = mono_us;
	if (mono_us - tap->heard_us > pause_us(tap))
		tap->cut = tap->n;
}

/* Length of the frame at the front, 0 when more must come first; drops what is none. */
static size_t front(struct modbus_tap *tap)
{
	while (tap->n > 0) {
		size_t whole = tap->cut > 0 ? tap->cut : tap->n;
		int length = modbus_tap_frame(tap->framing, tap->bytes, whole);
		if (length > 0)
			return (size_t)length;
		if (length == FRAME_SHORT && tap->cut == 0)
			return 0;
		stray(tap, 1);
	}
	return 0;
}

/* ---- requests that wait ---- */

static void forget(struct modbus_tap *tap, size_t i)
{
	tap->n_open--;
	memmove(&tap->open[i], &tap->open[i + 1],
	        (tap->n_open - i) * sizeof tap->open[0]);
}

static bool same_registers(
        const struct modbus_request *a, const struct modbus_request *b)
{
	return a->start == b->start && a->count == b->count;
}

/* Its answer may still come, when another request waits. */
static void remember(struct modbus_tap *tap, const struct tap_open *open)
{
	if (tap->n_owed == TAP_OWED)
		memmove(tap->owed, tap->owed + 1, --tap->n_owed * sizeof tap->owed[0]);
	tap->owed[tap->n_owed++] = (struct tap_owed){
		.request = open->request,
		.until_us = open->until_us + TAP_LATE_US,
	};
}

/* Whether an answer that came then may be to a request that was given up, of other registers
 * than the one that waits. */
static bool is_owed(const struct modbus_tap *tap, const struct modbus_tap_parts *answer,
        int64_t came_us, const struct modbus_request *waiting)
{
	for (size_t i = 0; i < tap->n_owed; i++)
		if (tap->owed[i].until_us >= came_us &&
		        modbus_tap_answers(&tap->owed[i].request, answer) &&
		        !same_registers(&tap->owed[i].request, waiting))
			return true;
	return false;
}

/* A slave answers in order: of what it was asked before, only what this may be the answer to
 * as well can still be answered. */
static void settle(struct modbus_tap *tap, const struct modbus_tap_parts *answer)
{
	size_t kept = 0;
	for (size_t i = 0; i < tap->n_owed; i++)
		if (tap->owed[i].request.slave != answer->plain[0] ||
		        modbus_tap_answers(&tap->owed[i].request, answer))
			tap->owed[kept++] = tap->owed[i];
	tap->n_owed = kept;
}

/* Give out request i with what came instead of an answer, and forget it. */
static void give(struct modbus_tap *tap, size_t i, struct modbus_pair *out)
{
	struct tap_open *open = &tap->open[i];
	bool silent = open->size == open->request_size;
	tap->counts.unanswered += silent;
	tap->counts.garbled += !silent;
	if (silent)
		remember(tap, open);
	memcpy(tap->evidence, open->bytes, open->size);
	*out = (struct modbus_pair){
		.request = open->request,
		.bytes = tap->evidence,
		.size = open->size,
		.first = open->first,
	};
	forget(tap, i);
}

/* The first request that is closed, or whose time was over at that moment. */
static bool give_overdue(
        struct modbus_tap *tap, int64_t mono_us, struct modbus_pair *out)
{
	for (size_t i = 0; i < tap->n_open; i++)
		if (tap->open[i].closed || tap->open[i].until_us < mono_us) {
			give(tap, i, out);
			return true;
		}
	return false;
}

static bool same_bytes(const struct tap_open *open, const uint8_t *in, size_t n)
{
	return open->request_size == n && memcmp(open->bytes, in, n) == 0;
}

/* ---- frames ---- */

/* A sound answer that is attributed to no request: `how` counts it. */
static void count_dropped(
        struct modbus_tap *tap, const struct modbus_tap_parts *answer, uint64_t *how)
{
	(*how)++;
	tap->counts.own_dropped += tap->own != 0 && answer->plain[0] == tap->own;
}

/* Requests this could answer are waited for no longer: nobody can say which. */
static void forget_answered(
        struct modbus_tap *tap, const struct modbus_tap_parts *answer)
{
	count_dropped(tap, answer, &tap->counts.ambiguous);
	for (size_t i = tap->n_open; i-- > 0;)
		if (modbus_tap_answers(&tap->open[i].request, answer))
			forget(tap, i);
}

/* A request, n bytes at the front of the tap.  The same one again is an echo, or asked
 * anew because nobody answered; but registers that are pushed again are a new push. */
static void take_request(
        struct modbus_tap *tap, size_t n, const struct modbus_tap_parts *parts)
{
	size_t i = 0;
	tap->counts.requests++;
	while (i < tap->n_open && !same_bytes(&tap->open[i], tap->bytes, n))
		i++;
	if (i < tap->n_open && parts->request.function == 16) {
		tap->open[i].closed = true;
		i = tap->n_open;
	}
	if (i < tap->n_open)
		tap->counts.repeats++;
	else
		tap->n_open++;
	struct tap_open *open = &tap->open[i];
	*open = (struct tap_open){
		.request = parts->request,
		.request_size = n,
		.size = n,
		.first = *when_of(tap, 0),
		.until_us = when_of(tap, n - 1)->mono_us + tap->answer_us,
	};
	memcpy(open->bytes, tap->bytes, n);
}

/* The one request that an answer at the front of the tap is to, or NULL. */
static struct tap_open *request_of(
        struct modbus_tap *tap, const struct modbus_tap_parts *answer)
{
	struct tap_open *found = NULL;
	for (size_t i = 0; i < tap->n_open; i++) {
		struct tap_open *open = &tap->open[i];
		if (!modbus_tap_answers(&open->request, answer))
			continue;
		if (found != NULL && !same_registers(&found->request, &open->request)) {
			forget_answered(tap, answer);
			return NULL;
		}
		found = open;
	}
	if (found == NULL) {
		count_dropped(tap, answer, &tap->counts.orphans);
		return NULL;
	}
	if (is_owed(tap, answer, when_of(tap, 0)->mono_us, &found->request)) {
		forget_answered(tap, answer);
		return NULL;
	}
	settle(tap, answer);
	return found;
}

static bool take_answer(struct modbus_tap *tap, size_t n,
        const struct modbus_tap_parts *answer, struct modbus_pair *out)
{
	struct tap_open *open = request_of(tap, answer);
	if (open == NULL)
		return false;
	if (open->stray > TAP_STRAY) {
		count_dropped(tap, answer, &tap->counts.orphans);
		open->closed = true;
		return false;
	}
	tap->counts.answers++;
	memcpy(tap->evidence, open->bytes, open->request_size);
	memcpy(tap->evidence + open->request_size, tap->bytes, n);
	*out = (struct modbus_pair){
		.request = open->request,
		.bytes = tap->evidence,
		.size = open->request_size + n,
		.answered = true,
		.first = *when_of(tap, 0),
	};
	forget(tap, (size_t)(open - tap->open));
	return true;
}

/* Eight bytes that can ask and can answer.  They ask if nobody waits for such an answer, or
 * if they repeat a request; else what they are is not known, and they are neither. */
static void take_either(
        struct modbus_tap *tap, size_t n, const struct modbus_tap_parts *parts)
{
	bool waited_for = false, repeats = false;
	for (size_t i = 0; i < tap->n_open; i++) {
		waited_for |= modbus_tap_answers(&tap->open[i].request, parts);
		repeats |= same_bytes(&tap->open[i], tap->bytes, n);
	}
	if (waited_for && !repeats)
		forget_answered(tap, parts);
	else
		take_request(tap, n, parts);
}

/* The frame of n bytes at the front of the tap. */
static bool take(struct modbus_tap *tap, size_t n, struct modbus_pair *out)
{
	struct modbus_tap_parts parts;
	unsigned kinds = modbus_tap_parts(tap->framing, tap->bytes, n, &parts);
	if (parts.plain[0] == 0) {
		tap->counts.broadcasts++;
		return false;
	}
	if (!modbus_tap_used(&parts.request)) {
		tap->counts.others++;
		return false;
	}
	if (kinds == TAP_REQUEST)
		take_request(tap, n, &parts);
	else if (kinds & TAP_REQUEST)
		take_either(tap, n, &parts);
	else
		return take_answer(tap, n, &parts, out);
	return false;
}

bool modbus_tap_next(struct modbus_tap *tap, struct modbus_pair *out)
{
	size_t n;
	while ((n = front(tap)) > 0) {
		if (give_overdue(tap, when_of(tap, 0)->mono_us, out))
			return true;
		bool paired = take(tap, n, out);
		drop(tap, n);
		if (paired)
			return true;
		if (tap->n_open > TAP_OPEN) {
			give(tap, 0, out);
			return true;
		}
	}
	int64_t until_us = tap->n > 0 ? when_of(tap, 0)->mono_us : tap->now_us;
	return give_overdue(tap, until_us, out);
}
