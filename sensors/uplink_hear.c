/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's side of the link: what a message that came in means. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/uplink_parts.h"

static void go_beyond(struct uplink *uplink, uint64_t end, uint64_t wanted, bool forked)
{
	uplink->owes_epoch = true;
	uplink->forked = forked;
	uplink->beyond[0] = end;
	uplink->beyond[1] = wanted - 1;
}

static void end_probe(struct uplink *uplink)
{
	uplink->n_open = 0;
	uplink->probe_end = 0;
	uplink->probe_pinged = false;
	uplink->naks_in_row = 0;
}

/* Numbers given in doubt, and the collector has records under them: are they these?  It
 * was shown the first of them, and has refused nothing. */
static void hear_probe_ours(struct uplink *uplink, const struct uplink_view *view)
{
	uint64_t wanted = uplink->probe_wanted;
	end_probe(uplink);
	uplink->moved_us = view->now_us;
	if (wanted > view->committed_seq) {
		go_beyond(uplink, view->committed_seq, wanted, false);
		return;
	}
	uplink->acked_seq = wanted;
	uplink->next_seq = uplink_most(wanted, view->first_seq);
}

static void hear_pong(struct uplink *uplink, const struct uplink_view *view)
{
	uplink->pongs++;
	if (uplink->probe_pinged && uplink->n_open > 0 &&
	        uplink->pongs == uplink->pings)
		hear_probe_ours(uplink, view);
}

/* The collector wants `wanted`.  Beyond the journal's end, or beyond what it held when
 * this run began and nothing had been sent yet, it holds records that this journal never
 * had (its end was lost, or an older copy was put back): their numbers must not be used
 * again. */
static void go_to(
        struct uplink *uplink, const struct uplink_view *view, uint64_t wanted)
{
	uint64_t end = view->committed_seq;
	uplink->n_open = 0;
	uplink->over_seq = 0;
	uplink->probe_end = 0;
	uplink->probe_pinged = false;
	if (view->doubt_seq > 0 && wanted > view->doubt_seq && view->doubt_seq < end &&
	        view->first_seq <= view->doubt_seq) {
		uplink->acked_seq = uplink->next_seq = view->doubt_seq;
		uplink->probe_end = uplink_least(wanted, end);
		uplink->probe_wanted = wanted;
		return;
	}
	if (wanted > end) {
		go_beyond(uplink, end, wanted, false);
		return;
	}
	uplink->acked_seq = wanted;
	uplink->next_seq = uplink_most(wanted, view->first_seq);
}

static int hear_welcome(
        struct uplink *uplink, const struct uplink_view *view, const struct wire *wire)
{
	struct wire_welcome welcome = { .window = 1 };
	if (wire->first_seq == 0)
		return MALFORMED;
	/* wire_decode saw to its size */
	wire_welcome_get(&welcome, wire->payload, wire->payload_size);
	uplink->window =
	        (uint32_t)uplink_least(uplink_most(welcome.window, 1), UPLINK_WINDOW);
	uplink->most =
	        (uint32_t)uplink_least(uplink_most(welcome.most, 4096), WIRE_MOST);
	uplink->state = UPLINK_OPEN;
	uplink->tries = 0;
	uplink->moved_us = view->now_us;
	go_to(uplink, view, wire->first_seq);
	return OK;
}

static int hear_ack(
        struct uplink *uplink, const struct uplink_view *view, const struct wire *wire)
{
	if (uplink->state != UPLINK_OPEN)
		return MALFORMED;
	if (uplink->probe_end > 0)
		return OK; /* of something said before */
	if (wire->first_seq > uplink->next_seq)
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

/* "... record <epoch>/<seq> came before with other bytes ...": the first number of what was sent
 * that is another's.  Of all below the collector has ours.  0: the refusal names none. */
static uint64_t others_seq(const char *refusal)
{
	const char *words = strstr(refusal, " " WIRE_OTHER_BYTES), *at = words;
	while (at != NULL && at > refusal && isdigit((unsigned char)at[-1]))
		at--;
	if (at == words || at == refusal || at[-1] != '/')
		return 0;
	return strtoull(at, NULL, 10);
}

/* A copy of this journal sends too, or an earlier run gave these numbers: whoever is refused
 * leaves them to the other.  False: it was another refusal. */
static bool hear_others(
        struct uplink *uplink, const struct uplink_view *view, uint64_t wanted)
{
	uint64_t from = others_seq(uplink->refusal);
	if (strstr(uplink->refusal, WIRE_OTHER_BYTES) == NULL)
		return false;
	if (from == 0 && uplink->probe_end > 0)
		from = view->doubt_seq;
	if (from < view->first_seq || from >= view->committed_seq)
		return false;
	end_probe(uplink);
	go_beyond(uplink, from, uplink_most(wanted, from + 1), true);
	return true;
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
	if (hear_others(uplink, view, wire->first_seq))
		return OK;
	uplink->hold_us =
	        view->now_us + uplink_back_off_us(uplink, uplink->naks_in_row++);
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
		hear_pong(uplink, view);
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
		/* of an epoch that is over, or is about to be: only a sign of life */
		if ((wire.epoch == view->epoch && !uplink->owes_epoch) ||
		        wire.type == WIRE_PING || wire.type == WIRE_PONG)
			status = hear_sound(uplink, view, &wire);
	}
	if (status != OK)
		uplink->counts.malformed++;
	return status;
}
