/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests whose answers may still come, and what that makes of the answers that do.
 *
 * Where an answer carries no number, one that comes late passes for the answer to the next like
 * request.  So every request is noted when it goes out, with the state the driver was in, and stays
 * noted until it has its answer or OWED_US have passed.  What the driver in one of those states would
 * take for an answer may be the answer to that request: it is never taken for that of the last one
 * on its word alone.
 *
 *     nothing owed         request    answer                                    taken
 *     something owed       request    answer  trial  answer of the trial        taken
 *                          request    answer  trial  nothing                    let go by
 *                          request    answer  answer                            both let go by
 *     no trial is known    request    answer                                    let go by
 *     after a miss         trial      answer  request ...                       as above
 *
 * A trial has an answer that no other request has: when it is there, and one only came of the kind
 * before it, that one was to the last request.  So has one that is refused as unknown, by a device that
 * knows its blocks: a refusal is to the oldest trial that has no answer.  Whoever knows no trial, or answers none, is not asked
 * again until all that is owed has come or its time is over; each answer that comes pays for one
 * request, whichever it was.
 */
#include <string.h>

#include "sensors/poller/poller_parts.h"

/* Before all others, which are seldom needed, and cost no memory until then: a state to try things
 * on, and that in which a block is asked for again. */
static uint8_t *scratch(const struct owed *owed)
{
	return owed->state;
}

static uint8_t *before_trial(const struct owed *owed)
{
	return owed->state + owed->state_size;
}

static uint8_t *state_at(const struct owed *owed, size_t i)
{
	return owed->state + (2 + i) * owed->state_size;
}

static void forget(struct owed *owed, size_t i)
{
	owed->n--;
	memmove(owed->request + i, owed->request + i + 1,
	        (owed->n - i) * sizeof owed->request[0]);
	memmove(state_at(owed, i), state_at(owed, i + 1),
	        (owed->n - i) * owed->state_size);
}

/* Where a trial can tell, a request is kept in mind for longer: its answer is known when it comes. */
static void expire(struct device *device, int64_t now_us)
{
	struct owed *owed = &device->owed;
	while (device->driver->trial == NULL && owed->n > 0 &&
	        now_us - owed->request[0].asked_us >= OWED_US)
		forget(owed, 0);
}

void owed_add(struct device *device, const struct moment *now)
{
	struct owed *owed = &device->owed;
	expire(device, now->mono_us);
	if (owed->n == OWED_MOST) { /* whatever it was, it may come until then */
		owed->more_until_us = owed->request[0].asked_us + OWED_US;
		forget(owed, 0);
	}
	owed->request[owed->n].asked_us = now->mono_us;
	owed->request[owed->n].trial = device->trial;
	memcpy(state_at(owed, owed->n), device->state, owed->state_size);
	owed->n++;
}

void owed_settle(struct device *device)
{
	if (device->owed.n > 0)
		device->owed.n--;
}

/* Whether the driver, in this state, takes a frame for an answer: no echo, and no answer to another
 * number. */
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
	while (i < owed->n && !takes(device, state_at(owed, i), in, n))
		i++;
	return i;
}

static bool may_try(const struct device *device)
{
	return device->driver->trial != NULL && !is_numbered(device) &&
	       device->vain < STRIKES;
}

bool owed_may_be(
        struct device *device, const uint8_t *in, size_t n, const struct moment *now)
{
	struct owed *owed = &device->owed;
	expire(device, now->mono_us);
	if (!is_numbered(device) && now->mono_us < owed->more_until_us)
		return true;
	/* a queue on the way keeps what it has for longer than any time: a trial tells */
	if (device->unproven && may_try(device))
		return true;
	size_t young = 0;
	while (young < owed->n &&
	        now->mono_us - owed->request[young].asked_us >= OWED_US)
		young++;
	/* the last is the one asked now */
	return first_from(device, young, in, n) + 1 < owed->n;
}

static bool alike(const struct device *device, size_t i, size_t k)
{
	const struct owed *owed = &device->owed;
	return owed->request[i].trial == owed->request[k].trial &&
	       device->driver->block(state_at(owed, i)) ==
	               device->driver->block(state_at(owed, k));
}

/* Of several like requests it does not matter which one it pays for; where they are not alike, as
 * with a refusal, nobody knows what is still to come. */
bool owed_pay(struct device *device, const uint8_t *in, size_t n)
{
	struct owed *owed = &device->owed;
	size_t i = first_from(device, 0, in, n);
	if (i == owed->n)
		return false;
	for (size_t k = i; k < owed->n; k = first_from(device, k + 1, in, n))
		if (!alike(device, i, k))
			return true;
	forget(owed, i);
	return true;
}

void owed_pay_oldest(struct device *device)
{
	if (device->owed.n > 0)
		forget(&device->owed, 0);
}

bool owed_any(struct device *device, const struct moment *now)
{
	const struct owed *owed = &device->owed;
	expire(device, now->mono_us);
	return now->mono_us < owed->more_until_us ||
	       (owed->n > 0 &&
	               now->mono_us - owed->request[owed->n - 1].asked_us < OWED_US);
}

/* ---- what comes on a line ---- */

/* Length of an answer to one of the requests of a device at in[0]. */
static int owed_frame(const struct device *device, const uint8_t *in, size_t n)
{
	int found = FRAME_NONE;
	for (size_t i = 0; i < device->owed.n; i++) {
		int length = device->driver->frame(state_at(&device->owed, i), in, n);
		if (length > 0)
			return length;
		if (length == FRAME_SHORT)
			found = FRAME_SHORT;
	}
	return found;
}

/* Whoever is asked comes first.  Half an answer of another one is waited for only while nobody is
 * asked: it would hold up his. */
static int line_frame(const void *state, const uint8_t *in, size_t n)
{
	const struct bus *bus = state;
	const struct device *busy = bus->state == LISTENING ? bus->busy : NULL;
	int found = busy != NULL ? busy->driver->frame(busy->state, in, n) : FRAME_NONE;
	for (size_t i = 0; found <= 0 && i < bus->n; i++) {
		const struct device *device = bus->device[i];
		int length = owed_frame(device, in, n);
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

bool owed_late(struct bus *bus, const uint8_t *in, size_t n)
{
	struct device *busy = bus->busy;
	if (busy != NULL && owed_pay(busy, in, n)) {
		busy->counts.late++;
		bus->passed += busy->trial != 0 &&
		               takes(busy, before_trial(&busy->owed), in, n);
		return true;
	}
	for (size_t i = 0; i < bus->n; i++) {
		if (bus->device[i] == busy || !owed_pay(bus->device[i], in, n))
			continue;
		bus->device[i]->counts.late++;
		return true;
	}
	return false;
}

/* ---- trials ---- */

static bool trial_is_owed(const struct owed *owed, int trial, int64_t since_us)
{
	for (size_t i = 0; i < owed->n; i++)
		if (owed->request[i].trial == trial &&
		        owed->request[i].asked_us > since_us)
			return true;
	return false;
}

/* The first trial that was not asked since, and has no answer. */
static bool trial_find(struct device *device, int64_t since_us)
{
	int trial = 1;
	while (trial_is_owed(&device->owed, trial, since_us))
		trial++;
	if (!device->driver->trial(device->state, (size_t)trial - 1))
		return false;
	device->trial = trial;
	return true;
}

/* The driver asks a trial next: one that was never asked in vain, or one whose time is over. */
static bool trial_next(const struct bus *bus, struct device *device)
{
	if (!may_try(device))
		return false;
	memcpy(before_trial(&device->owed), device->state, device->owed.state_size);
	return trial_find(device, INT64_MIN) ||
	       trial_find(device, bus->began_us - OWED_US);
}

void trial_back(struct device *device)
{
	memcpy(device->state, before_trial(&device->owed), device->owed.state_size);
	device->trial = 0;
}

/* Where one was in vain the block itself is asked for: whoever answers that and no trial shows it.  So
 * it is of one that is dead: the trials that it does answer are there when it comes back. */
void trial_open(struct bus *bus, struct device *device)
{
	bus->passed = 0;
	bus->maybe_size = 0;
	if (device->unproven && !device->shy && device->misses < STRIKES)
		trial_next(bus, device);
	device->shy = false;
}

bool trial_close(struct bus *bus, struct device *device, const uint8_t *frame, size_t n,
        const struct moment *first)
{
	if (n > sizeof bus->maybe || !trial_next(bus, device)) {
		device->unproven = false; /* nothing will ever show it: time does */
		return false;
	}
	bus->passed = 1;
	bus->maybe_first = *first;
	bus->maybe_size = n;
	memcpy(bus->maybe, frame, n);
	return true;
}

/* Refused as unknown, by a device that knows its blocks: that was a trial. */
static bool is_of_trial(const struct device *device, const struct declined *declined)
{
	return declined->kind == DECLINED_UNFIT && !device->unfit;
}

bool trial_refused(const struct device *device, const struct declined *declined,
        const struct moment *now)
{
	return is_of_trial(device, declined) &&
	       now->mono_us >= device->owed.more_until_us;
}

/* A block is not refused by whoever knows it: that is for a trial, however long ago.  That of a trial
 * may be for the last one, unless another is still to be had. */
bool trial_refused_late(struct device *device, const struct declined *declined,
        const struct moment *now)
{
	struct owed *owed = &device->owed;
	if (!is_of_trial(device, declined))
		return false;
	for (size_t i = 0; i + 1 < owed->n; i++)
		if (owed->request[i].trial != 0 &&
		        (device->trial == 0 ||
		                now->mono_us - owed->request[i].asked_us < OWED_US)) {
			forget(owed, i);
			device->counts.late++;
			return true;
		}
	return false;
}

int trial_answered(struct bus *bus, struct device *device)
{
	device->vain = 0;
	owed_settle(device); /* the trial */
	trial_back(device);
	if (bus->maybe_size > 0 && bus->passed > 1)
		return TRIAL_FAILED;
	device->unproven = false;
	if (bus->maybe_size == 0)
		return TRIAL_OPENED;
	owed_settle(device); /* and the block */
	return TRIAL_PROVED;
}

void trial_failed(struct bus *bus, struct device *device)
{
	if (device->trial != 0) {
		if (bus->passed == 1) { /* nothing came, not even out of turn */
			device->vain++;
			device->hushed = true;
		}
		trial_back(device);
	}
	device->counts.answers++;
	device->counts.late++;
	owed_pay(device, bus->maybe, bus->maybe_size);
}
