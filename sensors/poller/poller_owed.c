/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests whose answers may still come, and what that makes of the answers that do.
 *
 * Where an answer carries no number, one that comes late passes for the answer to the
 * next like request.  So every request is noted when it goes out, with the state the
 * driver was in, and stays noted until it has its answer or OWED_US have passed.  What
 * the driver in one of those states would take for an answer may be the answer to that
 * request: it is never taken for that of the last one on its word alone.
 *
 * How late an answer may be nobody can know where nothing ties it to its request: a
 * bound is needed, and 30 s is more than a line, an instrument or a serial server
 * takes.  Where it is wrong, that shows when an answer comes while nothing is waited
 * for and nothing is owed: it is one to a request that was given up.  From then on
 * (OWED_LONG_FOR) twice that lateness is reckoned with, which is told: what was taken
 * before may be old.  What is left: until that answer has come, one that falls into the
 * very time in which the next is waited for is taken for it; and one that is always
 * late by just the time between two requests is like an instrument that is one behind,
 * which no time shows.
 *
 *  nothing owed         request    answer                               taken
 *  something owed       request    answer  trial  answer of the trial        taken
 *                       request    answer  trial  nothing               let go by
 *                       request    answer  answer                       both let go by
 *  no trial is known    request    answer                               let go by
 *  after a miss         trial      answer  request ...                  as above
 *
 * A trial has an answer that no other request has: when it is there, and one only came
 * of the kind before it, that one was to the last request.  So has one that is refused
 * as unknown, by a device that knows its blocks: a refusal is to the oldest trial that
 * has no answer.  Whoever knows no trial, or answers none, is not asked again until all
 * that is owed has come or its time is over; each answer that comes pays for one
 * request, whichever it was.  Once one was given up the sum is not known: then it must
 * have been silent for that time.
 */
#include <string.h>

#include "sensors/poller/poller_parts.h"

/* Before all others, which are seldom needed, and cost no memory until then: a state to
 * try things on, and that in which a block is asked for again. */
static uint8_t *scratch(const struct owed *owed)
{
	return owed->state;
}

uint8_t *owed_before_trial(const struct owed *owed)
{
	return owed->state + owed->state_size;
}

/* That of the newest request that was given up: an answer to it is known by that. */
static uint8_t *given_up(const struct owed *owed)
{
	return owed->state + 2 * owed->state_size;
}

uint8_t *owed_state(const struct owed *owed, size_t i)
{
	return owed->state + (3 + i) * owed->state_size;
}

void owed_forget(struct owed *owed, size_t i)
{
	owed->n--;
	memmove(owed->request + i, owed->request + i + 1,
	        (owed->n - i) * sizeof owed->request[0]);
	memmove(owed_state(owed, i), owed_state(owed, i + 1),
	        (owed->n - i) * owed->state_size);
}

int64_t owed_wait_us(const struct device *device, const struct moment *now)
{
	const struct owed *owed = &device->owed;
	if (now->mono_us >= owed->late_until_us)
		return OWED_US;
	return owed->late_us < OWED_LONGEST / 2 ? 2 * owed->late_us : OWED_LONGEST;
}

static void give_up(struct owed *owed)
{
	memcpy(given_up(owed), owed_state(owed, 0), owed->state_size);
	owed->given_up_us = owed->request[0].asked_us;
	owed->lost = true;
	owed_forget(owed, 0);
}

/* Where a trial or a number can tell, a request is kept in mind for longer: its answer
 * is known when it comes. */
static void expire(struct device *device, const struct moment *now)
{
	struct owed *owed = &device->owed;
	if (trial_may(device) || is_numbered(device))
		return;
	while (owed->n > 0 &&
	        now->mono_us - owed->request[0].asked_us >= owed_wait_us(device, now))
		give_up(owed);
}

void owed_add(struct device *device, const struct moment *now)
{
	struct owed *owed = &device->owed;
	expire(device, now);
	if (owed->n == OWED_MOST) { /* whatever it was, it may come until then */
		owed->more_until_us =
		        owed->request[0].asked_us + owed_wait_us(device, now);
		give_up(owed);
	}
	owed->asked_us = owed->request[owed->n].asked_us = now->mono_us;
	owed->request[owed->n].trial = device->trials.asked;
	memcpy(owed_state(owed, owed->n), device->state, owed->state_size);
	owed->n++;
}

void owed_settle(struct device *device)
{
	if (device->owed.n > 0)
		device->owed.n--;
}

void owed_in_step(struct device *device)
{
	device->trials.vain = 0;
	device->trials.unproven = false;
	device->owed.lost = false;
	owed_settle(device);
}

/* Whether the driver, in this state, takes a frame for an answer: no echo, and no
 * answer to another number. */
static bool takes(
        const struct device *device, const void *state, const uint8_t *in, size_t n)
{
	const struct driver *driver = device->driver;
	struct declined declined = { .kind = 0 };
	uint8_t *copy = scratch(&device->owed);
	if (driver->frame(state, in, n) != (int)n)
		return false;
	if (driver->refusal != NULL && driver->refusal(state, in, n, &declined) != 0)
		return true;
	memcpy(copy, state, device->owed.state_size);
	int what = driver->decode(copy, in, n);
	return what != NOT_USABLE && what != OUT_OF_STEP;
}

bool owed_is_answer(const struct device *device, const uint8_t *in, size_t n)
{
	return takes(device, device->state, in, n);
}

/* The first request from i on that this may be the answer to; owed.n: none. */
static size_t first_from(
        const struct device *device, size_t i, const uint8_t *in, size_t n)
{
	const struct owed *owed = &device->owed;
	while (i < owed->n && !takes(device, owed_state(owed, i), in, n))
		i++;
	return i;
}

bool owed_may_be(
        struct device *device, const uint8_t *in, size_t n, const struct moment *now)
{
	struct owed *owed = &device->owed;
	expire(device, now);
	if (!is_numbered(device) && now->mono_us < owed->more_until_us)
		return true;
	/* a queue on the way keeps what it has for longer than any time: a trial
	 * tells */
	if (device->trials.unproven && trial_may(device))
		return true;
	size_t young = 0;
	while (young < owed->n && now->mono_us - owed->request[young].asked_us >=
	                                  owed_wait_us(device, now))
		young++;
	/* the last is the one asked now */
	return first_from(device, young, in, n) + 1 < owed->n;
}

static bool alike(const struct device *device, size_t i, size_t k)
{
	const struct owed *owed = &device->owed;
	return owed->request[i].trial == owed->request[k].trial &&
	       device->driver->block(owed_state(owed, i)) ==
	               device->driver->block(owed_state(owed, k));
}

/* Of several like requests it does not matter which one it pays for; where they are not
 * alike, as with a refusal, nobody knows what is still to come. */
bool owed_pay(struct device *device, const uint8_t *in, size_t n)
{
	struct owed *owed = &device->owed;
	size_t i = first_from(device, 0, in, n);
	if (i == owed->n)
		return false;
	for (size_t k = i; k < owed->n; k = first_from(device, k + 1, in, n))
		if (!alike(device, i, k))
			return true;
	owed_forget(owed, i);
	return true;
}

void owed_pay_oldest(struct device *device)
{
	if (device->owed.n > 0)
		owed_forget(&device->owed, 0);
}

bool owed_any(struct device *device, const struct moment *now)
{
	const struct owed *owed = &device->owed;
	expire(device, now);
	return now->mono_us < owed->more_until_us ||
	       (owed->n > 0 && now->mono_us - owed->request[owed->n - 1].asked_us <
	                               owed_wait_us(device, now));
}

void owed_came_late(struct device *device, const struct moment *now)
{
	device->counts.late++;
	if (device->owed.lost && !is_numbered(device))
		device->owed.more_until_us = now->mono_us + owed_wait_us(device, now);
}

/* An answer to the request that was given up, while nobody is asked.  What comes right
 * behind an answer is that once more. */
static bool came_beyond(
        struct device *device, const uint8_t *in, size_t n, const struct moment *now)
{
	struct owed *owed = &device->owed;
	int64_t late_us = now->mono_us - owed->given_up_us;
	if (owed->given_up_us == 0 || late_us > OWED_LONGEST ||
	        now->mono_us - owed->asked_us <= timeout_of(device) ||
	        !takes(device, given_up(owed), in, n))
		return false;
	owed->lost = true;
	if (late_us > owed_wait_us(device, now)) {
		owed->late_us = late_us;
		owed->late_until_us = now->mono_us + OWED_LONG_FOR;
		owed->later = true;
	}
	owed_came_late(device, now);
	owed->given_up_us = owed->asked_us; /* the next that comes is to a later one */
	return true;
}

/* ---- what comes on a line ---- */

/* Length of an answer to one of the requests of a device at in[0]. */
static int owed_frame(
        const struct device *device, bool idle, const uint8_t *in, size_t n)
{
	int found = FRAME_NONE;
	if (idle && device->owed.given_up_us != 0)
		found = device->driver->frame(given_up(&device->owed), in, n);
	if (found > 0)
		return found;
	for (size_t i = 0; i < device->owed.n; i++) {
		int length = device->driver->frame(owed_state(&device->owed, i), in, n);
		if (length > 0)
			return length;
		if (length == FRAME_SHORT)
			found = FRAME_SHORT;
	}
	return found;
}

/* Whoever is asked comes first.  Half an answer of another one is waited for only while
 * nobody is asked: it would hold up his. */
static int line_frame(const void *state, const uint8_t *in, size_t n)
{
	const struct bus *bus = state;
	const struct device *busy = bus->state == LISTENING ? bus->busy : NULL;
	int found = busy != NULL ? busy->driver->frame(busy->state, in, n) : FRAME_NONE;
	for (size_t i = 0; found <= 0 && i < bus->n; i++) {
		const struct device *device = bus->device[i];
		int length = owed_frame(device, busy == NULL, in, n);
		if (length > 0 ||
		        (length == FRAME_SHORT && (busy == NULL || busy == device)))
			found = length;
	}
	return found;
}

int owed_next(struct bus *bus, const uint8_t **frame, struct moment *first)
{
	static const struct driver line = { .name = "line", .frame = line_frame };
	return framer_next(&bus->framer, &line, bus, frame, first);
}

bool owed_late(struct bus *bus, const uint8_t *in, size_t n, const struct moment *now)
{
	struct device *busy = bus->busy;
	for (size_t i = 0; i < bus->n; i++)
		expire(bus->device[i], now);
	if (busy != NULL && owed_pay(busy, in, n)) {
		owed_came_late(busy, now);
		bus->passed += busy->trials.asked != 0 &&
		               takes(busy, owed_before_trial(&busy->owed), in, n);
		return true;
	}
	for (size_t i = 0; i < bus->n; i++) {
		if (!owed_pay(bus->device[i], in, n))
			continue;
		owed_came_late(bus->device[i], now);
		return true;
	}
	/* that it is late may be our own doing */
	if (bus->state == LISTENING || bus->stale)
		return false;
	for (size_t i = 0; i < bus->n; i++)
		if (came_beyond(bus->device[i], in, n, now))
			return true;
	return false;
}
