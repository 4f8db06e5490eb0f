/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes that come on a line where instruments are asked: those that are waited for, and
 * those that nobody waits for. */
#include <string.h>

#include "sensors/poller/poller_parts.h"

static void keep(struct bus *bus, const uint8_t *in, size_t n)
{
	size_t room = sizeof bus->came - bus->n_came;
	memcpy(bus->came + bus->n_came, in, n < room ? n : room);
	bus->n_came += n < room ? n : room;
}

void bus_hear_late(struct bus *bus, const struct moment *now)
{
	struct device *device = bus->busy != NULL ? bus->busy : bus->device[0];
	uint64_t before = bus->framer.noise;
	const uint8_t *frame;
	struct moment first;
	int n;
	while ((n = owed_next(bus, &frame, &first)) > 0)
		if (!owed_late(bus, frame, (size_t)n, now))
			device->counts.noise += (uint64_t)n;
	device->counts.noise += bus->framer.noise - before;
}

/* Bytes nobody waits for: late answers, noise.  The line must fall silent before the
 * next request. */
static void discard(
        struct bus *bus, const uint8_t *in, size_t n, const struct moment *now)
{
	struct device *device = bus->busy != NULL ? bus->busy : bus->device[0];
	if (bus->restless_us == 0 || now->mono_us >= bus->quiet_us)
		bus->restless_us = now->mono_us;
	if (now->mono_us >= bus->quiet_us) /* no frame goes on behind a silence */
		device->counts.noise += framer_clear(&bus->framer);
	int64_t quiet_us =
	        bus_gap_us(bus) > QUIET_CLUMPS ? bus_gap_us(bus) : QUIET_CLUMPS;
	bus_hold(bus, now->mono_us + quiet_us);
	keep(bus, in, n);
	framer_add(&bus->framer, in, n, now);
	bus_hear_late(bus, now);
}

bool bus_may_read(struct bus *bus, const struct moment *now)
{
	int64_t since_us = now->mono_us - bus->window_us;
	if (since_us >= LOOK_US) {
		bool in_a_row = bus->in_window >= READ_MOST && since_us < STALL_US;
		bus->full = in_a_row ? bus->full + 1 : 0;
		bus->window_us = now->mono_us;
		bus->in_window = 0;
	}
	return bus->in_window < READ_MOST;
}

int64_t bus_read_us(const struct bus *bus)
{
	bool more = bus->state != CLOSED && bus->in_window >= READ_MOST;
	return more ? bus->window_us + LOOK_US : 0;
}

/* What came while nobody was there is much, and has an end. */
bool bus_flooded(struct poller *poller, struct bus *bus, const struct moment *now)
{
	if (bus->stale)
		bus->full = 0;
	if (bus->full < FLOOD_MOST || bus->setting->path[0] != '\0')
		return false;
	bus->fruitless = !bus->answered;
	if (bus->answered)
		bus->back_off_us = BACK_OFF_LEAST;
	bus_down(poller, bus, "it sends without end: closed", now);
	return true;
}

/* Bytes of the longest answer to what was asked. */
static size_t answer_size(const struct device *device)
{
	const struct driver *driver = device->driver;
	size_t block = driver->block(device->state);
	if (block >= device->setting->profile->n_blocks)
		return driver->frame_most;
	return driver->traffic(&device->setting->instrument, block).answer;
}

int64_t bus_answer_us(const struct bus *bus, const struct device *device)
{
	return bus_us(bus, answer_size(device));
}

void bus_bytes(struct bus *bus, const uint8_t *in, size_t n, const struct moment *now)
{
	if (bus->state != LISTENING) {
		discard(bus, in, n, now);
		return;
	}
	framer_add(&bus->framer, in, n, now);
	bus->restless_us = 0;
	bus->quiet_us = now->mono_us + bus_gap_us(bus);
	keep(bus, in, n);
	bus->n_heard += n;
}

/* What waits in the framer, behind echo and noise, may be the begin of an answer. */
void bus_extend(struct bus *bus)
{
	size_t n;
	framer_rest(&bus->framer, &n);
	if (n == 0 || bus->framer.clump[0].when.mono_us > bus->begin_by_us)
		return;
	int64_t end = bus->framer.clump[0].when.mono_us + bus_answer_us(bus, bus->busy);
	if (end > bus->deadline_us)
		bus->deadline_us = end;
}

bool bus_babbles(const struct bus *bus)
{
	return bus->n_heard > BUDGET * bus->busy->driver->frame_most;
}

/* As when a two-wire line changes its direction; frames with numbers begin so too. */
bool bus_only_noise(const struct bus *bus)
{
	if (bus->n_came > 0 && bus->busy != NULL && is_numbered(bus->busy))
		return false;
	for (size_t i = 0; i < bus->n_came; i++)
		if (bus->came[i] != 0x00 && bus->came[i] != 0xff)
			return false;
	return bus->n_came <= NOISE_MOST;
}

static bool begins_with_request(const struct bus *bus)
{
	return bus->n_came >= bus->request_size &&
	       memcmp(bus->came, bus->request, bus->request_size) == 0;
}

void bus_echoed(struct bus *bus)
{
	bus->busy->counts.echoes++;
	bus->echoed = bus->hears_itself = true;
	bus->unechoed = 0;
}

/* An adapter may be exchanged, or its echo switched off: then the first of two like
 * frames is no longer ours (poller_errand.c).  Several answers without an echo show it;
 * where an answer begins as its request does nobody knows. */
void bus_unechoed(struct bus *bus)
{
	if (bus->echoed || bus->request_size == 0 || begins_with_request(bus))
		return;
	bus->unechoed++;
	if (bus->unechoed >= STRIKES)
		bus->hears_itself = false;
}

/* A two-wire line may give back what was sent, and that is all that came of it. */
void bus_trim_echo(struct bus *bus)
{
	size_t n = bus->request_size;
	if (n == 0 || !begins_with_request(bus))
		return;
	bus_echoed(bus);
	bus->n_came -= n;
	memmove(bus->came, bus->came + n, bus->n_came);
}

/* What came for a request and is no answer. */
void bus_leftover(struct bus *bus, struct device *device)
{
	uint16_t block = device->driver->block(device->state);
	size_t n = bus_only_noise(bus) ? 0 : bus->n_came;
	size_t room = device->driver->frame_most; /* so much of each request */
	if (n > room)
		n = room;
	device_leftover(device, block, bus->came, n);
}

/* A frame of the right form, which failed its check. */
static bool fails_check(const struct bus *bus, const struct device *device)
{
	const struct driver *driver = device->driver;
	return driver->fault != NULL &&
	       driver->fault(device->state, bus->came, bus->n_came) == FAULT_CHECKSUM;
}

bool bus_damaged(const struct bus *bus, const struct device *device)
{
	return fails_check(bus, device) || bus->n_came >= answer_size(device) / 2;
}

/* Each request ends as an answer, a timeout, or one of these. */
bool bus_count_missed(struct bus *bus, struct device *device)
{
	struct poller_counts *counts = &device->counts;
	bool silent = bus_only_noise(bus);
	counts->noise += bus->framer.noise - bus->noise_before;
	bus->noise_before = bus->framer.noise;
	if (!silent)
		device_blame(device, bus->came, bus->n_came);
	if (silent)
		counts->timeouts++;
	else if (fails_check(bus, device))
		counts->checksum++;
	else
		counts->malformed++;
	return silent;
}

/* One who is due has waited as long for the line to fall silent as for an answer. */
static bool has_waited(
        const struct bus *bus, const struct device *device, int64_t now_us)
{
	int64_t since_us =
	        device->next_us > bus->restless_us ? device->next_us : bus->restless_us;
	return now_us - since_us >= device->timeout_us;
}

/* Somebody sends without end: nobody can be asked, and that says nothing of the
 * instruments. */
void bus_loud(struct poller *poller, struct bus *bus, const struct moment *now)
{
	bool loud = false;
	if (bus->restless_us == 0)
		return;
	for (size_t i = 0; i < bus->n; i++) {
		struct device *device = bus->device[i];
		if (!has_waited(bus, device, now->mono_us))
			continue;
		loud = true;
		if (bus->busy == device)
			bus_rest(bus);
		if (!device->polling)
			device_begin(device, now);
		bus_leftover(bus, device);
		device_cut(poller, device, now);
	}
	if (!loud)
		return;
	bus->n_came = 0;
	bus_told(poller, bus, false,
	        "the line is never silent: something sends all the time (a second "
	        "master, a faulty instrument or adapter); nobody can be asked",
	        now);
}
