/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/desk.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "collector/desk_parts.h"

#define WINDOW_BYTES (16u << 20) /* of all agents together */
#define WINDOW_MOST  32 /* two groups of a journal: one is filled while one is synced */
#define HELD_SPARE   16 /* HELLO and PING: a sender's patience ends after a few */
#define CLOCK_OFF_US INT64_C(10000000) /* worth a line in the log */

uint32_t desk_window(size_t agents)
{
	size_t window = WINDOW_BYTES / ((agents > 0 ? agents : 1) * (64u << 10));
	if (window < 1)
		return 1;
	return window > WINDOW_MOST ? WINDOW_MOST : (uint32_t)window;
}

uint32_t desk_held(uint32_t window)
{
	return 2 * window + HELD_SPARE;
}

int desk_open(struct desk *desk, struct ingest *ingest, size_t most_agents)
{
	*desk = (struct desk){ .ingest = ingest,
		.most = most_agents,
		.window = desk_window(most_agents),
		.station = calloc(most_agents, sizeof *desk->station) };
	return desk->station != NULL ? OK : FAILED;
}

void desk_close(struct desk *desk)
{
	free(desk->station);
}

/* ---- answers ---- */

static int answer(struct desk *desk, const struct wire *to, uint8_t type,
        const void *payload, size_t size, uint8_t *out)
{
	struct wire wire = { .type = type,
		.epoch = to->epoch,
		.first_seq = to->first_seq,
		.payload = payload,
		.payload_size = size };
	memcpy(wire.source, to->source, sizeof wire.source);
	uint64_t durable = ingest_durable(desk->ingest, to->source, to->epoch);
	if (type == WIRE_WELCOME ||
	        ((type == WIRE_ACK || type == WIRE_NAK) && to->first_seq > durable))
		wire.first_seq = durable;
	int n = wire_encode(&wire, out, WIRE_MOST);
	return n > 0 ? n : 0;
}

/* It is to go on at `from`, or at what is wanted next, if that is before. */
static int refuse(struct desk *desk, const struct wire *to, uint64_t from,
        const struct wire_nak *nak, uint8_t *out)
{
	uint8_t payload[sizeof(struct wire_nak)];
	struct wire at = *to;
	at.first_seq = from;
	int n = wire_nak_put(nak, payload, sizeof payload);
	assert(n > 0);
	return answer(desk, &at, WIRE_NAK, payload, (size_t)n, out);
}

static int answer_nak(struct desk *desk, const struct wire *to, uint64_t other_seq,
        const char *reason, uint8_t *out)
{
	struct wire_nak nak = { .other_seq = other_seq };
	snprintf(nak.reason, sizeof nak.reason, "%.*s", (int)sizeof nak.reason - 1,
	        reason);
	return refuse(desk, to, UINT64_MAX, &nak, out);
}

/* What is wanted next may be beyond it by now: a copy of the journal sends too. */
static int answer_behind(struct desk *desk, const struct wire *to,
        const struct refusal *before, uint8_t *out)
{
	struct wire_nak nak = { .reason = "what is before it comes first" };
	return refuse(desk, to, before->seq, &nak, out);
}

/* ---- messages ---- */

static const char words_new_connection[] =
        "this connection is new here: what was on its way on the one before is to come "
        "again";

static void note_clock(
        struct desk_station *station, const struct wire_hello *hello, int64_t now_us)
{
	int64_t before_us = station->ahead_us, ahead_us = 0;
	if (__builtin_sub_overflow(hello->time_us, now_us, &ahead_us))
		ahead_us = INT64_MAX;
	station->ahead_us = ahead_us;
	bool off = ahead_us > CLOCK_OFF_US || ahead_us < -CLOCK_OFF_US;
	bool was_off = before_us > CLOCK_OFF_US || before_us < -CLOCK_OFF_US;
	if (off && !was_off)
		log_line(LOG_WARN, "%s: its clock (%s) is %.0f s %s ours",
		        station->name, clock_state_text(hello->clock),
		        (double)(ahead_us < 0 ? -ahead_us : ahead_us) / 1e6,
		        ahead_us > 0 ? "ahead of" : "behind");
	if (was_off && !off)
		log_line(LOG_INFO, "%s: its clock agrees with ours again",
		        station->name);
}

static int hear_hello(struct desk *desk, struct desk_station *station,
        const struct wire *wire, const struct moment *now, uint8_t *out)
{
	struct wire_hello hello;
	struct problem why;
	uint8_t payload[64];
	if (wire_hello_get(&hello, wire->payload, wire->payload_size) != OK ||
	        wire->epoch == 0 || wire->first_seq > RECORD_SEQ_MOST) {
		desk->malformed++;
		return 0;
	}
	if (ingest_skip(desk->ingest, wire->source, wire->epoch, wire->first_seq,
	            now->time_us, &why) != OK)
		return answer_nak(desk, wire, 0, why.text, out);
	note_clock(station, &hello, now->time_us);
	refusals_forget(station->refusal, &station->peer);
	station->unshown = false;
	station->epoch = wire->epoch;
	memcpy(station->version, hello.version, sizeof station->version);
	log_line(LOG_DETAIL, "%s: hello, epoch %016" PRIx64 ", wanted from %" PRIu64,
	        station->name, wire->epoch,
	        ingest_durable(desk->ingest, wire->source, wire->epoch));
	struct wire_welcome welcome = {
		.time_us = now->time_us, .window = desk->window, .most = WIRE_MOST
	};
	int n = wire_welcome_put(&welcome, payload, sizeof payload);
	assert(n > 0);
	return answer(desk, wire, WIRE_WELCOME, payload, (size_t)n, out);
}

/* Stamp of the last record of a sound message. */
static int64_t last_stamp(const struct wire *data)
{
	int64_t time_us = 0;
	for (size_t at = 0; at < data->payload_size; at += get_le16(data->payload + at))
		time_us = (int64_t)get_le64(data->payload + at + 40);
	return time_us;
}

static void note_refusal(struct desk_station *station, int status, const char *why)
{
	station->naks++;
	if (status == NOT_FOUND) {
		log_line(LOG_DETAIL, "%s: %s", station->name, why);
		return;
	}
	log_seldom(LOG_ALERT, station->name, "%s", why);
	snprintf(station->problem, sizeof station->problem, "%.199s", why);
}

static void note_others(
        struct desk_station *station, const struct moment *now, const char *why)
{
	station->alarm_us = now->time_us;
	snprintf(station->alarm, sizeof station->alarm, "%.199s", why);
}

static void note_taken(
        struct desk *desk, struct desk_station *station, const struct wire *wire)
{
	if (station->problem[0] != '\0')
		log_line(LOG_INFO, "%s: its records are taken again", station->name);
	station->problem[0] = '\0';
	station->epoch = station->shown_epoch = wire->epoch;
	station->shown_by = station->peer;
	station->shown_seq = wire->first_seq + wire->count;
	station->owes = true;
	station->batches++;
	station->records += wire->count;
	station->record_us = last_stamp(wire);
	desk->gathered += wire->payload_size + wire->count * (JOURNAL_ENTRY + 8u);
	station->open++;
	if (wire->payload_size > WIRE_MOST / 2) {
		desk->backlog = true;
		desk->waits |= station->open >= (desk->window + 1) / 2;
	}
}

/* A cabinet that connected anew and does not know it: that all before this is here says
 * nothing of what it had on its way, where a copy of it has sent the same numbers. */
static int hear_first_data(struct desk *desk, struct desk_station *station,
        const struct wire *wire, uint8_t *out)
{
	station->naks++;
	refusals_note(station->refusal, &station->peer, wire, wire->first_seq);
	return answer_nak(desk, wire, 0, words_new_connection, out);
}

static int hear_data(struct desk *desk, struct desk_station *station,
        const struct wire *wire, const struct moment *now, uint8_t *out)
{
	struct problem why = { .text = "" };
	uint64_t other_seq;
	const struct refusal *before =
	        refusals_before(station->refusal, &station->peer, wire);
	if (before != NULL) {
		station->naks++;
		return before->seq == 0 ? 0 : answer_behind(desk, wire, before, out);
	}
	int status = ingest_data(
	        desk->ingest, station->name, wire, now->time_us, &other_seq, &why);
	if (status != OK) {
		note_refusal(station, status, why.text);
		refusals_note(station->refusal, &station->peer, wire,
		        other_seq != 0 ? 0 : wire->first_seq);
		if (other_seq != 0)
			note_others(station, now, why.text);
		return answer_nak(desk, wire, other_seq, why.text, out);
	}
	refusals_forget(station->refusal, &station->peer);
	note_taken(desk, station, wire);
	return 0;
}

/* Who begins a connection with PING had one before, and does not know that what was on its
 * way there is gone. */
static int hear_ping(struct desk *desk, const struct wire *wire, bool new, uint8_t *out)
{
	if (new)
		return answer_nak(desk, wire, 0, words_new_connection, out);
	return answer(desk, wire, WIRE_PONG, NULL, 0, out);
}

/* Count it, and tell it once of each station. */
static void note_malformed(
        struct desk *desk, const struct peer *peer, size_t n, const char *what)
{
	char about[48];
	snprintf(about, sizeof about, "malformed %s", peer->user);
	desk->malformed++;
	log_seldom(LOG_WARN, about, "%s: a message of %zu bytes %s; dropped",
	        peer->user, n, what);
}

void desk_drop(struct desk *desk, const struct peer *peer)
{
	if (peer->user[0] != '\0')
		note_malformed(desk, peer, peer->size,
		        peer->size > WIRE_MOST ? "is longer than the link allows"
		                               : "is not one frame");
}

int desk_hear(struct desk *desk, const struct peer *peer, const uint8_t *in, size_t n,
        const struct moment *now, uint8_t *out)
{
	struct wire wire;
	if (wire_decode(&wire, in, n) != OK) {
		note_malformed(desk, peer, n, "is none of ours");
		return 0;
	}
	if (strcmp(wire.source, peer->user) != 0) {
		desk->malformed++;
		log_seldom(LOG_ALERT, peer->user,
		        "the key of %s sends as %s (%zu bytes); nothing of it is "
		        "taken: has a key been copied?",
		        peer->user, wire.source, n);
		return 0;
	}
	struct desk_station *station = desk_station_of(desk, peer->user);
	if (station == NULL)
		return 0;
	bool new = desk_note_heard(station, peer, now);
	station->unshown |= new;
	switch (wire.type) {
	case WIRE_HELLO:
		return hear_hello(desk, station, &wire, now, out);
	case WIRE_DATA:
		new = station->unshown;
		station->unshown = false;
		if (wire.first_seq > 1 && new)
			return hear_first_data(desk, station, &wire, out);
		return hear_data(desk, station, &wire, now, out);
	case WIRE_PING:
		return hear_ping(desk, &wire, new, out);
	default:
		return 0;
	}
}

int desk_ack(struct desk *desk, size_t i, uint8_t *out)
{
	struct desk_station *station = &desk->station[i];
	if (!station->owes ||
	        ingest_durable(desk->ingest, station->name, station->shown_epoch) <
	                ingest_next(desk->ingest, station->name, station->shown_epoch))
		return 0;
	struct wire wire = { .epoch = station->shown_epoch,
		.first_seq = station->shown_seq };
	memcpy(wire.source, station->name, sizeof wire.source);
	station->owes = false;
	station->open = 0;
	return answer(desk, &wire, WIRE_ACK, NULL, 0, out);
}
