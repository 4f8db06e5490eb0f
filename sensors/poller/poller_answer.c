/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What comes for a request, or does not: taken, let go by, asked for again, or missed.
 */
#include <string.h>

#include "sensors/poller/poller_parts.h"

/* How long an instrument that measures is waited for, or left alone: what it says of
 * that itself may have a bit turned over (SDI-12: up to 999 s, without a check). */
int64_t patience_us(const struct device *device, int64_t most_us)
{
	int64_t wait_us = timeout_of(device);
	if (most_us < device->period_us)
		most_us = device->period_us;
	return wait_us < most_us ? wait_us : most_us;
}

/* After ASK_AGAIN, ASK_LATER or READING_DONE. */
static void go_on(
        struct poller *poller, struct bus *bus, int what, const struct moment *now)
{
	struct device *device = bus->busy;
	device->tries = 0;
	device->line_us += now->mono_us - bus->began_us + bus_gap_us(bus);
	if (what == READING_DONE) {
		/* whoever answers every block knows them, whatever it once seemed to refuse */
		device->trials.unfit &=
		        device->trials.gave_up || device->declined.kind != 0;
		bus_rest(bus);
		device_publish(poller, device, now);
		return;
	}
	int64_t next_us =
	        what == ASK_LATER ? now->mono_us + patience_us(device, LATER_MOST) : 0;
	if (device->guard_us > next_us)
		next_us = device->guard_us;
	if (next_us <= now->mono_us) {
		bus_ask(bus, device, now);
		return;
	}
	device->next_us = next_us;
	bus_rest(bus);
}

void bus_answered(struct poller *poller, struct bus *bus, const struct moment *now)
{
	bus->answered = true;
	bus->fruitless = false;
	bus_told(poller, bus, true, "open", now);
}

/* One who is busy is asked again within this poll; true if it will be. */
static bool bus_waits_for_busy(
        struct bus *bus, struct device *device, const struct moment *now)
{
	if (device->declined.kind != DECLINED_BUSY ||
	        device->tries >= device->setting->retries)
		return false;
	device->tries++;
	device->next_us = now->mono_us + BUSY_WAIT;
	bus_rest(bus);
	return true;
}

/* A refusal is noted; true if the instrument is busy and will be asked again. */
static bool bus_refused(struct bus *bus, struct device *device,
        const struct declined *declined, const struct moment *now)
{
	device_declined(device, device->driver->block(device->state), declined);
	device->trials.unfit |= declined->kind == DECLINED_UNFIT;
	return declined->kind == DECLINED_BUSY && bus_waits_for_busy(bus, device, now);
}

static void bus_sound(struct poller *poller, struct bus *bus, struct device *device,
        const struct moment *now)
{
	device->counts.answers++;
	bus_unechoed(bus);
	device->counts.noise += bus->framer.noise - bus->noise_before;
	bus->noise_before = bus->framer.noise;
	bus_answered(poller, bus, now);
}

struct came_frame {
	const uint8_t *bytes;
	size_t n;
	struct moment first;
};

/* The answer to the last request. */
static void bus_take(struct poller *poller, struct bus *bus,
        const struct came_frame *frame, const struct moment *now)
{
	struct device *device = bus->busy;
	const struct driver *driver = device->driver;
	struct declined declined = { .kind = 0 };
	uint16_t block = driver->block(device->state);
	bus_sound(poller, bus, device, now);
	if (driver->refusal != NULL)
		driver->refusal(device->state, frame->bytes, frame->n, &declined);
	if (declined.kind != 0 && bus_refused(bus, device, &declined, now))
		return;
	/* who was busy first, and answers now, has not refused */
	if (declined.kind == 0 && device->declined_block == block)
		device->declined = declined;
	int what = driver->decode(device->state, frame->bytes, frame->n);
	bus_thanks(bus, device);
	device_exchange(device, block, frame->bytes, frame->n, &frame->first);
	go_on(poller, bus, what, now);
}

void bus_unanswered(struct bus *bus, struct device *device, const struct moment *now)
{
	bus_leftover(bus, device);
	device->trials.unproven = true;
	if (!is_numbered(device))
		device->guard_us = now->mono_us + timeout_of(device);
	else if (bus->n > 1) /* a gateway may be busy with it still */
		bus_hold(bus, now->mono_us + timeout_of(device));
}

/* It brought nothing that counts: the next try, the next block, or the end of the
 * poll. */
static void bus_lost(
        struct poller *poller, struct bus *bus, bool silent, const struct moment *now)
{
	struct device *device = bus->busy;
	bus_unanswered(bus, device, now);
	if (!silent)
		bus_hold(bus, now->mono_us + QUIET_CLUMPS);
	if (device->misses == 0 && !device->trials.hushed &&
	        device->tries < device->setting->retries) {
		device->tries++;
		device->next_us = device->guard_us > now->mono_us ? device->guard_us
		                                                  : now->mono_us;
		bus_rest(bus);
		return;
	}
	device->trials.gave_up = true;
	go_on(poller, bus, device->driver->missed(device->state, silent), now);
}

/* A frame, but no answer to what was asked. */
static void bus_stray(
        struct bus *bus, const uint8_t *frame, size_t n, const struct moment *now)
{
	struct device *device = bus->busy;
	/* the driver may want to know of an echo: the same once more is an answer */
	if (device->driver->frame(device->state, frame, n) == (int)n)
		device->driver->decode(device->state, frame, n);
	bool echo = n == bus->request_size && memcmp(frame, bus->request, n) == 0;
	bool late = !echo && owed_late(bus, frame, n, now);
	if (echo)
		bus_echoed(bus);
	if (!echo && !late && is_numbered(device) &&
	        now->mono_us < device->owed.more_until_us) {
		device->counts.late++; /* of a request nobody knows any more */
		late = true;
	}
	if (echo || late)
		bus->n_came = 0; /* it is known what that was */
}

/* A frame while the answer of a trial is waited for, and it is not late. */
static void bus_tried(struct poller *poller, struct bus *bus,
        const struct came_frame *frame, const struct moment *now)
{
	struct device *device = bus->busy;
	struct declined declined = { .kind = 0 };
	device->counts.answers++;
	bus_answered(poller, bus, now);
	if (device->driver->refusal != NULL &&
	        device->driver->refusal(
	                device->state, frame->bytes, frame->n, &declined) != 0 &&
	        !trial_refused(device, &declined, now)) {
		owed_pay(device, frame->bytes, frame->n);
		/* there is somebody, and no trial for him */
		if (bus->maybe_size == 0) {
			trial_back(device);
			device->trials.shy = true;
			bus_ask(bus, device, now);
			return;
		}
	} else {
		int what = trial_answered(bus, device);
		struct came_frame maybe = { bus->maybe, bus->maybe_size,
			bus->maybe_first };
		if (what == TRIAL_OPENED)
			bus_ask(bus, device, now);
		if (what == TRIAL_PROVED)
			bus_take(poller, bus, &maybe, now);
		if (what != TRIAL_FAILED)
			return;
	}
	trial_failed(bus, device);
	bus->n_came = 0;
	bus_lost(poller, bus, true, now);
}

/* What may be the answer to an earlier request has to prove itself, or is let go by. */
static bool bus_doubt(struct poller *poller, struct bus *bus,
        const struct came_frame *frame, const struct moment *now)
{
	struct device *device = bus->busy;
	bus_answered(poller, bus, now);
	bus->n_came = 0;
	if (trial_close(bus, device, frame->bytes, frame->n, &frame->first)) {
		device->line_us += now->mono_us - bus->began_us;
		bus_ask(bus, device, now);
		bus_hear_late(bus, now);
		return false;
	}
	owed_pay(device, frame->bytes, frame->n);
	owed_came_late(device, now);
	bus->passed++;
	if (!owed_any(device, now)) /* all that could come is here */
		bus->deadline_us = bus->begin_by_us = now->mono_us;
	return true;
}

/* One frame; true while the same answer is still waited for. */
bool bus_frame(struct poller *poller, struct bus *bus, const struct moment *now)
{
	struct device *device = bus->busy;
	const struct driver *driver = device->driver;
	struct declined declined = { .kind = 0 };
	struct came_frame frame;
	int n = owed_next(bus, &frame.bytes, &frame.first);
	if (n <= 0)
		return false;
	frame.n = (size_t)n;
	if (!owed_is_answer(device, frame.bytes, frame.n)) {
		bus_stray(bus, frame.bytes, frame.n, now);
		return true;
	}
	bool refused =
	        driver->refusal != NULL &&
	        driver->refusal(device->state, frame.bytes, frame.n, &declined) != 0;
	if (refused && trial_refused_late(device, &declined, now)) {
		bus->n_came = 0;
		return true;
	}
	if (device->trials.asked != 0) {
		bus_tried(poller, bus, &frame, now);
		return false;
	}
	/* a refusal brings no value, whenever it was meant */
	if (refused) {
		owed_pay(device, frame.bytes, frame.n);
	} else if (bus->request_size > 0) {
		/* of two that come after one another the first may be the late one */
		if (bus->passed > 0 || owed_may_be(device, frame.bytes, frame.n, now))
			return bus_doubt(poller, bus, &frame, now);
		owed_in_step(device);
	}
	bus_take(poller, bus, &frame, now);
	return false;
}

/* The deadline has passed: silence, or something that is no answer. */
void bus_missed(struct poller *poller, struct bus *bus, const struct moment *now)
{
	struct device *device = bus->busy;
	bool silent = true;
	/* nothing was asked: the instrument was only given time */
	if (bus->request_size == 0 && bus->n_came == 0) {
		go_on(poller, bus, device->driver->missed(device->state, true), now);
		return;
	}
	if (device->trials.asked != 0 && bus->maybe_size > 0) {
		device->counts.timeouts++;
		trial_failed(bus, device);
		bus->n_came = 0;
	} else if (bus->passed > 0 && !owed_any(device, now)) {
		device->counts.answers++; /* in step again: now for what counts */
		bus_ask(bus, device, now);
		return;
	} else if (bus->passed > 0) {
		device->counts.timeouts++;
		if (device->trials.asked != 0)
			trial_back(device);
		device->trials.hushed = true;
		bus->n_came = 0;
	} else {
		bus_trim_echo(bus);
		silent = bus_count_missed(bus, device);
		if (device->trials.asked != 0) {
			trial_back(device);
			device->trials.shy = true;
		} else if (!silent && bus->request_size > 0 && bus_damaged(bus, device))
			owed_pay_oldest(device);
	}
	bus_lost(poller, bus, silent, now);
}

void bus_listen(struct poller *poller, struct bus *bus, const struct moment *now)
{
	while (bus->state == LISTENING && bus_frame(poller, bus, now))
		;
	if (bus->state != LISTENING)
		return;
	bus_extend(bus);
	if (now->mono_us >= bus->deadline_us || bus_babbles(bus))
		bus_missed(poller, bus, now);
}
