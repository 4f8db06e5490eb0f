/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/simulator/simulate_way.h"

#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/modbus.h"

#define BYTE_US 1000 /* about 9600 baud */

struct simulate_way *simulate_way_new(const struct scenario *scenario)
{
	struct simulate_way *way = calloc(1, sizeof *way);
	if (way == NULL)
		return NULL;
	way->scenario = scenario;
	way->said = calloc(scenario->n_instruments + 1, sizeof way->said[0]);
	if (way->said != NULL)
		return way;
	free(way);
	return NULL;
}

void simulate_way_free(struct simulate_way *way)
{
	if (way == NULL)
		return;
	free(way->said);
	free(way);
}

static bool is_free(const struct way_message *message)
{
	return message->n == 0 && !message->hang_up;
}

static void release(struct way_message *message)
{
	message->n = 0;
	message->hang_up = false;
}

void simulate_way_clear(struct simulate_way *way)
{
	for (size_t i = 0; i < WAY_MESSAGES; i++)
		release(&way->message[i]);
	for (size_t i = 0; i < way->scenario->n_instruments; i++)
		way->said[i].n = 0;
}

/* A place for one more.  Whoever is in the middle of an answer gives it up when it is asked
 * again; with all places taken the answer is lost. */
static struct way_message *place_for(
        struct simulate_way *way, const struct scenario_instrument *instrument)
{
	struct way_message *found = NULL;
	for (size_t i = 0; i < WAY_MESSAGES; i++) {
		struct way_message *one = &way->message[i];
		if (!is_free(one) && one->instrument == instrument && one->sent > 0)
			release(one);
		if (is_free(one))
			found = one;
	}
	return found;
}

static void add(struct way_message *message, const uint8_t *in, size_t n)
{
	if (n > WAY_BYTES - message->n)
		n = WAY_BYTES - message->n;
	if (n > 0)
		memcpy(message->bytes + message->n, in, n);
	message->n += n;
}

static void add_stray(struct way_message *message, int n)
{
	for (int i = 0; i < n; i++)
		add(message, (const uint8_t[]){ i % 2 == 0 ? 0xff : 0x00 }, 1);
}

/* What another instrument of the port said last. */
static void add_foreign(struct way_message *message, const struct simulate_way *way,
        const struct scenario_instrument *instrument)
{
	const struct scenario *scenario = way->scenario;
	for (size_t i = 0; i < scenario->n_instruments; i++) {
		const struct scenario_instrument *other = &scenario->instrument[i];
		if (other == instrument || other->port != instrument->port ||
		        way->said[i].n == 0)
			continue;
		add(message, way->said[i].bytes, way->said[i].n);
		return;
	}
}

/* One that is a request behind gives out the answer before, and keeps this one; false: it
 * has none yet. */
static bool turn_by_turn(
        struct way_said *last, const struct simulated *said, uint8_t *out, size_t *n)
{
	bool behind = said->condition.behind, held = last->held;
	*n = said->size;
	memcpy(out, said->bytes, said->size);
	if (behind && held) {
		*n = last->n;
		memcpy(out, last->bytes, last->n);
	}
	last->n = said->size;
	last->held = behind;
	memcpy(last->bytes, said->bytes, said->size);
	return !behind || held;
}

static void lay(struct way_message *message, const struct simulate_way *way,
        const struct simulated *said, const uint8_t *in, size_t n)
{
	const struct scenario_condition *now = &said->condition;
	uint8_t answer[FRAME_MOST];
	size_t size;
	struct way_said *last =
	        &way->said[said->instrument - way->scenario->instrument];
	if (now->echo)
		add(message, in, n);
	add_stray(message, now->stray); /* also where no answer follows */
	if (!turn_by_turn(last, said, answer, &size) || size == 0)
		return;
	if (now->foreign)
		add_foreign(message, way, said->instrument);
	add(message, answer, size);
	if (now->twice)
		add(message, answer, size);
	add_stray(message, now->stray);
}

/* Into what comes together.  An adapter's timer runs all the time: the first clump ends wherever
 * chance has it. */
static void cut(struct way_message *message, const struct scenario_condition *now)
{
	message->piece = message->n;
	if (now->split_us > 0) {
		message->piece = (message->n + 1) / 2;
		message->piece_us = now->split_us;
	}
	if (now->clumps_us > 0) {
		message->piece = 1 + (size_t)(now->clumps_us - 1) / BYTE_US;
		message->piece_us = now->clumps_us;
	}
	if (now->slow_us > 0) {
		message->piece = 1;
		message->piece_us = now->slow_us;
	}
	message->first = message->piece;
	if (now->clumps_us > 0)
		message->first = 1 + (size_t)(now->seed % message->piece);
}

void simulate_way_put(struct simulate_way *way, const struct simulated *said,
        const uint8_t *in, size_t n, int64_t now_us)
{
	const struct scenario_condition *now = &said->condition;
	struct way_message *message = place_for(way, said->instrument);
	if (message == NULL)
		return;
	message->instrument = said->instrument;
	message->hang_up = said->hang_up;
	message->n = message->sent = 0;
	message->piece_us = 0;
	message->due_us = now_us + said->delay_us;
	message->asked_us = now_us;
	if (said->hang_up)
		return;
	lay(message, way, said, in, n);
	cut(message, now);
}

static const struct way_message *next(const struct simulate_way *way)
{
	const struct way_message *found = NULL;
	for (size_t i = 0; i < WAY_MESSAGES; i++)
		if (!is_free(&way->message[i]) &&
		        (found == NULL || way->message[i].due_us < found->due_us))
			found = &way->message[i];
	return found;
}

int64_t simulate_way_due(const struct simulate_way *way)
{
	const struct way_message *message = next(way);
	return message != NULL ? message->due_us : INT64_MAX;
}

/* On a wire two can talk at once; on a connection each message is whole, as a gateway passes them on: one
 * that has begun goes out to its end when another is due. */
static struct way_message *unfinished(
        struct simulate_way *way, const struct way_message *next)
{
	const struct scenario_port *port = &way->scenario->port[next->instrument->port];
	if (port->mode != FRAMING_TCP && port->listen[0] == '\0' &&
	        port->connect[0] == '\0')
		return NULL;
	for (size_t i = 0; i < WAY_MESSAGES; i++) {
		struct way_message *one = &way->message[i];
		if (one != next && !is_free(one) && one->sent > 0)
			return one;
	}
	return NULL;
}

/* Bytes of it that have come by now. */
static size_t give(
        struct way_message *message, int64_t now_us, uint8_t *out, size_t room)
{
	size_t given = 0;
	while (message->sent < message->n && message->due_us <= now_us &&
	        given < room) {
		size_t n = message->n - message->sent;
		size_t piece = message->sent > 0 ? message->piece : message->first;
		if (n > piece)
			n = piece;
		if (n > room - given)
			n = room - given;
		memcpy(out + given, message->bytes + message->sent, n);
		message->sent += n;
		message->due_us += message->piece_us;
		given += n;
	}
	return given;
}

int simulate_way_take(struct simulate_way *way, int64_t now_us, uint8_t *out,
        size_t room, const struct way_message **whole)
{
	struct way_message *message = (struct way_message *)next(way);
	*whole = NULL;
	if (message == NULL || message->due_us > now_us)
		return 0;
	if (message->hang_up) {
		release(message);
		return HUNG_UP;
	}
	struct way_message *begun = unfinished(way, message);
	if (begun != NULL) {
		begun->piece = begun->n;
		begun->due_us = message->due_us;
		message = begun;
	}
	size_t given = give(message, now_us, out, room);
	if (message->sent == message->n) {
		*whole = message;
		message->n = 0;
	}
	return (int)given;
}
