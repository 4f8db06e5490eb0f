/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/keeper/uplink_parts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

uint64_t uplink_least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t uplink_most(uint64_t a, uint64_t b)
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
int64_t uplink_back_off_us(struct uplink *uplink, unsigned tries)
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

void uplink_turn(struct uplink *uplink, uint64_t acked_seq, int64_t now_us)
{
	uplink->acked_seq = uplink->next_seq = uplink->high_seq = acked_seq;
	uplink->hole_seq = uplink->over_seq = uplink->short_seq = uplink->wanted = 0;
	uplink->show_all = false;
	uplink->refusal.reason[0] = '\0';
	if (uplink->state != UPLINK_CLOSED)
		uplink_greet(uplink, now_us);
}

static void hang_up(struct uplink *uplink, int64_t now_us)
{
	uplink->state = UPLINK_CLOSED;
	uplink->next_us = now_us + uplink_back_off_us(uplink, uplink->tries++);
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
		wire.first_seq = uplink_most(view->first_seq, uplink->over_seq);
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

/* As many records from next_seq on as fit. */
static size_t compose_data(
        struct uplink *uplink, const struct uplink_view *view, uint8_t *out)
{
	size_t size = 0, most = uplink->most - WIRE_HEADER;
	uint16_t count = 0;
	uint64_t seq = uplink->next_seq;
	for (; seq < view->committed_seq && count < WIRE_COUNT; seq++, count++) {
		const uint8_t *record;
		size_t n = view->record(view->with, seq, &record);
		if (n == 0 || size + n > most)
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

/* Nothing could be composed.  A record longer than the collector's messages is not cut
 * and not sent in vain: it is told, and the collector goes on behind it.  All before it
 * are acknowledged by then, or the collector would pass over them too. */
static void look_why(struct uplink *uplink, const struct uplink_view *view)
{
	const uint8_t *record;
	size_t n = view->record(view->with, uplink->next_seq, &record);
	if (n <= uplink->most - WIRE_HEADER) {
		look_behind(uplink, view);
		return;
	}
	if (uplink->n_open > 0)
		return;
	view->too_long(view->with, uplink->next_seq, n);
	uplink->over_seq = uplink->next_seq + 1;
	uplink_greet(uplink, view->now_us);
}

static bool may_send_data(const struct uplink *uplink, const struct uplink_view *view)
{
	return !view->pause && uplink->n_open < uplink->window &&
	       view->now_us >= uplink->hold_us && uplink->next_seq >= view->first_seq &&
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
			look_why(uplink, view);
	}
	/* what was next has been let go: the collector must hear where we begin now */
	if (uplink->next_seq < view->first_seq && uplink->n_open == 0)
		uplink_greet(uplink, view->now_us);
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
	uplink_look_beyond(uplink, view);
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
		        uplink_least(end, uplink->high_seq) - uplink->pending.first_seq;
	uplink->high_seq = uplink_most(end, uplink->high_seq);
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
