/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's side of the link: what a message that came in means. */
#include <string.h>

#include "sensors/keeper/uplink_parts.h"

static void go_beyond(struct uplink *uplink, uint64_t end, uint64_t wanted, bool forked)
{
	uplink->owes_epoch = true;
	uplink->forked = forked;
	uplink->beyond[0] = end;
	uplink->beyond[1] = wanted - 1;
}

void uplink_look_beyond(struct uplink *uplink, const struct uplink_view *view)
{
	uint64_t end = view->committed_seq;
	if (uplink->state == UPLINK_OPEN && uplink->wanted > end &&
	        uplink->next_seq >= end && uplink->n_open == 0)
		go_beyond(uplink, end, uplink->wanted, false);
}

/* Where the showing begins of what the collector has, [from, end), and nobody here knows
 * that it was acknowledged.  A journal that was copied, or lost its end and grew again,
 * has other bytes from there on for ever: the last records tell of all. */
static uint64_t show_from(const struct uplink *uplink, uint64_t from, uint64_t end)
{
	if (uplink->show_all || end <= from || end - from <= UPLINK_SHOW)
		return from;
	return end - WIRE_COUNT;
}

/*
 * The collector wants `wanted`.  That it has all before it does not say that these are
 * ours: a copy of this journal may send too, or an earlier run whose records the disk has
 * lost.  So whatever is not known as acknowledged is shown again, from the last one that
 * is; it compares, and refuses what is another's.
 */
static void go_to(
        struct uplink *uplink, const struct uplink_view *view, uint64_t wanted)
{
	/* what HELLO said that it is not kept here is wanted no more, by nobody */
	uint64_t kept = uplink_most(view->first_seq, uplink->over_seq);
	uint64_t over = uplink_least(kept, wanted);
	uplink->n_open = 0;
	uplink->over_seq = uplink->short_seq = 0;
	uplink->wanted = wanted;
	if (uplink->acked_seq > wanted)
		uplink->acked_seq = wanted; /* it has lost what it had */
	uplink->acked_seq = uplink_most(uplink->acked_seq, over);
	uint64_t from = uplink->acked_seq,
	         end = uplink_least(wanted, view->committed_seq);
	uplink->next_seq = show_from(uplink, from, end);
	if (uplink->next_seq > from)
		uplink->short_seq = uplink->next_seq;
	uplink->next_seq = uplink_most(uplink->next_seq, view->first_seq);
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
	if (wire->first_seq > uplink->high_seq) /* never shown */
		return MALFORMED;
	if (wire->first_seq <= uplink->acked_seq)
		return OK;
	uplink->counts.acked += wire->first_seq - uplink->acked_seq;
	uplink->acked_seq = wire->first_seq;
	uplink->next_seq = uplink_most(uplink->next_seq, uplink->acked_seq);
	uplink->moved_us = view->now_us;
	uplink->naks_in_row = 0;
	uplink->refusal.reason[0] = '\0';
	size_t done = 0;
	while (done < uplink->n_open && uplink->open_end[done] <= wire->first_seq)
		done++;
	uplink->n_open -= done;
	memmove(uplink->open_end, uplink->open_end + done,
	        uplink->n_open * sizeof uplink->open_end[0]);
	return OK;
}

/* A copy of this journal sends too, or an earlier run gave these numbers: whoever is refused
 * leaves them to the other.  False: it was another refusal. */
static bool hear_others(struct uplink *uplink, const struct uplink_view *view,
        uint64_t from, uint64_t wanted)
{
	if (from < uplink->acked_seq || from < view->first_seq ||
	        from >= uplink->next_seq)
		return false;
	if (from == uplink->short_seq) { /* and how many before it? */
		uplink->show_all = true;
		uplink_greet(uplink, view->now_us);
		return true;
	}
	go_beyond(uplink, from, uplink_most(wanted, from + 1), true);
	return true;
}

/* Every batch of a window behind a refused one is refused too: the first refusal holds
 * the sending, those that come while it is held say nothing new. */
static int hear_nak(
        struct uplink *uplink, const struct uplink_view *view, const struct wire *wire)
{
	struct wire_nak nak;
	if (uplink->state != UPLINK_OPEN || wire->first_seq == 0)
		return MALFORMED;
	/* wire_decode saw to its size */
	wire_nak_get(&nak, wire->payload, wire->payload_size);
	uplink->counts.naks++;
	if (nak.other_seq > 0 &&
	        hear_others(uplink, view, nak.other_seq, wire->first_seq)) {
		uplink->refusal = nak;
		return OK;
	}
	if (view->now_us < uplink->hold_us)
		return OK;
	uplink->refusal = nak;
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
		return OK; /* a sign of life */
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
