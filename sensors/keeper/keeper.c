/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/keeper/keeper_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define RECORDS_A_STEP 4096

#define MEMORY_SIZE ((size_t)8 << 20)

/* What a disk says that is ill, not set up wrongly. */
static bool is_ill(int error)
{
	return error == EROFS || error == EIO || error == ENODEV || error == ENXIO;
}

static int open_disk(struct keeper *keeper, const struct moment *now,
        struct problem *why, bool *created)
{
	errno = 0;
	int status = keeper_open_room(keeper, why);
	if (status == OK)
		status = keeper_open_journal(keeper, 0, now, why, created);
	int error = errno;
	if (status == FAILED && is_ill(error)) {
		log_line(LOG_ALERT, "%s", why->text);
		keeper_to_memory(keeper, strerror(error), now);
		return OK;
	}
	return status;
}

static struct keeper *make(
        const struct keeper_options *options, const struct moment *now)
{
	struct keeper *keeper = calloc(1, sizeof *keeper);
	if (keeper == NULL)
		return NULL;
	keeper->options = *options;
	keeper->pending_us = INT64_MAX;
	keeper->written_us = keeper->told_drop_us = INT64_MIN / 2;
	keeper->hinted_us = keeper->look_us = INT64_MIN / 2;
	keeper->turn_us = INT64_MIN / 2;
	keeper->filled_us = now->mono_us;
	keeper->old = calloc(KEEPER_EPOCHS, sizeof keeper->old[0]);
	recorder_init(&keeper->recorder, options->source);
	uplink_init(&keeper->uplink, options->source, options->seed, now->mono_us);
	size_t memory = options->memory > 0 ? (size_t)options->memory : MEMORY_SIZE;
	if (keeper->old != NULL && memory_init(&keeper->memory, memory) == OK)
		return keeper;
	keeper_free(keeper);
	return NULL;
}

static void begin_on_disk(struct keeper *keeper, bool created, const struct moment *now)
{
	keeper_find_epochs(keeper);
	keeper->hint_changed = true;
	keeper_hint(keeper, true, now);
	uplink_turn(&keeper->uplink, keeper->present_acked, now->mono_us);
	bool behind = keeper->hint_acked > journal_next_seq(keeper->journal);
	if (behind)
		keeper_leave(keeper, keeper->hint_acked, now);
	else
		keeper_append_describes(keeper, now);
	if (created && !behind)
		keeper_append_state(keeper, "new epoch",
		        keeper_shut(keeper) > 0
		                ? "a new journal was begun: what is on this disk "
		                  "cannot be read"
		                : "a new journal was begun: there was none on this "
		                  "disk",
		        now);
	keeper_tell_unread(keeper, now);
	keeper_commit(keeper, true, now);
	keeper_hint(keeper, true, now);
}

int keeper_new(struct keeper **out, const struct keeper_options *options,
        const struct moment *now, struct problem *why)
{
	bool created = false;
	struct keeper *keeper = make(options, now);
	if (keeper == NULL)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "no memory for the keeper");
	int status = open_disk(keeper, now, why, &created);
	if (status != OK) {
		keeper_free(keeper);
		return status;
	}
	keeper->live =
	        live_new(options->station, options->instrument, options->n_instruments);
	if (keeper->live != NULL && options->configured != NULL)
		live_reads(keeper->live, options->configured);
	clock_watch_look(&keeper->watch, now, &(struct clock_event){ 0 });
	if (keeper->journal != NULL) {
		begin_on_disk(keeper, created, now);
	} else {
		keeper_find_epochs(keeper);
		keeper_tell_unread(keeper, now);
	}
	*out = keeper;
	return OK;
}

void keeper_free(struct keeper *keeper)
{
	if (keeper == NULL)
		return;
	if (keeper->reader != NULL)
		journal_read_close(keeper->reader);
	journal_close(keeper->journal);
	journal_pool_close(keeper->pool);
	memory_free(&keeper->memory);
	live_free(keeper->live);
	free(keeper->old);
	free(keeper);
}

size_t keeper_descriptors(
        const struct keeper *keeper, struct pollfd out[KEEPER_DESCRIPTORS])
{
	const struct keeper_link *link = keeper->options.link;
	size_t n = 0;
	out[n++] = (struct pollfd){ .fd = ring_descriptor(keeper->options.ring),
		.events = POLLIN };
	if (link != NULL)
		out[n++] = (struct pollfd){ .fd = link->descriptor(link->with),
			.events = POLLIN };
	return n;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When the live view is to be written next. */
static int64_t live_due_us(const struct keeper *keeper)
{
	if (keeper->options.state_path == NULL || keeper->live == NULL)
		return INT64_MAX;
	return keeper->written_us + (keeper->news ? LIVE_NEWS_US : LIVE_EVERY_US);
}

int keeper_wait_ms(const struct keeper *keeper, const struct moment *now)
{
	int64_t next_us = earlier(now->mono_us + LIVE_EVERY_US, live_due_us(keeper));
	if (keeper->pending_us != INT64_MAX)
		next_us =
		        earlier(next_us, keeper->pending_us + keeper_commit_us(keeper));
	if (keeper->in_memory)
		next_us = earlier(next_us, keeper->retry_us);
	if (keeper->options.link != NULL)
		next_us = earlier(next_us, uplink_wake_us(&keeper->uplink));
	if (next_us <= now->mono_us || keeper->talking)
		return 0;
	return (int)((next_us - now->mono_us + 999) / 1000);
}

static void look_at_clock(struct keeper *keeper, const struct moment *now)
{
	struct clock_event event;
	if (clock_watch_look(&keeper->watch, now, &event) == 0)
		return;
	keeper_append_own(keeper, recorder_clock(&keeper->recorder, now, &event), now);
	log_line(LOG_INFO, "clock: %s, put right by %+.3f s",
	        clock_state_text(event.state),
	        (double)(event.after_us - event.before_us) / 1e6);
}

/* True while there may be more. */
static bool take_records(struct keeper *keeper, const struct moment *now)
{
	struct ring_loss loss;
	for (int i = 0; i < RECORDS_A_STEP; i++) {
		size_t n = ring_take(keeper->options.ring, keeper->record,
		        sizeof keeper->record, &loss);
		keeper_lose(keeper, &loss);
		if (n > 0)
			keeper_append(keeper, keeper->record, n, now);
		else if (loss.count == 0)
			return false;
		keeper_commit(keeper, false, now);
	}
	return true;
}

static void write_live(struct keeper *keeper, bool running, const struct moment *now)
{
	struct keeper_counts counts = keeper_counts(keeper);
	struct live_link link = { .state = counts.link,
		.epoch = counts.epoch,
		.committed_seq = counts.committed_seq,
		.acked_seq = counts.acked_seq,
		.lost = counts.lost,
		.waiting = counts.waiting,
		.unreadable = keeper_shut(keeper),
		.journal = counts.journal,
		.acked_us = keeper->acked_us,
		.counts = keeper->options.counts,
		.cabinet = keeper->options.cabinet };
	const char *path = keeper->options.state_path;
	if (path == NULL || keeper->live == NULL ||
	        (running && now->mono_us < live_due_us(keeper)))
		return;
	keeper->written_us = now->mono_us;
	keeper->news = false;
	if (live_write(keeper->live, path, now, &link, running) != OK)
		log_seldom(LOG_WARN, path, "%s cannot be written", path);
}

/* With -v: what is promised, at the moment it is, so that it can be held against what is found
 * after a power cut. */
static void tell_promises(struct keeper *keeper)
{
	struct keeper_counts counts = keeper_counts(keeper);
	if (counts.committed_seq == keeper->told_committed &&
	        counts.acked_seq == keeper->told_acked)
		return;
	keeper->told_committed = counts.committed_seq;
	keeper->told_acked = counts.acked_seq;
	log_line(LOG_DETAIL,
	        "epoch %016" PRIx64 ": %s before %" PRIu64
	        ", at the collector before %" PRIu64,
	        counts.epoch, keeper->in_memory ? "in memory" : "committed",
	        counts.committed_seq, counts.acked_seq);
}

void keeper_step(struct keeper *keeper, const struct moment *now)
{
	ring_rest(keeper->options.ring);
	look_at_clock(keeper, now);
	take_records(keeper, now);
	keeper_commit(keeper, false, now);
	keeper_talk(keeper, now);
	tell_promises(keeper);
	keeper_tell_dropped(keeper, now);
	keeper_make_room(keeper, now);
	keeper_hint(keeper, false, now);
	write_live(keeper, true, now);
}

void keeper_end(struct keeper *keeper, const struct moment *now)
{
	while (take_records(keeper, now))
		continue;
	keeper->retry_us = keeper->told_drop_us = INT64_MIN / 2;
	keeper_commit(keeper, true, now);
	keeper_commit(keeper, true, now); /* the GAP of what was lost */
	keeper_tell_dropped(keeper, now);
	keeper_talk(keeper, now);
	tell_promises(keeper);
	keeper_hint(keeper, true, now);
	write_live(keeper, false, now);
	if (memory_waits(&keeper->memory))
		log_line(LOG_ALERT,
		        "%" PRIu64 " records are in memory only and not yet at the "
		        "collector: they go when this process does",
		        keeper->memory.next_seq - keeper->memory.acked_seq);
}

struct keeper_counts keeper_counts(const struct keeper *keeper)
{
	const struct memory *memory = &keeper->memory;
	struct keeper_counts counts = { .lost = keeper->lost + memory->lost.count,
		.waiting = keeper_waiting(keeper),
		.journal = keeper->in_memory ? "memory" : "disk",
		.link = keeper->options.link != NULL
		                ? uplink_state_text(keeper->uplink.state)
		                : "none" };
	if (keeper->in_memory) {
		counts.epoch = memory->epoch;
		counts.next_seq = counts.committed_seq = memory->next_seq;
		counts.acked_seq = memory->acked_seq;
		return counts;
	}
	counts.epoch = journal_epoch(keeper->journal);
	counts.next_seq = journal_next_seq(keeper->journal);
	counts.committed_seq = journal_committed_seq(keeper->journal);
	counts.acked_seq = keeper->present_acked;
	return counts;
}
