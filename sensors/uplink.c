/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/uplink.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t most_of(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* xorshift64*: jitter needs no better chance. */
static uint64_t jitter(struct uplink *uplink)
{
	uint64_t x = uplink->jitter;
	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	uplink->jitter = x;
	return x * UINT64_C(2685821657736338717);
}

/* 1, 2, 4 ... 60 s, each shortened by chance to no less than its half (and 1 s). */
static int64_t back_off_us(struct uplink *uplink, unsigned tries)
{
	int64_t full = (tries < 6 ? INT64_C(1) << tries : 60) * SECOND_US;
	int64_t half = full / 2;
	int64_t wait = half + (int64_t)(jitter(uplink) % (uint64_t)(half + 1));
	return wait < SECOND_US ? SECOND_US : wait;
}

void uplink_init(
        struct uplink *uplink, const char *source, uint64_t seed, int64_t now_us)
{
	memset(uplink, 0, sizeof *uplink);
	snprintf(uplink->source, sizeof uplink->source, "%s", source);
	snprintf(uplink->version, sizeof uplink->version, "%s", QUANTRAC_VERSION);
	uplink->jitter = seed != 0 ? seed : 1;
	uplink->window = 1;
	uplink->most = WIRE_MOST;
	uplink_greet(uplink, now_us);
}

void uplink_greet(struct uplink *uplink, int64_t now_us)
{
	uplink->state = UPLINK_GREETING;
	uplink->next_us = now_us;
	uplink->heard_us = uplink->said_us = uplink->moved_us = now_us;
	uplink->hold_us = uplink->full_us = now_us;
	uplink->n_open = 0;
	uplink->naks_in_row = 0;
	uplink->owes_pong = uplink->owes_epoch = false;
}

static void hang_up(struct uplink *uplink, int64_t now_us)
{
	uplink->state = UPLINK_CLOSED;
	uplink->next_us = now_us + back_off_us(uplink, uplink->tries++);
}

/* ---- what goes out ---- */

static size_t compose(struct uplink *uplink, const struct uplink_view *view,
        uint8_t type, size_t payload_size, uint8_t *out)
{
	struct wire wire = { .type = type,
		.epoch = view->epoch,
		.payload = out + WIRE_HEADER,
		.payload_size = payload_size };
	memcpy(wire.source, uplink->source, sizeof wire.source);
	if (type == WIRE_HELLO)
		wire.first_seq = most_of(view->first_seq, uplink->over_seq);
	uplink->pending = wire;
	int n = wire_encode(&wire, out, WIRE_MOST);
	assert(n > 0);
	return (size_t)n;
}

static size_t compose_hello(
        struct uplink *uplink, const struct uplink_view *view, uint8_t *out)
{
	struct wire_hello hello = { .newest_seq = view->committed_seq - 1,
		.time_us = view->time_us,
		.clock = view->clock };
	memcpy(hello.version, uplink->version, sizeof hello.version);
	int n = wire_hello_put(&hello, out + WIRE_HEADER, WIRE_MOST - WIRE_HEADER);
	assert(n > 0);
	return compose(uplink, view, WIRE_HELLO, (size_t)n, out);
}

/* As many records from next_seq on as fit; one that is longer than the collector's
 * `most` alone still goes, alone: it was refused or accepted there, never cut here. */
static size_t compose_data(
        struct uplink *uplink, const struct uplink_view *view, uint8_t *out)
{
	size_t size = 0, most = uplink->most - WIRE_HEADER;
	uint16_t count = 0;
	uint64_t seq = uplink->next_seq;
	for (; seq < view->committed_seq && count < WIRE_COUNT; seq++, count++) {
		const uint8_t *record;
		size_t n = view->record(view->with, seq, &record);
		if (n == 0 || n > WIRE_MOST - WIRE_HEADER - size)
			break;
		if (count > 0 && size + n > most)
			break;
		memcpy(out + WIRE_HEADER + size, record, n);
		size += n;
	}
	if (count == 0)
		return 0;
	struct wire wire = { .type = WIRE_DATA,
		.epoch = view->epoch,
		.first_seq = uplink->next_seq,
		.count = count,
		.payload = out + WIRE_HEADER,
		.payload_size = size };
	memcpy(wire.source, uplink->source, sizeof wire.source);
	uplink->pending = wire;
	int n = wire_encode(&wire, out, WIRE_MOST);
	assert(n > 0);
	return (size_t)n;
}

/* A record that was durable once and is damaged now can never be sent: the collector is told by a HELLO
 * that only those behind it are kept here, or all later ones would wait for ever. */
static void look_behind(struct uplink *uplink, const struct uplink_view *view)
{
	if (uplink->hole_seq != uplink->next_seq) {
		uplink->hole_seq = uplink->next_seq;
		uplink->hole_us = view->now_us;
	}
	if (uplink->n_open > 0 || view->now_us - uplink->hole_us < UPLINK_HOLE_US)
		return;
	uplink->hole_us = view->now_us;
	uint64_t seq = view->behind(view->with, uplink->next_seq);
	if (seq <= uplink->next_seq)
		return;
	uplink->over_seq = seq;
	uplink_greet(uplink, view->now_us);
}

static bool may_send_data(const struct uplink *uplink, const struct uplink_view *view)
{
	return uplink->n_open < uplink->window && view->now_us >= uplink->hold_us &&
	       uplink->next_seq >= view->first_seq &&
	       uplink->next_seq < view->committed_seq;
}

static size_t compose_open(
        struct uplink *uplink, const struct uplink_view *view, uint8_t *out)
{
	size_t n = 0;
	if (uplink->owes_pong)
		return compose(uplink, view, WIRE_PONG, 0, out);
	if (may_send_data(uplink, view)) {
		n = compose_data(uplink, view, out);
		if (n == 0)
			look_behind(uplink, view);
	}
	if (uplink->state == UPLINK_GREETING)
		return compose_hello(uplink, view, out);
	if (n == 0 && view->now_us - uplink->said_us >= UPLINK_PING_US)
		n = compose(uplink, view, WIRE_PING, 0, out);
	return n;
}

static bool is_dead(const struct uplink *uplink, int64_t now_us)
{
	if (now_us - uplink->heard_us >= UPLINK_SILENT_US)
		return true;
	return uplink->n_open > 0 && now_us - uplink->moved_us >= UPLINK_STUCK_US;
}

enum uplink_act uplink_next(
        struct uplink *uplink, const struct uplink_view *view, uint8_t *out, size_t *n)
{
	*n = 0;
	if (uplink->state == UPLINK_CLOSED) {
		if (view->now_us < uplink->next_us)
			return UPLINK_REST;
		uplink_greet(uplink, view->now_us);
		uplink->counts.renewals++;
		return UPLINK_RENEW;
	}
	if (uplink->owes_epoch)
		return UPLINK_NEW_EPOCH;
	if (is_dead(uplink, view->now_us)) {
		hang_up(uplink, view->now_us);
		return UPLINK_REST;
	}
	if (view->now_us < uplink->full_us)
		return UPLINK_REST;
	if (uplink->state == UPLINK_OPEN)
		*n = compose_open(uplink, view, out);
	else if (view->now_us >= uplink->next_us)
		*n = compose_hello(uplink, view, out);
	return *n > 0 ? UPLINK_SEND : UPLINK_REST;
}

static void data_sent(struct uplink *uplink, int64_t now_us)
{
	uint64_t end = uplink->pending.first_seq + uplink->pending.count;
	if (uplink->n_open == 0)
		uplink->moved_us = now_us;
	uplink->open_end[uplink->n_open++] = end;
	uplink->next_seq = end;
	uplink->counts.sent += uplink->pending.count;
	if (uplink->pending.first_seq < uplink->high_seq)
		uplink->counts.again +=
		        least(end, uplink->high_seq) - uplink->pending.first_seq;
	uplink->high_seq = most_of(end, uplink->high_seq);
}

void uplink_sent(struct uplink *uplink, int64_t now_us, int status)
{
	if (status != OK) {
		uplink->full_us = now_us + SECOND_US / 5;
		return;
	}
	uplink->said_us = now_us;
	if (uplink->pending.type == WIRE_DATA)
		data_sent(uplink, now_us);
	if (uplink->pending.type == WIRE_PONG)
		uplink->owes_pong = false;
	if (uplink->pending.type == WIRE_HELLO)
		uplink->next_us = now_us + UPLINK_HELLO_US;
}

/* ---- what comes in ---- */

/* The collector wants `wanted`.  Beyond the journal's end it holds records that this
 * journal never had (an older copy was put back): their numbers must not be used again.
 */
static void go_to(
        struct uplink *uplink, const struct uplink_view *view, uint64_t wanted)
{
	uplink->n_open = 0;
	if (wanted > view->committed_seq) {
		uplink->owes_epoch = true;
		uplink->over_seq = 0;
		uplink->beyond[0] = view->committed_seq;
		uplink->beyond[1] = wanted - 1;
		return;
	}
	uplink->acked_seq = wanted;
	uplink->next_seq = most_of(wanted, view->first_seq);
}

static int hear_welcome(
        struct uplink *uplink, const struct uplink_view *view, const struct wire *wire)
{
	struct wire_welcome welcome;
	if (wire_welcome_get(&welcome, wire->payload, wire->payload_size) != OK ||
	        wire->first_seq == 0)
		return MALFORMED;
	uplink->window = (uint32_t)least(most_of(welcome.window, 1), UPLINK_WINDOW);
	uplink->most = (uint32_t)least(most_of(welcome.most, 4096), WIRE_MOST);
	uplink->state = UPLINK_OPEN;
	uplink->tries = 0;
	uplink->moved_us = view->now_us;
	go_to(uplink, view, wire->first_seq);
	return OK;
}

static int hear_ack(
        struct uplink *uplink, const struct uplink_view *view, const struct wire *wire)
{
	if (uplink->state != UPLINK_OPEN || wire->first_seq > uplink->next_seq)
		return MALFORMED;
	if (wire->first_seq <= uplink->acked_seq)
		return OK;
	uplink->counts.acked += wire->first_seq - uplink->acked_seq;
	uplink->acked_seq = wire->first_seq;
	uplink->moved_us = view->now_us;
	uplink->naks_in_row = 0;
	uplink->refusal[0] = '\0';
	size_t done = 0;
	while (done < uplink->n_open && uplink->open_end[done] <= wire->first_seq)
		done++;
	uplink->n_open -= done;
	memmove(uplink->open_end, uplink->open_end + done,
	        uplink->n_open * sizeof uplink->open_end[0]);
	return OK;
}

/* Every batch of a window behind a refused one is refused too: the first refusal holds
 * the sending, those that come while it is held say nothing new. */
static int hear_nak(
        struct uplink *uplink, const struct uplink_view *view, const struct wire *wire)
{
	if (uplink->state != UPLINK_OPEN || wire->first_seq == 0)
		return MALFORMED;
	uplink->counts.naks++;
	if (view->now_us < uplink->hold_us)
		return OK;
	snprintf(uplink->refusal, sizeof uplink->refusal, "%.*s",
	        (int)wire->payload_size, (const char *)wire->payload);
	uplink->hold_us = view->now_us + back_off_us(uplink, uplink->naks_in_row++);
	go_to(uplink, view, wire->first_seq);
	return OK;
}

static int hear_sound(
        struct uplink *uplink, const struct uplink_view *view, const struct wire *wire)
{
	switch (wire->type) {
	case WIRE_WELCOME:
		return hear_welcome(uplink, view, wire);
	case WIRE_ACK:
		return hear_ack(uplink, view, wire);
	case WIRE_NAK:
		return hear_nak(uplink, view, wire);
	case WIRE_PING:
		uplink->owes_pong = true;
		return OK;
	case WIRE_PONG:
		return OK;
	default:
		return MALFORMED;
	}
}

int uplink_hear(struct uplink *uplink, const struct uplink_view *view,
        const uint8_t *in, size_t n)
{
	struct wire wire;
	int status = wire_decode(&wire, in, n);
	if (status == OK && strcmp(wire.source, uplink->source) != 0)
		status = MALFORMED;
	if (status == OK && uplink->state != UPLINK_CLOSED) {
		uplink->heard_us = view->now_us;
		/* of an epoch that is over: only a sign of life */
		if (wire.epoch == view->epoch || wire.type == WIRE_PING)
			status = hear_sound(uplink, view, &wire);
	}
	if (status != OK)
		uplink->counts.malformed++;
	return status;
}

int64_t uplink_wake_us(const struct uplink *uplink)
{
	if (uplink->state == UPLINK_CLOSED)
		return uplink->next_us;
	int64_t wake = uplink->heard_us + UPLINK_SILENT_US;
	int64_t next = uplink->state == UPLINK_OPEN ? uplink->said_us + UPLINK_PING_US
	                                            : uplink->next_us;
	if (next < wake)
		wake = next;
	if (uplink->hold_us > uplink->said_us && uplink->hold_us < wake)
		wake = uplink->hold_us;
	return wake > uplink->full_us ? wake : uplink->full_us;
}

const char *uplink_state_text(enum uplink_state state)
{
	static const char *const text[] = { "greeting", "open", "closed" };
	return text[state];
}
