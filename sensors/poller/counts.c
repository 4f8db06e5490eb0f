/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/poller/counts.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/legal_time.h"

struct counts_board {
	pthread_mutex_t lock;
	size_t n;
	struct poller_counts counts[];
};

const char *const counts_name[COUNTS + 1] = { "requests", "answers", "timeouts",
	"checksum", "malformed", "exceptions", "noise", "late", "echoes", "reconnects",
	"overruns", "readings", NULL };

uint64_t counts_of(const struct poller_counts *counts, size_t i)
{
	const uint64_t value[COUNTS] = { counts->requests, counts->answers,
		counts->timeouts, counts->checksum, counts->malformed,
		counts->exceptions, counts->noise, counts->late, counts->echoes,
		counts->reconnects, counts->overruns, counts->readings };
	return value[i];
}

int counts_print(
        const struct poller_counts *counts, int64_t since_us, char *out, size_t room)
{
	int n = snprintf(out, room, "{\"since_us\":%" PRId64, since_us);
	for (size_t i = 0; i < COUNTS && n > 0 && (size_t)n < room; i++)
		n += snprintf(out + n, room - (size_t)n, ",\"%s\":%" PRIu64,
		        counts_name[i], counts_of(counts, i));
	if (n > 0 && (size_t)n < room)
		n += snprintf(out + n, room - (size_t)n, "}");
	return n > 0 && (size_t)n < room ? n : FULL;
}

struct counts_board *counts_board_new(size_t n)
{
	struct counts_board *board =
	        calloc(1, sizeof *board + n * sizeof board->counts[0]);
	if (board == NULL)
		return NULL;
	board->n = n;
	pthread_mutex_init(&board->lock, NULL);
	return board;
}

void counts_board_free(struct counts_board *board)
{
	if (board == NULL)
		return;
	pthread_mutex_destroy(&board->lock);
	free(board);
}

void counts_board_put(struct counts_board *board, const struct poller *poller)
{
	if (pthread_mutex_trylock(&board->lock) != 0)
		return;
	for (size_t i = 0; i < board->n; i++)
		board->counts[i] = *poller_counts(poller, i);
	pthread_mutex_unlock(&board->lock);
}

void counts_board_get(
        struct counts_board *board, size_t instrument, struct poller_counts *out)
{
	pthread_mutex_lock(&board->lock);
	*out = board->counts[instrument];
	pthread_mutex_unlock(&board->lock);
}

/* ---- when ---- */

/* The clock was put right after the start (a machine without one of its own starts in 1970): so is the time
 * of the start.  Less than a second is no step, and since_us stays the same number from record to record. */
static void put_right(struct counting *counting, const struct moment *now)
{
	int64_t since_us = now->time_us - (now->mono_us - counting->mono_us);
	if (llabs(since_us - counting->since_us) > US_PER_S)
		counting->since_us = since_us;
}

static void record_all(struct counting *counting, const struct moment *now)
{
	put_right(counting, now);
	const struct station *station = counting->station;
	for (size_t i = 0; i < station->n_instruments; i++) {
		char subject[64], text[COUNTS_TEXT];
		snprintf(subject, sizeof subject, "instrument %s",
		        station->instrument[i].id);
		struct state_event event = {
			.subject = subject, .state = STATE_COUNTS, .text = text
		};
		if (counts_print(poller_counts(counting->poller, i), counting->since_us,
		            text, sizeof text) > 0)
			counting->state(counting->context, now, &event);
	}
}

void counting_begin(struct counting *counting, const struct moment *now)
{
	counting->since_us = now->time_us;
	counting->mono_us = now->mono_us;
	counting->record_us = now->mono_us + COUNTS_EVERY_US;
	counting->show_us = now->mono_us;
}

void counting_step(struct counting *counting, const struct moment *now)
{
	if (now->mono_us >= counting->show_us && counting->board != NULL) {
		counts_board_put(counting->board, counting->poller);
		counting->show_us = now->mono_us + COUNTS_SHOW_US;
	}
	if (now->mono_us < counting->record_us)
		return;
	record_all(counting, now);
	counting->record_us += COUNTS_EVERY_US;
	if (counting->record_us <= now->mono_us) /* the machine slept */
		counting->record_us = now->mono_us + COUNTS_EVERY_US;
}

void counting_end(struct counting *counting, const struct moment *now)
{
	if (counting->board != NULL)
		counts_board_put(counting->board, counting->poller);
	record_all(counting, now);
}
